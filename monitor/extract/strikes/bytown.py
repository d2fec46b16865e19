"""A toll and the towns that it is made up of: "five were killed, three in A and two in B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.pieces import rows_of
from monitor.extract.strikes.telling import Strike, is_counted, is_of_another, is_same_counted, is_same_day
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import Doc, Site

__all__ = ["by_town", "shared_out"]

_PARTS: Final = 3
"""A sum and at least two towns."""


def by_town(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Each strike whose toll a sentence gives town by town, as one of each town."""
    return [one for strike in _without_sum(strikes) for one in _apart(doc, strike)]


def shared_out(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Without the towns of a list that the sentences behind give a toll of their own; these go on telling of it."""
    out: list[Strike] = []
    strikes = _without_lead(doc, strikes)
    for n, whole in enumerate(strikes):
        names = {p.name for p in whole.places}
        own = [s for s in strikes[n + 1 :] if is_counted(s) and {p.name for p in s.places} < names]
        if len(names) < 2 or not own or is_counted(whole):
            out.append(whole)
            continue
        for one in own:
            one.weapons, one.when = one.weapons or whole.weapons, one.when or whole.when
            one.is_named = one.is_named or whole.is_named
        told = {p.name for s in own for p in s.places}
        whole.places = [p for p in whole.places if p.name not in told]
        if whole.places:
            out.append(whole)
    return out


def _without_lead(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """ "A drone killed a man in the region of A", and some sentences below the town of A where one was killed: told
    once, with the weapons and the day of the first sentence."""
    lead = strikes[0]
    if lead.part.n or not is_counted(lead) or len(lead.places) != 1 or lead.places[0].level != "oblast":
        return strikes
    for one in strikes[1:]:
        is_there = bool(one.places) and all(lead.places[0].id in ancestors(doc.lexicon, p.id) for p in one.places)
        is_same = is_there and is_same_counted(lead.toll, one.toll) and is_same_day(lead, one)
        is_same = is_same and not is_of_another(doc, one)
        if is_same and (not one.weapons or set(one.weapons) & {*lead.weapons, "unknown"}):
            one.weapons, one.when = lead.weapons or one.weapons, one.when or lead.when
            one.is_named, one.claimant = one.is_named or lead.is_named, one.claimant or lead.claimant
            return strikes[1:]
    return strikes


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
