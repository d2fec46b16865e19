"""Which clause a verb belongs to where verbs stand last: the one that it ends."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_of_clause_before", "is_told_aside"]

_RIGHT_BEHIND: Final = 2


def is_of_clause_before(doc: Doc, part: Part, number: Number, act: Mention, verbs: frozenset[str]) -> bool:
    """ "64 were shot down, 62 had their target not reached": a figure whose own clause ends with a verb
    has nothing to do with the one before."""
    if act.lang not in doc.lexicon.settings.get("verb_last", ()) or same_clause(doc, part, act.i, number.i):
        return False
    return any(m.i >= number.j and same_clause(doc, part, number.i, m.i) for m in part.of_any(verbs))


def is_told_aside(doc: Doc, part: Part, number: Number, act: Mention, verbs: frozenset[str]) -> bool:
    """ "15 drones, which at A launched were, were destroyed": a verb between two commas, and what became
    of them right behind the second."""
    is_last = act.lang in doc.lexicon.settings.get("verb_last", ())
    if (not is_last and number.j > number.i) or same_clause(doc, part, number.i, act.i):
        return False  # a language whose verb stands last, or one weapon without a figure
    start = next((k for k in clause_starts(doc, part) if k > act.i), None)
    if start is None or any(number.j <= n.i < start for n in part.numbers):
        return False
    return any(0 <= m.i - start <= _RIGHT_BEHIND for m in part.of_any(verbs))
