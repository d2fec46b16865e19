"""The shape of an answer: rows, and how well the time asked about was being watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Connection, bindparam, func, select

from monitor.model import Coverage, Item, Look, Reading, Telling
from monitor.store import rows
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


def coverage_rows(connection: Connection, as_of: datetime | None = None) -> list[Coverage]:
    """Every span of coverage, as known now or at ``as_of``, by start."""
    query = select(coverage.c.body, coverage.c.started_at)
    if as_of is not None:
        then = coverage_versions.c
        query = select(then.body, then.started_at).where(
            then.known_from <= as_of, (then.known_to.is_(None)) | (then.known_to > as_of)
        )
    found = connection.execute(query.order_by("started_at")).all()
    return [rows.load(Coverage, rows.unpack(row.body)) for row in bounded(found)]


_SPANS = select(coverage.c.source, coverage.c.health, coverage.c.started_at, coverage.c.ended_at).order_by(
    coverage.c.started_at
)
_SPANS_THEN = (
    select(
        coverage_versions.c.source,
        coverage_versions.c.health,
        coverage_versions.c.started_at,
        coverage_versions.c.ended_at,
    )
    .where(
        coverage_versions.c.known_from <= bindparam("as_of"),
        coverage_versions.c.known_to.is_(None) | (coverage_versions.c.known_to > bindparam("as_of")),
    )
    .order_by(coverage_versions.c.started_at)
)
_LAST_LOOK = select(func.max(looks.c.at))
_LAST_OK = select(looks.c.source, looks.c.ok_at)
_HOLES = select(holes.c.begins, holes.c.ends, holes.c.noticed_at, holes.c.source).where(holes.c.cause == "unfetchable")


class Watch:
    """How well sources were watched, read once and asked for any number of ranges.

    A source counts while its health was live or quiet, and not beyond its last successful look and a grace of ten
    minutes. Unfetchable posts are gaps of their source. A range without bounds begins with the first record and
    ends with the last look.
    """

    def __init__(
        self, connection: Connection, *, sources: Sequence[str] | None = None, as_of: datetime | None = None
    ) -> None:
        self._as_of = as_of
        found = connection.execute(_SPANS if as_of is None else _SPANS_THEN, {"as_of": as_of})
        self._spans = [span for span in found if sources is None or span.source in sources]
        self._seen = _last_ok(connection)
        self._last: datetime | None = connection.execute(_LAST_LOOK).scalar()
        self._holes = _holes(connection, sources, as_of)

    def over(self, start: datetime | None, end: datetime | None) -> Watched:
        """How well ``start`` to ``end`` was being watched."""
        start = start or (self._spans[0].started_at if self._spans else None)
        end = min((moment for moment in (end, self._as_of) if moment), default=self._last)
        if not self._spans or start is None or end is None or start >= end:
            return Watched("none", (Gap(start, end),) if start and end and start < end else ())
        good: dict[str, list[tuple[datetime, datetime]]] = {}
        born: dict[str, datetime] = {}
        for span in self._spans:
            born.setdefault(span.source, span.started_at)
            mine = good.setdefault(span.source, [])
            if span.health in REPORTING:
                last_look = max(span.started_at, self._seen.get(span.source, span.started_at)) + GRACE
                mine.append((span.started_at, span.ended_at or min(end, last_look)))
        nobody = _missing([piece for pieces in good.values() for piece in pieces], start, end)
        if nobody == [(start, end)]:
            return Watched("none", (Gap(start, end),))
        gaps = [Gap(*piece) for piece in nobody]
        for source, pieces in good.items():
            gaps += [Gap(*piece, source) for piece in _missing(pieces, max(start, born[source]), end)]
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
    return Watch(connection, sources=sources, as_of=as_of).over(start, end)


def _last_ok(connection: Connection) -> dict[str, datetime]:
    return {row.source: row.ok_at for row in connection.execute(_LAST_OK) if row.ok_at}


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
