"""How well each of many ranges was being watched, from one reading of the coverage records; delays of posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from monitor.store.answers import Watched, watch_over
from monitor.store.sql_store import SqlStore
from monitor.store.tables import items

__all__ = ["delays", "watched_each"]

MOST = 20_000


def watched_each(
    store: SqlStore, ranges: Sequence[tuple[datetime, datetime]], *, as_of: datetime | None = None
) -> tuple[Watched, ...]:
    """One answer a range, in their order; as known at ``as_of``."""
    with store.reading() as connection:
        watch = watch_over(connection, ranges, as_of=as_of)
        return tuple(watch.over(start, end) for start, end in ranges)


def delays(store: SqlStore, *, since: datetime) -> dict[str, list[tuple[float, float]]]:
    """By source, for the newest posts received since then: seconds from publication to receipt, and from receipt to
    commit. History that was fetched later, edits and posts without a time of their own are left out."""
    query = (
        select(items.c.source, items.c.published, items.c.received, items.c.committed_at)
        .where(items.c.received >= since, items.c.version == 1, ~items.c.is_late, items.c.published.is_not(None))
        .order_by(items.c.received.desc())
        .limit(MOST)
    )
    out: dict[str, list[tuple[float, float]]] = {}
    with store.reading() as connection:
        for row in connection.execute(query):
            told = max(0.0, (row.received - row.published).total_seconds())
            out.setdefault(row.source, []).append((told, max(0.0, (row.committed_at - row.received).total_seconds())))
    return out
