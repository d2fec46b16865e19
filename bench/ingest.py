"""Rows a second of the bare upsert beside raw sqlite3 on the same tables, and of whole commits and their repetition.

``BENCH_ITEMS`` sets the number of items (20,000).
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.table import show
from monitor.identity import text_sha256
from monitor.model import Commit, Fused, Item, Reading, ReadItem
from monitor.store import SqlStore, open_store
from monitor.store.statements import upsert
from monitor.store.tables import items as stored_items

ITEMS = int(os.environ.get("BENCH_ITEMS", "20000"))
BATCH = 1_000
TURNS = 5
T0 = datetime(2022, 2, 24, tzinfo=UTC)


def line(place: str) -> tuple[str, ...]:
    return (place,)


def items() -> list[ReadItem]:
    out = []
    for number in range(ITEMS):
        words = f"post {number} of the bench, about as long as an announcement on a siren channel is, no more"
        at = T0 + timedelta(seconds=number)
        said = at - timedelta(seconds=7.3)
        item = Item(f"tg:1/{number}", "bench", words, at, said, url=f"https://example.org/{number}")
        out.append(ReadItem(item, 1, text_sha256(None, words), Reading("en"), ()))
    return out


def commits(store: SqlStore, read: list[ReadItem]) -> float:
    """Seconds for whole commits of 1,000 items each."""
    began = time.perf_counter()
    for start in range(0, ITEMS, BATCH):
        with store.writing() as unit:
            unit.save(Commit("bench", T0, tuple(read[start : start + BATCH]), (), Fused(None), ()))
    return time.perf_counter() - began


def upserted(path: Path, rows: list[dict[str, Any]]) -> float:
    """Seconds of the upsert that every commit uses, on rows that need no more work."""
    with open_store(str(path), lineage=line) as store:
        began = time.perf_counter()
        for start in range(0, len(rows), BATCH):
            with store.transaction() as connection:
                upsert(connection, stored_items, rows[start : start + BATCH])
        return time.perf_counter() - began


def bare(path: Path, rows: list[tuple[Any, ...]]) -> float:
    """Seconds of the same upsert through sqlite3 alone, into a store of the same tables with the same pragmas."""
    open_store(str(path), lineage=line).close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-16000"):
        raw.execute(f"PRAGMA {pragma}")
    names = [column.name for column in stored_items.c]
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    places = ",".join("?" * len(names))
    words = f"INSERT INTO items VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changed}"
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(words, rows[start : start + BATCH])
        raw.execute("COMMIT")
    spent = time.perf_counter() - began
    raw.close()
    return spent


def main() -> None:
    read = items()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_store(str(folder / "ingest.db"), lineage=line) as store:
            first = commits(store, read)
            again = statistics.median(commits(store, read) for _ in range(3))
            with store.reading() as connection:
                # As a commit hands them over: all rows of a batch share the time of it.
                read_back = connection.execute(stored_items.select())
                stored = [{**row._mapping, "committed_at": T0} for row in read_back]
                tuples = [tuple(row) for row in connection.execute(text("SELECT * FROM items ORDER BY id"))]
        core, raw = [], []
        for turn in range(TURNS):
            core.append(upserted(folder / f"core{turn}.db", stored))
            raw.append(bare(folder / f"raw{turn}.db", tuples))
        ratio = statistics.median(theirs / ours for ours, theirs in zip(core, raw, strict=True))
    took = {
        "items with chain, reading and root, new": first,
        "the same items again": again,
        "Core upsert of finished rows": statistics.median(core),
        "raw sqlite3, the same upsert": statistics.median(raw),
    }
    show(
        f"{ITEMS:,} items in batches of 1,000",
        ["what", "rows/s"],
        [[what, f"{ITEMS / seconds:,.0f}"] for what, seconds in took.items()],
    )
    print(f"Core / raw {ratio:.2f}; again / new {first / again:.1f}")


if __name__ == "__main__":
    main()
