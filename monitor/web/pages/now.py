"""The page Now: one sentence, the map, the regions in order of danger, what changed last."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.model import Change, Interval
from monitor.store import series
from monitor.web.context import Context
from monitor.web.pages.board import board
from monitor.web.pages.frame import HOME, render, states, text_of
from monitor.web.pages.labels import labels
from monitor.web.pages.latest import line_of
from monitor.web.pages.rows import Row, row_of
from monitor.web.pages.words import Words

__all__ = ["now"]

LATEST = 6
DRILL = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Groups:
    """The regions of the list, in order of danger; permanent alerts stand apart."""

    active: list[Row]
    partial: list[Row]
    unknown: list[Row]
    clear: list[Row]
    standing: list[Row]


@cache
def _map() -> Mapping[str, Any]:
    shapes: Mapping[str, Any] = json.loads((files("monitor.web.pages") / "map.json").read_text("utf-8"))
    return shapes


def now(asked: Context, request: Request) -> HTMLResponse:
    """The snapshot that the sentence, the counts, the map and the list all come from."""
    found = states(asked)
    text = text_of(request)
    units = asked.rules.units(HOME)
    rows = [row_of(asked, text, found[unit], found) for unit in units if unit in found]
    groups = Groups(
        active=sorted((r for r in rows if r.state.status == "active" and not r.state.is_standing), key=_newest_first),
        partial=[r for r in rows if r.state.status == "partial"],
        unknown=[r for r in rows if r.state.status == "unknown"],
        clear=[r for r in rows if r.state.status == "clear"],
        standing=[r for r in rows if r.state.status == "active" and r.state.is_standing],
    )
    recent = [
        change
        for change in reversed(series.changes(asked.store, after_seq=_recent(asked), limit=1000))
        if change.type != "heartbeat"
    ]
    changes = recent[:LATEST]
    public = asked.public()
    withheld = public.withheld(tuple(changes))
    latest = [line_of(asked, text, change, public.change(change, withheld)) for change in changes]
    by_id = {row.id: row for row in rows}
    shapes = [(shape, by_id[shape["id"]]) for shape in _map()["regions"] if shape["id"] in by_id]
    shapes.sort(key=lambda pair: ORDER.index(pair[1].state.status))
    return render(
        asked, request, "now.html", "now", groups=groups, shapes=shapes, view=_map()["view"], latest=latest,
        board=board(asked, text, found), of=len(rows), last=_last_clear(asked, text, recent),
        exercises=_exercises(asked, text),
        choices=sorted((row for row in rows if not row.state.is_standing), key=lambda row: row.name),
        labels=labels([(shape, row.name, _second(text, row)) for shape, row in shapes]),
    )  # fmt: skip


ORDER = ("clear", "unknown", "active", "partial")


def _recent(asked: Context) -> int:
    """The ``seq`` from which the last changes are worth reading."""
    return max(0, series.newest_seq(asked.store) - 200)


def _newest_first(row: Row) -> float:
    return -(row.state.since.timestamp() if row.state.since else 0.0)


def _last_clear(asked: Context, text: Words, changes: Sequence[Change]) -> tuple[str, Change] | None:
    """The newest all-clear among the recent changes."""
    found = next((change for change in changes if change.type == "alert.cleared" and not change.late), None)
    if found is None or not found.places:
        return None
    return text.place(asked.rules.gazetteer, found.places[0]), found


def _exercises(asked: Context, text: Words) -> list[tuple[str, Interval]]:
    """Drills and tests that have begun in the last hours and not ended: never among the real ones."""
    now = asked.clock.now()
    rows = [
        row
        for nature in ("exercise", "test")
        for row in series.alerts(asked.store, start=now - DRILL, end=now + timedelta(seconds=1), nature=nature).rows
        if row.ended_at is None
    ]
    return [(text.place(asked.rules.gazetteer, row.place), row) for row in rows]


def _second(text: Words, row: Row) -> str:
    """The second line of a label on the map: how long an alert has lasted."""
    if row.state.status not in ("active", "partial"):
        return ""
    return text.t("state.standing") if row.state.is_standing else row.lasted
