"""One look at the database for everyone who listens to the stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import structlog

from monitor.errors import MonitorError
from monitor.model import Change
from monitor.store import series
from monitor.web.context import Context
from monitor.web.grant import Grant

__all__ = ["BEAT", "PAGE", "Broadcast", "Event", "frames"]

Event = tuple[int, bytes]
FULL = Grant("stream", "stream", frozenset({"full"}))
LOOK_EVERY = 0.02
ASK_EVERY = 0.5
HEARTBEAT = 15.0
BEAT: Event = (0, b"")
"""Says that it is time for a heartbeat, which each listener writes with its own ``seq``."""
TOO_SLOW: Event = (-1, b"")
PAGE = 500
WAITING = 1000

log = structlog.get_logger("monitor.web")


class Broadcast:
    """Looks for new changes while somebody listens, frames each once and hands it to every listener; for those whose
    token is of scope `full` it is framed a second time.

    A heartbeat is a promise: what was committed has been told, and something could be committed. Where the last look
    failed, or the daemon is not ready, there is none, so that whoever counts heartbeats turns to *unknown*.

    A listener that falls ``WAITING`` events behind is told ``TOO_SLOW`` and has to come back with its last id.
    Lives in one event loop; the first listener starts it, the last one ends it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._heard: set[asyncio.Queue[Event]] = set()
        self._full: set[asyncio.Queue[Event]] = set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        return self.listeners >= self._context.settings.web.stream_clients

    @property
    def listeners(self) -> int:
        return len(self._heard) + len(self._full)

    @contextmanager
    def listen(self, *, is_full: bool = False) -> Iterator[asyncio.Queue[Event]]:
        """A queue of everything committed from about now on; the caller skips what it has already."""
        queue: asyncio.Queue[Event] = asyncio.Queue(WAITING + 1)
        mine = self._full if is_full else self._heard
        mine.add(queue)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look())
        try:
            yield queue
        finally:
            mine.discard(queue)
            if not self.listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        seq: int | None = None
        clock = asyncio.get_running_loop().time
        beat, has_looked, is_failing = clock() + HEARTBEAT, True, False
        while True:
            if clock() >= beat and has_looked and self._is_ready():
                beat = clock() + HEARTBEAT
                self._tell(BEAT)
            before, has_looked = self._state(), True
            try:
                if seq is None:
                    seq = max(0, await asyncio.to_thread(series.newest_seq, self._context.store) - PAGE)
                found = await asyncio.to_thread(self._news, seq)
            except MonitorError as error:  # the store is busy or away
                if not is_failing:
                    log.warning("stream.look_failed", error=str(error))
                found, has_looked = [], False
            except Exception:
                if not is_failing:
                    log.exception("stream.look_failed")
                found, has_looked = [], False
            is_failing = not has_looked
            for event, full in found:
                seq = event[0]
                self._tell(event, full)
            if len(found) < PAGE:
                await self._news_may_be_there(before)

    async def _news_may_be_there(self, before: object) -> None:
        """Until a commit has exchanged the state that there was before the last look, or half a second; without a
        state in memory, a tenth of one."""
        if self._context.state is None:
            await asyncio.sleep(ASK_EVERY / 5)
            return
        waited = 0.0
        while waited < ASK_EVERY and self._state() is before:
            await asyncio.sleep(LOOK_EVERY)
            waited += LOOK_EVERY

    def _is_ready(self) -> bool:
        health = self._context.health
        return health is None or bool(health().get("ready", True))

    def _state(self) -> object:
        return self._context.state() if self._context.state is not None else None

    def _news(self, seq: int) -> list[tuple[Event, Event | None]]:
        """What came behind ``seq``: as everyone sees it, and in full where somebody may."""
        changes = series.changes(self._context.store, after_seq=seq, limit=PAGE)
        public = frames(self._context, changes)
        if not self._full:
            return [(event, None) for event in public]
        return list(zip(public, frames(replace(self._context, grant=FULL), changes), strict=True))

    def _tell(self, event: Event, full: Event | None = None) -> None:
        for queue in self._heard:
            _put(queue, event)
        for queue in self._full:
            _put(queue, full or event)


def _put(queue: asyncio.Queue[Event], event: Event) -> None:
    if queue.qsize() < WAITING:
        queue.put_nowait(event)
    elif not queue.full():
        queue.put_nowait(TOO_SLOW)


def frames(context: Context, changes: Sequence[Change]) -> list[Event]:
    """Each change as ``(seq, text/event-stream block)``, as the publication policy shows it now."""
    if not changes:
        return []
    public = context.public()
    withheld = public.withheld(tuple(changes))
    return [(change.seq or 0, _frame(change, public.change(change, withheld))) for change in changes]


def _frame(change: Change, body: object) -> bytes:
    """One line of data: JSON has no raw newline."""
    data = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return f"id: {change.seq}\nevent: change\ndata: {data}\n\n".encode()
