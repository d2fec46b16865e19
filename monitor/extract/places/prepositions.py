"""The role that a place has by the words ahead of it: prepositions and what may stand for one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from monitor.extract.figures.calendar import is_concept
from monitor.extract.places.offices import is_of_attacker
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention

__all__ = ["is_behind_phrase", "own_role"]

_ROLE: Final = {
    "prep.from": "from", "prep.areas": "from", "prep.to": "target", "prep.until": "target", "prep.at": "at",
    "prep.by": "at", "prep.on": "target", "prep.past": "past", "prep.except": "except",
    "prep.between": "at", "prep.border": "past", "prep.aside": "speaker", "prep.of": "at", "prep.over": "at",
    "prep.agent": "agent", "mark.arrow": "target",
}  # fmt: skip
_BETWEEN: Final = frozenset(
    ("level", "prep", "side", "weapon", "model", "target", "place.this", "place.capital", "bound.approx", "num.all",
     "conj.and", "place.country", "place.region")
)  # fmt: skip
"""Words that may stand between a place and the word that gives it its role."""
_REACH: Final = 6
"""Words and signs that it may stand off."""
_ARROWS: Final = frozenset("\u27a1\u2192\u21d2\u2794\u279c\u279d\u279e\u27f6")
_LETTERS: Final = 2
_LEVELS: Final = 5
_COMPOUND: Final = frozenset(("prep.from", "prep.to", "prep.except", "prep.past", "prep.on"))
_OF_REGIONS: Final = frozenset(("level", "side"))
_SUBJECTS: Final = frozenset(("RU", "IR", "IL", "UA-30", "RU-MOW"))  # who launches, named without an article


def own_role(doc: Doc, part: Part, site: Site, last: Site | None) -> str | None:
    """The role that the words ahead of a place give it, the nearest first."""
    k = site.i - 1
    stop = last.j if last is not None else part.i
    relatives: Collection[str] = doc.lexicon.settings.get("relatives", ())
    for _ in range(_REACH):
        if k < stop:
            return None
        mention = doc.at[k]
        text = doc.tokens[k].text
        if mention is not None:
            role = _role_by_word(doc, part, site, stop, k, mention)
            if role is not None:
                return role or None
            if mention.group not in _BETWEEN and mention.concept not in _BETWEEN:
                return None
            k = mention.i - 1
        elif doc.tokens[k].kind == "w":
            if doc.tokens[k].f in relatives and site.ref.id in _SUBJECTS:
                return None  # "the night in which Russia launched 80 drones"
            k -= 1
        elif text in _ARROWS:
            return "target"
        elif text in ":\u2013\u2014-" and k - 1 >= stop:
            return _role_by_colon(doc, stop, k)
        elif text == ")" and is_concept(doc.at, k - 1, "prep.aside"):
            return _ROLE["prep.aside"]  # "two ships (flags) of A and B"
        elif (ahead := _ahead_of_sign(doc, stop, k)) is not None:
            k = ahead
        else:
            return None
    return None


def _role_by_word(doc: Doc, part: Part, site: Site, stop: int, k: int, mention: Mention) -> str | None:
    """The role that one word gives; "" where it says that the place has none, None where it says nothing."""
    own = _ROLE.get(mention.concept)
    if mention.concept == "prep.from":
        return _role_by_from(doc, part, site, stop, k, mention)
    if mention.concept == "prep.of" and is_of_attacker(doc, part, mention, site):
        return "agent"
    if own is not None:
        is_of = mention.concept == "prep.of"
        is_vague = own == "at" and (is_of or mention.concept == "prep.at")
        whole = doc.at[mention.i - 1] if not is_of and mention.i > stop else None
        if whole is not None and whole.concept == "prep.from" and _names_land(doc, whole):
            return own  # "a launch from Yemen in the area of A", where one word is "from Yemen"
        return (_behind(doc, stop, mention.i - 1, is_of=is_of) if is_vague else None) or own
    if mention.concept == "veto.negation" and k > stop and doc.tokens[k - 1].text == "(":
        return "except"  # "all dead of the region of A (without B and C)"
    if mention.concept == "bound.approx" and (k == site.i - 1 or _is_also(doc, mention, "prep.at")):
        return "at"  # "around A": the same word stands before figures
    if mention.concept == "num.of":
        return _behind(doc, stop, mention.i - 1, is_of=True)  # an article that is also the word for "of the"
    return None


def _role_by_from(doc: Doc, part: Part, site: Site, stop: int, k: int, prep: Mention) -> str:
    """The role behind a word for "from", which may stand for "of" or "with"."""
    one = doc.at[prep.i - 1] if prep.i > stop else None
    if one is not None and one.concept == "num.1" and k < site.i - 1:
        return "at"  # "in one of the districts of A"
    if _is_means(doc, prep, site):
        return ""
    if _is_toll_from(doc, part, prep, site):
        return "target"
    if _is_of_an_office(doc, stop, prep.i - 1) or _is_of_a_side(doc, stop, prep.i - 1):
        return "at"
    if one is not None and one.group == "person" and doc.tokens[prep.i].f in doc.lexicon.settings.get("of_or_from", ()):
        return "at"  # "two inhabitants of A", where "of" is the word for "from"
    is_attacked = site.ref.level != "country" and _is_of_an_attack(doc, stop, prep.i - 1)
    return "target" if is_attacked else "from"


def _role_by_colon(doc: Doc, stop: int, k: int) -> str | None:
    """ "Course - A", "launches from: A"."""
    if (course := doc.at[k - 1]) is not None and course.concept == "prep.to" and _is_course(doc, k - 1):
        return "target"
    before = [m for m in doc.mentions_between(max(stop, k - 4), k) if m.concept in ("prep.from", "prep.areas")]
    return "from" if before and not _is_of_a_time(doc, before[-1]) else None


def _ahead_of_sign(doc: Doc, stop: int, k: int) -> int | None:
    """The token to read on from ahead of a bracket, a quote, a short form or a comma that ends no clause."""
    text = doc.tokens[k].text
    if text == ")" and k - 2 >= stop and doc.tokens[k - 2].text == "(":
        return k - 3  # "from the (Russian) towns of A"
    is_named = text == "," and k > stop and (m := doc.at[k - 1]) is not None and (
        m.concept in ("place.capital", "prep.aside"))  # fmt: skip
    if text in "(\u00ab\u201c\"'" or is_named or (text == "." and _is_short_form(doc, k)):
        return k - 1  # also "after leaving the capital, A"
    return None


def is_behind_phrase(doc: Doc, site: Site, start: int) -> bool:
    """ "In the direction of A", "-> at A": the phrase or the sign says where to, whatever the case; a sign that begins
    the line is only its bullet."""
    before = doc.at[site.i - 1] if site.i else None
    if before is None or before.concept != "prep.to":
        return False
    signs = range(max(start + 1, before.i - 2), before.i)
    return before.j - before.i > 1 or any(doc.tokens[k].text in _ARROWS for k in signs)


def _is_means(doc: Doc, prep: Mention, site: Site) -> bool:
    """ "Shelled with Grads the outskirts of A", where "with" is the word for "from"."""
    after = doc.at[prep.j] if prep.j < site.i else None
    return after is not None and after.concept in ("weapon.rocket", "weapon.artillery", "model.grad", "model.uragan")


def _is_of_an_office(doc: Doc, stop: int, k: int) -> bool:
    """ "The governor of A", where "of" is the word for "from"."""
    before = doc.at[k] if k >= stop else None
    return before is not None and before.concept in ("claimant.governor", "claimant.mayor")


def _is_of_a_side(doc: Doc, stop: int, k: int) -> bool:
    """ "On the outskirts of A", where "of" is the word for "from"."""
    before = doc.at[k] if k >= stop else None
    if before is None or (before.concept != "prep.side" and before.group not in ("target", "level")):
        return False
    articled: Collection[str] = doc.lexicon.settings.get("articled", ())
    return before.lang in articled


def _is_of_an_attack(doc: Doc, stop: int, k: int) -> bool:
    """ "The shelling of A", where "of" is the word for "from"."""
    before = doc.at[k] if k >= stop else None
    if before is None or before.concept != "strike.attack":
        return False
    return before.lang in doc.lexicon.settings.get("verb_last", ())


def _is_toll_from(doc: Doc, part: Part, prep: Mention, site: Site) -> bool:
    """ "The death toll from the A attack", "from A bus attack": the town that was attacked, not where from."""
    told = doc.at[prep.i - 1] if prep.i > part.i else None
    if told is None or (told.group != "toll" and told.concept != "strike.damage"):
        return False
    return any(m.concept == "strike.attack" for m in doc.mentions_between(site.j, min(part.j, site.j + 3)))


def _is_of_a_time(doc: Doc, prep: Mention) -> bool:
    """ "Since the morning: A, B", where one word is "from" and "since"."""
    after = doc.at[prep.j] if prep.j < len(doc.at) else None
    return after is not None and after.group == "time"


def _names_land(doc: Doc, prep: Mention) -> bool:
    """ "From Yemen" written as one word."""
    return prep.j - prep.i == 1 and prep.lang in doc.lexicon.settings.get("joined", ())


def _is_course(doc: Doc, k: int) -> bool:
    return doc.tokens[k].f in doc.lexicon.settings.get("course", ())


def _is_also(doc: Doc, mention: Mention, concept: str) -> bool:
    """Whether the word has another meaning: one for "about" and "near"."""
    return any(m.concept == concept for m in doc.mentions_between(mention.i, mention.i + 1))


def _is_short_form(doc: Doc, k: int) -> bool:
    """ "Over from n.p. A", "from. A": a stop right behind a letter or a short form, which ends no clause."""
    before = doc.at[k - 1] if k else None
    return before is not None and before.group in ("prep", "level") and len(doc.tokens[k - 1].text) <= _LETTERS


def _behind(doc: Doc, stop: int, k: int, *, is_of: bool = False) -> str | None:
    """The role of a compound such as "in the direction of", "from the Russian regions of"."""
    mention = doc.at[k] if k >= stop else None
    if mention is not None and mention.concept in _COMPOUND:
        return _ROLE[mention.concept]
    if (
        mention is None
        or not is_of
        or not (mention.group in _OF_REGIONS or mention.concept in ("prep.side", "place.region"))
    ):
        return None
    is_region = False
    for n in range(k, max(stop, k - _LEVELS) - 1, -1):
        m = doc.at[n]
        if m is None and doc.tokens[n].kind == "w" and not doc.tokens[n].is_capital:
            continue
        if m is None or m.concept == "prep.from":
            return _ROLE["prep.from"] if m is not None and is_region else None
        if m.group not in _OF_REGIONS and m.concept not in ("prep.side", "place.region"):
            return None
        is_region = is_region or m.group == "level" or m.concept in ("place.region", "prep.side")
    return None
