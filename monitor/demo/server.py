"""Loopback servers of the demo: Telegram preview pages, RSS feeds and articles in the shapes of the real ones.

What is served is what had been published at the replayed moment: later posts are not there yet, edits show from
their time on. Pages come from ``pages/*.toml``.
"""

from __future__ import annotations

import base64
import json
import tomllib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

from aiohttp import web

from monitor.ports import Clock

__all__ = ["Pages", "build_app", "load_pages"]

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Post:
    """One sample post; ``edits`` are (time, text), the earliest first. ``forward`` is (title, handle, post id)."""

    channel: str
    id: int
    at: datetime
    text: str
    edits: tuple[tuple[datetime, str], ...] = ()
    forward: tuple[str, str, int] | None = None

    def text_at(self, now: datetime) -> tuple[str, bool]:
        """The text as it stood at ``now``, and whether it had been edited by then."""
        text, is_edited = self.text, False
        for at, later in self.edits:
            if at <= now:
                text, is_edited = later, True
        return text, is_edited


@dataclass(frozen=True, slots=True)
class Article:
    feed: str
    slug: str
    at: datetime
    title: str
    summary: str
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """Everything there is to serve. ``channels`` maps a handle to (numeric id, title), ``feeds`` a name to
    (title, language)."""

    channels: dict[str, tuple[int, str]]
    feeds: dict[str, tuple[str, str]]
    posts: dict[str, tuple[Post, ...]]
    articles: tuple[Article, ...]

    @property
    def first(self) -> datetime:
        return min(post.at for posts in self.posts.values() for post in posts)

    @property
    def last(self) -> datetime:
        return max(post.at for posts in self.posts.values() for post in posts)


def load_pages() -> Pages:
    """Read ``pages/*.toml`` from the package."""
    folder = files("monitor.demo") / "pages"

    def rows(name: str, table: str) -> list[dict[str, Any]]:
        return list(tomllib.loads((folder / name).read_text("utf-8")).get(table, []))

    channels = {row["handle"]: (row["id"], row["title"]) for row in rows("channels.toml", "channel")}
    feeds = {row["name"]: (row["title"], row["lang"]) for row in rows("channels.toml", "feed")}
    posts = [_post(row, channels) for name in ("sirens.toml", "posts.toml") for row in rows(name, "post")]
    posts.sort(key=lambda post: (post.channel, post.id))
    return Pages(
        channels,
        feeds,
        {handle: tuple(group) for handle, group in groupby(posts, key=lambda post: post.channel)},
        tuple(
            Article(row["feed"], row["slug"], row["at"], row["title"], row["summary"], tuple(row["body"]))
            for row in rows("press.toml", "article")
        ),
    )


def _post(row: dict[str, Any], channels: dict[str, tuple[int, str]]) -> Post:
    origin = row.get("forward")
    return Post(
        row["channel"],
        row["id"],
        row["at"],
        row["text"],
        tuple((edit["at"], edit["text"]) for edit in row.get("edit", ())),
        (channels[origin["channel"]][1], origin["channel"], origin["id"]) if origin else None,
    )


def build_app(pages: Pages, clock: Clock) -> web.Application:
    """``/s/<handle>``, ``/feeds/<name>.xml`` and ``/articles/<slug>``; anything else is a 404."""

    async def preview(request: web.Request) -> web.Response:
        handle = request.match_info["handle"]
        if handle not in pages.channels:
            raise web.HTTPFound(f"/{handle}")
        now = clock.now()
        posts = [post for post in pages.posts.get(handle, ()) if post.at <= now]
        before, after = request.query.get("before", ""), request.query.get("after", "")
        if before.isdigit():
            posts = [post for post in posts if post.id < int(before)]
        behind = [post for post in posts if post.id > int(after)] if after.isdigit() else None
        shown = posts[-PAGE_SIZE:] if behind is None else behind[:PAGE_SIZE]
        older = shown[0].id if shown and posts and shown[0].id > posts[0].id else None
        return _html(channel_page(handle, pages.channels[handle], shown, older, now))

    async def feed(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in pages.feeds:
            raise web.HTTPNotFound
        base = str(request.url.origin())
        now = clock.now()
        shown = [article for article in pages.articles if article.feed == name and article.at <= now]
        body = rss_page(pages.feeds[name], shown, base)
        return web.Response(body=body.encode(), content_type="application/rss+xml", charset="utf-8")

    async def article(request: web.Request) -> web.Response:
        found = [a for a in pages.articles if a.slug == request.match_info["slug"] and a.at <= clock.now()]
        if not found:
            raise web.HTTPNotFound
        return _html(article_page(found[0], *pages.feeds[found[0].feed]))

    app = web.Application()
    app.router.add_get("/s/{handle}", preview)
    app.router.add_get("/feeds/{name}.xml", feed)
    app.router.add_get("/articles/{slug}", article)
    return app


def _html(body: str) -> web.Response:
    return web.Response(body=body.encode(), content_type="text/html", charset="utf-8")


def channel_page(handle: str, channel: tuple[int, str], posts: list[Post], older: int | None, now: datetime) -> str:
    """A preview page as ``t.me/s`` gives it: the history section with one block a post."""
    number, title = channel
    more = (
        f'<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{handle}?before={older}" '
        f'class="tme_messages_more js-messages_more" data-before="{older}"></a></div>'
        if older
        else ""
    )
    blocks = "".join(_block(handle, number, title, post, now) for post in posts)
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{escape(title)} – Telegram</title></head>"
        f'<body class="widget_frame_base tgme_page_wrap"><header class="tgme_header"><div class="tgme_channel_info">'
        f'<div class="tgme_channel_info_header_title"><span dir="auto">{escape(title)}</span></div></div></header>'
        f'<main class="tgme_main"><div class="tgme_container"><section class="tgme_channel_history '
        f'js-message_history">{more}{blocks}</section></div></main></body></html>'
    )


def _block(handle: str, number: int, title: str, post: Post, now: datetime) -> str:
    text, is_edited = post.text_at(now)
    view = base64.urlsafe_b64encode(
        json.dumps({"c": -number, "p": post.id, "t": int(post.at.timestamp()), "h": "0"}).encode()
    ).decode()
    forward = ""
    if post.forward:
        name, origin, origin_id = post.forward
        forward = (
            '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from <a class="tgme_widget_'
            f'message_forwarded_from_name" href="https://t.me/{origin}/{origin_id}">{escape(name)}</a></div>'
        )
    edited = "edited &nbsp;" if is_edited else ""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message '
        f'text_not_supported_wrap js-widget_message" data-post="{handle}/{post.id}" data-view="{view}">'
        '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.me/{handle}"><span dir="auto">{escape(title)}'
        f"</span></a></div>{forward}"
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{_rich(text)}</div>'
        '<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info '
        f'short js-message_info"><span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" '
        f'href="https://t.me/{handle}/{post.id}"><time datetime="{post.at:%Y-%m-%dT%H:%M:%S}+00:00" class="time">'
        f"{post.at:%H:%M}</time></a></span></div></div></div></div></div>"
    )


def _rich(text: str) -> str:
    """Line breaks as ``<br/>``, ``**bold**`` as ``<b>``, as the preview renders them."""
    parts = escape(text, quote=False).split("**")
    bold = "".join(f"<b>{part}</b>" if number % 2 else part for number, part in enumerate(parts))
    return bold.replace("\n", "<br/>")


def rss_page(feed: tuple[str, str], articles: list[Article], base: str) -> str:
    """RSS 2.0 with RFC 822 dates, the newest first."""
    title, lang = feed
    items = "".join(
        f"<item><title>{escape(article.title)}</title><link>{base}/articles/{article.slug}?utm_source=rss</link>"
        f'<guid isPermaLink="false">{article.slug}</guid><description>{escape(article.summary)}</description>'
        f"<pubDate>{format_datetime(article.at, usegmt=True)}</pubDate></item>"
        for article in sorted(articles, key=lambda article: article.at, reverse=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{base}/</link><language>{lang}</language>{items}</channel></rss>"
    )


def article_page(article: Article, site: str, lang: str) -> str:
    """An article as a news site serves it: navigation, the story, a footer."""
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in article.body)
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(article.title)}</title>'
        f'<meta property="article:published_time" content="{article.at:%Y-%m-%dT%H:%M:%SZ}"></head><body>'
        f'<nav><ul><li><a href="/">{escape(site)}</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
        f"<main><article><h1>{escape(article.title)}</h1>{paragraphs}</article></main>"
        f"<footer><p>{escape(site)}</p></footer></body></html>"
    )
