"""kill -9 at random points: nothing lost, nothing twice, the same final state as if nothing had happened."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sqlite3
from pathlib import Path

import crash_child
import pytest
from fake_telegram import FakeTelegram
from rig import Rig
from world import World

from monitor.identity import digest, text_sha256
from monitor.store import open_store, verify

FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["monitor.sources.telegram", "monitor.store", "monitor.pipeline"])


class Victim:
    """One life of the reading process."""

    def __init__(self, rig: Rig, database: Path) -> None:
        names = [ch.username for ch in rig.srv.channels.values()]
        settings = {key: value for key, value in rig.settings["main"].items() if key != "pace"}
        self.hear, tell = FORK.Pipe(duplex=False)
        args = (f"sqlite:///{database}", str(rig.folder), settings, names, tell)
        self.process = FORK.Process(target=crash_child.run, args=args, daemon=True)
        self.process.start()
        tell.close()

    async def kill(self) -> None:
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGKILL)
        while self.process.is_alive():
            await asyncio.sleep(0.002)
        self.process.join()
        self.hear.close()

    async def until_idle(self, rounds: int) -> None:
        quiet = 0
        while quiet < rounds:
            assert self.process.is_alive()
            if self.hear.poll():
                quiet = quiet + 1 if self.hear.recv() == 0 else 0
            else:
                await asyncio.sleep(0.005)


async def crash(tmp_path: Path, *, kills: int, channels: int, posts: int, seed: int) -> None:
    srv = await FakeTelegram().start()
    rig = Rig(srv, tmp_path / "state")
    rig.login()
    world = World(srv, rig.clock, seed=seed, channels=channels, posts=posts, edits=posts // 20, deletions=posts // 40)
    draw = random.Random(seed)
    database = tmp_path / "monitor.db"
    await world.everyone()
    script = world.script()
    each = len(script) // kills
    first = Victim(rig, database)  # the empty database is made without being killed: that is the store's own test
    await first.until_idle(1)
    await first.kill()
    for n in range(kills):
        victim = Victim(rig, database)
        calls = len(srv.calls) + draw.randrange(1, 40)
        for kind in script[n * each : (n + 1) * each]:
            await world.happen(kind)
        for _ in range(2000):  # a random point of the work, not of the start
            if len(srv.calls) >= calls:
                break
            await asyncio.sleep(0.001)
        await asyncio.sleep(draw.random() * 0.02)
        await victim.kill()
    await world.everyone()
    await world.flush()
    last = Victim(rig, database)
    await last.until_idle(40)  # longer than the poll gap and the look at the last 200 ids
    await last.kill()
    await srv.stop()
    judge(world, database)


def judge(world: World, database: Path) -> None:
    with open_store(f"sqlite:///{database}") as store:
        assert not verify(store)
    connection = sqlite3.connect(database)
    rows = connection.execute("select key, version, text, deleted, sha256 from items order by key, version").fetchall()
    connection.close()
    newest: dict[str, tuple[str, bool]] = {}
    shas: dict[str, str] = {}
    for key, _, text, deleted, sha in rows:
        assert deleted or shas.get(key) != sha, f"{key} was stored twice with the same text"
        shas[key] = text_sha256(None, text) if not deleted else ""
        newest[key] = (text, bool(deleted))
    alive = {key: text for key, (text, deleted) in newest.items() if not deleted}
    assert digest(alive) == digest(world.expected())
    gone = {f"tg:{channel}/{post}" for channel, truth in world.truths.items() for post in truth.deleted}
    assert {key for key, (_, deleted) in newest.items() if deleted} <= gone, "nothing was invented"


@pytest.mark.timeout(400)
async def test_kill_9_at_twenty_random_points_loses_nothing(tmp_path: Path) -> None:
    await crash(tmp_path, kills=20, channels=5, posts=300, seed=9)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2])
async def test_kill_9_at_a_hundred_random_points_loses_nothing(tmp_path: Path, seed: int) -> None:
    await crash(tmp_path, kills=100, channels=30, posts=6000, seed=seed)
