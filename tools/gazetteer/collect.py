"""What the gazetteer gathers: places by id, and the forms under which texts name them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field

from decline import CASES, Decliner
from tables import DATA, read_tsv, split

PLACE_HEADER = [
    "id",
    "level",
    "parent",
    "name",
    "iso",
    "katottg",
    "geonames",
    "api_id",
    "lat",
    "lon",
    "population",
    "valid_from",
    "valid_to",
    "kind",
]
NAME_HEADER = ("id", "form", "case", "note")
LEVEL_ORDER = ("country", "oblast", "raion", "hromada", "city", "district", "sea", "area")
_CASES: dict[str, dict[str, str]] = tomllib.loads((DATA / "word_classes.toml").read_text("utf-8"))["one_case"]


@dataclass
class Place:
    """One row of `places.tsv`; all fields are text, empty where unknown."""

    id: str
    level: str
    parent: str
    name: str
    kind: str
    iso: str = ""
    katottg: str = ""
    geonames: str = ""
    api_id: str = ""
    lat: str = ""
    lon: str = ""
    population: str = ""
    valid_from: str = ""
    valid_to: str = ""

    def row(self) -> list[str]:
        """The cells in the order of the header."""
        return [getattr(self, column) for column in PLACE_HEADER]


@dataclass
class Gazetteer:
    """Places and names under construction."""

    places: dict[str, Place] = field(default_factory=dict)
    names: dict[str, dict[tuple[str, str], tuple[list[str], str, str]]] = field(default_factory=dict)
    decliners: dict[str, Decliner] = field(default_factory=dict)

    def add(self, place: Place) -> Place:
        """Add a place; an id given twice is an error of the tables."""
        if place.id in self.places:
            raise ValueError(f"place given twice: {place.id} {place.name}")
        self.places[place.id] = place
        return place

    def name(self, lang: str, place_id: str, form: str, case: str = "nom", note: str = "", base: str = "") -> None:
        """Record one form of the name `base`; the first note given for a form stays, cases add up."""
        if len(form) < 2:
            return
        table = self.names.setdefault(lang, {})
        if case == "nom":
            case = next((told for end, told in _CASES.get(lang, {}).items() if form.endswith(end)), case)
        cases, old_note, old_base = table.get((place_id, form), ([], note, base or form))
        if case and case not in cases:
            cases.append(case)
        table[place_id, form] = (cases, old_note, old_base)

    def names_from(self, lang: str, place_id: str, cell: str, note: str = "") -> None:
        """Record every alternative of a table cell (`a|b`) as it is, declined where `lang` has rules."""
        for name in split(cell):
            self.declined(lang, place_id, name, note)

    def declined(self, lang: str, place_id: str, name: str, note: str = "") -> None:
        """Record `name` in every case of `lang`."""
        if lang not in self.decliners:
            self.name(lang, place_id, name, "nom", note)
            return
        decliner = self.decliners[lang]
        is_country = self.places[place_id].level == "country"
        paradigm = decliner.country(name) if is_country else decliner.decline(name)
        self.name(lang, place_id, name, "nom", note)
        for case in CASES:
            for form in paradigm[case]:
                self.name(lang, place_id, form, case, note, name)

    def from_templates(self, level: str, place_id: str, name: str, langs: tuple[str, ...] = ()) -> None:
        """Record the phrases of `data/templates.tsv` for a unit of `level` around `name`."""
        for row in read_tsv(DATA / "templates.tsv"):
            if row["level"] == level and (not langs or row["lang"] in langs):
                self.name(row["lang"], place_id, row["template"].format(name))

    def rows(self, lang: str, word_note: Callable[[Gazetteer, str, Place, str, str], str]) -> list[list[str]]:
        """Sorted rows of `names.<lang>.tsv`; `word_note` says of a form whether it is a word, too."""
        out = []
        for (place_id, form), (cases, note, base) in self.names.get(lang, {}).items():
            extra = "" if note in ("adj", "abbr") else word_note(self, lang, self.places[place_id], form, base)
            out.append([place_id, form, "|".join(cases), "|".join(filter(None, (note, extra)))])
        return sorted(out)
