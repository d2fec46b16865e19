"""What an endpoint that was away is told first: the state of its regions now, before the backlog of what was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.deliver.carrier import AWAY_AFTER, Carrier, is_own_snapshot
from monitor.deliver.schedule import delay
from monitor.deliver.world import World
from monitor.errors import EndpointGone, SinkError
from monitor.model import Delivery, Endpoint

__all__ = ["Snapshots", "snapshot_owed"]

_SUPERSEDED = "superseded by a newer snapshot"


class Snapshots:
    """Snapshots in the queue are never sent as they are: they are of another time, and a new one is made."""

    def __init__(self, carrier: Carrier, world: World) -> None:
        self._carrier = carrier
        self._world = world
        self._is_fresh = True

    @property
    def is_fresh(self) -> bool:
        """The queue has not been seen yet since a start or a pause."""
        return self._is_fresh

    @property
    def is_due(self) -> bool:
        """One is owed, and somebody can make it."""
        return self._carrier.owes_snapshot and self._world.snapshot is not None

    def adopted(self, endpoint: Endpoint, before: Endpoint) -> None:
        """New settings: an endpoint that was off until now is looked at as after a start."""
        self._is_fresh = self._is_fresh or (endpoint.is_enabled and not before.is_enabled)

    async def is_returning(self, found: Sequence[Delivery], now: datetime, *, is_busy: bool) -> bool:
        """Someone was away: a snapshot is owed, or the first look after a start or a pause finds a backlog."""
        stale = [each for each in found if is_own_snapshot(each)]
        for old in stale:
            await self._world.call(self._world.queue.drop, old, now, _SUPERSEDED)
        was_fresh, self._is_fresh = self._is_fresh, self._is_fresh and not found and is_busy
        if stale or not was_fresh or self._world.snapshot is None:
            return bool(stale)
        return any(each.attempts >= 3 or now - each.due_at > AWAY_AFTER for each in found)

    async def send(self, now: datetime) -> bool:
        """The state now, before anything else; one that fails is dropped and made anew. True when it has arrived."""
        assert self._world.snapshot is not None
        endpoint = self._carrier.endpoint
        made = await self._world.snapshot(endpoint, now)
        first = [replace(each, seq=0, due_at=now) for each in made]
        await self._world.call(self._world.queue.enqueue, first)
        found = await self._world.call(self._world.queue.due, now, len(first) + 1, endpoint.id)
        ours = [each for each in found if any(each.message_id == one.message_id for one in first)]
        for nth, delivery in enumerate(ours):
            if not await self._has_arrived(delivery):
                for later in ours[nth:]:
                    await self._world.call(self._world.queue.drop, later, now, _SUPERSEDED)
                return False
        self._carrier.owes_snapshot = False
        return True

    async def _has_arrived(self, delivery: Delivery) -> bool:
        now = self._world.clock.now()
        carrier = self._carrier
        try:
            said = await carrier.send(delivery)
        except SinkError as error:
            await carrier.note_failure(delivery, error, now)
            if not isinstance(error, EndpointGone):
                seconds = delay(carrier.standing.probes, self._world.rng, error.retry_after)
                carrier.alarms.pause(now + timedelta(seconds=seconds))
            return False
        await carrier.acknowledge(delivery, said)
        return True


def snapshot_owed(endpoint: str, now: datetime) -> Delivery:
    """Keeps a place in the queue for a snapshot of this endpoint: the lane that finds it makes one."""
    key = f"snapshot/{endpoint}/owed"
    return Delivery(f"{key}/{now.isoformat()}", endpoint, key, 0, "state.snapshot", b"{}", now)
