"""What the parts report, and who is told of it: outcomes, failures of the store, notices, defects.

Everything comes together here, so that health, metrics and the log never tell different stories.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from monitor.daemon.health import Health
from monitor.errors import StoreCorrupt, StoreError, StoreFull
from monitor.model import Delivery
from monitor.pipeline import Outcome
from monitor.ports import Clock

if TYPE_CHECKING:
    from monitor.daemon.metrics import Metrics
    from monitor.deliver import Deliverer, Notice

__all__ = ["Heard"]

log = structlog.get_logger("monitor.daemon")

STORAGE_PAUSE = timedelta(seconds=15)
REPEAT_AFTER = 60.0


class Heard:
    """``on_event`` is called in the loop with every committed ``Outcome`` that says something. ``deliverer`` is None
    until deliveries begin. ``fatal`` is the error that made going on impossible; ``must_stop`` is set with it."""

    def __init__(self, clock: Clock, health: Health, on_event: Callable[[Outcome], None] | None = None) -> None:
        self.deliverer: Deliverer | None = None
        self.fatal: StoreError | None = None
        self.must_stop = asyncio.Event()
        self._clock = clock
        self._health = health
        self._on_event = on_event
        self._problems: dict[tuple[str, str], float] = {}

    @cached_property
    def metrics(self) -> Metrics:
        """Made when something is counted: the first page does not wait for Prometheus' library."""
        from monitor.daemon.metrics import Metrics

        return Metrics()

    def told(self, outcome: Outcome) -> None:
        """An outcome has been committed."""
        if outcome.deliveries and self.deliverer is not None:
            self.deliverer.committed(outcome.deliveries, outcome.ready)
        self._health.storage_works()
        self.metrics.trouble.labels("storage").set(0)
        self.metrics.told(outcome, self._clock.now())
        if self._on_event is not None and (outcome.items or outcome.changes or outcome.look):
            self._on_event(outcome)

    def store_failed(self, problem: StoreError) -> None:
        """No room: pause until there is. Damage: stop, since every further write would make it worse."""
        self.metrics.trouble.labels("storage").set(1)
        if isinstance(problem, StoreCorrupt) or getattr(problem, "is_fatal", False):
            if self.fatal is None:
                log.critical("store.failed", detail=str(problem))
            self.fatal = problem
            self.must_stop.set()
            return
        reason = "storage_full" if isinstance(problem, StoreFull) else "storage"
        if self._health.storage_failed(str(problem), self._clock.now() + STORAGE_PAUSE):
            log.error("store.paused", reason=reason, detail=str(problem))

    def noticed(self, notice: Notice) -> None:
        """An endpoint is in trouble."""
        log.warning("endpoint", endpoint=notice.endpoint, reason=notice.reason, detail=notice.text)
        self._health.note(f"endpoint {notice.endpoint}", notice.text)

    def acknowledged(self, delivery: Delivery, at: datetime) -> None:
        """A message has arrived. Called in the writer thread."""
        self.metrics.delivery.labels(delivery.endpoint).observe(max((at - delivery.due_at).total_seconds(), 0.0))

    def was_blocked(self, what: str, seconds: float) -> None:
        """Loop or writer were stuck for so long, and go on."""
        self.metrics.blocked.labels(what).inc(seconds)
        self._health.note(what, f"was blocked for {seconds:.0f} s")

    def job_problem(self, name: str, what: str, error: BaseException | None) -> None:
        """A job has let an exception out: a defect. Told once a minute however often it happens."""
        if isinstance(error, asyncio.CancelledError):
            return
        self.metrics.jobs.labels(what).inc()
        self._health.note(name, f"{what}: {type(error).__name__}" if error else what)
        key, now = (name, repr(error)), monotonic()
        self._problems = {each: at for each, at in self._problems.items() if now - at < REPEAT_AFTER}
        if key in self._problems:
            return
        self._problems[key] = now
        log.error("job.problem", job=name, what=what, error=repr(error) if error else None, exc_info=error)
