"""A strike in the making, and what a sentence may be to it: another blow, its headline, its region, its scene."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.strikes.entries import is_of_other_clock
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import Doc, Part, When
from monitor.model import PlaceRef

_NEAR: Final = 3
_TOWNS: Final = frozenset(("city", "hromada"))

__all__ = [
    "Strike",
    "is_another",
    "is_counted",
    "is_headline_of",
    "is_in_his_region",
    "is_of_another",
    "is_region_of",
    "is_same_counted",
    "is_same_day",
    "is_short_for_region",
    "take_scene",
]


class Strike:
    """A strike in the making: the sentences ``part`` to ``last`` tell of it, ``parts`` are those behind the first."""

    __slots__ = (
        "claimant", "has_effect", "is_named", "last", "part", "parts", "places", "retro", "rule", "target", "toll",
        "weapons", "when",
    )  # fmt: skip

    def __init__(
        self,
        part: Part,
        last: Part,
        places: list[PlaceRef],
        weapons: list[str],
        toll: Toll,
        rule: str,
        when: When | None = None,
        target: str | None = None,
        claimant: str | None = None,
        has_effect: bool = False,
        is_named: bool = False,
        retro: bool = False,
    ) -> None:
        self.part = part
        self.last = last
        self.places = places
        self.weapons = weapons
        self.toll = toll
        self.rule = rule
        self.when = when
        self.target = target
        self.claimant = claimant
        self.has_effect = has_effect
        self.is_named = is_named
        self.retro = retro
        self.parts: list[Part] = []


def is_another(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "Another Russian attack on the city killed three": a blow of its own, with a toll of its own."""
    if is_of_other_clock(doc, before, found):
        return True
    if not found.is_named or not is_counted(found) or not is_counted(before):
        return False
    for blow in found.part.of("strike.attack", "strike.hit"):
        k = blow.i - 1
        while k > found.part.i and (m := doc.at[k]) is not None and (
            m.group in ("side", "weapon", "model") or (m.concept == "num.1" and m.i > found.part.i)
        ):  # fmt: skip
            k = m.i - 1  # "one more strike", where the "more" stands ahead
        beside = doc.at[k] if k >= found.part.i else None
        if beside is not None and beside.concept in ("num.more", "time.before"):
            return True
    return False


def is_in_his_region(doc: Doc, before: Strike, found: Strike) -> bool:
    """ "A blow in A. ... The governor says that houses caught fire": what a governor tells of without a place goes on
    with a blow in a town of his region."""
    if found.places or not found.part.has("claim") or not is_same_day(before, found):
        return False
    own = [m.data["place"] for m in found.part.of("claimant") if m.data.get("place")]
    return len(own) == 1 and bool(before.places) and all(
        own[0] in ancestors(doc.lexicon, p.id) and p.id != own[0] for p in before.places)  # fmt: skip


def is_region_of(wide: Strike, narrow: Strike) -> bool:
    """The region that one sentence names, and villages in the other that nobody knows or that are said to be there."""
    if len(wide.places) != 1 or not narrow.places or wide.target not in (None, narrow.target):
        return False
    region = wide.places[0]
    is_within = all(p.level in ("city", "hromada") for p in narrow.places)
    if region.level not in ("oblast", "raion", "district") or not is_within:
        return False
    is_said = any(s.ref.name == region.name for s in narrow.part.sites)
    return is_said or all(p.id is None for p in narrow.places)


def is_same_counted(a: Toll, b: Toll) -> bool:
    return bool(a.killed or a.injured) and (a.killed, a.injured) == (b.killed, b.injured)


def is_counted(strike: Strike) -> bool:
    return bool(strike.toll.killed or strike.toll.injured)


def take_scene(doc: Doc, strike: Strike, part: Part) -> bool:
    """ "A man was hurt in the region of A. The incident took place in B": where it was, told behind it."""
    scene = [s.ref for s in part.sites if s.role in ("at", "name", "past") and s.ref.level in _TOWNS]
    if not scene or part.has("toll", "strike") or part.n - strike.last.n > _NEAR:
        return False
    if [p.name for p in scene] == [p.name for p in strike.places]:
        strike.last = part
        return True
    if len(strike.places) != 1 or strike.places[0].level not in ("oblast", "raion", "country"):
        return False
    if not all(p.id is None or strike.places[0].id in ancestors(doc.lexicon, p.id) for p in scene):
        return False
    strike.places, strike.last = scene, part
    return True


def is_headline_of(before: Strike, found: Strike) -> bool:
    """A headline that counts the dead of a country, and the sentence that says where they died."""
    is_wide = bool(before.places) and all(p.level == "country" for p in before.places)
    return is_wide and before.toll.killed is not None and before.toll.killed == found.toll.killed


def is_short_for_region(doc: Doc, before: Strike, found: Strike) -> bool:
    """A headline with "one dead and six hurt in A", the short name of a region, and the very same toll of a town that
    lies in it."""
    if (
        before.part.line
        or not found.part.line
        or len(before.places) != 1
        or len(found.places) != 1
        or before.toll.injured is None
    ):
        return False
    if before.rule != "toll" or not before.toll.killed or not is_same_counted(before.toll, found.toll):
        return False
    if any(p.level != "city" for p in (*before.places, *found.places)):
        return False
    wide, narrow = (set(ancestors(doc.lexicon, p.id)) for p in (before.places[0], found.places[0]))
    return any("-" in a for a in wide & narrow)


def is_same_day(a: Strike, b: Strike) -> bool:
    one, two = (s.when.date if s.when else None for s in (a, b))
    if a.when is not None and b.when is not None and (a.when.period, b.when.period) == ("day", "instant"):
        return b.part.line == a.last.line  # "since the day began", and the hour of one of the blows
    return one is None or two is None or one == two or one[-10:] == two[-10:]


def is_of_another(doc: Doc, found: Strike) -> bool:
    """ "Another man was hurt": a person of whom nothing was told before."""
    return any(
        (m := doc.at[more.j]) is not None and m.group == "person" for more in found.part.of("num.more")
        if more.j < found.part.j
    )  # fmt: skip
