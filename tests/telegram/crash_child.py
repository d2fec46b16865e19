"""The process that is killed: real source, real pipeline, real store; says on a pipe when it has nothing left to do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from rig import QUICK

from monitor.errors import SourceError
from monitor.fuse import Rules
from monitor.model import Gazetteer, Item, Reading, SourceProfile
from monitor.pipeline import Pipeline
from monitor.sources import Deps, build
from monitor.store import open_store

HASTE = 200
"""How much faster than the real one the clock of this process goes, so that poll gaps are short."""


class HastyClock:
    def __init__(self) -> None:
        self.began = datetime.now(UTC)

    def now(self) -> datetime:
        return self.began + (datetime.now(UTC) - self.began) * HASTE


def read_nothing(item: Item, profile: SourceProfile | None) -> Reading:
    return Reading(None)


def run(database: str, folder: str, settings: dict[str, Any], names: list[str], tell: Connection) -> None:
    asyncio.run(_run(database, Path(folder), {**settings, "pace": QUICK}, names, tell))


async def _run(database: str, folder: Path, settings: dict[str, Any], names: list[str], tell: Connection) -> None:
    clock = HastyClock()
    deps = Deps(http=None, clock=clock, state_dir=folder, settings={"telegram": {"main": settings}})  # type: ignore[arg-type]
    options = {"recheck_every": 60}
    profiles = {name: SourceProfile(name, "telegram", name, options=options) for name in names}
    sources = [build(profile, deps) for profile in profiles.values()]
    store = open_store(database)
    pipeline = Pipeline(store, read_nothing, Rules(Gazetteer({}), profiles))
    while True:
        busy = 0
        for source in sources:
            more = True
            while more:
                try:
                    batch = await source.poll(store.cursor(source.profile.id))
                except SourceError:
                    busy += 1
                    break
                pipeline.run(batch, clock.now() + timedelta(seconds=1))
                busy += len(batch.items) + len(batch.holes)
                more = batch.more
        tell.send(busy)
        await asyncio.sleep(0.01)
