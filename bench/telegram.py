"""Telegram: post pushed → batch and → report committed, memory with 200 channels, reconnects against a bad server."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "telegram"))

from bench.table import percentile, show

PUSHES = 300
CHANNELS = 200


def main() -> None:
    rows = asyncio.run(_latency())
    show("From a push to a commit (loopback)", ("step", "p50 ms", "p99 ms", "worst ms"), rows)
    print()
    show("Memory", ("process", "MB resident"), asyncio.run(_memory()))
    print()
    show("A server that accepts and closes", ("client", "connections a minute"), asyncio.run(_storm()))


async def _with_rig(work: Callable[[Any, Path], Awaitable[Any]]) -> Any:
    from fake_telegram import FakeTelegram
    from rig import Rig

    with tempfile.TemporaryDirectory() as folder:
        srv = await FakeTelegram().start()
        rig = Rig(srv, Path(folder) / "state")
        rig.login()
        try:
            return await work(rig, Path(folder))
        finally:
            await rig.close()
            await srv.stop()


async def _latency() -> list[tuple[str, str, str, str]]:
    return await _with_rig(_push_many)  # type: ignore[no-any-return]


async def _push_many(rig: Any, folder: Path) -> list[tuple[str, str, str, str]]:
    from monitor.catalogue import load_gazetteer, load_lexicon
    from monitor.clock import SystemClock
    from monitor.extract import reader
    from monitor.fuse import Rules
    from monitor.pipeline import Pipeline
    from monitor.store import open_store

    rig.clock = SystemClock()
    lexicon, gazetteer = load_lexicon(), load_gazetteer()
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    woken = asyncio.Event()
    source.on_hint(woken.set)

    with open_store(f"sqlite:///{folder / 'bench.db'}") as store:
        pipeline = Pipeline(store, reader(lexicon), Rules(gazetteer, {"kpszsu": source.profile}))
        pipeline.run(await source.poll(None), rig.clock.now())
        batch_ms, commit_ms = [], []
        for n in range(PUSHES):
            woken.clear()
            begun = time.perf_counter()
            await rig.srv.post(ch, f"Збито {n} ударних БпЛА над Харківською областю")
            await asyncio.wait_for(woken.wait(), 5)
            batch = await source.poll(store.cursor("kpszsu"))
            batch_ms.append((time.perf_counter() - begun) * 1000)
            assert len(batch.items) == 1
            pipeline.run(batch, rig.clock.now())
            commit_ms.append((time.perf_counter() - begun) * 1000)
    return [_row("post pushed → batch", batch_ms), _row("post pushed → report committed", commit_ms)]


def _row(name: str, values: list[float]) -> tuple[str, str, str, str]:
    return name, f"{percentile(values, 0.5):.1f}", f"{percentile(values, 0.99):.1f}", f"{max(values):.1f}"


async def _memory() -> list[tuple[str, str]]:
    return await _with_rig(_many_channels)  # type: ignore[no-any-return]


async def _many_channels(rig: Any, folder: Path) -> list[tuple[str, str]]:
    for n in range(CHANNELS):
        ch = rig.srv.add_channel(5000 + n, f"channel_{n:03}", f"Channel {n}")
        for k in range(200):
            await rig.srv.post(ch, f"post {k} of the channel, as long as posts are: {'word ' * 12}", push=False)
    before = _resident()
    cursors: dict[str, str | None] = {}
    cursor_bytes = 0
    for n in range(CHANNELS):
        source = rig.source(f"channel_{n:03}")
        batch = await source.poll(None)
        cursors[source.profile.id] = batch.cursor
        cursor_bytes += len(batch.cursor or "")
    after = _resident()
    for _ in range(5):
        rig.clock.advance(301)
        for source in rig.sources:
            batch = await source.poll(cursors[source.profile.id])
            cursors[source.profile.id] = batch.cursor
    later = _resident()
    return [
        ("before (fake server with 40,000 posts, library loaded)", f"{before:.0f}"),
        (f"{CHANNELS} channels read back 200 posts each", f"{after:.0f}"),
        ("after 5 more rounds, each looking again at 200 ids", f"{later:.0f}"),
        ("cursors of all channels together", f"{cursor_bytes / 1e6:.1f}"),
    ]


def _resident() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _storm() -> list[tuple[str, str]]:
    return await _with_rig(_reconnects)  # type: ignore[no-any-return]


async def _reconnects(rig: Any, folder: Path) -> list[tuple[str, str]]:
    import logging

    from telethon import TelegramClient
    from telethon.crypto import AuthKey
    from telethon.sessions import MemorySession

    from monitor.errors import SourceError
    from monitor.sources.telegram import Pace

    logging.getLogger("telethon").setLevel(logging.CRITICAL)
    session = MemorySession()
    session.set_dc(2, rig.srv.host, rig.srv.port)
    session.auth_key = AuthKey(bytes(range(256)))
    rig.srv.authorize(session.auth_key)
    plain = TelegramClient(session, 1, "x" * 32)
    await plain.connect()
    rig.srv.closes_at_once = True
    rig.srv.accepted.clear()
    rig.srv.drop_connections()
    await asyncio.sleep(3)
    theirs = len(rig.srv.accepted) * 20
    await plain.disconnect()

    rig.account("main", pace=Pace())
    source = rig.source("kpszsu")
    rig.srv.accepted.clear()
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        try:
            await source.poll(None)
        except SourceError:
            await asyncio.sleep(1)
    return [("the library alone (3 s, times 20)", f"{theirs:,}"), ("monitor (60 s)", str(len(rig.srv.accepted)))]


if __name__ == "__main__":
    main()
