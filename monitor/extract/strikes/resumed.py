"""A strike that a later sentence tells of again, with another one told between."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.telling import Strike, is_another, is_same_day
from monitor.extract.text.doc import Doc, Part

__all__ = ["of_the_same_town", "take_newest", "told_before"]

_NEAR: Final = 2
"""Sentences from a toll to the one that says what it has come to."""


def take_newest(doc: Doc, strike: Strike, part: Part) -> bool:
    """ "Six were injured in A. That number has risen to 15": what the figure told before has come to."""
    if part.n - strike.last.n > _NEAR or part.has("toll", "strike", "weapon", "target") or part.sites:
        return False
    words = doc.lexicon.settings.get("totals", ())
    told = [field for field in ("killed", "injured") if getattr(strike.toll, field)]
    is_sum = any(m.i == part.i for m in part.of("num.newest"))  # "That makes three."
    if len(told) != 1 or not (is_sum or any(doc.tokens[k].f in words for k in range(part.i, part.j))):
        return False
    newest = next((n for m in part.of("num.newest") for n in part.numbers if n.i == m.j), None)
    if newest is None or newest.value < getattr(strike.toll, told[0]):
        return False
    setattr(strike.toll, told[0], newest.value)
    newest.taken, strike.last = told[0], part
    return True


def told_before(doc: Doc, strikes: list[Strike], found: Strike) -> Strike | None:
    """The strike before the last that ``found`` goes on with, or None."""
    return _headline_of(strikes, found) or of_the_same_town(doc, strikes[:-1], found)


def _headline_of(strikes: list[Strike], found: Strike) -> Strike | None:
    """ "A girl killed in A, B in the dark", and some sentences below it how the girl of A was killed."""
    for told in strikes[:-1]:
        is_above = told.part.n == 0 and told.last is told.part and told.part.line != found.part.line
        is_there = {p.name for p in told.places} == {p.name for p in found.places}
        if is_above and is_there and told.toll.killed and told.toll.killed == found.toll.killed:
            return told
    return None


def of_the_same_town(doc: Doc, strikes: list[Strike], found: Strike) -> Strike | None:
    """ "A drone attack on A hurt 64. B was left without light. The strikes on A set fires": no toll of its own, and no
    other weapons than those of the first."""
    if not found.places or not found.toll.is_empty or any(p.level == "country" for p in found.places):
        return None
    names = {p.name for p in found.places}
    same = [s for s in strikes if {p.name for p in s.places} == names]
    told = same[0] if len(same) == 1 else None
    if told is None or told.retro or not is_same_day(told, found) or is_another(doc, told, found):
        return None
    is_same = not found.weapons or not told.weapons or set(found.weapons) <= {*told.weapons, "unknown"}
    return told if is_same else None
