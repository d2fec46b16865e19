"""Bad networks and servers: no hot loop, no loss, and back within a minute (T21)."""

from __future__ import annotations

import asyncio
import itertools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_telegram import FakeTelegram
from rig import Collector, Rig
from toxic import HTTP_WALL, TLS_ALERT, Toxic, checksum_wall

from monitor.errors import SourceError, SourceUnavailable
from monitor.sources.telegram import Account, AccountSettings, Pace
from monitor.sources.telegram.pace import Budget, Floods, Gate
from monitor.sources.telegram.session import SessionFile
from monitor.sources.telegram.wire import make_client


@dataclass
class HandTime:
    """Monotonic seconds that pass only when somebody sleeps."""

    at: float = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)


# ── the gate, by hand ─────────────────────────────────────────────────────────────────────────────


async def test_T21_the_waits_grow_and_never_more_than_ten_connections_a_minute() -> None:
    time = HandTime()
    gate = Gate(Pace(), time.now, time.sleep, random.Random(1).random)
    entered = []
    while time.at < 1600:
        await gate.enter()
        entered.append(time.at)
    waits = [after - before for before, after in itertools.pairwise(entered)]
    assert waits[:4] == sorted(waits[:4])
    assert max(waits) <= 30 * 1.3
    assert max(sum(1 for at in entered if start <= at < start + 60) for start in entered) <= 8


async def test_T21_a_server_that_answers_and_hangs_up_is_not_hammered_either() -> None:
    time = HandTime()
    gate = Gate(Pace(), time.now, time.sleep, lambda: 0.0)
    entered = []
    while time.at < 1600:
        await gate.enter()
        gate.answered()
        entered.append(time.at)
    assert max(sum(1 for at in entered if start <= at < start + 60) for start in entered) <= 8


async def test_T21_after_a_long_life_the_first_reconnect_is_at_once() -> None:
    time = HandTime()
    gate = Gate(Pace(), time.now, time.sleep, lambda: 0.0)
    await gate.enter()
    gate.answered()
    time.at += 3600
    assert gate.wait_for() == 0


async def test_requests_are_spread_when_the_burst_is_used_up() -> None:
    time = HandTime()
    budget = Budget(10, 30, time.now, time.sleep)
    for _ in range(130):
        await budget.take()
    assert time.at - 1000 == pytest.approx(10, abs=0.2)


def test_a_damaged_list_of_flood_waits_is_begun_anew(tmp_path: Path, rig: Rig) -> None:
    path = tmp_path / "floods"
    path.write_text("{not json")
    floods = Floods(path, rig.clock)
    floods.note("GetHistoryRequest", "one", 60)
    assert list(Floods(path, rig.clock).waiting()) == ["GetHistoryRequest for one"]


# ── a real client ─────────────────────────────────────────────────────────────────────────────────


async def test_T21_a_server_that_accepts_and_closes_sees_few_connections(rig: Rig) -> None:
    rig.srv.closes_at_once = True
    time = HandTime()
    gate = Gate(Pace(), time.now, time.sleep, random.Random(2).random)
    values: Any = rig.settings["main"]
    settings = AccountSettings.read("main", {**values, "patience": 0.01, "pace": Pace()}, rig.folder)
    account = Account(settings, rig.clock, gate)
    with pytest.raises(SourceUnavailable):
        await account.client()
    for _ in range(400):
        if time.at > 1300:
            break
        await asyncio.sleep(0.005)
    await account.close()
    minutes = (time.at - 1000) / 60
    assert minutes >= 5
    assert len(rig.srv.accepted) / minutes <= 10


async def flow(rig: Rig, kept: Collector, proxy: Toxic) -> Any:
    """A channel read through the proxy, whose session knows nothing but the proxy."""
    from telethon.sessions import SQLiteSession

    rig.account("main", request_timeout=1.0, patience=0.3)
    session = SQLiteSession(rig.settings["main"]["session"])
    key = session.auth_key
    session.set_dc(2, proxy.host, proxy.port)
    session.auth_key = key
    session.save()
    session.close()
    return rig.source()


@pytest.mark.parametrize(
    ("mode", "wall"),
    [("refuse", b""), ("hole", b""), ("wall", TLS_ALERT), ("wall", HTTP_WALL), ("wall", checksum_wall())],
    ids=["refuse", "hole", "tls", "captive", "checksum"],
)
async def test_T21_catch_up_is_complete_after_the_network_heals(
    rig: Rig, kept: Collector, mode: str, wall: bytes
) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "before", push=False)
    proxy = await Toxic((rig.srv.host, rig.srv.port), wall=wall).start()
    try:
        source = await flow(rig, kept, proxy)
        await until_polled(source, kept)
        proxy.mode = mode
        proxy.cut()
        await asyncio.sleep(0.02)
        for n in range(130):
            await rig.srv.post(ch, f"during {n}")
        rig.clock.advance(30)
        with pytest.raises(SourceError) as caught:
            await source.poll(kept.cursors["kpszsu"])
        assert caught.value.reason == "unavailable"
        proxy.mode = "clean"
        proxy.cut()
        await until_polled(source, kept)
    finally:
        await rig.close()
        await proxy.stop()
    assert len(kept.newest_texts()) == 131
    assert kept.holes["kpszsu"] == []


async def until_polled(source: Any, kept: Collector) -> None:
    for _ in range(300):
        try:
            await kept.poll(source)
        except SourceError:
            await asyncio.sleep(0.01)
        else:
            return
    raise AssertionError("the source never came back")


async def test_T21_resets_and_loss_all_the_time_lose_nothing(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    proxy = await Toxic((rig.srv.host, rig.srv.port), loss=0.2).start()
    try:
        source = await flow(rig, kept, proxy)
        await kept.poll(source)
        proxy.mode, proxy.after = "reset", 20_000
        for n in range(300):
            await rig.srv.post(ch, f"post {n}")
            if n % 15 == 0:
                rig.clock.advance(30)
                await until_polled(source, kept)
        rig.clock.advance(30)
        await until_polled(source, kept)
    finally:
        await rig.close()
        await proxy.stop()
    assert sorted(kept.newest_texts()) == sorted(f"post {n}" for n in range(300))
    assert set(kept.reasons()) == {"new"}
    assert kept.holes["kpszsu"] == []
    assert len(proxy.accepted) > 3


async def test_T21_slow_answers_time_out_and_the_connection_is_made_anew(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    rig.settings["main"]["request_timeout"] = 0.1
    source = rig.source()
    await kept.poll(source)
    await rig.srv.post(ch, "one", push=False)
    rig.srv.delays["GetHistoryRequest"] = 60
    for _ in range(2):
        rig.clock.advance(30)
        with pytest.raises(SourceUnavailable, match="did not answer"):
            await source.poll(kept.cursors["kpszsu"])
    rig.srv.delays.clear()
    await until_polled(source, kept)
    assert kept.newest_texts() == ["one"]
    assert source.account.connections == 2


async def test_T21_a_server_that_accepts_and_says_nothing_is_given_up(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1177, "kpszsu", "PS")
    rig.settings["main"].update(request_timeout=0.05, patience=0.02)
    rig.srv.delays["GetConfigRequest"] = 3600
    source = rig.source()
    with pytest.raises(SourceUnavailable):
        await source.poll(None)
    for _ in range(300):
        if len(rig.srv.accepted) >= 3:
            break
        await asyncio.sleep(0.01)
    assert len(rig.srv.accepted) >= 3
    rig.srv.delays.clear()
    rig.settings["main"].update(request_timeout=2.0)
    source.account.settings = AccountSettings.read("main", rig.settings["main"], rig.folder)
    await until_polled(source, kept)


async def test_T01_a_flood_wait_while_connecting_is_honoured(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1177, "kpszsu", "PS")
    rig.settings["main"].update(patience=0.2)
    rig.srv.flood["GetStateRequest"] = [300]
    source = rig.source()
    for _ in range(5):
        with pytest.raises(SourceUnavailable):
            await source.poll(None)
    assert len(rig.srv.accepted) == 1


async def test_a_reconnect_wakes_a_poll_that_asks(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    woken = asyncio.Event()
    source.on_hint(woken.set)
    rig.srv.drop_connections()
    await rig.srv.post(ch, "while away")
    await asyncio.wait_for(woken.wait(), 3)
    await kept.poll(source)
    assert kept.newest_texts() == ["while away"]


async def test_closing_while_polling_and_twice_is_fine(rig: Rig, kept: Collector) -> None:
    rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    rig.srv.delays["GetHistoryRequest"] = 60
    rig.clock.advance(30)
    asking = asyncio.create_task(source.poll(kept.cursors["kpszsu"]))
    await asyncio.sleep(0.02)
    await source.close()
    with pytest.raises(SourceUnavailable):
        await asking
    await source.close()


async def test_memory_is_bounded_however_much_is_pushed(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    for n in range(3000):
        message = await rig.srv.post(ch, f"post {n}", push=False)
        source.box.new_post(message)
        source.box.touch([message.id])
    box = source.box
    assert max(len(box.posts), len(box.touched)) <= 500
    assert len(box.existed) <= 2000
    await kept.poll(source)
    assert len(kept.newest_texts()) == 3000


async def test_a_client_has_no_retries_of_its_own(rig: Rig, srv: FakeTelegram) -> None:
    settings = AccountSettings.read("main", rig.settings["main"], rig.folder)
    client = make_client(settings, SessionFile(settings.session), Gate())
    assert client.flood_sleep_threshold == 0
    await client.disconnect()
