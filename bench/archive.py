"""A store as large as years of news: as many items as alerts, a fifth as many claims, and how sources were watched.

It is set up through the store's own ``save``, in portions of 20,000 rows a transaction rather than one a batch, so
that every table, index and maintained roll-up is what a daemon would have left. PostgreSQL gets a copy of it by
``COPY`` (``store.copying``). ``BENCH_SERIES`` sets the number of alerts (100,000); ``BENCH_ARCHIVE`` names a folder
where the SQLite file is kept for the next run instead of being made again.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.identity import text_sha256
from monitor.model import Claim, Commit, Coverage, Fused, Interval, Item, Look, Reading, ReadItem
from monitor.store import SqlStore, open_store

ALERTS = int(os.environ.get("BENCH_SERIES", "100000"))
CLAIMS = ALERTS // 5
PORTION = 20_000
YEARS = timedelta(days=4 * 365)
T0 = datetime(2022, 2, 24, tzinfo=UTC)
END = T0 + YEARS
PLACES = [f"UA-{number:02}-{raion}" for number in range(1, 26) for raion in range(6)]
SOURCES = [f"source{number:02}" for number in range(20)]


def line(place: str) -> tuple[str, ...]:
    """A gazetteer of 25 oblasts with six raions each."""
    return (place, place.rsplit("-", 1)[0], "UA") if place.count("-") == 2 else (place, "UA")


def posts(many: int, first: int = 0) -> Iterator[ReadItem]:
    """Items a few seconds after they were published, in all sources in turn."""
    for number in range(first, first + many):
        words = f"post {number} of the bench, about as long as an announcement on a siren channel is, no more"
        at = T0 + YEARS * (number / ALERTS)
        source = SOURCES[number % len(SOURCES)]
        item = Item(f"tg:{source}/{number}", source, words, at, at - timedelta(seconds=7.3),
                    url=f"https://example.org/{number}")  # fmt: skip
        yield ReadItem(item, 1, text_sha256(None, words), Reading("en"), ())


def alerts() -> Iterator[Interval]:
    """Raions under alert for an hour on average, in the order of their start."""
    rng = random.Random(1)
    for number in range(ALERTS):
        start = T0 + YEARS * (number / ALERTS)
        end = start + timedelta(minutes=rng.expovariate(1 / 60) + 1)
        yield Interval(f"i{number:08}", rng.choice(PLACES), "air", start, "explicit", start, ended_at=end,
                       end_basis="explicit", end_known_at=end, sources=("siren",))  # fmt: skip


def claims() -> Iterator[Claim]:
    """Figures of two claimants for the night that has just ended."""
    rng = random.Random(2)
    for number in range(CLAIMS):
        at = T0 + YEARS * (number / CLAIMS)
        night = f"{at - timedelta(days=1):%Y-%m-%d}/{at:%Y-%m-%d}"
        yield Claim(
            id=f"c{number:08}", chain=f"c{number}", measure=rng.choice(("launched", "shot_down")), weapon="drone",
            value=rng.randrange(200), value_max=None, bound=None, model=None, places=(), attacker="RU", period="night",
            date_or_period=night, claimant=rng.choice(("Air Force", "Ministry")), claimant_side="UA", source="af",
            at=at, known_at=at,
        )  # fmt: skip


def watching() -> Iterator[Coverage]:
    """Each source was lost for an hour about once in a fortnight."""
    rng = random.Random(3)
    for source in SOURCES:
        at, nth = T0, 0
        while at < END:
            lost = at + timedelta(days=rng.uniform(7, 21))
            back = lost + timedelta(hours=1)
            yield Coverage(f"{source}-{nth}", source, "live", None, at, lost if lost < END else None)
            if lost < END:
                yield Coverage(f"{source}-{nth}-lost", source, "lost", "unavailable", lost, back)
            at, nth = back, nth + 1


def load(store: SqlStore) -> dict[str, float]:
    """Fill an empty store; gives rows a second by kind."""
    rates = {}
    kinds: tuple[tuple[str, Iterator[Any]], ...] = (
        ("items", posts(ALERTS)), ("intervals", alerts()), ("claims", claims()), ("coverage", watching())
    )  # fmt: skip
    for kind, values in kinds:
        begun, count = time.perf_counter(), 0
        while some := tuple(islice(values, PORTION)):
            count += len(some)
            fused = Fused(None) if kind == "items" else Fused(None, **{kind: some})
            with store.writing() as unit:
                unit.save(Commit("bench", T0, some if kind == "items" else (), (), fused, ()))
        rates[kind] = count / (time.perf_counter() - begun)
    for source in SOURCES:
        with store.writing() as unit:
            unit.save(Commit(source, T0, (), (), Fused(None), (), look=Look(source, END, "ok")))
    return rates


def archive(folder: Path) -> tuple[Path, dict[str, float]]:
    """The SQLite file, and how fast it was made (nothing where it was there already)."""
    kept = os.environ.get("BENCH_ARCHIVE")
    path = Path(kept or folder) / f"archive-{ALERTS}.db"
    if path.exists():
        return path, {}
    draft = path.with_suffix(".part")
    with open_store(str(draft), lineage=line) as store:
        rates = load(store)
    draft.rename(path)
    return path, rates
