"""The way from a place to rows: each row is found under its places and under all that they lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, delete, select

from monitor.model import Gazetteer
from monitor.store.statements import chunks, insert_new
from monitor.store.tables import regions

__all__ = ["Lineage", "index", "packaged", "past", "reindex"]

Lineage = Callable[[str], Sequence[str]]
"""A place with its ancestors, the narrowest first: ``Gazetteer.line``."""


def packaged(place: str) -> Sequence[str]:
    """The lineage by the gazetteer of this program; a place that it does not know stands for itself."""
    return _gazetteer().line(place)


@cache
def _gazetteer() -> Gazetteer:
    from monitor.atlas import load_gazetteer

    return load_gazetteer()


def index(kind: str, row: str, places: Iterable[str], at: datetime, lineage: Lineage) -> list[dict[str, Any]]:
    """The index rows of one row: one for each of its places and their ancestors."""
    wide = {above for place in places for above in lineage(place)}
    return [{"kind": kind, "place": place, "at": at, "row": row} for place in sorted(wide)]


def reindex(connection: Connection, kind: str, fresh: Mapping[str, Sequence[Mapping[str, Any]]], old: set[str]) -> None:
    """Put in the index rows of ``fresh`` (row id to index rows), instead of those of the ids in ``old``.

    The old ones stay under ``past(kind)``, so that a question about former times still finds a row where it once stood.
    """
    for some in chunks(sorted(old)):
        mine = and_(regions.c.kind == kind, regions.c.row.in_(some))
        former = connection.execute(select(regions).where(mine)).mappings().all()
        connection.execute(delete(regions).where(mine))
        insert_new(connection, regions, [{**entry, "kind": past(kind)} for entry in former])
    insert_new(connection, regions, [entry for entries in fresh.values() for entry in entries])


def past(kind: str) -> str:
    """The kind under which the former places and times of rows are indexed."""
    return f"{kind}@"
