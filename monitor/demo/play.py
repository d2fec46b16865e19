"""`monitor demo`: the daemon itself, on sample pages, with a replay clock and the bundled receiver.

Nothing here knows how a text is read or a webhook is sent: it starts loopback servers, writes a configuration for
them, lets the daemon run, and sums up what the database then holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiohttp import web
from rich.console import Console

from monitor import logs
from monitor.catalogue import load_gazetteer
from monitor.config import load
from monitor.daemon import Daemon
from monitor.demo.clock import Pace, ReplayClock
from monitor.demo.server import build_app, load_pages
from monitor.demo.summary import print_summary
from monitor.demo.view import View
from monitor.errors import MonitorError
from monitor.pipeline import Outcome

__all__ = ["paces", "play", "receiver", "verdict"]

END = datetime(2024, 11, 13, 10, tzinfo=UTC)
BUSY, QUIET = 3600.0, 45000.0


def paces(speed: float = 1.0) -> list[Pace]:
    """Slow through the two nights, quick in between; about 31 real seconds in all at ``speed`` 1."""
    return [
        Pace(datetime(2024, 11, 9, 17, 15, tzinfo=UTC), BUSY * speed),
        Pace(datetime(2024, 11, 10, 12, tzinfo=UTC), QUIET * speed),
        Pace(datetime(2024, 11, 13, 2, 25, tzinfo=UTC), BUSY * speed),
    ]


def play(
    console: Console, *, speed: float = 1.0, folder: Path | None = None, stay: bool | None = None, port: int = 0
) -> int:
    """Run the demo and return the exit code: 1 where the receiver refused a message.

    ``stay`` None: stay up for looking around on a terminal only. ``folder`` keeps database, log and
    configuration; without one they go with the demo.
    """
    stays = console.is_terminal if stay is None else stay
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="monitor-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        return asyncio.run(_play(console, folder, speed, stays, port))


async def _play(console: Console, folder: Path, speed: float, stays: bool, port: int) -> int:
    clock = ReplayClock(paces(speed), END)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with _pages(clock) as pages, receiver(folder) as hook:
        settings = load(configuration(folder, pages, hook, port), {})
        logs.setup(level=settings.log.level)
        with View(console, load_gazetteer(), is_live=console.is_terminal) as view:
            pace = Pacemaker(clock, [profile.id for profile in settings.watched])

            def told(outcome: Outcome) -> None:
                pace.outcome(outcome)
                view.outcome(outcome)

            daemon = Daemon(settings, clock=clock, on_event=told)
            await daemon.start()
            console.print(f"REPLAY of sample pages, {clock.total_seconds():.0f} s. Dashboard and API: {daemon.url}")
            clock.start()
            try:
                await _until_told(daemon, clock, view, folder / "received.jsonl", stop)
            except BaseException:
                await daemon.stop()
                raise
        try:
            receipts = _received(folder / "received.jsonl")
            print_summary(console, daemon.store, load_gazetteer(), receipts)
            if stays and not stop.is_set():
                console.print(f"\nLook around: {daemon.url}  (Ctrl-C ends)")
                await stop.wait()
        finally:
            await daemon.stop()
    return verdict(receipts)


def verdict(receipts: Sequence[dict[str, Any]]) -> int:
    """The exit code: 1 where a message was refused, since every one was signed for this receiver."""
    return 0 if all(row.get("verified") for row in receipts) else 1


class Pacemaker:
    """Keeps the replay from outrunning the polls: on a slow machine it takes longer, and nothing grows stale by it."""

    AHEAD = timedelta(minutes=20)

    def __init__(self, clock: ReplayClock, sources: Sequence[str]) -> None:
        self._clock = clock
        self._last = dict.fromkeys(sources, clock.now())
        clock.hold(clock.now() + self.AHEAD)

    def outcome(self, outcome: Outcome) -> None:
        """A poll has been committed: the clock may go on."""
        if outcome.source in self._last:
            self._last[outcome.source] = outcome.at
            self._clock.hold(min(self._last.values()) + self.AHEAD)


async def _until_told(daemon: Daemon, clock: ReplayClock, view: View, log: Path, stop: asyncio.Event) -> None:
    """Until the replay has ended and nothing is waiting to be delivered."""
    shown = 0

    def show_receipts() -> None:
        nonlocal shown
        rows = _received(log)
        view.receipts(rows[shown:])
        shown = len(rows)

    while not stop.is_set() and not clock.has_ended:
        await asyncio.sleep(0.2)
        show_receipts()
    for _ in range(50):
        if stop.is_set() or await daemon.is_idle():
            break
        await asyncio.sleep(0.1)
    show_receipts()


@asynccontextmanager
async def _pages(clock: ReplayClock) -> AsyncIterator[str]:
    """The page servers; gives their address."""
    runner = web.AppRunner(build_app(load_pages(), clock), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def receiver(folder: Path) -> AsyncIterator[str]:
    """The bundled receiver as a process of its own; gives the address that it listens on."""
    secret = "whsec_" + b64encode(secrets.token_bytes(24)).decode()
    secret_file = folder / "webhook.secret"
    secret_file.touch(mode=0o600)
    secret_file.write_text(secret + "\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_receiver_script()), "--port", "0", "--secret-file", str(secret_file),
        "--log", str(folder / "received.jsonl"),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    drain = None
    try:
        try:
            line = (await asyncio.wait_for(process.stdout.readline(), 15)).decode()
        except TimeoutError:
            line = ""
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is None:
            raise MonitorError(f"the demo's receiver did not start: {line.strip() or 'it said nothing'}")
        drain = asyncio.create_task(process.stdout.read())
        yield address
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if drain is not None:
            await drain


def _receiver_script() -> Path:
    """``examples/webhook_receiver.py`` of a checkout; the wheel carries a copy beside this file."""
    packaged = Path(str(files("monitor.demo") / "webhook_receiver.py"))
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "examples" / "webhook_receiver.py"


def configuration(folder: Path, pages: str, receiver: str, port: int) -> Path:
    """A configuration as an operator would write it, for the loopback servers."""
    folder = folder.resolve()  # the configuration's own paths count from where it stands
    config = folder / "config"
    (config / "sources").mkdir(parents=True, exist_ok=True)
    profiles = (files("monitor.demo") / "profiles.toml").read_text("utf-8").replace("{base}", pages)
    (config / "sources" / "demo.toml").write_text(profiles, "utf-8")
    (config / "monitor.toml").write_text(
        f"""
[store]
url = "sqlite:///{folder / "demo.db"}"
[web]
port = {port}
[log]
level = "error"
[sources]
per_host_seconds = 0
state_folder = "{folder / "sources"}"
[limits]
heartbeat_seconds = 21600
[[endpoint]]
id = "bundled-receiver"
url = "{receiver}"
secret_file = "{folder / "webhook.secret"}"
allow_networks = ["127.0.0.0/8"]
""",
        "utf-8",
    )
    return config / "monitor.toml"


def _received(log: Path) -> list[dict[str, Any]]:
    """What the receiver has written down so far; a half-written last line waits for the next look."""
    try:
        lines = log.read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines if line.endswith("\n")]
