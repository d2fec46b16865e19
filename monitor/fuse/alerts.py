"""Reports of alerts: which cells they speak of, with whose authority, and what they say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.fuse.advice import advise, unadvise
from monitor.fuse.cells import News, hear, rewrite
from monitor.fuse.fold import fold
from monitor.fuse.known import cell_key
from monitor.fuse.records import Cell, Event
from monitor.fuse.rules import SIREN
from monitor.fuse.state import Work
from monitor.fuse.view import View, standing_at
from monitor.model import AlertReport, EvidenceRef, Interval, PlaceRef, Telling

__all__ = ["alert_told", "cell_of", "place_id", "ref_of", "settle_nations"]


def place_id(place: PlaceRef, area: str | None = None) -> str:
    """The id under which a place is kept; one that the gazetteer does not have goes by its name, below the area where
    it is known to lie (``Gazetteer.line``)."""
    return place.id or f"?{f'{area}/' if area else ''}{place.name.replace('/', ' ')}"


def ref_of(telling: Telling, claimant: str | None = None) -> EvidenceRef:
    evidence = getattr(telling.what, "evidence", None)
    return EvidenceRef(
        report=telling.id, item=telling.item, version=telling.version, source=telling.source, at=telling.at,
        quote=evidence.quote if evidence else "", span=evidence.span if evidence else None,
        rule=evidence.rule if evidence else "", url=telling.url, claimant=claimant,
    )  # fmt: skip


def cell_of(work: Work, place: str, regime: str, nature: str = "actual", lane: str = "live") -> Cell:
    return work.cells.get(cell_key(place, regime, nature, lane)) or Cell(place, regime, nature, lane)


def alert_told(work: Work, news: News, telling: Telling, is_mass: bool, edited_at: datetime | None = None) -> list[str]:
    """Hear one alert report; the keys (``group:key``) of all that it reached. ``is_mass``: its item ends many regions
    at once. ``edited_at``: it replaced an earlier version then; an end counts from there."""
    what = telling.what
    assert isinstance(what, AlertReport)
    nature = what.nature if what.nature != "actual" else telling.nature
    places = _places(work, telling, what)
    if what.status == "threat":
        return advise(work, telling, what, places, nature)
    regime = what.threat or SIREN
    excepts = tuple(place_id(place) for place in what.except_places)
    at = telling.at
    if what.status == "end" and edited_at is not None:
        at = max(at, edited_at)
    told = _own_time(what)
    if what.status == "end" and told is not None and at - told > work.rules.late_after:
        at = told  # "it was lifted at 03:33", written in the morning: what began since is on
    verb = "end" if what.status == "end" else "ongoing" if what.ongoing else "start"
    event = Event(
        at=at, verb=verb, source=telling.source, told=ref_of(telling), known_at=work.now, level=what.level,
        is_late=telling.is_late or work.now - at > work.rules.late_after, is_mass=is_mass, excepts=excepts,
    )  # fmt: skip
    reached: list[str] = []
    for place in places:
        if not work.rules.may_open(telling.source, place):
            event = replace(event, at=min(event.at, _own_time(what) or event.at))
        if what.status == "end":
            reached += _ended(work, news, event, place, regime, nature)
        else:
            reached += _started(work, news, event, place, regime, nature, excepts)
    if what.status == "end" and regime != SIREN:
        unadvise(work, telling, regime, places, nature)
    return reached


def _places(work: Work, telling: Telling, what: AlertReport) -> list[str]:
    """The places a report is about. Without any, the channel's own area; an end without either ends nothing."""
    if what.places:
        return list(dict.fromkeys(place_id(place) for place in what.places))
    profile = work.rules.profiles.get(telling.source)
    if profile is None:
        return []
    if profile.area:
        return list(profile.area)
    if what.status == "threat" and len(profile.authority.places) == 1:
        return list(profile.authority.places)
    return []


def _own_time(what: AlertReport) -> datetime | None:
    """When the text itself says that it happened: others tell of alerts long after they began."""
    occurred = what.evidence.occurred
    return occurred.start if occurred and occurred.precision in ("second", "minute", "hour") else None


def _started(
    work: Work, news: News, event: Event, place: str, regime: str, nature: str, excepts: Sequence[str]
) -> list[str]:
    lane = "live" if work.rules.may_open(event.source, place) else "hearsay"
    cell = cell_of(work, place, regime, nature, lane)
    reached = [_put_start(work, news, cell, event, _siren_ends(work, cell, event.at))]
    if not work.rules.is_country(place):
        return reached
    record = cell_of(work, place, regime, nature, lane)
    member = replace(event, verb="nation", nation=record.held.interval.id if record.held.interval else None)
    ends = [replace(end, nation=place) for end in _ends_since(record, event.at)]
    view = View(work, work.now, work.rules)
    for unit in work.rules.units(place):
        if unit in excepts or standing_at(view, unit) is not None:
            continue
        own = replace(member, excepts=tuple(one for one in excepts if unit in work.rules.line(one)))
        cell = cell_of(work, unit, regime, nature, lane)
        reached.append(_put_start(work, news, cell, own, [*ends, *_siren_ends(work, cell, event.at)]))
    return reached


def _put_start(work: Work, news: News, cell: Cell, start: Event, ends: Sequence[Event]) -> str:
    """A start, with the ends already heard that it still has to meet where it is told late."""
    key = _put(work, news, cell, [start, *ends])
    for event in ends:  # taking such an end back has to find this cell too
        item = work.items.get(event.told.item)
        if item is not None and key not in item.targets:
            work.items.put(item.item, replace(item, targets=(*item.targets, key)))
    return key


def _siren_ends(work: Work, cell: Cell, at: datetime) -> list[Event]:
    if cell.regime not in work.rules.siren_closes:
        return []
    return _ends_since(cell_of(work, cell.place, SIREN, cell.nature, cell.lane), at)


def _ends_since(cell: Cell, at: datetime) -> list[Event]:
    return [replace(one, is_only_open=True) for one in cell.events if one.verb == "end" and one.at >= at]


def _ended(work: Work, news: News, event: Event, place: str, regime: str, nature: str) -> list[str]:
    lane = "live" if work.rules.may_close(event.source, place) else "hearsay"
    if lane == "hearsay" and work.cells.get(cell_key(place, regime, nature, lane)) is None:
        return []
    reached = [_end_one(work, news, event, cell_of(work, place, regime, nature, lane))]
    with_it = sorted(work.rules.siren_closes) if regime == SIREN else []
    for other in with_it:
        reached += _end_known(work, news, replace(event, is_only_open=True), place, other, nature, lane)
    if not work.rules.is_country(place):
        reached += _left_on(work, news, event, place, regime, nature)
    else:
        own = replace(event, nation=place, is_only_open=True)
        for unit in work.rules.units(place):
            if any(unit in work.rules.line(one) for one in event.excepts):
                continue
            for each in (regime, *with_it):
                reached += _end_known(work, news, own, unit, each, nature, lane)
    return reached


def _left_on(work: Work, news: News, event: Event, place: str, regime: str, nature: str) -> list[str]:
    """An end "except A" says that the alert goes on in A: A has it in its own name, whatever it lies in is ended."""
    reached = []
    for one in event.excepts:
        if one == place or place not in work.rules.line(one):
            continue
        lane = "live" if work.rules.may_open(event.source, one) else "hearsay"
        on = replace(event, verb="ongoing", excepts=())
        reached.append(_put(work, news, cell_of(work, one, regime, nature, lane), [on]))
    return reached


def _end_known(work: Work, news: News, event: Event, place: str, regime: str, nature: str, lane: str) -> list[str]:
    found = work.cells.get(cell_key(place, regime, nature, lane))
    return [] if found is None else [_end_one(work, news, event, found)]


def _end_one(work: Work, news: News, event: Event, cell: Cell) -> str:
    """End one cell. Words of sources that are silent just now cannot stand against it."""
    return _put(work, news, cell, [replace(event, absent=work.silent(cell.place))])


def settle_nations(work: Work, news: News, reached: Sequence[str]) -> None:
    """The last region to leave a nation-wide alert closes its record, whatever the order in which they were heard."""
    records = set()
    for target in reached:
        cell = work.cells.get(target.removeprefix("cells:")) if target.startswith("cells:") else None
        if cell is not None and cell.lane == "live":
            records.add(cell_key(work.rules.line(cell.place)[-1], cell.regime, cell.nature))
    for key in sorted(records):
        record = work.cells.get(key)
        if record is not None and work.rules.is_country(record.place):
            _settle_nation(work, news, record)


def _settle_nation(work: Work, news: News, record: Cell) -> None:
    words = tuple(event for event in record.events if event.verb != "emptied")
    held, _ = fold(record, words, work.rules)
    if held.interval is None or held.interval.ended_at is not None or held.interval.started_at is None:
        rewrite(work, news, record, words)
        return
    left: list[tuple[datetime, str, Interval]] = []
    for unit in work.rules.units(record.place):
        cell = work.cells.get(cell_key(unit, record.regime, record.nature))
        interval = cell.held.interval if cell is not None else None
        if interval is not None and interval.ended_at is None:
            rewrite(work, news, record, words)
            return
        if interval is not None and interval.ended_at is not None and interval.ended_at >= held.interval.started_at:
            left.append((interval.ended_at, unit, interval))
    if not left:
        rewrite(work, news, record, words)
        return
    at, _, last = max(left, key=lambda one: one[:2])
    told = last.evidence[-1]
    known = next((one for one in record.events if one.verb == "emptied" and one.at == at), None)
    event = known or Event(at=at, verb="emptied", source=told.source, told=told, known_at=work.now)
    rewrite(work, news, record, (*words, event))


def _put(work: Work, news: News, cell: Cell, events: Sequence[Event]) -> str:
    hear(work, news, cell, events)
    return f"cells:{cell_key(cell.place, cell.regime, cell.nature, cell.lane)}"
