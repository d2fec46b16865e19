"""A post of Telegram, or an album of posts, as one ``Item``. Translates and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from telethon.tl import types

from monitor.identity import text_sha256
from monitor.model import Item, Origin

__all__ = ["is_post", "item_of", "key_of", "mark_of", "text_of"]

FIRST_POSTS = datetime(2013, 8, 14, tzinfo=UTC)
"""Telegram did not exist before; a post dated earlier has a wrong clock."""

CLOCK_SLACK = timedelta(minutes=5)


def key_of(channel: int, post: int) -> str:
    """The key of a post, the same as the web preview gives it."""
    return f"tg:{channel}/{post}"


def is_post(message: Any) -> bool:
    """A post, as opposed to a service message (photo changed, post pinned) or nothing."""
    return isinstance(message, types.Message)


def text_of(messages: Sequence[Any]) -> str:
    """The captions of an album, or the text of the one post. Never entities: their offsets cannot be trusted."""
    return "\n".join(text for message in messages if (text := message.message or ""))


def mark_of(message: Any) -> str:
    """The start of the text's hash: enough to notice an edit."""
    return text_sha256(None, clean(message.message or ""))[:10]


def clean(text: str) -> str:
    """Without lone surrogates, which no database takes."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def item_of(
    messages: Sequence[Any],
    *,
    source: str,
    channel: int,
    head: int,
    username: str | None,
    received: datetime,
    names: Mapping[int, str],
    is_late: bool = False,
) -> Item:
    """``messages`` are the parts of one album in order, or one post; ``names`` titles of other channels by id."""
    first = messages[0]
    raw = text_of(messages)
    text = clean(raw)
    published = first.date
    flags = []
    if text != raw:
        flags.append("replaced_surrogates")
    if published is None or published < FIRST_POSTS or published > received + CLOCK_SLACK:
        flags.append("time_suspect")
    edits = [m.edit_date for m in messages if m.edit_date and not m.edit_hide]
    return Item(
        key=key_of(channel, head),
        source=source,
        text=text,
        received=received,
        published=published,
        url=f"https://t.me/{username}/{head}" if username else f"https://t.me/c/{channel}/{head}",
        channel=username or str(channel),
        origin=_origin(messages, channel, names),
        media=tuple(kind for m in messages if (kind := _media(m.media))),
        edited=max(edits, default=None),
        is_late=is_late,
        flags=tuple(flags),
    )


def _origin(messages: Sequence[Any], channel: int, names: Mapping[int, str]) -> Origin | None:
    """A forward before a reply: it says that the words are somebody else's. A bump is a forward of an own post."""
    forward = next((m.fwd_from for m in messages if m.fwd_from), None)
    if forward is not None:
        return _forward(forward, names)
    header = next((m.reply_to for m in messages if isinstance(m.reply_to, types.MessageReplyHeader)), None)
    if header is None or not header.reply_to_msg_id:
        return None
    where = getattr(header.reply_to_peer_id, "channel_id", None) or channel
    return Origin("quote" if header.quote else "reply", key_of(where, header.reply_to_msg_id), names.get(where))


def _forward(forward: Any, names: Mapping[int, str]) -> Origin:
    source = forward.from_id
    if not isinstance(source, types.PeerChannel):  # a private person: counted as foreign, never named
        return Origin("forward")
    key = key_of(source.channel_id, forward.channel_post) if forward.channel_post else None
    return Origin("forward", key, names.get(source.channel_id))


_KINDS: dict[type, str] = {
    types.MessageMediaPhoto: "photo",
    types.MessageMediaPoll: "poll",
    types.MessageMediaGeo: "location",
    types.MessageMediaGeoLive: "location",
    types.MessageMediaVenue: "location",
    types.MessageMediaContact: "contact",
    types.MessageMediaWebPage: "link",
    types.MessageMediaDice: "dice",
    types.MessageMediaGame: "game",
    types.MessageMediaInvoice: "invoice",
    types.MessageMediaStory: "story",
    types.MessageMediaUnsupported: "unsupported",
}

_ATTRIBUTES: dict[type, str] = {
    types.DocumentAttributeSticker: "sticker",
    types.DocumentAttributeAnimated: "animation",
    types.DocumentAttributeVideo: "video",
    types.DocumentAttributeAudio: "audio",
}


def _media(media: Any) -> str | None:
    """One word for what is attached; nothing is ever downloaded."""
    if media is None or isinstance(media, types.MessageMediaEmpty):
        return None
    kind = _KINDS.get(type(media), "other")
    if isinstance(media, types.MessageMediaDocument):
        kind = _document(media)
    return f"{kind} (self-destructing)" if getattr(media, "ttl_seconds", None) else kind


def _document(media: Any) -> str:
    attributes: list[Any] = getattr(media.document, "attributes", None) or []
    words = [word for known, word in _ATTRIBUTES.items() for each in attributes if isinstance(each, known)]
    if words[:1] == ["audio"] and any(getattr(each, "voice", False) for each in attributes):
        return "voice"
    return words[0] if words else "document"
