"""Places that a sentence names only as the others: "in the rest of the regions", "in the east of the country"; and
whether the alert goes on there."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site

__all__ = ["is_of_the_rest", "is_on_beside"]

_NEAR: Final = 3
_OTHERS: Final = ("weapon", "model", "alert.threat", "alert.danger", "veto")


def is_on_beside(doc: Doc, part: Part) -> bool:
    """ "Stand-down in A. In the east of the country the air alert goes on": the sentence behind tells that it is the
    air alert that has ended. A list below a bare stand-down tells nothing of it."""
    behind = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if behind is None or behind.line != part.line or doc.tokens[behind.j - 1].text in ":?":
        return False
    if not behind.has("alert.still", "alert.lasts") or part.has(*_OTHERS) or behind.has(*_OTHERS):
        return False
    if not _names_air_alert(doc, behind):
        return False
    ended = {s.ref.id for s in part.sites} | {a for s in part.sites for a in ancestors(doc.lexicon, s.ref.id)}
    still = [s for s in behind.sites if s.role not in ("from", "except")]
    if is_of_the_rest(doc, behind):
        return True
    return bool(still) and all(s.ref.id is not None and s.ref.id not in ended for s in still)


def is_of_the_rest(doc: Doc, part: Part) -> bool:
    """ "In the rest of the regions", "in the east of the country": beside what was named, and no place of the
    gazetteer itself."""
    if any(s.role not in ("from", "except") and not _is_side_of_it(doc, s) for s in part.sites):
        return False
    if part.has("place.vague"):
        return True
    if any(0 <= land.i - m.j <= 1 < m.j - m.i for land in part.of("place.country") for m in part.of("prep.at")):
        return True  # "east of the country", where that is one preposition
    sides = part.of("prep.side") if part.has("place.country") or part.sites else ()
    lands = [x for m in sides for x in doc.mentions_between(m.j, m.j + _NEAR)]
    return any(x.concept == "place.country" or x.group == "place" for x in lands)


def _names_air_alert(doc: Doc, part: Part) -> bool:
    """Whether a sentence calls it the air alert, by two words or a joined one; the bare "alert" may be of anything."""
    if any(m.j - m.i > 1 for m in part.of("alert.siren")):
        return True
    if doc.lang not in doc.lexicon.settings.get("compounds", ()):
        return False
    return any(
        concept == "alert.siren"
        for m in part.of("alert.still", "alert.lasts", "alert.siren")
        for k in range(m.i, m.j)
        for concept, _ in doc.lexicon.trie.get(doc.tokens[k].f, {}).get("", ())
    )


def _is_side_of_it(doc: Doc, site: Site) -> bool:
    """ "The east of A", where A is a country."""
    before = doc.mentions_between(site.i - _NEAR, site.i)
    return site.ref.level == "country" and any(m.concept == "prep.side" for m in before)
