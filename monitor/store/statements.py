"""Statements that are built once, and the few whose words differ between SQLite and PostgreSQL.

Building a statement costs several times what running it does; what every commit needs is therefore kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Table, bindparam, select
from sqlalchemy.dialects import sqlite

from monitor.store.engines import name_of
from monitor.store.faults import translate
from monitor.store.prepared import Turn, fetch, picker, run_words, turn_in

__all__ = ["append", "by_key", "chunks", "find", "increase", "insert_new", "pour", "upsert"]

T = TypeVar("T")
_MOST = 500
_FEW = 8
"""So many keys are looked up one by one: cheaper than the words for a list of them."""


def chunks(values: Sequence[T], size: int = _MOST) -> Iterator[Sequence[T]]:
    """The sequence in pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def find(connection: Connection, column: Column[Any], keys: Sequence[Any], *names: str) -> Iterator[Any]:
    """Rows of the column's table whose column is one of the keys; ``names`` are the columns wanted."""
    if len(keys) <= _FEW:
        for key in keys:
            yield from fetch(connection, _by_one_key(column, *names), {"key": key})
        return
    for some in chunks(keys):
        yield from connection.execute(by_key(column, *names), {"keys": list(some)})


@cache
def by_key(column: Column[Any], *names: str) -> Any:
    """Select columns by a list of keys, bound as ``keys``."""
    table = column.table
    return select(*(table.c[name] for name in names)).where(column.in_(bindparam("keys", expanding=True)))


@cache
def _by_one_key(column: Column[Any], *names: str) -> Any:
    table = column.table
    return select(*(table.c[name] for name in names)).where(column == bindparam("key"))


def append(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that cannot be there yet."""
    if rows:
        _write(connection, _append(table), table, rows)


def pour(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """``append`` for very many rows that all have the same columns: PostgreSQL takes them by COPY."""
    if connection.dialect.name != "postgresql":
        append(connection, table, rows)
    elif rows:
        names = list(rows[0])
        quote = connection.dialect.identifier_preparer.quote
        words = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
        turned = tuple(
            (place, turn)
            for place, name in enumerate(names)
            if (turn := table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect))
        )
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(words) as copy:
                for values in _values(picker(names), turned, rows):
                    copy.write_row(values)
        except driver.Error as error:
            raise translate(error, name_of(connection.engine.url)) or error from error


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; one that breaks a unique key is already there and is left as it is."""
    if rows:
        _write(connection, _insert_new(connection.dialect.name, table), table, rows)


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, or replace those that have the same primary key."""
    if rows:
        _write(connection, _upsert(connection.dialect.name, table, tuple(rows[0])), table, rows)


def increase(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], names: tuple[str, ...]) -> None:
    """Insert the rows; where the primary key is there already, add these columns to what they hold."""
    if rows:
        _write(connection, _increase(connection.dialect.name, table, names), table, rows)


def _write(connection: Connection, statement: Any, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run an insert over rows that all have the same columns.

    For SQLite the words and the order of the values are worked out once per statement, and the rows go to the driver
    as tuples: half of what a commit costs would otherwise be the naming of parameters.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(statement, list(rows))
        return
    words, pick, turned = _finished(statement, table, tuple(rows[0]))
    run_words(connection, words, _values(pick, turned, rows))


def _values(
    pick: Callable[[Any], tuple[Any, ...]], turned: tuple[tuple[int, Turn], ...], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...]]:
    """The rows as tuples, turned column by column: a third of the cost of going row by row."""
    columns: list[Sequence[Any]] = list(zip(*map(pick, rows), strict=True))
    for place, turn in turned:
        column = columns[place]
        # What is the same in all rows of a batch, as the time of their commit, is one object: turned once.
        is_one = len(set(map(id, column))) == 1
        columns[place] = [turn(column[0])] * len(column) if is_one else list(map(turn, column))
    return list(zip(*columns, strict=True))


@cache
def _finished(
    statement: Any, table: Table, names: tuple[str, ...]
) -> tuple[str, Callable[[Any], tuple[Any, ...]], tuple[tuple[int, Turn], ...]]:
    """The words of a statement for SQLite, what picks a row's values in their order, and at which places a value has
    to be turned into a stored one."""
    compiled = statement.compile(dialect=sqlite.dialect(), column_keys=list(names))
    order = list(compiled.positiontup)
    turns = [(place, turn_in(table.c[name])) for place, name in enumerate(order)]
    return str(compiled), picker(order), tuple((place, turn) for place, turn in turns if turn is not None)


@cache
def _append(table: Table) -> Any:
    return table.insert()


@cache
def _increase(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: table.c[name] + statement.excluded[name] for name in names}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def _insert_new(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, table: Table, names: tuple[str, ...]) -> Any:
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(dialect: str, table: Table) -> Any:
    if dialect != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
