"""A toll and the towns that it is made up of: "five were killed, three in A and two in B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors, ref
from monitor.extract.strikes.entries import is_of_more_towns
from monitor.extract.strikes.partly import rows_behind, rows_of, segments_behind
from monitor.extract.strikes.telling import (
    Strike,
    is_counted,
    is_of_another,
    is_same_counted,
    is_same_day,
)
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import Doc, Site

__all__ = ["by_town", "shared_out"]

_PARTS: Final = 3
"""A sum and at least two towns."""


def by_town(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Each strike whose toll a sentence gives town by town, as one of each town."""
    return [one for strike in _without_sum(doc, strikes) for one in _apart(doc, strike)]


def shared_out(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """Without the towns of a list that the sentences behind give a toll of their own; these go on telling of it."""
    out: list[Strike] = []
    strikes = _without_lead(doc, strikes)
    for n, whole in enumerate(strikes):
        names = {p.name for p in whole.places}
        own = [s for s in strikes[n + 1 :] if is_counted(s) and {p.name for p in s.places} < names]
        if len(names) == 1 and not whole.has_effect and whole.target is None:
            own = [s for s in strikes[n + 1 :] if is_counted(s) and _is_told_of(whole, s)][:1]
        if not own or is_counted(whole):
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


def _is_told_of(lead: Strike, one: Strike) -> bool:
    """ "A and its region were attacked. Four died in B. In A one died": what the lead named, told with its toll."""
    is_same = {p.name for p in lead.places} == {p.name for p in one.places} and is_same_day(lead, one)
    is_with = not lead.weapons or not one.weapons or set(one.weapons) <= {*lead.weapons, "unknown"}
    return is_same and is_with and lead.retro == one.retro


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


def _without_sum(doc: Doc, strikes: list[Strike]) -> list[Strike]:
    """ "Three dead in Russian attacks on the country", and below the headline two in A and one in B: no sum. Nor is
    "A and 13 villages were attacked, eight were hurt", where three are told of A and five of two villages."""
    if len(strikes) < _PARTS:
        return strikes
    head, rest = strikes[0], strikes[1:]
    told = head.toll.killed, head.toll.injured
    if not any(told) or sum(is_counted(s) for s in rest) < _PARTS - 1 or not _is_head_of(doc, head, rest):
        return strikes
    sums = sum(s.toll.killed or 0 for s in rest), sum(s.toll.injured or 0 for s in rest)
    if not all(one is None or one == total for one, total in zip(told, sums, strict=True)):
        return strikes
    for one in rest:
        one.claimant = one.claimant or head.claimant
    return rest


def _is_head_of(doc: Doc, head: Strike, rest: list[Strike]) -> bool:
    if all(p.level == "country" for p in head.places):
        is_apart = not head.part.n and head.last.line != rest[0].part.line
        return is_apart and not any(p.level == "country" for s in rest for p in s.places)
    names = {p.name for s in rest if is_counted(s) for p in s.places}
    return all(p.name in names for p in head.places) and is_of_more_towns(doc, head)


def _apart(doc: Doc, strike: Strike) -> list[Strike]:
    if len(strike.places) < 2 or not is_counted(strike):
        return [strike]
    for part in [strike.part, *strike.parts]:
        rows = rows_of(doc, part) or rows_behind(doc, part) or segments_behind(doc, part)
        field = _summed(strike.toll, sum(value for value, _ in rows)) if rows else None
        if field is None:
            continue
        towns = [_of_town(strike, field, value, site) for value, site in rows]
        if not strike.toll.killed or not strike.toll.injured:
            return towns
        regions = [a for a in ancestors(doc.lexicon, rows[0][1].ref.id) if "-" in a and all(
            a in ancestors(doc.lexicon, site.ref.id) for _, site in rows)]  # fmt: skip
        strike.places = [ref(doc.lexicon, regions[0])] if regions else strike.places
        return [strike, *towns]  # "three died: two in A, one in B. Nine were hurt": the nine are of all
    return [strike]


def _summed(toll: Toll, total: int) -> str | None:
    """Which half of a toll the figures of the towns add up to: the other is of all of them."""
    fields = [field for field in ("killed", "injured") if getattr(toll, field) == total]
    return fields[-1] if fields else None


def _of_town(whole: Strike, field: str, value: int, site: Site) -> Strike:
    toll = Toll()
    toll.is_people = True
    setattr(toll, field, value)
    one = Strike(
        whole.part, whole.last, [site.ref], list(whole.weapons), toll, whole.rule, whole.when, whole.target,
        whole.claimant, whole.has_effect, whole.is_named, whole.retro,
    )  # fmt: skip
    one.parts = whole.parts
    return one
