"""The pages in a real browser: live without reload, evidence with marks, four languages, a narrow screen."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import PAGES
from site_parts import SIRENS, Site, fresh, read, served
from test_web_hostile import CASES, hostile_site

from monitor.config import Settings
from monitor.config.models import LimitsSection, StoreSection, WebSection
from monitor.daemon import Daemon
from monitor.errors import SourceUnavailable
from monitor.languagecases import cases_of
from monitor.model import Batch, Item, Look
from monitor.web import broadcast

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


class Pushed:
    """A source that brings what a test pushes, at once; ``is_lost`` makes every look fail."""

    def __init__(self) -> None:
        self.profile = replace(SIRENS, stale_after=timedelta(seconds=1.5), poll_every=timedelta(seconds=0.05))
        self.id = self.profile.id
        self.waiting: list[str] = []
        self.is_lost = False
        self.brought = 0

    async def poll(self, cursor: str | None) -> Batch:
        if self.is_lost:
            raise SourceUnavailable("it does not answer")
        now = datetime.now(UTC)
        texts, self.waiting = self.waiting, []
        items = []
        for text in texts:
            self.brought += 1
            items.append(Item(f"tg:1/{self.brought}", self.id, text, now, published=now))
        return Batch(self.id, tuple(items), Look(self.id, now, "ok", newest=now), cursor=str(self.brought))

    async def close(self) -> None:
        return None


@contextmanager
def daemon_over(folder: Path, source: Pushed) -> Iterator[str]:
    """A real daemon in a thread of its own; yields its address."""
    settings = Settings(
        store=StoreSection(url=fresh(folder)),
        web=WebSection(port=0),
        limits=LimitsSection(stop_seconds=1.0),
        base=folder,
    )
    address: list[str] = []
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def live() -> None:
        daemon = Daemon(settings, sources=[source], read=read)  # type: ignore[list-item]
        await daemon.start()
        address.append(daemon.url)
        ready.set()
        await stop.wait()
        await daemon.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),), daemon=True)
    thread.start()
    assert ready.wait(30), "the daemon did not start"
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(15)
        loop.close()


def shape(region: str, status: str) -> str:
    return f'.map-region[data-region="{region}"][data-state="{status}"]'


def test_an_alert_turns_the_region_on_the_open_page_and_a_lost_source_hatches_it(tmp_path: Path, tab: Any) -> None:
    source = Pushed()
    with daemon_over(tmp_path, source) as url:
        tab.page.goto(url)
        tab.page.wait_for_selector(shape("UA-30", "unknown"), state="attached")
        tab.page.wait_for_function("() => performance.getEntriesByName(location.origin + '/v1/stream').length >= 0")
        tab.page.wait_for_timeout(500)
        times = []
        for region in ("UA-30", "UA-63", "UA-05"):
            start = time.perf_counter()
            source.waiting.append(f"start {region}")
            tab.page.wait_for_selector(shape(region, "active"), state="attached")
            times.append(time.perf_counter() - start)
        assert sorted(times)[1] < 1.0, times
        assert "3" in tab.page.inner_text("h1")
        source.waiting.append("end UA-05")
        tab.page.wait_for_selector(shape("UA-05", "clear"), state="attached")
        source.is_lost = True
        tab.page.wait_for_selector(shape("UA-05", "unknown"), state="attached", timeout=40_000)
        assert tab.page.locator(shape("UA-30", "active")).count() == 1
        assert tab.page.locator("#r-UA-30 .stale").count() == 1
    assert [said for said in tab.said if "ERR_" not in said] == []


def test_the_page_comes_back_by_itself_after_a_restart_of_the_server(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(url)
        tab.page.wait_for_timeout(300)
        port = int(url.rpartition(":")[2])
    site.clock.at += timedelta(minutes=1)
    site.post("start UA-05")
    with served(site.app(), port):
        tab.page.wait_for_selector(shape("UA-05", "active"), state="attached", timeout=20_000)


def test_offline_after_three_missed_heartbeats_clear_is_unknown_and_alerts_stay(site: Site, tab: Any) -> None:
    tab.page.clock.install()
    with served(site.app()) as url:
        tab.page.goto(url)
        tab.page.wait_for_selector(shape("UA-59", "clear"), state="attached")
    tab.page.clock.fast_forward(50_000)
    tab.page.clock.run_for(2_000)
    tab.page.wait_for_selector(shape("UA-59", "unknown"), state="attached")
    assert tab.page.locator(shape("UA-30", "active")).count() == 1
    assert tab.page.locator(".strip.is-off").count() == 1
    assert "No connection since" in tab.page.inner_text("h1")
    assert tab.page.locator('[data-live] [data-state="clear"]:not(.swatch)').count() == 0
    assert tab.page.locator("#r-UA-30 .stale").count() == 1


def test_a_page_that_cannot_be_fetched_any_more_is_not_calm_because_heartbeats_come(
    site: Site, tab: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcast, "HEARTBEAT", 0.2)
    tab.page.clock.install()
    with served(site.app()) as url:
        tab.page.goto(url)
        tab.page.wait_for_selector(shape("UA-59", "clear"), state="attached")
        tab.page.wait_for_timeout(500)
        tab.page.route(f"{url}/", lambda route: route.fulfill(status=500, body="a defect"))
        for _ in range(9):
            tab.page.clock.run_for(10_000)
            tab.page.wait_for_timeout(300)
        assert tab.page.locator('[data-live] [data-state="clear"]:not(.swatch)').count() == 0
        assert tab.page.locator(shape("UA-30", "active")).count() == 1
        tab.page.unroute(f"{url}/")
        tab.page.clock.run_for(3_000)
        tab.page.wait_for_selector(shape("UA-59", "clear"), state="attached")


def test_the_feed_filters_and_opens_the_evidence_in_a_drawer(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(f"{url}/feed")
        tab.page.locator('input[name="kind"][value="alert"]').check(force=True)
        tab.page.wait_for_url("**kind=alert**")
        assert tab.page.locator('.entry[data-kind="count"]').count() == 0
        assert tab.page.locator('.entry[data-kind="clear"]').count() == 0
        tab.page.locator('.entry[data-kind="alert"] h3 a').first.click()
        drawer = tab.page.locator("#evidence")
        drawer.locator(".original mark").wait_for()
        assert tab.page.evaluate("document.activeElement.hasAttribute('data-close')")
        assert drawer.locator(".original mark").inner_text().startswith("start UA-")
        assert "test.rule" in drawer.locator(".why").inner_text()
        assert "sha256" in drawer.locator(".versions").inner_text()
        assert "kind=alert" in tab.page.url
        address = tab.page.url
        tab.page.keyboard.press("Escape")
        assert drawer.is_hidden()
        assert tab.page.evaluate("document.activeElement.closest('.entry') !== null"), "focus is back on the report"
        tab.page.goto("about:blank")
        tab.page.goto(address)
        tab.page.locator("#evidence .original mark").wait_for()
    assert tab.said == []


def test_a_wrong_reading_becomes_a_case_that_the_language_check_reads(site: Site, tab: Any, tmp_path: Path) -> None:
    with served(site.app()) as url:
        tab.page.goto(f"{url}/item?key=tg:1/1")
        tab.page.click("details.wrong summary")
        tab.page.fill("#wrong-what", 'not "now"\nbut yesterday')
        with tab.page.expect_download() as download:
            tab.page.click("[data-case]")
        text = Path(download.value.path()).read_text("utf-8")
    folder = tmp_path / "uk" / "cases"
    folder.mkdir(parents=True)
    (folder / "wrong.toml").write_text(text, "utf-8")
    (case,) = cases_of(tmp_path / "uk")
    assert case.text == "start UA-30"
    assert [(report.kind, report.fields["status"]) for report in case.reports] == [("alert", "start")]
    assert '# not "now"\n# but yesterday\n' in text
    assert tab.said == []


def test_on_a_phone_the_evidence_is_a_dialog_that_keeps_the_focus(site: Site, tab: Any) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 800})
    with served(site.app()) as url:
        tab.page.goto(f"{url}/feed")
        tab.page.locator(".entry h3 a").first.click()
        tab.page.locator("#evidence .original").wait_for()
        assert tab.page.get_attribute("#evidence", "role") == "dialog"
        assert tab.page.evaluate("document.querySelector('.masthead').inert")
        tab.page.click("[data-close]")
        assert not tab.page.evaluate("document.querySelector('.masthead').inert")
    assert tab.said == []


def test_newer_reports_wait_behind_a_button(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(f"{url}/feed")
        shown = tab.page.locator(".entry").count()
        top = tab.page.locator(".entry").first.inner_text()
        site.clock.at += timedelta(minutes=1)
        site.post("start UA-05")
        tab.page.wait_for_selector(".newer:not([hidden])")
        assert "1 newer report" in tab.page.inner_text(".newer")
        assert tab.page.locator(".entry").first.inner_text() == top, "the list does not jump"
        tab.page.click(".newer")
        assert tab.page.locator(".entry").count() == shown + 1
        assert "Vinnytsia" in tab.page.locator(".entry").first.inner_text()
        assert tab.page.locator(".newer").is_hidden()
    assert tab.said == []


def test_the_night_shows_both_sides_and_can_be_shared(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(f"{url}/night/2024-11-13")
        assert "Night of 12–13 Nov 2024" in tab.page.inner_text("h1")
        assert tab.page.locator(".figure .value").all_inner_texts()[0] == "90"
        assert tab.page.locator(".figure .value.none").count() == 1
        assert tab.page.locator(".lane-plot .bar-active").count() >= 3
        assert tab.page.locator(".lane-plot .pt-strike").count() == 1
        assert tab.page.locator(".lane-plot .bar-unknown").count() >= 1, "before anybody listened is hatched"
        assert tab.page.locator("[data-copy]").is_visible()
        tab.page.emulate_media(media="print")
        assert tab.page.locator(".figure .value").first.is_visible()
        assert tab.page.locator("[data-print]").is_hidden()
        assert len(tab.page.pdf()) > 10_000
    assert tab.said == []


def test_what_is_folded_away_is_printed_and_controls_are_not(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(f"{url}/night/2024-11-13")
        folds = tab.page.locator("details.more")
        assert folds.count() > 0
        tab.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        tab.page.emulate_media(media="print")
        assert tab.page.locator("details.more:not([open])").count() == 0
        assert not tab.page.locator(".masthead .nav").is_visible()
        assert not tab.page.locator("[data-print]").is_visible()
        assert tab.page.locator(".strip-mode time").is_visible()
        assert tab.page.locator(".strip-warning").is_visible()
        tab.page.emulate_media(media="screen")
        tab.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert tab.page.locator("details.more[open]").count() == 0


def test_the_language_changes_and_stays(site: Site, tab: Any) -> None:
    with served(site.app()) as url:
        tab.page.goto(url)
        tab.page.select_option('[data-pref="language"]', "uk")
        tab.page.wait_for_selector('html[lang="uk"]')
        tab.page.goto(f"{url}/sources")
        assert tab.page.get_attribute("html", "lang") == "uk"
        tab.page.select_option('[data-pref="zone"]', "UTC")
        tab.page.wait_for_load_state()
    assert [said for said in tab.said if "ERR_" not in said] == []


@pytest.mark.parametrize("code", ["en", "uk", "fr", "ru"])
def test_nothing_scrolls_sideways_at_360_pixels(site: Site, tab: Any, code: str) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 800})
    with served(site.app()) as url:
        for path in PAGES:
            tab.page.goto(f"{url}{path}{'&' if '?' in path else '?'}lang={code}")
            wide = tab.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, (path, code, wide)
    assert tab.said == []


def test_N17_H01_hostile_words_run_nothing_and_ask_nobody(tmp_path: Path, tab: Any) -> None:
    """A third of the payloads; every one of them goes through the parser in ``test_web_hostile``."""
    for number, case in enumerate(CASES[::3]):
        folder = tmp_path / str(number)
        folder.mkdir()
        site, store = hostile_site(folder, " ".join(case))
        with served(site.app()) as url:
            for path in PAGES if number == 0 else ("/night/2024-11-13", "/item?key=tg:1/1"):
                tab.page.goto(f"{url}{path}", wait_until="load")
            assert [asked for asked in tab.asked if not asked.startswith(("http://127.0.0.1:", "blob:"))] == []
        tab.asked.clear()
        store.close()  # type: ignore[attr-defined]
    assert [said for said in tab.said if not re.search("ERR_", said)] == []


@pytest.mark.parametrize(("scheme", "pages"), [("light", PAGES), ("dark", PAGES[:1] + PAGES[2:3])])
def test_axe_finds_nothing_serious(site: Site, tab: Any, scheme: str, pages: tuple[str, ...]) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is absent")
    tab.page.emulate_media(color_scheme=scheme)
    found = []
    with served(site.app()) as url:
        for path in pages:
            tab.page.goto(f"{url}{path}")
            for violation in axe.Axe().run(tab.page)["violations"]:
                if violation["impact"] in SERIOUS:
                    found.append((path, violation["id"], [node["html"][:160] for node in violation["nodes"][:3]]))
    assert found == []


def test_axe_finds_nothing_serious_in_the_open_drawer_and_the_zoomed_chart(site: Site, tab: Any) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is absent")
    found = []
    with served(site.app()) as url:
        for width in (1280, 360):
            tab.page.set_viewport_size({"width": width, "height": 800})
            tab.page.goto(f"{url}/feed")
            tab.page.locator(".entry h3 a").first.click()
            tab.page.locator("#evidence .original").wait_for()
            found += [(width, one["id"]) for one in axe.Axe().run(tab.page)["violations"] if one["impact"] in SERIOUS]
        tab.page.set_viewport_size({"width": 1280, "height": 800})
        tab.page.goto(f"{url}/series?nights=90")
        tab.page.locator("[data-zoom].is-drawn canvas").first.wait_for()
        found += [("zoom", one["id"]) for one in axe.Axe().run(tab.page)["violations"] if one["impact"] in SERIOUS]
    assert found == []
    assert tab.said == []
