"""The listener: those above the limit of connections are told so like of any other error."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from monitor.daemon.server import Api, listen

MOST = 10


async def app(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def ask(port: int, path: str) -> tuple[int, dict[str, str], bytes, asyncio.StreamWriter]:
    """Status, headers, body, and the connection, which stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    return int(first.split()[1]), headers, body, writer


async def test_N14_connections_above_the_limit_get_a_problem_that_says_when_to_come_back() -> None:
    sock = listen("127.0.0.1", 0)
    port = sock.getsockname()[1]
    api = Api(app, sock, connections=MOST)
    await api.start()
    try:
        with capture_logs() as lines:
            kept = [await ask(port, "/") for _ in range(MOST)]
            assert [status for status, *_ in kept] == [200] * MOST
            for _ in range(3):
                status, headers, body, writer = await ask(port, "/v1/state")
                assert (status, headers["content-type"]) == (503, "application/problem+json")
                assert int(headers["retry-after"]) > 0
                assert headers["connection"] == "close"
                assert json.loads(body)["status"] == 503
                writer.close()
                await writer.wait_closed()
            assert [line["event"] for line in lines] == ["api.crowded"]
        status, *_, health = await ask(port, "/health")
        assert status == 200
        health.close()
        for *_, writer in kept:
            writer.close()
        await asyncio.sleep(0.1)
        assert (await ask(port, "/v1/state"))[0] == 200
    finally:
        await api.stop()


async def test_a_listener_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon without a door would look like one that is well and quiet."""
    from monitor.daemon.server import _Server

    async def broken(self: Any, sockets: Any = None) -> None:
        raise RuntimeError("no door")

    monkeypatch.setattr(_Server, "serve", broken)
    api = Api(app, listen("127.0.0.1", 0))
    with pytest.raises(RuntimeError, match="no door"):
        await api.start()
    await api.stop()
