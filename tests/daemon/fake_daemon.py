"""A daemon over fake sources: everything else is real, on a database and a port of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import Settings
from monitor.config.models import LimitsSection, StoreSection, WebSection
from monitor.daemon import Daemon
from monitor.model import Batch, Item, Look, Reading, SourceProfile


@dataclass
class FakeSource:
    """Answers what it was told to, one answer per poll: a list of texts, or an exception. The last one stays."""

    id: str = "fake"
    answers: list[Any] = field(default_factory=lambda: [[]])
    poll_every: float = 0.05
    polls: int = 0
    is_closed: bool = False
    cursors: list[str | None] = field(default_factory=list)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.profile = SourceProfile(
            self.id, "fake", f"https://{self.id}.example", poll_every=timedelta(seconds=self.poll_every)
        )

    async def poll(self, cursor: str | None) -> Batch:
        self.polls += 1
        self.cursors.append(cursor)
        answer = self.answers[min(self.polls, len(self.answers)) - 1]
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            answer = await answer()
        now = self.now()
        done = int(cursor or 0)
        items = tuple(
            Item(f"file:{self.id}/{text}", self.id, text, now, published=now - timedelta(seconds=1)) for text in answer
        )
        look = Look(self.id, now, "ok" if items else "unchanged", newest=now)
        return Batch(self.id, items, look, cursor=str(done + len(items)))

    async def close(self) -> None:
        self.is_closed = True


def read_nothing(item: Item, profile: SourceProfile | None) -> Reading:
    return Reading(None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        store=StoreSection(url=f"sqlite:///{tmp_path / 'test.db'}"),
        web=WebSection(port=0),
        limits=LimitsSection(stop_seconds=2.0),
        base=tmp_path,
    )


@pytest.fixture
def running(settings: Settings) -> Callable[..., Any]:
    """``async with running(sources) as daemon``: a started daemon, stopped at the end."""

    @asynccontextmanager
    async def run(
        *sources: FakeSource, change: Callable[[Settings], Settings] = lambda s: s, **more: Any
    ) -> AsyncIterator[Daemon]:
        more.setdefault("read", read_nothing)
        daemon = Daemon(change(settings), sources=list(sources), **more)
        await daemon.start()
        try:
            yield daemon
        finally:
            await daemon.stop()

    return run


async def until(fact: Callable[[], Any], seconds: float = 5.0) -> None:
    """Wait until something is true; fails with what was waited for."""
    end = asyncio.get_running_loop().time() + seconds
    while not fact():
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.01)


__all__ = ["FakeSource", "read_nothing", "replace", "until"]
