"""Which forms are ordinary words too (`data/common.toml`): they get the note `common`."""

from __future__ import annotations

import tomllib
from typing import Any

from collect import Gazetteer, Place
from letters import fold
from tables import DATA

SMALL_LEVELS = ("city", "district", "area")


class CommonWords:
    """The lists and rules of every language; `is_common` decides for one form."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = tomllib.loads((DATA / "common.toml").read_text("utf-8"))
        self.words, self.forms = {}, {}
        for group in self.data["scripts"]:  # a reader knows the letters before it knows the language
            words = {
                fold(w) for lang in group for key in ("words", "first_names") for w in self.data[lang].get(key, [])
            }
            forms = {fold(form) for lang in group for form in self.data[lang]["forms"]}
            for lang in group:
                self.words[lang], self.forms[lang] = words, forms

    def note(self, gaz: Gazetteer, lang: str, place: Place, form: str, base: str) -> str:
        """`common` if `form`, a case of the name `base`, is a word or a person's name too; else empty.

        `capital` where the place is so big that a capital letter settles it.
        """
        people = int(place.population or 0)
        listed = fold(form) in self.forms[lang] or (
            fold(base) in self.words[lang] and place.level in ("country", *SMALL_LEVELS)
        )
        if not listed and not self._by_rule(gaz, lang, place, base, people):
            return ""
        if lang in self.data["caseless"]:
            return "common"
        return "capital" if people >= self.data["capital_from"] or place.level == "country" else "common"

    def _by_rule(self, gaz: Gazetteer, lang: str, place: Place, base: str, people: int) -> bool:
        """Adjectives, surnames and, in Latin letters, very short names of small places."""
        if place.level not in SMALL_LEVELS or " " in base or "-" in base:
            return False
        if lang not in gaz.decliners:
            return len(base) <= self.data["short_letters"] and people < self.data["short_below"]
        limit = self.data["adjective_below"] if place.id.startswith("UA") else self.data["capital_from"]
        if people < limit and gaz.decliners[lang].is_adjective(base):
            return True
        if place.level == "area":
            return False
        foreign = not place.id.startswith("UA")
        ends = tuple(self.data[lang]["ends"])
        return people < self.data["surname_below"] and (foreign or place.kind != "city") and fold(base).endswith(ends)
