"""One HTTP client for fetching and posting: bounded in time, bytes and manners.

``get`` raises ``SourceError`` by what can be done about the answer; ``post`` raises ``SinkError``. Neither follows a
redirect by itself, reads the environment's proxies, keeps cookies, or unpacks more than it was allowed to.
"""

from __future__ import annotations

import asyncio
import socket
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from monitor.errors import (
    AddressRefused,
    SinkError,
    SourceBroken,
    SourceError,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)

__all__ = ["MAX_BYTES", "Http", "Response", "retry_after", "sample"]

MAX_BYTES = 5_000_000
"""Most bytes of one answer, after unpacking."""

MAX_HEADERS = 100
MAX_HEADER_BYTES = 8190
LONGEST_RETRY = 24 * 3600.0
_CHUNK = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SLOW_DOWN = frozenset({429, 420})
_LATER = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
_REFUSED = frozenset({401, 402, 403, 404, 410, 423, 451})


@dataclass(frozen=True, slots=True)
class Response:
    """An answer read to its end. ``headers`` have lower-case names; ``body`` is unpacked; 3xx are answers too."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    final_url: str
    not_modified: bool = False

    @property
    def is_redirect(self) -> bool:
        return self.status in _REDIRECTS


def retry_after(value: str | None, now: datetime, longest: float = LONGEST_RETRY) -> float | None:
    """Seconds that a ``Retry-After`` header of either form asks for, 1 to ``longest``; None where it says none."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(max(float(text[:12]), 1.0), longest)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return min(max((when - now).total_seconds(), 1.0), longest)


def sample(body: bytes | bytearray, length: int = 300) -> str:
    """The start of a body in one printable line, for the message of a broken source."""
    text = body[: length * 4].decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:length]


class _Unpacker:
    """Undoes ``Content-Encoding`` without ever producing more than ``most`` bytes (a bomb costs its cap, no more)."""

    def __init__(self, encoding: str, most: int) -> None:
        self._names = [name for name in (part.strip().lower() for part in encoding.split(",")) if name != "identity"]
        if len(self._names) > 1 or any(n not in ("", "gzip", "x-gzip", "deflate") for n in self._names):
            raise SourceBroken(f"the answer is packed as {encoding!r:.60}; only gzip and deflate are taken")
        self._name = self._names[0] if self._names else ""
        self._most = most
        self._out = bytearray()
        self._unpack: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        if not self._name:
            self._add(chunk)
            return
        try:
            while chunk:
                if self._unpack is None:
                    self._unpack = zlib.decompressobj(self._window(chunk))
                self._add(self._unpack.decompress(chunk, self._most - len(self._out) + 1))
                chunk = self._unpack.unused_data
                if self._unpack.eof:
                    self._unpack = None
                    if self._name == "deflate" or chunk[:2] != b"\x1f\x8b":
                        return
        except zlib.error as error:
            raise SourceBroken(f"the answer cannot be unpacked ({self._name}): {error}") from error

    def done(self) -> bytes:
        if self._unpack is not None:
            raise SourceBroken(f"the answer ends in the middle of its {self._name} stream")
        return bytes(self._out)

    def _add(self, data: bytes) -> None:
        self._out += data
        if len(self._out) > self._most:
            raise SourceBroken(f"the answer is longer than {self._most} bytes", sample=sample(bytes(self._out[:1200])))

    def _window(self, start: bytes) -> int:
        if self._name != "deflate":
            return 16 + zlib.MAX_WBITS
        has_header = len(start) > 1 and start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
        return zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS


class Http:
    """The client. Made without a running loop; connections open at the first request, ``close`` ends them.

    ``vet`` is called with every address before it is dialled and raises ``AddressRefused``; ``resolver`` vets what a
    name resolves to, ``socket_factory`` the number that is about to be dialled. ``min_interval`` is the least time in
    seconds between two ``get`` of one host, ``intervals`` overrides it by host name. ``monotonic``, ``sleep`` and
    ``now`` are the time, moved by hand in tests.
    """

    def __init__(
        self,
        *,
        user_agent: str = "airalert-monitor",
        resolver: AbstractResolver | None = None,
        vet: Callable[[str], object] | None = None,
        socket_factory: Callable[[Any], socket.socket] | None = None,
        min_interval: float = 1.0,
        intervals: Mapping[str, float] | None = None,
        max_bytes: int = MAX_BYTES,
        deadline: float = 20.0,
        connections: int = 50,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._user_agent = user_agent
        self._resolver = resolver
        self._vet = vet
        self._socket_factory = socket_factory
        self._min_interval = min_interval
        self._intervals = dict(intervals or {})
        self._max_bytes = max_bytes
        self._deadline = deadline
        self._connections = connections
        self._monotonic = monotonic
        self._sleep = sleep
        self._now = now
        self._free_at: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        deadline: float | None = None,
        hops: int = 0,
        passing: frozenset[int] = frozenset(),
    ) -> Response:
        """Fetch. ``hops`` redirects are followed, each vetted anew. A status in ``passing`` is returned, not raised.

        Raises ``SourceThrottled`` (429), ``SourceUnavailable`` (5xx, no answer, too slow), ``SourceRefused`` (4xx of
        the forbidding kind, an address that the guard refuses), ``SourceBroken`` (too long, unreadable, other 4xx).
        """
        asked = {"Accept-Encoding": "gzip, deflate", **(headers or {})}
        if etag:
            asked["If-None-Match"] = etag
        if last_modified:
            asked["If-Modified-Since"] = last_modified
        most = self._max_bytes if max_bytes is None else max_bytes
        seconds = self._deadline if deadline is None else deadline
        for left in range(hops, -1, -1):
            await self._be_polite(url)
            found = await self._fetch(url, asked, most, seconds)
            if not (found.is_redirect and left and (onward := found.headers.get("location"))):
                break
            url = urljoin(found.final_url, onward)
        self._raise_for(found, passing)
        return found

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = 10.0,
        max_body: int = 16_384,
    ) -> Response:
        """Post these very bytes. Every status is an answer; its body is cut at ``max_body`` and is never unpacked.

        Raises ``SinkError`` when no status line came within ``deadline`` and ``AddressRefused`` from the guard.
        """
        if self._vet is not None:
            self._vet(url)
        received = bytearray()
        answer: aiohttp.ClientResponse | None = None
        try:
            async with (
                asyncio.timeout(deadline),
                self._client().post(
                    url, data=body, headers={"User-Agent": self._user_agent, **(headers or {})}, allow_redirects=False
                ) as answer,
            ):
                async for chunk in answer.content.iter_chunked(max_body):
                    received += chunk
                    if len(received) >= max_body:
                        answer.close()
                        break
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            if answer is None:
                raise SinkError(_why(error, deadline)) from error
            answer.close()
        return Response(answer.status, _lower(answer), bytes(received[:max_body]), str(answer.url))

    async def close(self) -> None:
        """End every connection. May be called twice; the next request opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _fetch(self, url: str, headers: Mapping[str, str], most: int, seconds: float) -> Response:
        try:
            if self._vet is not None:
                self._vet(url)
            async with (
                asyncio.timeout(seconds),
                self._client().get(
                    url, headers={"User-Agent": self._user_agent, **headers}, allow_redirects=False
                ) as answer,
            ):
                try:
                    body = await self._read(answer, most)
                except SourceError:
                    answer.close()
                    if answer.status < 400:
                        raise
                    body = b""
                return Response(answer.status, _lower(answer), body, str(answer.url), answer.status == 304)
        except AddressRefused as error:
            raise SourceRefused(str(error)) from error
        except (aiohttp.InvalidURL, aiohttp.ClientResponseError) as error:
            raise SourceBroken(f"{_host(url)}: {_why(error, seconds)}") from error
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise SourceUnavailable(f"{_host(url)}: {_why(error, seconds)}") from error

    @staticmethod
    async def _read(answer: aiohttp.ClientResponse, most: int) -> bytes:
        unpacker = _Unpacker(answer.headers.get("Content-Encoding", ""), most)
        packed = 0
        async for chunk in answer.content.iter_chunked(_CHUNK):
            packed += len(chunk)
            if packed > most:
                raise SourceBroken(f"the answer is longer than {most} bytes")
            unpacker.feed(chunk)
        return unpacker.done()

    def _raise_for(self, found: Response, passing: frozenset[int]) -> None:
        status = found.status
        if status < 400 or status in passing:
            return
        wait = retry_after(found.headers.get("retry-after"), self._now())
        what = f"{_host(found.final_url)} answered {status}"
        start = sample(found.body)
        if status in _SLOW_DOWN:
            raise SourceThrottled(what, retry_after=wait, sample=start)
        if status in _LATER or status >= 500:
            raise SourceUnavailable(what, retry_after=wait, sample=start)
        if status in _REFUSED:
            raise SourceRefused(what, retry_after=wait, sample=start)
        raise SourceBroken(what, retry_after=wait, sample=start)

    async def _be_polite(self, url: str) -> None:
        """Wait for this host's turn. Turns are given in the order of asking."""
        host = _host(url)
        interval = self._intervals.get(host, self._min_interval)
        if interval <= 0:
            return
        now = self._monotonic()
        turn = max(now, self._free_at.get(host, now))
        self._free_at[host] = turn + interval
        if turn > now:
            await self._sleep(turn - now)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver,
                    limit=self._connections,
                    use_dns_cache=False,
                    socket_factory=self._socket_factory,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trust_env=False,
                max_line_size=MAX_HEADER_BYTES,
                max_field_size=MAX_HEADER_BYTES,
                max_headers=MAX_HEADERS,
            )
        return self._session


def _lower(answer: aiohttp.ClientResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _host(url: str) -> str:
    with suppress(ValueError):
        return (urlsplit(url).hostname or "").lower()
    return ""


def _why(error: Exception, seconds: float) -> str:
    """One sentence for people: what kind of failure, without addresses that may carry a secret."""
    match error:
        case TimeoutError():
            return f"no complete answer within {seconds:g} s"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return "its TLS certificate is not accepted"
        case aiohttp.ClientConnectorDNSError():
            return "its name cannot be resolved"
        case aiohttp.ClientConnectorError():
            return f"cannot connect ({error.os_error.strerror or type(error.os_error).__name__})"
        case aiohttp.ServerDisconnectedError():
            return "it closed the connection without an answer"
        case aiohttp.ClientResponseError():
            return f"its answer is not valid HTTP ({' '.join(error.message.split())[:80]})"
        case aiohttp.InvalidURL():
            return "the address is not valid"
        case aiohttp.ClientPayloadError():
            return "the answer was cut off"
        case _:
            return f"connection failed ({type(error).__name__})"
