"""The page of one night: both sides' claims side by side, the alerts on one axis, the strikes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.fuse import Figure, headline
from monitor.model import Claim, Interval, Side
from monitor.store import series
from monitor.web.context import Asked, Context
from monitor.web.pages.frame import place_name, render

__all__ = ["KYIV", "bounds", "figures_of", "night_name", "router"]

router = APIRouter(include_in_schema=False)

KYIV = ZoneInfo("Europe/Kyiv")
LANES = 24
MEASURES = ("launched", "shot_down", "lost", "left")


@dataclass(frozen=True, slots=True)
class Lane:
    """One region's bars on the night's axis, in per cent of it; ``lasted`` under alert."""

    place: str
    name: str
    bars: tuple[tuple[float, float, bool], ...]
    lasted: timedelta


def night_name(day: date) -> str:
    """``D-1/D`` as READING.md writes the night that ends on a day."""
    return f"{day - timedelta(days=1)}/{day}"


@router.get("/night")
def latest_night(asked: Asked) -> RedirectResponse:
    """The night that ended last, or is on now."""
    local = asked.clock.now().astimezone(KYIV)
    day = local.date() + timedelta(days=1 if local.hour >= 18 else 0)
    return RedirectResponse(f"/night/{day}", status_code=307)


@router.get("/night/{day}")
def one_night(asked: Asked, request: Request, day: date) -> HTMLResponse:
    """12:00 to 12:00 Kyiv time, as the series counts it."""
    start, end = bounds(day)
    name = night_name(day)
    answer = series.claims(asked.store, night=name)
    public = asked.public()
    claims = [(claim, public.claim(claim), _where(asked, public.claim(claim))) for claim in answer.rows]
    both: tuple[Side, Side] = ("UA", "RU")
    sides = [(side, figures_of(asked, answer.rows, name, side)) for side in both]
    strikes = [
        (shown, _where(asked, shown))
        for strike in series.strikes(asked.store, start=start, end=end).rows
        if not strike.is_retro
        for shown in (public.strike(strike),)
    ]
    alerts = series.alerts(asked.store, start=start, end=end)
    lanes = _lanes(asked, alerts.rows, start, end)
    return render(
        asked, request, "night.html", "night", night=name, claims=claims, sides=sides, strikes=strikes,
        lanes=lanes[:LANES], more=max(0, len(lanes) - LANES), coverage=alerts.coverage,
        hours=[start + timedelta(hours=h) for h in range(0, 25, 3)], previous=day - timedelta(days=1),
        following=day + timedelta(days=1),
    )  # fmt: skip


def bounds(day: date) -> tuple[datetime, datetime]:
    """Noon to noon in Kyiv, in UTC: 23 to 25 hours where the clocks change."""
    noon = time(12)
    first = datetime.combine(day - timedelta(days=1), noon, KYIV).astimezone(UTC)
    return first, datetime.combine(day, noon, KYIV).astimezone(UTC)


def figures_of(asked: Context, claims: Sequence[Claim], night: str, attacked: Side) -> dict[tuple[str, str], Figure]:
    """The headline figures over one country by (measure, weapon), in the order in which a page shows them."""
    found = headline(claims, night, "RU" if attacked == "UA" else "UA", asked.rules)
    keys = sorted(
        found, key=lambda key: (key[1] != "drone", MEASURES.index(key[0]) if key[0] in MEASURES else 9, key[1])
    )
    return {key: found[key] for key in keys}


def _where(asked: Context, row: dict[str, Any]) -> str:
    return ", ".join(place_name(asked.rules.gazetteer, place) for place in row.get("places") or ())


def _lanes(asked: Context, intervals: Sequence[Interval], start: datetime, end: datetime) -> list[Lane]:
    """Regions by time under alert, the longest first; a siren that has not ended runs to the end of what is known."""
    span = (end - start).total_seconds()
    until = min(end, max(start, asked.clock.now()))
    bars: dict[str, list[tuple[float, float, bool]]] = {}
    for interval in intervals:
        if interval.regime != "air" or interval.started_at is None or interval.start_basis == "standing":
            continue
        first = (max(interval.started_at, start) - start).total_seconds()
        last = (min(interval.ended_at or until, end) - start).total_seconds()
        if last > first:
            is_seen = interval.ended_at is not None and interval.end_basis != "timeout"
            bars.setdefault(interval.place, []).append((100 * first / span, 100 * (last - first) / span, is_seen))
    lanes = [
        Lane(
            place,
            place_name(asked.rules.gazetteer, place),
            tuple(found),
            timedelta(seconds=sum(b[1] for b in found) * span / 100),
        )
        for place, found in bars.items()
    ]
    return sorted(lanes, key=lambda lane: -lane.lasted)
