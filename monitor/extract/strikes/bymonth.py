"""One blow of a month past: "a strike that killed 28 in June"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.extract.text.doc import LONG, OF_A_DAY, Doc, Part, When
from monitor.extract.words.mentions import Mention

__all__ = ["of_its_month", "past_beside"]

_PAST: Final = frozenset(("month", "week"))
_NAMED: Final = 4
"""Tokens from the article to the word for the blow."""


def of_its_month(doc: Doc, part: Part, trigger: Mention | None) -> When | None:
    """The month of one blow, as a time of its own: "in June a missile attack on A killed 28"; None: of several."""
    when = part.when
    if when is None or when.period not in _PAST or when not in part.whens or when.date is None:
        return None
    if trigger is None or any(w.period in OF_A_DAY for w in part.whens) or not _is_one(doc, part):
        return None
    return replace(when, period="day", is_retro=True)


def _is_one(doc: Doc, part: Part) -> bool:
    """Whether an article of one thing stands right before the word for a blow, or within it."""
    articles = doc.lexicon.settings.get("articles", ())
    for m in part.of("strike.attack", *(("weapon", "model") if part.has("strike.hit", "strike.fell") else ())):
        named = range(max(part.i, m.i - _NAMED), m.j)
        ones = [k for k in named if doc.tokens[k].f in articles]
        if ones and not any(ones[-1] < x.i and x.concept == "bound.vague" for x in doc.mentions_between(named[0], m.j)):
            return True
    return False


def past_beside(doc: Doc, part: Part) -> tuple[int, int] | None:
    """ "The clinic, where a strike killed 28 in June, was hit on Sunday": the tokens of the clause that recalls."""
    long = [w for w in part.whens if w.period == "month"]
    if not long or not any(w.period in OF_A_DAY for w in part.whens):
        return None
    relatives = doc.lexicon.settings.get("relatives", ())
    for k in range(part.i + 1, part.j - 1):
        if doc.tokens[k].text != "," or doc.tokens[k + 1].f not in relatives:
            continue
        stop = next((n for n in range(k + 2, part.j) if doc.tokens[n].text == ","), part.j)
        while stop + 1 < part.j and (m := doc.at[stop + 1]) is not None and m.group == "toll":
            stop = next((n for n in range(stop + 1, part.j) if doc.tokens[n].text == ","), part.j)
        inside = [w for w in part.whens if k < w.i < stop]
        if inside and all(w.period in LONG for w in inside):
            return k + 1, stop
    return None
