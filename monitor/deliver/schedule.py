"""How long to wait before trying again. Pure: the randomness is passed in."""

from __future__ import annotations

from random import Random

__all__ = ["GIVE_UP_AFTER", "JITTER", "LONGEST", "LONGEST_ASKED", "STEPS", "delay"]

STEPS: tuple[float, ...] = (1, 2, 5, 10, 30, 60, 120, 300, 600, 900)
"""Seconds before the second, third … attempt; the last one repeats, for 72 hours and longer."""

JITTER = 0.25
"""Each wait is longer than its step by up to this share, so that a thousand endpoints do not come back as one."""

LONGEST_ASKED = 3600.0
"""A ``Retry-After`` beyond this many seconds is cut: an alert cannot wait for a mistyped year."""

LONGEST = LONGEST_ASKED * (1 + JITTER)
"""No wait is longer."""

GIVE_UP_AFTER = 5 * 24 * 3600.0
"""Seconds of nothing but failures after which an endpoint is disabled; its messages are kept."""


def delay(attempts: int, rng: Random, asked: float | None = None) -> float:
    """Seconds to wait after ``attempts`` failed ones (1: the first). ``asked``: what the far side asked for."""
    step = STEPS[min(max(attempts, 1), len(STEPS)) - 1]
    least = min(max(asked, 0.0), LONGEST_ASKED) if asked is not None else 0.0
    return max(step, least) * (1 + JITTER * rng.random())
