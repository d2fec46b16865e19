"""An alert API on loopback, through adapter, pipeline, store and state engine: what a region is said to be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from api_places import GAZETTEER

from monitor.errors import SourceError
from monitor.fuse import Rules, regions
from monitor.model import Authority, Reading, SourceProfile
from monitor.pipeline import Pipeline
from monitor.sources import build
from monitor.store import open_store


class World:
    """The proxy's answers, and one daemon's worth of parts that looks at them."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.index = 1
        self.alerts: list[dict] = []
        self.status = 200
        self.cursor: str | None = None

    async def __call__(self, request: web.Request) -> web.Response:
        headers = {"Date": self.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")}
        answer = {"lastActionIndex": self.index} if request.path == "/alerts/status" else self.alerts
        return web.Response(status=self.status, text=json.dumps(answer), headers=headers)

    def now_on(self, *numbers: int) -> None:
        at = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.index += 1
        self.alerts = [
            {"regionId": str(n), "activeAlerts": [{"regionId": str(n), "type": "AIR", "lastUpdate": at}]}
            for n in numbers
        ]

    async def look(self, seconds: float = 20) -> list[str]:
        """Let time pass, look once; the types of the changes it made."""
        self.clock.move(seconds)
        now = self.clock.now()
        try:
            batch = await self.source.poll(self.cursor)
        except SourceError as error:
            outcome = self.pipeline.failed(self.source.profile.id, error, now)
        else:
            self.cursor = batch.cursor or self.cursor
            outcome = self.pipeline.run(batch, now)
        ticked = self.pipeline.tick(now)
        return [change.type for change in (*outcome.changes, *ticked.changes) if change.type != "heartbeat"]

    def state(self, place: str) -> tuple[str, bool]:
        found = regions(self.pipeline.state, self.clock.now(), self.pipeline.rules, [place])[place]
        return found.status, found.is_stale


@pytest.fixture
async def world(serve, deps, clock, tmp_path):
    made = World(clock)
    base = await serve(made)
    profile = SourceProfile(
        "siren_pp_ua",
        "siren_pp_ua",
        base,
        rank="monitor",
        side="UA",
        authority=Authority(("UA",), (), ("alert",)),
        stale_after=timedelta(seconds=90),
        options={"base": base, "interval": 0},
    )
    made.source = build(profile, replace(deps, gazetteer=GAZETTEER))
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    made.pipeline = Pipeline(store, lambda item, profile: Reading(None), Rules(GAZETTEER, {profile.id: profile}))
    yield made
    store.close()


async def test_S05_a_first_empty_answer_clears_nobody(world):
    await world.look()
    assert world.state("UA-30") == ("unknown", False)


async def test_an_alert_begins_and_ends_with_the_list(world):
    world.now_on(31, 75, 122)
    assert await world.look() == ["coverage.restored", "alert.started", "alert.started", "alert.started"]
    assert world.state("UA-30") == ("active", False)
    assert world.state("UA-63") == ("partial", False)
    assert world.state("UA-07") == ("clear", False)
    world.now_on(75, 122)
    assert await world.look() == ["alert.cleared"]
    assert world.state("UA-30") == ("clear", False)


async def test_two_levels_on_one_region_are_its_worse_one_and_the_end_of_that_is_no_all_clear(world):
    """Since September 2026 red and yellow can stand on one region, inside one alert or as two of them."""

    def levels(*names: str) -> None:
        world.now_on(31, 75, 122)
        alert = world.alerts[0]
        at = alert["activeAlerts"][0]["lastUpdate"]
        one, *rest = ({"alertLevel": name, "reason": "", "createdAt": at} for name in names)
        alert["activeAlerts"] = [{**alert["activeAlerts"][0], "activeAlertLevels": [each]} for each in (one, *rest)]

    found = []
    for names in (("Yellow",), ("Yellow", "Red"), ("Yellow",)):
        levels(*names)
        told = await world.look()
        region = regions(world.pipeline.state, world.clock.now(), world.pipeline.rules, ["UA-30"])["UA-30"]
        found.append((region.status, region.level, "alert.cleared" in told))
    assert found == [("active", "yellow", False), ("active", "red", False), ("active", "yellow", False)]
    world.now_on(75, 122)
    assert "alert.cleared" in await world.look()


async def test_S05_three_regions_gone_at_once_are_held_until_two_more_looks_agree(world):
    world.now_on(31, 75, 122, 124)
    await world.look()
    world.now_on(31)
    assert "alert.cleared" not in await world.look()
    assert world.state("raion-bucha")[0] == "active"
    assert "alert.cleared" not in await world.look()
    assert "alert.cleared" in await world.look()
    assert world.state("raion-bucha") == ("clear", False)


async def test_S05_regions_that_come_back_were_never_gone(world):
    world.now_on(31, 75, 122, 124)
    await world.look()
    world.now_on()
    await world.look()
    world.now_on(31, 75, 122, 124)
    assert "alert.cleared" not in await world.look()
    assert world.state("raion-bucha") == ("active", False)


async def test_S01_S02_a_lost_api_leaves_active_stale_and_clear_unknown(world):
    world.now_on(31)
    await world.look()
    world.status = 503
    for _ in range(5):
        await world.look(30)
    assert world.state("UA-30") == ("active", True)
    assert world.state("UA-07") == ("unknown", False)
    world.status = 200
    await world.look(30)
    assert world.state("UA-30") == ("active", False)
    assert world.state("UA-07") == ("clear", False)


async def test_S10_an_upstream_frozen_for_long_is_not_fresh(world):
    world.now_on(31)
    for _ in range(3):
        await world.look()
    for _ in range(40):
        await world.look(100)
    assert world.state("UA-07") == ("unknown", False)
    assert world.state("UA-30") == ("active", True)


HAIFA, VILLAGE = "חיפה", "קיבוץ א/ב"


class Israel(World):
    """Home Front Command instead of the proxy."""

    body: dict | None = None

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path.endswith("AlertsHistory.json"):
            return web.Response(status=self.status, text="[]")
        return web.Response(status=self.status, text=json.dumps(self.body) if self.body else "\ufeff")

    def sound(self, *areas: str, cat: str = "1", title: str = "ירי רקטות וטילים") -> None:
        self.body = {"id": "1", "cat": cat, "title": title, "data": list(areas), "desc": ""}


async def test_in_israel_an_alert_lasts_through_silence_until_its_end(serve, deps, clock, tmp_path):
    world = Israel(clock)
    base = await serve(world)
    profile = SourceProfile(
        "oref",
        "oref",
        base,
        rank="official",
        authority=Authority(("IL",), (), ("alert",)),
        stale_after=timedelta(seconds=60),
        options={"base": base, "interval": 0},
    )
    world.source = build(profile, replace(deps, gazetteer=GAZETTEER))
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    world.pipeline = Pipeline(store, lambda item, profile: Reading(None), Rules(GAZETTEER, {profile.id: profile}))
    try:
        await world.look()
        assert world.state("294801") == ("unknown", False)
        world.sound(HAIFA, VILLAGE)
        assert "alert.started" in await world.look(10)
        world.body = None
        for _ in range(30):
            assert "alert.cleared" not in await world.look(20)
        assert world.state("294801") == ("active", False)
        world.sound(HAIFA, cat="10", title="האירוע הסתיים")
        assert "alert.cleared" in await world.look(10)
        assert world.state("294801") == ("clear", False)
        assert world.state("oref:קיבוץ א-ב") == ("active", False)
        world.status = 403
        for _ in range(4):
            await world.look(30)
        assert world.state("294801") == ("unknown", False)
        assert world.state("oref:קיבוץ א-ב") == ("active", True)
    finally:
        store.close()
