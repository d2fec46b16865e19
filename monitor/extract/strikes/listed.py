"""Lists below a strike: "also hit: • a refinery in A • a depot in B"; each item is struck, though no verb says so."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import LONG, Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.weapons import strike_kinds, used_in

__all__ = ["header_of", "is_listed", "kinds_of_list"]

_REACH: Final = 10
"""Sentences between a header and the last of its items."""
_BLOWS: Final = ("strike.hit", "strike.attack", "strike.damage")


def header_of(doc: Doc, part: Part) -> Part | None:
    """The sentence that says what was done to the item of a list that ``part`` is, or None where it is no such item."""
    if not part.has("target") or not is_listed(doc, part):
        return None
    if part.has("alert", "strike", "toll", "veto.negation", "claim") or part.vetoes - {"trade"}:
        return None
    for other in reversed(doc.parts[max(0, part.n - _REACH) : part.n]):
        if other.has(*_BLOWS) and (colon := _colon(doc, other)) is not None:
            is_told = any(m.i < colon for m in other.of(*_BLOWS)) and not other.vetoes
            is_one_blow = other.when is None or other.when.period not in LONG
            return other if is_told and is_one_blow else None
    return None


def is_listed(doc: Doc, part: Part) -> bool:
    """Whether a sentence begins with the sign of a list, or a line with a dash."""
    first = part.mentions[0] if part.mentions else None
    if first is not None and first.group == "mark" and first.i - part.i <= 1:
        return True
    before = doc.parts[part.n - 1] if part.n else None
    return doc.tokens[part.i].text in DASHES and before is not None and before.line != part.line


def _colon(doc: Doc, part: Part) -> int | None:
    """The colon that ends a sentence or stands before the sign of a first item."""
    for k in range(part.i, part.j):
        if doc.tokens[k].text == ":":
            after = doc.at[k + 1] if k + 1 < part.j else None
            if k + 1 == part.j or (after is not None and after.group == "mark"):
                return k
    return None


def kinds_of_list(doc: Doc, header: Part) -> list[str]:
    """The weapons that a header names before its colon."""
    colon = _colon(doc, header) or header.j
    return strike_kinds([weapon for weapon in used_in(doc, header) if weapon.i < colon])
