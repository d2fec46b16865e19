"""Whose armed forces launched what is counted, or shot it down."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from monitor.extract.claims import people_beside
from monitor.extract.counts.found import Found
from monitor.extract.strikes.victims import is_of_victims
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["force_side", "is_of_force", "shot_down_over"]

_SIDES: Final = {
    "side.ua": "UA",
    "side.ru": "RU",
    "claimant.army_ua": "UA",
    "claimant.military_ua": "UA",
    "claimant.army_ru": "RU",
}
_WORDS: Final = frozenset(_SIDES)
_DOWNED: Final = frozenset(("act.shot_down", "act.merged", "act.parted", "act.shot_down+strike.repelled"))
_LAUNCHED: Final = frozenset(("act.launched", "act.fired", "strike.attack"))
_VERBS: Final = frozenset(("act", "strike", "claim"))
_REACH: Final = 2
_NEXT: Final = 4


def force_side(doc: Doc, one: Found) -> str | None:
    """Who launched, where the armed forces of a side are the doers: "the Russian army attacked Ukraine with 40 drones",
    "the Russian air defence downed 40"."""
    act = one.act
    is_downed = act is not None and act.concept in _DOWNED
    if act is None or (not is_downed and (act.concept not in _LAUNCHED or one.measure != "launched")):
        return None
    for m in one.part.of_any(_WORDS):
        if m.group == "side" and (not is_of_force(doc, one.part, m) or is_of_victims(doc, one.part, m)):
            continue
        side = _SIDES[m.concept]
        if m.group == "claimant" and m.i == one.weapon.j and one.weapon.i >= one.number.i:
            return side  # "12 drones of the armed forces of Ukraine": whose they are
        if _is_doer(doc, one, m, act):
            return ("UA" if side == "RU" else "RU") if is_downed else side
    return None


def shot_down_over(doc: Doc, one: Found) -> str | None:
    """The country over which the forces of a people shot down: "the Polish air force downed three drones"."""
    forces: Collection[str] = doc.lexicon.settings.get("forces", ())
    part, act = one.part, one.act
    if act is None or one.measure not in ("shot_down", "lost", "suppressed"):
        return None
    peoples: Mapping[str, str] = doc.lexicon.settings.get("peoples", {})
    if not any(token.f in peoples for token in doc.tokens[part.i : part.j]):
        return None
    for k in range(part.i, part.j):
        told = doc.at[k]
        if doc.tokens[k].f not in forces and (told is None or told.group != "claimant"):
            continue
        if not (k < one.number.i or one.number.i < act.i < k):
            continue
        lo, hi = min(k, act.i), max(k, act.i)
        if any(m.group in ("act", "strike") and m.i != act.i for m in doc.mentions_between(lo, hi)):
            continue
        if (country := people_beside(doc, part, k, k + 1)) is not None:
            return country
    return None


def is_of_force(doc: Doc, part: Part, side: Mention) -> bool:
    """Whether the word for a side says whose army, air force or air defence is spoken of."""
    forces: Collection[str] = doc.lexicon.settings.get("forces", ())
    for k in range(side.i, min(part.j, side.j + _REACH)):
        if doc.tokens[k].f in forces:
            return True
        after = doc.at[k]
        if k >= side.j and (
            after.group not in ("claimant", "side") if after is not None else doc.tokens[k].kind != "w"
        ):
            break
    owned = doc.at[side.j] if side.j < part.j else None
    if owned is not None and owned.group in ("weapon", "model"):
        return False  # "by air defence a Ukrainian drone was downed": whose drone it was
    for k in range(side.i - 1, max(part.i, side.i - _REACH) - 1, -1):
        before = doc.at[k]
        if doc.tokens[k].f in forces:
            return side.lang not in doc.lexicon.settings.get("verb_last", ())
        if doc.tokens[k].kind != "w" or (before is not None and before.group != "claimant"):
            break
    return False


def _is_doer(doc: Doc, one: Found, side: Mention, act: Mention) -> bool:
    """The forces are the subject of the figure's verb: no other verb is nearer, and no side stands ahead of them that
    might have attacked them."""
    part = one.part
    lo, hi = (side.j, act.i) if side.i < act.i else (act.j, side.i)
    if any(m.group in _VERBS and m.i != act.i for m in doc.mentions_between(lo, hi)):
        return False
    if act.concept in _LAUNCHED and side.i > one.number.i:
        return 0 < side.i - act.j <= _REACH  # "the 120 drones used by the Russian army"
    if act.i < side.i and any(m.group in _VERBS for m in doc.mentions_between(side.j, min(part.j, side.j + _NEXT))):
        return False  # "38 were downed, the army attacked A"
    if act.concept in _DOWNED:
        before = [m for m in part.of_any(_LAUNCHED) if m.j <= side.i]
        return not before or any(m.i >= before[-1].j for m in part.of_any(_DOWNED) if m.j <= side.i)
    if any(s.i < act.i and s.ref.id in ("UA", "RU") and s.role != "from" for s in part.sites):
        return False  # "Russia was attacked by the army", "as the Ukrainian army says, Russia launched"
    return not any(m.i < side.i and _SIDES[m.concept] != _SIDES[side.concept] for m in part.of_any(_WORDS))
