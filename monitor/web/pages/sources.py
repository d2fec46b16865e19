"""The page Sources: which report and which do not, since when, and the holes in what was read."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from monitor.store import series
from monitor.web.context import Asked
from monitor.web.pages.frame import render

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def sources(asked: Asked, request: Request) -> HTMLResponse:
    """Health of every source that was ever looked at, from its last coverage row."""
    looks = sorted(series.sources(asked.store), key=lambda look: (look.failures == 0, look.source))
    health = {row.source: row for row in series.coverage(asked.store) if row.ended_at is None}
    profiles = asked.rules.profiles
    rows = [(look, profiles.get(look.source), health.get(look.source)) for look in looks]
    reporting = sum(1 for look in looks if look.failures == 0)
    return render(
        asked, request, "sources.html", "sources", rows=rows, reporting=reporting, total=len(looks),
        holes=series.holes(asked.store)[:200],
    )  # fmt: skip
