"""What the daemon keeps for itself: its memory, where it has read to, when it looked, who may ask."""

from __future__ import annotations

from sqlalchemy import Table

from monitor.store.columns import key, number, number_key, sealed, time, words
from monitor.store.tables.base import metadata

__all__ = ["cursors", "holes", "look_log", "looks", "memory", "meta", "tokens"]

memory = Table("memory", metadata, key("key"), *sealed())

meta = Table("meta", metadata, key("key"), words("value"))

cursors = Table(
    "cursors",
    metadata,
    key("source"),
    words("cursor"),
    time("at"),
)

looks = Table(
    "looks",
    metadata,
    key("source"),
    time("at"),
    words("outcome"),
    time("ok_at", null=True),
    number("failures"),
    number("count"),
    *sealed(),
)

look_log = Table(
    "look_log",
    metadata,
    key("source"),
    number_key("slot"),
    time("at"),
    *sealed(),
)

holes = Table(
    "holes",
    metadata,
    key("channel"),
    number_key("first"),
    number_key("last"),
    words("cause"),
    words("source"),
    time("noticed_at"),
    time("begins", null=True),
    time("ends", null=True),
    *sealed(),
)

tokens = Table(
    "tokens",
    metadata,
    key("id"),
    words("name"),
    words("scope"),
    words("sha256", unique=True),
    time("created_at"),
    time("expires_at", null=True),
    time("revoked_at", null=True),
    time("used_at", null=True),
)
