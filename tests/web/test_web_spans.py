"""Time under alert and lead times: what nobody saw end is a range, and no strike without an alert has a lead."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from site_parts import GAZETTEER, NIGHT, T0, Site
from starlette.testclient import TestClient

from monitor.model import Interval, StrikeEvent
from monitor.store.series import Span
from monitor.store.spans import span_of
from monitor.web.spans import lead_times, stretches, under_alert

HOUR = timedelta(hours=1)
START = datetime(2024, 11, 13, 0, 0, tzinfo=UTC)
END = START + 24 * HOUR


def alert(place: str, first: float, last: float | None, bounds: tuple[datetime, datetime] | None = None) -> Span:
    return Span("i", place, "air", START + first * HOUR, None if last is None else START + last * HOUR, bounds)


def strike(place: str, lead: int | None, **more: object) -> StrikeEvent:
    made = StrikeEvent("s", (place,), ("drone",), "2024-11-13", START, START, START)
    return replace(made, alert=None if lead is None else "i", lead_seconds=lead, **more)  # type: ignore[arg-type]


def test_overlapping_alerts_are_one_stretch() -> None:
    assert stretches([(START, START + HOUR), (START + HOUR / 2, START + 2 * HOUR)]) == [(START, START + 2 * HOUR)]


def test_an_end_that_was_not_seen_gives_a_range() -> None:
    bounds = (START + 4 * HOUR, START + 5 * HOUR)
    (row,) = under_alert([alert("UA-05", 1, 5, bounds)], GAZETTEER, START, END, END)
    assert (row.least, row.most) == (3 * HOUR, 4 * HOUR)


def test_an_alert_of_a_raion_counts_as_a_part_and_not_as_the_whole() -> None:
    raion = next(key for key in GAZETTEER.children["UA-63"] if GAZETTEER.level(key) == "raion")
    (row,) = under_alert([alert(raion, 1, 3), alert("UA-63", 2, 4)], GAZETTEER, START, END, END)
    assert (row.place, row.least, row.any_part) == ("UA-63", 2 * HOUR, 3 * HOUR)


def test_a_standing_alert_and_an_end_without_a_start_have_no_span() -> None:
    told = Interval("i", "UA-09", "air", START, "explicit", START)
    assert span_of(told) == alert("UA-09", 0, None)
    assert span_of(replace(told, start_basis="standing")) is None
    assert span_of(replace(told, started_at=None, ended_at=START)) is None


def test_an_alert_that_goes_on_runs_to_now() -> None:
    rows = under_alert([alert("UA-63", 1, None)], GAZETTEER, START, END, START + 3 * HOUR)
    assert [(row.place, row.most) for row in rows] == [("UA-63", 2 * HOUR)]


def test_strikes_without_an_alert_have_no_lead_time() -> None:
    told = [strike("UA-63", 300), strike("UA-63", 900), strike("UA-63", None), strike("UA-63", 60, is_retro=True)]
    (row,) = lead_times(told, GAZETTEER)
    assert (row.strikes, row.without) == (3, 1)
    assert (row.least, row.median, row.most) == (timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=15))
    (bare,) = lead_times([strike("UA-63", None)], GAZETTEER)
    assert (bare.median, bare.without) == (None, 1)


def test_durations_and_lead_times_are_answered_as_json_and_csv(client: TestClient, site: Site) -> None:
    rows = client.get("/v1/series/durations", params={"since": "2024-11-13"}).json()
    assert {row["place"]: row["any_part_s"] for row in rows["rows"]} == {"UA-30": 600, "UA-63": 600, "UA-59": 600}
    assert rows["coverage"]["status"] in ("full", "partial")
    text = client.get("/v1/series/durations", params={"since": "2024-11-13", "format": "csv"}).text
    assert [row["place"] for row in csv.DictReader(text.splitlines())]
    leads = client.get("/v1/series/lead-times").json()["rows"]
    assert [(row["place"], row["strikes"], row["median_s"]) for row in leads] == [("UA-63", 1, 600)]
    assert client.get("/v1/series/durations", params={"since": "2030-01-01"}).status_code == 422


def test_an_alert_that_was_on_then_had_lasted_until_then(client: TestClient, site: Site) -> None:
    then = T0 + timedelta(minutes=5)
    asked = {"since": T0.isoformat(), "until": (T0 + timedelta(hours=1)).isoformat()}
    site.clock.at += timedelta(hours=1)
    answer = client.get("/v1/series/durations", params={**asked, "as_of": then.isoformat()}).json()
    assert {row["place"]: row["any_part_s"] for row in answer["rows"]} == {"UA-30": 300, "UA-63": 300, "UA-59": 300}
    later = client.get("/v1/series/durations", params=asked).json()
    assert {row["place"]: row["any_part_s"] for row in later["rows"]} == {"UA-30": 3600, "UA-63": 3600, "UA-59": 600}


def test_the_series_page_tells_no_data_from_not_stated_and_chooses(client: TestClient, site: Site) -> None:
    page = client.get("/series?nights=7").text
    assert page.count('class="hole"') == 12  # six nights before anybody listened, both sides
    assert ">90<" in page
    one_side = client.get("/series?nights=7&side=RU").text
    assert 'id="h-UA"' not in one_side
    before = client.get("/series?nights=7&known=2024-11-13T06:40").text
    assert ">90<" not in before, "at 04:40 UTC nobody had claimed 90"
    assert client.get("/series?known=yesterday").status_code == 422
    told = list(csv.DictReader(client.get("/series/UA.csv?nights=2").text.splitlines()))
    assert [(row["night"], row["measure"], row["value"], row["standing"]) for row in told] == [
        ("2024-11-11/2024-11-12", "", "", "no_data"), (NIGHT, "launched", "90", "single"),
        (NIGHT, "shot_down", "37", "single"),
    ]  # fmt: skip
    zoomed = client.get("/series/UA.json?nights=90").json()
    assert zoomed["launched"][-1] == 90
    assert zoomed["launched"][0] is None
    assert T0.date() == site.clock.at.date()
