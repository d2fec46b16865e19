"""What an operator asks about deliveries: who is told, what waits, what came of each try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from monitor.errors import InputError
from monitor.model import Endpoint
from monitor.store import rows
from monitor.store.sql_store import SqlStore
from monitor.store.tables import deliveries, delivery_log, endpoints

__all__ = ["Message", "Standing", "messages", "standings", "tries"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One endpoint, how many of its messages stand how, and its newest success and failure."""

    endpoint: Endpoint
    changed_at: datetime
    reason: str | None
    counted: Mapping[str, int]
    oldest_due_at: datetime | None
    last_delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one endpoint, without its bytes."""

    id: int
    message_id: str
    endpoint: str
    key: str
    seq: int
    type: str
    status: str
    due_at: datetime
    valid_until: datetime | None
    attempts: int
    done_at: datetime | None


def standings(store: SqlStore) -> tuple[Standing, ...]:
    """Every endpoint that the store knows, by id. Those of the configuration have no address here."""
    mine = deliveries.c
    counts = select(
        mine.endpoint, mine.status, func.count().label("n"), func.min(mine.due_at).label("oldest"),
        func.max(mine.done_at).label("newest"),
    ).group_by(mine.endpoint, mine.status)  # fmt: skip
    with store.reading() as connection:
        found = connection.execute(select(endpoints).order_by(endpoints.c.id)).all()
        told: dict[str, dict[str, Any]] = {}
        for row in connection.execute(counts):
            told.setdefault(row.endpoint, {})[row.status] = row
    return tuple(_standing(row, told.get(row.id, {})) for row in found)


def messages(
    store: SqlStore, *, endpoint: str | None = None, status: str | None = None, before: int | None = None,
    limit: int = 100,
) -> tuple[tuple[Message, ...], int | None]:  # fmt: skip
    """Messages, the newest first, and the ``before`` of the next page."""
    query = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit + 1)
    for column, wanted in ((deliveries.c.endpoint, endpoint), (deliveries.c.status, status)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(deliveries.c.id < before)
    names = list(Message.__dataclass_fields__)
    with store.reading() as connection:
        found = [Message(*(getattr(row, name) for name in names)) for row in connection.execute(query)]
    return tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None


def tries(store: SqlStore, message_id: str, endpoint: str) -> tuple[Mapping[str, Any], ...]:
    """Every try of one message, oldest first. Raises ``InputError`` where there is no such message."""
    log, mine = delivery_log.c, deliveries.c
    with store.reading() as connection:
        known = select(mine.id).where(mine.message_id == message_id, mine.endpoint == endpoint)
        if connection.execute(known).first() is None:
            raise InputError(f"endpoint {endpoint} has no message {message_id}")
        found = connection.execute(
            select(delivery_log).where(log.message_id == message_id, log.endpoint == endpoint).order_by(log.id)
        ).all()
    return tuple({"at": row.at, "outcome": row.outcome, **rows.unpack(row.body)} for row in found)


def _standing(row: Any, told: Mapping[str, Any]) -> Standing:
    endpoint = rows.load(Endpoint, rows.unpack(row.body))
    due, done = told.get("due"), told.get("delivered")
    return Standing(
        endpoint=endpoint, changed_at=row.changed_at, reason=row.reason,
        counted={status: one.n for status, one in told.items()},
        oldest_due_at=due.oldest if due else None, last_delivered_at=done.newest if done else None,
    )  # fmt: skip
