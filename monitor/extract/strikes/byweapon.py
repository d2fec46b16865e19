"""A sentence whose weapons have each a place of its own: "bombs on A, drones on B", "A with bombs, B with drones"."""

from __future__ import annotations

import itertools
from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import clause_starts
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import strike_kinds, used_in

__all__ = ["by_weapon"]

_BLOWS: Final = ("strike.attack", "strike.hit")
_HARM: Final = ("toll.killed", "toll.injured")
_DOWNED: Final = ("act.shot_down", "act.merged", "act.lost", "alert", "strike.debris")
_LED: Final = frozenset(("prep", "verb", "side", "level", "num", "bound"))
"""What stands ahead of a weapon or a place and goes with it."""
_STRUCK: Final = frozenset(("target", "at", "name"))


def by_weapon(doc: Doc, part: Part) -> list[tuple[int, int, Mention | None]] | None:
    """The first and the last token of what is told of each weapon, with the verb that it goes without; None where the
    weapons share their places, or a toll is counted that may be of them all."""
    verbs = part.of(*_BLOWS) or part.of(*_HARM)
    if len(part.sites) < 2 or not verbs or part.has(*_DOWNED) or (part.numbers and part.has("toll")):
        return None
    rows = _rows(doc, part)
    if len(rows) < 2 or not _are_apart(doc, [sites for _, _, sites in rows]):
        return None
    kinds = [tuple(kinds) for _, kinds, _ in rows]
    if any(not one for one in kinds) or any(set(a) & set(b) for a, b in itertools.pairwise(kinds)):
        return None
    starts = [_start(doc, part, first) for first, _, _ in rows[1:]]
    if any(start is None for start in starts):
        return None
    out: list[tuple[int, int, Mention | None]] = []
    verb = None if part.has(*_BLOWS) else verbs[0]  # "bombs on A, drones on B - there are wounded"
    cuts = [part.i, *(start for start in starts if start is not None), part.j]
    for i, j in itertools.pairwise(cuts):
        own = [m for m in verbs if i <= m.i < j]
        if not own and verb is None:
            return None
        out.append((i, j, None if own else verb))
        verb = own[0] if own else verb
    return out


def _rows(doc: Doc, part: Part) -> list[tuple[int, list[str], list[Site]]]:
    """The weapons and the places of the sentence in turn, always the one or always the other first: the first token,
    the kinds of the weapons and the places of each turn; [] where they do not take turns."""
    weapons = [(w.i, w, None) for w in used_in(doc, part)]
    sites = [(s.i, None, s) for s in part.sites if s.role in _STRUCK and s.ref.level not in ("country", "sea")]
    if len(sites) < len([s for s in part.sites if s.role != "from"]) or len(weapons) < 2:
        return []
    told = sorted([*weapons, *sites], key=_by_token)
    is_weapon_first = told[0][1] is not None
    rows: list[tuple[int, list[str], list[Site]]] = []
    was_weapon = not is_weapon_first
    for i, weapon, site in told:
        if (weapon is not None) == is_weapon_first and was_weapon != is_weapon_first:
            rows.append((i, [], []))
        if weapon is not None:
            rows[-1][1].extend(strike_kinds([weapon]))
        elif site is not None:
            rows[-1][2].append(site)
        was_weapon = weapon is not None
    return rows if all(kinds and places for _, kinds, places in rows) else []


def _by_token(told: tuple[int, object, object]) -> int:
    return told[0]


def _are_apart(doc: Doc, rows: list[list[Site]]) -> bool:
    """Whether no place of one weapon is, or lies in, one of another."""
    told: set[str] = set()
    for sites in rows:
        own = {s.ref.id or s.ref.name for s in sites}
        around = {above for s in sites for above in ancestors(doc.lexicon, s.ref.id)}
        if told & (own | around):
            return False
        told |= own
    return True


def _start(doc: Doc, part: Part, first: int) -> int | None:
    """Where the clause of a weapon or a place begins: behind a comma or a "but", or at the "and" ahead of it."""
    if first in clause_starts(doc, part):
        return first
    k = first - 1
    while k > part.i:
        m = doc.at[k]
        if m is not None and m.concept in ("conj.and", "conj.but"):
            return m.i
        if doc.tokens[k].is_parting or doc.tokens[k].text == ",":
            return k + 1
        if m is not None and m.group not in _LED and m.concept not in _BLOWS:
            return None
        k = m.i - 1 if m is not None else k - 1
    return None
