"""The page Series: nightly figures of each side, time under alert and lead times, each chart with its numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse

from monitor.formats.cells import safe_cell
from monitor.fuse import Figure
from monitor.model import Side
from monitor.store import series
from monitor.web.asked import Asked
from monitor.web.columns import Choice, Column, columns
from monitor.web.context import Context
from monitor.web.nights import KYIV, bounds, nights_until
from monitor.web.pages.bars import BASE, marks, round_up, ticks
from monitor.web.pages.frame import HOME, render, text_of
from monitor.web.pages.words import Words
from monitor.web.plain import utc
from monitor.web.spans import lead_times, under_alert

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SIDES: tuple[Side, Side] = ("UA", "RU")
WEAPONS = ("drone", "missile", "ballistic", "guided_bomb", "mixed")
DENSE = 45
ZOOMED = 62
SHOWN = 12
COLUMNS = ("night", "over", "weapon", "measure", "value", "value_max", "bound", "withheld", "claimant", "standing",
           "coverage", "as_of")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the form says. ``side`` empty: both."""

    side: Literal["", "UA", "RU"]
    nights: int
    choice: Choice
    known: str

    def query(self, **more: Any) -> str:
        """The same choice as an address."""
        choice = self.choice
        said = {"side": self.side, "nights": self.nights, "weapon": choice.weapon, "region": choice.region,
                "claimant": choice.claimant, "known": self.known, **more}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})


def _chosen(
    side: Literal["", "UA", "RU"] = "",
    nights: Annotated[int, Query(ge=1, le=400)] = 31,
    weapon: Annotated[str, Query(max_length=20)] = "drone",
    region: Annotated[str, Query(max_length=40)] = "",
    claimant: Annotated[str, Query(max_length=120)] = "",
    known: Annotated[str, Query(max_length=25)] = "",
) -> Chosen:
    if weapon not in WEAPONS:
        raise HTTPException(422, f"weapon: one of {', '.join(WEAPONS)}")
    return Chosen(side, nights, Choice(weapon, region or None, claimant or None, _kyiv(known)), known)


Form = Annotated[Chosen, Depends(_chosen)]


def _kyiv(known: str) -> datetime | None:
    """A local time of Kyiv as the browser's field writes it, in UTC."""
    if not known:
        return None
    try:
        found = datetime.fromisoformat(known)
        found = (found if found.tzinfo else found.replace(tzinfo=KYIV)).astimezone(UTC)
        if not 1970 <= found.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        raise HTTPException(422, "known: write a time as 2024-11-10T09:00") from None
    return found


@router.get("/series")
def page(asked: Asked, request: Request, form: Form) -> HTMLResponse:
    """A chart a side on the same scale, never added; then hours under alert and lead times of the same range."""
    text = text_of(request)
    days = nights_until(asked, None, form.nights)
    found = {side: columns(asked, side, days, form.choice) for side in SIDES if form.side in ("", side)}
    top = round_up(max((column.top for one in found.values() for column in one), default=0))
    start, end = bounds(days[0])[0], min(bounds(days[-1])[1], asked.clock.now() + timedelta(seconds=1))
    sides = [_side(side, one, top) for side, one in found.items()]
    return render(
        asked, request, "series.html", "series", form=form, sides=sides, weapons=WEAPONS, days=days,
        regions=_regions(asked, text), claimants=_claimants(found), is_zoomed=form.nights > ZOOMED,
        **_alerts(asked, text, start, max(start + timedelta(minutes=1), end), form.choice),
    )  # fmt: skip


@router.get("/series/{side}.csv")
def numbers(asked: Asked, side: Side, form: Form) -> Response:
    """The numbers of one chart: a row a figure; a night without one has a row that says why."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    as_of = utc(form.choice.as_of or asked.clock.now())
    for column in columns(asked, side, nights_until(asked, None, form.nights), form.choice):
        told: list[Figure | None] = [one for one in (column.launched, column.shot_down, column.lost) if one]
        for figure in told or [None]:
            writer.writerow([*_row(column, side, form.choice.weapon, figure), as_of])
    disposition = {"content-disposition": f'attachment; filename="nights-{side}.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=disposition)


@router.get("/series/{side}.json")
def points(asked: Asked, side: Side, form: Form) -> dict[str, Any]:
    """The same for the zoomed chart: days as seconds, and a list a measure; null where there is no number."""
    found = columns(asked, side, nights_until(asked, None, form.nights), form.choice)
    days = [
        int(datetime(column.day.year, column.day.month, column.day.day, tzinfo=UTC).timestamp()) for column in found
    ]
    shown = {
        name: [None if (figure := getattr(column, name)) is None or figure.is_withheld else figure.value
               for column in found]
        for name in ("launched", "shot_down", "lost")
    }  # fmt: skip
    known = {"as_of": utc(form.choice.as_of or asked.clock.now()), "coverage": [column.coverage for column in found]}
    return {**known, "days": days, "standing": [column.standing for column in found], **shown}


def _row(column: Column, side: str, weapon: str, figure: Figure | None) -> list[Any]:
    told: list[Any] = ["", "", "", "", "", ""]
    if figure is not None:
        told = [figure.measure, figure.value, figure.value_max, figure.bound, figure.is_withheld,
                safe_cell(figure.claimant or "")]  # fmt: skip
    return [column.name, side, weapon, *("" if one is None else one for one in told), column.standing, column.coverage]


def _side(side: Side, found: Sequence[Column], top: int) -> dict[str, Any]:
    """One chart and its table."""
    is_dense = len(found) > DENSE
    every = max(1, round(len(found) / 5))
    return {
        "side": side, "columns": found, "marks": marks(found, top, is_dense=is_dense), "ticks": ticks(top),
        "base": BASE,
        "labels": [((number + 0.5) * 100 / len(found), column.day) for number, column in enumerate(found)
                   if number % every == 0],
        "known": sum(column.standing not in ("no_data", "not_yet", "not_stated") for column in found),
        "claimants": list(dict.fromkeys(name for column in found for name in column.claimants)),
        "states_launched": any(column.launched is not None for column in found),
    }  # fmt: skip


def _alerts(asked: Context, text: Words, start: datetime, end: datetime, choice: Choice) -> dict[str, Any]:
    """Hours under alert and lead times of the range, by region."""
    gazetteer = asked.rules.gazetteer
    told = series.alert_spans(asked.store, region=choice.region, start=start, end=end, as_of=choice.as_of)
    hours = under_alert(told.rows, gazetteer, start, end, asked.until(choice.as_of))
    strikes = series.strikes(asked.store, region=choice.region, start=start, end=end, as_of=choice.as_of)
    leads = lead_times(strikes.rows, gazetteer)
    span = max((row.any_part for row in hours), default=timedelta(hours=1))
    return {
        "hours": [(text.place(gazetteer, row.place), row) for row in hours], "hours_shown": SHOWN,
        "hours_axis": max(span, timedelta(hours=1)),
        "leads": [(text.place(gazetteer, row.place), row) for row in leads],
        "coverage": told.coverage, "since": start, "until": end,
    }  # fmt: skip


def _regions(asked: Context, text: Words) -> list[tuple[str, str]]:
    """First-level regions that a reader can choose: those of Ukraine, then those of Russia."""
    return [(unit, text.place(asked.rules.gazetteer, unit)) for country in (HOME, "RU")
            for unit in asked.rules.units(country)]  # fmt: skip


def _claimants(found: dict[Side, list[Column]]) -> list[str]:
    return sorted({name for one in found.values() for column in one for name in column.claimants})
