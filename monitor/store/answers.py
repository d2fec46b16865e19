"""The shape of an answer: rows, and how well the time asked about was being watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Connection, bindparam, func, select

from monitor.model import Coverage, Item, Look, Reading, Telling
from monitor.store import rows
from monitor.store.looks import last_ok_then
from monitor.store.patience import bounded
from monitor.store.raw import item_of
from monitor.store.reading import reading_of
from monitor.store.tables import coverage, coverage_versions, holes, looks

__all__ = [
    "Answer",
    "Gap",
    "Rollup",
    "SourceLook",
    "StoredItem",
    "StoredReport",
    "Watch",
    "Watched",
    "coverage_rows",
    "rollup_of",
    "stored_item",
    "watch_over",
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
class Rollup:
    """One cell of a roll-up (``monitor.store.rollups`` says what is counted how). ``coverage`` is that of its time."""

    grain: str
    period: str
    start: datetime
    end: datetime
    place: str
    measure: str
    weapon: str
    side: str
    claimant: str
    n: int
    least: int | None
    most: int | None
    withheld: int
    seconds: int
    coverage: Literal["full", "partial", "none"]


@dataclass(frozen=True, slots=True)
class SourceLook:
    """The last look at one source. ``failures`` counts failed looks in a row."""

    source: str
    look: Look
    ok_at: datetime | None
    failures: int
    cursor: str | None = None


def coverage_rows(
    connection: Connection, as_of: datetime | None = None, start: datetime | None = None, end: datetime | None = None
) -> list[Coverage]:
    """Every span of coverage that touches the range, as known now or at ``as_of``, by start."""
    statement = _spans(as_of is not None, start is not None, end is not None, True)
    found = connection.execute(statement, {"as_of": as_of, "start": start, "end": end}).all()
    return [rows.load(Coverage, rows.unpack(row.body)) for row in bounded(found)]


@cache
def _spans(is_then: bool, has_start: bool, has_end: bool, is_whole: bool) -> Any:
    """Spans by their start: whole bodies, or the columns that say who was watched when."""
    its = (coverage_versions if is_then else coverage).c
    chosen = (its.body, its.started_at) if is_whole else (its.source, its.health, its.started_at, its.ended_at)
    query = _then(select(*chosen).order_by(its.started_at), is_then)
    if has_start:
        query = query.where(its.ended_at.is_(None) | (its.ended_at > bindparam("start")))
    return query.where(its.started_at < bindparam("end")) if has_end else query


@cache
def _births(is_then: bool) -> Any:
    """Since when each source has been watched at all."""
    its = (coverage_versions if is_then else coverage).c
    return _then(select(its.source, func.min(its.started_at).label("at")).group_by(its.source), is_then)


def _then(query: Any, is_then: bool) -> Any:
    """What was known at ``as_of``, where that is asked."""
    if not is_then:
        return query
    known_from, known_to = coverage_versions.c.known_from, coverage_versions.c.known_to
    return query.where(known_from <= bindparam("as_of"), known_to.is_(None) | (known_to > bindparam("as_of")))


_LAST_LOOK = select(func.max(looks.c.at))
_LAST_OK = select(looks.c.source, looks.c.ok_at)
_HOLES = select(holes.c.begins, holes.c.ends, holes.c.noticed_at, holes.c.source).where(holes.c.cause == "unfetchable")


class Watch:
    """How well sources were watched, read once and asked for any number of ranges, from ``start`` to ``end`` at most.

    A source counts while its health was live or quiet, and not beyond its last successful look and a grace of ten
    minutes. Unfetchable posts are gaps of their source. A range without bounds begins with the first record and
    ends with the last look.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        sources: Sequence[str] | None = None,
        as_of: datetime | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> None:
        self._as_of = as_of
        given = {"as_of": as_of, "start": start, "end": end}
        births = connection.execute(_births(as_of is not None), given)
        self._born = {row.source: row.at for row in births if sources is None or row.source in sources}
        found = connection.execute(_spans(as_of is not None, start is not None, end is not None, False), given)
        self._spans = [span for span in found if sources is None or span.source in sources]
        self._seen = last_ok(connection, as_of)
        self._last: datetime | None = connection.execute(_LAST_LOOK).scalar()
        self._holes = _holes(connection, sources, as_of)

    def over(self, start: datetime | None, end: datetime | None) -> Watched:
        """How well ``start`` to ``end`` was being watched."""
        start = start or min(self._born.values(), default=None)
        end = min((moment for moment in (end, self._as_of) if moment), default=self._last)
        if not self._born or start is None or end is None or start >= end:
            return Watched("none", (Gap(start, end),) if start and end and start < end else ())
        # A source is missed from when it was first watched, wherever in the range its spans then lie.
        good: dict[str, list[tuple[datetime, datetime]]] = {name: [] for name, at in self._born.items() if at < end}
        for span in self._spans:
            if span.started_at >= end or (span.ended_at is not None and span.ended_at <= start):
                continue
            if span.health in REPORTING and span.source in good:
                known_to = heard_until(span, self._seen)
                good[span.source].append((span.started_at, span.ended_at or min(end, known_to)))
        nobody = _missing([piece for pieces in good.values() for piece in pieces], start, end)
        if nobody == [(start, end)]:
            return Watched("none", (Gap(start, end),))
        gaps = [Gap(*piece) for piece in nobody]
        for source, pieces in good.items():
            gaps += [Gap(*piece, source) for piece in _missing(pieces, max(start, self._born[source]), end)]
        for begins, ends, source in self._holes:
            if (begins or start) < end and ends > start:
                gaps.append(Gap(max(begins or start, start), min(ends, end), source))
        gaps.sort(key=lambda gap: (gap.start, gap.source or ""))
        return Watched("partial" if gaps else "full", tuple(gaps))


def watched(
    connection: Connection,
    start: datetime | None,
    end: datetime | None,
    *,
    sources: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> Watched:
    """How well ``start`` to ``end`` was being watched by these sources (default: all that were ever watched)."""
    return Watch(connection, sources=sources, as_of=as_of, start=start, end=end).over(start, end)


def watch_over(
    connection: Connection,
    ranges: Sequence[tuple[datetime, datetime]],
    *,
    sources: Sequence[str] | None = None,
    as_of: datetime | None = None,
) -> Watch:
    """The watch that can be asked for each of these ranges."""
    first, last = min((start for start, _ in ranges), default=None), max((end for _, end in ranges), default=None)
    return Watch(connection, sources=sources, as_of=as_of, start=first, end=last)


def heard_until(span: Any, seen: Mapping[str, datetime]) -> datetime:
    """How far a span that is still open reaches: to the last successful look at its source, and the grace."""
    began: datetime = span.started_at
    return max(began, seen.get(span.source, began)) + GRACE


def last_ok(connection: Connection, as_of: datetime | None) -> dict[str, datetime]:
    """The last successful look at each source, by ``as_of`` as far as the log of looks reaches."""
    found = {row.source: row.ok_at for row in connection.execute(_LAST_OK) if row.ok_at}
    if as_of is not None and any(ok_at > as_of for ok_at in found.values()):
        then = last_ok_then(connection, as_of)
        found.update((source, ok_at or first_at) for source, (ok_at, first_at) in then.items())
    return found


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
    connection: Connection, sources: Sequence[str] | None, as_of: datetime | None
) -> list[tuple[datetime | None, datetime, str]]:
    found = [
        (row.begins, row.ends or row.noticed_at, row.source)
        for row in connection.execute(_HOLES)
        if as_of is None or row.noticed_at <= as_of
    ]
    return [hole for hole in found if sources is None or hole[2] in sources]


def rollup_of(cell: Mapping[str, Any], coverage: Literal["full", "partial", "none"]) -> Rollup:
    """A row of ``rollups``."""
    names = ("grain", "period", "place", "measure", "weapon", "side", "claimant", "n", "least", "most", "withheld")
    told = {name: cell[name] for name in (*names, "seconds")}
    return Rollup(start=cell["begins_at"], end=cell["ends_at"], coverage=coverage, **told)


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
