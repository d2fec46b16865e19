"""Statements whose words are worked out once and that then run on the driver itself.

Building the words of a statement costs several times what running it does, and so does the wrapping of every single
row and parameter. What each commit and each acknowledgement needs is therefore prepared for SQLite: its words, the
order of its parameters, and what turns values into stored ones and back. A server is asked through SQLAlchemy, whose
cache of words is small beside a round trip.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Select
from sqlalchemy.dialects import sqlite

from monitor.store.columns import CLEAN, Utc, Words
from monitor.store.engines import name_of
from monitor.store.faults import translate

__all__ = ["Turn", "fetch", "picker", "run_many", "run_words", "turn_in"]

Turn = Callable[[Any], Any]

_Given = Callable[[Mapping[str, Any]], Any]

_DIALECT = sqlite.dialect()


def fetch(connection: Connection, statement: Select[Any], values: Mapping[str, Any]) -> Sequence[Any]:
    """All rows of a select, their columns as attributes. ``statement`` is one that is kept, never made for the call."""
    if connection.dialect.name != "sqlite" or not connection.in_transaction():
        return connection.execute(statement, values).all()
    words, inward, outward = _reading(statement)
    return [outward(row) for row in _run(connection, words, [one(values) for one in inward])]


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


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _ours(connection: Connection, error: Exception) -> Exception:
    return translate(error, name_of(connection.engine.url)) or error


@cache
def _reading(statement: Select[Any]) -> tuple[str, list[_Given], Turn]:
    words, inward = _changing(statement)
    columns = list(statement.selected_columns)
    shape: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
    turns = [column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for column in columns]
    if not any(turns):
        return words, inward, shape._make

    def outward(row: Sequence[Any]) -> Any:
        return shape._make(one if turn is None else turn(one) for one, turn in zip(row, turns, strict=True))

    return words, inward, outward


@cache
def _changing(statement: Any) -> tuple[str, list[_Given]]:
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), [_given(name, compiled.binds[name]) for name in compiled.positiontup]


def _given(name: str, bound: Any) -> _Given:
    """What takes one parameter out of a row of them; one whose value is part of the statement is the same for all."""
    turn = bound.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    if not bound.required:
        fixed = bound.value if turn is None else turn(bound.value)
        return lambda _row: fixed
    return itemgetter(name) if turn is None else lambda row: turn(row[name])


def picker(order: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes these values out of a row, always as a tuple."""
    if len(order) > 1:
        return itemgetter(*order)
    return lambda row: (row[order[0]],)
