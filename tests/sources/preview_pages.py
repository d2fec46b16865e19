"""Pages in the shape of Telegram's web preview, written for the tests."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

CHANNEL = 1900000001


def view(channel: int, post: int | str) -> str:
    known = {"c": -channel, "p": post, "t": 1791115582, "h": "0f" * 9}
    return base64.urlsafe_b64encode(json.dumps(known, separators=(",", ":")).encode()).decode().rstrip("=")


def block(
    post: int,
    text: str | None = "",
    *,
    at: datetime | str | None = None,
    handle: str = "siren_test",
    channel: int | None = CHANNEL,
    markup: str | None = None,
    reply: tuple[str, str] | None = None,
    forward: tuple[str, str] | None = None,
    media: str = "",
    edited: bool = False,
    service: bool = False,
    unsupported: bool = False,
) -> str:
    words = markup if markup is not None else html.escape(text or "").replace("\n", "<br/>")
    stamp = at.isoformat() if isinstance(at, datetime) else at
    parts = []
    if forward:
        parts.append(
            '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
            f'<a class="tgme_widget_message_forwarded_from_name" href="{forward[0]}">'
            f'<span dir="auto">{forward[1]}</span></a></div>'
        )
    if reply:
        parts.append(
            f'<a class="tgme_widget_message_reply user-color-default" href="{reply[0]}">'
            '<div class="tgme_widget_message_author accent_color">'
            '<span class="tgme_widget_message_author_name" dir="auto">Siren test</span></div>'
            f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{reply[1]}</div></a>'
        )
    if media:
        parts.append(f'<a class="{media}" href="https://t.me/{handle}/{post}"></a>')
    if words:
        inner = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>'
        parts.append(f'<div class="media_supported_cont">{inner}</div>' if unsupported else inner)
    if unsupported:
        parts.append(
            '<div class="media_not_supported_cont"><div class="message_media_not_supported">'
            '<div class="message_media_not_supported_label">Please open Telegram to view this post</div></div></div>'
        )
    mark = "edited &nbsp;" if edited else ""
    date = f'<time datetime="{stamp}" class="time">12:00</time>' if stamp else ""
    attr = f' data-view="{view(channel, post)}"' if channel else ""
    kind = ("text_not_supported_wrap " if unsupported else "") + ("service_message " if service else "")
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message {kind}js-widget_message" data-post="{handle}/{post}"{attr}>'
        '<div class="tgme_widget_message_bubble"><i class="tgme_widget_message_bubble_tail"><svg></svg></i>'
        f'<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" '
        f'href="https://t.me/{handle}"><span dir="auto">Siren test</span></a></div>'
        + "".join(parts)
        + '<div class="tgme_widget_message_footer compact js-message_footer">'
        '<div class="tgme_widget_message_info short js-message_info"><span class="tgme_widget_message_views">1K</span>'
        f'<span class="tgme_widget_message_meta">{mark}<a class="tgme_widget_message_date" '
        f'href="https://t.me/{handle}/{post}">{date}</a></span></div></div></div></div></div>'
    )


def page(*blocks: str, before: int | None = None) -> str:
    more = f'<a href="?before={before}" class="tme_messages_more" data-before="{before}"></a>' if before else ""
    return (
        '<!DOCTYPE html><html><head><title>Siren test - Telegram</title></head><body class="widget_frame_base">'
        '<main class="tgme_main"><section class="tgme_channel_history js-message_history">'
        f'<div class="tgme_widget_message_centered">{more}</div>' + "".join(blocks) + "</section></main></body></html>"
    )


CONTACT_PAGE = (
    '<!DOCTYPE html><html><body><div class="tgme_page"><div class="tgme_page_title">Siren test</div>'
    '<a class="tgme_action_button_new" href="tg://resolve?domain=siren_test">View in Telegram</a></div></body></html>'
)


@dataclass
class Channel:
    """A channel on loopback: posts by id, 20 a page, ``?before=``."""

    now: datetime
    posts: dict[int, dict] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    size: int = 20
    fail_before: int = 0

    def say(self, text: str, post: int | None = None, ago: float = 0, **more) -> int:
        post = post or max(self.posts, default=0) + 1
        self.posts[post] = {"text": text, "at": self.now - timedelta(seconds=ago), **more}
        return post

    def fill(self, first: int, last: int, every: float = 60) -> None:
        for post in range(first, last + 1):
            self.say(f"post {post}", post, ago=(last - post) * every)

    async def __call__(self, request: web.Request) -> web.Response:
        before = request.query.get("before")
        self.requests.append(before or "")
        if before and self.fail_before:
            return web.Response(status=self.fail_before, headers={"Retry-After": "9"})
        ids = sorted(post for post in self.posts if before is None or post < int(before))[-self.size :]
        blocks = [block(post, **self.posts[post]) for post in ids]
        return web.Response(text=page(*blocks, before=ids[0] if ids else None), content_type="text/html")
