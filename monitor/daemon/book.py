"""The delivery queue with the endpoints of the configuration added to those of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from monitor.config import Settings
from monitor.deliver.snapshots import snapshot_owed
from monitor.model import Attempt, Delivery, Endpoint
from monitor.ports import Clock
from monitor.store import SqlStore

__all__ = ["Book"]

FROM_CONFIG: Mapping[str, Any] = {"from": "config"}
OFF_IN_CONFIG: Mapping[str, Any] = {"from": "config", "off": True}


class Book:
    """Keeps ``ports.DeliveryQueue``. Endpoints come from `[[endpoint]]` tables and from `monitor webhooks add`.

    Secrets of the configuration stay out of the database: such an endpoint leaves a row there without address and
    secrets, which remembers that it has been disabled (410, or by hand). ``on_delivered`` is called in the writer
    thread with every acknowledged message.
    """

    def __init__(
        self,
        store: SqlStore,
        settings: Settings,
        clock: Clock,
        on_delivered: Callable[[Delivery, datetime], None] = lambda delivery, at: None,
    ) -> None:
        self.store = store
        self._clock = clock
        self._on_delivered = on_delivered
        self.settings = settings
        self.known: tuple[Endpoint, ...] = ()
        self.due = store.due
        self.next_due_at = store.next_due_at
        self.due_for = store.due_for
        self.gather = store.gather
        self.retry = store.retry
        self.park = store.park
        self.drop = store.drop
        self.enqueue = store.enqueue
        self.bring_forward = store.bring_forward
        self.disable_endpoint = store.disable_endpoint
        self.remove_endpoint = store.remove_endpoint
        self.find = store.find
        self.delivery_log = store.delivery_log

    def delivered(self, delivery: Delivery, at: datetime, log: Mapping[str, Any]) -> None:
        self.store.delivered(delivery, at, log)
        self._on_delivered(delivery, at)

    def save_endpoint(self, endpoint: Endpoint, at: datetime) -> None:
        """One of the configuration is saved without address and secrets: only whether it is enabled."""
        is_configured = any(each.id == endpoint.id for each in self.settings.endpoints)
        self.store.save_endpoint(_mark(endpoint) if is_configured else endpoint, at)

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        more = self.store.settle(attempts)
        for attempt in attempts:
            if attempt.outcome == "delivered":
                self._on_delivered(attempt.delivery, attempt.at)
        return more

    def endpoints(self) -> Sequence[Endpoint]:
        """Everyone to tell, looked up anew; the same tuple back as long as nothing has changed."""
        stored = {endpoint.id: endpoint for endpoint in self.store.endpoints()}
        out: list[Endpoint] = []
        for endpoint in self.settings.endpoints:
            known = stored.pop(endpoint.id, None)
            was_off = known is not None and bool(known.options.get("off"))
            is_on = endpoint.is_enabled and (known is None or known.is_enabled or was_off)
            out.append(replace(endpoint, is_enabled=is_on))
            mark = replace(_mark(endpoint), is_enabled=is_on)
            if known is None or replace(known, secrets=tuple(known.secrets)) != mark:
                if was_off and is_on:
                    self.store.enqueue([snapshot_owed(endpoint.id, self._clock.now())])
                self.store.save_endpoint(mark, self._clock.now())
        for endpoint in stored.values():
            if endpoint.options.get("from") != "config":
                out.append(endpoint)
            elif endpoint.is_enabled:
                self.store.disable_endpoint(endpoint.id, self._clock.now(), "no longer in the configuration")
        if tuple(out) != self.known:
            self.known = tuple(out)
        return self.known


def _mark(endpoint: Endpoint) -> Endpoint:
    """``off``: it is the configuration that says ``enabled = false``, and may say otherwise again."""
    return replace(endpoint, target="", secrets=(), options=FROM_CONFIG if endpoint.is_enabled else OFF_IN_CONFIG)
