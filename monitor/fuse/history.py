"""Rows of foreign tables: each states a whole alert, start and end at once, as somebody else recorded it.

It becomes an interval of its own beside ours, with its source; it opens and closes nothing, moves no state, says
nothing of any source's health, and nobody is told of it.
"""

from __future__ import annotations

from monitor.fuse.alerts import place_id, ref_of
from monitor.fuse.counts import count_told
from monitor.fuse.records import Reached
from monitor.fuse.state import Work
from monitor.fuse.strikes import strike_told
from monitor.identity import ROW, interval_id
from monitor.model import AlertReport, CountReport, Interval, StrikeReport, Telling, Threat

__all__ = ["GUESSED", "is_row", "row_told"]

GUESSED = "row_end_guessed"
"""The rule of a report whose table says that it guessed the end."""


def is_row(telling: Telling) -> bool:
    return telling.item.startswith(ROW)


def row_told(work: Work, telling: Telling) -> None:
    """Hear one report of a row."""
    what = telling.what
    if isinstance(what, AlertReport):
        _alert_told(work, telling, what)
    elif isinstance(what, CountReport):
        _remember(work, telling, count_told(work, telling))
    elif isinstance(what, StrikeReport):
        _remember(work, telling, strike_told(work, telling))


def _remember(work: Work, telling: Telling, targets: list[str]) -> None:
    """The way back, should the row be corrected."""
    known = work.items.get(telling.item)
    work.items.put(
        telling.item,
        Reached(
            item=telling.item, source=telling.source, said_at=telling.at, at=work.now, version=telling.version,
            tellings=(*(known.tellings if known else ()), telling.id),
            targets=tuple(dict.fromkeys([*(known.targets if known else ()), *targets])),
        ),
    )  # fmt: skip


def _alert_told(work: Work, telling: Telling, what: AlertReport) -> None:
    span = what.evidence.occurred
    if span is None or span.start is None:
        return
    regime: Threat = what.threat or "air"
    end = span.end
    for place in dict.fromkeys(place_id(one) for one in what.places):
        row = Interval(
            id=interval_id(place, regime, telling.item), place=place, regime=regime, started_at=span.start,
            start_basis="explicit", known_at=work.now, nature=what.nature, ended_at=end,
            end_basis=None if end is None else "timeout" if what.evidence.rule == GUESSED else "explicit",
            end_known_at=None if end is None else work.now, affirmed_at=span.start, level=what.level, is_late=True,
            sources=(telling.source,), evidence=(ref_of(telling),),
        )  # fmt: skip
        work.intervals[row.id] = row
