"""One region: its state, the parts of it, its alert intervals and the sentences behind them, and how it was watched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from monitor.model import Interval
from monitor.store import series
from monitor.web.asked import Asked
from monitor.web.context import Context
from monitor.web.pages.frame import render, states, text_of
from monitor.web.pages.lanes import Axis, unwatched
from monitor.web.pages.rows import row_of
from monitor.web.pages.sources import DAYS, Calendar
from monitor.web.pages.words import Words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SHOWN = 100
DAY = timedelta(days=1)


def _newest(asked: Context, place: str) -> series.Answer[Interval]:
    """At least the newest that the page shows, without reading the years before where the last weeks are enough."""
    now = asked.clock.now()
    for days in (31, 366):
        answer = series.alerts(asked.store, region=place, start=now - days * DAY, now=now)
        if len(answer.rows) >= SHOWN:
            return answer
    return series.alerts(asked.store, region=place, now=now)


@router.get("/region/{place}")
def region(asked: Asked, request: Request, place: str) -> HTMLResponse:
    """404 with a page for an id that the gazetteer does not have."""
    if asked.rules.place(place) is None:
        return render(asked, request, "missing.html", "now", 404, what="region.not_found")
    text, gazetteer = text_of(request), asked.rules.gazetteer
    answer = _newest(asked, place)
    public = asked.public()
    rows: list[tuple[Any, str, list[Any]]] = [
        (interval, text.place(gazetteer, interval.place), public.alert(interval)["evidence"])
        for interval in reversed(answer.rows[-SHOWN:])
    ]
    parts = [child for child in gazetteer.children.get(place, ()) if gazetteer.level(child) in ("raion", "hromada")]
    found = states(asked, [place, *parts])
    row = row_of(asked, text, found[place], found)
    parents = [(one, text.place(gazetteer, one)) for one in reversed(gazetteer.line(place)[1:])
               if gazetteer.level(one) != "country"]  # fmt: skip
    return render(
        asked, request, "region.html", "now", name=row.name, row=row, rows=rows, coverage=answer.coverage,
        named=_sources(asked, row.state.sources),
        parts=sorted((row_of(asked, text, found[part], found) for part in parts), key=lambda one: one.name),
        parents=parents, calendar=_calendar(asked, text, place), days=DAYS, has_more=len(answer.rows) > SHOWN,
        cal_days=[(number, asked.clock.now() - (DAYS - number) * DAY) for number in range(0, DAYS, 7)],
    )  # fmt: skip


def _sources(asked: Context, ids: Sequence[str]) -> list[str]:
    """Sources by the names that readers know them by."""
    return [(profile.name if (profile := asked.rules.profiles.get(one)) else "") or one for one in ids]


def _calendar(asked: Context, text: Words, place: str) -> Calendar:
    """The part of each of the last days in which a source with a say about alerts there was heard."""
    now = asked.clock.now()
    first = now - DAYS * DAY
    spans = series.coverage_seen(asked.store, start=first, end=now)
    rules = asked.rules
    deaf = unwatched([place], rules.gazetteer, rules.profiles, spans, Axis(first, now, now))[place]
    days = []
    for number in range(DAYS):
        start, end = first + number * DAY, first + (number + 1) * DAY
        missed = sum((max(timedelta(0), min(b, end) - max(a, start)) for a, b in deaf), timedelta(0))
        days.append(1 - missed / DAY)
    return Calendar(text.place(rules.gazetteer, place), tuple(days), int(100 * sum(days) / DAYS))
