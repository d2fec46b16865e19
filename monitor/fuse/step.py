"""One step: what was known, with what was told and seen since, is what is known now and what is new about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.fuse.alerts import alert_told, place_id, settle_nations
from monitor.fuse.cells import News
from monitor.fuse.clock import beat, expire, note_jump, on_our_clock, prune, raise_standing
from monitor.fuse.counts import count_told
from monitor.fuse.coverage import check_sources, looked, note_hole, settle
from monitor.fuse.history import is_row, row_told
from monitor.fuse.recall import recall
from monitor.fuse.records import Reached, SourceRecord
from monitor.fuse.rules import SIREN, Rules
from monitor.fuse.snapshots import release_held, snapshot_told
from monitor.fuse.state import State, Work
from monitor.fuse.strikes import strike_told
from monitor.fuse.withdraw import signal_told, withdrawn
from monitor.model import (
    AlertReport,
    Claim,
    CountReport,
    Fused,
    Look,
    Signal,
    Snapshot,
    StrikeReport,
    Telling,
    Withdrawal,
)

__all__ = ["fuse"]

_FIRST_PAGE = timedelta(days=3)


def fuse(
    state: State,
    tellings: Sequence[Telling],
    withdrawals: Sequence[Withdrawal],
    looks: Sequence[Look],
    now: datetime,
    rules: Rules,
    recalled: Sequence[Claim] = (),
) -> Fused:
    """What is new, and the state after it. Three empty sequences are a tick of time.

    ``recalled`` are whole chains of claims that the state had forgotten (``recall.forgotten``).
    The same state and arguments always give the same result; the order of ``tellings`` does not matter.
    """
    work = Work(state, now, rules)
    news = News(work)
    note_jump(work)
    recall(work, recalled)
    tellings = [on_our_clock(work, telling) for telling in tellings]
    raise_standing(work)
    tellings, rows = [one for one in tellings if not is_row(one)], [one for one in tellings if is_row(one)]
    for row in rows:
        row_told(work, row)
    check_sources(work, _hear_sources(work, tellings, looks))
    edited = {one.item: one.at for one in withdrawals if one.cause == "replaced"}
    for group in _by_item(tellings):
        _hear_item(work, news, group, edited.get(group[0].item))
        news.tell()
    for one in sorted(withdrawals, key=lambda one: (one.at, one.item, one.version)):
        withdrawn(work, news, one)
        news.tell()
    release_held(work, news)
    sources = sorted({telling.source for telling in tellings})
    check_sources(work, _settle_all(work, sources))
    expire(work, news)
    news.tell()
    if not (tellings or rows or withdrawals or looks):
        beat(work)
    prune(work)
    return Fused(
        state=work.view(),
        changes=tuple(work.changes),
        intervals=tuple(work.intervals.values()),
        strikes=tuple(work.told_strikes.values()),
        claims=tuple(work.claims.values()),
        coverage=tuple(work.coverage.values()),
        memory=work.memory(),
    )


def _hear_sources(work: Work, tellings: Sequence[Telling], looks: Sequence[Look]) -> bool:
    """Hearing from a source is a look at it. True where anyone's word became fresh or stopped being so."""
    late = {telling.source for telling in tellings if telling.is_late}
    listed = {telling.source for telling in tellings if isinstance(telling.what, Snapshot)}
    for source in sorted({telling.source for telling in tellings} | {look.source for look in looks}):
        note_hole(work, source)
        _begin_watch(work, source, tellings)
    for telling in tellings:
        record = work.source(telling.source)
        if isinstance(telling.what, Snapshot):
            continue
        if telling.is_late:
            if not record.is_catching_up and not work.is_fresh(telling.source):
                work.sources.put(telling.source, replace(record, is_catching_up=True))
            continue
        is_back = record.suspended_at is not None and _speaks_again(telling, record.suspended_at)
        work.sources.put(
            telling.source,
            replace(
                record,
                last_ok=max(record.last_ok or telling.received, min(telling.received, work.now)),
                newest=max(record.newest or telling.at, telling.at),
                watched_since=min(record.watched_since or telling.at, telling.at),
                suspended_at=None if is_back else record.suspended_at,
            ),
        )
    for look in sorted(looks, key=lambda look: (look.at, look.source)):
        looked(work, look, look.source in late, look.source in listed)
    touched = sorted({telling.source for telling in tellings} | {look.source for look in looks})
    return _settle_all(work, touched)


def _begin_watch(work: Work, source: str, tellings: Sequence[Telling]) -> None:
    """The first that is ever had of a source says from when on it is known; later gaps are for it to fill."""
    if work.sources.get(source) is None:
        said = [one.at for one in tellings if one.source == source and work.now - one.at <= _FIRST_PAGE]
        work.sources.put(source, SourceRecord(id=source, watched_since=min([work.now, *said])))


def _settle_all(work: Work, sources: Sequence[str]) -> bool:
    flipped = False
    for source in sources:
        flipped = settle(work, source) or flipped
    return flipped


def _speaks_again(telling: Telling, suspended_at: datetime) -> bool:
    """An alert after the notice of an outage shows that the source is back."""
    what = telling.what
    return isinstance(what, AlertReport) and what.status != "threat" and telling.at > suspended_at


def _by_item(tellings: Sequence[Telling]) -> list[list[Telling]]:
    """The tellings by item version, in the order in which they were said."""
    groups: dict[tuple[str, int], list[Telling]] = {}
    for telling in tellings:
        groups.setdefault((telling.item, telling.version), []).append(telling)
    ordered = sorted(
        groups.values(), key=lambda group: (group[0].at, group[0].source, _number(group[0]), group[0].item)
    )
    return [sorted(group, key=lambda one: (not _is_end(one), one.id)) for group in ordered]


def _number(telling: Telling) -> int:
    tail = telling.item.rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 19 else 0


def _is_end(telling: Telling) -> bool:
    return isinstance(telling.what, AlertReport) and telling.what.status == "end"


def _hear_item(work: Work, news: News, group: Sequence[Telling], edited_at: datetime | None) -> None:
    """One version of one item: all that it says, and the way back from it for the day it is edited or deleted."""
    first = group[0]
    if isinstance(first.what, Snapshot):
        for telling in group:
            snapshot_told(work, news, telling)
        return
    known = work.items.get(first.item)
    heard = set(known.tellings) if known is not None else set()
    fresh = [telling for telling in group if telling.id not in heard]
    if not fresh:
        return
    is_mass = len({p for one in fresh if _is_end(one) for p in _ended_places(work, one)}) >= work.rules.mass
    targets: list[str] = list(known.targets) if known is not None else []
    for telling in fresh:
        targets += _hear_one(work, news, telling, is_mass, edited_at)
    settle_nations(work, news, targets)
    version = max(first.version, known.version) if known is not None else first.version
    work.items.put(
        first.item,
        Reached(
            item=first.item, source=first.source, said_at=known.said_at if known else first.at, at=work.now,
            version=version, tellings=(*(known.tellings if known else ()), *(one.id for one in fresh)),
            targets=tuple(dict.fromkeys(targets)),
        ),
    )  # fmt: skip


def _ended_places(work: Work, telling: Telling) -> list[str]:
    """The regions whose siren a report ends: a whole country's end is that of all its regions."""
    what = telling.what
    assert isinstance(what, AlertReport)
    if (what.threat or SIREN) != SIREN:
        return []
    out: list[str] = []
    for place in (place_id(one) for one in what.places):
        out += work.rules.units(place) if work.rules.is_country(place) else (place,)
    return out


def _hear_one(work: Work, news: News, telling: Telling, is_mass: bool, edited_at: datetime | None) -> list[str]:
    match telling.what:
        case AlertReport():
            return alert_told(work, news, telling, is_mass, edited_at)
        case StrikeReport():
            return strike_told(work, telling)
        case CountReport():
            return count_told(work, telling)
        case Signal():
            signal_told(work, news, telling)
            return []
        case Snapshot():
            return []
