"""Towns and regions that lend their adjective to what stands in them."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = ["town_of_plant"]

_PLANTS: Final = frozenset(("target.energy", "target.port", "target.industry", "target.military"))


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
    if after is None or after.concept not in _PLANTS:
        return None
    for level in ("city", "oblast"):
        for one in adjectives:
            if one.level == level or (level == "city" and one.id in CITIES_OF_FIRST_LEVEL):
                return one
    return None
