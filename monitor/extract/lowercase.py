"""Towns that a terse post writes in small letters."""

from __future__ import annotations

from typing import Final

from monitor.extract.doc import Doc, Part
from monitor.extract.lexicon import Candidate
from monitor.extract.mentions import Mention
from monitor.extract.units import ancestors

__all__ = ["is_headed_for"]

_KNOWN: Final = 8_000
_TERSE: Final = 25
_SHORT: Final = 4
_POST: Final = 5
"""Tokens of a post that is a weapon and a place."""
_COURSES: Final = frozenset(("prep.to", "prep.past", "prep.from", "prep.at", "prep.until", "prep.between"))


def is_headed_for(doc: Doc, part: Part, m: Mention, row: Candidate, context: set[str]) -> bool:
    """ "two mopeds to merefa and zmiiv": a town in small letters where a terse line says what flies there. A name that
    is a common word too must be a town of some size, or near what was named, right behind the word for "to"."""
    if part.j - part.i > _TERSE or not part.has("weapon", "model", "alert.fly") or len(doc.tokens[m.i].f) < _SHORT:
        return False
    if part.has("toll", "claim", "target", "person", "veto"):
        return False
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "conj.and" and before.i > part.i:
        before = doc.at[before.i - 1]
    elif before is None and m.i - 1 > part.i and doc.tokens[m.i - 1].text in ",/":
        before = doc.at[m.i - 2]
    if before is None:
        return False
    if before.rows or (before.group in ("weapon", "model") and part.j - part.i <= _POST):
        return not row.is_common
    if not row.is_common:
        return before.concept in _COURSES
    is_near = any(a in context for a in ancestors(doc.lexicon, row.id) if "-" in a)
    return before.concept == "prep.to" and before.j == m.i and (is_near or row.population >= _KNOWN)
