from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_telegram import FakeTelegram
from rig import Collector, Rig


@pytest.fixture
async def srv() -> AsyncIterator[FakeTelegram]:
    server = await FakeTelegram().start()
    yield server
    await server.stop()
    assert server.errors == []


@pytest.fixture
async def rig(srv: FakeTelegram, tmp_path: Path) -> AsyncIterator[Rig]:
    """A fake data centre, an account logged in to it, and a hand-moved clock."""
    made = Rig(srv, tmp_path / "state")
    made.login()
    yield made
    await made.close()


@pytest.fixture
def kept() -> Collector:
    return Collector()
