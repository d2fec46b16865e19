"""Faults of publishers, of Telegram and of its library: what the source makes of each (fault matrix T01-T23)."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_telegram import FakeChannel, RpcErr
from rig import Collector, Rig
from telethon.tl import types as T

from monitor.errors import SourceAuthLost, SourceBroken, SourceRefused, SourceThrottled
from monitor.sources.telegram.cursor import Mark
from monitor.sources.telegram.message import item_of
from monitor.sources.telegram.visit import Visit


async def begin(rig: Rig, kept: Collector, *texts: str) -> tuple[Any, FakeChannel]:
    """A source that has read ``texts`` of @kpszsu."""
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    for text in texts:
        await rig.srv.post(ch, text, push=False)
    source = rig.source()
    await kept.poll(source)
    return source, ch


async def settle() -> None:
    """Let pushes that are on their way arrive."""
    for _ in range(50):
        await asyncio.sleep(0.001)


def holes(kept: Collector, source: str = "kpszsu") -> dict[str, list[int]]:
    out: dict[str, list[int]] = {}
    for hole in kept.holes.get(source, []):
        out.setdefault(hole.cause, []).extend(range(hole.first, hole.last + 1))
    return out


@pytest.mark.parametrize("seconds", [30, 300, 86400])
async def test_T01_a_flood_wait_is_honoured_by_its_channel_alone_and_over_a_restart(
    rig: Rig, kept: Collector, seconds: int
) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(rig.srv.add_channel(2, "other", "Other"), "word", push=False)
    rig.srv.flood_of["GetHistoryRequest", 1177] = seconds
    rig.clock.advance(30)
    with pytest.raises(SourceThrottled) as caught:
        await source.poll(kept.cursors["kpszsu"])
    assert caught.value.retry_after == seconds
    assert caught.value.reason == "throttled"
    asked = rig.srv.calls.count("GetHistoryRequest")
    for _ in range(20):
        with pytest.raises(SourceThrottled):
            await source.poll(kept.cursors["kpszsu"])
    assert rig.srv.calls.count("GetHistoryRequest") == asked, "no request while we are to wait"
    other = rig.source("other")
    await kept.poll(other)
    assert "tg:2/1" in kept.texts, "other channels go on"

    await rig.close()
    rig.srv.flood_of.clear()
    rig.clock.advance(seconds - 10)
    source = rig.source()
    with pytest.raises(SourceThrottled) as caught:
        await source.poll(kept.cursors["kpszsu"])
    assert caught.value.retry_after == pytest.approx(10, abs=1)
    rig.clock.advance(11)
    await rig.srv.post(ch, "two", push=False)
    await kept.poll(source)
    assert kept.texts["tg:1177/2"] == ["two"]


async def test_T01_three_channels_in_a_flood_mean_the_account(rig: Rig, kept: Collector) -> None:
    sources = []
    for number, name in enumerate(("first", "second", "third", "fourth"), 1):
        await rig.srv.post(rig.srv.add_channel(number, name, name), "word", push=False)
        sources.append(rig.source(name))
        rig.srv.flood_of["GetHistoryRequest", number] = 100
    for source in sources:
        with pytest.raises(SourceThrottled):
            await source.poll(None)
    assert rig.srv.calls.count("GetHistoryRequest") == 3


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (406, "AUTH_KEY_DUPLICATED"),
        (401, "SESSION_REVOKED"),
        (401, "USER_DEACTIVATED_BAN"),
        (401, "AUTH_KEY_UNREGISTERED"),
    ],
)
async def test_T02_a_lost_login_ends_the_use_of_the_session(
    rig: Rig, kept: Collector, caplog: pytest.LogCaptureFixture, code: int, word: str
) -> None:
    source, _ = await begin(rig, kept, "one")

    def refuse(conn: Any, request: Any) -> Any:
        raise RpcErr(code, word)

    for name in ("GetHistoryRequest", "GetMessagesRequest", "GetStateRequest", "GetUsersRequest"):
        rig.srv.overrides[name] = refuse
    rig.clock.advance(30)
    connections, calls = len(rig.srv.accepted), len(rig.srv.calls)
    for _ in range(10):
        with pytest.raises(SourceAuthLost, match="telegram login"):
            await source.poll(kept.cursors["kpszsu"])
    assert len(rig.srv.calls) - calls <= 3
    assert any(record.levelno == logging.CRITICAL for record in caplog.records), "it is loud"
    await rig.close()
    rig.srv.overrides.clear()
    with pytest.raises(SourceAuthLost):
        await rig.source().poll(kept.cursors["kpszsu"])
    assert len(rig.srv.accepted) - connections <= 3, "and it stays unused after a restart"


async def test_T02_a_key_that_the_server_forgot_is_tried_three_times(rig: Rig, kept: Collector) -> None:
    source, _ = await begin(rig, kept, "one")
    rig.srv.auth_keys.clear()
    before = len(rig.srv.accepted)
    rig.srv.drop_connections()
    for _ in range(100):
        await asyncio.sleep(0.01)
        if source.account.lost:
            break
    with pytest.raises(SourceAuthLost):
        await source.poll(kept.cursors["kpszsu"])
    await asyncio.sleep(0.1)
    assert len(rig.srv.accepted) - before == 3


async def test_T03_a_difference_too_long_loses_nothing(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    rig.srv.too_long_after = 100
    await rig.srv.post(ch, "two")
    await settle()
    for n in range(1500):
        await rig.srv.post(ch, f"lost {n}", push=False)
    await rig.srv.post(ch, "last")
    await asyncio.sleep(0.6)  # the library waits 0.5 s before it asks for the difference, and then drops all of it
    rig.clock.advance(30)
    await kept.poll(source)
    assert "GetChannelDifferenceRequest" in rig.srv.calls
    assert len(kept.texts) == 1503
    assert holes(kept) == {}


async def test_T04_every_missing_id_is_probed_once_and_classified(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(ch, "deleted before it was asked for, and said to be", push=False)
    await rig.srv.service(ch, push=False)
    rig.srv.skip(ch, 3)
    await rig.srv.post(ch, "exists, but is not given", push=False)
    await rig.srv.post(ch, "cannot be decoded", push=False)
    await rig.srv.delete(ch, [2])
    await settle()
    ch.hidden, ch.unknown = {7}, {8}
    await rig.srv.post(ch, "last", push=False)
    rig.clock.advance(30)
    await kept.poll(source)
    assert holes(kept) == {"deleted": [2], "never_existed": [4, 5, 6], "unfetchable": [7, 8]}
    assert kept.newest_texts() == ["one", "last"]
    assert kept.holes["kpszsu"][0].channel == "1177"
    asked = rig.srv.calls.count("GetMessagesRequest")
    rig.clock.advance(30)
    await kept.poll(source)
    assert rig.srv.calls.count("GetMessagesRequest") == asked, "nothing is probed twice"


async def test_T04_a_missing_id_that_turns_up_when_probed_is_had(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(ch, "slow to appear", push=False)
    await rig.srv.post(ch, "three", push=False)
    ch.hidden = {2}
    pages = rig.srv.do_GetHistoryRequest

    def then_show(conn: Any, request: Any) -> Any:
        answer = pages(conn, request)
        ch.hidden = set()
        return answer

    rig.srv.overrides["GetHistoryRequest"] = then_show
    rig.clock.advance(30)
    await kept.poll(source)
    assert sorted(kept.newest_texts()) == ["one", "slow to appear", "three"]
    assert holes(kept) == {}


async def test_T04_a_hundred_withheld_posts_do_not_hide_what_follows(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    for n in range(150):
        await rig.srv.post(ch, f"withheld {n}", push=False)
    ch.hidden = set(range(2, 152))
    await rig.srv.post(ch, "after", push=False)
    rig.clock.advance(301)
    await kept.poll(source)
    assert kept.newest_texts() == ["one", "after"]
    assert holes(kept) == {"unfetchable": list(range(2, 152))}


async def test_a_backlog_with_a_withheld_post_in_each_page_is_read_at_once(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    for n in range(500):
        await rig.srv.post(ch, f"post {n}", push=False)
    ch.hidden = {50, 150, 250, 350, 450}
    rig.clock.advance(30)
    await kept.poll(source)
    assert len(kept.newest_texts()) == 496
    assert holes(kept) == {"unfetchable": [50, 150, 250, 350, 450]}


async def test_a_channel_is_joined_once_when_its_profile_says_so(rig: Rig, kept: Collector) -> None:
    for number, name, join in ((1, "wanted", True), (2, "unwanted", False)):
        ch = rig.srv.add_channel(number, name, name)
        ch.left = True
        await rig.srv.post(ch, name, push=False)
        source = rig.source(name, options={"join": join})
        for _ in range(3):
            rig.clock.advance(30)
            await kept.poll(source)
    assert rig.srv.calls.count("JoinChannelRequest") == 1
    assert (rig.srv.channels[1].left, rig.srv.channels[2].left) == (False, True)


async def test_a_refused_join_does_not_stop_the_reading(rig: Rig, kept: Collector) -> None:
    ch = rig.srv.add_channel(1, "kpszsu", "PS")
    ch.left = True
    await rig.srv.post(ch, "one", push=False)

    def refuse(conn: Any, request: Any) -> Any:
        raise RpcErr(400, "CHANNELS_TOO_MUCH")

    rig.srv.overrides["JoinChannelRequest"] = refuse
    await kept.poll(rig.source(options={"join": True}))
    assert kept.newest_texts() == ["one"]


@pytest.mark.parametrize("times", [2, 50])
async def test_T05_a_post_that_comes_many_times_is_one_item(rig: Rig, kept: Collector, times: int) -> None:
    source, ch = await begin(rig, kept, "one")
    message = await rig.srv.post(ch, "two")
    for _ in range(times - 1):
        await rig.srv.push(ch, T.UpdateNewChannelMessage(message, ch.pts, 1))
        await kept.poll(source)
    rig.clock.advance(600)
    await kept.poll(source)
    assert kept.reasons() == ["new", "new"]


async def test_T06_reordered_pushes_give_the_same_items(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    posted = [(await rig.srv.post(ch, f"post {n}", push=False), ch.pts) for n in range(60)]
    draw = random.Random(6)
    draw.shuffle(posted)
    for message, pts in posted:
        await rig.srv.push(ch, T.UpdateNewChannelMessage(message, pts, 1))
        if draw.random() < 0.2:
            await kept.poll(source)
    await kept.poll(source)
    assert sorted(kept.newest_texts()) == sorted(["one", *(f"post {n}" for n in range(60))])
    assert set(kept.reasons()) == {"new"}


async def test_T07_T08_each_edit_is_a_version(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "12")
    for text in ("34", "145", "an advertisement"):
        await rig.srv.edit(ch, 1, text)
        await settle()
        await kept.poll(source)
    assert kept.texts["tg:1177/1"] == ["12", "34", "145", "an advertisement"]
    assert all(item.edited for reason, item in kept.rows if reason == "edited")


async def test_T08_an_edit_that_was_never_pushed_is_found_by_looking_again(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "alert", "other")
    await rig.srv.edit(ch, 1, "all clear", push=False)
    rig.clock.advance(301)
    await kept.poll(source)
    assert kept.texts["tg:1177/1"] == ["alert", "all clear"]


async def test_T09_an_edit_before_its_original_is_the_post(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(ch, "original", push=False)
    await rig.srv.edit(ch, 2, "edited")
    await settle()
    await kept.poll(source)
    await kept.poll(source)
    assert kept.texts["tg:1177/2"] == ["edited"]


async def test_T09_an_edit_that_changes_no_word_is_no_version(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    ch.messages[0].views = 5000
    await rig.srv.edit(ch, 1, "one")
    await settle()
    batch = kept.commit(await source.poll(kept.cursors["kpszsu"]))
    assert batch.items == ()


async def test_T10_a_deletion_marks_the_post(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one", "two", "three")
    await rig.srv.delete(ch, [1])
    await settle()
    await kept.poll(source)
    await rig.srv.delete(ch, [2], push=False)
    rig.clock.advance(301)
    await kept.poll(source)
    assert [(reason, item.key) for reason, item in kept.rows[3:]] == [
        ("deleted", "tg:1177/1"),
        ("deleted", "tg:1177/2"),
    ]
    assert kept.texts["tg:1177/1"] == ["one"], "the evidence stays"


async def test_T10_a_deletion_while_we_were_away_is_found_at_the_start(rig: Rig, kept: Collector) -> None:
    _, ch = await begin(rig, kept, *(f"post {n}" for n in range(150)))
    await rig.close()
    await rig.srv.delete(ch, [1, 80], push=False)
    await kept.poll(rig.source())
    assert [item.key for reason, item in kept.rows if reason == "deleted"] == ["tg:1177/1", "tg:1177/80"]


async def test_T10_a_post_that_was_pushed_and_deleted_at_once_is_kept_with_its_mark(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(ch, "said too much")
    await rig.srv.delete(ch, [2], push=False)
    await settle()
    rig.clock.advance(30)
    await kept.poll(source)
    await kept.poll(source)
    assert [(reason, item.text) for reason, item in kept.rows[1:]] == [("new", "said too much"), ("deleted", "")]


async def test_T11_an_album_is_one_item_under_its_first_id(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.album(ch, ["", "", "caption", *[""] * 7], push=False)
    await rig.srv.post(ch, "after", push=False)
    rig.clock.advance(30)
    await kept.poll(source)
    keys = {item.key: item for _, item in kept.rows}
    assert sorted(keys) == ["tg:1177/1", "tg:1177/12", "tg:1177/2"]
    assert keys["tg:1177/2"].text == "caption"
    assert keys["tg:1177/2"].media == ("photo",) * 10
    assert holes(kept) == {}


async def test_T11_parts_that_come_late_belong_to_the_same_item(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    for n, text in enumerate(["", "caption", ""]):
        await rig.srv.album(ch, [text], group=77)
        await settle()
        await kept.poll(source)
        rig.clock.advance(n)
    assert sorted(kept.texts) == ["tg:1177/1", "tg:1177/2"]
    assert kept.texts["tg:1177/2"][-1] == "caption"


async def test_T11_an_album_across_two_pages_is_one_item(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    for n in range(97):
        await rig.srv.post(ch, f"post {n}", push=False)
    await rig.srv.album(ch, ["head", *[""] * 8, "tail"], push=False)
    rig.clock.advance(30)
    await kept.poll(source)
    assert kept.texts["tg:1177/99"] == ["head\ntail"]
    assert len(kept.texts) == 99


async def test_T11_an_edited_and_a_deleted_part_change_the_one_item(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.album(ch, ["", "caption", ""], push=False)
    rig.clock.advance(30)
    await kept.poll(source)
    await rig.srv.edit(ch, 3, "another")
    await settle()
    await kept.poll(source)
    assert kept.texts["tg:1177/2"] == ["caption", "another"]
    await rig.srv.delete(ch, [2])
    await settle()
    await kept.poll(source)
    assert "deleted" not in kept.reasons(), "the rest of the album still stands"
    await rig.srv.delete(ch, [3, 4])
    await settle()
    await kept.poll(source)
    assert [item.key for reason, item in kept.rows if reason == "deleted"] == ["tg:1177/2"]


async def test_T12_forwards_replies_quotes_and_bumps_keep_their_origin(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    when = datetime.now(UTC)
    forward = T.MessageFwdHeader(date=when, from_id=T.PeerChannel(555), channel_post=42)
    bump = T.MessageFwdHeader(date=when, from_id=T.PeerChannel(1177), channel_post=1)
    person = T.MessageFwdHeader(date=when, from_name="Somebody Private")
    await rig.srv.post(ch, "forward", push=False, fwd_from=forward)
    await rig.srv.post(ch, "bump", push=False, fwd_from=bump)
    await rig.srv.post(ch, "person", push=False, fwd_from=person)
    await rig.srv.post(ch, "reply", push=False, reply_to=T.MessageReplyHeader(reply_to_msg_id=1))
    quoting = T.MessageReplyHeader(reply_to_msg_id=1, quote=True, quote_text="on")
    await rig.srv.post(ch, "quote", push=False, reply_to=quoting)
    rig.clock.advance(30)
    await kept.poll(source)
    origins = {item.text: (item.origin.kind, item.origin.key) for _, item in kept.rows if item.origin}
    assert origins == {
        "forward": ("forward", "tg:555/42"),
        "bump": ("forward", "tg:1177/1"),
        "person": ("forward", None),
        "reply": ("reply", "tg:1177/1"),
        "quote": ("quote", "tg:1177/1"),
    }
    assert not any("Somebody" in repr(item) for _, item in kept.rows), "private people are not named"


async def test_T13_a_reassigned_username_is_set_aside(rig: Rig, kept: Collector) -> None:
    _, ch = await begin(rig, kept, "one")
    await rig.close()
    ch.username = "kpszsu_old"
    thief = rig.srv.add_channel(6666, "kpszsu", "PS")
    await rig.srv.post(thief, "all clear everywhere", push=False)
    await rig.srv.post(ch, "two", push=False)
    source = rig.source()
    batch = kept.commit(await source.poll(kept.cursors["kpszsu"]))
    assert [item.key for item in batch.items] == ["tg:1177/2"], "the numeric id is the identity"
    assert batch.look.reason == "renamed"
    assert "@kpszsu_old" in (batch.look.detail or "")

    rig.login("second")
    fresh = rig.source(id="kpszsu", options={"account": "second"})
    with pytest.raises(SourceBroken, match="6666") as caught:
        await fresh.poll(kept.cursors["kpszsu"])
    assert caught.value.reason == "identity"
    pinned = rig.source(id="pinned", channel_id=-1001177, options={"account": "second"})
    with pytest.raises(SourceBroken):
        await pinned.poll(None)
    assert not any("6666" in key for key in kept.texts)


async def test_T13_a_profile_that_changes_its_number_is_refused(rig: Rig, kept: Collector) -> None:
    await begin(rig, kept, "one")
    rig.srv.add_channel(6666, "other", "Other")
    with pytest.raises(SourceBroken) as caught:
        await rig.source("other", id="kpszsu", channel_id=6666).poll(kept.cursors["kpszsu"])
    assert caught.value.reason == "identity"


def _document(*attributes: Any, **more: Any) -> Any:
    document = T.Document(1, 1, b"", datetime.now(UTC), "application/x", 1, 2, list(attributes))
    return T.MessageMediaDocument(document=document, **more)


async def test_T16_posts_without_text_are_kept_with_what_they_carry(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    answers = [T.PollAnswer(T.TextWithEntities("yes", []), b"1"), T.PollAnswer(T.TextWithEntities("no", []), b"2")]
    poll = T.Poll(1, T.TextWithEntities("?", []), answers, hash=0)
    media = {
        "photo": T.MessageMediaPhoto(photo=T.PhotoEmpty(1)),
        "photo (self-destructing)": T.MessageMediaPhoto(photo=T.PhotoEmpty(1), ttl_seconds=10),
        "video": _document(T.DocumentAttributeVideo(1.0, 1, 1)),
        "voice": _document(T.DocumentAttributeAudio(1, voice=True)),
        "sticker": _document(T.DocumentAttributeSticker("", T.InputStickerSetEmpty())),
        "document": _document(),
        "document (self-destructing)": T.MessageMediaDocument(ttl_seconds=5),
        "poll": T.MessageMediaPoll(poll, T.PollResults()),
        "location": T.MessageMediaGeo(T.GeoPointEmpty()),
        "unsupported": T.MessageMediaUnsupported(),
    }
    for each in media.values():
        await rig.srv.post(ch, "", push=False, media=each)
    rig.clock.advance(30)
    await kept.poll(source)
    found = [item for _, item in kept.rows[1:]]
    assert [item.media for item in found] == [(kind,) for kind in media]
    assert {item.text for item in found} == {""}


def test_T17_wrong_entities_and_lone_surrogates_harm_nothing() -> None:
    draw = random.Random(17)
    for _ in range(200):
        text = "".join(draw.choice("ab\U0001f600\ud83d\udc80\u0301 ") for _ in range(draw.choice((0, 5, 1024, 4096))))
        entities = [
            T.MessageEntityTextUrl(draw.randint(-5, 9000), draw.randint(-5, 9000), "https://example.org")
            for _ in range(100)
        ]
        message = T.Message(id=1, peer_id=T.PeerChannel(1), date=datetime.now(UTC), message=text, entities=entities)
        item = item_of([message], source="s", channel=1, head=1, username=None, received=datetime.now(UTC), names={})
        item.text.encode("utf-8")
        assert ("replaced_surrogates" in item.flags) == (item.text != text)


@pytest.mark.parametrize("word", ["CHANNEL_PRIVATE", "CHANNEL_PUBLIC_GROUP_NA", "USER_BANNED_IN_CHANNEL"])
async def test_T18_a_closed_channel_is_refused_and_others_go_on(rig: Rig, kept: Collector, word: str) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(rig.srv.add_channel(2, "other", "Other"), "word", push=False)
    get = rig.srv.do_GetHistoryRequest

    def refuse(conn: Any, request: Any) -> Any:
        if request.peer.channel_id == 1177:
            raise RpcErr(400, word)
        return get(conn, request)

    rig.srv.overrides["GetHistoryRequest"] = refuse
    rig.clock.advance(30)
    with pytest.raises(SourceRefused) as caught:
        await source.poll(kept.cursors["kpszsu"])
    assert caught.value.reason == "refused"
    await kept.poll(rig.source("other"))
    assert "tg:2/1" in kept.texts
    rig.srv.overrides.clear()
    await rig.srv.post(ch, "open again", push=False)
    await kept.poll(source)
    assert "tg:1177/2" in kept.texts


@pytest.mark.parametrize("address", ["https://t.me/+AbCdEf123", "nobody_here"])
async def test_T18_an_invitation_or_an_unknown_name_is_refused(rig: Rig, address: str) -> None:
    with pytest.raises(SourceRefused):
        await rig.source(address, id="x").poll(None)


async def test_T18_a_stale_access_hash_is_resolved_anew(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")
    ch.access_hash += 1
    await rig.srv.post(ch, "two", push=False)
    rig.clock.advance(30)
    with pytest.raises(SourceRefused):
        await source.poll(kept.cursors["kpszsu"])
    await kept.poll(source)
    assert "tg:1177/2" in kept.texts


@pytest.mark.parametrize(
    "when",
    [datetime(1970, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC), datetime.now(UTC) + timedelta(days=3)],
)
async def test_T22_an_impossible_date_is_kept_and_marked(rig: Rig, kept: Collector, when: datetime) -> None:
    source, ch = await begin(rig, kept, "one")
    await rig.srv.post(ch, "strange", push=False, date=when)
    rig.clock.advance(30)
    batch = kept.commit(await source.poll(kept.cursors["kpszsu"]))
    assert batch.items[0].published == when.replace(microsecond=0)
    assert batch.items[0].flags == ("time_suspect",)
    assert batch.look.newest is not None
    assert batch.look.newest <= rig.clock.now(), "a wrong clock does not make the source look fresh"


class Poison:
    """A post that cannot be touched: reading its text fails."""

    id, date, grouped_id, edit_date, media, fwd_from, reply_to = 2, datetime.now(UTC), None, None, None, None, None
    __class__ = T.Message  # type: ignore[assignment]

    @property
    def message(self) -> str:
        raise RuntimeError("poison")


def test_T23_a_poison_post_is_set_aside_and_its_neighbours_are_told(caplog: pytest.LogCaptureFixture) -> None:
    aside: list[tuple[int, str]] = []
    good = [T.Message(id=n, peer_id=T.PeerChannel(1), date=datetime.now(UTC), message=f"post {n}") for n in (1, 3)]
    mark = Mark(1177, low=1)
    visit = Visit("s", mark, datetime.now(UTC), lambda post, why, _: aside.append((post, why)))
    visit.posts([good[0], Poison(), good[1]])
    assert [item.text for item in visit.items] == ["post 1", "post 3"]
    assert [(hole.first, hole.cause) for hole in visit.holes] == [(2, "unfetchable")]
    assert aside[0][0] == 2
    assert aside[0][1].startswith("RuntimeError ")
    assert len(aside[0][1].split()[1]) == 12, "the hash of its traceback"
    loaded = Mark.load(mark.dump())
    assert loaded is not None
    again = Visit("s", loaded, datetime.now(UTC), lambda post, why, _: aside.append((post, why)))
    again.again({1: good[0], 2: Poison(), 3: good[1]})
    assert (again.items, again.holes, len(aside)) == ([], [], 1), "once"


async def test_T23_a_raising_wake_stops_nothing(rig: Rig, kept: Collector) -> None:
    source, ch = await begin(rig, kept, "one")

    def broken() -> None:
        raise RuntimeError("poison")

    source.on_hint(broken)
    await rig.srv.post(ch, "two")
    await rig.srv.post(ch, "three")
    await settle()
    await kept.poll(source)
    assert kept.newest_texts() == ["one", "two", "three"]


async def test_T23_what_is_set_aside_is_kept_for_inspection(rig: Rig, kept: Collector) -> None:
    source, _ = await begin(rig, kept, "one")
    source._set_aside(7, "RuntimeError 0123", T.MessageEmpty(7, T.PeerChannel(1177)))
    path = rig.folder / "telegram-set-aside.jsonl"
    assert json.loads(path.read_text())["post"] == 7
    assert path.stat().st_mode & 0o777 == 0o600
