"""The official history as messages through the whole path (file, reading, state, SQLite): the table comes out again.

A message names its region by the channel's hashtag; two spellings of one region in the table are one place here, so
what must come out is the table by place, with rows of one place that touch or overlap read as one alert.
"""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.daemon.replay import Replay
from monitor.extract import reader
from monitor.fuse import Rules
from monitor.importers.regions import candidates, find_region
from monitor.model import Authority, Interval, Item, SourceProfile
from monitor.pipeline import Pipeline
from monitor.sources.file import InputProblem, read_file
from monitor.store import SqlStore, open_store, series, under_alert
from monitor.store.rebuild import state_hash

TABLE = "data/alerts_official_uk_2022-03-15_2023-12-18.csv.gz"
SIREN = SourceProfile(
    "air_alert_ua", "telegram_web", "", rank="official", languages=("uk",), authority=Authority(("UA",)),
    stale_after=timedelta(hours=6),
)  # fmt: skip
STANDING = {one.place for one in load_gazetteer().standing}
LONGEST = timedelta(hours=24)
NEAR = timedelta(seconds=60)
ALIKE = "the message names a place without its oblast, and several places bear that name"


@dataclass
class History:
    """The table between two days: its alerts by place, the messages made of it, and what cannot come out."""

    messages: list[Item] = field(default_factory=list)
    alerts: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    rows: int = 0
    unplaced: list[str] = field(default_factory=list)
    ambiguous: set[str] = field(default_factory=set)


def history(shared: Path, folder: Path, first: str, last: str) -> History:
    made = subprocess.run(
        [sys.executable, str(shared / "tools/make_replay.py"), str(shared / TABLE), first, last],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    path = folder / "messages.jsonl"
    path.write_bytes(made)
    found = History()
    for item in read_file(path, source="air_alert_ua"):
        assert not isinstance(item, InputProblem)
        found.messages.append(item)
    with gzip.open(shared / TABLE, "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if not (first <= row["started_at"] and row["finished_at"] < last):
                continue
            found.rows += 1
            names = [row[level] for level in ("oblast", "raion", "hromada") if row[level]]
            place = find_region(names)
            alike = candidates(names[-1])
            if place is None:
                found.unplaced.append(", ".join(names))
                found.ambiguous.update(alike)
                continue
            if len(alike) > 1:
                found.ambiguous.update(alike)
            span = datetime.fromisoformat(row["started_at"]), datetime.fromisoformat(row["finished_at"])
            found.alerts.setdefault(place, []).append(span)
    return found


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: what is shown here is not that a commit survives a power cut."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def replayed(messages: list[Item], path: Path) -> SqlStore:
    gazetteer = load_gazetteer()
    rules = Rules(gazetteer, {SIREN.id: SIREN}, heartbeat=None, jump_after=timedelta(days=30))
    store = open_store(str(path), lineage=gazetteer.line)
    run = Replay(Pipeline(store, reader(load_lexicon()), rules), {SIREN.id: SIREN})
    tally = run.run(messages)
    assert tally.items == len(messages)
    return store


def shuffled(messages: list[Item], seed: int) -> list[Item]:
    """As they would arrive over a bad line: each up to ten minutes late, one in twenty a second time."""
    rng = Random(seed)
    late = timedelta(minutes=10).total_seconds() - 1
    arrived = []
    for item in messages:
        times = 2 if rng.random() < 0.05 else 1
        arrived += [replace(item, received=item.received + timedelta(seconds=rng.uniform(0, late)))
                    for _ in range(times)]  # fmt: skip
    return sorted(arrived, key=lambda item: item.received)


def compare(store: SqlStore, wanted: History, until: datetime) -> dict[str, list[object]]:
    """Rows that did not come out within a minute, by the reason that explains them; ``unexplained`` must be empty."""
    ours: dict[str, list[Interval]] = {}
    for one in series.alerts(store, end=until).rows:
        if one.start_basis != "standing" and one.regime == "air":
            ours.setdefault(one.place, []).append(one)
    missed: dict[str, list[object]] = {}
    for place, spans in wanted.alerts.items():
        for start, end in spans:
            if any(_is(one, start, end) for one in ours.get(place, ())):
                continue
            why = ALIKE if place in wanted.ambiguous else _why(start, end, spans)
            missed.setdefault(why, []).append((place, start, end))
    return missed


def _is(one: Interval, start: datetime, end: datetime) -> bool:
    if one.started_at is None or one.ended_at is None:
        return False
    return abs(one.started_at - start) <= NEAR and abs(one.ended_at - end) <= NEAR


def _why(start: datetime, end: datetime, spans: list[tuple[datetime, datetime]]) -> str:
    if end - start >= LONGEST:
        return "longer than is plausible: unknown after 24 hours"
    if Counter(spans)[start, end] > 1 or any(a <= end and start <= b for a, b in spans if (a, b) != (start, end)):
        return "two spellings of one place overlap in the table"
    return "unexplained"


def states(store: SqlStore, wanted: History, moments: list[datetime]) -> list[object]:
    """Places of which the store's own answer at a moment is not that of the table, where nothing explains it."""
    wrong: list[object] = []
    for at in moments:
        on = {place for place, spans in wanted.alerts.items() if any(start <= at < end for start, end in spans)}
        found = under_alert(store, at)
        ours = {place for place in found if "air" in found[place].regimes}
        for place in on ^ ours:
            span = next(((a, b) for a, b in wanted.alerts.get(place, ()) if a <= at < b), None)
            is_overdue = span is not None and at - span[0] >= LONGEST
            if not (place in STANDING or place in wanted.ambiguous or is_overdue):
                wrong.append((at, place, place in on))
    return wrong


def twice_the_same(wanted: History, folder: Path, moments: list[datetime], until: datetime) -> dict[str, list[object]]:
    """Replays twice, as said and once more out of order; gives what did not come out, by its reason."""
    hashes = []
    for name in ("first", "second"):
        with replayed(wanted.messages, folder / f"{name}.db") as store:
            hashes.append(state_hash(store))
            missed = compare(store, wanted, until)
            assert states(store, wanted, moments) == []
        (folder / f"{name}.db").unlink()
    assert hashes[0] == hashes[1]
    with replayed(shuffled(wanted.messages, 5), folder / "shuffled.db") as store:
        out_of_order = compare(store, wanted, until)
        assert states(store, wanted, moments) == []
    assert {why: len(rows) for why, rows in out_of_order.items()} == {why: len(rows) for why, rows in missed.items()}
    return missed


def some_moments(first: datetime, last: datetime, number: int) -> list[datetime]:
    rng = Random(2)
    return [first + (last - first) * rng.random() for _ in range(number)]


@pytest.mark.shared
def test_three_days_of_the_official_history(shared: Path, fast_folder: Path) -> None:
    wanted = history(shared, fast_folder, "2022-10-10", "2022-10-13")
    first, last = datetime(2022, 10, 10, 12, tzinfo=UTC), datetime(2022, 10, 12, 12, tzinfo=UTC)
    missed = twice_the_same(wanted, fast_folder, some_moments(first, last, 100), datetime(2022, 10, 13, tzinfo=UTC))
    assert wanted.rows > 150
    assert missed == {}


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.timeout(0)
def test_the_whole_official_history(shared: Path, fast_folder: Path) -> None:
    wanted = history(shared, fast_folder, "2022-01-01", "2025-01-01")
    assert (len(wanted.messages), wanted.rows) == (67956, 33978)
    first, last = wanted.messages[0].received, wanted.messages[-1].received
    missed = twice_the_same(wanted, fast_folder, some_moments(first, last, 1000), last + timedelta(days=1))
    assert "unexplained" not in missed
    assert sum(len(rows) for rows in missed.values()) + len(wanted.unplaced) <= wanted.rows // 1000
