"""`monitor backfill` against a preview server on loopback: everything once, as history, resumable, never an alert."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cli import configuration, held_by_another, run

from monitor.catalogue import load_gazetteer
from monitor.cli import backfill
from monitor.clock import SystemClock
from monitor.demo.server import Pages, Post, build_app
from monitor.fuse import Rules
from monitor.store import open_store, series

SOURCE = """
[[source]]
id = "oblast"
kind = "telegram_web"
address = "{base}/s/oblast_siren"
channel_id = 1900000001
rank = "official"
languages = ["uk"]
area = ["UA-63"]
authority = {{ places = ["UA-63"] }}
[[source]]
id = "paper"
kind = "feed"
address = "{base}/feeds/paper.xml"
"""
NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(days=5)


def post(number: int) -> Post:
    """One an hour: a siren at 3, its end at 90, and one that began a minute ago."""
    words = {3: "🔴 Повітряна тривога!", 90: "🟢 Відбій повітряної тривоги!", 121: "🔴 Повітряна тривога!"}
    at = NOW - timedelta(minutes=1) if number == 121 else START + timedelta(hours=number - 1)
    return Post("oblast_siren", number, at, words.get(number, f"Допис номер {number}"))


class Preview:
    """The server, in a thread of its own. After ``answers`` requests it is broken."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers = 10**6
        self.base = ""
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        @web.middleware
        async def count(request: web.Request, handler: object) -> web.StreamResponse:
            self.asked.append(request.query.get("before", ""))
            if len(self.asked) > self.answers:
                raise web.HTTPServiceUnavailable
            return await handler(request)  # type: ignore[operator,no-any-return]

        async def start() -> web.AppRunner:
            posts = {"oblast_siren": tuple(post(number) for number in range(1, 122))}
            pages = Pages({"oblast_siren": (1900000001, "Siren")}, {}, posts, ())
            app = build_app(pages, SystemClock())
            app.middlewares.append(count)
            runner = web.AppRunner(app, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
            return runner

        runner = self._loop.run_until_complete(start())
        self._is_up.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    def __enter__(self) -> Preview:
        self._thread.start()
        self._is_up.wait(5)
        return self

    def __exit__(self, *args: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@pytest.fixture
def preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Preview]:
    monkeypatch.setattr(backfill, "PAGES", 1)
    with Preview() as server:
        more = "[sources]\nper_host_seconds = 0\n"
        configuration(tmp_path, sources=SOURCE.format(base=server.base), more=more)
        yield server


SINCE = f"{START + timedelta(hours=1, minutes=30):%Y-%m-%dT%H:%MZ}"


def numbers(folder: Path) -> list[int]:
    with open_store(str(folder / "data.db"), create=False, lock=False) as store:
        found = series.items(store, limit=1000).rows
        assert all(row.item.is_late and row.version == 1 for row in found)
        return sorted(int(row.item.key.rpartition("/")[2]) for row in found)


def test_all_posts_since_the_date_are_kept_once_as_history(tmp_path: Path, preview: Preview) -> None:
    done = run("backfill", "oblast", "--since", SINCE, "--json", folder=tmp_path)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert numbers(tmp_path) == list(range(3, 121)), "the last minutes are left to the daemon"
    assert (found["read"], found["new"], found["known"]) == (118, 118, 0)
    again = run("backfill", "oblast", "--since", SINCE, folder=tmp_path)
    assert "0 new, 118 known already" in again.out
    assert numbers(tmp_path) == list(range(3, 121))
    with open_store(str(tmp_path / "data.db"), create=False, lock=False) as store:
        alerts = [row for row in series.alerts(store, region="UA-63").rows if row.start_basis != "standing"]
        assert [(row.started_at, row.ended_at) for row in alerts] == [(post(3).at, post(90).at)]
        told = series.changes(store)
        assert all(change.late for change in told if change.type.startswith("alert."))
        assert store.cursor("oblast") is None, "the live reader begins where it was"
        state = series.state(store, at=NOW, rules=Rules(load_gazetteer(), {}), places=["UA-63"])["UA-63"]
        assert state.status == "unknown", "old posts say nothing about now"


def test_a_broken_preview_ends_it_and_the_same_command_goes_on(tmp_path: Path, preview: Preview) -> None:
    preview.answers = 6
    done = run("backfill", "oblast", "--since", SINCE, folder=tmp_path)
    assert done.code == 1
    assert "the same command goes on" in done.err
    part = numbers(tmp_path)
    assert 0 < len(part) < 118
    preview.answers, before = 10**6, len(preview.asked)
    done = run("backfill", "oblast", "--since", SINCE, folder=tmp_path)
    assert done.code == 0, done.err
    assert "going on" in done.err
    assert numbers(tmp_path) == list(range(3, 121))
    resumed = [int(number) for number in preview.asked[before:] if number]
    assert max(resumed) <= min(part), "what was committed is not read again"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("absent", "--since", "2024-11-01"), 2, "no source is called"),
        (("paper", "--since", "2024-11-01"), 1, "kind feed"),
        (("oblast", "--since", "2999-01-01"), 1, "not in the past"),
    ],
)
def test_what_has_no_history_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    configuration(tmp_path, sources=SOURCE.format(base="http://127.0.0.1:9"))
    done = run("backfill", *arguments, folder=tmp_path)
    assert done.code == code
    assert words in done.err


def test_it_does_not_write_beside_a_running_daemon(tmp_path: Path, preview: Preview) -> None:
    with held_by_another(tmp_path / "data.db"):
        assert run("backfill", "oblast", "--since", SINCE, folder=tmp_path).code == 4
