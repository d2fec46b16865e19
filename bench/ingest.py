"""Rows a second of the bare upsert beside raw sqlite3 on the same tables, and of posts and their repetition.

Posts go the whole way: read by the lexicon, fused, committed, and told to a webhook that wants everything. Then the
same posts come again: no table may get a row, and nothing may be due. ``BENCH_ITEMS`` sets the number of items
(20,000), ``BENCH_POSTS`` that of posts (4,000); ``TEST_MONITOR_POSTGRES`` adds PostgreSQL for the posts.
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
from monitor.store import SqlStore, open_store, series
from monitor.store.statements import upsert
from monitor.store.tables import items as stored_items

ITEMS = int(os.environ.get("BENCH_ITEMS", "20000"))
BATCH = 1_000
TURNS = 9
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


def siren_posts(many: int) -> list[Item]:
    """Sirens of two cities on and off in turn, a figure of a night, and chatter."""
    words = (
        "🔴 Повітряна тривога в м. Київ", "🔴 Харківська область - повітряна тривога!",
        "🟢 Відбій тривоги в м. Київ.", "🟢 Харківська область - відбій повітряної тривоги!",
        "Вночі збито {n} дронів.", "Доброго ранку, ми з України, сьогодні {n}-й день.",
    )  # fmt: skip
    return [
        Item(f"tg:9/{n}", "siren", words[n % len(words)].format(n=n), at := T0 + timedelta(minutes=5 * n), at)
        for n in range(many)
    ]


def whole_way(store: SqlStore, posts: list[Item]) -> tuple[float, float, dict[str, tuple[int, int]], int, int]:
    """Seconds for the posts when they are new and again, rows by table after each, messages due after each."""
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.extract import reader
    from monitor.fuse import Rules
    from monitor.model import Authority, Batch, Endpoint, Look, SourceProfile
    from monitor.pipeline import Pipeline
    from monitor.publication import PublicationPolicy
    from monitor.sinks.outbox import WireOutbox

    gazetteer = load_gazetteer()
    profile = SourceProfile("siren", "bench", "siren", rank="official", side="UA", area=("UA",),
                            authority=Authority(("UA",)))  # fmt: skip
    endpoint = Endpoint("hook", "webhook", "https://example.org/hook", ("whsec_bench",))
    outbox = WireOutbox(lambda: (endpoint,), PublicationPolicy(), gazetteer, {"siren": profile})
    rules = Rules(gazetteer, {"siren": profile}, heartbeat=None)
    pipeline = Pipeline(store, reader(load_lexicon()), rules, outbox)

    def run() -> tuple[float, int]:
        due, begun = 0, time.perf_counter()
        for start in range(0, len(posts), BATCH):
            some = tuple(posts[start : start + BATCH])
            now = posts[-1].received
            outcome = pipeline.run(Batch("siren", some, Look("siren", now, "ok")), now)
            due += len(outcome.deliveries)
        return time.perf_counter() - begun, due

    first, due = run()
    before = series.counts_summary(store)
    again, due_again = run()
    after = series.counts_summary(store)
    return first, again, {name: (before[name], after[name]) for name in before}, due, due_again


def show_posts(where: str, store: SqlStore) -> None:
    many = int(os.environ.get("BENCH_POSTS", "4000"))
    first, again, counted, due, due_again = whole_way(store, siren_posts(many))
    # The log of looks is of looking, not of what was found: the repetition was looked at, too.
    grown = {name: rows for name, rows in counted.items() if rows[0] != rows[1] and name != "look_log"}
    assert not grown, f"rows came of repetition: {grown}"
    assert due > 0
    assert due_again == 0, f"{due_again} webhooks came of repetition"
    rows = [[name, f"{old:,}", f"{new:,}"] for name, (old, new) in sorted(counted.items()) if old or new]
    show(f"{where}: rows after {many:,} posts, and after the same again", ["table", "once", "twice"], rows)
    print(
        f"{where}: new {many / first:,.0f} posts/s, again {many / again:,.0f}/s: {first / again:.1f} times (≥ 3); "
        f"webhooks {due:,}, of the repetition {due_again}\n"
    )


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
        with open_store(str(folder / "posts.db")) as store:
            show_posts("SQLite", store)
    _on_postgres()
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
    ratios = sorted(theirs / ours for ours, theirs in zip(core, raw, strict=True))
    print(
        f"Core / raw {statistics.median(ratios):.2f} (≥ 0.6), of {TURNS} runs in turn {ratios[0]:.2f} to "
        f"{ratios[-1]:.2f}; again / new {first / again:.1f} (≥ 3)"
    )


def _on_postgres() -> None:
    url = os.environ.get("TEST_MONITOR_POSTGRES")
    if not url:
        return
    import psycopg

    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS monitor_bench_posts")
        connection.execute("CREATE DATABASE monitor_bench_posts")
    try:
        with open_store(url.rpartition("/")[0] + "/monitor_bench_posts") as store:
            show_posts("PostgreSQL", store)
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE monitor_bench_posts WITH (FORCE)")


if __name__ == "__main__":
    main()
