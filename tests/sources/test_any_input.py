"""Whatever comes in, a source fails as a ``SourceError`` or tells it; nothing else ever escapes."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from api_places import GAZETTEER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.clock import SystemClock
from monitor.errors import SourceBroken, SourceError
from monitor.http import Http, Response
from monitor.model import Item, SourceProfile
from monitor.sources import Deps, build
from monitor.sources.feed_dates import read_date, read_stamp
from monitor.sources.feed_xml import read_feed
from monitor.sources.markup import text_of_html
from monitor.sources.records import InputProblem, read_jsonl
from monitor.sources.telegram_page import read_page

quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

KEYS = (
    "alerts meta last_updated_at type location_uid location_oblast_uid alert_type alert_level started_at finished_at "
    "lastActionIndex regionId activeAlerts lastUpdate activeAlertLevels alertLevel states regionChildIds regionName "
    "id cat title data desc alertDate category text date channel channel_id timestamp reply_to lang url"
)
WORDS = [
    "AIR",
    "air_raid",
    "31",
    "75",
    "Red",
    "full",
    "2026/11/10 12:00:00 +0000",
    "2026-11-10T11:00:00Z",
    "1",
    "13",
    "",
]
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
keys = st.sampled_from(sorted(KEYS.split()))
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=30
)
levels = st.lists(st.fixed_dictionaries({"alertLevel": documents}), max_size=2) | documents
regions = st.fixed_dictionaries(
    {"regionId": scalars},
    optional={
        "activeAlerts": st.lists(
            st.fixed_dictionaries({"type": scalars, "activeAlertLevels": levels, "lastUpdate": documents}), max_size=2
        )
        | documents,
        "lastUpdate": documents,
    },
)
alerts = st.dictionaries(keys, documents, max_size=8)
meta = st.just({"last_updated_at": "2026/11/10 12:00:00 +0000"})
sounding = st.fixed_dictionaries({"cat": documents, "title": documents, "data": st.lists(st.text(), max_size=3)})
past = st.fixed_dictionaries({"alertDate": documents, "data": documents, "category": documents, "title": documents})
answers = st.one_of(
    documents,
    st.text(max_size=30),
    st.fixed_dictionaries({"alerts": st.lists(alerts, max_size=4), "meta": meta}),
    st.lists(regions, max_size=4),
    sounding,
    st.lists(past, max_size=4),
)
PIECES = [
    *("<div", "<b>", "</b>", ">", '"', "<rss>", "</rss>", "<item>", "<title>", "<![CDATA[", "]]>", "<!--", "-->"),
    *(
        "&amp;",
        "&#x110000;",
        "<?xml",
        "?>",
        ' class="tgme_widget_message"',
        ' data-post="a/1"',
        "<br/>",
        "\x00",
        "слово",
    ),
]
markup = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


class Answers(Http):
    """Gives the same body to every request."""

    def __init__(self, body: bytes) -> None:
        super().__init__(min_interval=0)
        self.body = body

    async def get(self, url, **more):
        body = b'{"lastActionIndex": 1}' if url.endswith("/alerts/status") else self.body
        return Response(200, {"date": "Tue, 10 Nov 2026 12:00:00 GMT"}, body, url)


@pytest.mark.parametrize("kind", ["alerts_in_ua", "siren_pp_ua", "oref", "letters"])
@quick
@given(document=answers)
async def test_an_alert_api_may_answer_anything(kind, document, tmp_path_factory):
    body = json.dumps(document).encode()
    options = {"interval": 0, **({"mode": "letters"} if kind == "letters" else {})}
    profile = SourceProfile("x", "alerts_in_ua" if kind == "letters" else kind, "https://a.test", options=options)
    deps = Deps(Answers(body), SystemClock(), GAZETTEER, tmp_path_factory.mktemp("state"))
    source = build(profile, deps)
    try:
        batch = await source.poll(None)
        await source.poll(batch.cursor)
    except SourceError:
        return
    for item in batch.items:
        assert item.text == ""


@pytest.mark.parametrize("kind", ["alerts_in_ua", "siren_pp_ua", "oref", "feed", "telegram_web"])
@quick
@given(cursor=documents.map(json.dumps) | st.text(max_size=20))
async def test_any_cursor_is_survived(kind, cursor, tmp_path_factory):
    source = build(
        SourceProfile("x", kind, "https://a.test/y", options={"interval": 0}),
        replace(Deps(Answers(b"[]"), SystemClock(), GAZETTEER), state_dir=tmp_path_factory.mktemp("state")),
    )
    try:
        await source.poll(cursor)
    except SourceError:
        return


@quick
@given(body=st.binary(max_size=200) | markup.map(str.encode))
def test_any_bytes_are_a_page_a_feed_or_refused(body):
    read_page(body)
    try:
        read_feed(body)
    except SourceBroken:
        return


@quick
@given(text=markup | st.text())
def test_any_markup_has_a_text(text):
    assert isinstance(text_of_html(text), str)


@quick
@given(lines=st.lists(documents.map(lambda d: json.dumps(d).encode()) | st.binary(max_size=40), max_size=5))
def test_every_line_is_an_item_or_a_problem(lines):
    body = b"\n".join(lines) + b"\n"
    found = list(read_jsonl(io.BytesIO(body)))
    assert all(isinstance(each, Item | InputProblem) for each in found)
    assert len(found) == sum(1 for line in body.split(b"\n") if line.strip())
    for item in found:
        if isinstance(item, Item):
            f"{item.key}{item.text}{item.title}{item.channel}".encode()


@quick
@given(text=st.text(max_size=60), value=scalars)
def test_any_text_is_a_date_or_none(text, value):
    read_date(text)
    read_stamp(value)
    read_stamp(text)
