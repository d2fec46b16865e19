"""What the words about one cell come to, read in the order in which things happened: the heart of the state.

``fold`` is a pure function of the events and knows nothing of the order in which they arrived, so that reordered
and doubled messages come to the same. One event at a time; every rule about openings and ends stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from monitor.fuse.records import Cell, Event, Held, Hold
from monitor.fuse.rules import Rules
from monitor.identity import digest, interval_id
from monitor.model import EvidenceRef, Interval

__all__ = ["fold", "order", "status"]

_ENDS = ("end", "off")
_ON = ("start", "ongoing", "nation", "on")
_BASES = {"start": "explicit", "ongoing": "ongoing", "nation": "nation", "on": "snapshot"}
_REPEAT = timedelta(minutes=30)
_KEEP_EVIDENCE = 12
_KEEP_PAST = 2


def order(event: Event) -> tuple[object, ...]:
    """Sorts events by what they say of the world: time, then post number, and danger last where all else is equal."""
    tail = event.told.item.rpartition("/")[2]
    number = int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 19 else 0
    return (event.at, event.source, number, event.verb not in _ENDS, event.verb, event.told.report)


def fold(cell: Cell, events: Iterable[Event], rules: Rules) -> tuple[Held, dict[str, Interval]]:
    """The cell's base with these events (sorted by ``order``): what is held now, and the intervals they make."""
    held = cell.base
    made: dict[str, Interval] = {}
    if held.interval is not None:
        made[held.interval.id] = held.interval
    for event in events:
        held = _step(cell, held, event, rules)
        if held.interval is not None:
            made[held.interval.id] = held.interval
    return held, made


def status(held: Held) -> str:
    """``active`` | ``clear`` | ``unknown`` | ``none``, by the evidence alone; freshness is asked elsewhere."""
    if held.interval is not None and held.interval.ended_at is None:
        return "active" if any(not hold.is_lapsed for hold in held.holders) else "unknown"
    if held.cleared_at is not None:
        if held.doubt_at is not None and held.doubt_at >= held.cleared_at:
            return "unknown"
        started = held.interval.ended_at if held.interval and held.interval.end_basis == "timeout" else None
        return "unknown" if started is not None and started >= held.cleared_at else "clear"
    return "none" if held.interval is None and held.doubt_at is None else "unknown"


def _step(cell: Cell, held: Held, event: Event, rules: Rules) -> Held:
    if event.verb in _ON:
        return _open(cell, _overdue(cell, held, event, rules), event)
    if event.verb in _ENDS:
        return _end(cell, held, event, rules)
    if event.verb == "lapse":
        return replace(held, holders=tuple(_lapsed(h) if h.source == event.source else h for h in held.holders))
    if event.verb == "emptied":
        is_open = held.interval is not None and held.interval.ended_at is None
        return replace(held, interval=_ended(held.interval, event), holders=()) if is_open and held.interval else held
    if event.verb == "timeout":
        return _time_out(cell, held, event, rules)
    return replace(held, doubt_at=event.at)


def _overdue(cell: Cell, held: Held, event: Event, rules: Rules) -> Held:
    """A start long after the last word of an open alert begins another one: the end between them was missed."""
    current = held.interval
    if current is None or current.ended_at is not None or current.affirmed_at is None:
        return held
    longest = rules.longest_of(cell.regime)
    if event.at - current.affirmed_at <= longest or any(hold.verb == "on" for hold in held.holders):
        return held
    bounds = (current.affirmed_at, event.at)
    ended = replace(
        current, ended_at=current.affirmed_at + longest, end_basis="timeout", end_known_at=event.known_at,
        end_bounds=bounds,
    )  # fmt: skip
    return replace(held, interval=ended, holders=(), denied=())


def _open(cell: Cell, held: Held, event: Event) -> Held:
    before = next((h for h in held.holders if h.source == event.source), None)
    hold = Hold(
        source=event.source, since=before.since if before else event.at, at=event.at, level=event.level,
        verb=event.verb if before is None or before.verb == "nation" else before.verb, excepts=event.excepts,
        is_late=event.is_late,
    )  # fmt: skip
    holders = (*(h for h in held.holders if h.source != event.source), hold)
    denied = tuple(source for source in held.denied if source != event.source)
    current = held.interval
    past = held.past
    if current is not None and current.ended_at is None:
        interval = _affirmed(current, event, _level(holders))
    else:
        if current is not None and current.ended_at is not None:
            past = (*past[-_KEEP_PAST + 1 :], (current.started_at or current.ended_at, current.ended_at))
        interval = Interval(
            id=interval_id(cell.place, cell.regime, event.told.item), place=cell.place, regime=cell.regime,  # type: ignore[arg-type]
            started_at=_start_of(held, event), start_basis=_BASES[event.verb], known_at=event.known_at,
            nature=cell.nature, affirmed_at=event.at,  # type: ignore[arg-type]
            level=_level(holders), is_confirmed=cell.lane != "hearsay",
            is_late=event.is_late, nation=event.nation, sources=(event.source,), evidence=(event.told,),
        )  # fmt: skip
        if current is not None and current.id == interval.id:
            interval = replace(interval, id=digest(interval.id, event.told.report))
        denied = ()
    return replace(held, interval=interval, holders=holders, denied=denied, past=past)


def _start_of(held: Held, event: Event) -> datetime:
    """When the alert began: a snapshot may state it; never before the alert that was over by then."""
    if event.since is None or event.since >= event.at:
        return event.at
    return event.since if held.cleared_at is None or held.cleared_at <= event.since else event.at


def _affirmed(interval: Interval, event: Event, level: Literal["red", "yellow"] | None) -> Interval:
    return replace(
        interval,
        affirmations=interval.affirmations + 1,
        affirmed_at=event.at,
        level=level,
        sources=_with(interval.sources, event.source),
        evidence=_cited(interval.evidence, event.told),
    )


def _end(cell: Cell, held: Held, event: Event, rules: Rules) -> Held:
    current = held.interval
    if event.is_only_open and (current is None or current.ended_at is not None):
        return held
    if current is not None and current.ended_at is None:
        left = tuple(h for h in held.holders if not _gives_way(h, event, rules))
        if left and event.nation:
            return replace(held, holders=left)
        if left:
            return replace(held, holders=left, denied=_with(held.denied, event.source))
        return _closed(held, _ended(current, event), event)
    if current is not None and current.end_basis == "timeout":
        return _closed(held, _ended(current, event), event)
    if event.verb == "end" and not _is_repeat(held, event):
        past = held.past
        if current is not None and current.ended_at is not None:
            past = (*past[-_KEEP_PAST + 1 :], (current.started_at or current.ended_at, current.ended_at))
        return _closed(replace(held, past=past), _orphan(cell, event), event)
    return _closed(held, current, event)


def _gives_way(hold: Hold, event: Event, rules: Rules) -> bool:
    if event.nation and hold.verb != "nation":  # the end of a nation-wide alert leaves a region's own alert on
        return False
    return (
        hold.is_lapsed
        or hold.is_late
        or hold.source in event.absent
        or rules.yields(hold.source, event.source, event.is_mass)
    )


def _closed(held: Held, interval: Interval | None, event: Event) -> Held:
    basis = "snapshot" if event.verb == "off" else "explicit"
    return replace(
        held, interval=interval, holders=(), denied=(), cleared_at=event.at, cleared_by=event.source,
        cleared_basis=basis,
    )  # fmt: skip


def _ended(interval: Interval, event: Event) -> Interval:
    return replace(
        interval,
        ended_at=event.at,
        end_basis="snapshot" if event.verb == "off" else "explicit",
        end_known_at=event.known_at,
        end_bounds=None,
        sources=_with(interval.sources, event.source),
        evidence=_cited(interval.evidence, event.told),
    )


def _orphan(cell: Cell, event: Event) -> Interval:
    return Interval(
        id=interval_id(cell.place, cell.regime, event.told.item), place=cell.place, regime=cell.regime,  # type: ignore[arg-type]
        started_at=None, start_basis="unknown", known_at=event.known_at, nature=cell.nature,  # type: ignore[arg-type]
        ended_at=event.at, end_basis="explicit", end_known_at=event.known_at, is_confirmed=cell.lane != "hearsay",
        is_late=event.is_late, sources=(event.source,), evidence=(event.told,),
    )  # fmt: skip


def _is_repeat(held: Held, event: Event) -> bool:
    return held.cleared_at is not None and event.at - held.cleared_at <= _REPEAT


def _time_out(cell: Cell, held: Held, event: Event, rules: Rules) -> Held:
    """The longest plausible duration of the source's word is over: it lapses; with the last one the interval ends."""
    current = held.interval
    longest = rules.longest_of(cell.regime)
    if current is None or current.ended_at is not None:
        return held
    if not any(h.source == event.source and event.at - h.at >= longest for h in held.holders):
        return held
    holders = tuple(_lapsed(h) if h.source == event.source else h for h in held.holders)
    if any(not h.is_lapsed for h in holders):
        return replace(held, holders=holders)
    last = max(h.at for h in holders)
    ended = replace(
        current, ended_at=event.at, end_basis="timeout", end_known_at=event.known_at, end_bounds=(last, event.at)
    )
    return replace(held, interval=ended, holders=(), denied=())


def _lapsed(hold: Hold) -> Hold:
    return replace(hold, is_lapsed=True)


def _level(
    holders: tuple[Hold, ...],
) -> Literal["red", "yellow"] | None:
    # red covers yellow: both can stand on one region
    said = {hold.level for hold in holders if not hold.is_lapsed}
    return "red" if "red" in said else "yellow" if "yellow" in said else None


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _cited(evidence: tuple[EvidenceRef, ...], ref: EvidenceRef) -> tuple[EvidenceRef, ...]:
    """The first sentence stays, of the others the newest."""
    if len(evidence) < _KEEP_EVIDENCE:
        return (*evidence, ref)
    return (evidence[0], *evidence[-_KEEP_EVIDENCE + 2 :], ref)
