"""What is known of the watching itself: coverage, the last looks, gaps in numbering, the state as committed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, select

from monitor.errors import InputError
from monitor.model import Coverage, Hole, Look, RegionState
from monitor.store import rows
from monitor.store.answers import (
    REPORTING,
    SourceLook,
    Watched,
    coverage_rows,
    heard_until,
    last_ok,
    watch_over,
    watched,
)
from monitor.store.looks import HAS_FAILED, last_ok_then
from monitor.store.sql_store import SqlStore
from monitor.store.tables import changes, cursors, deliveries, look_log, metadata
from monitor.store.tables import holes as _holes
from monitor.store.tables import looks as _looks

__all__ = [
    "Readable", "counts_summary", "coverage", "coverage_of", "coverage_of_each", "coverage_seen", "holes", "looks",
    "newest_seq", "opened", "sources", "state",
]  # fmt: skip

Readable = SqlStore | Engine

_CLOCKS_DIFFER = timedelta(minutes=10)


def opened(store: Readable) -> AbstractContextManager[Connection]:
    """A read transaction of a store, or a connection of an engine."""
    return store.reading() if isinstance(store, SqlStore) else store.connect()


def coverage(
    store: Readable,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    source: str | None = None,
    as_of: datetime | None = None,
) -> tuple[Coverage, ...]:
    """How each source was being watched in the range, by start."""
    with opened(store) as connection:
        return tuple(
            span for span in coverage_rows(connection, as_of, start, end) if source is None or span.source == source
        )


def coverage_seen(store: Readable, *, start: datetime, end: datetime) -> tuple[Coverage, ...]:
    """As ``coverage``, for what is drawn: a span still open, in which a source reported, ends with the last successful
    look at it and the grace of ``answers.Watch``. That all was well then says nothing of later."""
    with opened(store) as connection:
        seen = last_ok(connection, None)
        found = coverage_rows(connection, None, start, end)
    out = []
    for span in found:
        if span.ended_at is None and span.health in REPORTING:
            last = heard_until(span, seen)
            span = span if last >= end else replace(span, ended_at=last)
        out.append(span)
    return tuple(out)


def coverage_of(
    store: Readable, *, start: datetime | None = None, end: datetime | None = None, as_of: datetime | None = None
) -> Watched:
    """How well the range was being watched, by all sources together."""
    with opened(store) as connection:
        return watched(connection, start, end, as_of=as_of)


def coverage_of_each(
    store: Readable, ranges: Sequence[tuple[datetime, datetime]], *, as_of: datetime | None = None
) -> tuple[Watched, ...]:
    """The same for many ranges, read once."""
    with opened(store) as connection:
        watch = watch_over(connection, ranges, as_of=as_of)
    return tuple(watch.over(start, end) for start, end in ranges)


def sources(store: Readable, *, as_of: datetime | None = None) -> tuple[SourceLook, ...]:
    """The last look at each source that was ever looked at, by id.

    The log of looks is bounded: as of a time before it begins there is none, and what was known of a source then is
    told by ``coverage`` alone. Cursors have no history: ``as_of`` gives None for them.
    """
    with opened(store) as connection:
        if as_of is not None:
            return _sources_then(connection, as_of)
        query = select(_looks, cursors.c.cursor).outerjoin(cursors, cursors.c.source == _looks.c.source)
        return tuple(
            SourceLook(row.source, rows.load(Look, rows.unpack(row.body)), row.ok_at, row.failures, row.cursor)
            for row in connection.execute(query.order_by(_looks.c.source))
        )


def _sources_then(connection: Connection, as_of: datetime) -> tuple[SourceLook, ...]:
    """Failures in a row are counted as far as the log reaches."""
    its = look_log.c
    then = select(its.source, func.max(its.at).label("at")).where(its.at <= as_of).group_by(its.source).subquery()
    is_last = and_(its.source == then.c.source, its.at == then.c.at)
    newest = select(its.source, its.body).join(then, is_last).order_by(its.source, its.slot)
    found = {row.source: rows.load(Look, rows.unpack(row.body)) for row in connection.execute(newest)}
    ok_at = {source: at for source, (at, _) in last_ok_then(connection, as_of).items()}
    failures = dict.fromkeys(found, 0)
    for row in connection.execute(select(its.source, its.at).where(its.at <= as_of, HAS_FAILED)):
        since = ok_at[row.source]
        failures[row.source] += since is None or row.at > since
    return tuple(SourceLook(source, look, ok_at[source], failures[source]) for source, look in found.items())


def looks(store: Readable, source: str, limit: int = 100, *, as_of: datetime | None = None) -> tuple[Look, ...]:
    """The newest looks at one source, newest first; the log is bounded."""
    query = select(look_log.c.body).where(look_log.c.source == source).order_by(look_log.c.at.desc()).limit(limit)
    if as_of is not None:
        query = query.where(look_log.c.at <= as_of)
    with opened(store) as connection:
        return tuple(rows.load(Look, rows.unpack(row.body)) for row in connection.execute(query))


def holes(
    store: Readable, *, channel: str | None = None, cause: str | None = None, as_of: datetime | None = None
) -> tuple[Hole, ...]:
    """Ranges of post ids that were asked for and not had; as of a time those that had been noticed by then."""
    query = select(_holes.c.body).order_by(_holes.c.channel, _holes.c.first)
    for column, wanted in ((_holes.c.channel, channel), (_holes.c.cause, cause)):
        if wanted is not None:
            query = query.where(column == wanted)
    if as_of is not None:
        query = query.where(_holes.c.noticed_at <= as_of)
    with opened(store) as connection:
        return tuple(rows.load(Hole, rows.unpack(row.body)) for row in connection.execute(query))


def state(
    store: SqlStore, *, at: datetime | None = None, rules: Any, places: Sequence[str] | None = None
) -> Mapping[str, RegionState]:
    """The state of regions at ``at`` (None: at the last look) from what is committed, by ``fuse.regions``.

    Raises ``InputError`` for a time before the last commit: what the state was then is a question for ``alerts``.
    """
    from monitor.fuse import State
    from monitor.fuse import regions as regions_of

    with store.reading() as connection:
        last = connection.execute(select(func.max(_looks.c.at))).scalar()
    moment = at or last or datetime.now(UTC)
    if last is not None and moment < last:
        if moment < last - _CLOCKS_DIFFER:
            raise InputError(
                f"the state at {moment.isoformat()} lies before the last commit. Ask for the alerts as of that time."
            )
        moment = last
    found: Mapping[str, RegionState] = regions_of(State.load(store.memory()), moment, rules, places, newest_seq(store))
    return found


def counts_summary(store: Readable) -> Mapping[str, int]:
    """How many rows each table holds, and how many deliveries wait."""
    with opened(store) as connection:
        out = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in sorted(metadata.tables.items())
        }
        due = select(func.count()).where(deliveries.c.status.in_(("due", "parked")))
        return {**out, "deliveries_waiting": connection.execute(due).scalar_one()}


def newest_seq(store: Readable) -> int:
    """The ``seq`` of the newest committed change; 0 before the first."""
    with opened(store) as connection:
        return int(connection.execute(select(func.max(changes.c.seq))).scalar() or 0)
