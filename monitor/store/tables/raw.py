"""What was published, as it came: immutable item versions, chained by hash, and the root of each day."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, UniqueConstraint

from monitor.store.columns import flag, key, number, number_key, optional, time, words
from monitor.store.tables.base import metadata

__all__ = ["items", "roots"]

items = Table(
    "items",
    metadata,
    # Dense, given by the one writer: a missing number is a removed row.
    number_key("id"),
    words("key", is_clean=True),
    number("version"),
    words("source", is_clean=True),
    optional("title", is_clean=True),
    words("text", is_clean=True),
    Column("raw", LargeBinary),
    time("published", null=True),
    time("received"),
    time("edited", null=True),
    flag("deleted"),
    optional("url", is_clean=True),
    optional("lang", is_clean=True),
    optional("channel", is_clean=True),
    optional("origin", is_clean=True),
    words("media", is_clean=True),
    words("flags", is_clean=True),
    flag("is_late"),
    words("nature", is_clean=True),
    optional("snapshot", is_clean=True),
    words("sha256", is_clean=True),
    time("committed_at"),
    number("batch"),
    words("chain", is_clean=True),
    UniqueConstraint("key", "version"),
    Index(None, "source", "id"),
    Index(None, "batch"),
    Index(None, "received", "id"),
)

roots = Table(
    "roots",
    metadata,
    key("day"),
    number("first_id"),
    number("last_id"),
    words("root"),
)
