"""One endpoint's lane: its own queue, concurrency and patience, so that nobody waits for somebody else's endpoint.

A failed message is tried again later and blocks its key meanwhile: order comes first. When one message alone is
refused again and again, it is parked and later ones overtake it, naming the gap (``monitor.deliver.standing``).

While an endpoint is down one probe at a time goes out. Down for longer than ``AWAY_AFTER``, the probe is a new
``state.snapshot`` of its regions: what is true now arrives before the backlog of what was.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from monitor.deliver.alarms import Alarms
from monitor.deliver.schedule import GIVE_UP_AFTER, delay
from monitor.deliver.standing import Standing
from monitor.deliver.world import Notice, Tally, World
from monitor.errors import ConfigError, EndpointGone, SinkError, StoreError
from monitor.model import JSON, Attempt, Delivery, Endpoint
from monitor.ports import Sink

__all__ = ["AWAY_AFTER", "Lane", "snapshot_owed"]

log = logging.getLogger("monitor.deliver")

AWAY_AFTER = timedelta(seconds=60)
CONCURRENCY = 8
MOST_SKEW = 300.0
_LONGEST_WAIT = 30.0


class Lane:
    """Runs until ``stop``. ``wake`` makes it look at once; ``change`` gives it the endpoint's new settings."""

    def __init__(self, endpoint: Endpoint, world: World) -> None:
        self.endpoint = endpoint
        self.tally = Tally()
        self._world = world
        self._sink: Sink | None = None
        self._next: Endpoint | None = endpoint
        self._is_stopping = False
        self._wake = asyncio.Event()
        self._in_flight: dict[tuple[str, int | None], asyncio.Task[None]] = {}
        self._alarms = Alarms()
        self._standing = Standing()
        self._owes_snapshot = False
        self._is_fresh = True
        self._may_have = True
        self._offered: list[Delivery] = []
        self._is_resting = False
        self._warned_of_skew = False

    @property
    def is_down(self) -> bool:
        return self._standing.is_down

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def wake(self) -> None:
        """Something may be due."""
        self._may_have = True
        self._wake.set()

    def offer(self, ready: Sequence[Delivery]) -> None:
        """These have just been committed, and nothing waits before them in their keys."""
        self._offered += ready
        if not (self._is_resting and self._took_offers()):
            self._wake.set()

    def change(self, endpoint: Endpoint) -> None:
        """Go on with new settings once nothing is under way with the old ones."""
        if endpoint != (self._next or self.endpoint):
            self._next = endpoint
            self.wake()

    def stop(self) -> None:
        """Start nothing more."""
        self._is_stopping = True
        self.wake()

    async def run(self) -> None:
        """Until stopped; what is under way then is left to ``drain``."""
        while not self._is_stopping:
            self._wake.clear()
            try:
                await self._fill()
            except StoreError as error:
                if error.is_fatal:
                    raise
                log.warning("the delivery queue cannot be read: %s", error)
                self._alarm(self._world.clock.now() + timedelta(seconds=1))
            await self._rest()

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
        if self._sink is not None:
            sink, self._sink = self._sink, None
            await sink.close()
        return len(left)

    # ── what to send ──

    async def _fill(self) -> None:
        if self._took_offers() or not await self._is_ready():
            return
        now = self._world.clock.now()
        if self._owes_snapshot and self._world.snapshot is not None:
            if not self._in_flight:
                await self._send_snapshot(now)
            return
        free = self._most() - len(self._in_flight)
        if free <= 0 or not self._may_have:
            return
        self._may_have = False
        asked = free + len(self._in_flight)
        found = await self._world.ledger.due(self.endpoint.id, asked)
        self._may_have = self._may_have or len(found) >= asked
        if await self._is_returning(found, now):
            self._owes_snapshot = True
            self.wake()
            return
        for delivery in self._not_in_flight(found)[:free]:
            self._start(delivery)

    def _took_offers(self) -> bool:
        """Start what was offered, where nothing else is to be seen to first. Otherwise the queue is asked as ever."""
        offered, self._offered = self._offered, []
        if not offered:
            return False
        is_busy = self._may_have or self._owes_snapshot or self._is_fresh or self._next is not None or self.is_down
        is_shut = self._sink is None or not self.endpoint.is_enabled or self._is_stopping
        new = self._not_in_flight(offered)
        if is_busy or is_shut or len(self._in_flight) + len(new) > self._most() or self._is_held():
            self._may_have = True
            return False
        for delivery in new:
            self._start(delivery)
        return True

    def _most(self) -> int:
        return 1 if self.is_down else int(self.endpoint.options.get("concurrency", CONCURRENCY))

    def _not_in_flight(self, found: Sequence[Delivery]) -> list[Delivery]:
        return [each for each in found if (each.message_id, each.id) not in self._in_flight]

    def _is_held(self) -> bool:
        """The endpoint has asked for a pause, or failed just now."""
        return self._alarms.is_held(self._world.clock.now())

    async def _is_ready(self) -> bool:
        """Settings are in force, the endpoint is enabled, and it has not asked for a pause."""
        if self._next is not None:
            if self._in_flight:
                return False
            await self._adopt(self._next)
        if self._sink is None or not self.endpoint.is_enabled or self._is_stopping:
            return False
        return not self._is_held()

    async def _adopt(self, endpoint: Endpoint) -> None:
        if self._sink is not None:
            sink, self._sink = self._sink, None
            await sink.close()
        self._is_fresh = self._is_fresh or (endpoint.is_enabled and not self.endpoint.is_enabled)
        self.endpoint, self._next = endpoint, None
        self._alarms.hold_until = None
        if not endpoint.is_enabled:
            return
        try:
            self._sink = self._world.sinks(endpoint)
            # A sink that holds states, such as MQTT, begins with all of them.
            self._owes_snapshot = self._owes_snapshot or bool(getattr(self._sink, "wants_snapshot", False))
        except ConfigError as error:
            self._tell("system.notice", "endpoint_unusable", f"endpoint {endpoint.id} cannot be used: {error}")

    async def _is_returning(self, found: Sequence[Delivery], now: datetime) -> bool:
        """Someone was away: a snapshot is owed, or the first look after a start or a pause finds a backlog.

        Snapshots in the queue are never sent as they are: they are of another time, and a new one is made.
        """
        stale = [each for each in found if _is_own_snapshot(each)]
        for old in stale:
            await self._call(self._world.queue.drop, old, now, "superseded by a newer snapshot")
        was_fresh, self._is_fresh = self._is_fresh, self._is_fresh and not found and bool(self._in_flight)
        if stale or not was_fresh or self._world.snapshot is None:
            return bool(stale)
        return any(each.attempts >= 3 or now - each.due_at > AWAY_AFTER for each in found)

    async def _send_snapshot(self, now: datetime) -> None:
        """The state now, before anything else; a snapshot that fails is dropped and made anew."""
        assert self._world.snapshot is not None
        made = await self._world.snapshot(self.endpoint, now)
        first = [replace(each, seq=0, due_at=now) for each in made]
        await self._call(self._world.queue.enqueue, first)
        found = await self._call(self._world.queue.due, now, len(first) + 1, self.endpoint.id)
        ours = [each for each in found if any(each.message_id == one.message_id for one in first)]
        for nth, delivery in enumerate(ours):
            if not await self._try_snapshot(delivery):
                for later in ours[nth:]:
                    await self._call(self._world.queue.drop, later, now, "superseded by a newer snapshot")
                return
        self._owes_snapshot = False
        self.wake()

    async def _try_snapshot(self, delivery: Delivery) -> bool:
        now = self._world.clock.now()
        try:
            said = await self._send(delivery)
        except SinkError as error:
            await self._note_failure(delivery, error, now)
            if not isinstance(error, EndpointGone):
                seconds = delay(self._standing.probes, self._world.rng, error.retry_after)
                self._hold(now + timedelta(seconds=seconds))
            return False
        await self._acknowledge(delivery, said)
        return True

    # ── one attempt ──

    def _start(self, delivery: Delivery) -> None:
        key = (delivery.message_id, delivery.id)
        task = asyncio.create_task(self._attempt(delivery), name=f"deliver {self.endpoint.id}")
        self._in_flight[key] = task

        def done(finished: asyncio.Task[None]) -> None:
            self._in_flight.pop(key, None)
            if not finished.cancelled() and (error := finished.exception()) is not None:
                log.error("delivery to %s could not be recorded: %s", self.endpoint.id, error)
                self._hold(self._world.clock.now() + timedelta(seconds=1))
            if self._may_have or self._owes_snapshot or self._next is not None:
                self._wake.set()

        task.add_done_callback(done)

    async def _attempt(self, delivery: Delivery) -> None:
        if delivery.status == "parked":
            self._standing.parked(delivery)
        if delivery.attempts:
            await self._world.turn()
        gap = self._standing.gap(delivery)
        try:
            said = await self._send(replace(delivery, gap=gap) if gap else delivery)
        except SinkError as error:
            await self._failed(delivery, error)
            return
        await self._acknowledge(delivery, said)

    async def _send(self, delivery: Delivery) -> Mapping[str, JSON]:
        assert self._sink is not None
        try:
            return await self._sink.send(delivery)
        except SinkError:
            raise
        except Exception as error:
            # A fault of a sink must not end the lane; its message may hold a secret, its type does not.
            log.exception("the sink of %s failed", self.endpoint.id)
            raise SinkError(f"the sink failed ({type(error).__name__})") from error

    async def _acknowledge(self, delivery: Delivery, said: Mapping[str, JSON]) -> None:
        now = self._world.clock.now()
        entry = {"attempt": delivery.attempts + 1, **said}
        await self._settle(Attempt(delivery, "delivered", now, entry))
        self.tally.delivered += 1
        latency = said.get("latency_ms")
        self.tally.latency_ms = float(latency) if isinstance(latency, int | float) else None
        if self._standing.succeeded(delivery, now):
            self.wake()
            log.info("endpoint %s answers again", self.endpoint.id)
        self._watch_skew(said)

    # ── failures ──

    async def _failed(self, delivery: Delivery, error: SinkError) -> None:
        now = self._world.clock.now()
        await self._note_failure(delivery, error, now)
        if not self.endpoint.is_enabled:
            return
        standing, entry = self._standing, self._entry(delivery, error)
        tries = standing.probes if standing.is_down else delivery.attempts + 1
        next_at = now + timedelta(seconds=delay(tries, self._world.rng, error.retry_after))
        self._alarm(next_at)
        if error.retry_after or standing.is_down:
            self._alarms.hold(next_at)
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
        self._standing.parked(delivery)

    async def _undo_trial(self, next_at: datetime) -> None:
        """It is the endpoint: what was parked goes back to its place."""
        for delivery in self._standing.end_trial():
            await self._call(self._world.queue.enqueue, [replace(delivery, due_at=next_at)])
        self._say_down()
        self._alarms.hold(next_at)

    async def _note_failure(self, delivery: Delivery, error: SinkError, now: datetime) -> None:
        self.tally.failed += 1
        reason = str(error.log.get("status", "no_answer"))
        self.tally.reasons[reason] = self.tally.reasons.get(reason, 0) + 1
        went_down = self._standing.failed(error, now, is_probe=_is_own_snapshot(delivery))
        failing_for = now - (self._standing.failing_since or now)
        if isinstance(error, EndpointGone):
            await self._settle(Attempt(delivery, "retry", now, self._entry(delivery, error), now))
            await self._disable("gone", f"endpoint {self.endpoint.id} answered 410 Gone and was disabled", now)
        elif failing_for >= timedelta(seconds=GIVE_UP_AFTER):
            text = f"endpoint {self.endpoint.id} has failed for {failing_for.days} days and was disabled"
            await self._disable("dead", text + "; its messages are kept", now)
        elif went_down:
            self._say_down()
        if self.is_down and failing_for >= AWAY_AFTER and self._world.snapshot is not None:
            self._owes_snapshot = True
        self._watch_skew(error.log)

    def _say_down(self) -> None:
        log.info("endpoint %s does not answer; one probe at a time from now on", self.endpoint.id)

    async def _disable(self, reason: str, text: str, now: datetime) -> None:
        self.endpoint = replace(self.endpoint, is_enabled=False)
        await self._call(self._world.queue.disable_endpoint, self.endpoint.id, now, text)
        self._tell("system.endpoint_disabled", reason, text)

    def _entry(self, delivery: Delivery, error: SinkError) -> dict[str, JSON]:
        text = "".join(char if char.isprintable() else " " for char in str(error)[:500])
        return {"attempt": delivery.attempts + 1, "error": text, **error.log}

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

    # ── time and the queue ──

    def _tell(self, kind: str, reason: str, text: str) -> None:
        log.warning("%s", text)
        self._world.tell(Notice(kind, self.endpoint.id, reason, text, self._world.clock.now()))

    def _alarm(self, at: datetime) -> None:
        self._alarms.add(at)
        self._wake.set()

    def _hold(self, until: datetime) -> None:
        """Start nothing before then, and look again at that time."""
        self._alarms.hold(until)
        self._alarm(until)

    async def _rest(self) -> None:
        """Until woken, or until the next known time at which something is due."""
        now = self._world.clock.now()
        if self._alarms.rung(now):
            self._may_have = True
            if not self._alarms.is_held(now):
                return
        seconds = _LONGEST_WAIT
        if (at := self._alarms.next()) is not None:
            seconds = min(self._world.real_seconds((at - now).total_seconds()), seconds)
        self._is_resting = True
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._is_resting = False

    async def _settle(self, attempt: Attempt) -> None:
        if await self._world.ledger.settle(attempt):
            self.wake()

    async def _call(self, call: Callable[..., Any], *args: Any) -> Any:
        return await self._world.run_in_writer(call, *args)


def snapshot_owed(endpoint: str, now: datetime) -> Delivery:
    """Keeps a place in the queue for a snapshot of this endpoint: the lane that finds it makes one."""
    key = f"snapshot/{endpoint}/owed"
    return Delivery(f"{key}/{now.isoformat()}", endpoint, key, 0, "state.snapshot", b"{}", now)


def _is_own_snapshot(delivery: Delivery) -> bool:
    return delivery.seq == 0 and delivery.type == "state.snapshot"
