"""Names that stand in one row: what is said of the first holds for the next."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["is_bordering", "is_in_land", "is_joined", "is_named_behind", "is_slashed"]

_JOINING: Final = frozenset(("conj.and", "prep.side"))
_LITTLE: Final = 3
_LAND: Final = 4


def is_slashed(doc: Doc, one: Site, other: Site) -> bool:
    """ "To A/B", "to A (B)": two names of one case, whatever a form can be."""
    return other.i - one.j == 1 and doc.tokens[one.j].text in "/\\("


def _is_little(doc: Doc, k: int) -> bool:
    token = doc.tokens[k]
    return token.kind == "w" and not token.is_capital and len(token.f) <= _LITTLE


def _is_kind(doc: Doc, k: int, j: int) -> bool:
    """ "And the enclave of A": a word in small letters ahead of an "of"."""
    token, after = doc.tokens[k], doc.at[k + 1] if k + 1 < j else None
    return token.kind == "w" and not token.is_capital and after is not None and after.concept in ("prep.of", "num.of")


def is_joined(doc: Doc, i: int, j: int, *, is_of: bool = False, is_region: bool = False) -> bool:
    """Only commas, slashes, brackets, "and" and level words stand between two names; with ``is_of`` an "of" too:
    "except the regions of A and of B"."""
    if j - i > 6:
        return False
    for k in range(i, j):
        mention = doc.at[k]
        if is_of and mention is not None and mention.concept == "prep.of":
            continue
        if mention is not None and (mention.concept in _JOINING or mention.group in ("level", "mark")):
            continue
        if is_region and (
            mention.concept in ("place.region", "prep.of")
            if mention is not None
            else (_is_little(doc, k) or _is_kind(doc, k, j))
        ):
            continue  # "from A and the peninsula of B"
        if doc.tokens[k].text in ',/\\()\u2013-\u2014\u2022;\u00ab\u00bb"+&#' or doc.tokens[k].kind == "l":
            continue
        return False
    return True


def is_bordering(site: Site, told: Mention | None, sites: list[Site]) -> bool:
    """ "In B, that borders on A", all of it ahead of the name: A right ahead of B."""
    return told is not None and told.concept == "prep.border" and any(s.i == site.j for s in sites)


def is_in_land(doc: Doc, part: Part) -> bool:
    """ "A block of flats of this city in the centre of Ukraine": the only name is that of the country around it."""
    only = part.sites[0]
    if len(part.sites) > 1 or only.ref.level != "country":
        return False
    return any(0 < only.i - m.j <= _LAND and _is_plain(doc, m.j, only.i) for m in part.of("place.this"))


def _is_plain(doc: Doc, i: int, j: int) -> bool:
    return all(
        doc.tokens[k].kind == "w" and ((m := doc.at[k]) is None or m.group in ("prep", "place", "num"))
        for k in range(i, j)
    )


def is_named_behind(doc: Doc, m: Mention, sites: list[Site]) -> bool:
    """ "The capital of the state, Doha", in a language without "of": the name of a capital a word or two behind."""
    capitals = doc.lexicon.settings.get("capital_of", {}).values()
    for site in sites:
        if not m.j <= site.i <= m.j + 2 or not (site.ref.id in CAPITALS or site.ref.id in capitals):
            continue
        between = [(doc.tokens[k].kind, doc.at[k]) for k in range(m.j, site.i)]
        if all(kind == "w" and (x is None or x.group != "conj") for kind, x in between):
            return True
    return False
