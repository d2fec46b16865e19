"""Watches the daemon itself: a blocked loop, a stuck writer, a clock that jumped, a machine that slept.

The clock is compared with the machine's monotonic clock once a second. A blocked loop cannot notice itself, so a
thread looks at when the loop last answered and writes down where it stands.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.daemon.writer import Writer
from monitor.ports import Clock

__all__ = ["Beats", "Jump", "LoopWatch"]

log = structlog.get_logger("monitor.daemon")


@dataclass(frozen=True, slots=True)
class Jump:
    """Time that the daemon did not live through. ``kind``: pause (stopped or asleep), forward, backward."""

    kind: str
    before: datetime
    after: datetime

    @property
    def seconds(self) -> float:
        return (self.after - self.before).total_seconds()


class Beats:
    """Notices a pause or a jump between two beats, given the clock and a monotonic second."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic, tolerance: float = 10.0) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._tolerance = timedelta(seconds=tolerance)
        self._last = (clock.now(), monotonic())

    def beat(self, expected: float = 1.0) -> Jump | None:
        """To be called every ``expected`` seconds; what happened since the last call, if it was more than that."""
        now, tick = self._clock.now(), self._monotonic()
        before, last_tick = self._last
        self._last = (now, tick)
        lived = timedelta(seconds=tick - last_tick)
        told = now - before
        if told < lived - self._tolerance:
            return Jump("backward", before, now)
        if lived > timedelta(seconds=expected) + self._tolerance:
            return Jump("pause", before, now)
        if told > lived + self._tolerance:
            return Jump("forward", before, now)
        return None


class LoopWatch:
    """A thread that notices when the event loop or the writer has been stuck for ``patience`` seconds.

    It logs the stack once per blockage and calls ``on_blocked(what, seconds)`` when it is over.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        writer: Writer,
        on_blocked: Callable[[str, float], None],
        *,
        patience: float = 5.0,
        every: float = 0.5,
    ) -> None:
        self._loop = loop
        self._writer = writer
        self._on_blocked = on_blocked
        self._patience = patience
        self._every = every
        self._answered = time.monotonic()
        self._loop_thread = threading.get_ident()
        self._stuck: dict[str, float] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="monitor-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._end.wait(self._every):
            try:
                self._loop.call_soon_threadsafe(self._answer)
            except RuntimeError:
                return
            now = time.monotonic()
            self._judge("event loop", now - self._answered, self._loop_thread)
            since = self._writer.busy_since
            self._judge("writer", now - since if since is not None else 0.0, self._writer.thread_id)

    def _answer(self) -> None:
        self._answered = time.monotonic()

    def _judge(self, what: str, seconds: float, thread: int | None) -> None:
        if seconds >= self._patience:
            is_new = what not in self._stuck
            self._stuck[what] = max(seconds, self._stuck.get(what, 0.0))
            if is_new:
                log.error("blocked", what=what, seconds=round(seconds, 1), stack=_stack(thread))
        elif what in self._stuck:
            self._on_blocked(what, self._stuck.pop(what))

    def blocked(self) -> dict[str, float]:
        """What is stuck at this moment, and for how many seconds."""
        return dict(self._stuck)


def _stack(thread: int | None) -> str:
    frame = sys._current_frames().get(thread or 0)
    return " <- ".join(
        f"{entry.filename.rsplit('/', 1)[-1]}:{entry.lineno} {entry.name}"
        for entry in reversed(traceback.extract_stack(frame)[-12:])
    )
