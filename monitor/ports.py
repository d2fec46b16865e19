"""What the core asks of the world. Semantics stand in the docstrings; adapters keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from monitor.model import Attempt, Batch, Change, Claim, Commit, Delivery, Endpoint, Head, Item, Reading, SourceProfile


class Clock(Protocol):
    """The time. ``now`` is aware UTC; a replay clock is moved by hand, a test clock too."""

    def now(self) -> datetime: ...


class Source(Protocol):
    """A place that publishes. One instance per profile; used from one asyncio task at a time.

    ``poll`` returns what is new after ``cursor`` (None: never polled; read back as far as the profile allows and
    mark the items ``is_late``). It raises ``SourceError`` when the look failed; it never returns an empty batch
    for a failure. Polling twice with the same cursor gives the same items again: the store drops duplicates.
    ``close`` ends sessions and connections and may be called twice.
    A source that is also pushed to has ``on_hint(wake)``: it calls ``wake()`` when a poll would find something.
    """

    profile: SourceProfile

    async def poll(self, cursor: str | None) -> Batch: ...

    async def close(self) -> None: ...


class Inbox(Protocol):
    """Callbacks that were pushed to us over HTTP, kept until the source they are for drains them.

    ``put`` is called by the web side with the body as it came and returns False when the inbox of that source is
    full (the caller answers 503, so that nothing is lost without a word); ``drain`` gives each body once, oldest
    first. ``on_put`` asks to be woken when something arrives for a source.
    """

    def put(self, source: str, body: bytes, at: datetime) -> bool: ...

    def drain(self, source: str) -> Sequence[tuple[datetime, bytes]]: ...

    def on_put(self, source: str, wake: Callable[[], None]) -> None: ...


class Reader(Protocol):
    """Reads one item in the light of its source's profile. Pure and total: it never raises."""

    def __call__(self, item: Item, profile: SourceProfile | None) -> Reading: ...


class Unit(Protocol):
    """One open write transaction. Leaving its ``with`` block commits; an exception rolls everything back."""

    def heads(self, keys: Sequence[str]) -> Mapping[str, Head]:
        """The newest stored version of each key that is known."""
        ...

    def last_seq(self) -> int:
        """The ``seq`` of the newest committed change, 0 at the beginning."""
        ...

    def known_changes(self, ids: Sequence[str]) -> set[str]:
        """Those of the change ids that are already committed: the same evidence is told once."""
        ...

    def claims(self, chains: Sequence[str], items: Sequence[str]) -> Sequence[Claim]:
        """Every claim of these chains, and of the chains to which these items made claims; each chain whole."""
        ...

    def save(self, commit: Commit) -> Sequence[Delivery]:
        """Write items, reports, derived rows, changes, memory, cursor, look and due deliveries: all or nothing.

        Returns those of the deliveries that stand first in their key, as ``DeliveryQueue.due`` would give them: once
        this is committed they can be sent without being looked up."""
        ...


class Store(Protocol):
    """The memory of the daemon. One writer; many readers elsewhere. Every method is synchronous.

    What ``writing`` has committed survives a power cut. ``memory`` gives the fuse state as last committed.
    """

    def writing(self) -> AbstractContextManager[Unit]: ...

    def memory(self) -> Mapping[str, Any]: ...

    def cursor(self, source: str) -> str | None: ...


class Outbox(Protocol):
    """Decides who is to be told of a change, and freezes the bytes. Pure: it reads no clock and no database.

    ``describe`` gives the state snapshot (JSON) of the regions that a change concerns.
    """

    def frame(
        self, changes: Sequence[Change], now: datetime, describe: Callable[[Sequence[str]], Mapping[str, Any]]
    ) -> tuple[Delivery, ...]: ...


class Sink(Protocol):
    """A way out. ``send`` returns when the far side has acknowledged, raises ``SinkError`` when it has not.

    The sink knows whether trying again can help (``SinkError.is_final``); the delivery stage owns the waiting.
    ``send`` may be called again with the same ``message_id`` and the same bytes: told at least once.
    A sink that holds states has ``wants_snapshot = True``: it is first sent a ``state.snapshot``.
    """

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        """Deliver one message; returns what is worth keeping in the log, such as status and latency."""
        ...

    async def close(self) -> None: ...


class DeliveryQueue(Protocol):
    """The store's side of delivery. Every method is synchronous and commits before it returns.

    Order per (endpoint, key): ``due`` offers at most the oldest undelivered message of each, oldest ``seq`` first;
    a parked message no longer blocks its key. ``log`` entries are JSON: attempt, status, latency, error, no secrets.
    """

    def due(self, now: datetime, limit: int = 100, endpoint: str | None = None) -> Sequence[Delivery]: ...

    def next_due_at(self) -> datetime | None: ...

    def due_for(self, wanted: Mapping[str, int], now: datetime) -> Mapping[str, Sequence[Delivery]]:
        """``due`` for several endpoints at once: endpoint → at most so many."""
        ...

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        """Record what came of many attempts in one transaction, as ``delivered``, ``retry`` and ``park`` do.

        Returns the endpoints of which another message of a settled key now stands first.
        """
        ...

    def gather(self, now: datetime, make: Callable[[str, Sequence[Delivery], datetime], Sequence[Delivery]]) -> int:
        """Replace what was held (``status`` ``held``) until now by the messages that ``make`` makes of it, per endpoint
        and period, in one transaction each. Returns how many messages were gathered."""
        ...

    def delivered(self, delivery: Delivery, at: datetime, log: Mapping[str, Any]) -> None: ...

    def retry(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None: ...

    def park(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None:
        """Take a poisoned message out of its key's way; it is still tried at ``next_at``."""
        ...

    def drop(self, delivery: Delivery, at: datetime, reason: str) -> None: ...

    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        """Add messages outside a pipeline commit: test pings, snapshots for a returning endpoint, redeliveries.

        One that is known already (delivered, parked or dropped) becomes due again, with the bytes it had, at its
        place in its key's order."""
        ...

    def bring_forward(self, now: datetime, later_than: datetime) -> int:
        """Make due now what is due later than that: it was put off by a clock that has been set back since. What waits
        for the end of quiet hours goes on waiting. Returns how many messages they were."""
        ...

    def endpoints(self) -> Sequence[Endpoint]: ...

    def save_endpoint(self, endpoint: Endpoint, at: datetime) -> None: ...

    def disable_endpoint(self, endpoint: str, at: datetime, reason: str) -> None: ...

    def remove_endpoint(self, endpoint: str, at: datetime) -> None: ...

    def find(self, message_ids: Sequence[str], endpoint: str | None = None) -> Sequence[Delivery]:
        """Messages with these ids, whatever became of them, with the bytes that were frozen."""
        ...

    def delivery_log(self, endpoint: str | None = None, limit: int = 100) -> Sequence[Mapping[str, Any]]: ...
