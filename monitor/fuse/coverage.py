"""How the sources are doing: live, quiet, degraded, suspended or lost; whether their word is fresh; what is watched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.fuse.freshness import GONE, NO_WORD, is_fresh
from monitor.fuse.records import SourceRecord
from monitor.fuse.rules import Rules
from monitor.fuse.state import Work
from monitor.identity import digest
from monitor.model import Change, Coverage, Look

__all__ = ["check_sources", "looked", "note_hole", "settle"]

_FAILS = 2


def looked(work: Work, look: Look, heard_late: bool = False, brought_list: bool = False) -> None:
    """One look at a source. ``heard_late``: the same step brought history from it, so it is not at its end yet.

    ``brought_list``: the age of the data is that of the list, which has yet to be judged. Without one a newer data
    time says that the list is what it was, and what is missing from it still is.
    """
    record = work.source(look.source)
    if look.outcome == "failed":
        record = replace(record, last_look=look.at, fails=record.fails + 1, fail_reason=look.reason or "unavailable")
    else:
        data_at, trusted, missing = record.data_at, record.trusted_at, record.missing
        newest = look.newest if look.newest is not None and look.newest <= work.now else None  # or breaks no silence
        if data_at is not None and look.data_at is not None and look.data_at > data_at and not brought_list:
            data_at, trusted = look.data_at, trusted if missing else min(look.data_at, work.now)
            missing = tuple(replace(one, agreed=one.agreed + 1) for one in missing)
        record = replace(
            record, last_look=look.at, last_ok=_later(record.last_ok, min(look.at, work.now)), fails=0,
            fail_reason=None, newest=_later(record.newest, newest), data_at=data_at, trusted_at=trusted,
            missing=missing, is_catching_up=record.is_catching_up and heard_late,
        )  # fmt: skip
    work.sources.put(look.source, record)


def settle(work: Work, source: str) -> bool:
    """Write down the source's health as it is now; True where its word became fresh or stopped being so."""
    record = work.sources.get(source)
    if record is None:
        return False
    health, reason = _health(record, work.now, work.rules)
    fresh = is_fresh(record, work.now, work.rules)
    flipped = fresh != record.is_fresh
    if (health, reason) != (record.health, record.reason) or record.since is None:
        _turn(work, record, health, reason)
        work.sources.put(source, replace(record, health=health, reason=reason, since=work.now, is_fresh=fresh))
    elif flipped:
        work.sources.put(source, replace(record, is_fresh=fresh))
    due = _next_due(record, work.now, work.rules)
    if work.meta.sources_due is None or due < work.meta.sources_due:
        work.meta = replace(work.meta, sources_due=due)
    return flipped


def note_hole(work: Work, source: str) -> None:
    """Nothing was asked of anyone for a while (the machine slept): the rows of coverage say so."""
    record = work.sources.get(source)
    if record is None or record.since is None or not record.is_fresh or is_fresh(record, work.now, work.rules):
        return
    seen = record.trusted_at if record.data_at is not None else record.last_ok
    if seen is None or work.now - seen <= max(work.rules.jump_after, work.rules.stale_after(source)):
        return
    start = seen + work.rules.stale_after(source)
    row = _row(source, record.health, record.reason, record.since)
    hole = _row(source, "lost", "not_watched", start)
    after = _row(source, record.health, record.reason, work.now)
    for one, end in ((row, max(start, record.since)), (hole, work.now), (after, None)):
        work.coverage[one.id] = replace(one, ended_at=end)
    work.sources.put(source, replace(record, since=work.now))


def check_sources(work: Work, flipped: bool) -> None:
    """All sources whose time has come; then, where any word became fresh or stale, what is watched."""
    due = work.meta.sources_due
    if due is not None and work.now >= due:
        work.meta = replace(work.meta, sources_due=None)
        for source in sorted(key for key, _ in work.sources.items()):
            if work.meta.jumped_at == work.now:
                note_hole(work, source)
            flipped = settle(work, source) or flipped
    if flipped:
        work.meta = replace(work.meta, cells_due=work.now)
        _recount(work)


def _health(record: SourceRecord, now: datetime, rules: Rules) -> tuple[str, str | None]:
    stale = rules.stale_after(record.id)
    if record.suspended_at is not None:
        return "suspended", "outage_notice"
    if record.fail_reason in GONE:
        return "lost", record.fail_reason
    seen = record.trusted_at if record.data_at is not None else record.last_ok
    if seen is None or now - seen > stale:
        if record.fails == 0 and record.data_at is not None and record.last_ok and now - record.last_ok <= stale:
            return "degraded", "frozen"
        return "lost", record.fail_reason or "silent"
    if record.fails >= _FAILS or record.fail_reason in NO_WORD:
        return "degraded", record.fail_reason
    if record.missing:
        return "degraded", "suspect"
    if record.is_catching_up:
        return "degraded", "catching_up"
    limit = rules.longest_silence(record.id)
    if limit is not None and record.newest is not None and record.data_at is None:
        silence = now - record.newest
        if silence > limit:
            return "degraded", "silent"
        if silence > limit / 4:
            return "quiet", None
    return "live", None


def _next_due(record: SourceRecord, now: datetime, rules: Rules) -> datetime:
    """The next moment after ``now`` at which time alone can change this source's health."""
    stale = rules.stale_after(record.id)
    limit = rules.longest_silence(record.id)
    marks: list[datetime] = []
    marks += [seen + stale for seen in (record.trusted_at, record.last_ok) if seen is not None]
    if record.newest is not None and limit is not None:
        marks += [record.newest + limit / 4, record.newest + limit]
    ahead = [mark + timedelta(microseconds=1) for mark in marks if mark >= now]
    return min(ahead, default=now + timedelta(days=1))


def _turn(work: Work, record: SourceRecord, health: str, reason: str | None) -> None:
    """The source's health changes: one row of coverage ends, another begins, and whoever asked is told."""
    now = work.now
    if record.since is not None:
        row = _row(record.id, record.health, record.reason, record.since)
        work.coverage[row.id] = replace(row, ended_at=max(now, record.since))
    row = _row(record.id, health, reason, now)
    work.coverage[row.id] = row
    if record.since is None and health in ("live", "quiet"):
        return
    work.changes.append(
        Change(
            id=digest("source.changed", record.id, health, reason, now),
            type="source.changed",
            key=f"source:{record.id}",
            subject=record.id,
            occurred_at=now,
            known_at=now,
            nature="system",
            data={"source": record.id, "health": health, "reason": reason, "was": record.health},
        )
    )


def _row(source: str, health: str, reason: str | None, since: datetime) -> Coverage:
    return Coverage(
        id=digest("coverage", source, since), source=source, health=health, reason=reason, started_at=since,  # type: ignore[arg-type]
    )  # fmt: skip


def _recount(work: Work) -> None:
    """Which first-level regions have at least one fresh source with authority over their alerts."""
    fresh = sorted(key for key, record in work.sources.items() if record.is_fresh)
    covered = tuple(unit for unit in work.rules.watched() if any(work.rules.may_open(s, unit) for s in fresh))
    before = work.meta.covered
    work.meta = replace(work.meta, covered=covered)
    _tell_regions(work, "coverage.lost", [unit for unit in before if unit not in covered], fresh)
    _tell_regions(work, "coverage.restored", [unit for unit in covered if unit not in before], fresh)


def _tell_regions(work: Work, what: str, regions: Iterable[str], fresh: list[str]) -> None:
    places = tuple(regions)
    if not places:
        return
    names = [place.name for one in places if (place := work.rules.place(one))]
    work.changes.append(
        Change(
            id=digest(what, work.now, places),
            type=what,
            key="coverage",
            subject="coverage",
            places=places,
            occurred_at=work.now,
            known_at=work.now,
            nature="system",
            data={"regions": list(places), "names": names, "sources": fresh},
        )
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)
