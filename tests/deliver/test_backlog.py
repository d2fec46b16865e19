"""Fault W13 at its full size: a backlog of 100,000 messages on the real queue."""

from __future__ import annotations

import asyncio
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from delivering import run_here

from monitor.deliver import Deliverer
from monitor.model import Delivery, Endpoint
from monitor.store import SqlStore, open_store


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Counting:
    """Acknowledges at once; keeps the order per key and nothing else."""

    def __init__(self) -> None:
        self.first: str | None = None
        self.count = 0
        self.last: dict[str, int] = defaultdict(int)
        self.is_ordered = True

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        self.first = self.first or delivery.type
        self.count += 1
        self.is_ordered &= delivery.seq > self.last[delivery.key] or delivery.type == "state.snapshot"
        self.last[delivery.key] = delivery.seq
        return {"status": 204}

    async def close(self) -> None:
        return


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


async def drain(store: SqlStore, count: int) -> tuple[Counting, float, float]:
    """(sink, messages a second, megabytes that the resident peak grew by)."""
    now = datetime.now(UTC)
    store.save_endpoint(Endpoint("e", "webhook"), now)
    old, body = now - timedelta(hours=10), b"x" * 1_000
    for start in range(1, count + 1, 5_000):
        store.enqueue(
            [
                Delivery(f"m{n}", "e", f"k{n % 300}", n, "alert.started", body, old)
                for n in range(start, min(start + 5_000, count + 1))
            ]
        )
    sink = Counting()

    async def snapshot(endpoint: Endpoint, at: datetime) -> Sequence[Delivery]:
        made = Delivery("s1", endpoint.id, "snapshot/e/0", count, "state.snapshot", b"{}", at)
        return [replace(made, message_id=f"s{at.timestamp()}")]

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    deliverer = Deliverer(store, lambda _each: sink, Wall(), run_here, snapshot=snapshot)
    began = time.perf_counter()
    task = asyncio.create_task(deliverer.run())
    while sink.count < count + 1:
        await asyncio.sleep(0.02)
    spent = time.perf_counter() - began
    await deliverer.stop(1)
    await task
    return sink, count / spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before


async def test_W13_a_backlog_drains_in_order_behind_a_snapshot(store: SqlStore) -> None:
    sink, _rate, _grown = await drain(store, 900)
    assert (sink.first, sink.is_ordered, sink.count) == ("state.snapshot", True, 901)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_W13_a_hundred_thousand_messages_take_no_more_memory_than_a_few(store: SqlStore) -> None:
    sink, rate, grown = await drain(store, 100_000)
    assert (sink.first, sink.is_ordered, sink.count) == ("state.snapshot", True, 100_001)
    assert grown < 60
    assert rate >= 100
    print(f"{rate:.0f} messages/s, resident peak grew by {grown:.0f} MB")
