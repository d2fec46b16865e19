"""What is known: intervals, strikes, claims, coverage and the state of a region, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.reading import Moment
from monitor.model.vocabulary import JSON, Bound, Health, Measure, Nature, Period, RegionStatus, Side, Threat, Weapon


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
