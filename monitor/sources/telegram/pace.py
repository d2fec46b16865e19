"""Never too fast: waits between connections, a budget of requests, and flood waits that outlive the process."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from monitor.errors import SourceThrottled
from monitor.ports import Clock

__all__ = ["Budget", "Floods", "Gate", "Pace"]

_log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to connect: ``first`` seconds after the first failure, doubling up to ``most``, each lengthened by
    up to ``jitter`` of itself; never more than ``per_minute`` connections in 60 s, whatever happens."""

    first: float = 1.0
    most: float = 30.0
    jitter: float = 0.3
    per_minute: int = 8


@dataclass(slots=True)
class Gate:
    """Every new connection of an account passes here first. Times are monotonic seconds."""

    pace: Pace = field(default_factory=Pace)
    monotonic: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep
    draw: Callable[[], float] = random.random
    failures: int = 0
    attempts: int = 0
    _recent: deque[float] = field(default_factory=deque)

    def wait_for(self) -> float:
        """Seconds until the next connection may be opened."""
        now = self.monotonic()
        while self._recent and now - self._recent[0] >= 60:
            self._recent.popleft()
        wait = 0.0
        if self.failures and self._recent:
            delay = min(self.pace.most, self.pace.first * 2 ** min(self.failures - 1, 16))
            wait = self._recent[-1] + delay * (1 + self.pace.jitter * self.draw()) - now
        if len(self._recent) >= self.pace.per_minute:
            wait = max(wait, self._recent[0] + 60 - now)
        return max(wait, 0.0)

    async def enter(self) -> None:
        """Wait for our turn, then count the connection that is about to be opened as failed until it answers."""
        wait = self.wait_for()
        if wait > 0:
            await self.sleep(wait)
        self._recent.append(self.monotonic())
        self.attempts += 1
        self.failures += 1

    def answered(self) -> None:
        """The far side answered a real question: the next break is a first failure again."""
        self.failures = min(self.failures, 1)


@dataclass(slots=True)
class Budget:
    """At most ``per_second`` requests a second over time, with bursts of up to ``burst``."""

    per_second: float = 10.0
    burst: float = 30.0
    monotonic: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep
    _left: float = 30.0
    _at: float = 0.0

    async def take(self) -> None:
        now = self.monotonic()
        self._left = min(self.burst, self._left + (now - self._at) * self.per_second)
        self._at = now
        self._left -= 1
        if self._left < 0:
            await self.sleep(-self._left / self.per_second)


class Floods:
    """When Telegram has told us to wait, and until when, kept in a file (0600) so that a restart keeps waiting.

    A wait holds for one channel and one method. When ``SHARED_BY`` channels wait for the same method at once, or
    the method is about names, it is the account that is meant and all its channels wait.
    """

    SHARED_BY = 3
    ACCOUNT_WIDE = ("ResolveUsernameRequest", "JoinChannelRequest")

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.until: dict[tuple[str, str], datetime] = {}
        self._load()

    def check(self, method: str, who: str) -> None:
        """Raises ``SourceThrottled`` with the rest of the wait when ``method`` must not be called for ``who`` yet."""
        if wait := self.left(method, who):
            raise throttled(method, wait)

    def left(self, method: str, who: str) -> float:
        """Seconds that are still to be waited, 0 for none."""
        now = self.clock.now()
        due = max((self.until[key] for key in ((method, who), (method, "*")) if key in self.until), default=now)
        return max((due - now).total_seconds(), 0.0)

    def note(self, method: str, who: str, seconds: float) -> SourceThrottled:
        """Remember a flood wait, on disk too; the error to raise."""
        now = self.clock.now()
        self.until = {key: due for key, due in self.until.items() if due > now}
        self.until[method, who] = now + timedelta(seconds=seconds)
        waiting = [due for (name, whose), due in self.until.items() if name == method and whose != "*"]
        if method in self.ACCOUNT_WIDE or len(waiting) >= self.SHARED_BY:
            self.until[method, "*"] = max(waiting)
        self._save()
        return throttled(method, seconds)

    def waiting(self) -> dict[str, datetime]:
        """What is being waited for: ``method`` or ``method for channel`` → until when."""
        now = self.clock.now()
        named = {(m if who == "*" else f"{m} for {who}"): due for (m, who), due in self.until.items()}
        return {name: due for name, due in sorted(named.items()) if due > now}

    def _load(self) -> None:
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            self.until = {(str(m), str(who)): datetime.fromisoformat(due) for m, who, due in rows}
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError) as error:
            _log.warning("the list of flood waits %s cannot be read and is begun anew: %s", self.path.name, error)

    def _save(self) -> None:
        rows = [[method, who, due.isoformat()] for (method, who), due in sorted(self.until.items())]
        fresh = self.path.with_suffix(".new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                json.dump(rows, out)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(self.path)
        except OSError as error:
            _log.error("the flood wait could not be written to %s: %s", self.path.name, error)


def throttled(method: str, seconds: float) -> SourceThrottled:
    name = method.removesuffix("Request")
    return SourceThrottled(f"Telegram asks us to wait {seconds:.0f} s before the next {name}", retry_after=seconds)
