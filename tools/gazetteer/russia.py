"""Russia, Belarus, Moldova: first-level areas, districts and cities with Russian and Ukrainian names."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from codifier import read_geonames
from collect import Gazetteer, Place
from letters import fold, is_cyrillic, transliterate
from russian import bgn, english_from_russian, simple_english, ukrainian_from_russian
from tables import DATA, read_tsv, split
from ukraine_names import area_adjectives, words


def add_subjects(gaz: Gazetteer) -> None:
    """The federal subjects of Russia with their names and short names."""
    generic = {lang: words(lang) for lang in ("uk", "ru")}
    for row in read_tsv(DATA / "russia_subjects.tsv"):
        kind = "city" if row["id"] in ("RU-MOW", "RU-SPE") else "federal subject"
        gaz.add(Place(row["id"], "oblast", "RU", row["name"], kind, iso=row["id"]))
        for lang in ("ru", "uk"):
            gaz.names_from(lang, row["id"], row[lang])
            gaz.names_from(lang, row["id"], row[f"{lang}_short"], "short")
            for name in split(row[lang]):
                area_adjectives(gaz, lang, row["id"], name, generic[lang])
        gaz.name("en", row["id"], row["name"])
        gaz.names_from("en", row["id"], row["en"], "exonym")
        gaz.names_from("fr", row["id"], row["fr"])
        stem = row["name"].removesuffix(" Oblast").removesuffix(" Krai")
        if stem != row["name"]:
            gaz.from_templates("subject", row["id"], stem)
        else:
            for lang in ("de", "es", "pl"):
                gaz.name(lang, row["id"], row["name"])


def add_districts(gaz: Gazetteer) -> None:
    """Districts and municipal okrugs of the regions near the front, under declared slugs."""
    ru, uk = words("ru"), words("uk")
    for row in read_tsv(DATA / "russia_districts.tsv"):
        for adjective in split(row["adjectives"]):
            english = english_from_russian(adjective)
            slug = f"ru:{row['parent'][3:].lower()}-{english.lower()}-district"
            gaz.add(Place(slug, "raion", row["parent"], f"{english} District", "district"))
            for word in split(ru["district_words"]):
                gaz.declined("ru", slug, f"{adjective} {word}")
            for word in split(ru["raion_abbr"]):
                for case, forms in gaz.decliners["ru"].decline(adjective).items():
                    for form in forms:
                        gaz.name("ru", slug, f"{form} {word}", case, "abbr")
            for case, forms in gaz.decliners["ru"].decline(adjective).items():
                for form in forms:
                    gaz.name("ru", slug, form, case, "adj")
            for word in split(uk["district_words"]):
                gaz.declined("uk", slug, f"{ukrainian_from_russian(adjective)} {word}")
            gaz.from_templates("rudistrict", slug, english)


def plain_apostrophe(text: str) -> str:
    """With straight apostrophes."""
    return text.replace("\u2019", "'").replace("\u201d", '"')


def russian_name(row: dict[str, str]) -> str:
    """The Russian name among GeoNames' variants: the one whose transliteration most variants share."""
    variants = [v for v in row["alternatenames"].split("|") if is_cyrillic(v)]
    foreign = set(words("ru")["not_russian"])
    ends = tuple(split(words("ru")["not_russian_ends"]))
    variants = [v for v in variants if not set(v.lower()) & foreign and not v.endswith(ends)]
    never = re.compile(words("ru")["not_russian_pattern"])
    variants = [v for v in variants if v + words("ru")["short_i"] not in variants and not never.search(v.lower())]
    latin = [simple_english(v).lower() for v in (row["name"], *row["alternatenames"].split("|"))]

    own_letters = words("ru")["letters_of"]

    raw = {plain_apostrophe(v).lower() for v in (row["name"], *row["alternatenames"].split("|"))}

    def score(variant: str) -> tuple[int, float, bool, int, int]:
        english = english_from_russian(variant).lower()
        ratio = difflib.SequenceMatcher(None, english, simple_english(row["name"]).lower()).ratio()
        marks = sum(variant.lower().count(letter) for letter in own_letters)
        shared = latin.count(english) + (2 if english == latin[0] else 0)
        return shared, ratio, bgn(variant).lower() in raw, marks, len(variant)

    return max(variants, key=score, default="")


def ukrainian_name(row: dict[str, str], russian: str) -> str:
    """The Ukrainian spelling: the rule's guess, or the variant of GeoNames that is nearly it."""
    guess = ukrainian_from_russian(russian)
    marks = set(words("uk")["letters_of"])
    foreign = set(words("uk")["foreign_letters"]) | set(words("uk")["not_ukrainian"])
    best, score = guess, 0.9
    end = words("uk")["town_end"]
    for variant in row["alternatenames"].split("|"):
        if is_cyrillic(variant) and not set(variant.lower()) & foreign:
            if fold(variant) == fold(guess):
                return guess
            likeness = difflib.SequenceMatcher(None, fold(variant), fold(guess)).ratio()
            if set(variant.lower()) & marks and likeness > score and guess.endswith(end) == variant.endswith(end):
                best, score = variant, likeness
    return best


def add_cities(gaz: Gazetteer, geonames: Path) -> None:
    """Settlements of Russia, Belarus and Moldova from GeoNames."""
    area = {("RU", row["geonames_admin1"]): row["id"] for row in read_tsv(DATA / "russia_subjects.tsv")}
    area |= {(r["id"][:2], r["geonames_admin1"]): r["id"] for r in read_tsv(DATA / "regions.tsv")}
    area |= {(r["cc"], r["geonames_admin1"]): r["id"] for r in read_tsv(DATA / "admin1.tsv")}
    pins = {row["geonames"]: row for row in read_tsv(DATA / "russia_cities.tsv")}
    towns = set(split(words("ru")["towns_of_cities"]))
    for row in read_geonames(geonames):
        parent = area.get((row["cc"], row["admin1"]))
        if row["cc"] == "UA" or parent is None or parent not in gaz.places:
            continue
        pin = pins.get(row["geonameid"], {})
        names = split(pin.get("ru", "")) or [russian_name(row)]
        inside = gaz.places[parent].kind == "city"
        if inside and any(name in split(words("ru")["self_cities"]) for name in names):
            place = gaz.places[parent]
            place.geonames, place.lat, place.lon = row["geonameid"], row["lat"], row["lon"]
            place.population = row["population"]
            continue
        level, kind = ("district", "district") if inside and not towns & set(names) else ("city", "city")
        if (inside and names == [""]) or names[0].startswith(tuple(split(words("ru")["town_prefix"]))):
            continue
        english = pin.get("name") or simple_english(row["name"])
        place = gaz.add(Place(row["geonameid"], level, parent, english, kind, geonames=row["geonameid"]))
        place.lat, place.lon, place.population = row["lat"], row["lon"], row["population"]
        if level == "district":
            gaz.name("en", place.id, english)
            for name in filter(None, names):
                gaz.declined("ru", place.id, name)
                gaz.declined("uk", place.id, ukrainian_from_russian(name))
            continue
        gaz.name("en", place.id, english)
        plain = row["name"].replace("\u2019", "").replace("'", "")
        if plain != english:
            gaz.name("en", place.id, plain, "nom", "exonym")
        gaz.names_from("en", place.id, pin.get("en", ""), "exonym")
        gaz.names_from("fr", place.id, pin.get("fr", ""))
        for name in filter(None, names):
            gaz.declined("ru", place.id, name)
            if row["cc"] == "RU":
                bgn_name = english_from_russian(name)
                gaz.name("en", place.id, bgn_name, "nom", "exonym")
                vowels = words("ru")["ye_after"]
                gaz.name("fr", place.id, transliterate(name, "transliteration.ru.fr", vowels))
                gaz.name("de", place.id, transliterate(name, "transliteration.ru.de", vowels))
        for name in split(pin.get("uk", "")) or ([ukrainian_name(row, names[0])] if names[0] else []):
            gaz.declined("uk", place.id, name)
        for lang in ("fr", "de", "es", "pl"):
            gaz.name(lang, place.id, english)
