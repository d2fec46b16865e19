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
from functools import cache, partial
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

from monitor.store import server
from monitor.store.columns import CLEAN, Utc, Words
from monitor.store.engines import name_of
from monitor.store.faults import translate

__all__ = ["Turn", "fetch", "picker", "run_many", "run_words", "turn_in"]

Turn = Callable[[Any], Any]

_Given = Callable[[Mapping[str, Any]], Any]

_DIALECT = sqlite.dialect()


def fetch(
    connection: Connection, statement: Select[Any], values: Mapping[str, Any], into: type[tuple[Any, ...]] | None = None
) -> Sequence[Any]:
    """All rows of a select, their columns as attributes. ``statement`` is one that is kept, never made for the call;
    ``into`` is the named tuple that a row shall be, with a field for each column in their order."""
    is_server = connection.dialect.name == "postgresql"
    if not connection.in_transaction() or (is_server and not server.can_ask(connection)):
        found = connection.execute(statement, values).all()
        return found if into is None else [tuple.__new__(into, row) for row in found]
    if is_server:
        words, inward, outward = _asking(statement, into)
        return list(map(outward, _ask(connection, words, [one(values) for one in inward])))
    words, inward, outward = _reading(statement, into)
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


def _ask(connection: Connection, words: str, values: Sequence[Any]) -> list[Any]:
    try:
        return server.ask(connection, words, values)
    except Exception as error:
        raise _ours(connection, error) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _ours(connection: Connection, error: Exception) -> Exception:
    return translate(error, name_of(connection.engine.url)) or error


@cache
def _reading(statement: Select[Any], into: Any) -> tuple[str, list[_Given], Turn]:
    words, inward = _changing(statement)
    return words, inward, _outward(statement, _DIALECT, into)


@cache
def _asking(statement: Select[Any], into: Any) -> tuple[str, list[_Given], Turn]:
    dialect = _server_dialect()
    compiled = statement.compile(dialect=dialect)
    inward = [_given(name, compiled.binds[name], dialect) for name in compiled.positiontup or ()]
    return str(compiled), inward, _outward(statement, dialect, into)


@cache
def _server_dialect() -> Dialect:
    """Loaded by those alone who have a server."""
    from sqlalchemy.dialects.postgresql import psycopg

    return psycopg.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def _outward(statement: Select[Any], dialect: Dialect, into: Any) -> Turn:
    """What makes a row of ours out of one of the driver's: only the values that need it are turned."""
    columns = list(statement.selected_columns)
    shape = into or namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
    make = partial(tuple.__new__, shape)  # what the shape's own ways end in: there is a row of this kind very often
    # A server's times are in the zone of the session, and ours is in UTC.
    same = Utc if dialect.name == "postgresql" else ()
    found = (
        None if isinstance(column.type, same) else column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in columns
    )
    turns = [(place, turn) for place, turn in enumerate(found) if turn is not None]
    if not turns:
        return make

    def outward(row: Sequence[Any]) -> Any:
        values = list(row)
        for place, turn in turns:
            values[place] = turn(values[place])
        return make(values)

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
