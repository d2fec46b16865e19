"""Which side launched what is counted, by the sentences around the figure and the language of the text."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import is_of_third_countries
from monitor.extract.counts.found import Found
from monitor.extract.counts.sides import UNKNOWN, other_side, side_against
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.struck import attacked_by_side
from monitor.extract.text.doc import Doc, Part, Site, is_below_blank
from monitor.extract.words.weapons import used_in, weapons_of

__all__ = ["by_sentences_before", "by_text", "is_downed", "is_of_another_war", "land_of"]

_DOWNED: Final = frozenset(("shot_down", "lost", "suppressed"))
_AT: Final = frozenset(("prep.at",))
_ON: Final = frozenset(("prep.to", "prep.on", "prep.by", "prep.against"))
_WHOSE: Final = frozenset(("weapon", "model", "claimant", "target", "strike", "claim"))
_NEXT: Final = 2
_BACK: Final = 6


def is_downed(one: Found) -> bool:
    return one.measure in _DOWNED or (one.act is not None and one.act.concept == "act.parted")


def is_of_another_war(doc: Doc, part: Part) -> bool:
    """ "Qatar says it shot down seven missiles", in a line above or below figures of a night over Ukraine: it names
    other lands alone, and neither side."""
    if len(doc.lines) == 1 or not part.sites or part.has("side"):
        return False
    ours = doc.lexicon.settings.get("around_the_war", ())
    named = [s.ref.id for s in part.sites if s.ref.level != "sea"]
    return bool(named) and all(
        place is not None and place not in ours and not any(a in ours for a in ancestors(doc.lexicon, place))
        for place in named
    )


def by_sentences_before(doc: Doc, one: Found) -> str | None:
    """Who attacked or was attacked in this sentence and the four before it."""
    part = one.part
    is_undone = one.measure in _DOWNED
    has_enemy = (doc.lang or "") in doc.lexicon.settings.get("enemy_of", {})
    for n in range(min(part.n, len(doc.parts) - 1), max(-1, part.n - 5), -1):
        other = doc.parts[n]
        if has_enemy and n < part.n and is_below_blank(doc, doc.parts[n + 1]):
            return None  # a paragraph of its own: whoever attacks is the one that the language's writers call so
        for site in other.sites:
            if site.ref.id in ("UA", "RU") and site.role in ("target", "at"):
                return other_side(site.ref.id)
        for site in other.sites:
            is_struck = site.role in ("target", "at") or (site.role == "name" and other is not part)
            is_told = other.has("strike", "toll") or (other is part and one.measure == "shot_down") or (
                site.role == "target" and other is not part and other.has("act.launched")) or (
                is_undone and other.n == part.n - 1 and other.has("act.shot_down", "alert.under_attack"))  # fmt: skip
            is_placed = is_struck and is_told and site.ref.level != "country"
            if is_placed and (side := side_against(doc, (site.ref,))) is not None:
                return side
            is_subject = site.ref.id in ("UA", "RU") and site.role == "name"
            if is_subject and one.measure == "launched" and other.has("act.launched", "strike.attack"):
                return site.ref.id
        if victim := attacked_by_side(doc, other) or _owner_of_target(doc, other) or land_of(doc, one, other):
            return other_side(victim)
    return None


def _owner_of_target(doc: Doc, part: Part) -> str | None:
    """ "The attack on an S-400": the side that has what was struck."""
    if not part.has("model") or not part.has("strike.attack", "strike.hit"):
        return None
    used = {w.i for w in used_in(doc, part)}
    struck = {w.i for w in weapons_of(doc, part)} - used
    owners = {m.data["side"] for m in part.of("model") if m.data.get("side") and m.i in struck}
    return str(owners.pop()) if len(owners) == 1 else None


def land_of(doc: Doc, one: Found, part: Part) -> str | None:
    """ "On the soil of russia", in small letters: where an operation was that launched so many; "a raid on russia"."""
    preps = _AT if part is not one.part else _ON
    if one.measure != "launched" or not part.has_any(preps):
        return None
    for m in part.of("side.ru", "side.ua"):
        led = doc.at[m.i - 1] if m.i > part.i else None
        is_noun = not any(x.group in _WHOSE for x in doc.mentions_between(m.j, min(part.j, m.j + _NEXT)))
        if led is not None and led.concept in preps and led.j == m.i and is_noun:
            return "RU" if m.concept == "side.ru" else "UA"
    return None


def by_text(doc: Doc, one: Found, lands: list[Site]) -> str | None:
    """Who tells it, whose language it is in, and what was hit in the sentences behind."""
    part = one.part
    others = [s for s in lands if s.ref.id not in ("UA", "RU")]
    if len(others) > 1 and one.measure == "launched":
        return UNKNOWN  # "Iran fired at Israel"
    if is_downed(one) and (told := _side_of_teller(doc, part)) is not None:
        return other_side(told)
    if is_of_third_countries(doc):
        return UNKNOWN
    earlier = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    if earlier:
        return str(earlier)
    for other in doc.parts[part.n + 1 : part.n + 3]:
        for site in other.sites:
            if site.role in ("target", "at") and other.has("toll") and site.ref.level != "country":
                root = [a for a in ancestors(doc.lexicon, site.ref.id) if a in ("UA", "RU")]
                if root:
                    return other_side(root[0])
    return None


def _side_of_teller(doc: Doc, part: Part) -> str | None:
    """The side of whoever tells the sentences before, in the paragraph above too."""
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n]):
        if not other.has("claim") or not other.has("claimant"):
            continue
        sides = {str(m.data["side"]) for m in other.of("claimant") if m.data.get("place") and m.data.get("side")}
        if len(sides) == 1 and sides <= {"UA", "RU"}:
            return sides.pop()
    return None
