"""Who is under alert at a moment, over a million alerts of four years: our index beside PostgreSQL with GiST.

``python -m bench instant``; ``BENCH_INSTANT=100000`` takes fewer alerts. ``TEST_MONITOR_POSTGRES`` names the server;
the alerts there are ``tstzrange`` under a GiST index, asked by ``span @> moment``. Both answer the same moments and
must name the same places, both over an open connection; the store's whole call, which takes a connection of its pool
first, is shown too.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.table import percentile, show
from monitor.model import Interval
from monitor.store import known, open_store, under_alert
from monitor.store.instant import on_at
from monitor.store.statements import upsert
from monitor.store.tables import intervals

ALERTS = int(os.environ.get("BENCH_INSTANT", "1000000"))
T0 = datetime(2022, 2, 24, tzinfo=UTC)
SPAN = timedelta(days=4 * 365)
PLACES = [f"UA-{number:02}-{raion}" for number in range(1, 26) for raion in range(6)]
ASKED = 500


def alerts() -> list[Interval]:
    """In the order of their start; one in two thousand lasts for weeks, a few have no end."""
    rng = random.Random(1)
    out = []
    for number in range(ALERTS):
        start = T0 + SPAN * (number / ALERTS)
        lasts = timedelta(minutes=rng.expovariate(1 / 60) + 1)
        if rng.random() < 1 / 2000:
            lasts = timedelta(days=rng.uniform(4, 20))
        end = None if rng.random() < 5 / ALERTS else start + lasts
        out.append(Interval(f"{number:032x}", rng.choice(PLACES), "air", start, "explicit", start, ended_at=end,
                            end_basis="explicit" if end else None, sources=("siren",)))  # fmt: skip
    return out


def ask(moments: Sequence[datetime], answer: Callable[[datetime], set[str]]) -> tuple[list[float], list[set[str]]]:
    took, found = [], []
    for at in moments:
        begun = time.perf_counter()
        one = answer(at)
        took.append((time.perf_counter() - begun) * 1000)
        found.append(one)
    return took, found


def ours(folder: Path, rows: list[Interval], moments: Sequence[datetime]) -> Mapping[str, Any]:
    path = folder / "instant.db"
    with open_store(str(path), lineage=lambda place: (place,)) as store:
        for first in range(0, len(rows), 5000):
            some = rows[first : first + 5000]
            made = [{**known.row_of("intervals", one), "n": 1, "known_from": T0} for one in some]
            with store.transaction() as connection:
                upsert(connection, intervals, made)
        with store.reading() as connection:
            inner = ask(moments, lambda at: set(on_at(connection, at)))
        whole = ask(moments, lambda at: set(under_alert(store, at)))
    return {"index, open connection": inner, "the store's whole call": whole}


def postgres(url: str, rows: list[Interval], moments: Sequence[datetime]) -> Mapping[str, Any]:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute("CREATE TEMP TABLE alerts (place text, regime text, span tstzrange)")
        with connection.cursor().copy("COPY alerts FROM STDIN") as copy:
            for one in rows:
                end = one.ended_at.isoformat() if one.ended_at else ""
                copy.write_row((one.place, one.regime, f"[{one.started_at and one.started_at.isoformat()},{end})"))
        connection.execute("CREATE INDEX ON alerts USING gist (span)")
        connection.execute("VACUUM ANALYZE alerts")
        query = "SELECT place, regime, lower(span) FROM alerts WHERE span @> %s::timestamptz"
        cursor = connection.cursor()

        def answer(at: datetime) -> set[str]:
            return {row[0] for row in cursor.execute(query, (at,), prepare=True)}

        for at in moments[:20]:
            answer(at)
        return {"PostgreSQL, GiST on tstzrange": ask(moments, answer)}


def main() -> None:
    rng = random.Random(2)
    moments = [T0 + SPAN * rng.random() for _ in range(ASKED)]
    rows = alerts()
    with tempfile.TemporaryDirectory() as name:
        found = dict(ours(Path(name), rows, moments))
    url = os.environ.get("TEST_MONITOR_POSTGRES")
    if url:
        found |= postgres(url, rows, moments)
    answers = [places for _, places in found.values()]
    assert all(one == answers[0] for one in answers), "the contenders disagree"
    table = [[who, f"{percentile(took, 0.5):.2f}", f"{percentile(took, 0.95):.2f}"] for who, (took, _) in found.items()]
    mean = sum(len(one) for one in answers[0]) / ASKED
    show(f"who is under alert at T, {ALERTS:,} alerts, {mean:.0f} places on; ms", ["", "median", "p95"], table)


if __name__ == "__main__":
    main()
