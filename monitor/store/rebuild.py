"""Reading all raw items anew: what to read, how the outcome differs, taking it over, and proving it the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, Table, delete, select

from monitor.store import known, rows
from monitor.store.answers import StoredItem, stored_item
from monitor.store.sql_store import SqlStore
from monitor.store.statements import insert_new, upsert
from monitor.store.tables import DERIVED, items, memory, readings, regions, reports, signals

__all__ = ["Difference", "differences", "raw_items", "replace_derived", "state_hash"]

_AT_ONCE = 500
_READ = {"reports": reports, "signals": signals}
_KNOWN = ("intervals", "strikes", "claims")


@dataclass(frozen=True, slots=True)
class Difference:
    """One derived row that today's rules see otherwise; ``old`` and ``new`` are the model's (Telling, Interval …)."""

    kind: str
    id: str
    what: Literal["added", "removed", "changed"]
    old: Any | None
    new: Any | None


def raw_items(store: SqlStore) -> Iterator[Sequence[StoredItem]]:
    """All item versions in the order of their commit, in the batches in which they were committed."""
    with store.reading() as connection:
        query = select(items).order_by(items.c.id).execution_options(yield_per=_AT_ONCE)
        for _, batch in groupby(connection.execute(query), key=lambda row: row.batch):
            yield [stored_item(row) for row in batch]


def state_hash(store: SqlStore, *, history: bool = False, coverage: bool = False) -> str:
    """SHA-256 over the derived rows in one fixed form and order: the same on every machine and database.

    It covers reports, signals, alerts, strikes and claims as they stand. ``history`` adds all their versions with the
    times that they were known, ``coverage`` how well the sources were watched, which no re-reading can tell.
    """
    total = hashlib.sha256()
    with store.reading() as connection:
        for name, table in _READ.items():
            for row in _ordered(connection, table):
                _feed(total, name, row.id, row.withdrawn_cause or "", row.body)
        for name in (*_KNOWN, *(("coverage",) if coverage else ())):
            for row in _ordered(connection, DERIVED[name][0]):
                _feed(total, name, row.id, row.body)
            if history:
                for row in _ordered(connection, DERIVED[name][1]):
                    until = row.known_to.isoformat() if row.known_to else ""
                    _feed(total, name, row.id, row.n, row.known_from.isoformat(), until, row.body)
    return total.hexdigest()


def differences(store: SqlStore, scratch: SqlStore) -> Iterator[Difference]:
    """What the scratch store says otherwise, kind by kind in the order of ids."""
    with store.reading() as mine, scratch.reading() as theirs:
        for name, table in {**_READ, **{kind: DERIVED[kind][0] for kind in _KNOWN}}.items():
            old_rows, new_rows = iter(_ordered(mine, table)), iter(_ordered(theirs, table))
            old, new = next(old_rows, None), next(new_rows, None)
            while old is not None or new is not None:
                if old is not None and (new is None or old.id < new.id):
                    yield Difference(name, old.id, "removed", _load(name, old), None)
                    old = next(old_rows, None)
                elif new is not None and (old is None or new.id < old.id):
                    yield Difference(name, new.id, "added", None, _load(name, new))
                    new = next(new_rows, None)
                elif old is not None and new is not None:
                    if old.body != new.body:
                        yield Difference(name, old.id, "changed", _load(name, old), _load(name, new))
                    old, new = next(old_rows, None), next(new_rows, None)


def replace_derived(store: SqlStore, scratch: SqlStore, at: datetime) -> dict[str, int]:
    """Take the derived rows and the memory of a scratch store over, in one transaction; gives rows by kind.

    What was known stays in the history with the times that it was known; what is known now begins at ``at``. Raw
    items, changes, coverage, cursors and deliveries are not touched.
    """
    counts: dict[str, int] = {}
    with scratch.reading() as fresh, store.transaction() as connection:
        for table in (reports, signals, readings):
            connection.execute(delete(table))
        connection.execute(delete(regions).where(regions.c.kind == "reports"))
        for table in (readings, reports, signals):
            counts[table.name] = _pour(fresh, connection, table, select(table))
        _pour(fresh, connection, regions, select(regions).where(regions.c.kind == "reports"))
        for kind in _KNOWN:
            counts[kind] = _take_over(fresh, connection, kind, at, store)
        connection.execute(delete(memory))
        _pour(fresh, connection, memory, select(memory))
    return counts


def _take_over(fresh: Connection, connection: Connection, kind: str, at: datetime, store: SqlStore) -> int:
    table = DERIVED[kind][0]
    gone = set(connection.execute(select(table.c.id)).scalars())
    count = 0
    query = select(table.c.id, table.c.body).order_by(table.c.id).execution_options(yield_per=_AT_ONCE)
    for some in fresh.execute(query).partitions(_AT_ONCE):
        gone.difference_update(row.id for row in some)
        values = [rows.load(known.KINDS[kind], rows.unpack(row.body)) for row in some]
        known.save(connection, kind, values, at, store.lineage)
        count += len(values)
    known.forget(connection, kind, sorted(gone), at, store.lineage)
    return count


def _pour(fresh: Connection, connection: Connection, table: Table, query: Any) -> int:
    count = 0
    write = insert_new if table is regions else upsert
    for some in fresh.execute(query.execution_options(yield_per=_AT_ONCE)).partitions(_AT_ONCE):
        write(connection, table, [dict(row._mapping) for row in some])
        count += len(some)
    return count


def _ordered(connection: Connection, table: Table) -> Any:
    """Rows by primary key, byte by byte on every database."""
    keys = [
        column.collate("C") if connection.dialect.name == "postgresql" and column.name == "id" else column
        for column in table.primary_key.columns
    ]
    return connection.execute(select(table).order_by(*keys).execution_options(yield_per=_AT_ONCE))


def _feed(total: Any, *parts: object) -> None:
    total.update("\x1f".join(str(part) for part in parts).encode("utf-8", "backslashreplace") + b"\x1e")


def _load(name: str, row: Any) -> Any:
    from monitor.store.reading import telling_of

    return telling_of(row) if name in _READ else rows.load(known.KINDS[name], rows.unpack(row.body))
