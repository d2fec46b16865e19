"""The page Now: how many bytes, how soon after the command, and how soon it can be used in a browser.

The clock starts with the process and stops at a complete page that shows a state for every region: of an empty
database that is unknown, but for the permanent alerts. Seconds on the wall are those of this machine as busy as it is;
seconds of processor are counted until the same moment, threads that load the rest included.
"""

from __future__ import annotations

import gzip
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["first_page"]

PORT = 18766
RUNS = 5
CHROMIUM = "/usr/bin/chromium"
USABLE = """() => {
  const [told] = performance.getEntriesByType('navigation'), title = document.querySelector('h1');
  const painted = performance.getEntriesByName('first-contentful-paint')[0];
  const shapes = Array.from(document.querySelectorAll('.map-region'));
  const drawn = shapes.filter(shape => shape.getBoundingClientRect().width > 0);
  if (!painted || !told.domContentLoadedEventEnd || drawn.length < 20 || !title.textContent.trim()) { return null; }
  return Math.max(painted.startTime, told.domContentLoadedEventEnd);
}"""
"""Milliseconds from the start of the navigation until scripts ran, words are there and the map is painted."""

Row = tuple[str, str, str]


def first_page(folder: Path) -> list[Row]:
    """Rows of (what, figure, beside)."""
    config = folder / "config"
    config.mkdir()
    (config / "monitor.toml").write_text(
        f'[store]\nurl = "sqlite:///{folder}/page.db"\n[web]\nport = {PORT}\n[log]\nlevel = "error"\n'
    )
    with _started(config) as (_, page):  # the first start of all makes the database
        loaded = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
        size = _packed("/")[1] + sum(_packed(path)[1] for path in loaded)
        begun = time.perf_counter()
        for path in ("/", *loaded):
            _packed(path)
        again = time.perf_counter() - begun
    starts = [_start(config) for _ in range(RUNS)]
    wall, work = sorted(one for one, _ in starts), sorted(one for _, one in starts)
    return [
        (f"first page with its {len(loaded)} files, KB packed", f"{size / 1000:.1f}", "bar: 60"),
        ("the same from the running daemon, s", f"{again:.2f}", ""),
        (f"command → complete first page, s, median of {RUNS}", f"{wall[RUNS // 2]:.2f}", "bar: 1"),
        ("the quickest of them, s", f"{wall[0]:.2f}", f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"),
        ("seconds of processor for it, median", f"{work[RUNS // 2]:.2f}", ""),
        *_in_a_browser(config),
    ]


def _start(config: Path) -> tuple[float, float]:
    """Seconds on the wall and of the processor from the command to the page."""
    begun = time.perf_counter()
    with _started(config) as (process, _):
        spent = time.perf_counter() - begun
        used = Path(f"/proc/{process.pid}/stat").read_text().split()[13:15]
        return spent, sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


class _started:
    """A daemon and its first page, as soon as there is one; stopped at the end."""

    def __init__(self, config: Path, look: Callable[[], str | None] | None = None) -> None:
        self._config = config
        self._look = look or _page

    def __enter__(self) -> tuple[subprocess.Popen[bytes], str]:
        command = [sys.executable, "-m", "monitor", "run", "--config", str(self._config)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while (page := self._look()) is None:
            assert self._process.poll() is None, "the daemon has ended"
            time.sleep(0.003)
        return self._process, page

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)


def _page() -> str | None:
    """The page, complete and with the state of every region in it; None where nobody answers yet."""
    with suppress(OSError):
        page = _packed("/")[0]
        states = re.findall(r'class="map-region" data-region="[^"]+" data-state="(\w+)"', page)
        assert len(states) > 20, "a page without states"
        assert "clear" not in states, "nothing is known yet, so nothing is clear"
        return page
    return None


def _packed(path: str) -> tuple[str, int]:
    asked = urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        body = answer.read()
        is_packed = answer.headers.get("content-encoding") == "gzip"
    return (gzip.decompress(body) if is_packed else body).decode(), len(body)


def _in_a_browser(config: Path) -> list[Row]:
    """From the command, and from the address, to a page that can be used, in a Chromium that runs already."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return [("in a browser", "", "playwright is absent")]
    if not Path(CHROMIUM).exists():
        return [("in a browser", "", f"{CHROMIUM} is absent")]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.goto("about:blank")

        def usable() -> str | None:
            """A refused navigation costs a browser half a second: the door is tried before it."""
            with suppress(OSError, Error), socket.create_connection(("127.0.0.1", PORT), 1):
                tab.goto(f"http://127.0.0.1:{PORT}/", wait_until="commit")
                return f"{_usable(tab)}"
            return None

        begun = time.perf_counter()
        with _started(config, usable) as (_, inside):
            spent = time.perf_counter() - begun
            again = []
            for _ in range(RUNS):
                tab.goto(f"http://127.0.0.1:{PORT}/", wait_until="commit")
                again.append(_usable(tab))
        browser.close()
    return [
        ("command → usable in Chromium, s", f"{spent:.2f}", f"of it {float(inside):.2f} in the browser"),
        ("address → usable in Chromium, running daemon, s", f"{sorted(again)[RUNS // 2]:.2f}", ""),
    ]


def _usable(tab: Any) -> float:
    """Seconds of the navigation that is under way."""
    return float(tab.wait_for_function(USABLE, polling=5).json_value()) / 1000
