"""Places that only say where another lies: "Fastiv, southwest of Kyiv", "200 km from Moscow"; a "region" behind one."""

from __future__ import annotations

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["is_far_from", "level_behind", "without_locators"]

_TOWNS = frozenset(("city", "raion", "hromada"))
_LAND = _TOWNS | {"oblast"}
_NONE: frozenset[str] = frozenset()
_LITTLE = 3
_NEXT = 5
_WAY = 12
"""Tokens of "kilometres to the south west of the city of" at most."""


def without_locators(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """The sites but those that only say where another lies; one of them stays, if there is no other."""
    words = doc.lexicon.settings.get("locators", ())
    out: list[Site] = []
    for n, site in enumerate(sites):
        last = out[-1] if out else None
        if last is not None and last.ref.level in _LAND and 2 <= site.i - last.j <= 7:
            between = range(last.j, site.i)
            is_plain = all(
                (m := doc.at[k]) is None
                or m.group in ("prep", "level")
                or m.concept in ("count.other", "num.of")
                or m.concept == "bound.approx"
                or all(doc.tokens[n].f in words for n in range(m.i, m.j))
                for k in between
            )
            aside = words if last.ref.level in _TOWNS else words - doc.lexicon.settings.get("lies_by", _NONE)
            is_far = any(doc.tokens[k].f in aside and not _is_aim(doc, k) for k in between)
            is_aside = any(doc.tokens[k].text == ")" for k in between)  # "A (south), B (west)"
            mark = last.j + doc.tokens[last.j].is_quote
            if doc.tokens[mark].text in ",(" and is_plain and is_far and not is_aside and not (
                _has_figures(doc, last.j, site.i)):  # fmt: skip
                continue
        if (out or n + 1 < len(sites)) and is_far_from(doc, part, site):
            continue
        if last is not None and _is_bearing(doc, last, site):
            continue
        if last is not None and _is_near_land(doc, last, site):
            continue
        out.append(site)
    return out


def _is_aim(doc: Doc, k: int) -> bool:
    """Whether a token belongs to "towards": in one language that is the word for the south of another."""
    m = doc.at[k]
    return m is not None and m.concept in ("prep.to", "prep.on")


def _is_bearing(doc: Doc, last: Site, site: Site) -> bool:
    """ "In the region of A, 450 km from the border, south-east of B": where the first place lies as seen from another,
    behind a distance or a comma."""
    before = doc.at[site.i - 1]
    words = doc.lexicon.settings.get("locators", ())
    if before is None or before.group != "prep" or site.i - last.j > _WAY or site.ref.level == "country":
        return False
    if not any(doc.tokens[k].f in words for k in range(before.i, before.j)) or before.j - before.i < _LITTLE:
        return False
    if last.ref.id in ancestors(doc.lexicon, site.ref.id) or last.ref.level not in _LAND:
        return False
    between = doc.mentions_between(last.j, before.i)
    if any(m.group in ("strike", "toll", "act", "person", "conj") for m in between):
        return False
    return any(m.concept == "count.money" for m in between) and doc.tokens[last.j].text == ","


def _is_near_land(doc: Doc, last: Site, site: Site) -> bool:
    """ "In the south of Russia, near Ukraine": another country, that the first place only lies near."""
    if site.ref.level != "country" or site.i - last.j > _NEXT or last.ref.id == site.ref.id:
        return False
    if site.ref.id in ancestors(doc.lexicon, last.ref.id):
        return False
    near = doc.lexicon.settings.get("beside", ())
    return any(doc.tokens[k].f in near for k in range(last.j, site.i)) and all(
        (m := doc.at[k]) is None or m.group in ("prep", "place", "bound") for k in range(last.j, site.i)
    )


def is_far_from(doc: Doc, part: Part, site: Site) -> bool:
    """Whether a distance stands before the name, with the words of direction alone between them."""
    if "count.money" not in part.groups or site.ref.level in ("country", "sea") or (
        _is_at_sea(doc, part, site) and not any(s.ref.level == "sea" for s in part.sites)
    ):  # fmt: skip
        return False
    words = doc.lexicon.settings.get("locators", ())
    is_from = is_aside = is_told = False
    strange = 0
    for k in range(site.i - 1, max(part.i, site.i - _WAY) - 1, -1):
        m = doc.at[k]
        if doc.tokens[k].text in "()":
            is_aside = doc.tokens[k].text == ")"
            continue  # "530 miles (850 km) southeast of A"
        if is_aside:
            continue
        if m is not None and m.concept == "count.money":
            return is_from and _is_numbered(doc, part, m.i)
        is_word = not _is_aim(doc, k) and any(
            doc.tokens[n].f in words for n in (range(m.i, m.j) if m is not None else (k,)))  # fmt: skip
        if m is not None and m.concept == "prep.at" and not is_word and not is_told:
            return False  # "22 miles south west, in the village of A"
        is_told = is_told or is_word
        is_link = m is not None and (m.group in ("prep", "level", "place") or m.concept == "num.of")
        if is_link or is_word:
            is_from = True
        elif (m is not None and m.concept != "toll.rescued") or doc.tokens[k].kind != "w":
            return False
        elif len(doc.tokens[k].f) > _LITTLE:
            strange += 1
            if is_from or strange >= _LITTLE or not doc.tokens[k].is_lower:
                return False  # "northwest of the recently captured A"
    return False


def _is_at_sea(doc: Doc, part: Part, site: Site) -> bool:
    """ "A tanker was hit 25 nautical miles off A": the place on land says where."""
    words = doc.lexicon.settings.get("at_sea", ())
    return any(doc.tokens[k].f in words for k in range(max(part.i, site.i - _WAY), site.i))


def _is_numbered(doc: Doc, part: Part, k: int) -> bool:
    return any(n.j == k for n in part.numbers) or (k > part.i and doc.tokens[k - 1].kind == "n")


def _has_figures(doc: Doc, i: int, j: int) -> bool:
    return any(doc.tokens[k].kind == "n" for k in range(i, j))


def level_behind(doc: Doc, part: Part, k: int) -> Mention | None:
    """The word for "region" at most two little words behind ``k``."""
    for n in range(k, min(k + 3, part.j)):
        m = doc.at[n]
        if m is not None and m.group == "level":
            return m
        if m is not None and m.group != "prep" and m.concept != "num.of":
            return None
        if m is None and (doc.tokens[n].kind != "w" or len(doc.tokens[n].f) > 3):
            return None
    return None
