"""Names of the units of Ukraine in every language, declined where the language declines."""

from __future__ import annotations

import difflib

from codifier import Unit, centre_of
from collect import Gazetteer, Place
from letters import fold, is_cyrillic, transliterate
from russian import english_from_russian, russian_from_ukrainian
from tables import DATA, read_tsv, split


def words(name: str) -> dict[str, str]:
    """The generic words (`raion`, `hromada` …) of a language, from `data/generic.tsv`."""
    return {row["key"]: row[name] for row in read_tsv(DATA / "generic.tsv")}


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
            gaz.name("en", place.id, english_from_russian(form), "nom", "exonym")
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
