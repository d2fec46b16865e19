"""One look at the database for everyone who listens to the stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

from monitor.errors import MonitorError
from monitor.model import Change
from monitor.store import series
from monitor.web.context import Context

__all__ = ["PAGE", "Broadcast", "Event", "frames"]

Event = tuple[int, str]
LOOK_EVERY = 0.1
PAGE = 500
WAITING = 1000
CLIENTS = 450  # below the connections the listener takes, so that a page is still answered

log = structlog.get_logger("monitor.web")


class Broadcast:
    """Looks for new changes while somebody listens, frames each once and hands it to every listener.

    A listener that falls ``WAITING`` events behind is told ``(-1, "")`` and has to come back with its last id.
    Lives in one event loop; the first listener starts it, the last one ends it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._heard: set[asyncio.Queue[Event]] = set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        return len(self._heard) >= CLIENTS

    @property
    def listeners(self) -> int:
        return len(self._heard)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event]]:
        """A queue of everything committed from about now on; the caller skips what it has already."""
        queue: asyncio.Queue[Event] = asyncio.Queue(WAITING + 1)
        self._heard.add(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            yield queue
        finally:
            self._heard.discard(queue)
            if not self._heard and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        seq: int | None = None
        while True:
            try:
                if seq is None:
                    seq = max(0, await asyncio.to_thread(series.newest_seq, self._context.store) - PAGE)
                found = await asyncio.to_thread(self._news, seq)
            except MonitorError as error:  # the store is busy or away: the listeners keep their heartbeat
                log.warning("stream.look_failed", error=str(error))
                found = []
            for event in found:
                seq = event[0]
                self._tell(event)
            if len(found) < PAGE:
                await asyncio.sleep(LOOK_EVERY)

    def _news(self, seq: int) -> list[Event]:
        return frames(self._context, series.changes(self._context.store, after_seq=seq, limit=PAGE))

    def _tell(self, event: Event) -> None:
        for queue in self._heard:
            if queue.qsize() < WAITING:
                queue.put_nowait(event)
            elif not queue.full():
                queue.put_nowait((-1, ""))


def frames(context: Context, changes: Sequence[Change]) -> list[Event]:
    """Each change as ``(seq, text/event-stream block)``, as the publication policy shows it now."""
    if not changes:
        return []
    public = context.public()
    withheld = public.withheld(tuple(changes))
    return [(change.seq or 0, _frame(change, public.change(change, withheld))) for change in changes]


def _frame(change: Change, body: object) -> str:
    """One line of data: JSON has no raw newline."""
    return f"id: {change.seq}\nevent: change\ndata: {json.dumps(body, ensure_ascii=False, allow_nan=False)}\n\n"
