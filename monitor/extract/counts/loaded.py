"""Figures beside weapons that were not fired: what planes stand loaded with, and what was so because of weapons."""

from __future__ import annotations

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.weapons import Weapon

__all__ = ["is_cause_of", "is_of_loaded_planes"]


def is_cause_of(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    """ "Two alerts, both because of drones": the word for the cause between a figure and a weapon."""
    causes = [m for m in part.of("prep.past", "veto.cause") if 0 <= m.i - number.j <= 1 and m.j < part.j]
    behind = doc.at[causes[0].j] if causes else None
    return behind is not None and behind.group in ("weapon", "model") and weapon.i not in range(number.j, causes[0].i)


def is_of_loaded_planes(part: Part, number: Number) -> bool:
    """ "At the airfield of A nine bombers stand loaded, that makes up to 70 missiles": planes ahead of the figure, and
    nothing that is done with it."""
    if not part.has("weapon.carrier") or part.has("act", "strike", "alert.fly", "toll"):
        return False
    return any(m.j <= number.i for m in part.of("weapon.carrier"))
