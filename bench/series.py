"""What the store answers at the size of years of news, beside DuckDB and pandas on the same rows.

``bench/archive.py`` says what is in the store and how it is set up. DuckDB and pandas hold the alerts in memory, with
their local day worked out beforehand; both make the daily roll-up of raions, oblasts and country anew, and the cells
have to be the same as those the store keeps. The roll-up of all days is timed where it is made (its cells counted and
added up by the database) and once more as rows of Python, where handing over is most of it.
``TEST_MONITOR_POSTGRES`` adds PostgreSQL.
"""

from __future__ import annotations

import gc
import http.client
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from bench.archive import ALERTS, CLAIMS, PLACES, SOURCES, T0, YEARS, archive, line
from bench.table import percentile, show
from monitor.store import SqlStore, open_store, series
from monitor.store.asking import rows_now
from monitor.store.copying import pour_all
from monitor.store.spans import spans_now
from monitor.store.tables import rollups

DAYS = YEARS.days
WEEK, MONTH = "alerts of a raion in a week", "roll-up of 30 days, every place"
FULL = "roll-up of all days, every place"
ROWS, MONTHS = "the same, a row of Python for each cell", "roll-up of all months, every place, as rows"
TARGETS = {WEEK: 0.2, MONTH: 25.0}
API_TARGET = 100.0
ASKED = 100
Cells = dict[tuple[str, str], tuple[int, int]]


def median_ms(work: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000


def week_of(rng: random.Random) -> tuple[str, datetime, datetime]:
    start = T0 + timedelta(days=rng.randrange(DAYS - 7))
    return rng.choice(PLACES), start, start + timedelta(days=7)


def month_of(rng: random.Random) -> tuple[datetime, datetime]:
    start = (T0 + timedelta(days=rng.randrange(DAYS - 30))).astimezone(ZoneInfo("Europe/Kyiv"))
    start = start.replace(hour=0, minute=0)
    return start.astimezone(UTC), (start + timedelta(days=30)).astimezone(UTC)


def questions(store: SqlStore) -> dict[str, float]:
    """Milliseconds of each question to the store."""
    rng = random.Random(2)
    wanted = "FROM rollups WHERE grain = :grain AND measure = 'alerts'"
    cells = f"SELECT period, place, weapon, n, seconds {wanted}"
    # With a beginning, as the store asks: SQLite then goes by time, and not from place to place.
    total = f"SELECT count(*), sum(n), sum(seconds) {wanted} AND begins_at >= :start"

    def given(**times: datetime) -> dict[str, Any]:
        if store.path is None:
            return dict(times)
        return {name: at.isoformat(timespec="microseconds") for name, at in times.items()}

    with store.reading() as connection:

        def week() -> object:
            return spans_now(connection, *week_of(rng))

        def week_as_alerts() -> object:
            return rows_now(connection, "intervals", *week_of(rng), {"nature": "actual"}, None)

        def month() -> object:
            start, end = month_of(rng)
            query = f"{cells} AND begins_at >= :start AND begins_at < :end ORDER BY begins_at"
            return connection.execute(text(query), {"grain": "day", **given(start=start, end=end)}).all()

        def whole(query: str, grain: str) -> Callable[[], object]:
            bound = {"grain": grain, **given(start=T0 - timedelta(days=40))}
            return lambda: connection.execute(text(query), bound).all()

        median_ms(week, 1000)  # the file, or the server's memory, is not touched for the first time when it counts
        return {
            WEEK: median_ms(week, 300),
            "the same, as alerts with their evidence": median_ms(week_as_alerts, 200),
            MONTH: median_ms(month, 60),
            FULL: median_ms(whole(total, "day"), 7),
            ROWS: median_ms(whole(f"{cells} AND begins_at >= :start ORDER BY begins_at", "day"), 7),
            MONTHS: median_ms(whole(f"{cells} AND begins_at >= :start ORDER BY begins_at", "month"), 7),
            "whole answer with coverage, a raion in a week": median_ms(
                lambda: series.alerts(store, region=PLACES[3], start=T0, end=T0 + timedelta(days=7)), 50
            ),
        }


def kept(store: SqlStore) -> Cells:
    """The daily cells of alerts that the store keeps."""
    its = rollups.c
    query = select(its.period, its.place, its.n, its.seconds).where(its.grain == "day", its.measure == "alerts")
    with store.reading() as connection:
        return {(row.period, row.place): (row.n, row.seconds) for row in connection.execute(query)}


def frame_of(path: Path) -> Any:
    """The alerts as a pandas table: place, oblast, local day, start, end, seconds."""
    import pandas

    with closing(sqlite3.connect(path)) as source:
        rows = source.execute("SELECT place, regime, begins_at, ends_at FROM intervals").fetchall()
    frame = pandas.DataFrame(rows, columns=["place", "regime", "begins_at", "ends_at"])
    for name in ("begins_at", "ends_at"):
        frame[name] = pandas.to_datetime(frame[name], format="ISO8601")
    frame["oblast"] = frame["place"].str.rsplit("-", n=1).str[0]
    frame["day"] = frame["begins_at"].dt.tz_convert("Europe/Kyiv").dt.strftime("%Y-%m-%d")
    frame["seconds"] = (frame["ends_at"] - frame["begins_at"]).dt.total_seconds().astype("int64")
    return frame


def by_duckdb(frame: Any) -> tuple[dict[str, float], Cells]:
    import duckdb

    connection = duckdb.connect()
    connection.register("frame", frame)
    connection.execute("CREATE TABLE alerts AS SELECT * FROM frame")
    levels = ("place", "oblast", "'UA'", "''")
    whole = " UNION ALL ".join(
        f"SELECT day, {level} AS p, regime, count(*) AS n, sum(seconds)::BIGINT AS s FROM alerts %s GROUP BY ALL"
        for level in levels
    )
    rng = random.Random(2)

    def week() -> object:
        place, start, end = week_of(rng)
        query = (
            "SELECT place, regime, begins_at, ends_at FROM alerts WHERE place = ? AND begins_at < ? AND ends_at >= ?"
        )
        return connection.execute(query, [place, end, start]).fetchall()

    def month() -> object:
        start, end = month_of(rng)
        some = "WHERE begins_at >= ? AND begins_at < ?"
        return connection.execute(whole.replace("%s", some), [start, end] * len(levels)).fetchall()

    every = whole.replace("%s", "")
    total = f"SELECT count(*), sum(n), sum(s) FROM ({every})"
    months = every.replace("SELECT day,", "SELECT day[:7],")
    took = {
        WEEK: median_ms(week, 60),
        MONTH: median_ms(month, 20),
        FULL: median_ms(lambda: connection.execute(total).fetchall(), 7),
        ROWS: median_ms(lambda: connection.execute(every).fetchall(), 7),
        MONTHS: median_ms(lambda: connection.execute(months).fetchall(), 7),
    }
    found = connection.execute(every).fetchall()
    return took, {(day, place): (n, seconds) for day, place, _, n, seconds in found}


def by_pandas(frame: Any) -> dict[str, float]:
    import pandas

    rng = random.Random(2)

    def rolled(some: Any) -> Any:
        levels = (some["place"], some["oblast"], "UA", "")
        return pandas.concat(
            some.assign(p=level).groupby(["day", "p", "regime"])["seconds"].agg(["count", "sum"]) for level in levels
        )

    def week() -> object:
        place, start, end = week_of(rng)
        return frame[(frame["place"] == place) & (frame["begins_at"] < end) & (frame["ends_at"] >= start)]

    def month() -> object:
        start, end = month_of(rng)
        return rolled(frame[(frame["begins_at"] >= start) & (frame["begins_at"] < end)])

    return {WEEK: median_ms(week, 10), MONTH: median_ms(month, 5), FULL: median_ms(lambda: rolled(frame), 2)}


# ── the API, over HTTP on loopback, from a process of its own ─────────────────────────────────────


def paths(rng: random.Random) -> Iterator[tuple[str, str]]:
    """One random question of each kind: its name, and what is asked."""
    start = T0 + timedelta(days=rng.randrange(31, DAYS - 31))
    region = rng.choice(("UA-05", "UA-07", "UA-12", "UA-14", "UA-18", "UA-21", "UA-23"))
    week = {"since": start.isoformat(), "until": (start + timedelta(days=7)).isoformat()}
    month = {"since": start.isoformat(), "until": (start + timedelta(days=30)).isoformat()}
    then = {"as_of": (start + timedelta(days=3)).isoformat()}
    nth = rng.randrange(ALERTS)
    asked: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("alerts of an oblast in a week", "/v1/alerts", {**week, "region": region}),
        ("the same as of then", "/v1/alerts", {**week, **then, "region": region}),
        ("claims of 30 days", "/v1/claims", month),
        ("the same as of then", "/v1/claims", {**month, **then}),
        ("headlines of 31 nights", "/v1/series/headline", {"night": f"{start:%Y-%m-%d}", "nights": 31}),
        ("an oblast's nights in 30 days", "/v1/series/counts",
         {**month, "grain": "night", "measure": "alerts", "region": region}),
        ("an item", f"/v1/items/tg:{SOURCES[nth % len(SOURCES)]}/{nth}", {}),
        ("coverage of a week", "/v1/coverage", week),
        ("sources", "/v1/sources", {}),
        ("state", "/v1/state", {}),
    )  # fmt: skip
    for name, path, given in asked:
        yield f"{path.partition('/tg:')[0]}: {name}", f"{path}?{urlencode(given)}"


def api(url: str) -> dict[str, float]:
    """The 95th percentile of the milliseconds of each kind of answer, and of all of them."""
    rng, took = random.Random(3), dict[str, list[float]]()
    with _serving(url) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for number in range(ASKED + 3):
            for name, asked in paths(rng):
                begun = time.perf_counter()
                connection.request("GET", asked)
                answer = connection.getresponse()
                body = answer.read()
                if number >= 3:
                    took.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
                assert answer.status == 200, (asked, answer.status, body[:300])
    every = [one for some in took.values() for one in some]
    found = {f"API p95, {name}": percentile(some, 0.95) for name, some in took.items()}
    return {**found, "API p95, all of these": percentile(every, 0.95)}


@contextmanager
def _serving(url: str) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.series", "serve", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(json.loads(process.stdout.readline())["port"])
    finally:
        process.terminate()
        process.wait(20)


def serve(url: str) -> None:
    """The API on a free port, as the daemon serves it, without sources."""
    import asyncio

    from monitor.catalogue import load_gazetteer
    from monitor.cli.serving import GARBAGE_AFTER
    from monitor.clock import SystemClock
    from monitor.config import Settings
    from monitor.config.models import WebSection
    from monitor.daemon.server import Api, listen
    from monitor.fuse import Rules
    from monitor.web.app import create_app

    async def run() -> None:
        store = open_store(url, create=False, lock=False, lineage=line)
        settings = Settings(web=WebSection(requests_per_minute=1_000_000))
        app = create_app(store, Rules(load_gazetteer(), {}), settings, SystemClock())
        sock = listen("127.0.0.1", 0)
        await Api(app, sock).start()
        gc.freeze()  # as the daemon does with what it has loaded
        gc.set_threshold(*GARBAGE_AFTER)
        print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


# ── both databases ────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    columns: dict[str, Mapping[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        path, rates = archive(Path(name))
        _warm(path)
        frame = frame_of(path)
        columns["DuckDB"], cells = by_duckdb(frame)
        columns["pandas"] = by_pandas(frame)
        del frame
        with open_store(str(path), create=False, lock=False, lineage=line) as store:
            assert kept(store) == cells, "the roll-up that is kept is not what DuckDB recomputes"
            columns["SQLite"] = {**questions(store), **api(str(path))}
        size = path.stat().st_size
        server = os.environ.get("TEST_MONITOR_POSTGRES")
        if server:
            with _postgres(server, path) as store:
                assert kept(store) == cells, "the roll-up that is kept is not what DuckDB recomputes"
                _analyze(store.reader())
                columns["PostgreSQL"] = {**questions(store), **api(store.url.render_as_string(hide_password=False))}
    made = "; ".join(f"{kind} {rate:,.0f}/s" for kind, rate in rates.items()) or "kept from an earlier run"
    print(f"set-up: {made}; SQLite file {size / 1e9:.1f} GB; daily cells equal in all: {len(cells):,}")
    _show(columns)


def _warm(path: Path) -> None:
    """DuckDB and pandas hold everything in memory: the file is at least in the memory of the system."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


def _show(columns: Mapping[str, Mapping[str, float]]) -> None:
    stores = [name for name in ("SQLite", "PostgreSQL") if name in columns]
    order = [*stores, "DuckDB", "pandas"]
    rows = []
    for question in columns["SQLite"]:
        target = TARGETS.get(question)
        if question in (FULL, MONTHS):
            target = columns["DuckDB"][question]
        elif question.startswith("API"):
            target = API_TARGET
        met = "" if target is None else "yes" if all(columns[name][question] <= target for name in stores) else "NO"
        figures = [f"{columns[name][question]:.2f}" if question in columns[name] else "" for name in order]
        rows.append([question, *figures, "" if target is None else f"≤ {target:.1f}", met])
    title = f"{ALERTS:,} items, {ALERTS:,} alerts and {CLAIMS:,} claims over {DAYS} days; ms"
    show(title, ["question", *order, "target", "met"], rows)


@contextmanager
def _postgres(url: str, path: Path) -> Iterator[SqlStore]:
    """The same rows on a server, brought there by COPY; the database is dropped afterwards."""
    import psycopg

    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS monitor_bench")
        connection.execute("CREATE DATABASE monitor_bench")
    try:
        begun = time.perf_counter()
        with (
            open_store(url.rpartition("/")[0] + "/monitor_bench", lineage=line) as store,
            open_store(str(path), create=False, lock=False) as source,
        ):
            rows = sum(pour_all(source, store).values())
            print(f"{rows:,} rows copied to PostgreSQL in {time.perf_counter() - begun:,.0f} s")
            yield store
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE monitor_bench WITH (FORCE)")


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text("VACUUM ANALYZE"))
        with suppress(DBAPIError):  # what was copied is on the disk before anything is timed, where we may say so
            connection.execute(text("CHECKPOINT"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2])
    else:
        main()
