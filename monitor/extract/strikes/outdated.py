"""Figures in the toll of a sentence that say no more how many came to harm: those of before, of another blow
or of the whole country."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.former import is_set_right
from monitor.extract.strikes.dayafter import is_counted_on
from monitor.extract.strikes.numbered import OLD
from monitor.extract.strikes.shares import OF_ALL, is_of_whole_land, is_overtaken
from monitor.extract.strikes.told import is_of_other_blow, is_of_the_answered
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["mark_former"]

_NEAR: Final = 2
_APART: Final = ",(\u2013\u2014"


def mark_former(doc: Doc, part: Part) -> None:
    """Marks such figures as taken."""
    for old in part.numbers:
        if _is_not_so_many(doc, part, old) or _is_former(doc, part, old) or _is_of_blow_before(doc, part, old):
            old.taken = OLD
        elif part.has("alert.everywhere") and is_of_whole_land(doc, part, old):
            old.taken = OF_ALL


def _is_not_so_many(doc: Doc, part: Part, old: Number) -> bool:
    """ "Not 5, but 7 people", "three people, not five, died"."""
    no = doc.at[old.i - 1] if old.i > part.i else None
    if no is None or no.concept != "veto.negation":
        return False
    return is_set_right(doc, part, old) or _is_put_right(doc, part, old, no)


def _is_former(doc: Doc, part: Part, old: Number) -> bool:
    """ "Initial reports spoke of two deaths", "risen from two", "the toll was two, now it is three"."""
    if any(
        m.i < old.i
        and (same_clause(doc, part, m.i, old.i) or _is_of_all(doc, part, m, old))
        and not (m.concept == "time.day_after" and is_counted_on(part))
        for m in part.of("num.former", "time.day_after")
    ):
        return True  # "a day after 52 people were killed in B"
    before = doc.at[old.i - 1] if old.i > part.i else None
    if before is not None and before.concept in ("num.risen", "num.compared"):
        return True
    return part.has("time.again", "num.newest", "time.now", "time.today") and is_overtaken(doc, part, old)


def _is_of_blow_before(doc: Doc, part: Part, old: Number) -> bool:
    """Of the blow that was answered with this one, or that came before it."""
    if any(m.i < old.i for m in part.of("prep.reply")) and is_of_the_answered(doc, part, old):
        return True
    return part.has("time.day_after", "time.after") and is_of_other_blow(doc, part, old)


def _is_put_right(doc: Doc, part: Part, old: Number, no: Mention) -> bool:
    """The 5 of "three people, not five", "three people, and not five": a figure of its own stands before the comma."""
    k = no.i - 1
    if k > part.i and (but := doc.at[k]) is not None and but.concept == "conj.but":
        k -= 1
    is_apart = k > part.i and doc.tokens[k].text in _APART
    return is_apart and any(0 <= k - n.j <= _NEAR for n in part.numbers)


def _is_of_all(doc: Doc, part: Part, former: Mention, old: Number) -> bool:
    """ "By earlier word of the head of the region, so-and-so, two died": it opens the sentence, and the figure is
    of the first clause that has any."""
    if former.concept != "num.former" or former.i - part.i > _NEAR:
        return False
    first = min(n.i for n in part.numbers if n.i >= former.j)
    return same_clause(doc, part, first, old.i)
