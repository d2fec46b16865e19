"""Moving a whole store to another database, and proving that everything arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

from monitor.errors import StoreCorrupt, StoreError
from monitor.identity import canonical
from monitor.store.chain import plain
from monitor.store.sql_store import SqlStore
from monitor.store.statements import pour
from monitor.store.tables import metadata

__all__ = ["copy", "copy_store", "pour_all"]

_AT_ONCE = 1000
Progress = Callable[[str, int], None]


def copy(source_url: str, target_url: str, *, progress: Progress | None = None) -> dict[str, int]:
    """Copy every row of one store into another that is empty; gives the rows per table.

    The target is written in one transaction, then each table is compared by a SHA-256 over its rows. ``progress`` is
    told the table and how many rows of it are done. Raises ``StoreError`` where the target holds anything.
    """
    from monitor.store.opening import open_store

    with open_store(source_url, create=False, lock=False) as source, open_store(target_url) as target:
        return copy_store(source, target, progress=progress)


def copy_store(source: SqlStore, target: SqlStore, *, progress: Progress | None = None) -> dict[str, int]:
    """As ``copy``, between stores that are open."""
    counts = pour_all(source, target, progress=progress)
    with source.reading() as reader, target.reading() as check:
        for table in metadata.sorted_tables:
            if _digest(reader, table) != _digest(check, table):
                raise StoreCorrupt(
                    f"{target.where}: the table {table.name} did not arrive as it was sent. Drop the copy."
                )
    return counts


def pour_all(source: SqlStore, target: SqlStore, *, progress: Progress | None = None) -> dict[str, int]:
    """Copy without comparing afterwards."""
    counts: dict[str, int] = {}
    with source.reading() as reader, target.transaction() as writer:
        for table in metadata.sorted_tables:
            if writer.execute(select(func.count()).select_from(table)).scalar():
                raise StoreError(
                    f"{target.where}: the table {table.name} is not empty. Copy into a new database; nothing was "
                    "written."
                )
        for table in metadata.sorted_tables:
            counts[table.name] = _copy_table(reader, writer, table, progress)
        _set_sequences(writer)
    return counts


def _copy_table(reader: Connection, writer: Connection, table: Table, progress: Progress | None) -> int:
    done = 0
    for some in _batches(reader, table):
        pour(writer, table, [dict(row._mapping) for row in some])
        done += len(some)
        if progress is not None:
            progress(table.name, done)
    return done


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    query = select(table).execution_options(yield_per=_AT_ONCE)
    yield from connection.execute(query).partitions(_AT_ONCE)


def _digest(connection: Connection, table: Table) -> str:
    """SHA-256 over the rows of a table whatever their order, so that no collation matters."""
    total = 0
    for some in _batches(connection, table):
        for row in some:
            line = canonical({name: plain(value) for name, value in row._mapping.items()})
            total += int.from_bytes(hashlib.sha256(line).digest(), "big")
    return f"{total % (1 << 256):064x}"


def _set_sequences(connection: Connection) -> None:
    """Numbers that the server gives out go on after the copied ones."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "  # noqa: S608 our own names
                    f"coalesce((SELECT max({column.name}) FROM {table.name}), 0) + 1, false)"
                )
            )
