"""Tables with two figures a row, where a legend says which is which: "launched/downed", and below it "Kalibr - 6/5"."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.weapons import weapons_of

__all__ = ["Legend", "is_one_in", "legend_of", "of_legend"]

_DOWNED: Final = ("act.shot_down", "act.merged")
_FIRED: Final = ("act.launched", "act.launch_noun")
_PAIR: Final = 3
"""Tokens of two words with a stroke between."""
_ROW: Final = 12
"""Tokens of a row: a mark, a weapon, its model and two figures."""

Legend = tuple[str, str]
"""What the first and the second figure of a row measure."""


def legend_of(doc: Doc) -> Legend | None:
    """The two measures that a part names with nothing but a stroke between them."""
    for part in doc.parts if "/" in doc.source.text else ():
        if not (part.has(*_DOWNED) and part.has(*_FIRED)):
            continue
        acts = sorted((m.i, "shot_down" if m.concept in _DOWNED else "launched") for m in part.of(*_DOWNED, *_FIRED))
        for (i, one), (j, other) in pairwise(acts):
            if one != other and j - i <= _PAIR and any(t.text == "/" for t in doc.tokens[i:j]):
                return one, other
    return None


def of_legend(doc: Doc, part: Part, legend: Legend) -> list[Found]:
    """The two counts of a row."""
    figures = [n for n in part.numbers if n.taken is None and not n.is_word]
    if len(figures) != len(legend) or part.j - part.i > _ROW or part.sites:
        return []
    one, other = figures
    if other.i - one.j != 1 or doc.tokens[one.j].text != "/":
        return []
    launched = legend.index("launched")
    if figures[launched].value < figures[1 - launched].value:
        return []  # more downed than launched: the legend is of something else
    weapons = weapons_of(doc, part)
    if len({(w.kind, w.model) for w in weapons}) != 1:
        return []
    return [
        Found(number, part, weapons[0], measure, None, True, number.value)
        for number, measure in zip(figures, legend, strict=True)
    ]


def is_one_in(part: Part, number: Number) -> bool:
    """ "One in four residents", "one in 10 got through": a share, neither figure counts anything; not "one in A"."""
    for at in part.of("prep.at") if part.has("num.1") else ():
        one = next((n for n in part.numbers if n.j == at.i), None)
        other = next((n for n in part.numbers if n.i == at.j), None)
        if one is not None and other is not None and one.value == 1 and one.is_word and number in (one, other):
            return True
    return False
