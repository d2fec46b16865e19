"""Tallies of equipment lost: aircraft, tanks and troops numbered beside weapons are no count."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import LONG, Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_bled"]

_TROOPS: Final = 100
_TARGETS: Final = 10_000
_REACH: Final = 12
_GEAR: Final = frozenset(("count.other", "target.military", "weapon.carrier", "person.soldiers"))
_KINDS: Final = 2
"""Kinds of equipment, numbered in one sentence, that make it a list of losses."""


def is_bled(doc: Doc, part: Part, number: Number) -> bool:
    """ "Has lost eight drones", "loses 1,200 soldiers, 30 tanks and 900 drones": one's own; a tally."""
    if number.value >= _TARGETS and _are_targets(doc, number):
        return True
    troops = part.of("person.soldiers", "side.troops")
    if any(_is_before(doc, n, m) and n.value >= _TROOPS for m in troops for n in part.numbers):
        return True
    if part.has("act.bled") and part.has("person.soldiers"):
        return True
    if len(part.numbers) > 1 and (_names_gear(doc, part) or _is_list_of_gear(doc, part)):
        return True
    return any(0 <= number.i - m.j <= _REACH and same_clause(doc, part, m.i, number.i) for m in part.of("act.bled"))


def _are_targets(doc: Doc, number: Number) -> bool:
    """ "52,000 Russian targets": so many fly in no month; the bare word is also for what stands on the ground."""
    what = doc.at[number.j] if number.j < len(doc.at) else None
    if what is not None and what.group == "side":
        what = doc.at[what.j] if what.j < len(doc.at) else None
    return what is not None and what.concept == "weapon.mixed" and what.j - what.i == 1


def _is_before(doc: Doc, number: Number, people: Mention) -> bool:
    """ "1,200 soldiers", "1,200 Russian soldiers"."""
    side = doc.at[number.j] if number.j < people.i else None
    return number.j == people.i or (side is not None and side.group == "side" and side.j == people.i)


def _names_gear(doc: Doc, part: Part) -> bool:
    """ "Six tanks, 21 guns and 412 drones", "tanks 6, drones 412": what stands on the ground, numbered beside them; not
    "30 drones were downed, debris damaged two pickups"."""
    if part.has("target.energy", "target.port"):
        return False  # tanks of fuel
    return any(
        _is_of_gear(doc, part, n)
        and not any(same_clause(doc, part, m.i, n.i) for m in part.of("strike.debris", "strike.fell"))
        for n in part.numbers
    )


def _is_of_gear(doc: Doc, part: Part, n: Number) -> bool:
    gear = doc.lexicon.settings.get("gear", ())
    k = n.i - 1 if n.i > part.i and doc.tokens[n.i - 1].text not in DASHES else n.i - 2
    if n.j < part.j and doc.tokens[n.j].f in gear:
        return True
    if k >= part.i and doc.tokens[k].f in gear:
        return True
    is_behind_one = n.j + 1 < part.j and doc.at[n.j] is None and doc.tokens[n.j].kind == "w"
    return is_behind_one and doc.tokens[n.j + 1].f in gear


def _is_list_of_gear(doc: Doc, part: Part) -> bool:
    """ "Since the war began 670 aircraft, 283 helicopters, 107,340 drones and 640 launchers were destroyed"."""
    if not part.has("weapon.carrier"):
        return False
    numbered = {n.j for n in part.numbers}
    gear = [m for m in part.mentions if m.concept in _GEAR and (m.i in numbered or m.i - 1 in numbered)]
    kinds = _KINDS if any(w.period in LONG for w in part.whens) else _KINDS + 1
    return len(gear) >= kinds and any(m.concept == "weapon.carrier" for m in gear)
