"""The page Series: nightly figures of each side as a chart drawn on the server, with the same numbers in a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from monitor.formats.charts import Figure, Night, counts_chart
from monitor.fuse import Figure as Headline
from monitor.model import Side
from monitor.store import series
from monitor.web.context import Asked, Context
from monitor.web.pages.frame import render
from monitor.web.pages.night import KYIV, bounds, figures_of, night_name

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Nights = Annotated[int, Query(ge=1, le=400)]


@dataclass(frozen=True, slots=True)
class Line:
    """One night of one side: what the chart draws and the table says."""

    day: date
    night: Night
    claimant: str | None


@router.get("/series")
def chosen(asked: Asked, request: Request, nights: Nights = 31) -> HTMLResponse:
    """Two charts on the same scale of time, one a side; never added."""
    both: tuple[Side, Side] = ("UA", "RU")
    sides = [(side, lines(asked, side, nights)) for side in both]
    return render(asked, request, "series.html", "series", sides=sides, nights=nights)


@router.get("/series/{side}.svg")
def drawn(asked: Asked, side: Literal["UA", "RU"], nights: Nights = 31) -> Response:
    """The chart as an image of its own."""
    title = f"Claimed over {'Ukraine' if side == 'UA' else 'Russia'}, by night"
    body = counts_chart([line.night for line in lines(asked, side, nights)], title)
    return Response(
        body,
        media_type="image/svg+xml",
        headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def lines(asked: Context, attacked: Side, nights: int) -> list[Line]:
    """The last nights, the oldest first."""
    today = asked.clock.now().astimezone(KYIV).date()
    return [_line(asked, today - timedelta(days=back), attacked) for back in reversed(range(nights))]


def _line(asked: Context, day: date, attacked: Side) -> Line:
    start, end = bounds(day)
    answer = series.claims(asked.store, night=night_name(day))
    watched = series.alerts(asked.store, start=start, end=end, limit=1).coverage
    found = figures_of(asked, answer.rows, night_name(day), attacked)
    drawn = {measure: _drawn(found.get((measure, "drone"))) for measure in ("launched", "shot_down", "lost")}
    claimant = next((figure.claimant for figure in found.values() if figure.claimant), None)
    return Line(day, Night(night_name(day), watched.status, **drawn), claimant)


def _drawn(figure: Headline | None) -> Figure | None:
    """The headline figure as the chart takes it; None where nobody stated one."""
    if figure is None:
        return None
    return Figure(
        value=figure.value,
        least=figure.value if figure.value_max is not None else None,
        most=figure.value_max,
        is_least=figure.bound == "at_least",
        is_withheld=figure.is_withheld or figure.value is None,
    )
