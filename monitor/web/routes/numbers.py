"""Series: the headline figures by night, and the roll-up cells, each with its coverage."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from monitor.formats.cells import safe_cell
from monitor.model import Claim
from monitor.store import series
from monitor.web.answers import CSV, Page, Strict, Time, Word, answer
from monitor.web.asked import Asked, moment, stretch
from monitor.web.context import Context
from monitor.web.nights import bounds, figures_of, night_name, nights_until
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(prefix="/v1/series", tags=["data"], dependencies=[Strict])

Side = Literal["UA", "RU"]
COLUMNS = (
    "night",
    "over",
    "weapon",
    "measure",
    "value",
    "value_max",
    "bound",
    "withheld",
    "claimant",
    "reasons",
    "coverage",
    "rule",
    "rule_why",
    "as_of",
)


@router.get("/headline", response_model=Page, responses=CSV)
def headline(
    asked: Asked,
    over: Annotated[Side, Query(description="The country that was attacked.")] = "UA",
    night: Annotated[date | None, Query(description="The day on which the last night ends.")] = None,
    nights: Annotated[int, Query(ge=1, le=400)] = 31,
    as_of: Time = None,
    format: Literal["json", "csv"] = "json",
) -> Response:
    """One figure a measure and weapon for each night, chosen by a rule that is named; nothing is added up."""
    then = moment(as_of, "as_of")
    days = nights_until(asked, night, nights)
    watched = series.coverage_of_each(asked.store, [bounds(day) for day in days], as_of=then)
    claims = series.claims_of_nights(asked.store, [night_name(day) for day in days], as_of=then)
    rows = [_night(asked, day, over, claims, one.status) for day, one in zip(days, watched, strict=True)]
    if format == "csv":
        return _csv(rows, over, utc(then or asked.clock.now()))
    whole = series.coverage_of(asked.store, start=bounds(days[0])[0], end=bounds(days[-1])[1], as_of=then)
    body = {"over": over, "verification": "unverified", "coverage": plain(whole), "next": None, "rows": rows}
    return answer(asked, body, then)


@router.get("/counts", response_model=Page)
def counts(
    asked: Asked,
    grain: Annotated[str, Query(max_length=20)] = "night",
    measure: Word = None,
    region: Word = None,
    weapon: Word = None,
    side: Word = None,
    claimant: Word = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """Roll-up cells by time. ``left_out`` counts those before the newest ``limit``."""
    start, end = stretch(since, until)
    then = moment(as_of, "as_of")
    found = series.rollups(
        asked.store, grain=grain, measure=measure, region=region, weapon=weapon, side=side, claimant=claimant,
        start=start, end=end, as_of=then, now=asked.clock.now(),
    )  # fmt: skip
    body = {
        "coverage": plain(found.coverage),
        "left_out": max(0, len(found.rows) - limit),
        "next": None,
        "rows": plain(found.rows[-limit:]),
    }
    return answer(asked, body, then)


def _night(
    asked: Context, day: date, over: Side, claims: Mapping[str, Sequence[Claim]], coverage: str
) -> dict[str, Any]:
    name = night_name(day)
    return {
        "night": name,
        "coverage": coverage,
        "rule": plain(asked.rules.headline_of(name, "RU" if over == "UA" else "UA")),
        "figures": plain(tuple(figures_of(asked, claims[name], name, over).values())),
    }


def _csv(rows: list[dict[str, Any]], over: str, as_of: str | None) -> Response:
    """A row a figure; a night without one has a row that says only how it was covered."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        for figure in row["figures"] or [{}]:
            shown = {**figure, "withheld": figure.get("is_withheld"), "reasons": " ".join(figure.get("reasons", ()))}
            shown |= {"night": row["night"], "over": over, "coverage": row["coverage"], "as_of": as_of}
            cells = [shown.get(column) for column in COLUMNS]
            writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return Response(
        out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="headline-{over}.csv"'},
    )
