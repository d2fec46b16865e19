"""The demo's clock and sample pages."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from monitor.demo.clock import Pace, ReplayClock
from monitor.demo.server import build_app, load_pages

START = datetime(2024, 11, 9, 17, tzinfo=UTC)


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class Still:
    """A clock that stands."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def test_replay_clock_changes_pace_and_stops_at_its_end() -> None:
    seconds = Seconds()
    quiet = START + timedelta(hours=1)
    clock = ReplayClock([Pace(START, 60), Pace(quiet, 3600)], quiet + timedelta(hours=2), seconds)
    seconds.at = 5
    assert clock.now() == START, "it stands until it is started"
    clock.start()
    seconds.at = 5 + 30
    assert clock.now() == START + timedelta(minutes=30)
    seconds.at = 5 + 61
    assert clock.now() == quiet + timedelta(hours=1)
    seconds.at = 1000
    assert clock.now() == clock.end
    assert clock.has_ended
    assert clock.total_seconds() == 62


def test_a_held_replay_clock_waits_and_goes_on_from_there() -> None:
    seconds = Seconds()
    clock = ReplayClock([Pace(START, 60)], START + timedelta(hours=2), seconds)
    clock.start()
    clock.hold(START + timedelta(minutes=10))
    seconds.at = 30
    assert clock.now() == START + timedelta(minutes=10)
    clock.hold(START + timedelta(minutes=60))
    seconds.at = 31
    assert clock.now() == START + timedelta(minutes=11), "time spent waiting is not made up for"


def test_replay_clock_needs_time_to_tell() -> None:
    with pytest.raises(ValueError, match="before its end"):
        ReplayClock([Pace(START, 60)], START)


def test_sample_posts_rise_in_id_and_time_and_every_start_of_the_night_has_an_end() -> None:
    pages = load_pages()
    for posts in pages.posts.values():
        assert len({post.id for post in posts}) == len(posts)
    sirens = pages.posts["sample_sirens"]
    assert [post.at for post in sirens] == sorted(post.at for post in sirens)
    tags = {tag: [] for post in sirens for tag in re.findall(r"#\S+", post.text)}
    for post in sirens:
        for tag in re.findall(r"#\S+", post.text):
            tags[tag].append("Відбій" in post.text)
    assert all(ends[-1] for ends in tags.values()), "no sample alert is left open"


async def test_preview_page_shows_twenty_posts_and_pages_back() -> None:
    pages = load_pages()
    async with TestClient(TestServer(build_app(pages, Still(pages.last)))) as client:
        newest = await (await client.get("/s/sample_sirens")).text()
        ids = [int(found) for found in re.findall(r'data-post="sample_sirens/(\d+)"', newest)]
        assert ids == [post.id for post in pages.posts["sample_sirens"]][-20:]
        before = re.search(r'data-before="(\d+)"', newest)
        assert before is not None
        older = await (await client.get("/s/sample_sirens", params={"before": before[1]})).text()
        assert max(int(found) for found in re.findall(r'data-post="sample_sirens/(\d+)"', older)) < ids[0]
        view = re.search(r'data-view="([^"]+)"', newest)
        assert view is not None
        assert json.loads(base64.urlsafe_b64decode(view[1]))["c"] == -9000000001


async def test_nothing_is_served_before_it_was_published_and_an_edit_only_from_its_time_on() -> None:
    pages = load_pages()
    tally = next(post for post in pages.posts["sample_airforce"] if post.edits)
    clock = Still(tally.at - timedelta(seconds=1))
    async with TestClient(TestServer(build_app(pages, clock))) as client:

        async def page() -> str:
            return await (await client.get("/s/sample_airforce")).text()

        assert f"sample_airforce/{tally.id}" not in await page()
        clock.at = tally.at
        assert "edited" not in await page()
        clock.at = tally.edits[0][0]
        assert "edited" in await page()


async def test_unknown_channel_redirects_as_a_channel_without_preview_does() -> None:
    pages = load_pages()
    async with TestClient(TestServer(build_app(pages, Still(pages.last)))) as client:
        answer = await client.get("/s/nobody", allow_redirects=False)
        assert answer.status == 302
        assert answer.headers["Location"] == "/nobody"
        assert (await client.get("/feeds/none.xml")).status == 404


async def test_feed_links_lead_to_its_articles() -> None:
    pages = load_pages()
    async with TestClient(TestServer(build_app(pages, Still(pages.last)))) as client:
        rss = await (await client.get("/feeds/presse.xml")).text()
        link = re.search(r"<item>.*?<link>http://[^/]+(/articles/[^?<]+)", rss)
        assert link is not None
        article = await client.get(link[1])
        assert article.status == 200
        assert "10 000 soldats" in await article.text()
