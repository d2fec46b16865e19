"""What a sentence tells of a blow some days before, and where it turns to today: "a day after the blow on A ..."."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part, When
from monitor.extract.vetoes import clause_starts
from monitor.extract.words.mentions import Mention

__all__ = ["HERE", "day_of_blow", "ends_with_other_day", "is_counted_on", "today_begins"]

HERE: Final = ("place.this", "place.there", "level.city")
_ARTICLE: Final = 3
"""Letters of an article; tokens from "after" to the blow, and from the blow to its place."""
_HURT: Final = 8
"""Tokens from the day of a wound to the blow that gave it."""
_OF_HARM: Final = frozenset(("toll", "prep", "cause", "count", "verb", "side"))
_BESIDE: Final = 3
_HARM: Final = frozenset(("toll.killed", "toll.injured", "toll.victims", "toll.harmed"))
_BLOW_NOUNS: Final = frozenset(("strike.attack", "strike.hit"))
_TOLD: Final = _HARM | {"strike.damage", "strike.hit"}
_TODAY: Final = _TOLD | _BLOW_NOUNS
_DOERS: Final = frozenset(("weapon", "model", "side", "num", "person"))
_TELLING: Final = frozenset(("strike", "toll", "place", "weapon", "model"))


def today_begins(doc: Doc, part: Part, after: Mention) -> int | None:
    """Where what is told of today begins, in a sentence that opens with the day after another blow."""
    starts = clause_starts(doc, part)
    if len(starts) > 1 and _is_any(part, _HARM, part.i, starts[1]) and _is_any(part, _TOLD, starts[1], part.j):
        return starts[1]
    named = _behind_named(doc, part, after)
    return named if named is not None else _behind_relative(doc, part, starts)


def ends_with_other_day(doc: Doc, part: Part, after: Mention) -> bool:
    """ "A drone wounded two in A | a day after the blow on B that killed five": the toll of that day is in a clause of
    its own, and nothing else is behind it."""
    relatives = doc.lexicon.settings.get("relatives", ())
    that = next((k for k in range(after.j, part.j) if doc.tokens[k].f in relatives), None)
    if that is None or not _is_any(part, _HARM, part.i, after.i) or _is_any(part, _HARM, after.j, that):
        return False
    behind = [k for k in clause_starts(doc, part) if k > that]
    return _is_any(part, _HARM, that, part.j) and not any(_is_any(part, _TOLD, k, part.j) for k in behind)


def day_of_blow(part: Part, when: When | None) -> When | None:
    """ "Officials said on Tuesday that two were killed in Monday's attack", "... in the attack of the day before": an
    earlier day beside the only blow, behind the day on which it was told."""
    if when is None or when not in part.whens or when.period != "day" or when.date is None:
        return when
    blows = part.of_any(_BLOW_NOUNS)
    if len(blows) != 1 or part.has("time.day_after", "time.after", "prep.reply", "num.former", "num.compared"):
        return when
    blow = blows[0]
    own = [
        w for w in part.whens
        if w.i > when.j and w.period == "day" and w.date is not None and w.date < when.date
        and (0 <= w.i - blow.j <= _BESIDE or 0 <= blow.i - w.j <= 1 or _is_when_hurt(part, w, blow))
    ]  # fmt: skip
    return own[0] if len(own) == 1 and when.j < blow.i else when


def _is_when_hurt(part: Part, day: When, blow: Mention) -> bool:
    """ "Yesterday a man died who on 15 March was wounded in the blow on A": right ahead of the wound he died of."""
    between = [m for m in part.mentions if day.j <= m.i < blow.i]
    is_hurt = any(m.concept == "toll.injured" for m in between) and part.has("toll.killed")
    return is_hurt and blow.i - day.j <= _HURT and all(m.group in _OF_HARM for m in between)


def is_counted_on(part: Part) -> bool:
    """ "A day after the blow on A the toll rose to four": of that same blow, where no other is told of."""
    after = part.of("time.day_after")
    if not after or after[0].i > part.i or not part.has("num.newest", "num.risen", "num.more"):
        return False
    return len(part.of_any(_BLOW_NOUNS)) == 1 and part.has_any(_HARM) and len({s.ref.name for s in part.sites}) == 1


def _behind_named(doc: Doc, part: Part, after: Mention) -> int | None:
    """ "A day after the blow on A | a drone wounded two in B": right behind the name of the one before, without a comma
    or a verb between."""
    blow = next((m for m in part.of_any(_BLOW_NOUNS) if 0 <= m.i - after.j <= _ARTICLE), None)
    place = next((s for s in part.sites if blow is not None and s.i >= blow.j), None)
    if blow is None or place is None or place.i - blow.j > _ARTICLE:
        return None
    cut = place.j
    while cut < part.j and (m := doc.at[cut]) is not None and m.group in ("place", "level", "conj", "prep"):
        cut = m.j
    if cut >= part.j - 1 or doc.tokens[cut].kind == "p":
        return None
    m = doc.at[cut]
    is_verb_next = m is not None and m.group == "strike" and m.lang in doc.lexicon.settings.get("verb_last", ())
    if m is not None and m.group not in _DOERS and not is_verb_next:
        return None
    is_placed = any(s.i >= cut for s in part.sites) or any(m.i >= cut for m in part.of(*HERE))
    return cut if is_placed and _is_any(part, _TODAY, cut, part.j) else None


def _behind_relative(doc: Doc, part: Part, starts: list[int]) -> int | None:
    """ "A day after the blow on A, where six died, | a missile hit B": the first clause that is no "where"."""
    relatives = doc.lexicon.settings.get("relatives", ())
    for k, start in enumerate(starts[1:], 1):
        end = starts[k + 1] if k + 1 < len(starts) else part.j
        is_of_it = any(doc.tokens[n].f in relatives for n in range(start, min(start + 2, end)))
        if is_of_it or not _is_any(part, _TELLING, start, end):
            continue
        return start if _is_any(part, _HARM, part.i, start) or _is_any(part, _TOLD, start, part.j) else None
    return None


def _is_any(part: Part, concepts: frozenset[str], i: int, j: int) -> bool:
    return any(i <= m.i < j for m in part.of_any(concepts))
