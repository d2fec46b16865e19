"""Whether what follows a figure is people, or leaves it to the word for the dead or the hurt."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.oneperson import is_one_of_things
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention

__all__ = ["counts_people"]

_NEAR: Final = 2
_STEPS: Final = 3  # words that nobody knows
_LOOSE_TIMES: Final = frozenset(
    ("time.after", "time.again", "time.night", "time.last_night", "time.today", "time.yesterday", "time.morning",
     "time.evening", "time.since")
)  # fmt: skip
_MANY_SOLDIERS: Final = 1_000
"""Soldiers that one strike can kill; more is a tally of losses."""
_FEW_SOLDIERS: Final = 30
"""Soldiers whose loss the sentence behind a strike tells without naming it again."""
_BLOW: Final = ("strike", "weapon", "model")


def counts_people(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """Whether people follow the number, the word of the toll ``m`` itself, or nothing that could be counted."""
    k = number.j
    steps = 0
    if doc.tokens[number.i].kind == "n" and m.j < number.i and _is_number_of(doc, part, number):
        return False
    of = doc.at[number.i - 1] if number.value == 1 and part.i < number.i and k < part.j else None
    if of is not None and of.group in ("prep", "num") and _is_no_single(doc, k):
        return False  # "three people of one family"
    while k < part.j and steps < _STEPS:
        mention = doc.at[k]
        if mention is m:
            return True
        if mention is not None:
            told = _is_person(doc, part, number, mention, is_first=steps == 0 and k == number.j)
            if told is None:
                told = _is_counted(doc, part, number, m, mention, steps)
            if told is not None:
                return told
            k = mention.j
            continue
        token = doc.tokens[k]
        if token.kind == "p" and token.text in '\u00ab\u201c\u201e"':
            k += 1
            if k < part.j and doc.at[k] is None and doc.tokens[k].kind == "w":
                return False  # "taken away by three «carriages»": a nickname of something
            continue
        if token.kind == "p":
            is_things = steps > 0 and k < m.i and any(0 <= x.i - m.j <= _NEAR for x in part.of("person.one"))
            return token.text not in "%$\u20ac" and not is_things  # "7 cars, a woman was killed"
        steps += 1
        k += 1
    return steps < _STEPS


def _is_person(doc: Doc, part: Part, number: Number, mention: Mention, *, is_first: bool) -> bool | None:
    """Whether a word says that people are counted; None where others have to. ``is_first``: it is right behind."""
    if number.is_article and is_first and mention.concept == "num.subset":
        return True  # "one of them died", where the article is the figure
    if number.is_article and (mention.group not in ("person", "toll") or mention.concept == "person.two"):
        return False
    if mention.group in ("strike", "act", "alert") and is_first:
        return False
    if mention.group != "person":
        return None
    if number.is_article and _is_no_single(doc, mention.j - 1):
        return False  # "and a family lost its home"
    return mention.concept != "person.soldiers" or (number.value < _MANY_SOLDIERS and (
        part.has(*_BLOW) or (number.value <= _FEW_SOLDIERS and part.n > 0 and doc.parts[part.n - 1].has(*_BLOW))
    ))  # fmt: skip


def _is_counted(doc: Doc, part: Part, number: Number, m: Mention, mention: Mention, steps: int) -> bool | None:
    """Whether a word that names no people lets the figure be of the toll; None where it says nothing. ``steps`` is how
    many unknown words stand before it."""
    if mention.group == "toll":
        return number.i < m.i and mention.i >= m.i
    if mention.concept in _LOOSE_TIMES:
        return True
    if mention.group == "level" or (mention.concept == "prep.side" and doc.tokens[mention.i].is_capital):
        return False  # "13 regions", "three suburbs of A"
    if mention.group == "time" and steps == 0 and m.j <= number.i and all(
        (x := doc.at[n]) is not None and x.group == "bound" for n in range(m.j, number.i)):  # fmt: skip
        return True  # "injured 34 over the past day", "injured at least 23 in the past day"
    if mention.group in ("count", "weapon", "model", "month", "target", "time"):
        return steps > 0 and number.i - m.j <= _NEAR and mention.group != "count" and m.i < number.i
    if mention.concept in ("prep.of", "num.of") and steps == 0 and mention.j < part.j and (
        (what := doc.at[mention.j]) is not None and what.group in ("weapon", "model")
    ):  # fmt: skip
        return False  # "a score of drones"
    if mention.group == "prep" and steps == 0 and number.value == 1 and is_one_of_things(doc, part, mention):
        return False  # "one of the plants was hurt"
    if mention.group == "conj" or mention.group == "prep":
        return steps == 0 or mention.concept == "prep.of"
    return None


def _is_no_single(doc: Doc, k: int) -> bool:
    """Whether a word names more than one person, or none: a family, a flock."""
    return doc.tokens[k].f in doc.lexicon.settings.get("no_single", ())


def _is_number_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "Terminal 3 of the airport", "School 12": a figure right behind a building, no person or toll behind it."""
    k = number.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[number.j] if number.j < part.j else None
    is_named = (before is not None and before.group == "target") or (
        k >= part.i and doc.tokens[k].f in doc.lexicon.settings.get("numbered", ()))  # fmt: skip
    return is_named and (after is None or after.group not in ("person", "toll"))
