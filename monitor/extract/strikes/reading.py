"""Strikes: places that were hit, or where people came to harm; sentences of one strike are one report."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.beside import heading_of_line, is_dateline, is_taken_back, of_heading
from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ref
from monitor.extract.strikes.adding import is_sum, merge_into
from monitor.extract.strikes.blows import VETOES, counts_as_strike, is_behind_a_total, is_longer, tells_of_blow
from monitor.extract.strikes.borrowed import is_placed_by, of_region_below, take_launched, take_place
from monitor.extract.strikes.bymonth import of_its_month
from monitor.extract.strikes.byregion import is_one_of_its_towns
from monitor.extract.strikes.bytown import by_town, shared_out
from monitor.extract.strikes.dayafter import day_of_blow, is_counted_on
from monitor.extract.strikes.destroyed import destroyed_by
from monitor.extract.strikes.doers import answered_in, is_damage_done, told_before_another_day
from monitor.extract.strikes.listed import header_of, is_listed, kinds_of_list
from monitor.extract.strikes.means import (
    destroyed_with,
    is_after_all,
    is_shared,
    launched_beside,
    named_next,
    of_attack_before,
    of_blow_before,
    of_debris,
    of_region_before,
    of_tally,
    of_whole,
    said_after,
    used_against,
)
from monitor.extract.strikes.older import is_older_figure
from monitor.extract.strikes.pieces import pieces
from monitor.extract.strikes.resumed import of_the_same_town, take_newest, told_before
from monitor.extract.strikes.struck import fired_at, is_hit_in_flight, target_of
from monitor.extract.strikes.telling import Strike, belongs, is_another, is_in_his_region, take_scene
from monitor.extract.strikes.told import (
    is_alert_that_reached,
    is_denied_too,
    is_downing,
    is_falsely_claimed,
    is_feared_blow,
    is_feared_fall,
    is_harmless_fall,
    is_heard_only,
    is_lasting,
    is_of_before,
    is_of_debris_in_general,
    is_recalled,
    is_set_right,
    is_shown_too,
    is_warded_off,
    is_why_closed,
    opens_with_another_day,
)
from monitor.extract.strikes.tollahead import take_toll_ahead, tolls_ahead
from monitor.extract.strikes.tolls import Toll
from monitor.extract.strikes.where import places_of
from monitor.extract.text.doc import LONG, Doc, Part
from monitor.extract.vetoes import blocks, same_clause, was_under_attack
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import is_traded, strike_kinds, weapons_of
from monitor.model import Evidence, PlaceRef, StrikeReport

__all__ = ["read_strikes"]

_NAMED: Final = frozenset(("strike.attack", "act.launched", "act.fired", "alert.under_attack"))
_SIGNS: Final = frozenset(("strike", "toll", "act.launched", "act.fired", "act.shot_down"))
_BLOWS: Final = frozenset(("strike.attack", "strike.hit"))
_OF_NTH: Final = 5
"""Tokens of "the second drone attack on A in", "victim of drones since"."""
_TOLD_ALL_THE_SAME: Final = frozenset(("trade", "history", "until", "video", "denied"))
_STRONG: Final = frozenset(("strike.hit", "strike.damage", "strike.debris", "act.shot_down"))
_NO_BLOW: Final = frozenset(
    ("strike.repelled", "act.shot_down", "act.merged", "alert.under_attack", "alert.warned", "alert.threat",
     "alert.danger", "alert.clean", "alert.fly", "alert.siren", "alert.signal")
)  # fmt: skip
"""What is told beside a blast that may be the air defence's."""
_WITH_EFFECT: Final = _STRONG | frozenset(("act.shot_down",))


def read_strikes(doc: Doc, tolls: dict[int, Toll]) -> list[StrikeReport]:
    """All strike reports of a text. ``tolls`` are the tolls of the sentences by their first token."""
    if not any(part.has_any(_SIGNS) or was_under_attack(part) for part in doc.parts):
        return []
    strikes: list[Strike] = []
    ahead: Strike | None = None
    unplaced, recalled = ahead, -2
    for part in [one for whole in doc.parts for one in pieces(doc, whole)]:
        if strikes and ((part.has("event.happened") and take_scene(doc, strikes[-1], part)) or (
            part.has("num.newest") and take_newest(doc, strikes[-1], part))):  # fmt: skip
            continue
        if not part.has("strike", "toll", "act", "target") and not was_under_attack(part):
            continue
        if not part.has("strike", "toll") and not fired_at(doc, part) and not (
            part.has("act.shot_down") and (destroyed_by(doc, part) or destroyed_with(doc, part))
        ):  # fmt: skip
            if part.has("target") and is_listed(doc, part):
                strikes += _item_of_list(doc, part, strikes)
            continue
        toll = tolls.get(part.i) or Toll()
        if part.is_vetoed(VETOES) or ("history" in part.vetoes and not any(w.is_retro for w in part.whens)):
            continue
        if is_set_right(part) or (part.n and is_recalled(doc, part, doc.parts[part.n - 1])):
            continue
        found = _strike_of(doc, part, toll)
        if found is None:
            continue
        if is_of_before(part, is_placed=bool(found.places)) or (
            found.rule == "toll" and not found.places and recalled in (part.n, part.n - 1)
        ):
            recalled = part.n
            continue
        found.parts.append(part)
        if unplaced is not None and found.places and is_placed_by(unplaced, found):
            merge_into(doc, unplaced, found)
            unplaced.places, found, unplaced = found.places, unplaced, None
        before = strikes[-1] if strikes else None
        if not found.places and (head := heading_of_line(doc, part)) is not None:
            found.places = places_of(doc, head, found.toll)
        if before is not None:
            take_launched(doc, before, found)
            found.weapons = found.weapons or of_blow_before(doc, before, found)
        if _is_of_sirens(found) or (before is not None and (
            is_longer(before, found) or _is_named_again(found) or is_older_figure(doc, before, found)
            or is_sum(strikes, found))):  # fmt: skip
            continue
        if before is not None and not found.places and is_another(doc, before, found):
            found.places = list(before.places)
        if before is not None and is_behind_a_total(before, found):
            found.places = found.places or list(before.places)
            strikes.append(found)
        elif before is not None and not is_one_of_its_towns(doc, before, found) and (
            belongs(doc, before, found, part.n) or is_in_his_region(doc, before, found)):  # fmt: skip
            merge_into(doc, before, found)
        elif len(strikes) > 1 and (told := told_before(doc, strikes, found)) is not None:
            merge_into(doc, told, found)
        elif found.rule == "toll" and not found.weapons and (
            not found.toll.is_people or _is_of_regions(doc, found)
        ):  # fmt: skip
            continue
        elif found.places or take_place(doc, found):
            take_toll_ahead(doc, ahead, found)
            if (told := of_the_same_town(doc, strikes, found)) is not None and found.rule == "strike.debris":
                merge_into(doc, told, found)  # "the mayor said debris fell on the district", some sentences behind
            else:
                strikes.append(found)
        elif not found.toll.is_empty and doc.area and (found.weapons or found.has_effect):
            found.places = [ref(doc.lexicon, identity) for identity in doc.area]
            strikes.append(found)
        else:
            ahead = tolls_ahead(ahead, found)
            is_blow = found.rule in _BLOWS or (found.is_named and found.target == "energy")
            if is_blow and found.target is not None and not strikes:
                unplaced = found
    if not strikes:
        return []
    strikes = by_town(doc, shared_out(doc, strikes) if len(strikes) > 1 else strikes)
    for strike in strikes:
        strike.places = of_region_below(doc, strike)
        if not strike.weapons and (named := named_next(doc, strike)):
            behind = doc.parts[min(strike.last.n + 1, len(doc.parts) - 1)]
            strike.weapons, strike.target = named, strike.target or target_of(doc, behind)
    for strike in strikes:
        if not strike.weapons:
            strike.weapons = launched_beside(doc, strike) or of_whole(doc, strike) or of_attack_before(doc, strike)
            strike.weapons = strike.weapons or of_region_before(doc, strike)
    is_strike_text = any(tells_of_blow(doc, p) for p in doc.parts if not p.is_vetoed(VETOES))
    return [
        _report(doc, s) for s in strikes
        if counts_as_strike(doc, s, is_strike_text) and not is_taken_back(doc, s.last)
    ]  # fmt: skip


def _is_named_again(found: Strike) -> bool:
    """ "This attack comes a day after ...": the blow told before, set beside another."""
    is_bare = not found.places and found.toll.is_empty and not found.has_effect
    return is_bare and found.part.has("time.day_after")


def _is_of_sirens(found: Strike) -> bool:
    """ "During the attack sirens sounded in A": where they sounded, not what was struck."""
    is_bare = found.toll.is_empty and not found.has_effect and not found.weapons and found.target is None
    return is_bare and found.rule == "strike.attack" and found.part.has("alert.siren", "alert.signal")


def _is_of_regions(doc: Doc, found: Strike) -> bool:
    """ "Casualties were reported across 17 out of 24 regions and the city of A": a count of regions, no blow."""
    return found.toll.killed is None and found.toll.injured is None and any(
        (m := doc.at[n.j]) is not None and m.group == "level" and n.value > 1 for n in found.part.numbers
        if n.j < found.part.j)  # fmt: skip


def _item_of_list(doc: Doc, part: Part, so_far: list[Strike]) -> list[Strike]:
    """What is struck by the header of the list that a sentence is an item of, where it has not been told yet."""
    header = header_of(doc, part)
    places = places_of(doc, part, Toll()) if header is not None else []
    if header is None or not places or all(p.level == "country" for p in places):
        return []
    if any(all(p in s.places for p in places) for s in so_far):
        return []
    strike = _make(doc, part, places, kinds_of_list(doc, header), Toll(), None)
    strike.when, strike.claimant = strike.when or header.when, strike.claimant or claimant_of(doc, header, header.i)[0]
    strike.has_effect, strike.rule = True, "strike.hit"
    strike.parts.append(part)
    return [strike]


def _strike_of(doc: Doc, part: Part, toll: Toll) -> Strike | None:
    if not toll.is_empty and (before := told_before_another_day(doc, part)) is not None:
        return _strike_of(doc, before, Toll()) if before.sites else None
    hits = part.of("strike.hit", "strike.damage", "strike.debris", "strike.fell")
    hits += tuple(destroyed_by(doc, part)) or tuple(destroyed_with(doc, part))
    attacks = part.of("strike.attack", "strike.explosion") or fired_at(doc, part)
    if not hits and not attacks and toll.is_empty:
        return None
    triggers = [
        m
        for m in [*hits, *attacks]
        if blocks(doc, part, m, ignore=_TOLD_ALL_THE_SAME) is None
        and not is_denied_too(doc, part, m)
        and not is_lasting(doc, part, m)
        and not is_downing(doc, part, m)
        and not is_warded_off(doc, part, m)
        and not is_why_closed(part, m)
        and not is_feared_fall(doc, part, m)
        and not is_feared_blow(doc, part, m)
        and not is_alert_that_reached(doc, part, m)
        and not is_harmless_fall(doc, part, m)
        and not is_of_debris_in_general(doc, part, m)
    ]
    if triggers and _is_of_another_day(doc, part, triggers) and not is_counted_on(part):
        return None
    if is_hit_in_flight(doc, part) or is_falsely_claimed(part) or opens_with_another_day(doc, part) or (
        part.when is None and toll.is_empty and doc.parts[part.n].has("veto.trait")
    ):  # fmt: skip
        return None
    if part.vetoes & {"denied", "video"} and toll.is_empty and not is_shown_too(doc, part, triggers):
        return None
    if not triggers and toll.is_empty:
        return None
    if toll.is_empty and is_heard_only(hits, triggers):
        return None
    used = used_against(doc, part)
    answered = answered_in(doc, part) if used else None
    weapons = strike_kinds(used if answered is None else [w for w in used if w.i not in answered])
    weapons = weapons or said_after(doc, part)
    if not weapons and part.has("strike.debris", "strike.damage"):
        weapons = of_debris(doc, part)
    weapons = weapons or of_tally(doc, part) or of_heading(doc, part)
    if not weapons and (answered is not None or any(not is_traded(doc, part, w) for w in weapons_of(doc, part))):
        weapons = ["unknown"]  # those named are what was struck
    whole = doc.parts[part.n]
    is_answered = (first := doc.at[part.i]) is not None and first.concept == "time.after"
    if not weapons and whole is not part and part.i > whole.i and not is_answered:
        relatives = doc.lexicon.settings.get("relatives", ())
        is_that = doc.tokens[part.i].f in relatives  # "a drone attack that also hurt ..."
        weapons = strike_kinds([
            w for w in weapons_of(doc, whole) if w.i < part.i and (is_that or is_shared(doc, whole, w.i))
        ])  # fmt: skip
    if not weapons and whole is not part and part.j < whole.j:
        weapons = strike_kinds([w for w in weapons_of(doc, whole) if is_after_all(whole, w.i)])
    places = places_of(doc, part, toll)
    before = doc.parts[part.n - 1] if part.n and places else None
    if before is not None and before.line == part.line and all(is_office(doc, part, s) for s in part.sites) and (
        is_dateline(doc, before)):  # fmt: skip
        places = [s.ref for s in before.sites]  # "A. Debris set a depot on fire, the governor of the region of B said"
    if not triggers and not toll.is_people and not weapons:
        return _make(doc, part, places, weapons, toll, None)
    trigger = triggers[0] if triggers else None
    strike = _make(doc, part, places, weapons, toll, trigger)
    fell = [m for m in triggers if m.concept == "strike.fell"]
    is_harmless = part.has("strike.harmless", "strike.found") and not part.has("strike.damage", "strike.hit")
    strike.has_effect = any(
        m.concept in _WITH_EFFECT and not (is_harmless and m.concept == "strike.debris") for m in triggers
    ) or bool(fell and weapons and not is_harmless)
    is_detected = part.has("act.detected") and part.has("time.after")  # "blasts, after missiles had been detected"
    has_blast = (
        any(m.concept == "strike.explosion" for m in triggers) and not part.has_any(_NO_BLOW) and not is_detected
    )
    is_caught = part.has("act.parted") and part.has("particle.down")
    strike.has_effect = strike.has_effect or (has_blast and not is_caught and bool(weapons))
    strike.is_named = any(
        m.concept in ("strike.attack", "act.launched", "act.fired", "alert.under_attack") or is_damage_done(part, m)
        for m in triggers
    )
    return strike


def _is_of_another_day(doc: Doc, part: Part, triggers: list[Mention]) -> bool:
    """ "Runs again four days after the strike that killed its driver": all that is told of a blow is of that day."""
    relatives = doc.lexicon.settings.get("relatives", ())
    for after in part.of("time.day_after"):
        if all(
            after.j <= m.i
            and (
                same_clause(doc, part, after.i, m.i)
                or (after.i > part.i and any(t.f in relatives for t in doc.tokens[after.j : m.i]))
            )
            for m in triggers
        ):  # "... a day after the strike that left 50,000 without light"
            return not any(m.i < after.i for m in part.of("toll"))
    return False


def _make(
    doc: Doc, part: Part, places: list[PlaceRef], weapons: list[str], toll: Toll, trigger: Mention | None
) -> Strike:
    when = of_its_month(doc, part, trigger) or day_of_blow(part, part.when)
    if (
        when is not None
        and when.period in LONG
        and any(0 <= when.i - m.j <= _OF_NTH for m in part.of("num.first", "time.superlative"))
    ):
        when = None  # "the second attack in November": the month is not when it was
    if trigger is not None and when in part.whens and any(m.i < trigger.i for m in part.of("claim.comment")) and (
        when is not None and when.i < trigger.i
    ):  # fmt: skip
        when = None  # "on Sunday A condemned the strike on B": the day of the word, not of the blow
    return Strike(
        part, part, places, weapons, toll, trigger.concept if trigger else "toll", when, target_of(doc, part),
        claimant_of(doc, part, trigger.i if trigger else part.i)[0], retro=bool(when and when.is_retro),
    )  # fmt: skip


def _report(doc: Doc, s: Strike) -> StrikeReport:
    start, _ = doc.span(s.part.i, s.part.j)
    _, end = doc.span(s.last.i, s.last.j)
    when = s.when
    date = when.date if when is not None and when.date is not None else None
    is_of_long = s.retro and when is not None and when.period == "day"  # "a strike that killed 28 in June"
    if date is not None and "/" in date and not is_of_long:
        date = date.rpartition("/")[2]
    if date is None and doc.local is not None:
        date = doc.local.date().isoformat()
    confidence = 0.9 if s.has_effect else 0.75
    weapons = [kind for kind in s.weapons if kind != "unknown"] or ["unknown"]
    evidence = Evidence(doc.source.raw[start:end], (start, end), s.rule, confidence, when.moment if when else None)
    told = s.toll.stated()
    return StrikeReport(
        tuple(s.places), tuple(weapons), evidence, s.target, *told,
        s.toll.bound, date, s.claimant, s.retro,  # type: ignore[arg-type]
    )  # fmt: skip
