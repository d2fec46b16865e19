"""What is counted by hour, day, night, week and month."""

from __future__ import annotations

from sqlalchemy import Index, Table

from monitor.store.columns import flag, key, number, time, words
from monitor.store.tables.base import metadata

__all__ = ["rollup_parts", "rollups"]

rollups = Table(
    "rollups",
    metadata,
    key("key"),
    words("grain"),
    time("begins_at"),
    time("ends_at"),
    words("period"),
    words("place"),
    words("measure"),
    words("weapon"),
    words("side"),
    words("claimant"),
    number("n"),
    number("least", null=True),
    number("most", null=True),
    number("withheld"),
    number("seconds"),
    Index(None, "grain", "place", "measure", "begins_at"),
    Index(None, "grain", "begins_at"),
)

# Which claims a roll-up is made of: a least and a most cannot be taken back without knowing the others.
rollup_parts = Table(
    "rollup_parts",
    metadata,
    key("key"),
    key("row"),
    number("value", null=True),
    number("value_max", null=True),
    flag("is_withheld"),
    Index(None, "row"),
    sqlite_with_rowid=False,
)
