"""How late posts reach us: percentiles and a histogram on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

__all__ = ["Delays", "place_of", "summed"]

SHORTEST, STEPS = 0.1, 16
"""The axis: 16 steps, each twice as long as the one before, from 0.1 s to 1 h 49 min."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds at which 50, 95 and 99 per cent of the posts had come, and the number of posts in each step."""

    posts: int
    half: float
    most: float
    nearly_all: float
    steps: tuple[int, ...]

    @property
    def highest(self) -> int:
        return max(self.steps, default=0)


def summed(seconds: Sequence[float]) -> Delays | None:
    """None where there is nothing to sum up."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    steps = [0] * STEPS
    for one in ordered:
        steps[min(STEPS - 1, max(0, int(place_of(one) * STEPS)))] += 1
    half, most, nearly_all = (_at(ordered, share) for share in (0.5, 0.95, 0.99))
    return Delays(len(ordered), half, most, nearly_all, tuple(steps))


def place_of(seconds: float) -> float:
    """Where on the axis (0 to 1) a delay stands."""
    return min(1.0, max(0.0, log2(max(seconds, SHORTEST) / SHORTEST) / STEPS))


def _at(ordered: Sequence[float], share: float) -> float:
    """The nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
