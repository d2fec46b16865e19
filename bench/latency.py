"""Bytes received → webhook acknowledged, through the running daemon with durable commits; beside the bare floor.

``acknowledged`` is when the endpoint's answer was here, ``marked`` when that had been committed too.

The floor is what no sender can do without: one durable SQLite commit and one signed POST on a kept connection.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bench.delivery import Receiver
from bench.table import percentile, show
from monitor.deliver.carrier import Carrier

POSTS = 300
ROUNDS = ((1, 300), (10, 200), (1_000, 12))
"""(subscribers, posts)."""

SECRET = "whsec_" + b64encode(b"a secret of this benchmark only").decode()


def main() -> None:
    whole, floor = asyncio.run(_measure())
    title = "the floor: commit, POST"
    rows = [(title, "1", *_figures(floor), "", "", "1.0", "")]
    for n, answered, marked, cpu in whole:
        ratio = percentile(answered, 0.5) / percentile(floor, 0.5)
        rows.append(
            ("monitor: poll, read, fuse, commit, sign, POST, mark", f"{n:,}", *_figures(answered), *_figures(marked),
             f"{ratio:.1f}", f"{cpu * 1000:.1f}")
        )  # fmt: skip
    show(
        "Bytes received to webhook acknowledged, and to that marked, posts one by one, synchronous=FULL; ms",
        ("path", "subscribers", "acknowledged p50", "p99", "marked p50", "p99", "ratio to the floor", "CPU a post"),
        rows,
    )


def _figures(spent: list[float]) -> tuple[str, str]:
    return f"{percentile(spent, 0.5) * 1000:.1f}", f"{percentile(spent, 0.99) * 1000:.1f}"


async def _measure() -> tuple[list[tuple[int, list[float], list[float], float]], list[float]]:
    whole = []
    with Receiver() as port:
        for subscribers, posts in ROUNDS:
            with tempfile.TemporaryDirectory() as folder:
                whole.append((subscribers, *await _through_daemon(Path(folder), port, subscribers, posts)))
        with tempfile.TemporaryDirectory() as folder:
            floor = await _floor(Path(folder), f"http://127.0.0.1:{port}/")
    return whole, floor


async def _through_daemon(
    folder: Path, port: int, subscribers: int, posts: int
) -> tuple[list[float], list[float], float]:
    """Seconds from bytes to answer and to mark, once per post and subscriber, and the daemon's CPU seconds per post."""
    from monitor import logs
    from monitor.cli.serving import spare_what_is_loaded
    from monitor.config import load
    from monitor.daemon import Daemon

    (folder / "config" / "sources").mkdir(parents=True)
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(SECRET)
    endpoints = "".join(
        f'[[endpoint]]\nid = "e{n}"\nurl = "http://127.0.0.1:{port}/{n}"\nsecret_file = "{secret}"\n'
        f'allow_networks = ["127.0.0.0/8"]\n[endpoint.subscription]\ntypes = ["alert.*"]\n'
        for n in range(subscribers)
    )
    (folder / "config" / "monitor.toml").write_text(
        f'[store]\nurl = "sqlite:///{folder}/bench.db"\n[web]\nenabled = false\n[log]\nlevel = "error"\n{endpoints}'
    )
    logs.setup(level="error")
    source = Pushed()
    daemon = Daemon(load(folder / "config" / "monitor.toml", {}), sources=[source])
    await daemon.start()
    spare_what_is_loaded()  # as `monitor run` does
    told = _Told(daemon)
    answered: list[float] = []
    marked: list[float] = []
    try:
        await asyncio.sleep(1 + subscribers / 100)
        used = time.process_time()
        for n in range(posts):
            source.text = "🔴 Повітряна тривога в м. Київ" if n % 2 == 0 else "🟢 Відбій тривоги в м. Київ."
            told.wait_for(subscribers)
            source.push()
            await asyncio.wait_for(told.by_all.wait(), 60)
            answered += [at - source.received for at in told.answers]
            marked += [at - source.received for at in told.times]
            await asyncio.sleep(0.02)
        used = time.process_time() - used
    finally:
        await daemon.stop()
        told.leave()
    return answered[len(answered) // 15 :], marked[len(marked) // 15 :], used / posts


class _Told:
    """When each endpoint's acknowledgement of the alert that is waited for was here, and when it was committed."""

    def __init__(self, daemon: Any) -> None:
        self.answers: list[float] = []
        self._acknowledge = Carrier.acknowledge
        inner, answers = self._acknowledge, self.answers

        async def acknowledge(carrier: Carrier, delivery: Any, said: Any) -> None:
            if delivery.type in ("alert.started", "alert.cleared"):
                answers.append(time.perf_counter())
            await inner(carrier, delivery, said)

        Carrier.acknowledge = acknowledge  # type: ignore[method-assign]
        self.by_all = asyncio.Event()
        self.times: list[float] = []
        self._wanted = 0
        self._loop = asyncio.get_running_loop()
        self._inner = daemon.parts.book._on_delivered
        daemon.parts.book._on_delivered = self._delivered

    def wait_for(self, subscribers: int) -> None:
        self._wanted = subscribers
        self.times.clear()
        self.answers.clear()
        self.by_all.clear()

    def leave(self) -> None:
        """Listen to the carriers no longer."""
        Carrier.acknowledge = self._acknowledge  # type: ignore[method-assign]

    def _delivered(self, delivery: Any, at: datetime) -> None:
        self._inner(delivery, at)
        if delivery.type in ("alert.started", "alert.cleared"):
            self.times.append(time.perf_counter())
            if len(self.times) == self._wanted:
                self._loop.call_soon_threadsafe(self.by_all.set)


class Pushed:
    """A source that has one post whenever it is told so; ``received`` is when its bytes were here."""

    def __init__(self) -> None:
        from monitor.model import Authority, SourceProfile

        self.profile = SourceProfile(
            "pushed", "bench", "bench", rank="official", side="UA", poll_every=timedelta(hours=1),
            authority=Authority(places=("UA",)),
        )  # fmt: skip
        self.text = ""
        self.number = 0
        self.is_ready = False
        self.received = 0.0
        self._wake = lambda: None

    def on_hint(self, wake):  # type: ignore[no-untyped-def]
        self._wake = wake

    def push(self) -> None:
        self.number += 1
        self.is_ready = True
        self._wake()

    async def poll(self, cursor: str | None):  # type: ignore[no-untyped-def]
        from monitor.model import Batch, Item, Look

        now = datetime.now(UTC)
        items = ()
        if self.is_ready:
            self.is_ready = False
            self.received = time.perf_counter()
            items = (Item(f"tg:1/{self.number}", "pushed", self.text, now, now),)
        return Batch("pushed", items, Look("pushed", now, "ok", newest=now), str(self.number))

    async def close(self) -> None:
        return None


async def _floor(folder: Path, url: str) -> list[float]:
    from standardwebhooks import Webhook

    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE outbox (id TEXT PRIMARY KEY, body BLOB)")
    signer = Webhook(SECRET)
    body = "x" * 2000
    spent = []
    async with ClientSession() as session:
        for n in range(POSTS):
            begun = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO outbox VALUES (?, ?)", (str(n), body))
            database.execute("COMMIT")
            now = datetime.now(UTC)
            headers = {
                "webhook-id": str(n),
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signer.sign(str(n), now, body),
            }
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
            spent.append(time.perf_counter() - begun)
    return spent[20:]
