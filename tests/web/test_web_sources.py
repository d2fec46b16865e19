"""The page Sources: how late posts come, who does not report and which regions suffer for it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from site_parts import Site
from starlette.testclient import TestClient

from monitor.model import Batch, Hole, Item, Look
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
    assert "data-deliveries" in page
    assert "endpoint" not in page.casefold(), "deliveries are shown with a token only"


@pytest.mark.parametrize(
    ("status", "threat", "kind"),
    [("end", "air", "clear"), ("end", None, "clear"), ("end", "ballistic", "threat_over"), ("start", "air", "alert"),
     ("threat", "drone", "threat")],
)  # fmt: skip
def test_the_end_of_a_named_threat_is_not_called_an_all_clear(status: str, threat: str | None, kind: str) -> None:
    assert _kind(status, threat) == kind
