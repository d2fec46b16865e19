"""What fuse remembers: one frozen record per subject, all of them plain data that ``codec`` can write down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model import Claim, EvidenceRef, Interval, StrikeEvent

__all__ = [
    "Advice", "Cell", "Chain", "Event", "Held", "Hold", "Meta", "Missing", "Reached", "SourceRecord", "Strike", "Told",
    "Watch",
]  # fmt: skip

Lane = Literal["live", "hearsay", "history"]


@dataclass(frozen=True, slots=True)
class Event:
    """One word of one source about one cell. ``verb``:

    start | ongoing | nation | on — under alert; end | off — over (``off``: a snapshot's "not active");
    emptied — the last region left a nation-wide alert; lapse — the source no longer says;
    timeout — the longest plausible duration is over; doubt — a word was taken back.
    ``since``: when the alert began, where a snapshot states it.
    ``is_only_open``: it ends what is open and says nothing of the rest. ``nation``: it concerns that nation-wide alert.
    ``absent`` are sources that were not fresh when this was heard, whose word cannot stand against an end.
    """

    at: datetime
    verb: str
    source: str
    told: EvidenceRef
    known_at: datetime
    since: datetime | None = None
    level: str | None = None
    is_late: bool = False
    is_mass: bool = False
    is_only_open: bool = False
    absent: tuple[str, ...] = ()
    excepts: tuple[str, ...] = ()
    nation: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A source's standing word that the alert is on. ``is_lapsed``: it no longer says so, nor that it is over.

    ``is_late``: it was heard long after it was said, and gives way to any end.
    """

    source: str
    since: datetime
    at: datetime
    verb: str
    level: str | None = None
    is_lapsed: bool = False
    is_late: bool = False
    excepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell's events come to. ``interval`` is the open or the newest one, ``past`` the spans before it."""

    interval: Interval | None = None
    holders: tuple[Hold, ...] = ()
    denied: tuple[str, ...] = ()
    cleared_at: datetime | None = None
    cleared_by: str | None = None
    cleared_basis: str = "explicit"
    doubt_at: datetime | None = None
    past: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One (place, regime, nature, lane). ``base`` is what came before ``events``; ``held`` is base with events."""

    place: str
    regime: str
    nature: str = "actual"
    lane: str = "live"
    base: Held = Held()
    events: tuple[Event, ...] = ()
    held: Held = Held()
    horizon: datetime | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """A threat without the siren: it stands until its own end or ``valid_until``."""

    place: str
    threat: str
    since: datetime
    valid_until: datetime
    source: str
    nature: str = "actual"
    level: str | None = None
    told: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that an active list lost together with many others: its end waits for a second source or for two more
    polls. ``agreed`` counts the polls that still did not list it."""

    cell: str
    data_at: datetime
    agreed: int = 0


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How a source is doing. ``newest`` is its newest item, ``data_at`` its snapshot's own time (None: no snapshots),
    ``trusted_at`` the newest data time that was not under suspicion, ``watched_since`` the moment from which on
    nothing it said was missed."""

    id: str
    health: str = "live"
    reason: str | None = None
    watched_since: datetime | None = None
    since: datetime | None = None
    last_look: datetime | None = None
    last_ok: datetime | None = None
    fails: int = 0
    fail_reason: str | None = None
    newest: datetime | None = None
    data_at: datetime | None = None
    trusted_at: datetime | None = None
    suspended_at: datetime | None = None
    is_catching_up: bool = False
    is_fresh: bool = False
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What a snapshot source watches: ``covers`` places, of which ``on`` are listed (cell keys ``place/regime``),
    ``partial`` are on in part and ``doubt`` have no known status. ``levels`` are the levels ever listed."""

    shape: str
    covers: tuple[str, ...]
    on: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """What an item's version led to, so that it can be taken back: ``targets`` are ``group:key`` of this state.

    ``at`` is when we learnt of it, ``said_at`` its own time, ``version`` the newest that was heard."""

    item: str
    source: str
    said_at: datetime
    at: datetime
    version: int
    tellings: tuple[str, ...]
    targets: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One report of a strike, with the marks by which copies are recognised."""

    ref: EvidenceRef
    places: tuple[str, ...]
    weapons: tuple[str, ...]
    at: datetime
    known_at: datetime
    marks: tuple[str, ...]
    claimant: str
    date: str | None = None
    occurred: datetime | None = None
    killed: int | None = None
    injured: int | None = None
    bound: str | None = None
    target_kind: str | None = None
    is_retro: bool = False
    is_late: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Strike:
    """A strike event and the reports that it is made of."""

    event: StrikeEvent
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The claims of one claimant about one thing, in the order of saying; the last one standing is the head."""

    key: str
    claims: tuple[Claim, ...]
    first_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meta:
    """The clockwork: the time of the last step, of the last jump, of the next thing due, of the last heartbeat.

    ``behind`` is how far the clock has gone back, ``peak`` what it showed before it went back a little.
    """

    now: datetime | None = None
    jumped_at: datetime | None = None
    behind: timedelta = timedelta(0)
    peak: datetime | None = None
    sources_due: datetime | None = None
    cells_due: datetime | None = None
    beat_at: datetime | None = None
    pruned_at: datetime | None = None
    standing: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
