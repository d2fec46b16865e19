"""Old items through the whole path again, on their own clock: what `monitor replay` does.

A replay knows that its file holds everything its channels said: between the first and the last item of a channel the
channel counts as being watched. In a gap of the file it is looked at fifty times at most; in a longer one it grows
stale, as it should.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.deliver import Deliverer
from monitor.model import Batch, Item, Look, SourceProfile
from monitor.pipeline import Outcome, Pipeline
from monitor.ports import DeliveryQueue
from monitor.sinks import build as build_sink

__all__ = ["HeldClock", "Replay", "Tally", "deliver_all"]

WINDOW = timedelta(seconds=10)
MOST_LOOKS = 50


class HeldClock:
    """Stands where it was put, and goes on from there at real speed once it is let go: retries come due."""

    is_replay = True

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._since: float | None = None

    def put(self, at: datetime) -> None:
        self._at = max(self._at, at)

    def let_go(self) -> None:
        self._since = time.monotonic()

    def now(self) -> datetime:
        gone = time.monotonic() - self._since if self._since is not None else 0.0
        return self._at + timedelta(seconds=gone)


@dataclass
class Tally:
    """What became of the items. ``reports`` by kind and status or measure, ``set_aside`` by reason."""

    items: int = 0
    unreadable: int = 0
    with_reports: int = 0
    admitted: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    reports: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    queued: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def add(self, outcome: Outcome) -> None:
        self.admitted.update(outcome.admitted or {})
        self.changes.update(change.type for change in outcome.changes)
        self.queued += len(outcome.deliveries)
        for read in outcome.items:
            self.sources[read.item.source] += 1
            self.with_reports += bool(read.reading.reports)
            self.signals.update(signal.kind for signal in read.reading.signals)
            self.set_aside.update(note.reason for note in read.reading.notes)
            for report in read.reading.reports:
                word = getattr(report, "status", None) or getattr(report, "measure", None)
                self.reports[f"{report.kind} {word}" if word else report.kind] += 1

    def as_json(self) -> dict[str, Any]:
        counted = ("admitted", "sources", "reports", "signals", "set_aside", "changes")
        return {
            "items": self.items,
            "unreadable": self.unreadable,
            "with_reports": self.with_reports,
            "queued": self.queued,
            "first_at": self.first_at,
            "last_at": self.last_at,
            **{name: dict(getattr(self, name).most_common()) for name in counted},
        }


class Replay:
    """Feeds items to a pipeline in windows of ten seconds of their own time."""

    def __init__(self, pipeline: Pipeline, profiles: dict[str, SourceProfile], clock: HeldClock | None = None) -> None:
        self.pipeline = pipeline
        self.profiles = profiles
        self.clock = clock
        self.tally = Tally()
        self._looked: dict[str, datetime] = {}
        self._now: datetime | None = None

    def run(self, items: Iterable[Item], on_item: Callable[[int], None] = lambda count: None) -> Tally:
        """Take all items, in the order of the file; time never goes back. Raises ``StoreError``."""
        for window in _windows(items):
            at = max(item.received for item in window)
            if self._now is not None:
                at = max(at, self._now)
                self._pass_time(self._now, at)
            self._now = at
            if self.clock is not None:
                self.clock.put(at)
            self.tally.first_at = self.tally.first_at or at
            self.tally.last_at = at
            self.tally.items += len(window)
            for source, group in _by_source(window).items():
                self._run(source, tuple(group), at)
            self._look_again(at)
            on_item(len(window))
        if self._now is not None:
            self.tally.add(self.pipeline.tick(self._now + WINDOW))
        return self.tally

    def _pass_time(self, before: datetime, now: datetime) -> None:
        """Look at every channel often enough to keep it fresh, up to a limit."""
        if now - before <= WINDOW:
            return
        step = max((now - before) / MOST_LOOKS, timedelta(seconds=30), self._shortest() / 4)
        at = before + step
        while at < now:
            self._look_again(at)
            self.tally.add(self.pipeline.tick(at))
            at += step

    def _look_again(self, at: datetime) -> None:
        """At every channel whose last look is half as old as its word may be."""
        for source in list(self._looked):
            if at - self._looked[source] >= self._fresh_for(source) / 2:
                self._run(source, (), at)

    def _shortest(self) -> timedelta:
        """How long the word holds of the source that grows stale first: nothing need be looked at much more often."""
        return min((self._fresh_for(source) for source in self._looked), default=timedelta(0))

    def _fresh_for(self, source: str) -> timedelta:
        profile = self.profiles.get(source)
        return profile.stale_after if profile else timedelta(minutes=10)

    def _run(self, source: str, items: tuple[Item, ...], at: datetime) -> None:
        newest = max((item.published for item in items if item.published), default=None)
        look = Look(source, at, "ok" if items else "unchanged", newest=newest)
        taken = tuple(replace(item, received=max(item.received, item.published or item.received)) for item in items)
        self.tally.add(self.pipeline.run(Batch(source, taken, look), at))
        self._looked[source] = at


async def deliver_all(
    queue: DeliveryQueue, clock: HeldClock, waiting: Callable[[], int], seconds: float, on_left: Callable[[int], None]
) -> int:
    """Deliver what is due until nothing waits or the time is up; returns how many messages are still waiting."""

    async def in_thread(call: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.to_thread(call, *args)

    clock.let_go()
    deliverer = Deliverer(queue, build_sink, clock, in_thread)
    task = asyncio.create_task(deliverer.run())
    left = waiting()
    end = time.monotonic() + seconds
    try:
        while left and time.monotonic() < end and not task.done():
            await asyncio.sleep(0.05)
            left = waiting()
            on_left(left)
    finally:
        await deliverer.stop(2.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return left


def _windows(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in groups that were received within one window."""
    window: list[Item] = []
    for item in items:
        if window and not timedelta(0) <= item.received - window[0].received < WINDOW:
            yield window
            window = []
        window.append(item)
    if window:
        yield window


def _by_source(items: list[Item]) -> dict[str, list[Item]]:
    out: dict[str, list[Item]] = {}
    for item in items:
        out.setdefault(item.source, []).append(item)
    return out
