"""Bytes received → webhook acknowledged, through the running daemon with durable commits; beside the bare floor.

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

from aiohttp import ClientSession, web

from bench.table import percentile, show

POSTS = 300
SECRET = "whsec_" + b64encode(b"a secret of this benchmark only").decode()


def main() -> None:
    whole, floor = asyncio.run(_measure())
    rows = [
        (name, f"{percentile(spent, 0.5) * 1000:.1f}", f"{percentile(spent, 0.99) * 1000:.1f}",
         f"{percentile(spent, 0.5) / percentile(floor, 0.5):.1f}")
        for name, spent in (("monitor: poll, read, fuse, commit, sign, POST", whole), ("floor: commit, POST", floor))
    ]  # fmt: skip
    show(
        f"Bytes received to webhook acknowledged, {POSTS} posts one by one, one subscriber, synchronous=FULL",
        ("path", "p50 ms", "p99 ms", "ratio to the floor"),
        rows,
    )


async def _measure() -> tuple[list[float], list[float]]:
    receipts: asyncio.Queue[float] = asyncio.Queue()

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if b'"alert.' in body:
            receipts.put_nowait(time.perf_counter())
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    with tempfile.TemporaryDirectory() as folder:
        whole = await _through_daemon(Path(folder), url, receipts)
        floor = await _floor(Path(folder), url)
    await runner.cleanup()
    return whole, floor


async def _through_daemon(folder: Path, url: str, receipts: asyncio.Queue[float]) -> list[float]:
    from monitor import logs
    from monitor.config import load
    from monitor.daemon import Daemon

    (folder / "config" / "sources").mkdir(parents=True)
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(SECRET)
    (folder / "config" / "monitor.toml").write_text(
        f'[store]\nurl = "sqlite:///{folder}/bench.db"\n[web]\nenabled = false\n[log]\nlevel = "error"\n'
        f'[[endpoint]]\nid = "bench"\nurl = "{url}"\nsecret_file = "{secret}"\nallow_networks = ["127.0.0.0/8"]\n'
    )
    logs.setup(level="error")
    source = Pushed()
    daemon = Daemon(load(folder / "config" / "monitor.toml", {}), sources=[source])
    await daemon.start()
    spent = []
    try:
        for n in range(POSTS):
            source.text = "🔴 Повітряна тривога в м. Київ" if n % 2 == 0 else "🟢 Відбій тривоги в м. Київ."
            source.push()
            acknowledged = await asyncio.wait_for(receipts.get(), 30)
            spent.append(acknowledged - source.received)
            while not receipts.empty():
                receipts.get_nowait()
            await asyncio.sleep(0.02)
    finally:
        await daemon.stop()
    return spent[20:]


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
