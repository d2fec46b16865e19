"""Charts as standalone SVG, drawn on the server: nightly counts, and a region-by-time map of alerts.

Figures are what somebody claimed. A range has a whisker, "at least" an open top with "62+", withheld is a dotted
column, a night without coverage a hatched one, and a stated zero says "0": none of them looks like another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise

__all__ = ["AlertRow", "Figure", "Night", "alerts_chart", "counts_chart"]

WIDTH, LEFT, RIGHT = 960, 64, 16
FONT = 'font-family="system-ui,sans-serif" font-size="13" fill="#1b1f23"'
LOOK = {
    "small": 'font-size="11" fill="#5a6067"',
    "head": 'font-size="16" font-weight="600"',
    "grid": 'stroke="#d9d9d6"',
    "launched": 'fill="none" stroke="#0f766e" stroke-width="1.5"',
    "shot": 'fill="#0f766e"',
    "lost": 'fill="#9fcfc8"',
    "whisker": 'stroke="#1b1f23" stroke-width="1.5"',
    "withheld": 'fill="url(#dots)" stroke="#0f766e" stroke-dasharray="2 3"',
    "none": 'fill="url(#hatch)"',
    "part": 'fill="url(#hatch)" opacity=".45"',
    "alert": 'fill="#b3261e"',
    "open": 'fill="#b3261e" opacity=".5"',
}
SMALL, HEAD, GRID, WHISKER = (f'class="{kind}" {LOOK[kind]}' for kind in ("small", "head", "grid", "whisker"))
DEFS = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#f4f4f1"/><path d="M0 0V6" stroke="#8d9299" stroke-width="2"/></pattern>'
    '<pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#fff"/>'
    '<circle cx="3" cy="3" r="1.2" fill="#0f766e"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One claimed number: ``value`` with ``least``/``most`` where claims differ, ``is_least`` for "at least"."""

    value: int | None = None
    least: int | None = None
    most: int | None = None
    is_least: bool = False
    is_withheld: bool = False

    @property
    def top(self) -> int:
        return max(self.value or 0, self.most or 0)


@dataclass(frozen=True, slots=True)
class Night:
    """One column. ``night`` is ``D-1/D``; a figure is None where nobody stated one; ``coverage`` full|partial|none."""

    night: str
    coverage: str
    launched: Figure | None = None
    shot_down: Figure | None = None
    lost: Figure | None = None

    @property
    def top(self) -> int:
        """The highest figure of the night; 0 where none is stated."""
        return max((figure.top for figure in (self.launched, self.shot_down, self.lost) if figure), default=0)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One region's alerts as (start, end, is the end known), and the stretches without coverage."""

    name: str
    alerts: tuple[tuple[datetime, datetime, bool], ...]
    gaps: tuple[tuple[datetime, datetime], ...] = ()


def counts_chart(nights: Sequence[Night], title: str, note: str = "", height: int = 300, top: int = 0) -> str:
    """Launched as outline, shot down and lost as parts of it, by night; an empty series says so. ``top`` is the least
    that the axis reaches, so that two charts can share a scale."""
    top = _round_up(max([top, *(night.top for night in nights)]) or 10)
    base, plot = height - 44, height - 44 - 48
    step = (WIDTH - LEFT - RIGHT) / max(1, len(nights))

    def y(value: float) -> float:
        return base - plot * value / top

    out = [f'<text {HEAD} x="{LEFT}" y="22">{escape(title)}</text>']
    for tick in range(0, top + 1, max(1, top // 5)):
        out.append(f'<line {GRID} x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        out.append(f'<text {SMALL} x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick}</text>')
    every = max(1, len(nights) // 12)
    for number, night in enumerate(nights):
        middle = LEFT + (number + 0.5) * step
        left, wide = LEFT + number * step, step * 0.72
        out += _column(night, left + step * 0.14, wide, y, base, plot)
        if number % every == 0:
            day = night.night.rpartition("/")[2].partition("-")[2]
            out.append(f'<text {SMALL} x="{middle:.1f}" y="{base + 18}" text-anchor="middle">{escape(day)}</text>')
    if not nights:
        out.append(f'<text x="{LEFT}" y="{base - 20}">No night in this range.</text>')
    out.append(f'<text {SMALL} x="{LEFT}" y="{height - 6}">{escape(note or LEGEND)}</text>')
    return _svg("".join(out), height, title)


LEGEND = (
    "Outline: launched. Dark: shot down. Light: lost. Bracket: range. Dotted: withheld. Hatched: no coverage, pale: in "
    "part. Empty: not stated. All as claimed."
)


def _column(night: Night, x: float, wide: float, y, base: float, plot: float) -> list[str]:  # type: ignore[no-untyped-def]
    if night.coverage == "none" and not (night.launched or night.shot_down):
        return [_bar("none", x, base - plot, wide, plot, f"{night.night}: no coverage")]
    out = []
    if night.coverage == "partial":
        out.append(_bar("part", x, base - plot, wide, plot, f"{night.night}: partly covered"))
    if any(f and f.is_withheld for f in (night.launched, night.shot_down)):
        out.append(_bar("withheld", x, base - plot, wide, plot, f"{night.night}: withheld"))
    shot = night.shot_down.value or 0 if night.shot_down else 0
    lost = night.lost.value or 0 if night.lost else 0
    if lost:
        out.append(_bar("lost", x, y(shot + lost), wide, y(shot) - y(shot + lost), f"{night.night}: lost {lost}"))
    if shot:
        out.append(_bar("shot", x, y(shot), wide, base - y(shot), f"{night.night}: shot down {shot}"))
    launched = night.launched
    if launched and launched.value is not None:
        value = launched.value
        out.append(_bar("launched", x, y(value), wide, base - y(value), f"{night.night}: launched {value}"))
        mark = "0" if value == 0 else f"{value}+" if launched.is_least else ""
        if mark:
            out.append(
                f'<text {SMALL} x="{x + wide / 2:.1f}" y="{y(value) - 5:.1f}" text-anchor="middle">{mark}</text>'
            )
    figure = launched or night.shot_down
    if figure and figure.least is not None and figure.most is not None and figure.least < figure.most:
        out.append(_whisker(x + wide / 2, y(figure.least), y(figure.most), min(5.0, wide / 3)))
    return out


def alerts_chart(rows: Sequence[AlertRow], start: datetime, end: datetime, title: str) -> str:
    """One line a region: red while under alert, pale where the end was not seen, hatched where nobody listened."""
    line, head = 22, 56
    height = head + line * max(1, len(rows)) + 30
    left = 190
    span = (end - start).total_seconds()

    def x(at: datetime) -> float:
        share = (min(max(at, start), end) - start).total_seconds() / span
        return left + (WIDTH - left - RIGHT) * share

    out = [f'<text {HEAD} x="16" y="22">{escape(title)}</text>']
    hours = span / 3600
    step = timedelta(hours=next((h for h in (1, 2, 3, 6, 12, 24, 48, 168) if hours / h <= 8), 744))
    at = start
    while at <= end:
        words = f"{at:%d %b %H:%M}" if step < timedelta(days=1) else f"{at:%d %b}"
        out.append(f'<line {GRID} x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{head - 8}" y2="{height - 26}"/>')
        anchor = "end" if x(at) > WIDTH - RIGHT - 30 else "middle"
        out.append(f'<text {SMALL} x="{x(at):.1f}" y="{head - 14}" text-anchor="{anchor}">{words}</text>')
        at += step
    for number, row in enumerate(rows):
        top = head + number * line
        out.append(f'<text x="{left - 10}" y="{top + 15}" text-anchor="end">{escape(row.name)}</text>')
        for first, last in row.gaps:
            out.append(_bar("none", x(first), top + 3, x(last) - x(first), line - 6, f"{row.name}: no coverage"))
        for first, last, is_known in row.alerts:
            words = f"{row.name}: {first:%d %b %H:%M} to {last:%H:%M} UTC" + ("" if is_known else ", end not seen")
            out.append(
                _bar("alert" if is_known else "open", x(first), top + 3, max(1.0, x(last) - x(first)), line - 6, words)
            )
    out.append(f'<text {SMALL} x="16" y="{height - 8}">Times in UTC. Pale: end not seen. Hatched: no coverage.</text>')
    return _svg("".join(out), height, title)


def _svg(body: str, height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img"><title>{escape(title)}</title>{DEFS}'
        f'<rect width="{WIDTH}" height="{height}" fill="#fdfdfb"/><g {FONT}>{body}</g></svg>\n'
    )


def _bar(kind: str, x: float, y: float, wide: float, high: float, words: str) -> str:
    return (
        f'<rect class="{kind}" {LOOK[kind]} x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{max(0.0, high):.1f}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _whisker(x: float, low: float, high: float, half: float) -> str:
    ends = ((x, low, x, high), (x - half, low, x + half, low), (x - half, high, x + half, high))
    return "".join(f'<line {WHISKER} x1="{a:.1f}" y1="{b:.1f}" x2="{c:.1f}" y2="{d:.1f}"/>' for a, b, c, d in ends)


def _round_up(value: int) -> int:
    """The next round number at which an axis may end."""
    steps = [size * 10**power for power in range(7) for size in (1, 2, 5)]
    for lower, upper in pairwise([0, *steps]):
        if lower < value <= upper:
            return upper if upper >= 5 else 5
    return max(5, value)
