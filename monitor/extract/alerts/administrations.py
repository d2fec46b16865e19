"""An end whose sentence names no place but the administration that tells it: it is of what that one answers for."""

from __future__ import annotations

from monitor.extract.claims import places_told_by
from monitor.extract.places.units import ref
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.mentions import ADMINISTRATIONS, Mention
from monitor.model import PlaceRef

__all__ = ["end_told_by", "is_unknown_office"]


def end_told_by(doc: Doc, part: Part, trigger: Mention) -> tuple[Part, list[PlaceRef]] | None:
    """ "The Sumy administration: the alert is over", "..., says the Sumy administration": the sentence without the name
    of who tells it, and the places of that one."""
    offices = part.of(*ADMINISTRATIONS)
    if part.sites or not offices or any(m not in offices for m in part.of("claimant")):
        return None
    names = [k for k in range(part.i, part.j) if (m := doc.at[k]) is not None and m.rows]
    names += [k for m in offices for k in range(m.i, m.j)]
    first, last = min(names), max(names)
    if first <= trigger.i <= last:
        return None
    rest = piece(part, last + 1, part.j) if trigger.i > last else piece(part, part.i, first)
    beside = range(part.i, first) if trigger.i > last else range(last + 1, part.j)
    if any(doc.tokens[k].kind == "w" for k in beside):
        return None
    places = [ref(doc.lexicon, place) for place in places_told_by(doc, part)]
    return (rest, places) if places else None


def is_unknown_office(doc: Doc, part: Part) -> bool:
    """ "The Zubryliv administration: the alert is over", the name in a line of its own too: whoever tells the end
    answers for a place that nobody knows."""
    size = len(doc.parts)
    near = (part.n - 1, part.n, part.n + 1, size - 1)
    return any(_is_unknown(doc, doc.parts[n]) for n in near if 0 <= n < size)


def _is_unknown(doc: Doc, part: Part) -> bool:
    """Whether a word with a capital that is in no list stands right before the word for an administration."""
    if part.sites:
        return False
    return any(
        m.i > part.i and doc.at[m.i - 1] is None and doc.tokens[m.i - 1].kind == "w" and doc.tokens[m.i - 1].is_capital
        for m in part.of(*ADMINISTRATIONS)
    )
