"""More of the weapons told before, their noun left out, of another day: "94 overnight and another 45 on Saturday"."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.counts.said import is_when_said
from monitor.extract.counts.subsets import opens_with_of
from monitor.extract.text.doc import Doc, Number, Part, When
from monitor.extract.words.mentions import Mention

__all__ = ["in_a_row_of_times", "is_of_another_day", "take_side_before"]

_DAYS: Final = frozenset(("time.daytime", "time.today", "time.yesterday"))
_LITTLE: Final = 3


def is_of_another_day(doc: Doc, part: Part, number: Number, k: int) -> bool:
    """ "94 drones overnight and another 45 during Saturday": more of them, and when."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    if k == number.j and (before is None or before.concept != "num.more"):
        return False
    while k + 1 < part.j and k - number.j < _LITTLE and doc.at[k] is None and doc.tokens[k].is_lower:
        k += 1
    when = doc.at[k] if k < part.j else None
    return when is not None and (when.group == "weekday" or when.concept in _DAYS)


def in_a_row_of_times(doc: Doc, one: Found, found: list[Found]) -> When | None:
    """ "94 overnight and another 45 on Saturday": each figure has one time of its own behind it."""
    if not any(f.is_elliptic and f.part is one.part for f in found):
        return None
    row = sorted({f.number.i for f in found if f.part is one.part and f.measure == one.measure})
    mine: When | None = None
    for n, start in enumerate(row if len(row) > 1 else ()):
        end = row[n + 1] if n + 1 < len(row) else one.part.j
        inside = [w for w in one.part.whens if start <= w.i < end and not is_when_said(doc, one.part, w)]
        if len(inside) != 1 or inside[0].period not in ("night", "day"):
            return None
        mine = inside[0] if start == one.number.i else mine
    return mine


def take_side_before(doc: Doc, found: list[Found]) -> None:
    """ "94 Ukrainian drones overnight and another 45 on Saturday": the drones that are left out are the same."""
    for before, one in pairwise(found):
        is_same = before.part is one.part and before.measure == one.measure and one.is_elliptic and not one.places
        between = doc.mentions_between(before.number.j, one.number.i) if is_same and before.attacker else []
        if before.part is one.part and one.is_elliptic and before.attacker and before.measure == "launched" and (
            one.measure == "shot_down" and opens_with_of(doc, before.part, before.number)
        ):  # fmt: skip
            one.attacker = before.attacker  # "of the 14 Ukrainian drones 11 were downed"
        if between and any(m.concept == "num.more" for m in (between[-1], _behind(doc, one)) if m is not None):
            one.attacker = before.attacker


def _behind(doc: Doc, one: Found) -> Mention | None:
    return doc.at[one.number.j] if one.number.j < one.part.j else None
