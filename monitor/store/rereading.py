"""Reading all raw items anew with today's rules, into a scratch store, on the path that they came by the first time.

The raw log says what was committed when; the record of coverage says when which source was being watched. Both are
played again: each batch at the time of its commit, and between two batches looks at every source as often as keeps its
word fresh, up to a limit. So a re-reading depends on nothing but the stored rows: the same raw log gives the same hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.fuse import Rules
from monitor.identity import ROW
from monitor.model import Batch, Coverage, Look
from monitor.pipeline import Pipeline
from monitor.ports import Reader
from monitor.store import series
from monitor.store.answers import REPORTING, StoredItem
from monitor.store.rebuild import raw_items
from monitor.store.sql_store import SqlStore

__all__ = ["reread"]

STEP = timedelta(minutes=1)
MOST_STEPS = 20
"""Into how many looks a pause between two batches is cut at most, as a replay does."""


def reread(
    store: SqlStore,
    scratch: SqlStore,
    read: Reader,
    rules: Rules,
    *,
    on_batch: Callable[[int], None] = lambda items: None,
) -> int:
    """Read every raw item of ``store`` into the empty ``scratch``; gives how many. ``on_batch`` is told how many are
    done. Compare with ``rebuild.differences``, take over with ``rebuild.replace_derived``."""
    pipeline = Pipeline(scratch, read, replace(rules, heartbeat=None))
    spans = series.coverage(store)
    before: datetime | None = None
    done = 0
    for batch in raw_items(store):
        at = batch[0].committed_at
        if before is not None:
            # A clock that was set back is not played again: time only goes on.
            at = max(at, before)
            _pass_time(pipeline, spans, before, at)
        for source, some in _by_source(batch):
            if some[0].item.key.startswith(ROW):
                pipeline.record(source, [one.item for one in some], at)
                continue
            newest = max((one.item.published for one in some if one.item.published), default=None)
            items = tuple(one.item for one in some)
            pipeline.run(Batch(source, items, _look_with(spans, source, at, newest)), at)
        before = at
        done += len(batch)
        on_batch(done)
    return done


def _pass_time(pipeline: Pipeline, spans: Sequence[Coverage], before: datetime, now: datetime) -> None:
    step = max((now - before) / MOST_STEPS, STEP)
    at = before + step
    while at < now:
        for look in _looks(spans, at):
            pipeline.run(Batch(look.source, (), look), at)
        pipeline.tick(at)
        at += step


def _looks(spans: Sequence[Coverage], at: datetime) -> Iterator[Look]:
    """What a look at each source gave at that time, as its coverage tells."""
    for span in sorted(spans, key=lambda span: (span.source, span.started_at, span.id)):
        if span.started_at <= at and (span.ended_at is None or at < span.ended_at):
            if span.health in REPORTING:
                yield Look(span.source, at, "unchanged")
            else:
                yield Look(span.source, at, "failed", span.reason or "unavailable")


def _look_with(spans: Sequence[Coverage], source: str, at: datetime, newest: datetime | None) -> Look:
    """The look that brought items. History read by a backfill came with a failed one (``gap``): it says nothing of
    how things were at that time, so it must not make the source look fresh here either."""
    for span in spans:
        is_then = span.started_at <= at and (span.ended_at is None or at < span.ended_at)
        if span.source == source and span.reason == "gap" and is_then:
            return Look(source, at, "failed", "gap")
    return Look(source, at, "ok", newest=newest)


def _by_source(batch: Sequence[StoredItem]) -> Iterator[tuple[str, list[StoredItem]]]:
    groups: dict[str, list[StoredItem]] = {}
    for one in batch:
        groups.setdefault(one.item.source, []).append(one)
    yield from groups.items()
