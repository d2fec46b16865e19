"""All lanes: started, woken, given new settings, and stopped together."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from random import Random
from typing import Any

from monitor.deliver.lane import Lane
from monitor.deliver.ledger import Ledger, RunInWriter
from monitor.deliver.schedule import LONGEST
from monitor.deliver.world import Notice, World
from monitor.errors import StoreError
from monitor.model import Delivery, Endpoint
from monitor.ports import Clock, DeliveryQueue, Sink
from monitor.sinks.digest import digests

__all__ = ["Deliverer", "Pacer"]

log = logging.getLogger("monitor.deliver")

SWEEP_EVERY = 5.0
"""Seconds between two looks for what no lane has been told of: other programs' messages, ends of quiet hours."""

LOOKED_AT = 1000
"""Messages that one such look asks for."""

RETRIES_PER_SECOND = 200.0
GRACE = 10.0


class Pacer:
    """Gives turns at a rate: a thousand endpoints that come back together do not start together."""

    def __init__(self, per_second: float = RETRIES_PER_SECOND) -> None:
        self._every = 1 / per_second
        self._free_at = 0.0

    async def turn(self) -> None:
        """Wait for the next free turn."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._free_at = max(self._free_at + self._every, now)
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)


class Deliverer:
    """``sinks`` makes the sink of an endpoint (``monitor.sinks.build``). ``run_in_writer`` runs a call of the queue in
    the writer's thread. ``snapshot`` frames what a returning endpoint is told first. ``on_notice`` is called with what
    the operator should know. ``turn`` paces retries over all endpoints. ``run`` until cancelled or ``stop``.
    """

    def __init__(
        self,
        queue: DeliveryQueue,
        sinks: Callable[[Endpoint], Sink],
        clock: Clock,
        run_in_writer: RunInWriter,
        *,
        snapshot: Callable[[Endpoint, datetime], Awaitable[Sequence[Delivery]]] | None = None,
        on_notice: Callable[[Notice], None] | None = None,
        rng: Random | None = None,
        turn: Callable[[], Awaitable[None]] | None = None,
        sweep_every: float = SWEEP_EVERY,
    ) -> None:
        self._world = World(
            queue=queue,
            ledger=Ledger(queue, clock, run_in_writer),
            sinks=sinks,
            clock=clock,
            run_in_writer=run_in_writer,
            rng=rng or Random(),  # noqa: S311 - jitter, not a secret
            tell=on_notice or _ignore,
            turn=turn or Pacer().turn,
            snapshot=snapshot,
        )
        self._sweep_every = sweep_every
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._is_stopping = False

    def notify(self, endpoints: Iterable[str] | None = None) -> None:
        """Something has been committed for these endpoints (None: perhaps for all)."""
        for endpoint in self._lanes if endpoints is None else endpoints:
            if lane := self._lanes.get(endpoint):
                lane.wake()
            else:
                self._wake.set()

    def committed(self, deliveries: Sequence[Delivery], ready: Sequence[Delivery]) -> None:
        """These have just been committed; ``ready`` are those before which nothing waits: they go out unasked for."""
        now = self._world.clock.now()
        offers: dict[str, list[Delivery]] = {}
        for each in ready:
            if each.due_at <= now:
                offers.setdefault(each.endpoint, []).append(each)
        counted = Counter(each.endpoint for each in deliveries)
        self.notify({name for name, number in counted.items() if number > len(offers.get(name, ()))})
        for name, offered in offers.items():
            if lane := self._lanes.get(name):
                lane.offer(offered)
            else:
                self._wake.set()

    async def clock_was_set_back(self) -> None:
        """Try now what was put off to a time of the other clock: it may lie hours ahead, with an alert behind it."""
        now = self._world.clock.now()
        await self._world.call(self._world.queue.bring_forward, now, now)
        for lane in self._lanes.values():
            lane.clock_was_set_back()

    def lanes(self) -> Mapping[str, Mapping[str, Any]]:
        """Per endpoint: what is under way, whether it is down, and counts since the start."""
        return {
            name: {"in_flight": lane.in_flight, "is_down": lane.is_down, **asdict(lane.tally)}
            for name, lane in self._lanes.items()
        }

    async def run(self) -> None:
        """Deliver until stopped. A fatal error of the store ends it."""
        now = self._world.clock.now()  # no attempt is put off for longer than this by a clock that was right
        await self._world.call(self._world.queue.bring_forward, now, now + timedelta(seconds=LONGEST))
        await self.refresh()
        while not self._is_stopping:
            self._wake.clear()
            try:
                async with asyncio.timeout(await self._until_next()):
                    await self._wake.wait()
            except TimeoutError:
                pass
            if not self._is_stopping:
                await self._sweep()

    async def refresh(self) -> None:
        """Take over endpoints that were added, changed, paused or removed. Start-up and every sweep do it too."""
        wanted = {each.id: each for each in await self._world.call(self._world.queue.endpoints)}
        if self._is_stopping:
            return
        for name, endpoint in wanted.items():
            lane = self._lanes.get(name)
            if lane is not None:
                lane.change(endpoint)
            elif endpoint.is_enabled:
                lane = self._lanes[name] = Lane(endpoint, self._world)
                self._tasks[name] = asyncio.create_task(self._guarded(lane), name=f"lane {name}")
        for name in [name for name in self._lanes if name not in wanted]:
            await self._retire(name)

    async def stop(self, grace: float = GRACE) -> int:
        """End within ``grace`` seconds. What is not acknowledged by then stays due. Returns how many were abandoned."""
        self._is_stopping = True
        self._wake.set()
        for lane in self._lanes.values():
            lane.stop()
        left = await asyncio.gather(*(lane.drain(grace) for lane in self._lanes.values()))
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._lanes.clear()
        self._tasks.clear()
        return sum(left)

    async def _guarded(self, lane: Lane) -> None:
        try:
            await lane.run()
        except StoreError:
            log.exception("the lane of %s stopped: the database cannot be used", lane.endpoint.id)
            self._wake.set()
            raise

    async def _retire(self, name: str) -> None:
        lane, task = self._lanes.pop(name), self._tasks.pop(name)
        lane.stop()
        await lane.drain(GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _sweep(self) -> None:
        for name, task in self._tasks.items():
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                log.error("the lane of %s has ended", name)
                raise error
        try:
            await self.refresh()
            now = self._world.clock.now()
            await self._world.call(self._world.queue.gather, now, digests)
            waiting = await self._waiting(now)
        except StoreError as error:
            if error.is_fatal:
                raise
            log.warning("the delivery queue cannot be read: %s", error)
            return
        self.notify(waiting & set(self._lanes))

    async def _waiting(self, now: datetime) -> set[str]:
        """Endpoints for which something is due. A long backlog of some must not hide what waits for the others."""
        due = await self._world.call(self._world.queue.due, now, LOOKED_AT)
        found = {each.endpoint for each in due}
        if len(due) >= LOOKED_AT:
            others = dict.fromkeys((name for name in self._lanes if name not in found), 1)
            rows = await self._world.call(self._world.queue.due_for, others, now) if others else {}
            found.update(name for name, some in rows.items() if some)
        return found

    async def _until_next(self) -> float:
        try:
            at = await self._world.call(self._world.queue.next_due_at)
        except StoreError as error:
            if error.is_fatal:
                raise
            return self._sweep_every
        if at is None:
            return self._sweep_every
        seconds = self._world.real_seconds((at - self._world.clock.now()).total_seconds())
        return min(max(seconds, 0.25), self._sweep_every)


def _ignore(_notice: Notice) -> None:
    """Nobody is listening; the log has it."""
