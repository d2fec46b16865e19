"""The page Sources: how late posts come, who does not report and which regions suffer for it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from site_parts import Site
from starlette.testclient import TestClient

from monitor.model import Attempt, Batch, Delivery, Endpoint, Hole, Item, Look
from monitor.store import tokens
from monitor.web.delays import STEPS, place_of, summed
from monitor.web.pages.feed import _kind


def test_percentiles_are_of_the_posts_and_every_post_stands_in_one_step() -> None:
    told = summed([0.05, *[1.0] * 93, *[20.0] * 5, 90_000.0])
    assert told is not None
    assert (told.posts, told.half, told.most, told.nearly_all) == (100, 1.0, 20.0, 90_000.0)
    assert sum(told.steps) == 100
    assert (told.steps[0], told.steps[-1]) == (1, 1)
    assert summed([]) is None


@pytest.mark.parametrize(("seconds", "share"), [(0.0, 0.0), (0.1, 0.0), (0.2, 1 / STEPS), (1e9, 1.0)])
def test_each_step_of_the_axis_is_twice_the_one_before(seconds: float, share: float) -> None:
    assert place_of(seconds) == pytest.approx(share)


def test_a_late_post_counts_and_history_does_not(client: TestClient, site: Site) -> None:
    now = site.clock.now()
    posts = (
        Item("tg:1/90", "sirens", "start UA-30", received=now, published=now - timedelta(seconds=40)),
        Item("tg:1/91", "sirens", "start UA-30", received=now, published=now - timedelta(days=3), is_late=True),
    )
    site.pipeline.run(Batch("sirens", posts, Look("sirens", now, "ok", newest=now)), now)
    page = client.get("/sources?source=sirens").text
    assert "99 %: 40 s" in page
    assert re.search(r"(\d+) posts that came", page)[1] == "8", "seven of the evening and the late one; no history"


def test_a_silent_source_is_named_with_the_regions_that_it_leaves_unknown(client: TestClient, site: Site) -> None:
    site.clock.at += timedelta(minutes=1)
    site.post(holes=(Hole("1", 3, 4, "unfetchable", site.clock.now()),))
    for _ in range(6):
        site.clock.at += timedelta(minutes=2)
        site.pipeline.run(Batch("sirens", (), Look("sirens", site.clock.now(), "failed", reason="unavailable")),
                          site.clock.now())  # fmt: skip
    page = client.get("/sources").text
    assert "0 of 1 sources report" in page
    assert "not reachable" in page
    assert "Sumy" in page.split("Unknown or stale through it")[1][:400]
    assert "could not be fetched" in page


@pytest.mark.parametrize(
    ("status", "threat", "kind"),
    [("end", "air", "clear"), ("end", None, "clear"), ("end", "ballistic", "threat_over"), ("start", "air", "alert"),
     ("threat", "drone", "threat")],
)  # fmt: skip
def test_the_end_of_a_named_threat_is_not_called_an_all_clear(status: str, threat: str | None, kind: str) -> None:
    assert _kind(status, threat) == kind


def test_deliveries_and_their_failures_are_shown_to_a_token_of_that_scope_only(client: TestClient, site: Site) -> None:
    now = site.clock.now()
    site.store.save_endpoint(Endpoint("desk", "webhook", "https://hooks.example.org/s3cret", ("whsec_c2VjcmV0",)), now)
    site.store.enqueue([Delivery("msg_1", "desk", "air|UA-63", 1, "alert.started", b'{"x": "b0dy"}', now)])
    (waiting,) = site.store.due(now, 1)
    site.store.settle([Attempt(waiting, "retry", now, {"status": 503}, now + timedelta(seconds=5))])
    plain = client.get("/sources").text
    assert "desk" not in plain
    assert 'action="/session"' in plain
    reader = tokens.add(site.store, "reader", ("read",), now)[1]
    client.post("/session", data={"token": reader})
    assert "desk" not in client.get("/sources").text, "a token that may only read sees no deliveries"
    secret = tokens.add(site.store, "duty", ("deliveries",), now)[1]
    client.post("/session", data={"token": secret})
    page = client.get("/sources").text
    assert "desk" in page
    assert "503" in page
    for hidden in ("s3cret", "whsec_", "b0dy"):
        assert hidden not in page.split('id="h-del"')[1].split("</section>")[0]
    client.post("/session", data={"token": ""})
    assert "desk" not in client.get("/sources").text


def test_a_source_that_nobody_looks_at_any_more_is_not_said_to_report(client: TestClient, site: Site) -> None:
    """A full disk, a stuck writer: nothing new is written down, and what was written last says that all is well."""
    (row,) = client.get("/v1/sources").json()["rows"]
    assert row["health"] == "live"
    assert 'data-state="ok"' in client.get("/sources").text
    site.clock.at += timedelta(hours=2)
    answer = client.get("/v1/sources").json()
    assert answer["rows"][0]["health"] is None
    assert answer["coverage"]["status"] == "none"
    page = client.get("/sources").text
    assert 'data-state="ok"' not in page
    assert "All 1 sources report" not in page


@pytest.mark.parametrize("page", ["/sources", "/region/UA-59", "/night"])
def test_what_nobody_looked_at_is_not_drawn_as_watched(client: TestClient, site: Site, page: str) -> None:
    """An open span of coverage reaches to the last good look, not to now: the hours since are unknown."""
    site.clock.at += timedelta(hours=1)  # more than the grace after a look
    before = _watched(client.get(page).text)
    site.clock.at += timedelta(hours=2)
    assert _watched(client.get(page).text) <= before


def _watched(page: str) -> float:
    """How much is drawn as watched: heights in the calendar of days, widths in the lane of a night."""
    found = re.findall(r'class="d-full" [^>]*?height="([\d.]+)"', page.partition('class="cal"')[2])
    found += re.findall(r'<rect class="bar-full"[^>]*? width="([\d.]+)', page)
    assert found, page[:200]
    return sum(map(float, found))
