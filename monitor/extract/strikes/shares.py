"""Two figures of people, one of which is the toll: all who were there and those hurt, a first toll and the next, those
of a town and those of the whole country."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["OF_ALL", "hurt_of_them", "is_of_whole_land", "is_overtaken"]

_FAR: Final = 30
"""Sentences that are looked back over for a town."""
OF_ALL: Final = "the whole country"
"""What such a figure is found to count: nobody of the towns told of."""
_NEAR: Final = 2
_LITTLE: Final = frozenset(("prep", "bound", "verb", "place", "conj"))
_NEXT: Final = frozenset(("time.again", "num.newest", "time.now", "time.today"))
_THEN: Final = 7
"""Tokens between a toll and the one that took its place: "dead at A, then of"."""
_BESIDE: Final = frozenset(("time", "cause", "conj", "prep", "claim", "toll", "verb"))
"""What stands right behind "in the whole country", where it is no part of a name."""
_OF_WHOM: Final = 5
"""Tokens from "of whom" to its figure: "of the which at the least two"."""


def is_overtaken(doc: Doc, part: Part, old: Number) -> bool:
    """The 28 of "28 dead, then 31", "28 dead, a toll that rose to 31": a higher figure of the same thing behind it,
    which counts nothing else."""
    new = next((n for n in part.numbers if n.i > old.j), None)
    if new is None or new.value <= old.value or new.i - old.j > _THEN or (
        any(t.kind == "p" and t.text != "," for t in doc.tokens[old.j : new.i])):  # fmt: skip
        return False
    what = doc.at[old.j]
    if what is None or what.group not in ("toll", "person"):
        return False
    between = [m for m in doc.mentions_between(what.j, new.i) if m.group not in _LITTLE]
    if not between or any(m.concept not in _NEXT for m in between):
        return False
    after = doc.at[new.j] if new.j < part.j else None
    if after is None:
        return new.j >= part.j or doc.tokens[new.j].kind == "p"
    return after.group in ("time", "verb", "prep", "claim") or after.concept == what.concept


def hurt_of_them(doc: Doc, part: Part, m: Mention, words: tuple[Mention, ...], subset_from: list[int]) -> Number | None:
    """The two of "with 291 passengers aboard, of whom two were hurt": nothing of harm is told of all of them."""
    start = subset_from[0]
    if m is not words[0] or m.i <= start or not any(0 <= x.i - n.j <= _NEAR for n in part.numbers if n.i < start
                                                    for x in part.of("person") if x.i < start):  # fmt: skip
        return None
    for number in part.numbers:
        is_ahead = number.j == start and doc.tokens[number.i - 1].text == ","  # "two of whom were killed"
        if (is_ahead or 0 < number.i - start <= _OF_WHOM) and number.j <= m.i and not number.is_article:
            after = doc.at[number.j]
            if is_ahead and after is not None:
                after = doc.at[after.j]
            is_done = after is not None and after.group == "verb"  # "20 people, four hurt badly, were in hospital"
            is_done = is_done or (after is m and not any(t.text == "," for t in doc.tokens[m.j : m.j + 3]))
            return number if is_done and all(doc.tokens[k].kind == "w" for k in range(number.j, m.i)) else None
    return None


def is_of_whole_land(doc: Doc, part: Part, number: Number) -> bool:
    """The 67 of "four died in A, another 67 were hurt across the country": of no town, where one is told of."""
    what = doc.at[number.j] if number.j < part.j else None
    if what is not None and what.group in ("weapon", "model"):
        return False
    for whole in part.of("alert.everywhere"):
        after = doc.at[whole.j] if whole.j < part.j else None
        is_apart = whole.j >= part.j or doc.tokens[whole.j].kind == "p"
        if not is_apart and (after is None or after.group not in _BESIDE):
            continue
        if not same_clause(doc, part, number.i, whole.i):
            continue
        low, high = (number.j, whole.i) if number.i < whole.i else (whole.j, number.i)
        if any(low <= n.i < high for n in part.numbers) or any(low <= s.i < high for s in part.sites):
            continue
        sites = [s for one in doc.parts[max(0, part.n - _FAR) : part.n] if one.has("strike", "toll") for s in one.sites]
        sites += doc.parts[part.n].sites
        return any(s.ref.level not in ("country", "sea") for s in sites)
    return False
