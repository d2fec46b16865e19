"""The one thread that writes: pipeline and store are called here and nowhere else, one call after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["Writer"]

P = ParamSpec("P")
T = TypeVar("T")


class Writer:
    """``await writer(call, *args)`` runs the call in the writer thread and gives its result or its exception.

    A caller that is cancelled no longer waits; the call itself always ends by itself. ``busy_since`` is the
    monotonic second at which the running call began, ``thread_id`` the thread: both for the watchdog.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="monitor-writer")
        self._monotonic = monotonic
        self.busy_since: float | None = None
        self.thread_id: int | None = None
        self.calls = 0

    async def __call__(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        future = self._pool.submit(self._timed, partial(call, *args, **kwargs))
        return await asyncio.wrap_future(future)

    def submit(self, call: Callable[[], T]) -> T:
        """Run the call from outside the event loop and wait for it."""
        return self._pool.submit(self._timed, call).result()

    def close(self) -> None:
        """Wait for everything that was handed in, then end the thread."""
        self._pool.shutdown(wait=True)

    def _timed(self, call: Callable[[], T]) -> T:
        import threading

        self.thread_id = threading.get_ident()
        self.busy_since = self._monotonic()
        try:
            return call()
        finally:
            self.busy_since = None
            self.calls += 1
