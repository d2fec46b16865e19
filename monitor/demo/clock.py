"""A clock that tells an old night again: quick where nothing happens, slower where something does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

__all__ = ["Pace", "ReplayClock"]


@dataclass(frozen=True, slots=True)
class Pace:
    """From ``since`` on, one real second is ``speed`` replayed seconds."""

    since: datetime
    speed: float


class ReplayClock:
    """Aware UTC that stands at the first pace until ``start`` and never passes ``end``.

    ``hold`` keeps it from running ahead of those who follow it: it waits at the held moment and goes on from there,
    so that on a slow machine the replay takes longer instead of outrunning its sources. ``monotonic`` is the real
    clock underneath, in seconds; tests hand in their own.
    """

    is_replay = True

    def __init__(self, paces: Sequence[Pace], end: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        if not paces or end <= paces[0].since:
            raise ValueError("a replay clock needs a pace that begins before its end")
        self._paces = sorted(paces, key=lambda pace: pace.since)
        self.end = end
        self._monotonic = monotonic
        self._origin: float | None = None
        self._held = end
        self._is_held = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Let the replay run from here."""
        self._origin = self._monotonic()

    def hold(self, moment: datetime) -> None:
        """Do not pass this moment until a later one is given."""
        self._held = max(self._held, moment) if self._is_held else moment
        self._is_held = True

    def now(self) -> datetime:
        """The replayed moment. May be asked from any thread."""
        with self._lock:
            left = 0.0 if self._origin is None else self._monotonic() - self._origin
            moment = self._moment(left)
            if moment > self._held and self._origin is not None:
                self._origin += left - self._real(self._held)
                moment = self._held
            return moment

    def _moment(self, left: float) -> datetime:
        for pace, until in self._stretches():
            real = (until - pace.since).total_seconds() / pace.speed
            if left < real:
                return pace.since + timedelta(seconds=left * pace.speed)
            left -= real
        return self.end

    def _real(self, moment: datetime) -> float:
        """Real seconds from the start to a moment."""
        spent = 0.0
        for pace, until in self._stretches():
            if moment <= pace.since:
                break
            spent += (min(moment, until) - pace.since).total_seconds() / pace.speed
        return spent

    def wall(self) -> datetime:
        """The real time: what a signature is dated with, because a receiver checks it against its own clock."""
        return datetime.now(UTC)

    def real_seconds(self, seconds: float) -> float:
        """How long ``seconds`` of the replay last where it is slowest."""
        return seconds / min(pace.speed for pace in self._paces)

    def total_seconds(self) -> float:
        """How long the whole replay lasts, in real seconds."""
        return sum((until - pace.since).total_seconds() / pace.speed for pace, until in self._stretches())

    @property
    def has_ended(self) -> bool:
        return self.now() >= self.end

    def _stretches(self) -> list[tuple[Pace, datetime]]:
        ends = [pace.since for pace in self._paces[1:]] + [self.end]
        return [(pace, until) for pace, until in zip(self._paces, ends, strict=True) if until > pace.since]
