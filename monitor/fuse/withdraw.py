"""Words that no longer stand: posts edited or deleted, and what a source itself takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor.fuse.advice import take_back_advice
from monitor.fuse.alerts import place_id, ref_of, settle_nations
from monitor.fuse.cells import News, evidence, take_back
from monitor.fuse.counts import take_back_count
from monitor.fuse.records import Event, Reached
from monitor.fuse.state import Work
from monitor.fuse.strikes import take_back_strike
from monitor.identity import digest
from monitor.model import Change, EvidenceRef, Signal, Telling, Withdrawal

__all__ = ["signal_told", "withdrawn"]

_RECENT = timedelta(hours=3)
_HASTY = timedelta(minutes=30)
_ENDS = ("end", "off")


def withdrawn(work: Work, news: News, one: Withdrawal) -> None:
    """An older version of a post is gone. What a newer version says again was heard before this is called."""
    reached = work.items.get(one.item)
    if reached is None:
        return
    if one.cause == "deleted":
        _deleted(work, news, one, reached)
        return
    told = evidence(digest("replaced", one.item, one.version), one.item, one.source, one.at, "edited")
    for target in reached.targets:
        group, _, key = target.partition(":")
        if group == "cells":
            _take_cell(work, news, key, one.item, one.version, told, one.at)
        elif group == "strikes":
            take_back_strike(work, key, one.item, one.version, False)
        elif group == "chains":
            again = [key] if _claims_again(work, key, one) else []
            take_back_count(work, key, one.item, one.version, False, again)
        elif group == "advice":
            take_back_advice(work, key, one.item, one.version)
    settle_nations(work, news, reached.targets)


def _claims_again(work: Work, key: str, one: Withdrawal) -> bool:
    chain = work.chains.get(key)
    return chain is not None and any(
        claim.evidence[0].item == one.item and claim.evidence[0].version > one.version for claim in chain.claims
    )


def _deleted(work: Work, news: News, one: Withdrawal, reached: Reached) -> None:
    """A deleted post is marked and its evidence kept. Only an all-clear taken away soon after is no longer believed."""
    work.items.put(one.item, replace(reached, is_deleted=True))
    for target in reached.targets:
        group, _, key = target.partition(":")
        if group == "strikes":
            take_back_strike(work, key, one.item, one.version, True)
        elif group == "chains":
            take_back_count(work, key, one.item, one.version, True)
        elif group == "cells" and one.at - reached.said_at <= _HASTY:
            cell = work.cells.get(key)
            if cell is not None:
                take_back(work, news, cell, lambda e: e.verb in _ENDS and e.told.item == one.item, None)


def _take_cell(work: Work, news: News, key: str, item: str, version: int, told: EvidenceRef, at: datetime) -> None:
    cell = work.cells.get(key)
    if cell is None:
        return
    ended_by_edit = any(e.verb in _ENDS and e.told.item == item and e.told.version > version for e in cell.events)
    if ended_by_edit:
        return  # an alert edited into its all-clear was one: it has ended, it was not taken back
    was_start = any(_of(e, item, version) and e.verb not in _ENDS for e in cell.events)
    why = Event(at, "doubt", told.source, told, work.now) if was_start else None
    take_back(work, news, cell, lambda e: _of(e, item, version), why)


def _of(event: Event, item: str, version: int) -> bool:
    return event.told.item == item and event.told.version <= version


def signal_told(work: Work, news: News, telling: Telling) -> None:
    """Hear what a text says about sources or reports rather than about the world."""
    what = telling.what
    assert isinstance(what, Signal)
    if what.kind == "source_outage":
        _suspend(work, telling)
    elif what.kind == "source_resumed":
        record = work.source(telling.source)
        if record.suspended_at is not None and telling.at >= record.suspended_at:
            work.sources.put(telling.source, replace(record, suspended_at=None))
    elif what.kind == "retraction":
        _retract(work, news, telling, what)
    elif what.kind in ("drill", "test"):
        _notice(work, telling, what)


def _suspend(work: Work, telling: Telling) -> None:
    record = work.source(telling.source)
    if record.newest is not None and record.newest > telling.at:
        return  # it has published since
    work.sources.put(telling.source, replace(record, suspended_at=telling.at))


def _retract(work: Work, news: News, telling: Telling, what: Signal) -> None:
    """Take back the report that the source means: the one it answers to, else its newest one that fits. Of a strike or
    a figure it has to be told which: by the post answered, a place, or the one area that the source speaks for."""
    places = [place_id(place) for place in what.places]
    ref = ref_of(telling)
    answered = _answered(work, telling)
    profile = work.rules.profiles.get(telling.source)
    is_told = answered is not None or bool(places) or (profile is not None and len(profile.area) == 1)
    for reached in [answered] if answered is not None else _recent(work, telling):
        hit = False
        for target in reached.targets:
            group, _, key = target.partition(":")
            if group == "cells" and what.of in (None, "alert"):
                cell = work.cells.get(key)
                if cell is None or not _fits(work, (cell.place,), places):
                    continue
                why = Event(telling.at, "doubt", telling.source, ref, work.now)
                hit |= take_back(work, news, cell, partial(_is_start_of, reached.item), why)
            elif group == "strikes" and is_told and what.of in (None, "strike"):
                strike = work.strikes.get(key)
                if strike is None or not _fits(work, strike.event.places, places):
                    continue
                take_back_strike(work, key, reached.item, reached.version, False)
                hit = True
            elif group == "chains" and is_told and what.of in (None, "count"):
                take_back_count(work, key, reached.item, reached.version, False)
                hit = True
            elif group == "advice" and what.of in (None, "alert"):
                hit |= take_back_advice(work, key, reached.item, reached.version)
        if hit:
            return


def _is_start_of(item: str, event: Event) -> bool:
    return event.told.item == item and event.verb not in _ENDS


def _answered(work: Work, telling: Telling) -> Reached | None:
    """The post of the same source that a post answers or quotes."""
    origin = telling.origin
    if origin is None or origin.kind not in ("reply", "quote") or origin.key is None:
        return None
    answered = work.items.get(origin.key)
    return answered if answered is not None and answered.source == telling.source else None


def _recent(work: Work, telling: Telling) -> list[Reached]:
    """Posts of the same source that a retraction can mean, the newest first."""
    recent = [
        reached
        for _, reached in work.items.items()
        if reached.source == telling.source
        and reached.item != telling.item
        and timedelta(0) <= telling.at - reached.said_at <= _RECENT
    ]
    return sorted(recent, key=lambda reached: (reached.said_at, reached.item), reverse=True)


def _fits(work: Work, told: Sequence[str], places: list[str]) -> bool:
    """Whether one of the places ``told`` lies in, or around, one that the retraction names; it may name none."""
    return not places or any(
        place in work.rules.line(one) or one in work.rules.line(place) for one in told for place in places
    )


def _notice(work: Work, telling: Telling, what: Signal) -> None:
    """A drill or a test is told in its own stream and touches nothing else."""
    places = tuple(place_id(place) for place in what.places)
    work.changes.append(
        Change(
            id=digest("system.notice", what.kind, telling.id),
            type="system.notice",
            key=f"source:{telling.source}",
            subject=telling.id,
            occurred_at=telling.at,
            known_at=work.now,
            places=places,
            nature="exercise" if what.kind == "drill" else "test",
            late=telling.is_late,
            evidence=(ref_of(telling),),
            data={"notice": what.kind, "source": telling.source},
        )
    )
