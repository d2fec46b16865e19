"""Whether a side that is named suffers or attacks; where the hurt were brought."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import is_undergone
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["is_of_victims", "is_struck_side", "without_wards"]

_AT: Final = frozenset(("prep.on", "prep.to", "prep.over"))
_BEHIND_WARD: Final = frozenset(("prep", "level", "num"))
_NAME: Final = 5
_BEFORE: Final = 3
_OF_WARD: Final = 2
"""Tokens from the word for a hospital to the name of its town: "hospitals in A"."""
_BESIDE: Final = 4


def _is_noun(doc: Doc, part: Part, k: int) -> bool:
    return k < part.j and doc.tokens[k].kind == "w" and doc.tokens[k].is_lower


def is_of_victims(doc: Doc, part: Part, side: Mention) -> bool:
    """ "Ukrainian cities", "at plants in Russia": a side that suffers, not one that attacks."""
    if is_struck_side(doc, part, side):
        return True
    after = doc.at[side.j] if side.j < part.j else None
    before = doc.at[side.i - 1] if side.i > part.i else None
    if after is None and before is not None and before.concept in _AT and _is_noun(doc, part, side.j) and not (
        (blow := doc.at[side.j + 1] if side.j + 1 < part.j else None) is not None and blow.concept == "strike.attack"
    ):  # fmt: skip
        return True  # "70 missiles against Ukrainian territory"
    if after is not None and after.concept in ("strike.hit", "strike.damage") and after.j < part.j:
        by = doc.at[after.j]
        if by is not None and by.concept == "prep.agent":
            return True  # "the Ukrainian headquarters hit by a Russian strike"
    if after is None and side.j < part.j and doc.tokens[side.j].kind == "w":
        said = doc.mentions_between(side.j, min(part.j, side.j + 5))  # "Ukraine's commander-in-chief says"
        return bool(said) and (said[0].group in ("claim", "claimant") or said[0].concept == "act.detected")
    return after is not None and (after.group in ("level", "target", "person") or after.concept == "count.other")


def is_struck_side(doc: Doc, part: Part, side: Mention) -> bool:
    """A side right behind what was aimed at, a preposition of place between at most: "a blow at depots in Russia"; one
    that the verb behind it says was attacked."""
    if is_undergone(doc, part, side.j):
        return True
    before = doc.at[side.i - 1] if side.i > part.i else None
    if before is not None and before.concept == "strike.attack" and any(
        0 <= before.i - m.j <= 1 and m.concept != side.concept for m in part.of("side.ua", "side.ru")
    ):  # fmt: skip
        return True  # "Ukraine attacked Russia with 100 drones"
    if before is not None and before.concept == "prep.by" and before.lang in doc.lexicon.settings.get("struck_by", ()):
        return True
    if before is not None and before.concept == "prep.at" and before.i > part.i:
        before = doc.at[before.i - 1]
    if before is None or before.group != "target" or before.i == part.i:
        return False
    k = before.i - 1
    while doc.at[k] is None and k > part.i and doc.tokens[k].kind == "w" and before.i - k < 4:
        k -= 1  # "at important depots"
    led = doc.at[k]
    return led is not None and led.concept in ("prep.by", "prep.at", "prep.to")


def without_wards(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "They were taken to hospital "A" in B", all in one word for the hurt: without B, where another place is named
    beside it or in a sentence before, or the next."""
    stems = tuple(doc.lexicon.settings.get("ward_stems", ()))
    wards = [m for m in part.of("toll.injured") if m.j - m.i > 1 and doc.tokens[m.j - 1].f.startswith(stems)]
    brought = [s for s in sites if _is_where_brought(doc, part, s) or _is_of_ward(doc, part, s, stems)]
    brought += [s for s in sites if s not in brought and any(_is_next_to(doc, b, s) for b in brought)]
    if not wards and not brought:
        return sites
    out = [
        s for s in sites
        if s not in brought and not any(_is_name_of(doc, m.j, s.i) for m in wards)
        and (not wards or (to := doc.at[s.i - 1]) is None or to.concept != "prep.until" or s.i < wards[0].i)
    ]  # fmt: skip
    is_told = any(
        s.ref.level not in ("country", "sea")
        for other in (*doc.parts[max(0, part.n - _BEFORE) : part.n], *doc.parts[part.n + 1 : part.n + 2])
        if other.has("strike", "toll") for s in other.sites
    )  # fmt: skip
    whole = doc.parts[part.n]
    is_told = is_told or any(s not in part.sites and s.ref.level not in ("country", "sea") for s in whole.sites)
    return out if out or is_told else sites


def _is_of_ward(doc: Doc, part: Part, site: Site, stems: tuple[str, ...]) -> bool:
    """ "12 are treated in hospitals in A": a little word between at most, and the hurt right beside the word for it."""
    ward = next((k for k in range(site.i - 1, max(part.i, site.i - _OF_WARD) - 1, -1)
                 if doc.tokens[k].f.startswith(stems)), None)  # fmt: skip
    if ward is None or any(m.group != "prep" for m in doc.mentions_between(ward + 1, site.i)):
        return False
    hurt = any(m.i - _BESIDE <= ward < m.j + _BESIDE for m in part.of("toll.injured"))
    struck = any(0 <= ward - m.j < _BESIDE for m in part.of("strike", "prep.by", "prep.against"))
    return hurt and not struck


def _is_next_to(doc: Doc, one: Site, other: Site) -> bool:
    """ "In hospitals of A and B"."""
    joint = doc.at[one.j] if other.i - one.j == 1 else None
    return joint is not None and joint.concept == "conj.and"


def _is_where_brought(doc: Doc, part: Part, site: Site) -> bool:
    """ "They were flown to A": the verb right ahead of the "to" of the town."""
    to = doc.at[site.i - 1] if site.i - part.i > 1 else None
    return to is not None and to.group == "prep" and to.i > part.i and (
        doc.tokens[to.i - 1].f in doc.lexicon.settings.get("brought", ()))  # fmt: skip


def _is_name_of(doc: Doc, i: int, j: int) -> bool:
    return 0 <= j - i <= _NAME and all(
        doc.tokens[k].is_quote
        or doc.tokens[k].kind == "n"
        or (doc.tokens[k].kind != "l" and ((m := doc.at[k]) is None or m.group in _BEHIND_WARD))
        for k in range(i, j)
    )
