"""Write a name in another alphabet by a declared letter table (`data/*.tsv`)."""

from __future__ import annotations

import unicodedata
from functools import cache

from tables import DATA, read_tsv


@cache
def _table(name: str) -> tuple[dict[str, dict[str, str]], int]:
    rows = {row["letter"]: row for row in read_tsv(DATA / f"{name}.tsv")}
    return rows, max(map(len, rows))


def transliterate(text: str, table: str, after_vowel: str = "") -> str:
    """`text` letter by letter, longest key first; a word's first letter uses the `initial` column.

    `after_vowel` lists the letters after which the `aftervowel` column applies (BGN for Russian).
    Letters outside the table stay. Case follows the first letter of each key.
    """
    rows, longest = _table(table)
    out: list[str] = []
    at, start, before = 0, True, ""
    low = text.lower()
    while at < len(low):
        for size in range(longest, 0, -1):
            key = low[at : at + size]
            if key in rows:
                row = rows[key]
                column = "initial" if start else "elsewhere"
                if not start and before in after_vowel:
                    column = "aftervowel"
                piece = row[column]
                if text[at].isupper():
                    piece = piece[:1].upper() + piece[1:]
                out.append(piece)
                start, before, at = False, key[-1], at + size
                break
        else:
            out.append(text[at])
            start = not unicodedata.category(text[at]).startswith(("L", "M"))
            before, at = low[at], at + 1
    return "".join(out)


def is_cyrillic(text: str) -> bool:
    """Whether every letter of `text` is Cyrillic, and there is one."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("\u0400" <= c <= "\u04ff" for c in letters)


def fold(text: str) -> str:
    """Lower case with one apostrophe and one hyphen, for comparing names."""
    return (
        text.casefold()
        .replace("\u2019", "'")
        .replace("\u02bc", "'")
        .replace("\u2013", "-")
        .replace("\u2014", "-")
        .strip()
    )
