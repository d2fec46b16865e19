"""Files → items: every line becomes an item or a numbered problem, whatever is in it."""

from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime

import pytest
from preview_pages import CHANNEL, block, page

from monitor.errors import InputError, SourceUnavailable
from monitor.model import Item, Origin, SourceProfile
from monitor.sources import build
from monitor.sources.file import format_of, read_file
from monitor.sources.records import MAX_TEXT, InputProblem, finder, read_jsonl, record_id

AT = datetime(2024, 11, 10, 7, 30, tzinfo=UTC)


def lines(*records) -> io.BytesIO:
    return io.BytesIO(b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in records) + b"\n")


def one(record) -> Item | InputProblem:
    (found,) = read_jsonl(lines(record))
    return found


@pytest.mark.parametrize(
    "time",
    [
        {"published": "2024-11-10T07:30:00Z"},
        {"date": "2024-11-10T09:30:00+02:00"},
        {"timestamp": 1731223800},
        {"timestamp": 1731223800000},
        {"timestamp": "1731223800"},
        {"posted_utc": "2024-11-10 07:30:00"},
    ],
)
def test_a_record_is_dated_by_any_of_its_keys(time):
    item = one({"text": "Відбій", **time})
    assert (item.published, item.received, item.flags) == (AT, AT, ())


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"channel": "kpszsu", "id": 7}, "file:kpszsu/7"),
        ({"channel_id": 1223955273, "id": 7}, "tg:1223955273/7"),
        ({"channel_id": -1001223955273, "channel_title": "PS", "id": 7}, "tg:1223955273/7"),
        ({"channel_id": "-1001223955273", "id": "7"}, "tg:1223955273/7"),
        ({"channel_id": "kpszsu", "id": "a-7"}, "file:kpszsu/a-7"),
        ({"id": "uk-1"}, "file:file/uk-1"),
    ],
)
def test_keys_follow_channel_and_id(record, key):
    item = one({"text": "x", **record})
    assert item.key == key
    assert record_id(item) == record["id"]


def test_records_without_id_differ_by_channel_time_and_words():
    a, b, c, d = read_jsonl(
        lines(
            {"channel": "a", "timestamp": 1, "text": "x"},
            {"channel": "a", "timestamp": 2, "text": "x"},
            {"channel": "b", "timestamp": 1, "text": "x"},
            {"channel": "a", "timestamp": 1, "text": "x"},
        )
    )
    assert len({a.key, b.key, c.key}) == 3
    assert a.key == d.key


def test_the_profile_of_a_channel_names_source_and_key():
    known = SourceProfile("tg_kpszsu", "telegram_web", "https://t.me/s/kpszsu", channel_id=1223955273)
    find = finder([known])
    by_name, by_number, unknown = read_jsonl(
        lines(
            {"channel": "@Kpszsu", "id": 7, "text": "x"},
            {"channel_id": 1223955273, "channel_title": "PS", "id": 7, "text": "x"},
            {"channel": "other", "id": 7, "text": "x"},
        ),
        source="replay",
        find=find,
    )
    assert by_name.source == by_number.source == "tg_kpszsu"
    assert by_name.key == by_number.key == "tg:1223955273/7"
    assert unknown.source == "replay"


def test_titles_languages_origins_and_rich_text_are_read():
    item = one(
        {
            "title": "T",
            "text": ["a ", {"type": "bold", "text": "b"}],
            "lang": "uk",
            "url": "https://a.test/1",
            "channel_id": 5,
            "reply_to": 3,
        }
    )
    assert (item.title, item.text, item.lang, item.url) == ("T", "a b", "uk", "https://a.test/1")
    assert item.origin == Origin("reply", "tg:5/3")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"plain words", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{}", 'no "text"'),
        (b'{"text": 5}', 'no "text"'),
        (b'{"text": "a", "text": "b"}', "stands twice"),
        (b'{"text": "a", "timestamp": NaN}', "NaN"),
        (b'{"text": "a", "n": ' + b"9" * 5000 + b"}", "digits"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"text": "a", "x": ' + b'{"a":' * 100_000, "nested too deep"),
        (b"\x00\x01\x02", "not JSON"),
    ],
)
def test_H10_a_bad_line_is_a_numbered_problem_and_the_next_line_is_read(line, reason):
    first, problem, last = read_jsonl(lines({"text": "before"}, line, {"text": "after"}))
    assert isinstance(problem, InputProblem)
    assert (problem.line, problem.raw.rstrip(b"\n")) == (2, line)
    assert reason in problem.reason
    assert (first.text, last.text) == ("before", "after")


def test_H10_a_line_beyond_all_measure_is_passed_over(monkeypatch):
    monkeypatch.setattr("monitor.sources.records.MAX_LINE", 1000)
    first, problem, last = read_jsonl(lines({"text": "a"}, {"text": "x" * 5000}, {"text": "b"}))
    assert (first.text, problem.line, last.text) == ("a", 2, "b")
    assert "more than 1000" in problem.reason


def test_a_text_of_5_MB_is_read_and_a_longer_one_is_cut_with_a_flag(monkeypatch):
    assert len(one({"text": "y" * MAX_TEXT}).text) == MAX_TEXT
    monkeypatch.setattr("monitor.sources.records.MAX_TEXT", 1000)
    item = one({"text": "я" * 1001})
    assert (len(item.text), item.flags) == (1000, ("text_truncated", "no_date"))
    assert len(item.raw) > 2000


@pytest.mark.parametrize(
    ("line", "text", "flag"),
    [
        (b'{"text": "a\\ud800b"}', "a\ufffdb", "replaced_surrogates"),
        (b'{"text": "\\ud83d\\ude80"}', "🚀", None),
        (b'{"text": "a\xffb"}', "a\ufffdb", "replaced_surrogates"),
        (b'{"text": "a\\u0000b"}', "a\ufffdb", "replaced_nul"),
        (b'\xef\xbb\xbf{"text": "bom"}', "bom", None),
        (b'{"text": "a\\u2028b\\u0085"}', "a\u2028b\x85", None),
    ],
)
def test_H09_what_cannot_be_stored_is_replaced_and_the_bytes_are_kept(line, text, flag):
    (item,) = read_jsonl(io.BytesIO(line + b"\n"))
    assert item.text == text
    assert item.raw == line
    assert (flag in item.flags) if flag else item.flags == ("no_date",)
    item.text.encode()


@pytest.mark.parametrize(
    ("stamp", "flag"),
    [
        ("2016-12-31T23:59:60Z", None),
        ("2024-11-10T24:00:00Z", None),
        (4102444800, "time_suspect"),
        (-1, "time_suspect"),
        (0, "time_suspect"),
        ("9999-12-31T23:59:59Z", "unread_date"),
        (10**18, "unread_date"),
        (10**30, "unread_date"),
        ("soon", "unread_date"),
        ({}, "unread_date"),
        ("", "no_date"),
        (None, "no_date"),
    ],
)
def test_D15_odd_times_are_read_or_flagged(stamp, flag):
    item = one({"text": "x", "timestamp": stamp})
    assert item.flags == ((flag,) if flag else ())


def test_zalgo_and_controls_pass_through_as_they_are():
    text = "е" + "\u0301" * 100_000
    assert one({"text": text}).text == text


# ── other formats ─────────────────────────────────────────────────────────────────────────────────


def write(tmp_path, name, body):
    path = tmp_path / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("a.jsonl", b"", "jsonl"),
        ("a.jsonl.gz", b"", "jsonl"),
        ("result.json", b"{", "json"),
        ("a.html", b"", "html"),
        ("a.txt", b"{", "text"),
        ("-", b'{"text": "a"}\n{', "jsonl"),
        ("-", b'{\n "text": "a"', "json"),
        ("-", b'[{"text": "a"}]', "json"),
        ("-", b"<!doctype html>", "html"),
        ("-", "Повітряна тривога".encode(), "text"),
    ],
)
def test_the_format_is_told_from_name_and_content(name, start, kind):
    assert format_of(name, start) == kind


def test_packed_files_are_read_as_they_unpack(tmp_path):
    path = write(tmp_path, "a.jsonl.gz", gzip.compress(lines({"text": "a"}, {"text": "b"}).getvalue()))
    assert [item.text for item in read_file(path)] == ["a", "b"]
    cut = write(tmp_path, "b.jsonl.gz", gzip.compress(lines({"text": "a" * 5000}).getvalue())[:-20])
    with pytest.raises(InputError, match="stopped"):
        list(read_file(cut))
    with pytest.raises(InputError):
        list(read_file(write(tmp_path, "c.txt.gz", b"no gzip")))


def test_plain_text_is_one_item(tmp_path):
    (item,) = read_file(write(tmp_path, "a.txt", "\ufeffСирена\nу місті\n"), source="desk")
    assert (item.text, item.source, item.flags) == ("Сирена\nу місті", "desk", ("no_date",))


def test_a_web_page_is_its_text(tmp_path):
    html = "<html><head><title>Новина</title></head><body><script>x</script><p>Збито 4 дрони.</p><p>Двоє.</p></body>"
    (item,) = read_file(write(tmp_path, "a.html", html))
    assert (item.title, item.text) == ("Новина", "Збито 4 дрони.\n\nДвоє.")


def test_an_article_is_read_without_menu_and_footer(tmp_path):
    words = "Уночі над містом збили чотирнадцять дронів, двоє поранених. " * 6
    html = f"<html><body><nav>Меню</nav><article><h1>Дрони</h1><p>{words}</p></article><footer>Контакти</footer></body>"
    (item,) = read_file(write(tmp_path, "a.html", html))
    assert words.strip() in item.text
    assert "Контакти" not in item.text


def test_a_saved_preview_page_is_its_posts(tmp_path):
    html = page(block(4, "a", at=AT), block(5, "x", service=True), block(6, "b", at=AT))
    assert [(item.key, item.text) for item in read_file(write(tmp_path, "a.html", html))] == [
        (f"tg:{CHANNEL}/4", "a"),
        (f"tg:{CHANNEL}/6", "b"),
    ]


EXPORT = {
    "name": "Siren test",
    "type": "public_channel",
    "id": CHANNEL,
    "messages": [
        {"id": 1, "type": "service", "action": "create_channel"},
        {
            "id": 2,
            "type": "message",
            "date": "2024-11-10T09:30:00",
            "date_unixtime": "1731223800",
            "edited_unixtime": "1731223860",
            "text": ["Тривога ", {"type": "hashtag", "text": "#Суми"}],
            "photo": "photos/1.jpg",
        },
        {
            "id": 3,
            "type": "message",
            "date": "2024-11-10T09:31:00",
            "text": "x",
            "forwarded_from": "Other",
            "reply_to_message_id": 2,
        },
        {"id": 4, "type": "message", "date_unixtime": "1731223900", "text": "y", "reply_to_message_id": 2},
        "noise",
    ],
}


@pytest.mark.parametrize("document", [EXPORT, {"chats": {"list": [EXPORT]}}], ids=["channel", "account"])
def test_an_export_of_telegram_desktop_is_its_messages(tmp_path, document):
    a, b, c, problem = read_file(write(tmp_path, "result.json", json.dumps(document)))
    assert (a.key, a.text, a.published, a.media) == (f"tg:{CHANNEL}/2", "Тривога #Суми", AT, ("photo",))
    assert (a.edited - AT).total_seconds() == 60
    assert a.channel == "Siren test"
    assert (b.published, b.flags, b.origin) == (None, ("naive_time",), Origin("forward", name="Other"))
    assert c.origin == Origin("reply", f"tg:{CHANNEL}/2")
    assert "not an object" in problem.reason


def test_an_array_of_records_is_read_like_lines(tmp_path):
    found = list(read_file(write(tmp_path, "a.json", json.dumps([{"text": "a", "id": 1}, {"id": 2}]))))
    assert found[0].text == "a"
    assert found[1].reason == 'record 2: no "text"'


@pytest.mark.parametrize("body", ["{", '{"a": 1, "a": 2}', "[" * 100_000, "NaN"])
def test_H10_a_broken_document_is_refused_with_its_name(tmp_path, body):
    with pytest.raises(InputError, match=r"bad\.json"):
        list(read_file(write(tmp_path, "bad.json", body)))


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_what_is_no_file_is_an_input_error(tmp_path, name):
    with pytest.raises(InputError):
        list(read_file(tmp_path / name))


# ── as a source ───────────────────────────────────────────────────────────────────────────────────


async def test_a_growing_file_is_followed(deps, tmp_path):
    path = write(tmp_path, "a.jsonl", lines({"id": 1, "text": "a"}, b"broken", {"id": 2, "text": "b"}).getvalue())
    source = build(SourceProfile("desk", "file", str(path)), deps)
    first = await source.poll(None)
    assert [item.text for item in first.items] == ["a", "", "b"]
    assert first.items[1].flags == ("unreadable", "line_2")
    assert first.items[1].raw.strip() == b"broken"
    assert "1 lines could not be read; the first: line 2" in first.look.detail
    assert all(item.is_late for item in first.items)
    assert (await source.poll(first.cursor)).look.outcome == "unchanged"
    with path.open("ab") as stream:
        stream.write(b'{"id": 3, "text": "c"}\n')
    second = await source.poll(first.cursor)
    assert [(item.text, item.is_late) for item in second.items] == [("c", False)]
    with path.open("ab") as stream:
        stream.write(b'{"id": 4, "te')
    third = await source.poll(second.cursor)
    assert (third.items, third.look.detail) == ((), "line 5 is not finished yet")
    with path.open("ab") as stream:
        stream.write(b'xt": "d"}\n')
    assert [item.text for item in (await source.poll(third.cursor)).items] == ["d"]


async def test_H18_a_large_file_is_taken_in_portions(deps, tmp_path):
    path = write(tmp_path, "a.jsonl", lines(*({"id": n, "text": "x"} for n in range(25))).getvalue())
    source = build(SourceProfile("desk", "file", str(path), options={"items": 10}), deps)
    cursor, sizes = None, []
    while True:
        batch = await source.poll(cursor)
        sizes.append(len(batch.items))
        cursor = batch.cursor
        if not batch.more:
            break
    assert sizes == [10, 10, 5]


async def test_a_file_that_is_gone_is_unavailable(deps, tmp_path):
    with pytest.raises(SourceUnavailable, match=r"there is no such file|cannot be read"):
        await build(SourceProfile("desk", "file", str(tmp_path / "none")), deps).poll(None)
