"""The API: what it says, what it refuses, and that nothing odd makes it fail."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from site_parts import NIGHT, T0, Site
from starlette.testclient import TestClient

from monitor.config.models import WebSection
from monitor.model import Hole, RegionState
from monitor.store import series
from monitor.web.app import Site as WholeSite
from monitor.web.plain import utc
from monitor.web.snapshot import compact

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_device_string_has_one_letter_a_region_and_unknown_is_never_clear(client: TestClient, site: Site) -> None:
    body = client.get("/v1/state").json()
    letters = dict(zip(body["order"], body["compact"], strict=True))
    assert len(body["order"]) == 27
    assert (letters["UA-30"], letters["UA-63"], letters["UA-59"]) == ("A", "A", "C")
    assert letters["UA-05"] == "U"
    site.clock.at += timedelta(hours=1)
    later = client.get("/v1/state").json()
    letters = dict(zip(later["order"], later["compact"], strict=True))
    assert (letters["UA-30"], letters["UA-59"]) == ("a", "U")


def test_a_region_that_nobody_knows_is_u_and_not_left_out(site: Site) -> None:
    stale = RegionState("UA-30", "partial", site.clock.now(), is_stale=True)
    assert compact({"UA-30": stale}, ["UA-05", "UA-30"]) == "Up"


def test_the_same_state_is_304_and_an_alert_is_not(client: TestClient, site: Site) -> None:
    first = client.get("/v1/state")
    again = client.get("/v1/state", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    site.clock.at += timedelta(seconds=1)
    site.post("start UA-05")
    changed = client.get("/v1/state", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_headline_and_counts_stand_beside_their_coverage(client: TestClient) -> None:
    rows = client.get("/v1/series/headline", params={"over": "UA", "nights": 2}).json()["rows"]
    tonight = {row["night"]: row for row in rows}[NIGHT]
    figures = {figure["measure"]: figure for figure in tonight["figures"]}
    assert (figures["launched"]["value"], figures["launched"]["claimant"]) == (90, "Air Force of Ukraine")
    assert figures["launched"]["reasons"]
    assert figures["launched"]["rule"] == tonight["rule"]["name"] == "default"
    assert tonight["coverage"] in ("partial", "none")
    assert client.get("/v1/series/headline", params={"over": "RU", "nights": 1}).json()["rows"][0]["figures"] == []
    counts = client.get("/v1/series/counts", params={"grain": "night", "measure": "launched"}).json()
    assert [cell["most"] for cell in counts["rows"]] == [90]
    assert counts["coverage"]["status"]


def test_the_csv_has_a_row_for_a_night_without_figures_and_no_formula(client: TestClient, site: Site) -> None:
    site.post("count lost 3 =HYPERLINK(1)")
    answer = client.get("/v1/series/headline", params={"nights": 3, "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["value"] for row in rows if row["night"] != NIGHT] == ["", ""]
    assert any(row["claimant"] == "'=HYPERLINK(1)" for row in rows)


def test_coverage_regions_and_filters(client: TestClient) -> None:
    assert client.get("/v1/coverage").json()["rows"][0]["source"] == "sirens"
    assert client.get("/v1/coverage", params={"source": "nobody"}).json()["rows"] == []
    regions = client.get("/v1/regions").json()["rows"]
    assert {"UA-30", "UA-43"} <= {row["id"] for row in regions}
    assert client.get("/v1/regions", params={"parent": "UA-32"}).json()["rows"][0]["level"] == "raion"
    assert [row["report"]["kind"] for row in client.get("/v1/reports", params={"kind": "count"}).json()["rows"]] == [
        "count",
        "count",
    ]
    assert client.get("/v1/reports", params={"source": "nobody"}).json()["rows"] == []


def test_pages_of_reports_meet_without_gap_or_overlap(client: TestClient) -> None:
    whole = [row["id"] for row in client.get("/v1/reports").json()["rows"]]
    seen: list[str] = []
    after: str | None = None
    while True:
        body = client.get("/v1/reports", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen += [row["id"] for row in body["rows"]]
        after = body["next"]
        if after is None:
            break
    assert seen == whole


def test_the_atom_feed_is_xml_with_an_entry_a_change(client: TestClient, site: Site) -> None:
    site.post("odd \x0b <b>&amp;]]>")
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]
    assert any(title.startswith("alert.started: Kyiv") for title in titles)
    assert len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == len(titles)


def test_one_change_is_found_by_its_id(client: TestClient) -> None:
    for row in client.get("/v1/changes").json()["rows"]:
        assert client.get(f"/v1/changes/{row['id']}").json()["change"] == row
    assert client.get("/v1/changes/nothing").status_code == 404


def test_cap_messages_are_listed_and_each_has_its_address(client: TestClient) -> None:
    feed = ElementTree.fromstring(client.get("/cap/feed.atom").content)
    links = [link.get("href") for entry in feed.iter(f"{ATOM}entry") for link in entry.iter(f"{ATOM}link")]
    assert links
    assert len(links) == len(set(links))
    for link in links:
        root = ElementTree.fromstring(client.get(str(link)).content)
        assert root.tag == "{urn:oasis:names:tc:emergency:cap:1.2}alert"
        assert root.findtext("{urn:oasis:names:tc:emergency:cap:1.2}status") == "Actual"
    told = {row["seq"] for row in client.get("/v1/changes").json()["rows"] if row["type"].startswith("alert.")}
    assert {int(str(link).rpartition("/")[2].removesuffix(".xml")) for link in links} == told
    silent = [row["seq"] for row in client.get("/v1/changes").json()["rows"] if row["type"].startswith("strike.")]
    for number in (silent[0], 99_999):
        assert client.get(f"/cap/{number}.xml").status_code == 404


def test_a_replays_cap_message_is_a_test(client: TestClient, site: Site) -> None:
    site.clock.is_replay = True
    first = next(row["seq"] for row in client.get("/v1/changes").json()["rows"] if row["type"] == "alert.started")
    root = ElementTree.fromstring(client.get(f"/cap/{first}.xml").content)
    assert root.findtext("{urn:oasis:names:tc:emergency:cap:1.2}status") == "Test"


def test_the_calendar_has_an_event_an_alert(client: TestClient) -> None:
    text = client.get("/calendar.ics").text
    events = [line for line in text.splitlines() if line.startswith("SUMMARY:Air alert")]
    assert len(events) == len(client.get("/v1/alerts").json()["rows"])
    assert any("not ended as far as we know" in line.replace("\r\n ", "") for line in events)
    one = client.get("/calendar.ics", params={"region": "UA-59"}).text
    assert one.count("SUMMARY:Air alert") == 1
    assert client.get("/calendar.ics", params={"region": "nowhere"}).status_code == 422


def test_the_claims_of_a_strikes_night_stand_beside_it(client: TestClient, site: Site) -> None:
    (strike,) = client.get("/v1/strikes").json()["rows"]
    told = client.get(f"/v1/strikes/{strike['id']}/claims")
    assert (told.status_code, "coverage" in told.json()) == (200, True)
    assert {row["value"] for row in told.json()["rows"]} == {
        row["value"] for row in client.get("/v1/claims").json()["rows"]
    }
    before = (site.clock.at - timedelta(days=30)).isoformat()
    assert client.get(f"/v1/strikes/{strike['id']}/claims", params={"as_of": before}).status_code == 404
    assert client.get("/v1/strikes/nothing/claims").status_code == 404


@pytest.mark.parametrize("path", ["/v1/alerts", "/v1/strikes", "/v1/claims", "/v1/reports", "/v1/changes"])
@pytest.mark.parametrize("as_of", [False, True])
def test_pages_meet_without_gap_or_overlap(client: TestClient, site: Site, path: str, as_of: bool) -> None:
    for number in range(7):
        site.clock.at += timedelta(minutes=1)
        place = f"UA-{(12, 14, 18, 21, 23, 26, 32)[number]}"
        site.post(f"start {place}", f"strike {place}", f"count lost {number} Staff")
    base = {"as_of": (site.clock.at + timedelta(seconds=1)).isoformat()} if as_of else {"region": "UA"}
    mark = "after_seq" if path == "/v1/changes" else "after"
    whole = [row["id"] for row in client.get(path, params=base).json()["rows"]]
    seen: list[str] = []
    after = None
    while True:
        body = client.get(path, params={**base, "limit": 3, **({mark: after} if after else {})}).json()
        seen += [row["id"] for row in body["rows"]]
        if (after := body["next"]) is None:
            break
    assert seen == whole
    assert len(seen) >= 7


LISTS = (
    "/v1/state", "/v1/state/UA-30", "/v1/reports", "/v1/alerts", "/v1/strikes", "/v1/claims", "/v1/changes",
    "/v1/sources", "/v1/coverage", "/v1/series/headline", "/v1/series/counts", "/v1/series/durations",
    "/v1/series/lead-times", "/v1/items/tg:1/1",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_every_answer_says_as_of_when_and_how_well_watched_and_is_304_when_known(client: TestClient, path: str) -> None:
    first = client.get(path)
    body = first.json()
    assert body["as_of"]
    assert body["coverage"]["status"] in ("full", "partial", "none")
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in again.headers


def test_as_of_answers_with_what_was_known_then(client: TestClient, site: Site) -> None:
    before = site.clock.at.isoformat()
    site.clock.at += timedelta(hours=1)
    site.post("start UA-05", "count lost 5 Staff")
    for path in ("/v1/alerts", "/v1/claims", "/v1/reports", "/v1/changes"):
        now, then = client.get(path).json()["rows"], client.get(path, params={"as_of": before}).json()
        assert len(then["rows"]) < len(now), path
        assert then["as_of"] == before.replace("+00:00", "Z")
    assert client.get("/v1/state", params={"as_of": before}).status_code == 422


def test_a_filter_with_a_typing_error_is_refused_and_not_ignored(client: TestClient) -> None:
    answer = client.get("/v1/alerts", params={"regoin": "UA-63"})
    assert answer.status_code == 422
    assert "regoin" in answer.json()["detail"]
    assert "region" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [*(f"/v1/{rows}" for rows in ("alerts", "strikes", "claims", "changes", "reports", "coverage", "series/counts")),
     "/calendar.ics"],
)  # fmt: skip
def test_a_range_that_ends_before_it_begins_is_refused(client: TestClient, path: str) -> None:
    """Rows of no time at all would pass for a quiet one."""
    asked = {"since": "2024-11-11", "until": "2024-11-10"}
    assert client.get(path, params=asked).status_code == 422


def test_a_region_that_nobody_knows_is_refused_and_not_quiet(client: TestClient) -> None:
    for path in ("/v1/alerts", "/v1/strikes", "/v1/claims", "/v1/reports", "/v1/changes"):
        assert client.get(path, params={"region": "UA-99"}).status_code == 422


def test_a_device_is_given_the_letters_alone(client: TestClient, site: Site) -> None:
    body = client.get("/v1/state").json()
    assert client.get("/v1/state", params={"format": "compact"}).text == body["compact"]
    assert set(body["compact"]) <= set("APCUapcu")
    packed = client.get("/v1/state", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json()["rows"] == body["rows"]


def test_prepared_bytes_turn_stale_at_their_second(client: TestClient, site: Site) -> None:
    def letters() -> dict[str, str]:
        body = client.get("/v1/state").json()
        return dict(zip(body["order"], body["compact"], strict=True))

    assert (letters()["UA-30"], letters()["UA-59"]) == ("A", "C")
    site.clock.at += site.profile.stale_after
    assert (letters()["UA-30"], letters()["UA-59"]) == ("A", "C")
    site.clock.at += timedelta(seconds=1)
    assert (letters()["UA-30"], letters()["UA-59"]) == ("a", "U")


def test_N14_a_question_that_takes_too_long_is_a_problem(site: Site) -> None:
    app = site.app(web=WebSection(query_seconds=0.05))

    @app.api().get("/slow")
    def slow() -> None:
        with site.store.reading() as connection:
            connection.exec_driver_sql(
                "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
            )

    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        answer = opened.get("/slow")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "shorter range" in answer.json()["detail"]


def test_a_defect_is_a_problem_that_shows_nothing_of_the_inside(site: Site) -> None:
    app = site.app()

    @app.api().get("/broken")
    def broken() -> None:
        raise RuntimeError("c4n4ry")

    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        answer = opened.get("/broken")
        wrong = opened.post("/v1/alerts")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "c4n4ry" not in answer.text
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "application/problem+json")
    assert wrong.headers["allow"] == "GET"


def test_N13_only_named_hosts_are_served_and_nothing_may_frame_it(client: TestClient) -> None:
    assert client.get("/v1/state", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "127.0.0.1.evil.example:8787"}).status_code == 400
    assert client.get("/v1/state", headers={"Host": "localhost:8787"}).status_code == 200
    for path in ("/", "/v1/state", "/health", "/nothing", "/static/monitor.css"):
        answer = client.get(path, headers={"Origin": "https://evil.example"})
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/reports?limit=1000000000", 422),
        ("/v1/changes?after_seq=99999999999999999999", 422),
        ("/v1/stream?after=99999999999999999999", 422),
        ("/v1/reports?after=nonsense", 422),
        ("/v1/reports?since=yesterday", 422),
        ("/v1/alerts?since=0001-01-01", 422),
        ("/v1/alerts?since=9999-12-31T23:59:59-23:59", 422),
        ("/v1/series/headline?nights=100000", 422),
        ("/v1/series/headline?night=0001-01-01", 422),
        ("/night/0001-01-01", 422),
        ("/night/9999-12-31", 422),
        ("/series?nights=0", 422),
        ("/v1/claims?night=nonsense", 422),
        ("/v1/reports?region=" + "x" * 5000, 414),
        ("/v1/reports?region=%00", 400),
        ("/v1/items/nothing", 404),
        ("/v1/state/nowhere", 404),
        ("/v1/regions?parent=nowhere", 404),
        ("/v1/nothing", 404),
    ],
)
def test_N14_too_much_or_nonsense_is_a_problem_and_not_a_failure(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize(
    "attack",
    [
        "' OR 1=1 --",
        "x'; DROP TABLE reports; --",
        "../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%s%n{0.__class__}",
        "a\r\nSet-Cookie: x=1",
        "{{7*7}}",
    ],
)
def test_N15_a_parameter_is_a_value_and_never_code_or_a_path(client: TestClient, site: Site, attack: str) -> None:
    before = series.counts_summary(site.store)
    for path in ("/v1/reports", "/v1/alerts", "/v1/claims", "/v1/coverage", "/v1/series/counts"):
        for name in ("region", "source", "lang", "claimant", "weapon"):
            answer = client.get(path, params={name: attack})
            assert answer.status_code in (200, 422), path
            if answer.status_code == 200 and name in ("region",) and "coverage" not in path:
                assert answer.json()["rows"] == []
            assert "set-cookie" not in answer.headers
    raw = _quoted(attack)
    for path in (f"/static/{raw}", f"/v1/items/{raw}", f"/region/{raw}", f"/item?key={raw}"):
        assert client.get(path).status_code in (400, 404)
    assert series.counts_summary(site.store) == before


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_no_parameter_of_the_schema_makes_a_server_error(client: TestClient, data: st.DataObject) -> None:
    """Every GET of the OpenAPI document with drawn values: known ids, odd text, huge and negative numbers."""
    app: Any = client.app
    assert isinstance(app, WholeSite)
    document = _document(app)
    path = data.draw(
        st.sampled_from(sorted(p for p, o in document["paths"].items() if "get" in o and "stream" not in p))
    )
    odd = st.one_of(
        st.sampled_from(
            ["UA-30", "sirens", "uk", "drone", NIGHT, "2024-11-13T00:00:00Z", "2024-11-13", "night", "|", "0"]
        ),
        st.text(max_size=30).filter(lambda text: text not in (".", "..")),
        st.integers(-(2**70), 2**70).map(str),
        st.floats().map(lambda number: str(number) if math.isfinite(number) else "NaN"),
    )
    query: dict[str, str] = {}
    address = path
    for parameter in document["paths"][path]["get"].get("parameters", ()):
        if parameter["in"] == "path":
            address = address.replace("{" + parameter["name"] + "}", _quoted(data.draw(odd)) or "x")
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            query[parameter["name"]] = data.draw(odd)
    answer = client.get(address, params=query)
    assert answer.status_code < 500, (address, query, answer.text[:300])
    if answer.status_code >= 400 and answer.headers.get("content-type", "").endswith("json"):
        assert answer.headers["content-type"] == "application/problem+json"


def test_every_json_answer_says_when_and_whether_it_is_a_replay(client: TestClient) -> None:
    for path in ("/v1/state", "/v1/reports", "/v1/alerts", "/v1/strikes", "/v1/claims", "/v1/changes", "/v1/sources"):
        body = client.get(path).json()
        assert {"now", "replay", "rows"} <= set(body), path
        json.dumps(body, allow_nan=False)


def _document(app: WholeSite) -> dict[str, Any]:
    return app.openapi()


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "replace"), safe="")


def test_sources_coverage_and_changes_are_told_as_known_at_a_time(client: TestClient, site: Site) -> None:
    before = site.clock.now() - timedelta(minutes=1)
    hole = Hole("tg:1", 5, 9, "unfetchable", noticed_at=site.clock.now())
    site.post("start UA-05", holes=(hole,))
    (row,) = client.get("/v1/sources").json()["rows"]
    assert (row["health"], row["failures_in_a_row"]) == ("live", 0)
    then = client.get("/v1/sources", params={"as_of": before.isoformat()}).json()
    assert then["as_of"] == utc(before)
    assert then["rows"][0]["health"] == "live"
    assert then["rows"][0]["last_look"]["at"] <= utc(before) < row["last_look"]["at"]
    assert then["rows"][0]["failures_in_a_row"] == 0
    long_ago = client.get("/v1/sources", params={"as_of": (before - timedelta(days=9)).isoformat()}).json()
    assert long_ago["rows"][0]["health"] is None
    assert long_ago["coverage"]["status"] == "none"
    assert len(client.get("/v1/coverage").json()["holes"]) == 1
    assert client.get("/v1/coverage", params={"as_of": before.isoformat()}).json()["holes"] == []
    newest = client.get("/v1/changes", params={"limit": 1000}).json()["rows"][-1]
    assert client.get(f"/v1/changes/{newest['id']}").status_code == 200
    assert client.get(f"/v1/changes/{newest['id']}", params={"as_of": before.isoformat()}).status_code == 404


def test_a_source_that_was_well_before_a_pause_is_not_counted_as_reporting(client: TestClient, site: Site) -> None:
    site.post("start UA-05")
    assert "1 of 1" in client.get("/").text
    site.clock.at += timedelta(hours=1)
    assert "0 of 1" in client.get("/").text


@pytest.mark.parametrize(
    "path",
    ["/v1/series/headline?format=csv", "/v1/series/durations?format=csv", "/v1/series/lead-times?format=csv",
     "/series/UA.csv?nights=3"],
)  # fmt: skip
def test_every_table_says_as_of_when_and_how_well_watched(client: TestClient, site: Site, path: str) -> None:
    answer = client.get(path)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows or path.startswith("/v1/series/lead")
    for row in rows:
        assert row["as_of"] == utc(site.clock.now())
        assert row["coverage"] in ("full", "partial", "none")


def test_the_points_of_a_chart_say_as_of_when_and_how_well_watched(client: TestClient, site: Site) -> None:
    told = client.get("/series/UA.json?nights=3").json()
    assert told["as_of"] == utc(site.clock.now())
    assert len(told["coverage"]) == len(told["days"]) == 3


@pytest.mark.parametrize("rows", ["alerts", "strikes", "claims", "reports", "coverage", "series/counts"])
def test_a_range_without_an_end_runs_to_now_and_not_to_the_last_look(client: TestClient, site: Site, rows: str) -> None:
    """Two hours of silence are no coverage, however good the time before them was."""
    since = {"since": (T0 + timedelta(minutes=1)).isoformat()}
    assert client.get(f"/v1/{rows}", params=since).json()["coverage"]["status"] == "full"
    site.clock.at += timedelta(hours=2)
    told = client.get(f"/v1/{rows}", params=since).json()["coverage"]
    assert told["status"] == "partial"
    assert told["gaps"][-1]["end"] == utc(site.clock.now())
