"""The machine's clock: what daemon, commands and sinks are given to ask what time it really is."""

from __future__ import annotations

from datetime import UTC, datetime

__all__ = ["SystemClock"]


class SystemClock:
    """Keeps ``ports.Clock``. A second of this clock is a real second."""

    is_replay = False

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wall(self) -> datetime:
        """The real time; a replay clock tells another ``now`` and the same ``wall``."""
        return datetime.now(UTC)

    def real_seconds(self, seconds: float) -> float:
        """How long ``seconds`` of this clock last in reality."""
        return seconds
