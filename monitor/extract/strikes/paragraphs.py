"""Which sentences of other lines a sentence is read with: those of its region, or of no place of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import Doc, Part
from monitor.model import PlaceRef

__all__ = ["is_placed_elsewhere", "may_be_of"]

_ATTACKS: Final = frozenset(
    ("strike.attack", "strike.hit", "strike.explosion", "strike.debris", "strike.fell", "strike.repelled",
     "act.shot_down", "act.merged", "act.launched", "act.fired", "act.hit", "alert.under_attack")
)  # fmt: skip
"""What tells of an attack without a place; the name of a weapon alone does not ("A buys 300 drones")."""
_WHERE: Final = frozenset(("at", "target", "name"))
_CODE: Final = 2
"""Letters of a country's id."""


def may_be_of(doc: Doc, s: Strike, blow: Part) -> bool:
    """Whether what ``s`` tells may be of an attack that another sentence tells of: one of its line or its region, or
    one that names no place ("Two died in a fire in A", and lines below "blasts in B": not of that one)."""
    if any(p.line == blow.line for p in s.parts) or (_is_bulleted(doc, s.part) and _is_bulleted(doc, blow)):
        return True
    if any(place.id is None for place in s.places):
        return True
    if there := _narrow(doc, blow):
        return _share_a_region(doc, there, s.places)
    return blow.has_any(_ATTACKS) and not _is_of_another_land(doc, blow, s.places)


def _is_bulleted(doc: Doc, part: Part) -> bool:
    """An item of a list that begins with a sign."""
    return doc.tokens[part.i].kind == "p"


def _is_of_another_land(doc: Doc, blow: Part, places: Iterable[PlaceRef]) -> bool:
    """ "An attack on an oil field in Iraq": all the countries named are others, and none of the two at war."""
    lands = {s.ref.id for s in blow.sites if s.ref.level == "country"}
    own = {a for place in places for a in ancestors(doc.lexicon, place.id)} | {"UA", "RU"}
    return bool(lands) and lands.isdisjoint(own)


def is_placed_elsewhere(doc: Doc, part: Part, places: Iterable[PlaceRef]) -> bool:
    """ "Who struck A in May? ... A missile hit a hostel", below a line on B: the sentences before it in its line name a
    place, which lies in none of the regions of ``places``."""
    n = part.n - 1
    while n >= 0 and doc.parts[n].line == part.line:
        if named := _narrow(doc, doc.parts[n]):
            return not _share_a_region(doc, named, places)
        n -= 1
    return False


def _narrow(doc: Doc, part: Part) -> list[PlaceRef]:
    """Where a sentence says that something happened, narrower than a country."""
    return [
        s.ref for s in part.sites
        if s.ref.level not in ("country", "sea") and s.role in _WHERE and not is_office(doc, part, s)
    ]  # fmt: skip


def _share_a_region(doc: Doc, some: Iterable[PlaceRef], others: Iterable[PlaceRef]) -> bool:
    there = {a for place in some for a in _regions(doc, place)}
    return any(not there.isdisjoint(_regions(doc, place)) for place in others)


def _regions(doc: Doc, place: PlaceRef) -> set[str]:
    """The place and what it lies in, but for its country."""
    return {a for a in (place.id, *ancestors(doc.lexicon, place.id)) if a is not None and len(a) > _CODE}
