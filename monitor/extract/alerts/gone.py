"""Weapons that a sentence names only to say that there are none, or that they fly no more."""

from __future__ import annotations

from monitor.extract.alerts.proposals import THREAT
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import weapons_of

__all__ = ["is_gone", "is_without", "without_absent"]


def is_without(doc: Doc, part: Part, m: Mention) -> bool:
    """ "No missiles for now, and no drones", "launches of missiles there were none": a denial stands right before the
    noun, or right behind it and before the verb."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "veto.negation":
        return True
    if any(same_clause(doc, part, no.i, m.i) for no in part.of("veto.absence")):
        return not any(n.i == m.j or n.j == m.i for n in part.numbers)
    after = doc.at[m.j] if m.j < part.j else None
    verb = doc.at[after.j] if after is not None and after.concept == "veto.negation" and after.j < part.j else None
    return verb is not None and verb.concept == "verb.aux"


def without_absent(doc: Doc, part: Part, named: list[str]) -> list[str]:
    """ "No more Shaheds over A, but a missile to B": without those that a clause says there are none of."""
    none = part.of("veto.absence", "alert.clean")
    denied = {m.j for m in part.of("veto.negation")}  # "fast ones from the east, no drones"
    absent = {THREAT.get(w.kind) for w in weapons_of(doc, part)
              if w.i in denied or any(same_clause(doc, part, m.i, w.i) for m in none)}  # fmt: skip
    return [threat for threat in named if threat not in absent] or named


def is_gone(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Of the missiles for A it is clear": nothing of them is left."""
    if part.numbers or part.has("alert.fly"):
        return False
    return any(same_clause(doc, part, m.i, clean.i) and m.i < clean.i for clean in part.of("alert.clean"))
