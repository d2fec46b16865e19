"""Changes and deliveries as rows, and the lanes in which deliveries wait.

A lane is (endpoint, key). Only the head of a lane, its lowest ``seq`` that is due, has a ``ready_at`` and can be
tried; the others have none until the head is delivered, parked or dropped. Parked ones stand beside their lane, and
so do those that are held for a digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, literal_column, select, tuple_, update

from monitor.model import Change, Delivery
from monitor.store import rows
from monitor.store.prepared import fetch, run_many
from monitor.store.regions import Lineage, index
from monitor.store.statements import append, find, insert_new
from monitor.store.tables import changes, deliveries, endpoints, regions

__all__ = [
    "DUE",
    "change_of",
    "change_row",
    "delivery_of",
    "is_open",
    "promote",
    "revive",
    "save_changes",
    "save_deliveries",
]

DUE: ColumnElement[str] = literal_column("'due'")
"""As a word of the statement, so that SQLite sees at once that the index of the lanes serves it."""


def save_changes(connection: Connection, told: Sequence[Change], at: datetime, lineage: Lineage) -> None:
    """Append changes. One whose id is there already says nothing new and is dropped."""
    fresh = {change.id: change for change in reversed(told)}
    for row in find(connection, changes.c.id, list(fresh), "id"):
        del fresh[row.id]
    new = sorted(fresh.values(), key=lambda change: change.seq)
    if not new:
        return
    append(connection, changes, [change_row(change, at) for change in new])
    entries = [row for change in new for row in index("changes", change.id, change.places, change.occurred_at, lineage)]
    insert_new(connection, regions, entries)


def change_row(change: Change, at: datetime) -> dict[str, Any]:
    """The columns of one change that was committed at ``at``."""
    return {
        "seq": change.seq,
        "id": change.id,
        "type": change.type,
        "key": change.key,
        "subject": change.subject,
        "occurred_at": change.occurred_at,
        "known_at": change.known_at,
        "committed_at": at,
        "late": change.late,
        "nature": change.nature,
        "valid_until": change.valid_until,
        **rows.sealed(change),
    }


def change_of(row: Any) -> Change:
    return rows.load(Change, rows.unpack(row.body))


def save_deliveries(connection: Connection, due: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Queue deliveries of new changes. The same message to the same endpoint is queued once, whatever became of it.

    Returns those before which nothing waits in their lane, with the ids of their rows.
    """
    if not due:
        return ()
    insert_new(connection, deliveries, [_delivery_row(delivery) for delivery in due])
    messages = [{"message": message} for message in sorted({delivery.message_id for delivery in due})]
    run_many(connection, _open_lanes(), messages)
    ready = {(row.message_id, row.endpoint): row.id for each in messages for row in fetch(connection, _heads(), each)}
    named = ((ready.get((each.message_id, each.endpoint)), each) for each in due)
    return tuple(replace(each, id=number) for number, each in named if number is not None)


@cache
def _heads() -> Any:
    """Of one message, the rows that can be tried as soon as they are due."""
    its = deliveries.c
    return select(its.id, its.message_id, its.endpoint).where(
        its.message_id == bindparam("message"), its.status == DUE, its.ready_at.is_not(None)
    )


@cache
def _open_lanes() -> Any:
    """Make those rows of a message ready before which nothing waits in their lane."""
    mine, earlier = deliveries.c, deliveries.alias("earlier")
    blocked = (
        select(earlier.c.id)
        .where(
            earlier.c.status == DUE,
            earlier.c.endpoint == mine.endpoint,
            earlier.c.key == mine.key,
            tuple_(earlier.c.seq, earlier.c.id) < tuple_(mine.seq, mine.id),
        )
        .correlate(deliveries)
        .exists()
    )
    return (
        update(deliveries)
        .where(mine.message_id == bindparam("message"), mine.status == DUE, mine.ready_at.is_(None), ~blocked)
        .values(ready_at=mine.due_at)
    )


def revive(connection: Connection, due: Sequence[Delivery]) -> None:
    """Queue again what was delivered, parked or dropped, with the bytes that were frozen; new ones are queued."""
    for delivery in due:
        connection.execute(
            update(deliveries)
            .where(
                deliveries.c.message_id == delivery.message_id,
                deliveries.c.endpoint == delivery.endpoint,
                deliveries.c.status != "due",
            )
            .values(status="due", due_at=delivery.due_at, ready_at=None, attempts=0, done_at=None)
        )
    insert_new(connection, deliveries, [_delivery_row(delivery) for delivery in due])
    for lane in sorted({(delivery.endpoint, delivery.key) for delivery in due}):
        promote(connection, *lane)


def promote(connection: Connection, endpoint: str, key: str) -> None:
    """Make the oldest due message of a lane the one that can be tried, and only that."""
    table = deliveries.c
    lane = (table.status == "due", table.endpoint == endpoint, table.key == key)
    head = connection.execute(
        select(table.id, table.due_at, table.ready_at).where(*lane).order_by(table.seq, table.id).limit(1)
    ).first()
    if head is None:
        return
    connection.execute(
        update(deliveries).where(*lane, table.ready_at.is_not(None), table.id != head.id).values(ready_at=None)
    )
    if head.ready_at != head.due_at:
        connection.execute(update(deliveries).where(table.id == head.id).values(ready_at=head.due_at))


def is_open() -> ColumnElement[bool]:
    """The endpoint has not been disabled; one that was never saved counts as enabled."""
    off = select(endpoints.c.id).where(endpoints.c.id == deliveries.c.endpoint, endpoints.c.is_enabled.is_(False))
    return ~off.exists()


def _delivery_row(delivery: Delivery) -> Mapping[str, Any]:
    return {
        "message_id": delivery.message_id,
        "endpoint": delivery.endpoint,
        "key": delivery.key,
        "seq": delivery.seq,
        "type": delivery.type,
        **rows.seal(delivery.body),
        "status": delivery.status,
        "due_at": delivery.due_at,
        "ready_at": delivery.due_at if delivery.status == "held" else None,
        "valid_until": delivery.valid_until,
        "attempts": delivery.attempts,
        "done_at": None,
    }


def delivery_of(row: Any) -> Delivery:
    return Delivery(
        message_id=row.message_id,
        endpoint=row.endpoint,
        key=row.key,
        seq=row.seq,
        type=row.type,
        body=bytes(row.body),
        due_at=row.due_at,
        valid_until=row.valid_until,
        attempts=row.attempts,
        status=row.status,
        id=row.id,
    )
