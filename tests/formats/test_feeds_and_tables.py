"""Atom, GeoJSON, CSV, JSON lines and Parquet: what was asked and the coverage stand beside the rows."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime

import feedparser
import pyarrow.parquet
import pytest
from rendering import GAZETTEER, NOW, interval

from monitor.errors import InputError
from monitor.formats import atom, geojson, table
from monitor.formats.about import About
from monitor.formats.plain import plain
from monitor.model import Change, EvidenceRef

ABOUT = About("alerts", since="2024-11-09T12:00:00Z", coverage={"status": "none", "gaps": []})
HOSTILE = '=HYPERLINK("http://x")'


def test_a_feed_is_read_by_another_reader_the_newest_first() -> None:
    ref = EvidenceRef("r", "tg:1/2", 1, "sirens", NOW, "Alert <b>&\x07")
    rows = [
        plain(Change(f"c{n}", "alert.started", "k", "i1", NOW, NOW, ("UA-30",), evidence=(ref,), seq=n)) for n in (1, 2)
    ]
    body = atom.feed(rows, ABOUT, now=NOW, base="https://m.example", name=lambda place: GAZETTEER.places[place].name)
    found = feedparser.parse(body)
    assert not found.bozo
    assert [entry.id for entry in found.entries] == ["urn:change:c2", "urn:change:c1"]
    assert found.entries[0].title == "alert.started: Kyiv"
    assert found.entries[0].content[0].value == "Alert <b>&"
    assert "says nothing about it" in found.feed.subtitle


def test_an_empty_feed_is_a_feed() -> None:
    found = feedparser.parse(atom.feed([], ABOUT, now=NOW))
    assert not found.bozo
    assert found.feed.updated == "2024-11-10T06:00:00Z"


def test_geojson_points_are_longitude_first_and_stand_for_the_place_named() -> None:
    made = geojson.collection([interval(), {"id": "s", "places": ["UA-30", "UA-63"]}], ABOUT, GAZETTEER)
    assert made["type"] == "FeatureCollection"
    one, two = made["features"]
    assert one["geometry"] == {"type": "Point", "coordinates": [30.52, 50.45]}
    assert one["id"] == "i1"
    assert one["properties"]["place_names"] == ["Kyiv"]
    assert two["geometry"]["type"] == "MultiPoint"
    assert "not where something happened" in made["about"]["geometry"]
    assert made["about"]["coverage"]["status"] == "none"
    assert json.loads(json.dumps(made)) == made


def test_a_place_without_coordinates_has_no_geometry_rather_than_a_wrong_one() -> None:
    made = geojson.collection([{"id": "s", "places": ["UA"]}, {"id": "t", "place": "nowhere"}], ABOUT, GAZETTEER)
    assert [feature["geometry"] for feature in made["features"]] == [None, None]


def test_H15_no_cell_of_a_table_starts_a_formula_and_the_words_come_back() -> None:
    rows = [{"id": HOSTILE, "value": -5, "evidence": [{"quote": HOSTILE}], "late": True, "none": None}]
    read = list(csv.DictReader(io.StringIO("".join(table.csv_lines(rows, list(rows[0]))), newline="")))
    assert read[0]["id"] == "'" + HOSTILE
    assert (read[0]["value"], read[0]["late"], read[0]["none"]) == ("-5", "true", "")
    assert json.loads(read[0]["evidence"]) == [{"quote": HOSTILE}]


def test_a_table_without_rows_still_names_its_columns() -> None:
    assert list(table.csv_lines([], ["id", "place"])) == ["id,place\r\n"]


def test_json_lines_survive_a_lone_surrogate() -> None:
    (line,) = table.jsonl_lines([{"text": "a\ud800"}])
    assert json.loads(line.encode())["text"] == "a\ud800"


def test_parquet_keeps_types_whatever_the_rows_hold_and_carries_the_coverage() -> None:
    types = {"affirmations": int, "is_confirmed": bool, "ended_at": datetime, "evidence": object, "level": str}
    rows = [interval(), interval(id="i2", affirmations=4, ended_at=NOW)]
    made = pyarrow.parquet.read_table(io.BytesIO(table.parquet(rows, types, ABOUT)))
    assert made.column("affirmations").to_pylist() == [0, 4]
    assert made.column("is_confirmed").to_pylist() == [True, True]
    assert made.column("ended_at").to_pylist() == [None, NOW]
    assert json.loads(made.column("evidence").to_pylist()[0])[0]["source"] == "sirens"
    about = json.loads(made.schema.metadata[b"monitor"])
    assert about["coverage"]["status"] == "none"
    empty = pyarrow.parquet.read_table(io.BytesIO(table.parquet([], types, ABOUT)))
    assert empty.schema == made.schema


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"airalert-monitor\[parquet\]"):
        table.parquet([], {"id": str}, ABOUT)
