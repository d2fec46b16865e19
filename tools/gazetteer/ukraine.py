"""Ukraine: units of the official codifier, joined with GeoNames for coordinates and population."""

from __future__ import annotations

import csv
import difflib
import gzip
import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from collect import Gazetteer, Place
from letters import fold, is_cyrillic, transliterate
from russian import russian_from_ukrainian
from tables import DATA, read_tsv, split
from world import add_forms

TOO_FAR = 0.9  # degrees to the nearest of the hromada and of the raion together: another place of the name
TOWN = 5000  # people from which a GeoNames row is looked for among towns first
MOST_PEOPLE = {"M": 5_000_000, "X": 45_000, "C": 12_000}  # above: the row is a town that once had this name
KINDS = {"M": "city", "X": "settlement", "C": "village"}


@dataclass
class Unit:
    """One line of the codifier: `category` O K P H M X C B."""

    code: str
    parents: list[str]
    category: str
    name: str


def read_katottg(path: Path) -> list[Unit]:
    """Units in the order of the codifier; names stripped, with the typographic apostrophe."""
    units = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in list(csv.reader(text, delimiter=";"))[1:]:
            codes = [code for code in row[:5] if code]
            name = row[6].strip().replace("'", "\u2019").replace("\u02bc", "\u2019")
            units.append(Unit(codes[-1], codes[:-1], row[5].strip(), name))
    return units


def read_geonames(path: Path) -> list[dict[str, str]]:
    """Rows of the settlements file: geonameid, cc, admin1, name, lat, lon, population, alternatenames."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def words(name: str) -> dict[str, str]:
    """The generic words (`raion`, `hromada` …) of a language, from `data/generic.tsv`."""
    return {row["key"]: row[name] for row in read_tsv(DATA / "generic.tsv")}


def _distance(a: dict[str, str], b: dict[str, str]) -> float:
    lat = math.radians((float(a["lat"]) + float(b["lat"])) / 2)
    return math.hypot(float(a["lat"]) - float(b["lat"]), (float(a["lon"]) - float(b["lon"])) * math.cos(lat))


def join_geonames(
    settlements: list[Unit], rows: list[dict[str, str]], area_of: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Settlement code → its GeoNames row, by name within the first-level area.

    Where several settlements of the area share the name, nearness to settlements of the same hromada
    and raion decides, and a town goes before a village.
    """
    by_name: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    roman = {unit.code: fold(transliterate(unit.name, "romanisation.uk")) for unit in settlements}
    for unit in settlements:
        area = unit.parents[0]
        by_name[area, fold(unit.name)].append(unit)
        by_name[area, roman[unit.code]].append(unit)
    candidates: list[tuple[dict[str, str], list[Unit]]] = []
    for row in sorted(rows, key=lambda row: (-int(row["population"] or 0), row["geonameid"])):
        area = area_of.get(row["admin1"], "")
        people = int(row["population"] or 0)
        found: dict[str, Unit] = {}
        variants = [row["name"], *row["alternatenames"].split("|")]
        for cyrillic in (True, False):
            for variant in variants:
                if is_cyrillic(variant) == cyrillic:
                    for unit in by_name.get((area, fold(variant.replace("`", "'"))), []):
                        seat = unit.code[9:12] == "001" and fold(row["name"]) == roman[unit.code]
                        if people <= MOST_PEOPLE[unit.category] or seat:
                            found[unit.code] = unit
            if found:
                break
        units = list(found.values())
        if people >= TOWN:
            units = [unit for unit in units if unit.category == "M"] or units
            exact = [unit for unit in units if roman[unit.code] == fold(row["name"])]
            units = exact if len(exact) == 1 else units
        if units:
            candidates.append((row, units))
    joined: dict[str, dict[str, str]] = {}
    for row, units in candidates:
        if len(units) == 1:
            joined.setdefault(units[0].code, row)
    for _ in range(3):  # each round knows more neighbours than the one before
        joined = _nearest(candidates, joined)
    return joined


def _nearest(
    candidates: list[tuple[dict[str, str], list[Unit]]], before: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    """Join rows to settlements, the surest first: a town's only namesake, then by nearness to what was joined."""
    near: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
    for code, row in before.items():
        near[code[:9]].append((code, row))
        near[code[:6]].append((code, row))
    pairs = []
    for order, (row, units) in enumerate(candidates):
        for unit in units:
            hromada = [_distance(row, p) for code, p in near[unit.code[:9]] if code != unit.code]
            raion = sorted(_distance(row, p) for code, p in near[unit.code[:6]] if code != unit.code)[:3]
            far = min(hromada or [0.3]) + sum(raion or [0.3]) / len(raion or [1])
            if unit.category == "M" and len(units) == 1:
                far = 0.0
            if far < TOO_FAR:
                pairs.append((round(far, 4), order, unit.code))
    out: dict[str, dict[str, str]] = {}
    taken: set[int] = set()
    for _, order, code in sorted(pairs):
        if order not in taken and code not in out:
            taken.add(order)
            out[code] = candidates[order][0]
    return out


def centre_of(unit: Unit, members: list[Unit]) -> Unit | None:
    """The seat of a hromada: the codifier gives it the first code; of a raion: the town named like it."""
    if not members:
        return None
    if unit.category == "H":
        return min(members, key=lambda member: member.code)
    stem = fold(unit.name)

    def likeness(member: Unit) -> tuple[float, int]:
        ratio = difflib.SequenceMatcher(None, stem, fold(member.name)).ratio()
        return round(ratio, 1), "CXM".index(member.category)

    return max(members, key=likeness)


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


def add_ukraine(gaz: Gazetteer, katottg: Path, geonames: Path, api_regions: Path) -> None:
    """Add every unit of Ukraine that the gazetteer covers, with its names."""
    units = read_katottg(katottg)
    by_code = {unit.code: unit for unit in units}
    oblasts = {row["katottg"]: row for row in read_tsv(DATA / "ukraine_oblasts.tsv")}
    ids = {code: row["id"] for code, row in oblasts.items()}
    api = _api_ids(api_regions)
    geo = [row for row in read_geonames(geonames) if row["cc"] == "UA"]
    area_of = {row["geonames_admin1"]: row["katottg"] for row in oblasts.values()}
    settlements = [unit for unit in units if unit.category in KINDS]
    joined = join_geonames(settlements, geo, area_of)
    cities = {row["geonames_admin1"]: row for row in oblasts.values() if row["id"] in ("UA-30", "UA-40")}
    biggest: dict[str, dict[str, str]] = {}
    for row in geo:
        if row["admin1"] in cities and int(row["population"]) > int(
            biggest.get(row["admin1"], {"population": "0"})["population"]
        ):
            biggest[row["admin1"]] = row
    members: dict[str, list[Unit]] = defaultdict(list)
    for unit in settlements:
        for parent in unit.parents:
            members[parent].append(unit)
    pin = {row["katottg"]: row for row in read_tsv(DATA / "unit_overrides.tsv")}

    def english_centre(unit: Unit) -> str:
        if unit.code in pin and pin[unit.code]["centre"]:
            return pin[unit.code]["centre"]
        candidates = members[unit.code]
        if unit.category == "P":
            candidates = [m for m in candidates if m.category == "M"] or candidates
        best = centre_of(unit, candidates)
        return transliterate(best.name, "romanisation.uk") if best else ""

    for row in oblasts.values():
        kind = "city" if row["id"] in ("UA-30", "UA-40") else "oblast"
        place = gaz.add(Place(row["id"], "oblast", "UA", row["name"], kind, iso=row["id"]))
        place.katottg, place.api_id = row["katottg"], row["api_id"]
        spot = biggest.get(row["geonames_admin1"]) if kind == "city" else None
        if spot:
            _locate(place, spot)
        oblast_names(gaz, row)
    centres: dict[str, str] = {}
    for unit in units:
        if unit.category in "PH":
            centre = english_centre(unit)
            centres[unit.code] = centre
            parent = ids.get(unit.parents[-1], unit.parents[-1])
            level = "raion" if unit.category == "P" else "hromada"
            name = f"{centre} Raion" if level == "raion" else f"{centre} hromada"
            place = gaz.add(Place(unit.code, level, parent, name, level, katottg=unit.code))
            chain = [*unit.parents, unit.code]
            key = [fold(by_code[code].name) for code in chain] + [""]
            place.api_id = api.get((key[0], key[1], key[2]), "")
            if unit.code in pin:
                place.api_id = pin[unit.code]["api_id"] or place.api_id
                place.valid_from = pin[unit.code]["valid_from"]
            unit_names(gaz, unit, centre, members[unit.code], pin.get(unit.code))
    hromada_centres = set()
    for unit in units:
        if unit.category == "H" and (best := centre_of(unit, members[unit.code])):
            hromada_centres.add(best.code)
    russian = {(row["oblast"], fold(row["name"])): row["ru"] for row in read_tsv(DATA / "settlement_ru.tsv")}
    extra = {
        (row["oblast"], fold(row["raion"]), fold(row["name"])): row["ru"]
        for row in read_tsv(DATA / "extra_settlements.tsv")
    }
    exonyms = _exonyms()
    renames = {(row["oblast"], fold(row["name"])): row for row in read_tsv(DATA / "settlement_renames.tsv")}
    for unit in settlements:
        spot = joined.get(unit.code)
        oblast = ids[unit.parents[0]]
        raion = by_code[unit.parents[1]].name if len(unit.parents) > 1 else ""
        named = extra.get((oblast, fold(raion), fold(unit.name)), "")
        if unit.category == "C" and not spot and not named and unit.code not in hromada_centres:
            continue
        parent = ids.get(unit.parents[-1], unit.parents[-1])
        name = transliterate(unit.name, "romanisation.uk")
        kind = {"M": "city", "X": "town", "C": "village"}[unit.category]
        place = gaz.add(Place(unit.code, "city", parent, name, kind, katottg=unit.code))
        if spot:
            _locate(place, spot)
        key = (oblast, fold(unit.name))
        top = kind != "village" or _population(joined, unit) > 5000
        settlement_names(gaz, place, unit.name, spot, named or russian.get(key, ""), top)
        if key in renames and kind != "village":
            old = renames[key]
            place.valid_from = old["since"]
            gaz.names_from("uk", place.id, old["old_uk"], "old")
            gaz.names_from("ru", place.id, old["old_ru"], "old")
            for form in split(old["old_uk"]):
                gaz.name("en", place.id, transliterate(form, "romanisation.uk"), "nom", "old")
            for form in split(old["old_ru"]):
                gaz.name("en", place.id, _english_russian(form), "nom", "old")
        if kind != "village" and (oblast, unit.name) in exonyms:
            for lang, cell in exonyms[oblast, unit.name].items():
                add_forms(gaz, lang, place.id, cell, "exonym")
    for unit in units:
        if unit.category == "B":
            parent = ids.get(unit.parents[-1], unit.parents[-1])
            if parent not in gaz.places:
                continue
            city_name = gaz.places[parent].name
            english = transliterate(unit.name, "romanisation.uk")
            place = gaz.add(Place(unit.code, "district", parent, f"{english} District of {city_name}", "district"))
            place.katottg = unit.code
            district_names(gaz, unit)
    for row in read_tsv(DATA / "neighbourhoods.tsv"):
        slug = f"{row['parent']}:{row['name'].lower().replace(' ', '-')}"
        gaz.add(Place(slug, "district", row["parent"], row["name"], "neighbourhood"))
        gaz.name("en", slug, row["name"])
        gaz.names_from("uk", slug, row["uk"])
        gaz.names_from("ru", slug, row["ru"])


def _population(joined: dict[str, dict[str, str]], unit: Unit) -> int:
    return int(joined[unit.code]["population"] or 0) if unit.code in joined else 0


def _locate(place: Place, spot: dict[str, str]) -> None:
    place.geonames, place.lat, place.lon = spot["geonameid"], spot["lat"], spot["lon"]
    place.population = spot["population"] if spot["population"] != "0" else ""


def _english_russian(name: str) -> str:
    from russian import english_from_russian

    return english_from_russian(name)


def _exonyms() -> dict[tuple[str, str], dict[str, str]]:
    out = {}
    for row in read_tsv(DATA / "exonyms.tsv"):
        out[row["oblast"], row["name"]] = {lang: row[lang] for lang in ("en", "fr", "de", "pl", "es", "he")}
    return out


def oblast_names(gaz: Gazetteer, row: dict[str, str]) -> None:
    """Names of a first-level area: full, short, bare adjective, abbreviation, other languages."""
    place_id = row["id"]
    generic = {lang: words(lang) for lang in ("uk", "ru")}
    for lang in ("uk", "ru"):
        gaz.names_from(lang, place_id, row[lang])
        gaz.names_from(lang, place_id, row[f"{lang}_short"], "short")
        gaz.names_from(lang, place_id, row.get(f"old_{lang}", ""), "exonym")
        for name in [*split(row[lang]), *split(row.get(f"old_{lang}", ""))]:
            area_adjectives(gaz, lang, place_id, name, generic[lang])
    gaz.name("en", place_id, row["name"])
    for lang in ("en", "fr", "de", "pl", "es"):
        for form in split(row[lang]):
            gaz.name(lang, place_id, form, "nom", "exonym" if lang == "en" else "")
    if row["name"].endswith(" Oblast"):
        gaz.from_templates("subject", place_id, row["name"].removesuffix(" Oblast"))


def area_adjectives(gaz: Gazetteer, lang: str, place_id: str, name: str, generic: dict[str, str]) -> None:
    """From `X-ska oblast`: the bare adjective in every case, and the abbreviations of the word oblast."""
    for key in ("oblast", "krai", "okrug"):
        word = generic[key]
        if name.endswith(" " + word):
            adjective = name.removesuffix(" " + word)
            paradigm = gaz.decliners[lang].decline(adjective)
            gaz.name(lang, place_id, adjective, "nom", "adj")
            for case in ("gen", "dat", "acc", "ins", "loc"):
                for form in paradigm[case]:
                    gaz.name(lang, place_id, form, case, "adj")
                    for short in split(generic.get(f"{key}_abbr", "")):
                        gaz.name(lang, place_id, f"{form} {short}", case, "abbr")
            for short in split(generic.get(f"{key}_abbr", "")):
                gaz.name(lang, place_id, f"{adjective} {short}", "nom", "abbr")


def unit_names(gaz: Gazetteer, unit: Unit, centre: str, members: list[Unit], pin: dict[str, str] | None) -> None:
    """Names of a raion or hromada in uk, ru, en, fr, de, pl, es."""
    level = "raion" if unit.category == "P" else "hromada"
    uk, ru = words("uk"), words("ru")
    best = centre_of(unit, members) if level == "hromada" else None
    has_city = best is not None and best.category == "M"
    variants = [(unit.name, "seat" if has_city else "")]
    if pin:
        variants += [(old, "old") for old in split(pin["old_uk"])]
    if level == "raion":
        raion_short_names(gaz, unit)
    for adjective, note in variants:
        # a hromada of the codifier is an adjective already in the feminine
        full = f"{adjective} {uk[level]}"
        gaz.declined("uk", unit.code, full, note)
        given = split(pin["old_ru" if note == "old" else "ru"]) if pin else []
        for russian in given or [russian_from_ukrainian(adjective)]:
            gaz.declined("ru", unit.code, f"{russian} {ru[level]}", note)
            if level == "hromada":
                for word in ("hromada", "hromada_ru"):
                    gaz.declined("ru", unit.code, f"{russian} {ru['territorial']} {ru[word]}", note)
                gaz.declined("ru", unit.code, f"{russian} {ru['hromada_ru']}", note)
            for case, forms in gaz.decliners["ru"].decline(russian).items():
                for form in forms:
                    gaz.name("ru", unit.code, form, case, "adj")
        if level == "hromada":
            gaz.declined("uk", unit.code, f"{adjective} {uk['territorial']} {uk['hromada']}", note)
            gaz.names_from("uk", unit.code, f"{adjective} {uk['tg']}", "abbr")
            gaz.names_from("uk", unit.code, f"{adjective} {uk['otg']}", "abbr")
        else:
            for short in split(uk["raion_abbr"]):
                for case, forms in gaz.decliners["uk"].decline(adjective).items():
                    for form in forms:
                        gaz.name("uk", unit.code, f"{form} {short}", case, "abbr")
        for case, forms in gaz.decliners["uk"].decline(adjective).items():
            for form in forms:
                gaz.name("uk", unit.code, form, case, "adj")
        roman = transliterate(adjective, "romanisation.uk")
        for word in ("raion", "district") if level == "raion" else ("hromada", "community", "territorial community"):
            gaz.name("en", unit.code, f"{roman} {word}", "nom", note)
    if pin:
        gaz.names_from("en", unit.code, pin["aliases_en"], "old" if pin["old_uk"] else "exonym")
    gaz.from_templates(level, unit.code, centre)
    if best is not None and has_city:
        for prefix in split(uk["city_abbr"]):
            full = f"{prefix} {best.name}{uk['and']}{unit.name} {uk['territorial']} {uk['hromada']}"
            gaz.declined("uk", unit.code, full)


def raion_short_names(gaz: Gazetteer, unit: Unit) -> None:
    """`X-shchyna` for a raion whose adjective is not an oblast's too."""
    taken = {row["uk"].split(" ")[0] for row in read_tsv(DATA / "ukraine_oblasts.tsv")}
    ours = {row["adjective"]: row for row in read_tsv(DATA / "raion_short.tsv")}
    generic = {row["key"]: row for row in read_tsv(DATA / "generic.tsv")}
    oblast_form = unit.name[:-2] + generic["feminine"]["uk"]
    if oblast_form in taken:
        return
    for lang in ("uk", "ru"):
        if unit.name in ours:
            gaz.names_from(lang, unit.code, ours[unit.name][lang], "short")
            continue
        adjective = unit.name if lang == "uk" else russian_from_ukrainian(unit.name)
        ends = zip(split(generic["raion_short_from"][lang]), split(generic["raion_short_to"][lang]), strict=True)
        for old, new in ends:
            if adjective.endswith(old) and "-" not in adjective:
                gaz.declined(lang, unit.code, adjective.removesuffix(old) + new, "short")


def settlement_names(
    gaz: Gazetteer, place: Place, name: str, spot: dict[str, str] | None, russian: str, top: bool
) -> None:
    """Names of a settlement: uk and ru declined, en romanised, fr, de, pl transcribed where it is a town."""
    gaz.declined("uk", place.id, name)
    names = split(russian) or [closest_russian(name, spot)]
    for form in names:
        gaz.declined("ru", place.id, form)
    gaz.name("en", place.id, place.name)
    if top:
        for form in names:
            gaz.name("en", place.id, _english_russian(form), "nom", "exonym")
    for lang in ("fr", "de", "pl") if top else ("fr",):
        gaz.name(lang, place.id, transliterate(name, f"transliteration.uk.{lang}"))
    if top:
        for lang in ("fr", "de", "pl", "es"):
            gaz.name(lang, place.id, place.name)


def closest_russian(name: str, spot: dict[str, str] | None) -> str:
    """The Russian name: GeoNames' variant nearest to the rule's guess, else the guess."""
    guess = russian_from_ukrainian(name)
    best, score = guess, 0.8
    variants = (spot or {"alternatenames": ""})["alternatenames"].split("|")
    if fold(guess) in map(fold, variants):
        return guess
    for variant in variants:
        if is_cyrillic(variant) and fold(variant) != fold(name) and _is_russian(variant):
            likeness = difflib.SequenceMatcher(None, fold(guess), fold(variant)).ratio()
            if likeness > score:
                best, score = variant, likeness
    return best


def _is_russian(text: str) -> bool:
    return not set(text.lower()) & set(words("ru")["not_russian"])


def district_names(gaz: Gazetteer, unit: Unit) -> None:
    """Names of an urban district in uk, ru, en."""
    uk, ru = words("uk"), words("ru")
    gaz.declined("uk", unit.code, f"{unit.name} {uk['raion']}")
    gaz.declined("ru", unit.code, f"{russian_from_ukrainian(unit.name)} {ru['raion']}")
    roman = transliterate(unit.name, "romanisation.uk")
    for word in ("district", "District", "raion"):
        gaz.name("en", unit.code, f"{roman} {word}")
