"""Delivery: signed POSTs a second beside an httpx pool, matching 10,000 subscriptions, 10 and 1,000 subscribers, and
what a dead endpoint costs the others.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.table import percentile, show
from monitor.deliver import Deliverer
from monitor.model import (
    JSON,
    Attempt,
    Change,
    Commit,
    Delivery,
    Endpoint,
    EvidenceRef,
    Fused,
    Gazetteer,
    Place,
    Subscription,
)
from monitor.publication import PublicationPolicy
from monitor.sinks import Deps, build
from monitor.sinks.matching import SubscriptionIndex
from monitor.sinks.outbox import WireOutbox
from monitor.sinks.signing import headers, new_secret, signers
from monitor.store import open_store

POSTS, CONCURRENCY, ROUNDS = 4_000, 20, 5
SECRET = new_secret()
GAZETTEER = Gazetteer(
    {"UA": Place("UA", "Ukraine", "country")}
    | {f"UA-{n}": Place(f"UA-{n}", f"Oblast {n}", "oblast", "UA") for n in range(10, 35)}
)


def main() -> None:
    with Receiver() as port:
        asyncio.run(_posts(port))
        _matching()
        asyncio.run(_subscribers(port))
        asyncio.run(_dead_endpoint(port))


# ── a receiver in a process of its own ────────────────────────────────────────────────────────────


class Receiver:
    """A bare HTTP/1.1 acknowledger: 204 to every request, nothing verified, so that the sender is measured."""

    def __enter__(self) -> int:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        return int(ours.recv())

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pipe: Connection) -> None:
    class Acknowledger(asyncio.Protocol):
        def connection_made(self, transport: Any) -> None:
            self.transport, self.buffer = transport, b""

        def data_received(self, data: bytes) -> None:
            self.buffer += data
            while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
                head = self.buffer[:end].lower()
                at = head.find(b"content-length:")
                length = int(head[at + 15 : head.find(b"\r\n", at) if b"\r\n" in head[at:] else None]) if at >= 0 else 0
                if len(self.buffer) < end + 4 + length:
                    return
                self.buffer = self.buffer[end + 4 + length :]
                if b"post /hang" in head:
                    continue
                self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Acknowledger, "127.0.0.1", 0, backlog=4096)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def _endpoint(port: int, nth: int = 0, path: str = "/") -> Endpoint:
    options = {"allow_http": True, "ports": [port]}
    target = f"http://127.0.0.1:{port}{path}"
    return Endpoint(f"e{nth}", "webhook", target, (SECRET,), allow_networks=("127.0.0.0/8",), options=options)


def _change(seq: int) -> Change:
    now = datetime.now(UTC)
    place = f"UA-{10 + seq % 25}"
    ref = EvidenceRef(
        f"r{seq}", f"tg:1/{seq}", 1, "af", now, "The alert is on " * 6, (0, 90), "start", "https://t.me/a/1"
    )
    until = now + timedelta(hours=1)
    return Change(
        id=f"c{seq}", type="alert.started", key=f"alert:{place}", subject=f"s{seq}", occurred_at=now, known_at=now,
        places=(place,), valid_until=until, evidence=(ref,), seq=seq,
    )  # fmt: skip


def _describe(places: Sequence[str]) -> Mapping[str, JSON]:
    now = datetime.now(UTC).isoformat()
    return {place: {"place": place, "status": "active", "as_of": now, "seq": 1} for place in places}


def _body() -> bytes:
    box = WireOutbox(lambda: (Endpoint("e", "webhook"),), PublicationPolicy(), GAZETTEER, {})
    return box.frame([_change(1)], datetime.now(UTC), _describe)[0].body


# ── signed POSTs ──────────────────────────────────────────────────────────────────────────────────


async def _posts(port: int) -> None:
    """In turns; the receiver is a process of its own, so that its CPU counts for neither."""
    body = _body()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(await _timed(_through_sink, port, body, POSTS))
        theirs.append(await _timed(_through_httpx, port, body, POSTS // 8))
    mine, other = ([statistics.median(part) for part in zip(*each, strict=True)] for each in (ours, theirs))
    rows = [
        (name, *(f"{each:,.0f}" for each in rates), *(f"{a / b:.1f}" for a, b in zip(mine, rates, strict=True)))
        for name, rates in (
            ("monitor's webhook sink (signed, guarded, bounded)", mine),
            ("one shared httpx pool (signed)", other),
        )
    ]
    title = f"Signed POSTs, concurrency {CONCURRENCY}, {len(body)} bytes each, one sending process"
    show(title, ("sender", "a second", "a second of its CPU", "monitor: times as many", "by CPU"), rows)


async def _timed(send: Any, port: int, body: bytes, count: int) -> tuple[float, float]:
    """POSTs a second by the clock on the wall, and a second of this process's CPU."""
    began, used = time.perf_counter(), time.process_time()
    await send(port, body, count)
    return count / (time.perf_counter() - began), count / (time.process_time() - used)


async def _through_sink(port: int, body: bytes, count: int) -> None:
    sink = build(_endpoint(port), Deps())
    left = iter(range(count))

    async def work() -> None:
        for nth in left:
            await sink.send(Delivery(f"m{nth}", "e", "k", nth, "alert.started", body, datetime.now(UTC)))

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))
    await sink.close()


async def _through_httpx(port: int, body: bytes, count: int) -> None:
    import httpx

    signed_by, left = signers((SECRET,), "bench"), iter(range(count))
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENCY)) as client:

        async def work() -> None:
            for nth in left:
                sent = headers(signed_by, f"m{nth}", body, datetime.now(UTC))
                (await client.post(f"http://127.0.0.1:{port}/", content=body, headers=sent)).raise_for_status()

        await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


# ── matching ──────────────────────────────────────────────────────────────────────────────────────


def _matching() -> None:
    def asking(nth: int) -> Endpoint:
        wanted = Subscription(types=("strike.*",), regions=(f"UA-{10 + nth % 24}",), min_value=nth)
        return Endpoint(f"e{nth}", "webhook", subscription=wanted)

    endpoints = [asking(nth) for nth in range(10_000)]
    index = SubscriptionIndex(endpoints, GAZETTEER, {})
    other = replace(_change(24), type="strike.reported", places=("UA-34",))
    silent = replace(_change(24), type="count.claimed")
    rows = [
        (name, f"{_microseconds(lambda one=one: index.matching(one)):.1f}")
        for name, one in (("a strike elsewhere", other), ("a type nobody asked for", silent))
    ]
    show("Matching one change against 10,000 subscriptions that do not want it", ("change", "µs"), rows)


def _microseconds(call: Any) -> float:
    rounds = []
    for _ in range(7):
        began = time.perf_counter()
        for _ in range(2_000):
            call()
        rounds.append((time.perf_counter() - began) / 2_000)
    return statistics.median(rounds) * 1e6


# ── many subscribers, and a dead one ──────────────────────────────────────────────────────────────


class _Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


async def _in_thread(call: Any, /, *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_WRITER, call, *args)


_WRITER: Any = None


class _Bench:
    """A store with endpoints and a running deliverer; ``tell`` commits changes and returns when all have them."""

    def __init__(self, folder: Path, endpoints: Sequence[Endpoint]) -> None:
        from concurrent.futures import ThreadPoolExecutor

        global _WRITER
        _WRITER = ThreadPoolExecutor(1)
        self.store = open_store(str(folder / "bench.db"))
        self.endpoints = tuple(endpoints)
        for each in endpoints:
            self.store.save_endpoint(each, datetime.now(UTC))
        self.acknowledged: dict[tuple[str, str], float] = {}
        self.all_in = asyncio.Event()
        self.missing = 0
        settle = self.store.settle
        loop = asyncio.get_running_loop()

        def noted(attempts: Sequence[Attempt]) -> frozenset[str]:
            more = settle(attempts)
            at = time.perf_counter()
            for each in attempts:
                if each.outcome == "delivered":
                    self.acknowledged[each.delivery.endpoint, each.delivery.message_id] = at
                    self.missing -= 1
            if self.missing == 0:
                loop.call_soon_threadsafe(self.all_in.set)
            return more

        self.store.settle = noted  # type: ignore[method-assign]
        self.box = WireOutbox(lambda: self.endpoints, PublicationPolicy(), GAZETTEER, {})
        self.deliverer = Deliverer(
            self.store, lambda each: build(each, Deps()), _Wall(), _in_thread, rng=random.Random(1)
        )

    async def tell(self, seq: int) -> float:
        began = time.perf_counter()
        self.all_in.clear()
        self.missing = len(self.endpoints)
        made, ready = await _in_thread(self._commit, _change(seq))
        self.deliverer.committed(made, ready)
        return began

    def _commit(self, change: Change) -> tuple[Sequence[Delivery], Sequence[Delivery]]:
        now = datetime.now(UTC)
        made = self.box.frame([change], now, _describe)
        with self.store.writing() as unit:
            ready = unit.save(Commit("bench", now, (), (), Fused(None, (change,)), made))
        return made, ready


async def _subscribers(port: int) -> None:
    rows = []
    for count, changes in ((1, 200), (10, 200), (1_000, 5)):
        with tempfile.TemporaryDirectory() as folder:
            bench = _Bench(Path(folder), [_endpoint(port, nth) for nth in range(count)])
            task = asyncio.create_task(bench.deliverer.run())
            await asyncio.sleep(0.5 + count / 1_000)
            spent: list[float] = []
            for seq in range(1, changes + 1):
                began = await bench.tell(seq)
                await asyncio.wait_for(bench.all_in.wait(), 60)
                names = [(f"e{nth}", f"c{seq}") for nth in range(count)]
                spent += [bench.acknowledged[name] - began for name in names]
            await bench.deliverer.stop(2)
            await task
            bench.store.close()
        rows.append((f"{count:,}", f"{percentile(spent, 0.5) * 1000:.1f}", f"{percentile(spent, 0.99) * 1000:.1f}"))
    show(
        "Change framed and committed → acknowledged and marked, synchronous=FULL",
        ("subscribers", "p50 ms", "p99 ms"),
        rows,
    )


async def _dead_endpoint(port: int) -> None:
    healthy: dict[bool, list[float]] = {False: [], True: []}
    for nth in range(10):
        healthy[nth % 2 == 1].append(await _p99_of_four(port, has_dead=nth % 2 == 1))
    without, with_dead = (statistics.median(healthy[key]) for key in (False, True))
    rows = [
        ("five healthy", f"{without * 1000:.1f}", "1.0"),
        ("one of five hangs", f"{with_dead * 1000:.1f}", f"{with_dead / without:.2f}"),
    ]
    show(
        "Median p99 of four healthy endpoints at 100 changes a second, ten interleaved runs",
        ("run", "ms", "ratio"),
        rows,
    )


async def _p99_of_four(port: int, *, has_dead: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        endpoints = [_endpoint(port, nth) for nth in range(4)] + [_endpoint(port, 4, "/hang" if has_dead else "/")]
        bench = _Bench(Path(folder), endpoints)
        task = asyncio.create_task(bench.deliverer.run())
        await asyncio.sleep(0.4)
        began = {}
        for seq in range(1, 151):
            began[seq] = await bench.tell(seq)
            await asyncio.sleep(max(0.0, 0.01 - (time.perf_counter() - began[seq])))
        await asyncio.sleep(0.5)
        await bench.deliverer.stop(0.05)
        await task
        bench.store.close()
    spent = [at - began[int(name[1:])] for (endpoint, name), at in bench.acknowledged.items() if endpoint != "e4"]
    return percentile(spent, 0.99)
