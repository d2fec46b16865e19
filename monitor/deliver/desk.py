"""What an operator does with endpoints: add, pause, resume, rotate, remove, test, and tell again what was missed.

Functions over ``ports.DeliveryQueue``; they work beside a running daemon, which looks every few seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.deliver.snapshots import snapshot_owed
from monitor.errors import InputError
from monitor.model import JSON, Change, Delivery, Endpoint
from monitor.ports import DeliveryQueue
from monitor.sinks import Deps, build
from monitor.sinks.outbox import WireOutbox, ping_change
from monitor.sinks.signing import new_secret

__all__ = ["OVERLAP", "add", "pause", "ping", "recover", "redeliver", "remove", "resume", "rotate"]

OVERLAP = timedelta(days=1)
"""How long both secrets sign after a rotation."""

Describe = Callable[[Sequence[str]], Mapping[str, JSON]]


def add(queue: DeliveryQueue, endpoint: Endpoint, now: datetime) -> Endpoint:
    """Register an endpoint; a webhook without a secret is given one. The same again changes nothing.

    Raises ``ConfigError`` when it cannot work, ``InputError`` when its id or its address is taken.
    """
    for known in queue.endpoints():
        is_same_place = (known.type, known.target) == (endpoint.type, endpoint.target) and bool(endpoint.target)
        if known.id != endpoint.id and is_same_place and not endpoint.options.get("again"):
            raise InputError(f"endpoint {known.id} already goes to this address; rotate its secret instead")
        if known.id == endpoint.id:
            asked = replace(endpoint, secrets=endpoint.secrets or known.secrets, is_enabled=known.is_enabled)
            if asked == known:
                return known
            raise InputError(f"an endpoint is already called {endpoint.id}; remove it first or choose another id")
    if endpoint.type == "webhook" and not endpoint.secrets:
        endpoint = replace(endpoint, secrets=(new_secret(),))
    build(endpoint, Deps())
    queue.save_endpoint(endpoint, now)
    return endpoint


def rotate(queue: DeliveryQueue, endpoint: str, now: datetime, overlap: timedelta = OVERLAP) -> Endpoint:
    """Give a webhook a new secret; the old one goes on signing for ``overlap``."""
    known = _known(queue, endpoint)
    if known.type != "webhook" or not known.target:
        raise InputError(f"endpoint {endpoint}: its secret is in the configuration; put the new one first in its file")
    until = (now + overlap).isoformat()
    options = {**known.options, "old_secrets_until": until}
    rotated = replace(known, secrets=(new_secret(), *known.secrets[:1]), options=options)
    queue.save_endpoint(rotated, now)
    return rotated


def pause(queue: DeliveryQueue, endpoint: str, now: datetime) -> None:
    """Attempt nothing more. New changes are not queued meanwhile: ``recover`` tells them afterwards."""
    _known(queue, endpoint)
    queue.disable_endpoint(endpoint, now, "paused by the operator")


def resume(queue: DeliveryQueue, endpoint: str, now: datetime) -> None:
    """Deliver again: first the state as it is now, then what still waits.

    What changed during a pause was queued for nobody. A place is therefore kept for a snapshot, which the lane fills
    with the state at the time when it sends it, whether a daemon runs now or not.
    """
    known = _known(queue, endpoint)
    if not known.is_enabled:
        queue.enqueue([snapshot_owed(endpoint, now)])
    queue.save_endpoint(replace(known, is_enabled=True), now)


def remove(queue: DeliveryQueue, endpoint: str, now: datetime) -> None:
    """Forget an endpoint and drop what waits for it; the log stays."""
    _known(queue, endpoint)
    queue.remove_endpoint(endpoint, now)


def ping(queue: DeliveryQueue, outbox: WireOutbox, endpoint: str, now: datetime, seq: int) -> Delivery:
    """Queue a test message (nature ``test``: nothing sounds) and return it."""
    known = _known(queue, endpoint)
    (made,) = outbox.frame_for(known, [ping_change(known, now, seq)], now, lambda _places: {}, everything=True)
    queue.enqueue([made])
    return made


def redeliver(queue: DeliveryQueue, endpoint: str, message_id: str, now: datetime) -> Delivery:
    """Send one message again: the same id, the same bytes. Raises ``InputError`` when there is none."""
    found = queue.find([message_id], endpoint)
    if not found:
        raise InputError(f"endpoint {endpoint} has no message {message_id}; `monitor webhooks log` lists them")
    if not found[0].body:
        raise InputError(
            f"the bytes of message {message_id} are no longer kept ([limits] keep_messages_days); the change itself is "
            f"at /api/v1/changes/{message_id}"
        )
    again = replace(found[0], due_at=now, attempts=0, status="due")
    queue.enqueue([again])
    return again


def recover(
    queue: DeliveryQueue,
    outbox: WireOutbox,
    endpoint: str,
    changes: Sequence[Change],
    now: datetime,
    describe: Describe,
) -> int:
    """Queue what an endpoint asked for and has not got of ``changes``; returns how many.

    What was ever queued keeps its frozen bytes, also those of another endpoint of the same audience.
    """
    wanted = outbox.frame_for(replace(_known(queue, endpoint), is_enabled=True), changes, now, describe)
    frozen: dict[str, Delivery] = {}
    own: dict[str, Delivery] = {}
    for row in queue.find([each.message_id for each in wanted]):
        frozen.setdefault(row.message_id, row)
        if row.endpoint == endpoint:
            own[row.message_id] = row
    missing = []
    for each in wanted:
        known = own.get(each.message_id)
        if known is not None and known.status in ("delivered", "due", "held", "gathered"):
            continue
        body = frozen[each.message_id].body if each.message_id in frozen else each.body
        if not body:  # its bytes are no longer kept, and others must not go out under its id
            continue
        missing.append(replace(each, body=body, due_at=now))
    queue.enqueue(missing)
    return len(missing)


def _known(queue: DeliveryQueue, endpoint: str) -> Endpoint:
    for known in queue.endpoints():
        if known.id == endpoint:
            return known
    raise InputError(f"no endpoint is called {endpoint}; `monitor webhooks list` shows them")
