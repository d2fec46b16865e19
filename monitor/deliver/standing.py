"""What the attempts so far say about an endpoint: whether it is down, and which messages it alone refuses. Pure.

A message that is refused again and again (``PARK_AFTER`` attempts, an answer that is about the message) may be parked.
Whether it is the message or the endpoint cannot be known from the message, so parking is first a trial: if others fare
no better, the trial is undone, order is kept, and the endpoint counts as down.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Literal

from monitor.errors import SinkError
from monitor.model import Delivery

__all__ = ["PARK_AFTER", "Decision", "Standing", "is_about_the_message"]

PARK_AFTER = 4
"""Attempts after which a message may be parked: 1 + 2 + 5 seconds and jitter, within 15 seconds."""

DOWN_AFTER = 5
MOST_TRIALS = 3
_ABOUT_THE_ENDPOINT = frozenset({401, 403, 404, 407, 408, 425, 429, 502, 503, 504})

Decision = Literal["retry", "park", "park_for_trial", "undo_trial"]


def is_about_the_message(error: SinkError) -> bool:
    """An answer that may concern this message alone: the endpoint is there and says no."""
    status = error.log.get("status")
    return isinstance(status, int) and status >= 400 and status not in _ABOUT_THE_ENDPOINT


class Standing:
    """``failing_since`` is the first of the failures in a row, None while it answers; ``probes`` counts attempts while
    it is down."""

    def __init__(self) -> None:
        self.is_down = False
        self.probes = 0
        self.failing_since: datetime | None = None
        self._streak = 0
        self._succeeded_at: datetime | None = None
        self._first_failed: dict[str, datetime] = {}
        self._refusals: dict[str, int] = defaultdict(int)
        self._trial: list[Delivery] = []
        self._parked: dict[str, set[int]] = defaultdict(set)

    def gap(self, delivery: Delivery) -> tuple[int, ...]:
        """``seq`` of the parked messages of its key that this one overtakes."""
        return tuple(sorted(seq for seq in self._parked.get(delivery.key, ()) if seq < delivery.seq))

    def parked(self, delivery: Delivery) -> None:
        """The message stands beside its lane."""
        self._parked[delivery.key].add(delivery.seq)

    def is_parked(self, delivery: Delivery) -> bool:
        return delivery.seq in self._parked.get(delivery.key, ())

    def succeeded(self, delivery: Delivery, now: datetime) -> bool:
        """The message is acknowledged. True when the endpoint was down until now."""
        self._unpark(delivery)
        self._first_failed.pop(delivery.message_id, None)
        self._refusals.pop(delivery.message_id, None)
        self._streak = self.probes = 0
        self.failing_since, self._succeeded_at = None, now
        self._trial.clear()
        was_down, self.is_down = self.is_down, False
        return was_down

    def failed(self, error: SinkError, now: datetime, *, is_probe: bool = False) -> bool:
        """An attempt failed. True when that is why the endpoint counts as down from now on."""
        self._streak += 1
        self.failing_since = self.failing_since or now
        if self.is_down or is_probe:
            self.probes += 1
        if self.is_down or self._streak < DOWN_AFTER or is_about_the_message(error):
            return False
        self.go_down()
        return True

    def clock_was_set_back(self, now: datetime) -> None:
        """What was noted by the other clock lies ahead: it counts from now."""
        self.failing_since = self.failing_since and min(self.failing_since, now)
        self._succeeded_at = None
        self._first_failed.clear()

    def go_down(self) -> None:
        """One probe at a time from now on."""
        self.is_down = True
        self.probes = max(self.probes, 1)

    def decide(self, delivery: Delivery, error: SinkError, now: datetime) -> Decision:
        """What becomes of a message that failed; ``failed`` has been told before."""
        first_failed = self._first_failed.setdefault(delivery.message_id, now)
        if self.is_parked(delivery) or error.is_final:
            return "park"
        if not self._is_poisoned(delivery, error):
            return "retry"
        if self._succeeded_at is not None and self._succeeded_at > first_failed:
            return "park"
        if len(self._trial) < MOST_TRIALS and not self.is_down:
            self._trial.append(delivery)
            return "park_for_trial"
        return "undo_trial"

    def end_trial(self) -> list[Delivery]:
        """Others fare no better: it is the endpoint. Gives back what was parked on trial."""
        trial, self._trial = self._trial, []
        for delivery in trial:
            self._unpark(delivery)
        self.go_down()
        return trial

    def _is_poisoned(self, delivery: Delivery, error: SinkError) -> bool:
        """Only answers about the message count: what times out or is told to wait may be the endpoint's trouble."""
        if not is_about_the_message(error):
            return False
        self._refusals[delivery.message_id] += 1
        return self._refusals[delivery.message_id] >= PARK_AFTER

    def _unpark(self, delivery: Delivery) -> None:
        seqs = self._parked.get(delivery.key)
        if seqs is not None:
            seqs.discard(delivery.seq)
            if not seqs:
                del self._parked[delivery.key]
