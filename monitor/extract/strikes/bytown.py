"""A toll and the towns that it is made up of: "five were killed, three in A and two in B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.pieces import rows_of
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import Doc, Site

__all__ = ["by_town"]

_PARTS: Final = 3
"""A sum and at least two towns."""


def by_town(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Each strike whose toll a sentence gives town by town, as one of each town."""
    return [one for strike in _without_sum(strikes) for one in _apart(doc, strike)]


def _without_sum(strikes: list[Strike]) -> list[Strike]:
    """ "Three dead in Russian attacks on the country", and below the headline two in A and one in B: no sum."""
    if len(strikes) < _PARTS:
        return strikes
    head, rest = strikes[0], strikes[1:]
    told = head.toll.killed, head.toll.injured
    if head.part.n or head.last.line == rest[0].part.line or not any(told):
        return strikes
    if any(p.level != "country" for p in head.places) or any(p.level == "country" for s in rest for p in s.places):
        return strikes
    sums = sum(s.toll.killed or 0 for s in rest), sum(s.toll.injured or 0 for s in rest)
    return rest if all(one is None or one == total for one, total in zip(told, sums, strict=True)) else strikes


def _apart(doc: Doc, strike: Strike) -> list[Strike]:
    toll = strike.toll
    told = toll.killed if toll.injured is None else toll.injured if toll.killed is None else None
    if told is None or len(strike.places) < 2:
        return [strike]
    for part in [strike.part, *strike.parts]:
        rows = rows_of(doc, part)
        if rows and sum(value for value, _ in rows) == told:
            return [_of_town(strike, value, site) for value, site in rows]
    return [strike]


def _of_town(whole: Strike, value: int, site: Site) -> Strike:
    toll = Toll()
    toll.is_people = True
    if whole.toll.killed is not None:
        toll.killed = value
    else:
        toll.injured = value
    one = Strike(
        whole.part, whole.last, [site.ref], list(whole.weapons), toll, whole.rule, whole.when, whole.target,
        whole.claimant, whole.has_effect, whole.is_named, whole.retro,
    )  # fmt: skip
    one.parts = whole.parts
    return one
