"""Three days of thirty channels: every post that can be had is had once, the rest is in the ledger, nothing more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_telegram import FakeTelegram
from rig import Collector, Rig
from world import World

from monitor.errors import SourceError


class Run:
    """Polls the sources of a world as the daemon does: when woken, and every so often anyway."""

    def __init__(self, rig: Rig, world: World, kept: Collector, recheck: float = 300) -> None:
        self.rig, self.world, self.kept, self.recheck = rig, world, kept, recheck
        self.woken: set[str] = set()
        self.sources: dict[str, Any] = {}

    async def restart(self, *, lose_a_batch: bool = False) -> None:
        """A crash: what was asked for and not committed is gone, and so is everything in memory."""
        if lose_a_batch and self.sources:
            for source in list(self.sources.values())[:5]:
                try:
                    await source.poll(self.kept.cursors.get(source.profile.id))
                except SourceError:
                    continue
        await self.rig.close()
        self.sources = {}
        for ch in self.rig.srv.channels.values():
            assert ch.username
            source = self.rig.source(ch.username, options={"recheck_every": self.recheck})
            source.on_hint(lambda name=ch.username: self.woken.add(name))
            self.sources[ch.username] = source
        self.woken = set(self.sources)

    async def poll(self, names: set[str]) -> None:
        for name in sorted(names):
            for _ in range(40):
                try:
                    await self.kept.poll(self.sources[name])
                    break
                except SourceError:
                    await asyncio.sleep(0.01)
            else:
                raise AssertionError(f"{name} never came back")

    async def poll_woken(self) -> None:
        names, self.woken = self.woken, set()
        await self.poll(names)

    async def go(self, *, every: timedelta, crashes: int, drops: int, gaps: int, gap_size: int) -> None:
        script = self.world.script()
        step = self.world.span / len(script)
        draw = self.world.draw
        crash_at = set(draw.sample(range(100, len(script)), crashes))
        drop_at = set(draw.sample(range(100, len(script)), drops))
        gap_at = set(draw.sample(range(100, len(script)), gaps))
        due = self.rig.clock.now()
        await self.restart()
        await self.world.everyone()
        for n, kind in enumerate(script):
            await self.world.happen(kind)
            self.rig.clock.advance(step.total_seconds())
            if n in crash_at:
                await self.restart(lose_a_batch=True)
            if n in drop_at:
                self.rig.srv.drop_connections()
            if n in gap_at:
                await self.world.too_long(draw.choice(list(self.rig.srv.channels.values())), gap_size)
            if self.rig.clock.now() >= due:
                due = self.rig.clock.now() + every
                await self.poll(set(self.sources))
            elif n % 25 == 0:
                await self.poll_woken()
        await self.world.everyone()
        await self.world.flush()
        self.rig.clock.advance(self.recheck + 1)
        await self.poll(set(self.sources))


@pytest.mark.timeout(400)
async def test_an_hour_of_thirty_channels_loses_nothing_and_invents_nothing(rig: Rig, kept: Collector) -> None:
    world = World(rig.srv, rig.clock, seed=6, posts=600)
    run = Run(rig, world, kept)
    await run.go(every=timedelta(minutes=5), crashes=3, drops=3, gaps=3, gap_size=150)
    assert world.faults(kept) == []
    assert set(kept.newest_texts()) == set(world.expected().values())
    assert len(kept.newest_texts()) == len(world.expected())


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_three_days_of_thirty_channels_lose_nothing_and_invent_nothing(
    srv: FakeTelegram, tmp_path: Path, kept: Collector
) -> None:
    rig = Rig(srv, tmp_path / "state")
    rig.login()
    world = World(srv, rig.clock, seed=7, span=timedelta(days=3), posts=18_000, edits=500, deletions=200)
    run = Run(rig, world, kept, recheck=3600)
    await run.go(every=timedelta(minutes=10), crashes=10, drops=20, gaps=3, gap_size=1000)
    await rig.close()
    assert world.faults(kept) == []
    assert len(kept.newest_texts()) == len(world.expected())
