"""`monitor import intervals`: somebody else's table of alerts as a second history, beside ours and apart from it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.catalogue import load_gazetteer
from monitor.clock import SystemClock
from monitor.errors import InputError
from monitor.fuse import Rules
from monitor.importers import Into, importer
from monitor.importers.regions import find_region
from monitor.importers.rows import reading
from monitor.model import (
    AlertReport,
    Authority,
    Batch,
    Evidence,
    Interval,
    Item,
    Look,
    PlaceRef,
    Reading,
    SourceProfile,
)
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series
from monitor.store.rebuild import state_hash
from monitor.store.rereading import reread

TABLE = """region,started_at,finished_at,naive
Kyiv City,2024-11-13T04:36:38+00:00,2024-11-13T06:53:05+00:00,False
Volynska oblast,2024-11-13 05:00:00,2024-11-13 05:30:00,True
Atlantis oblast,2024-11-13T05:00:00+00:00,2024-11-13T05:30:00+00:00,False
"""
AT = datetime(2024, 11, 13, 5, 15, tzinfo=UTC)
SIREN = SourceProfile("siren", "telegram_web", "", rank="official", authority=Authority(("UA",)))


def _siren_words(item: Item, profile: SourceProfile | None) -> Reading:
    status = "start" if "on" in item.text.split() else "end"
    ref = PlaceRef("UA-30", "UA-30")
    return Reading(None, (AlertReport(status, "oblast", (ref,), "air", Evidence(item.text, (0, 1), "t")),))


def _alerts_at(store: SqlStore, at: datetime) -> list[Interval]:
    found = series.alerts(store, start=at, end=at + timedelta(seconds=1)).rows
    return [one for one in found if one.start_basis != "standing"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(str(tmp_path / "m.db"), lineage=load_gazetteer().line) as opened:
        yield opened


def _pipeline(store: SqlStore) -> Pipeline:
    rules = Rules(load_gazetteer(), {"siren": SIREN}, heartbeat=None)
    return Pipeline(store, reading(_siren_words), rules)


def _import(pipeline: Pipeline, file: Path) -> dict[str, object]:
    return dict(importer("intervals")(file, Into(pipeline, pipeline.rules.profiles, SystemClock())))


def _table(folder: Path, text: str = TABLE) -> Path:
    path = folder / "alerts.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_each_row_becomes_an_alert_with_its_source_and_its_sentence(store: SqlStore, tmp_path: Path) -> None:
    found = _import(_pipeline(store), _table(tmp_path))
    kyiv, volyn = _alerts_at(store, AT)
    assert (kyiv.place, kyiv.sources, kyiv.end_basis) == ("UA-30", ("import:alerts",), "explicit")
    assert kyiv.started_at is not None
    assert kyiv.ended_at is not None
    assert f"{kyiv.started_at:%H:%M:%S} {kyiv.ended_at:%H:%M:%S}" == "04:36:38 06:53:05"
    assert json.loads(kyiv.evidence[0].quote)["region"] == "Kyiv City"
    assert (volyn.place, volyn.end_basis) == ("UA-07", "timeout"), "the table says that it guessed this end"
    assert found["unknown_regions"] == {"Atlantis oblast": 1}


def test_the_same_table_again_adds_nothing(store: SqlStore, tmp_path: Path) -> None:
    pipeline, file = _pipeline(store), _table(tmp_path)
    assert _import(pipeline, file)["new"] == 3
    before = state_hash(store, history=True)
    again = _import(pipeline, file)
    assert (again["new"], again["known"]) == (0, 3)
    assert state_hash(store, history=True) == before


def test_a_table_moves_no_state_and_tells_nobody(store: SqlStore, tmp_path: Path) -> None:
    pipeline = _pipeline(store)
    now = datetime.now(UTC)
    fresh = now.isoformat()
    _import(pipeline, _table(tmp_path, f"region,started_at,finished_at\nKyiv City,{fresh},\n"))
    assert [one.place for one in _alerts_at(store, now)] == ["UA-30"]
    assert series.state(store, at=now, rules=pipeline.rules, places=["UA-30"])["UA-30"].status == "unknown"
    assert series.changes(store) == ()
    assert not list(pipeline.state.sources.items()), "nobody looked at any source"


def test_a_row_is_compared_with_what_our_own_sources_said(store: SqlStore, tmp_path: Path) -> None:
    pipeline = _pipeline(store)
    start = datetime(2024, 11, 13, 4, 36, 40, tzinfo=UTC)
    for number, (word, at) in enumerate([("on", start), ("off", start + timedelta(hours=1))], 1):
        item = Item(f"tg:1/{number}", "siren", word, at, at)
        pipeline.run(Batch("siren", (item,), Look("siren", at, "ok")), at)
    found = _import(pipeline, _table(tmp_path))
    assert (found["differ"], found["only_here"], found["agree"]) == (1, 1, 0)
    conflict = found["conflicts"][0]  # type: ignore[index]
    assert (conflict["place"], conflict["ours"][0]["ended_at"]) == ("UA-30", "2024-11-13T05:36:40+00:00")
    assert len(series.alerts(store, region="UA-30", start=AT, end=AT).rows) == 2, "neither is thrown away"
    exact = f"region,started_at,finished_at\nKyiv City,{start.isoformat()},{(start + timedelta(hours=1)).isoformat()}\n"
    assert _import(pipeline, _table(tmp_path, exact))["agree"] == 1


def test_a_rebuild_reads_the_rows_again_to_the_same(store: SqlStore, tmp_path: Path) -> None:
    pipeline = _pipeline(store)
    _import(pipeline, _table(tmp_path))
    with open_store(str(tmp_path / "scratch.db"), lineage=load_gazetteer().line) as scratch:
        assert reread(store, scratch, reading(_siren_words), pipeline.rules) == 3
        assert state_hash(scratch) == state_hash(store)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "no column"),
        ("region,started_at,finished_at\nAtlantis,2024-11-13T05:00:00Z,2024-11-13T05:30:00Z\n", "no row names"),
        ("region,started_at,finished_at\nKyiv City,2024-11-13T05:00:00Z\n", "as many cells"),
    ],
)
def test_what_is_no_table_of_alerts_is_refused(store: SqlStore, tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        _import(_pipeline(store), _table(tmp_path, text))


@pytest.mark.parametrize(
    ("names", "place"),
    [
        (["Vinnytska oblast"], "UA-05"),
        (["Київська область"], "UA-32"),
        (["Ivano-Frankivska oblast"], "UA-26"),
        (["м. Київ"], "UA-30"),
        (["Київська область", "Бучанський район"], "UA32080000000084076"),
        (["Mykolaivska oblast", "Voznesenskyi raion", "m. Yuzhnoukrainsk ta Yuzhnoukrainska terytorialna hromada"],
         "UA48040250000044166"),
        (["Vinnytska oblast", "Buchanskyi raion"], None),
        (["Atlantis"], None),
        ([], None),
    ],
)  # fmt: skip
def test_regions_are_found_by_their_names_in_both_alphabets(names: list[str], place: str | None) -> None:
    assert find_region(names) == place


def _thirteenth_november(store: SqlStore, table: Path) -> None:
    """23 of the table's 24 regions at 05:30Z, all but Volyn; Kyiv city from 04:36:38 to 06:53:05."""
    on = {one.place: one for one in _alerts_at(store, datetime(2024, 11, 13, 5, 30, tzinfo=UTC))}
    with gzip.open(table, "rt", encoding="utf-8") as lines:
        whole = {find_region([line.split(",")[0]]) for line in lines} - {None}
    assert (len(whole), len(on)) == (24, 23)
    assert whole - set(on) == {"UA-07"}
    kyiv = on["UA-30"]
    assert kyiv.started_at == datetime(2024, 11, 13, 4, 36, 38, tzinfo=UTC)
    assert kyiv.ended_at == datetime(2024, 11, 13, 6, 53, 5, tzinfo=UTC)


MERGED = "alerts_oblast_merged_2022-03-15_2026-06-19.csv.gz"


@pytest.mark.shared
def test_thirteenth_november_2024_of_the_merged_table(store: SqlStore, shared: Path, tmp_path: Path) -> None:
    table = shared / "data" / MERGED
    with gzip.open(table, "rt", encoding="utf-8") as lines:
        head, *rows = lines
    november = [row for row in rows if row.split(",")[1] < "2024-12" and row.split(",")[2] > "2024-11"]
    _import(_pipeline(store), _table(tmp_path, "".join([head, *november])))
    _thirteenth_november(store, table)


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.timeout(0)
def test_the_whole_merged_table_as_a_second_history(store: SqlStore, shared: Path) -> None:
    table = shared / "data" / MERGED
    pipeline = _pipeline(store)
    found = _import(pipeline, table)
    assert (found["new"], found["unplaced"], found["unreadable"]) == (74675, 0, 0)
    _thirteenth_november(store, table)
    assert _import(pipeline, table)["new"] == 0
