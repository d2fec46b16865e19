"""Fault W01: killed at any point of a delivery, each message arrives at least once, under its id, with its bytes."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from crash_child import message, run
from standardwebhooks import Webhook

from monitor.model import Endpoint
from monitor.sinks.signing import new_secret
from monitor.store import open_store

POINTS = [
    "before_post", "after_post", "before_mark", "after_mark", "before_retry", "after_retry",
    "before_commit", "after_commit", "after_offer",
]  # fmt: skip


class Receiver:
    """Verifies each message and keeps its bytes; refuses the first attempt of every fifth one."""

    def __init__(self, secret: str) -> None:
        self.verifier = Webhook(secret)
        self.bodies: dict[str, list[bytes]] = defaultdict(list)
        self.order: dict[str, list[int]] = defaultdict(list)
        self.refused: set[str] = set()
        self.lock = threading.Lock()
        self.heard_at = 0.0

    def take(self, headers: dict[str, str], body: bytes) -> int:
        event = self.verifier.verify(body, headers)
        name = headers["webhook-id"]
        with self.lock:
            self.heard_at = self.heard_at or time.monotonic()
            if event["n"] % 5 == 0 and name not in self.refused:
                self.refused.add(name)
                return 503
            if name not in self.bodies:
                self.order[event["key"]].append(event["n"])
            self.bodies[name].append(body)
        return 204


@pytest.fixture
def receiving() -> Iterator[tuple[Receiver, int, str]]:
    secret = new_secret()
    receiver = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield receiver, server.server_port, secret
    server.shutdown()
    server.server_close()
    thread.join(2)


def prepare(db: Path, port: int, secret: str, count: int) -> None:
    now = datetime.now(UTC)
    options = {"allow_http": True, "ports": [port]}
    store = open_store(str(db))
    store.save_endpoint(
        Endpoint(
            "e", "webhook", f"http://127.0.0.1:{port}/", (secret,), allow_networks=("127.0.0.0/8",), options=options
        ),
        now,
    )
    store.enqueue([message(n) for n in range(1, count + 1)])
    store.close()


def check(receiver: Receiver, count: int) -> None:
    assert set(receiver.bodies) == {f"m{n}" for n in range(1, count + 1)}, "lost, or a message that nobody committed"
    assert all(len(set(bodies)) == 1 for bodies in receiver.bodies.values()), "the same id with other bytes"
    for seqs in receiver.order.values():
        assert seqs == sorted(seqs)


def test_W01_killed_at_every_named_point_nothing_is_lost_renamed_or_invented(
    receiving: tuple[Receiver, int, str], tmp_path: Path
) -> None:
    receiver, port, secret = receiving
    db = tmp_path / "monitor.db"
    prepare(db, port, secret, 30)
    for nth, point in enumerate(POINTS, 1):
        upto = 30 if point.endswith(("_commit", "_offer")) else 0
        code = run(str(db), point, min(nth, 3), upto=30 + upto)
        assert code in (-9, 0)
        assert code == -9 or not upto, "what is committed meanwhile passes its points"
    assert run(str(db), "none", 0, upto=60) == 0
    check(receiver, 60)


class Restarts:
    """Runs the child again and again; ``slowest`` is the longest time until the first message after a start."""

    def __init__(self, db: Path, receiver: Receiver) -> None:
        self.db, self.receiver, self.slowest = str(db), receiver, 0.0

    def run(self, point: str, nth: int = 0, seed: int = 0, upto: int = 0) -> int:
        self.receiver.heard_at, began = 0.0, time.monotonic()
        code = run(self.db, point, nth, seed, upto)
        if self.receiver.heard_at:
            self.slowest = max(self.slowest, self.receiver.heard_at - began)
        return code


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_W01_killed_at_two_hundred_random_points(receiving: tuple[Receiver, int, str], tmp_path: Path) -> None:
    receiver, port, secret = receiving
    db = tmp_path / "monitor.db"
    prepare(db, port, secret, 1_000)
    restarts = Restarts(db, receiver)
    assert [restarts.run("random", seed=seed, upto=1_600) for seed in range(200)] == [-9] * 200
    assert restarts.run("none", upto=1_600) == 0
    check(receiver, 1_600)
    assert restarts.slowest <= 5, "live again within five seconds of a start"
    print(f"200 kills; the slowest start had its first message after {restarts.slowest:.1f} s")
