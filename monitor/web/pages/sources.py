"""The page Sources: which report and which do not, since when, how late, and the holes in what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from monitor.logs import Redactor
from monitor.model import Coverage, RegionState, SourceProfile
from monitor.store import deliveries as sent
from monitor.store import series
from monitor.store.series import SourceLook
from monitor.store.watching import delays
from monitor.web.asked import Asked
from monitor.web.context import Context
from monitor.web.delays import STEPS, Delays, place_of, summed
from monitor.web.pages.frame import HOME, render, states, text_of
from monitor.web.pages.words import Words

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

DAYS, DELAY_DAYS = 31, 7
WATCHING = ("live", "quiet")
GAPS, FAILED = 100, 50


@dataclass(frozen=True, slots=True)
class Calendar:
    """One source: the watched part (0 to 1) of each of the last days, the oldest first; ``share`` in per cent."""

    name: str
    days: tuple[float, ...]
    share: int


@dataclass(frozen=True, slots=True)
class Row:
    """One source now. ``suffering``: regions in its authority that are unknown or stale. ``is_heard``: a look at it
    went well lately."""

    look: SourceLook
    profile: SourceProfile | None
    health: Coverage | None
    delays: Delays | None
    posts: int
    suffering: tuple[str, ...]
    is_heard: bool

    @property
    def word(self) -> str:
        """live, quiet, degraded, suspended, lost; unknown where nothing is recorded yet, or nothing any more."""
        if self.health is None or (self.health.health in WATCHING and not self.is_heard):
            return "unknown"
        return self.health.health


@router.get("/sources")
def sources(asked: Asked, request: Request, source: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Health of every source that was ever looked at; the histogram is that of ``source``, else of the busiest."""
    now, text = asked.clock.now(), text_of(request)
    found = states(asked, list(asked.rules.units(HOME)))
    rows = _rows(asked, text, found, now)
    first = now - timedelta(days=DAYS)
    spans: dict[str, list[Coverage]] = {}
    for span in series.coverage_seen(asked.store, start=first, end=now):
        spans.setdefault(span.source, []).append(span)
    names = {row.look.source: _name(row.look.source, row.profile) for row in rows}
    chosen = _chosen(rows, source)
    return render(
        asked, request, "sources.html", "sources", rows=rows, total=len(rows), first=first, names=names,
        reporting=sum(row.word in WATCHING for row in rows), chosen=chosen, histogram=_histogram(chosen),
        with_delays=[row for row in rows if row.delays], holes=series.holes(asked.store)[:200],
        calendar=[_calendar(names.get(one, one), told, first, now) for one, told in sorted(spans.items())],
        cal_days=[(number, first + timedelta(days=number)) for number in range(0, DAYS, 7)], days=DAYS,
        gaps=_gaps(spans)[:GAPS], told=_deliveries(asked) if asked.grant.covers("deliveries") else None,
        has_token=asked.grant.token is not None,
        suffering=[text.place(asked.rules.gazetteer, place) for place, state in found.items()
                   if state.status == "unknown"],
    )  # fmt: skip


def _deliveries(asked: Context) -> dict[str, Any]:
    """Endpoints, and what waits after a failed try or is parked, each with the answer it last got."""
    rows = []
    for status in ("parked", "due"):
        found, _ = sent.messages(asked.store, status=status, limit=FAILED)
        for message in found:
            if status == "due" and not message.attempts:
                continue
            last = (sent.tries(asked.store, message.message_id, message.endpoint) or ({},))[-1]
            words = str(last.get("status") or last.get("reason") or last.get("error") or "")[:80]
            rows.append((message, Redactor().text(words)))
    return {"failed": rows[:FAILED], "endpoints": sent.standings(asked.store)}


def _rows(asked: Context, text: Words, found: Mapping[str, RegionState], now: datetime) -> list[Row]:
    """Those that do not report first."""
    profiles = asked.rules.profiles
    health = {row.source: row for row in series.coverage(asked.store) if row.ended_at is None}
    week, day = delays(asked.store, since=now - timedelta(days=DELAY_DAYS)), now - timedelta(days=1)
    posts = {one: len(told) for one, told in delays(asked.store, since=day).items()}
    rows = []
    for look in series.sources(asked.store):
        told = [seconds for seconds, _ in week.get(look.source, ())]
        profile, state = profiles.get(look.source), health.get(look.source)
        row = Row(look, profile, state, summed(told), posts.get(look.source, 0), (), asked.is_heard(look))
        if row.word not in WATCHING:
            hurt = tuple(text.place(asked.rules.gazetteer, place) for place in _spoken_for(asked, look.source, found))
            row = replace(row, suffering=hurt)
        rows.append(row)
    return sorted(rows, key=lambda row: (row.word in WATCHING, row.look.source))


def _spoken_for(asked: Context, source: str, found: Mapping[str, RegionState]) -> list[str]:
    """Regions in this source's authority that are unknown or stale now."""
    profile = asked.rules.profiles.get(source)
    if profile is None or "alert" not in profile.authority.kinds:
        return []
    mine = set(profile.authority.places)
    return [
        place
        for place, state in found.items()
        if (state.status == "unknown" or state.is_stale) and mine & set(asked.rules.line(place))
    ]


def _chosen(rows: Sequence[Row], source: str) -> Row | None:
    known = [row for row in rows if row.delays is not None]
    named = next((row for row in known if row.look.source == source), None)
    return named or max(known, key=lambda row: row.delays.posts if row.delays else 0, default=None)


def _histogram(chosen: Row | None) -> dict[str, Any] | None:
    """Bars and marks in per cent of the plot."""
    if chosen is None or chosen.delays is None:
        return None
    told, wide = chosen.delays, 100 / STEPS
    bars = [(number * wide + 0.4, 96 * count / told.highest, wide - 0.8) for number, count in enumerate(told.steps)]
    lines = [(label, seconds, 100 * place_of(seconds)) for label, seconds in
             (("50 %", told.half), ("95 %", told.most), ("99 %", told.nearly_all))]  # fmt: skip
    ticks = [(seconds, 100 * place_of(seconds)) for seconds in (0.1, 1, 10, 60, 600, 3600)]
    return {"bars": bars, "lines": lines, "ticks": ticks}


def _gaps(spans: Mapping[str, Sequence[Coverage]]) -> list[Coverage]:
    """Stretches in which a source was not watched, the open ones first, then the newest."""
    found = [span for told in spans.values() for span in told if span.health not in WATCHING]
    return sorted(found, key=lambda span: (span.ended_at is not None, -span.started_at.timestamp()))


def _name(source: str, profile: SourceProfile | None) -> str:
    return (profile.name or source) if profile else source


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
