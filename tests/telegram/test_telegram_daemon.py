"""The daemon over a Telegram account: everything is real but Telegram."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_telegram import FakeTelegram
from rig import Rig

from monitor.config import Settings
from monitor.config.models import LimitsSection, StoreSection, WebSection
from monitor.daemon import Daemon
from monitor.model import Item, Reading, SourceProfile
from monitor.store import series


def read_nothing(item: Item, profile: SourceProfile | None) -> Reading:
    return Reading(None)


async def until(fact: Callable[[], Any], seconds: float = 20.0) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not fact():
        assert asyncio.get_running_loop().time() < end, "waited in vain"
        await asyncio.sleep(0.01)


def settings_of(rig: Rig, folder: Path, *names: str) -> Settings:
    return Settings(
        store=StoreSection(url=f"sqlite:///{folder / 'test.db'}"),
        web=WebSection(port=0),
        limits=LimitsSection(stop_seconds=2.0),
        base=folder,
        profiles=tuple(SourceProfile(name, "telegram", f"@{name}") for name in names),
        accounts=rig.settings,
    )


def texts(daemon: Daemon) -> list[str]:
    return sorted(row.item.text for row in series.items(daemon.store).rows)


async def test_a_push_is_stored_long_before_the_next_poll_is_due(rig: Rig, tmp_path: Path) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    daemon = Daemon(settings_of(rig, tmp_path, "kpszsu"), read=read_nothing)
    await daemon.start()
    try:
        await until(lambda: texts(daemon) == ["one"])
        await rig.srv.post(ch, "two")
        await until(lambda: texts(daemon) == ["one", "two"])
        rig.srv.drop_connections()
        await rig.srv.post(ch, "while away")
        await until(lambda: len(texts(daemon)) == 3)
    finally:
        await daemon.stop()
    await rig.srv.post(ch, "while stopped", push=False)
    daemon = Daemon(settings_of(rig, tmp_path, "kpszsu"), read=read_nothing)
    await daemon.start()
    try:
        await until(lambda: len(texts(daemon)) == 4)
        assert len(series.items(daemon.store).rows) == 4
    finally:
        await daemon.stop()


async def test_T02_a_lost_login_is_shown_and_the_daemon_stays_up(
    rig: Rig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number, name in ((1, "first"), (2, "second")):
        await rig.srv.post(rig.srv.add_channel(number, name, name), name, push=False)
    daemon = Daemon(settings_of(rig, tmp_path, "first", "second"), read=read_nothing)
    await daemon.start()
    try:
        await until(lambda: texts(daemon) == ["first", "second"])
        rig.srv.auth_keys.clear()
        rig.srv.drop_connections()
        await until(lambda: {look.look.reason for look in series.sources(daemon.store)} == {"auth_lost"})
        accepted = len(rig.srv.accepted)
        await asyncio.sleep(0.2)
        assert len(rig.srv.accepted) == accepted
    finally:
        await daemon.stop()
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)


async def test_T20_without_a_login_the_daemon_runs_and_says_what_to_do(srv: FakeTelegram, tmp_path: Path) -> None:
    rig = Rig(srv, tmp_path / "state")
    rig.account()
    daemon = Daemon(settings_of(rig, tmp_path, "kpszsu"), read=read_nothing)
    await daemon.start()
    try:
        await until(lambda: daemon.pollers["kpszsu"].standing.polls)
        assert "monitor telegram login" in (daemon.pollers["kpszsu"].standing.detail or "")
    finally:
        await daemon.stop()
