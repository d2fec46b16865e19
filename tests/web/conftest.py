"""Fixtures of the tests of the API and the pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.store import open_store

sys.path.insert(0, str(Path(__file__).parent))

from site_parts import Site, evening, fresh

CHROMIUM = "/usr/bin/chromium"
PAGES = (
    "/",
    "/feed",
    "/night/2024-11-13",
    "/series?nights=7",
    "/sources",
    "/region/UA-63",
    "/item?key=tg:1/1",
    "/sign-in",
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A store with one evening in it."""
    with open_store(fresh(tmp_path)) as store:
        made = Site(store)
        evening(made)
        yield made


@pytest.fixture
def client(site: Site) -> Iterator[TestClient]:
    with TestClient(site.app(), base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's chromium, headless; skips where it or playwright is absent. Ends with its module: playwright's own
    loop must not run beside the loops of other tests."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is absent: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is absent: pip install -e .[dev]")
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


class Tab:
    """A page, and what it said and asked for: console messages, errors, dialogs, addresses."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.page = context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def tab(chromium: Any) -> Iterator[Tab]:
    """A tab of its own, 1280 wide; at the end it must have said nothing."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    opened = Tab(context)
    yield opened
    context.close()
