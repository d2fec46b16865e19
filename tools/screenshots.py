"""``python -m tools.screenshots``: play the demo, then photograph the pages of its dashboard.

Writes ``artifacts/<page>-<light|dark|360>.png`` and, with ``--docs``, ``docs/screenshots/<page>.png`` for the README.
Needs Debian's chromium and playwright (``pip install -e .[dev]``). Takes about a minute and a half; ``--folder`` with
an earlier demo's database saves the playing.
"""

from __future__ import annotations

import argparse
import socket
import struct
import tempfile
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright
from rich.console import Console

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.config import load
from monitor.daemon.parts import make_rules
from monitor.demo.play import play
from monitor.extract.explain import deciding
from monitor.store import open_store
from monitor.web.app import create_app

CHROMIUM = "/usr/bin/chromium"
ROOT = Path(__file__).resolve().parents[1]
PAGES = {"now": "/", "feed": "/feed", "night": "/night/2024-11-10", "series": "/series", "sources": "/sources",
         "evidence": "/feed?kind=count", "region": "/region/UA-63"}  # fmt: skip
SHOWN = ("now", "feed", "night", "series", "sources")
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "360": {"viewport": {"width": 360, "height": 800}, "color_scheme": "light"},
}
MOST_BYTES = 120_000


class DemoClock:
    """Stands at the moment at which the demo ends."""

    is_replay = True

    def now(self) -> datetime:
        return datetime(2024, 11, 13, 10, 0, 1, tzinfo=UTC)


@contextmanager
def dashboard(folder: Path) -> Iterator[str]:
    """The address of the dashboard over the demo's database."""
    gazetteer = load_gazetteer()
    settings = load(str(folder / "config" / "monitor.toml"), {})
    rules = make_rules(settings, gazetteer, {profile.id: profile for profile in settings.profiles}, is_replay=True)
    with open_store(f"sqlite:///{folder / 'demo.db'}", lock=False) as store, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        free.listen()
        lexicon = load_lexicon()
        app = create_app(
            store, rules, settings, DemoClock(), deciding=lambda item, profile: deciding(item, profile, lexicon)
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [free]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join(5)


def shoot(url: str, out: Path, docs: Path | None) -> None:
    """Every page in every look; the first screen of the light one for the README."""
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-lcd-text"],
        )
        for look, options in LOOKS.items():
            context = browser.new_context(**options)
            page = context.new_page()
            for name, path in PAGES.items():
                page.goto(f"{url}{path}")
                if name == "evidence":
                    page.locator('.entry[data-kind="count"] h3 a').first.click()
                    page.locator("#evidence .original").wait_for()
                page.wait_for_timeout(300)
                page.screenshot(path=out / f"{name}-{look}.png", full_page=name != "evidence")
                if docs is not None and look == "light" and name in SHOWN:
                    docs.mkdir(parents=True, exist_ok=True)
                    small = docs / f"{name}.png"
                    small.write_bytes(fewer_colours(page.screenshot()))
                    if small.stat().st_size > MOST_BYTES:
                        raise SystemExit(f"{small} is larger than {MOST_BYTES} bytes")
            context.close()
        browser.close()


def fewer_colours(png: bytes) -> bytes:
    """The picture with the 255 colours it uses most (others take the nearest of them), packed as tightly as zlib can:
    a third of the size. Takes 8 bit RGB or RGBA without interlacing, which is what chromium writes."""
    width, height, kind = *struct.unpack(">II", png[16:24]), png[25]
    size = {2: 3, 6: 4}[kind]
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    rows = _unfiltered(zlib.decompress(data), width * size, height, size)
    pixels = [[tuple(row[x : x + 3]) for x in range(0, len(row), size)] for row in rows]
    used = Counter(pixel for row in pixels for pixel in row)
    palette = [colour for colour, _ in used.most_common(255)]
    number = {colour: index for index, colour in enumerate(palette)}
    for colour in used:
        if colour not in number:
            number[colour] = min(
                range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(palette[i], colour, strict=True))
            )
    body = b"".join(b"\0" + bytes(number[pixel] for pixel in row) for row in pixels)
    out = png[:8]
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    for name, chunk in (
        (b"IHDR", head),
        (b"PLTE", bytes(part for colour in palette for part in colour)),
        (b"IDAT", zlib.compress(body, 9)),
        (b"IEND", b""),
    ):
        out += struct.pack(">I", len(chunk)) + name + chunk + struct.pack(">I", zlib.crc32(name + chunk))
    return out


def _unfiltered(data: bytes, wide: int, height: int, size: int) -> list[bytearray]:
    """Rows of bytes with PNG's five filters undone."""
    above, rows = bytearray(wide), []
    for number in range(height):
        start = number * (wide + 1)
        how, row = data[start], bytearray(data[start + 1 : start + 1 + wide])
        for x in range(wide):
            left = row[x - size] if x >= size else 0
            up = above[x]
            corner = above[x - size] if x >= size else 0
            if how == 1:
                row[x] = (row[x] + left) & 255
            elif how == 2:
                row[x] = (row[x] + up) & 255
            elif how == 3:
                row[x] = (row[x] + (left + up) // 2) & 255
            elif how == 4:
                guess = left + up - corner
                near = min((left, up, corner), key=lambda one: abs(guess - one))
                row[x] = (row[x] + near) & 255
        rows.append(row)
        above = row
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="folder of a demo that has already been played")
    parser.add_argument("--out", type=Path, default=ROOT / "artifacts", help="where the full pages go")
    parser.add_argument("--docs", action="store_true", help="also renew docs/screenshots")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monitor-shots-") as scratch:
        folder = given.folder or Path(scratch)
        if not (folder / "demo.db").exists() and play(Console(), folder=folder, stay=False) != 0:
            raise SystemExit("the demo did not end well; its own words above say why")
        with dashboard(folder) as url:
            shoot(url, given.out, ROOT / "docs" / "screenshots" if given.docs else None)
    print(f"screenshots are in {given.out}")


if __name__ == "__main__":
    main()
