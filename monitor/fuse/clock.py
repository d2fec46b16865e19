"""What time alone brings: expiry of alerts that nobody ended, jumps of the clock, the heartbeat, tidying up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.fuse.advice import expire_advice
from monitor.fuse.cells import News, evidence, hear
from monitor.fuse.known import cell_key
from monitor.fuse.records import Cell, Event
from monitor.fuse.rules import SIREN
from monitor.fuse.state import Work
from monitor.fuse.view import View
from monitor.identity import digest, interval_id
from monitor.model import JSON, Change, Interval, Telling

__all__ = ["beat", "expire", "note_jump", "on_our_clock", "prune", "raise_standing"]

_PRUNE_EVERY = timedelta(hours=6)
_LOOKED = timedelta(minutes=5)
_COARSE = timedelta(seconds=30)  # the time of the last step is kept this coarsely: a quiet tick writes nothing
_TOLERATED = timedelta(seconds=5)


def note_jump(work: Work) -> None:
    """The clock went back, or leapt ahead while sources were being watched: nothing may expire by it."""
    before, now, rules = work.meta.now, work.now, work.rules
    if before is None:
        work.meta = replace(work.meta, now=now)
        return
    gap = now - before
    is_back = gap < -_TOLERATED
    if is_back or gap >= _COARSE:
        work.meta = replace(work.meta, now=now)
    if not is_back and gap <= rules.jump_after:
        return
    looks = [record.last_look for _, record in work.sources.items() if record.last_look is not None]
    if is_back:
        if -gap > rules.jump_after:
            work.meta = replace(work.meta, behind=work.meta.behind - gap + _COARSE)
        else:
            work.meta = replace(work.meta, peak=before + _COARSE)
    elif gap > rules.jump_after and work.meta.behind:
        left = work.meta.behind - gap
        work.meta = replace(work.meta, behind=left if left > 3 * _COARSE else timedelta(0))
    if not is_back and not any(abs(before - look) <= _LOOKED for look in looks):
        return
    if is_back:
        for source, record in sorted(work.sources.items()):
            seen = record.last_ok, record.trusted_at
            if any(one is not None and one > now for one in seen):
                ok, trusted = (min(one, now) if one is not None else None for one in seen)
                work.sources.put(source, replace(record, last_ok=ok, trusted_at=trusted))
    work.meta = replace(work.meta, jumped_at=now, sources_due=now, cells_due=None if is_back else work.meta.cells_due)
    if is_back:
        work.meta = replace(work.meta, cells_due=now)
    work.changes.append(
        Change(
            id=digest("system.clock_jump", before, now),
            type="system.clock_jump",
            key="system",
            subject="clock",
            occurred_at=now,
            known_at=now,
            nature="system",
            data={"from": before.isoformat(), "to": now.isoformat(), "seconds": gap.total_seconds()},
        )
    )


def on_our_clock(work: Work, telling: Telling) -> Telling:
    """What is said now is newer than what was said before, also when the clock has gone back in between.

    A post's own time is never taken to be later than ours; while ours is behind, it is cut down to ours and looks
    older than it is. What was not cut down (``at`` before ``received``) is left alone.
    """
    meta = work.meta
    if telling.is_late or telling.at != telling.received:
        return telling
    if meta.behind:
        return replace(telling, at=telling.at + meta.behind)
    if meta.peak is not None and meta.jumped_at is not None and telling.at <= meta.peak:
        return replace(telling, at=meta.peak + (telling.at - meta.jumped_at) / 1000)
    return telling


def expire(work: Work, news: News) -> None:
    """Alerts past their longest plausible duration, whose source is alive: their end was missed, the state unknown.

    Those whose source is not alive wait until it is: a word that became fresh makes this due.
    """
    due = work.meta.cells_due
    if due is None or work.now < due:
        return
    nexts = [expire_advice(work)]
    for key in sorted(work.restless):
        cell = work.cells.get(key)
        if cell is None or cell.held.interval is None or cell.held.interval.ended_at is not None:
            continue
        nexts.append(_expire_one(work, news, cell))
    ahead = [one for one in nexts if one is not None]
    work.meta = replace(work.meta, cells_due=min(ahead, default=None))


def _expire_one(work: Work, news: News, cell: Cell) -> datetime | None:
    longest = work.rules.longest_of(cell.regime)
    due: list[datetime] = []
    for hold in cell.held.holders:
        if hold.is_lapsed or hold.verb == "on":
            continue
        since = max(hold.at, work.meta.jumped_at or hold.at)
        if work.now < since + longest:
            due.append(since + longest)
        elif cell.lane != "live" or work.is_fresh(hold.source):
            at = hold.at + longest
            report = digest("timeout", cell.place, cell.regime, hold.source, hold.at)
            told = evidence(report, "rule:longest_plausible", hold.source, at, "longest_plausible")
            event = Event(at=at, verb="timeout", source=hold.source, told=told, known_at=work.now)
            hear(work, news, cell, [event])
            cell = work.cells.get(cell_key(cell.place, cell.regime, cell.nature, cell.lane)) or cell
    return min(due, default=None)


def raise_standing(work: Work) -> None:
    """Permanent alerts are rows of the series too, once each, apart from all others by their basis."""
    for one in work.rules.gazetteer.standing:
        mark = f"{one.place}@{one.since.isoformat()}"
        if mark in work.meta.standing or one.since > work.now:
            continue
        work.meta = replace(work.meta, standing=(*work.meta.standing, mark))
        ref = evidence(digest("standing", mark), f"standing:{mark}", "gazetteer", one.since, "standing")
        row = Interval(
            id=interval_id(one.place, SIREN, f"standing:{mark}"), place=one.place, regime="air",
            started_at=one.since, start_basis="standing", known_at=work.now, ended_at=one.until,
            end_basis="explicit" if one.until else None, evidence=(replace(ref, quote=one.cite),),
        )  # fmt: skip
        work.intervals[row.id] = row


def beat(work: Work) -> None:
    """A sign of life with what is watched and what is not; three missed ones read as unknown."""
    every = work.rules.heartbeat
    last = work.meta.beat_at
    if every is None or (last is not None and timedelta(0) <= work.now - last < every):
        return
    work.meta = replace(work.meta, beat_at=work.now)
    work.changes.append(
        Change(
            id=digest("heartbeat", work.now),
            type="heartbeat",
            key="heartbeat",
            subject="heartbeat",
            occurred_at=work.now,
            known_at=work.now,
            nature="system",
            valid_until=work.now + 3 * every,
            data=_summary(work),
        )
    )


def _summary(work: Work) -> dict[str, JSON]:
    health: dict[str, int] = {}
    for record in work.sources.values():
        health[record.health] = health.get(record.health, 0) + 1
    units = work.rules.units(work.rules.home)
    view = View(work, work.now, work.rules)
    counted = {"active": 0, "partial": 0, "clear": 0, "unknown": 0, "standing": 0}
    for unit in units:
        state = view.region(unit)
        counted["standing" if state.is_standing else state.status] += 1
    covered = [unit for unit in units if unit in work.meta.covered]
    return {
        "sources": dict(sorted(health.items())), "regions": counted, "covered": len(covered),
        "uncovered": [unit for unit in units if unit not in work.meta.covered],
        "interval_seconds": work.rules.heartbeat.total_seconds() if work.rules.heartbeat else None,
    }  # fmt: skip


def prune(work: Work) -> None:
    """Forget what can no longer change anything: old posts, strikes and claims stay in the store, not here."""
    now, rules = work.now, work.rules
    if work.meta.pruned_at is not None and timedelta(0) <= now - work.meta.pruned_at < _PRUNE_EVERY:
        return
    work.meta = replace(work.meta, pruned_at=now)
    for key, item in list(work.items.items()):
        is_of_alerts = all(target.startswith(("cells:", "advice:")) for target in item.targets)
        if now - item.at > (rules.keep_items if is_of_alerts else rules.keep_claims):
            work.items.put(key, None)
    for key, strike in list(work.strikes.items()):
        if now - strike.event.updated_at > rules.keep_strikes:
            work.strikes.put(key, None)
    for key, chain in list(work.chains.items()):
        if now - max(claim.known_at for claim in chain.claims) > rules.keep_claims:
            work.put_chain(key, None)
