"""A figure of the same toll as it was told before: "the day before the number of wounded was 17"."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.telling import Strike
from monitor.extract.text.doc import Doc, Part

__all__ = ["is_older_figure"]

_BEFORE: Final = frozenset(
    ("time.yesterday", "time.before_yesterday", "time.before", "time.recall", "time.ago", "num.former", "weekday",
     "time.morning", "time.evening", "month")
)  # fmt: skip
_FIGURE: Final = frozenset(("claim", "num.newest", "num.former", "time.recall", "num.only"))
_GROWN: Final = frozenset(("num.newest", "num.risen"))
_ANEW: Final = frozenset(
    (
        "weapon",
        "model",
        "target",
        "strike.hit",
        "strike.damage",
        "strike.debris",
        "strike.fell",
        "num.more",
        "num.total",
    )
)


def is_older_figure(doc: Doc, before: Strike, found: Strike) -> bool:
    """Whether a sentence only says what the toll of the strike before it had been: no higher a figure of the same kind,
    said to be of an earlier hour or day, and no blow but "this" one."""
    part = found.part
    if not part.has_any(_BEFORE) or part.has_any(_ANEW) or not _is_lower(before, found):
        return False
    if part.n - before.last.n > 1 or not {p.name for p in found.places} <= {p.name for p in before.places}:
        return False
    if not _is_earlier(doc, before, found) or any(not _is_this(doc, part, m.i) for m in part.of("strike")):
        return False
    words = doc.lexicon.settings.get("totals", frozenset()) | doc.lexicon.settings.get("spoke_of", frozenset())
    return (
        part.has_any(_FIGURE)
        or before.last.has_any(_GROWN)
        or part.has("strike")
        or any(doc.tokens[k].f in words for k in range(part.i, part.j))
    )


def _is_lower(before: Strike, found: Strike) -> bool:
    """Whether every figure that both have is lower in the later sentence, and there is one."""
    pairs = [
        (old, new)
        for old, new in ((found.toll.killed, before.toll.killed), (found.toll.injured, before.toll.injured))
        if old is not None and new is not None
    ]
    return bool(pairs) and all(old <= new for old, new in pairs) and any(0 < old < new for old, new in pairs)


def _is_earlier(doc: Doc, before: Strike, found: Strike) -> bool:
    """Whether the time of the sentence, where it has one, is before that of the strike."""
    own = found.when.date if found.when is not None else None
    if own is None or found.when is before.when:
        return True
    told = before.when.date if before.when is not None else None
    if told is None and doc.local is not None:
        told = doc.local.date().isoformat()
    return told is None or own[-10:] <= told[-10:]


def _is_this(doc: Doc, part: Part, i: int) -> bool:
    """ "In this attack": the one told before."""
    words = doc.lexicon.settings.get("this_one", ())
    return i > part.i and doc.tokens[i - 1].f in words
