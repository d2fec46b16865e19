"""Decline place names of one language by the declared rules of `data/`.

`decline.<lang>.tsv` replaces the end of a word (longest first) for its class; `irregular.<lang>.tsv`
lists whole words; `word_classes.toml` says how the class is guessed. Where a word may be noun or
adjective, both declensions are given: a form too many costs less than a form missing.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from typing import Any

from tables import DATA, read_tsv, split

CASES = ("gen", "dat", "acc", "ins", "loc")
Paradigm = dict[str, list[str]]  # case -> forms, `nom` included


class Decliner:
    """The rules of one language; `decline` gives every case of a name."""

    def __init__(self, lang: str) -> None:
        self.rules: dict[str, list[dict[str, str]]] = {}
        for row in read_tsv(DATA / f"decline.{lang}.tsv"):
            self.rules.setdefault(row["class"], []).append(row)
        for rows in self.rules.values():
            rows.sort(key=lambda row: -len(row["ending"]))
        self.irregular = {row["word"]: row for row in read_tsv(DATA / f"irregular.{lang}.tsv")}
        self.kinds: dict[str, Any] = tomllib.loads((DATA / "word_classes.toml").read_text("utf-8"))[lang]
        self._cache: dict[str, Paradigm] = {}

    def decline(self, name: str) -> Paradigm:
        """Every case of `name` (`nom` as given); equal forms appear under each case they serve."""
        if name not in self._cache:
            self._cache[name] = self._decline(name)
        return self._cache[name]

    def country(self, name: str) -> Paradigm:
        """As `decline`, with the genitive in -u that Ukrainian gives masculine countries."""
        paradigm = dict(self.decline(name))
        if " " not in name and not name.endswith(tuple(self.kinds["not_masculine"])):
            for old, new in self.kinds["country_genitive"].items():
                paradigm["gen"] = [
                    form.removesuffix(old) + new if form.endswith(old) else form for form in paradigm["gen"]
                ]
        return paradigm

    def _decline(self, name: str) -> Paradigm:
        if name in self.kinds["indeclinable"]:
            return {case: [name] for case in ("nom", *CASES)}
        if name in self.irregular:
            return {"nom": [name], **{case: split(self.irregular[name][case]) for case in CASES}}
        for word in self.kinds["conjunctions"]:
            if word in name:
                left, right = (self._phrase(part) for part in name.split(word, 1))
                return {
                    case: [f"{a}{word}{b}" for a, b in itertools.product(left[case], right[case])]
                    for case in ("nom", *CASES)
                }
        return self._phrase(name)

    def _phrase(self, name: str) -> Paradigm:
        bracket = ""
        if " (" in name:
            name, _, bracket = name.partition(" (")
            bracket = " (" + bracket
        tokens = re.split(r"([ \-\u2013\u2014]+)", name)
        words, gaps = tokens[::2], [*tokens[1::2], ""]
        options = [self._word(words, gaps, at) for at in range(len(words))]
        if len(words) > 1:  # of two spellings of an adjective's case a longer name keeps the first
            options = [
                [{case: forms[:1] for case, forms in p.items()} if self.is_adjective(word) else p for p in option]
                for word, option in zip(words, options, strict=True)
            ]
        out: Paradigm = {"nom": [name + bracket]}
        for case in CASES:
            picks = itertools.product(*([paradigm[case] for paradigm in option] for option in options))
            forms: list[str] = []
            for pick in picks:
                for parts in itertools.product(*pick):
                    form = "".join(part + gap for part, gap in zip(parts, gaps, strict=True)) + bracket
                    if form not in forms:
                        forms.append(form)
            out[case] = forms
        return out

    def _word(self, words: list[str], gaps: list[str], at: int) -> list[Paradigm]:
        word, last = words[at], len(words) - 1
        fixed = [{case: [word] for case in CASES}]
        linking = set(self.kinds["linking"])
        if word in self.irregular and not any(words[i] in self.kinds["heads"] for i in range(at)):
            row = self.irregular[word]
            return [{case: split(row[case]) for case in CASES}]
        if (
            not word
            or word in self.kinds["indeclinable"]
            or word.isdigit()
            or word.endswith(".")
            or word in linking
            or word.isupper()
        ):
            return fixed
        if any(words[i] in linking or words[i] in self.kinds["heads"] for i in range(at)):
            return fixed
        if at < last and words[at + 1] not in linking:
            hyphen = gaps[at].strip() != ""
            kind = self._first_class(word)
            if hyphen and (not self.is_adjective(words[-1]) or word.endswith(self.kinds["joined_first"])):
                return fixed
            if kind and not (hyphen and len(words) == 2):
                return [self._apply(kind, word)]
            if hyphen and kind and self.is_adjective(word):
                return [self._apply(kind, word)]
            return [self._apply(self._noun_class(word), word)]
        return [self._apply(kind, word) for kind in self._classes(word, words[:at])]

    def _first_class(self, word: str) -> str:
        for kind in ("adj_m", "adj_n", "adj_f", "adj_p"):
            if word.endswith(tuple(self.kinds[f"first_{kind}"])):
                return kind
        return ""

    def is_adjective(self, word: str) -> bool:
        """Whether the end of `word` is an adjective's."""
        low = word.lower()
        return any(low.endswith(tuple(self.kinds[kind])) for kind in ("adj_m", "adj_n", "adj_f", "adj_p")) and (
            not low.endswith(tuple(self.kinds["noun"]))
        )

    def _noun_class(self, word: str) -> str:
        low = word.lower()
        if any(low.endswith(end) for end in self.kinds["fem"]):
            return "fem"
        return "noun"

    def _classes(self, word: str, before: list[str]) -> list[str]:
        low = word.lower()
        if low.endswith(tuple(self.kinds["noun"])):
            return ["noun"]
        for kind in ("adj_m", "adj_n", "adj_f", "adj_p"):
            if low.endswith(tuple(self.kinds[kind])):
                return [kind]
        for kind in ("adj_f", "adj_p"):
            if low.endswith(tuple(self.kinds[f"{kind}_or_noun"])) and not before:
                return ["noun", kind]
        return [self._noun_class(word)]

    def _apply(self, kind: str, word: str) -> Paradigm:
        for row in self.rules[kind] + self.rules["noun"]:
            ending = row["ending"].replace("'", "\u2019")
            if word.lower().replace("'", "\u2019").endswith(ending) and len(word) > len(ending):
                stem = word[: len(word) - len(ending)] if ending else word
                return {
                    case: [word if end == "=" else stem + end.replace("'", "\u2019") for end in row[case].split("|")]
                    for case in CASES
                }
        return {case: [word] for case in CASES}
