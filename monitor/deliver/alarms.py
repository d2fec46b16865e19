"""When a lane looks next: the times at which something is due, and until when the endpoint wants to be left alone."""

from __future__ import annotations

import heapq
from datetime import datetime

__all__ = ["Alarms"]


class Alarms:
    """``hold_until`` is the end of a pause, None outside of one."""

    def __init__(self) -> None:
        self.hold_until: datetime | None = None
        self._times: list[datetime] = []

    def add(self, at: datetime) -> None:
        heapq.heappush(self._times, at)

    def hold(self, until: datetime) -> None:
        """Start nothing before then."""
        self.hold_until = until

    def is_held(self, now: datetime) -> bool:
        """True during a pause, at whose end there is an alarm."""
        if self.hold_until is None or now >= self.hold_until:
            return False
        if self.hold_until not in self._times:
            self.add(self.hold_until)
        return True

    def rung(self, now: datetime) -> bool:
        """Take off the alarms that have passed; True when there was one."""
        has_rung = False
        while self._times and self._times[0] <= now:
            heapq.heappop(self._times)
            has_rung = True
        return has_rung

    def next(self) -> datetime | None:
        return self._times[0] if self._times else None
