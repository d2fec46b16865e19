"""The shape of an answer: rows, and how well the time asked about was being watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Connection, func, select

from monitor.model import Coverage, Item, Look, Reading, Telling
from monitor.store import rows
from monitor.store.raw import item_of
from monitor.store.reading import reading_of
from monitor.store.tables import coverage, coverage_versions, holes, looks

__all__ = [
    "Answer",
    "Gap",
    "SourceLook",
    "StoredItem",
    "StoredReport",
    "Watched",
    "coverage_rows",
    "stored_item",
    "watched",
]

T = TypeVar("T")

GRACE = timedelta(minutes=10)
"""How long after its last successful look a source still counts as watched."""

REPORTING = ("live", "quiet")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which one source (None: every source) was not being watched."""

    start: datetime
    end: datetime
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """``full``: every source was watched throughout. ``none``: no source was at any time, or nothing is recorded."""

    status: Literal["full", "partial", "none"]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """Rows, and how well the time asked about was being watched. ``next`` is the ``after`` of the next page."""

    rows: tuple[T, ...]
    coverage: Watched
    next: str | None = None


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One version of a raw item, with its hashes and what it was read as (by which version of the rules)."""

    id: int
    item: Item
    version: int
    sha256: str
    chain: str
    committed_at: datetime
    batch: int = 0
    reading: Reading | None = None
    tellings: tuple[Telling, ...] = ()
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class StoredReport:
    """One report or signal as told; ``withdrawn_at`` is when we learnt that its item version no longer stands."""

    telling: Telling
    known_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_cause: str | None = None


@dataclass(frozen=True, slots=True)
class SourceLook:
    """The last look at one source. ``failures`` counts failed looks in a row."""

    source: str
    look: Look
    ok_at: datetime | None
    failures: int
    cursor: str | None = None


def coverage_rows(connection: Connection, as_of: datetime | None = None) -> list[Coverage]:
    """Every span of coverage, as known now or at ``as_of``, by start."""
    query = select(coverage.c.body, coverage.c.started_at)
    if as_of is not None:
        then = coverage_versions.c
        query = select(then.body, then.started_at).where(
            then.known_from <= as_of, (then.known_to.is_(None)) | (then.known_to > as_of)
        )
    found = connection.execute(query.order_by("started_at")).all()
    return [rows.load(Coverage, rows.unpack(row.body)) for row in found]


def watched(
    connection: Connection,
    start: datetime | None,
    end: datetime | None,
    *,
    sources: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> Watched:
    """How well ``start`` to ``end`` was being watched by these sources (default: all that were ever watched).

    A source counts while its health was live or quiet, and not beyond its last successful look and a grace of ten
    minutes. Unfetchable posts are gaps of their source. A range without bounds begins with the first record and
    ends with the last look.
    """
    spans = [span for span in coverage_rows(connection, as_of) if sources is None or span.source in sources]
    seen = _last_ok(connection)
    last = connection.execute(select(func.max(looks.c.at))).scalar()
    start = start or (spans[0].started_at if spans else None)
    end = min((moment for moment in (end, as_of) if moment), default=last)
    if not spans or start is None or end is None or start >= end:
        return Watched("none", (Gap(start, end),) if start and end and start < end else ())
    good: dict[str, list[tuple[datetime, datetime]]] = {}
    born: dict[str, datetime] = {}
    for span in spans:
        born[span.source] = min(span.started_at, born.get(span.source, span.started_at))
        mine = good.setdefault(span.source, [])
        if span.health in REPORTING:
            until = span.ended_at or min(end, max(span.started_at, seen.get(span.source, span.started_at)) + GRACE)
            mine.append((span.started_at, until))
    nobody = _missing([piece for pieces in good.values() for piece in pieces], start, end)
    if nobody == [(start, end)]:
        return Watched("none", (Gap(start, end),))
    gaps = [Gap(*piece) for piece in nobody]
    for source, pieces in good.items():
        gaps += [Gap(*piece, source) for piece in _missing(pieces, max(start, born[source]), end)]
    gaps += _holes(connection, start, end, sources, as_of)
    return Watched("partial" if gaps else "full", tuple(sorted(gaps, key=lambda gap: (gap.start, gap.source or ""))))


def _last_ok(connection: Connection) -> dict[str, datetime]:
    return {row.source: row.ok_at for row in connection.execute(select(looks.c.source, looks.c.ok_at)) if row.ok_at}


def _missing(
    pieces: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """What of ``start`` to ``end`` none of the pieces covers."""
    out, here = [], start
    for begins, ends in sorted(pieces):
        if begins >= end:
            break
        if begins > here:
            out.append((here, begins))
        here = max(here, ends)
    if here < end:
        out.append((here, end))
    return out


def _holes(
    connection: Connection, start: datetime, end: datetime, sources: Sequence[str] | None, as_of: datetime | None
) -> list[Gap]:
    query = select(holes).where(holes.c.cause == "unfetchable")
    if as_of is not None:
        query = query.where(holes.c.noticed_at <= as_of)
    out = []
    for row in connection.execute(query):
        begins, ends = row.begins or start, row.ends or row.noticed_at
        if begins < end and ends > start and (sources is None or row.source in sources):
            out.append(Gap(max(begins, start), min(ends, end), row.source))
    return out


def stored_item(row: Any, connection: Connection | None = None) -> StoredItem:
    """A row of ``items``; with a connection also what it was read as."""
    out = StoredItem(
        id=row.id,
        item=item_of(row),
        version=row.version,
        sha256=row.sha256,
        chain=row.chain,
        committed_at=row.committed_at,
        batch=row.batch,
    )
    read = reading_of(connection, row.key, row.version) if connection is not None else None
    return out if read is None else replace(out, reading=read[0], tellings=read[1], rules=read[2])
