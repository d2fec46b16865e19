"""Sound and badge: nothing until the reader asks for it, an alert heard once, the loss of sight never shown as calm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from site_parts import Site, served
from starlette.testclient import TestClient

from monitor.web.pages.words import languages, words

pytestmark = pytest.mark.browser

HEARD = """
window.heard = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) {
  window.heard.push(Math.round(this.frequency.value));
  return start.call(this, at);
};
"""
NEWS, LOSS = [660, 880, 660, 880], [220]


def shape(region: str, status: str) -> str:
    return f'.map-region[data-region="{region}"][data-state="{status}"]'


@pytest.fixture
def desk(tab: Any) -> Any:
    """A page that notes the pitch of every tone."""
    tab.page.add_init_script(HEARD)
    return tab.page


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served(site.app()) as found:
        yield found


def switch(page: Any, *, sound: bool = True, badge: bool = True, regions: tuple[str, ...] = ()) -> None:
    """Open the panel and choose; without regions for all of them."""
    page.click("[data-alarm] summary")
    page.set_checked('[name="alarm-sound"]', sound)
    page.set_checked('[name="alarm-badge"]', badge)
    if regions:
        page.set_checked('[name="alarm-all"]', False)
    for region in regions:
        page.set_checked(f'[name="alarm-region"][value="{region}"]', True)


def icon(page: Any) -> str:
    return str(page.get_attribute('link[rel="icon"]', "href"))


def heard(page: Any) -> list[int]:
    return list(page.evaluate("window.heard"))


def test_nothing_sounds_and_nothing_is_marked_unless_it_was_switched_on(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    site.post("start UA-05")
    desk.wait_for_selector(shape("UA-05", "active"), state="attached")
    assert heard(desk) == []
    assert desk.title() == "Now · monitor"
    assert icon(desk) == "/static/icon.svg"
    assert words("en").t("alarm.off") in desk.inner_text("[data-alarm] summary")
    assert desk.evaluate("localStorage.getItem('monitor.alarm')") is None


def test_a_new_alert_sounds_once_and_an_all_clear_is_silent(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    switch(desk, regions=("UA-05", "UA-59"))
    assert heard(desk) == []
    site.post("start UA-05")
    desk.wait_for_function("() => window.heard.length >= 4")
    site.post("start UA-07")
    desk.wait_for_selector(shape("UA-07", "active"), state="attached")
    site.clock.at += timedelta(minutes=1)
    site.post("end UA-05")
    desk.wait_for_selector(shape("UA-05", "clear"), state="attached")
    assert heard(desk) == NEWS


def test_the_badge_counts_alerts_and_marks_what_is_unknown(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    switch(desk, sound=False, regions=("UA-59",))
    assert desk.title() == "Now · monitor", "Sumy is clear and watched"
    site.clock.at += timedelta(minutes=1)
    site.post("start UA-59")
    desk.wait_for_function("() => document.title.startsWith('(1) ')")
    assert icon(desk) == "/static/icon-alert.svg"
    desk.set_checked('[name="alarm-region"][value="UA-07"]', True)
    assert desk.title().startswith("(1 ?) "), "Volyn is unknown"
    desk.set_checked('[name="alarm-region"][value="UA-59"]', False)
    assert desk.title().startswith("(?) ")
    assert icon(desk) == "/static/icon-unknown.svg"
    assert heard(desk) == []


def test_permanent_alerts_are_neither_counted_nor_offered(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    switch(desk, sound=False)
    counted = desk.locator('.map-region[data-state="active"]:not([data-standing])').count()
    assert counted == 2
    assert desk.title().startswith(f"({counted} ?) ")
    assert desk.locator('[name="alarm-region"][value="UA-09"]').count() == 0
    assert desk.locator('[name="alarm-region"][value="UA-43"]').count() == 0


def test_the_choice_is_kept_and_says_when_the_browser_holds_the_sound_back(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    switch(desk, regions=("UA-05",))
    assert json.loads(desk.evaluate("localStorage.getItem('monitor.alarm')")) == {
        "sound": True, "badge": True, "all": False, "regions": ["UA-05"],
    }  # fmt: skip
    desk.reload()
    assert desk.is_checked('[name="alarm-sound"]')
    assert words("en").t("alarm.on", n=1) in desk.inner_text("[data-alarm] [data-said]")
    desk.click("h1")  # a browser that held the sound back lets it go now
    desk.wait_for_function("() => document.querySelector('[data-blocked]').hidden")
    assert words("en").t("alarm.held") not in desk.inner_text("[data-alarm] [data-said]")
    site.post("start UA-05")
    desk.wait_for_function("() => window.heard.length >= 4")
    assert heard(desk) == NEWS


def test_a_lost_connection_sounds_low_and_is_a_question_mark_until_it_is_back(site: Site, desk: Any) -> None:
    with served(site.app()) as url:
        desk.goto(url)
        switch(desk, regions=("UA-59",))
        assert desk.title() == "Now · monitor"
        port = int(url.rpartition(":")[2])
    desk.wait_for_selector(".strip.is-late", timeout=15_000)
    assert desk.title().startswith("(?) ")
    assert icon(desk) == "/static/icon-unknown.svg"
    assert words("en").t("alarm.blind") in desk.inner_text("[data-alarm] [data-said]")
    assert words("en").t("strip.reconnecting") in desk.inner_text(".strip-mode")
    assert heard(desk) == LOSS
    site.clock.at += timedelta(minutes=1)
    site.post("start UA-59")
    with served(site.app(), port):
        desk.wait_for_selector(shape("UA-59", "active"), state="attached", timeout=20_000)
        desk.wait_for_function("() => document.title.startsWith('(1) ')")
        assert heard(desk) == LOSS + NEWS
        assert desk.locator(".strip.is-late").count() == 0


def test_a_region_that_turns_unknown_sounds_low(site: Site, desk: Any, address: str) -> None:
    desk.clock.install()
    desk.goto(address)
    switch(desk, regions=("UA-59",))
    assert desk.title() == "Now · monitor"
    site.clock.at += timedelta(minutes=20)
    desk.clock.fast_forward(31_000)
    desk.wait_for_selector(shape("UA-59", "unknown"), state="attached")
    assert desk.title().startswith("(?) ")
    assert heard(desk) == LOSS


def test_a_sound_that_the_browser_holds_back_is_said_so_and_not_played_late(
    site: Site, desk: Any, address: str
) -> None:
    desk.add_init_script(
        "localStorage.setItem('monitor.alarm', JSON.stringify({sound: true, badge: false, all: true, regions: []}));"
        "Object.defineProperty(AudioContext.prototype, 'state', {get: () => 'suspended'});"
        "AudioContext.prototype.resume = () => new Promise(() => {});"
    )
    desk.goto(address)
    assert words("en").t("alarm.held") in desk.inner_text("[data-alarm] summary")
    site.post("start UA-05")
    desk.wait_for_selector(shape("UA-05", "active"), state="attached")
    desk.click("h1")
    assert heard(desk) == []
    assert words("en").t("alarm.held") in desk.inner_text("[data-alarm] summary")


def test_a_change_whose_page_cannot_be_had_is_said_within_seconds(site: Site, desk: Any, address: str) -> None:
    desk.goto(address)
    switch(desk, regions=("UA-59",))
    desk.wait_for_timeout(1500)
    desk.route(f"{address}/", lambda route: route.abort())
    site.clock.at += timedelta(minutes=1)
    site.post("start UA-59")
    desk.wait_for_selector(".strip.is-late", timeout=15_000)
    assert desk.title().startswith("(?) "), "the stream lives, but what it told of is not on the page"
    desk.unroute(f"{address}/")
    desk.wait_for_selector(shape("UA-59", "active"), state="attached", timeout=15_000)
    desk.wait_for_function("() => document.title.startsWith('(1) ')")
    assert desk.locator(".strip.is-late").count() == 0


@pytest.mark.parametrize("code", languages())
def test_the_panel_fits_a_phone_in_every_language_and_axe_finds_nothing_serious(
    site: Site, desk: Any, address: str, code: str
) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is absent")
    desk.set_viewport_size({"width": 360, "height": 740})
    desk.goto(f"{address}/?lang={code}")
    switch(desk, sound=False, regions=("UA-05",))
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
    assert words(code).t("alarm.sound") in desk.inner_text("[data-alarm]")
    for scheme in ("light", "dark"):
        desk.emulate_media(color_scheme=scheme)
        found = axe.Axe().run(desk)["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_panel_keeps_the_strict_policy(client: TestClient) -> None:
    page = client.get("/")
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert '<script src="/static/alarm.js" defer></script>' in page.text
    script = client.get("/static/alarm.js").text
    for word in ("innerHTML", "insertAdjacentHTML", "eval(", "http://", "https://"):
        assert word not in script
