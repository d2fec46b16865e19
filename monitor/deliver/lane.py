"""One endpoint's lane: its own queue, concurrency and patience, so that nobody waits for somebody else's endpoint.

A failed message is tried again later and blocks its key meanwhile: order comes first. When one message alone is
refused again and again, it is parked and later ones overtake it, naming the gap (``monitor.deliver.standing``).

While an endpoint is down one probe at a time goes out. Down for longer than ``AWAY_AFTER``, the probe is a new
``state.snapshot`` of its regions: what is true now arrives before the backlog of what was.

What is sent when is decided here; ``carrier`` sends one message, ``snapshots`` the state, ``alarms`` say when next.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from monitor.deliver.alarms import Alarms
from monitor.deliver.carrier import Carrier
from monitor.deliver.snapshots import Snapshots
from monitor.deliver.world import Tally, World
from monitor.errors import StoreError
from monitor.model import Delivery, Endpoint

__all__ = ["Lane"]

log = logging.getLogger("monitor.deliver")

CONCURRENCY = 8
AFTER_A_DEFECT = timedelta(seconds=10)


class Lane:
    """Runs until ``stop``. ``wake`` makes it look at once; ``change`` gives it the endpoint's new settings."""

    def __init__(self, endpoint: Endpoint, world: World) -> None:
        self._world = world
        self._alarms = Alarms(world)
        self._carrier = Carrier(endpoint, world, self._alarms)
        self._snapshots = Snapshots(self._carrier, world)
        self._next: Endpoint | None = endpoint
        self._is_stopping = False
        self._in_flight: dict[tuple[str, int | None], asyncio.Task[None]] = {}
        self._offered: list[Delivery] = []

    @property
    def endpoint(self) -> Endpoint:
        return self._carrier.endpoint

    @property
    def tally(self) -> Tally:
        return self._carrier.tally

    @property
    def is_down(self) -> bool:
        return self._carrier.standing.is_down

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def wake(self) -> None:
        """Something may be due."""
        self._alarms.wake()

    def offer(self, ready: Sequence[Delivery]) -> None:
        """These have just been committed, and nothing waits before them in their keys."""
        self._offered += ready
        if not (self._alarms.is_resting and self._took_offers()):
            self._alarms.stir()

    def change(self, endpoint: Endpoint) -> None:
        """Go on with new settings once nothing is under way with the old ones."""
        if endpoint != (self._next or self.endpoint):
            self._next = endpoint
            self.wake()

    def clock_was_set_back(self) -> None:
        """No pause lasts until a time of the other clock."""
        self._alarms.hold_until = None
        self._carrier.standing.clock_was_set_back(self._world.clock.now())
        self.wake()

    def stop(self) -> None:
        """Start nothing more."""
        self._is_stopping = True
        self.wake()

    async def run(self) -> None:
        """Until stopped; what is under way then is left to ``drain``."""
        while not self._is_stopping:
            self._alarms.awake()
            try:
                await self._fill()
            except StoreError as error:
                if error.is_fatal:
                    raise
                log.warning("the delivery queue cannot be read: %s", error)
                self._alarms.add(self._world.clock.now() + timedelta(seconds=1))
            except Exception:
                # A defect met by one endpoint: the others go on, and this one is tried again.
                log.exception("the lane of %s stumbled", self.endpoint.id)
                self._alarms.pause(self._world.clock.now() + AFTER_A_DEFECT)
            await self._alarms.rest()

    async def drain(self, seconds: float) -> int:
        """Wait for what is under way, then abandon it: it stays due. Returns how many were abandoned."""
        tasks = list(self._in_flight.values())
        if tasks:
            _done, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        else:
            left = set()
        await self._carrier.close()
        return len(left)

    async def _fill(self) -> None:
        if self._took_offers() or not await self._is_ready():
            return
        now = self._world.clock.now()
        if self._snapshots.is_due:
            if not self._in_flight and await self._snapshots.send(now):
                self.wake()
            return
        free = self._most() - len(self._in_flight)
        if free <= 0 or not self._alarms.may_have:
            return
        self._alarms.may_have = False
        asked = free + len(self._in_flight)
        found = await self._world.ledger.due(self.endpoint.id, asked)
        self._alarms.may_have = self._alarms.may_have or len(found) >= asked
        if await self._snapshots.is_returning(found, now, is_busy=bool(self._in_flight)):
            self._carrier.owes_snapshot = True
            self.wake()
            return
        for delivery in self._not_in_flight(found)[:free]:
            self._start(delivery)

    def _took_offers(self) -> bool:
        """Start what was offered, where nothing else is to be seen to first. Otherwise the queue is asked as ever."""
        offered, self._offered = self._offered, []
        if not offered:
            return False
        owes = self._carrier.owes_snapshot or self._snapshots.is_fresh
        is_busy = self._alarms.may_have or owes or self._next is not None or self.is_down
        is_shut = self._carrier.sink is None or not self.endpoint.is_enabled or self._is_stopping
        new = self._not_in_flight(offered)
        if is_busy or is_shut or len(self._in_flight) + len(new) > self._most() or self._alarms.is_held():
            self._alarms.may_have = True
            return False
        for delivery in new:
            self._start(delivery)
        return True

    def _most(self) -> int:
        return 1 if self.is_down else max(1, int(self.endpoint.options.get("concurrency", CONCURRENCY)))

    def _not_in_flight(self, found: Sequence[Delivery]) -> list[Delivery]:
        return [each for each in found if (each.message_id, each.id) not in self._in_flight]

    async def _is_ready(self) -> bool:
        """Settings are in force, the endpoint is enabled, and it has not asked for a pause."""
        if self._next is not None:
            if self._in_flight:
                return False
            await self._adopt(self._next)
        if self._carrier.sink is None or not self.endpoint.is_enabled or self._is_stopping:
            return False
        return not self._alarms.is_held()

    async def _adopt(self, endpoint: Endpoint) -> None:
        self._snapshots.adopted(endpoint, self.endpoint)
        await self._carrier.adopt(endpoint)
        if self._next is endpoint:
            self._next = None

    def _start(self, delivery: Delivery) -> None:
        key = (delivery.message_id, delivery.id)
        task = asyncio.create_task(self._carrier.carry(delivery), name=f"deliver {self.endpoint.id}")
        self._in_flight[key] = task

        def done(finished: asyncio.Task[None]) -> None:
            self._in_flight.pop(key, None)
            if not finished.cancelled() and (error := finished.exception()) is not None:
                log.error("delivery to %s could not be recorded: %s", self.endpoint.id, error)
                self._alarms.pause(self._world.clock.now() + timedelta(seconds=1))
            if self._alarms.may_have or self._carrier.owes_snapshot or self._next is not None:
                self._alarms.stir()

        task.add_done_callback(done)
