"""Shared by the tests of delivery: a queue in memory, a clock moved by hand, a receiver that misbehaves on order."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from monitor.errors import SinkError
from monitor.model import Attempt, Delivery, Endpoint

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
RECEIVER = Path(__file__).parents[2] / "examples" / "webhook_receiver.py"


def load_receiver() -> ModuleType:
    """The bundled receiver, loaded anew: an example, and so no part of a package."""
    spec = importlib.util.spec_from_file_location("webhook_receiver", RECEIVER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class HandClock:
    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class MemoryQueue:
    """``ports.DeliveryQueue`` in memory, with the order and parking rules of the real one."""

    def __init__(self, endpoints: Sequence[Endpoint] = ()) -> None:
        self.rows: dict[tuple[str, str], Delivery] = {}
        self.known = {each.id: each for each in endpoints}
        self.log: list[dict[str, Any]] = []
        self.reads = 0

    def due(self, now: datetime, limit: int = 100, endpoint: str | None = None) -> Sequence[Delivery]:
        self.reads += 1
        heads: dict[tuple[str, str], Delivery] = {}
        parked = []
        for row in sorted(self.rows.values(), key=lambda each: each.seq):
            if endpoint not in (None, row.endpoint):
                continue
            if not self.known.get(row.endpoint, Endpoint(row.endpoint, "webhook")).is_enabled:
                continue
            if row.status == "due":
                heads.setdefault((row.endpoint, row.key), row)
            elif row.status == "parked":
                parked.append(row)
        ready = [row for row in [*heads.values(), *parked] if row.due_at <= now]
        return sorted(ready, key=lambda each: each.seq)[:limit]

    def due_for(self, wanted: Mapping[str, int], now: datetime) -> Mapping[str, Sequence[Delivery]]:
        return {endpoint: self.due(now, limit, endpoint) for endpoint, limit in wanted.items()}

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        for each in attempts:
            if each.outcome == "delivered":
                self.delivered(each.delivery, each.at, each.log)
            elif each.next_at is not None:
                act = self.retry if each.outcome == "retry" else self.park
                act(each.delivery, each.at, each.next_at, each.log)
        freed = {(each.delivery.endpoint, each.delivery.key) for each in attempts}
        waiting = {(row.endpoint, row.key) for row in self.rows.values() if row.status == "due"}
        return frozenset(endpoint for endpoint, _key in freed & waiting)

    def gather(self, now: datetime, make: Callable[..., Sequence[Delivery]]) -> int:
        held = sorted((row for row in self.rows.values() if row.status == "held"), key=lambda each: each.seq)
        assert not held, "digests are tested on the real queue"
        return 0

    def next_due_at(self) -> datetime | None:
        times = [row.due_at for row in self.rows.values() if row.status in ("due", "parked")]
        return min(times, default=None)

    def _settle(self, delivery: Delivery, outcome: str, entry: Mapping[str, Any], **values: Any) -> None:
        key = (delivery.endpoint, delivery.message_id)
        row = self.rows[key]
        if row.status in ("due", "parked"):
            self.rows[key] = replace(row, attempts=row.attempts + (outcome != "dropped"), **values)
        self.log.append({"endpoint": delivery.endpoint, "message_id": delivery.message_id, "outcome": outcome, **entry})

    def delivered(self, delivery: Delivery, at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, "delivered", {"at": at, **log}, status="delivered")

    def retry(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, "retry", {"at": at, "next_at": next_at, **log}, due_at=next_at)

    def park(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, "parked", {"at": at, "next_at": next_at, **log}, status="parked", due_at=next_at)

    def drop(self, delivery: Delivery, at: datetime, reason: str) -> None:
        self._settle(delivery, "dropped", {"at": at, "reason": reason}, status="dropped")

    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        for each in deliveries:
            key = (each.endpoint, each.message_id)
            old = self.rows.get(key)
            if old is None:
                self.rows[key] = replace(each, id=len(self.rows) + 1)
            elif old.status != "due":
                self.rows[key] = replace(old, status="due", due_at=each.due_at, attempts=0)

    def bring_forward(self, now: datetime, later_than: datetime) -> int:
        late = [key for key, row in self.rows.items() if row.status in ("due", "parked") and row.due_at > later_than]
        for key in late:
            self.rows[key] = replace(self.rows[key], due_at=now)
        return len(late)

    def endpoints(self) -> Sequence[Endpoint]:
        return list(self.known.values())

    def save_endpoint(self, endpoint: Endpoint, at: datetime) -> None:
        self.known[endpoint.id] = endpoint

    def disable_endpoint(self, endpoint: str, at: datetime, reason: str) -> None:
        self.known[endpoint] = replace(self.known[endpoint], is_enabled=False)

    def remove_endpoint(self, endpoint: str, at: datetime) -> None:
        self.known.pop(endpoint, None)
        for key, row in self.rows.items():
            if row.endpoint == endpoint and row.status in ("due", "parked"):
                self.rows[key] = replace(row, status="dropped")

    def find(self, message_ids: Sequence[str], endpoint: str | None = None) -> Sequence[Delivery]:
        return [row for row in self.rows.values() if row.message_id in message_ids and endpoint in (None, row.endpoint)]

    def delivery_log(self, endpoint: str | None = None, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        return [row for row in reversed(self.log) if endpoint in (None, row["endpoint"])][:limit]

    def waiting(self) -> list[Delivery]:
        return [row for row in self.rows.values() if row.status in ("due", "parked")]


Answerer = Callable[[Delivery], Mapping[str, Any] | Exception]


@dataclass
class FakeSink:
    """Answers by a function of the delivery; remembers every attempt and every acknowledged message."""

    answer: Answerer = lambda delivery: {"status": 204}
    attempts: list[Delivery] = field(default_factory=list)
    got: list[Delivery] = field(default_factory=list)
    gate: asyncio.Event | None = None
    is_closed: bool = False

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        self.attempts.append(delivery)
        await asyncio.sleep(0)
        if self.gate is not None:
            await self.gate.wait()
        said = self.answer(delivery)
        if isinstance(said, Exception):
            raise said
        self.got.append(delivery)
        return said

    async def close(self) -> None:
        self.is_closed = True


def answered(status: int, retry_after: float | None = None) -> SinkError:
    return SinkError(f"the endpoint answered {status}", retry_after=retry_after, log={"status": status})


def refused() -> SinkError:
    return SinkError("cannot connect (Connection refused)")


def message(seq: int, key: str = "k", endpoint: str = "e", at: datetime = NOW, **fields: Any) -> Delivery:
    return Delivery(f"m{seq}", endpoint, key, seq, "alert.started", b'{"seq":%d}' % seq, at, **fields)


async def no_wait() -> None:
    """Retries take no turns where the clock is moved by hand."""


async def run_here(call: Callable[..., Any], /, *args: Any) -> Any:
    return call(*args)


async def settle(until: Callable[[], bool] = lambda: False, rounds: int = 200) -> None:
    """Let the tasks run until a fact holds; without one, until they have nothing left to do at this time."""
    for _ in range(rounds):
        if until():
            return
        await asyncio.sleep(0)


async def settle_for(until: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait in real time, for tests with real sockets."""
    async with asyncio.timeout(seconds):
        while not until():
            await asyncio.sleep(0.005)
