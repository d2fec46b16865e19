"""Villages that nobody knows in a row of places that are known: "A, B, C and the city of D were shelled"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES

__all__ = ["with_unknown"]

_LEAST: Final = 4
"""Letters of the shortest name."""
_MOST: Final = 3
"""Words of the longest."""
_ITEMS: Final = 3
_KNOWN: Final = 2
_ENDS: Final = (*DASHES, ".", ";", ":", "(", ")")


class _Item:
    """What stands between two commas of a sentence: ``site`` where a known town ends or begins it."""

    __slots__ = ("i", "is_name", "j", "site")

    def __init__(self, i: int, j: int, site: Site | None, is_name: bool) -> None:
        self.i, self.j, self.site, self.is_name = i, j, site, is_name


def with_unknown(
    doc: Doc,
    part: Part,
    sites: list[Site],
    table: dict[str, Any],
    name_at: Callable[[int], Site | None],
    is_here: Callable[[Site], bool],
) -> list[Site]:
    """The names between known towns of a row of three or more; ``name_at`` makes a place of one, ``is_here`` says
    whether a town is in the country whose villages these can be."""
    towns = [s for s in sites if s.ref.level == "city" and is_here(s)]
    if len(towns) < _KNOWN:
        return sites
    oblique = tuple(table.get("oblique", ()))
    out, row = list(sites), []
    for item in [*_items(doc, part, towns, oblique), None]:
        if item is not None and (item.site is not None or item.is_name):
            row.append(item)
            continue
        if len(row) >= _ITEMS and sum(one.site is not None for one in row) >= _KNOWN:
            out += [found for one in row if one.site is None and (found := name_at(one.i)) is not None]
        row = []
    return out


def _items(doc: Doc, part: Part, towns: list[Site], oblique: tuple[str, ...]) -> list[_Item]:
    out, i = [], part.i
    for k in range(part.i, part.j + 1):
        joint = doc.at[k] if k < part.j else None
        is_end = k == part.j or doc.tokens[k].text == "," or (joint is not None and joint.concept == "conj.and")
        if is_end and k >= i:
            out.append(_item(doc, i, k, towns, oblique))
        if is_end:
            i = joint.j if joint is not None and joint.concept == "conj.and" else k + 1
    return out


def _item(doc: Doc, i: int, j: int, towns: list[Site], oblique: tuple[str, ...]) -> _Item:
    site = next((s for s in towns if i <= s.i < j), None)
    end = i
    while end < j and end - i < _MOST and doc.tokens[end].is_capital and doc.tokens[end].kind == "w" and (
        doc.at[end] is None or bool(doc.at[end].rows)  # type: ignore[union-attr]
    ):  # fmt: skip
        end += 1
    is_name = site is None and end > i and (end == j or doc.tokens[end].text in _ENDS)
    if is_name:
        last = doc.tokens[end - 1].f
        is_name = len(last) >= _LEAST and not last.endswith(oblique) and any(doc.at[k] is None for k in range(i, end))
    return _Item(i, j, site, is_name)
