"""Telegram Desktop's ``result.json`` → items, the same as if the channel had been read live: key, text, media, origin.

One chat (``name``, ``type``, ``id``, ``messages``) or a whole account (``chats.list`` and ``left_chats.list`` of such).
``text`` is a string or a list of strings and entities; ``date_unixtime`` is exact, ``date`` alone is in the zone of
whoever exported. The file is read as a stream: a history of years takes no more memory than a page. Telegram Desktop
writes control characters as ``\\x0B``, which is no JSON; that is mended while reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, Any

from monitor.errors import InputError
from monitor.model import Item, Origin
from monitor.sources.feed_dates import read_stamp
from monitor.sources.records import Find, InputProblem, item_of_record

__all__ = ["Chat", "items_of_chat", "read_export", "with_albums"]

_CHUNK = 1 << 16
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|[^x])", re.DOTALL)
_HEADS = ("name", "type", "id")
_ALBUM = 10
_IN_ALBUMS = frozenset({"photo", "video", "document", "audio"})

_MEDIA_TYPES = {
    "sticker": "sticker",
    "animation": "animation",
    "video_file": "video",
    "video_message": "video",
    "voice_message": "voice",
    "audio_file": "audio",
}
"""``media_type`` → the word that a live post has for it."""

_KEYS = {
    "photo": "photo",
    "poll": "poll",
    "location_information": "location",
    "contact_information": "contact",
    "game_title": "game",
    "invoice_information": "invoice",
    "file": "document",
}
"""The key whose presence says what is attached, where no ``media_type`` does."""


@dataclass(frozen=True, slots=True)
class Chat:
    """The head of one exported chat. ``id`` is the bare positive number of a channel."""

    name: str | None
    type: str | None
    id: int | None

    @classmethod
    def of(cls, head: Mapping[str, Any]) -> Chat:
        name, kind, number = (head.get(key) for key in _HEADS)
        return cls(
            name if isinstance(name, str) else None,
            kind if isinstance(kind, str) else None,
            number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None,
        )


def read_export(stream: IO[bytes], name: str = "result.json") -> Iterator[tuple[Chat, Any]]:
    """Every message of every chat with the head of its chat, in the file's order. Raises ``InputError``."""
    import ijson
    from ijson.common import JSONError, ObjectBuilder

    head: dict[str, Any] = {}
    builder: Any = None
    place, count, has_chats = "", 0, False
    try:
        for prefix, event, value in ijson.parse(_Mended(stream), use_float=True):
            if builder is not None:
                builder.event(event, value)
                if prefix == place and event in ("end_map", "end_array"):
                    count += 1
                    yield Chat.of(head), builder.value
                    builder = None
            elif prefix.endswith("messages.item") and (prefix == "messages.item" or ".list.item." in prefix):
                if event in ("start_map", "start_array"):
                    builder, place = ObjectBuilder(), prefix  # type: ignore[no-untyped-call]
                    builder.event(event, value)
                else:
                    yield Chat.of(head), value
            elif event == "start_map" and (prefix == "" or prefix.endswith("chats.list.item")):
                head = {}
            elif event == "start_array" and prefix.rpartition(".")[2] == "messages":
                has_chats = True
            elif (found := prefix.rpartition(".")) and found[2] in _HEADS and _is_head(found[0]):
                head[found[2]] = value
    except JSONError as error:
        raise InputError(f"{name}: no whole JSON; {count} messages came before the fault ({error})") from error
    except (OSError, EOFError) as error:
        raise InputError(f"{name}: cannot be read ({error})") from error
    if not has_chats:
        raise InputError(f"{name}: no export of Telegram Desktop: it has no list of messages")


def _is_head(prefix: str) -> bool:
    return prefix == "" or prefix.endswith("chats.list.item")


class _Mended:
    """The stream with ``\\x0B`` in strings written as JSON has it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""

    def read(self, size: int = _CHUNK) -> bytes:
        if size == 0:
            return b""
        while chunk := self._stream.read(max(size, 16)):
            data = self._kept + chunk
            # An escape may be cut in two: what follows the last backslash that starts one is kept for the next turn.
            end = _safe_end(data)
            data, self._kept = data[:end], data[end:]
            if data:
                return _mend(data)
        rest, self._kept = self._kept, b""
        return _mend(rest)


def _safe_end(data: bytes) -> int:
    at = data.rfind(b"\\", max(0, len(data) - 4))
    if at < 0:
        return len(data)
    while at > 0 and data[at - 1] == 0x5C:
        at -= 1
    return at


def _mend(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda at: b"\\u00" + at[1] if at[1] else at[0], data) if b"\\" in data else data


def items_of_chat(
    chat: Chat, messages: Iterable[Any], *, source: str, received: datetime | None, find: Find | None
) -> Iterator[Item | InputProblem]:
    """The posts of one chat; service messages (a pinned post, a new photo of the channel) are passed over."""
    for number, message in enumerate(messages, 1):
        raw = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if not isinstance(message, Mapping):
            yield InputProblem(number, f"message {number} is not an object", raw=raw)
        elif message.get("type") != "service":
            try:
                yield _item(chat, message, raw, source, received, find)
            except ValueError as error:
                yield InputProblem(number, f"message {number}: {error}", raw=raw)


def _item(
    chat: Chat, message: Mapping[str, Any], raw: bytes, source: str, received: datetime | None, find: Find | None
) -> Item:
    record = {
        "id": message.get("id"),
        "text": message.get("text", ""),
        "timestamp": message.get("date_unixtime"),
        "channel_title": chat.name,
        "channel_id": chat.id,
    }
    item = item_of_record(record, raw, source=source, received=received, find=find)
    flags = item.flags
    if message.get("date") and not message.get("date_unixtime"):
        flags = tuple("naive_time" if flag == "no_date" else flag for flag in flags)
    return replace(
        item,
        edited=read_stamp(message.get("edited_unixtime")),
        media=_media(message),
        origin=_origin(message, chat.id),
        flags=flags,
    )


def _media(message: Mapping[str, Any]) -> tuple[str, ...]:
    if message.get("type") == "unsupported":
        return ("unsupported",)
    kind = _MEDIA_TYPES.get(str(message.get("media_type")))
    kind = kind or next((word for key, word in _KEYS.items() if message.get(key)), None)
    if kind is None:
        return ()
    return (f"{kind} (self-destructing)" if message.get("self_destruct_period_seconds") else kind,)


def _origin(message: Mapping[str, Any], own: int | None) -> Origin | None:
    """A forward before a reply. The export names whose the words are, never which post they were."""
    if "forwarded_from" in message or "forwarded_from_id" in message:
        name = message.get("forwarded_from")
        is_person = str(message.get("forwarded_from_id") or "").startswith("user")
        return Origin("forward", name=name[:500] if isinstance(name, str) and not is_person else None)
    reply = message.get("reply_to_message_id")
    if not isinstance(reply, int) or isinstance(reply, bool):
        return None
    where = own
    peer = message.get("reply_to_peer_id")
    if isinstance(peer, str):
        number = peer.removeprefix("channel")
        where = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    return Origin("reply", f"tg:{where}/{reply}" if where else None)


def with_albums(found: Iterable[Item | InputProblem]) -> Iterator[Item | InputProblem]:
    """Join the parts of an album into one item under its first id, as a live album is.

    The export does not say which posts are one album: posts in a row, of the same second, each with a picture or a
    file and at most one of them with words.
    """
    parts: list[Item] = []
    for each in found:
        if isinstance(each, Item) and parts and _belongs(parts, each):
            parts.append(each)
            continue
        if parts:
            yield _album(parts)
        parts = []
        if isinstance(each, Item) and each.media and each.media[0] in _IN_ALBUMS:
            parts = [each]
        else:
            yield each
    if parts:
        yield _album(parts)


def _belongs(parts: list[Item], each: Item) -> bool:
    last = parts[-1]
    return (
        len(parts) < _ALBUM
        and each.published is not None
        and each.published == last.published
        and bool(each.media)
        and each.media[0] in _IN_ALBUMS
        and _post_id(each) == _post_id(last) + 1
        and not (each.text and any(part.text for part in parts))
    )


def _post_id(item: Item) -> int:
    tail = item.key.rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 19 else -1


def _album(parts: list[Item]) -> Item:
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        text=next((part.text for part in parts if part.text), ""),
        media=tuple(kind for part in parts for kind in part.media),
        edited=max((part.edited for part in parts if part.edited), default=None),
        origin=next((part.origin for part in parts if part.origin), None),
        raw=b"[" + b",".join(part.raw or b"null" for part in parts) + b"]",
    )
