"""Strikes: places that were hit, or where people came to harm; sentences of one strike are one report."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.beside import heading_of_line, is_taken_back
from monitor.extract.places.units import ref
from monitor.extract.strikes.adding import is_sum, merge_into
from monitor.extract.strikes.belonging import belongs
from monitor.extract.strikes.blows import VETOES, counts_as_strike, tells_of_blow
from monitor.extract.strikes.borrowed import is_placed_by, of_region_below, take_launched, take_place
from monitor.extract.strikes.byregion import is_one_of_its_towns
from monitor.extract.strikes.bytown import by_town, shared_out
from monitor.extract.strikes.destroyed import destroyed_by
from monitor.extract.strikes.listed import is_listed
from monitor.extract.strikes.longer import is_behind_a_total, is_longer
from monitor.extract.strikes.means import (
    destroyed_with,
    launched_beside,
    named_next,
    of_attack_before,
    of_blow_before,
    of_region_before,
    of_whole,
)
from monitor.extract.strikes.older import is_older_figure
from monitor.extract.strikes.paragraphs import Blows
from monitor.extract.strikes.pieces import pieces
from monitor.extract.strikes.resumed import of_the_same_town, take_newest, told_before
from monitor.extract.strikes.sentence import item_of_list, strike_of
from monitor.extract.strikes.struck import fired_at, target_of
from monitor.extract.strikes.telling import Strike, is_another, is_in_his_region, take_scene
from monitor.extract.strikes.told import is_of_before, is_recalled, is_set_right, is_sum_of_years
from monitor.extract.strikes.tollahead import take_toll_ahead, tolls_ahead
from monitor.extract.strikes.tolls import Toll
from monitor.extract.strikes.where import places_of
from monitor.extract.text.doc import LONG, Doc, Part, is_yet_to_come
from monitor.extract.vetoes import is_before_court, was_under_attack
from monitor.model import Evidence, StrikeReport

__all__ = ["read_strikes"]

_SIGNS: Final = frozenset(("strike", "toll", "act.launched", "act.fired", "act.shot_down"))
_BLOWS: Final = frozenset(("strike.attack", "strike.hit"))


class _Story:
    """What the sentences so far told: the ``strikes``, the toll ``ahead`` of a strike that is told later, a blow that
    is still ``unplaced``, and the latest sentence that ``recalled`` an earlier blow."""

    __slots__ = ("ahead", "recalled", "strikes", "unplaced")

    def __init__(self) -> None:
        self.strikes: list[Strike] = []
        self.ahead: Strike | None = None
        self.unplaced: Strike | None = None
        self.recalled = -2


def read_strikes(doc: Doc, tolls: dict[int, Toll]) -> list[StrikeReport]:
    """All strike reports of a text. ``tolls`` are the tolls of the sentences by their first token."""
    if not any(part.has_any(_SIGNS) or was_under_attack(part) for part in doc.parts):
        return []
    story = _Story()
    for part in [one for whole in doc.parts for one in pieces(doc, whole)]:
        found = _told_in(doc, story, part, tolls)
        if found is not None:
            _add(doc, story, part, _placed(doc, story, found))
    if not story.strikes:
        return []
    strikes = by_town(doc, shared_out(doc, story.strikes) if len(story.strikes) > 1 else story.strikes)
    _take_from_around(doc, strikes)
    blows = Blows(doc, (p for p in doc.parts if not p.is_vetoed(VETOES) and tells_of_blow(doc, p)))
    return [
        _report(doc, s) for s in strikes
        if counts_as_strike(doc, s, blows.may_hold(s)) and not is_taken_back(doc, s.last)
    ]  # fmt: skip


def _told_in(doc: Doc, story: _Story, part: Part, tolls: dict[int, Toll]) -> Strike | None:
    """The strike that a sentence tells of, unless it recalls one of before; an item of a list is one at once."""
    strikes = story.strikes
    if strikes and ((part.has("event.happened") and take_scene(doc, strikes[-1], part)) or (
        part.has("num.newest") and take_newest(doc, strikes[-1], part))):  # fmt: skip
        return None
    if not part.has("strike", "toll", "act", "target") and not was_under_attack(part):
        return None
    if not part.has("strike", "toll") and not fired_at(doc, part) and not (
        part.has("act.shot_down") and (destroyed_by(doc, part) or destroyed_with(doc, part))
    ):  # fmt: skip
        if part.has("target") and is_listed(doc, part):
            strikes += item_of_list(doc, part, strikes)
        return None
    if part.is_vetoed(VETOES) or ("history" in part.vetoes and not any(w.is_retro for w in part.whens)):
        return None
    if is_set_right(part) or (part.n and is_recalled(doc, part, doc.parts[part.n - 1])):
        return None
    found = strike_of(doc, part, tolls.get(part.i) or Toll())
    if found is None or (found.when is not None and found.when.is_retro and found.when.date is None):
        return None  # "last summer": of which nobody knows the day
    if found.rule == "toll" and is_sum_of_years(doc, part):
        return None
    if is_of_before(part, is_placed=bool(found.places)) or (
        found.rule == "toll" and not found.places and story.recalled in (part.n, part.n - 1)
    ):
        story.recalled = part.n
        return None
    found.parts.append(part)
    return found


def _placed(doc: Doc, story: _Story, found: Strike) -> Strike:
    """The blow that waits for a place, with all that ``found`` tells, where that says where it fell; or ``found``."""
    unplaced = story.unplaced
    if unplaced is None or not found.places or not is_placed_by(unplaced, found):
        return found
    merge_into(doc, unplaced, found)
    unplaced.places, story.unplaced = found.places, None
    return unplaced


def _add(doc: Doc, story: _Story, part: Part, found: Strike) -> None:
    """Adds what a sentence tells to a strike that was told before, or as one of its own."""
    strikes = story.strikes
    before = strikes[-1] if strikes else None
    if not found.places and (head := heading_of_line(doc, part)) is not None:
        found.places = places_of(doc, head, found.toll)
    if before is None:
        if not _is_of_sirens(found):
            _add_new(doc, story, found)
        return
    take_launched(doc, before, found)
    found.weapons = found.weapons or of_blow_before(doc, before, found)
    if (
        _is_of_sirens(found) or is_longer(before, found) or _is_named_again(found)
        or is_older_figure(doc, before, found) or is_sum(strikes, found)
    ):  # fmt: skip
        return
    if not found.places and is_another(doc, before, found):
        found.places = list(before.places)
    if is_behind_a_total(before, found):
        found.places = found.places or list(before.places)
        strikes.append(found)
    elif not is_one_of_its_towns(doc, before, found) and (
        belongs(doc, before, found, part.n) or is_in_his_region(doc, before, found)):  # fmt: skip
        merge_into(doc, before, found)
    elif len(strikes) > 1 and (told := told_before(doc, strikes, found)) is not None:
        merge_into(doc, told, found)
    else:
        _add_new(doc, story, found)


def _add_new(doc: Doc, story: _Story, found: Strike) -> None:
    """A strike that goes on with none before it: where no place is known, it waits for one."""
    strikes = story.strikes
    if found.rule == "toll" and not found.weapons and (
        not found.toll.is_people or _is_of_regions(doc, found) or _is_of_a_soldier(found.part)):  # fmt: skip
        return
    if found.places or take_place(doc, found):
        take_toll_ahead(doc, story.ahead, found)
        if (told := of_the_same_town(doc, strikes, found)) is not None and found.rule == "strike.debris":
            merge_into(doc, told, found)  # "the mayor said debris fell on the district", some sentences behind
        else:
            strikes.append(found)
    elif not found.toll.is_empty and doc.area and (found.weapons or found.has_effect):
        found.places = [ref(doc.lexicon, identity) for identity in doc.area]
        strikes.append(found)
    else:
        story.ahead = tolls_ahead(story.ahead, found)
        is_blow = found.rule in _BLOWS or (found.is_named and found.target == "energy")
        if is_blow and found.target is not None and not strikes:
            story.unplaced = found


def _take_from_around(doc: Doc, strikes: list[Strike]) -> None:
    """Gives the strikes the narrower places and the weapons that the sentences around them name."""
    for strike in strikes:
        strike.places = of_region_below(doc, strike)
        if not strike.weapons and (named := named_next(doc, strike)):
            behind = doc.parts[min(strike.last.n + 1, len(doc.parts) - 1)]
            strike.weapons, strike.target = named, strike.target or target_of(doc, behind)
    for strike in strikes:
        if not strike.weapons:
            strike.weapons = launched_beside(doc, strike) or of_whole(doc, strike) or of_attack_before(doc, strike)
            strike.weapons = strike.weapons or of_region_before(doc, strike)


def _is_named_again(found: Strike) -> bool:
    """ "This attack comes a day after ...": the blow told before, set beside another."""
    is_bare = not found.places and found.toll.is_empty and not found.has_effect
    return is_bare and found.part.has("time.day_after")


def _is_of_sirens(found: Strike) -> bool:
    """ "During the attack sirens sounded in A": where they sounded, not what was struck."""
    is_bare = found.toll.is_empty and not found.has_effect and not found.weapons and found.target is None
    return is_bare and found.rule == "strike.attack" and found.part.has("alert.siren", "alert.signal")


def _is_of_a_soldier(part: Part) -> bool:
    """ "His son, a soldier, was killed in A": at the front, where the sentence tells of no blow."""
    return part.has("person.soldiers") and not part.has("strike", "weapon", "model")


def _is_of_regions(doc: Doc, found: Strike) -> bool:
    """ "Casualties were reported across 17 out of 24 regions and the city of A": a count of regions, no blow."""
    return found.toll.killed is None and found.toll.injured is None and any(
        (m := doc.at[n.j]) is not None and m.group == "level" and n.value > 1 for n in found.part.numbers
        if n.j < found.part.j)  # fmt: skip


def _is_some_day_past(doc: Doc, s: Strike) -> bool:
    """ "Experts found that a missile hit A. 20 people died then": of a day that is not told; and what stands before a
    court."""
    if s.when is not None:
        return s.when.is_retro
    before = doc.parts[s.part.n - 1] if s.part.n else None
    if not s.toll.is_empty and before is not None and before.line == s.part.line and before.has("toll") and (
        any(w.period in LONG for w in before.whens)):  # fmt: skip
        return True  # "In November 226 people were killed in the country. One strike on A killed 38"
    return s.part.has("claim.mourned") or is_before_court(doc, s.part)  # "three firemen killed by a blow are buried"


def _report(doc: Doc, s: Strike) -> StrikeReport:
    start, _ = doc.span(s.part.i, s.part.j)
    _, end = doc.span(s.last.i, s.last.j)
    when = s.when if s.when is None or not is_yet_to_come(doc, s.when) else None
    date = when.date if when is not None and when.date is not None else None
    is_of_long = s.retro and when is not None and when.period == "day"  # "a strike that killed 28 in June"
    if date is not None and "/" in date and not is_of_long:
        date = date.rpartition("/")[2]
    if date is None and doc.local is not None and not _is_some_day_past(doc, s):
        date = doc.local.date().isoformat()
    confidence = 0.9 if s.has_effect else 0.75
    weapons = [kind for kind in s.weapons if kind != "unknown"] or ["unknown"]
    evidence = Evidence(doc.source.raw[start:end], (start, end), s.rule, confidence, when.moment if when else None)
    told = s.toll.stated()
    return StrikeReport(
        tuple(s.places), tuple(weapons), evidence, s.target, *told,
        s.toll.bound, date, s.claimant, s.retro,  # type: ignore[arg-type]
    )  # fmt: skip
