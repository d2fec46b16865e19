"""What a sentence adds to the strike that it goes on telling of."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.telling import (
    Strike,
    is_counted,
    is_headline_of,
    is_region_of,
    is_same_counted,
    is_short_for_region,
)
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import LONG, OF_A_DAY, Doc

__all__ = ["is_sum", "is_told_whence", "merge_into"]

_SIDES: Final = frozenset(("UA", "RU"))
_ROUGH: Final = 5
"""A rough figure may turn out to be a fifth less."""
_SUMMED: Final = 2
"""The fewest strikes that have a sum."""


def _is_title_of(wide: Strike, narrow: Strike) -> bool:
    """A headline with the region, and the sentence that says where in it the same weapons hit the same target."""
    is_headline = not wide.part.n and wide.last is wide.part and narrow.part.line != wide.part.line
    if not (wide.part.is_title or is_headline) or len(wide.places) != 1 or wide.places[0].level != "oblast":
        return False
    is_same = wide.target == narrow.target and (wide.weapons == narrow.weapons or (
        narrow.is_named and not narrow.weapons and narrow.toll.is_empty))  # fmt: skip
    return is_same and bool(narrow.places) and all(p.level in ("city", "hromada") for p in narrow.places)


def _is_town_of(into: Strike, more: Strike) -> bool:
    """ "In the Sudan a drone killed 24. The attack was carried out near A": the sentence behind says where, and nothing
    else; a country at war on all of its territory may have been struck in many places."""
    if len(into.places) != 1 or into.places[0].level != "country" or into.places[0].id in _SIDES:
        return False
    return more.part.n - into.last.n == 1 and more.is_named and more.toll.is_empty and not more.has_effect


def _is_scene_of(into: Strike, more: Strike) -> bool:
    """ "Six killed in a Russian strike on a train", and right below the headline where a drone hit the train."""
    if into.part.n or into.last is not into.part or more.part.n != 1 or more.part.line == into.part.line:
        return False
    is_wide = bool(into.places) and all(p.level == "country" for p in into.places)
    return is_wide and into.target is not None and into.target == more.target and more.toll.is_empty


def _is_seat_of(doc: Doc, into: Strike, more: Strike) -> bool:
    """ "One was killed in strikes in the region of A, says the governor. B was struck, he wrote": the town of the lead,
    told in the sentence right behind it that tells nothing else."""
    if into.part.n or into.last is not into.part or more.part.n != 1 or len(into.places) != 1 or len(more.places) != 1:
        return False
    if into.part.has("time.day"):
        return False  # what a day has cost the region
    is_bare = (more.is_named or more.has_effect) and more.toll.is_empty and not more.part.has("num.more", "time.later")
    is_town = into.places[0].level == "oblast" and more.places[0].level == "city"
    is_same = not more.weapons or not into.weapons or set(more.weapons) == set(into.weapons)
    return is_bare and is_town and is_same and into.places[0].id in ancestors(doc.lexicon, more.places[0].id)


def _is_town_below(doc: Doc, into: Strike, more: Strike) -> bool:
    """ "The region of A. Two dead", and in the paragraph below what struck a town of it: a headline and its scene."""
    if (
        into.rule != "toll"
        or set(into.weapons) - set(more.weapons)
        or into.last is not into.part
        or more.part.n - into.part.n != 1
    ):
        return False
    if more.part.line == into.part.line or not more.toll.is_empty or not more.has_effect or len(into.places) != 1:
        return False
    return into.places[0].level == "oblast" and all(
        p.level in ("city", "hromada") and into.places[0].id in ancestors(doc.lexicon, p.id) for p in more.places
    )


def _is_where_in_raion(into: Strike, more: Strike) -> bool:
    """ "The raion of A was attacked with drones. B and C were under fire": of which towns the first sentence tells."""
    if not into.toll.is_empty or into.has_effect:
        return False
    is_next = more.part.n - into.last.n == 1 and more.part.line == into.last.line
    is_blow = more.is_named or more.rule == "strike.hit"
    return more.toll.is_people or (is_blow and (bool(more.weapons) or is_next))


def _is_of_whole_country(into: Strike, more: Strike) -> bool:
    """ "A drone killed a man in A. In all 477 drones and 60 missiles flew at Ukraine": what the sentence behind names
    flew at all of the country, not at the place of the strike."""
    is_wide = bool(more.places) and all(p.level == "country" for p in more.places)
    return is_wide and not all(p.level == "country" for p in into.places) and not into.part.is_title


def _is_tally_below(into: Strike, more: Strike) -> bool:
    """ "A bomb hit A." and in a paragraph below "overnight they had attacked with three missiles and 164 drones": what
    was counted of all that came."""
    part = more.part
    if more.places or more.has_effect or not more.toll.is_empty or part.line == into.last.line:
        return False
    weapons = part.of("weapon", "model")
    return sum(1 for n in part.numbers if not n.is_article and any(0 <= w.i - n.j <= 1 for w in weapons)) > 1


def _is_one_more(into: Strike, more: Strike) -> bool:
    """ "A man was wounded. Another woman was wounded", "... Another two were": ahead of all, told of as one more or as
    more than the one told before, no newer total."""
    first = next((m for m in more.part.mentions if m.group not in ("mark", "conj")), None)
    if first is None or first.concept != "num.more" or more.part.has("num.newest", "num.total", "num.risen"):
        return False
    if (more.toll.killed or 0) + (more.toll.injured or 0) == 1:
        return True
    return more.toll.killed is None and into.toll.injured == 1 and not more.part.sites


def _are_others_too(doc: Doc, into: Strike, more: Strike) -> bool:
    """ "Three children were killed; nine adults died too": others, told of as dead or hurt as well."""
    also = doc.lexicon.settings.get("also", ())
    if more.part.n - into.last.n != 1 or more.part.has("num.newest", "num.total", "num.risen", "num.subset"):
        return False
    if not any(doc.tokens[k].f in also for k in range(more.part.i, more.part.j)):
        return False
    theirs, own = _people(doc, into), _people(doc, more)
    return bool(theirs) and bool(own) and theirs.isdisjoint(own)


def _people(doc: Doc, strike: Strike) -> set[str]:
    """The nouns of the people whom the last sentence of a strike counts: children, adults."""
    counted = {n.j for n in strike.last.numbers if n.taken in ("killed", "injured")}
    return {doc.tokens[m.i].f for m in strike.last.of("person.many") if m.i in counted}


def _with(told: int | None, more: int, *, is_added: bool, is_exact: bool) -> int:
    """The newer of two figures: the sum where it is of one more, the exact one behind a rough one, else the larger."""
    if is_exact and told is not None and more < told and more * _ROUGH >= told * (_ROUGH - 1):
        return more
    return (told or 0) + more if is_added else max(more, told or 0)


def is_sum(strikes: list[Strike], found: Strike) -> bool:
    """ "A drone hurt two in A. A woman was hurt in B. Three hurt in all": the sum of what was told place by place."""
    if len(strikes) < _SUMMED or found.places or not found.part.has("num.total") or not is_counted(found):
        return False
    told = [(s.toll.killed or 0, s.toll.injured or 0) for s in strikes if not s.retro]
    if any(not any(one) for one in told[-_SUMMED:]):
        return False
    for n in range(_SUMMED, len(told) + 1):
        killed, injured = (sum(one[k] for one in told[-n:]) for k in (0, 1))
        if (found.toll.killed or 0) in (0, killed) and found.toll.injured in (None, injured, killed + injured):
            return True
    return False


def is_told_whence(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Debris sticks in a roof in A; this is of the attack of 11 February": the day of what was told right before."""
    is_dated = found.when is not None and found.when.period in OF_A_DAY and found.when in found.part.whens
    if not is_dated or any(w is before.when for w in before.part.whens):
        return False
    if found.places or found.part.has("weapon", "model") or not found.toll.is_empty:
        return False
    is_next = found.part.n == before.last.n + 1 and found.part.line == before.last.line
    words = doc.lexicon.settings.get("this_is", ())
    return is_next and found.part.has("strike.attack") and doc.tokens[found.part.i].f in words


def merge_into(doc: Doc, into: Strike, more: Strike) -> None:
    is_of_downed = not more.is_named and more.part.has("act.shot_down", "act.merged")
    if not into.weapons or not (is_of_downed or _is_of_whole_country(into, more) or _is_tally_below(into, more)):
        for kind in more.weapons:
            if kind not in into.weapons:
                into.weapons.append(kind)
    levels = {p.level for p in into.places}
    is_half = levels == {"country"} and more.part.has("num.more") and more.toll.killed is None and (
        into.toll.injured is None and bool(more.toll.injured))  # fmt: skip
    is_wide = levels == {"area"} or (
        levels <= {"country", "oblast"}
        and (not into.toll.killed or is_headline_of(into, more) or is_same_counted(into.toll, more.toll))
    )
    is_wide = is_wide or is_region_of(into, more) or _is_title_of(into, more) or _is_town_of(into, more)
    is_wide = is_wide or _is_scene_of(into, more) or _is_seat_of(doc, into, more)
    is_wide = is_wide or _is_town_below(doc, into, more) or is_short_for_region(doc, into, more)
    is_wide = is_wide or (levels == {"raion"} and _is_where_in_raion(into, more))
    is_wide = is_wide or (is_half and bool(more.places))
    is_wide = is_wide or (into.rule == "strike.explosion" and more.has_effect and not into.has_effect)
    is_subset = any(m.i - more.part.i <= 1 for m in more.part.of("num.subset"))
    is_subset = is_subset and not more.part.has("act.shot_down", "act.merged")  # "Some of them were downed, hits at B"
    # "Among them a man in B" tells of a part alone
    is_one_of_several = len(into.places) > 1 and {p.name for p in more.places} < {p.name for p in into.places}
    is_wide = is_wide and not is_subset and not is_one_of_several
    if more.places and is_wide and not all(p.level == "country" for p in more.places):
        into.places = more.places
    is_of_others = is_counted(into) and not more.places and (more.toll.killed, more.toll.injured) == (0, 0)
    if is_of_others:
        more.toll.killed = more.toll.injured = None  # "two were hurt. Nobody was hurt in the other districts"
    if into.retro and more.toll.killed is None and more.part.has("alert.still", "act.present"):
        more.toll.injured = None  # "24 died on 1 January. 11 remain in hospital": by now
    is_added = more.part.n > into.last.n and (_is_one_more(into, more) or _are_others_too(doc, into, more))
    _merge_tolls(into.toll, more.toll, is_added=is_added)
    into.target = into.target or more.target
    if into.target == "other" and more.target is not None:
        into.target = more.target  # "infrastructure", and in the sentence behind what it was
    is_longer = more.when is not None and more.when.period in LONG and not (
        more.toll.killed or more.toll.injured)  # "the second in two months", "the 12th victim this year"  # fmt: skip
    is_longer = is_longer and not (more.has_effect and more.part.has("time.last_year"))  # "it hit the house last year"
    is_told_now = more.when is not None and (into.part.is_title or is_told_whence(doc, into, more))
    if (into.when is None and not is_longer) or is_told_now:
        into.when = more.when or into.when
    into.claimant = into.claimant or more.claimant
    if into.rule == "strike.explosion" and more.has_effect and not into.has_effect:
        into.rule = more.rule  # "a fire after a blast in A. Debris fell in B": the debris is what happened
    into.has_effect = into.has_effect or more.has_effect
    into.is_named = into.is_named or more.is_named
    into.last = more.part
    into.parts.append(more.part)


def _merge_tolls(into: Toll, more: Toll, *, is_added: bool) -> None:
    """Takes the figures of ``more``: on top of those told before where ``is_added``, else in their place."""
    told = (into.killed, into.injured)
    is_exact = into.bound == "approx" and more.bound is None
    into.take_silence(more)
    if more.killed is not None:
        into.killed = _with(into.killed, more.killed, is_added=is_added, is_exact=is_exact)
    if more.injured is not None:
        into.injured = _with(into.injured, more.injured, is_added=is_added, is_exact=is_exact)
    if is_exact and (into.killed, into.injured) != told:
        into.bound = None
    into.bound = more.bound or into.bound
    into.is_people = into.is_people or more.is_people
