"""How long regions were under alert, and how long after an alert strikes were told: tables from intervals and strikes.

Pure: rows in, rows out. Durations are ranges where the end of an alert was not seen; what nobody saw end is never
shortened to a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from monitor.model import Gazetteer, Interval, StrikeEvent, Threat
from monitor.publication import coarse_place
from monitor.store.series import Span

__all__ = ["LeadTime", "UnderAlert", "counts", "first_level", "is_siren", "lead_times", "stretches", "under_alert"]

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class UnderAlert:
    """One first-level region in a range: time in which all of it was under alert (``least`` to ``most``, where an end
    was not seen), time in which any part of it was, and the number of alerts."""

    place: str
    alerts: int
    least: timedelta
    most: timedelta
    any_part: timedelta


@dataclass(frozen=True, slots=True)
class LeadTime:
    """From the alert in force to the first word of a strike, in one first-level region. Strikes are told late, so
    these are upper bounds. ``without``: strikes for which no alert was on record; None where there is no lead time."""

    place: str
    strikes: int
    median: timedelta | None
    least: timedelta | None
    most: timedelta | None
    without: int


def is_siren(interval: Interval, country: str) -> bool:
    """The alert that counts: the siren in Ukraine; elsewhere any formal danger, for want of a siren of its own."""
    return interval.start_basis != "standing" and counts(interval.regime, country)


def counts(regime: Threat, country: str) -> bool:
    """Whether alerts of a regime are the formal danger of a country."""
    return regime == "air" or country != "UA"


def first_level(gazetteer: Gazetteer, place: str) -> str | None:
    """The oblast (or other first-level area) in which a place lies; None for a country, a sea or the unknown."""
    for here in gazetteer.line(place):
        if gazetteer.level(here) == "oblast":
            return here
    return None


def stretches(found: Iterable[Stretch]) -> list[Stretch]:
    """The union, in order."""
    out: list[Stretch] = []
    for start, end in sorted(found):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > start:
            out.append((start, end))
    return out


def under_alert(
    spans: Iterable[Span], gazetteer: Gazetteer, start: datetime, end: datetime, now: datetime
) -> list[UnderAlert]:
    """First-level regions by time under alert in ``start`` to ``end``, the longest first. One that has not ended runs
    to ``now``."""
    whole: dict[str, list[tuple[Stretch, Stretch]]] = {}
    parts: dict[str, list[Stretch]] = {}
    until = min(end, now)
    for span in spans:
        region = first_level(gazetteer, span.place)
        if region is None or not counts(span.regime, gazetteer.line(span.place)[-1]):
            continue
        first = max(span.started_at, start)
        early, late = span.end_bounds or (span.ended_at or until, span.ended_at or until)
        longest = (first, min(late, until))
        if longest[1] <= first:
            continue
        parts.setdefault(region, []).append(longest)
        if span.place == region:
            whole.setdefault(region, []).append(((first, min(early, until)), longest))
    rows = [
        UnderAlert(
            region,
            len(whole.get(region, ())) or len(some),
            _total(short for short, _ in whole.get(region, ())),
            _total(long for _, long in whole.get(region, ())),
            _total(some),
        )
        for region, some in parts.items()
    ]
    return sorted(rows, key=lambda row: (-row.any_part, row.place))


def lead_times(strikes: Sequence[StrikeEvent], gazetteer: Gazetteer, at_least: int = 1) -> list[LeadTime]:
    """First-level regions with at least that many strikes, the most strikes first. Strikes of another date are left
    out."""
    found: dict[str, list[int | None]] = {}
    for strike in strikes:
        regions = {coarse_place(place, gazetteer) for place in strike.places}
        for region in regions if not strike.is_retro else ():
            if region is not None and gazetteer.level(region) == "oblast":
                found.setdefault(region, []).append(strike.lead_seconds if strike.alert else None)
    rows = [_lead(region, leads) for region, leads in found.items() if len(leads) >= at_least]
    return sorted(rows, key=lambda row: (-row.strikes, row.place))


def _lead(region: str, leads: Sequence[int | None]) -> LeadTime:
    known = [lead for lead in leads if lead is not None]
    if not known:
        return LeadTime(region, len(leads), None, None, None, len(leads))
    middle, least, most = (timedelta(seconds=found) for found in (median(known), min(known), max(known)))
    return LeadTime(region, len(leads), middle, least, most, len(leads) - len(known))


def _total(found: Iterable[Stretch]) -> timedelta:
    return sum((end - start for start, end in stretches(found)), timedelta(0))
