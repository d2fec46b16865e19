"""Puts words into cells and says what became new by it: intervals for the series, changes for whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.fuse.fold import fold, order, status
from monitor.fuse.known import cell_key
from monitor.fuse.records import Cell, Event, Held
from monitor.fuse.rules import SIREN
from monitor.fuse.state import Work
from monitor.fuse.view import View
from monitor.identity import digest
from monitor.model import JSON, Change, EvidenceRef, Interval

__all__ = ["News", "hear", "rewrite", "take_back"]

_ON = ("start", "ongoing", "nation", "on")
_ENDS = ("end", "off")
_MOST_EVENTS = 40
_NEAR = timedelta(minutes=10)


class News:
    """Changes of one item that wait until all of its words are heard, so that each is told with the state after it.

    Entries: (type, cell, interval, event or None, extra data).
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: list[tuple[str, Cell, Interval, Event | None, dict[str, JSON]]] = []

    def add(self, what: str, cell: Cell, interval: Interval, event: Event | None, **data: JSON) -> None:
        if cell.lane == "live" or (cell.lane == "hearsay" and what in ("alert.started", "alert.expired")):
            self._waiting.append((what, cell, interval, event, data))

    def tell(self) -> None:
        """Write the waiting changes into the step, in the order in which they came to be."""
        if not self._waiting:
            return
        view = View(self._work, self._work.now, self._work.rules)
        for what, cell, interval, event, data in self._waiting:
            if cell.lane == "hearsay" and not self._is_all_there_is(view, what, cell):
                continue
            self._work.changes.append(self._change(view, what, cell, interval, event, data))
        self._waiting.clear()

    def _is_all_there_is(self, view: View, what: str, cell: Cell) -> bool:
        """What others say is told only where nobody with authority is heard, as unconfirmed; it never ends as clear."""
        state = view.region(cell.place) if cell.nature == "actual" else None
        return state is not None and (
            state.basis == "hearsay" if what == "alert.started" else state.status == "unknown"
        )

    def _change(
        self, view: View, what: str, cell: Cell, interval: Interval, event: Event | None, extra: Mapping[str, JSON]
    ) -> Change:
        work = self._work
        state = view.region(cell.place) if cell.nature == "actual" else None
        if what == "alert.cleared":
            what = self._kind_of_end(view, cell)
        at = event.at if event is not None else work.now
        late = work.now - at > work.rules.late_after or (event is not None and event.is_late) or bool(extra.get("past"))
        place = work.rules.place(cell.place)
        ref = (event.told,) if event is not None else interval.evidence[:1]
        parts = (what, interval.id, *(one.report for one in ref), at)
        return Change(
            id=digest(*parts), type=what, key=f"alert:{cell.place}", subject=interval.id, occurred_at=at,
            known_at=work.now, places=(cell.place,), late=late, nature=cell.nature,  # type: ignore[arg-type]
            valid_until=at + work.rules.start_valid, evidence=ref,
            data={
                "place": cell.place, "name": place.name if place else cell.place,
                "scope": place.level if place else None, "regime": cell.regime,
                "status": state.status if state else status(cell.held), "stale": state.is_stale if state else False,
                "confirmed": bool(state and state.is_confirmed), "level": interval.level,
                "started_at": _iso(interval.started_at), "start_basis": interval.start_basis,
                "ended_at": _iso(interval.ended_at), "end_basis": interval.end_basis, "nation": interval.nation,
                "conflict": bool(cell.held.denied), "sources": list(interval.sources), **extra,
            },
        )  # fmt: skip

    def _kind_of_end(self, view: View, cell: Cell) -> str:
        """An end is an all-clear only where nothing else is on: the end of one threat, or of a part, is not."""
        if cell.nature != "actual":
            return "alert.cleared" if cell.regime == SIREN else "threat.ended"
        said = view.evidence_status(cell.place)
        if said == "clear":
            return "alert.cleared"
        return "alert.partial" if cell.regime == SIREN else "threat.ended"


def hear(work: Work, news: News, cell: Cell, events: Sequence[Event]) -> None:
    """New words about a cell. What is older than its settled past goes into a history of its own."""
    fresh = [event for event in events if not any(_is_said(event, one) for one in cell.events)]
    late = [event for event in fresh if cell.horizon is not None and event.at <= cell.horizon]
    if late and cell.lane != "history":
        _remember(work, news, cell, [event for event in late if not event.is_only_open])
        fresh = [event for event in fresh if event not in late]
    if fresh:
        kept = [event for event in cell.events if not any(_is_edit(event, one) for one in fresh)]
        _write(work, news, cell, tuple(sorted((*kept, *fresh), key=order)), fresh)


def _is_said(event: Event, other: Event) -> bool:
    """Whether the same version of the same post has said this before."""
    mine, its = event.told, other.told
    return (mine.item, mine.version, event.verb) == (its.item, its.version, other.verb)


def _is_edit(event: Event, newer: Event) -> bool:
    """Whether a newer version of the post says the same of this cell: it takes the place of the older word."""
    old, new = event.told, newer.told
    return old.item == new.item and old.version < new.version and event.verb == newer.verb


def rewrite(work: Work, news: News, cell: Cell, events: Sequence[Event]) -> None:
    """Give a cell other words than it has, where a rule of ours follows from several cells at once."""
    ordered = tuple(sorted(events, key=order))
    if ordered != cell.events:
        added = [event for event in ordered if event not in cell.events]
        _write(work, news, cell, ordered, added)


def take_back(work: Work, news: News, cell: Cell, gone: Callable[[Event], bool], why: Event | None) -> bool:
    """Words that no longer stand are taken out; ``why`` (a doubt) keeps the rest from being read as an all-clear."""
    kept = tuple(event for event in cell.events if not gone(event))
    if len(kept) == len(cell.events):
        return False
    events = tuple(sorted((*kept, why), key=order)) if why is not None else kept
    _write(work, news, cell, events, [], is_retraction=True)
    return True


def _write(
    work: Work, news: News, cell: Cell, events: tuple[Event, ...], added: Sequence[Event], is_retraction: bool = False
) -> None:
    rules = work.rules
    number = len(cell.events)
    if events[:number] == cell.events:  # nothing but newer words: go on from where we were
        settled = replace(cell, base=cell.held, events=())
        _, before = fold(settled, (), rules)
        held, after = fold(settled, events[number:], rules)
    else:
        _, before = fold(cell, cell.events, rules)
        held, after = fold(cell, events, rules)
    changed = _settled(work, replace(cell, events=events, held=held))
    work.put_cell(cell_key(cell.place, cell.regime, cell.nature, cell.lane), changed)
    if held.interval is not None and held.interval.ended_at is None:
        due = held.interval.affirmed_at or work.now
        due = min(due + rules.longest_of(cell.regime), work.now + rules.longest_of(cell.regime))
        if work.meta.cells_due is None or due < work.meta.cells_due:
            work.meta = replace(work.meta, cells_due=due)
    for interval in after.values():
        if before.get(interval.id) != interval:
            work.intervals[interval.id] = interval
    _tell(work, news, changed, before, after, added, cell.held, is_retraction)


def _tell(
    work: Work, news: News, cell: Cell, before: Mapping[str, Interval], after: Mapping[str, Interval],
    added: Sequence[Event], was: Held, is_retraction: bool,
) -> None:  # fmt: skip
    by_report = {event.told.report: event for event in added}
    gone = [one for one in before.values() if one.id not in after]
    for interval in gone:
        basis = "retracted" if is_retraction else "superseded"
        ended = interval.ended_at or max(work.now, interval.started_at or work.now)
        dead = replace(interval, ended_at=ended, end_basis=basis, end_known_at=work.now, retracted_at=work.now)
        work.intervals[interval.id] = dead
        if is_retraction:
            news.add("alert.retracted", cell, dead, None, retracts=[ref.report for ref in interval.evidence])
    replaced = [one for one in gone if not is_retraction]
    for interval in after.values():
        old = before.get(interval.id)
        if old == interval:
            continue
        start = by_report.get(interval.evidence[0].report)
        end = by_report.get(interval.evidence[-1].report)
        if old is None and interval.started_at is not None:
            is_past = interval.ended_at is not None and end is None
            if replaced and replaced[0].started_at is not None:
                began = _iso(replaced[0].started_at)
                news.add("alert.affirmed", cell, interval, start, replaces=replaced[0].id, replaces_started_at=began)
            else:
                news.add("alert.started", cell, interval, start, **({"past": True} if is_past else {}))
        elif old is not None and old.ended_at is not None and interval.ended_at is None:
            news.add("alert.started", cell, interval, start, reopened=True)
        if interval.ended_at is not None and (old is None or old.ended_at != interval.ended_at):
            is_over = interval.end_basis != "timeout" and cell.lane != "hearsay"
            what = "alert.cleared" if is_over else "alert.expired"
            if not (old is None and interval.started_at is not None and end is None):
                news.add(what, cell, interval, end)
        elif old is not None and interval.ended_at is None and interval.affirmations > old.affirmations:
            for event in added:
                if event.verb in _ON:
                    news.add("alert.affirmed", cell, interval, event)
    conflict = set(cell.held.denied) - set(was.denied)
    if conflict and cell.held.interval is not None:
        cause = next((event for event in added if event.source in conflict), None)
        news.add("alert.affirmed", cell, cell.held.interval, cause, contradicted_by=sorted(conflict))


def _settled(work: Work, cell: Cell) -> Cell:
    """Fold what is older than the reordering window into the base, keeping all that an open alert rests on."""
    if len(cell.events) < 2:
        return cell
    cut = cell.events[-1].at - work.rules.reorder
    number = sum(1 for event in cell.events if event.at <= cut)
    if cell.held.interval is not None and cell.held.interval.ended_at is None:
        start = cell.held.interval.started_at
        opened = next((n for n, event in enumerate(cell.events) if event.at == start), number)
        number = min(number, opened)
    number = max(number, len(cell.events) - _MOST_EVENTS)
    if number == 0:
        return cell
    base, _ = fold(cell, cell.events[:number], work.rules)
    return replace(cell, base=base, events=cell.events[number:], horizon=cell.events[number - 1].at)


def _remember(work: Work, news: News, cell: Cell, late: Sequence[Event]) -> None:
    """History: it makes intervals of its own where none is known, and never touches the live state."""
    lived = [*cell.held.past]
    for one in (cell.base.interval, cell.held.interval):
        if one is not None:
            end = one.ended_at or work.now
            lived += [(one.started_at or end, end)]
    spans = [(start - _NEAR, end + _NEAR) for start, end in lived]
    news_worthy = [event for event in late if not any(start <= event.at <= end for start, end in spans)]
    if not news_worthy:
        return
    key = cell_key(cell.place, cell.regime, cell.nature, "history")
    past = work.cells.get(key) or Cell(cell.place, cell.regime, cell.nature, "history")
    hear(work, news, past, [replace(event, is_late=True) for event in news_worthy])


def evidence(report: str, item: str, source: str, at: datetime, rule: str) -> EvidenceRef:
    """A reference for what follows from a rule of ours rather than from a sentence."""
    return EvidenceRef(report=report, item=item, version=0, source=source, at=at, rule=rule)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
