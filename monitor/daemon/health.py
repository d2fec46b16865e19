"""Is the daemon itself well? Apart from the health of its sources, which is the state's own affair."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from monitor.ports import Clock

__all__ = ["Health"]

REMEMBERED = 900.0
TICK_LATE = 30.0


class Health:
    """``ok``, ``degraded`` (goes on, with a trouble to look at) or ``down`` (time no longer passes in the state).

    Times of the daemon's clock where they are shown, monotonic seconds where they are compared.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._started_at: datetime | None = None
        self._is_stopping = False
        self._born = monotonic()
        self._tick: float | None = None
        self._storage: str | None = None
        self._storage_retry: datetime | None = None
        self._notes: dict[str, tuple[float, str]] = {}

    def started(self) -> None:
        self._started_at = self._clock.now()

    def stopping(self) -> None:
        self._is_stopping = True

    def age(self) -> float:
        """Real seconds since this daemon was made."""
        return self._monotonic() - self._born

    def ticked(self) -> None:
        self._tick = self._monotonic()

    def note(self, what: str, words: str) -> None:
        """Something that is over and yet worth a look for a quarter of an hour."""
        self._notes[what] = (self._monotonic(), words)

    def storage_failed(self, words: str, retry_at: datetime) -> bool:
        """Writing failed: nothing is polled until ``retry_at``. True when that is new."""
        is_new = self._storage is None
        self._storage, self._storage_retry = words, retry_at
        return is_new

    def storage_works(self) -> None:
        self._storage = self._storage_retry = None

    @property
    def is_paused(self) -> bool:
        """True while polls would find no room to be kept. After ``retry_at`` one may try."""
        return self._storage_retry is not None and self._clock.now() < self._storage_retry

    def as_json(self, blocked: Mapping[str, float]) -> dict[str, Any]:
        """``{"status", "ready", "started_at", "troubles": [{"what", "detail"}]}``."""
        now = self._monotonic()
        troubles = [{"what": what, "detail": f"has been blocked for {s:.0f} s"} for what, s in blocked.items()]
        if self._storage:
            troubles.append({"what": "storage", "detail": self._storage})
        is_late = self._tick is not None and now - self._tick > TICK_LATE
        if is_late:
            troubles.append({"what": "tick", "detail": f"no time has passed in the state for {TICK_LATE:.0f} s"})
        troubles += [
            {"what": what, "detail": words} for what, (at, words) in self._notes.items() if now - at < REMEMBERED
        ]
        is_ready = self._tick is not None and not is_late and not self._storage and not self._is_stopping
        status = "down" if is_late or self._is_stopping else "degraded" if troubles else "ok"
        return {
            "status": status,
            "ready": is_ready,
            "started_at": self._started_at.isoformat() if self._started_at else None,
            "troubles": troubles,
        }
