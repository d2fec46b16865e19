"""Places in the sentence of a count that are not its own, since something else is told of them."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.attackers import is_object
from monitor.extract.counts.found import Found
from monitor.extract.places.units import country_above, ref
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = [
    "is_aimed_at_country",
    "is_apart",
    "is_left_dark",
    "is_of_one_town_only",
    "is_where_they_died",
    "land_of_towns",
]

_HARM: Final = frozenset(("toll.killed", "toll.injured", "toll.victims", "toll.harmed"))
_OF_WHOLE: Final = frozenset(("launched", "shot_down", "lost", "suppressed"))
_MANY: Final = 150
"""More drones than fly at one town."""


def is_apart(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """Whether a place belongs to something else: casualties, or a country named before it as the target."""
    low, high = (one.number.j, site.i) if site.i > one.number.i else (site.j, one.number.i)
    between = doc.mentions_between(low, high)
    if any(m.group == "toll" for m in between):
        return True
    if _is_of_another_number(doc, part, one, site):
        return True
    if site.i > one.number.i and not same_clause(doc, part, one.number.i, site.i) and (
        is_aimed_at_country(doc, part, one)
    ):  # fmt: skip
        return True  # "fired 40 at Israel, a house in A was hit"
    if one.measure == "shot_down" and site.i > one.number.i and _is_of_attackers(doc, part, one, site):
        return True
    if one.measure == "shot_down" and site.i > one.number.i and _is_downed_besides(between):
        return True
    if one.measure == "shot_down" and site.role == "target" and site.i > one.number.i and any(
        m.concept == "alert.fly" and not same_clause(doc, part, one.number.i, m.i) for m in between
    ):  # fmt: skip
        return True  # "two were shot down, a third flies to A"
    cleans = [m for m in part.of("alert.clean") if same_clause(doc, part, m.i, site.i)]
    if cleans and one.measure == "present" and not same_clause(doc, part, site.i, one.number.i):
        return True  # "minus one in A, two more are near B"
    if any(m.group == "claim" for m in between) and not same_clause(doc, part, one.number.i, site.i):
        return site.i > one.number.i  # "..., the president said, adding that A was hit"
    if site.i > one.number.j and any(m.concept == "num.subset" and m.i > one.number.j for m in between):
        return True
    if (
        site.i > one.number.j
        and one.measure in _OF_WHOLE
        and not same_clause(doc, part, one.number.i, site.i)
        and any(same_clause(doc, part, m.i, site.i) for m in part.of("strike.hit", "strike.damage", "toll"))
    ):
        return True  # "574 drones - factory in A struck", "200 missiles, in A three were hurt"
    damage = [m.i for m in between if m.concept == "strike.damage"]
    if damage and not same_clause(doc, part, one.number.i, site.i):
        return True
    if damage and any(m.concept == "conj.and" and m.i < damage[-1] for m in between):
        return True  # "37 drones were downed in nine districts and a fire broke out in A"
    is_told = one.measure == "launched" and any(m.group == "claim" for m in between)
    if is_told and any(0 <= m.i - site.j <= 4 for m in part.of_any(_HARM)):
        return True  # "after the attack with 430 drones the region of A reports four dead"
    if is_where_they_died(doc, part, one, site):
        return True
    return site.i > one.number.i and one.measure == "launched" and any(
        s.ref.level == "country" and low <= s.i < high
        and (s.role == "target" or (s.role == "at" and not same_clause(doc, part, s.i, site.i)))
        for s in part.sites
    )  # fmt: skip


def _is_of_attackers(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "46 were downed, the army attacked A": the clause of the place has a doer and a verb of its own."""
    for m in part.of("strike.attack"):
        doer = doc.at[m.i - 1]
        is_own = one.number.j <= m.i < site.i and same_clause(doc, part, m.i, site.i)
        if is_own and doer is not None and doer.group in ("claimant", "side"):
            return not same_clause(doc, part, m.i, one.number.i)
    return False


def _is_downed_besides(between: list[Mention]) -> bool:
    """ "Three drones were downed near A, while a missile was destroyed over B": a weapon and a verb of their own."""
    but = next((n for n, m in enumerate(between) if m.concept == "conj.but"), len(between))
    rest = [m.group for m in between[but:]]
    return "weapon" in rest and "act" in rest[rest.index("weapon") :]


def _is_of_another_number(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "12 were downed, three more flew to A": a figure that is no report stands in the clause of the place."""
    return any(
        one.number.j <= n.i < site.i and n.taken is None
        and same_clause(doc, part, n.i, site.i) and not same_clause(doc, part, one.number.i, n.i)
        for n in part.numbers
    )  # fmt: skip


def is_where_they_died(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "23 people died in A in an attack with 598 drones": not all of them flew to A."""
    if site.role != "at" or site.i > one.number.i or one.measure != "launched" or site.ref.level == "country":
        return False
    return any(m.i < site.i and same_clause(doc, part, m.i, site.i) for m in part.of_any(_HARM))


def is_aimed_at_country(doc: Doc, part: Part, one: Found) -> bool:
    """ "... : Russia struck Ukraine with 129 drones": the object of the figure's own clause is a country."""
    return one.measure == "launched" and any(
        s.ref.level == "country" and s.j <= one.number.i and (is_object(doc, part, s) or _is_fired_at(doc, part, s))
        and not any(m.group in ("toll", "act") for m in doc.mentions_between(s.j, one.number.i))
        for s in part.sites
    )  # fmt: skip


def _is_fired_at(doc: Doc, part: Part, site: Site) -> bool:
    """ "Fired at Israel 30 missiles": the preposition of a target right behind the verb."""
    prep = doc.at[site.i - 1] if site.i > part.i else None
    verb = doc.at[prep.i - 1] if prep is not None and prep.group == "prep" and prep.i > part.i else None
    return verb is not None and verb.concept in ("act.launched", "act.fired") and site.role in ("at", "target")


def is_of_one_town_only(doc: Doc, part: Part, one: Found, site: Site, order: list[Found]) -> bool:
    """ "Attack on A - 810 drones and 9 missiles in one night, 780 shot down": so many fly at a country, not at one
    town, nor does what flew beside them."""
    many = next((f for f in order if f.measure == "launched" and f.value >= _MANY), None)
    if many is None or (many is not one and not _is_beside_so_many(doc, part, one, many)):
        return False
    return site.ref.level == "city" and not same_clause(doc, part, site.i, one.number.i)


def _is_beside_so_many(doc: Doc, part: Part, one: Found, many: Found) -> bool:
    """Whether a figure is of the row of ``many``, which no place is told of: not "210 drones at A, 198 of them downed",
    "A: 175 drones and 14 missiles at the capital"."""
    if any(p.level != "country" for p in many.places) or (one.number.i < many.number.i and one.act is not many.act):
        return False
    capital = next((m for m in part.of("place.capital") if m.i > one.number.i), None)
    if capital is not None and not any(m.group == "toll" for m in doc.mentions_between(one.number.j, capital.i)):
        return False
    return not any(s.ref.level not in ("city", "country") and s.i < one.number.i for s in part.sites)


def land_of_towns(doc: Doc, part: Part, one: Found, sites: list[Site], order: list[Found]) -> tuple[PlaceRef, ...]:
    """ "The attack on A: 598 drones": at the country that the town attacked lies in, where no side is named."""
    if part.has("side", "claimant"):
        return ()
    towns = [s for s in sites if is_of_one_town_only(doc, part, one, s, order)]
    lands = {land for s in towns if (land := country_above(doc.lexicon, s.ref.id)) is not None}
    return (ref(doc.lexicon, lands.pop()),) if len(lands) == 1 else ()


def is_left_dark(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "A and nine regions without power: 465 drones were aimed at the grid": what was damaged, before the colon."""
    between = doc.mentions_between(site.j, one.number.i)
    return any(m.concept == "strike.damage" for m in between) and any(
        doc.tokens[k].text == ":" for k in range(site.j, one.number.i))  # fmt: skip
