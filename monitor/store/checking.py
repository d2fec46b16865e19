"""Whether the database still says what was written: the hash chain over raw items, and a digest of every body."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select, text

from monitor.errors import StoreCorrupt
from monitor.model import Change, Telling
from monitor.store import known, reading, rows, told
from monitor.store.chain import GENESIS, day_of, link
from monitor.store.sql_store import SqlStore
from monitor.store.tables import DERIVED, changes, clean, items, metadata, readings, reports, roots, signals

__all__ = ["Problem", "verify"]

_WITH_BODY = sorted(name for name, table in metadata.tables.items() if "digest" in table.c)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it was written. ``row`` names it: its key in its table."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.row}: {self.what}"


def verify(store: SqlStore) -> list[Problem]:
    """Everything that is not as it was written, empty where all is well. Reads the whole database."""
    out: list[Problem] = []
    for check in (_integrity, _chain, _bodies, _columns, _histories):
        try:
            with store.reading() as connection:
                out += check(connection)
        except StoreCorrupt as error:
            out.append(Problem("database", store.where, str(error)))
    return out


def _integrity(connection: Connection) -> Iterator[Problem]:
    if connection.dialect.name != "sqlite":
        return
    for row in connection.execute(text("PRAGMA integrity_check(50)")):
        if row[0] != "ok":
            yield Problem("database", "file", str(row[0]))
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield Problem(str(row[0]), f"row {row[1]}", f"its row in {row[2]} is missing")


def _chain(connection: Connection) -> Iterator[Problem]:
    """Walk the raw items. After a broken link the walk goes on from what is stored, so that each fault is named."""
    expected, chain = 1, GENESIS
    ends: dict[str, tuple[int, int, str]] = {}
    at_end: dict[int, str] = {}
    for row in _raw(connection):
        number = row.get("id", expected)
        name = f"{number} ({row.get('key')} version {row.get('version')})"
        if "unreadable" in row:
            yield Problem("items", f"{number}", f"cannot be read: {row['unreadable']}")
            expected, chain = number + 1, str(row["chain"])
            continue
        if number != expected:
            yield Problem("items", f"{expected} to {number - 1}", "missing")
        if link(chain, row) != row["chain"]:
            yield Problem("items", name, "its content or its place in the chain is not what was written")
        expected, chain = number + 1, row["chain"]
        at_end[number] = chain
        day = day_of(row["committed_at"])
        ends[day] = (ends.get(day, (number,))[0], number, chain)
    yield from _roots(connection, ends, expected - 1, at_end)


def _raw(connection: Connection) -> Iterator[dict[str, Any]]:
    """Raw items in order; one whose columns cannot even be read as what they are carries ``unreadable``."""
    last = -1
    names = ", ".join(f'"{column.name}"' for column in items.c)
    while True:
        plain = connection.execute(
            text(f"SELECT {names} FROM items WHERE id > :last ORDER BY id LIMIT {_AT_ONCE}"),  # noqa: S608 our own names
            {"last": last},
        ).mappings()
        found = [dict(row) for row in plain]
        if not found:
            return
        for row in found:
            last = row["id"]
            try:
                yield {column.name: _typed(column, row[column.name]) for column in items.c}
            except (ValueError, TypeError, AttributeError) as error:
                yield {"id": row["id"], "key": row["key"], "chain": row["chain"], "unreadable": error}


def _typed(column: Any, value: Any) -> Any:
    """The value of a column as Python has it; raises where the stored one is not of that kind."""
    kind = column.type.python_type if not hasattr(column.type, "impl_instance") else None
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is empty")
        return None
    if column.type.__class__.__name__ == "Utc":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(f"{column.name} has no zone")
        return moment
    if kind is bool:
        if value not in (0, 1):
            raise ValueError(f"{column.name} is {value!r}")
        return bool(value)
    if kind is bytes:
        return bytes(value)
    wanted = int if kind is int else str
    if not isinstance(value, wanted):
        raise TypeError(f"{column.name} is {type(value).__name__}")
    return value


def _roots(
    connection: Connection, ends: Mapping[str, tuple[int, int, str]], last: int, at_end: Mapping[int, str]
) -> Iterator[Problem]:
    stored = {row.day: row for row in connection.execute(select(roots))}
    for day, row in sorted(stored.items()):
        if row.last_id > last:
            yield Problem("items", f"{last + 1} to {row.last_id}", f"missing: the root of {day} counts them")
        elif at_end.get(row.last_id) != row.root:
            yield Problem("roots", day, f"its root is not the chain of item {row.last_id}")
        if day in ends and row.last_id <= last and ends[day][:2] != (row.first_id, row.last_id):
            yield Problem("roots", day, f"counts items {row.first_id} to {row.last_id}, there are {ends[day][:2]}")
    for day in sorted(set(ends) - set(stored)):
        yield Problem("roots", day, "the day has no root")


def _bodies(connection: Connection) -> Iterator[Problem]:
    """Every body against its digest."""
    for name in _WITH_BODY:
        table = metadata.tables[name]
        body = table.c.notes if table is readings else table.c.body
        keys = list(table.primary_key.columns)
        for row in connection.execute(select(*keys, body, table.c.digest).execution_options(yield_per=_AT_ONCE)):
            *key, stored, digest = row
            if not isinstance(stored, str | bytes | memoryview):
                yield Problem(name, _name(key), "its body is not of its kind")
            elif rows.seal(stored if isinstance(stored, str) else bytes(stored))["digest"] != digest:
                yield Problem(name, _name(key), "its body is not what was written")


def _columns(connection: Connection) -> Iterator[Problem]:
    """The columns that questions are asked by, against the body that they were taken from."""
    expected: list[tuple[Table, Callable[[Any], Mapping[str, Any]]]] = [
        (reports, lambda row: reading.report_row(rows.load(Telling, rows.unpack(row.body)), row.nth, row.known_at)),
        (signals, lambda row: reading.signal_row(rows.load(Telling, rows.unpack(row.body)), row.nth, row.known_at)),
        (changes, lambda row: told.change_row(rows.load(Change, rows.unpack(row.body)), row.committed_at)),
    ]
    for kind, tables in DERIVED.items():
        expected += [(table, _known(kind)) for table in tables]
    for table, build in expected:
        skip = {"withdrawn_at", "withdrawn_cause"}
        for row in connection.execute(select(table).execution_options(yield_per=_AT_ONCE)):
            try:
                wanted = build(row)
            except (ValueError, TypeError, KeyError, AssertionError):
                continue  # the body is broken, which its digest has told already
            have = row._mapping
            wrong = [name for name, value in wanted.items() if name not in skip and _differs(have[name], value)]
            if wrong:
                key = [have[column.name] for column in table.primary_key.columns]
                yield Problem(table.name, _name(key), f"{', '.join(wrong)} is not what its body says")


def _known(kind: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda row: known.row_of(kind, rows.load(known.KINDS[kind], rows.unpack(row.body)))


def _differs(have: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted != have:
        return bool(have != clean(wanted))
    return bool(have != wanted)


def _histories(connection: Connection) -> Iterator[Problem]:
    """Today's row is the last of its history, and the history has no gap."""
    for name, (table, versions) in DERIVED.items():
        newest = dict(connection.execute(select(table.c.id, table.c.digest)).tuples().all())
        before: Any = None
        query = select(versions.c.id, versions.c.n, versions.c.known_from, versions.c.known_to, versions.c.digest)
        for row in connection.execute(query.order_by(versions.c.id, versions.c.n)):
            is_next = before is not None and before.id == row.id
            if row.n != (before.n + 1 if is_next else 1) or (is_next and before.known_to != row.known_from):
                yield Problem(versions.name, f"{row.id} {row.n}", "it does not follow the version before it")
            if row.known_to is None and newest.pop(row.id, None) != row.digest:
                yield Problem(name, row.id, "it is not the last version of its history")
            before = row
        for key in sorted(newest):
            yield Problem(name, key, "it has no version that still stands")


def _name(key: Any) -> str:
    return " ".join(str(part) for part in key)
