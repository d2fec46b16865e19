"""Fixtures of the tests of the API and the pages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.store import open_store

sys.path.insert(0, str(Path(__file__).parent))

from site_parts import Site, evening, fresh

CHROMIUM = "/usr/bin/chromium"
PAGES = ("/", "/feed", "/night/2024-11-13", "/series?nights=7", "/sources", "/region/UA-63", "/item?key=tg:1/1")


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
