"""What was told, to whom, and what came of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, MetaData, Table, UniqueConstraint, event, text

from monitor.store.columns import flag, key, number, number_key, optional, sealed, time, words
from monitor.store.tables.base import metadata

__all__ = ["changes", "deliveries", "delivery_log", "endpoints"]

changes = Table(
    "changes",
    metadata,
    number_key("seq"),
    words("id", unique=True),
    words("type"),
    words("key"),
    words("subject"),
    time("occurred_at"),
    time("known_at"),
    time("committed_at"),
    flag("late"),
    words("nature"),
    time("valid_until", null=True),
    *sealed(),
    Index(None, "subject", "seq"),
    Index(None, "type", "seq"),
    Index(None, "committed_at"),
)

endpoints = Table(
    "endpoints",
    metadata,
    key("id"),
    flag("is_enabled"),
    time("changed_at"),
    optional("reason"),
    *sealed(),
)

deliveries = Table(
    "deliveries",
    metadata,
    number_key("id", is_given=False),
    words("message_id"),
    words("endpoint"),
    words("key"),
    number("seq"),
    words("type"),
    *sealed(as_bytes=True),
    words("status"),
    time("due_at"),
    # Set for the head of its lane (endpoint, key) and for parked messages only: what can be tried.
    time("ready_at", null=True),
    time("valid_until", null=True),
    number("attempts"),
    time("done_at", null=True),
    UniqueConstraint("message_id", "endpoint"),
    Index("ix_deliveries_ready", "ready_at", info={"where": "ready_at IS NOT NULL"}),
    Index("ix_deliveries_lane", "endpoint", "key", "seq", "id", info={"where": "status = 'due'"}),
    sqlite_autoincrement=True,
)  # fmt: skip


@event.listens_for(metadata, "before_create")
def _in_part(given: MetaData, connection: Connection, **options: Any) -> None:
    """Says of the indexes of a part which part it is, in the dialect at hand: naming the other one as well would load
    all of it at every start."""
    for index in deliveries.indexes:
        if "where" in index.info:
            index.dialect_options[connection.dialect.name]["where"] = text(index.info["where"])


delivery_log = Table(
    "delivery_log",
    metadata,
    number_key("id", is_given=False),
    words("endpoint"),
    words("message_id"),
    time("at"),
    words("outcome"),
    *sealed(),
    Index(None, "endpoint", "id"),
    Index(None, "message_id"),
    sqlite_autoincrement=True,
)
