"""One region: its state, its alert intervals, and the sentences behind them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from monitor.store import series
from monitor.web.context import Asked
from monitor.web.pages.frame import render, states, text_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

SHOWN = 100


@router.get("/region/{place}")
def region(asked: Asked, request: Request, place: str) -> HTMLResponse:
    """404 with a page for an id that the gazetteer does not have."""
    if asked.rules.place(place) is None:
        return render(asked, request, "missing.html", "now", 404, what="region.not_found")
    text = text_of(request)
    answer = series.alerts(asked.store, region=place)
    public = asked.public()
    rows: list[tuple[Any, str, list[Any]]] = [
        (interval, text.place(asked.rules.gazetteer, interval.place), public.alert(interval)["evidence"])
        for interval in reversed(answer.rows[-SHOWN:])
    ]
    return render(
        asked, request, "region.html", "now", name=text.place(asked.rules.gazetteer, place),
        state=states(asked, [place])[place], rows=rows, coverage=answer.coverage,
    )  # fmt: skip
