"""The page of one night: both sides' claims side by side, the alerts on one axis, the strikes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.model import Interval, Side
from monitor.store import series
from monitor.web.context import Asked, Context
from monitor.web.nights import KYIV, bounds, checked, figures_of, night_name
from monitor.web.pages.frame import render, text_of
from monitor.web.pages.words import Words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

LANES = 24


@dataclass(frozen=True, slots=True)
class Lane:
    """One region's bars on the night's axis, in per cent of it; ``lasted`` under alert."""

    place: str
    name: str
    bars: tuple[tuple[float, float, bool], ...]
    lasted: timedelta


@router.get("/night")
def latest_night(asked: Asked) -> RedirectResponse:
    """The night that ended last, or is on now."""
    local = asked.clock.now().astimezone(KYIV)
    day = local.date() + timedelta(days=1 if local.hour >= 18 else 0)
    return RedirectResponse(f"/night/{day}", status_code=307)


@router.get("/night/{day}")
def one_night(asked: Asked, request: Request, day: date) -> HTMLResponse:
    """12:00 to 12:00 Kyiv time, as the series counts it."""
    start, end = bounds(checked(day))
    text = text_of(request)
    name = night_name(day)
    answer = series.claims(asked.store, night=name)
    public = asked.public()
    claims = [(claim, public.claim(claim), _where(asked, text, public.claim(claim))) for claim in answer.rows]
    both: tuple[Side, Side] = ("UA", "RU")
    sides = [(side, figures_of(asked, answer.rows, name, side)) for side in both]
    strikes = [
        (shown, _where(asked, text, shown))
        for strike in series.strikes(asked.store, start=start, end=end).rows
        if not strike.is_retro
        for shown in (public.strike(strike),)
    ]
    alerts = series.alerts(asked.store, start=start, end=end)
    lanes = _lanes(asked, text, alerts.rows, start, end)
    return render(
        asked, request, "night.html", "night", night=text.night(day), claims=claims, sides=sides, strikes=strikes,
        lanes=lanes[:LANES], more=max(0, len(lanes) - LANES), coverage=alerts.coverage,
        hours=[start + timedelta(hours=h) for h in range(0, 25, 3)], previous=day - timedelta(days=1),
        following=day + timedelta(days=1),
    )  # fmt: skip


def _where(asked: Context, text: Words, row: dict[str, Any]) -> str:
    return ", ".join(text.place(asked.rules.gazetteer, place) for place in row.get("places") or ())


def _lanes(asked: Context, text: Words, intervals: Sequence[Interval], start: datetime, end: datetime) -> list[Lane]:
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
            text.place(asked.rules.gazetteer, place),
            tuple(found),
            timedelta(seconds=sum(b[1] for b in found) * span / 100),
        )
        for place, found in bars.items()
    ]
    return sorted(lanes, key=lambda lane: -lane.lasted)
