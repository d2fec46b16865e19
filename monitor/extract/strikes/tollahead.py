"""The toll that stands ahead of the sentence with the place of its strike."""

from __future__ import annotations

from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import LONG, Doc

__all__ = ["take_toll_ahead", "tolls_ahead"]


def take_toll_ahead(doc: Doc, ahead: Strike | None, found: Strike) -> None:
    """ "Two dead, twelve wounded. Bombs hit A": the toll of the sentence before, which names no place."""
    if ahead is None or any(s.ref.level != "country" for s in ahead.part.sites):
        return
    if ahead.when is not None and ahead.when.period in LONG:
        return  # "18 were killed in September. A drone hit A"
    if not found.toll.is_empty:
        if found.part.n - ahead.part.n == 1 and found.toll.killed == ahead.toll.killed is not None:
            found.toll.injured = ahead.toll.injured if found.toll.injured is None else found.toll.injured
        return  # "Three dead, 17 hurt": a headline, and the sentence that tells where the three died
    if ahead.part.sites:
        return
    between = doc.parts[ahead.part.n + 1 : found.part.n]
    if any(not p.has("claim") or p.has("strike", "toll", "act") or p.whens for p in between) or len(between) > 1:
        return  # but of "..., the governor said", in a sentence of its own
    if (found.is_named or found.has_effect) and found.part.line - ahead.part.line <= 1:
        if not _is_in_more_regions(found):  # "Nine were killed. There were hits in eight regions and in Kyiv"
            found.toll = ahead.toll
        found.weapons = found.weapons or ahead.weapons
        found.claimant = found.claimant or ahead.claimant


def _is_in_more_regions(found: Strike) -> bool:
    """Whether a sentence counts more regions than it names places."""
    regions = found.part.of("level.oblasts")
    return any(n.j == m.i and n.value > len(found.places) for m in regions for n in found.part.numbers)


def tolls_ahead(ahead: Strike | None, found: Strike) -> Strike:
    """ "Two dead. Ten wounded.": one toll in two sentences, neither of which names a place."""
    if ahead is not None and found.part.n - ahead.part.n == 1 and not ahead.part.sites and not found.toll.is_empty:
        if found.toll.killed is None:
            found.toll.killed = ahead.toll.killed
        told = ahead.toll.injured
        if told is not None and (found.toll.injured is None or (told > found.toll.injured > 0)):
            found.toll.injured = told  # "46 are in hospital. 19 are in a serious condition"
    return found
