"""Sides that are named: beside a figure or its weapon, or as the enemy of whoever speaks; whose land a place is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.extract.counts.forces import force_side, is_of_force, shot_down_over
from monitor.extract.counts.found import Found
from monitor.extract.places.units import HELD, ancestors
from monitor.extract.strikes.victims import is_of_victims
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = [
    "UNKNOWN",
    "by_side_named",
    "enemy_of",
    "other_side",
    "side_against",
    "side_of_airspace",
    "side_of_weapons",
    "side_that_says",
]

UNKNOWN: Final = "?"
"""Settled that it is not told who attacked; nothing else is asked."""
_OTHER: Final = {"RU": "UA", "UA": "RU"}
_BY_CONCEPT: Final = {"side.ua": "UA", "side.ru": "RU", "side.troops": "RU"}
_ABROAD: Final = {"side.ua": "UA", "side.ru": "RU"}
_FIRST_YEAR: Final = 2022
_ARTICLE: Final = 4
"""Letters of the longest word that may be an article."""
_PEOPLE: Final = frozenset(("side.troops", "side.enemy"))
_TO: Final = frozenset(("prep.at", "prep.to", "prep.on", "prep.against", "prep.over"))


def by_side_named(doc: Doc, one: Found, sided: list[Mention], claimant_side: str | None) -> str | None:
    """The attacker where a side is named with the figure, or the army that launched or shot down."""
    part = one.part
    if shot_down_over(doc, one) is not None:
        beside = (_side_beside(doc, one) or side_of_weapons(part)) if sided else None
        return _ABROAD.get(beside or "", UNKNOWN)
    if (sided or "claimant" in part.groups) and (launcher := force_side(doc, one)) is not None:
        return launcher
    beside = _side_beside(doc, one) if sided else None
    if beside is None:
        return None
    if beside != "side.enemy":
        return _BY_CONCEPT[beside]
    if doc.side is None and (
        claimant_side == "RU" or _are_in_russia(doc, one.places) or _is_told_in_russia(doc, part)
    ):  # fmt: skip
        return "UA"  # a Russian governor, quoted by the other side: "12 enemy drones were downed"
    return enemy_of(doc) or _OTHER.get(claimant_side or "", UNKNOWN)


def side_that_says(doc: Doc, part: Part) -> str | None:
    """ "The Russians say that they downed 92": whose word a sentence gives, where it names a side and no office."""
    if "side" not in part.groups or "claimant" in part.groups:
        return None
    for said in part.of("claim.said"):
        before = doc.at[said.i - 1] if said.i > part.i else None
        behind = doc.at[said.j] if said.j < part.j else None
        if behind is not None and behind.concept not in _PEOPLE:
            behind = None  # not of "said Russian drones ..."
        for m in (before, behind):
            if m is not None and m.group == "side":
                return enemy_of(doc) if m.concept == "side.enemy" else _BY_CONCEPT.get(m.concept)
    return None


def other_side(side: str) -> str:
    """Who attacks where ``side``, "UA" or "RU", is attacked."""
    return "RU" if side == "UA" else "UA"


def _side_beside(doc: Doc, one: Found) -> str | None:
    """The concept of the side named with the figure and its weapon, or right before them."""
    part, number = one.part, one.number
    named = doc.mentions_between(number.j, min(part.j, max(one.weapon.j, number.j) + 2))
    behind = doc.mentions_between(max(part.i, number.i - 3), number.i)
    last_act = -1
    for m in behind:
        if m.group in ("act", "strike", "claim"):
            last_act = m.i
    named += [m for m in behind if m.i > last_act or one.measure == "launched"]
    for m in named:
        if m.concept not in ("side.ua", "side.ru", "side.troops", "side.enemy") or is_of_victims(doc, part, m):
            continue
        if side_of_airspace(doc, part, m) is not None:
            continue  # "145 drones entering Ukrainian airspace"
        to = doc.at[m.i - 1] if m.i >= one.weapon.j else None
        if to is not None and to.concept in _TO:
            continue  # "launched three at Ukraine's region of A"
        if to is not None and to.concept == "strike.attack" and not is_of_force(doc, part, m):
            continue  # "a drone attacked a Russian radar"
        if m.j <= number.i and (
            doc.tokens[number.i - 1].text == "," or (to is None and _is_of_land(doc, part, m.i - 1))
        ):  # fmt: skip
            continue  # "four downed over Russian soil, two over A", "fired at Ukrainian soil 4 missiles"
        means = doc.at[m.j] if m.j < part.j else None
        if one.act is not None and one.act.j == m.i and one.measure == "shot_down" and (
            one.act.i > number.j and (means is None or means.group not in ("weapon", "model"))
        ):  # fmt: skip
            continue  # "one missile was downed by our air defence": who downed it
        if means is None or means.concept != "prep.against" or m.j > number.i:
            return m.concept  # not "struck the energy system of Ukraine with 91 drones": whose it is, not whose drones
    return None


def side_of_airspace(doc: Doc, part: Part, m: Mention) -> str | None:
    """ "Ukrainian airspace": whose air the adjective of a side tells, ahead of the noun or behind it."""
    over = doc.lexicon.settings.get("airspaces", ())
    beside = [k for k in (m.i - 1, m.j) if part.i <= k < part.j]
    return _BY_CONCEPT.get(m.concept) if any(doc.tokens[k].f in over for k in beside) else None


def _is_of_land(doc: Doc, part: Part, k: int) -> bool:
    """ "At Ukrainian soil", in a language with its adjectives behind: a word that nobody knows behind an "at"."""
    if doc.tokens[k].kind != "w" or doc.tokens[k].is_capital or k <= part.i:
        return False
    k -= 1 + (doc.at[k - 1] is None and len(doc.tokens[k - 1].f) <= _ARTICLE and k - 1 > part.i)
    before = doc.at[k]
    return before is not None and before.concept in _TO


def side_of_weapons(part: Part) -> str | None:
    """ "Drones of Russian origin", "by Russian drones": the only side named right beside a weapon."""
    sides = {
        m.concept for m in part.of("side.ru", "side.ua") for w in part.of("weapon", "model")
        if -1 <= w.i - m.j <= 0 or 0 <= m.i - w.j <= 2
    }  # fmt: skip
    return sides.pop() if len(sides) == 1 else None


def _are_in_russia(doc: Doc, places: Sequence[PlaceRef]) -> bool:
    return bool(places) and all(p.id == "RU" or "RU" in ancestors(doc.lexicon, p.id) for p in places)


def _is_told_in_russia(doc: Doc, part: Part) -> bool:
    """ "Flights from Ufa were stopped. The plant was attacked by three enemy drones, he said"."""
    if not part.has("claim") or not part.has("strike.attack"):
        return False
    near = [s for p in doc.parts[max(0, part.n - 2) : part.n + 1] for s in p.sites if s.role in ("at", "target")]
    return _are_in_russia(doc, [s.ref for s in near])


def side_against(doc: Doc, places: Sequence[PlaceRef], *, is_passing: bool = False) -> str | None:
    """Who attacks these places. What is only ``is_passing`` over a district that Russia holds may be on its way."""
    for place in places:
        line = [place.id or "", *ancestors(doc.lexicon, place.id)]
        if "RU" in line or not HELD.isdisjoint(line):
            return "UA"
        if "UA" in line and not is_passing and _is_held(doc, line):
            return "UA"
        if "UA" in line:
            return "RU"
    return None


def _is_held(doc: Doc, line: list[str]) -> bool:
    """Whether a place of Ukraine was in Russian hands when the text was published."""
    held = doc.lexicon.settings.get("held_2014", frozenset())
    if doc.local is None or doc.local.year > _FIRST_YEAR:
        held = held | doc.lexicon.settings.get("held_2022", frozenset())
    return not held.isdisjoint(line)


def enemy_of(doc: Doc) -> str | None:
    if doc.side is not None:
        return "RU" if doc.side == "UA" else "UA"
    found = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    return str(found) if found else None
