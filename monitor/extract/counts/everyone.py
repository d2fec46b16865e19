"""What became of all: "eight missiles were launched. All of them were shot down"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.counts.singles import has_subject_behind
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["are_downed_next", "downed_of", "is_all_downed", "is_downed_later", "may_be_all", "with_all_downed"]

_SHORT: Final = 4
"""Letters of a pronoun."""
_MOST: Final = 2
_BETWEEN: Final = frozenset(("weapon", "model", "side", "verb", "act"))
_VERBS: Final = {"act.shot_down": "shot_down", "act.merged": "shot_down", "act.suppressed": "suppressed"}
_ANY: Final = "mixed"


def may_be_all(doc: Doc, part: Part, so_far: list[Found]) -> bool:
    """A cheap first look: "all" is said, or the sentence before said that the attack was warded off."""
    if not so_far or part.n - so_far[-1].part.n != 1 or not part.has("act"):
        return False
    return part.has("num.all") or so_far[-1].part.has("strike.repelled")


def _subject(doc: Doc, part: Part) -> int | None:
    """Where "all", or the weapons of an attack that was warded off, begin a sentence; who did it may stand ahead."""
    k = part.i
    while k < part.j:
        m = doc.at[k]
        if m is not None and m.concept == "num.all":
            return k
        if m is not None and m.group in ("claimant", "side"):
            k = m.j
            continue
        if m is not None and m.group == "weapon":
            return k
        if m is not None or doc.tokens[k].kind == "w":
            article = m is None and k == part.i and len(doc.tokens[k].f) <= _SHORT
            if not article:
                return None
        k += 1
    return None


def downed_of(doc: Doc, part: Part) -> Mention | None:
    """The verb of a sentence that opens with "all" and says of nothing else than weapons that they were shot down."""
    if part.vetoes or part.has("veto", "bound", "toll", "conj.but", "time.before", "num.except"):
        return None
    if any(not n.is_article for n in part.numbers) or (every := _subject(doc, part)) is None:
        return None
    unread = 0
    k = every if (first := doc.at[every]) is None or first.concept != "num.all" else first.j
    start = k
    while k < part.j:
        m = doc.at[k]
        if m is None:
            if doc.tokens[k].kind != "w" or (k == start and len(doc.tokens[k].f) > _SHORT):
                return None
            unread += 1
            k += 1
            continue
        if m.concept in _VERBS:
            is_one = doc.tokens[m.j - 1].f in doc.lexicon.settings.get("singular_verbs", ())
            return m if unread <= _MOST and not is_one and not has_subject_behind(doc, part, m) else None
        if m.group not in _BETWEEN and m.concept != "conj.and":
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
    measure = _VERBS[verb.concept]
    if any(one.measure == measure and one.weapon.kind in {b.weapon.kind for b in before} for one in so_far):
        return so_far  # a headline has said how many
    over = tuple(s.ref for s in part.sites if s.role in ("at", "target"))
    kinds = {str(m.data.get("weapon", "")) or m.kind for m in part.of("weapon", "model")} - {_ANY}
    downed = [one for one in before if not kinds or one.weapon.kind in kinds]
    return [one for one in so_far if one.measure != "present" or one not in downed] + [
        Found(
            one.number,
            one.part if one.measure == "present" else part,
            one.weapon,
            measure,
            verb,
            False,
            one.value,
            over or one.places,
        )
        for one in downed
    ]


def are_downed_next(doc: Doc, part: Part) -> bool:
    """Whether the next sentence of the line says that all of what this one tells of were shot down."""
    after = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    return after is not None and after.line == part.line and after.has("num.all") and downed_of(doc, after) is not None


def is_all_downed(part: Part, number: Number) -> bool:
    """ "The 14 drones launched have all been shot down": the same number was shot down."""
    alls = [m for m in part.of("num.all") if m.i > number.j]
    return any(0 <= d.i - a.j <= 3 for a in alls for d in part.of("act.shot_down", "act.merged"))


def is_downed_later(doc: Doc, part: Part, number: Number, weapon: Weapon, act: Mention | None) -> bool:
    """ "The 12 drones launched at A were shot down": a participle, and the verb that says what became of them."""
    if act is None or act.concept != "act.launched" or not number.j <= weapon.i < weapon.j <= act.i <= weapon.j + 1:
        return False
    for m in part.of("act.shot_down", "act.merged"):
        verb = doc.at[m.i - 1]
        if m.i > act.j and verb is not None and verb.group == "verb" and same_clause(doc, part, number.i, m.i):
            return not any(number.i < n.i < m.i for n in part.numbers)
    return False
