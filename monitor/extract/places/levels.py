"""The level that the words around a name tell: district, region, town."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.rows import over_adjective
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["level_hint"]

_LEVELS: Final = {"level.city": ("city",), "level.oblast": ("oblast",), "level.raion": ("raion", "district"),
           "level.hromada": ("hromada",), "level.oblasts": ("oblast",), "level.raions": ("raion", "district"),
           "level.hromadas": ("hromada",), "level.sea": ("sea",)}  # fmt: skip
_CITY: Final[tuple[str, ...]] = ("city",)
_JOINTS: Final = frozenset(",/\\\u2013\u2014+&")
_BETWEEN: Final = frozenset(("conj.and", "prep.at", "prep.of", "prep.side"))
_PLURALS: Final = frozenset(("level.oblasts", "level.raions", "level.hromadas"))


def level_hint(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """The level that a word beside the name states: "city of", or "... and ... regions" behind a list."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "level.city":
        return _CITY
    k = m.j
    has_unknown = False
    for _ in range(40):
        if k >= part.j:
            break
        mention = doc.at[k]
        if mention is not None and mention.concept in _LEVELS and mention.concept != "level.city":
            joint = doc.at[k - 1] if k > m.j and mention.j - mention.i > 1 else None
            if joint is not None and joint.concept == "conj.and":
                break  # "A, B and regions of C": a town, a town and a region
            if has_unknown and mention.concept not in _PLURALS:
                break
            return _LEVELS[mention.concept]
        if mention is not None and (mention.group == "place" or mention.concept == "conj.and"):
            k = mention.j
        elif doc.tokens[k].text in _JOINTS:
            k += 1
        elif mention is None and doc.tokens[k].is_capital and doc.tokens[k].kind == "w" and k > m.j:
            has_unknown, k = True, k + 1  # "in the A and the unknown B districts"
        else:
            break
    b = m.i - 1
    while b >= part.i:
        mention = doc.at[b]
        if mention is not None and mention.concept in ("level.oblasts", "level.raions", "level.hromadas"):
            return _LEVELS[mention.concept]
        if (mention is not None and mention.group == "place") or doc.tokens[b].text in ",:\u2013\u2014":
            b = (mention.i if mention else b) - 1
        elif doc.tokens[b].text == ")" and b - 2 > part.i and doc.tokens[b - 2].text == "(":
            b -= 3  # "the regions of A (north), B and C"
        elif mention is not None and (mention.concept in _BETWEEN or mention.group == "side"):
            b = mention.i - 1
        elif mention is None and b < m.i - 1 and over_adjective(doc, part, b) < b:
            b -= 1
        else:
            break
    return None
