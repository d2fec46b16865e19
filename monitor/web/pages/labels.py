"""Labels of the map that do not lie over each other: a name moves a little, a second line gives way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Label", "labels"]

LETTER, LINE = 9.6, 19.0
SHIFTS = (0.0, -LINE, LINE, -2 * LINE, 2 * LINE)
EDGE = 1000.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A name at (x, y) in units of the map; ``second`` is empty where there is no room for it. y is None where even
    the name found no room: the list beside the map has it."""

    x: float
    y: float | None
    name: str
    second: str


def labels(wanted: Sequence[tuple[Mapping[str, Any], str, str]]) -> Mapping[str, Label]:
    """By region id. Names first, so that a second line never costs a neighbour its name."""
    taken: list[Box] = []
    placed: dict[str, tuple[float, float | None]] = {}
    for shape, name, _ in sorted(wanted, key=lambda one: "circle" in one[0]):
        wide = len(name) * LETTER
        x = min(max(float(shape["x"]), wide / 2), EDGE - wide / 2)
        for shift in SHIFTS:
            box = _box(x, float(shape["y"]) + shift, wide)
            if not any(_meet(box, other) for other in taken):
                taken.append(box)
                placed[shape["id"]] = (x, float(shape["y"]) + shift)
                break
        else:
            placed[shape["id"]] = (x, None)
    found = {}
    for shape, name, second in wanted:
        x, y = placed[shape["id"]]
        if second and y is not None:
            box = _box(x, y + LINE, len(second) * LETTER * 0.9)
            if any(_meet(box, other) for other in taken):
                second = ""
            else:
                taken.append(box)
        found[shape["id"]] = Label(x, y, name, second if y is not None else "")
    return found


def _box(x: float, y: float, wide: float) -> Box:
    """y is the base line of a line of 17 units."""
    return x - wide / 2, y - 14, x + wide / 2, y + 4


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
