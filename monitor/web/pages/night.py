"""The page of one night: both sides' figures and claims side by side, then everything on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from monitor.fuse import Figure
from monitor.model import Claim, Side
from monitor.store import series
from monitor.web.asked import Asked
from monitor.web.context import Context
from monitor.web.nights import KYIV, bounds, checked, figures_of, night_name
from monitor.web.pages.frame import HOME, render, text_of
from monitor.web.pages.lanes import (
    Axis,
    alert_lanes,
    claim_lanes,
    coverage_bars,
    strike_lanes,
    threat_lanes,
    unwatched,
)
from monitor.web.pages.words import Words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SHOWN = 11
NOTICES = 3000
SIDES: tuple[Side, Side] = ("UA", "RU")


@dataclass(frozen=True, slots=True)
class Line:
    """One headline figure with its first telling, where that was another."""

    figure: Figure
    first: Claim | None
    versions: int
    stage: str
    item: str | None


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
    text, name, axis = text_of(request), night_name(day), Axis(start, end, asked.clock.now())
    answer = series.claims(asked.store, night=name)
    public = asked.public()
    claims = [(claim, shown, _where(asked, text, shown)) for claim in answer.rows for shown in (public.claim(claim),)]
    items = {claim.id: shown["evidence"][0]["item"] for claim, shown, _ in claims if shown["evidence"]}
    sides = [(side, _lines(asked, answer.rows, name, side, items)) for side in SIDES]
    alerts = series.alerts(asked.store, start=start, end=end)
    return render(
        asked, request, "night.html", "night", night=text.night(day), day=day, claims=claims, sides=sides,
        coverage=alerts.coverage, stopped={side: _stopped(lines) for side, lines in sides}, shown=SHOWN,
        hours=[start + (end - start) * eighth / 8 for eighth in range(8)], previous=day - timedelta(days=1),
        following=day + timedelta(days=1), has_begun=asked.clock.now() > start,
        **_timeline(asked, text, axis, alerts.rows, answer.rows),
    )  # fmt: skip


def _timeline(
    asked: Context, text: Words, axis: Axis, alerts: Sequence[Any], claims: Sequence[Claim]
) -> Mapping[str, Any]:
    """Every lane of the page."""
    gazetteer, rules = asked.rules.gazetteer, asked.rules
    spans = series.coverage_seen(asked.store, start=axis.start, end=min(axis.end, max(axis.now, axis.start)))
    deaf = unwatched(rules.units(HOME), gazetteer, rules.profiles, spans, axis)
    told = series.reports(asked.store, kind="alert", start=axis.start, end=axis.end, limit=NOTICES).rows
    strikes = series.strikes(asked.store, start=axis.start, end=axis.end).rows
    public = asked.public()
    watched, share = coverage_bars(spans, axis)
    return {
        "lanes": [(text.place(gazetteer, lane.place), lane) for lane in alert_lanes(alerts, gazetteer, axis, deaf)],
        "threats": threat_lanes(told, axis), "watched": watched, "share": int(100 * share),
        "strikes": [(text.place(gazetteer, lane.place) if lane.place else None, lane, public.strike(lane.event))
                    for lane in strike_lanes(strikes, gazetteer, axis)],
        "claim_lanes": claim_lanes(claims, axis),
    }  # fmt: skip


def _lines(
    asked: Context, claims: Sequence[Claim], name: str, side: Side, items: Mapping[str, str | None]
) -> dict[tuple[str, str], Line]:
    """The headline figures over one country, each with how its chain began."""
    known = {claim.id: claim for claim in claims}
    out = {}
    for key, figure in figures_of(asked, claims, name, side).items():
        claim = known.get(figure.claim)
        chain = [one for one in claims if claim and one.chain == claim.chain]
        first = min(chain, key=lambda one: (one.at, one.id), default=None)
        is_other = first is not None and claim is not None and first.id != claim.id
        out[key] = Line(
            figure, first if is_other else None, len(chain), claim.stage if claim else "single",
            items.get(figure.claim),
        )  # fmt: skip
    return out


def _stopped(lines: Mapping[tuple[str, str], Line]) -> tuple[int, int, int] | None:
    """Of the drones launched, those stopped: without and with those lost from tracking. None where not stated."""
    launched, shot, lost = (
        line.figure.value if (line := lines.get((measure, "drone"))) and not line.figure.is_withheld else None
        for measure in ("launched", "shot_down", "lost")
    )
    if not launched or shot is None or shot + (lost or 0) > launched:
        return None
    return launched, shot, shot + (lost or 0)


def _where(asked: Context, text: Words, row: dict[str, Any]) -> str:
    return ", ".join(text.place(asked.rules.gazetteer, place) for place in row.get("places") or ())
