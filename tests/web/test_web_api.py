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
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from site_parts import NIGHT, Site
from starlette.testclient import TestClient

from monitor.model import RegionState
from monitor.store import series
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
    assert isinstance(app, FastAPI)
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


def _document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text.encode("utf-8", "replace"), safe="")
