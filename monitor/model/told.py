"""What is told and to whom: changes, deliveries, endpoints, and the commit that writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from monitor.model.incoming import Hole, Item, Look
from monitor.model.known import Claim, Coverage, EvidenceRef, Interval, StrikeEvent
from monitor.model.reading import Reading, Telling, Withdrawal
from monitor.model.vocabulary import JSON, Nature, Rank


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is new. ``type`` is one of CHANGE_TYPES; ``id`` is derived from the evidence.

    ``key`` is the ordering key: deliveries of one key to one endpoint keep their order. ``subject`` is the id of
    the interval, strike, claim or source. ``places`` are gazetteer ids. ``data`` is JSON. ``seq`` is given by the
    pipeline at commit and rises by one.
    """

    id: str
    type: str
    key: str
    subject: str
    occurred_at: datetime
    known_at: datetime
    places: tuple[str, ...] = ()
    late: bool = False
    nature: Nature = "actual"
    valid_until: datetime | None = None
    data: Mapping[str, JSON] = field(default_factory=dict)
    evidence: tuple[EvidenceRef, ...] = ()
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Fused:
    """What one step of ``fuse`` made. ``memory`` holds the changed entries of the state as JSON (None: dropped);
    laid over the stored memory and read by ``State.load`` it gives the same state again."""

    state: Any
    changes: tuple[Change, ...] = ()
    intervals: tuple[Interval, ...] = ()
    strikes: tuple[StrikeEvent, ...] = ()
    claims: tuple[Claim, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    memory: Mapping[str, JSON | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One change on its way to one endpoint. ``message_id`` and ``body`` are frozen at commit: the same id is
    always the same bytes. ``status``: due | held (for a digest) | parked | delivered | gathered (into a digest) |
    dropped. ``gap``: ``seq`` of parked messages of the same key that this one overtakes; known to the delivery stage
    only."""

    message_id: str
    endpoint: str
    key: str
    seq: int
    type: str
    body: bytes
    due_at: datetime
    valid_until: datetime | None = None
    attempts: int = 0
    status: str = "due"
    id: int | None = None
    gap: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: ``next_at`` is when a failed one is tried again; ``log`` is JSON without secrets."""

    delivery: Delivery
    outcome: Literal["delivered", "retry", "parked"]
    at: datetime
    log: Mapping[str, JSON] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which changes an endpoint is told of; an empty field asks for everything. ``regions`` include all below them.

    ``min_rank``: official < monitor < media, "official" lets only official sources through. ``quiet`` holds back
    everything but alerts between two local times (``"23:00"``, ``"07:00"``, zone name).
    """

    types: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    weapons: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    natures: tuple[str, ...] = ("actual", "system")
    min_rank: Rank | None = None
    min_value: int | None = None
    min_confidence: float = 0.0
    min_origins: int = 1
    quiet: tuple[str, str, str] | None = None
    digest_every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Someone to tell. ``type`` names the kind of sink, ``target`` its address (never printed whole: secrets live
    in addresses), ``secrets`` sign (the first is the current one). ``is_trusted`` gives it the full evidence."""

    id: str
    type: str
    target: str = field(repr=False, default="")
    secrets: tuple[str, ...] = field(repr=False, default=())
    subscription: Subscription = Subscription()
    is_trusted: bool = False
    allow_networks: tuple[str, ...] = ()
    options: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An admitted item: its version, the hash of its text, and what it was read as."""

    item: Item
    version: int
    sha256: str
    reading: Reading
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Commit:
    """Everything that one transaction writes. ``rules`` is the version of the words and code that read the items."""

    source: str
    at: datetime
    items: tuple[ReadItem, ...]
    withdrawals: tuple[Withdrawal, ...]
    fused: Fused
    deliveries: tuple[Delivery, ...]
    look: Look | None = None
    cursor: str | None = None
    holes: tuple[Hole, ...] = ()
    rules: str | None = None
