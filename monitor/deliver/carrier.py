"""Carries one message at a time to an endpoint, and writes down what came of it.

Acknowledged: delivered. Failed: tried again later, or parked when the endpoint refuses this message alone
(``monitor.deliver.standing``). 410 Gone, or nothing but failures for days: the endpoint is disabled and the operator
told; its messages are kept.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.deliver.alarms import Alarms
from monitor.deliver.schedule import GIVE_UP_AFTER, delay
from monitor.deliver.standing import Standing
from monitor.deliver.world import Notice, Tally, World
from monitor.errors import ConfigError, EndpointGone, SinkError
from monitor.model import JSON, Attempt, Delivery, Endpoint
from monitor.ports import Sink

__all__ = ["AWAY_AFTER", "Carrier", "is_own_snapshot"]

log = logging.getLogger("monitor.deliver")

AWAY_AFTER = timedelta(seconds=60)
MOST_SKEW = 300.0


class Carrier:
    """``sink`` is None while the endpoint cannot be used. ``owes_snapshot``: it was away, and is to be told the state
    as it is now before anything else."""

    def __init__(self, endpoint: Endpoint, world: World, alarms: Alarms) -> None:
        self.endpoint = endpoint
        self.alarms = alarms
        self.sink: Sink | None = None
        self.standing = Standing()
        self.tally = Tally()
        self.owes_snapshot = False
        self._world = world
        self._warned_of_skew = False

    async def adopt(self, endpoint: Endpoint) -> None:
        """Go on with new settings; nothing is under way with the old ones."""
        await self.close()
        self.endpoint = endpoint
        self.alarms.hold_until = None
        if not endpoint.is_enabled:
            return
        try:
            self.sink = self._world.sinks(endpoint)
            # A sink that holds states, such as MQTT, begins with all of them.
            self.owes_snapshot = self.owes_snapshot or bool(getattr(self.sink, "wants_snapshot", False))
        except ConfigError as error:
            self._tell("system.notice", "endpoint_unusable", f"endpoint {endpoint.id} cannot be used: {error}")
        except Exception as error:
            # Somebody else's sink: its fault is its own, and must not end the deliveries of all others.
            log.exception("the sink of %s cannot be made", endpoint.id)
            why = f"a defect in its sink ({type(error).__name__})"
            self._tell("system.notice", "endpoint_unusable", f"endpoint {endpoint.id} cannot be used: {why}")

    async def close(self) -> None:
        """Let go of the sink."""
        if self.sink is not None:
            sink, self.sink = self.sink, None
            try:
                await sink.close()
            except Exception:
                log.exception("the sink of %s could not be closed", self.endpoint.id)

    async def carry(self, delivery: Delivery) -> None:
        """One attempt, from the first byte to what is written down about it."""
        if delivery.status == "parked":
            self.standing.parked(delivery)
        if delivery.attempts:
            await self._world.turn()
        gap = self.standing.gap(delivery)
        try:
            said = await self.send(replace(delivery, gap=gap) if gap else delivery)
        except SinkError as error:
            await self._failed(delivery, error)
            return
        await self.acknowledge(delivery, said)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """What the endpoint said. Raises ``SinkError``."""
        assert self.sink is not None
        try:
            return await self.sink.send(delivery)
        except SinkError:
            raise
        except Exception as error:
            # A fault of a sink must not end the lane; its message may hold a secret, its type does not.
            log.exception("the sink of %s failed", self.endpoint.id)
            raise SinkError(f"the sink failed ({type(error).__name__})") from error

    async def acknowledge(self, delivery: Delivery, said: Mapping[str, JSON]) -> None:
        """It has arrived."""
        now = self._world.clock.now()
        entry = {"attempt": delivery.attempts + 1, **said}
        await self._settle(Attempt(delivery, "delivered", now, entry))
        self.tally.delivered += 1
        latency = said.get("latency_ms")
        self.tally.latency_ms = float(latency) if isinstance(latency, int | float) else None
        if self.standing.succeeded(delivery, now):
            self.alarms.wake()
            log.info("endpoint %s answers again", self.endpoint.id)
        self._watch_skew(said)

    async def note_failure(self, delivery: Delivery, error: SinkError, now: datetime) -> None:
        """What an attempt that failed says about the endpoint."""
        self.tally.failed += 1
        reason = str(error.log.get("status", "no_answer"))
        self.tally.reasons[reason] = self.tally.reasons.get(reason, 0) + 1
        went_down = self.standing.failed(error, now, is_probe=is_own_snapshot(delivery))
        failing_for = now - (self.standing.failing_since or now)
        if isinstance(error, EndpointGone):
            await self._settle(Attempt(delivery, "retry", now, _entry(delivery, error), now))
            await self._disable("gone", f"endpoint {self.endpoint.id} answered 410 Gone and was disabled", now)
        elif failing_for >= timedelta(seconds=GIVE_UP_AFTER):
            text = f"endpoint {self.endpoint.id} has failed for {failing_for.days} days and was disabled"
            await self._disable("dead", text + "; its messages are kept", now)
        elif went_down:
            self._say_down()
        if self.standing.is_down and failing_for >= AWAY_AFTER and self._world.snapshot is not None:
            self.owes_snapshot = True
        self._watch_skew(error.log)

    # ── failures ──

    async def _failed(self, delivery: Delivery, error: SinkError) -> None:
        now = self._world.clock.now()
        await self.note_failure(delivery, error, now)
        if not self.endpoint.is_enabled:
            return
        standing, entry = self.standing, _entry(delivery, error)
        tries = standing.probes if standing.is_down else delivery.attempts + 1
        next_at = now + timedelta(seconds=delay(tries, self._world.rng, error.retry_after))
        self.alarms.add(next_at)
        if error.retry_after or standing.is_down:
            self.alarms.hold(next_at)
        match standing.decide(delivery, error, now):
            case "park" | "park_for_trial":
                await self._park(delivery, now, next_at, entry)
            case "retry":
                await self._settle(Attempt(delivery, "retry", now, entry, next_at))
            case "undo_trial":
                await self._settle(Attempt(delivery, "retry", now, entry, next_at))
                await self._undo_trial(next_at)

    async def _park(self, delivery: Delivery, now: datetime, next_at: datetime, entry: Mapping[str, JSON]) -> None:
        await self._settle(Attempt(delivery, "parked", now, entry, next_at))
        if delivery.status != "parked":
            self.tally.parked += 1
        self.standing.parked(delivery)

    async def _undo_trial(self, next_at: datetime) -> None:
        """It is the endpoint: what was parked goes back to its place."""
        for delivery in self.standing.end_trial():
            await self._world.call(self._world.queue.enqueue, [replace(delivery, due_at=next_at)])
        self._say_down()
        self.alarms.hold(next_at)

    async def _disable(self, reason: str, text: str, now: datetime) -> None:
        self.endpoint = replace(self.endpoint, is_enabled=False)
        await self._world.call(self._world.queue.disable_endpoint, self.endpoint.id, now, text)
        self._tell("system.endpoint_disabled", reason, text)

    async def _settle(self, attempt: Attempt) -> None:
        if await self._world.ledger.settle(attempt):
            self.alarms.wake()

    # ── what people are told ──

    def _say_down(self) -> None:
        log.info("endpoint %s does not answer; one probe at a time from now on", self.endpoint.id)

    def _watch_skew(self, said: Mapping[str, Any]) -> None:
        skew = said.get("skew_s")
        if not isinstance(skew, int | float):
            return
        if abs(skew) <= MOST_SKEW:
            self._warned_of_skew = False
        elif not self._warned_of_skew:
            self._warned_of_skew = True
            text = f"our clock and that of endpoint {self.endpoint.id} differ by {abs(skew):.0f} s; receivers refuse"
            self._tell("system.notice", "clock_skew", text + " signatures older or newer than 300 s: check the clock")

    def _tell(self, kind: str, reason: str, text: str) -> None:
        log.warning("%s", text)
        self._world.tell(Notice(kind, self.endpoint.id, reason, text, self._world.clock.now()))


def is_own_snapshot(delivery: Delivery) -> bool:
    """A snapshot that a lane had made, as opposed to one that was a change."""
    return delivery.seq == 0 and delivery.type == "state.snapshot"


def _entry(delivery: Delivery, error: SinkError) -> dict[str, JSON]:
    text = "".join(char if char.isprintable() else " " for char in str(error)[:500])
    return {"attempt": delivery.attempts + 1, "error": text, **error.log}
