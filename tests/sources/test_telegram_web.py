"""The web preview of a Telegram channel → items: whole, once, and never mistaken for silence."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from aiohttp import web
from preview_pages import CHANNEL, CONTACT_PAGE, Channel, block, page

from monitor.errors import SourceBroken, SourceRefused, SourceThrottled, SourceUnavailable
from monitor.model import Origin, SourceProfile
from monitor.sources import build
from monitor.sources.telegram_page import read_page
from monitor.sources.telegram_web import handle_of


@pytest.fixture
async def channel(clock):
    return Channel(clock.now())


@pytest.fixture
async def source(serve, deps, channel):
    base = await serve(channel)
    return build(profile(base), deps)


def profile(base: str, channel_id: int | None = CHANNEL, **options) -> SourceProfile:
    return SourceProfile(
        "siren", "telegram_web", "https://t.me/s/siren_test", channel_id=channel_id, options={"base": base, **options}
    )


def one(markup: str):
    (post,) = read_page(page(markup).encode()).posts
    return post


# ── one page ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address", ["https://t.me/s/kpszsu", "t.me/kpszsu", "@kpszsu", "kpszsu", "https://t.me/kpszsu/"]
)
def test_an_address_in_any_form_names_the_handle(address):
    assert handle_of(address) == "kpszsu"


def test_text_keeps_lines_emoji_and_entities(clock):
    emoji = '<tg-emoji emoji-id="52"><i class="emoji"><b>🛵</b></i></tg-emoji>'
    post = one(
        block(
            7,
            markup=f'{emoji} БпЛА на <b>Суми</b><br/><br/>Ціль &lt;1&gt; &amp; <a href="https://t.me/x">деталі</a>',
            at=clock.now(),
            unsupported=True,
        )
    )
    assert post.text == "🛵 БпЛА на Суми\n\nЦіль <1> & деталі"
    assert (post.id, post.channel_id, post.published) == (7, CHANNEL, clock.now())
    assert post.url == "https://t.me/siren_test/7"
    assert not post.is_cut


def test_the_quoted_text_of_a_reply_is_not_the_post(clock):
    post = one(block(8, "Відбій", at=clock.now(), reply=("https://t.me/siren_test/5", "Тривога в усіх районах")))
    assert post.text == "Відбій"
    assert post.reply == ("https://t.me/siren_test/5", "Siren test")


def test_T12_a_forward_keeps_its_origin(clock):
    post = one(block(9, "x", at=clock.now(), forward=("https://t.me/Other/44", "Other channel")))
    assert post.forward == ("https://t.me/Other/44", "Other channel")


@pytest.mark.parametrize(
    ("css", "kind"),
    [
        ("tgme_widget_message_photo_wrap", "photo"),
        ("tgme_widget_message_video_player", "video"),
        ("tgme_widget_message_voice_player", "voice"),
        ("tgme_widget_message_poll", "poll"),
        ("tgme_widget_message_sticker_wrap", "sticker"),
        ("tgme_widget_message_document_wrap", "document"),
    ],
)
def test_T16_a_post_without_words_is_kept_with_its_kind_of_media(clock, css, kind):
    post = one(block(9, None, at=clock.now(), media=css))
    assert (post.text, post.media, post.is_cut) == ("", (kind,), False)


def test_a_post_that_only_the_app_shows_says_so(clock):
    assert one(block(9, None, at=clock.now(), unsupported=True)).is_cut


def test_absurd_pages_neither_crash_nor_stall():
    assert read_page(b"").has_history is False
    assert read_page(b"\xff\xfe<html>").has_history is False
    broken = page(block(3, "ok"))[:-200] + '<div class="tgme_widget_message" data-post="x/notanumber" data-view="%%%">'
    assert [post.id for post in read_page(broken.encode()).posts] == [3]
    assert one(block(3, "x", channel=None)).channel_id is None
    assert one(block(3, "x").replace('data-view="', 'data-view="AAAA')).channel_id is None
    with pytest.raises(SourceBroken, match="nests"):
        read_page(b"<div>" * 200_000)


# ── looks ─────────────────────────────────────────────────────────────────────────────────────────


async def test_an_address_on_another_server_is_asked_there(serve, deps, channel):
    channel.fill(1, 3)
    base = await serve(channel)
    source = build(SourceProfile("siren", "telegram_web", f"{base}/s/siren_test", channel_id=CHANNEL), deps)
    assert len((await source.poll(None)).items) == 3


async def test_the_first_look_reads_back_a_day_as_history(source, channel, clock):
    channel.fill(1, 100, every=1200)
    first = await source.poll(None)
    assert [item.key for item in first.items] == [f"tg:{CHANNEL}/{post}" for post in range(21, 101)]
    assert all(item.is_late for item in first.items)
    assert first.look.outcome == "ok"
    assert first.look.newest == clock.now()
    assert not first.more


async def test_the_first_look_reads_back_at_most_200_posts(source, channel):
    channel.fill(1, 1000, every=1)
    batch = await source.poll(None)
    seen, polls = [*batch.items], 1
    while batch.more:
        batch = await source.poll(batch.cursor)
        seen += batch.items
        polls += 1
    assert sorted(int(item.key.split("/")[1]) for item in seen) == list(range(801, 1001))
    assert all(item.is_late for item in seen)
    assert polls == 2


async def test_a_look_that_finds_nothing_new_is_unchanged(source, channel, clock):
    channel.fill(1, 5)
    first = await source.poll(None)
    clock.move(60)
    again = await source.poll(first.cursor)
    assert (again.items, again.look.outcome) == ((), "unchanged")
    assert again.look.newest == channel.now


async def test_only_new_posts_come_and_they_are_not_late(source, channel, clock):
    channel.fill(1, 5)
    first = await source.poll(None)
    clock.move(60)
    channel.now = clock.now()
    channel.say("Повітряна тривога", media="tgme_widget_message_photo_wrap")
    (item,) = (await source.poll(first.cursor)).items
    assert (item.text, item.is_late, item.media, item.flags) == ("Повітряна тривога", False, ("photo",), ())
    assert item.url == "https://t.me/siren_test/6"
    assert item.channel == "siren_test"
    assert "Повітряна тривога".encode() in item.raw


async def test_it_pages_back_until_the_cursor_is_met(source, channel, clock):
    channel.fill(1, 30)
    cursor = (await source.poll(None)).cursor
    channel.requests.clear()
    clock.move(120)
    channel.now = clock.now()
    channel.fill(31, 85, every=1)
    batch = await source.poll(cursor)
    assert [int(item.key.split("/")[1]) for item in batch.items] == list(range(31, 86))
    assert channel.requests == ["", "66", "46"]
    assert not any(item.is_late for item in batch.items)
    assert not batch.more


async def test_H18_a_flood_is_read_in_portions_and_nothing_is_dropped(source, channel, clock):
    channel.fill(1, 10)
    batch = await source.poll(None)
    clock.move(60)
    channel.now = clock.now()
    channel.fill(11, 700, every=0.05)
    seen, notes = [], []
    while True:
        batch = await source.poll(batch.cursor)
        assert len(batch.items) <= 120
        seen += [int(item.key.split("/")[1]) for item in batch.items]
        notes.append(batch.look.detail)
        if not batch.more:
            break
    assert sorted(seen) == list(range(11, 701))
    assert len(seen) == len(set(seen))
    assert notes[0] == "posts 11-580 are still to be read"
    assert notes[-1] is None
    assert max(seen[:120]) == 700


async def test_a_failure_while_paging_back_keeps_what_was_had_and_the_gap(source, channel, clock):
    channel.fill(1, 10)
    cursor = (await source.poll(None)).cursor
    channel.fill(11, 50, every=1)
    channel.fail_before = 429
    batch = await source.poll(cursor)
    assert [int(item.key.split("/")[1]) for item in batch.items] == list(range(31, 51))
    assert batch.look.outcome == "ok"
    assert batch.look.retry_after == 9
    assert not batch.more
    channel.fail_before = 0
    batch = await source.poll(batch.cursor)
    assert [int(item.key.split("/")[1]) for item in batch.items] == list(range(11, 31))


async def test_T05_the_same_posts_twice_are_the_same_items(source, channel):
    channel.fill(1, 12)
    first, second = await source.poll(None), await source.poll(None)
    assert [(item.key, item.text) for item in first.items] == [(item.key, item.text) for item in second.items]


async def test_T05_a_block_shown_twice_on_a_page_is_one_item(serve, deps, clock):
    async def handler(request):
        if "before" in request.query:
            return web.Response(text=page())
        return web.Response(text=page(*[block(4, "once", at=clock.now())] * 50))

    batch = await build(profile(await serve(handler)), deps).poll(None)
    assert [item.key for item in batch.items] == [f"tg:{CHANNEL}/4"]


async def test_T07_an_edit_is_seen_by_its_text(source, channel, clock):
    channel.fill(1, 8)
    cursor = (await source.poll(None)).cursor
    channel.posts[8]["text"] = "збито 34"
    channel.posts[3]["edited"] = True
    (item,) = (batch := await source.poll(cursor)).items
    assert (item.key, item.text, item.flags) == (f"tg:{CHANNEL}/8", "збито 34", ("edited",))
    assert (await source.poll(batch.cursor)).items == ()


async def test_service_posts_are_skipped_and_still_move_the_cursor(source, channel, clock):
    channel.fill(1, 3)
    cursor = (await source.poll(None)).cursor
    channel.say("Siren test pinned a photo", service=True)
    batch = await source.poll(cursor)
    assert batch.items == ()
    assert json.loads(batch.cursor)["id"] == 4


async def test_a_gap_in_ids_is_normal(source, channel, clock):
    for post in (1, 2, 9, 15):
        channel.say(f"album {post}", post, ago=60)
    batch = await source.poll(None)
    assert len(batch.items) == 4
    assert batch.look.detail is None
    assert batch.holes == ()


async def test_a_post_that_vanishes_between_others_is_marked_deleted_after_several_looks(source, channel, clock):
    channel.fill(1, 9)
    cursor = (await source.poll(None)).cursor
    del channel.posts[5]
    for _ in range(2):
        batch = await source.poll(cursor)
        assert batch.items == ()
        cursor = batch.cursor
    batch = await source.poll(cursor)
    assert [(item.key, item.text, item.deleted) for item in batch.items] == [(f"tg:{CHANNEL}/5", "", True)]
    assert (await source.poll(batch.cursor)).items == ()


async def test_S23_an_old_copy_from_a_cache_is_no_look_however_often_it_comes(serve, deps, channel, clock):
    channel.fill(1, 9)
    old = None

    async def cached(request):
        return old if old and "before" not in request.query else await channel(request)

    source = build(profile(await serve(cached)), deps)
    cursor = (await source.poll(None)).cursor
    for _ in range(6):
        old = web.Response(text=page(*[block(post, **channel.posts[post]) for post in range(1, 7)]))
        with pytest.raises(SourceUnavailable, match="an old copy"):
            await source.poll(cursor)
    old = None
    assert (await source.poll(cursor)).look.outcome == "unchanged"


async def test_the_newest_post_counts_as_deleted_when_another_address_lacks_it_too(source, channel):
    channel.fill(1, 9)
    cursor = (await source.poll(None)).cursor
    del channel.posts[9]
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            await source.poll(cursor)
    batch = await source.poll(cursor)
    assert [(item.key, item.deleted) for item in batch.items] == [(f"tg:{CHANNEL}/9", True)]
    assert (await source.poll(batch.cursor)).items == ()


# ── identity and refusal ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 302, "headers": {"Location": "https://t.me/siren_test"}}, SourceRefused),
        ({"text": CONTACT_PAGE}, SourceRefused),
        ({"text": "<html><body>Just a moment...</body></html>"}, SourceBroken),
        ({"text": ""}, SourceBroken),
        ({"status": 404}, SourceRefused),
        ({"status": 429, "headers": {"Retry-After": "30"}}, SourceThrottled),
        ({"status": 502}, SourceUnavailable),
    ],
    ids=["302", "contact page", "challenge page", "empty", "404", "429", "502"],
)
async def test_no_preview_is_an_error_and_never_zero_posts(serve, deps, answer, error):
    async def handler(request):
        return web.Response(**answer)

    source = build(profile(await serve(handler)), deps)
    for cursor in (None, json.dumps({"id": 4, "channel": CHANNEL})):
        with pytest.raises(error):
            await source.poll(cursor)


async def test_a_history_that_lost_all_its_posts_is_broken(serve, deps):
    async def handler(request):
        return web.Response(text=page())

    source = build(profile(await serve(handler)), deps)
    assert (await source.poll(None)).items == ()
    with pytest.raises(SourceBroken, match="no posts any more"):
        await source.poll(json.dumps({"id": 4, "channel": CHANNEL}))


@pytest.mark.parametrize("pinned", [CHANNEL + 1, None])
async def test_T13_posts_of_another_channel_under_the_handle_are_set_aside(serve, deps, channel, pinned):
    channel.fill(1, 3)
    source = build(profile(await serve(channel), channel_id=pinned), deps)
    with pytest.raises(SourceBroken, match="another channel") as caught:
        await source.poll(json.dumps({"id": 2, "channel": CHANNEL + 1}))
    assert caught.value.reason == "suspect"


async def test_without_a_pinned_id_the_first_look_pins_it(serve, deps, channel):
    channel.fill(1, 3)
    source = build(profile(await serve(channel), channel_id=None), deps)
    batch = await source.poll(None)
    assert batch.items[0].key == f"tg:{CHANNEL}/1"
    assert json.loads(batch.cursor)["channel"] == CHANNEL


async def test_posts_that_say_no_channel_are_refused(serve, deps, clock):
    async def handler(request):
        return web.Response(text=page(block(4, "x", at=clock.now(), channel=None)))

    with pytest.raises(SourceBroken, match="no post says which channel"):
        await build(profile(await serve(handler)), deps).poll(None)


# ── times and origins ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stamp", "flag", "kept"),
    [
        ("1970-01-01T00:00:00+00:00", "time_suspect", 1970),
        ("2094-01-01T00:00:00+00:00", "time_suspect", 2094),
        ("2026-11-13T12:00:00+00:00", "time_suspect", 2026),
        ("9999-12-31T23:59:59-12:00", "no_date", None),
        ("2026-11-10T11:59:60+00:00", "no_date", None),
        (None, "no_date", None),
    ],
)
async def test_T22_a_time_that_cannot_be_is_kept_and_flagged(serve, deps, clock, stamp, flag, kept):
    async def handler(request):
        return web.Response(text=page(*([] if "before" in request.query else [block(4, "x", at=stamp)])))

    source = build(profile(await serve(handler)), deps)
    batch = await source.poll(json.dumps({"id": 3, "channel": CHANNEL}))
    (item,) = batch.items
    assert flag in item.flags
    assert (item.published.year if item.published else None) == kept
    assert batch.look.newest is None or batch.look.newest <= clock.now()


async def test_origins_of_forwards_and_replies(source, channel, clock):
    channel.say("a", reply=("https://t.me/Siren_Test/77", "q"))
    channel.say("b", forward=("https://t.me/other/5", "Other"))
    channel.say("c", forward=("https://t.me/other/5", "Other"), reply=("https://t.me/siren_test/1", "q"))
    channel.say("d", reply=("https://t.me/foreign/9", "q"))
    origins = [item.origin for item in (await source.poll(None)).items]
    assert origins == [
        Origin("reply", f"tg:{CHANNEL}/77", "Siren test"),
        Origin("forward", "t.me/other/5", "Other"),
        Origin("forward", "t.me/other/5", "Other"),
        Origin("reply", "t.me/foreign/9", "Siren test"),
    ]


async def test_catching_up_marks_what_is_old_as_late(source, channel, clock):
    channel.fill(1, 3)
    cursor = (await source.poll(None)).cursor
    clock.move(3600)
    channel.now = clock.now()
    channel.say("old", ago=3000)
    channel.say("new", ago=30)
    assert [item.is_late for item in (await source.poll(cursor)).items] == [True, False]


async def test_an_unreadable_cursor_reads_everything_again_as_history(source, channel):
    channel.fill(1, 3)
    for cursor in ("{", "[]", '{"id": "x"}', "null"):
        assert all(item.is_late for item in (await source.poll(cursor)).items)


def test_reading_a_page_is_quick(clock):
    import time

    body = page(*[block(post, "слово " * 30, at=clock.now()) for post in range(20)]).encode()
    started = time.perf_counter()
    for _ in range(10):
        read_page(body)
    assert (time.perf_counter() - started) / 10 < 0.1


def test_late_history_ends_where_the_day_ends(clock):
    from monitor.sources.telegram_cursor import Gap

    since = clock.now() - timedelta(hours=24)
    gap = Gap(0, 50, since, 100)
    assert gap.after([(40, since + timedelta(hours=1)), (49, None)]) == Gap(0, 40, since, 98)
    assert gap.after([(40, since - timedelta(hours=1))]) is None
    assert gap.after([]) is None
    assert gap.after([(1, since + timedelta(hours=1))]) is None
    assert Gap(0, 50, since, 1).after([(40, None)]) is None
