"""The whole that a figure is told of: "58 of 59", "58 drones and two missiles out of 59 drones and four missiles"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.ahead import weapon_ahead
from monitor.extract.counts.alone import stands_alone
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.weapons import Weapon

__all__ = ["total_of", "totals_in_rows"]

_QUOTES: Final = frozenset('\u00ab\u00bb\u201e\u201c\u201d"')
_OF: Final = frozenset(("num.of", "prep.of", "prep.from", "prep.on"))
_MISSILES: Final = frozenset(("missile", "ballistic", "rocket"))
_NEAR: Final = 6
"""Tokens between the last noun of the first row and the first figure of the second."""


def total_of(doc: Doc, part: Part, number: Number, after: Number | None) -> Number | None:
    """The m of "n of m"."""
    if after is None or after.value < number.value or number.value_max is not None:
        return None
    if after.i - number.j == 1 and doc.tokens[number.j].text == "/" and doc.tokens[after.i].glued:
        before = doc.at[number.i - 1] if number.i > part.i else None
        is_done = before is not None and before.concept in ("act.shot_down", "act.merged")
        is_done = is_done or _is_done_behind(doc, part, after) or _is_in_row(doc, part, number)
        return after if is_done else None
    between = doc.mentions_between(number.j, after.i)
    words = [m for m in between if m.group not in ("weapon", "model", "side", "act")]
    is_plain = len(words) == 1 and words[0].concept in ("num.of", "prep.from", "prep.of", "prep.on", "prep.to")
    if not is_plain and not (
        len(words) == 2 and {w.concept for w in words} <= {"num.of", "prep.of", "prep.from", "num.all"}
    ):
        return None
    gap = after.i - number.j
    unknown = sum(1 for k in range(number.j, after.i) if doc.at[k] is None and doc.tokens[k].text not in _QUOTES)
    if gap > 5 or unknown > 1 or any(doc.tokens[k].text in ".,;:()" for k in range(number.j, after.i)):
        return None
    of = words[0]
    is_beside = of.i == number.j or of.j == after.i
    if of.concept == "prep.to" and not (is_beside and stands_alone(doc, part, after)):
        return None
    if of.concept == "prep.on":
        return None
    return after


def totals_in_rows(doc: Doc, part: Part, numbers: list[Number], weapons: list[Weapon]) -> dict[int, Number]:
    """The figures of the second row, by where those of the first stand: "652 drones and 41 missiles out of 675 drones
    and 56 missiles"."""
    if len(numbers) < 4 or not part.has("num.of", "prep.of", "prep.from", "prep.on"):
        return {}
    for n in range(len(numbers) - 3):
        row, whole = numbers[n : n + 2], numbers[n + 2 : n + 4]
        kinds = [weapon_ahead(doc, part, one, weapons) for one in (*row, *whole)]
        if any(w is None for w in kinds):
            continue
        names = [w.kind for w in kinds if w is not None]
        last = kinds[1]
        if names[0] == names[1] or last is None or whole[0].i - last.j > _NEAR:
            continue
        of = whole if _is_same(names[0], names[2]) and _is_same(names[1], names[3]) else whole[::-1]
        if of is not whole and not (_is_same(names[0], names[3]) and _is_same(names[1], names[2])):
            continue
        if of[0].value < row[0].value or of[1].value < row[1].value:
            continue
        between = doc.mentions_between(last.j, whole[0].i)
        is_of = any(m.concept in _OF for m in between) and not any(m.group in ("act", "strike") for m in between)
        if is_of and not any(doc.tokens[k].text in ".,;:" for k in range(last.j, whole[0].i)):
            return {row[0].i: of[0], row[1].i: of[1]}
    return {}


def _is_same(one: str, other: str) -> bool:
    """Whether two kinds are one: "36 rockets" may be some of "67 missiles"."""
    return one == other or {one, other} <= _MISSILES


def _is_in_row(doc: Doc, part: Part, number: Number) -> bool:
    """ "Downed 3/3 A, 2/4 B, 88/103 drones": every figure ahead is one of such a pair, behind the verb."""
    ahead = [n for n in part.numbers if n.i < number.i]
    if not ahead or len(ahead) % 2 or any(doc.tokens[n.j].text != "/" for n in ahead[::2]):
        return False
    verb = next((m for m in reversed(part.of("act")) if m.j <= ahead[0].i), None)
    if verb is None or verb.concept not in ("act.shot_down", "act.merged"):
        return False
    return not any(m.i > verb.i for m in part.of("act")) and ahead[0].i - verb.j <= 1


def _is_done_behind(doc: Doc, part: Part, whole: Number) -> bool:
    """ "30/35 drones downed": the weapon right behind the second figure, the verb right behind the weapon."""
    weapon = doc.at[whole.j] if whole.j < part.j else None
    if weapon is None or weapon.group not in ("weapon", "model"):
        return False
    done = doc.at[weapon.j] if weapon.j < part.j else None
    return done is not None and done.concept in ("act.shot_down", "act.merged")
