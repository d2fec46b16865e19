"""What an alert API says about all its regions at once, and when its silence about one may be believed.

A full list names every region: a missing row or an unknown status is *unknown*. An active list names only regions
under alert: absence from it is an end, but not when many vanish at once; those ends are held back until a second
source or the next two polls agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.fuse.cells import News, hear
from monitor.fuse.known import cell_key
from monitor.fuse.records import Cell, Event, Missing, SourceRecord, Watch
from monitor.fuse.rules import SIREN
from monitor.fuse.state import Work
from monitor.identity import digest
from monitor.model import Change, EvidenceRef, RegionWord, Snapshot, Telling

__all__ = ["release_held", "snapshot_told"]

_AGREE = 2


@dataclass(frozen=True, slots=True)
class _List:
    """A snapshot sorted by what it says: cells that are on, places partly on, places without a known status."""

    on: Mapping[str, RegionWord]
    partial: frozenset[str]
    doubt: frozenset[str]
    covers: tuple[str, ...]


def snapshot_told(work: Work, news: News, telling: Telling) -> None:
    """Hear one answer of an alert API. An answer older than the newest one is left aside (a stale cache)."""
    snap = telling.what
    assert isinstance(snap, Snapshot)
    record = work.source(telling.source)
    if telling.is_late or (record.data_at is not None and snap.data_at < record.data_at):
        return
    before = work.watches.get(telling.source)
    said = _sorted(work, telling.source, snap, before)
    at = min(snap.data_at, work.now + work.meta.behind)
    for key, word in sorted(said.on.items()):
        _on(work, news, telling, key, word, at)
    was_on = before.on if before is not None else ()
    waiting = {one.cell: one for one in record.missing}
    gone = [key for key in was_on if key not in said.on and key not in waiting]
    lapsed = [key for key in gone if _place(key) in said.doubt]
    gone = [key for key in gone if key not in lapsed]
    for key in lapsed:
        _say(work, news, telling, key, "lapse", at)
    held = _still_missing(waiting, said, snap.data_at)
    if snap.shape == "active" and _is_mass(work, gone, said, was_on, waiting):
        held += [Missing(key, snap.data_at) for key in gone]
    else:
        for key in gone:
            _say(work, news, telling, key, "off", at)
    watch = Watch(
        shape=snap.shape, covers=said.covers, partial=tuple(sorted(said.partial)), doubt=tuple(sorted(said.doubt)),
        on=tuple(sorted({*said.on, *(one.cell for one in held)})),
        levels=_levels(work, said, before),
    )  # fmt: skip
    if watch != before:
        work.watches.put(telling.source, watch)
    _tell_drift(work, telling, watch, before, snap)
    _note_data(work, record, telling, snap.data_at, tuple(held))
    if not held:  # under suspicion its silence ends nobody's word
        _contradict(work, news, telling, watch, at)


def release_held(work: Work, news: News) -> None:
    """End what was held back, where two more polls or a second independent source say that it is over."""
    for source in work.meta.suspects:
        record = work.source(source)
        left = []
        for one in record.missing:
            if one.agreed < _AGREE and not _is_seconded(work, source, one):
                left.append(one)
                continue
            report = digest("released", source, one.cell, one.data_at)
            ref = EvidenceRef(
                report=report, item=f"api:{source}/{one.data_at.isoformat()}", version=1, source=source,
                at=one.data_at, rule="absent_from_active_list",
            )  # fmt: skip
            _hear(work, news, one.cell, Event(one.data_at, "off", source, ref, work.now))
            watch = work.watches.get(source)
            if watch is not None:
                work.watches.put(source, replace(watch, on=tuple(key for key in watch.on if key != one.cell)))
        if len(left) != len(record.missing):
            trusted = record.trusted_at if left or record.data_at is None else min(record.data_at, work.now)
            work.sources.put(source, replace(record, missing=tuple(left), trusted_at=trusted))
        if not left:
            work.meta = replace(work.meta, suspects=tuple(s for s in work.meta.suspects if s != source))


def _sorted(work: Work, source: str, snap: Snapshot, before: Watch | None) -> _List:
    on: dict[str, RegionWord] = {}
    partial: set[str] = set()
    doubt: set[str] = set()
    named: set[str] = set()
    for word in snap.words:
        named.add(word.place)
        if not work.rules.may_open(source, word.place):
            continue
        if word.status == "active":
            places = work.rules.units(word.place) if work.rules.is_country(word.place) else ()
            for place in (word.place, *places):
                on[cell_key(place, word.threat)] = replace(word, place=place)
        elif word.status == "partial":
            partial.add(word.place)
        elif word.status == "unknown":
            doubt.add(word.place)
    covers = set(snap.covers) | named
    if before is not None:
        covers.update(before.covers if snap.shape == "full" else (_place(key) for key in before.on))
    if snap.shape == "full":
        doubt.update(place for place in covers if place not in named)
    doubt -= {_place(key) for key in on}
    return _List(on, frozenset(partial), frozenset(doubt), tuple(sorted(covers)))


def _on(work: Work, news: News, telling: Telling, key: str, word: RegionWord, at: datetime) -> None:
    """The region is listed. Only what is new about it becomes a word: the rest is the list's own freshness."""
    cell = _cell(work, key)
    hold = next((one for one in cell.held.holders if one.source == telling.source), None)
    is_open = cell.held.interval is not None and cell.held.interval.ended_at is None
    if is_open and hold is not None and not hold.is_lapsed and hold.level == word.level:
        return
    told = replace(_ref(telling), quote=word.raw)
    since = word.since if word.since is not None and word.since <= at else None
    hear(work, news, cell, [Event(at, "on", telling.source, told, work.now, since=since, level=word.level)])


def _say(work: Work, news: News, telling: Telling, key: str, verb: str, at: datetime) -> None:
    _hear(work, news, key, Event(at, verb, telling.source, _ref(telling), work.now))


def _hear(work: Work, news: News, key: str, event: Event) -> None:
    cell = _cell(work, key)
    if event.verb == "off" and not work.rules.may_close(event.source, cell.place):
        event = replace(event, verb="lapse")
    absent = tuple(source for source in work.silent(cell.place) if source != event.source)
    hear(work, news, cell, [replace(event, absent=absent)])


def _is_mass(work: Work, gone: list[str], said: _List, was_on: tuple[str, ...], waiting: Mapping[str, Missing]) -> bool:
    """Three or more regions at once, or all. A region whose parts are listed instead has not vanished."""
    listed = {_place(key) for key in said.on}
    lost = {
        place for place in map(_place, gone)
        if not any(place in work.rules.line(other)[1:] for other in listed)
    }  # fmt: skip
    was = {_place(key) for key in was_on if key not in waiting}
    return len(lost) >= work.rules.mass or (bool(lost) and lost == was)


def _still_missing(waiting: Mapping[str, Missing], said: _List, data_at: datetime) -> list[Missing]:
    """The cells that were missing and still are; only an answer with newer data counts as another poll."""
    return [
        replace(one, agreed=one.agreed + (data_at > one.data_at))
        for one in waiting.values()
        if one.cell not in said.on and _place(one.cell) not in said.doubt
    ]


def _is_seconded(work: Work, source: str, missing: Missing) -> bool:
    """Whether another witness with a say there, heard just now, says that the alert is over."""
    place = _place(missing.cell)
    cell = _cell(work, missing.cell)
    if any(work.rules.witness(other) != work.rules.witness(source) for other in cell.held.denied):
        return True
    for other, watch in sorted(work.watches.items()):
        if work.rules.witness(other) == work.rules.witness(source) or not work.rules.may_close(other, place):
            continue
        record = work.source(other)
        absent = missing.cell not in watch.on or any(one.cell == missing.cell for one in record.missing)
        newer = record.data_at is not None and record.data_at >= missing.data_at
        if place in watch.covers and place not in watch.doubt and absent and newer and work.is_fresh(other):
            return True
    return False


def _contradict(work: Work, news: News, telling: Telling, watch: Watch, at: datetime) -> None:
    """Alerts that others hold and this list does not name, though its data are newer than their word."""
    source = telling.source
    for key in sorted(work.restless):
        cell = work.cells.get(key)
        if cell is None or cell.lane != "live" or cell.nature != "actual" or key in watch.on:
            continue
        place = cell.place
        if place not in watch.covers or place in watch.doubt or place in watch.partial:
            continue
        held = cell.held
        if not work.rules.may_close(source, place) or any(
            hold.source == source and not hold.is_lapsed for hold in held.holders
        ):
            continue
        if held.interval is None or held.interval.ended_at is not None:
            continue
        is_silent = any(not work.is_fresh(hold.source) for hold in held.holders)
        if (source in held.denied and not is_silent) or any(hold.at >= at for hold in held.holders):
            continue
        _say(work, news, telling, key, "off", at)


def _note_data(
    work: Work, record: SourceRecord, telling: Telling, data_at: datetime, missing: tuple[Missing, ...]
) -> None:
    trusted = record.trusted_at
    if not missing and (record.data_at is None or data_at > record.data_at):
        trusted = min(data_at, work.now)
    newest = max(data_at, record.newest) if record.newest else data_at
    work.sources.put(
        telling.source,
        replace(
            record, data_at=data_at, trusted_at=trusted, newest=newest, missing=missing, fails=0, fail_reason=None,
            last_ok=max(telling.received, record.last_ok) if record.last_ok else telling.received,
        ),
    )  # fmt: skip
    if missing and telling.source not in work.meta.suspects:
        work.meta = replace(work.meta, suspects=tuple(sorted((*work.meta.suspects, telling.source))))


def _levels(work: Work, said: _List, before: Watch | None) -> tuple[str, ...]:
    levels = {work.rules.gazetteer.level(_place(key)) or "unknown" for key in said.on}
    return tuple(sorted(levels | set(before.levels if before is not None else ())))


def _tell_drift(work: Work, telling: Telling, watch: Watch, before: Watch | None, snap: Snapshot) -> None:
    """A list that begins to name regions of another level, or no longer a known status, is not what it was."""
    if before is None:
        return
    levels = sorted(set(watch.levels) - set(before.levels)) if before.levels else []
    doubt = sorted(set(watch.doubt) - set(before.doubt))
    if not levels and not doubt:
        return
    raw = sorted({word.raw for word in snap.words if word.status == "unknown"})[:10]
    work.changes.append(
        Change(
            id=digest("source.changed", telling.source, "schema_drift", telling.id),
            type="source.changed",
            key=f"source:{telling.source}",
            subject=telling.source,
            occurred_at=work.now,
            known_at=work.now,
            nature="system",
            places=tuple(doubt),
            data={
                "source": telling.source,
                "reason": "schema_drift",
                "new_levels": levels,
                "regions": doubt,
                "raw": raw,
                "health": work.source(telling.source).health,
            },
        )
    )


def _cell(work: Work, key: str) -> Cell:
    place, _, regime = key.partition("/")
    return work.cells.get(key) or Cell(place, regime or SIREN)


def _place(key: str) -> str:
    return key.partition("/")[0]


def _ref(telling: Telling) -> EvidenceRef:
    return EvidenceRef(
        report=telling.id, item=telling.item, version=telling.version, source=telling.source, at=telling.at,
        url=telling.url,
    )  # fmt: skip
