"""Numbers that count no weapons of their own: denied, of one group among several, or how they come: one by one."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.former import is_denied
from monitor.extract.strikes.struck import is_blow_that_fell
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["is_set_aside", "is_subset_of_another"]

_YOUNGEST: Final = 10
_OLDEST: Final = 110
_CODES: Final = frozenset((200, 300))


def is_set_aside(doc: Doc, part: Part, number: Number) -> bool:
    return (
        is_denied(doc, part, number)
        or _is_of_one_group(doc, part, number)
        or _is_one_by_one(doc, part, number)
        or _is_code(doc, part, number)
        or _is_age(doc, part, number)
    )


def _is_code(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two 200, five 300": what soldiers call the dead and the wounded, behind how many they are or who."""
    if number.value not in _CODES or number.is_word or number.i == part.i:
        return False
    before, after = doc.at[number.i - 1], doc.at[number.j] if number.j < part.j else None
    is_of_people = before is not None and before.group in ("person", "side")
    is_of_people = is_of_people or any(n.j == number.i for n in part.numbers)
    return is_of_people and (after is None or after.group not in ("weapon", "model", "side"))


def _is_age(doc: Doc, part: Part, number: Number) -> bool:
    """ "Racing champion, 19, trains pilots": a figure between commas, behind a word that is no weapon and no place."""
    if number.is_word or not _YOUNGEST <= number.value < _OLDEST or number.i < part.i + 2 or number.j >= part.j:
        return False
    whose = doc.at[number.i - 2]
    is_between = doc.tokens[number.i - 1].text == "," and doc.tokens[number.j].text == ","
    return (
        is_between and doc.tokens[number.i - 2].kind == "w" and (whose is None or whose.group in ("person", "claimant"))
    )


def _is_of_one_group(doc: Doc, part: Part, number: Number) -> bool:
    """ "In one group one or two drones", "in each group five": how many there are in each of them."""
    k = number.i - 1
    mention = doc.at[k] if k >= part.i else None
    if mention is not None and mention.concept == "prep.by":
        k = mention.i - 1
        mention = doc.at[k] if k >= part.i else None
    if mention is None or mention.concept != "count.other":
        return False
    return any(m.concept == "prep.at" for m in doc.mentions_between(max(part.i, mention.i - 2), mention.i)) and (
        any(n.j == mention.i for n in part.numbers) or _is_each(doc, part, mention.i - 1))  # fmt: skip


def _is_each(doc: Doc, part: Part, k: int) -> bool:
    mention = doc.at[k] if k >= part.i else None
    return mention is not None and mention.concept == "num.each"


def _is_one_by_one(doc: Doc, part: Part, number: Number) -> bool:
    """ "They come in one by one": a number word alone behind the word for "by", in a sentence that tells a course."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    after = doc.at[number.j] if number.j < part.j else None
    if before is None or before.concept != "prep.by" or not number.is_word or not part.has("alert.fly"):
        return False
    return after is None or after.group not in ("weapon", "model", "side")


def is_subset_of_another(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    for m in doc.mentions_between(max(part.i, number.i - 5), min(part.j, number.j + 5)):
        if m.concept == "num.subset":
            if m.i > number.i and any(n is not number and m.j <= n.i <= m.j + 4 for n in part.numbers):
                continue
            if m.i > number.j and any(doc.tokens[k].text == "," for k in range(number.j, m.i)):
                continue  # "40 missiles, Kinzhals among them"
            low, high = min(m.i, number.i), max(m.i, number.j)
            return not any(n is not number and low < n.i < high for n in part.numbers)
    return False


def is_on_ground(doc: Doc, part: Part, act: Mention | None) -> bool:
    """ "As a result of a strike on the base 30 drones were destroyed", "a strike on a depot: 30 drones destroyed"."""
    nearby = (part, *doc.parts[max(0, part.n - 1) : part.n])
    is_base = any(p.line == part.line and p.has("target.industry", "target.military") for p in nearby)
    if is_blow_that_fell(part):
        return is_base or (act is not None and act.j < part.j and doc.tokens[act.j].text == ":")
    if act is None or not part.has("strike.attack"):
        return False
    colon = next((k for k in range(act.i - 1, part.i, -1) if doc.tokens[k].text == ":"), part.i)
    return any(m.i < colon for m in part.of("strike.attack")) and any(
        m.i < colon for m in part.of("target.industry", "target.military")
    )
