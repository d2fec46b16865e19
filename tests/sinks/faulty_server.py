"""A server on loopback that misbehaves by path: /status/503, /hang, /drip, /reset, /cut, /flood, /garbage."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Seen:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FaultyServer:
    """``seen`` are the requests in order; ``extra`` are header lines added to each answer."""

    extra: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    sent: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, context: ssl.SSLContext | None = None) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=context)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if path == "/reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(1, 13, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.seen.append(Seen(path, headers, body))
        extra = "".join(line + "\r\n" for line in self.extra)
        match path.strip("/").split("/"):
            case ["status", code]:
                writer.write(f"HTTP/1.1 {code} X\r\nContent-Length: 0\r\n{extra}\r\n".encode())
                await writer.drain()
                return True
            case ["hang"]:
                await asyncio.sleep(3600)
            case ["drip"]:
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(0.01)
            case ["drip-body"]:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                for _ in range(10_000):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.01)
            case ["cut"]:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
                await writer.drain()
            case ["close"]:
                pass
            case ["flood"]:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
                while self.sent < 200_000_000:
                    writer.write(b"x" * 65_536)
                    self.sent += 65_536
                    await writer.drain()
            case ["garbage"]:
                writer.write(b"\x00\x01 all regions CLEAR\x1b[32m\r\n\r\n")
                await writer.drain()
            case ["garbage-body"]:
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\xff\xfe\x00\x01\x02"
                )
                await writer.drain()
            case ["redirect", *_]:
                writer.write(f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n{extra}\r\n".encode())
                await writer.drain()
                return True
        return False
