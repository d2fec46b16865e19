"""Asking one source, again and again: what comes goes to the writer, what fails is told and waited for.

Each source stands alone: whatever one raises is turned into its own failure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from monitor.daemon.writer import Writer
from monitor.errors import (
    SourceAuthLost,
    SourceBroken,
    SourceError,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
    StoreError,
)
from monitor.model import Batch
from monitor.pipeline import Outcome, Pipeline
from monitor.ports import Clock, Source

if TYPE_CHECKING:
    from monitor.daemon.metrics import Metrics

__all__ = ["Poller", "Standing", "wait_after"]

log = structlog.get_logger("monitor.sources")

ROUNDS = 50
"""Polls in a row for a source that says there is more, before the others get their turn."""


@dataclass(slots=True)
class Standing:
    """How one source is doing, for health pages and logs. Times are the daemon's clock."""

    source: str
    polls: int = 0
    failures: int = 0
    last_at: datetime | None = None
    last_ok_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None
    next_in: float = 0.0
    items: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "source": self.source,
            "polls": self.polls,
            "failures_in_a_row": self.failures,
            "last_poll_at": _iso(self.last_at),
            "last_ok_at": _iso(self.last_ok_at),
            "reason": self.reason,
            "detail": self.detail,
            "next_poll_in": round(self.next_in, 1),
            "items": self.items,
        }


SOONEST, LATEST = 2.0, 60.0
"""Seconds between two polls of a source that failed just now and whose word still holds."""


def wait_after(error: SourceError, failures: int, poll_every: float, fresh_for: float = 0.0) -> float:
    """Seconds until the next poll after so many failures in a row; what the source asks for is the least.

    ``fresh_for`` are the seconds for which its last word still holds: so long a source that could not be reached, or
    answered nonsense, is asked again soon, so that some lost packets are no outage (decision 0014).
    A source that cannot be reached is asked again within two minutes, so that the end of an outage is noticed; one
    that throttles, refuses or rejects our key is left alone for longer and longer.
    """
    doubled = poll_every * float(2 ** min(failures - 1, 10))
    soon = min(poll_every, max(SOONEST, min(poll_every / 5, LATEST)))
    match error:
        case SourceAuthLost():
            wait = max(900.0, min(doubled, 3600.0))
        case SourceRefused():
            wait = max(120.0, min(doubled, 1800.0))
        case SourceThrottled():
            wait = max(60.0, min(doubled, 900.0))
        case _ if fresh_for > 0:
            wait = soon
        case SourceUnavailable():
            wait = min(doubled, max(120.0, poll_every))
        case _:
            wait = min(doubled, max(300.0, poll_every))
    return max(wait, error.retry_after or 0.0)


@dataclass(slots=True)
class Poller:
    """One source with its next poll. ``poll`` does one turn and returns the clock seconds until the next."""

    source: Source
    pipeline: Pipeline
    writer: Writer
    clock: Clock
    metrics: Metrics
    on_outcome: Callable[[Outcome], None]
    on_store_error: Callable[[StoreError], None]
    is_paused: Callable[[], bool]
    deadline: float = 120.0
    standing: Standing = field(init=False)
    _is_hinted: bool = False
    _running: asyncio.Task[object] | None = None

    def __post_init__(self) -> None:
        self.standing = Standing(self.source.profile.id)

    @property
    def id(self) -> str:
        return self.source.profile.id

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def hint(self) -> bool:
        """Remember that a poll would find something. True when no poll is running and one may start at once."""
        self._is_hinted = True
        return self._running is None

    async def poll(self) -> float:
        """One turn: as many polls as the source asks for. What a defect raises is noted and goes on to the job."""
        every = self.source.profile.poll_every.total_seconds()
        if self.is_paused():
            return min(every, 15.0)
        self._running = asyncio.current_task()
        self._is_hinted = False
        try:
            wait = await self._turn(every)
        except StoreError as problem:
            self.on_store_error(problem)
            wait = min(every, 15.0)
        except Exception as error:
            # What it brought could not be kept: it has not been reached in any sense that counts.
            self.standing.polls += 1
            self.standing.failures += 1
            self.standing.last_at = self.clock.now()
            self.standing.reason, self.standing.detail = "defect", type(error).__name__
            raise
        finally:
            self._running = None
        self.standing.next_in = 0.0 if self._is_hinted else wait
        return self.standing.next_in

    async def settle(self) -> None:
        """Wait for the poll in flight."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _turn(self, every: float) -> float:
        for _ in range(ROUNDS):
            began = time.monotonic()
            try:
                batch = await self._ask()
            except SourceError as error:
                return await self._failed(error, every)
            outcome = await self.writer(self.pipeline.run, batch, self.clock.now())
            self._went_well(batch, outcome, time.monotonic() - began)
            if not batch.more:
                return every
            await asyncio.sleep(0)
        return 0.0

    async def _ask(self) -> Batch:
        """The source's answer; whatever else it raises becomes a ``SourceError``."""
        cursor = await self.writer(self.pipeline.store.cursor, self.id)
        try:
            async with asyncio.timeout(self.deadline):
                return await self.source.poll(cursor)
        except SourceError:
            raise
        except TimeoutError:
            raise SourceUnavailable(f"{self.id}: no complete answer within {self.deadline:g} s") from None
        except Exception as error:
            # Its message may hold a secret of an address, and what is said here is kept and shown; its type does not.
            log.exception("source.defect", source=self.id)
            raise SourceBroken(f"{self.id}: a defect in this kind of source ({type(error).__name__})") from None

    async def _failed(self, error: SourceError, every: float) -> float:
        standing = self.standing
        standing.polls += 1
        standing.failures += 1
        standing.last_at = self.clock.now()
        is_new = standing.reason != error.reason
        standing.reason, standing.detail = error.reason, str(error)
        self.metrics.looked(self.id, "failed", error.reason)
        wait = wait_after(error, standing.failures, every, self._fresh_for(standing.last_at))
        if is_new:
            # The first round is summed up in one line by the daemon.
            tell = log.debug if standing.polls == 1 else log.warning
            tell("source.failed", source=self.id, reason=error.reason, detail=str(error), next_in=round(wait))
        self.on_outcome(await self.writer(self.pipeline.failed, self.id, error, self.clock.now()))
        return wait

    def _fresh_for(self, now: datetime) -> float:
        """Seconds for which the last good look still holds; 0 where there was none since the start."""
        last = self.standing.last_ok_at
        return 0.0 if last is None else (last + self.source.profile.stale_after - now).total_seconds()

    def _went_well(self, batch: Batch, outcome: Outcome, seconds: float) -> None:
        standing = self.standing
        if standing.failures:
            log.info("source.back", source=self.id, after_failures=standing.failures)
        standing.polls += 1
        standing.failures = 0
        standing.reason = standing.detail = None
        standing.last_at = standing.last_ok_at = self.clock.now()
        standing.items += len(outcome.items)
        self.metrics.looked(self.id, batch.look.outcome, batch.look.reason)
        self.metrics.polled(self.id, seconds)
        self.on_outcome(outcome)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
