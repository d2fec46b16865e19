"""Blows of two days in one sentence: "struck on 3 March and again on 7 March", "A on 2 March and B on 3 March"."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part, When
from monitor.extract.text.tokens import DASHES

__all__ = ["by_day"]

_DAYS: Final = frozenset(("day", "night"))
_BLOWS: Final = frozenset(("strike.attack", "strike.hit"))
_OTHER_TIMES: Final = ("time.day_after", "time.after", "time.recall", "num.compared", "prep.between", "time.since")
_LINKS: Final = frozenset(("conj", "prep", "num"))
_SMALL: Final = 3
"""Letters of an article, or of a little word, that may stand unread beside the second day."""
_SAID: Final = 2


def by_day(doc: Doc, part: Part) -> list[Part] | None:
    """The sentence cut where the blow of the second day begins; the second goes without the verb of the first, and
    without its place where it struck there again."""
    days = _days(part)
    verbs = part.of_any(_BLOWS)
    joints = [m.i for m in part.of("conj.and", "conj.but", "time.again") if days and days[0].j <= m.i < days[1].i]
    if not days or not verbs or not joints:
        return None
    cut, verb = joints[0], verbs[0]
    is_last = verb.lang in doc.lexicon.settings.get("verb_last", ())
    left, right = (_towns(part, i, j) for i, j in ((part.i, cut), (cut, part.j)))
    if not left or (verb.i >= cut and not is_last):
        return None
    first = piece(part, part.i, cut, verb if verb.i >= cut else None)
    is_told = any(cut <= m.i for m in verbs)
    if right and right.isdisjoint(left) and (is_told or _is_row(doc, part, cut, days[1])):
        return [first, piece(part, cut, part.j, None if is_told else verb)]
    if right or not _is_once_more(doc, part, cut, days[1]):
        return None
    again = piece(part, cut, part.j, None if is_told else verb, first.of("target", "weapon", "model"))
    again.sites = first.sites
    return [first, again]


def _days(part: Part) -> list[When]:
    """The two days of a sentence of two blows; none of the word of somebody, or of another sort of time."""
    days = [w for w in part.whens if w.period in _DAYS and w.date is not None]
    if len(days) != 2 or len(part.whens) != 2 or days[0].date == days[1].date or part.has(*_OTHER_TIMES):
        return []
    if any(0 <= w.i - m.j <= _SAID or 0 <= m.i - w.j <= 1 for w in days for m in part.of("claim")):
        return []  # "struck on Monday, officials said on Tuesday"
    return days


def _towns(part: Part, i: int, j: int) -> set[str]:
    return {s.ref.name for s in part.sites if i <= s.i < j and s.ref.level not in ("country", "sea") and (
        s.role in ("at", "target", "name"))}  # fmt: skip


def _is_row(doc: Doc, part: Part, cut: int, day: When) -> bool:
    """ "... and B on 3 March": a place and a day behind the joint, and no verb between them."""
    stop = max(day.j, *(s.j for s in part.sites if s.i >= cut))
    named = {k for s in part.sites for k in range(s.i, s.j)} | set(range(day.i, day.j))
    return all(k in named or _is_small(doc, k) for k in range(cut, stop))


def _is_once_more(doc: Doc, part: Part, cut: int, day: When) -> bool:
    """ "... and again on 7 March", "... and on 7 March" at the end of the clause."""
    own = set(range(day.i, day.j))
    if not all(k in own or _is_small(doc, k) for k in range(cut, day.j)):
        return False
    is_last = day.j >= part.j or doc.tokens[day.j].kind == "p"
    return is_last or any(cut <= m.i < day.i for m in part.of("time.again"))


def _is_small(doc: Doc, k: int) -> bool:
    m, token = doc.at[k], doc.tokens[k]
    if m is not None:
        return m.group in _LINKS or m.concept == "time.again"
    return token.is_quote or token.text in DASHES or (token.kind == "w" and len(token.f) <= _SMALL)
