"""Whether a sentence goes on telling of the strike before it."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.adding import is_told_whence
from monitor.extract.strikes.entries import is_next_entry, is_of_its_hour, is_of_more_towns
from monitor.extract.strikes.paragraphs import is_placed_elsewhere
from monitor.extract.strikes.telling import (
    Strike,
    is_another,
    is_counted,
    is_headline_of,
    is_of_another,
    is_region_of,
    is_same_counted,
    is_same_day,
    is_short_for_region,
)
from monitor.extract.strikes.told import tells_of_whole_country
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import LONG, OF_A_DAY, Doc, is_days_ago

__all__ = ["belongs"]

_SIDES: Final = frozenset(("UA", "RU"))
_NEAR: Final = 3
_TOWNS: Final = frozenset(("city", "hromada"))
_ROUGH: Final = 5
"""A rough figure may turn out to be a fifth less."""
_BELOW: Final = 2
_FAR: Final = 5
"""Sentences within which a toll of the region is told again with its town."""


def belongs(doc: Doc, before: Strike, found: Strike, n: int) -> bool:
    """Whether a sentence goes on telling of the strike before it."""
    if is_another(doc, before, found) or (found.retro and found.places and not before.retro):
        return False
    gap = n - before.last.n - _are_of_law(doc, before, n)
    mine = {p.name for p in found.places}
    if not mine:
        return _goes_on_without_place(doc, before, found, gap)
    theirs = {p.name for p in before.places}
    if mine != theirs and (_opens_with_its_day(doc, before, found) or _is_a_day_of(before, found)):
        return False
    if mine <= theirs:
        return _goes_on_there(doc, before, found, is_all=mine == theirs)
    return _goes_on_within(doc, before, found, gap)


def _are_of_law(doc: Doc, before: Strike, n: int) -> int:
    """How many sentences between the headline and the one that tells its story are of nothing but the case opened."""
    if before.part.n or before.last is not before.part:
        return 0
    return sum(1 for p in doc.parts[1:n] if not p.has("strike", "toll", "weapon", "act", "target", "time"))


def _goes_on_without_place(doc: Doc, before: Strike, found: Strike, gap: int) -> bool:
    if before.last.line != found.part.line and is_placed_elsewhere(doc, found.part, before.places):
        return False
    if found.part.has("level.oblasts", "place.vague", "place.country", "alert.everywhere"):
        is_of_it = not _is_of_all_the_country(doc, before, found) and not _is_of_an_earlier_day(doc, before, found)
        return is_of_it and not found.toll.is_empty
    is_of_long = before.when is not None and before.when.period in LONG
    if gap > 1 and is_of_long and found.when is not before.when:
        return False  # "In June 1,400 bombs fell on A. In the past day 14 fell on B. Two were killed"
    return (gap <= 2 or not found.toll.is_empty) and not _is_of_an_earlier_day(doc, before, found)


def _goes_on_there(doc: Doc, before: Strike, found: Strike, *, is_all: bool) -> bool:
    """Of a sentence that names places of the strike; ``is_all``: all of them."""
    if is_all and is_counted(found) and is_of_more_towns(doc, before) and _is_part_of_sum(before.toll, found):
        return False  # "A and 13 villages were attacked, eight were hurt. In A three were hurt"
    if not is_all and is_counted(found) and (not is_counted(before) or _is_part_of_sum(before.toll, found)):
        return False  # "A, B and C were attacked. In A nine were killed"
    if is_next_entry(doc, before, found) or is_of_its_hour(doc, before, found):
        return False
    if not is_all and found.weapons and not before.weapons and found.part.line != before.last.line:
        return False  # "three regions were attacked", and in a paragraph below what struck one of them
    return is_same_day(before, found) and not _is_of_an_earlier_day(doc, before, found)


def _goes_on_within(doc: Doc, before: Strike, found: Strike, gap: int) -> bool:
    """Of a sentence that names another place: a town of the region that was told, or the region of the town."""
    is_dated = any(w is found.when for w in found.part.whens) and found.when is not before.when
    if is_dated and before.weapons and found.weapons and not set(before.weapons) & set(found.weapons):
        return False  # "a drone hit a car in A. On Friday bombs fell on the region"
    if (is_headline_of(before, found) and gap <= 2) or (gap <= _FAR and is_short_for_region(doc, before, found)):
        return True
    if gap <= 1 and _is_other_half(doc, before, found):
        return True
    if _is_other_in_region(doc, before, found) or _is_of_other_side(before, found):
        return False
    if gap <= _NEAR and (is_region_of(before, found) or is_region_of(found, before)):
        return _may_be_one_toll(before, found) and not _is_of_an_earlier_day(doc, before, found)
    if _is_of_a_days_toll(doc, before, found) or _is_paragraph_of_its_own(doc, before, found):
        return False
    if _is_area_of(doc, before, found) and gap <= 1:
        return is_same_day(before, found)
    if all(p.level == "country" for p in before.places) and not before.toll.killed and not before.has_effect:
        return gap <= 1 and before.part.is_title
    lines = {a for p in found.places for a in ancestors(doc.lexicon, p.id)}
    is_again = gap <= _FAR and is_same_counted(before.toll, found.toll)
    if before.places and all(p.id in lines for p in before.places) and (gap <= 2 or is_again):
        return _may_be_one_toll(before, found) and not _is_of_an_earlier_day(doc, before, found)
    above = {a for p in before.places for a in ancestors(doc.lexicon, p.id)}
    if all(p.level == "country" for p in found.places):
        return _goes_on_in_country(before, found, gap, above)
    return gap <= 2 and all(p.id in above for p in found.places) and _goes_on_in_region(doc, before, found, gap)


def _goes_on_in_country(before: Strike, found: Strike, gap: int, above: set[str]) -> bool:
    """Of a sentence that names countries alone. ``above`` are the regions and countries of the strike's places."""
    if above and all(p.id not in above and p.id not in _SIDES for p in found.places):
        return False  # "A fire in Dubai. A drone hit the airport of Kuwait"
    if found.part.has("num.total") and is_counted(found) and not _same_toll(before.toll, found.toll):
        return False  # "Four dead in A. In all six were killed in the country"
    return gap <= 1 and not (is_counted(found) and found.is_named and bool(found.part.whens))


def _goes_on_in_region(doc: Doc, before: Strike, found: Strike, gap: int) -> bool:
    """Of a sentence that names the region around: it tells the strike again, or nothing that it does not fit."""
    regions = {p.id for p in found.places}
    if is_counted(found) and any(regions.isdisjoint(ancestors(doc.lexicon, p.id)) for p in before.places):
        return False  # "depots in A and B were hit. One was killed in the region of A"
    if _is_sum_of_region(before, found):
        return False
    if before.part.is_title or found.part.has("num.newest", "num.risen") or _is_newer(before, found):
        return True
    return (gap <= 1 and _is_more_of_it(doc, before, found)) or _may_be_one_toll(before, found)


def _may_be_one_toll(before: Strike, found: Strike) -> bool:
    return found.toll.is_empty or before.toll.is_empty or _same_toll(before.toll, found.toll)


def _same_toll(a: Toll, b: Toll) -> bool:
    if b.killed is None and b.injured is None:
        return True
    return a.killed in (None, b.killed) and a.injured in (None, b.injured)


def _is_part_of_sum(whole: Toll, found: Strike) -> bool:
    """ "Three were killed in A and B. In A two were killed", but not "two of them"."""
    if found.part.has("num.subset"):
        return False
    pairs = [(whole.killed, found.toll.killed), (whole.injured, found.toll.injured)]
    told = [(all_of, some) for all_of, some in pairs if some is not None]
    return all(all_of is not None and some <= all_of for all_of, some in told) and any(
        all_of and 0 < some < all_of for all_of, some in told)  # fmt: skip


def _is_of_all_the_country(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A drone struck A. In all twelve were killed across the country": more than what is told of one town."""
    if all(p.level == "country" for p in before.places) or not tells_of_whole_country(doc, found.part):
        return False
    told = (found.toll.killed, found.toll.injured)
    return told != (before.toll.killed, before.toll.injured)


def _is_of_an_earlier_day(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Two were hurt. The day before, shelling killed a man": another strike, though no place is named."""
    if found.when is None or found.when.date is None:
        return False
    if before.when is None and before.part.has("num.newest", "num.risen") and found.is_named:
        return False  # "the toll in A rose to five. The blow was dealt on 19 March"
    if is_told_whence(doc, before, found):
        return False
    is_told_on = found.part.line == before.last.line or found.part.has("place.country")
    if not is_told_on and not _is_paragraph_of_its_day(doc, before, found):
        return False
    if all(w is not found.when for w in found.part.whens):
        return False  # the day of another sentence
    told = before.when.date if before.when is not None and before.when.date is not None else None
    if told is None and doc.local is not None:
        told = doc.local.date().isoformat()
    return told is not None and found.when.period in ("day", "night") and found.when.date[-10:] < told[-10:]


def _is_a_day_of(before: Strike, found: Strike) -> bool:
    """ "In June 730 bombs fell on the region. In the past day nine were dropped on A": a blow of its own."""
    if before.when is None or found.when is None or before.when.period not in LONG:
        return False
    return found.when.period in OF_A_DAY and found.is_named


def _is_paragraph_of_its_day(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "The day before, a drone attacked a girl": a paragraph that opens so, two or more below where the blow of today
    was told; right below a headline it may be the same blow."""
    if found.part.line - before.part.line < _BELOW or before.when is not None or not found.is_named:
        return False
    first = found.part.of("time.yesterday", "time.before_yesterday")
    return bool(first) and first[0].i - found.part.i <= 1


def _opens_with_its_day(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A was hit, one is hurt. On 7 March plants of the region were hit": a day before yesterday opens the sentence,
    behind a strike of today in another place."""
    own = next((w for w in found.part.whens if w is found.when), None)
    if before.part.is_title or before.when is not None or own is None or own.i - found.part.i > 1:
        return False
    return is_days_ago(doc, own)


def _is_other_half(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Three were killed in the east of A. Six more were wounded, says the governor of B": the hurt of one toll."""
    if before.toll.injured is not None or found.toll.killed is not None or not found.part.has("num.more"):
        return False
    if not before.toll.killed or not found.toll.injured or not all(p.level == "country" for p in before.places):
        return False
    within = [set(ancestors(doc.lexicon, p.id)) for p in found.places]
    return bool(within) and all(p.id in above for above in within for p in before.places)


def _is_other_in_region(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A drone hurt a man in the region of A. Another man was hurt in B", "... A missile hit B": another blow, in a
    town of the region: another person, or another weapon."""
    if before.part.is_title or any(p.level not in ("oblast", "raion") for p in before.places):
        return False
    if before.weapons and found.weapons and not {"unknown", *before.weapons} & set(found.weapons):
        return True
    return is_counted(before) and is_counted(found) and is_of_another(doc, found)


def _is_of_other_side(before: Strike, found: Strike) -> bool:
    """ "26 drones hit sites in Ukraine. A Russian refinery was struck": each side struck the other."""
    sides = [{p.id for p in s.places} for s in (before, found)]
    return all(one and one <= _SIDES for one in sides) and sides[0].isdisjoint(sides[1])


def _is_of_a_days_toll(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Two died in the region of A in the past day. A bomb hit B": one of the blows of that day, with no toll told."""
    if not before.part.has("time.day") or before.part.is_title or not is_counted(before) or not found.toll.is_empty:
        return False
    is_wide = all(p.level == "oblast" for p in before.places)
    is_town = len(found.places) == 1 and found.places[0].level in ("city", "hromada")
    return is_wide and is_town and found.has_effect


def _is_paragraph_of_its_own(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Four died in the region of A." and below "Drones hit B and C. Two died": a paragraph of towns that has a toll
    of its own, which is less."""
    if found.part.line == before.last.line or not is_counted(before) or not found.toll.is_empty:
        return False
    if any(p.level != "oblast" for p in before.places) or any(p.level not in _TOWNS for p in found.places):
        return False
    sums = {"killed": before.toll.killed or 0, "injured": before.toll.injured or 0}
    told = [
        n for p in doc.parts[found.part.n :] if p.line == found.part.line for n in p.numbers if n.taken in sums
    ]  # fmt: skip
    return bool(told) and all(n.value <= sums[n.taken or ""] for n in told) and any(
        n.value < sums[n.taken or ""] for n in told)  # fmt: skip


def _is_area_of(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Five killed in southern Lebanon", and the sentence that says in which town the same five were killed."""
    if not found.places or any(p.level != "area" for p in before.places) or not is_counted(found):
        return False
    around = {a for p in before.places for a in ancestors(doc.lexicon, p.id)}
    is_within = all(around.intersection(ancestors(doc.lexicon, p.id)) for p in found.places)
    tolls = (before.toll.killed, before.toll.injured), (found.toll.killed, found.toll.injured)
    return is_within and tolls[0] == tolls[1]


def _is_sum_of_region(before: Strike, found: Strike) -> bool:
    """ "Shelling struck A. In all 13 were wounded in the region": more than what is told of the town."""
    is_sum = found.part.has("num.total") and is_counted(found) and all(p.level == "oblast" for p in found.places)
    return is_sum and not before.part.is_title and not is_same_counted(before.toll, found.toll)


def _is_newer(before: Strike, found: Strike) -> bool:
    """ "Three dead and some 40 hurt in A. The governor of the region says that 37 were hurt": the newer toll of the
    same blow, that names the region alone by whoever tells it, and no blow."""
    if found.rule != "toll" or found.weapons or found.target or found.is_named or not found.part.has("claimant"):
        return False
    if found.part.has("num.more") or not is_same_day(before, found):
        return False
    told = ((before.toll.killed, found.toll.killed), (before.toll.injured, found.toll.injured))
    is_rough = before.toll.bound == "approx"
    return is_counted(found) and all(
        new is None or (old is not None and (new >= old or (is_rough and new * _ROUGH >= old * (_ROUGH - 1))))
        for old, new in told
    )


def _is_more_of_it(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "One was killed in A. The attack also wounded 22, says the governor of the region": the other half of a toll, of
    a place that only says whose office speaks."""
    names = {p.name for p in found.places}
    told = [s for s in found.part.sites if s.ref.name in names]
    if not told or not all(is_office(doc, found.part, s) for s in told) or found.part.has("num.more"):
        return False
    halves = (before.toll.killed, found.toll.killed), (before.toll.injured, found.toll.injured)
    return is_same_day(before, found) and all(a is None or b is None or a == b for a, b in halves)
