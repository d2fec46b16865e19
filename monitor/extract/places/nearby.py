"""Names that nobody knows, told by the town that they lie by: "a strike on A, north of B", "in A near B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL
from monitor.extract.text.doc import Doc, Part, Site
from monitor.model import PlaceRef

__all__ = ["with_nearby"]

_LEAST: Final = 4
"""Letters of the shortest name."""
_MOST: Final = 2
"""Words of the longest."""
_LYING: Final = 4
"""Tokens of "to the north of"."""
_AHEAD: Final = frozenset(("prep.at", "prep.to", "prep.on", "prep.by", "level.city"))
_LED: Final = frozenset(("prep.at", "prep.of", "num.of", "prep.to", "prep.from"))


def with_nearby(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """``sites``, with the name that stands ahead in place of each town that only says where it lies. Never where an
    alert is told: it is not for a place that is not known."""
    words = frozenset((*doc.lexicon.settings.get("lies_by", ()), *doc.lexicon.settings.get("locators", ())))
    out = []
    for site in sites:
        is_town = site.ref.level == "city" or site.ref.id in CITIES_OF_FIRST_LEVEL
        near = _name_beside(doc, part, site, words) if is_town else None
        if near is not None and not any(s.i <= near[0] < s.j for s in sites):
            text = doc.words(*near)
            out.append(Site(*near, PlaceRef(text, None, "city", None, text), "name"))
        else:
            out.append(site)
    return out


def _name_beside(doc: Doc, part: Part, site: Site, words: frozenset[str]) -> tuple[int, int] | None:
    """The tokens of the name ahead of the words for where it lies."""
    k, is_beside = site.i, False
    while k > part.i and site.i - k < _LYING:
        m = doc.at[k - 1]
        if doc.tokens[k - 1].f not in words and (m is None or m.concept not in _LED):
            break
        is_beside = is_beside or doc.tokens[k - 1].f in words
        k -= 1
    if not is_beside or k == part.i:
        return None
    j = k - (doc.tokens[k - 1].text == ",")
    i = j
    while i > part.i and j - i < _MOST and _is_unknown_name(doc, i - 1):
        i -= 1
    ahead = doc.at[i - 1] if i > part.i else None
    is_led = ahead is not None and (ahead.concept in _AHEAD or ahead.group == "strike")
    return (i, j) if i < j and is_led and not _is_firm(doc, i, j) else None


def _is_firm(doc: Doc, i: int, j: int) -> bool:
    """ "A strike on Motor Sich near B": whose plant was struck, not where."""
    stems = tuple(doc.lexicon.settings.get("companies", ()))
    return any(doc.tokens[k].f.startswith(stems) for k in range(i, j))


def _is_unknown_name(doc: Doc, k: int) -> bool:
    token = doc.tokens[k]
    return doc.at[k] is None and token.is_capital and len(token.text) >= _LEAST and token.text[1:].islower()
