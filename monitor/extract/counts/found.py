"""A number found to count munitions, with all that is known of it before it is a report."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extract.text.doc import Number, Part
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon
from monitor.model import PlaceRef

__all__ = [
    "Found",
]


@dataclass(slots=True)
class Found:
    """``told_by`` is the claimant, the side it stands on and the place it answers for (``claims.claimant_of``)."""

    number: Number
    part: Part
    weapon: Weapon
    measure: str
    act: Mention | None
    is_elliptic: bool
    value: int
    places: tuple[PlaceRef, ...] = ()
    is_subset: bool = False
    told_by: tuple[str | None, str | None, str | None] = (None, None, None)
    attacker: str | None = None
    is_joined: bool = False
    part_of_it: Found | None = None
    is_former: bool = False
    is_of_country: bool = False
