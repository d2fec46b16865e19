"""The inbox in memory: bounded, safe from several threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock

__all__ = ["MemoryInbox"]


class MemoryInbox:
    """Keeps ``ports.Inbox``. At most ``capacity`` bodies wait for one source; the next one is refused."""

    def __init__(self, capacity: int = 1000) -> None:
        self._capacity = capacity
        self._waiting: dict[str, deque[tuple[datetime, bytes]]] = {}
        self._wakes: dict[str, Callable[[], None]] = {}
        self._lock = Lock()

    def put(self, source: str, body: bytes, at: datetime) -> bool:
        with self._lock:
            waiting = self._waiting.setdefault(source, deque())
            if len(waiting) >= self._capacity:
                return False
            waiting.append((at, body))
            wake = self._wakes.get(source)
        if wake is not None:
            wake()
        return True

    def drain(self, source: str) -> Sequence[tuple[datetime, bytes]]:
        with self._lock:
            return tuple(self._waiting.pop(source, ()))

    def on_put(self, source: str, wake: Callable[[], None]) -> None:
        with self._lock:
            self._wakes[source] = wake
