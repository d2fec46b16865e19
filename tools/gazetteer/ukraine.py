"""Ukraine: every unit of the codifier that the gazetteer covers, with ids, coordinates and names."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codifier import KINDS, Unit, centre_of, join_geonames, read_geonames, read_katottg
from collect import Gazetteer, Place
from letters import fold, transliterate
from russian import english_from_russian
from tables import DATA, read_tsv, split
from ukraine_names import district_names, oblast_names, settlement_names, unit_names
from world import add_forms

CITIES = ("UA-30", "UA-40")  # of the first level


@dataclass
class Register:
    """What the registers say: ``members`` are the settlements of a unit, ``joined`` their rows of GeoNames, ``pins``
    what no rule gives, each by code; ``ids`` are our ids of the first-level areas."""

    units: list[Unit]
    by_code: dict[str, Unit]
    oblasts: dict[str, dict[str, str]]
    ids: dict[str, str]
    geonames: list[dict[str, str]]
    joined: dict[str, dict[str, str]]
    members: dict[str, list[Unit]]
    pins: dict[str, dict[str, str]]

    def parent_of(self, unit: Unit) -> str:
        return self.ids.get(unit.parents[-1], unit.parents[-1])

    def settlements(self) -> Iterator[Unit]:
        return (unit for unit in self.units if unit.category in KINDS)


def add_ukraine(gaz: Gazetteer, katottg: Path, geonames: Path, api_regions: Path) -> None:
    """Add every unit of Ukraine that the gazetteer covers, with its names."""
    register = _read(katottg, geonames)
    _add_oblasts(gaz, register)
    _add_raions_and_hromadas(gaz, register, _api_ids(api_regions))
    _add_settlements(gaz, register)
    _add_city_districts(gaz, register)
    _add_neighbourhoods(gaz)


def _read(katottg: Path, geonames: Path) -> Register:
    units = read_katottg(katottg)
    oblasts = {row["katottg"]: row for row in read_tsv(DATA / "ukraine_oblasts.tsv")}
    geo = [row for row in read_geonames(geonames) if row["cc"] == "UA"]
    area_of = {row["geonames_admin1"]: row["katottg"] for row in oblasts.values()}
    settlements = [unit for unit in units if unit.category in KINDS]
    members: dict[str, list[Unit]] = defaultdict(list)
    for unit in settlements:
        for parent in unit.parents:
            members[parent].append(unit)
    return Register(
        units=units,
        by_code={unit.code: unit for unit in units},
        oblasts=oblasts,
        ids={code: row["id"] for code, row in oblasts.items()},
        geonames=geo,
        joined=join_geonames(settlements, geo, area_of),
        members=members,
        pins={row["katottg"]: row for row in read_tsv(DATA / "unit_overrides.tsv")},
    )


def _add_oblasts(gaz: Gazetteer, register: Register) -> None:
    """The first-level areas; the two that are cities lie where the largest place of GeoNames there does."""
    cities = {row["geonames_admin1"] for row in register.oblasts.values() if row["id"] in CITIES}
    biggest: dict[str, dict[str, str]] = {}
    for row in register.geonames:
        if row["admin1"] in cities and int(row["population"]) > int(
            biggest.get(row["admin1"], {"population": "0"})["population"]
        ):
            biggest[row["admin1"]] = row
    for row in register.oblasts.values():
        kind = "city" if row["id"] in CITIES else "oblast"
        place = gaz.add(Place(row["id"], "oblast", "UA", row["name"], kind, iso=row["id"]))
        place.katottg, place.api_id = row["katottg"], row["api_id"]
        spot = biggest.get(row["geonames_admin1"]) if kind == "city" else None
        if spot:
            _locate(place, spot)
        oblast_names(gaz, row)


def _add_raions_and_hromadas(gaz: Gazetteer, register: Register, api: dict[tuple[str, str, str], str]) -> None:
    for unit in register.units:
        if unit.category not in "PH":
            continue
        centre = _english_centre(register, unit)
        level = "raion" if unit.category == "P" else "hromada"
        name = f"{centre} Raion" if level == "raion" else f"{centre} hromada"
        place = gaz.add(Place(unit.code, level, register.parent_of(unit), name, level, katottg=unit.code))
        chain = [*unit.parents, unit.code]
        key = [fold(register.by_code[code].name) for code in chain] + [""]
        place.api_id = api.get((key[0], key[1], key[2]), "")
        pin = register.pins.get(unit.code)
        if pin is not None:
            place.api_id = pin["api_id"] or place.api_id
            place.valid_from = pin["valid_from"]
        unit_names(gaz, unit, centre, register.members[unit.code], pin)


def _english_centre(register: Register, unit: Unit) -> str:
    """The English name of the town that a raion or hromada is called by."""
    if unit.code in register.pins and register.pins[unit.code]["centre"]:
        return register.pins[unit.code]["centre"]
    candidates = register.members[unit.code]
    if unit.category == "P":
        candidates = [m for m in candidates if m.category == "M"] or candidates
    best = centre_of(unit, candidates)
    return transliterate(best.name, "romanisation.uk") if best else ""


def _add_settlements(gaz: Gazetteer, register: Register) -> None:
    """Towns, and the villages that GeoNames or a table of ours knows or that are seats of hromadas."""
    seats = {
        best.code
        for unit in register.units
        if unit.category == "H" and (best := centre_of(unit, register.members[unit.code]))
    }
    russian = {(row["oblast"], fold(row["name"])): row["ru"] for row in read_tsv(DATA / "settlement_ru.tsv")}
    extra = {
        (row["oblast"], fold(row["raion"]), fold(row["name"])): row["ru"]
        for row in read_tsv(DATA / "extra_settlements.tsv")
    }
    exonyms = _exonyms()
    renames = {(row["oblast"], fold(row["name"])): row for row in read_tsv(DATA / "settlement_renames.tsv")}
    for unit in register.settlements():
        spot = register.joined.get(unit.code)
        oblast = register.ids[unit.parents[0]]
        raion = register.by_code[unit.parents[1]].name if len(unit.parents) > 1 else ""
        named = extra.get((oblast, fold(raion), fold(unit.name)), "")
        if unit.category == "C" and not spot and not named and unit.code not in seats:
            continue
        name = transliterate(unit.name, "romanisation.uk")
        kind = {"M": "city", "X": "town", "C": "village"}[unit.category]
        place = gaz.add(Place(unit.code, "city", register.parent_of(unit), name, kind, katottg=unit.code))
        if spot:
            _locate(place, spot)
        key = (oblast, fold(unit.name))
        top = kind != "village" or _population(register.joined, unit) > 5000
        settlement_names(gaz, place, unit.name, spot, named or russian.get(key, ""), top)
        if key in renames and kind != "village":
            _rename(gaz, place, renames[key])
        if kind != "village" and (oblast, unit.name) in exonyms:
            for lang, cell in exonyms[oblast, unit.name].items():
                add_forms(gaz, lang, place.id, cell, "exonym")


def _rename(gaz: Gazetteer, place: Place, old: dict[str, str]) -> None:
    """The name that a town had before."""
    place.valid_from = old["since"]
    gaz.names_from("uk", place.id, old["old_uk"], "old")
    gaz.names_from("ru", place.id, old["old_ru"], "old")
    for form in split(old["old_uk"]):
        gaz.name("en", place.id, transliterate(form, "romanisation.uk"), "nom", "old")
    for form in split(old["old_ru"]):
        gaz.name("en", place.id, english_from_russian(form), "nom", "old")


def _add_city_districts(gaz: Gazetteer, register: Register) -> None:
    for unit in register.units:
        if unit.category != "B" or (parent := register.parent_of(unit)) not in gaz.places:
            continue
        english = transliterate(unit.name, "romanisation.uk")
        name = f"{english} District of {gaz.places[parent].name}"
        place = gaz.add(Place(unit.code, "district", parent, name, "district"))
        place.katottg = unit.code
        district_names(gaz, unit)


def _add_neighbourhoods(gaz: Gazetteer) -> None:
    for row in read_tsv(DATA / "neighbourhoods.tsv"):
        slug = f"{row['parent']}:{row['name'].lower().replace(' ', '-')}"
        gaz.add(Place(slug, "district", row["parent"], row["name"], "neighbourhood"))
        gaz.name("en", slug, row["name"])
        gaz.names_from("uk", slug, row["uk"])
        gaz.names_from("ru", slug, row["ru"])


def _api_ids(path: Path) -> dict[tuple[str, str, str], str]:
    """(state, district or '', community or '') as adjectives folded → id in the shared number space."""
    data = json.loads(gzip.decompress(path.read_bytes()))
    tidy = json.loads((DATA / "api_words.json").read_text("utf-8"))
    out = {}

    def clean(name: str) -> str:
        for pattern in tidy["strip"]:
            name = re.sub(pattern, "", name)
        return fold(tidy["renamed"].get(name.strip(), name.strip()))

    for state in data["states"]:
        key = clean(state["stateName"])
        out[key, "", ""] = str(state["stateId"])
        for district in state["districts"]:
            raion = clean(district["districtName"])
            out[key, raion, ""] = str(district["districtId"])
            for community in district.get("communities", []):
                out[key, raion, clean(community["communityName"])] = str(community["communityId"])
    return out


def _population(joined: dict[str, dict[str, str]], unit: Unit) -> int:
    return int(joined[unit.code]["population"] or 0) if unit.code in joined else 0


def _locate(place: Place, spot: dict[str, str]) -> None:
    place.geonames, place.lat, place.lon = spot["geonameid"], spot["lat"], spot["lon"]
    place.population = spot["population"] if spot["population"] != "0" else ""


def _exonyms() -> dict[tuple[str, str], dict[str, str]]:
    out = {}
    for row in read_tsv(DATA / "exonyms.tsv"):
        out[row["oblast"], row["name"]] = {lang: row[lang] for lang in ("en", "fr", "de", "pl", "es", "he")}
    return out
