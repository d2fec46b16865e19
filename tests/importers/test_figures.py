"""Tables of figures as claims of their table: nothing is mixed or lost, and a second import changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.clock import SystemClock
from monitor.errors import InputError
from monitor.extract import reader
from monitor.fuse import Rules, headline
from monitor.importers import Into, importer
from monitor.importers.rows import reading
from monitor.model import Batch, Claim, Item, Look, SourceProfile
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series
from monitor.store.rebuild import state_hash
from monitor.store.rereading import reread

NIGHT = "2024-11-09/2024-11-10"
MORNING = datetime(2024, 11, 10, 8, tzinfo=UTC)
FORCE = SourceProfile("force", "file", "force", "Air Force", ("uk",), "official", "UA", "Air Force")
RULES = Rules(load_gazetteer(), {"force": FORCE})
HEAD = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,border_crossing,carrier,source"
DRONES = "2024-11-09 20:00,2024-11-10 09:30,Shahed-136/131,Bryansk,Ukraine,{},62.0,67.0,{{'belarus': 10.0}},,af/1"
REGIONAL = "2024-11-09 20:00,2024-11-10 09:30,Shahed-136/131,,south,5.0,4.0,,{},,south/1"
MISSILES = "2024-11-09 20:00,2024-11-10 09:30,Iskander-M,{},Ukraine,{},1.0,,{{}},,af/1"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with open_store(str(tmp_path / "m.db"), lineage=load_gazetteer().line) as opened:
        yield opened


def pipeline(store: SqlStore) -> Pipeline:
    return Pipeline(store, reading(reader(load_lexicon())), RULES)


def imported(store: SqlStore, kind: str, file: Path, source: str | None = None) -> Mapping[str, Any]:
    return importer(kind)(file, Into(pipeline(store), RULES.profiles, SystemClock(), source))


def table(folder: Path, *rows: str, head: str = HEAD, name: str = "daily.csv") -> Path:
    (folder / name).write_text("\n".join([head, *rows, ""]), "utf-8")
    return folder / name


def told(store: SqlStore, launched: int) -> None:
    """What the Air Force itself said of the night."""
    text = f"У ніч на 10 листопада ворог атакував {launched} ударними БпЛА. Збито 62 БпЛА."
    post = Item("tg:1/1", "force", text, MORNING, MORNING, url="https://t.me/force/1")
    pipeline(store).run(Batch("force", (post,), Look("force", MORNING, "ok")), MORNING)


def claims(store: SqlStore, night: str = NIGHT) -> list[Claim]:
    return list(series.claims(store, night=night).rows)


def figures(found: list[Claim]) -> set[tuple[str, str, int | None]]:
    return {(claim.measure, claim.weapon, claim.value) for claim in found}


# ── the daily table of missile attacks ──


def test_each_figure_of_a_row_is_a_claim_of_the_table_with_its_cell_as_evidence(
    store: SqlStore, tmp_path: Path
) -> None:
    imported(store, "missile-table", table(tmp_path, DRONES.format("145.0")))
    found = claims(store)
    assert figures(found) == {
        ("launched", "drone", 145), ("shot_down", "drone", 62), ("lost", "drone", 67), ("left", "drone", 10),
    }  # fmt: skip
    for claim in found:
        assert (claim.claimant, claim.attacker, claim.places) == ("import:daily", "RU", ("UA",))
        (ref,) = claim.evidence
        (version,) = series.item(store, ref.item)
        assert ref.span is not None
        assert version.item.text[slice(*ref.span)] == ref.quote
        assert str(claim.value) in ref.quote
        assert "line:2" in version.item.flags
        assert "file:daily.csv" in version.item.flags


def test_the_tables_figure_is_listed_beside_ours_where_they_differ_and_neither_gives_way(
    store: SqlStore, tmp_path: Path
) -> None:
    told(store, 141)
    found = imported(store, "missile-table", table(tmp_path, DRONES.format("145.0")))
    assert (found["same"], found["differ"], found["only_here"]) == (1, 1, 2)
    (conflict,) = found["conflicts"]
    assert (conflict["when"], conflict["weapon"], conflict["measure"]) == (NIGHT, "drone", "launched")
    assert (conflict["theirs"], [ours["value"] for ours in conflict["ours"]]) == (145, [141])
    launched = [claim for claim in claims(store) if claim.measure == "launched"]
    assert {(claim.claimant, claim.value) for claim in launched} == {("Air Force", 141), ("import:daily", 145)}
    shown = headline(claims(store), NIGHT, "RU", RULES)["launched", "drone"]
    assert (shown.value, shown.claimant) == (141, "Air Force")


def test_the_same_file_again_changes_nothing_and_still_lists_the_conflicts(store: SqlStore, tmp_path: Path) -> None:
    told(store, 141)
    file = table(tmp_path, DRONES.format("145.0"), REGIONAL)
    first = imported(store, "missile-table", file)
    before = state_hash(store)
    again = imported(store, "missile-table", file)
    assert (first["new"], first["known"], again["new"], again["known"]) == (2, 0, 0, 2)
    assert state_hash(store) == before
    assert again["conflicts"] == first["conflicts"]


def test_a_corrected_figure_is_a_new_version_that_takes_the_older_ones_place(store: SqlStore, tmp_path: Path) -> None:
    imported(store, "missile-table", table(tmp_path, DRONES.format("144.0")))
    found = imported(store, "missile-table", table(tmp_path, DRONES.format("145.0")))
    assert (found["new"], found["corrected"]) == (0, 1)
    standing = series.claims(store, night=NIGHT, measure="launched", superseded=False).rows
    assert [claim.value for claim in standing] == [145]
    assert {claim.value for claim in claims(store) if claim.measure == "launched"} == {144, 145}


def test_a_count_of_one_region_is_no_count_of_the_country(store: SqlStore, tmp_path: Path) -> None:
    imported(store, "missile-table", table(tmp_path, REGIONAL))
    assert all("regional" in claim.flags for claim in claims(store))
    assert headline(claims(store), NIGHT, "RU", RULES) == {}


def test_rows_of_one_attack_from_two_places_are_parts_and_no_versions_of_each_other(
    store: SqlStore, tmp_path: Path
) -> None:
    rows = (MISSILES.format("Crimea", "2.0"), MISSILES.format("Voronezh oblast", "3.0"))
    imported(store, "missile-table", table(tmp_path, *rows))
    launched = [claim for claim in claims(store) if claim.measure == "launched"]
    assert sorted(claim.value or 0 for claim in launched) == [2, 3]
    assert all(claim.superseded_by is None and "subset" in claim.flags for claim in launched)


def test_bad_rows_are_noted_with_their_line_and_kept(store: SqlStore, tmp_path: Path) -> None:
    rows = (
        DRONES.format("many"),
        "yesterday,2024-11-10,Shahed-136/131,,Ukraine,1.0,1.0,,{},,x",
        "2024-11-10,2024-11-10,Orlan-10,,Ukraine,1.0,1.0,,{},,x",
        "2024-11-10,2024-11-10,Death Star,,Ukraine,1.0,1.0,,{},,x",
        "2024-11-10,2024-11-10",
        DRONES.format("145.0") + ",more",
    )
    found = imported(store, "missile-table", table(tmp_path, *rows))
    assert found["read"] == found["new"] == 6
    assert [note["line"] for note in found["notes"]] == [2, 3, 4, 5, 6]
    texts = [one.item.text for one in series.items(store).rows]
    assert len(texts) == 6
    assert any("Death Star" in text for text in texts)
    assert any('"column 12": "more"' in text for text in texts)
    assert {claim.value for claim in claims(store) if claim.measure == "shot_down"} == {62}


def test_another_table_is_refused_and_so_is_an_empty_one(store: SqlStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column"):
        imported(store, "missile-table", table(tmp_path, "1,2", head="a,b"))
    with pytest.raises(InputError, match="no row"):
        imported(store, "missile-table", table(tmp_path))
    with pytest.raises(InputError, match="no such file"):
        imported(store, "missile-table", tmp_path / "missing.csv")


def test_a_rebuild_reads_the_rows_again_as_they_were_imported(store: SqlStore, tmp_path: Path) -> None:
    told(store, 141)
    imported(store, "missile-table", table(tmp_path, DRONES.format("145.0"), REGIONAL))
    with open_store(str(tmp_path / "scratch.db"), lineage=load_gazetteer().line) as scratch:
        reread(store, scratch, reading(reader(load_lexicon())), replace(RULES, heartbeat=None))
        again = {(claim.id, claim.value, claim.claimant) for claim in claims(scratch)}
    assert again == {(claim.id, claim.value, claim.claimant) for claim in claims(store)}


def test_an_import_says_nothing_of_how_well_we_watch_and_moves_no_region(store: SqlStore, tmp_path: Path) -> None:
    imported(store, "missile-table", table(tmp_path, DRONES.format("145.0")))
    assert series.sources(store) == ()
    assert not [change for change in series.changes(store) if change.type.startswith(("alert.", "coverage."))]


_CELLS = st.one_of(
    st.text(max_size=20), st.integers(), st.floats(), st.none(), st.lists(st.integers(), max_size=2),
    st.sampled_from(
        ["count", "strike", "alert", "UA", "UA-63", "drone", "shot_down", "9999-12-31", "0001-01-01", NIGHT, "1e400",
         "{'x': 10**400}", "[[[[", "Shahed-136/131", "2024-11-10", "2024-11-10T25:00", "inf", "nan", "-1"]
    ),
)  # fmt: skip
_COLUMNS = st.sampled_from(
    [*HEAD.split(","), *["kind", "measure", "weapon", "value", "night", "day", "start", "end", "place", "zone", "date"]]
)


@settings(max_examples=400, deadline=None)
@given(cells=st.dictionaries(_COLUMNS, _CELLS), kind=st.sampled_from(["missile-table", "table", "alerts-in-ua"]))
def test_reading_a_row_never_fails_whatever_its_cells_hold(cells: dict[str, Any], kind: str) -> None:
    item = Item(f"row:{kind}/x/1", "x", json.dumps(cells), MORNING)
    found = reading(reader(load_lexicon()))(item, None)
    assert found.reports or found.notes or kind == "missile-table"


# ── a table of one's own ──

OWN = "kind,measure,weapon,value,attacker,night,start,end,place,claimant,url,date,injured,threat"


def test_a_csv_of_ones_own_holds_counts_strikes_and_alerts(store: SqlStore, tmp_path: Path) -> None:
    rows = (
        f"count,shot_down,drone,62,RU,{NIGHT},,,UA,Our desk,https://x.example/1,,,",
        f"count,withheld,drone,,RU,{NIGHT},,,UA,,,,,",
        "strike,,drone,,,,,,UA-63,Our desk,,2024-11-10,2,",
        "alert,,,,,,2024-11-10T03:00,2024-11-10T04:00,UA-63,,,,,drone",
    )
    found = imported(store, "table", table(tmp_path, *rows, head=OWN, name="desk.csv"))
    assert (found["new"], found["set_aside"]) == (4, 0)
    assert {(claim.claimant, claim.value) for claim in claims(store)} == {("Our desk", 62), ("import:desk", None)}
    (strike,) = series.strikes(store).rows
    assert (strike.places, strike.weapons, strike.injured.latest) == (("UA-63",), ("drone",), 2)
    alert = next(one for one in series.alerts(store).rows if one.start_basis != "standing")
    assert (alert.place, alert.regime, alert.started_at) == ("UA-63", "drone", datetime(2024, 11, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"count,shot_down,drone,6.5,RU,{NIGHT},,,UA,,,,,", "whole number"),
        (f"count,shot_down,laser,6,RU,{NIGHT},,,UA,,,,,", "weapon"),
        (f"count,shot_down,drone,,RU,{NIGHT},,,UA,,,,,", "withheld"),
        ("count,shot_down,drone,6,RU,2024-11-10,,,UA,,,,,", "night"),
        ("count,shot_down,drone,6,RU,,,,UA,,,,,", "when"),
        (f"count,shot_down,drone,6,RU,{NIGHT},,,UA-99,,,,,", "UA-99"),
        ("strike,,drone,,,,,,,,,2024-11-10,,", "place"),
        ("alert,,,,,,2024-11-10T03:00,2024-11-10T02:00,UA-63,,,,,", "before it begins"),
        ("sighting,,,,,,,,UA-63,,,,,", "none of count"),
    ],
)
def test_a_row_that_says_nothing_clear_is_kept_with_the_reason(
    store: SqlStore, tmp_path: Path, row: str, why: str
) -> None:
    found = imported(store, "table", table(tmp_path, row, head=OWN))
    (note,) = found["notes"]
    assert why in note["why"]
    assert note["line"] == 2
    assert len(series.items(store).rows) == 1
    assert not claims(store)


def test_geojson_says_the_same_as_csv_and_its_points_are_no_places(store: SqlStore, tmp_path: Path) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [36.23, 49.99]},
        "properties": {"kind": "strike", "place": "UA-63", "weapon": "drone", "date": "2024-11-10", "killed": 1},
    }
    (tmp_path / "own.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature, "x"]}))
    found = imported(store, "table", tmp_path / "own.geojson")
    assert (found["new"], found["set_aside"]) == (2, 1)
    (strike,) = series.strikes(store).rows
    assert (strike.places, strike.killed.latest) == (("UA-63",), 1)
    (tmp_path / "bad.geojson").write_text('{"type": "Feature"}')
    with pytest.raises(InputError, match="FeatureCollection"):
        imported(store, "table", tmp_path / "bad.geojson")


# ── the history of alerts.in.ua ──


def alert(number: int, **fields: object) -> dict[str, object]:
    return {
        "id": number, "location_uid": "22", "location_title": "X", "alert_type": "air_raid",
        "started_at": "2024-11-10T01:00:00.000Z", "finished_at": "2024-11-10T02:00:00.000Z", **fields,
    }  # fmt: skip


def test_a_saved_history_is_a_second_history_by_the_numbers_of_its_regions(store: SqlStore, tmp_path: Path) -> None:
    alerts = [
        alert(1), alert(2, location_uid="31", finished_at=None), alert(3, location_uid="77777"),
        alert(4, alert_type="comet"), alert(5, started_at="soon"), alert(6, alert_type="artillery_shelling"),
    ]  # fmt: skip
    file = tmp_path / "month.json"
    file.write_text(json.dumps({"alerts": alerts}))
    found = imported(store, "alerts-in-ua", file)
    assert (found["read"], found["new"], found["set_aside"]) == (6, 6, 3)
    assert [note["line"] for note in found["notes"]] == [3, 4, 5]
    kept = {
        (one.place, one.regime, one.ended_at is None)
        for one in series.alerts(store).rows
        if one.start_basis != "standing"
    }
    assert kept == {("UA-63", "air", False), ("UA-30", "air", True), ("UA-63", "artillery", False)}
    again = imported(store, "alerts-in-ua", file)
    assert (again["new"], again["known"]) == (0, 6)
    file.write_text(json.dumps({"alerts": [alert(2, location_uid="31")]}))
    assert imported(store, "alerts-in-ua", file)["corrected"] == 1


def test_what_is_no_history_is_refused(store: SqlStore, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(InputError, match="no list"):
        imported(store, "alerts-in-ua", tmp_path / "a.json")


@pytest.mark.shared
def test_the_real_table_gives_the_night_of_9_november_2024_as_its_collector_wrote_it(
    store: SqlStore, tmp_path: Path, shared: Path
) -> None:
    import gzip

    whole = gzip.decompress((shared / "data" / "missile_attacks_daily_2022-09_2026-04.csv.gz").read_bytes()).decode()
    lines = whole.splitlines()
    november = [line for line in lines[1:] if line.startswith("2024-11")]
    found = imported(store, "missile-table", table(tmp_path, *november, head=lines[0]))
    assert found["new"] == len(november)
    wanted = {("launched", "drone", 145), ("shot_down", "drone", 62), ("lost", "drone", 67), ("left", "drone", 10)}
    assert figures(claims(store)) == wanted
