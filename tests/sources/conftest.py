"""Loopback servers and a clock moved by hand, shared by the tests of sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from monitor.http import Http
from monitor.model import Gazetteer
from monitor.sources import Deps

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HandClock:
    """``ports.Clock`` that stands still until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(min_interval=0, user_agent="test", deadline=5)
    yield client
    await client.close()


@pytest.fixture
def deps(http: Http, clock: HandClock, tmp_path) -> Deps:
    return Deps(http=http, clock=clock, gazetteer=Gazetteer({}), state_dir=tmp_path)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    """``await serve(handler)`` → base address of a server on loopback that gives every request to the handler."""
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
async def raw_serve() -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """``await raw_serve(chunks, pause)`` → address of a server that answers these bytes, pausing between chunks."""
    servers: list[asyncio.Server] = []

    async def start(chunks: list[bytes], pause: float = 0.0) -> str:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                for chunk in chunks:
                    writer.write(chunk)
                    await writer.drain()
                    if pause:
                        await asyncio.sleep(pause)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield start
    for server in servers:
        server.close()
