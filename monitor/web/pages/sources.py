"""The page Sources: which report and which do not, since when, and the holes in what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from monitor.model import Coverage
from monitor.store import series
from monitor.web.context import Asked
from monitor.web.pages.frame import HOME, render, states, text_of

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

DAYS = 31
WATCHING = ("live", "quiet")


@dataclass(frozen=True, slots=True)
class Calendar:
    """One source: the watched part (0 to 1) of each of the last days, the oldest first; ``share`` in per cent."""

    name: str
    days: tuple[float, ...]
    share: int


@router.get("/sources")
def sources(asked: Asked, request: Request) -> HTMLResponse:
    """Health of every source that was ever looked at, from its last coverage row."""
    looks = sorted(series.sources(asked.store), key=lambda look: (look.failures == 0, look.source))
    health = {row.source: row for row in series.coverage(asked.store) if row.ended_at is None}
    profiles = asked.rules.profiles
    rows = [(look, profiles.get(look.source), health.get(look.source)) for look in looks]
    reporting = sum(1 for look in looks if look.failures == 0)
    now, text = asked.clock.now(), text_of(request)
    first = now - timedelta(days=DAYS)
    spans: dict[str, list[Coverage]] = {}
    for span in series.coverage(asked.store, start=first, end=now):
        spans.setdefault(span.source, []).append(span)
    names = {look.source: profile.name or look.source if profile else look.source for look, profile, _ in rows}
    calendar = [_calendar(names.get(source, source), found, first, now) for source, found in sorted(spans.items())]
    unknown = [
        place for place, state in states(asked, list(asked.rules.units(HOME))).items() if state.status == "unknown"
    ]
    return render(
        asked, request, "sources.html", "sources", rows=rows, reporting=reporting, total=len(looks),
        holes=series.holes(asked.store)[:200], calendar=calendar, first=first,
        suffering=[text.place(asked.rules.gazetteer, place) for place in unknown],
    )  # fmt: skip


def _calendar(name: str, spans: Sequence[Coverage], first: datetime, now: datetime) -> Calendar:
    """Days are 24 hours back from now. A day that nobody recorded anything about is not watched."""
    day = timedelta(days=1)
    days = []
    for number in range(DAYS):
        start, end = first + number * day, first + (number + 1) * day
        seen = sum(
            max(0.0, (min(span.ended_at or now, end) - max(span.started_at, start)).total_seconds())
            for span in spans
            if span.health in WATCHING
        )
        days.append(min(1.0, seen / day.total_seconds()))
    return Calendar(name, tuple(days), int(100 * sum(days) / DAYS))
