"""Whether a verb is said of a figure or of a row of them, who did it, and which time is only when it was said."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part, When
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["did_it", "is_done_to", "is_of_attack_with", "is_said_of_row", "is_when_said"]

_NAME: Final = 3
_DATELINE: Final = 6
"""Tokens of "Kyiv, Ukraine, Monday"."""
_OF_ATTACK: Final = 7
"""Tokens from the word for an attack to the last figure of what it was made with."""
_WITH: Final = frozenset(("prep", "bound", "num", "weapon", "model", "conj"))
_DONE: Final = frozenset(("act.shot_down", "act.merged", "act.lost", "act.suppressed"))


def did_it(doc: Doc, part: Part, who: Mention, number: Number) -> bool:
    """ "The units shot down 84 of them": a noun right ahead of the verb that the figure stands right behind."""
    verb = doc.at[who.j] if who.j < part.j else None
    while verb is not None and verb.group == "verb" and verb.j < part.j:
        verb = doc.at[verb.j]
    return verb is not None and verb.concept in ("act.shot_down", "act.merged") and verb.j == number.i


def is_of_attack_with(doc: Doc, part: Part, number: Number) -> bool:
    """ "Production is halted after an attack of over 450 drones and 45 missiles": the figures of the blow."""
    for m in part.of("strike.attack"):
        between = range(m.j, number.i)
        if 0 < len(between) <= _OF_ATTACK and all(
            doc.tokens[k].kind == "n" or ((x := doc.at[k]) is not None and x.group in _WITH) for k in between
        ):
            return True
    return False


def is_done_to(doc: Doc, part: Part, number: Number, act: Mention, numbers: list[Number]) -> bool:
    """ "40 drones were downed and 12 decoy drones were lost": nothing but its noun between a figure and its verb."""
    verb = doc.at[act.i - 1]
    if verb is None or verb.group != "verb":
        return False
    joint = doc.at[act.j] if act.concept == "act.detected" and act.j < part.j else None
    if joint is not None and joint.concept == "conj.and":
        return False  # "were detected and shot down"
    return not any(number.j <= n.i < act.i for n in numbers) and is_said_of_row(doc, part, number, act)


def is_said_of_row(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "439 drones and 39 missiles were downed": a passive behind a row of figures holds for each of them."""
    verb = doc.at[act.i - 1]
    if verb is None or not same_clause(doc, part, number.i, act.i):
        return False
    is_headline = verb.group in ("weapon", "model") and act.concept in _DONE and (
        act.j >= part.j or doc.tokens[act.j].kind == "p")  # fmt: skip
    if verb.group != "verb" and not is_headline:
        return False
    between = doc.mentions_between(number.j, act.i if is_headline else verb.i)
    return all(m.group in ("weapon", "model", "conj", "num", "side", "bound") for m in between)


def is_when_said(doc: Doc, part: Part, when: When) -> bool:
    """ "In a week 1,700 drones and 69 missiles, A said on Sunday": a day right beside the verb, at most the name of who
    said it between."""
    if _is_in_dateline(doc, part, when):
        return True
    days = (doc.at[when.i], doc.at[when.i - 1] if when.i > part.i else None)
    is_named = any(d is not None and d.group == "weekday" for d in days)
    if when.period != "day" and not (when.period == "night" and is_named):
        return False  # "he said overnight" leaves it open whether the night is that of the figures
    for m in part.of("claim"):
        lo, hi = (m.j, when.i) if m.i < when.i else (when.j, m.i)
        if 0 <= hi - lo <= _NAME and all(doc.tokens[k].text not in ",;:" for k in range(lo, hi)) and not any(
            x.group in ("act", "strike", "num", "weapon", "toll") for x in doc.mentions_between(lo, hi)
        ):  # fmt: skip
            return True
    return False


def _is_in_dateline(doc: Doc, part: Part, when: When) -> bool:
    """ "KYIV, Nov 2 (Reuters) - ...": the day of the despatch, ahead of the name of the agency in brackets."""
    if part.n or when.j + 3 >= part.j or when.i - part.i > _DATELINE:
        return False
    tokens = doc.tokens
    return tokens[when.j].text == "(" and tokens[when.j + 2].text == ")" and tokens[when.j + 3].kind == "p"
