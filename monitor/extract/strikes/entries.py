"""Blows on one place told one after the other: entries of a list, each with weapons or an hour of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES

if TYPE_CHECKING:
    from monitor.extract.strikes.telling import Strike

__all__ = ["clock_cuts", "is_next_entry", "is_of_its_hour", "is_of_more_towns", "is_of_other_clock"]

_HEADED: Final = frozenset((":", *DASHES))
_HOURS: Final = frozenset(
    ("time.at", "time.morning", "time.noon", "time.daytime", "time.evening", "time.night", "time.later")
)
_LED: Final = frozenset(("time.at", "prep.at", "bound.approx"))
_OPENS: Final = frozenset((",", ";", ":"))
_FIGURES: Final = 2
_HEAD: Final = 6
_APART: Final = 5
"""Minutes between two blows."""
_OPENING: Final = 2
"""Tokens of "around 16:00"."""
_NEXT: Final = 2
"""Tokens behind a figure among which the word for villages stands."""


def is_next_entry(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A community: a drone hit a farm. A community: a bomb fell on a shop": entries of a list, each with the name of
    the place ahead and weapons of its own."""
    if not (before.weapons and found.weapons) or {"unknown", *before.weapons} & set(found.weapons):
        return False
    return _is_entry(doc, before.last) and _is_entry(doc, found.part)


def _is_entry(doc: Doc, part: Part) -> bool:
    head = part.sites[0] if part.sites else None
    return head is not None and head.i - part.i <= 1 and head.j < part.j and doc.tokens[head.j].text in _HEADED


def is_of_its_hour(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "At seven a drone struck the district of A, one was killed. At nine guns shelled B: two were hurt": the same
    town, with other weapons, another toll and an hour of its own."""
    if not before.weapons or not found.weapons or {"unknown", *before.weapons} & set(found.weapons):
        return False
    part = found.part
    is_told = found.is_named or part.has("act.launched", "act.fired")
    if not (is_told and _is_counted(before) and _is_counted(found)):
        return False
    first = range(part.i, min(part.i + _OPENING, part.j - 2))
    is_timed = any((m := doc.at[k]) is not None and m.concept in _HOURS for k in first)
    return is_timed or any(
        doc.tokens[k].kind == doc.tokens[k + 2].kind == "n" and doc.tokens[k + 1].text in ":." for k in first
    )


def is_of_other_clock(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "At 10:15 a drone hit a yard; at 13:40 shells fell": two blows, each with the minute at which it was."""
    part = found.part  # "08:12 - a blast. 08:40 - two are hurt" is one blow, told on
    is_blow = part.has("strike.hit", "strike.attack", "weapon", "model") or any(s.is_part for s in part.sites)
    if part.has("claim") or not is_blow:
        return False
    first, second = clock_of(doc, before.part), clock_of(doc, part)
    return first is not None and second is not None and abs(first - second) >= _APART


def clock_of(doc: Doc, part: Part) -> int | None:
    """The minute of the day at which a sentence or an entry says in its first words that something was."""
    start = part.i
    for k in range(part.i, min(part.i + _HEAD, part.j - 1)):
        if doc.tokens[k].text == ":" and doc.tokens[k + 1].kind != "n":
            start = k + 1  # behind the name of the town
    for k in range(start, min(start + _OPENING + 1, part.j - 2)):
        if doc.tokens[k].kind == "n":
            return _minute(doc, k)
    return None


def clock_cuts(doc: Doc, part: Part) -> list[int]:
    """Where the entries of a sentence begin that each open with a clock time: "At 10:15 ..., at 13:40 ..."."""
    cuts: list[int] = []
    if not part.has("strike") or not part.has("time.at", "prep.at", "bound.approx") or not part.sites:
        return cuts
    for k in range(part.i + 1, part.j - 2):
        led = doc.at[k - 1]
        if doc.tokens[k].kind != "n" or led is None or led.concept not in _LED or _minute(doc, k) is None:
            continue
        if led.i == part.i or doc.tokens[led.i - 1].text in _OPENS:
            cuts.append(led.i)
    entries = itertools.pairwise([*cuts, part.j])
    is_told = all(
        any(m.group in ("strike", "toll", "weapon", "model") for m in doc.mentions_between(i, j)) for i, j in entries
    )
    return cuts if len(cuts) > 1 and is_told else []


def _minute(doc: Doc, k: int) -> int | None:
    hour, minute = doc.tokens[k].text, doc.tokens[k + 2]
    is_clock = doc.tokens[k + 1].text == ":" and minute.kind == "n" and minute.glued and len(minute.text) == _FIGURES
    return int(hour) * 60 + int(minute.text) if is_clock and len(hour) <= _FIGURES else None


def is_of_more_towns(doc: Doc, strike: Strike) -> bool:
    """Whether the sentence counts towns or villages beside those that it names."""
    many = doc.lexicon.settings.get("hamlets_many", ())
    return any(
        n.value > 1 and any(doc.tokens[k].f in many for k in range(n.j, min(n.j + _NEXT, strike.part.j)))
        for n in strike.part.numbers
    )


def _is_counted(strike: Strike) -> bool:
    return bool(strike.toll.killed or strike.toll.injured)
