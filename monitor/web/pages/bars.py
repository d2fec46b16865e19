"""The marks of a chart by night, placed in per cent of its width: a range, "at least", withheld, no data, not yet
claimed and a claimed zero all look different."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from monitor.fuse import Figure
from monitor.web.columns import Column

__all__ = ["BASE", "HIGH", "Mark", "marks", "round_up", "ticks"]

BASE, HIGH = 232.0, 200.0
"""The y of zero and the height of the plot, in pixels of a chart 250 high."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle, line or word: ``kind`` is its class; x and wide in per cent, y and high in pixels."""

    kind: str
    x: float
    y: float
    wide: float = 0.0
    high: float = 0.0
    text: str = ""
    shape: str = "rect"


def marks(columns: Sequence[Column], top: int, *, is_dense: bool) -> list[Mark]:
    """Everything between the axes, in the order in which it is drawn. ``top`` is the value at the upper edge;
    ``is_dense`` leaves the words out, where columns are narrower than a figure."""
    step = 100 / max(1, len(columns))
    wide = step * (0.72 if len(columns) <= 62 else 0.9)
    out = list(_outages(columns, step, is_dense))
    highest = max((column.top for column in columns), default=0)
    for number, column in enumerate(columns):
        x = number * step + (step - wide) / 2
        out += _column(column, x, wide, top, is_dense, is_highest=0 < column.top == highest)
    return out


def ticks(top: int) -> list[tuple[int, float]]:
    """Values on the axis and their heights."""
    return [(value, BASE - HIGH * value / top) for value in range(0, top + 1, max(1, top // 4 if top >= 4 else 1))]


def round_up(value: int) -> int:
    """The next round number at which an axis can end, a multiple of four steps."""
    steps: list[int] = [size * 10**power for power in range(6) for size in (2, 4, 8)]
    for lower, upper in pairwise([0, *sorted(steps)]):
        if lower < value <= upper:
            return max(upper, 8)
    return max(8, value)


def _outages(columns: Sequence[Column], step: float, is_dense: bool) -> list[Mark]:
    """Neighbouring nights without data are one stretch with one word."""
    out: list[Mark] = []
    for is_out, group in groupby(enumerate(columns), key=lambda pair: pair[1].standing == "no_data"):
        numbers = [number for number, _ in group]
        if not is_out:
            continue
        x, wide = numbers[0] * step, len(numbers) * step
        out.append(Mark("c-outage", x, BASE - HIGH, wide, HIGH))
        if not is_dense or wide > 12:
            out.append(Mark("", x + wide / 2, BASE - HIGH - 8, text="no_data", shape="word"))
    return out


def _column(column: Column, x: float, wide: float, top: int, is_dense: bool, *, is_highest: bool) -> list[Mark]:
    middle = x + wide / 2
    out: list[Mark] = []
    if column.coverage == "partial":
        out.append(Mark("c-outage", x, BASE + 2, wide, 4))
    if column.standing == "withheld":
        out.append(Mark("c-withheld", x, BASE - HIGH, wide, HIGH))
        if not is_dense:
            out.append(Mark("", middle, BASE - HIGH - 8, text="withheld", shape="word"))
    if column.standing in ("not_yet", "not_stated"):
        sign = "…" if column.standing == "not_yet" else "–"
        return [*out, Mark("zero later", middle, BASE - 6, text=sign, shape="text")]
    launched, shot, lost = (_value(figure) for figure in (column.launched, column.shot_down, column.lost))
    main = column.launched if launched is not None else column.shot_down
    if launched is not None:
        out += _open_top(launched, x, wide, top) if _is_least(column.launched) else [_bar("c-launched", x, launched,
                                                                                           wide, top)]  # fmt: skip
    if lost:
        above = _bar("c-lost", x, (shot or 0) + lost, wide, top)
        out.append(Mark("c-lost", x, above.y, wide, HIGH * lost / top))
    if shot:
        out.append(_bar("c-shot", x, shot, wide, top))
    value = _value(main)
    if value is None or main is None:
        return out
    if main.value_max is not None:
        out += _whisker(value, main.value_max, middle, wide, top)
    words = "0" if value == 0 else f"{value}+" if main.bound == "at_least" else ""
    if words and not is_dense:
        out.append(Mark("zero", middle, _y(value, top) - 6, text=words, shape="text"))
    elif is_highest:
        out.append(Mark("say", middle, _y(column.top, top) - 6, text=str(column.top), shape="text"))
    return out


def _value(figure: Figure | None) -> int | None:
    return None if figure is None or figure.is_withheld else figure.value


def _is_least(figure: Figure | None) -> bool:
    return figure is not None and figure.bound == "at_least"


def _y(value: int, top: int) -> float:
    return BASE - HIGH * min(value, top) / top


def _bar(kind: str, x: float, value: int, wide: float, top: int) -> Mark:
    return Mark(kind, x, _y(value, top), wide, BASE - _y(value, top))


def _open_top(value: int, x: float, wide: float, top: int) -> list[Mark]:
    y = _y(value, top)
    return [
        Mark("c-least", x, y, wide, BASE - y),
        Mark("c-least-edge", x, y - 8, 0, BASE - y + 8, shape="line"),
        Mark("c-least-edge", x + wide, y - 8, 0, BASE - y + 8, shape="line"),
    ]


def _whisker(low: int, high: int, middle: float, wide: float, top: int) -> list[Mark]:
    half = wide * 0.3
    return [
        Mark("whisker", middle, _y(high, top), 0, _y(low, top) - _y(high, top), shape="line"),
        Mark("whisker", middle - half, _y(high, top), 2 * half, 0, shape="line"),
        Mark("whisker", middle - half, _y(low, top), 2 * half, 0, shape="line"),
    ]
