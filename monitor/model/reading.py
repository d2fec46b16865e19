"""What a text claims: reports, signals and notes, each with the words behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.incoming import Origin, Snapshot
from monitor.model.vocabulary import (
    AlertStatus,
    Bound,
    Kind,
    Level,
    Measure,
    Nature,
    Period,
    Scope,
    Side,
    SignalKind,
    Threat,
    Weapon,
)


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
