"""Figures told aside, in brackets with a verb of their own: "four missiles (one downed) and 61 drones"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.text.doc import Doc, Number, Part

__all__ = ["Asides", "asides_of", "is_apart", "is_aside", "outside"]

_VERBS: Final = frozenset(("act.launched", "act.shot_down", "act.merged", "act.lost", "act.suppressed", "act.hit"))

Asides = list[tuple[int, int]]
"""Brackets that say something of their own: first and last token of each."""


def asides_of(doc: Doc, part: Part) -> Asides:
    """The brackets of a sentence that hold a figure and what was done with it; the sentence has figures outside too."""
    if len(part.numbers) < 2 or not part.has_any(_VERBS):
        return []
    out: Asides = []
    opened = -1
    for k in range(part.i, part.j):
        text = doc.tokens[k].text
        if text == "(":
            opened = k
        elif text == ")" and opened >= 0:
            if _says(part, opened, k):
                out.append((opened, k))
            opened = -1
    return out if any(_aside_of(out, n.i) is None for n in part.numbers) else []


def _says(part: Part, i: int, j: int) -> bool:
    return any(i < n.i < j for n in part.numbers) and any(i < m.i < j for m in part.of_any(_VERBS))


def _aside_of(asides: Asides, k: int) -> tuple[int, int] | None:
    for aside in asides:
        if aside[0] < k < aside[1]:
            return aside
    return None


def is_aside(asides: Asides, number: Number) -> bool:
    return bool(asides) and _aside_of(asides, number.i) is not None


def is_apart(asides: Asides, k: int, n: int) -> bool:
    """Whether a bracket with words of its own holds one of two tokens and not the other."""
    return bool(asides) and _aside_of(asides, k) != _aside_of(asides, n)


def outside(asides: Asides, found: list[Found], number: Number) -> list[Found]:
    """The figures told so far, without those aside where ``number`` stands outside."""
    if not asides or is_aside(asides, number):
        return found
    return [one for one in found if _aside_of(asides, one.number.i) is None]
