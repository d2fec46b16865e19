"""Statements whose words are worked out once and that then run on the driver itself.

Building the words of a statement costs several times what running it does, and so does the wrapping of every single
row and parameter. What each commit, each acknowledgement and each look into a small index needs is therefore
prepared: its words, the order of its parameters, and what turns values into stored ones and back. A server is written
to through SQLAlchemy, whose cache of words is small beside a round trip.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Boolean, Connection, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

from monitor.store.columns import CLEAN, Utc, Words
from monitor.store.engines import name_of
from monitor.store.faults import translate

__all__ = ["Turn", "fetch", "picker", "run_many", "run_words", "turn_in"]

Turn = Callable[[Any], Any]

_Given = Callable[[Mapping[str, Any]], Any]

_DIALECT = sqlite.dialect()


def fetch(connection: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Any]:
    """All rows of a select, their columns as attributes. ``statement`` is one that is kept, never made for the call."""
    if not connection.in_transaction():
        return connection.execute(statement, values).all()
    if connection.dialect.name == "postgresql":
        words, named, outward = _asking(statement)
        return list(map(outward, _ask(connection, words, {name: one(values) for name, one in named})))
    words, inward, outward = _reading(statement)
    return list(map(outward, _run(connection, words, [one(values) for one in inward])))


def run_many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a kept statement once per row of parameters."""
    if not rows:
        return
    if connection.dialect.name != "sqlite" or not connection.in_transaction():
        connection.execute(statement, list(rows))
        return
    words, inward = _changing(statement)
    run_words(connection, words, [[one(row) for one in inward] for row in rows])


def run_words(connection: Connection, words: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run the words once per row of stored values. Raises the store's own errors. SQLite only."""
    cursor = _driver(connection).cursor()
    try:
        if len(rows) == 1:
            cursor.execute(words, rows[0])
        else:
            cursor.executemany(words, rows)
    except (sqlite3.Error, UnicodeError) as error:
        raise _ours(connection, error) from error
    finally:
        cursor.close()


def turn_in(column: Any) -> Turn | None:
    """What turns a value into a stored one: times, truth values, words that may hold what a database refuses."""
    if isinstance(column.type, Boolean):
        return int  # sqlite3 looks long for a way to bind a bool
    if isinstance(column.type, Utc) or (isinstance(column.type, Words) and not column.info.get(CLEAN)):
        found: Turn | None = column.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
        return found
    return None


def _run(connection: Connection, words: str, values: Sequence[Any]) -> list[Any]:
    cursor = _driver(connection).cursor()
    try:
        return cursor.execute(words, values).fetchall()
    except (sqlite3.Error, UnicodeError) as error:
        raise _ours(connection, error) from error
    finally:
        cursor.close()


def _ask(connection: Connection, words: str, values: Mapping[str, Any]) -> list[Any]:
    """Rows of a server, which keeps the plan of words that it has often heard. Raises the store's own errors."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            return list(cursor.execute(words, values).fetchall())
    except Exception as error:
        raise _ours(connection, error) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _ours(connection: Connection, error: Exception) -> Exception:
    return translate(error, name_of(connection.engine.url)) or error


@cache
def _reading(statement: Select[Any]) -> tuple[str, list[_Given], Turn]:
    words, inward = _changing(statement)
    return words, inward, _outward(statement, _DIALECT)


@cache
def _asking(statement: Select[Any]) -> tuple[str, list[tuple[str, _Given]], Turn]:
    server = _server()
    compiled = statement.compile(dialect=server)
    named = [(name, _given(name, bound, server)) for name, bound in compiled.binds.items()]
    return str(compiled), named, _outward(statement, server)


@cache
def _server() -> Dialect:
    """Loaded by those alone who have a server."""
    from sqlalchemy.dialects.postgresql import psycopg

    return psycopg.dialect()  # type: ignore[no-untyped-call]


def _outward(statement: Select[Any], dialect: Dialect) -> Turn:
    """What makes a row of ours out of one of the driver's: only the values that need it are turned."""
    columns = list(statement.selected_columns)
    shape: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
    found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    turns = [(place, turn) for place, turn in enumerate(found) if turn is not None]
    if not turns:
        return cast(Turn, shape._make)

    def outward(row: Sequence[Any]) -> Any:
        values = list(row)
        for place, turn in turns:
            values[place] = turn(values[place])
        return shape._make(values)

    return outward


@cache
def _changing(statement: Any) -> tuple[str, list[_Given]]:
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), [_given(name, compiled.binds[name], _DIALECT) for name in compiled.positiontup]


def _given(name: str, bound: Any, dialect: Dialect) -> _Given:
    """What takes one parameter out of a row of them; one whose value is part of the statement is the same for all."""
    turn = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if not bound.required:
        fixed = bound.value if turn is None else turn(bound.value)
        return lambda _row: fixed
    return itemgetter(name) if turn is None else lambda row: turn(row[name])


def picker(order: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes these values out of a row, always as a tuple."""
    if len(order) > 1:
        return itemgetter(*order)
    return lambda row: (row[order[0]],)
