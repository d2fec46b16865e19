"""Hostile words in every field a text can reach: shown as text, on every page, in the API and in the feed."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import PAGES
from site_parts import HandClock, Site, fresh
from starlette.testclient import TestClient

from monitor.model import Hole
from monitor.store import open_store, series
from monitor.web.broadcast import frames
from monitor.web.pages.frame import visible

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "[x](javascript:alert(1))",
    "{{7*7}}{% raw %}${7*7}",
    "<iframe src=https://evil.example></iframe>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "-->]]><!--<b>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '{"type":"alert.cleared","region":"UA-30","status":"clear"}',
    "<rss><item><title>all clear</title></item></rss>",
    "event: change\ndata: {}\n\n",
)
WRAPS = (
    "{}",
    "a{}",
    "{}b",
    '"{}',
    "'{}",
    "<{}",
    "{}>",
    "-->{}",
    "]]>{}",
    "</title>{}",
    "</textarea>{}",
    "</svg>{}",
    "\\{}",
    "&{};",
    "%3C{}",
    "`{}`",
)
MANY = [wrap.replace("{}", payload) for wrap in WRAPS for payload in PAYLOADS]
CASES = [MANY[:], [text.upper() for text in MANY], [f"\u202e{text}\u200b" for text in MANY]]
CASES += [[text.replace("<", "<\x01") for text in MANY], [text.replace("<", "\uff1c") for text in MANY]]
CASES += [
    [text.replace(" ", "\x0c") for text in MANY],
    [text.replace("=", " = ") for text in MANY],
    [f"{text}\n" for text in MANY],
]
CASES += [[f"<b>{text}</b>" for text in MANY], [text.swapcase() + "=" for text in MANY]]
ALLOWED_SCRIPTS = {
    f"/static/{name}" for name in ("alarm.js", "feed.js", "live.js", "monitor.js", "uplot/uPlot.iife.min.js", "zoom.js")
}


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def hostile_site(folder: Path, payload: str) -> tuple[Site, object]:
    store = open_store(fresh(folder))
    clock = HandClock()
    site = Site(store, clock)
    site = Site(store, clock, replace(site.profile, name=payload, claimant=payload))
    hole = Hole(payload, 3, 5, "unfetchable", clock.now())
    site.post(payload, title=payload, url=payload, lang=payload[:8], channel=payload, key="tg:1/1", holes=(hole,))
    site.post(payload + " edited", key="tg:1/1", title=payload, url=payload, edited=clock.now())
    site.post(f"count shot_down 12 {payload}", key=f"file:sirens/{payload[:60]}")
    site.post("strike UA-63 ", title=payload, url=f"https://example.org/{payload[:40]}")
    clock.at += timedelta(hours=60)  # past every delay of the publication policy, so that everything is shown
    return site, store


def judge(path: str, text: str) -> None:
    """No script but ours, no handler, no address of another kind, no style attribute, nothing loaded from elsewhere."""
    tags = Tags()
    tags.feed(text)
    for tag, attributes in tags.found:
        assert tag not in ("iframe", "style", "base", "object", "embed", "foreignobject"), path
        if tag == "script":
            assert attributes.get("src") in ALLOWED_SCRIPTS, path
        for name, value in attributes.items():
            assert not name.startswith("on"), (path, tag, name)
            assert name != "style", (path, tag)
            if name in ("src", "href", "action"):
                assert re.match(r"^(/|#|https?://)", value or ""), (path, tag, value)
            if name == "src":
                assert (value or "").startswith("/"), (path, tag, value)
        assert not (tag == "meta" and "http-equiv" in attributes), path


def test_there_are_two_thousand_payloads() -> None:
    assert len({text for case in CASES for text in case}) >= 2000


@pytest.mark.parametrize("number", range(len(CASES)))
def test_H01_no_payload_in_any_field_becomes_markup_on_any_page(tmp_path: Path, number: int) -> None:
    """A case puts some 270 payloads one after the other into every field a text can reach."""
    site, store = hostile_site(tmp_path, " ".join(CASES[number]))
    with TestClient(site.app(), base_url="http://127.0.0.1") as client:
        for path in (*PAGES, "/region/UA-63?lang=fr", "/series?nights=90&weapon=drone"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "unsafe" not in answer.headers["content-security-policy"], path
            judge(path, answer.text)
        numbers = client.get("/series/UA.csv?nights=7")
        assert numbers.headers["content-type"].startswith("text/csv")
        cells = [cell for row in csv.reader(io.StringIO(numbers.text)) for cell in row]
        assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
        case = tomllib.loads(client.get("/item/case.toml?key=tg:1/1").text)
        assert set(case) == {"case"}, "a payload is a string in a case file, never a key"
        for path in ("/v1/reports", "/v1/claims", "/v1/items/tg:1/1", "/v1/changes", "/v1/strikes"):
            answer = client.get(path)
            assert answer.headers["content-type"] == "application/json", path
            json.loads(answer.text)
    store.close()  # type: ignore[attr-defined]


def test_H02_direction_and_zero_width_characters_are_shown_and_kept(tmp_path: Path) -> None:
    payload = "Ки\u200bїв \u202egnp.exe\u2066 \u00adx\ufeff\u2028\x1b[0m"
    site, store = hostile_site(tmp_path, payload)
    with TestClient(site.app(), base_url="http://127.0.0.1") as client:
        for path in PAGES:
            body = client.get(path).text
            hidden = sorted({f"U+{ord(c):04X}" for c in body if c in "\u200b\u202e\u2066\u00ad\ufeff\u2028\x1b"})
            assert hidden == [], path
        assert "⟨U+202E⟩" in client.get("/item?key=tg:1/1").text
        assert series.item(site.store, "tg:1/1")[0].item.text == payload
    store.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["Ки\u200bїв", "\u202eabc", "\x00", "\x7f", "\u2069", "\U000e0041", "\u061c"])
def test_H02_what_cannot_be_seen_is_written_out(text: str) -> None:
    assert "⟨U+" in visible(text) or any(0x2400 <= ord(c) <= 0x2421 for c in visible(text))


def test_H17_words_that_look_like_our_own_output_stay_words(tmp_path: Path) -> None:
    payload = 'id: 9\nevent: change\ndata: {"type":"alert.cleared","places":["UA-63"]}\n\n'
    site, store = hostile_site(tmp_path, payload)
    with TestClient(site.app(), base_url="http://127.0.0.1") as client:
        changes = client.get("/v1/changes").json()["rows"]
        assert all(change["type"] != "alert.cleared" for change in changes)
        atom = client.get("/feed.atom").text
        assert "<type>" not in atom
    from monitor.store import series

    context = site.app().state.context
    for seq, frame in frames(context, series.changes(site.store)):
        assert frame.startswith(f"id: {seq}\nevent: change\ndata: ".encode())
        assert frame.count(b"\n") == 4
    store.close()  # type: ignore[attr-defined]


def test_N17_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in PAGES:
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        judge(path, answer.text)
    for name in ("monitor.css", "monitor.js", "live.js", "alarm.js", "icon.svg", "icon-alert.svg", "icon-unknown.svg"):
        body = client.get(f"/static/{name}").text.replace("http://www.w3.org/2000/svg", "")
        assert "http" not in body, name
        assert "@import" not in body
