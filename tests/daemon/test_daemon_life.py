"""Start, poll, fail alone, stop: the daemon over fake sources."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any

import aiohttp
import pytest
from fake_daemon import FakeSource, until

from monitor.config import Settings
from monitor.daemon import Daemon
from monitor.errors import AddressInUse, AlreadyRunning, SourceThrottled, SourceUnavailable, StoreCorrupt, StoreFull
from monitor.store import open_store, series


async def get(daemon: Daemon, path: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(f"{daemon.url}{path}") as answer:
        body = await answer.text()
        return answer.status, body if path == "/metrics" else await answer.json(content_type=None)


async def test_what_a_source_brings_is_stored_and_its_cursor_moves(running: Any) -> None:
    source = FakeSource("a", [["one", "two"], []])
    async with running(source) as daemon:
        await until(lambda: source.polls >= 3)
        assert [row.item.text for row in series.items(daemon.store).rows] == ["one", "two"]
    assert source.cursors[:3] == [None, "2", "2"]
    assert source.is_closed


async def test_one_failing_source_does_not_stop_the_others(running: Any) -> None:
    bad = FakeSource("bad", [SourceUnavailable("it does not answer")])
    worse = FakeSource("worse", [RuntimeError("a defect")])
    good = FakeSource("good", [["a"], ["b"], ["c"]])
    async with running(bad, worse, good) as daemon:
        await until(lambda: good.polls >= 4 and bad.polls and worse.polls)
        standing = {name: poller.standing for name, poller in daemon.pollers.items()}
        assert standing["bad"].reason == "unavailable"
        assert standing["worse"].reason == "broken"
        assert standing["good"].reason is None
        looks = {look.source: look for look in series.sources(daemon.store)}
        assert looks["bad"].look.outcome == "failed"
        assert looks["worse"].look.reason == "broken"


async def test_a_throttled_source_is_left_alone_as_long_as_it_asks(running: Any) -> None:
    source = FakeSource("slow", [SourceThrottled("slow down", retry_after=300.0)])
    async with running(source) as daemon:
        await until(lambda: source.polls == 1 and daemon.pollers["slow"].standing.next_in)
        assert daemon.pollers["slow"].standing.next_in == 300.0
        await asyncio.sleep(0.15)
        assert source.polls == 1


async def test_health_and_readiness_answer(running: Any) -> None:
    source = FakeSource()
    async with running(source) as daemon:
        await until(lambda: daemon.status()["ready"] and source.polls >= 2)
        assert (await get(daemon, "/health"))[1]["status"] == "ok"
        assert await get(daemon, "/ready") == (200, {"ready": True})
        status, text = await get(daemon, "/metrics")
        assert status == 200
        assert 'monitor_looks_total{outcome="unchanged",reason="",source="fake"}' in text
        status, state = await get(daemon, "/v1/state")
        assert status == 200
        assert state["counted"].get("clear", 0) == 0


async def test_a_port_in_use_is_an_error_of_its_own_and_releases_the_store(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        web = settings.web.model_copy(update={"port": port})
        daemon = Daemon(replace_web(settings, web), sources=[], read=lambda item, profile: None)  # type: ignore[arg-type,return-value]
        with pytest.raises(AddressInUse, match=str(port)):
            await daemon.start()
    open_store(settings.store_url).close()


async def test_D09_a_second_daemon_on_one_database_is_refused_with_the_pid(running: Any, settings: Settings) -> None:
    import os

    async with running(FakeSource()):
        second = Daemon(settings, sources=[], read=lambda item, profile: None)  # type: ignore[arg-type,return-value]
        began = time.monotonic()
        with pytest.raises(AlreadyRunning, match=str(os.getpid())):
            await second.start()
        assert time.monotonic() - began < 1.0


async def test_a_stop_waits_for_the_poll_in_flight(running: Any) -> None:
    gate = asyncio.Event()

    async def slow() -> list[str]:
        gate.set()
        await asyncio.sleep(0.1)
        return ["late word"]

    source = FakeSource("a", [slow, []], poll_every=60)
    async with running(source) as daemon:
        await gate.wait()
        store_url = daemon.settings.store_url
    with open_store(store_url, lock=False) as store:
        assert [row.item.text for row in series.items(store).rows] == ["late word"]


async def test_storage_full_pauses_and_is_visible(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = FakeSource("a", [["one"]])
    async with running(source, FakeSource("b")) as daemon:
        await until(lambda: daemon.status()["ready"])
        pipeline, run, tick = daemon.parts.pipeline, daemon.parts.pipeline.run, daemon.parts.pipeline.tick

        def full(*args: Any) -> Any:
            raise StoreFull("no space left on the disk of the database; make room")

        monkeypatch.setattr(pipeline, "run", full)
        monkeypatch.setattr(pipeline, "tick", full)
        await until(lambda: not daemon.status()["ready"])
        status, body = await get(daemon, "/health")
        assert status == 200
        assert body["status"] == "degraded"
        assert any("make room" in trouble["detail"] for trouble in body["troubles"])
        polls = source.polls
        await asyncio.sleep(0.1)
        assert source.polls <= polls + 1
        monkeypatch.setattr(pipeline, "run", run)
        monkeypatch.setattr(pipeline, "tick", tick)
        await daemon.ticking.tick()
        assert daemon.status()["ready"]


async def test_damage_of_the_store_stops_the_daemon(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(FakeSource("a", [["one"]])) as daemon:
        await until(lambda: daemon.status()["ready"])

        def damaged(*args: Any) -> Any:
            raise StoreCorrupt("test.db: the file is damaged; restore a backup")

        monkeypatch.setattr(daemon.parts.pipeline, "run", damaged)
        with pytest.raises(StoreCorrupt, match="restore a backup"):
            await asyncio.wait_for(daemon.run_until(asyncio.Event()), 5)


async def test_the_metrics_follow_an_item_from_its_post_to_its_commit(running: Any) -> None:
    source = FakeSource("a", [["one"], []])
    async with running(source) as daemon:
        await until(lambda: source.polls >= 2)
        await daemon.ticking.tick()
        await asyncio.to_thread(daemon.ticking.count)
        _, text = await get(daemon, "/metrics")
    for line in (
        'monitor_items_total{admitted="new",source="a"} 1.0',
        'monitor_post_to_receipt_seconds_count{source="a"} 1.0',
        "monitor_receipt_to_commit_seconds_count 1.0",
        'monitor_regions{state="clear"} 0.0',
        'monitor_deliveries{status="due"} 0.0',
        'monitor_source_failures{source="a"} 0.0',
    ):
        assert line in text


async def test_a_hint_wakes_a_source_at_once(running: Any) -> None:
    class Pushed(FakeSource):
        wake: Any = None

        def on_hint(self, wake: Any) -> None:
            self.wake = wake

    source = Pushed("p", [[]], poll_every=3600)
    async with running(source):
        await until(lambda: source.polls == 1)
        source.wake()
        await until(lambda: source.polls == 2)


async def test_a_reload_exchanges_only_what_changed(settings: Settings, running: Any, tmp_path: Any) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from monitor.model import SourceProfile

    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.jsonl").write_text("")
    profiles = {
        name: SourceProfile(name, "file", str(tmp_path / f"{name}.jsonl"), poll_every=timedelta(seconds=60))
        for name in ("one", "two", "three")
    }
    before = replace(settings, profiles=(profiles["one"], profiles["two"]))
    daemon = Daemon(before, read=lambda item, profile: None)  # type: ignore[arg-type,return-value]
    await daemon.start()
    try:
        kept = daemon.pollers["one"]
        gone = daemon.pollers["two"]
        after = replace(settings, profiles=(profiles["one"], profiles["three"]))
        await daemon.reload(after)
        assert set(daemon.pollers) == {"one", "three"}
        assert daemon.pollers["one"] is kept
        assert gone is not daemon.pollers["three"]
        assert set(daemon.parts.rules.profiles) == {"one", "three"}
    finally:
        await daemon.stop()


def replace_web(settings: Settings, web: Any) -> Settings:
    from dataclasses import replace

    return replace(settings, web=web)
