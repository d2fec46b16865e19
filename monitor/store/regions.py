"""The way from a place to rows: each row is found under its places and under all that they lie in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from monitor.store.statements import chunks, insert_new
from monitor.store.tables import regions

__all__ = ["Lineage", "alone", "index", "reindex"]

Lineage = Callable[[str], Sequence[str]]
"""A place with its ancestors, the narrowest first: ``Gazetteer.line``."""


def alone(place: str) -> tuple[str, ...]:
    """The lineage of one who has no gazetteer: every place stands for itself only."""
    return (place,)


def index(
    kind: str, row: str, places: Iterable[str], at: datetime, lineage: Lineage, *, is_long: bool = False
) -> list[dict[str, Any]]:
    """The index rows of one row: one for each of its places and their ancestors."""
    wide = {above for place in places for above in lineage(place)}
    return [{"kind": kind, "place": place, "is_long": is_long, "at": at, "row": row} for place in sorted(wide)]


def reindex(connection: Connection, kind: str, fresh: Mapping[str, Sequence[Mapping[str, Any]]], old: set[str]) -> None:
    """Put in the index rows of ``fresh`` (row id → index rows); those of the ids in ``old`` are taken out first."""
    for some in chunks(sorted(old)):
        connection.execute(delete(regions).where(regions.c.kind == kind, regions.c.row.in_(some)))
    insert_new(connection, regions, [entry for entries in fresh.values() for entry in entries])
