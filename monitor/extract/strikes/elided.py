"""A sentence that goes without the verb of the toll told before it: "In A three were hurt. In B - a woman of 49"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import Mention

__all__ = ["verb_before"]

_MOST: Final = 30
"""Tokens of such a sentence."""
_BACK: Final = 6
"""Sentences of such a row behind the one with the verb."""
_HARM: Final = frozenset(("toll.killed", "toll.injured"))
_OTHERS: Final = frozenset(("strike", "act", "alert", "toll", "veto", "weapon", "model", "claim", "target"))
_WORD: Final = 3
"""Letters of the longest word that may stand unread ahead of the dash."""


def verb_before(doc: Doc, part: Part) -> Mention | None:
    """The verb of the toll that a sentence of a place, a dash and people goes without."""
    if not part.n or part.j - part.i > _MOST or not part.sites or not part.has("person"):
        return None
    if not part.groups.isdisjoint(_OTHERS) or not _is_row(doc, part):
        return None
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n]):
        if verbs := other.of_any(_HARM):
            told = {m.concept for m in verbs}
            return verbs[-1] if len(told) == 1 and other.sites and not other.vetoes else None
        if not _is_row(doc, other):
            return None
    return None


def _is_row(doc: Doc, part: Part) -> bool:
    """Whether a sentence is a place, a dash behind it, and people behind that."""
    dash = next((k for k in range(part.i, part.j) if doc.tokens[k].text in DASHES and k > part.i), -1)
    if dash < 0 or not any(s.j <= dash for s in part.sites) or any(s.i > dash for s in part.sites):
        return False
    first = next((m.i for m in part.of("person") if m.i > dash), None)
    first = first if first is not None else next((n.i for n in part.numbers if n.i > dash), None)
    if first is None or any(m.group in _OTHERS for m in part.mentions):
        return False
    named = {k for s in part.sites for k in range(s.i, s.j)}
    return not any(
        doc.at[k] is None and doc.tokens[k].kind == "w" and len(doc.tokens[k].f) > _WORD and k not in named
        for k in range(part.i, dash)
    )
