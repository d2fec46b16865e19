"""A toll of a country, and how many of the dead were of which town: "killed 23, including seven in A and five in B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["in_brackets", "in_towns"]

_TOWN: Final = 4
"""Tokens from a figure to its town: "five people in the village of A"."""
_ARTICLE: Final = 3
_BESIDE: Final = 2
_HARM: Final = ("toll.killed", "toll.injured")
_WIDE: Final = frozenset(("country", "sea"))
_WAY: Final = frozenset(("prep", "place", "level", "num"))


def in_towns(doc: Doc, part: Part) -> list[tuple[int, int, Mention | None]]:
    """The pieces of such a sentence: up to the first share, and each share with the verb that it leaves out; none where
    the sentence is of another kind."""
    harm, subset = part.of(*_HARM), part.of("num.subset")[0]
    before = [m for m in harm if m.i < subset.i]
    rows = [(n, s) for n in part.numbers if n.j >= subset.i - _BESIDE and (s := _town_of(doc, part, n)) is not None]
    if not rows or len(before) != len(harm) or len({m.concept for m in harm}) != 1:
        return []
    first = min(rows[0][0].i, subset.i)
    whole = [n for n in part.numbers if n.j <= first and not n.is_article]
    if not whole or any(s.ref.level not in _WIDE for s in part.sites if s.i < first and s.role != "from"):
        return []
    if sum(n.value for n, _ in rows) > whole[-1].value or len({s.ref.name for _, s in rows}) < len(rows):
        return []
    if len(rows) == 1:
        return [(part.i, first, None)]  # "five died, two of them in A": what of the town is told is a share alone
    ends = [n.i for n, _ in rows[1:]] + [rows[-1][1].j]
    shares = [(n.i, end, before[-1]) for (n, _), end in zip(rows, ends, strict=True)]
    return [(part.i, first, None), *shares]


def in_brackets(doc: Doc, part: Part) -> list[tuple[int, int, Mention | None]]:
    """ "Wounded: nine (A - 4, B - 3, C - 2)": a piece for each town, where its figures add up to the one ahead of the
    bracket; none where they do not."""
    opening = next((k for k in range(part.i + 1, part.j) if doc.tokens[k].text == "("), None)
    verbs = [m for m in part.of(*_HARM) if opening is not None and m.i < opening]
    if opening is None or len(verbs) != 1 or len(part.of(*_HARM)) != 1:
        return []
    closing = next((k for k in range(opening, part.j) if doc.tokens[k].text == ")"), part.j)
    whole = [n for n in part.numbers if n.j <= opening and not n.is_article]
    rest = [n for n in part.numbers if opening < n.i < closing]
    sites = [s for s in part.sites if opening < s.i < closing and s.ref.level not in _WIDE]
    if len(whole) != 1 or len(rest) < 2 or len(rest) != len(sites) or sum(n.value for n in rest) != whole[0].value:
        return []
    if any(not 0 <= n.i - s.j <= 1 for s, n in zip(sites, rest, strict=True)):
        return []
    return [(s.i, n.j, verbs[0]) for s, n in zip(sites, rest, strict=True)]


def _town_of(doc: Doc, part: Part, number: Number) -> Site | None:
    """The town or region right behind a figure, with nothing but "people", "of them" and "in" between."""
    site = next((s for s in part.sites if s.i >= number.j), None)
    if site is None or number.is_article or site.i - number.j > _TOWN or site.ref.level in _WIDE:
        return None
    for k in range(number.j, site.i):
        m = doc.at[k]
        is_way = len(doc.tokens[k].f) <= _ARTICLE and doc.tokens[k].kind == "w" if m is None else m.group in _WAY
        if not is_way:
            return None  # "three children in A", "two, in A"
    return site
