"""`monitor sources check` against servers on loopback that answer as the real ones do, well and badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cli import configuration, free_port, run

NOW = datetime.now(UTC).replace(microsecond=0)
FEED = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><title>One</title>
<link>https://example.org/1</link><pubDate>{format_datetime(NOW)}</pubDate><description>words</description></item>
</channel></rss>"""
PREVIEW = f"""<html><body class="widget_frame_base"><div class="tgme_channel_info"></div><section
class="tgme_channel_history"><div class="tgme_widget_message_wrap"><div class="tgme_widget_message"
data-post="siren_test/7" data-view="eyJjIjotMTkwMDAwMDAwMSwicCI6N30"><div class="tgme_widget_message_text
js-message_text" dir="auto">words</div><a class="tgme_widget_message_date" href="https://t.me/siren_test/7"><time
datetime="{NOW.isoformat()}" class="time">00:00</time></a></div></div></section></body></html>"""
ALERTS = [
    {"regionId": "31", "activeAlerts": [{"regionId": "31", "type": "AIR", "lastUpdate": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"}]}
]
ANSWERS = {
    "/rss": (200, "application/rss+xml", FEED),
    "/s/siren_test": (200, "text/html", PREVIEW),
    "/api/alerts/status": (200, "application/json", json.dumps({"lastActionIndex": 638000000000000001})),
    "/api/alerts": (200, "application/json", json.dumps(ALERTS)),
    "/login": (200, "text/html", "<html><body><form>Please log in</form></body></html>"),
    "/html/alerts/status": (200, "text/html", "<html>maintenance</html>"),
    "/slow/alerts/status": (429, "text/plain", "slower"),
}


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body = ANSWERS.get(self.path.split("?")[0], (404, "text/plain", "no such page"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *words: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_says_of_each_source_what_came_or_what_is_wrong(tmp_path: Path, site: str) -> None:
    sources = {
        "feed": ("feed", f"{site}/rss"),
        "channel": ("telegram_web", f"{site}/s/siren_test"),
        "api": ("siren_pp_ua", f"{site}/api"),
        "wall": ("feed", f"{site}/login"),
        "page": ("siren_pp_ua", f"{site}/html"),
        "slow": ("siren_pp_ua", f"{site}/slow"),
        "gone": ("feed", f"{site}/none"),
        "dead": ("feed", f"http://127.0.0.1:{free_port()}/rss"),
    }
    text = "".join(
        f'[[source]]\nid = "{key}"\nkind = "{kind}"\naddress = "{address}"\n'
        for key, (kind, address) in sources.items()
    )
    configuration(tmp_path, None, text)
    done = run("sources", "check", "--json", folder=tmp_path)
    assert done.code == 1, done.err
    found = {row["source"]: row for row in json.loads(done.out)}
    assert {key: row["outcome"] for key, row in found.items() if row["outcome"] != "failed"} == {
        "feed": "ok", "channel": "ok", "api": "ok",
    }  # fmt: skip
    assert (found["channel"]["channel_id"], found["channel"]["items"]) == (1900000001, 1), "the number to pin"
    assert (found["feed"]["items"], found["api"]["items"]) == (1, 1)
    assert found["channel"]["newest"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    for key in ("wall", "page", "slow", "gone", "dead"):
        assert found[key]["detail"], key
    assert "429" in found["slow"]["detail"] or "slow" in found["slow"]["detail"]
    with_wall = run("sources", "check", "wall", folder=tmp_path)
    assert with_wall.code == 1
    assert "wall" in with_wall.out


def test_one_source_that_cannot_be_made_or_has_a_defect_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "notes.jsonl").write_text('{"text": "words"}\n')
    (tmp_path / "their_source.py").write_text(
        "class Stumbling:\n"
        "    def __init__(self, profile, deps):\n        self.profile = profile\n"
        "    async def poll(self, cursor):\n        raise KeyError('c4n4ry')\n"
        "    async def close(self):\n        pass\n"
    )
    tables = (("own", "file", tmp_path / "notes.jsonl"), ("theirs", "their_source:Stumbling", "x"),
              ("gone", "no_such_module:Class", "x"))  # fmt: skip
    sources = "".join(f'[[source]]\nid = "{id}"\nkind = "{kind}"\naddress = "{where}"\n' for id, kind, where in tables)
    configuration(tmp_path, sources=sources)
    done = run("sources", "check", "--json", folder=tmp_path)
    found = {row["source"]: row for row in json.loads(done.out)}
    assert done.code == 1
    assert {name: row["outcome"] for name, row in found.items()} == {"own": "ok", "theirs": "failed", "gone": "failed"}
    assert "KeyError" in found["theirs"]["detail"]
    assert "c4n4ry" not in done.out + done.err
