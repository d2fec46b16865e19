"""A TCP proxy on loopback that spoils what passes: resets, silence, loss, and walls of other people's bytes."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from dataclasses import dataclass, field

TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x28"
HTTP_WALL = b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n<html>please log in</html>"


@dataclass
class Toxic:
    """``target`` is (host, port). ``mode``: clean, refuse, wall (answers ``wall`` and closes), hole (accepts, says
    nothing), reset (each connection is cut after ``after`` bytes). ``loss`` delays that part of the packets."""

    target: tuple[str, int]
    mode: str = "clean"
    after: int = 4000
    loss: float = 0.0
    wall: bytes = TLS_ALERT
    accepted: list[float] = field(default_factory=list)
    draw: random.Random = field(default_factory=lambda: random.Random(21))
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self) -> Toxic:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.host, self.port = self.server.sockets[0].getsockname()
        return self

    async def stop(self) -> None:
        self.server.close()
        self.cut()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def cut(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted.append(time.monotonic())
        self.writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            await self._pass(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            self.writers.discard(writer)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            return
        if self.mode == "wall":
            writer.write(self.wall)
            await writer.drain()
            return
        if self.mode == "hole":
            await reader.read()
            return
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        self.writers.add(far_writer)
        try:
            up = asyncio.create_task(self._copy(reader, far_writer))
            down = asyncio.create_task(self._copy(far_reader, writer))
            _, waiting = await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        finally:
            self.writers.discard(far_writer)
            far_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while data := await reader.read(1400):
            if self.loss and self.draw.random() < self.loss:
                await asyncio.sleep(0.01)  # a lost packet is a late one: TCP sends it again
            passed += len(data)
            if self.mode == "reset" and passed > self.after:
                writer.transport.abort()
                return
            writer.write(data)
            await writer.drain()


def checksum_wall() -> bytes:
    """A packet of the right shape with a wrong checksum."""
    return struct.pack("<ii", 24, 0) + bytes(16)
