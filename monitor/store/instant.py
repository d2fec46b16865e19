"""Who is under alert at one moment of the past: one look into one index, however long the history is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, literal_column, select, union_all

from monitor.store.spans import LONG
from monitor.store.sql_store import SqlStore
from monitor.store.tables import intervals

__all__ = ["UnderAlert", "on_at", "under_alert"]


@dataclass(frozen=True, slots=True)
class UnderAlert:
    """A place under alert: since when, by which regimes, and the ids of the intervals that say so."""

    place: str
    since: datetime
    regimes: tuple[str, ...]
    intervals: tuple[str, ...]


def under_alert(store: SqlStore | Engine, at: datetime) -> Mapping[str, UnderAlert]:
    """Place → its alert at ``at``, for every place that stood under one by what is known today; permanent ones too.

    A place that is missing was under no alert that we know of: ask ``coverage`` whether anyone was watching.
    """
    with store.reading() if isinstance(store, SqlStore) else store.connect() as connection:
        return on_at(connection, at)


def on_at(connection: Connection, at: datetime) -> Mapping[str, UnderAlert]:
    """``under_alert`` on an open connection."""
    found: dict[str, list[Any]] = {}
    for row in connection.execute(_statement(), {"at": at, "reach": at - LONG}):
        found.setdefault(row[0], []).append(row)
    return {place: _one(place, rows) for place, rows in found.items()}


def _one(place: str, rows: list[Any]) -> UnderAlert:
    if len(rows) == 1:
        _, regime, since, key = rows[0]
        return UnderAlert(place, since, (regime,), (key,))
    regimes = tuple(sorted({row[1] for row in rows}))
    return UnderAlert(place, min(row[2] for row in rows), regimes, tuple(sorted(row[3] for row in rows)))


@cache
def _statement() -> Any:
    """Those that began shortly before, and the few long or open ones; all of it from the index alone."""
    table = intervals.c
    wanted = select(table.place, table.regime, table.begins_at, table.id).where(
        table.begins_at <= bindparam("at"), table.nature == literal_column("'actual'"), table.is_retracted.is_(False)
    )
    short = wanted.where(
        table.is_long.is_(False), table.begins_at >= bindparam("reach"), table.ends_at > bindparam("at")
    )
    long = wanted.where(table.is_long.is_(True), table.ends_at.is_(None) | (table.ends_at > bindparam("at")))
    return union_all(short, long)
