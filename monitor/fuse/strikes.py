"""Reports of one strike, told by many items in many languages, become one event.

Two reports are of one strike where their places are the same or nested, their dates at most a day apart and their
weapons can be the same. The event is worked out anew from its reports each time, so that taking one back leaves no
trace of it in the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.fuse.alerts import place_id, ref_of
from monitor.fuse.fold import fold
from monitor.fuse.known import cell_key
from monitor.fuse.origins import count_origins, marks_of
from monitor.fuse.records import Strike, Told
from monitor.fuse.rules import SIREN, Rules
from monitor.fuse.state import Work
from monitor.identity import digest
from monitor.model import JSON, Change, StrikeEvent, StrikeReport, Telling, Toll

__all__ = ["claimant_of", "strike_told", "take_back_strike"]

_HALF_DAY = timedelta(hours=12)
_FAMILY = {"missile": "missile", "ballistic": "missile", "rocket": "missile"}
_KEEP = 200


def claimant_of(rules: Rules, source: str, named: str | None) -> str:
    """Who says so: the one named in the text, else whoever speaks through the channel."""
    profile = rules.profiles.get(source)
    return named or (profile.claimant or profile.name if profile else "") or source


def strike_told(work: Work, telling: Telling) -> list[str]:
    """Hear one report of a strike; the keys of the events that it reached."""
    what = telling.what
    assert isinstance(what, StrikeReport)
    claimant = claimant_of(work.rules, telling.source, what.attributed_to)
    occurred = what.evidence.occurred
    exact = occurred.start if occurred and occurred.precision in ("second", "minute", "hour") else None
    told = Told(
        ref=ref_of(telling, claimant), places=_places(work, telling, what),
        weapons=tuple(w for w in what.weapons if w != "unknown"), at=telling.at, known_at=work.now,
        marks=marks_of(telling, work.rules, what.attributed_to), claimant=claimant, date=what.date,
        occurred=exact, killed=what.killed, injured=what.injured, bound=what.bound,
        target_kind=what.target_kind, is_retro=what.retro, is_late=telling.is_late,
    )  # fmt: skip
    nature = what.nature if what.nature != "actual" else telling.nature
    found = sorted(
        (strike for strike in work.strikes.values() if strike.event.nature == nature and _joins(work, strike, told)),
        key=lambda strike: _rank_of(strike.told),
    )
    if not found:
        event = _event(work, telling.id, (told,), nature, None)
        _put(work, Strike(event, (told,)))
        _tell(work, "strike.reported", event, told, {})
        return [f"strikes:{event.id}"]
    return [f"strikes:{_join(work, found, told, nature)}"]


def _places(work: Work, telling: Telling, what: StrikeReport) -> tuple[str, ...]:
    """The places told of; one that nobody knows lies in the area of the channel, if that is a single one."""
    profile = work.rules.profiles.get(telling.source)
    area = profile.area[0] if profile is not None and len(profile.area) == 1 else None
    return tuple(dict.fromkeys(place_id(place, area) for place in what.places))


def _join(work: Work, found: Sequence[Strike], told: Told, nature: str) -> str:
    """Put a report to the strikes that it is of, which are one from now on. The earliest report names it: also one
    that reaches us a little later, so that reordered reports come to the same."""
    keeper = found[0]
    is_recent = work.now - keeper.event.known_at <= work.rules.late_after
    is_first = _rank_of((told,)) < _rank_of(keeper.told) and is_recent
    name = told.ref.report if is_first else keeper.event.id
    gone = [strike for strike in found if strike.event.id != name]
    reports = sorted((told, *(one for strike in found for one in strike.told)), key=lambda one: _rank_of((one,)))
    reports = reports[-_KEEP:]
    event = _event(work, name, tuple(reports), nature, keeper.event)
    for other in gone:
        merged = replace(other.event, merged_into=name, updated_at=work.now)
        work.told_strikes[merged.id] = merged
        work.strikes.put(merged.id, None)
        for item in {one.ref.item for one in other.told}:
            _redirect(work, item, merged.id, name)
        _tell(work, "strike.merged", event, told, {"merged": other.event.id})
    _put(work, Strike(event, tuple(reports)))
    if not gone and _differs(keeper.event, event):
        _tell(work, "strike.updated", event, told, {"was": _figures(keeper.event)})
    return name


def _rank_of(told: Sequence[Told]) -> tuple[datetime, str]:
    """When the earliest of these reports was said; its id breaks ties."""
    return min((one.at, one.ref.report) for one in told)


def take_back_strike(work: Work, key: str, item: str, version: int, is_deleted: bool) -> None:
    """A post no longer stands. Deleted: its report is marked and kept. Edited or retracted: it counts no more."""
    strike = work.strikes.get(key)
    if strike is None:
        return
    if is_deleted:
        told = tuple(replace(one, is_deleted=True) if one.ref.item == item else one for one in strike.told)
        work.strikes.put(key, replace(strike, told=told))
        ref = next((one for one in told if one.ref.item == item), None)
        if ref is not None:
            _tell(work, "strike.updated", strike.event, ref, {"source_deleted": True, "deleted_item": item})
        return
    gone = [one for one in strike.told if (one.ref.item, one.ref.version) == (item, version)]
    left = tuple(one for one in strike.told if one not in gone)
    if not gone:
        return
    if not left:
        dead = replace(strike.event, retracted_at=work.now, updated_at=work.now)
        work.strikes.put(key, None)
        work.told_strikes[key] = dead
        _tell(work, "report.retracted", dead, gone[0], {"retracts": [one.ref.report for one in gone]})
        return
    groups = _groups(work, left)
    event = _event(work, key, groups[0], strike.event.nature, strike.event)
    _put(work, Strike(event, groups[0]))
    if _differs(strike.event, event):
        retracts: list[JSON] = [one.ref.report for one in gone]
        _tell(work, "strike.updated", event, gone[0], {"was": _figures(strike.event), "retracts": retracts})
    for group in groups[1:]:
        part = _event(work, group[0].ref.report, group, strike.event.nature, None)
        _put(work, Strike(part, group))
        for one in {told.ref.item for told in group}:
            _redirect(work, one, key, part.id)
        _tell(work, "strike.split", part, group[0], {"from": key})


def _joins(work: Work, strike: Strike, told: Told) -> bool:
    return any(_same(work, one, told) for one in strike.told)


def _same(work: Work, one: Told, other: Told) -> bool:
    if not _near_in_time(one, other) or not _weapons_agree(one, other):
        return False
    return _nested(work, one.places, other.places) or _loosely_named(work, one, other)


def _near_in_time(one: Told, other: Told) -> bool:
    if one.occurred is not None and other.occurred is not None:
        return abs(one.occurred - other.occurred) <= _HALF_DAY
    first, second = _day(one.date), _day(other.date)
    if first is not None and second is not None:
        return first[0] - second[1] <= timedelta(days=1) and second[0] - first[1] <= timedelta(days=1)
    if one.is_retro or other.is_retro:
        return False
    return abs(one.at - other.at) <= _HALF_DAY


def _day(text: str | None) -> tuple[date, date] | None:
    """First and last day of ``YYYY-MM-DD`` or ``A/B``; None for anything else."""
    if text is None:
        return None
    first, _, last = text.partition("/")
    try:
        return date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None


def _weapons_agree(one: Told, other: Told) -> bool:
    if not one.weapons or not other.weapons:
        return True
    return bool({_FAMILY.get(w, w) for w in one.weapons} & {_FAMILY.get(w, w) for w in other.weapons})


def _nested(work: Work, ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """One place inside the other, or the same; a whole country joins nothing."""
    rules = work.rules
    for one in ours:
        for other in theirs:
            if rules.is_country(one) or rules.is_country(other):
                continue
            if one in rules.line(other) or other in rules.line(one):
                return True
    return False


def _loosely_named(work: Work, one: Told, other: Told) -> bool:
    """A capital for the region around it, as newsrooms far away write: both are named as a whole, one after the
    other's surroundings, and not both by sources that have authority there."""
    pairs = [(near, far) for near in one.places for far in other.places]
    around = work.rules.gazetteer.enclaves
    if not any(around.get(near) == far or around.get(far) == near for near, far in pairs):
        return False
    return not all(
        any(work.rules.may_open(told.ref.source, place, "strike") for place in told.places) for told in (one, other)
    )


def _groups(work: Work, told: tuple[Told, ...]) -> list[tuple[Told, ...]]:
    """The reports that still hang together, the group with the earliest one first."""
    groups: list[list[Told]] = []
    for one in told:
        touching = [group for group in groups if any(_same(work, one, other) for other in group)]
        joined = [one, *(other for group in touching for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append(joined)
    ordered = [tuple(sorted(group, key=lambda told: (told.at, told.ref.report))) for group in groups]
    return sorted(ordered, key=lambda group: (group[0].at, group[0].ref.report))


def _event(work: Work, key: str, told: Sequence[Told], nature: str, before: StrikeEvent | None) -> StrikeEvent:
    first = min((one.occurred or one.at for one in told), default=work.now)
    dated = [one for one in told if one.date is not None]
    is_retro = all(one.is_retro for one in told)
    places = tuple(dict.fromkeys(place for one in told for place in one.places))
    exact = min((one.occurred for one in told if one.occurred is not None), default=None)
    alert, lead = (None, None) if is_retro else _alert_at(work, places, exact or first)
    if before is not None and before.alert is not None and alert is None:
        alert, lead = before.alert, before.lead_seconds
    return StrikeEvent(
        id=key, places=_narrowest(work, places), weapons=tuple(sorted({w for one in told for w in one.weapons})),
        date=min((one.date for one in dated if one.date), key=_when, default=None), first_at=first,
        known_at=before.known_at if before else work.now, updated_at=work.now,
        target_kind=next((one.target_kind for one in reversed(told) if one.target_kind), None),
        killed=_toll(told, "killed"), injured=_toll(told, "injured"),
        claimants=tuple(dict.fromkeys(one.claimant for one in told)), origins=count_origins(one.marks for one in told),
        sources=tuple(dict.fromkeys(one.ref.source for one in told)), alert=alert, lead_seconds=lead,
        is_retro=is_retro, is_late=all(one.is_late for one in told), nature=nature,  # type: ignore[arg-type]
        evidence=tuple(one.ref for one in told),
    )  # fmt: skip


def _when(text: str) -> tuple[bool, str]:
    return ("/" in text, text)


def _narrowest(work: Work, places: Iterable[str]) -> tuple[str, ...]:
    """The places without those that merely contain another of them."""
    named = tuple(places)
    around = {step for place in named for step in work.rules.line(place)[1:]}
    return tuple(place for place in named if place not in around)


def _toll(told: Sequence[Told], field: str) -> Toll:
    """The newest figure of each claimant makes the range; the newest of all is ``latest``. Never added up."""
    newest: dict[str, tuple[datetime, int]] = {}
    for one in told:
        value: int | None = getattr(one, field)
        if value is not None and (one.claimant not in newest or newest[one.claimant][0] <= one.at):
            newest[one.claimant] = (one.at, value)
    if not newest:
        return Toll()
    values = [value for _, value in newest.values()]
    claimant, (at, latest) = max(newest.items(), key=lambda pair: (pair[1][0], pair[0]))
    return Toll(least=min(values), most=max(values), latest=latest, claimant=claimant, at=at)


def _alert_at(work: Work, places: Sequence[str], at: datetime) -> tuple[str | None, int | None]:
    """The alert in force there and then, also one that is over by now, and how long before the strike it had begun."""
    for place in places:
        for step in work.rules.line(place):
            cell = work.cells.get(cell_key(step, SIREN))
            if cell is None:
                continue
            for interval in sorted(fold(cell, cell.events, work.rules)[1].values(), key=lambda one: one.id):
                if interval.started_at is None or interval.started_at > at or interval.retracted_at is not None:
                    continue
                if interval.ended_at is None or interval.ended_at >= at:
                    return interval.id, int((at - interval.started_at).total_seconds())
    return None, None


def _differs(old: StrikeEvent, new: StrikeEvent) -> bool:
    return _figures(old) != _figures(new)


def _figures(event: StrikeEvent) -> dict[str, JSON]:
    return {
        "places": list(event.places), "weapons": list(event.weapons), "origins": event.origins,
        "killed": _plain(event.killed), "injured": _plain(event.injured), "target_kind": event.target_kind,
    }  # fmt: skip


def _plain(toll: Toll) -> dict[str, JSON]:
    return {"least": toll.least, "most": toll.most, "latest": toll.latest, "claimant": toll.claimant}


def _put(work: Work, strike: Strike) -> None:
    work.strikes.put(strike.event.id, strike)
    work.told_strikes[strike.event.id] = strike.event


def _redirect(work: Work, item: str, old: str, new: str) -> None:
    reached = work.items.get(item)
    if reached is not None:
        targets = tuple(dict.fromkeys((*(t for t in reached.targets if t != f"strikes:{old}"), f"strikes:{new}")))
        work.items.put(item, replace(reached, targets=targets))


def _tell(work: Work, what: str, event: StrikeEvent, told: Told, extra: dict[str, JSON]) -> None:
    names = [work.rules.gazetteer.name(place) for place in event.places]
    late = event.is_retro or told.is_late or work.now - told.at > work.rules.late_after
    at = told.occurred or told.at
    work.changes.append(
        Change(
            id=digest(
                what, event.id, told.ref.report, [extra.get(key) for key in ("merged", "deleted_item", "retracts")]
            ),
            type=what,
            key=f"strike:{event.id}",
            subject=event.id,
            occurred_at=at,
            known_at=work.now,
            places=event.places,
            late=late,
            nature=event.nature,
            evidence=(told.ref,),
            data={
                **_figures(event),
                "names": names,
                "date": event.date,
                "claimant": told.claimant,
                "claimants": list(event.claimants),
                "retro": event.is_retro,
                "alert": event.alert,
                "lead_seconds": event.lead_seconds,
                "sources": list(event.sources),
                **extra,
            },
        )
    )
