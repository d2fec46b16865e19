"""Where and when: the places and the time of a count."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from monitor.extract.alerts.proposals import without_parents
from monitor.extract.counts.beside import which_was_attacked
from monitor.extract.counts.elsewhere import (
    is_aimed_at_country,
    is_apart,
    is_left_dark,
    is_of_one_town_only,
    is_where_they_died,
    land_of_towns,
)
from monitor.extract.counts.forces import shot_down_over
from monitor.extract.counts.found import Found
from monitor.extract.counts.listed import rows_before
from monitor.extract.counts.others import is_of_others, of_regions_beside, regions_of_list
from monitor.extract.places.offices import is_bystander, is_office, is_round_about, is_seat, of_the_office
from monitor.extract.places.units import ref
from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.model import PlaceRef

_BY_NUMBER: Final = attrgetter("number.i")
_AIMED: Final = frozenset(("prep.to", "prep.at", "prep.by", "prep.on"))
_BLOW: Final = 3
_WHOLE: Final = frozenset(("place.country", "alert.everywhere"))
_OTHERS: Final = frozenset(("num.rest", "num.most", "num.part"))

__all__ = ["distinct", "place_all"]


def place_all(doc: Doc, part: Part, found: list[Found]) -> None:
    """Each number gets the places that follow it up to the next number; the first also those before it; none, where
    a people's forces shot down over their own country."""
    _place_told(doc, part, found)
    if any(s.ref.level == "country" and s.role in ("target", "at") for s in part.sites):
        return
    for one in found:
        if not one.places and not one.is_of_country and (country := shot_down_over(doc, one)) is not None:
            one.places = (ref(doc.lexicon, country),)


@dataclass(frozen=True, slots=True)
class _Row:
    """The counts of a sentence in ``order``, which stand at the tokens ``numbers``, and the places that may be theirs.
    ``listed`` has the counts with a row of places each, ``owned`` the places that one count has for itself."""

    order: list[Found]
    numbers: list[int]
    sites: list[Site]
    listed: dict[int, list[Site]]
    owned: set[int]
    head: Site | None


def _place_told(doc: Doc, part: Part, found: list[Found]) -> None:
    if not found:
        return
    sites = [s for s in part.sites if s.role in ("target", "at", "name", "past") and s.ref.level != "country"]
    if not sites:
        return
    sites = regions_of_list(doc, part, _without_offices(doc, part, sites))
    row = _row_of(doc, part, sites, found)
    for one in row.order:
        if one.measure != "left":
            _place_one(doc, part, row, one)
    for whole in found:
        if whole.part_of_it is not None and not whole.part_of_it.places:
            whole.part_of_it.places = whole.places


def _without_offices(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the places that say whose office it is, where one stands or what another lies by or in."""
    sites = [s for s in sites if not is_seat(doc, part, s)]
    if aside := of_the_office(doc, part, sites):
        sites = [s for s in sites if s.i not in aside]
    lands = [s for s in part.sites if s.ref.level == "country" and s.role in ("at", "target")]
    sites = [s for s in sites if not is_office(doc, part, s)] or ([] if lands else sites)
    sites = [s for s in sites if not is_bystander(doc, part, s)]
    sites = without_parents(doc, sites)
    return [s for s in sites if not any(is_round_about(doc, part, one, s) for one in sites if one.i < s.i)]


def _row_of(doc: Doc, part: Part, sites: list[Site], found: list[Found]) -> _Row:
    order = sorted(found, key=_BY_NUMBER) if len(found) > 1 else found
    numbers = sorted({f.number.i for f in order})
    named = [_named_before(doc, part, sites, f.number) for f in order] if len(order) > 1 else []
    owned = {s.i for s in named if s is not None}
    listed = rows_before(doc, part, sites, [f.number for f in order]) if len(order) > 1 else {}
    owned.update(s.i for row in listed.values() for s in row)
    held = {s.i for f in order if (s := _before_bracket(doc, sites, f.number)) is not None}
    owned.update(held if len(held) > 1 else ())  # "over A (9), B (3): a row of them"
    return _Row(order, numbers, sites, listed, owned, _heading(doc, part))


def _place_one(doc: Doc, part: Part, row: _Row, one: Found) -> None:
    if one.number.i in row.listed:
        one.places = tuple(distinct([s.ref for s in row.listed[one.number.i]]))
        return
    if (own := _own_place(doc, part, row.sites, one)) is not None:
        one.places = (own.ref,)
        return
    limit = _limit(doc, part, row, one)
    mine = _within_reach(doc, part, row, one, limit)
    if not mine:
        if one.number.i < row.numbers[-1] and _ends_with_colon(doc, one.number, limit):
            return
        if _is_at_country(part, one, limit) or is_aimed_at_country(doc, part, one):
            return
        whole = doc.mentions_between(one.number.j, _end_of_row(row.order, one, part))
        if any(m.concept in _WHOLE for m in whole):
            one.is_of_country = True
            return
        mine = _out_of_reach(doc, part, row, one)
        ahead = [] if mine else [s for s in row.sites if s.i < one.number.i]
        if ahead and (land := land_of_towns(doc, part, one, ahead, row.order)):
            one.places = land
            return
    if _is_sea_of_regions(part, mine):
        return
    behind = mine or [s for s in row.sites if one.number.j <= s.i < limit]
    if beside := of_regions_beside(doc, part, behind):
        one.places = beside
        return
    aimed = [s for s in mine if s.role == "target"] if one.measure == "present" else []
    one.places = tuple(distinct([s.ref for s in aimed or mine]))


def _own_place(doc: Doc, part: Part, sites: list[Site], one: Found) -> Site | None:
    """The one place that is told as the number's own, right before it or as what was attacked with so many."""
    own = _before_bracket(doc, sites, one.number) or _named_before(doc, part, sites, one.number)
    if own is None and one.measure == "launched":
        return which_was_attacked(doc, sites, one.number)
    return own


def _limit(doc: Doc, part: Part, row: _Row, one: Found) -> int:
    """The token where what is told of the number ends: at the next number, the rest of them or another blow."""
    limit = next((n for n in row.numbers if n > one.number.i), part.j)
    for m in part.of("num.rest", "num.more", "num.most", "num.part", "bound.vague"):
        if one.number.j < m.i < limit and (m.concept in _OTHERS or is_of_others(doc, part, m)):
            limit = m.i
    for m in part.of("time.after", "conj.and") if one.measure == "launched" else ():
        if one.number.j < m.i < limit and any(m.j <= x.i <= m.j + _BLOW for x in part.of("strike.attack")) and (
            m.concept == "time.after" or any(one.number.j <= s.i < m.i for s in row.sites)
        ):  # fmt: skip
            limit = m.i  # "fired two at A after a blow on B", "... at A and attacked a ship in B"
    return min(limit, _next_flight(doc, part, one, limit))


def _within_reach(doc: Doc, part: Part, row: _Row, one: Found, limit: int) -> list[Site]:
    """The places behind the number up to ``limit``; those ahead of it in its clause, where the sentence puts the place
    first; the place of the heading, where the others stand in clauses of their own."""
    mine = [
        s for s in row.sites
        if one.number.i < s.i < limit and s.i not in row.owned and not is_apart(doc, part, one, s)
    ]  # fmt: skip
    ahead = [
        s for s in row.sites
        if s.i < one.number.i and same_clause(doc, part, s.i, _before_dash(doc, one.number.i))
        and not any(s.i < n < one.number.i for n in row.numbers) and not is_where_they_died(doc, part, one, s)
    ]  # fmt: skip
    ahead = _with_the_row(doc, row.sites, ahead)
    is_place_first = bool(row.sites) and row.sites[0].i < row.numbers[0]
    if ahead and is_place_first and not any(same_clause(doc, part, s.i, one.number.i) for s in mine):
        mine = ahead
    if row.head is not None and mine and not any(same_clause(doc, part, s.i, one.number.i) for s in mine):
        return [row.head]
    return mine


def _is_at_country(part: Part, one: Found, limit: int) -> bool:
    """ "Seven drones at Ukraine": the place behind the number is a country."""
    return any(
        s.ref.level == "country" and s.role in ("target", "at") and one.number.i < s.i < limit for s in part.sites
    )


def _out_of_reach(doc: Doc, part: Part, row: _Row, one: Found) -> list[Site]:
    """The places of a number that has none close by: those the sentence told before its first number, or behind its
    last, where all share them."""
    mine: list[Site] = []
    if len(row.numbers) == 1:
        mine = [
            s for s in row.sites
            if s.i < one.number.i and not is_apart(doc, part, one, s)
            and not is_of_one_town_only(doc, part, one, s, row.order)
        ]  # fmt: skip
    if not mine:
        before = [
            s for s in row.sites
            if s.i < one.number.i and not is_where_they_died(doc, part, one, s)
            and not is_left_dark(doc, part, one, s) and not is_of_one_town_only(doc, part, one, s, row.order)
        ]  # fmt: skip
        mine = before if before and before[0].i < row.numbers[0] else []
    is_shared = one.number.i < row.numbers[-1] and all(f.is_joined for f in row.order if f.number.i > one.number.i)
    if not mine and is_shared:
        return [s for s in row.sites if s.i > row.numbers[-1] and not is_apart(doc, part, one, s)]
    return mine


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
    """ "Four drones to A a drone to B", "four missiles at A, drones at B": where another weapon, with a course or an
    aim of its own, begins."""
    first = min((s.i for s in part.sites if s.i >= one.number.j), default=limit)
    for m in part.of("weapon", "model"):
        behind = doc.at[m.j] if m.j < part.j else None
        ahead = doc.at[m.i - 1] if m.i > part.i else None
        is_own = m.i < max(one.weapon.j, one.number.j) or (
            ahead is not None and ahead.group in ("weapon", "num", "bound")
        )
        if is_own or m.i >= limit or behind is None:
            continue
        if one.measure == "present" and behind.concept in ("prep.to", "prep.at", "prep.past"):
            return m.i
        if behind.concept in _AIMED and first < m.i and doc.tokens[m.i - 1].text in ",;":
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
    return site if before in ":,;(" or _is_of_most(doc, part, site) else None


def _is_of_most(doc: Doc, part: Part, site: Site) -> bool:
    """ "Most of all over A - 23": the word for it right ahead of the place."""
    prep = doc.at[site.i - 1] if site.i > part.i else None
    most = doc.at[prep.i - 1] if prep is not None and prep.group == "prep" and prep.i > part.i else prep
    return most is not None and most.concept == "num.most"


def _before_bracket(doc: Doc, sites: list[Site], number: Number) -> Site | None:
    """ "Krasnodar (24) and Crimea (23)": the place in front of the bracket."""
    k = number.i - 1
    if k < 1 or doc.tokens[k].text != "(" or number.j >= len(doc.tokens) or doc.tokens[number.j].text != ")":
        return None
    return next((s for s in sites if 0 <= k - s.j <= 1), None)


def _before_dash(doc: Doc, i: int) -> int:
    """ "In A - 2": the dash stands for the verb, the place before it is the number's."""
    return i - 2 if i >= 2 and doc.tokens[i - 1].text in DASHES and not doc.tokens[i - 1].glued else i


def _ends_with_colon(doc: Doc, number: Number, limit: int) -> bool:
    return any(doc.tokens[k].text == ":" for k in range(number.j, limit))


def distinct(places: list[PlaceRef]) -> list[PlaceRef]:
    out: list[PlaceRef] = []
    for place in places:
        if not any(place.name == other.name for other in out):
            out.append(place)
    return out
