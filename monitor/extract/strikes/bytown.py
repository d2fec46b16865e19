"""A toll and the towns that it is made up of: "five were killed, three in A and two in B"."""

from __future__ import annotations

from monitor.extract.strikes.pieces import rows_of
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import Doc, Site

__all__ = ["by_town"]


def by_town(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Each strike whose toll a sentence gives town by town, as one of each town."""
    return [one for strike in strikes for one in _apart(doc, strike)]


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
