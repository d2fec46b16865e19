"""The toll of a region, and the towns of it told below: whose dead they were is not said."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import Doc, Part

__all__ = ["is_one_of_its_towns"]

_NARROW: Final = frozenset(("city", "hromada", "raion", "district"))


def is_one_of_its_towns(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Six dead in the region of A. In B a drone set a store on fire; in C windows were blown out": the dead are of
    the region, not of the town that is told first."""
    if len(before.places) != 1 or before.places[0].level != "oblast" or not (before.toll.killed or before.toll.injured):
        return False
    region = before.places[0].id or ""
    if not found.places or not found.toll.is_empty or not all(_lies_in(doc, p.id, region) for p in found.places):
        return False
    told = {p.id for p in found.places}
    behind = doc.parts[found.part.n :]
    if len(behind) > 1 and behind[1].has("toll.killed", "toll.injured") and not behind[1].sites:
        return False  # "A drone hit a bus in B. Three passengers died": it is that of the town
    return any(
        s.ref.id not in told and s.i >= found.part.i and s.ref.level in _NARROW and _lies_in(doc, s.ref.id, region)
        and _is_struck(part) for part in behind for s in part.sites
    )  # fmt: skip


def _lies_in(doc: Doc, identity: str | None, region: str) -> bool:
    return identity is not None and identity != region and region in ancestors(doc.lexicon, identity)


def _is_struck(part: Part) -> bool:
    return part.has("strike", "toll") and not part.vetoes
