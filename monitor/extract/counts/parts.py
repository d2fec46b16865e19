"""Parts told before their total: "12 over A, 8 over B. In all 20 drones were shot down"."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.circumstances import place_all
from monitor.extract.counts.found import Found
from monitor.extract.counts.when import time_of
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.weapons import weapons_of

__all__ = ["parts_before"]

_LINES: Final = 24
"""Lines of the longest list of regions."""
_OTHER: Final = ("person", "toll", "target", "strike", "veto", "count.money")


def parts_before(doc: Doc, new: list[Found], so_far: list[Found]) -> list[Found]:
    """The figures of the sentences right before a total, each with its place, where they add up to it: they count what
    the total counts. Numbers that do not add up count whatever else."""
    total = new[0]
    if not total.part.has("num.total") or so_far:
        return []
    rows: list[Found] = []
    left = total.value
    for part in reversed(doc.parts[max(0, total.part.n - _LINES) : total.part.n]):
        own = _figures(doc, part)
        if not own or left <= 0:
            break
        found = [Found(n, part, total.weapon, total.measure, total.act, True, n.value) for n in own]
        place_all(doc, part, found)
        if not all(one.places for one in found):
            break
        left -= sum(one.value * (len(one.places) if one.number.is_each else 1) for one in found)
        rows = found + rows
    if left != 0 or len(rows) < 2:
        return []
    when = time_of(doc, total, new)
    for one in rows:
        one.number.taken = one.measure
        if not one.part.whens:
            one.part.when = when
    return rows


def _figures(doc: Doc, part: Part) -> list[Number]:
    """The figures of a sentence that is a row of places; none where it names anything else that could be counted."""
    if not part.numbers or not part.sites or part.has(*_OTHER) or weapons_of(doc, part):
        return []
    subsets = [m.j for m in part.of("num.subset")]
    return [n for n in part.numbers if not n.is_article and not any(0 <= n.i - j <= 1 for j in subsets)]
