"""Debris that struck nothing: what debris can do in general, and what is made out of it."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_of_debris_in_general"]

_CLEARED: Final = 4
"""Tokens from "removing" to what is removed."""


def is_of_debris_in_general(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Debris of drones may break windows and start fires": what debris can do, and nothing that it did; "made a lamp
    out of debris": a stuff."""
    if m.concept == "strike.debris" and (_is_stuff(doc, part, m) or _is_cleared(doc, part, m)):
        return True
    if not part.has("strike.debris") or not part.has("veto.hypothetical"):
        return False
    debris = part.of("strike.debris")[0]
    if not part.has("toll", "strike.hit", "strike.fell", "strike.damage") and (
        any(x.i < debris.i for x in part.of("veto.hypothetical"))):  # fmt: skip
        return True  # "boosters of missiles and debris may come down"
    may = next((x for x in part.of("veto.hypothetical") if x.i >= debris.j), None)
    if may is None or m.i < debris.i or not same_clause(doc, part, debris.i, may.i):
        return False
    return not any(debris.j <= x.i < may.i for x in part.of("strike.fell", "strike.hit", "strike.damage"))


def _is_stuff(doc: Doc, part: Part, debris: Mention) -> bool:
    """Whether something was made out of debris, where no harm and no other blow is told."""
    out_of = doc.at[debris.i - 1] if debris.i > part.i else None
    if out_of is not None and out_of.group in ("weapon", "model") and out_of.i > part.i:
        out_of = doc.at[out_of.i - 1]  # "out of missile debris"
    if out_of is None or out_of.concept not in ("prep.from", "num.of"):
        return False
    return not part.has("toll", "strike.hit", "strike.fell", "strike.damage", "strike.attack", "strike.explosion")


def _is_cleared(doc: Doc, part: Part, debris: Mention) -> bool:
    """ "No casualties are reported; services are removing the debris": where it fell, and on what, is not told."""
    words = doc.lexicon.settings.get("clearing", ())
    if part.has("strike.hit", "strike.fell", "strike.damage", "strike.attack", "target"):
        return False
    return any(
        doc.tokens[k].f in words
        for k in range(max(part.i, debris.i - _CLEARED), min(part.j, debris.j + _CLEARED))
    )  # fmt: skip
