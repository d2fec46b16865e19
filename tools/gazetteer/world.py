"""Countries, first-level areas of some neighbours, seas, straits, alert areas and cities elsewhere."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

from babel import Locale
from collect import Gazetteer, Place
from tables import DATA, read_tsv, split

LANGS = ("uk", "ru", "en", "fr", "de", "pl", "es", "he")
PREFIXED = "he"
NOT_COUNTRIES = frozenset(["EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"])
"""Codes of CLDR that ISO 3166-1 lacks."""


def add_countries(gaz: Gazetteer) -> None:
    """Every ISO 3166-1 country; names of CLDR, ours where `countries.tsv` says so."""
    locales = {lang: Locale(lang) for lang in LANGS}
    ours = {row["id"]: row for row in read_tsv(DATA / "countries.tsv")}
    english = locales["en"].territories
    shortened = [(row["short"], row["full"]) for row in read_tsv(DATA / "shortened.tsv")]
    for code in sorted(english):
        if not re.fullmatch("[A-Z]{2}", code) or code in NOT_COUNTRIES:
            continue
        name = split(ours[code]["en"])[0] if code in ours else english[code]
        gaz.add(Place(code, "country", "", name, "country", iso=code))
        for lang in LANGS:
            if code in ours:
                add_forms(gaz, lang, code, ours[code][lang])
            else:
                known = locales[lang].territories.get(code, "")
                for short, full in shortened:
                    known = known.replace(short, full)
                add_forms(gaz, lang, code, known)


def add_forms(gaz: Gazetteer, lang: str, place_id: str, cell: str, note: str = "") -> None:
    """Names of one cell; Hebrew also with the prefixes that mean in, to, from, the. `[x]` is an article at the head of
    a name, in whose stead some prefixes stand (column `article` of `prefixes.he.tsv`)."""
    if lang != PREFIXED:
        gaz.names_from(lang, place_id, cell, note)
        return
    for told in split(cell):
        article, bare = re.fullmatch(r"(?:\[(.)\])?(.*)", told).groups(default="")
        name = article + bare
        gaz.name(lang, place_id, name, "nom", note)
        for row in read_tsv(DATA / "prefixes.he.tsv"):
            swallowed = article if row["article"] == "in its stead" else ""
            gaz.name(lang, place_id, row["prefix"] + name.removeprefix(swallowed), row["case"], note, name)


def add_regions(gaz: Gazetteer, iso: Path) -> None:
    """First-level areas of Belarus, Moldova, Poland, Romania, Israel."""
    ours = {row["id"]: row for row in read_tsv(DATA / "regions.tsv")}
    with iso.open(encoding="utf-8", newline="") as text:
        known = {row["code"]: row for row in csv.DictReader(text)}
    for code in sorted(known.keys() | ours.keys()):
        country = code[:2]
        if country not in ("BY", "MD", "PL", "RO", "IL"):
            continue
        if code in ours:
            row = ours[code]
            kind = "city" if code == "BY-HM" else "region"
            gaz.add(Place(code, "oblast", country, row["name"], kind, iso=code))
            gaz.name("en", code, row["name"])
            for lang in LANGS:
                add_forms(gaz, lang, code, row[lang])
            continue
        row = known[code]
        suffix = {"MD": " District", "RO": " County"}[country]
        single = row["type"] in ("City", "Municipality") or code in ("MD-GA", "MD-SN")
        english = row["cldr_en"] or row["iso_name"]
        gaz.add(Place(code, "oblast", country, english if single else english + suffix, "region", iso=code))
        if single:
            gaz.name("en", code, english)
        for name in dict.fromkeys((english, plain_latin(english))):
            gaz.from_templates(f"county_{country.lower()}", code, name)
        word = {row["key"]: row for row in read_tsv(DATA / "generic.tsv")}[f"region_{country.lower()}"]
        for lang in ("uk", "ru"):
            if row[lang]:
                gaz.declined(lang, code, f"{word[lang]} {row[lang]}")
                if single or country == "RO":
                    gaz.declined(lang, code, row[lang])


def plain_latin(text: str) -> str:
    """Without diacritics."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def add_world(gaz: Gazetteer) -> None:
    """Seas, straits, areas and cities of `world.tsv`."""
    for row in read_tsv(DATA / "world.tsv"):
        place = gaz.add(Place(row["id"], row["level"], row["parent"], row["name"], row["kind"]))
        place.lat, place.lon, place.population = row["lat"], row["lon"], row["population"]
        place.geonames = row["id"] if row["id"].isdigit() else ""
        gaz.name("en", place.id, row["name"])
        for lang in LANGS:
            add_forms(gaz, lang, place.id, row[lang])


def add_sites(gaz: Gazetteer) -> None:
    """Airfields, launch sites, ports and border villages of `sites.tsv`; a place known already gives its names."""
    known = {(place.parent, place.name) for place in gaz.places.values()}
    for row in read_tsv(DATA / "sites.tsv"):
        if (row["parent"], row["name"]) in known:
            continue
        place = gaz.add(Place(row["id"], row["level"], row["parent"], row["name"], row["kind"]))
        place.lat, place.lon = row["lat"], row["lon"]
        gaz.name("en", place.id, row["name"])
        for lang in ("ru", "uk", "en"):
            gaz.names_from(lang, place.id, row[lang])
        for lang in ("fr", "de", "pl", "es"):
            gaz.name(lang, place.id, row["name"])
