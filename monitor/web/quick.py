"""``/v1/state`` out of prepared bytes: made once a second and after every commit, then given to everyone who asks.

A state can turn with time alone (it becomes stale, a threat runs out), so that no answer is older than its second.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.context import Context
from monitor.web.door import header
from monitor.web.plain import CLOCKS, encoded, plain, utc
from monitor.web.snapshot import compact, snapshot

__all__ = ["HOME", "QuickState", "state_body"]

HOME = "UA"
PATH = "/v1/state"
FORMATS = {b"": "json", b"format=json": "json", b"format=compact": "compact"}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Headers and bytes by (format, whether packed), of one state under one rules in one second."""

    state: Any
    rules: Any
    second: int
    answers: dict[tuple[str, bool], tuple[list[tuple[bytes, bytes]], bytes]]


class QuickState:
    """Answers ``GET /v1/state`` before the app does; whatever else is asked goes on to it."""

    def __init__(self, app: ASGIApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._prepared: _Prepared | None = None
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        wanted = FORMATS.get(scope["query_string"])
        if wanted is None:
            await self._app(scope, receive, send)
            return
        prepared = self._prepared
        if prepared is None or not self._is_fresh(prepared):
            async with self._making:
                prepared = self._prepared
                if prepared is None or not self._is_fresh(prepared):
                    prepared = self._prepared = await asyncio.to_thread(self._make)
        headers, body = prepared.answers[wanted, b"gzip" in header(scope, b"accept-encoding")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _is_fresh(self, prepared: _Prepared) -> bool:
        asked = self._context
        return (
            asked.state is not None
            and prepared.state is asked.state()
            and prepared.rules is asked.rules
            and prepared.second == int(asked.clock.now().timestamp())
        )

    def _make(self) -> _Prepared:
        asked = self._context
        second, rules = int(asked.clock.now().timestamp()), asked.rules
        state = asked.state() if asked.state is not None else None
        whole = state_body(asked)
        text, tag = encoded({key: value for key, value in whole.items() if key not in ("rows", *CLOCKS)} | {
            "rows": [{**row, "as_of": None} for row in whole["rows"]]
        })  # fmt: skip
        text = json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        letters = str(whole["compact"]).encode()
        answers = {}
        for name, body, kind in (("json", text, b"application/json"), ("compact", letters, b"text/plain")):
            for is_packed in (False, True):
                data = gzip.compress(body, 6, mtime=0) if is_packed else body
                headers = [
                    (b"content-type", kind), (b"content-length", str(len(data)).encode()), (b"etag", tag.encode()),
                    (b"cache-control", b"no-cache"), (b"vary", b"Accept-Encoding"),
                ]  # fmt: skip
                if is_packed:
                    headers.append((b"content-encoding", b"gzip"))
                answers[name, is_packed] = (headers, data)
        return _Prepared(state, rules, second, answers)


def state_body(asked: Context) -> dict[str, Any]:
    """The answer of ``/v1/state``."""
    found = snapshot(asked)
    rows = []
    counted: dict[str, int] = {}
    for state in found.values():
        place = asked.rules.place(state.place)
        names = {"name": place.name if place else state.place, "place_level": place.level if place else None}
        rows.append({**names, **plain(state)})
        counted[state.status] = counted.get(state.status, 0) + 1
    order = list(asked.rules.units(HOME))
    known = sum(place in found and found[place].status != "unknown" and not found[place].is_stale for place in order)
    status = "full" if known == len(order) else "partial" if known else "none"
    now = utc(asked.clock.now())
    return {
        "now": now,
        "as_of": now,
        "replay": asked.is_replay,
        "counted": counted,
        "coverage": {"status": status, "known": known, "of": len(order)},
        "notice": "Not a warning system: follow official sirens.",
        "compact": compact(found, order),
        "order": order,
        "next": None,
        "rows": rows,
    }
