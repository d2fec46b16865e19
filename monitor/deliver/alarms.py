"""When a lane looks next: the times at which something is due, a call to look at once, and until when the endpoint
wants to be left alone."""

from __future__ import annotations

import asyncio
import heapq
from datetime import datetime

from monitor.deliver.world import World

__all__ = ["Alarms"]

_LONGEST_WAIT = 30.0


class Alarms:
    """``hold_until`` is the end of a pause, None outside of one. ``may_have``: the queue may hold something due.
    ``is_resting``: the lane waits to be woken, and does nothing else."""

    def __init__(self, world: World) -> None:
        self.hold_until: datetime | None = None
        self.may_have = True
        self.is_resting = False
        self._world = world
        self._times: list[datetime] = []
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something may be due: look at once, also into the queue."""
        self.may_have = True
        self._wake.set()

    def stir(self) -> None:
        """Look at once; the queue holds nothing new."""
        self._wake.set()

    def awake(self) -> None:
        """The lane looks now: what has called until now is heard."""
        self._wake.clear()

    def add(self, at: datetime) -> None:
        """Look into the queue at this time; the rest until then is measured anew."""
        heapq.heappush(self._times, at)
        self._wake.set()

    def hold(self, until: datetime) -> None:
        """Start nothing before then."""
        self.hold_until = until

    def pause(self, until: datetime) -> None:
        """Start nothing before then, and look again at that time."""
        self.hold(until)
        self.add(until)

    def is_held(self) -> bool:
        """True during a pause, at whose end there is an alarm."""
        if self.hold_until is None or self._world.clock.now() >= self.hold_until:
            return False
        if self.hold_until not in self._times:
            heapq.heappush(self._times, self.hold_until)
        return True

    async def rest(self) -> None:
        """Until woken, or until the next known time at which something is due."""
        now = self._world.clock.now()
        if self._has_rung(now):
            self.may_have = True
            if not self.is_held():
                return
        seconds = _LONGEST_WAIT
        if self._times:
            seconds = min(self._world.real_seconds((self._times[0] - now).total_seconds()), seconds)
        self.is_resting = True
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self.is_resting = False

    def _has_rung(self, now: datetime) -> bool:
        """Take off the alarms that have passed; True when there was one."""
        has_rung = False
        while self._times and self._times[0] <= now:
            heapq.heappop(self._times)
            has_rung = True
        return has_rung
