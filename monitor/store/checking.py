"""Whether the database still says what was written."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.store.sql_store import SqlStore

__all__ = ["Problem", "verify"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written. ``row`` names it: table and key."""

    table: str
    row: str
    what: str


def verify(store: SqlStore) -> list[Problem]:
    """Every row that is not what was written, empty where all is well."""
    raise NotImplementedError
