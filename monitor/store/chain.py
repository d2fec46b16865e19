"""The hash chain over raw items: each row's SHA-256 takes in the one before, each day has a root.

``link = SHA-256(previous link + SHA-256 of the row's canonical JSON)``; the first link stands on 64 zeros. The row's
JSON holds every column but ``chain`` itself, times as text and raw bytes as their own SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.identity import canonical
from monitor.store.columns import stamp

__all__ = ["GENESIS", "day_of", "link", "plain", "row_digest"]

GENESIS = "0" * 64


def row_digest(row: Mapping[str, Any]) -> str:
    """SHA-256 over every column of a raw item but its ``chain``."""
    return hashlib.sha256(canonical({name: plain(value) for name, value in row.items() if name != "chain"})).hexdigest()


def link(before: str, row: Mapping[str, Any]) -> str:
    """The ``chain`` of a row that follows the one with the chain ``before``."""
    return hashlib.sha256(f"{before}{row_digest(row)}".encode()).hexdigest()


def day_of(committed_at: datetime) -> str:
    """The UTC day under whose root a row is counted."""
    return stamp(committed_at)[:10]


def plain(value: Any) -> Any:
    """A column's value as JSON: a time as text, bytes as their SHA-256."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value
