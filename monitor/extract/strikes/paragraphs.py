"""Which sentences of other lines a sentence is read with: those of its region, or of no place of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors, is_country
from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import Doc, Part, is_bulleted
from monitor.model import PlaceRef

__all__ = ["Blows", "is_placed_elsewhere"]

_ATTACKS: Final = frozenset(
    ("strike.attack", "strike.hit", "strike.explosion", "strike.debris", "strike.fell", "strike.repelled",
     "act.shot_down", "act.merged", "act.launched", "act.fired", "act.hit", "alert.under_attack")
)  # fmt: skip
"""What tells of an attack without a place; the name of a weapon alone does not ("A buys 300 drones")."""
_WHERE: Final = frozenset(("at", "target", "name"))
_AT_WAR: Final = frozenset(("UA", "RU"))
_FAR: Final = 30
"""Sentences of a line that are looked back over."""
_LANDS: Final = 30
"""Countries that one text tells of attacks on."""


class Blows:
    """The attacks that the sentences of a text tell of: in which lines, in which regions, and whether one is told in
    the item of a list, or with no place but the countries it names."""

    __slots__ = ("_doc", "_in_item", "_lands", "_lines", "_regions")

    def __init__(self, doc: Doc, told: Iterable[Part]) -> None:
        self._doc = doc
        self._lines: set[int] = set()
        self._regions: set[str] = set()
        self._lands: list[frozenset[str]] = []
        self._in_item = False
        placed = -1
        for part in told:
            self._lines.add(part.line)
            self._in_item = self._in_item or is_bulleted(doc, part)
            if there := _narrow(doc, part):
                placed = part.line
                self._regions.update(a for place in there for a in _regions(doc, place))
            elif part.has_any(_ATTACKS) and part.line != placed:  # "A was hit. 30 drones were downed": there
                self._add_land(part)

    def _add_land(self, part: Part) -> None:
        lands = frozenset(s.ref.id for s in part.sites if s.ref.level == "country" and s.ref.id)
        if lands not in self._lands and len(self._lands) < _LANDS:
            self._lands.append(lands)

    def may_hold(self, s: Strike) -> bool:
        """Whether what ``s`` tells may be of one of them: of its line or its region, or of one that names no place
        ("Two died in a fire in A", and lines below "blasts in B": not of that one)."""
        if any(p.line in self._lines for p in s.parts) or (self._in_item and is_bulleted(self._doc, s.part)):
            return True
        if any(place.id is None for place in s.places) and self._lines:
            return True
        if any(not self._regions.isdisjoint(_regions(self._doc, place)) for place in s.places):
            return True
        own = {a for place in s.places for a in ancestors(self._doc.lexicon, place.id)} | _AT_WAR
        return any(not lands or not lands.isdisjoint(own) for lands in self._lands)  # not "an attack in Iraq"


def is_placed_elsewhere(doc: Doc, part: Part, places: Iterable[PlaceRef]) -> bool:
    """ "Who struck A in May? ... A missile hit a hostel", below a line on B: the sentences before it in its line name a
    place, which lies in none of the regions of ``places``."""
    for other in reversed(doc.parts[max(0, part.n - _FAR) : part.n]):
        if other.line != part.line:
            return False
        if named := _narrow(doc, other):
            there = {a for place in named for a in _regions(doc, place)}
            return all(there.isdisjoint(_regions(doc, place)) for place in places)
    return False


def _narrow(doc: Doc, part: Part) -> list[PlaceRef]:
    """Where a sentence says that something happened, narrower than a country."""
    return [
        s.ref for s in part.sites
        if s.ref.level not in ("country", "sea") and s.role in _WHERE and not is_office(doc, part, s)
    ]  # fmt: skip


def _regions(doc: Doc, place: PlaceRef) -> set[str]:
    """The place and what it lies in, but for its country."""
    return {a for a in (place.id, *ancestors(doc.lexicon, place.id)) if a is not None and not is_country(a)}
