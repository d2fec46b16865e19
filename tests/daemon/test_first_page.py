"""The dashboard answers before the words are read, and says only what is still known by then."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from fake_daemon import FakeSource, read_nothing

from monitor.atlas import load_gazetteer
from monitor.config import Settings
from monitor.daemon import Daemon, parts
from monitor.errors import LanguageDataError
from monitor.model import AlertReport, Authority, Batch, Evidence, Item, Look, PlaceRef, Reading
from monitor.pipeline import Pipeline
from monitor.store import open_store

T0 = datetime(2024, 11, 13, 2, tzinfo=UTC)
KYIV, ODESA = "UA-30", "UA-51"


@dataclass
class HandClock:
    at: datetime = T0

    def now(self) -> datetime:
        return self.at


def source() -> FakeSource:
    """A source that would tell of every alert of Ukraine, and whose word holds for three minutes."""
    made = FakeSource("sirens", poll_every=60)
    authority = Authority(places=("UA",), kinds=("alert",))
    made.profile = replace(
        made.profile, rank="official", side="UA", authority=authority, stale_after=timedelta(minutes=3)
    )
    return made


def remember(settings: Settings, clock: HandClock) -> None:
    """Kyiv is clear and Odesa under alert, told and watched at the clock's time."""
    from monitor.daemon.opened import open_state

    def read(item: Item, profile: Any) -> Reading:
        status, place = item.text.split()
        told = AlertReport(
            status,
            "oblast",
            (PlaceRef(place, place, "oblast"),),
            "air",
            Evidence(item.text, (0, len(item.text)), "t"),  # type: ignore[arg-type]
        )
        return Reading("uk", (told,))

    opened = open_state(settings, clock, [source()], None)
    try:
        pipeline = Pipeline(opened.store, read, opened.rules, state=opened.state)
        for number, text in enumerate((f"start {KYIV}", f"start {ODESA}", f"end {KYIV}")):
            clock.at += timedelta(seconds=10)
            item = Item(f"tg:1/{number}", "sirens", text, clock.at, published=clock.at)
            pipeline.run(Batch("sirens", (item,), Look("sirens", clock.at, "ok", newest=clock.at)), clock.at)
    finally:
        opened.store.close()


class Waiting:
    """Holds the loading of the words until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_go = threading.Event()
        self.has_begun = threading.Event()
        real = parts.parts_of

        def held(*given: Any) -> Any:
            self.has_begun.set()
            assert self.may_go.wait(20)
            return real(*given)

        monkeypatch.setattr(parts, "parts_of", held)


@asynccontextmanager
async def held(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, clock: HandClock | None = None
) -> AsyncIterator[Daemon]:
    """A daemon that answers, and whose words are not loaded before the end of the block."""
    waiting = Waiting(monkeypatch)
    daemon = Daemon(settings, clock=clock, sources=[source()], read=read_nothing)
    starting = asyncio.create_task(daemon.start())
    try:
        while not waiting.has_begun.is_set():
            await asyncio.sleep(0.01)
        yield daemon
    finally:
        waiting.may_go.set()
        await starting
        await daemon.stop()


async def ask(daemon: Daemon, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{daemon.url}{path}") as answer:
        return answer.status, await answer.text()


async def state_of(daemon: Daemon, place: str) -> str:
    from json import loads

    rows = loads((await ask(daemon, "/v1/state"))[1])["rows"]
    return str(next(row["status"] for row in rows if row["place"] == place))


@pytest.mark.parametrize(("later", "kyiv"), [(timedelta(minutes=1), "clear"), (timedelta(hours=1), "unknown")])
async def test_the_first_page_of_a_restart_keeps_alerts_and_calls_nothing_clear_that_was_not_watched(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, later: timedelta, kyiv: str
) -> None:
    clock = HandClock()
    remember(settings, clock)
    clock.at += later
    async with held(settings, monkeypatch, clock) as daemon:
        status, page = await ask(daemon, "/")
        assert status == 200
        assert f'data-region="{ODESA}" data-state="active"' in page
        assert f'data-region="{KYIV}" data-state="{kyiv}"' in page
        assert await state_of(daemon, ODESA) == "active"
        assert await state_of(daemon, KYIV) == kyiv
        assert (await ask(daemon, "/ready"))[0] == 503
        assert (await ask(daemon, "/feed"))[0] == 200


async def test_an_empty_store_shows_every_region_unknown_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with held(settings, monkeypatch) as daemon:
        page = (await ask(daemon, "/"))[1]
        shown = dict(re.findall(r'class="map-region" data-region="([^"]+)" data-state="(\w+)"', page))
        permanent = {one.place for one in load_gazetteer().standing} & set(shown)
        assert len(shown) > 20
        assert {place for place, state in shown.items() if state == "active"} == permanent
        assert {state for place, state in shown.items() if place not in permanent} == {"unknown"}


async def test_words_that_cannot_be_read_end_the_start_and_leave_nothing_open(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: Any) -> Any:
        raise LanguageDataError("words.toml: is not TOML")

    monkeypatch.setattr(parts, "parts_of", broken)
    daemon = Daemon(settings, sources=[source()], read=read_nothing)
    with pytest.raises(LanguageDataError):
        await daemon.start()
    with pytest.raises(aiohttp.ClientError):
        await ask(daemon, "/")
    open_store(settings.store_url).close()


def test_what_the_first_page_needs_loads_no_library_that_it_does_not_need() -> None:
    """FastAPI, aiohttp, rich and the others are each a tenth of a second; whoever needs them loads them later."""
    code = (
        "import sys, monitor.logs, monitor.cli.serving, monitor.daemon.core, monitor.web.app\n"
        "print([name for name in ('fastapi', 'aiohttp', 'rich', 'typer', 'apscheduler', 'prometheus_client',"
        " 'telethon', 'trafilatura', 'feedparser', 'alembic', 'lxml', 'monitor.extract',"
        " 'sqlalchemy.dialects.postgresql') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
