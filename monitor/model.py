"""The nouns of monitor: one frozen type for everything that flows along an arrow.

All times are aware and in UTC; local time exists only where something is shown. All places are ids of the
gazetteer (``Place.id``). ``JSON`` values are plain ``dict``/``list``/``str``/``int``/``float``/``bool``/``None``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

JSON = Any

Kind = Literal["alert", "strike", "count"]
Nature = Literal["actual", "exercise", "test", "system"]
Level = Literal["country", "oblast", "raion", "hromada", "city", "district", "sea", "area"]
Scope = Literal["country", "oblast", "raion", "hromada", "city"]
AlertStatus = Literal["start", "end", "threat"]
Threat = Literal["air", "missile", "ballistic", "drone", "guided_bomb", "mig31k", "artillery", "other"]
Weapon = Literal["drone", "missile", "ballistic", "guided_bomb", "rocket", "artillery", "mixed", "unknown"]
Measure = Literal["launched", "shot_down", "lost", "left", "hit", "present", "suppressed", "withheld"]
Bound = Literal["approx", "at_least", "at_most"]
Period = Literal["night", "day", "hours", "instant", "week", "month", "season", "year", "war"]
Side = Literal["UA", "RU"]
Rank = Literal["official", "monitor", "media"]
SignalKind = Literal["retraction", "correction", "source_outage", "source_resumed", "drill", "test", "recycled"]
RegionStatus = Literal["active", "partial", "clear", "unknown"]
Health = Literal["live", "quiet", "degraded", "suspended", "lost"]

CHANGE_TYPES = (
    "alert.started", "alert.affirmed", "alert.partial", "alert.cleared", "alert.expired", "alert.retracted",
    "threat.started", "threat.ended",
    "strike.reported", "strike.updated", "strike.merged", "strike.split",
    "count.claimed", "count.updated", "report.retracted",
    "coverage.lost", "coverage.restored", "source.changed", "state.snapshot", "heartbeat",
    "system.clock_jump", "system.storage_full", "system.ping", "system.endpoint_disabled", "system.notice",
)  # fmt: skip


# ── places and sources ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the gazetteer. ``id`` is ISO 3166 for countries and first-level areas, the KATOTTG code for the
    rest of Ukraine, the GeoNames number elsewhere. ``code`` is what ``place_ids`` prints (KATOTTG or GeoNames)."""

    id: str
    name: str
    level: Level
    parent: str | None = None
    code: str | None = None
    api_ids: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    population: int = 0


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The tree of places: ``places`` by id, ``children`` by id of the parent, ``standing`` permanent alerts,
    ``enclaves`` first-level cities with the first-level unit that surrounds them."""

    places: Mapping[str, Place]
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    enclaves: Mapping[str, str] = field(default_factory=dict)

    def line(self, place: str) -> tuple[str, ...]:
        """The place and its ancestors, the narrowest first; an unknown id gives itself alone."""
        out = [place]
        here = self.places.get(place)
        while here is not None and here.parent and here.parent not in out:
            out.append(here.parent)
            here = self.places.get(here.parent)
        return tuple(out)

    def level(self, place: str) -> Level | None:
        found = self.places.get(place)
        return found.level if found else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A permanent alert: a dated, cited record (``gazetteer/standing.tsv``)."""

    place: str
    since: datetime
    until: datetime | None
    cite: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What a source may open and close: ``places`` with everything below them, at ``levels`` (empty: every level)."""

    places: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    kinds: tuple[Kind, ...] = ("alert", "strike", "count")
    announces_ends: bool = True


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """Who publishes, where, and how far it is to be believed (``config/sources/*.toml``).

    ``witness`` names the family of copies that counts as one witness. ``area`` are the places meant when a post
    names none. ``cadence`` is the expected number of items a day. ``stale_after`` is how long its word stays fresh.
    ``options`` belongs to the kind of source and is not read by the core.
    """

    id: str
    kind: str
    address: str
    name: str = ""
    languages: tuple[str, ...] = ()
    rank: Rank = "media"
    side: Side | None = None
    claimant: str | None = None
    authority: Authority = Authority()
    area: tuple[str, ...] = ()
    channel_id: int | None = None
    witness: str | None = None
    cadence: float | None = None
    stale_after: timedelta = timedelta(minutes=10)
    poll_every: timedelta = timedelta(seconds=45)
    zone: str = "Europe/Kyiv"
    enabled: bool = True
    options: Mapping[str, JSON] = field(default_factory=dict)


# ── what comes in ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item says it was taken from. ``kind``: forward | reply | quote | copy."""

    kind: Literal["forward", "reply", "quote", "copy"]
    key: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RegionWord:
    """One region's word in a snapshot. ``status`` ``unknown`` is what every unknown value becomes."""

    place: str
    status: Literal["active", "partial", "inactive", "unknown"]
    threat: Threat = "air"
    level: Literal["red", "yellow"] | None = None
    since: datetime | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An alert API's answer. ``full`` names every region; ``active`` names only those under alert.

    ``data_at`` is the answer's own data time, not the time of the HTTP answer. ``covers`` are the regions that the
    answer is about (an absent one means "inactive" in an ``active`` list, "unknown" in a ``full`` one).
    """

    shape: Literal["full", "active"]
    data_at: datetime
    words: tuple[RegionWord, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A text as published. ``key`` is the same for the same post however it came: ``tg:<channel id>/<post id>``,
    ``url:<normalised address>``, ``file:<source>/<id or hash>``, ``api:<source>/<data time>``.

    ``published`` is the publisher's own time, None where it states none. ``received`` is ours. ``is_late`` marks
    history (backfill, catch-up). ``deleted`` marks that the publisher took the item away: text is then empty.
    ``flags`` are remarks of the source, such as ``time_suspect``, ``text_truncated``, ``replaced_surrogates``.
    """

    key: str
    source: str
    text: str
    received: datetime
    published: datetime | None = None
    title: str | None = None
    url: str | None = None
    lang: str | None = None
    channel: str | None = None
    origin: Origin | None = None
    media: tuple[str, ...] = ()
    edited: datetime | None = None
    deleted: bool = False
    is_late: bool = False
    nature: Nature = "actual"
    flags: tuple[str, ...] = ()
    snapshot: Snapshot | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the store already has of an item key: its newest version and the hash of its text."""

    version: int
    sha256: str
    deleted: bool = False
    edited: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A range of a channel's post ids, both ends included, that was asked for and not had.

    ``cause``: deleted | never_existed | unfetchable. Only ``unfetchable`` is a hole in coverage.
    """

    channel: str
    first: int
    last: int
    cause: Literal["deleted", "never_existed", "unfetchable"]
    noticed_at: datetime
    around: tuple[datetime | None, datetime | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a source. ``outcome`` ``unchanged`` is a successful look that found nothing new.

    ``newest`` is the newest item time seen on the page, ``data_at`` a snapshot's own data time, ``reason`` the
    machine word of a failure (``SourceError.reason``), ``detail`` the sentence for people.
    """

    source: str
    at: datetime
    outcome: Literal["ok", "unchanged", "failed"]
    reason: str | None = None
    detail: str | None = None
    newest: datetime | None = None
    data_at: datetime | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll of a source brought. ``cursor`` is opaque to everyone but the source; None leaves it alone.

    ``more`` asks to be polled again at once (paging back, catching up).
    """

    source: str
    items: tuple[Item, ...]
    look: Look
    cursor: str | None = None
    holes: tuple[Hole, ...] = ()
    more: bool = False


# ── what a text claims ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened. ``precision``: second | minute | hour | day | night | period."""

    start: datetime | None
    end: datetime | None
    precision: Literal["second", "minute", "hour", "day", "night", "period"]


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A place as a report names it: ``name`` as READING.md prints it (ISO code or English name), ``id`` of the
    gazetteer or None where it has none, ``code`` for ``place_ids``, ``text`` the words of the item."""

    name: str
    id: str | None = None
    level: Level | None = None
    code: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentence behind a report: ``span`` counts code points of ``title + "\\n" + text`` (or text alone)."""

    quote: str
    span: tuple[int, int]
    rule: str
    confidence: float = 1.0
    occurred: Moment | None = None


@dataclass(frozen=True, slots=True)
class AlertReport:
    """An air alert begun, ended, still on, or a threat without the siren."""

    status: AlertStatus
    scope: Scope
    places: tuple[PlaceRef, ...]
    threat: Threat | None
    evidence: Evidence
    ongoing: bool = False
    except_places: tuple[PlaceRef, ...] = ()
    level: Literal["red", "yellow"] | None = None
    nature: Nature = "actual"
    kind: Literal["alert"] = "alert"


@dataclass(frozen=True, slots=True)
class StrikeReport:
    """A place hit, or harmed. ``killed``/``injured``: None is not stated, 0 is stated that there were none."""

    places: tuple[PlaceRef, ...]
    weapons: tuple[str, ...]
    evidence: Evidence
    target_kind: str | None = None
    killed: int | None = None
    injured: int | None = None
    bound: Bound | None = None
    date: str | None = None
    attributed_to: str | None = None
    retro: bool = False
    nature: Nature = "actual"
    kind: Literal["strike"] = "strike"


@dataclass(frozen=True, slots=True)
class CountReport:
    """A number of munitions that somebody claims. ``value`` is None only for ``withheld``."""

    weapon: Weapon
    measure: Measure
    value: int | None
    evidence: Evidence
    model: str | None = None
    value_max: int | None = None
    bound: Bound | None = None
    subset_of: str | None = None
    places: tuple[PlaceRef, ...] = ()
    attacker: Side | None = None
    period: Period | None = None
    date_or_period: str | None = None
    claimed_by: str | None = None
    vocabulary: str | None = None
    retro: bool = False
    nature: Nature = "actual"
    kind: Literal["count"] = "count"


Report = AlertReport | StrikeReport | CountReport


@dataclass(frozen=True, slots=True)
class Signal:
    """What a text says about reports or sources rather than about the world."""

    kind: SignalKind
    evidence: Evidence
    places: tuple[PlaceRef, ...] = ()
    of: Kind | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something seen and set aside: ``text`` the words, ``reason`` why."""

    text: str
    reason: str
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that one text claims. ``lang`` is the language most of its words were found in, or None."""

    lang: str | None
    reports: tuple[Report, ...] = ()
    signals: tuple[Signal, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """One report, signal or snapshot with the item version it stands in: what ``fuse`` is given.

    ``at`` is when it was said: the item's ``published``, else ``received``; never later than ``received``.
    """

    id: str
    what: Report | Signal | Snapshot
    item: str
    version: int
    source: str
    at: datetime
    received: datetime
    is_late: bool = False
    nature: Nature = "actual"
    url: str | None = None
    lang: str | None = None
    origin: Origin | None = None
    text_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An older version of an item no longer stands: it was edited (``replaced``) or taken away (``deleted``)."""

    item: str
    version: int
    source: str
    at: datetime
    cause: Literal["replaced", "deleted"]


# ── what is known ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """The way back from a derived fact to the sentence somebody published."""

    report: str
    item: str
    version: int
    source: str
    at: datetime
    quote: str = ""
    span: tuple[int, int] | None = None
    rule: str = ""
    url: str | None = None
    claimant: str | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """One alert of one place and regime. ``id``: hash of place, regime and the first start's item key.

    ``ended_at`` None: still on, as far as we know. ``end_basis``: explicit | snapshot | timeout | retracted.
    ``start_basis``: explicit | ongoing | snapshot | nation | standing | unknown (an end without a start).
    ``end_bounds`` are the earliest and latest moments at which it can have ended.
    """

    id: str
    place: str
    regime: Threat
    started_at: datetime | None
    start_basis: str
    known_at: datetime
    nature: Nature = "actual"
    ended_at: datetime | None = None
    end_basis: str | None = None
    end_known_at: datetime | None = None
    end_bounds: tuple[datetime, datetime] | None = None
    affirmations: int = 0
    affirmed_at: datetime | None = None
    level: Literal["red", "yellow"] | None = None
    is_confirmed: bool = True
    is_late: bool = False
    nation: str | None = None
    retracted_at: datetime | None = None
    sources: tuple[str, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Toll:
    """Casualties as told: ``latest`` by ``claimant`` at ``at``, and the range over all claimants."""

    least: int | None = None
    most: int | None = None
    latest: int | None = None
    claimant: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StrikeEvent:
    """Reports of one strike, however many items tell it. ``id`` is its earliest report's id, kept through merges.

    ``origins`` counts independent witnesses: a forward, a copy or a channel of the same family adds none.
    """

    id: str
    places: tuple[str, ...]
    weapons: tuple[str, ...]
    date: str | None
    first_at: datetime
    known_at: datetime
    updated_at: datetime
    target_kind: str | None = None
    killed: Toll = Toll()
    injured: Toll = Toll()
    claimants: tuple[str, ...] = ()
    origins: int = 1
    sources: tuple[str, ...] = ()
    alert: str | None = None
    lead_seconds: int | None = None
    is_retro: bool = False
    is_late: bool = False
    nature: Nature = "actual"
    merged_into: str | None = None
    retracted_at: datetime | None = None
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure of one claimant. ``id`` is the report's id. ``chain`` joins the versions of one claim.

    ``stage``: preliminary | updated | final | single. ``window`` is the time that the figure is about.
    ``flags``: overlapping_window, headline_differs, regional, subset, merged_vocabulary, source_deleted …
    """

    id: str
    chain: str
    measure: Measure
    weapon: Weapon
    value: int | None
    value_max: int | None
    bound: Bound | None
    model: str | None
    places: tuple[str, ...]
    attacker: Side | None
    period: Period | None
    date_or_period: str | None
    claimant: str | None
    claimant_side: Side | None
    source: str
    at: datetime
    known_at: datetime
    stage: str = "single"
    window: Moment | None = None
    subset_of: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    vocabulary: str | None = None
    flags: tuple[str, ...] = ()
    is_retro: bool = False
    is_late: bool = False
    nature: Nature = "actual"
    retracted_at: datetime | None = None
    evidence: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well one source was being watched from ``started_at`` to ``ended_at`` (None: until now)."""

    id: str
    source: str
    health: Health
    reason: str | None
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RegionState:
    """What is known of one region at ``as_of``: the contract of DESIGN section 4.

    ``basis``: explicit | snapshot | derived | standing | nation | none. ``since`` is when this status began.
    ``threats`` are advisories without the siren, each ``{"threat", "since", "valid_until", "source"}``.
    """

    place: str
    status: RegionStatus
    as_of: datetime
    is_stale: bool = False
    since: datetime | None = None
    last_confirmed_at: datetime | None = None
    basis: str = "none"
    is_confirmed: bool = False
    in_conflict: bool = False
    level: Literal["red", "yellow"] | None = None
    regimes: tuple[str, ...] = ()
    threats: tuple[Mapping[str, JSON], ...] = ()
    sources: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    is_standing: bool = False
    reason: str | None = None
    seq: int = 0


# ── what is told ──────────────────────────────────────────────────────────────────────────────────


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
