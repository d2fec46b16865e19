"""The lanes of one night on one axis: alerts, threats, strikes, claims and coverage, in per cent of the night."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import AlertReport, Claim, Coverage, Gazetteer, Interval, Side, SourceProfile, StrikeEvent
from monitor.publication import coarse_place
from monitor.store.series import StoredReport
from monitor.web.spans import Stretch, first_level, is_siren, stretches

__all__ = ["AlertLane", "Axis", "Bar", "ClaimLane", "StrikeLane", "ThreatLane", "alert_lanes", "claim_lanes",
           "coverage_bars", "strike_lanes", "threat_lanes", "unwatched", "without"]  # fmt: skip

WATCHING = ("live", "quiet")
NOTICE = timedelta(minutes=60)
"""How long a threat notice without an end of its own is shown."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The night from ``start`` to ``end``; nothing is drawn beyond ``now``."""

    start: datetime
    end: datetime
    now: datetime

    def x(self, at: datetime) -> float:
        """Per cent of the width; moments outside stand at the edge."""
        share = (at - self.start) / (self.end - self.start)
        return 100 * min(1.0, max(0.0, share))

    def bar(self, kind: str, stretch: Stretch) -> Bar | None:
        """None for what lies outside."""
        first, last = max(stretch[0], self.start), min(stretch[1], self.end, max(self.now, self.start))
        if last <= first:
            return None
        return Bar(kind, self.x(first), self.x(last) - self.x(first), first, last)


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch: ``kind`` active, partial, maybe (the end was not seen), unknown, threat or full."""

    kind: str
    x: float
    wide: float
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class AlertLane:
    """One first-level region. ``least`` to ``most``: time under alert of any part of it."""

    place: str
    bars: tuple[Bar, ...]
    least: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class ThreatLane:
    """Notices of one threat, joined where they touch."""

    threat: str
    bars: tuple[Bar, ...]
    notices: int


@dataclass(frozen=True, slots=True)
class StrikeLane:
    """One strike at the level that may be shown; ``first`` to ``last`` are when it was told."""

    place: str | None
    event: StrikeEvent
    x: float
    from_x: float
    to_x: float


@dataclass(frozen=True, slots=True)
class ClaimLane:
    """One chain of claims: each telling as (x, claim), the first open, the latest solid."""

    side: Side | None
    points: tuple[tuple[float, Claim], ...]

    @property
    def first(self) -> Claim:
        return self.points[0][1]

    @property
    def latest(self) -> Claim:
        return self.points[-1][1]


@dataclass(slots=True)
class _Found:
    whole: list[Stretch] = field(default_factory=list)
    maybe: list[Stretch] = field(default_factory=list)
    parts: list[Stretch] = field(default_factory=list)


def alert_lanes(
    intervals: Iterable[Interval], gazetteer: Gazetteer, axis: Axis, unwatched: Mapping[str, Sequence[Stretch]]
) -> list[AlertLane]:
    """Regions by time under alert, the longest first. ``unwatched``: when nobody who could speak for a region was
    heard; it is hatched where no alert is known."""
    found: dict[str, _Found] = {}
    for interval in intervals:
        region = first_level(gazetteer, interval.place)
        if region is None or interval.started_at is None or not is_siren(interval, gazetteer.line(region)[-1]):
            continue
        mine, until = found.setdefault(region, _Found()), interval.ended_at or axis.now
        early, late = interval.end_bounds or (until, until)
        if interval.place != region:
            mine.parts.append((interval.started_at, late))
            continue
        is_seen = interval.ended_at is None or interval.end_basis != "timeout"
        mine.whole.append((interval.started_at, late if is_seen else early))
        if not is_seen:
            mine.maybe.append((early, late))
    lanes = [_alert_lane(region, mine, axis, unwatched.get(region, ())) for region, mine in found.items()]
    return sorted((lane for lane in lanes if lane.bars and lane.most), key=lambda lane: (-lane.most, lane.place))


def _alert_lane(region: str, mine: _Found, axis: Axis, unwatched: Sequence[Stretch]) -> AlertLane:
    known = stretches([*mine.whole, *mine.maybe, *mine.parts])
    layers = (
        ("unknown", without(unwatched, known)),
        ("partial", stretches(mine.parts)),
        ("active", stretches(mine.whole)),
        ("maybe", stretches(mine.maybe)),
    )
    bars = [bar for kind, found in layers for one in found if (bar := axis.bar(kind, one))]
    sure = [bar for one in stretches([*mine.whole, *mine.parts]) if (bar := axis.bar("active", one))]
    all_ = [bar for one in known if (bar := axis.bar("active", one))]
    return AlertLane(region, tuple(bars), _length(sure), _length(all_))


def threat_lanes(reports: Iterable[StoredReport], axis: Axis) -> list[ThreatLane]:
    """Threat notices by kind, the most notices first; ends of a named threat close them."""
    told = sorted(
        ((stored.telling.at, what) for stored in reports
         if isinstance(what := stored.telling.what, AlertReport) and what.threat not in (None, "air")),
        key=lambda pair: pair[0],
    )  # fmt: skip
    open_: dict[str, list[Stretch]] = {}
    count: dict[str, int] = {}
    for at, what in told:
        threat = str(what.threat)
        if what.status == "end":
            open_[threat] = [(first, min(last, max(at, first))) for first, last in open_.get(threat, [])]
        elif what.status == "threat":
            open_.setdefault(threat, []).append((at, at + NOTICE))
            count[threat] = count.get(threat, 0) + 1
    lanes = [
        ThreatLane(threat, tuple(bar for one in stretches(found) if (bar := axis.bar("threat", one))), count[threat])
        for threat, found in open_.items()
        if threat in count
    ]
    return sorted((lane for lane in lanes if lane.bars), key=lambda lane: (-lane.notices, lane.threat))


def strike_lanes(strikes: Iterable[StrikeEvent], gazetteer: Gazetteer, axis: Axis) -> list[StrikeLane]:
    """Strikes told of in the night, by time, at their first-level region."""
    out = []
    for event in strikes:
        if event.is_retro:
            continue
        wide = next((wide for place in event.places if (wide := coarse_place(place, gazetteer))), None)
        at = [ref.at for ref in event.evidence] or [event.first_at]
        out.append(StrikeLane(wide, event, axis.x(event.first_at), axis.x(min(at)), axis.x(max(at))))
    return sorted(out, key=lambda lane: (lane.event.first_at, lane.event.id))


def claim_lanes(claims: Iterable[Claim], axis: Axis, most: int = 14) -> list[ClaimLane]:
    """Chains of claims about whole countries by side and measure, those that were revised first kept."""
    chains: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.retracted_at is None and not {"regional", "subset"} & set(claim.flags):
            chains.setdefault(claim.chain, []).append(claim)
    lanes = [
        ClaimLane(told[0].claimant_side, tuple((axis.x(claim.at), claim) for claim in told))
        for told in (sorted(found, key=lambda claim: (claim.at, claim.id)) for found in chains.values())
    ]
    kept = sorted(lanes, key=lambda lane: (-len(lane.points), lane.first.at, lane.first.id))[:most]
    return sorted(kept, key=lambda lane: (lane.side or "~", lane.first.measure, lane.first.weapon, lane.first.at))


def coverage_bars(spans: Iterable[Coverage], axis: Axis) -> tuple[list[Bar], float]:
    """When at least one source was heard, and when none was; the watched share of what has passed, 0 to 1."""
    good = stretches((span.started_at, span.ended_at or axis.now) for span in spans if span.health in WATCHING)
    passed = [(axis.start, min(axis.end, max(axis.now, axis.start)))]
    heard = [bar for one in good if (bar := axis.bar("full", one))]
    deaf = [bar for one in without(passed, good) if (bar := axis.bar("unknown", one))]
    whole = passed[0][1] - passed[0][0]
    return [*heard, *deaf], _length(heard) / whole if whole else 0.0


def unwatched(
    regions: Iterable[str],
    gazetteer: Gazetteer,
    profiles: Mapping[str, SourceProfile],
    spans: Sequence[Coverage],
    axis: Axis,
) -> dict[str, list[Stretch]]:
    """By region: when no source with a say about alerts there was heard."""
    by_source: dict[str, list[Stretch]] = {}
    for span in spans:
        if span.health in WATCHING:
            by_source.setdefault(span.source, []).append((span.started_at, span.ended_at or axis.now))
    out = {}
    for region in regions:
        line = set(gazetteer.line(region))
        mine = [one for one, profile in profiles.items()
                if "alert" in profile.authority.kinds and line & set(profile.authority.places)]  # fmt: skip
        good = stretches(piece for one in mine for piece in by_source.get(one, ()))
        out[region] = without([(axis.start, min(axis.end, max(axis.now, axis.start)))], good)
    return out


def without(found: Iterable[Stretch], taken: Sequence[Stretch]) -> list[Stretch]:
    """What of some stretches others (in order, not touching) do not cover."""
    out: list[Stretch] = []
    for start, end in stretches(found):
        here = start
        for first, last in taken:
            if last <= here or first >= end:
                continue
            if first > here:
                out.append((here, first))
            here = max(here, last)
        if here < end:
            out.append((here, end))
    return out


def _length(bars: Iterable[Bar]) -> timedelta:
    return sum((bar.last - bar.first for bar in bars), timedelta(0))
