"""The command line in a process of its own, forked from this one so that nothing has to be imported again."""

from __future__ import annotations

import io
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import monitor.cli.app
import monitor.daemon.core
import monitor.demo.play
import monitor.web.app  # noqa: F401
from monitor.catalogue import load_gazetteer, load_lexicon

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


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MONITOR_")}
    return {**kept, "COLUMNS": "200", **(more or {})}


def databases_held(folders: set[Path]) -> list[str]:
    """The SQLite files below these folders that this process has open."""
    found = []
    for entry in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            path = Path(os.readlink(f"/proc/self/fd/{entry}"))
            if path.suffix == ".db" and not folders.isdisjoint(path.parents):
                found.append(str(path))
    return found


def fork(
    arguments: tuple[str, ...], folder: Path | None, env: dict[str, str] | None, fds: tuple[int, int, int], files: int
) -> int:
    """Run ``monitor ARGUMENTS`` in a child with these descriptors as 0, 1 and 2; gives its pid."""
    held = databases_held({*([folder] if folder else []), *(Path(each).parent for each in arguments)})
    assert not held, f"close {held} before a fork: a child that inherits SQLite's locks believes that it holds them"
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        for number, fd in enumerate(fds):
            os.dup2(fd, number)
        sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), "utf-8")  # noqa: SIM115
        sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), "utf-8", write_through=True)  # noqa: SIM115
        sys.stderr = io.TextIOWrapper(open(2, "wb", closefd=False), "utf-8", "backslashreplace", write_through=True)  # noqa: SIM115
        for each in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment(env))
        if folder is not None:
            os.chdir(folder)
        if files:
            os.closerange(3, 1 << 16)  # what the tests before left open is no file of the command's
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        from monitor.cli import main

        main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run(
    *arguments: str | Path, stdin: bytes = b"", folder: Path | None = None, env: dict[str, str] | None = None
) -> Done:
    """Run ``monitor ARGUMENTS`` to its end; never with a terminal."""
    load_lexicon()
    load_gazetteer()
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin)
        given.seek(0)
        fds = (given.fileno(), out.fileno(), err.fileno())
        pid = fork(tuple(map(str, arguments)), folder, env, fds, 0)
        code = _wait(pid, 60)
        out.seek(0)
        err.seek(0)
        return Done(code, out.read().decode(), err.read().decode())


def _wait(pid: int, seconds: float) -> int:
    """The exit code of a child; minus the signal that ended it."""
    watch = os.pidfd_open(pid)
    try:
        ready, _, _ = select.select([watch], [], [], seconds)
    finally:
        os.close(watch)
    if not ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert ready, "the command did not end"
    return os.waitstatus_to_exitcode(status)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def configuration(folder: Path, port: int | None = None, sources: str = "", more: str = "") -> Path:
    """Write ``config/`` into a folder."""
    config = folder / "config"
    (config / "sources").mkdir(parents=True, exist_ok=True)
    (config / "monitor.toml").write_text(MINIMAL.format(folder=folder, port=port or free_port()) + more, "utf-8")
    (config / "sources" / "a.toml").write_text(sources, "utf-8")
    return config


class Running:
    """A daemon in a process of its own."""

    def __init__(self, folder: Path, port: int, files: int = 0, env: dict[str, str] | None = None) -> None:
        load_lexicon()
        load_gazetteer()
        self.log = folder / f"run-{time.monotonic_ns()}.log"
        self.port = port
        self.code: int | None = None
        with self.log.open("wb") as log, open(os.devnull, "rb") as nothing:
            fds = (nothing.fileno(), log.fileno(), log.fileno())
            self.pid = fork(("run",), folder, env, fds, files)

    def is_alive(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is None

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    def wait_ready(self, seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(OSError):
                if "true" in self.get("/ready"):
                    return
            assert self.is_alive(), self.log.read_text()
            time.sleep(0.03)
        raise AssertionError(self.log.read_text())

    def wait_for(self, words: str, seconds: float = 20.0) -> str:
        """Until the log holds the words; gives the line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in self.log.read_text().splitlines():
                if words in line:
                    return line
            time.sleep(0.03)
        raise AssertionError(f"{words!r} is not in:\n{self.log.read_text()}")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; the exit code, minus the signal that ended it."""
        os.kill(self.pid, number)
        self.code = _wait(self.pid, 15)
        return self.code


@contextmanager
def running(folder: Path, port: int, files: int = 0, env: dict[str, str] | None = None) -> Iterator[Running]:
    daemon = Running(folder, port, files, env)
    try:
        yield daemon
    finally:
        if daemon.is_alive():
            daemon.end(signal.SIGKILL)


HOLDER = """
import sys
from monitor.store import open_store
with open_store(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(database: Path) -> Iterator[None]:
    """A process of its own has the database open as the one instance."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()
