"""The real command line in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

MINIMAL = """
[store]
url = "sqlite:///{folder}/data.db"
[web]
port = {port}
[log]
format = "json"
[limits]
stop_seconds = 4
"""


@dataclass
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")}
    return {**kept, "COLUMNS": "200", **more}


def run(
    *arguments: str | Path, stdin: bytes | None = None, folder: Path | None = None, env: dict[str, str] | None = None
) -> Done:
    """Run ``monitor ARGUMENTS``; never with a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *map(str, arguments)],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        cwd=folder,
        env=environment(**(env or {})),
        timeout=60,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def configuration(folder: Path, port: int | None = None, sources: str = "", more: str = "") -> Path:
    """``config/`` in a folder; gives the address of the API."""
    config = folder / "config"
    (config / "sources").mkdir(parents=True, exist_ok=True)
    (config / "monitor.toml").write_text(MINIMAL.format(folder=folder, port=port or free_port()) + more, "utf-8")
    (config / "sources" / "a.toml").write_text(sources, "utf-8")
    return config


class Running:
    """A daemon in a process of its own."""

    def __init__(self, folder: Path, port: int, prefix: Sequence[str] = ()) -> None:
        self.log = folder / f"run-{time.monotonic_ns()}.log"
        self.port = port
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "monitor", "run"],
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def wait_ready(self, seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError):
                if "true" in self.get("/ready"):
                    return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def wait_for(self, words: str, seconds: float = 15.0) -> str:
        """Until the log holds the words; gives the line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log.read_text().splitlines():
                if words in line:
                    return line
            time.sleep(0.03)
        raise AssertionError(f"{words!r} is not in:\n{self.log.read_text()}")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=15)


@contextmanager
def running(folder: Path, port: int, prefix: Sequence[str] = ()) -> Iterator[Running]:
    daemon = Running(folder, port, prefix)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
            daemon.process.wait()
