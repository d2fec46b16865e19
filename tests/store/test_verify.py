"""Tampering is found, and the row is named."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from made_commits import fill, line
from sqlalchemy import select, text

from monitor.errors import MonitorError
from monitor.store import Problem, SqlStore, open_store, verify
from monitor.store.checking import chain
from monitor.store.tables import items, metadata


def test_an_untouched_store_has_no_problem(filled: SqlStore) -> None:
    assert verify(filled) == []


def another(value: Any, rng: random.Random) -> Any:
    """A value of the same kind that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice([-1, 1, 1000])
    if isinstance(value, bytes):
        return bytes([value[0] ^ (1 << rng.randrange(8))]) + value[1:] if value else b"x"
    if isinstance(value, str) and value:
        place = rng.randrange(len(value))
        return value[:place] + chr((ord(value[place]) ^ rng.choice([1, 2, 4])) or 65) + value[place + 1 :]
    if value is None or value == "":
        return "x"
    return value + timedelta(seconds=rng.choice([-1, 1, 3600]))


def tamper_and_locate(store: SqlStore, count: int, seed: int) -> None:
    """Change one column of one raw item, look, change it back; every time the row must be named."""
    rng = random.Random(seed)
    columns = [column for column in items.c if column.name not in ("id",)]
    path = str(store.path)
    with store.reading() as connection:
        stored = {row.id: dict(row._mapping) for row in connection.execute(select(items))}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA foreign_keys=OFF")
        for _ in range(count):
            number, column = rng.choice(list(stored)), rng.choice(columns)
            (before,) = connection.execute(f'SELECT "{column.name}" FROM items WHERE id = ?', (number,)).fetchone()
            after = another(before if column.name not in ("deleted", "is_late") else bool(before), rng)
            try:
                connection.execute(f'UPDATE items SET "{column.name}" = ? WHERE id = ?', (after, number))
            except sqlite3.IntegrityError:
                continue  # the database itself refuses a second row of that name
            problems = verify_raw(store)
            connection.execute(f'UPDATE items SET "{column.name}" = ? WHERE id = ?', (before, number))
            named = {problem.row.split()[0] for problem in problems if problem.table == "items"}
            wanted = {str(number)} if column.name != "chain" else {str(number), str(number + 1)}
            assert named, f"{column.name} of item {number}: {before!r} became {after!r} and nobody noticed"
            assert named <= wanted, (column.name, number, problems)
            assert str(number) in named


def verify_raw(store: SqlStore) -> list[Problem]:
    with store.reading() as connection:
        return list(chain(connection))


def test_D05_two_hundred_tamperings_with_raw_items_are_found_and_located(file_store: SqlStore) -> None:
    fill(file_store, 8)
    tamper_and_locate(file_store, 200, 1)
    assert verify(file_store) == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_D05_ten_thousand_tamperings_with_raw_items_are_found_and_located(file_store: SqlStore) -> None:
    fill(file_store, 40)
    tamper_and_locate(file_store, 10_000, 2)


def contents(path: Path) -> dict[str, list[Any]]:
    names = ("items", "reports", "signals", "readings", "changes", "claims", "intervals", "strikes")
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        return {name: connection.execute(f'SELECT * FROM "{name}" NOT INDEXED').fetchall() for name in names}


def test_D05_flipped_bytes_of_the_file_are_noticed_wherever_they_change_what_is_stored(
    tmp_path: Path,
) -> None:
    path = tmp_path / "monitor.db"
    with open_store(str(path), lineage=line) as store:
        fill(store, 60)
    sound, truth = path.read_bytes(), contents(path)
    rng = random.Random(5)
    flipped = tmp_path / "flipped.db"
    changed = 0
    for _ in range(50):
        data = bytearray(sound)
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        flipped.write_bytes(data)
        try:
            is_same = contents(flipped) == truth
        except (sqlite3.Error, UnicodeDecodeError):
            is_same = False
        if is_same:
            continue
        changed += 1
        try:
            with open_store(str(flipped), lock=False) as store:
                assert verify(store), "content changed and nobody noticed"
        except MonitorError:
            pass
        finally:
            for end in ("", "-wal", "-shm"):
                Path(f"{flipped}{end}").unlink(missing_ok=True)
    assert changed > 5


TAMPERINGS: list[tuple[str, str, str]] = [
    ("DELETE FROM items WHERE id = 5", "items", "5"),
    ("DELETE FROM items WHERE id = (SELECT max(id) FROM items)", "items", "15"),
    ("UPDATE roots SET root = 'x'", "roots", "2024-11-10"),
    ("UPDATE reports SET kind = 'strike' WHERE nth = 0", "reports", ""),
    ("UPDATE reports SET at = '2024-11-10T03:00:00.000000+00:00'", "reports", ""),
    ("UPDATE intervals SET ends_at = NULL, is_long = 1", "intervals", ""),
    ("UPDATE alert_spans SET ends_at = begins_at", "alert_spans", ""),
    ("DELETE FROM alert_spans WHERE region = place", "alert_spans", ""),
    ("UPDATE alert_spans SET id = id || 'x'", "alert_spans", ""),
    ("UPDATE claims SET value = 500", "claims", ""),
    ("UPDATE claims_versions SET body = replace(body, '\"value\":1', '\"value\":2')", "claims_versions", ""),
    ("DELETE FROM claims_versions WHERE id = (SELECT min(id) FROM claims)", "claims", ""),
    ("DELETE FROM claims WHERE id = (SELECT min(id) FROM claims)", "claims", ""),
    ("UPDATE changes SET type = 'alert.cleared' WHERE seq = 3", "changes", "3"),
    ("UPDATE deliveries SET body = x'00' WHERE id = 2", "deliveries", "2"),
    ("UPDATE memory SET body = '0' WHERE key = 'seen'", "memory", "seen"),
]


@pytest.mark.parametrize(("statement", "table", "row"), TAMPERINGS, ids=[one[0][:40] for one in TAMPERINGS])
def test_D05_tampering_with_any_table_is_found(file_store: SqlStore, statement: str, table: str, row: str) -> None:
    fill(file_store, 12)
    with closing(sqlite3.connect(str(file_store.path), isolation_level=None)) as connection:
        assert connection.execute(statement).rowcount > 0
    problems = verify(file_store)
    assert any(problem.table == table and row in problem.row for problem in problems), problems


def test_every_table_with_a_body_has_a_digest() -> None:
    for name, table in metadata.tables.items():
        assert ("body" in table.c) <= ("digest" in table.c), name


@pytest.mark.postgres
def test_D05_tampering_on_a_server_is_found_and_located(postgres_url: str) -> None:
    with open_store(postgres_url, lineage=line) as store:
        fill(store, 10)
        assert verify(store) == []
        with store.transaction() as connection:
            connection.execute(text("UPDATE items SET text = 'All clear' WHERE id = 7"))
        (problem,) = verify(store)
        assert (problem.table, problem.row.split()[0]) == ("items", "7")
