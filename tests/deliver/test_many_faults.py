"""Many events, several endpoints, a third of the answers wrong in twelve ways: real queue, sockets and signatures."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from delivering import run_here
from standardwebhooks import Webhook

from monitor.deliver import Deliverer
from monitor.model import Delivery, Endpoint
from monitor.sinks import Deps, build
from monitor.sinks.signing import new_secret
from monitor.store import SqlStore, open_store

KINDS = ["500", "502", "503", "429", "408", "302", "reset", "close", "garbage", "hang", "drip", "late-cut"]


class FastClock:
    """Runs faster than the wall; ``real_seconds`` as the replay clock has it."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.began = time.monotonic()
        self.zero = datetime.now(UTC)

    def now(self) -> datetime:
        return self.zero + timedelta(seconds=(time.monotonic() - self.began) * self.speed)

    def real_seconds(self, seconds: float) -> float:
        return seconds / self.speed


class Faulty:
    """Answers wrongly in ``share`` of all cases, each kind alike; verifies and remembers everything."""

    def __init__(self, secrets: Sequence[str], share: float, seed: int) -> None:
        self.verifiers = [Webhook(secret) for secret in secrets]
        self.share = share
        self.rng = Random(seed)
        self.faults: Counter[str] = Counter()
        self.followed = 0
        self.wrong = 0
        self.bodies: dict[tuple[int, str], set[bytes]] = defaultdict(set)
        self.order: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.tasks: set[asyncio.Task[None]] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        sent = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(sent["content-length"]))
        if path == "/followed":
            self.followed += 1
            return False
        nth = int(path.strip("/"))
        fault = self.rng.choice(KINDS) if self.rng.random() < self.share else "none"
        self.faults[fault] += 1
        try:
            event = self.verifiers[nth].verify(body, sent)
        except Exception:
            self.wrong += 1
            return False
        if fault in ("none", "late-cut"):
            name = sent["webhook-id"]
            if not self.bodies[nth, name]:
                self.order[nth, event["key"]].append(event["n"])
            self.bodies[nth, name].add(body)
        return await self.answer(fault, writer)

    async def answer(self, fault: str, writer: asyncio.StreamWriter) -> bool:
        match fault:
            case "none":
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            case "late-cut":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nha")
                await writer.drain()
                return False
            case "302":
                writer.write(b"HTTP/1.1 302 Found\r\nLocation: /followed\r\nContent-Length: 0\r\n\r\n")
            case "429" | "503":
                writer.write(f"HTTP/1.1 {fault} X\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n".encode())
            case "500" | "502" | "408":
                writer.write(f"HTTP/1.1 {fault} X\r\nContent-Length: 0\r\n\r\n".encode())
            case "garbage":
                writer.write(b"\x00\x01 204 all clear\r\n\r\n")
                return False
            case "reset":
                writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return False
            case "hang":
                await asyncio.sleep(2)
                return False
            case "drip":
                for _ in range(40):
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(0.05)
                return False
            case _:
                return False
        await writer.drain()
        return True


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


async def drive(store: SqlStore, events: int, endpoints: int, seconds: float) -> Faulty:
    secrets = [new_secret() for _ in range(endpoints)]
    faulty = Faulty(secrets, 0.3, 17)
    server = await asyncio.start_server(faulty.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    now = datetime.now(UTC)
    options: dict[str, Any] = {"allow_http": True, "ports": [port], "deadline": 0.25}
    for nth, secret in enumerate(secrets):
        url = f"http://127.0.0.1:{port}/{nth}"
        store.save_endpoint(
            Endpoint(f"e{nth}", "webhook", url, (secret,), allow_networks=("127.0.0.0/8",), options=options), now
        )
    for start in range(1, events + 1, 500):
        store.enqueue(
            [
                Delivery(
                    f"m{n}", f"e{nth}", f"k{n % 23}", n, "alert.started", b'{"n":%d,"key":"k%d"}' % (n, n % 23), now
                )
                for n in range(start, min(start + 500, events + 1))
                for nth in range(endpoints)
            ]
        )
    deliverer = Deliverer(
        store, lambda each: build(each, Deps()), FastClock(30), run_here, rng=Random(3), sweep_every=0.3
    )
    task = asyncio.create_task(deliverer.run())
    async with asyncio.timeout(seconds):
        while store.waiting().get("delivered", 0) < events * endpoints:
            await asyncio.sleep(0.05)
    await deliverer.stop(1)
    await task
    for left in list(faulty.tasks):
        left.cancel()
    await asyncio.gather(*faulty.tasks, return_exceptions=True)
    server.close()
    return faulty


def check(faulty: Faulty, events: int, endpoints: int) -> None:
    assert (faulty.wrong, faulty.followed) == (0, 0)
    assert set(faulty.faults) == {"none", *KINDS}
    assert set(faulty.bodies) == {(nth, f"m{n}") for n in range(1, events + 1) for nth in range(endpoints)}
    assert all(len(bodies) == 1 for bodies in faulty.bodies.values()), "the same id with other bytes"
    out_of_order = [key for key, seqs in faulty.order.items() if seqs != sorted(seqs)]
    assert not out_of_order


async def test_W11_with_a_third_of_the_answers_wrong_everything_arrives_in_order_with_its_bytes(
    store: SqlStore,
) -> None:
    check(await drive(store, 60, 3, 60), 60, 3)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_W11_ten_thousand_events_to_five_endpoints(store: SqlStore) -> None:
    check(await drive(store, 10_000, 5, 3_500), 10_000, 5)
