"""Whether the database still says what was written: the hash chain over raw items, and a digest of every body."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Boolean, Connection, Engine, Table, event, text

from monitor.errors import StoreCorrupt
from monitor.model import Change, Telling
from monitor.store import known, reading, rows, spans, told
from monitor.store.chain import GENESIS, link, plain
from monitor.store.columns import Utc, clean, stamp
from monitor.store.engines import engine_for
from monitor.store.sql_store import SqlStore
from monitor.store.tables import DERIVED, alert_spans, changes, items, meta, metadata, readings, reports, roots, signals

__all__ = ["Problem", "chain", "verify"]

_WITH_BODY = sorted(name for name, table in metadata.tables.items() if "digest" in table.c)
_AT_ONCE = 500
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
_MARKS = ("withdrawn_at", "withdrawn_cause")

T = TypeVar("T")


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
    engine = _bare_engine(store)
    try:
        for check in (_integrity, chain, _bodies, _columns, _histories, _spans):
            try:
                with engine.connect() as connection:
                    out += check(connection)
            except StoreCorrupt as error:
                out.append(Problem("database", store.where, str(error)))
    finally:
        engine.dispose()
    return out


def _bare_engine(store: SqlStore) -> Engine:
    """Connections that give back what is stored, be it text or not: bytes that are no UTF-8 become surrogates."""
    engine = engine_for(store.url, writes=False, readers=1)
    if store.path is not None:

        @event.listens_for(engine, "connect")
        def _bare(connection: Any, record: Any) -> None:
            connection.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")

    return engine


def _bare_rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table by primary key, as the driver gives them, but for flags, which SQLite keeps as numbers."""
    names = ", ".join(f'"{column.name}"' for column in table.c)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    flags = [column.name for column in table.c if isinstance(column.type, Boolean)]
    query = text(f'SELECT {names} FROM "{table.name}" ORDER BY {order}')  # noqa: S608 our own names
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
        out = dict(row)
        for name in flags:
            out[name] = bool(out[name]) if out[name] in (0, 1) else out[name]
        yield out


def _integrity(connection: Connection) -> Iterator[Problem]:
    if connection.dialect.name != "sqlite":
        return
    for row in connection.execute(text("PRAGMA integrity_check(50)")):
        if row[0] != "ok":
            yield Problem("database", "file", str(row[0]))
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        yield Problem(str(row[0]), f"row {row[1]}", f"its row in {row[2]} is missing")


def chain(connection: Connection) -> Iterator[Problem]:
    """Walk the raw items. After a broken link the walk goes on from what is stored, so that each fault is named."""
    expected, before = 1, GENESIS
    ends: dict[str, tuple[int, int]] = {}
    at_end: dict[int, str] = {}
    for row in _bare_rows(connection, items):
        number = row["id"]
        if number != expected:
            yield Problem("items", f"{expected} to {number - 1}", "missing")
        if not _follows(before, row):
            name = f"{number} ({row['key']} version {row['version']})"
            yield Problem("items", name, "its content or its place in the chain is not what was written")
        expected, before = number + 1, row["chain"]
        at_end[number] = before
        day = str(plain(row["committed_at"]))[:10]
        ends[day] = (ends.get(day, (number, 0))[0], number)
    yield from _roots(connection, ends, expected - 1, at_end)


def _follows(before: object, row: Mapping[str, Any]) -> bool:
    try:
        return bool(link(str(before), row) == row["chain"])
    except ValueError:  # a number that JSON has no word for
        return False


def _roots(
    connection: Connection, ends: Mapping[str, tuple[int, int]], last: int, at_end: Mapping[int, str]
) -> Iterator[Problem]:
    stored = {row["day"]: row for row in _bare_rows(connection, roots)}
    for day, row in sorted(stored.items()):
        if row["last_id"] > last:
            yield Problem("items", f"{last + 1} to {row['last_id']}", f"missing: the root of {day} counts them")
        elif at_end.get(row["last_id"]) != row["root"]:
            yield Problem("roots", day, f"its root is not the chain of item {row['last_id']}")
        elif ends.get(day) != (row["first_id"], row["last_id"]):
            yield Problem("roots", day, f"it counts items {row['first_id']} to {row['last_id']}, not {ends.get(day)}")
    for day in sorted(set(ends) - set(stored)):
        yield Problem("roots", day, "the day has no root")


def _bodies(connection: Connection) -> Iterator[Problem]:
    """Every body against its digest."""
    for name in _WITH_BODY:
        table = metadata.tables[name]
        column = "notes" if table is readings else "body"
        for row in _bare_rows(connection, table):
            body = row[column]
            if isinstance(body, str):
                body = body.encode("utf-8", "surrogateescape")
            if not isinstance(body, bytes | memoryview) or hashlib.sha256(body).hexdigest() != row["digest"]:
                yield Problem(name, _name(table, row), "its body is not what was written")


def _columns(connection: Connection) -> Iterator[Problem]:
    """The columns that questions are asked by, against the body that they were taken from."""
    expected: list[tuple[Table, Callable[[dict[str, Any]], Mapping[str, Any]]]] = [
        (reports, lambda row: reading.report_row(_load(Telling, row), row["nth"], row["known_at"])),
        (signals, lambda row: reading.signal_row(_load(Telling, row), row["nth"], row["known_at"])),
        (changes, lambda row: told.change_row(_load(Change, row), row["committed_at"])),
    ]
    for kind, tables in DERIVED.items():
        expected += [(table, _known(kind)) for table in tables]
    for table, build in expected:
        times = [column.name for column in table.c if isinstance(column.type, Utc)]
        for row in _bare_rows(connection, table):
            for name in times:
                if row[name] is not None and not _TIME.fullmatch(str(plain(row[name]))):
                    yield Problem(table.name, _name(table, row), f"{name} is no time")
            try:
                wanted = build(row)
            except (ValueError, TypeError, KeyError, AssertionError, AttributeError):
                continue  # the body is broken, which its digest has told already
            wrong = [name for name, value in wanted.items() if name not in _MARKS and _differs(row[name], value)]
            if wrong:
                yield Problem(table.name, _name(table, row), f"{', '.join(wrong)} is not what its body says")


def _load(kind: type[T], row: Mapping[str, Any]) -> T:
    return rows.load(kind, rows.unpack(row["body"]))


def _known(kind: str) -> Callable[[dict[str, Any]], Mapping[str, Any]]:
    return lambda row: known.row_of(kind, _load(known.KINDS[kind], row))


def _differs(stored: Any, wanted: Any) -> bool:
    """Whether a stored value is not the one that would be written now."""
    if isinstance(wanted, datetime):
        return bool(plain(stored) != stamp(wanted))
    return bool(stored != (clean(wanted) if isinstance(wanted, str) else wanted))


def _histories(connection: Connection) -> Iterator[Problem]:
    """Today's row is the last of its history, and the history has no gap but where rows were taken away."""
    ends = {row["key"].removeprefix(known.FORGOTTEN) for row in _bare_rows(connection, meta)}
    for name, (table, versions) in DERIVED.items():
        newest = {row["id"]: row["digest"] for row in _bare_rows(connection, table)}
        before: dict[str, Any] | None = None
        for row in _bare_rows(connection, versions):
            follows = before if before is not None and before["id"] == row["id"] else None
            if row["n"] != (follows["n"] + 1 if follows else 1) or (
                follows and follows["known_to"] != row["known_from"] and plain(follows["known_to"]) not in ends
            ):
                yield Problem(versions.name, _name(versions, row), "it does not follow the version before it")
            if row["known_to"] is None and newest.pop(row["id"], None) != row["digest"]:
                yield Problem(name, row["id"], "it is not the last version of its history")
            before = row
        for key in sorted(newest):
            yield Problem(name, key, "it has no version that still stands")


def _spans(connection: Connection) -> Iterator[Problem]:
    """The index of alerts by region says what the alerts say; which regions lie above a place is not asked again."""
    names = [column.name for column in alert_spans.c]
    of_span = ", ".join(f"s.{name} AS {name}" for name in names)
    query = text(
        f"SELECT i.id AS alert, i.body AS body, {of_span} FROM intervals i "  # noqa: S608 our own names
        "LEFT JOIN alert_spans s ON s.id = i.id ORDER BY i.id"
    )
    alert, wanted, is_at_home = "", None, True
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
        if row["alert"] != alert:
            if not is_at_home:
                yield Problem("alert_spans", alert, "the alert is not found under its own place")
            alert, wanted = row["alert"], _span_wanted(row["body"])
            is_at_home = wanted is None
        if wanted is None or row["id"] is None:
            continue
        is_at_home |= row["region"] == wanted["place"]
        wrong = [name for name, value in wanted.items() if _differs(row[name], value)]
        if wrong:
            yield Problem("alert_spans", f"{row['region']} {alert}", f"{', '.join(wrong)} is not what its alert says")
    if not is_at_home:
        yield Problem("alert_spans", alert, "the alert is not found under its own place")
    stray = text("SELECT region, id FROM alert_spans s WHERE NOT EXISTS (SELECT 1 FROM intervals i WHERE i.id = s.id)")
    for region, key in connection.execute(stray):
        yield Problem("alert_spans", f"{region} {key}", "there is no such alert")


def _span_wanted(body: Any) -> Mapping[str, Any] | None:
    """The columns of an alert's rows; None where the body is broken, which its digest has told already."""
    try:
        return spans.span_row(rows.load(known.KINDS["intervals"], rows.unpack(body)))
    except (ValueError, TypeError, KeyError, AssertionError, AttributeError):
        return None


def _name(table: Table, row: Mapping[str, Any]) -> str:
    return " ".join(str(row[column.name]) for column in table.primary_key.columns)
