"""Figures of which others are a part, and those that are a part of another."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention

_NEAR: Final = 3
_REACH: Final = 4
_OF_PLACE: Final = frozenset(("place", "level", "prep", "weapon", "model", "side"))

__all__ = ["is_next_part", "is_part_of_another", "is_told_what", "opens_with_of"]


def opens_with_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of the 14 drones 11 were shot down": the first number is what was launched."""
    k = number.i - 1
    while k >= part.i and (doc.tokens[k].kind == "p" or (doc.at[k] is not None and doc.at[k].group == "num")):  # type: ignore[union-attr]
        if (m := doc.at[k]) is not None and m.concept in ("num.of", "num.subset"):
            break
        k -= 1
    mention = doc.at[k] if k >= part.i else None
    if mention is None or (
        mention.concept not in ("num.of", "prep.from", "prep.of")
        and not (mention.concept in ("prep.on", "prep.to") and k == part.i)  # French "on 43 drones, 40 were ..."
    ):
        return False
    said = doc.at[k - 1] if k > part.i else None
    if said is not None and said.concept == "claim.said" and mention.concept != "num.of":
        return False  # Spanish "told of 54 drones destroyed: 30 over"
    return any(n.i > number.j and n.value <= number.value for n in part.numbers)


def is_part_of_another(doc: Doc, part: Part, number: Number, measure: str) -> bool:
    """A part of the figure before, by the words for it or, of what is in the air, by a bracket."""
    return _is_subset(doc, part, number) or (measure == "present" and _is_in_bracket(doc, part, number))


def _is_subset(doc: Doc, part: Part, number: Number) -> bool:
    """ "Nine of them over A": a part of the figure before."""
    for m in doc.mentions_between(max(part.i, number.i - 5), min(part.j, number.j + 5)):
        if m.concept == "num.subset":
            if m.i > number.i and _is_of_next(part, number, m):
                continue
            if m.i > number.j and any(doc.tokens[k].text == "," for k in range(number.j, m.i)):
                continue  # "40 missiles, Kinzhals among them"
            low, high = min(m.i, number.i), max(m.i, number.j)
            return not any(n is not number and low < n.i < high for n in part.numbers)
    return False


def _is_in_bracket(doc: Doc, part: Part, number: Number) -> bool:
    """ "Seven over A (2 in transit)": a smaller figure in a bracket that opens right behind another."""
    opened = next((k for k in range(number.i - 1, max(part.i, number.i - _NEAR) - 1, -1)
                   if doc.tokens[k].text == "("), -1)  # fmt: skip
    return opened >= 0 and any(0 <= opened - n.j <= _NEAR and number.value < n.value for n in part.numbers)


def is_next_part(doc: Doc, last: Number, number: Number) -> bool:
    """ "12 of them over A and nine over B": nothing but the place of the one and a joint between two figures."""
    joint = doc.at[number.i - 1] if number.i else None
    if doc.tokens[number.i - 1].text not in ",;" and (joint is None or joint.concept != "conj.and"):
        return False
    between = doc.mentions_between(last.j, number.i)
    is_placed = any(m.group == "place" for m in between)
    return is_placed and all(m.group in _OF_PLACE or m.concept == "conj.and" for m in between)


def _is_of_next(part: Part, number: Number, m: Mention) -> bool:
    """ "Of which 30 fell" behind a figure is of the 30; "47 of them over A and 30 over B" is of the 47."""
    after = next((n for n in part.numbers if n is not number and m.j <= n.i <= m.j + _REACH), None)
    return after is not None and not (m.i == number.j and any(m.j <= s.i < after.i for s in part.sites))


def is_told_what(doc: Doc, part: Part, number: Number) -> bool:
    """ "About 70 were Shaheds": what kind they were, with no verb of what became of them."""
    for k in range(number.j, min(part.j, number.j + _NEAR)):
        verb = doc.at[k]
        if verb is not None and verb.concept == "verb.passive":
            what = doc.mentions_between(verb.j, min(part.j, verb.j + _NEAR))
            return any(m.group in ("model", "weapon") for m in what) and not any(m.group == "act" for m in what)
    return False
