"""The API and the first page, over HTTP on loopback, from the running daemon in a process of its own.

Requests a second are set beside the bare floor: the same server answering the same bytes without any of ours.
A post's way to 500 open streams is timed from the commit to the moment the last client has read it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.first_page import first_page
from bench.table import percentile, show

CLIENTS = 500
EVENTS = 100
REQUESTS = 8000
KEPT_OPEN = 8


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = first_page(Path(folder))
    asyncio.run(_measure(first))


async def _measure(first: list[tuple[str, str, str]]) -> None:
    floor, _ = await _throughput("floor")
    whole, memory, each, spent = await _daemon()
    rows = [
        ("GET /v1/state, requests/s", f"{whole:.0f}", f"{whole / floor:.2f} of the floor"),
        ("the floor: the same server and bytes, nothing of ours", f"{floor:.0f}", "1.00"),
        (f"commit → last of {CLIENTS} streams, p50 ms", f"{percentile(spent, 0.5) * 1000:.0f}", ""),
        (f"commit → last of {CLIENTS} streams, p99 ms", f"{percentile(spent, 0.99) * 1000:.0f}", "bar: 250"),
        (f"processor time for one event to {CLIENTS} streams, ms", f"{each * 1000:.0f}", ""),
        ("memory of the server for one open stream, KB", f"{memory:.0f}", ""),
        *first,
    ]
    show("API and dashboard over HTTP on loopback", ("what", "figure", "beside"), rows)


async def _throughput(mode: str) -> tuple[float, float]:
    with _serving(mode) as server:
        port = await server.port()
        return await _ask_often(port), 0.0


async def _daemon() -> tuple[float, float, float, list[float]]:
    """Requests a second; KB for one stream; processor seconds for one event; seconds from commit to the last client."""
    with _serving("daemon") as server:
        port = await server.port()
        often = await _ask_often(port)
        _, first = await _listen(port)  # what the first of them costs is the server's, not each one's
        first.close()
        before = server.resident()
        arrived: dict[int, list[float]] = {}
        readers = await asyncio.gather(*(_listen(port) for _ in range(CLIENTS)))
        tasks = [asyncio.create_task(_hear(reader, arrived)) for reader, _ in readers]
        await asyncio.sleep(1.0)
        memory = (server.resident() - before) / CLIENTS
        spent, work = [], server.worked()
        for _ in range(EVENTS):
            server.say("post")
            seq, at = await server.committed()
            end = time.monotonic() + 10
            while len(arrived.get(seq, ())) < CLIENTS and time.monotonic() < end:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            spent.append(max(arrived[seq]) - at if len(arrived.get(seq, ())) == CLIENTS else 10.0)
            await asyncio.sleep(0.05)
        each = (server.worked() - work) / EVENTS
        for task in tasks:
            task.cancel()
        for _, writer in readers:
            writer.close()
        return often, memory, each, spent


async def _ask_often(port: int) -> float:
    request = b"GET /v1/state HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"

    async def one(many: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(many):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = re.search(rb"(?i)content-length: (\d+)", head)
            await reader.readexactly(int(length[1]) if length else 0)
        writer.close()

    await one(50)
    begun = time.perf_counter()
    await asyncio.gather(*(one(REQUESTS // KEPT_OPEN) for _ in range(KEPT_OPEN)))
    return REQUESTS / (time.perf_counter() - begun)


async def _listen(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await reader.readuntil(b"event: heartbeat")
    return reader, writer


async def _hear(reader: asyncio.StreamReader, arrived: dict[int, list[float]]) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            line = await reader.readuntil(b"\n")
            if line.startswith(b"id: "):
                arrived.setdefault(int(line[4:]), []).append(time.monotonic())


class _serving:
    """A server in a process of its own, which says on standard output where it is and what it committed when."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def __enter__(self) -> _serving:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.web", self._mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    async def _line(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(await asyncio.to_thread(self._process.stdout.readline))

    async def port(self) -> int:
        return int((await self._line())["port"])

    async def committed(self) -> tuple[int, float]:
        found = await asyncio.wait_for(self._line(), 20)
        return int(found["seq"]), float(found["at"])

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def worked(self) -> float:
        """Seconds of processor."""
        found = Path(f"/proc/{self._process.pid}/stat").read_text().split()[13:15]
        return sum(map(int, found)) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> float:
        """KB."""
        for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return float(line.split()[1])
        return 0.0


async def _serve_floor() -> None:
    from monitor.daemon.server import Api, listen

    body = gzip.compress(os.urandom(800), 1)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    sock = listen("127.0.0.1", 0)
    await Api(app, sock).start()
    print(json.dumps({"port": sock.getsockname()[1]}), flush=True)
    await asyncio.Event().wait()


async def _serve_daemon(folder: Path) -> None:
    from bench.latency import Pushed
    from monitor import logs
    from monitor.config import load
    from monitor.daemon import Daemon

    logs.setup(level="error")
    (folder / "monitor.toml").write_text(
        f'[store]\nurl = "sqlite:///{folder}/bench.db"\n[web]\nport = 0\n[limits]\nheartbeat_seconds = 3600\n'
    )
    source = Pushed()

    def told(outcome: Any) -> None:
        for change in outcome.changes:
            if change.type.startswith("alert."):
                print(json.dumps({"seq": change.seq, "at": time.monotonic()}), flush=True)

    daemon = Daemon(load(folder / "monitor.toml", {}), sources=[source], on_event=told)
    await daemon.start()
    print(json.dumps({"port": int(str(daemon.address).rpartition(":")[2])}), flush=True)
    number = 0
    while await asyncio.to_thread(sys.stdin.readline):
        source.text = "🔴 Повітряна тривога в м. Київ" if number % 2 == 0 else "🟢 Відбій тривоги в м. Київ."
        number += 1
        source.push()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(_serve_floor() if sys.argv[1] == "floor" else _serve_daemon(Path(made)))
