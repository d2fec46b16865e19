"""Small towns: what stands beside a name for it to be believed, with and without its capital letter."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = ["is_framed", "is_headed_for"]

_FRAMES: Final = frozenset(("prep", "level", "place", "mark", "strike", "alert", "weapon", "model", "target"))
_CITY: Final = 50_000
_KNOWN: Final = 8_000
_TERSE: Final = 25
_CALLS: Final = ("alert.fly", "alert.attention")
_SHORT: Final = 4
_POST: Final = 5
"""Tokens of a post that is a weapon and a place."""
_COURSES: Final = frozenset(("prep.to", "prep.past", "prep.from", "prep.at", "prep.until", "prep.between"))


def is_headed_for(doc: Doc, part: Part, m: Mention, row: Candidate, context: set[str]) -> bool:
    """ "two mopeds to merefa and zmiiv": a town in small letters where a terse line says what flies there. A name that
    is a common word too must be a town of some size, or near what was named, right behind the word for "to"."""
    if part.j - part.i > _TERSE or not part.has("weapon", "model", *_CALLS) or len(doc.tokens[m.i].f) < _SHORT:
        return False
    if part.vetoes or part.has("toll", "claim", "target", "person"):
        return False
    before = doc.at[m.i - 1] if m.i > part.i else None
    behind = doc.at[m.j] if m.j < part.j else None
    if row.is_common and behind is not None and behind.group in ("strike", "weapon", "model", "target", "act"):
        return False  # "missiles for a new attack": an adjective, its noun behind it
    if m.i == part.i and behind is not None and behind.concept == "alert.attention" and part.j - part.i <= _POST:
        return not row.is_common  # "merefa, attention"
    if (before is None and doc.tokens[m.i - 1].text in ",.") or m.i == part.i:
        return row.population >= _CITY and _is_counted(doc, part, m)
    if before is not None and before.concept == "conj.and" and before.i > part.i:
        before = doc.at[before.i - 1]
    elif before is None and m.i - 1 > part.i and doc.tokens[m.i - 1].text in ",/":
        before = doc.at[m.i - 2]
    if before is None:
        return False
    if before.rows or (before.group in ("weapon", "model") and part.j - part.i <= _POST):
        return not row.is_common
    if not row.is_common:
        return before.concept in _COURSES
    is_near = any(a in context for a in ancestors(doc.lexicon, row.id) if "-" in a)
    return before.concept == "prep.to" and before.j == m.i and (is_near or row.population >= _KNOWN)


def _is_counted(doc: Doc, part: Part, m: Mention) -> bool:
    """ "sumy - 3 drones, kharkiv - 2": a line of places and figures."""
    k = m.j + 1
    return k < part.j and doc.tokens[m.j].text in "-\u2013\u2014:" and any(n.i == k for n in part.numbers)


def is_framed(doc: Doc, part: Part, m: Mention) -> bool:
    """A small place's name is believed beside a preposition, another place, or a sign that frames it."""
    k = m.i - 1
    if k < part.i:
        behind = doc.at[m.j] if m.j < part.j else None
        if behind is not None and (
            behind.group in ("weapon", "model", "alert")
            or behind.concept in ("prep.to", "level.raion")
            or (behind.group == "target" and not any(one.is_common for one in m.rows))
        ):
            return behind.concept != "alert.expected"
        if _is_course(doc, part, m.j) or (behind is not None and behind.rows and _is_of_a_row(doc, part)):
            return True
        nxt = doc.tokens[m.j].text if m.j < part.j else ""
        return nxt in (":", "-", "\u2013", "\u2014", "/", ",") or m.j == part.j or _is_dateline(doc, part, m)
    after = doc.at[m.j] if m.j < part.j else None
    if after is not None and after.concept == "conj.and" and after.j < part.j:
        other = doc.at[after.j]  # "the A and B power plants"
        after = doc.at[other.j] if other is not None and other.rows and other.j < part.j else None
    if after is not None and after.group in ("target", "level"):
        return True
    if _begins_a_row(doc, part, m):
        return True
    if doc.tokens[k].kind == "n" and k > part.i and doc.tokens[k - 1].text in ":,~" and _is_figure_of(doc, part, m):
        return True
    mention = doc.at[k]
    if mention is not None and (mention.group in _FRAMES or mention.concept in ("conj.and", "bound.approx")):
        return True
    if mention is not None and mention.concept == "num.of" and mention.i > part.i:
        whose = doc.at[mention.i - 1]
        if whose is not None and whose.group in ("target", "person", "strike"):
            return True  # "the port of A", "residents of A"
    if mention is not None and mention.group == "person" and doc.lang not in doc.lexicon.settings.get("articled", ()):
        return True  # "two residents of A", where no word says "of"
    return doc.tokens[k].text in "/\\,(:-\u2013\u2014\u2022\u27a1\u2192" and len(doc.tokens[k].text) == 1


def _begins_a_row(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Shelled were A, B and C": a name with a comma and two others behind it, where a blow or a flight is told."""
    if m.j + 1 >= part.j or doc.tokens[m.j].text != "," or not part.has("strike", "weapon", "model", "alert"):
        return False
    second = doc.at[m.j + 1]
    if second is None or not second.rows or second.j + 1 >= part.j:
        return False
    joint = doc.at[second.j]
    is_and = joint is not None and joint.concept == "conj.and" and joint.j < part.j
    k = joint.j if joint is not None and is_and else second.j + 1
    third = doc.at[k]
    is_row = is_and or doc.tokens[second.j].text == ","
    return is_row and (bool(third.rows) if third is not None else doc.tokens[k].is_capital)


def _is_dateline(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Bilozerka. A drone struck a bus": a sentence that is the name, before one that tells of a blow."""
    if m.j + 1 != part.j or doc.lang in doc.lexicon.settings.get("articled", ()) or part.n + 1 >= len(doc.parts):
        return False
    after = doc.parts[part.n + 1]
    return after.line == part.line and after.has("strike", "toll") and after.has("weapon", "model", "side")


def _is_course(doc: Doc, part: Part, k: int) -> bool:
    """ "A movement of drones": the word of a course, right behind a name."""
    return k < part.j and doc.tokens[k].f in doc.lexicon.settings.get("course", ())


def _is_of_a_row(doc: Doc, part: Part) -> bool:
    """ "A B C drones on their way": names side by side, in a line that tells of weapons or of an alert."""
    is_told = part.has("weapon", "model", "alert")
    return is_told and doc.lang not in doc.lexicon.settings.get("articled", ())


def _is_figure_of(doc: Doc, part: Part, m: Mention) -> bool:
    """ "...: 1 A, 2 B": a name between a figure and the end of its item."""
    return m.j >= part.j or doc.tokens[m.j].text in ",;."
