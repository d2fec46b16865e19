"""What became of all: "eight missiles were launched. All of them were shot down"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["are_downed_next", "downed_of", "with_all_downed"]

_FIRST: Final = 4
_SHORT: Final = 4
"""Letters of a pronoun."""
_MOST: Final = 2
_BETWEEN: Final = frozenset(("weapon", "model", "side", "verb", "act"))


def downed_of(doc: Doc, part: Part) -> Mention | None:
    """The verb of a sentence that opens with "all" and says of nothing else than weapons that they were shot down."""
    every = next((m for m in part.of("num.all") if m.i - part.i < _FIRST), None)
    if every is None or part.vetoes or part.has("veto", "bound", "toll", "conj.but", "time.before"):
        return None
    if any(not n.is_article for n in part.numbers) or any(s.role not in ("agent", "speaker") for s in part.sites):
        return None
    unread = 0
    k = every.j
    while k < part.j:
        m = doc.at[k]
        if m is None:
            if doc.tokens[k].kind != "w" or (k == every.j and len(doc.tokens[k].f) > _SHORT):
                return None
            unread += 1
            k += 1
            continue
        if m.concept in ("act.shot_down", "act.merged"):
            return m if unread <= _MOST else None
        if m.group not in _BETWEEN:
            return None
        k = m.j
    return None


def with_all_downed(doc: Doc, part: Part, so_far: list[Found]) -> list[Found]:
    """The figures so far, and those of the sentence before as shot down where this one says that all of them were;
    what was in the air then is so no more."""
    if not so_far or part.n - so_far[-1].part.n != 1 or (verb := downed_of(doc, part)) is None:
        return so_far
    before = [one for one in so_far if one.part is so_far[-1].part]
    if any(one.measure not in ("launched", "present") or one.is_former for one in before):
        return so_far
    if any(one.measure == "shot_down" and one.weapon.kind in {b.weapon.kind for b in before} for one in so_far):
        return so_far  # a headline has said how many
    kinds = {str(m.data.get("weapon", "")) or m.kind for m in part.of("weapon", "model")}
    downed = [one for one in before if not kinds or one.weapon.kind in kinds]
    return [one for one in so_far if one.measure != "present" or one not in downed] + [
        Found(one.number, one.part, one.weapon, "shot_down", verb, False, one.value, one.places) for one in downed
    ]


def are_downed_next(doc: Doc, part: Part) -> bool:
    """Whether the next sentence of the line says that all of what this one tells of were shot down."""
    after = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    return after is not None and after.line == part.line and after.has("num.all") and downed_of(doc, after) is not None
