"""One page of Telegram's web preview, ``t.me/s/<channel>`` → its posts.

Shape (read on real pages, 2026): ``section.tgme_channel_history`` holds ``div.tgme_widget_message`` blocks with
``data-post="channel/id"`` and ``data-view``, base64url JSON ``{"c": -channel id, "p": post id, ...}``. An album is
one block under its first id. A page without the section is no preview, which is not the same as no posts.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from monitor.sources.markup import parse_html, text_of_node

__all__ = ["Page", "Post", "post_address", "read_page"]

_MEDIA = {
    "photo": ".tgme_widget_message_photo_wrap, .tgme_widget_message_photo",
    "video": ".tgme_widget_message_video_player, .tgme_widget_message_video_wrap, .tgme_widget_message_video",
    "round_video": ".tgme_widget_message_roundvideo_player, .tgme_widget_message_roundvideo",
    "voice": ".tgme_widget_message_voice_player, .tgme_widget_message_voice",
    "document": ".tgme_widget_message_document_wrap, .tgme_widget_message_document",
    "poll": ".tgme_widget_message_poll",
    "sticker": ".tgme_widget_message_sticker_wrap, .tgme_widget_message_sticker",
    "location": ".tgme_widget_message_location_wrap, .tgme_widget_message_location",
    "invoice": ".tgme_widget_message_invoice_wrap",
}
_MAX_RAW = 64_000


@dataclass(frozen=True, slots=True)
class Post:
    """One block. ``forward`` and ``reply`` are (address or None, name or None) as the page gives them."""

    id: int
    channel_id: int | None
    published: datetime | None
    text: str
    url: str | None
    media: tuple[str, ...]
    forward: tuple[str | None, str | None] | None
    reply: tuple[str | None, str | None] | None
    is_edited: bool
    is_service: bool
    is_cut: bool
    raw: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """``posts`` by rising id; ``has_history`` False: this page is no preview of a channel."""

    posts: tuple[Post, ...]
    has_history: bool
    is_contact_page: bool = False

    @property
    def channel_ids(self) -> frozenset[int]:
        return frozenset(post.channel_id for post in self.posts if post.channel_id is not None)


def read_page(body: bytes) -> Page:
    """Every post of the page, service posts included. Raises ``SourceBroken`` on absurd nesting only."""
    tree = parse_html(body.decode("utf-8", "replace"))
    if tree.css_first("section.tgme_channel_history, .tgme_channel_history") is None:
        return Page((), False, tree.css_first(".tgme_page") is not None)
    found = {post.id: post for node in tree.css("div.tgme_widget_message[data-post]") if (post := _post(node))}
    return Page(tuple(found[nth] for nth in sorted(found)), True)


def _post(node: LexborNode) -> Post | None:
    post_id = (node.attributes.get("data-post") or "").rpartition("/")[2]
    if not (post_id.isascii() and post_id.isdigit() and len(post_id) < 19):
        return None
    classes = (node.attributes.get("class") or "").split()
    for tail in node.css(".tgme_widget_message_bubble_tail"):
        tail.decompose()
    bubble = node.css_first(".tgme_widget_message_bubble") or node
    raw = (bubble.html or "").encode("utf-8", "replace")[:_MAX_RAW]
    media = tuple(kind for kind, where in _MEDIA.items() if node.css_first(where) is not None)
    words = node.css_first(".tgme_widget_message_text.js-message_text")
    text = text_of_node(words) if words is not None else ""
    date = node.css_first("a.tgme_widget_message_date")
    meta = node.css_first(".tgme_widget_message_meta")
    has_more = "text_not_supported_wrap" in classes or node.css_first(".message_media_not_supported") is not None
    return Post(
        id=int(post_id),
        channel_id=_channel_id(node.attributes.get("data-view")),
        published=_time(node),
        text=text,
        url=date.attributes.get("href") if date is not None else None,
        media=media,
        forward=_named_link(node, ".tgme_widget_message_forwarded_from_name"),
        reply=_reply(node),
        is_edited=meta is not None and (meta.text() or "").strip().lower().startswith("edited"),
        is_service="service_message" in classes,
        is_cut=has_more and not text and not media,
        raw=raw,
    )


def _channel_id(view: str | None) -> int | None:
    """The channel's positive id out of ``data-view``; a leading -100 of bot notation is taken off."""
    if not view or len(view) > 2000:
        return None
    try:
        known = json.loads(base64.urlsafe_b64decode(view + "=" * (-len(view) % 4)))
        number = abs(int(known["c"]))
    except (binascii.Error, ValueError, KeyError, TypeError, RecursionError):
        return None
    return number - 10**12 if number > 10**12 else number or None


def _time(node: LexborNode) -> datetime | None:
    stamp = node.css_first(".tgme_widget_message_date time[datetime], time[datetime]")
    if stamp is None:
        return None
    try:
        at = datetime.fromisoformat(stamp.attributes.get("datetime") or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _named_link(node: LexborNode, where: str) -> tuple[str | None, str | None] | None:
    found = node.css_first(where)
    if found is None:
        return None
    return found.attributes.get("href"), (found.text() or "").strip() or None


def _reply(node: LexborNode) -> tuple[str | None, str | None] | None:
    found = node.css_first("a.tgme_widget_message_reply")
    if found is None:
        return None
    author = found.css_first(".tgme_widget_message_author_name, .tgme_widget_message_author")
    return found.attributes.get("href"), (author.text() or "").strip() or None if author is not None else None


def post_address(href: str | None) -> tuple[str, int] | None:
    """``https://t.me/channel/123`` → ("channel", 123); None for anything else."""
    if not href:
        return None
    try:
        parts = [part for part in urlsplit(href).path.split("/") if part and part != "s"]
    except ValueError:
        return None
    if len(parts) != 2 or not (parts[1].isascii() and parts[1].isdigit()) or len(parts[1]) > 18:
        return None
    return parts[0].lower(), int(parts[1])
