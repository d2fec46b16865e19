"""Whether a sentence tells of a longer time than the blow before it, or of a day behind what a long time has cost."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import LONG, OF_A_DAY, Part

__all__ = ["is_behind_a_total", "is_longer", "is_of_several_days"]

_TWO_DAYS: Final = 3
"""Tokens from "between" to the second day."""
_AGAIN: Final = 4
_DAYS: Final = (
    "time.today", "time.yesterday", "time.night", "time.last_night", "time.morning", "time.daytime", "time.evening",
    "time.now", "month", "weekday",
)  # fmt: skip
_OF_THEM: Final = 2
_TOTAL: Final = 1_000
"""More than one blow kills."""


def is_longer(before: Strike, found: Strike) -> bool:
    """ "A man died. Since January 27 people were killed in the district": the toll of another, longer time; also what
    has gone on since the war began."""
    whens = found.part.whens
    if (found.toll.killed or 0) >= _TOTAL:
        return True
    if found.when is not None and found.when.is_retro and found.when.period in OF_A_DAY:
        return False  # "In April a strike on the town killed 34"
    if _counts_blows(found.part) and found.toll.is_empty and any(w.period in LONG for w in whens):
        return True
    is_last = found.part.has("time.last_month", "time.last_year") and not found.part.has("num.first")
    if is_last and found.has_effect and before.rule == "toll" and not before.is_named and not before.weapons:
        return False  # "one of the three who died in A. A missile hit their house last year": when it was
    if found.toll.killed is None and found.toll.injured is None and not is_last and (
        not any(w.period == "war" for w in whens)):  # fmt: skip
        return False
    is_long = any(w.period in LONG and not w.is_retro for w in whens) or is_of_several_days(found.part)
    is_one = found.part.has("time.superlative", "num.first") and not _is_largest_of_them(found.part)
    return is_long and not is_one and (before.when is None or before.when.period not in LONG)


def _counts_blows(part: Part) -> bool:
    """ "In 2025 the town lived through 218 strikes"."""
    return any(n.value > _OF_THEM and n.j == m.i for n in part.numbers for m in part.of("strike.attack"))


def is_behind_a_total(before: Strike, found: Strike) -> bool:
    """ "Since the war began 47 were killed in A. Today a drone hit a shop": the blow of a day, behind what a long time
    has cost; where no place is told it is the same."""
    if before.when is None or before.when.period not in LONG or (before.retro and before.places):
        return False
    is_told = found.has_effect or not found.toll.is_empty
    if not is_told or any(w.period in LONG for w in found.part.whens) or found.part.has("time.then", "time.ago"):
        return False
    return any(w.period in OF_A_DAY and not w.is_retro for w in found.part.whens) and found.part.has(*_DAYS)


def _is_between_days(part: Part) -> bool:
    """ "15 died between Saturday and Sunday": the dead of two days, where no night or hour of theirs is told."""
    if not part.has("prep.between") or part.has("time.night", "time.evening", "time.morning", "time.night_of"):
        return False
    days = [d.i for m in part.of("prep.between") for d in part.of("weekday") if 0 <= d.i - m.j <= _TWO_DAYS]
    return len(days) > 1


def is_of_several_days(part: Part) -> bool:
    """ "In three days nine people were killed in A"; not "for the second time in three days", "in an attack at the
    weekend"."""
    if _is_between_days(part):
        return True
    if not part.has("time.days", "time.since"):
        return False
    if any(n.is_article and n.j == m.i for n in part.numbers for m in part.of("strike.attack", "weapon")):
        return False
    blows = part.of("strike.attack", "strike.hit")
    days = [d for d in part.of("weekday") if not any(0 <= b.i - d.j <= 1 for b in blows)]  # "since Monday's attack"
    if any(0 <= day.i - m.j <= 1 for m in part.of("time.since") for day in days):
        return True  # "killed since Saturday"
    if any(w.i == m.i and w.period is None for m in part.of("time.since") for w in part.whens):
        return True  # "killed since the summit"
    nth = [f.j for f in part.of("num.first") if any(0 <= m.i - f.j <= 1 for m in blows)]  # "the second attack on A in"
    return any(
        not any(0 <= m.i - first.j <= _AGAIN for first in part.of("num.first", "time.again", "time.superlative"))
        and not any(j <= m.i for j in nth)
        for m in part.of("time.days")
    )


def _is_largest_of_them(part: Part) -> bool:
    """ "25 were killed in the largest of them, at the end of December": one of those before."""
    return any(0 <= of.i - m.j <= _OF_THEM for m in part.of("time.superlative") for of in part.of("num.subset"))
