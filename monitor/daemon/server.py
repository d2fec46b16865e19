"""The API's listener: a socket made before anything else starts, served by uvicorn inside our own loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import resource
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.errors import AddressInUse, ConfigError
from monitor.web.problems import problem

__all__ = ["Api", "listen"]

log = structlog.get_logger("monitor.web")

BACKLOG = 64
LEFT_OPEN = 100
COME_BACK = 5
ALWAYS = ("/health", "/ready")
TELL_EVERY = 60.0


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises ``AddressInUse`` (taken) or ``ConfigError`` (no such address, not allowed).

    ``IPPROTO_TCP`` is named because uvicorn switches Nagle's delay off only then: 30 times the requests per second.
    """
    try:
        family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    except ValueError:
        family = socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as problem:
        sock.close()
        raise _why(problem, host, port) from None
    return sock


def _why(problem: OSError, host: str, port: int) -> Exception:
    where = f"{host}:{port}"
    if problem.errno == errno.EADDRINUSE:
        return AddressInUse(
            f"port {port} of {host} is taken by another program; stop it (`ss -ltnp 'sport = :{port}'` names it) "
            f"or set another [web] port, for example MONITOR_WEB__PORT={port + 1 if port < 65535 else 8788}"
        )
    if problem.errno == errno.EACCES:
        return ConfigError(f"[web] port: {where}: ports below 1024 need rights that monitor should not have; use 8787")
    return ConfigError(f"[web] host: cannot listen on {where}: {problem.strerror or problem}; use 127.0.0.1")


def _within_reach(connections: int) -> int:
    """So many connections, or as many as the descriptors of this process allow; the soft limit is raised if it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + LEFT_OPEN
    if soft < wanted and (hard == resource.RLIM_INFINITY or hard > soft):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(10, min(connections, soft - LEFT_OPEN))


class _Bounded:
    """The app for so many connections at once; those above are asked to come back, in the words of every other error.
    Whether the daemon is well is told to everyone: a crowd is no reason to restart it."""

    def __init__(self, app: ASGIApp, most: int, count: Callable[[], int]) -> None:
        self._app = app
        self._most = most
        self._count = count
        self._told_at = -TELL_EVERY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._count() <= self._most or scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if time.monotonic() - self._told_at > TELL_EVERY:
            self._told_at = time.monotonic()
            log.warning("api.crowded", connections=self._count(), most=self._most, hint="[web] connections")
        headers = {
            "retry-after": str(COME_BACK), "connection": "close", "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }  # fmt: skip
        detail = "Too many connections are open; come back in some seconds, and keep one connection for all you ask."
        await problem(503, detail, headers=headers)(scope, receive, send)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the daemon decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Api:
    """One running app on one socket. ``address`` is ``http://host:port`` as it was bound."""

    def __init__(
        self,
        app: Any,
        sock: socket.socket,
        *,
        stop_seconds: float = 3.0,
        connections: int = 1200,
        proxies: Sequence[str] = (),
    ) -> None:
        self._sock = sock
        host, port = sock.getsockname()[:2]
        self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        bounded = _Bounded(app, _within_reach(connections), lambda: len(self._server.server_state.connections))
        self._server = _Server(
            uvicorn.Config(
                bounded,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                # Out of descriptors, asyncio complains once per place of the queue, every second: keep it short.
                backlog=BACKLOG,
                h11_max_incomplete_event_size=32_768,
                timeout_graceful_shutdown=max(1, int(stop_seconds)),
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer from now on."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._sock]), name="api")
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 -- uvicorn offers no event
            await asyncio.sleep(0.005)
        if self._task.done():
            self._task.result()  # what kept it from starting, rather than a daemon without a door

    async def settle(self, most: float = 0.5, pause: float = 0.08) -> None:
        """Wait for the answers to those who stood at the door already, with what their page loads after it: until a
        pause of so many seconds, ``most`` at the most. Nobody there: a moment only."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(0.02)
        end, last = clock() + most, clock()
        while self._server.server_state.connections and clock() < min(end, last + pause):
            if self._server.server_state.tasks:
                last = clock()
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Finish answers in flight, then close. May be called twice."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=5.0)
            self._task.cancel()
        self._sock.close()
