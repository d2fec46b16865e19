"""Towns and regions that lend their adjective to what stands in them."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = ["town_of_plant"]

_PLANTS: Final = frozenset(("target.energy", "target.port", "target.industry", "target.military"))
_MOST: Final = 6
"""Names in a row."""


def town_of_plant(doc: Doc, part: Part, m: Mention) -> Candidate | None:
    """ "The Ryazan refinery", "the Odesa port": an adjective that a town or a region lends to what stands in it."""
    adjectives = [one for one in m.rows if one.is_adj]
    k = m.j
    while adjectives and k < part.j and k - m.j < 2 and doc.tokens[k].text.islower():
        between = doc.at[k]
        if between is not None and (between.group != "target" or between.concept in _PLANTS):
            break
        k += 1  # "the Lipetsk tractor plant"
    after = doc.at[k] if k < part.j else None
    if (after is None or after.concept not in _PLANTS) and not (adjectives and _is_in_row(doc, part, m)):
        return None
    for level in ("city", "oblast"):
        for one in adjectives:
            if one.level == level or (level == "city" and one.id in CITIES_OF_FIRST_LEVEL):
                return one
    return None


def _is_in_row(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The Volgograd and the Yaroslavl refineries": the noun stands behind the last of them."""
    k = m.j
    for _ in range(_MOST):
        joint = doc.at[k] if k < part.j else None
        if joint is not None and joint.concept == "conj.and":
            k = joint.j
        elif joint is None and k < part.j and doc.tokens[k].text == ",":
            k += 1
        else:
            break
        name = doc.at[k] if k < part.j else None
        if name is None or not name.rows:
            return False
        k = name.j
    if k == m.j:
        return False
    k += k < part.j and doc.at[k] is None and doc.tokens[k].is_lower
    plant = doc.at[k] if k < part.j else None
    return plant is not None and plant.concept in _PLANTS
