"""A map that is never changed, only made anew: a copy shares everything but the few buckets that were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar
from zlib import crc32

__all__ = ["Draft", "Shelf"]

V = TypeVar("V")
_BUCKETS = 256
_SMALL = 24


class Shelf(Generic[V]):
    """Keys are strings. A small shelf is one bucket, a larger one 256.

    Equal to another shelf that holds equal things; the order of keys is not part of it.
    """

    __slots__ = ("_buckets", "_size")

    def __init__(self, buckets: tuple[dict[str, V], ...] | None = None, size: int = 0) -> None:
        self._buckets: tuple[dict[str, V], ...] = buckets or ({},)
        self._size = size

    def get(self, key: str) -> V | None:
        if len(self._buckets) == 1:
            return self._buckets[0].get(key)
        return self._buckets[crc32(key.encode()) % _BUCKETS].get(key)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __len__(self) -> int:
        return self._size

    def items(self) -> Iterator[tuple[str, V]]:
        for bucket in self._buckets:
            yield from bucket.items()

    def __iter__(self) -> Iterator[str]:
        for bucket in self._buckets:
            yield from bucket

    def values(self) -> Iterator[V]:
        for bucket in self._buckets:
            yield from bucket.values()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shelf) and self._size == other._size and dict(self.items()) == dict(other.items())

    def __hash__(self) -> int:
        raise TypeError("a shelf is not hashable")


class Draft(Generic[V]):
    """A shelf being written: reads see what was put; ``done`` gives the new shelf and leaves the old one as it was."""

    __slots__ = ("_base", "_fresh", "_size", "touched")

    def __init__(self, base: Shelf[V]) -> None:
        self._base = base
        self._fresh: dict[int, dict[str, V]] = {}
        self._size = len(base)
        self.touched: dict[str, V | None] = {}

    def get(self, key: str) -> V | None:
        if key in self.touched:
            return self.touched[key]
        return self._base.get(key)

    def put(self, key: str, value: V | None) -> None:
        """Write one entry; None takes it away."""
        if len(self._base._buckets) == 1 and self._size >= _SMALL:
            self._spread()
        number = 0 if len(self._base._buckets) == 1 else crc32(key.encode()) % _BUCKETS
        bucket = self._fresh.get(number)
        if bucket is None:
            bucket = self._fresh[number] = dict(self._base._buckets[number])
        self._size += (value is not None) - (key in bucket)
        if value is None:
            bucket.pop(key, None)
        else:
            bucket[key] = value
        self.touched[key] = value

    def _spread(self) -> None:
        buckets: list[dict[str, V]] = [{} for _ in range(_BUCKETS)]
        for key, value in self.done().items():
            buckets[crc32(key.encode()) % _BUCKETS][key] = value
        self._base = Shelf(tuple(buckets), self._size)

    def items(self) -> Iterator[tuple[str, V]]:
        """What is there now; writing while reading is allowed."""
        for number, bucket in enumerate(self._base._buckets):
            now = self._fresh.get(number, bucket)
            if now:
                yield from list(now.items())

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.items())

    def values(self) -> Iterator[V]:
        return (value for _, value in self.items())

    def done(self) -> Shelf[V]:
        if not self._fresh:
            return self._base
        buckets = list(self._base._buckets)
        for number, bucket in self._fresh.items():
            buckets[number] = bucket
        self._base, self._fresh = Shelf(tuple(buckets), self._size), {}
        return self._base
