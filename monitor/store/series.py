"""Questions to the store, each answered with how well the time asked about was being watched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import Engine

from monitor.model import (
    Change,
    Claim,
    Coverage,
    Hole,
    Interval,
    Item,
    Look,
    Measure,
    Nature,
    Reading,
    RegionState,
    Side,
    StrikeEvent,
    Telling,
    Weapon,
)
from monitor.store.sql_store import SqlStore

T = TypeVar("T")
Place = str
Readable = SqlStore | Engine


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which one source (None: every source) was not being watched."""

    start: datetime
    end: datetime
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """How well a range of time was watched. ``full``, ``partial`` or ``none``; where nothing is recorded: ``none``."""

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
    """One version of a raw item, with its hashes and what it was read as."""

    id: int
    item: Item
    version: int
    sha256: str
    chain: str
    committed_at: datetime
    reading: Reading | None = None
    tellings: tuple[Telling, ...] = ()


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


def items(
    store: Readable, *, source: str | None = None, after: str | None = None, limit: int = 100,
    start: datetime | None = None, end: datetime | None = None, as_of: datetime | None = None,
) -> Answer[StoredItem]:  # fmt: skip
    """Item versions in the order in which they were committed, without their readings."""
    raise NotImplementedError


def item(store: Readable, key: str, *, as_of: datetime | None = None) -> tuple[StoredItem, ...]:
    """Every version of one item, oldest first, with hashes and reading; empty for an unknown key."""
    raise NotImplementedError


def reports(
    store: Readable, *, kind: str | None = None, region: Place | None = None, source: str | None = None,
    lang: str | None = None, start: datetime | None = None, end: datetime | None = None,
    after: str | None = None, limit: int = 100, withdrawn: bool = False, as_of: datetime | None = None,
) -> Answer[StoredReport]:  # fmt: skip
    """Reports, the newest first, page by page: ``after`` is the ``next`` of the page before."""
    raise NotImplementedError


def alerts(
    store: Readable, *, region: Place | None = None, start: datetime | None = None, end: datetime | None = None,
    as_of: datetime | None = None, nature: Nature | None = "actual", retracted: bool = False,
    sources: Sequence[str] | None = None, limit: int | None = None,
) -> Answer[Interval]:  # fmt: skip
    """Alert intervals that touch the range, by start."""
    raise NotImplementedError


def strikes(
    store: Readable, *, region: Place | None = None, start: datetime | None = None, end: datetime | None = None,
    as_of: datetime | None = None, nature: Nature | None = "actual", retracted: bool = False,
    merged: bool = False, sources: Sequence[str] | None = None, limit: int | None = None,
) -> Answer[StrikeEvent]:  # fmt: skip
    """Strike events by their first telling."""
    raise NotImplementedError


def claims(
    store: Readable, *, night: str | None = None, region: Place | None = None, start: datetime | None = None,
    end: datetime | None = None, measure: Measure | None = None, weapon: Weapon | None = None,
    attacker: Side | None = None, claimant: str | None = None, as_of: datetime | None = None,
    nature: Nature | None = "actual", superseded: bool = True, retracted: bool = False,
    sources: Sequence[str] | None = None, limit: int | None = None,
) -> Answer[Claim]:  # fmt: skip
    """Count claims; ``night`` is ``YYYY-MM-DD/DD`` as READING.md writes it."""
    raise NotImplementedError


def changes(
    store: Readable, *, after_seq: int = 0, limit: int = 1000, types: Sequence[str] = (), region: Place | None = None,
    subject: str | None = None, as_of: datetime | None = None,
) -> tuple[Change, ...]:  # fmt: skip
    """Committed changes in the order of ``seq``."""
    raise NotImplementedError


def coverage(
    store: Readable, *, start: datetime | None = None, end: datetime | None = None, source: str | None = None,
    as_of: datetime | None = None,
) -> tuple[Coverage, ...]:  # fmt: skip
    """How each source was being watched in the range."""
    raise NotImplementedError


def sources(store: Readable) -> tuple[SourceLook, ...]:
    """The last look at each source that was ever looked at."""
    raise NotImplementedError


def looks(store: Readable, source: str, limit: int = 100) -> tuple[Look, ...]:
    """The newest looks at one source, newest first; the log is bounded."""
    raise NotImplementedError


def state(
    store: SqlStore, *, at: datetime, rules: Any, places: Sequence[Place] | None = None
) -> Mapping[Place, RegionState]:
    """The state of regions at ``at`` from the committed memory, by ``fuse.regions``."""
    raise NotImplementedError


def holes(store: Readable, *, channel: str | None = None, cause: str | None = None) -> tuple[Hole, ...]:
    """Ranges of post ids that were asked for and not had."""
    raise NotImplementedError


def counts_summary(store: Readable) -> Mapping[str, int]:
    """How many rows of each kind there are."""
    raise NotImplementedError


_ = field
