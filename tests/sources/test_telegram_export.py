"""Telegram Desktop's export, read as a stream: the same posts as a live channel has."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import InputError
from monitor.model import Item, Origin
from monitor.sources.telegram_export import Chat, items_of_chat, read_export, with_albums

AT = 1731223800


def message(number: int, text: Any = "", second: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "message", "date_unixtime": str(AT + second), "text": text, **more}


def chat(*messages: Any, number: int = 1177, kind: str = "public_channel") -> dict[str, Any]:
    return {"name": "PS", "type": kind, "id": number, "messages": list(messages)}


def stream(document: Any) -> io.BytesIO:
    return io.BytesIO(json.dumps(document, ensure_ascii=False).encode())


def items(*messages: Any) -> list[Item]:
    found = items_of_chat(Chat("PS", "public_channel", 1177), messages, source="ps", received=None, find=None)
    return [each for each in with_albums(found) if isinstance(each, Item)]


def test_one_chat_and_a_whole_account_give_each_message_with_its_chat() -> None:
    one = chat(message(1, "a"), message(2, "b"))
    other = chat(message(7, "c"), number=2288)
    private = chat(message(9, "d"), number=5, kind="personal_chat")
    account = {
        "about": "x",
        "personal_information": {"user_id": 1, "first_name": "A"},
        "chats": {"about": "y", "list": [one, private]},
        "left_chats": {"about": "z", "list": [other]},
    }
    assert [(head.id, found["id"]) for head, found in read_export(stream(one))] == [(1177, 1), (1177, 2)]
    found = [(head.id, head.type, each["text"]) for head, each in read_export(stream(account))]
    assert found == [
        (1177, "public_channel", "a"),
        (1177, "public_channel", "b"),
        (5, "personal_chat", "d"),
        (2288, "public_channel", "c"),
    ]


@pytest.mark.parametrize("size", [1, 7, 64, 1 << 16])
def test_a_control_character_as_telegram_desktop_writes_it_is_read(size: int) -> None:
    class Slow(io.BytesIO):
        def read(self, wanted: int | None = -1) -> bytes:
            return super().read(min(size, wanted) if wanted and wanted > 0 else wanted)

    head = rb'{"name": "PS", "type": "public_channel", "id": 1, "messages": '
    body = head + rb'[{"id": 1, "text": "a\x0Bb \\x0B \\\x1f c"}]}'
    ((_head, found),) = read_export(Slow(body))
    assert found["text"] == "a\x0bb \\x0B \\\x1f c"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"name": "PS", "id": 1, "messages": [{"id": 1, "text": "a"}, {"id"', "1 messages came before"),
        (b'{"posts": []}', "no list of messages"),
        (b"[]", "no list of messages"),
        (b"", "no whole JSON"),
    ],
)
def test_what_is_no_export_is_refused_with_its_name(body: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        list(read_export(io.BytesIO(body), "old.json"))
    assert str(error.value).startswith("old.json: ")


def test_the_text_is_the_words_of_all_its_entities() -> None:
    parts = ["Alert ", {"type": "bold", "text": "now"}, {"type": "custom_emoji", "text": "🔴", "document_id": "x"}, "!"]
    (found,) = items(message(5, parts, edited_unixtime=str(AT + 60)))
    assert (found.key, found.text) == ("tg:1177/5", "Alert now🔴!")
    assert found.published == datetime.fromtimestamp(AT, UTC)
    assert found.edited == datetime.fromtimestamp(AT + 60, UTC)


def test_a_service_message_is_no_post() -> None:
    assert items({"id": 1, "type": "service", "action": "pin_message", "date_unixtime": str(AT), "text": ""}) == []


@pytest.mark.parametrize(
    ("more", "media"),
    [
        ({"photo": "photos/1.jpg"}, ("photo",)),
        ({"file": "x", "media_type": "video_file"}, ("video",)),
        ({"file": "x", "media_type": "video_message"}, ("video",)),
        ({"file": "x", "media_type": "voice_message"}, ("voice",)),
        ({"file": "x", "media_type": "animation"}, ("animation",)),
        ({"file": "x", "media_type": "sticker"}, ("sticker",)),
        ({"file": "x", "media_type": "audio_file"}, ("audio",)),
        ({"file": "(File not included.)", "mime_type": "application/pdf"}, ("document",)),
        ({"poll": {"question": "?"}}, ("poll",)),
        ({"location_information": {"latitude": 1.5}}, ("location",)),
        ({"contact_information": {"phone_number": "1"}}, ("contact",)),
        ({"photo": "x", "self_destruct_period_seconds": 5}, ("photo (self-destructing)",)),
        ({"type": "unsupported"}, ("unsupported",)),
        ({}, ()),
    ],
)
def test_T16_media_have_the_words_of_a_live_post(more: dict[str, Any], media: tuple[str, ...]) -> None:
    (found,) = items({**message(1), **more})
    assert found.media == media


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"forwarded_from": "Other"}, Origin("forward", name="Other")),
        ({"forwarded_from": "Other", "forwarded_from_id": "channel42"}, Origin("forward", name="Other")),
        ({"forwarded_from": "A. Person", "forwarded_from_id": "user42"}, Origin("forward")),
        ({"forwarded_from": None}, Origin("forward")),
        ({"reply_to_message_id": 3}, Origin("reply", "tg:1177/3")),
        ({"reply_to_message_id": 3, "reply_to_peer_id": "channel42"}, Origin("reply", "tg:42/3")),
        ({"reply_to_message_id": 3, "reply_to_peer_id": "user42"}, Origin("reply")),
        ({"forwarded_from": "Other", "reply_to_message_id": 3}, Origin("forward", name="Other")),
        ({}, None),
    ],
)
def test_T12_forwards_and_replies_keep_their_origin(more: dict[str, Any], origin: Origin | None) -> None:
    (found,) = items(message(9, "x", **more))
    assert found.origin == origin


def test_T11_the_parts_of_an_album_are_one_item_under_its_first_id() -> None:
    picture = {"photo": "p"}
    found = items(
        message(1, "before"),
        message(2, "", 5, **picture),
        message(3, "the caption", 5, **picture),
        message(4, "", 5, file="x", media_type="video_file"),
        message(5, "another second", 6, **picture),
        message(7, "not the next id", 6, **picture),
        message(8, "has words of its own", 6, **picture),
        message(9, "", 6),
    )
    assert [(each.key, each.text, each.media) for each in found] == [
        ("tg:1177/1", "before", ()),
        ("tg:1177/2", "the caption", ("photo", "photo", "video")),
        ("tg:1177/5", "another second", ("photo",)),
        ("tg:1177/7", "not the next id", ("photo",)),
        ("tg:1177/8", "has words of its own", ("photo",)),
        ("tg:1177/9", "", ()),
    ]


def test_eleven_pictures_of_one_second_are_two_albums() -> None:
    found = items(*(message(n, "", photo="p") for n in range(1, 12)))
    assert [(each.key, len(each.media)) for each in found] == [("tg:1177/1", 10), ("tg:1177/11", 1)]
