"""Jobs in time, by APScheduler; nothing else of monitor knows it.

No run is lost without a word: a late run is still run (``misfire_grace_time=None``), several missed runs of one job
are one (``coalesce``), a job never runs twice at once, and errors are handed to ``on_problem``. The only trigger is
an interval in UTC: a cron trigger would fire twice in the autumn hour.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from monitor.clock import SystemClock

__all__ = ["Schedule"]

Problem = Callable[[str, str, BaseException | None], None]


class _Every(BaseTrigger):  # type: ignore[misc, unused-ignore]
    """Fires at intervals counted from now. APScheduler's own interval lists every run missed during a jump of the
    clock before it makes one of them: from 1970 to today, on a board without a battery, it would not come back."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + self._interval


class Schedule:
    """Named jobs. Seconds are real seconds: the scheduler runs on the machine's clock, whatever clock is told.

    ``on_problem(name, what, error)`` hears of missed runs and of exceptions that a job let out.
    """

    def __init__(self, on_problem: Problem, rng: random.Random | None = None) -> None:
        self._clock = SystemClock()
        self._rng = rng or random.Random()  # noqa: S311 -- jitter, not a secret
        self._on_problem = on_problem
        make: Any = AsyncIOScheduler  # the library has no types
        self._scheduler = make(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._scheduler.add_listener(self._heard, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin; needs the running loop."""
        self._scheduler.start()

    def every(
        self, name: str, seconds: float, job: Callable[[], Awaitable[object]], *, first_in: float | None = None
    ) -> None:
        """Run the job every so many seconds; the first time after ``first_in`` (default: one interval)."""
        after = seconds if first_in is None else first_in
        self._scheduler.add_job(
            job,
            _Every(max(seconds, 0.05)),
            id=name,
            name=name,
            replace_existing=True,
            next_run_time=self._clock.now() + timedelta(seconds=after),
        )

    def again_in(self, name: str, seconds: float, jitter: float = 0.1) -> None:
        """Let the next run of a job come after so many seconds, give or take ``jitter`` of them."""
        spread = seconds * (1 + self._rng.uniform(-jitter, jitter))
        self._at(name, max(spread, 0.0))

    def now(self, name: str) -> None:
        """Let a job run at once."""
        self._at(name, 0.0)

    def all_now(self, over: float = 5.0) -> None:
        """After the clock has jumped: every job soon, spread over some seconds, whatever its old time was."""
        for job in self._scheduler.get_jobs():
            self._at(job.id, self._rng.uniform(0.0, over))

    def remove(self, name: str) -> None:
        try:
            self._scheduler.remove_job(name)
        except JobLookupError:
            return

    def pause(self) -> None:
        """No further run begins; those in flight go on."""
        if self._scheduler.running:
            self._scheduler.pause()

    def stop(self) -> None:
        """End. Runs still in flight are cancelled."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _at(self, name: str, seconds: float) -> None:
        try:
            self._scheduler.modify_job(name, next_run_time=self._clock.now() + timedelta(seconds=seconds))
        except JobLookupError:
            return

    def _heard(self, event: Any) -> None:
        if event.code == EVENT_JOB_ERROR:
            self._on_problem(event.job_id, "error", event.exception)
        elif event.code == EVENT_JOB_MISSED:
            self._on_problem(event.job_id, "missed", None)
