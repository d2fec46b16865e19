"""Figures of another time or of an earlier text: what is compared with, what is corrected."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.text.doc import IN_ORDER, LONG, Doc, Number, Part, When
from monitor.extract.vetoes import same_clause

_AVERAGE: Final = 6
"""Tokens from "compared with" to the figure of "an average of about 120"."""
_BEFORE: Final = frozenset(("bound", "num", "side", "prep"))
_BESIDE: Final = 1
_REACH: Final = 14
_DOWNED: Final = frozenset(("shot_down", "lost", "suppressed"))
__all__ = ["compared_time", "is_compared", "is_corrected", "is_denied", "is_set_right", "long_before"]


def is_compared(doc: Doc, part: Part, number: Number) -> bool:
    """ "Compared with 267", "up from 120", "the first since 270 missiles fell": the figure is of another time."""
    if any(m.j <= number.i and same_clause(doc, part, m.j, number.i) for m in part.of("time.first_since")):
        return True  # "for the first time since the attack with 200 missiles"
    if not part.has("num.compared"):
        return False
    for word in part.of("num.compared"):
        between = doc.mentions_between(word.j, number.i) if 0 <= number.i - word.j <= _REACH else []
        is_first = not any(word.j <= n.i < number.i and not n.is_article for n in part.numbers)
        if is_first and any(x.group in ("time", "month", "weekday") for x in between):
            return True  # "compared with last night, when 112 were launched"
    k = number.i
    for _ in range(_AVERAGE):
        if k < part.i:
            return False
        m = doc.at[k]
        if m is not None and m.concept == "num.compared":
            return True
        if m is not None and k < number.i and m.group not in _BEFORE and m.concept != "veto.habit":
            return False  # "compared with an average of 120"
        k = (m.i if m is not None and m.i < k else k) - 1
    return False


def compared_time(part: Part, number: Number) -> When | None:
    """The time of its own that a figure of comparison has: the one behind it, before the next figure."""
    later = [n.i for n in part.numbers if n.i >= number.j]
    stop = min(later, default=part.j)
    behind = [w for w in part.whens if number.j <= w.i < stop]
    return min(behind, key=IN_ORDER) if behind else None


def is_corrected(doc: Doc, part: Part, number: Number) -> bool:
    """ "An earlier post gave 92", "29, not 92", "the old record, 810": the figure that another takes the place of."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    if before is not None and before.concept == "veto.negation" and doc.tokens[before.i - 1].text in ",(\u2013\u2014":
        return True
    if part.has("num.unbroken") and _is_unbroken(part, number):
        return True
    return any(
        m.i < number.i and (number.i - m.j <= _BESIDE or same_clause(doc, part, m.i, number.i))
        for m in part.of("num.former")
    )


def _is_unbroken(part: Part, number: Number) -> bool:
    """ "The record of March (948 in a day) still stands": the last figure before the word."""
    return any(
        number.j <= m.i and not any(number.j <= n.i < m.i for n in part.numbers) for m in part.of("num.unbroken")
    )


def is_denied(doc: Doc, part: Part, number: Number) -> bool:
    """The 64 of "61, and not 64": what a correction takes back."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    if before is None or before.concept != "veto.negation":
        return False
    if is_set_right(doc, part, number):
        return True
    if before.i <= part.i:
        return False
    joint = doc.at[before.i - 1]
    return doc.tokens[before.i - 1].text == "," or (joint is not None and joint.group == "conj")


def is_set_right(doc: Doc, part: Part, number: Number) -> bool:
    """The 5 of "not 5, but 7"."""
    k = number.j + (number.j < part.j and doc.tokens[number.j].text == ",")
    but = doc.at[k] if k < part.j else None
    return but is not None and but.concept == "conj.but" and any(n.i == but.j for n in part.numbers)


def long_before(one: Found, found: list[Found]) -> When | None:
    """The month of "in May 5,000 drones were launched. 4,000 of them were downed": the sentence behind a total of a
    long time tells of the same."""
    if one.measure not in _DOWNED:
        return None
    for other in reversed(found):
        if other.number.i >= one.number.i:
            continue
        if not 0 < one.part.n - other.part.n <= 1 or other.part.line != one.part.line:
            return None
        if other.measure == "launched" and one.value <= other.value and one.weapon.kind == other.weapon.kind:
            return next((w for w in other.part.whens if w.period in LONG), None)
    return None
