"""Whether a word for shooting down tells of a building that was destroyed."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["destroyed_by", "is_building_done_for"]

_ARTICLE: Final = 3
_NAMED: Final = frozenset(("place", "level", "num", "target", "claimant", "side"))


def _means_behind(doc: Doc, part: Part, by: Mention) -> Mention | None:
    """The word behind "by", past an article and whose it was: "destroyed by a Russian drone"."""
    k = by.j
    while k < part.j and k - by.j < _ARTICLE and (
        ((m := doc.at[k]) is None and len(doc.tokens[k].f) < _ARTICLE) or (m is not None and m.group == "side")
    ):  # fmt: skip
        k = m.j if m is not None else k + 1
    return doc.at[k] if k < part.j else None


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
    """Whether a preposition of place stands ahead of a building, an article at most between, or a weapon that was on
    its way to it: "the drone targeting the airport was shot down"."""
    k = target.i - 1
    while k > part.i and doc.tokens[k].kind == "w" and ((m := doc.at[k]) is None or m.concept == "num.of"):
        if len(doc.tokens[k].f) > _ARTICLE:
            return False
        k -= 1
    m = doc.at[k] if k >= part.i else None
    return (m is not None and m.concept == "prep.at" and m.j - m.i > 1) or _is_aimed_at(doc, part, target)


def _is_aimed_at(doc: Doc, part: Part, target: Mention) -> bool:
    k = target.i - 1
    while k > part.i and ((m := doc.at[k]) is None or m.group in _NAMED or m.concept == "prep.at"):
        is_word = doc.tokens[k].is_capital or len(doc.tokens[k].f) <= _ARTICLE
        if m is None and (doc.tokens[k].kind == "p" or not is_word):
            return False
        k = (m.i if m is not None else k) - 1
    if k <= part.i or (m := doc.at[k]) is None or m.concept not in ("prep.to", "strike.attack"):
        return False
    ahead = doc.at[m.i - 1] or (doc.at[m.i - 2] if m.i - 2 >= part.i else None)  # "drones directed towards a base"
    return ahead is not None and ahead.group in ("weapon", "model")


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
    warded = {m.i for m in part.of("strike.repelled")}  # "an attack on the port warded off": no port is
    for m in part.of("act.shot_down"):
        if m.i in warded:
            continue
        k = next((n.j for n in part.numbers if n.i == m.j), m.j)
        by = doc.at[k] if k < part.j else None
        if is_building_done_for(doc, part, m):
            out.append(m)
            continue
        is_of_blow = part.has("weapon", "model") or (k > m.j and part.has("strike.attack"))
        if by is not None and by.group == "target" and is_of_blow:
            out.append(m)  # "destroyed the station with drones": a target is no weapon
            continue
        means = _means_behind(doc, part, by) if by is not None and by.concept == "prep.agent" else None
        if means is not None and means.group in ("weapon", "model") and any(t.i < m.i for t in part.of("target")) and (
            not any(w.j <= m.i for w in part.of("weapon", "model"))
        ):  # fmt: skip
            out.append(m)
    return out
