"""What all lanes share, what they tell the operator, and what they count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from monitor.deliver.ledger import Ledger, RunInWriter
from monitor.model import Delivery, Endpoint
from monitor.ports import Clock, DeliveryQueue, Sink

__all__ = ["Notice", "Tally", "World"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator should know: ``type`` is a change type, ``reason`` a machine word, ``text`` for people."""

    type: str
    endpoint: str
    reason: str
    text: str
    at: datetime


@dataclass(slots=True)
class World:
    """What all lanes share. ``snapshot`` frames the state of an endpoint's regions; ``turn`` paces retries."""

    queue: DeliveryQueue
    ledger: Ledger
    sinks: Callable[[Endpoint], Sink]
    clock: Clock
    run_in_writer: RunInWriter
    rng: Random
    tell: Callable[[Notice], None]
    turn: Callable[[], Awaitable[None]]
    snapshot: Callable[[Endpoint, datetime], Awaitable[Sequence[Delivery]]] | None = None

    async def call(self, call: Callable[..., Any], *args: Any) -> Any:
        """A call of the queue, in the writer's thread."""
        return await self.run_in_writer(call, *args)

    def real_seconds(self, seconds: float) -> float:
        """How long a span of the clock lasts in reality: less in a replay that runs faster."""
        convert = getattr(self.clock, "real_seconds", None)
        return float(convert(seconds)) if convert is not None else seconds


@dataclass(slots=True)
class Tally:
    """Counts since the start, for metrics."""

    delivered: int = 0
    failed: int = 0
    parked: int = 0
    latency_ms: float | None = None
    reasons: dict[str, int] = field(default_factory=dict)
