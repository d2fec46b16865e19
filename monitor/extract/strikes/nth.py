"""The toll that an ordinal tells: "a fourth, a girl of 12, died in hospital" makes four."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import LONG, Doc, Part
from monitor.extract.words.mentions import Mention

__all__ = ["nth_victim"]

_REACH: Final = 9
"""Tokens from an ordinal to the verb of what became of the person."""
_ENDING: Final = 3
_HARMED: Final = ("killed", "injured")


def nth_victim(doc: Doc, part: Part) -> tuple[str, int] | None:
    """Whether the person was killed or injured, and how many that makes; None: nothing of the kind is told."""
    ordinals: dict[str, int] = doc.lexicon.settings.get("ordinals", {})
    if any(w.period in LONG for w in part.whens) or part.has("time.days"):
        return None  # "the third killed this week"
    for m in part.of("num.first"):
        value = ordinals.get(doc.tokens[m.i].f) if m.j - m.i == 1 else None
        if value is not None and (harm := _harm_of(doc, part, m)) is not None:
            died = doc.at[m.i - 1] if m.i > part.i else None
            return ("killed" if died is not None and died.concept == "toll.killed" else harm.kind), value
    return _in_figures(doc, part)


def _in_figures(doc: Doc, part: Part) -> tuple[str, int] | None:
    """ "The body of the 15th victim", "a 34th person was killed": an ordinal in figures, its ending behind them."""
    suffixes = doc.lexicon.settings.get("ordinal_suffixes", ())
    for k in range(part.i, part.j - 2):
        number, ending = doc.tokens[k], doc.tokens[k + 1]
        if number.kind != "n" or not ending.glued or len(ending.f) > _ENDING or ending.f not in suffixes:
            continue
        ahead, what = doc.at[k - 1] if k > part.i else None, doc.at[k + 2]
        if what is None or (ahead is not None and ahead.group not in ("toll", "person")):
            continue  # "after the 15th, at the 3rd hour"
        if what.concept == "toll.killed" and k > part.i and number.text.isdigit():
            return "killed", int(number.text)
        if what.group == "person" and ahead is not None and ahead.kind in _HARMED and number.text.isdigit():
            return ahead.kind, int(number.text)
    return None


def _harm_of(doc: Doc, part: Part, m: Mention) -> Mention | None:
    """The verb behind the ordinal, where it stands with a person, a body or nothing."""
    what = doc.at[m.j] if m.j < part.j else None
    if what is None and m.j + 1 < part.j and doc.tokens[m.j].kind == "w":
        what = doc.at[m.j + 1]  # "a third resident died"
    is_person = what is not None and what.group in ("person", "toll", "verb")
    if not is_person and not (m.j < part.j and doc.tokens[m.j].text == ","):
        return None
    for x in doc.mentions_between(m.j, min(part.j, m.j + _REACH)):
        if x.group == "strike" or x.concept in ("conj.but", "conj.and"):
            return None
        if x.group == "toll" and x.kind in _HARMED:
            return x
    return None
