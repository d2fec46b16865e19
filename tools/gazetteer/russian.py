"""Names between Ukrainian, Russian and usual English spelling, by the tables of `data/`."""

from __future__ import annotations

import re
from functools import cache

from letters import transliterate
from tables import DATA, read_tsv


@cache
def _endings(name: str) -> list[tuple[str, str]]:
    rows = [(row["ending"], row["replace"]) for row in read_tsv(DATA / f"endings.{name}.tsv")]
    return sorted(rows, key=lambda row: -len(row[0]))


def _by_endings(name: str, direction: str) -> str:
    out = []
    for token in re.split(r"([ \-]+)", name):
        low = token.lower()
        for ending, new in _endings(direction):
            if low.endswith(ending) and len(low) >= len(ending):
                stem = token[: len(token) - len(ending)]
                piece = transliterate(stem, f"transliteration.{direction}") + new
                if not stem and token[0].isupper():
                    piece = piece[:1].upper() + piece[1:]
                out.append(piece)
                break
        else:
            out.append(transliterate(token, f"transliteration.{direction}"))
    return "".join(out)


@cache
def russian_from_ukrainian(name: str) -> str:
    """A guess of the Russian name of a Ukrainian place or adjective."""
    return _by_endings(name, "uk.ru")


@cache
def ukrainian_from_russian(name: str) -> str:
    """A guess of the Ukrainian spelling of a Russian name."""
    return _by_endings(name, "ru.uk")


def bgn(name: str) -> str:
    """BGN/PCGN transliteration of a Russian name, as GeoNames writes it (straight apostrophes)."""
    vowels = {row["key"]: row["ru"] for row in read_tsv(DATA / "generic.tsv")}["ye_after"]
    return transliterate(name, "transliteration.ru.bgn", vowels)


def simple_english(latin: str) -> str:
    """Usual English spelling: no soft signs, `-y` for `-yy` and `-iy`, `-nye` for `-nyye`."""
    for old, new in (("\u2019", ""), ("'", ""), ('"', ""), ("\u00eb", "yo")):
        latin = latin.replace(old, new)
    latin = re.sub(r"(zh|ch|sh|shch)yo", r"\1yo", latin)
    latin = latin.replace("yy", "y").replace("Yy", "Y")
    return re.sub(r"iy\b", "y", latin)


def english_from_russian(name: str) -> str:
    """Usual English spelling of a Russian name."""
    return simple_english(bgn(name))
