"""Questions about what was published and what was read from it: items with all their versions, and reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from monitor.store import reading
from monitor.store.answers import Answer, StoredItem, StoredReport, stored_item, watched
from monitor.store.asking import between, mark_in, page
from monitor.store.looking import Readable, opened
from monitor.store.tables import items as _items
from monitor.store.tables import regions
from monitor.store.tables import reports as _reports

__all__ = ["item", "items", "reports"]


def items(
    store: Readable,
    *,
    source: str | None = None,
    after: str | None = None,
    limit: int = 100,
    start: datetime | None = None,
    end: datetime | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
) -> Answer[StoredItem]:
    """Item versions in the order of their commit, without readings; ``start`` and ``end`` bound ``received``."""
    query = select(_items).where(_items.c.id > int(after or 0)).order_by(_items.c.id).limit(limit + 1)
    if source is not None:
        query = query.where(_items.c.source == source)
    query = between(query, _items.c.received, start, end)
    if as_of is not None:
        query = query.where(_items.c.committed_at <= as_of)
    with opened(store) as connection:
        found = [stored_item(row) for row in connection.execute(query)]
        kept, following = page(found, limit, lambda row: str(row.id))
        return Answer(kept, watched(connection, start, end or now, sources=_only(source), as_of=as_of), following)


def item(store: Readable, key: str, *, as_of: datetime | None = None) -> tuple[StoredItem, ...]:
    """Every version of one item, oldest first, with hashes and reading; empty for an unknown key."""
    query = select(_items).where(_items.c.key == key).order_by(_items.c.version)
    if as_of is not None:
        query = query.where(_items.c.committed_at <= as_of)
    with opened(store) as connection:
        return tuple(stored_item(row, connection) for row in connection.execute(query).all())


def reports(
    store: Readable,
    *,
    kind: str | None = None,
    region: str | None = None,
    source: str | None = None,
    lang: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    after: str | None = None,
    limit: int = 100,
    withdrawn: bool = False,
    as_of: datetime | None = None,
    now: datetime | None = None,
) -> Answer[StoredReport]:
    """Reports, the newest first; ``after`` is the ``next`` of the page before. Those of replaced or deleted item
    versions are left out unless ``withdrawn``."""
    table = _reports.c
    at, key = (regions.c.at, regions.c.row) if region else (table.at, table.id)
    query = select(_reports).order_by(at.desc(), key.desc()).limit(limit + 1)
    if region is not None:
        query = query.join(regions, regions.c.row == table.id).where(
            regions.c.kind == "reports", regions.c.place == region
        )
    for column, wanted in ((table.kind, kind), (table.source, source), (table.lang, lang)):
        if wanted is not None:
            query = query.where(column == wanted)
    query = between(query, at, start, end)
    if after is not None:
        moment, last = mark_in(after)
        query = query.where((at < moment) | ((at == moment) & (key < last)))
    if as_of is not None:
        query = query.where(table.known_at <= as_of)
    if not withdrawn:
        gone = table.withdrawn_at
        query = query.where(gone.is_(None) if as_of is None else gone.is_(None) | (gone > as_of))
    with opened(store) as connection:
        found = [
            StoredReport(reading.telling_of(row), row.known_at, row.withdrawn_at, row.withdrawn_cause)
            for row in connection.execute(query)
        ]
        kept, following = page(found, limit, lambda row: f"{row.telling.at.isoformat()}|{row.telling.id}")
        return Answer(kept, watched(connection, start, end or now, sources=_only(source), as_of=as_of), following)


def _only(source: str | None) -> tuple[str, ...] | None:
    return None if source is None else (source,)
