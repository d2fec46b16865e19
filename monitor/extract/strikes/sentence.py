"""The strike that one sentence tells of."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.beside import is_dateline, of_heading
from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors, is_country
from monitor.extract.strikes.bymonth import of_its_month
from monitor.extract.strikes.dayafter import day_of_blow, is_counted_on
from monitor.extract.strikes.debris import is_of_debris_in_general
from monitor.extract.strikes.denied import is_denied_too
from monitor.extract.strikes.destroyed import destroyed_by
from monitor.extract.strikes.doers import answered_in, is_damage_done, told_before_another_day
from monitor.extract.strikes.listed import header_of, kinds_of_list
from monitor.extract.strikes.means import (
    destroyed_with,
    is_after_all,
    is_shared,
    of_debris,
    of_tally,
    said_after,
    used_against,
)
from monitor.extract.strikes.shown import is_shown_too
from monitor.extract.strikes.struck import fired_at, is_hit_in_flight, target_of
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.told import (
    is_alert_that_reached,
    is_announced_to_leave,
    is_crash,
    is_downing,
    is_falsely_claimed,
    is_feared_blow,
    is_feared_fall,
    is_harmless_fall,
    is_heard_only,
    is_lasting,
    is_meant_for,
    is_possible,
    is_quoted_phrase,
    is_warded_off,
    is_why_closed,
    opens_with_another_day,
)
from monitor.extract.strikes.tolls import Toll
from monitor.extract.strikes.where import places_of
from monitor.extract.text.doc import LONG, Doc, Part, Site, unread
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import is_traded, strike_kinds, weapons_of
from monitor.model import PlaceRef

__all__ = ["item_of_list", "strike_of"]

_NAMED: Final = frozenset(("strike.attack", "act.launched", "act.fired", "alert.under_attack"))
_SMALL: Final = 20_000
"""People of a town that a part of another may share its name with."""
_WORKS: Final = ("target.energy", "target.port", "target.rail", "target.industry", "target.military")
_OF_AFTER: Final = 3
"""Tokens from "after" to the blow."""
_MATTER: Final = 2
"""Words that nobody knows, people and things: a matter of its own."""
_OF_NTH: Final = 5
"""Tokens of "the second drone attack on A in", "victim of drones since"."""
_TOLD_ALL_THE_SAME: Final = frozenset(("trade", "history", "until", "video", "denied"))
_WITH_EFFECT: Final = frozenset(("strike.hit", "strike.damage", "strike.debris", "act.shot_down"))
_NO_BLOW: Final = frozenset(
    ("strike.repelled", "act.shot_down", "act.merged", "alert.under_attack", "alert.warned", "alert.threat",
     "alert.danger", "alert.clean", "alert.fly", "alert.siren", "alert.signal")
)  # fmt: skip
"""What is told beside a blast that may be the air defence's."""


def strike_of(doc: Doc, part: Part, toll: Toll) -> Strike | None:
    """The strike in the making that a sentence tells of, with its ``toll``; None where it tells of no blow and nobody
    who came to harm. It may have no places yet."""
    if not toll.is_empty and (before := told_before_another_day(doc, part)) is not None:
        return strike_of(doc, before, Toll()) if before.sites else None
    hits = part.of("strike.hit", "strike.damage", "strike.debris", "strike.fell")
    hits += tuple(destroyed_by(doc, part)) or tuple(destroyed_with(doc, part))
    attacks = part.of("strike.attack", "strike.explosion") or fired_at(doc, part)
    if not hits and not attacks and toll.is_empty:
        return None
    triggers = [m for m in [*hits, *attacks] if _is_told_as_done(doc, part, m)]
    if triggers and toll.is_empty and _is_only_after(doc, part, triggers):
        return None
    if triggers and _is_of_another_day(doc, part, triggers) and not is_counted_on(part):
        return None
    if _is_of_no_blow(doc, part, toll) or (toll.is_empty and _is_only_shown(doc, part, hits, triggers)):
        return None
    weapons = _weapons_of_blow(doc, part)
    places = _places_of_blow(doc, part, toll)
    strike = _make(doc, part, places, weapons, toll, triggers[0] if triggers else None)
    if triggers:
        strike.has_effect = _has_effect(part, triggers, weapons)
        strike.is_named = any(m.concept in _NAMED or is_damage_done(part, m) for m in triggers)
        if not strike.has_effect and _is_beaten_off(part, triggers[0]):
            strike.target = None  # what a sentence behind it tells may have hit something else
    return strike


def _is_only_after(doc: Doc, part: Part, triggers: list[Mention]) -> bool:
    """ "After the drone hit their house the family was given a new flat": of no day, at no works, and the rest of the
    sentence is of something else, with no figure in it."""
    words = doc.lexicon.settings.get("after_or_at", ())
    afters = [m for m in part.of("time.after", "time.at") if m.concept == "time.after" or doc.tokens[m.i].f in words]
    if not afters or part.whens or part.numbers or part.has("alert", "act", "toll", *_WORKS):
        return False
    is_after = all(any(0 <= m.i - after.j <= _OF_AFTER for after in afters) for m in triggers)
    return is_after and unread(doc, part) + len(part.of("person", "count")) >= _MATTER


def _is_told_as_done(doc: Doc, part: Part, m: Mention) -> bool:
    """Whether a word for a blow or its effect tells of one: not denied, feared, warded off or still going on."""
    return (
        blocks(doc, part, m, ignore=_TOLD_ALL_THE_SAME) is None
        and not is_denied_too(doc, part, m)
        and not is_lasting(doc, part, m)
        and not is_downing(doc, part, m)
        and not is_warded_off(doc, part, m)
        and not _is_at_a_rate(doc, part, m)
        and not (m.concept == "strike.attack" and (is_possible(doc, part, m) or is_meant_for(doc, part, m)))
        and not is_why_closed(part, m)
        and not is_feared_fall(doc, part, m)
        and not is_feared_blow(doc, part, m)
        and not is_alert_that_reached(doc, part, m)
        and not is_announced_to_leave(doc, part, m)
        and not is_crash(doc, part, m)
        and not is_harmless_fall(doc, part, m)
        and not is_of_debris_in_general(doc, part, m)
        and not is_quoted_phrase(doc, part, m)
    )


def _is_beaten_off(part: Part, attack: Mention) -> bool:
    """ "The air defence beat off an attack on a station": it is the attack that was stopped, not a part of it."""
    if part.has("strike.repelled"):
        return True
    return bool(downed := part.of("act.shot_down")) and downed[0].i < attack.i and (
        not any(downed[0].j <= n.i < attack.i for n in part.numbers))  # fmt: skip


def _is_at_a_rate(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A is hit by up to 100 drones a day": what is usual there, right behind what strikes."""
    if m.concept not in ("strike.hit", "strike.attack", "strike.fell"):
        return False
    times = doc.lexicon.settings.get("times_over", ())
    for rate in part.of("num.rate"):
        if doc.tokens[rate.i - 1].f in times:
            return True  # "bombs fall three or four times a week"
        counted = any(0 <= rate.i - w.j <= 1 for w in part.of("weapon", "model", "strike.attack")) and part.numbers
        if counted and same_clause(doc, part, m.i, rate.i):
            return True
    return False


def _is_of_no_blow(doc: Doc, part: Part, toll: Toll) -> bool:
    """Whether all of a sentence is of what was hit in flight, a false claim, another day or a trait of a weapon."""
    if is_hit_in_flight(doc, part) or is_falsely_claimed(part) or opens_with_another_day(doc, part):
        return True
    return part.when is None and toll.is_empty and doc.parts[part.n].has("veto.trait")


def _is_only_shown(doc: Doc, part: Part, hits: tuple[Mention, ...], triggers: list[Mention]) -> bool:
    """Whether a blow of which no toll is told is only denied, shown in a video or heard."""
    if part.vetoes & {"denied", "video"} and not is_shown_too(doc, part, triggers):
        return True
    return not triggers or is_heard_only(hits, triggers)


def _weapons_of_blow(doc: Doc, part: Part) -> list[str]:
    """The kinds of weapon that were used: those of the sentence, of the tally or the heading it stands under."""
    used = used_against(doc, part)
    answered = answered_in(doc, part) if used else None
    weapons = strike_kinds(used if answered is None else [w for w in used if w.i not in answered])
    weapons = weapons or said_after(doc, part)
    if not weapons and part.has("strike.debris", "strike.damage"):
        weapons = of_debris(doc, part)
    weapons = weapons or of_tally(doc, part) or of_heading(doc, part)
    if not weapons and (answered is not None or any(not is_traded(doc, part, w) for w in weapons_of(doc, part))):
        return ["unknown"]  # those named are what was struck
    return weapons or _weapons_around(doc, part)


def _weapons_around(doc: Doc, part: Part) -> list[str]:
    """Of a piece of a sentence: the weapons that the rest of it names for all its pieces."""
    whole = doc.parts[part.n]
    if whole is part:
        return []
    weapons: list[str] = []
    is_answered = (first := doc.at[part.i]) is not None and first.concept == "time.after"
    if part.i > whole.i and not is_answered:
        relatives = doc.lexicon.settings.get("relatives", ())
        is_that = doc.tokens[part.i].f in relatives  # "a drone attack that also hurt ..."
        weapons = strike_kinds([
            w for w in weapons_of(doc, whole) if w.i < part.i and (is_that or is_shared(doc, whole, w.i))
        ])  # fmt: skip
    if not weapons and part.j < whole.j:
        return strike_kinds([w for w in weapons_of(doc, whole) if is_after_all(whole, w.i)])
    return weapons


def _places_of_blow(doc: Doc, part: Part, toll: Toll) -> list[PlaceRef]:
    """ "A. Debris set a depot on fire, the governor of the region of B said": that of the dateline, ahead of an
    office's and of a part of A that shares its name with another town."""
    places = places_of(doc, part, toll)
    before = doc.parts[part.n - 1] if part.n and places else None
    if before is not None and before.line == part.line and is_dateline(doc, before) and (
        all(is_office(doc, part, s) or _is_quarter_of(doc, before.sites[0], s) for s in part.sites)):  # fmt: skip
        return [s.ref for s in before.sites]
    return places


def _is_quarter_of(doc: Doc, town: Site, site: Site) -> bool:
    """ "A. Debris fell in the area of B", where the only B that is known is a small town of the region, not near A."""
    if town.ref.level != "city" or doc.tokens[site.i - 1].f not in doc.lexicon.settings.get("quarters", ()):
        return False
    n = doc.lexicon.index.get(site.ref.id or "")
    if n is None or doc.lexicon.places[n][5] > _SMALL:
        return False
    shared = {*ancestors(doc.lexicon, town.ref.id)} & {*ancestors(doc.lexicon, site.ref.id)}
    is_near = any("-" not in one[:3] and not is_country(one) for one in shared)
    return not is_near and any("-" in one[:3] for one in shared)


def _has_effect(part: Part, triggers: list[Mention], weapons: list[str]) -> bool:
    """Whether something was hit: it is told, or a weapon came down, or blasts are told with the weapon."""
    is_harmless = part.has("strike.harmless", "strike.found") and not part.has("strike.damage", "strike.hit")
    if any(m.concept in _WITH_EFFECT and not (is_harmless and m.concept == "strike.debris") for m in triggers):
        return True
    if not weapons:
        return False
    if not is_harmless and any(m.concept == "strike.fell" for m in triggers):
        return True
    if part.has_any(_NO_BLOW) or not any(m.concept == "strike.explosion" for m in triggers):
        return False
    is_detected = part.has("act.detected") and part.has("time.after")  # "blasts, after missiles had been detected"
    return not is_detected and not (part.has("act.parted") and part.has("particle.down"))


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


def item_of_list(doc: Doc, part: Part, so_far: list[Strike]) -> list[Strike]:
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
