"""Reading all raw items anew, and proving that the result is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.store.series import StoredItem
from monitor.store.sql_store import SqlStore

__all__ = ["raw_items", "replace_derived", "state_hash"]


def raw_items(store: SqlStore) -> Iterator[Sequence[StoredItem]]:
    """All item versions, batch by batch, in the order in which they were committed."""
    raise NotImplementedError


def replace_derived(store: SqlStore, scratch: SqlStore) -> None:
    """Take the derived rows of a scratch store over into this one, in one transaction."""
    raise NotImplementedError


def state_hash(store: SqlStore) -> str:
    """SHA-256 over the derived rows in one fixed form and order."""
    raise NotImplementedError
