"""Figures of people beside those of weapons: in a sentence that names no weapon they do what no weapon does."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention

__all__ = ["is_of_somebody"]

_OBJECT: Final = 2
"""Tokens from a verb to the word that nobody knows: "launched an appeal"."""
_FIRED: Final = frozenset(("act.launched", "act.fired"))
_DONE: Final = frozenset(("act.shot_down", "act.merged"))
_HIT: Final = frozenset(("act.hit", "strike.hit"))
_INDOORS: Final = ("target.medical", "alert.shelter", "alert.sheltered")
_TOLD: Final = ("act", "strike", "alert", "place", "toll")


def is_of_somebody(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a figure without a noun is of those who fled, worked, lost something or were found out."""
    if part.has("weapon", "model") or number.j >= part.j:
        return False
    is_there = bool(part.sites) or "place" in part.groups
    k, passive, helped = _behind_verbs(doc, part, number)
    verb = doc.at[k] if k < part.j else None
    if verb is None:
        return helped and not passive and not is_there and _is_lost(doc, part, k)
    if not is_there and part.has(*_INDOORS) and not part.has_any(_DONE):
        return True  # "three landed in hospital", "ten reached the shelter"
    if verb.group == "prep":
        if passive and part.has_any(_HIT):
            return not is_there and not part.has("target")  # "fifteen were by splinters hit"
        return helped and not part.has(*_TOLD)  # "nine were at work"
    if verb.concept in _FIRED:
        is_home = (to := doc.at[verb.j] if verb.j < part.j else None) is not None and to.group == "target"
        is_object = is_home or _has_object(doc, part, verb)  # "were sent home", "launched an appeal"
        return is_object or (not passive and not is_there and _is_aimed(doc, part, verb))
    if verb.concept in ("act.lost", "act.bled"):
        return not passive and _has_object(doc, part, verb)  # "three lost everything"
    if verb.concept in _HIT:
        return passive and not is_there and not part.has("target")  # "fifteen were hit by flying glass"
    if verb.concept == "act.detected":
        return not is_there and not part.has("num.more") and not part.has_any(_DONE)  # "three were identified"
    if verb.concept in _DONE or verb.concept == "strike.damage":
        what = doc.at[verb.j] if verb.j < part.j else None  # "six destroyed flats will be rebuilt"
        return not helped and (_has_object(doc, part, verb) or (what is not None and what.group in ("target", "count")))
    if verb.concept == "alert.landing":
        return not is_there and not part.has("act")  # "three landed in prison"
    if verb.concept == "num.subset":
        return _is_word(doc, part, verb.j) and not part.has("act", "strike.hit")  # "six of them, students from A"
    return False


def _behind_verbs(doc: Doc, part: Part, number: Number) -> tuple[int, bool, bool]:
    """The token behind "were", "have been", whether they make a passive, and whether there are any."""
    k, passive = number.j, False
    while k < part.j and (m := doc.at[k]) is not None and m.group == "verb":
        passive = passive or m.concept == "verb.passive"
        k = m.j
    return k, passive, k > number.j


def _is_lost(doc: Doc, part: Part, k: int) -> bool:
    """ "Three have all lost": the object ahead of the participle."""
    m = doc.at[k + 1] if k + 1 < part.j else None
    return _is_word(doc, part, k) and m is not None and m.concept == "act.lost"


def _has_object(doc: Doc, part: Part, verb: Mention) -> bool:
    """Whether a word that nobody knows stands right behind, an article at most between: what they lost or launched."""
    k = verb.j
    article = doc.at[k] if k < part.j else None
    if article is not None and article.group == "num" and article.j - article.i == 1:
        k = article.j
    return k - verb.j < _OBJECT and _is_word(doc, part, k)


def _is_aimed(doc: Doc, part: Part, verb: Mention) -> bool:
    """ "Three fired at a looter": somebody who is no place."""
    to = doc.at[verb.j] if verb.j < part.j else None
    return to is not None and to.concept in ("prep.at", "prep.to") and not part.has("time", "target")


def _is_word(doc: Doc, part: Part, k: int) -> bool:
    return k < part.j and doc.at[k] is None and doc.tokens[k].kind == "w"
