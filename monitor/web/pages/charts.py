"""The page Series: nightly figures of each side as a chart drawn on the server, with the same numbers in a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from monitor.formats.charts import Figure, Night, counts_chart
from monitor.fuse import Figure as Headline
from monitor.model import Side
from monitor.store import series
from monitor.web.context import Asked, Context
from monitor.web.nights import figures_of, night_name, nights_until, watched_of
from monitor.web.pages.frame import render, text_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SIDES: tuple[Side, Side] = ("UA", "RU")
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
    sides = [(side, lines(asked, side, nights)) for side in SIDES]
    return render(asked, request, "series.html", "series", sides=sides, nights=nights)


@router.get("/series/{side}.svg")
def drawn(asked: Asked, request: Request, side: Literal["UA", "RU"], nights: Nights = 31) -> Response:
    """The chart as an image of its own, on the scale that both sides share."""
    text = text_of(request)
    both = {one: lines(asked, one, nights) for one in SIDES}
    top = max((line.night.top for found in both.values() for line in found), default=0)
    body = counts_chart(
        [line.night for line in both[side]],
        text.t("series.chart_ukraine" if side == "UA" else "series.chart_russia"),
        text.t("series.legend"),
        top=top,
    )
    return Response(
        body,
        media_type="image/svg+xml",
        headers={"content-security-policy": "default-src 'none'", "vary": "Cookie", "cache-control": "no-cache"},
    )


def lines(asked: Context, attacked: Side, nights: int) -> list[Line]:
    """The last nights, the oldest first."""
    return [_line(asked, day, attacked) for day in nights_until(asked, None, nights)]


def _line(asked: Context, day: date, attacked: Side) -> Line:
    name = night_name(day)
    found = figures_of(asked, series.claims(asked.store, night=name).rows, name, attacked)
    drawn = {measure: _drawn(found.get((measure, "drone"))) for measure in ("launched", "shot_down", "lost")}
    claimants = dict.fromkeys(figure.claimant for figure in found.values() if figure.claimant)
    return Line(day, Night(name, watched_of(asked, day), **drawn), ", ".join(claimants) or None)


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
