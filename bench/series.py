"""What the store answers and takes, beside DuckDB and pandas on the same rows.

``python -m bench series`` uses 100,000 alerts and 20,000 claims; ``BENCH_SERIES=1000000`` sets the number
of alerts (claims are a fifth). ``TEST_MONITOR_POSTGRES`` adds PostgreSQL.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from bench.table import show
from monitor.model import Claim, Commit, Fused, Interval
from monitor.store import SqlStore, open_store, series
from monitor.store.asking import rows_now

ALERTS = int(os.environ.get("BENCH_SERIES", "100000"))
CLAIMS = ALERTS // 5
BATCH = 1_000
T0 = datetime(2022, 2, 24, tzinfo=UTC)
PLACES = [f"UA-{number:02}-{raion}" for number in range(1, 26) for raion in range(6)]


def line(place: str) -> tuple[str, ...]:
    """A gazetteer of 25 oblasts with six raions each."""
    return (place, place.rsplit("-", 1)[0], "UA") if place.count("-") == 2 else (place, "UA")


def alerts(rng: random.Random) -> Iterator[Interval]:
    span = timedelta(days=4 * 365).total_seconds()
    for number in range(ALERTS):
        start = T0 + timedelta(seconds=span * number / ALERTS)
        end = start + timedelta(minutes=rng.expovariate(1 / 60) + 1)
        yield Interval(f"i{number:08}", rng.choice(PLACES), "air", start, "explicit", start, ended_at=end,
                       end_basis="explicit", sources=("siren",))  # fmt: skip


def claims(rng: random.Random) -> Iterator[Claim]:
    for number in range(CLAIMS):
        at = T0 + timedelta(days=4 * 365 * number / CLAIMS)
        night = f"{at - timedelta(days=1):%Y-%m-%d}/{at:%Y-%m-%d}"
        yield Claim(
            id=f"c{number:08}", chain=f"c{number}", measure=rng.choice(("launched", "shot_down")), weapon="drone",
            value=rng.randrange(200), value_max=None, bound=None, model=None, places=(), attacker="RU", period="night",
            date_or_period=night, claimant=rng.choice(("Air Force", "Ministry")), claimant_side="UA", source="af",
            at=at, known_at=at,
        )  # fmt: skip


def batches(values: Iterator[Any]) -> Iterator[list[Any]]:
    some: list[Any] = []
    for value in values:
        some.append(value)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def load(store: SqlStore) -> float:
    rng = random.Random(1)
    began = time.perf_counter()
    for kind, values in (("intervals", alerts(rng)), ("claims", claims(rng))):
        for some in batches(values):
            with store.writing() as unit:
                unit.save(Commit("bench", T0, (), (), Fused(None, **{kind: tuple(some)}), ()))
    return time.perf_counter() - began


def median_ms(work: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def questions(store: SqlStore) -> dict[str, float]:
    rng = random.Random(2)

    def week() -> tuple[str, datetime, datetime]:
        start = T0 + timedelta(days=rng.randrange(4 * 365 - 7))
        return rng.choice(PLACES), start, start + timedelta(days=7)

    bare = """SELECT i.body FROM regions r JOIN intervals i ON i.id = r."row" WHERE r.kind = 'intervals'
        AND r.place = :place AND r.is_long = :no AND r.at < :end AND r.at >= :reach AND i.ends_at >= :start"""

    with store.reading() as connection:

        def place_week_sql() -> object:
            place, start, end = week()
            given: dict[str, Any] = {"place": place, "no": False, "start": start, "end": end,
                                     "reach": start - timedelta(days=3)}  # fmt: skip
            if store.path is not None:
                given = {key: value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
                         for key, value in given.items()}  # fmt: skip
            return connection.execute(text(bare), given).all()

        def place_week() -> object:
            place, start, end = week()
            return rows_now(connection, "intervals", place, start, end, {"nature": "actual"}, None)

        def under_alert() -> object:
            at = T0 + timedelta(seconds=rng.randrange(4 * 365 * 86400))
            return rows_now(connection, "intervals", None, at, at + timedelta(seconds=1), {}, None)

        def month() -> object:
            start = T0 + timedelta(days=rng.randrange(4 * 365 - 30))
            given: Any = (start, start + timedelta(days=30))
            if store.path is not None:
                given = tuple(moment.isoformat(timespec="microseconds") for moment in given)
            query = "SELECT * FROM rollups WHERE grain = 'night' AND begins_at >= :start AND begins_at < :end"
            return connection.execute(text(query), dict(zip(("start", "end"), given, strict=True))).all()

        def full() -> object:
            words = (
                "SELECT begins_at, place, weapon, n, seconds FROM rollups WHERE grain = 'day' AND measure = 'alerts'"
            )
            return connection.execute(text(words)).all()

        out = {
            "place and week, SQL": median_ms(place_week_sql, 200),
            "place and week, as alerts": median_ms(place_week, 200),
            "who is under alert at T": median_ms(under_alert, 200),
            "roll-up of 30 nights": median_ms(month, 100),
            "roll-up of all days": median_ms(full, 5),
        }
    out["place and week, whole answer"] = median_ms(
        lambda: series.alerts(store, region=PLACES[3], start=T0, end=T0 + timedelta(days=7)), 50
    )
    return out


def recomputed(path: Path) -> tuple[float, float]:
    """Milliseconds in which DuckDB and pandas make the daily roll-up from the same rows, in memory."""
    import duckdb

    connection = duckdb.connect()
    with sqlite3.connect(path) as source:
        rows = source.execute("SELECT place, regime, begins_at, ends_at FROM intervals").fetchall()
    import pandas

    frame = pandas.DataFrame(rows, columns=["place", "regime", "begins_at", "ends_at"])
    frame["begins_at"] = pandas.to_datetime(frame["begins_at"])
    frame["ends_at"] = pandas.to_datetime(frame["ends_at"])
    connection.register("frame", frame)
    connection.execute("CREATE TABLE alerts AS SELECT * FROM frame")
    query = """SELECT date_trunc('day', begins_at) d, place, regime, count(*), sum(epoch(ends_at) - epoch(begins_at))
        FROM alerts GROUP BY ALL
        UNION ALL SELECT date_trunc('day', begins_at) d, split_part(place, '-', 2), regime, count(*),
        sum(epoch(ends_at) - epoch(begins_at)) FROM alerts GROUP BY ALL"""
    took = median_ms(lambda: connection.execute(query).fetchall(), 5)
    return took, median_ms(lambda: pandas_full(frame), 3)


def pandas_full(frame: Any) -> Any:
    """The same table by pandas."""
    import pandas

    lasted = (frame["ends_at"] - frame["begins_at"]).dt.total_seconds()
    day, oblast = frame["begins_at"].dt.floor("D"), frame["place"].str.split("-").str[1]
    parts = [
        lasted.groupby([day, place, frame["regime"]]).agg(["count", "sum"]).reset_index(names=["d", "place", "regime"])
        for place in (frame["place"], oblast)
    ]
    return pandas.concat(parts)


def api(store: SqlStore) -> dict[str, float]:
    """Milliseconds of answers of the API over one loopback-free client: the 95th percentile of 200 random questions."""
    from fastapi.testclient import TestClient

    from bench.table import percentile
    from monitor.catalogue import load_gazetteer
    from monitor.clock import SystemClock
    from monitor.config import Settings
    from monitor.fuse import Rules
    from monitor.web.app import create_app

    rng = random.Random(3)
    app = create_app(store, Rules(load_gazetteer(), {}), Settings(), SystemClock())
    out = {}
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for name, days in (("/v1/alerts", 7), ("/v1/claims", 30)):
            took = []
            for _ in range(100):
                start = T0 + timedelta(days=rng.randrange(4 * 365 - days))
                asked = {"since": start.isoformat(), "until": (start + timedelta(days=days)).isoformat()}
                if name == "/v1/alerts":
                    asked["region"] = rng.choice(("UA-05", "UA-07", "UA-12", "UA-14", "UA-18", "UA-21", "UA-23"))
                began = time.perf_counter()
                answer = client.get(name, params=asked)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.text
            out[f"API {name} of {days} days, p95"] = percentile(took, 0.95)
    return out


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "series.db"
        with open_store(str(path), lineage=line) as store:
            took = load(store)
            answered = {**questions(store), **api(store)}
        columns = {"SQLite": answered}
        url = os.environ.get("TEST_MONITOR_POSTGRES")
        if url:
            columns["PostgreSQL"] = postgres(url)
        title = f"{ALERTS:,} alerts and {CLAIMS:,} claims, loaded at {(ALERTS + CLAIMS) / took:,.0f} rows/s; ms"
        show(
            title, ["question", *columns], [[key, *(f"{one[key]:.2f}" for one in columns.values())] for key in answered]
        )
        duck, frame = recomputed(path)
        print(f"full daily roll-up recomputed: DuckDB {duck:.1f} ms, pandas {frame:.1f} ms\n")


def postgres(url: str) -> dict[str, float]:
    import psycopg

    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS monitor_bench")
        connection.execute("CREATE DATABASE monitor_bench")
    try:
        with open_store(url.rpartition("/")[0] + "/monitor_bench", lineage=line) as store:
            load(store)
            _analyze(store.reader())
            return {**questions(store), **api(store)}
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE monitor_bench WITH (FORCE)")


def _analyze(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
