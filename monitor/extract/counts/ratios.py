"""Two figures together: of a row whose legend says which is which ("launched/downed", below it "Kalibr - 6/5"), of a
share ("one in four"), and the part of a whole that is no weapons."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.counts.subsets import opens_with_of
from monitor.extract.text.doc import LONG, Doc, Number, Part
from monitor.extract.words.weapons import weapons_of

__all__ = ["Legend", "is_of_other_whole", "is_share", "legend_of", "of_legend"]

_DOWNED: Final = ("act.shot_down", "act.merged")
_FIRED: Final = ("act.launched", "act.launch_noun")
_PAIR: Final = 3
"""Tokens of two words with a stroke between."""
_NOUN: Final = 3
"""Tokens behind a figure within which its noun stands."""
_SMALL: Final = 10
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


def is_share(part: Part, number: Number) -> bool:
    """A share, neither figure of which counts anything."""
    return _is_one_in(part, number) or _is_of_long(part, number)


def is_of_other_whole(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of the 19 parts on the table eleven were made after the ban": a figure of what nobody fires."""
    if not part.has("num.of", "num.subset", "prep.of", "prep.from"):
        return False
    for whole in part.numbers:
        if whole.i >= number.i or not opens_with_of(doc, part, whole) or whole.j >= part.j:
            continue
        noun, what = doc.tokens[whole.j], doc.at[whole.j]
        is_unread = what is None and noun.kind == "w" and noun.is_lower
        is_other = is_unread or (what is not None and what.group in ("count", "target", "person"))
        between = doc.mentions_between(whole.j, min(part.j, number.j + _NOUN))
        return is_other and not any(m.group in ("weapon", "model") for m in between)
    return False


def _is_of_long(part: Part, number: Number) -> bool:
    """ "Four out of five drones since autumn": a share of a long time, where the whole is a small number."""
    if not part.has("num.of") or not any(w.period in LONG for w in part.whens):
        return False
    for one, other in pairwise(part.numbers):
        is_pair = number in (one, other) and one.is_word and other.is_word and one.value < other.value <= _SMALL
        if is_pair and any(one.j <= m.i and m.j <= other.i <= m.j + 1 for m in part.of("num.of")):
            return True
    return False


def _is_one_in(part: Part, number: Number) -> bool:
    """ "One in four residents", "one in 10 got through": a share, neither figure counts anything; not "one in A"."""
    for at in part.of("prep.at") if part.has("num.1") else ():
        one = next((n for n in part.numbers if n.j == at.i), None)
        other = next((n for n in part.numbers if n.i == at.j), None)
        if one is not None and other is not None and one.value == 1 and one.is_word and number in (one, other):
            return True
    return False
