#!/usr/bin/env python3
"""A receiver of monitor's webhooks in one file: copy it. It needs Python 3.11 and `pip install standardwebhooks`.

    python webhook_receiver.py --port 8900 --secret-file secret.txt --log received.jsonl

What every receiver has to do, and this one does:

1. verify the signature over the very bytes that came, before looking at them;
2. acknowledge only what is safely written down, and take each id once: "at least once" means that some come twice;
3. sound nothing for what is late, expired, a test or an exercise;
4. treat three missed heartbeats as *unknown*: silence is never an all-clear.

Give the secret file mode 0600. Several lines are several secrets, for the time of a rotation.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

MAX_BODY = 70_000
MISSED_HEARTBEATS = 3
SOUNDS = {"alert.started"}


class Receiver:
    """Takes messages one by one. ``regions`` is the last word on each region; ``state`` reads it with the watchdog."""

    def __init__(self, secrets: list[str], log: Path | None = None, heartbeat_seconds: float = 60.0) -> None:
        self.verifiers = [Webhook(secret) for secret in secrets]
        self.log = log
        self.heartbeat_seconds = heartbeat_seconds
        self.regions: dict[str, dict[str, Any]] = {}
        self.seen: set[str] = set()
        self.heard_at: float | None = None
        self._lock = threading.Lock()
        if log is not None and log.exists():
            for line in log.read_text("utf-8").splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue  # a line that a crash has cut: its message was never acknowledged and comes again
                if row.get("verified"):
                    self.seen.add(row["id"])

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        """(HTTP status, what is noted). 401: not signed by one of our secrets, or too old, or altered."""
        event = self._verified(headers, body)
        low = {name.lower(): value for name, value in headers.items()}
        if event is None:
            record = {"id": low.get("webhook-id"), "verified": False, "at": _now()}
            self._write(record)
            return 401, record
        with self._lock:
            record = self._note(event, low)
            self._write(record)
            self.seen.add(event["id"])
            if not record["duplicate"]:
                self._learn(event)
        return 204, record

    def state(self, region: str) -> str:
        """active, partial, clear or unknown. Unknown when nothing was said, or when the line has gone quiet."""
        if self.is_line_quiet():
            return "unknown"
        return str(self.regions.get(region, {}).get("state", "unknown"))

    def is_line_quiet(self) -> bool:
        """Three heartbeats are missing, or none ever came."""
        quiet_after = MISSED_HEARTBEATS * self.heartbeat_seconds
        return self.heard_at is None or time.monotonic() - self.heard_at > quiet_after

    def _verified(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        for verifier in self.verifiers:
            try:
                event = verifier.verify(body, dict(headers))
            except Exception:
                continue
            names_itself = isinstance(event, dict) and event.get("id") == _header(headers, "webhook-id")
            return event if names_itself else None
        return None

    def _note(self, event: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        data = event["data"]
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        until = data.get("valid_until")
        is_expired = until is not None and sent_at > datetime.fromisoformat(until)
        is_duplicate = event["id"] in self.seen
        can_sound = event["type"] in SOUNDS and data["nature"] == "actual"
        return {
            "id": event["id"],
            "type": event["type"],
            "seq": data["seq"],
            "key": data["key"],
            "verified": True,
            "duplicate": is_duplicate,
            "late": data["late"],
            "expired": is_expired,
            "sounded": can_sound and not (is_duplicate or data["late"] or is_expired),
            "nature": data["nature"],
            "places": [place["name"] for place in data["places"]],
            "quote": data["evidence"][0]["quote"] if data["evidence"] else None,
            "gap": headers.get("monitor-gap"),
            "at": _now(),
        }

    def _learn(self, event: dict[str, Any]) -> None:
        if event["data"]["nature"] in ("actual", "system"):
            self.heard_at = time.monotonic()
        if event["type"] == "heartbeat":
            told = event["data"].get("details", {}).get("interval_seconds")
            self.heartbeat_seconds = min(max(float(told), 1.0), 3600.0) if told else self.heartbeat_seconds
        for place, region in event["data"]["state"].items():
            if region["seq"] >= self.regions.get(place, {}).get("seq", 0):
                self.regions[place] = region

    def _write(self, record: dict[str, Any]) -> None:
        """On disk before it is acknowledged: what was acknowledged never comes again."""
        if self.log is None:
            return
        line = json.dumps(record, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)


class Handler(BaseHTTPRequestHandler):
    """One POST, one message."""

    receiver: Receiver
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            self._answer(413 if length.isdigit() else 411)
            return
        status, record = self.receiver.receive(dict(self.headers.items()), self.rfile.read(int(length)))
        self._answer(status)
        print(_line(record), flush=True)

    def do_GET(self) -> None:
        """The regions as this receiver knows them, for looking."""
        known = {place: self.receiver.state(place) for place in sorted(self.receiver.regions)}
        body = json.dumps({"quiet": self.receiver.is_line_quiet(), "regions": known}).encode()
        self._answer(200, body)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """One line per message is printed by do_POST; the server's own lines are left out."""


def make_server(receiver: Receiver, host: str = "127.0.0.1", port: int = 0) -> ThreadingHTTPServer:
    """A server on ``port`` (0: a free one, see ``server_port``); the caller runs ``serve_forever``."""
    handler = type("BoundHandler", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    return server


def _line(record: dict[str, Any]) -> str:
    if not record["verified"]:
        return _plain(f"{record['at']} REFUSED   {record['id']}: the signature does not hold")
    marks = [word for word in ("duplicate", "late", "expired", "sounded") if record[word]]
    places = ", ".join(record["places"][:4])
    text = f"{record['at']} verified  {record['type']:<18} seq {record['seq']:<6} {places} {' '.join(marks)}"
    return _plain(f"{text} | {record['quote']}" if record["quote"] else text)


def _plain(text: str) -> str:
    """No control character reaches the terminal: a text from outside cannot forge a line or a colour."""
    return "".join(char if char.isprintable() else " " for char in text)[:300]


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _watch(receiver: Receiver) -> None:
    was_quiet = True
    while True:
        time.sleep(1)
        is_quiet = receiver.is_line_quiet()
        if is_quiet and not was_quiet:
            print(f"{_now()} three heartbeats are missing: every region is UNKNOWN", flush=True)
        was_quiet = is_quiet


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free one and prints it")
    parser.add_argument("--secret-file", type=Path, required=True, help="one secret a line, the current one first")
    parser.add_argument("--log", type=Path, help="JSON lines: one per message; also the memory of ids already seen")
    parser.add_argument("--heartbeat-seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    secrets = [line.strip() for line in chosen.secret_file.read_text("utf-8").splitlines() if line.strip()]
    receiver = Receiver(secrets, chosen.log, chosen.heartbeat_seconds)
    server = make_server(receiver, chosen.host, chosen.port)
    print(f"listening on http://{chosen.host}:{server.server_port}/", flush=True)
    threading.Thread(target=_watch, args=(receiver,), daemon=True).start()
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
