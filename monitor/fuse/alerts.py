"""Reports of alerts: which cells they speak of, with whose authority, and what they say about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.fuse.advice import advise, unadvise
from monitor.fuse.cells import News, hear
from monitor.fuse.records import Cell, Event
from monitor.fuse.rules import SIREN
from monitor.fuse.state import Work
from monitor.fuse.view import cell_key
from monitor.model import AlertReport, EvidenceRef, PlaceRef, Telling

__all__ = ["alert_told", "cell_of", "place_id", "ref_of"]


def place_id(place: PlaceRef) -> str:
    """The id under which a place is kept; one that the gazetteer does not have goes by its name."""
    return place.id or f"?{place.name.replace('/', ' ')}"


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
    verb = "end" if what.status == "end" else "ongoing" if what.ongoing else "start"
    event = Event(
        at=at, verb=verb, source=telling.source, told=ref_of(telling), known_at=work.now, level=what.level,
        is_late=telling.is_late or work.now - at > work.rules.late_after, is_mass=is_mass, excepts=excepts,
    )  # fmt: skip
    reached: list[str] = []
    for place in places:
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


def _started(
    work: Work, news: News, event: Event, place: str, regime: str, nature: str, excepts: Sequence[str]
) -> list[str]:
    lane = "live" if work.rules.may_open(event.source, place) else "hearsay"
    cell = cell_of(work, place, regime, nature, lane)
    borrowed: list[Event] = []
    if regime in work.rules.siren_closes:
        borrowed = _ends_since(cell_of(work, place, SIREN, nature, lane), event.at)
    reached = [_put(work, news, cell, [event, *borrowed])]
    _note_borrowed(work, borrowed, reached[0])
    if not work.rules.is_country(place):
        return reached
    record = cell_of(work, place, regime, nature, lane)
    member = replace(event, verb="nation", nation=record.held.interval.id if record.held.interval else None)
    ends = [replace(end, nation=place) for end in _ends_since(record, event.at)]
    for unit in work.rules.units(place):
        if unit in excepts:
            continue
        own = replace(member, excepts=tuple(one for one in excepts if unit in work.rules.line(one)))
        reached.append(_put(work, news, cell_of(work, unit, regime, nature, lane), [own, *ends]))
        _note_borrowed(work, ends, reached[-1])
    return reached


def _ends_since(cell: Cell, at: datetime) -> list[Event]:
    """Ends already heard that a start told late still has to meet: of the siren, of the nation-wide alert."""
    return [replace(one, is_only_open=True) for one in cell.events if one.verb == "end" and one.at >= at]


def _note_borrowed(work: Work, events: Sequence[Event], target: str) -> None:
    """The posts of ends that reached one more cell: taking them back has to find it."""
    for event in events:
        item = work.items.get(event.told.item)
        if item is not None and target not in item.targets:
            work.items.put(item.item, replace(item, targets=(*item.targets, target)))


def _ended(work: Work, news: News, event: Event, place: str, regime: str, nature: str) -> list[str]:
    lane = "live" if work.rules.may_close(event.source, place) else "hearsay"
    if lane == "hearsay" and work.cells.get(cell_key(place, regime, nature, lane)) is None:
        return []
    reached = [_end_one(work, news, event, cell_of(work, place, regime, nature, lane))]
    if regime == SIREN:
        for other in sorted(work.rules.siren_closes):
            found = work.cells.get(cell_key(place, other, nature, lane))
            if found is not None:
                reached.append(_end_one(work, news, replace(event, is_only_open=True), found))
    if work.rules.is_country(place):
        for unit in work.rules.units(place):
            found = work.cells.get(cell_key(unit, regime, nature, lane))
            if found is not None:
                reached.append(_end_one(work, news, replace(event, nation=place, is_only_open=True), found))
    elif lane == "live":
        _empty_nation(work, news, event, place, regime, nature)
    return reached


def _end_one(work: Work, news: News, event: Event, cell: Cell) -> str:
    """End one cell. Words of sources that are silent just now cannot stand against it."""
    return _put(work, news, cell, [replace(event, absent=work.silent(cell.place))])


def _empty_nation(work: Work, news: News, event: Event, place: str, regime: str, nature: str) -> None:
    """The last region to leave a nation-wide alert closes its record."""
    country = work.rules.line(place)[-1]
    record = work.cells.get(cell_key(country, regime, nature))
    if country == place or record is None or not _is_open(record) or record.held.interval is None:
        return
    left = event.at
    for unit in work.rules.units(country):
        cell = work.cells.get(cell_key(unit, regime, nature))
        interval = cell.held.interval if cell is not None else None
        if interval is None or interval.nation != record.held.interval.id:
            continue
        if interval.ended_at is None:
            return
        left = max(left, interval.ended_at)
    holders = tuple(hold.source for hold in record.held.holders)
    _put(work, news, record, [replace(event, at=left, verb="emptied", absent=holders)])


def _is_open(cell: Cell) -> bool:
    return cell.held.interval is not None and cell.held.interval.ended_at is None


def _put(work: Work, news: News, cell: Cell, events: Sequence[Event]) -> str:
    hear(work, news, cell, events)
    return f"cells:{cell_key(cell.place, cell.regime, cell.nature, cell.lane)}"
