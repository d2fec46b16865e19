"""The gazetteer's tables keep their promises: ids, tree, coordinates, names, tags."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TABLES = Path(__file__).resolve().parents[2] / "monitor" / "gazetteer"
LANGUAGES = ("uk", "ru", "en", "fr", "de", "pl", "es", "he")
LEVELS = {"country", "oblast", "raion", "hromada", "city", "district", "sea", "area"}
CASES = {"nom", "gen", "dat", "acc", "ins", "loc", "abl", "all"}
NOTES = {"old", "short", "exonym", "abbr", "adj", "common", "capital", "seat"}
BOXES = {"UA": (44.2, 52.5, 22.0, 40.4), "RU": (41.0, 82.0, -180.0, 180.0), "BY": (51.2, 56.3, 23.0, 33.0)}
BOXES |= {"MD": (45.4, 48.6, 26.5, 30.2), "PL": (49.0, 55.0, 14.0, 24.3), "IL": (29.3, 33.5, 34.1, 36.0)}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def places() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in read(TABLES / "places.tsv")}


@pytest.fixture(scope="module")
def names() -> dict[str, list[dict[str, str]]]:
    return {lang: read(TABLES / f"names.{lang}.tsv") for lang in LANGUAGES}


def line(places: dict[str, dict[str, str]], place: str) -> list[str]:
    """The place and its ancestors."""
    out = [place]
    while parent := places[out[-1]]["parent"]:
        assert parent not in out, f"{place}: its ancestors go round in a circle"
        out.append(parent)
    return out


def test_ids_are_unique_and_levels_known(places: dict[str, dict[str, str]]) -> None:
    rows = read(TABLES / "places.tsv")
    assert len(rows) == len(places)
    assert {row["level"] for row in rows} == LEVELS
    assert all(row["name"] and row["kind"] for row in rows)


def test_parents_form_a_tree(places: dict[str, dict[str, str]]) -> None:
    for place in places:
        root = line(places, place)[-1]
        assert places[root]["level"] in ("country", "sea", "area"), place


def test_levels_of_parents_fit(places: dict[str, dict[str, str]]) -> None:
    allowed = {
        "oblast": {"country"},
        "raion": {"oblast"},
        "hromada": {"raion", "oblast"},
        "city": {"hromada", "oblast", "country", "area"},
        "district": {"city", "oblast"},
    }
    for row in places.values():
        if row["level"] in allowed:
            assert places[row["parent"]]["level"] in allowed[row["level"]], row["id"]


def test_counts_per_level(places: dict[str, dict[str, str]]) -> None:
    ukraine = Counter(row["level"] for row in places.values() if line(places, row["id"])[-1] == "UA")
    assert ukraine["oblast"] == 27
    assert ukraine["raion"] == 136
    assert ukraine["hromada"] == 1772
    assert sum(row["kind"] == "district" and row["katottg"] != "" for row in places.values()) == 108
    kinds = Counter(row["kind"] for row in places.values() if row["katottg"] and row["level"] == "city")
    assert kinds["city"] == 461
    assert kinds["town"] == 2007
    assert kinds["village"] > 3000
    first = Counter(row["parent"] for row in places.values() if row["level"] == "oblast")
    assert first["RU"] == 83
    assert (first["BY"], first["MD"], first["PL"], first["RO"], first["IL"]) == (7, 37, 16, 42, 6)
    assert Counter(row["level"] for row in places.values())["country"] >= 249
    russian = [row for row in places.values() if row["level"] == "city" and row["parent"].startswith("RU-")]
    assert len(russian) > 2500


def test_first_level_ids_are_iso_codes(places: dict[str, dict[str, str]]) -> None:
    for row in places.values():
        if row["level"] == "oblast":
            assert re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", row["id"])
            assert row["iso"] == row["id"]
        if row["level"] == "country":
            assert re.fullmatch(r"[A-Z]{2}", row["id"])
    assert places["UA-30"]["name"] == "Kyiv"
    assert places["UA-32"]["name"] == "Kyiv Oblast"
    assert {"UA-40", "UA-43", "RU-MOW", "RU-MOS"} <= places.keys()


def test_codes_have_their_shape(places: dict[str, dict[str, str]]) -> None:
    for row in places.values():
        assert not row["katottg"] or re.fullmatch(r"UA\d{17}", row["katottg"])
        assert not row["geonames"] or row["geonames"].isdigit()
        assert all(part.isdigit() for part in row["api_id"].split("|") if part)
    numbers = Counter(row["geonames"] for row in places.values() if row["geonames"])
    assert numbers.most_common(1)[0][1] == 1


def test_coordinates_lie_in_their_country(places: dict[str, dict[str, str]]) -> None:
    for row in places.values():
        box = BOXES.get(line(places, row["id"])[-1])
        if row["lat"] and box:
            lat, lon = float(row["lat"]), float(row["lon"])
            assert box[0] <= lat <= box[1], row["id"]
            assert box[2] <= lon <= box[3], row["id"]


def test_towns_have_coordinates(places: dict[str, dict[str, str]]) -> None:
    bare = [row["name"] for row in places.values() if row["kind"] == "city" and row["katottg"] and not row["lat"]]
    assert bare == []


def test_areas_of_ukraine_have_the_coordinates_of_their_seat(places: dict[str, dict[str, str]]) -> None:
    inside = [row for row in places.values() if line(places, row["id"])[-1] == "UA"]
    assert [row["id"] for row in inside if row["level"] in ("oblast", "raion") and not row["lat"]] == []
    assert sum(row["level"] == "hromada" and not row["lat"] for row in inside) < 60
    assert (places["UA-63"]["lat"], places["UA-63"]["lon"]) == ("49.98177", "36.25475")


def test_settlements_lie_near_their_hromada(places: dict[str, dict[str, str]]) -> None:
    """A homonym joined to the wrong village stands out by its distance from the rest of its raion."""
    raions: dict[str, list[dict[str, str]]] = {}
    for row in places.values():
        if row["katottg"] and row["level"] == "city" and row["lat"] and places[row["parent"]]["level"] == "hromada":
            raions.setdefault(places[row["parent"]]["parent"], []).append(row)
    far = 0
    for rows in raions.values():
        lat = sorted(float(row["lat"]) for row in rows)[len(rows) // 2]
        lon = sorted(float(row["lon"]) for row in rows)[len(rows) // 2]
        far += sum(abs(float(row["lat"]) - lat) > 1.1 or abs(float(row["lon"]) - lon) > 1.6 for row in rows)
    assert far <= 10


def test_api_ids_are_one_number_space(places: dict[str, dict[str, str]]) -> None:
    seen = Counter(part for row in places.values() for part in row["api_id"].split("|") if part)
    assert {number for number, count in seen.items() if count > 1} == set()
    ids = {part: row["id"] for row in places.values() for part in row["api_id"].split("|")}
    assert ids["22"] == "UA-63"
    assert ids["9999"] == ids["29"] == "UA-43"
    assert ids["31"] == "UA-30"
    assert places[ids["1313"]]["name"] == "Vovchansk hromada"
    assert places[ids["43"]]["name"] == "Samar Raion"
    assert sum(row["level"] == "raion" and row["api_id"] != "" for row in places.values()) >= 122


def test_every_name_belongs_to_a_place(
    places: dict[str, dict[str, str]], names: dict[str, list[dict[str, str]]]
) -> None:
    for lang, rows in names.items():
        for row in rows:
            assert row["id"] in places, (lang, row)
            assert row["form"] == row["form"].strip() != "", (lang, row)
            assert set(row["case"].split("|")) <= CASES, (lang, row)
            assert not row["note"] or set(row["note"].split("|")) <= NOTES, (lang, row)


def test_names_are_sorted_and_not_repeated(names: dict[str, list[dict[str, str]]]) -> None:
    for lang, rows in names.items():
        keys = [(row["id"], row["form"]) for row in rows]
        assert keys == sorted(keys), lang
        assert len(keys) == len(set(keys)), lang


def test_every_place_of_ukraine_and_russia_has_names_in_both_languages(
    places: dict[str, dict[str, str]], names: dict[str, list[dict[str, str]]]
) -> None:
    uk, ru, en = ({row["id"] for row in names[lang]} for lang in ("uk", "ru", "en"))
    for row in places.values():
        root = line(places, row["id"])[-1]
        if root == "UA":
            assert row["id"] in uk, row
            assert row["id"] in ru, row
        assert row["id"] in en, row
    unnamed = [row["name"] for row in places.values() if row["parent"].startswith("RU-") and row["id"] not in ru]
    assert len(unnamed) < 60


def test_letters_belong_to_their_language(names: dict[str, list[dict[str, str]]]) -> None:
    foreign = {"uk": re.compile("[ыэъёўјћђ]", re.I), "ru": re.compile("[іїєґўјћђ]", re.I)}
    for lang, pattern in foreign.items():
        bad = [row["form"] for row in names[lang] if pattern.search(row["form"])]
        assert bad == []


@pytest.mark.parametrize("row", read(HERE / "forms.tsv"), ids=lambda row: f"{row['lang']}-{row['form']}")
def test_known_forms_are_there(row: dict[str, str], names: dict[str, list[dict[str, str]]]) -> None:
    cases = [n["case"].split("|") for n in names[row["lang"]] if n["id"] == row["id"] and n["form"] == row["form"]]
    assert cases, f"{row['form']} is no form of {row['id']}"
    assert not row["case"] or row["case"] in cases[0]


def test_kyivskyi_district_of_kharkiv_is_not_kyiv(names: dict[str, list[dict[str, str]]]) -> None:
    ids = {row["id"] for row in names["uk"] if row["form"] == "Київський район"}
    assert "UA-30" not in ids
    assert "UA-32" not in ids
    assert len(ids) >= 3


def test_names_that_are_words_are_marked(names: dict[str, list[dict[str, str]]]) -> None:
    marks: dict[str, set[str]] = {}
    for row in names["uk"] + names["ru"]:
        marks.setdefault(row["form"], set()).update(row["note"].split("|"))
    for word in ("Перемога", "Мир", "Нове", "Зоря", "Дружба", "Мирный", "Спутник", "Українка", "Затока"):
        if word in marks:
            assert "common" in marks[word], word
    for word in ("Харків", "Одеса", "Запоріжжя", "Белгород", "Киев"):
        assert not marks[word] & {"common", "capital"}, word


def test_tags_name_places_once(places: dict[str, dict[str, str]]) -> None:
    rows = read(TABLES / "tags.tsv")
    assert len({row["tag"] for row in rows}) == len(rows)
    assert all(row["id"] in places for row in rows)
    tags = {row["tag"]: row["id"] for row in rows}
    assert tags["м_Київ"] == "UA-30"
    assert tags["ІваноФранківська_область"] == "UA-26"
    assert places[tags["Купянський_район"]]["name"] == "Kupiansk Raion"
    assert tags["Новомосковський_район"] == tags["Самарівський_район"]


def test_standing_alerts_name_places(places: dict[str, dict[str, str]]) -> None:
    rows = read(TABLES / "standing.tsv")
    assert {row["id"] for row in rows} == {"UA-09", "UA-40", "UA-43", "UA63140010000049419"}
    assert all(row["id"] in places and row["since"].endswith("Z") and row["cite"] for row in rows)


@pytest.mark.shared
def test_channel_tags_lead_to_the_code_of_the_map(shared: Path, places: dict[str, dict[str, str]]) -> None:
    tags = {row["tag"]: row["id"] for row in read(TABLES / "tags.tsv")}
    with (shared / "data" / "air_alert_ua_tag_map.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    wrong = [row["tag"] for row in rows if places[tags[row["tag"]]]["katottg"] != row["katottg_code"]]
    assert wrong == []
    assert len(rows) == 127


def test_tables_stay_small() -> None:
    assert sum(path.stat().st_size for path in TABLES.glob("*.tsv")) < 25_000_000
