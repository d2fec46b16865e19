"""Alert APIs → snapshots: what they say, as old as it is, and nothing they did not say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from api_places import GAZETTEER

from monitor.errors import SourceAuthLost, SourceBroken, SourceRefused, SourceThrottled, SourceUnavailable
from monitor.model import SourceProfile
from monitor.sources import build
from monitor.sources.alert_api import RateCap
from monitor.sources.inbox import MemoryInbox
from monitor.sources.ukrainealarm import read_callback


def own(at: datetime) -> str:
    return at.strftime("%Y/%m/%d %H:%M:%S +0000")


def http(at: datetime) -> str:
    return at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def z(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Api:
    """A loopback API: answers by path, with the server's own clock; anything can be put in an answer's place."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.answers: dict[str, object] = {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.seen: list[dict[str, str]] = []
        self.skew = 0.0

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        self.seen.append(dict(request.headers))
        answer = self.answers.get(request.path, "")
        body = answer if isinstance(answer, str | bytes) else json.dumps(answer, ensure_ascii=False)
        body = body.encode() if isinstance(body, str) else body
        date = http(self.clock.now() + timedelta(seconds=self.skew))
        headers = {"Date": date, "Content-Type": "application/json", **self.headers}
        return web.Response(status=self.status, body=b"" if self.status == 304 else body, headers=headers)


@pytest.fixture
async def api(serve, clock):
    found = Api(clock)
    found.base = await serve(found)
    return found


def make(api, deps, kind, secrets=None, inbox=None, **options):
    deps = replace(deps, gazetteer=GAZETTEER, settings={kind: secrets or {}}, inbox=inbox)
    profile = SourceProfile(kind, kind, api.base, options={"interval": 0, **options})
    return build(profile, deps)


def words(batch):
    (item,) = [item for item in batch.items if item.snapshot]
    return {(w.place, w.threat): w.status for w in item.snapshot.words}


# ── alerts.in.ua ──────────────────────────────────────────────────────────────────────────────────

ACTIVE = "/v1/alerts/active.json"
LETTERS = "/v1/iot/active_air_raid_alerts_by_oblast.json"


def alert(uid, kind="air_raid", **more):
    return {
        "id": 1,
        "location_title": f"місце {uid}",
        "location_type": "raion",
        "location_uid": str(uid),
        "started_at": "2026-11-10T11:40:00.000Z",
        "finished_at": None,
        "alert_type": kind,
        **more,
    }


def active(clock, *alerts, **meta):
    return {"alerts": list(alerts), "meta": {"last_updated_at": own(clock.now()), "type": "full", **meta}}


@pytest.fixture
def in_ua(api, deps):
    return make(api, deps, "alerts_in_ua", {"token": "canary-token"})


async def test_the_active_list_is_a_snapshot_matched_by_id(in_ua, api, clock):
    api.answers[ACTIVE] = active(
        clock,
        alert(75, alert_level="yellow"),
        alert(75, alert_level="red", started_at="2026-11-10T11:30:00.000Z"),
        alert(1313, "artillery_shelling"),
        alert(31, location_title="a wrong name"),
        alert(22, finished_at="2026-11-10T11:50:00.000Z"),
    )
    batch = await in_ua.poll(None)
    (item,) = batch.items
    assert words(batch) == {
        ("raion-bucha", "air"): "active",
        ("hromada-vovchansk", "artillery"): "active",
        ("UA-30", "air"): "active",
    }
    bucha = next(w for w in item.snapshot.words if w.place == "raion-bucha")
    assert (bucha.level, bucha.since) == ("red", datetime(2026, 11, 10, 11, 30, tzinfo=UTC))
    assert (item.snapshot.shape, item.snapshot.data_at) == ("active", clock.now())
    assert {"UA-32", "raion-bucha", "UA-40"} <= set(item.snapshot.covers)
    assert (item.text, item.key) == ("", f"api:alerts_in_ua/{clock.now().isoformat()}")
    assert json.loads(item.raw)[0]["location_uid"] == "75"
    assert batch.look.data_at == clock.now()
    assert api.seen[0]["Authorization"] == "Bearer canary-token"
    assert "canary" not in api.seen[0]["User-Agent"]


async def test_an_unchanged_list_is_told_by_the_look_alone_after_two_more_answers(in_ua, api, clock):
    cursor, told = None, []
    for _ in range(5):
        api.answers[ACTIVE] = active(clock, alert(75))
        batch = await in_ua.poll(cursor)
        told.append(len(batch.items))
        assert batch.look.data_at == clock.now()
        cursor = batch.cursor
        clock.move(8)
    assert told == [1, 1, 1, 0, 0]


async def test_S10_a_304_leaves_the_data_as_old_as_they_were(in_ua, api, clock):
    api.headers["Last-Modified"] = http(clock.now())
    api.answers[ACTIVE] = active(clock, alert(75))
    first = await in_ua.poll(None)
    data_at = clock.now()
    clock.move(3600)
    api.status = 304
    second = await in_ua.poll(first.cursor)
    assert api.seen[1]["If-Modified-Since"] == api.headers["Last-Modified"]
    assert (second.look.outcome, second.look.data_at, second.items) == ("unchanged", data_at, ())


async def test_S10_a_frozen_upstream_with_fresh_http_is_as_old_as_its_data(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(75))
    data_at = clock.now()
    first = await in_ua.poll(None)
    clock.move(600)
    assert (await in_ua.poll(first.cursor)).look.data_at == data_at


async def test_S23_an_answer_older_than_one_seen_before_is_not_told(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(75))
    first = await in_ua.poll(None)
    old = clock.now() - timedelta(minutes=10)
    api.answers[ACTIVE] = active(clock) | {"meta": {"last_updated_at": own(old), "type": "full"}}
    second = await in_ua.poll(first.cursor)
    assert (second.items, second.look.data_at) == ((), clock.now())


async def test_a_server_clock_ahead_of_ours_does_not_make_later_answers_old(in_ua, api, clock):
    ahead = clock.now() + timedelta(days=1)
    api.answers[ACTIVE] = active(clock, alert(75)) | {"meta": {"last_updated_at": own(ahead)}}
    batch = await in_ua.poll(None)
    assert batch.items[0].snapshot.data_at == clock.now()
    assert batch.items[0].flags == ("time_suspect",)
    clock.move(10)
    api.answers[ACTIVE] = active(clock, alert(75), alert(31))
    assert ("UA-30", "air") in words(await in_ua.poll(batch.cursor))


async def test_S22_a_clock_of_ours_that_jumped_back_does_not_silence_the_source(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(75))
    cursor = (await in_ua.poll(None)).cursor
    clock.move(-7200)
    api.answers[ACTIVE] = active(clock, alert(31))
    assert words(await in_ua.poll(cursor)) == {("UA-30", "air"): "active"}


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        '{"message": "Internal error"}',
        '{"alerts": [{"location_uid": "75", "alert_ty',
        "",
        "\ufeff",
        "null",
        "[]",
        '{"alerts": {}}',
        '{"alerts": [1]}',
        '{"alerts": []}',
        '{"alerts": [], "meta": {}}',
        '{"alerts": [], "meta": {"last_updated_at": "just now"}}',
        '{"alerts": [], "alerts": [], "meta": {}}',
        '{"alerts": [], "meta": {"last_updated_at": "2026/11/10 12:00:00 +0000", "type": "partial"}}',
    ],
)
async def test_S06_a_200_that_is_no_answer_is_a_failed_look(in_ua, api, body):
    api.answers[ACTIVE] = body
    with pytest.raises(SourceBroken):
        await in_ua.poll(None)


async def test_S05_an_empty_list_is_told_as_it_is_and_repeated_for_those_who_count_polls(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(75), alert(122), alert(124))
    cursor = (await in_ua.poll(None)).cursor
    shapes = []
    for _ in range(3):
        clock.move(8)
        api.answers[ACTIVE] = active(clock)
        batch = await in_ua.poll(cursor)
        shapes.append(words(batch))
        cursor = batch.cursor
    assert shapes == [{}, {}, {}]


async def test_S07_an_unknown_type_is_unknown_and_remarked(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(75, "laser"), alert(31, "Air_raid"), alert(122, alert_level="purple"))
    batch = await in_ua.poll(None)
    assert words(batch) == {
        ("raion-bucha", "air"): "unknown",
        ("UA-30", "air"): "unknown",
        ("raion-chuhuiv", "air"): "active",
    }
    assert batch.items[0].flags == ("schema_drift",)
    assert "schema_drift" in batch.look.detail


async def test_S09_a_region_that_we_do_not_know_makes_its_oblast_partial(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock, alert(5564, location_oblast_uid=22), alert(7777))
    batch = await in_ua.poll(None)
    assert words(batch) == {("UA-63", "air"): "partial", ("UA", "air"): "partial"}
    assert "unknown_region" in batch.items[0].flags


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SourceAuthLost),
        (403, SourceRefused),
        (429, SourceThrottled),
        (500, SourceUnavailable),
        (301, SourceBroken),
    ],
)
async def test_each_refusal_has_its_own_consequence(in_ua, api, status, error):
    api.status = status
    with pytest.raises(error) as caught:
        await in_ua.poll(None)
    assert "canary" not in str(caught.value)


async def test_letters_are_a_full_list(api, deps, clock):
    source = make(api, deps, "alerts_in_ua", mode="letters")
    api.answers[LETTERS] = '"' + "ANPN" + "N" * 23 + '"'
    batch = await source.poll(None)
    (item,) = batch.items
    assert item.snapshot.shape == "full"
    assert words(batch)[("UA-43", "air")] == "active"
    assert words(batch)[("UA-07", "air")] == "inactive"
    assert words(batch)[("UA-05", "air")] == "partial"
    assert len(item.snapshot.covers) == 27


async def test_S05_an_empty_first_list_is_believed_when_two_more_agree(in_ua, api, clock):
    cursor, told = None, []
    for _ in range(4):
        api.answers[ACTIVE] = active(clock)
        batch = await in_ua.poll(cursor)
        told.append([words(batch)] if batch.items else [])
        cursor = batch.cursor
        clock.move(8)
    assert told[:3] == [[], [], [{}]]


async def test_S05_a_first_list_that_stays_the_same_old_answer_is_not_believed(in_ua, api, clock):
    api.answers[ACTIVE] = active(clock)
    cursor = None
    for _ in range(5):
        batch = await in_ua.poll(cursor)
        assert batch.items == ()
        assert batch.look.data_at is None
        cursor = batch.cursor
        clock.move(8)


@pytest.mark.parametrize("letter", ["X", " ", "a", "n", "0"])
async def test_S07_an_unknown_letter_is_unknown(api, deps, letter):
    source = make(api, deps, "alerts_in_ua", mode="letters")
    api.answers[LETTERS] = json.dumps("A" + letter + "N" * 25)
    batch = await source.poll(None)
    assert words(batch)[("UA-07", "air")] == "unknown"
    assert batch.items[0].flags == ("schema_drift",)


@pytest.mark.parametrize("text", ["N" * 26, "N" * 28, ""])
async def test_S08_letters_of_another_number_say_nothing_of_any_region(api, deps, text):
    source = make(api, deps, "alerts_in_ua", mode="letters")
    api.answers[LETTERS] = json.dumps(text)
    (item,) = (await source.poll(None)).items
    assert (item.snapshot.words, len(item.snapshot.covers), item.flags) == ((), 27, ("schema_drift",))


async def test_the_history_of_an_oblast_is_read_with_its_own_cap(in_ua, api):
    api.answers["/v1/regions/14/alerts/week_ago.json"] = {
        "alerts": [alert(75, finished_at="2026-11-10T11:55:00.000Z"), alert(99999)]
    }
    past, unknown = await in_ua.history("14", "week_ago")
    assert (past.place, past.threat) == ("raion-bucha", "air")
    assert past.ended_at - past.started_at == timedelta(minutes=15)
    assert (unknown.place, unknown.ended_at) == (None, None)
    with pytest.raises(SourceThrottled):
        await in_ua.history("14", "week_ago")


# ── manners ───────────────────────────────────────────────────────────────────────────────────────


async def test_rate_caps_outlive_a_restart(tmp_path, clock):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)
        clock.move(seconds)

    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    clock.move(2)
    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    assert waited == [5.5]
    cap = RateCap(tmp_path / "x.rate", 7.5, clock, sleep)
    cap.block(300)
    with pytest.raises(SourceThrottled) as caught:
        await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    assert caught.value.retry_after == 300
    clock.move(301)
    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    assert waited == [5.5]


async def test_a_clock_that_jumped_back_or_a_damaged_file_stops_nobody(tmp_path, clock):
    async def sleep(seconds):
        assert seconds <= 7.5

    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    clock.move(-7200)
    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()
    (tmp_path / "x.rate").write_text("{")
    await RateCap(tmp_path / "x.rate", 7.5, clock, sleep).turn()


async def test_a_429_keeps_us_away_over_a_restart(api, deps):
    api.status, api.headers["Retry-After"] = 429, "120"
    with pytest.raises(SourceThrottled):
        await make(api, deps, "alerts_in_ua").poll(None)
    with pytest.raises(SourceThrottled) as caught:
        await make(api, deps, "alerts_in_ua").poll(None)
    assert caught.value.retry_after == 120
    assert len(api.asked) == 1


# ── ukrainealarm and its proxy ────────────────────────────────────────────────────────────────────


def region(number, *alerts, kind="District", at="2026-11-10T11:40:00Z"):
    return {
        "regionId": str(number),
        "regionType": kind,
        "regionName": f"район {number}",
        "lastUpdate": at,
        "activeAlerts": [{"regionId": str(number), "regionType": kind, "lastUpdate": at, **a} for a in alerts],
    }


AIR = {"type": "AIR"}


async def settled(source, clock) -> str:
    """The cursor once an unchanged list is not told any more."""
    cursor = None
    for _ in range(3):
        cursor = (await source.poll(cursor)).cursor
        clock.move(20)
    return cursor


@pytest.fixture
def proxy(api, deps):
    api.answers["/alerts/status"] = '{"lastActionIndex": 640123456789012345}'
    return make(api, deps, "siren_pp_ua")


async def test_the_list_of_regions_is_a_snapshot(proxy, api, clock):
    red = {"type": "AIR", "activeAlertLevels": [{"alertLevel": "Yellow"}, {"alertLevel": "Red", "reason": "x"}]}
    api.answers["/alerts"] = [
        region(75, red),
        region(122, AIR, {"type": "ARTILLERY", "activeAlertLevels": [{"alertLevel": "Red", "reason": ""}]}),
        region(1313, {"type": "URBAN_FIGHTS"}, {"type": "AIR", "regionId": "122"}, kind="Community"),
        region(9999, AIR, kind="State", at="2022-12-10T22:22:00Z"),
        region(31, {"type": "INFO"}),
    ]
    batch = await proxy.poll(None)
    assert words(batch) == {
        ("raion-bucha", "air"): "active",
        ("raion-chuhuiv", "air"): "active",
        ("raion-chuhuiv", "artillery"): "active",
        ("hromada-vovchansk", "other"): "active",
        ("UA-43", "air"): "active",
    }
    by_key = {(w.place, w.threat): w for w in batch.items[0].snapshot.words}
    assert by_key["raion-bucha", "air"].level == "red"
    assert by_key["raion-chuhuiv", "artillery"].level is None
    assert by_key["UA-43", "air"].since == datetime(2022, 12, 10, 22, 22, tzinfo=UTC)
    assert "UA-40" not in batch.items[0].snapshot.covers
    assert batch.look.data_at == clock.now()


async def test_the_list_is_fetched_when_the_index_moves_by_one_beyond_2_to_53(proxy, api, clock):
    api.answers["/alerts"] = [region(75, AIR)]
    cursor = await settled(proxy, clock)
    api.asked.clear()
    batch = await proxy.poll(cursor)
    assert (batch.items, batch.look.outcome, batch.look.data_at) == ((), "unchanged", clock.now())
    assert api.asked == ["/alerts/status"]
    api.answers["/alerts/status"] = '{"lastActionIndex": 640123456789012346}'
    clock.move(20)
    api.answers["/alerts"] = []
    assert words(await proxy.poll(batch.cursor)) == {}
    assert api.asked[1:] == ["/alerts/status", "/alerts"]


async def test_an_index_that_stands_still_does_not_hide_the_list_for_ever(proxy, api, clock):
    api.answers["/alerts"] = [region(75, AIR)]
    cursor = await settled(proxy, clock)
    api.answers["/alerts"] = [region(122, AIR)]
    clock.move(301)
    assert words(await proxy.poll(cursor)) == {("raion-chuhuiv", "air"): "active"}


async def test_S10_an_upstream_that_stands_still_stops_being_fresh(proxy, api, clock):
    api.answers["/alerts"] = [region(75, AIR, at=z(clock.now()))]
    started = clock.now()
    batch = await proxy.poll(None)
    ages = []
    for _ in range(4):
        clock.move(1500)
        batch = await proxy.poll(batch.cursor)
        ages.append(clock.now() - batch.look.data_at)
    assert ages == [timedelta(0), timedelta(0), timedelta(seconds=900), timedelta(seconds=2400)]
    assert batch.look.data_at == started + timedelta(hours=1)
    assert "taken as frozen" in batch.look.detail


async def test_S10_a_200_from_a_cache_ten_minutes_old_is_ten_minutes_old(proxy, api, clock):
    api.skew = -600
    api.answers["/alerts"] = [region(75, AIR)]
    assert (await proxy.poll(None)).look.data_at == clock.now() - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/alerts/status", "<html>login</html>"),
        ("/alerts/status", "{}"),
        ("/alerts/status", '{"lastActionIndex": null}'),
        ("/alerts", "<html>login</html>"),
        ("/alerts", '{"message": "error"}'),
        ("/alerts", '[{"regionId": "75", "activeAle'),
        ("/alerts", ""),
        ("/alerts", "[[]]"),
        ("/alerts", '[{"name": "x"}]'),
    ],
)
async def test_S06_a_200_of_the_proxy_that_is_no_answer_is_a_failed_look(proxy, api, path, body):
    api.answers["/alerts"] = []
    api.answers[path] = body
    with pytest.raises(SourceBroken):
        await proxy.poll(None)


async def test_S07_unknown_types_levels_and_shapes_are_unknown(proxy, api):
    odd = {"type": "AIR", "activeAlertLevels": [{"alertLevel": "Purple"}]}
    api.answers["/alerts"] = [
        region(124, {"type": "AIR", "activeAlertLevels": 5}),
        region(75, {"type": "air"}),
        region(31, {"type": "CUSTOM"}),
        region(122, odd),
        {"regionId": "22", "activeAlerts": None},
    ]
    batch = await proxy.poll(None)
    assert words(batch) == {
        ("raion-bucha", "air"): "unknown",
        ("UA-30", "air"): "unknown",
        ("raion-chuhuiv", "air"): "active",
        ("raion-kharkiv", "air"): "active",
        ("UA-63", "air"): "unknown",
    }
    assert "schema_drift" in batch.items[0].flags


async def test_S09_an_unknown_region_is_looked_up_in_the_tree_once(proxy, api, clock, deps):
    api.answers["/alerts"] = [region(1499, AIR, kind="Community"), region(8888, AIR, kind="Community")]
    api.answers["/regions"] = {
        "states": [
            {"regionId": "22", "regionChildIds": [{"regionId": "124", "regionChildIds": [{"regionId": "1499"}]}]}
        ]
    }
    batch = await proxy.poll(None)
    assert words(batch) == {("raion-kharkiv", "air"): "partial", ("UA", "air"): "partial"}
    assert "unknown_region" in batch.items[0].flags
    clock.move(301)
    await make(api, deps, "siren_pp_ua").poll(batch.cursor)
    assert api.asked.count("/regions") == 1


async def test_a_401_is_a_throttle_and_only_many_of_them_lose_the_key(api, deps, clock):
    source = make(api, deps, "ukrainealarm", {"key": "canary-key"})
    api.status = 401
    waits = []
    for _ in range(9):
        with pytest.raises(SourceThrottled) as caught:
            await source.poll(None)
        waits.append(caught.value.retry_after)
        clock.move(caught.value.retry_after + 1)
    assert waits[:3] == [60, 120, 240]
    with pytest.raises(SourceAuthLost) as lost:
        await source.poll(None)
    assert api.seen[0]["Authorization"] == "canary-key"
    assert "canary" not in str(lost.value) + str(caught.value)


async def test_the_official_api_without_a_key_asks_nobody(api, deps):
    with pytest.raises(SourceAuthLost, match="needs a key"):
        await make(api, deps, "ukrainealarm").poll(None)
    assert api.asked == []


# ── callbacks ─────────────────────────────────────────────────────────────────────────────────────


def callback(status="Activate", number=75, kind="AIR", at="2026-11-10T11:59:50Z"):
    return json.dumps({"status": status, "regionId": number, "alarmType": kind, "createdAt": at}).encode()


def test_a_callback_is_read_whatever_its_case():
    call = read_callback(callback("DEACTIVATE", "31"), {"31": "UA-30"})
    assert (call.is_active, call.place, call.threat) == (False, "UA-30", "air")
    assert read_callback(callback("Activate", 5), {}).place is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"<x>", callback("Maybe"), callback(number="x"), callback(at="soon"), b"[" * 100_000]
)
def test_a_callback_of_another_shape_is_refused(body):
    with pytest.raises(ValueError):
        read_callback(body, {})


@pytest.fixture
def inbox():
    return MemoryInbox(capacity=3)


async def test_a_callback_makes_us_look_at_once_and_is_kept(api, deps, clock, inbox):
    api.answers["/alerts/status"] = '{"lastActionIndex": "1"}'
    api.answers["/alerts"] = [region(75, AIR)]
    source = make(api, deps, "siren_pp_ua", inbox=inbox)
    woken = []
    source.on_hint(lambda: woken.append(1))
    cursor = (await source.poll(None)).cursor
    api.answers["/alerts"] = []
    assert inbox.put("siren_pp_ua", callback("DEACTIVATE"), clock.now())
    assert inbox.put("siren_pp_ua", b"noise", clock.now() + timedelta(seconds=1))
    assert woken == [1, 1]
    batch = await source.poll(cursor)
    assert words(batch) == {}
    assert [item.flags for item in batch.items if not item.snapshot] == [("callback",), ("callback", "unreadable")]
    assert batch.items[0].raw == callback("DEACTIVATE")


async def test_when_the_api_fails_a_callback_raises_an_alert_and_never_ends_one(api, deps, clock, inbox):
    api.answers["/alerts/status"] = '{"lastActionIndex": "1"}'
    api.answers["/alerts"] = [region(122, AIR)]
    source = make(api, deps, "siren_pp_ua", inbox=inbox)
    cursor = (await source.poll(None)).cursor
    api.status = 503
    inbox.put("siren_pp_ua", callback("DEACTIVATE", 122), clock.now())
    with pytest.raises(SourceUnavailable):
        await source.poll(cursor)
    inbox.put("siren_pp_ua", callback("Activate", 75), clock.now())
    batch = await source.poll(cursor)
    assert words(batch) == {("raion-bucha", "air"): "active", ("raion-chuhuiv", "air"): "active"}
    assert (batch.look.outcome, batch.look.reason) == ("failed", "unavailable")


def test_an_inbox_that_is_full_says_so(inbox, clock):
    assert [inbox.put("a", b"x", clock.now()) for _ in range(4)] == [True, True, True, False]
    assert len(inbox.drain("a")) == 3
    assert inbox.drain("a") == ()
    assert inbox.put("a", b"x", clock.now())
