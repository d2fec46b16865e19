"""Time, as it passes for what is known: ticks, counts, old bytes let go, and jumps of the clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from monitor.daemon.health import Health
from monitor.daemon.heard import Heard
from monitor.daemon.opened import is_replay
from monitor.daemon.rounds import Rounds
from monitor.daemon.vigil import Beats, Jump
from monitor.daemon.writer import Writer
from monitor.errors import StoreError
from monitor.fuse import regions
from monitor.ports import Clock

if TYPE_CHECKING:
    from monitor.daemon.parts import Parts
    from monitor.daemon.schedule import Schedule

__all__ = ["Ticking"]

log = structlog.get_logger("monitor.daemon")

TICK_SECONDS = 2.0
SUM_UP_AFTER = 30.0
COUNT_EVERY = 15.0
FORGET_SECONDS = 6 * 3600.0


@dataclass(slots=True)
class Ticking:
    """``real`` turns seconds of the daemon's clock into real ones (the first argument) with a least value (the
    second)."""

    parts: Parts
    schedule: Schedule
    rounds: Rounds
    writer: Writer
    clock: Clock
    health: Health
    heard: Heard
    real: Callable[[float, float], float]
    _counted_at: float = -COUNT_EVERY

    def begin(self) -> None:
        """Let time pass from now on."""
        self.schedule.every("tick", self.real(TICK_SECONDS, 0.2), self.tick, first_in=0.0)
        self.schedule.every("forget", self.real(FORGET_SECONDS, 60.0), self.forget, first_in=FORGET_SECONDS / 60)

    async def tick(self) -> None:
        """Let time pass in the state, and take stock."""
        try:
            outcome = await self.writer(self.parts.pipeline.tick, self.clock.now())
        except StoreError as problem:
            self.heard.store_failed(problem)
            return
        self.health.ticked()
        self.heard.told(outcome)
        metrics = self.heard.metrics
        metrics.ticked.set(self.clock.now().timestamp())
        self.rounds.sum_up_once(is_late=self.health.age() > SUM_UP_AFTER)
        for standing in self.rounds.standings():
            metrics.source(standing)
        if self.health.age() - self._counted_at > COUNT_EVERY:
            self._counted_at = self.health.age()
            await asyncio.to_thread(self.count)

    async def forget(self) -> None:
        """Let go of the bytes of messages that were done with long ago; how they went stays in the log."""
        before = self.clock.now() - timedelta(days=self.parts.settings.limits.keep_messages_days)
        with suppress(StoreError):
            if count := await self.writer(self.parts.store.forget_bodies, before):
                log.info("messages.forgotten", count=count, before=before.isoformat())

    def count(self) -> None:
        """Regions by state and messages by status, for the metrics. Reads only, so beside the writer."""
        with suppress(StoreError):
            found = regions(self.parts.pipeline.state, self.clock.now(), self.parts.rules)
            self.heard.metrics.states(Counter(state.status for state in found.values()))
            self.heard.metrics.waiting(self.parts.store.waiting())

    async def beat(self) -> None:
        """Once a second: has the clock jumped, or was the machine asleep? A replayed clock leaps by design."""
        beats = Beats(self.clock)
        while True:
            await asyncio.sleep(1.0)
            jump = beats.beat()
            if jump is None or is_replay(self.clock):
                continue
            try:
                await self.jumped(jump)
            except Exception as error:  # a defect met once must not blind us to the next jump
                self.heard.job_problem("beat", "error", error)

    async def jumped(self, jump: Jump) -> None:
        """Time went by that was not lived through."""
        log.warning(
            "clock.jumped", kind=jump.kind, before=jump.before.isoformat(), after=jump.after.isoformat(),
            seconds=round(jump.seconds, 1),
        )  # fmt: skip
        self.heard.metrics.jumps.labels(jump.kind).inc()
        self.health.note("clock", f"{jump.kind} of {abs(jump.seconds):.0f} s at {jump.after:%Y-%m-%d %H:%M:%S} UTC")
        # What was not watched is unknown before anything new is read.
        await self.tick()
        self.schedule.all_now()
        if jump.kind == "backward" and self.heard.deliverer is not None:
            try:
                await self.heard.deliverer.clock_was_set_back()
            except StoreError as problem:
                self.heard.store_failed(problem)
