"""Places ahead of their figures: "over A - 24, over B and C - two each", "over A 24, over B 9"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES

__all__ = ["rows_before"]

_AHEAD: Final = frozenset(("prep.by", "num.each", "num.total", "num.more", "num.only"))
_JOINED: Final = frozenset(("conj.and", "prep.at", "prep.over", "prep.to"))
_ENDS: Final = ",;.)"


def rows_before(doc: Doc, part: Part, sites: list[Site], numbers: list[Number]) -> dict[int, list[Site]]:
    """The places of each figure that stands behind them, by the figure's token; empty where no list of such items is
    told."""
    if len(sites) < 2:
        return {}
    found = {n.i: row for n in numbers if (row := _row_before(doc, part, sites, n))}
    return found if len(found) > 1 else {}


def _row_before(doc: Doc, part: Part, sites: list[Site], number: Number) -> list[Site]:
    if (close := next((s for s in sites if s.j == number.i), None)) is not None:
        return [close] if _begins_item(doc, part, close) and _is_item(doc, part, number) else []
    dash = number.i - 1
    if _is_share(doc, dash):
        return _row_ahead(doc, part, sites, dash - 1)  # "12 fell to A"
    also = doc.lexicon.settings.get("also", ())
    while dash > part.i and (
        ((m := doc.at[dash]) is not None and (m.concept in _AHEAD or m.group == "bound")) or doc.tokens[dash].f in also
    ):
        dash -= 1
    if (
        dash <= part.i
        or doc.tokens[dash].text not in DASHES
        or doc.tokens[dash].glued
        or not _is_item(doc, part, number)
    ):
        return []
    return _row_ahead(doc, part, sites, dash - 1)


def _row_ahead(doc: Doc, part: Part, sites: list[Site], k: int) -> list[Site]:
    """The places that end at token ``k``, with the words that join them."""
    row: list[Site] = []
    while k >= part.i:
        site = next((s for s in sites if s.i <= k < s.j), None)
        m = doc.at[k]
        if site is not None:
            row.insert(0, site)
            k = site.i - 1
        elif (m is not None and (m.group == "level" or m.concept in _JOINED)) or (row and _joins(doc, k)):
            k = (m.i if m is not None else k) - 1
        else:
            break
    return row


def _is_share(doc: Doc, k: int) -> bool:
    """ "To the region of A fell 22 of them": the verb of a share, right before the figure."""
    return doc.tokens[k].f in doc.lexicon.settings.get("fell_to", ())


def _begins_item(doc: Doc, part: Part, site: Site) -> bool:
    """Whether a comma, a colon or a bracket stands ahead of the place, or of its preposition."""
    if site.i > part.i and doc.tokens[site.i - 1].text in ":,;(":
        return True
    over = doc.at[site.i - 1] if site.i > part.i + 1 else None
    return over is not None and over.concept in ("prep.over", "prep.at") and doc.tokens[over.i - 1].text in ":,;("


def _joins(doc: Doc, k: int) -> bool:
    """A comma between two names of a row; one that a figure stands before ends the item ahead."""
    return doc.tokens[k].text == "," and doc.tokens[k - 1].kind == "w" and doc.at[k - 1] is not None


def _is_item(doc: Doc, part: Part, number: Number) -> bool:
    """Nothing behind the figure but its weapon and the end of the item: "over A - five drones,"."""
    k = number.j
    while k < part.j and (m := doc.at[k]) is not None and m.group in ("weapon", "model"):
        k = m.j
    after = doc.at[k] if k < part.j else None
    return k >= part.j or doc.tokens[k].text in _ENDS or (after is not None and after.group == "conj")
