"""The spine: history by id from a cursor, pushes as hints, a real client against the fake data centre."""

from __future__ import annotations

import asyncio
import json

import pytest
from rig import Collector, Rig

from monitor.sources.telegram_cursor import Cursor, Gap


async def test_first_look_reads_back_the_newest_posts_as_history(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    for n in range(250):
        await rig.srv.post(ch, f"post {n}", push=False)
    await kept.poll(rig.source())
    assert len(kept.rows) == 200
    first, last = kept.rows[0][1], kept.rows[-1][1]
    assert (first.key, last.key) == ("tg:1177/51", "tg:1177/250")
    assert all(item.is_late for _, item in kept.rows)
    assert last.url == "https://t.me/kpszsu/250"
    assert last.published == ch.messages[-1].date


async def test_first_look_goes_back_a_day_but_keeps_the_newest_post(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    old = rig.clock.now().replace(microsecond=0)
    rig.clock.advance(3 * 86400)
    await rig.srv.post(ch, "older", push=False, date=old)
    await rig.srv.post(ch, "old", push=False, date=old)
    await kept.poll(rig.source())
    assert kept.newest_texts() == ["old"]


async def test_polling_from_a_cursor_gives_only_what_is_new(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    source = rig.source()
    await kept.poll(source)
    cursor = kept.cursors["kpszsu"]
    await rig.srv.post(ch, "two", push=False)
    batch = await source.poll(cursor)
    assert [item.text for item in batch.items] == ["two"]
    assert not batch.items[0].is_late
    again = await source.poll(cursor)
    assert [item.text for item in again.items] == ["two"], "the same cursor gives the same items"
    assert batch.cursor is not None
    nothing = await source.poll(batch.cursor)
    assert (nothing.items, nothing.look.outcome) == ((), "unchanged")


async def test_a_push_wakes_a_poll_that_finds_it(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    source = rig.source()
    woken = asyncio.Event()
    await kept.poll(source)
    source.on_hint(woken.set)
    woken.clear()
    await rig.srv.post(ch, "two")
    await asyncio.wait_for(woken.wait(), 2)
    asked = rig.srv.calls.count("GetHistoryRequest")
    await kept.poll(source)
    assert kept.newest_texts() == ["one", "two"]
    assert rig.srv.calls.count("GetHistoryRequest") == asked, "a contiguous push stands for an answer"


async def test_a_push_that_never_came_is_found_within_one_poll_gap(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    await rig.srv.post(ch, "lost", push=False)
    assert source.profile.poll_every.total_seconds() <= 30
    rig.clock.advance(30)
    await kept.poll(source)
    assert kept.newest_texts() == ["lost"]


async def test_a_gap_between_pushes_is_asked_for_by_id(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await rig.srv.post(ch, "one")
    await kept.poll(source)
    await rig.srv.post(ch, "two", push=False)
    await rig.srv.post(ch, "three")
    await kept.poll(source)
    assert kept.newest_texts() == ["one", "two", "three"]


async def test_the_username_is_resolved_once_and_remembered_over_restarts(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    await kept.poll(rig.source())
    await rig.close()
    await rig.srv.post(ch, "two", push=False)
    await kept.poll(rig.source())
    assert kept.newest_texts() == ["one", "two"]
    assert rig.srv.calls.count("ResolveUsernameRequest") == 1


async def test_two_channels_share_one_connection(rig: Rig, kept: Collector) -> None:
    for number, name in ((1, "first"), (2, "second")):
        await rig.srv.post(rig.srv.add_channel(number, name, name), name, push=False)
    one, two = rig.source("first"), rig.source("second")
    assert one.account is two.account
    await kept.poll(one)
    await kept.poll(two)
    assert len(rig.srv.accepted) == 1
    assert sorted(kept.texts) == ["tg:1/1", "tg:2/1"]


async def test_the_cursor_stays_small(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    source = rig.source()
    await kept.poll(source)
    for n in range(450):
        await rig.srv.post(ch, f"post {n}", push=False)
    await kept.poll(source)
    cursor = kept.cursors["kpszsu"]
    assert len(json.loads(cursor)["window"]) == 200
    assert len(cursor) < 6000


@pytest.mark.parametrize("cursor", ["not json", "{}", "[]", '{"high": 1}', '"text"', "7"])
async def test_a_cursor_that_cannot_be_read_counts_as_none(rig: Rig, kept: Collector, cursor: str) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    batch = await rig.source().poll(cursor)
    assert [(item.text, item.is_late) for item in batch.items] == [("one", True)]


async def test_a_profile_that_leaves_the_web_preview_goes_on_where_that_stopped(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    for n in range(1, 41):
        await rig.srv.post(ch, f"post {n}", push=False)
    kept.cursors["kpszsu"] = Cursor(id=30, channel=1177, gaps=(Gap(10, 15),)).dump()
    await kept.poll(rig.source())
    assert sorted(int(key.partition("/")[2]) for key in kept.texts if int(key.partition("/")[2]) > 30) == [
        *range(31, 41)
    ]
    assert {f"tg:1177/{n}" for n in range(11, 15)} <= kept.texts.keys()
    assert kept.holes["kpszsu"] == []
