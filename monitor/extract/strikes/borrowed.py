"""The place of a strike that its own sentence does not name."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.beside import dateline_of_line, is_dateline
from monitor.extract.places.units import ancestors, around_all, ref
from monitor.extract.strikes.doers import is_own_blow
from monitor.extract.strikes.paragraphs import is_placed_elsewhere
from monitor.extract.strikes.struck import attacked, attacked_by_side
from monitor.extract.strikes.telling import Strike
from monitor.extract.strikes.told import tells_of_whole_country
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.weapons import strike_kinds, weapons_of
from monitor.model import PlaceRef

__all__ = ["is_placed_by", "of_region_below", "take_launched", "take_place"]

_STEM: Final = 5
"""Letters that a town and the region named after it share in every case."""
_BLOWS: Final = frozenset(("strike.attack", "strike.hit"))
_TERSE: Final = 6
_BARE: Final = 3
"""Tokens of "a hit!"."""
_NEXT_BUT_ONE: Final = 2
_NEAR_BEHIND: Final = 3
_ENTRIES: Final = 12
"""Sentences of a chronicle that are looked at."""
_OF_NO_BLOW: Final = frozenset(("question", "accident", "untrue"))
_USUAL: Final = frozenset(("habit",))
_OF_SCENE: Final = frozenset(("place", "level", "mark", "prep", "conj", "time", "month", "weekday", "verb"))
_BRIEF: Final = 8
"""Tokens of "a hard morning in A", "22 January, A"."""


def take_place(doc: Doc, found: Strike) -> bool:
    """Whether a place was found for a strike whose sentence names none: of who tells it, of what was told before, of
    the side attacked."""
    return (
        _of_own_mayor(doc, found)
        or _borrow(doc, found)
        or _of_claimant(doc, found)
        or _of_attacked(doc, found)
        or _of_side(doc, found)
    )


def _of_own_mayor(doc: Doc, found: Strike) -> bool:
    """Damage that a sentence says a mayor tells of is in his town, whatever the sentences before name."""
    towns = [m.data["place"] for m in found.part.of("claimant") if m.data.get("place")]
    if len(towns) != 1 or not found.part.has("claim") or not (found.has_effect or found.toll.is_people):
        return False
    found.places = [ref(doc.lexicon, str(towns[0]))]
    return True


def _of_claimant(doc: Doc, found: Strike) -> bool:
    """Damage that a mayor or governor reports without a place is in his own."""
    place = claimant_of(doc, found.part, found.part.i)[2]
    if place is None or not (found.weapons or found.is_named) or not (found.has_effect or found.toll.is_people):
        return False
    found.places = [ref(doc.lexicon, place)]
    return True


def _of_attacked(doc: Doc, found: Strike) -> bool:
    """A toll told without a place, behind the figures of an attack, is of the country attacked."""
    if not (found.toll.killed or found.toll.injured) or found.part.vetoes:
        return False
    for other in reversed(doc.parts[max(0, found.part.n - 3) : found.part.n + 1]):
        weapons = strike_kinds(weapons_of(doc, other))
        is_own = other.n == found.part.n  # "The forces launched 600 drones, killing two"
        if not weapons or not (other.has("act.launched") if is_own else other.has("act", "strike")):
            continue
        country = attacked(other)
        if country is None:
            return False
        found.places = [ref(doc.lexicon, country)]
        found.weapons = found.weapons or weapons
        return True
    return False


def _of_side(doc: Doc, found: Strike) -> bool:
    """A toll of one side's attacks, without a place: the other side's country."""
    victim = attacked_by_side(doc, found.part) if found.toll.killed or found.toll.injured else None
    if victim is None or found.part.vetoes or found.part.has("place.region", "level.oblast", "place.this"):
        return False
    if any(s.ref.level == "country" and s.ref.id not in ("UA", "RU") for s in found.part.sites):
        return False  # "Romania: a Russian drone hit ..."
    found.places = [ref(doc.lexicon, victim)]
    found.is_named = True
    return True


def _borrow(doc: Doc, found: Strike) -> bool:
    """Damage told without a place happened where the sentence before puts the weapons."""
    before = doc.parts[found.part.n - 1] if found.part.n else None
    if _is_told_apart(doc, before, found):
        return False
    is_dated = before is not None and before.line == found.part.line and is_dateline(doc, before)
    is_blow = is_dated and found.rule == "strike.attack" and found.is_named and bool(found.weapons)
    is_at_object = found.is_named and bool(found.weapons) and found.target is not None
    if not (found.has_effect or not found.toll.is_empty or is_blow or (
        is_at_object and before is not None and before.sites)):  # fmt: skip
        return False
    if is_dated and before is not None:
        found.places = [s.ref for s in before.sites]
        return True
    if before is not None and before.has("event.happened") and found.has_effect and (
        here := [s.ref for s in before.sites if s.ref.level not in ("country", "sea")]):  # fmt: skip
        found.places = here  # "It happened in A. The debris fell on a unit of the plant"
        return True
    if found.toll.is_people and (head := _dateline_above(doc, found.part)) is not None:
        found.places = [s.ref for s in head.sites]
        between = doc.parts[head.n + 1 : found.part.n]
        found.weapons = found.weapons or [kind for p in between for kind in strike_kinds(weapons_of(doc, p))]
        return True
    if found.has_effect and (head := dateline_of_line(doc, found.part)) is not None:
        found.places = [s.ref for s in head.sites]
        return True
    if before is not None and (found.weapons or found.toll.is_people) and (scene := _of_scene(before)):
        found.places = scene
        return True
    if before is not None and before.vetoes == _USUAL and found.has_effect and found.part.whens:
        found.places = [s.ref for s in before.sites if s.ref.level not in ("country", "sea")]
        return len(found.places) == 1  # "A is shelled every day. Today a drone hit a bus"
    if _borrow_from_attack(doc, before, found):
        return True
    found.places = _of_chronicle(doc, found) or _of_call(doc, found)
    return bool(found.places) or _of_headline(doc, found)


def _is_told_apart(doc: Doc, before: Part | None, found: Strike) -> bool:
    """Whether the sentence tells of something else than the one before, or of no one place."""
    if before is not None and not before.vetoes.isdisjoint(_OF_NO_BLOW):
        return True  # "Can they hit A? The missile ...", "A drone is ruled out, it was gas. Three were killed"
    if before is not None and before.has("act.shot_down") and not before.has("strike") and (
        is_own_blow(found.part) or _is_tally_of_hits(found)):  # fmt: skip
        return True  # "Two were downed over A. Our army hit six posts", "24 were downed over A. 15 hit seven locations"
    if found.toll.is_empty and found.part.has("place.vague", "level.oblasts"):
        return True  # "there was damage in other regions too"
    if found.rule == "strike.fell" and found.target is None and found.part.numbers and not found.toll.is_people:
        return True  # "88 were downed over A. 41 fell because they were jammed"
    if (found.toll.killed or found.toll.injured) and tells_of_whole_country(doc, found.part):
        return True  # "in all twelve were killed across the country"
    is_harmless = not found.has_effect and not found.toll.killed and found.toll.injured == 0
    # "The missile was shot down over A. Nobody was hurt in the attack"
    return is_harmless and found.rule == "strike.attack" and any(
        p.has("act.shot_down") for p in doc.parts[: found.part.n])  # fmt: skip


def _borrow_from_attack(doc: Doc, before: Part | None, found: Strike) -> bool:
    """The places and the weapons of an attack that one of the two sentences before tells of."""
    for other in reversed(doc.parts[max(0, found.part.n - 2) : found.part.n]):
        if "accident" in other.vetoes or "untrue" in other.vetoes:
            return False
        sites = [s for s in other.sites if s.ref.level not in ("country", "sea") and s.role in ("at", "target", "name")]
        if other.line != found.part.line and is_placed_elsewhere(doc, found.part, [s.ref for s in sites]):
            return False
        weapons = strike_kinds(weapons_of(doc, other))
        is_on = other.has("alert.under_attack") and found.target is not None
        is_told = is_on or (bool(weapons) and (
            other.has("act", "strike") or bool(found.toll.killed or found.toll.injured)))  # fmt: skip
        is_near = other.has("alert.under_attack", "strike.damage") or (len(sites) == 1 and other.has("alert"))
        is_same = other is before and found.rule == "strike.hit" and other.has("target") and not other.vetoes
        is_shelled = found.is_named and found.toll.is_people and other.has("alert.under_attack")
        is_hit = other is before and found.rule == "strike.hit" and found.target is not None
        is_dated = found.retro and bool(found.part.whens) and other.has("strike.attack", "strike.hit")
        if sites and (is_dated or is_told or is_same or is_shelled or (is_near and (found.weapons or is_hit))):
            found.places = [s.ref for s in sites]
            if other.has("act.shot_down"):
                found.places = around_all(doc.lexicon, found.places)  # "downed over A, B, C and D. A roof caught fire"
            if found.part.mentions[0].concept != "time.yesterday":  # "the day before, ...": with what else
                found.weapons = found.weapons or weapons
            return True
    return False


def _of_scene(before: Part) -> list[PlaceRef]:
    """ "A hard morning in A. Missiles hit a block of flats", "22 January, A. One man died": when and where, nothing
    else, told right ahead."""
    if not before.whens or before.j - before.i > _BRIEF or before.vetoes or len(before.sites) != 1:
        return []
    if before.sites[0].ref.level in ("country", "sea") or any(m.group not in _OF_SCENE for m in before.mentions):
        return []
    return [before.sites[0].ref]


def _is_tally_of_hits(found: Strike) -> bool:
    """Figures of hits and of what was hit, that tell of no place, no building and nobody hurt."""
    return found.rule == "strike.hit" and found.target is None and found.toll.is_empty and bool(found.part.numbers)


def _of_chronicle(doc: Doc, found: Strike) -> list[PlaceRef]:
    """ "The night in A. 00:41 alert. 01:17 six hits of Shaheds on a depot": the only place of the text, named at its
    head, and the time of each sentence ahead of it."""
    head, part = doc.parts[0], found.part
    is_timed = doc.tokens[part.i].kind == "n" or (bool(part.whens) and part.whens[0].i - part.i <= 1)
    if found.rule != "strike.hit" or not found.weapons or not is_timed:
        return []
    if not head.has("time") or head.has("veto", "claim", "act", "toll") or part.n > _ENTRIES:
        return []
    named = {s.ref for p in doc.parts[: part.n] for s in p.sites}
    return list(named) if len(named) == 1 and head.sites and head.sites[0].ref.level != "country" else []


def _of_call(doc: Doc, found: Strike) -> list[PlaceRef]:
    """ "A, take shelter! The city is under attack. There are hits", "ballistics at A! Two more! A hit": the one place
    named ahead, right behind the attack that is on or the weapon that flies there."""
    before = doc.parts[found.part.n - 1] if found.part.n else None
    if found.rule != "strike.hit" or before is None:
        return []
    if not before.has("alert.under_attack") and (before := _flight_ahead(doc, found.part)) is None:
        return []
    sites = [s for p in doc.parts[max(0, found.part.n - _NEAR_BEHIND) : found.part.n] for s in p.sites]
    if len({s.ref.name for s in sites}) != 1 or sites[0].ref.level in ("country", "sea"):
        return []
    if any(s.role not in ("at", "target", "name") for s in sites):
        return []
    found.weapons = found.weapons or strike_kinds(weapons_of(doc, before))
    return [sites[0].ref]


def _flight_ahead(doc: Doc, part: Part) -> Part | None:
    """The sentence ahead of a bare word for a hit that says what flies at one town, and nothing else of it."""
    if part.j - part.i > _BARE or part.vetoes:
        return None
    for other in reversed(doc.parts[max(0, part.n - _NEAR_BEHIND) : part.n]):
        if other.vetoes or other.has("strike", "act.shot_down", "alert.all_clear", "alert.clean", "toll", "veto"):
            return None
        if other.has("weapon", "model") and other.sites:
            is_town = all(s.ref.level == "city" and s.role == "target" for s in other.sites)
            return other if is_town and other.j - other.i <= _TERSE else None
    return None


def _of_headline(doc: Doc, found: Strike) -> bool:
    """ "The region of A this morning", and below the headline how many were hurt, as if by itself: there."""
    head = doc.parts[0]
    if not 0 < found.part.n <= _NEAR_BEHIND or head.line == found.part.line or not found.toll.is_people:
        return False
    is_bare = not head.has("strike", "toll", "act", "alert", "veto") and not head.vetoes
    if not is_bare or len(head.sites) != 1 or head.sites[0].ref.level != "oblast":
        return False
    if any(p.sites for p in doc.parts[1 : found.part.n]):
        return False
    found.places = [head.sites[0].ref]
    return True


def is_placed_by(unplaced: Strike, found: Strike) -> bool:
    """ "A fuel train was hit. ... The blow fell near A", "a substation was hit. 400 homes are dark in A": the place is
    told some sentences behind."""
    if unplaced.target == "energy" and found.rule == "strike.damage" and not found.weapons and found.target is None:
        return unplaced.toll.is_empty and found.toll.is_empty and 0 < found.part.n - unplaced.last.n < _NEAR_BEHIND
    is_blow = found.rule in _BLOWS and found.target is None and not found.weapons and found.toll.is_empty
    return is_blow and unplaced.toll.is_empty and 0 < found.part.n - unplaced.last.n <= _NEAR_BEHIND


def of_region_below(doc: Doc, strike: Strike) -> list[PlaceRef]:
    """ "519 attacks on A", and below the headline only "the region of A": the headline means the region so named."""
    title = strike.part
    if title.n or strike.last.line == title.line or len(strike.places) != 1:
        return strike.places
    city = strike.places[0]
    named = next((s for s in title.sites if s.ref == city and city.level == "city"), None)
    if named is None:
        return strike.places
    below = [s for p in strike.parts if p is not title for s in p.sites]
    told = [s for s in below if s.ref.level == "oblast" and s.role in ("at", "target") and any(
        doc.tokens[k].f.startswith(doc.tokens[named.i].f[:_STEM]) for k in range(s.i, s.j))]  # fmt: skip
    is_in_it = bool(told) and told[0].ref.id in ancestors(doc.lexicon, city.id)
    return [told[0].ref] if is_in_it and all(s.ref.id != city.id for s in below) else strike.places


def take_launched(doc: Doc, before: Strike, found: Strike) -> None:
    """ "Drones hit A. In the morning two bombs were dropped on B. A man was hurt": the one who was hurt was in B, of
    which no strike is told."""
    other = doc.parts[found.part.n - 1] if found.part.n - before.last.n == _NEXT_BUT_ONE else None
    is_harm = found.toll.is_people or (found.has_effect and not found.weapons)
    if other is None or found.places or not is_harm or other.vetoes or other.line != found.part.line:
        return
    if other.has("act.shot_down", "act.merged", "strike", "toll", "alert") or not other.has(
        "act.launched", "act.fired"
    ):
        return
    sites = [s for s in other.sites if s.ref.level in ("city", "hromada") and s.role in ("at", "target", "name")]
    weapons = strike_kinds(weapons_of(doc, other))
    if sites and weapons:
        found.places, found.weapons = [s.ref for s in sites], found.weapons or weapons


def _dateline_above(doc: Doc, part: Part) -> Part | None:
    """ "Nikopol. Enemy artillery. A man died": the dateline above sentences of a word or two that name no place."""
    for other in reversed(doc.parts[max(0, part.n - 3) : part.n]):
        if is_dateline(doc, other):
            return other
        if other.sites or other.j - other.i > _TERSE or other.has("act", "alert", "toll", "veto"):
            return None
    return None
