"""Whether a word for shooting down tells of a building that was destroyed."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["destroyed_by", "is_building_done_for"]

_ARTICLE: Final = 3


def is_building_done_for(doc: Doc, part: Part, act: Mention) -> bool:
    """ "A station destroyed in A", "a warehouse was destroyed": a building right before the verb is struck, nothing is
    shot down."""
    if act.lang not in doc.lexicon.settings.get("articled", ()):
        return False
    if _is_destroyed_at_the_end(doc, part, act):
        return True
    k = act.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group == "verb":
        k = m.i - 1
    before = doc.at[k] if k >= part.i else None
    shot = next(iter(doc.mentions_between(act.j, min(part.j, act.j + 2))), None) if k == act.i - 1 else None
    if shot is not None and shot.group in ("weapon", "model", "num", "side"):
        return False  # "an air defence system shot down a drone"
    if before is not None and before.group == "target" and _is_where(doc, part, before):
        return False  # "the drones were shot down near the refinery"
    return before is not None and before.group == "target" and not any(
        m.i == before.i and m.group in ("weapon", "model") for m in part.mentions)  # fmt: skip


def _is_where(doc: Doc, part: Part, target: Mention) -> bool:
    """Whether a preposition of place stands ahead of a building, an article at most between."""
    k = target.i - 1
    while k > part.i and doc.tokens[k].kind == "w" and ((m := doc.at[k]) is None or m.concept == "num.of"):
        if len(doc.tokens[k].f) > _ARTICLE:
            return False
        k -= 1
    m = doc.at[k] if k >= part.i else None
    return m is not None and m.concept == "prep.at" and m.j - m.i > 1


def _is_destroyed_at_the_end(doc: Doc, part: Part, act: Mention) -> bool:
    """ "Station of A by drones destroyed", where a language ends with its verb."""
    if act.lang not in doc.lexicon.settings.get("verb_last", ()) or not any(t.i < act.i for t in part.of("target")):
        return False
    return any(
        p.j <= w.i <= p.j + 2 and w.j <= act.i for p in part.of("prep.agent", "prep.past") for w in part.of("weapon")
    )


def destroyed_by(doc: Doc, part: Part) -> list[Mention]:
    """ "The station was destroyed by drones": what is done to a building with a weapon behind "by" is a hit."""
    out: list[Mention] = []
    if part.has("count.money"):
        return out  # a list of prices
    for m in part.of("act.shot_down"):
        k = next((n.j for n in part.numbers if n.i == m.j), m.j)
        by = doc.at[k] if k < part.j else None
        if is_building_done_for(doc, part, m):
            out.append(m)
            continue
        is_of_blow = part.has("weapon", "model") or (k > m.j and part.has("strike.attack"))
        if by is not None and by.group == "target" and is_of_blow:
            out.append(m)  # "destroyed the station with drones": a target is no weapon
            continue
        means = doc.at[by.j] if by is not None and by.concept == "prep.agent" and by.j < part.j else None
        if means is not None and means.group in ("weapon", "model") and any(t.i < m.i for t in part.of("target")):
            out.append(m)
    return out
