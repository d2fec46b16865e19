"""Delivers what is due, in a child of the test, and kills itself with SIGKILL at a named point.

Points: before_commit, after_commit, after_offer (of what is committed meanwhile), before_post, after_post, before_mark,
after_mark, before_retry, after_retry, in_gather, after_gather, random, none. Ends with 0 when nothing waits any more.
The child is forked, so that nothing has to be imported again.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.deliver import Deliverer
from monitor.model import Attempt, Commit, Delivery, Endpoint, Fused
from monitor.sinks import Deps, build
from monitor.store import open_store


class Crash:
    """Where to die. ``random`` is any point, once in twenty."""

    def __init__(self, point: str, nth: int, seed: int) -> None:
        self.point = point
        self.left = nth
        self.rng = random.Random(seed)

    def reach(self, point: str) -> None:
        if self.point == "random" and self.rng.random() < 0.05:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.point == point:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


class CrashingSink:
    def __init__(self, endpoint: Endpoint, reach: Any) -> None:
        self.inner = build(endpoint, Deps())
        self.reach = reach

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        self.reach("before_post")
        said = await self.inner.send(delivery)
        self.reach("after_post")
        return said

    async def close(self) -> None:
        await self.inner.close()


class CrashingQueue:
    def __init__(self, inner: Any, reach: Any) -> None:
        self.inner = inner
        self.reach = reach

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def gather(self, now: datetime, make: Any) -> int:
        def made(*args: Any) -> Any:
            self.reach("in_gather")
            return make(*args)

        count: int = self.inner.gather(now, made)
        if count:
            self.reach("after_gather")
        return count

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        point = "retry" if any(each.outcome == "retry" for each in attempts) else "mark"
        self.reach(f"before_{point}")
        made: frozenset[str] = self.inner.settle(attempts)
        self.reach(f"after_{point}")
        return made


async def run_here(call: Any, /, *args: Any) -> Any:
    return call(*args)


def message(n: int, endpoint: str = "e") -> Delivery:
    """The n-th message of these tests: the same bytes whenever it is made."""
    body = b'{"n":%d,"key":"k%d"}' % (n, n % 3)
    return Delivery(f"m{n}", endpoint, f"k{n % 3}", n, "alert.started", body, datetime.now(UTC))


async def commit_meanwhile(store: Any, deliverer: Deliverer, reach: Any, upto: int) -> None:
    """Go on from what is stored, as a daemon does from its cursor: a commit per message, then the offer."""
    for n in range(len(store.find([f"m{n}" for n in range(1, upto + 1)])) + 1, upto + 1):
        made = message(n)
        reach("before_commit")
        with store.writing() as unit:
            ready = unit.save(Commit("feed", made.due_at, (), (), Fused(None), (made,)))
        reach("after_commit")
        deliverer.committed([made], ready)
        reach("after_offer")
        await asyncio.sleep(0.001)


async def deliver_all(db: str, crash: Crash, upto: int = 0) -> None:
    store = open_store(db)
    deliverer = Deliverer(
        CrashingQueue(store, crash.reach), lambda each: CrashingSink(each, crash.reach), Wall(), run_here
    )
    task = asyncio.create_task(deliverer.run())
    async with asyncio.timeout(120):
        await commit_meanwhile(store, deliverer, crash.reach, upto)
        while any(store.waiting().get(status) for status in ("due", "parked", "held")):
            await asyncio.sleep(0.01)
    await deliverer.stop(1)
    await task
    store.close()


def run(db: str, point: str, nth: int, seed: int = 0, upto: int = 0) -> int:
    """Deliver in a child, and commit messages meanwhile until there are ``upto``.

    0: nothing waits any more; -9: it was killed at its point.
    """
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(deliver_all(db, Crash(point, nth, seed), upto))
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)
