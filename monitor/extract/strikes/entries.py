"""Blows on one place told one after the other: entries of a list, each with weapons or an hour of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES

if TYPE_CHECKING:
    from monitor.extract.strikes.telling import Strike

__all__ = ["is_next_entry", "is_of_its_hour", "is_of_more_towns"]

_HEADED: Final = frozenset((":", *DASHES))
_HOURS: Final = frozenset(
    ("time.at", "time.morning", "time.noon", "time.daytime", "time.evening", "time.night", "time.later")
)
_OPENING: Final = 2
"""Tokens of "around 16:00"."""
_NEXT: Final = 2
"""Tokens behind a figure among which the word for villages stands."""


def is_next_entry(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A community: a drone hit a farm. A community: a bomb fell on a shop": entries of a list, each with the name of
    the place ahead and weapons of its own."""
    if not (before.weapons and found.weapons) or {"unknown", *before.weapons} & set(found.weapons):
        return False
    return _is_entry(doc, before.last) and _is_entry(doc, found.part)


def _is_entry(doc: Doc, part: Part) -> bool:
    head = part.sites[0] if part.sites else None
    return head is not None and head.i - part.i <= 1 and head.j < part.j and doc.tokens[head.j].text in _HEADED


def is_of_its_hour(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "At seven a drone struck the district of A, one was killed. At nine guns shelled B: two were hurt": the same
    town, with other weapons, another toll and an hour of its own."""
    if not before.weapons or not found.weapons or {"unknown", *before.weapons} & set(found.weapons):
        return False
    part = found.part
    is_told = found.is_named or part.has("act.launched", "act.fired")
    if not (is_told and _is_counted(before) and _is_counted(found)):
        return False
    first = range(part.i, min(part.i + _OPENING, part.j - 2))
    is_timed = any((m := doc.at[k]) is not None and m.concept in _HOURS for k in first)
    return is_timed or any(
        doc.tokens[k].kind == doc.tokens[k + 2].kind == "n" and doc.tokens[k + 1].text in ":." for k in first
    )


def is_of_more_towns(doc: Doc, strike: Strike) -> bool:
    """Whether the sentence counts towns or villages beside those that it names."""
    many = doc.lexicon.settings.get("hamlets_many", ())
    return any(
        n.value > 1 and any(doc.tokens[k].f in many for k in range(n.j, min(n.j + _NEXT, strike.part.j)))
        for n in strike.part.numbers
    )


def _is_counted(strike: Strike) -> bool:
    return bool(strike.toll.killed or strike.toll.injured)
