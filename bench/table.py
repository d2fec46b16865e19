"""Timing in turns and a plain table: what every benchmark here needs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def in_turns(runs: int, *jobs: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Median seconds of each job, run A B C A B C … so that a drifting machine hits all alike."""
    spent: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for seconds, job in zip(spent, jobs, strict=True):
            begun = clock()
            job()
            seconds.append(clock() - begun)
    return [statistics.median(seconds) for seconds in spent]


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table whose first column is words and the others figures."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[n]) for line in [list(head), *cells]) for n in range(len(head))]
    print(title)
    for line in [list(head), ["-" * width for width in widths], *cells]:
        first, *rest = (
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        print("  " + "  ".join([first, *rest]))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0-1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
