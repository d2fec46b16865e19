"""Where and when: the places and the time of a count."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from monitor.extract.alerts.proposals import without_parents
from monitor.extract.counts.attackers import is_object
from monitor.extract.counts.beside import which_was_attacked
from monitor.extract.counts.forces import shot_down_over
from monitor.extract.counts.found import Found
from monitor.extract.counts.listed import rows_before
from monitor.extract.counts.others import is_of_others, of_regions_beside
from monitor.extract.places.offices import is_bystander, is_office, is_round_about, is_seat, of_the_office
from monitor.extract.places.units import ref
from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

_BY_NUMBER: Final = attrgetter("number.i")
_HARM: Final = frozenset(("toll.killed", "toll.injured", "toll.victims", "toll.harmed"))
_BLOW: Final = 3
_MANY: Final = 150
"""More drones than fly at one town."""
_WHOLE: Final = frozenset(("place.country", "alert.everywhere"))
_OTHERS: Final = frozenset(("num.rest", "num.most", "num.part"))

__all__ = ["distinct", "place_all"]


_OF_WHOLE: Final = frozenset(("launched", "shot_down", "lost", "suppressed"))


def place_all(doc: Doc, part: Part, found: list[Found]) -> None:
    """Each number gets the places that follow it up to the next number; the first also those before it; none, where
    a people's forces shot down over their own country."""
    _place_told(doc, part, found)
    if any(s.ref.level == "country" and s.role in ("target", "at") for s in part.sites):
        return
    for one in found:
        if not one.places and not one.is_of_country and (country := shot_down_over(doc, one)) is not None:
            one.places = (ref(doc.lexicon, country),)


def _place_told(doc: Doc, part: Part, found: list[Found]) -> None:
    if not found:
        return
    sites = [s for s in part.sites if s.role in ("target", "at", "name", "past") and s.ref.level != "country"]
    if not sites:
        return
    sites = [s for s in sites if not is_seat(doc, part, s)]
    if aside := of_the_office(doc, part, sites):
        sites = [s for s in sites if s.i not in aside]
    lands = [s for s in part.sites if s.ref.level == "country" and s.role in ("at", "target")]
    sites = [s for s in sites if not is_office(doc, part, s)] or ([] if lands else sites)
    sites = [s for s in sites if not is_bystander(doc, part, s)]
    sites = without_parents(doc, sites)
    sites = [s for s in sites if not any(is_round_about(doc, part, one, s) for one in sites if one.i < s.i)]
    head = _heading(doc, part)
    order = sorted(found, key=_BY_NUMBER) if len(found) > 1 else found
    numbers = sorted({f.number.i for f in order})
    named = [_named_before(doc, part, sites, f.number) for f in order] if len(order) > 1 else []
    owned = {s.i for s in named if s is not None}
    listed = rows_before(doc, part, sites, [f.number for f in order]) if len(order) > 1 else {}
    owned.update(s.i for row in listed.values() for s in row)
    held = {s.i for f in order if (s := _before_bracket(doc, sites, f.number)) is not None}
    owned.update(held if len(held) > 1 else ())  # "over A (9), B (3): a row of them"
    for one in order:
        if one.measure == "left":
            continue
        later = [n for n in numbers if n > one.number.i]
        limit = later[0] if later else part.j
        for m in part.of("num.rest", "num.more", "num.most", "num.part", "bound.vague"):
            if one.number.j < m.i < limit and (m.concept in _OTHERS or is_of_others(doc, part, m)):
                limit = m.i
        for m in part.of("time.after", "conj.and") if one.measure == "launched" else ():
            if one.number.j < m.i < limit and any(m.j <= x.i <= m.j + _BLOW for x in part.of("strike.attack")) and (
                m.concept == "time.after" or any(one.number.j <= s.i < m.i for s in sites)
            ):  # fmt: skip
                limit = m.i  # "fired two at A after a blow on B", "... at A and attacked a ship in B"
        if one.number.i in listed:
            one.places = tuple(distinct([s.ref for s in listed[one.number.i]]))
            continue
        if one.measure == "present":
            limit = min(limit, _next_flight(doc, part, one, limit))
        bracketed = _before_bracket(doc, sites, one.number) or _named_before(doc, part, sites, one.number)
        bracketed = bracketed or (which_was_attacked(doc, sites, one.number) if one.measure == "launched" else None)
        if bracketed is not None:
            one.places = (bracketed.ref,)
            continue
        mine = [
            s for s in sites if one.number.i < s.i < limit and s.i not in owned and not _is_apart(doc, part, one, s)
        ]  # fmt: skip
        ahead = [
            s for s in sites
            if s.i < one.number.i and same_clause(doc, part, s.i, _before_dash(doc, one.number.i))
            and not any(s.i < n < one.number.i for n in numbers) and not _is_where_they_died(doc, part, one, s)
        ]  # fmt: skip
        ahead = _with_the_row(doc, sites, ahead)
        is_place_first = bool(sites) and sites[0].i < numbers[0]
        if ahead and is_place_first and not any(same_clause(doc, part, s.i, one.number.i) for s in mine):
            mine = ahead
        if head is not None and mine and not any(same_clause(doc, part, s.i, one.number.i) for s in mine):
            mine = [head]
        if not mine and later and _ends_with_colon(doc, one.number, limit):
            continue
        wide = any(
            s.ref.level == "country" and s.role in ("target", "at") and one.number.i < s.i < limit for s in part.sites
        )
        if not mine and (wide or _is_aimed_at_country(doc, part, one)):
            continue
        if not mine and any(
            m.concept in _WHOLE for m in doc.mentions_between(one.number.j, _end_of_row(order, one, part))
        ):
            one.is_of_country = True
            continue
        if not mine and len(numbers) == 1:
            mine = [
                s for s in sites
                if s.i < one.number.i and not _is_apart(doc, part, one, s)
                and not _is_of_one_town_only(doc, part, one, s)
            ]  # fmt: skip
        if not mine and sites:
            before = [
                s for s in sites
                if s.i < one.number.i and not _is_where_they_died(doc, part, one, s)
                and not _is_left_dark(doc, part, one, s) and not _is_of_one_town_only(doc, part, one, s)
            ]  # fmt: skip
            mine = before if before and before[0].i < numbers[0] else []
        if not mine and later and all(f.is_joined for f in order if f.number.i > one.number.i):
            mine = [s for s in sites if s.i > numbers[-1] and not _is_apart(doc, part, one, s)]
        if _is_sea_of_regions(part, mine):
            continue
        if beside := of_regions_beside(doc, part, mine or [s for s in sites if one.number.j <= s.i < limit]):
            one.places = beside
            continue
        aimed = [s for s in mine if s.role == "target"]
        one.places = tuple(distinct([s.ref for s in (aimed if one.measure == "present" and aimed else mine)]))
    for whole in found:
        if whole.part_of_it is not None and not whole.part_of_it.places:
            whole.part_of_it.places = whole.places


def _with_the_row(doc: Doc, sites: list[Site], ahead: list[Site]) -> list[Site]:
    """ "In A, B and C seven were shot down": the whole row of places."""
    if not ahead or ahead[0] not in sites:
        return ahead
    k = sites.index(ahead[0])
    first = k
    while first > 0 and sites[first - 1].j + 1 == sites[first].i and doc.tokens[sites[first - 1].j].text == ",":
        first -= 1
    return [*sites[first:k], *ahead]


def _heading(doc: Doc, part: Part) -> Site | None:
    """ "A region: 7 shot down, debris fell in B": the place before the colon, which all that is told lies in."""
    head = part.sites[0] if part.sites else None
    if head is None or head.ref.level == "country" or head.j >= part.j or doc.tokens[head.j].text != ":":
        return None
    return head if all(doc.tokens[k].kind == "p" for k in range(part.i, head.i)) else None


def _next_flight(doc: Doc, part: Part, one: Found, limit: int) -> int:
    """ "Four drones to A a drone to B": where another weapon, with a course of its own, begins."""
    for m in part.of("weapon", "model"):
        behind = doc.at[m.j] if m.j < part.j else None
        ahead = doc.at[m.i - 1] if m.i > part.i else None
        is_own = m.i < max(one.weapon.j, one.number.j) or (
            ahead is not None and ahead.group in ("weapon", "num", "bound")
        )
        if not is_own and m.i < limit and behind is not None and behind.concept in ("prep.to", "prep.at", "prep.past"):
            return m.i
    return limit


def _is_sea_of_regions(part: Part, sites: list[Site]) -> bool:
    """ "Over five regions and the Black Sea": the sea is only the last of places that are not named."""
    if not sites or any(s.ref.level != "sea" for s in sites):
        return False
    regions = [m for m in part.of("level.oblasts") if m.i < sites[0].i]
    if any(s.i == m.j and s.ref.level == "country" for m in regions for s in part.sites):
        return True  # "over regions of A and the Black Sea"
    if any(side.j == m.i for side in part.of("side.ru", "side.ua") for m in regions):
        return True  # "over Russian regions and the Black Sea"
    return any(n.j <= m.i <= n.j + 1 for m in regions for n in part.numbers)


def _is_aimed_at_country(doc: Doc, part: Part, one: Found) -> bool:
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


def _end_of_row(order: list[Found], one: Found, part: Part) -> int:
    """Where the row of figures that share one verb ends: "653 drones and 51 missiles across the country"."""
    behind = [f for f in order if f.number.i > one.number.i]
    rest = next((f for f in behind if not f.is_joined), None)
    return rest.number.i if rest is not None else part.j


def _named_before(doc: Doc, part: Part, sites: list[Site], number: Number) -> Site | None:
    """ "...: Odesa region - 9, Mykolaiv: 6, Sumy 3": in a list of places the one right before the number is meant."""
    k = number.i - 1
    if k < 1:
        return None
    sign = doc.tokens[k]
    is_dash = sign.text in DASHES and not sign.glued
    site = next((s for s in sites if s.j == (k if is_dash or sign.text == ":" else number.i)), None)
    if site is None or (not is_dash and number.j < part.j and doc.tokens[number.j].text not in ",;."):
        return None
    before = doc.tokens[site.i - 1].text if site.i > part.i else ":"
    return site if before in ":,;(" else None


def _before_bracket(doc: Doc, sites: list[Site], number: Number) -> Site | None:
    """ "Krasnodar (24) and Crimea (23)": the place in front of the bracket."""
    k = number.i - 1
    if k < 1 or doc.tokens[k].text != "(" or number.j >= len(doc.tokens) or doc.tokens[number.j].text != ")":
        return None
    return next((s for s in sites if 0 <= k - s.j <= 1), None)


def _before_dash(doc: Doc, i: int) -> int:
    """ "In A - 2": the dash stands for the verb, the place before it is the number's."""
    return i - 2 if i >= 2 and doc.tokens[i - 1].text in DASHES and not doc.tokens[i - 1].glued else i


def _is_apart(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """Whether a place belongs to something else: casualties, or a country named before it as the target."""
    low, high = (one.number.j, site.i) if site.i > one.number.i else (site.j, one.number.i)
    between = doc.mentions_between(low, high)
    if any(m.group == "toll" for m in between):
        return True
    if _is_of_another_number(doc, part, one, site):
        return True
    if site.i > one.number.i and not same_clause(doc, part, one.number.i, site.i) and (
        _is_aimed_at_country(doc, part, one)
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
    if _is_where_they_died(doc, part, one, site):
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


def _is_of_one_town_only(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "Baby dead in an attack on A - 810 drones in one night": so many fly at a country, not at one town."""
    is_many = one.measure == "launched" and one.value >= _MANY and site.ref.level == "city"
    return is_many and not same_clause(doc, part, site.i, one.number.i)


def _is_left_dark(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "A and nine regions without power: 465 drones were aimed at the grid": what was damaged, before the colon."""
    between = doc.mentions_between(site.j, one.number.i)
    return any(m.concept == "strike.damage" for m in between) and any(
        doc.tokens[k].text == ":" for k in range(site.j, one.number.i))  # fmt: skip


def _is_where_they_died(doc: Doc, part: Part, one: Found, site: Site) -> bool:
    """ "23 people died in A in an attack with 598 drones": not all of them flew to A."""
    if site.role != "at" or site.i > one.number.i or one.measure != "launched" or site.ref.level == "country":
        return False
    return any(m.i < site.i and same_clause(doc, part, m.i, site.i) for m in part.of_any(_HARM))


def _ends_with_colon(doc: Doc, number: Number, limit: int) -> bool:
    return any(doc.tokens[k].text == ":" for k in range(number.j, limit))


def distinct(places: list[PlaceRef]) -> list[PlaceRef]:
    out: list[PlaceRef] = []
    for place in places:
        if not any(place.name == other.name for other in out):
            out.append(place)
    return out
