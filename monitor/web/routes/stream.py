"""Committed changes as server-sent events, with resume and heartbeat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from monitor.store import series, tokens
from monitor.web.answers import Strict
from monitor.web.asked import Asked
from monitor.web.broadcast import BEAT, PAGE, Broadcast, Event, frames
from monitor.web.context import Context

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])

LARGEST = 2**53


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream(
    asked: Asked,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    after: Annotated[
        int | None, Query(ge=0, le=LARGEST, description="Resume behind this `seq`; `Last-Event-ID` goes first.")
    ] = None,
) -> StreamingResponse:
    """Every change from now on, or behind ``Last-Event-ID``. The id is ``seq``; a ``heartbeat`` comes every 15 s.

    503 when too many listen already."""
    start = after
    if last_event_id and last_event_id.isascii() and last_event_id.isdigit():
        start = min(int(last_event_id), LARGEST)
    broadcast: Broadcast = request.app.state.broadcast
    if broadcast.is_full:
        raise HTTPException(503, "Too many clients listen to the stream; try again later.")
    return StreamingResponse(
        _events(asked, broadcast, start),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(asked: Context, broadcast: Broadcast, start: int | None) -> AsyncIterator[bytes]:
    """First what was missed, read for this client alone; then what the broadcast says to all."""
    with broadcast.listen(is_full=asked.grant.covers("full")) as heard:
        newest = await asyncio.to_thread(series.newest_seq, asked.store)
        seq = newest if start is None else min(start, newest)  # a seq from the future is another database's
        yield _heartbeat(seq)
        while missed := await asyncio.to_thread(_missed, asked, seq):
            for number, frame in missed:
                seq = number
                yield frame
            if len(missed) < PAGE:
                break
        while True:
            number, frame = await heard.get()
            if number < 0:  # this client was too slow for the queue: it comes back with its Last-Event-ID
                return
            if (number, frame) == BEAT:
                if asked.grant.token is not None and not await asyncio.to_thread(_may_listen, asked):
                    return
                yield _heartbeat(seq)
            elif number > seq:
                seq = number
                yield frame


def _missed(asked: Context, seq: int) -> list[Event]:
    return frames(asked, series.changes(asked.store, after_seq=seq, limit=PAGE))


def _may_listen(asked: Context) -> bool:
    """A token that was revoked or has expired ends its stream at the next heartbeat."""
    token = asked.grant.token
    return token is None or tokens.stands(asked.store, token, asked.clock.now())


def _heartbeat(seq: int) -> bytes:
    return f"event: heartbeat\ndata: {json.dumps({'seq': seq})}\n\n".encode()
