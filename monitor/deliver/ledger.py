"""The queue as the lanes use it: what many lanes want at once becomes one call in the writer's thread.

While one call is under way the next one gathers. A single message waits for nobody; a thousand acknowledgements share
a few commits instead of a thousand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from monitor.model import Attempt, Delivery
from monitor.ports import Clock, DeliveryQueue

__all__ = ["Ledger", "RunInWriter"]

MOST_AT_ONCE = 250
"""Attempts in one transaction: the writer's thread also commits what is read."""

RunInWriter = Any
"""Called as ``await run_in_writer(call, *args)``: runs a synchronous call in the writer's thread."""


class Ledger:
    """``settle`` and ``due`` return once the queue has committed or answered; its errors reach everyone who waited."""

    def __init__(self, queue: DeliveryQueue, clock: Clock, run_in_writer: RunInWriter) -> None:
        self._queue = queue
        self._clock = clock
        self._run_in_writer = run_in_writer
        self._attempts: list[tuple[Attempt, asyncio.Future[bool]]] = []
        self._asks: dict[str, tuple[int, asyncio.Future[Sequence[Delivery]]]] = {}
        self._pump: asyncio.Task[None] | None = None

    async def settle(self, attempt: Attempt) -> bool:
        """Record an attempt. True when another message of its endpoint has come first in its key."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._attempts.append((attempt, done))
        self._start()
        return await done

    async def due(self, endpoint: str, limit: int) -> Sequence[Delivery]:
        """The oldest due message of each key. One question per endpoint at a time."""
        done: asyncio.Future[Sequence[Delivery]] = asyncio.get_running_loop().create_future()
        self._asks[endpoint] = (limit, done)
        self._start()
        return await done

    def _start(self) -> None:
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run(), name="delivery ledger")

    async def _run(self) -> None:
        while self._attempts or self._asks:
            attempts, self._attempts = self._attempts[:MOST_AT_ONCE], self._attempts[MOST_AT_ONCE:]
            asks, self._asks = self._asks, {}
            wanted = {endpoint: limit for endpoint, (limit, _done) in asks.items()}
            waiting = [done for _attempt, done in attempts] + [done for _limit, done in asks.values()]
            try:
                more, found = await self._run_in_writer(self._both, [each for each, _done in attempts], wanted)
            except Exception as error:
                for done in waiting:
                    if not done.done():
                        done.set_exception(error)
                continue
            for attempt, done in attempts:
                if not done.done():
                    done.set_result(attempt.delivery.endpoint in more)
            for endpoint, (_limit, answer) in asks.items():
                if not answer.done():
                    answer.set_result(found.get(endpoint, ()))

    def _both(
        self, attempts: Sequence[Attempt], wanted: dict[str, int]
    ) -> tuple[frozenset[str], dict[str, Sequence[Delivery]]]:
        more = self._queue.settle(attempts) if attempts else frozenset()
        found = self._queue.due_for(wanted, self._clock.now()) if wanted else {}
        return more, dict(found)
