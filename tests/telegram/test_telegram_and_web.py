"""One channel read through the account and through its web preview: one item per post, and each for the other."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from fake_telegram import FakeChannel
from rig import Collector, Rig

from monitor.errors import SourceAuthLost
from monitor.http import Http
from monitor.model import SourceProfile
from monitor.ports import Source
from monitor.sources import build


def preview(ch: FakeChannel) -> str:
    """The newest 20 posts as ``t.me/s`` shows them; an album is one block under its first id."""
    blocks: dict[int, str] = {}
    shown = ch.messages[-20:]
    for message in shown:
        group = message.grouped_id or -message.id
        if group in blocks:
            continue
        caption = next((m.message for m in shown if (m.grouped_id or -m.id) == group and m.message), "")
        view = base64.urlsafe_b64encode(json.dumps({"c": -ch.id, "p": message.id}).encode()).decode().rstrip("=")
        words = html.escape(caption).replace("\n", "<br/>")
        text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>' if words else ""
        edited = "edited " if message.edit_date else ""
        blocks[group] = (
            f'<div class="tgme_widget_message js-widget_message" data-post="{ch.username}/{message.id}" '
            f'data-view="{view}"><div class="tgme_widget_message_bubble">{text}'
            f'<span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" '
            f'href="https://t.me/{ch.username}/{message.id}"><time datetime="{message.date.isoformat()}"></time></a>'
            "</span></div></div>"
        )
    body = "".join(blocks.values())
    return f'<html><body><section class="tgme_channel_history js-message_history">{body}</section></body></html>'


@pytest.fixture
async def web_source(rig: Rig) -> AsyncIterator[Source]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=preview(rig.srv.channels[1177]), content_type="text/html")

    app = web.Application()
    app.router.add_get("/s/kpszsu", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    client = Http(min_interval=0, user_agent="test", deadline=5)
    profile = SourceProfile(
        "kpszsu_web", "telegram_web", "https://t.me/s/kpszsu", options={"base": f"http://127.0.0.1:{port}/s"}
    )
    yield build(profile, replace(rig.deps(), http=client))
    await client.close()
    await runner.cleanup()


async def test_both_ways_give_one_item_per_post_and_version(rig: Rig, kept: Collector, web_source: Source) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one\nof two lines & more", push=False)
    await rig.srv.album(ch, ["", "caption", ""], push=False)
    source = rig.source()

    async def both() -> None:
        for each in (source, web_source):
            kept.commit(await each.poll(kept.cursors.get(each.profile.id)))

    await both()
    await rig.srv.post(ch, "two", push=False)
    rig.clock.advance(30)
    await both()
    await rig.srv.edit(ch, 1, "one, corrected")
    rig.clock.advance(301)
    await both()
    await both()
    assert kept.texts == {
        "tg:1177/1": ["one\nof two lines & more", "one, corrected"],
        "tg:1177/2": ["caption"],
        "tg:1177/5": ["two"],
    }


async def test_T02_the_web_preview_goes_on_where_the_account_is_lost(
    rig: Rig, kept: Collector, web_source: Source
) -> None:
    ch = rig.srv.add_channel(1177, "kpszsu", "PS")
    await rig.srv.post(ch, "one", push=False)
    source = rig.source()
    await kept.poll(source)
    rig.srv.authorized.clear()
    await rig.srv.post(ch, "two", push=False)
    rig.clock.advance(30)
    with pytest.raises(SourceAuthLost):
        await source.poll(kept.cursors["kpszsu"])
    kept.commit(await web_source.poll(None))
    assert kept.newest_texts() == ["one", "two"]
    assert kept.reasons() == ["new", "new"]
