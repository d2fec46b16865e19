"""Places that a sentence names only as the others: "in the rest of the regions", "in the east of the country"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part, Site

__all__ = ["is_of_the_rest"]

_NEAR: Final = 3


def is_of_the_rest(doc: Doc, part: Part) -> bool:
    """ "In the rest of the regions", "in the east of the country": beside what was named, and no place of the
    gazetteer itself."""
    if any(s.role not in ("from", "except") and not _is_side_of_it(doc, s) for s in part.sites):
        return False
    if part.has("place.vague"):
        return True
    sides = part.of("prep.side") if part.has("place.country") or part.sites else ()
    lands = [x for m in sides for x in doc.mentions_between(m.j, m.j + _NEAR)]
    return any(x.concept == "place.country" or x.group == "place" for x in lands)


def _is_side_of_it(doc: Doc, site: Site) -> bool:
    """ "The east of A", where A is a country."""
    before = doc.mentions_between(site.i - _NEAR, site.i)
    return site.ref.level == "country" and any(m.concept == "prep.side" for m in before)
