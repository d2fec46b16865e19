"""What a look at the state reads, whether it is a finished one or that of a step under way."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol, TypeVar

from monitor.fuse.records import Advice, Cell, SourceRecord, Watch

__all__ = ["Known", "cell_key"]

T_co = TypeVar("T_co", covariant=True)


class _Shelf(Protocol[T_co]):
    def get(self, key: str) -> T_co | None: ...

    def items(self) -> Iterator[tuple[str, T_co]]: ...

    def values(self) -> Iterator[T_co]: ...

    def __iter__(self) -> Iterator[str]: ...


class Known(Protocol):
    """What a view reads: a ``State``, or the ``Work`` of a step that is under way."""

    @property
    def cells(self) -> _Shelf[Cell]: ...
    @property
    def here(self) -> _Shelf[tuple[str, ...]]: ...
    @property
    def advice(self) -> _Shelf[Advice]: ...
    @property
    def sources(self) -> _Shelf[SourceRecord]: ...
    @property
    def watches(self) -> _Shelf[Watch]: ...
    @property
    def restless(self) -> Collection[str]: ...


def cell_key(place: str, regime: str, nature: str = "actual", lane: str = "live") -> str:
    return f"{place}/{regime}" if (nature, lane) == ("actual", "live") else f"{place}/{regime}/{nature}/{lane}"
