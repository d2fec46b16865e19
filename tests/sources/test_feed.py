"""Feeds → items: dated exactly, each story once, and nothing taken for a feed that is none."""

from __future__ import annotations

import gzip
import html
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from monitor.errors import SourceBroken, SourceRefused
from monitor.model import SourceProfile
from monitor.sources import build
from monitor.sources.addresses import date_in_address, normal_address
from monitor.sources.feed_xml import decode, read_feed

LONG = "Уночі над областю збили чотири дрони, уламки впали на поле. " * 10


def rss(*items: str, language: str = "uk", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return (
        f'{head}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Test news</title><link>https://news.test/</link><language>{language}</language>"
        + "".join(items)
        + "</channel></rss>"
    )


def story(n: int | str, title: str = "Дрони над містом", text: str = LONG, at: str | None = None, **more: str) -> str:
    link = more.get("link", f"https://news.test/story/{n}")
    guid = f"<guid>{more.get('guid', n)}</guid>"
    date = f"<pubDate>{at}</pubDate>" if at else ""
    return (
        f"<item><title>{html.escape(title)} {n}</title><link>{html.escape(link)}</link>"
        f"<description><![CDATA[<p>{text}</p>]]></description>{guid}{date}</item>"
    )


def stamp(when: datetime) -> str:
    return when.strftime("%a, %d %b %Y %H:%M:%S +0000")


class Site:
    """A feed on loopback that can lie, move, break; ``/story/…`` are its article pages."""

    def __init__(self) -> None:
        self.body: str | bytes = rss()
        self.headers = {"Content-Type": "application/rss+xml"}
        self.status = 200
        self.articles: dict[str, str] = {}
        self.asked: list[str] = []
        self.conditions: list[str | None] = []
        self.always_304 = False

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path != "/feed":
            page = self.articles.get(request.path)
            return web.Response(text=page, content_type="text/html") if page else web.Response(status=404)
        etag = request.headers.get("If-None-Match")
        self.conditions.append(etag)
        if etag and (self.always_304 or etag == self.headers.get("ETag")):
            return web.Response(status=304)
        body = self.body.encode() if isinstance(self.body, str) else self.body
        return web.Response(status=self.status, body=body, headers=self.headers)


@pytest.fixture
async def site(serve):
    found = Site()
    found.base = await serve(found)
    return found


@pytest.fixture
def source(site, deps):
    return build(profile(site), deps)


def profile(site, **options) -> SourceProfile:
    return SourceProfile("news", "feed", f"{site.base}/feed", options=options)


async def after_first(source, site, *items):
    site.body = rss(*items)
    return (await source.poll(None)).cursor


# ── stories ───────────────────────────────────────────────────────────────────────────────────────


async def test_a_story_becomes_an_item(source, site, clock):
    site.body = rss(story(1, at=stamp(clock.now() - timedelta(minutes=3))))
    (item,) = (batch := await source.poll(None)).items
    assert item.key == "url:news.test/story/1"
    assert (item.title, item.text, item.lang) == ("Дрони над містом 1", LONG.strip(), "uk")
    assert item.published == clock.now() - timedelta(minutes=3)
    assert (item.url, item.is_late, item.flags) == ("https://news.test/story/1", True, ())
    assert batch.look.newest == item.published
    assert json.loads(item.raw)["guid"] == "1"


async def test_new_stories_come_oldest_first_and_are_not_late(source, site, clock):
    cursor = await after_first(source, site, story(1, at=stamp(clock.now())))
    clock.move(300)
    now = clock.now()
    site.body = rss(
        story(3, at=stamp(now - timedelta(seconds=10))),
        story(2, at=stamp(now - timedelta(seconds=90))),
        story(1, at=stamp(now - timedelta(seconds=300))),
    )
    items = (await source.poll(cursor)).items
    assert [(item.key[-1], item.is_late) for item in items] == [("2", False), ("3", False)]


async def test_atom_is_read_too(source, site, clock):
    site.body = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>t</title>'
        '<entry><title type="html">&lt;b&gt;Siren&lt;/b&gt; &amp;amp; shelter</title><id>urn:1</id>'
        '<link rel="alternate" href="/story/9"/><published>2026-11-10T11:50:00Z</published>'
        f'<updated>2026-11-10T11:55:00Z</updated><content type="html">&lt;p&gt;{LONG}&lt;/p&gt;</content></entry>'
        "</feed>"
    )
    (item,) = (await source.poll(None)).items
    assert item.title == "Siren & shelter"
    assert item.url == f"{site.base}/story/9"
    assert item.published == datetime(2026, 11, 10, 11, 50, tzinfo=UTC)
    assert item.edited is None


@pytest.mark.parametrize(
    ("date", "flag"),
    [
        (None, "no_date"),
        ("10 листопада 2026 13:50", "naive_time"),
        ("щойно", "unread_date"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "time_suspect"),
        ("Sat, 10 Nov 2046 00:00:00 GMT", "time_suspect"),
    ],
)
async def test_T24_an_undated_story_has_its_receipt_and_a_flag(source, site, clock, date, flag):
    cursor = await after_first(source, site, story(1))
    site.body = rss(story(2, at=date), story(1))
    (item,) = (await source.poll(cursor)).items
    assert flag in item.flags
    assert item.received == clock.now()
    assert item.published is None or flag == "time_suspect"


async def test_T24_EET_and_month_names_are_two_hours_ahead(source, site):
    site.body = rss(story(1, at="Вт, 10 листопада 2026 13:50:00 EET"))
    (item,) = (await source.poll(None)).items
    assert item.published == datetime(2026, 11, 10, 11, 50, tzinfo=UTC)


async def test_T25_ids_and_tracking_marks_make_no_second_story(source, site, clock):
    at = stamp(clock.now())
    cursor = await after_first(source, site, story(1, at=at))
    site.body = rss(story(1, at=at, guid="changed", link="http://www.news.test/story/1/?utm_source=rss&fbclid=x#top"))
    batch = await source.poll(cursor)
    assert batch.items == ()
    site.body = rss(story(2, at=at, guid="changed", text=LONG + "нове"), story(1, at=at))
    assert [item.key for item in (await source.poll(batch.cursor)).items] == ["url:news.test/story/2"]


async def test_T25_the_same_words_and_date_under_another_address_are_a_copy(source, site, clock):
    at = stamp(clock.now())
    cursor = await after_first(source, site, story(1, at=at))
    copy = story(1, at=at, link="https://news.test/amp/other-name")
    site.body = rss(copy, story(1, at=at))
    batch = await source.poll(cursor)
    assert batch.items == ()
    assert "1 copies" in batch.look.detail
    site.body = rss(copy)
    assert (await source.poll(batch.cursor)).items == ()


async def test_T25_short_undated_alerts_that_repeat_are_never_called_copies(source, site):
    alert = "<item><title>Повітряна тривога</title><link>https://news.test/{}</link></item>"
    cursor = await after_first(source, site, alert.format("a"))
    site.body = rss(alert.format("b"), alert.format("a"))
    assert [item.key for item in (await source.poll(cursor)).items] == ["url:news.test/b"]


async def test_T07_a_changed_story_is_the_same_item_edited(source, site, clock):
    at = stamp(clock.now() - timedelta(minutes=1))
    cursor = await after_first(source, site, story(1, at=at))
    site.body = rss(story(1, at=at, text=LONG + " Оновлено: 34"))
    (item,) = (await source.poll(cursor)).items
    assert (item.key, item.flags) == ("url:news.test/story/1", ("edited",))


async def test_T28_a_year_old_story_on_top_is_recycled_and_late(source, site, clock):
    cursor = await after_first(source, site, story(1, at=stamp(clock.now())))
    old = story(2, at=stamp(clock.now() - timedelta(days=365)))
    dated = story(3, at=stamp(clock.now()), link="https://news.test/2024/11/10/kyiv")
    site.body = rss(old, dated, story(1, at=stamp(clock.now())))
    items = {item.key[-4:]: item for item in (await source.poll(cursor)).items}
    assert "recycled" in items["ry/2"].flags
    assert "recycled" in items["kyiv"].flags
    assert all(item.is_late for item in items.values())


async def test_H18_a_flood_of_stories_is_taken_in_portions(site, deps, clock):
    source = build(profile(site, items=30), deps)
    cursor = await after_first(source, site, story(0, at=stamp(clock.now())))
    site.body = rss(*[story(n, at=stamp(clock.now() - timedelta(seconds=n))) for n in range(1, 101)])
    seen, details = [], []
    while True:
        batch = await source.poll(cursor)
        seen += [item.key for item in batch.items]
        details.append(batch.look.detail)
        cursor = batch.cursor
        if not batch.more:
            break
    assert len(seen) == len(set(seen)) == 100
    assert details[0] == "70 more stories are left for the next poll"
    assert [len(seen[:30]), seen[29]] == [30, "url:news.test/story/1"]


# ── articles ──────────────────────────────────────────────────────────────────────────────────────


def article(body: str) -> str:
    return (
        "<!DOCTYPE html><html lang='uk'><head><title>Дрони</title></head><body><nav>Меню Про нас</nav><article>"
        f"<h1>Дрони над містом 1</h1><p>{body}</p><p>{body}</p></article><footer>Контакти</footer></body></html>"
    )


async def test_the_page_is_fetched_where_the_feed_tells_too_little(source, site, clock):
    site.articles["/story/1"] = article("Уночі над містом збили чотирнадцять дронів, двоє поранених. " * 3)
    link = f"{site.base}/story/1"
    site.body = rss(story(1, text="Коротко.", at=stamp(clock.now()), link=link))
    (item,) = (batch := await source.poll(None)).items
    assert "чотирнадцять дронів" in item.text
    assert "Меню" not in item.text
    assert item.title == "Дрони над містом 1"
    assert (await source.poll(batch.cursor)).items == ()
    assert site.asked.count("/story/1") == 1


async def test_a_page_that_cannot_be_had_leaves_the_words_of_the_feed(source, site, clock):
    site.body = rss(story(7, text="Коротко.", at=stamp(clock.now()), link=f"{site.base}/story/7"))
    (item,) = (await source.poll(None)).items
    assert (item.text, item.flags) == ("Коротко.", ("article_unavailable",))


async def test_pages_are_not_fetched_against_the_profile_or_when_the_feed_says_enough(site, deps, clock):
    site.articles["/story/1"] = article("x " * 200)
    link = f"{site.base}/story/1"
    site.body = rss(story(1, text="Коротко.", link=link))
    await build(profile(site, article=False), deps).poll(None)
    site.body = rss(story(1, text=LONG, link=link))
    await build(profile(site), deps).poll(None)
    assert site.asked == ["/feed", "/feed"]


async def test_H10_an_absurd_article_costs_that_article_only(source, site, clock):
    site.articles["/story/1"] = "<html><body>" + "<div>" * 100_000
    site.body = rss(story(1, text="Коротко.", link=f"{site.base}/story/1", at=stamp(clock.now())))
    (item,) = (await source.poll(None)).items
    assert item.flags == ("article_unavailable",)


# ── conditional requests and lies ─────────────────────────────────────────────────────────────────


async def test_an_unchanged_feed_is_asked_conditionally(source, site, clock):
    site.headers["ETag"] = '"v1"'
    site.body = rss(story(1, at=stamp(clock.now())))
    first = await source.poll(None)
    clock.move(60)
    again = await source.poll(first.cursor)
    assert site.conditions == [None, '"v1"']
    assert (again.items, again.look.outcome, again.look.newest) == ((), "unchanged", first.look.newest)


async def test_T26_a_304_that_lies_is_found_out_by_a_full_fetch(source, site, clock):
    site.headers["ETag"] = '"v1"'
    cursor = await after_first(source, site, story(1, at=stamp(clock.now())))
    site.always_304 = True
    clock.move(1800)
    site.body = rss(story(2, at=stamp(clock.now())), story(1))
    assert (await source.poll(cursor)).items == ()
    clock.move(1801)
    assert [item.key for item in (await source.poll(cursor)).items] == [
        "url:news.test/story/2",
        "url:news.test/story/1",
    ]


async def test_T26_a_200_with_the_same_body_is_unchanged_and_as_old_as_its_items(source, site, clock):
    site.body = rss(story(1, at=stamp(clock.now() - timedelta(hours=5))))
    first = await source.poll(None)
    site.headers["ETag"] = '"new each time"'
    clock.move(3600)
    again = await source.poll(first.cursor)
    assert again.look.outcome == "unchanged"
    assert again.look.newest == first.items[0].published


async def test_T26_a_304_nobody_asked_for_is_broken(source, site):
    site.status, site.body = 304, b""
    with pytest.raises(SourceBroken, match="304"):
        await source.poll(None)


async def test_T26_a_304_with_a_body_is_followed_by_a_full_fetch(raw_serve, deps):
    body = rss(story(1)).encode()
    ok = b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    url = await raw_serve([ok])
    source = build(SourceProfile("news", "feed", url), deps)
    cursor = (await source.poll(None)).cursor
    lying = await raw_serve([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello"])
    with pytest.raises(SourceBroken):
        await build(SourceProfile("news", "feed", lying), deps).poll(cursor)


# ── what is no feed ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"status": 301, "headers": {"Location": "https://news.test/new-feed"}},
            "moved to 'https://news.test/new-feed'",
        ),
        ({"body": "<!DOCTYPE html><html><body>Sign in</body></html>"}, "web page"),
        ({"body": "<html><head><title>Just a moment...</title></head></html>"}, "web page"),
        ({"body": '{"message": "ok"}'}, "neither RSS nor Atom"),
        ({"body": ""}, "neither RSS nor Atom"),
        ({"body": "<?xml version='1.0'?><opml><body/></opml>"}, "neither RSS nor Atom"),
        ({"body": rss(story(1))[:-60]}, "cut off"),
        ({"body": rss(story(1))[:250]}, "cut off"),
        ({"body": rss(head='<?xml version="1.0" encoding="utf-7"?>')}, "encoding"),
        ({"body": rss(head='<?xml version="1.0" encoding="rot13"?>')}, "encoding"),
    ],
    ids=["301", "login", "bot check", "json", "empty", "other xml", "cut", "cut in CDATA", "utf-7", "rot13"],
)
async def test_T27_what_is_no_feed_any_more_is_broken_with_a_sample(source, site, change, message):
    for name, value in change.items():
        setattr(site, name, value)
    with pytest.raises(SourceBroken, match=message):
        await source.poll(None)


async def test_T27_the_message_shows_how_the_page_begins(source, site):
    site.body = "<html><head><title>Just a moment...</title>"
    with pytest.raises(SourceBroken, match=r"it begins: <html><head><title>Just a moment\.\.\."):
        await source.poll(None)


async def test_T27_a_refusal_is_a_refusal(source, site):
    site.status = 403
    with pytest.raises(SourceRefused):
        await source.poll(None)


async def test_an_empty_feed_is_said_to_be_empty(source):
    batch = await source.poll(None)
    assert (batch.items, batch.look.detail) == ((), "the feed is empty")


BOMB = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "body",
    [
        BOMB + rss("<item><title>&c;</title></item>", head=""),
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss("<item><title>&x;</title></item>", head=""),
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">' + rss(story(1), head=""),
        (BOMB + rss(story(1), head="")).encode("utf-16"),
        rss("<a>" * 200_000),
        rss("<![CDATA[" * 200_000),
        "<rss>" + "<!--" * 400_000,
        "<" * 1_000_000,
    ],
    ids=["laughs", "xxe file", "xxe http", "utf-16", "nesting", "cdata", "comments", "brackets"],
)
async def test_H11_hostile_xml_is_refused_at_once(source, site, body):
    site.body = body
    started = time.monotonic()
    with pytest.raises(SourceBroken):
        await source.poll(None)
    assert time.monotonic() - started < 1


async def test_H11_a_feed_of_5_MB_is_too_long(source, site):
    site.body = rss(story(1, text="x" * 5_000_000))
    with pytest.raises(SourceBroken, match="longer than 2000000"):
        await source.poll(None)


async def test_H12_a_feed_may_come_packed(source, site):
    site.body = gzip.compress(rss(story(1)).encode())
    site.headers["Content-Encoding"] = "gzip"
    assert len((await source.poll(None)).items) == 1


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-16", "koi8-u"])
def test_other_encodings_are_read(encoding):
    text = rss(story(1), head=f'<?xml version="1.0" encoding="{encoding}"?>')
    (entry,) = read_feed(text.encode(encoding)).entries
    assert entry.title == "Дрони над містом 1"


def test_bytes_that_break_their_encoding_and_control_characters_do_not_break_the_feed():
    body = rss(story(1, title="a\x00\x1bb")).encode().replace("містом".encode(), b"\xff\xfe") + b"\n"
    assert decode(body).count("\x00") == 0
    assert len(read_feed(body).entries) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.test/x", "http://www.a.test/x/"),
        ("https://a.test/x?b=2&a=1", "https://a.test/x?a=1&b=2&utm_medium=y#z"),
        ("https://A.test:443/x", "https://a.test/x?fbclid=1"),
    ],
)
def test_equal_pages_have_equal_addresses(one, other):
    assert normal_address(one) == normal_address(other)


def test_different_pages_have_different_addresses():
    pages = [
        "https://a.test/x",
        "https://a.test/X",
        "https://a.test/x?id=1",
        "https://b.test/x",
        "https://a.test:8080/x",
    ]
    assert len({normal_address(page) for page in pages}) == 5


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.test/2024/11/10/x", "2024-11-10"),
        ("https://a.test/20241110-x", "2024-11-10"),
        ("https://a.test/2024/99/10", None),
    ],
)
def test_the_day_in_an_address_is_seen(url, day):
    assert str(date_in_address(url) or None) == str(day)
