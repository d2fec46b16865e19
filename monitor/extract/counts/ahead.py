"""The weapon that stands ahead of a number in its sentence."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["is_blow", "is_first_of_kinds", "is_unread_noun", "weapon_ahead"]

_STOP_GROUPS: Final = frozenset(
    ("count", "person", "toll", "month", "place", "claimant", "target", "weekday", "level", "strike")
)
_FEW: Final = 60
_REACH: Final = 3
_WHERE: Final = 8
"""Tokens of where and when something was downed."""
_WHEN_AND_WHERE: Final = frozenset(("time", "place", "level", "side"))
_KINDS: Final = 3
_UNKNOWN: Final = 3  # words that nobody knows, between a number and its weapon
_NUMERALS: Final = frozenset(("num.more", "num.total", "num.subset", "num.only", "num.of"))


def weapon_ahead(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    """The first of the ``weapons`` behind a number, where nothing that could be counted instead stands between."""
    if (bracketed := _before_bracket(doc, part, number, weapons)) is not None:
        return bracketed
    k = number.j
    unknown = 0
    if (quoted := _quoted_hit(doc, part, k)) is not None and (by := _hit_with(doc, quoted, weapons)) is not None:
        return by
    while k < part.j:
        mention = doc.at[k]
        weapon = next((w for w in weapons if w.i <= k < w.j), None)
        if weapon is not None:
            is_other = _is_means(doc, part, weapon) or _is_of_blows(doc, part, number, weapon)
            return None if is_other or _is_of_things(doc, part, weapon) else weapon
        if mention is None:
            if _ends_there(doc, number, k):
                return None
            token = doc.tokens[k]
            if token.kind == "w" and not token.hyphen:
                unknown += 1
                if unknown > _UNKNOWN or _is_noun_of_many(doc, token.f):
                    return None
            k += 1
            continue
        if k == number.j and (named := _named_behind(doc, part, number, mention, weapons)) is not None:
            return named
        if mention.rows and not any(s.i == mention.i for s in part.sites):
            unknown += 1  # a common word that is also the name of some village
            k = mention.j
            continue
        past = _past(doc, part, number, k, mention)
        if past is None:
            return None
        k = past
    return None


def _ends_there(doc: Doc, number: Number, k: int) -> bool:
    """Whether punctuation or another figure ends the words that go with the number."""
    token = doc.tokens[k]
    if token.kind == "n" or token.text in ".,;:!?()/\n":
        return True
    return token.text in "\u2013\u2014" and k > number.j and not _is_subset_word(doc, k - 1)


def _named_behind(doc: Doc, part: Part, number: Number, mention: Mention, weapons: list[Weapon]) -> Weapon | None:
    """The weapon that the word right behind a number leads to: "hits by Shaheds", "Houthi missiles"."""
    if mention.concept == "strike.hit":
        return _hit_with(doc, mention, weapons)
    if mention.group == "act":
        return _behind_where(doc, part, number, mention.j, weapons)
    if mention.group == "claimant":
        return _of_group(doc, mention, weapons)
    if mention.group == "prep" and _aim(doc, part, mention) is None:
        return _behind_attribute(doc, mention, weapons)
    return None


def _aim(doc: Doc, part: Part, prep: Mention) -> Mention | None:
    """The place of "seven to A", right behind the word for "to"."""
    aim = doc.at[prep.j] if prep.concept in ("prep.to", "prep.on") and prep.j < part.j else None
    return aim if aim is not None and aim.group == "place" else None


def _past(doc: Doc, part: Part, number: Number, k: int, mention: Mention) -> int | None:
    """The token behind a word that may stand between a number and its weapon; None where it may not."""
    concept = mention.concept
    if mention.group == "place" and mention.j < part.j and doc.tokens[mention.j].hyphen:
        return mention.j + 1  # "29 Russia-launched drones"
    if concept == "bound.vague" or mention.group in _STOP_GROUPS:
        return None
    if mention.group == "time" and concept not in ("time.night", "time.daytime"):
        return None
    if concept in ("weapon.carrier", "weapon.recon", "weapon.warhead"):
        return None
    if mention.group == "num" and concept not in _NUMERALS:
        return None
    if mention.group == "act" and k > number.j + 2 and not _is_attribute(doc, mention):
        return None
    if k == number.j and (aim := _aim(doc, part, mention)) is not None:
        return aim.j
    if mention.group in ("conj", "prep") and concept not in ("prep.of", "prep.at", "prep.from"):
        return None
    if concept in ("prep.at", "prep.from") and mention.lang not in doc.lexicon.settings.get("articled", ()):
        return None
    return mention.j


def _of_group(doc: Doc, group: Mention, weapons: list[Weapon]) -> Weapon | None:
    """ "Six Houthi missiles": whose they were, right before the weapon."""
    return None if group.data.get("place") else next((w for w in weapons if w.i == group.j), None)


def _is_noun_of_many(doc: Doc, word: str) -> bool:
    """ "6,000 certificates of drone operators": a noun that nobody knows, in the case that figures ask for."""
    return any(len(word) > _REACH and word.endswith(end) for end in doc.lexicon.settings.get("of_many", ()))


def _is_of_blows(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    """ "Three missile strikes", "12 drone attacks": the blows are counted, not what struck; "a 40-missile attack" is
    none of them."""
    if is_blow(part, weapon):
        return True  # "three droneattacks", written as one word
    if any(m.i == weapon.j and doc.tokens[m.i].hyphen for m in part.of("strike.attack")):
        return True  # "19 drone-attacks"
    blow = _blow_behind(doc, part, weapon.j)
    if blow is None or blow.concept not in ("strike.attack", "strike.hit") or doc.tokens[weapon.i].hyphen:
        return False
    behind = doc.at[blow.j] if blow.j < part.j else None
    if behind is not None and behind.group in ("weapon", "model"):
        return False  # "20 Shahed attack drones"
    if _is_adjective(doc, weapon):
        return True
    plural = doc.lexicon.settings.get("plurals", {}).get(blow.lang)
    is_noun = bool(plural) and number.value > 1 and any(doc.tokens[k].f.endswith(plural) for k in range(blow.i, blow.j))
    return is_noun and blow.concept == "strike.attack" and not doc.tokens[weapon.j - 1].f.endswith(plural)


def _is_of_things(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "Three artillery systems", "two missile boats": what the adjective is of is counted, and is no munition."""
    thing = doc.at[weapon.j] if weapon.j < part.j else None
    is_thing = thing is not None and (thing.group in ("count", "target", "person") or thing.concept == "weapon.carrier")
    return is_thing and _is_adjective(doc, weapon)


def _is_adjective(doc: Doc, weapon: Weapon) -> bool:
    """Whether the word for the weapon is the adjective of whatever stands behind it."""
    last, ends = doc.tokens[weapon.j - 1].f, doc.lexicon.settings["adjectival"]
    return any(last.startswith(stem) and last[len(stem) :] in ends for stem in doc.lexicon.settings["attributive"])


def is_blow(part: Part, weapon: Weapon) -> bool:
    """Whether one word tells of the weapon and of the blow made with it."""
    return any(m.i == weapon.i and m.j == weapon.j for m in part.of("strike.attack"))


def _before_bracket(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    """ "A group of Shaheds (4) to A, another group (3) to B": how many, behind their name or behind the next group."""
    k = number.i - 1
    if k <= part.i or number.value > _FEW or doc.tokens[k].text != "(":
        return None
    close = min(number.j, k + 2)
    if close >= part.j or doc.tokens[close].text != ")":
        return None
    named = next((w for w in weapons if w.j == k), None)
    group = doc.at[k - 1]
    if named is None and group is not None and group.concept == "count.other":
        named = next((w for w in reversed(weapons) if w.j < k), None)
    return named


def _quoted_hit(doc: Doc, part: Part, k: int) -> Mention | None:
    """ "Six «arrivals» of drones": the word for the hit, in quotes."""
    if k + 1 >= part.j or not doc.tokens[k].is_quote:
        return None
    hit = doc.at[k + 1]
    return hit if hit is not None and hit.concept == "strike.hit" else None


def _hit_with(doc: Doc, hit: Mention, weapons: list[Weapon]) -> Weapon | None:
    """ "Eleven hits by Shaheds", "of drones": the weapon right behind the word, one more word at most between."""
    first = hit.j + (hit.j < len(doc.tokens) and doc.tokens[hit.j].is_quote)
    of = doc.at[first] if first < len(doc.at) else None
    start = of.j if of is not None and of.concept in ("prep.of", "num.of", "prep.agent") else first
    for k in range(start, min(start + 2, len(doc.tokens))):
        weapon = next((w for w in weapons if w.i == k), None)
        if weapon is not None:
            return weapon
        if doc.at[k] is not None or doc.tokens[k].kind != "w":
            return None
    return None


def _blow_behind(doc: Doc, part: Part, k: int) -> Mention | None:
    """The word right behind, or that of "three missile and 71 air strikes"."""
    m = doc.at[k] if k < part.j else None
    if m is None or m.concept != "conj.and":
        return m
    number = next((n for n in part.numbers if n.i == m.j), None)
    for n in range(number.j, min(part.j, number.j + _REACH)) if number is not None else ():
        if blow := next((x for x in part.of("strike.attack", "strike.hit") if x.i == n), None):
            return blow
    return None


def _is_means(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "One of them was destroyed by a drone", where the case of the noun says "by"."""
    verb = doc.at[weapon.i - 1] if weapon.i > part.i else None
    is_done = verb is not None and verb.concept == "act.shot_down"
    ends = tuple(doc.lexicon.settings.get("means", ()))
    own = next((m.i for m in part.of("model") if weapon.i < m.i < weapon.j), weapon.j)
    return is_done and any(doc.tokens[k].f.endswith(ends) for k in range(weapon.i, own))


def _behind_attribute(doc: Doc, prep: Mention, weapons: list[Weapon]) -> Weapon | None:
    """ "Seven at the base fired missiles", where a language puts all of that before its noun."""
    if prep.lang not in doc.lexicon.settings.get("verb_last", ()):
        return None
    for m in doc.mentions_between(prep.j, prep.j + 8):
        if m.group == "act":
            return next((w for w in weapons if w.i == m.j), None)
    return None


def _behind_where(doc: Doc, part: Part, number: Number, k: int, weapons: list[Weapon]) -> Weapon | None:
    """ "14 downed over A in the night drones", where a participle and all that goes with it stand before the noun."""
    start, before = k, doc.at[number.i - 1] if number.i > part.i else None
    if before is not None and before.concept in ("prep.from", "num.of"):
        return None  # "out of 14 downed over A ..."
    while k < part.j and k - start < _WHERE:
        mention = doc.at[k]
        if mention is None:
            when = doc.at[k + 1] if k + 1 < part.j and doc.tokens[k].kind == "w" else None
            if when is None or when.group != "time":
                return None
            k += 1
        elif mention.group in ("weapon", "model"):
            return next((w for w in weapons if w.i == k), None) if k > start else None
        elif mention.group in _WHEN_AND_WHERE or mention.concept in ("prep.at", "prep.to", "alert.fly"):
            k = mention.j
        else:
            return None
    return None


def _is_subset_word(doc: Doc, k: int) -> bool:
    """ "60 of them - Shaheds": the dash stands for "are"."""
    mention = doc.at[k]
    return mention is not None and mention.concept == "num.subset"


def _is_attribute(doc: Doc, act: Mention) -> bool:
    """ "64 in the night downed drones": a participle before its noun."""
    after = doc.at[act.j] if act.j < len(doc.at) else None
    return after is not None and after.group in ("side", "weapon", "model")


def is_unread_noun(doc: Doc, part: Part, side: Mention) -> bool:
    """Words that nobody knows behind "enemy" or "Russian", and no weapon among them: something else is counted."""
    k = side.j
    while k < part.j and k - side.j < 3 and doc.at[k] is None and doc.tokens[k].kind == "w":
        k += 1
    behind = doc.at[k] if k < part.j else None
    return k > side.j and (behind is None or behind.group not in ("weapon", "model"))


def is_first_of_kinds(doc: Doc, part: Part, ahead: Weapon, weapons: list[Weapon]) -> bool:
    """ "More than 5000 drones, missiles and bombs": one figure of three kinds or more."""
    if ahead.model is not None or ahead.j >= part.j or doc.tokens[ahead.j].text != ",":
        return False
    kinds, k = {ahead.kind}, ahead.j
    while k < part.j and len(kinds) < _KINDS:
        joint = doc.at[k]
        is_and = joint is not None and joint.concept == "conj.and"
        nxt = next((w for w in weapons if w.i == k + 1), None)
        if nxt is None or not (is_and or doc.tokens[k].text == ","):
            return False
        kinds.add(nxt.kind)
        k = nxt.j
        if is_and:
            return len(kinds) > 1
    return len(kinds) >= _KINDS
