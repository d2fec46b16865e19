"""Backfill: the history from a date on, resumable, with an estimate, at a pace that nobody objects to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_telegram import RpcErr
from rig import Collector, Rig

from monitor.errors import SourceThrottled
from monitor.model import SourceProfile
from monitor.sources.telegram import Account, accounts, backfill, estimate

PROFILE = SourceProfile("kpszsu", "telegram", "@kpszsu")
START = datetime(2024, 11, 9, tzinfo=UTC)
SINCE = START + timedelta(hours=100)


class Pauses:
    """Sleeps that take no time and are remembered."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


async def old_channel(rig: Rig, posts: int = 450) -> Account:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    for n in range(posts):
        await rig.srv.post(ch, f"post {n}", push=False, date=START + timedelta(hours=n))
    return accounts(rig.settings, rig.folder, rig.clock)["main"]


async def read(account: Account, kept: Collector, pauses: Pauses, stop_after: int = 10**6, **more: Any) -> int:
    batches = 0
    async for batch in backfill(account, PROFILE, SINCE, sleep=pauses.sleep, **more):
        assert batch.cursor is None, "the live cursor is left alone"
        assert all(item.is_late for item in batch.items)
        kept.commit(batch)
        batches += 1
        if batches >= stop_after:
            break
    return batches


async def test_backfill_reads_from_the_date_on_and_stops_where_the_channel_ends(rig: Rig, kept: Collector) -> None:
    account, pauses = await old_channel(rig), Pauses()
    await read(account, kept, pauses)
    await account.close()
    assert kept.newest_texts() == [f"post {n}" for n in range(100, 450)]
    assert kept.rows[0][1].published == SINCE
    assert sum(pauses.taken) >= 4, "one request a second"


async def test_the_estimate_counts_posts_requests_and_seconds(rig: Rig) -> None:
    account = await old_channel(rig)
    found = await estimate(account, PROFILE, SINCE)
    await account.close()
    assert (found.posts, found.requests, found.seconds) == (350, 4, 4.0)


async def test_an_interrupted_backfill_goes_on_where_it_stopped(rig: Rig, kept: Collector) -> None:
    account, pauses = await old_channel(rig), Pauses()
    await read(account, kept, pauses, stop_after=3)
    assert (await estimate(account, PROFILE, SINCE)).requests == 2, "what was not acknowledged is read again"
    rig.srv.calls.clear()
    done: list[int] = []
    await read(account, kept, pauses, progress=lambda post, whole: done.append(post))
    await account.close()
    assert kept.newest_texts() == [f"post {n}" for n in range(100, 450)]
    assert done[-1] == 450
    assert set(kept.reasons()) == {"new"}
    assert not list(rig.folder.glob("backfill-*"))


async def test_backfill_explains_every_missing_id_and_keeps_albums_whole(rig: Rig, kept: Collector) -> None:
    account, pauses = await old_channel(rig, 180), Pauses()
    ch = rig.srv.channels[1177]
    rig.srv.skip(ch, 300)
    late = START + timedelta(hours=200)
    album = await rig.srv.album(ch, ["caption", "", ""], push=False)
    for message in album:
        message.date = late
    ch.hidden = {150}
    await rig.srv.delete(ch, [160])
    await read(account, kept, pauses)
    await account.close()
    missing = {post: hole.cause for hole in kept.holes["kpszsu"] for post in range(hole.first, hole.last + 1)}
    assert missing[150] == "unfetchable"
    assert missing[160] == "never_existed"
    assert sum(1 for post in missing if 181 <= post <= 480) == 300
    assert kept.texts["tg:1177/481"] == ["caption"]


async def test_a_short_flood_wait_is_sat_out_and_a_long_one_ends_the_backfill(rig: Rig, kept: Collector) -> None:
    account, pauses = await old_channel(rig), Pauses()

    async def sleep(seconds: float) -> None:
        pauses.taken.append(seconds)
        rig.clock.advance(seconds)

    before = rig.srv.do_GetHistoryRequest
    waits = [0, 0, 60, 0, 7200]

    def flood(conn: Any, request: Any) -> Any:
        if wait := (waits.pop(0) if waits else 0):
            raise RpcErr(420, f"FLOOD_WAIT_{wait}")
        return before(conn, request)

    rig.srv.overrides["GetHistoryRequest"] = flood
    pauses.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(SourceThrottled):
        await read(account, kept, pauses)
    assert 61 in pauses.taken
    rig.srv.overrides.clear()
    rig.clock.advance(7201)
    await read(account, kept, pauses)
    await account.close()
    assert kept.newest_texts() == [f"post {n}" for n in range(100, 450)]


async def test_backfill_of_an_empty_channel_is_empty(rig: Rig, kept: Collector) -> None:
    account, pauses = await old_channel(rig, 0), Pauses()
    assert await read(account, kept, pauses) == 0
    await account.close()
