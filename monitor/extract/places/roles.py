"""The part that a place plays in its sentence: target, launch area, where something is, excluded, speaker."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from monitor.extract.figures.calendar import is_concept
from monitor.extract.places.joined import is_bordering, is_joined, is_slashed
from monitor.extract.places.offices import dateline, is_of_attacker, is_venue, is_where_ships_fire
from monitor.extract.places.origins import (
    is_around,
    is_in_areas,
    is_row_of_origins,
    is_where_planes_fire,
    is_where_took_off,
)
from monitor.extract.places.tellers import role_of_doer, role_of_teller, verb_behind
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.caseforms import case_of
from monitor.extract.words.mentions import Mention

__all__ = [
    "CAPITAL_OF_SIDE",
    "set_roles",
]

_ROLE: Final = {
    "prep.from": "from", "prep.areas": "from", "prep.to": "target", "prep.until": "target", "prep.at": "at",
    "prep.by": "at", "prep.on": "target", "prep.past": "past", "prep.except": "except",
    "prep.between": "at", "prep.border": "past", "prep.aside": "speaker", "prep.of": "at", "prep.over": "at",
    "prep.agent": "agent", "mark.arrow": "target",
}  # fmt: skip
_ARROWS: Final = frozenset("\u27a1\u2192\u21d2\u2794\u279c\u279d\u279e\u27f6")
_LETTERS: Final = 2
_LEVELS: Final = 5
_COMPOUND: Final = frozenset(("prep.from", "prep.to", "prep.except", "prep.past", "prep.on"))
_OF_REGIONS: Final = frozenset(("level", "side"))
_SUBJECTS: Final = frozenset(("RU", "IR", "IL", "UA-30", "RU-MOW"))  # who launches, named without an article
_OPENING: Final = 4  # tokens before the place of whoever speaks
_TIMED: Final = 6
"""Tokens of a clock time, and whose forces."""
_TELLING: Final = frozenset(("claim", "claimant", "verb", "act", "strike", "count"))
CAPITAL_OF_SIDE: Final = {"side.ua": "UA-30", "side.ru": "RU-MOW"}


def _is_of_forces(doc: Doc, part: Part, site: Site) -> bool:
    """ "The army of A launched ...": whose forces open a sentence about what they did, right ahead of the name."""
    opening = doc.at[part.i]
    reach = _TIMED if opening is not None and opening.group == "time" else 2  # "At 20:55 the army of A dropped ..."
    if not 0 < site.i - part.i <= reach or not part.has("act.launched", "strike.attack"):
        return False
    return doc.tokens[site.i - 1].f in doc.lexicon.settings.get("forces", ())


def _is_subject_behind(doc: Doc, part: Part, site: Site, last: Site | None) -> bool:
    """ "In the Black Sea, A hit two tankers": a country behind where it was, right ahead of the verb."""
    opening = doc.at[part.i]
    if last is None or opening is None or opening.concept != "prep.at" or not 0 < last.i - part.i <= 2:
        return False
    verb = doc.at[site.j] if site.j < part.j else None
    is_blow = verb is not None and verb.concept in ("strike.hit", "strike.attack") and verb.j - verb.i == 1
    return is_blow and site.i == last.j + 1 and doc.tokens[last.j].text == ","


def set_roles(doc: Doc, part: Part, sites: list[Site]) -> None:
    last: Site | None = None
    flown_over: list[Site] = []
    is_list = _goes_on(doc, part)
    head = dateline(doc, part)
    is_met = part.has("venue", "time.ahead")
    is_telling = not part.groups.isdisjoint(_TELLING)
    for site in sites:
        if site.i < head:
            site.role = "speaker"
            continue
        role = "from" if is_list else _own_role(doc, part, site, last)
        told = doc.at[site.i - 1] if site.i > part.i else None
        after = verb_behind(doc, part, site) if is_telling else None
        if is_telling:
            role = role_of_teller(doc, part, site, sites, role, told, after)
        is_head = site.i == part.i and site.j < part.j and doc.tokens[site.j].text == ":"
        if role is None and is_head and site.ref.level == "sea":
            role = "at"  # "Black Sea: two tankers hit"
        if role == "target" and told is not None and is_concept(doc.at, told.i - 1, "act.left"):
            role = "from"  # "six flew back to A": no target, and where they had come from or went
        if role == "past" and is_bordering(site, told, sites):
            role = "speaker"
        if is_met and role in (None, "at", "target") and told is not None and is_venue(doc, part, told):
            role = "speaker"
        if role == "from" and any(
            m.concept == "prep.areas" for m in doc.mentions_between(max(part.i, site.i - 3), site.i)
        ):
            is_list = True
        elif role is None and is_in_areas(doc, part, site):
            role, is_list = "from", True
        if is_telling:
            role = role_of_doer(doc, part, site, sites, role, told, after)
        if role != "from" and is_where_took_off(doc, part, site):
            role = "from"
        if role in ("at", "target") and (
            is_where_ships_fire(doc, part, site) if site.ref.level == "sea"
            else is_where_planes_fire(doc, part, site, sites)):  # fmt: skip
            role = "from"
        if role == "from" and any(t.text == ":" for t in doc.tokens[max(part.i, site.i - 2) : site.i]):
            is_list = True
        if role is None and last is not None and last.role == "past" and is_joined(doc, last.j, site.i):
            role = "past"
        if role is None and last is not None and last.role == "from" and is_row_of_origins(doc, last.j, site.i):
            role = "from"
        if role is None and site.ref.level == "country" and (
            _is_of_forces(doc, part, site) or _is_subject_behind(doc, part, site, last)):  # fmt: skip
            role = "agent"
        case = case_of(doc, site) if role is None or role == "target" else ""
        if role == "target" and case == "loc" and not _is_behind_phrase(doc, site, part.i):
            role = "at"
        elif role is None and case == "acc":
            role = "target"
            is_row = last is not None and last.role == role and is_joined(doc, last.j, site.i)
            if not is_row or last in flown_over:
                flown_over.append(site)
        elif role is None and case == "loc" and not (last is not None and is_slashed(doc, last, site)):
            role = "at"  # a language that writes its "in" into the name
        elif role is None and case == "abl":
            role = "from"  # and its "from"
        elif role is None and case == "all" and last is not None and last.role == "from":
            role = "target"  # and its "to": "from A to B"
        if role in (None, "at") and last is not None and last.role == "from" and is_around(doc, last, site, told):
            role = "from"
        is_loose = role is None or role == "at"
        is_region = last is not None and last.role == "from" and site.ref.level != "country"
        if is_loose and last is not None and is_joined(doc, last.j, site.i, is_of=role == "at", is_region=is_region):
            is_of_row = (
                last.role == "target" and told is not None and told.concept == "prep.of"
            )  # "... in the direction of A and of B"
            role = last.role if role is None or last.role in ("except", "from") or is_of_row else role
            if last in flown_over:
                flown_over.append(site)
        site.role = role or "name"
        last = site
    if flown_over and not part.has("strike"):
        _set_passed(sites, flown_over)


def _set_passed(sites: list[Site], flown_over: list[Site]) -> None:
    """ "They cross A toward B": what is crossed is only passed, where a word says where to."""
    last = max((n for n, s in enumerate(sites) if s.role in ("target", "at") and s not in flown_over), default=-1)
    for site in sites[: max(last, 0)]:
        if site in flown_over:
            site.role = "past"


def _goes_on(doc: Doc, part: Part) -> bool:
    """Whether the part goes on with the list of launch areas that the one before it began."""
    n = part.n
    before = doc.parts[n - 1] if n else None
    if before is None or before.line != part.line or doc.tokens[before.j - 1].text != ";":
        return False
    return bool(before.sites) and before.sites[-1].role == "from" and not part.has("act", "alert")


def _is_behind_phrase(doc: Doc, site: Site, start: int) -> bool:
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


def _own_role(doc: Doc, part: Part, site: Site, last: Site | None) -> str | None:
    k = site.i - 1
    stop = last.j if last is not None else part.i
    relatives: Collection[str] = doc.lexicon.settings.get("relatives", ())
    for _ in range(6):
        if k < stop:
            return None
        mention = doc.at[k]
        text = doc.tokens[k].text
        if mention is None and doc.tokens[k].kind == "w":
            if doc.tokens[k].f in relatives and site.ref.id in _SUBJECTS:
                return None  # "the night in which Russia launched 80 drones"
            k -= 1
            continue
        if mention is not None:
            own = _ROLE.get(mention.concept)
            one = doc.at[mention.i - 1] if mention.concept == "prep.from" and mention.i > stop else None
            if one is not None and one.concept == "num.1" and k < site.i - 1:
                return "at"  # "in one of the districts of A"
            if own == "from" and mention.concept == "prep.from":
                if _is_means(doc, mention, site):
                    return None
                if _is_toll_from(doc, part, mention, site):
                    return "target"
                if _is_of_an_office(doc, stop, mention.i - 1) or _is_of_a_side(doc, stop, mention.i - 1):
                    return "at"
                return "target" if site.ref.level != "country" and _is_of_an_attack(doc, stop, mention.i - 1) else own
            if own == "at" and mention.concept == "prep.of" and is_of_attacker(doc, part, mention, site):
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
            if mention.concept == "bound.approx" and k == site.i - 1:
                return "at"  # "around A": the same word stands before figures
            if mention.concept == "num.of" and _behind(doc, stop, mention.i - 1, is_of=True):
                return _behind(doc, stop, mention.i - 1, is_of=True)  # an article that is also the word for "of the"
            if mention.group in ("level", "prep", "side", "weapon", "model") or mention.concept in (
                "place.this", "place.capital", "bound.approx", "num.all", "conj.and", "place.country", "place.region",
            ) or mention.group == "target":  # fmt: skip
                if mention.concept == "bound.approx" and _is_also(doc, mention, "prep.at"):
                    return "at"
                k = mention.i - 1
                continue
            return None
        if text in _ARROWS:
            return "target"
        if text in ":\u2013\u2014-" and k - 1 >= stop:
            if (course := doc.at[k - 1]) is not None and course.concept == "prep.to" and _is_course(doc, k - 1):
                return "target"  # "course - A"
            before = [m for m in doc.mentions_between(max(stop, k - 4), k) if m.concept in ("prep.from", "prep.areas")]
            return "from" if before and not _is_of_a_time(doc, before[-1]) else None
        is_named = text == "," and k > stop and (m := doc.at[k - 1]) is not None and (
            m.concept in ("place.capital", "prep.aside"))  # fmt: skip
        if text == ")" and is_concept(doc.at, k - 1, "prep.aside"):
            return _ROLE["prep.aside"]  # "two ships (flags) of A and B"
        if text == ")" and k - 2 >= stop and doc.tokens[k - 2].text == "(":
            k -= 3  # "from the (Russian) towns of A"
            continue
        if text in "(\u00ab\u201c\"'" or is_named or (text == "." and _is_short_form(doc, k)):
            k -= 1  # also "after leaving the capital, A"
            continue
        return None
    return None


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
