"""The Home Front Command → a register of areas: alerts go in, explicit ends take out, silence changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from api_places import GAZETTEER

from monitor.errors import SourceBroken, SourceRefused
from monitor.model import SourceProfile
from monitor.sources import build

NOW = "/warningMessages/alert/Alerts.json"
HISTORY = "/warningMessages/alert/History/AlertsHistory.json"
ROCKETS, END, OUT = "ירי רקטות וטילים", "האירוע הסתיים", "ניתן לצאת מהמרחב המוגן"
HAIFA, TEL_AVIV, TEL_AVIV_EAST, VILLAGE = "חיפה", "תל אביב - מרכז העיר", "תל אביב - מזרח", "בארי"


class Site:
    def __init__(self) -> None:
        self.now: object = ""
        self.history: object = []
        self.status = 200
        self.asked: list[str] = []

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        assert request.headers["X-Requested-With"] == "XMLHttpRequest"
        answer = self.now if request.path == NOW else self.history
        body = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        return web.Response(status=self.status, body=body.encode(), content_type="text/plain")


@pytest.fixture
async def site(serve):
    found = Site()
    found.base = await serve(found)
    return found


@pytest.fixture
def source(site, deps):
    profile = SourceProfile("oref", "oref", site.base, options={"base": site.base, "interval": 0})
    return build(profile, replace(deps, gazetteer=GAZETTEER))


def sounding(*areas: str, cat: object = "1", title: str = ROCKETS):
    return {"id": "1", "cat": cat, "title": title, "data": list(areas), "desc": "x"}


def past(area: str, at: str, category: int = 1, title: str = ROCKETS):
    return {"alertDate": at, "title": title, "data": area, "category": category}


def words(batch):
    return {w.place: w.status for item in batch.items if item.snapshot for w in item.snapshot.words}


@pytest.mark.parametrize("body", ["", " \r\n", "\ufeff", "\ufeff\r\n", "\x00"])
async def test_an_empty_body_is_quiet_and_says_nothing_of_any_area(source, site, clock, body):
    site.now = body
    batch = await source.poll(None)
    assert words(batch) == {}
    assert batch.look.data_at == clock.now()


async def test_areas_become_places_by_name_or_are_kept_by_their_words(source, site):
    site.now = sounding(HAIFA, TEL_AVIV, VILLAGE)
    batch = await source.poll(None)
    assert words(batch) == {"294801": "active", "293397": "active", f"oref:{VILLAGE}": "active"}
    (item,) = batch.items
    assert (item.snapshot.shape, item.text) == ("full", "")
    assert json.loads(item.raw)["data"] == [HAIFA, TEL_AVIV, VILLAGE]


async def test_silence_after_an_alert_changes_nothing(source, site, clock):
    site.now = sounding(HAIFA)
    cursor = (await source.poll(None)).cursor
    site.now = ""
    for _ in range(4):
        clock.move(10)
        batch = await source.poll(cursor)
        assert words(batch) in ({"294801": "active"}, {})
        cursor = batch.cursor or cursor
    assert json.loads(cursor)["areas"][HAIFA][2] is None
    assert batch.items == ()
    assert batch.look.data_at == clock.now()


@pytest.mark.parametrize(("title", "cat"), [(END, "10"), (OUT, "10"), ("האירוע  הסתיים", "10")])
async def test_an_explicit_end_ends_its_own_area_only(source, site, clock, title, cat):
    site.now = sounding(HAIFA, VILLAGE)
    cursor = (await source.poll(None)).cursor
    clock.move(600)
    site.now = sounding(HAIFA, cat=cat, title=title)
    assert words(await source.poll(cursor)) == {"294801": "inactive", f"oref:{VILLAGE}": "active"}


async def test_a_city_is_over_when_each_of_its_parts_is(source, site, clock):
    site.now = sounding(TEL_AVIV, TEL_AVIV_EAST)
    cursor = (await source.poll(None)).cursor
    clock.move(600)
    site.now = sounding(TEL_AVIV, cat="10", title=END)
    batch = await source.poll(cursor)
    assert words(batch) == {"293397": "active"}
    clock.move(10)
    site.now = sounding(TEL_AVIV_EAST, cat="10", title=END)
    assert words(await source.poll(batch.cursor)) == {"293397": "inactive"}


@pytest.mark.parametrize(("title", "cat"), [("בדקות הקרובות", "10"), (END, "1")])
async def test_a_notice_that_is_no_end_ends_nothing(source, site, clock, title, cat):
    site.now = sounding(HAIFA)
    cursor = (await source.poll(None)).cursor
    clock.move(600)
    site.now = sounding(HAIFA, cat=cat, title=title)
    batch = await source.poll(cursor)
    assert words(batch) == {} or words(batch) == {"294801": "active"}
    assert json.loads(batch.cursor)["areas"][HAIFA][2] is None


async def test_S07_an_unknown_category_raises_and_is_remarked(source, site):
    site.now = sounding(HAIFA, cat="99", title="")
    batch = await source.poll(None)
    assert words(batch) == {"294801": "active"}
    assert batch.items[-1].flags == ("schema_drift",)


@pytest.mark.parametrize("category", [15, 28, 5])
async def test_a_drill_in_the_history_sounds_nothing(source, site, category):
    site.history = [past(HAIFA, "2026-11-10 13:59:00", category)]
    assert words(await source.poll(None)) == {}


async def test_the_history_tells_what_was_missed_in_jerusalem_time(source, site, clock):
    site.history = [
        past(VILLAGE, "2026-11-10 13:50:00"),
        past(HAIFA, "2026-11-10 13:58:00", 13, END),
        past(HAIFA, "2026-11-10 13:30:00"),
        past("אילת", "2026-11-10 08:00:00"),
        past("אשקלון", "2026-11-11 13:30:00"),
        past("נירים", "soon"),
    ]
    batch = await source.poll(None)
    assert words(batch) == {"294801": "inactive", f"oref:{VILLAGE}": "active"}
    village = next(w for w in batch.items[0].snapshot.words if w.place.endswith(VILLAGE))
    assert village.since == datetime(2026, 11, 10, 11, 50, tzinfo=UTC)


async def test_an_end_in_the_history_older_than_the_last_siren_ends_nothing(source, site, clock):
    site.now = sounding(HAIFA)
    cursor = (await source.poll(None)).cursor
    clock.move(300)
    cursor = (await source.poll(cursor)).cursor or cursor
    site.now, site.history = "", [past(HAIFA, "2026-11-10 14:02:00", 13, END)]
    clock.move(61)
    batch = await source.poll(cursor)
    assert json.loads(batch.cursor or cursor)["areas"][HAIFA][2] is None


async def test_an_alert_that_nobody_ended_becomes_unknown_and_never_clear(source, site, clock):
    site.now = sounding(HAIFA)
    cursor = (await source.poll(None)).cursor
    site.now = ""
    clock.move(3 * 3600 + 1)
    assert words(await source.poll(cursor)) == {"294801": "unknown"}


async def test_the_whole_country_is_one_place(source, site):
    site.now = sounding("כל הארץ")
    assert words(await source.poll(None)) == {"IL": "active"}


async def test_the_history_is_read_once_a_minute(source, site, clock):
    cursor = None
    for _ in range(13):
        cursor = (await source.poll(cursor)).cursor or cursor
        clock.move(10)
    assert site.asked.count(HISTORY) == 3


@pytest.mark.parametrize("body", ["<html>Access Denied</html>", '{"id": "1", "cat"', "[]", '{"data": "x"}', "null"])
async def test_S06_what_is_no_alert_is_a_failed_look(source, site, body):
    site.now = body
    with pytest.raises(SourceBroken):
        await source.poll(None)


async def test_a_block_outside_the_country_is_a_refusal(source, site):
    site.status = 403
    with pytest.raises(SourceRefused):
        await source.poll(None)


async def test_the_register_forgets_old_ends(source, site, clock):
    site.now = sounding(HAIFA)
    cursor = (await source.poll(None)).cursor
    clock.move(60)
    site.now = sounding(HAIFA, cat="10", title=END)
    cursor = (await source.poll(cursor)).cursor
    clock.at += timedelta(days=31)
    site.now = ""
    assert json.loads((await source.poll(cursor)).cursor)["areas"] == {}
