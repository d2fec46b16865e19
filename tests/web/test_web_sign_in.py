"""Where a reader gives a token: a form that needs no script, tells a wrong token, and leads nowhere else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from site_parts import Site, served
from starlette.testclient import TestClient

from monitor.config.models import WebSection
from monitor.store import tokens
from monitor.web import access
from monitor.web.access import COOKIE
from monitor.web.pages.words import languages, words

PAGE = {"accept": "text/html,application/xhtml+xml"}
CLOSED = WebSection(public=False)


def token(site: Site, *scopes: str) -> str:
    return tokens.add(site.store, "night desk", scopes or ("read",), site.clock.now())[1]


def opened(site: Site, web: WebSection = CLOSED) -> TestClient:
    return TestClient(site.app(web=web), base_url="http://127.0.0.1", raise_server_exceptions=False)


def test_a_browser_without_a_token_is_led_to_the_form_and_back_and_a_program_gets_a_problem(site: Site) -> None:
    with opened(site) as client:
        for path in ("/", "/feed?kind=strike", "/night/2024-11-13"):
            answer = client.get(path, headers=PAGE, follow_redirects=False)
            assert answer.status_code == 303
            assert answer.headers["cache-control"] == "no-store"
            form = client.get(answer.headers["location"])
            assert form.status_code == 200
            assert f'name="next" value="{path}"' in form.text
        for path in ("/v1/state", "/v1/reports"):
            assert client.get(path, headers=PAGE, follow_redirects=False).status_code == 401
        assert client.get("/", follow_redirects=False).headers["content-type"] == "application/problem+json"


def test_the_form_says_nothing_of_what_is_known(site: Site) -> None:
    with opened(site) as client:
        form = client.get("/sign-in").text
    assert "UA-63" not in form
    assert "data-region" not in form
    assert "strip-facts" not in form
    assert words("en").t("strip.not_warning") in form


def test_a_right_token_goes_into_the_cookie_and_on_to_the_page(site: Site) -> None:
    with opened(site) as client:
        given = client.post(
            "/session", data={"token": token(site), "next": "/feed?kind=strike"}, headers=PAGE, follow_redirects=False
        )
        assert (given.status_code, given.headers["location"]) == (303, "/feed?kind=strike")
        cookie = given.headers["set-cookie"].lower()
        assert cookie.startswith(COOKIE)
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/", headers=PAGE, follow_redirects=False).status_code == 200
        assert "night desk" in client.get("/sign-in").text
        client.post("/session", data={"token": "", "next": "/sign-in"}, headers=PAGE)
        assert client.get("/", headers=PAGE, follow_redirects=False).status_code == 303


def test_N12_a_wrong_token_sets_no_cookie_and_says_so_to_readers_and_programs(site: Site) -> None:
    wrong = "mon_00000000_" + "x" * 43
    with opened(site) as client:
        shown = client.post("/session", data={"token": wrong, "next": "/feed"}, headers=PAGE, follow_redirects=False)
        assert shown.status_code == 401
        assert "set-cookie" not in shown.headers
        assert words("en").t("sign_in.unknown") in shown.text
        assert wrong not in shown.text
        assert 'name="next" value="/feed"' in shown.text
        told = client.post("/session", data={"token": wrong}, follow_redirects=False)
        assert (told.status_code, told.headers["content-type"]) == (401, "application/problem+json")
        assert "set-cookie" not in told.headers


@pytest.mark.parametrize(("standing", "key"), [("revoked", "sign_in.revoked"), ("expired", "sign_in.expired")])
def test_N12_a_revoked_or_expired_token_is_called_that(site: Site, standing: str, key: str) -> None:
    now = site.clock.now()
    if standing == "expired":
        made, secret = tokens.add(site.store, "desk", ["read"], now, expires_at=now)
    else:
        made, secret = tokens.add(site.store, "desk", ["read"], now)
        tokens.revoke(site.store, made.id, now)
    with opened(site) as client:
        shown = client.post("/session", data={"token": secret}, headers=PAGE)
        assert shown.status_code == 401
        assert words("en").t(key) in shown.text


def test_N12_guesses_in_the_form_lock_like_guesses_in_a_header(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "monotonic", lambda: 1000.0)
    with opened(site) as client:
        codes = [
            client.post("/session", data={"token": f"mon_{n:08x}_{'x' * 43}"}, headers=PAGE).status_code
            for n in range(12)
        ]
        assert codes == [401] * 10 + [429] * 2
        locked = client.post("/session", data={"token": token(site)}, headers=PAGE)
        assert locked.status_code == 429
        assert int(locked.headers["retry-after"]) > 30
        assert words("en").t("sign_in.locked") in locked.text
        header = client.get("/v1/state", headers={"authorization": f"Bearer {token(site)}"})
        assert header.status_code == 429


def test_N14_the_form_is_rate_limited_like_every_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "monotonic", lambda: 1000.0)
    with opened(site, WebSection(public=False, requests_per_minute=60)) as client:
        codes = [client.get("/sign-in", headers=PAGE).status_code for _ in range(40)]
    assert codes == [200] * 30 + [429] * 10


@pytest.mark.parametrize(
    "away",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "/\x00", "/x\r\nSet-Cookie: a=b", "/sign-in?next=/sign-in", ""],
)  # fmt: skip
def test_N13_the_form_leads_to_no_other_place(site: Site, away: str) -> None:
    with opened(site) as client:
        to = client.post(
            "/session", data={"token": token(site), "next": away}, headers=PAGE, follow_redirects=False
        ).headers["location"]
        assert to == "/"
        assert f'name="next" value="{away}"' not in client.get("/sign-in", params={"next": away}).text


def test_a_public_server_has_the_form_too_for_what_takes_a_token(site: Site) -> None:
    with opened(site, WebSection()) as client:
        assert words("en").t("sign_in.lede_public") in client.get("/sign-in").text
        assert 'href="/sign-in"' in client.get("/").text


@pytest.mark.parametrize("code", languages())
def test_the_form_speaks_every_language(site: Site, code: str) -> None:
    with opened(site) as client:
        page = client.get("/sign-in", params={"lang": code}).text
    assert words(code).t("sign_in.lede") in page
    assert f'<html lang="{code}">' in page


@pytest.mark.browser
def test_a_reader_signs_in_without_a_script_and_reads_on(site: Site, chromium: Any) -> None:
    secret = token(site)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.set_default_timeout(15_000)
    page = context.new_page()
    with served(site.app(web=CLOSED)) as address:
        page.goto(f"{address}/region/UA-63")
        assert "/sign-in" in page.url
        page.fill("#token", "mon_00000000_" + "x" * 43)
        page.click(".sign-in button")
        assert words("en").t("sign_in.unknown") in page.inner_text("#refused")
        page.fill("#token", secret)
        page.click(".sign-in button")
        assert page.url == f"{address}/region/UA-63"
        assert page.locator("h1 .state").get_attribute("data-state") == "active"
        page.goto(f"{address}/sign-in")
        page.click("main form.actions button")
        page.goto(f"{address}/")
        assert "/sign-in" in page.url
    context.close()


@pytest.mark.browser
def test_the_form_keeps_the_policy_fits_a_phone_and_axe_finds_nothing_serious(site: Site, tab: Any) -> None:
    axe = pytest.importorskip("axe_core_python.sync_playwright", reason="axe-core-python is absent")
    with served(site.app(web=CLOSED)) as address:
        for code in languages():
            tab.page.set_viewport_size({"width": 360, "height": 740})
            tab.page.goto(f"{address}/sign-in?lang={code}")
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= 360
            for scheme in ("light", "dark"):
                tab.page.emulate_media(color_scheme=scheme)
                found = axe.Axe().run(tab.page)["violations"]
                assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        answer = tab.page.goto(f"{address}/sign-in")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "form-action 'self'" in policy
        assert not re.search(r"<script(?! src=)|style=", answer.text())
    assert [said for said in tab.said if not said.startswith("verbose:")] == []


@pytest.mark.browser
def test_a_page_that_is_open_leads_to_the_form_once_its_token_is_revoked(site: Site, tab: Any) -> None:
    made, secret = tokens.add(site.store, "desk", ["read"], site.clock.now())
    with served(site.app(web=CLOSED)) as address:
        tab.page.goto(f"{address}/")
        tab.page.fill("#token", secret)
        with tab.page.expect_response("**/v1/stream"):  # what is told before the page listens waits for its next look
            tab.page.click(".sign-in button")
            tab.page.wait_for_selector(".map-region")
        tokens.revoke(site.store, made.id, site.clock.now())
        site.post("start UA-05")
        tab.page.wait_for_url("**/sign-in**")
