"""Committed changes as server-sent events, with resume and heartbeat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from monitor.model import Change
from monitor.store import series
from monitor.web.context import Asked, Context

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"])

LOOK_EVERY = 0.25
HEARTBEAT = 15.0
PAGE = 500


@router.get("/stream")
async def stream(
    asked: Asked,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    after: Annotated[
        int | None, Query(ge=0, description="Resume behind this `seq`; `Last-Event-ID` goes first.")
    ] = None,
) -> StreamingResponse:
    """Every change from now on, or behind ``Last-Event-ID``. The id is ``seq``; a ``heartbeat`` comes every 15 s."""
    start = int(last_event_id) if last_event_id and last_event_id.isdigit() else after
    return StreamingResponse(
        _events(asked, request, start),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(asked: Context, request: Request, start: int | None) -> AsyncIterator[str]:
    seq = start if start is not None else await asyncio.to_thread(_newest, asked)
    yield f"event: heartbeat\ndata: {json.dumps({'seq': seq})}\n\n"
    silent = 0.0
    while not await request.is_disconnected():
        changes = await asyncio.to_thread(series.changes, asked.store, after_seq=seq, limit=PAGE)
        if changes:
            public = asked.public()
            withheld = public.withheld(changes)
            for change in changes:
                seq = change.seq
                yield _event(change, public.change(change, withheld))
            silent = 0.0
            continue
        await asyncio.sleep(LOOK_EVERY)
        silent += LOOK_EVERY
        if silent >= HEARTBEAT:
            silent = 0.0
            yield f"event: heartbeat\ndata: {json.dumps({'seq': seq})}\n\n"


def _event(change: Change, body: object) -> str:
    """One line of data: JSON has no raw newline."""
    return f"id: {change.seq}\nevent: change\ndata: {json.dumps(body, ensure_ascii=False, allow_nan=False)}\n\n"


def _newest(asked: Context) -> int:
    """The ``seq`` of the newest change; ``changes`` are numbered from 1 without a gap."""
    return int(series.counts_summary(asked.store).get("changes", 0))
