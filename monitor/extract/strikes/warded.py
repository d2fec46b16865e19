"""Blows of which all that came was shot down."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.everyone import downed_of
from monitor.extract.strikes.denied import is_denied_too
from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import Doc
from monitor.extract.vetoes import blocks, same_clause

__all__ = ["FELL", "is_all_downed"]

FELL: Final = frozenset(("artillery", "guided_bomb", "rocket"))
"""What nobody intercepts: a place attacked with it was hit."""


def is_all_downed(doc: Doc, s: Strike) -> bool:
    """Whether nothing of what came struck anything."""
    return _is_all_downed_after(doc, s) or _is_downed_without_damage(doc, s) or _is_downed_by_others(doc, s)


def _is_all_downed_after(doc: Doc, s: Strike) -> bool:
    """ "Eight drones attacked a station in A. All the drones were downed": nothing was struck."""
    after = doc.parts[s.last.n + 1] if s.last.n + 1 < len(doc.parts) else None
    if after is None or after.numbers or not after.has("num.all") or not after.has("act.shot_down"):
        return False
    return after.has("weapon", "model") or downed_of(doc, after) is not None


def _is_downed_by_others(doc: Doc, s: Strike) -> bool:
    """ "A says that it struck an airport with a missile; the army of B that it was intercepted": of a blow that is only
    claimed, the other side says that it was warded off."""
    if s.claimant is None or s.last.n + 1 >= len(doc.parts) or s.target is not None or len(s.weapons) != 1:
        return False
    after = doc.parts[s.last.n + 1]
    if after.line != s.last.line or after.numbers or not after.has("act.shot_down") or not after.has("claimant"):
        return False
    downed = after.of("act.shot_down")[0]
    is_told_more = after.has("strike.hit", "strike.damage", "strike.debris", "toll", "num.part") or any(
        same_clause(doc, after, m.i, downed.i) for m in after.of("bound.vague"))  # fmt: skip
    is_here = all(site.ref.level == "country" or not same_clause(doc, after, site.i, downed.i) for site in after.sites)
    return not is_told_more and is_here and blocks(doc, after, downed) is None


def _is_downed_without_damage(doc: Doc, s: Strike) -> bool:
    """ "Drones attacked A. The mayor: 11 were shot down, there is no damage": all that is told of damage is denied."""
    if s.target is not None or FELL.intersection(s.weapons):
        return False
    near = doc.parts[s.part.n : s.last.n + 3]
    told = [(p, m) for p in near for m in p.of("strike.damage", "strike.hit", "strike.debris", "strike.fell")]
    return (
        any(p.has("act.shot_down", "act.merged", "strike.repelled") for p in near)
        and bool(told)
        and all(blocks(doc, p, m) == "negation" or is_denied_too(doc, p, m) for p, m in told)
    )
