"""What was read from each item version: its reading, its reports, its signals."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKeyConstraint, Index, Table

from monitor.store.columns import flag, key, number, number_key, optional, sealed, time, words
from monitor.store.tables.base import metadata

__all__ = ["readings", "reports", "signals"]


def _item_fk() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["item", "version"], ["items.key", "items.version"])


readings = Table(
    "readings",
    metadata,
    key("item"),
    number_key("version"),
    optional("lang"),
    optional("rules"),
    words("notes"),
    words("digest"),
    time("known_at"),
    _item_fk(),
)

reports = Table(
    "reports",
    metadata,
    key("id"),
    words("item"),
    number("version"),
    number("nth"),
    words("kind"),
    words("source"),
    optional("lang"),
    time("at"),
    time("received"),
    time("known_at"),
    time("withdrawn_at", null=True),
    optional("withdrawn_cause"),
    words("nature"),
    flag("is_late"),
    words("rule"),
    Column("confidence", Float, nullable=False),
    words("quote"),
    number("span_start"),
    number("span_end"),
    *sealed(),
    _item_fk(),
    Index(None, "item", "version"),
    Index(None, "at", "id"),
    Index(None, "kind", "at", "id"),
    Index(None, "source", "at", "id"),
)

signals = Table(
    "signals",
    metadata,
    key("id"),
    words("item"),
    number("version"),
    number("nth"),
    words("kind"),
    words("source"),
    time("at"),
    time("known_at"),
    time("withdrawn_at", null=True),
    optional("withdrawn_cause"),
    *sealed(),
    _item_fk(),
    Index(None, "item", "version"),
    Index(None, "at", "id"),
)
