"""Delivers what is due and kills itself with SIGKILL at a named point: `crash_child.py DB URL PORT SECRET POINT NTH`.

Points: before_post, after_post, before_mark, after_mark, before_retry, after_retry, none. Exits 0 when nothing waits.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.deliver import Deliverer
from monitor.model import Attempt, Delivery, Endpoint
from monitor.sinks import Deps, build
from monitor.store import open_store

DB, PORT, SECRET, POINT, NTH = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
left = [NTH]


def reach(point: str) -> None:
    if point == POINT or (POINT == "random" and random.random() < 0.02):
        left[0] -= 1
        if left[0] <= 0 or POINT == "random":
            os.kill(os.getpid(), signal.SIGKILL)


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


class CrashingSink:
    def __init__(self, endpoint: Endpoint) -> None:
        self.inner = build(endpoint, Deps())

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        reach("before_post")
        said = await self.inner.send(delivery)
        reach("after_post")
        return said

    async def close(self) -> None:
        await self.inner.close()


class CrashingQueue:
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        point = "retry" if any(each.outcome == "retry" for each in attempts) else "mark"
        reach(f"before_{point}")
        made: frozenset[str] = self.inner.settle(attempts)
        reach(f"after_{point}")
        return made


async def run_here(call: Any, /, *args: Any) -> Any:
    return call(*args)


async def main() -> None:
    store = open_store(DB)
    queue = CrashingQueue(store)
    deliverer = Deliverer(queue, CrashingSink, Wall(), run_here)
    task = asyncio.create_task(deliverer.run())
    async with asyncio.timeout(20):
        while store.waiting().get("due") or store.waiting().get("parked"):
            await asyncio.sleep(0.01)
    await deliverer.stop(1)
    await task
    store.close()


if __name__ == "__main__":
    asyncio.run(main())
