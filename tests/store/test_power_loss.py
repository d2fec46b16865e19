"""D02 and D04: a disk that fails, and a power cut after which any unsynced write is there, missing, torn or reordered.

Both need a C compiler for the disk in ``failing_disk.c``; without one they belong to the long lane, and the driver's
error stands in for the disk in ``test_durability.py``.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from made_commits import SOURCE, fill, line

from monitor.store import open_store, series, verify

HERE = Path(__file__).parent
COMPILER = shutil.which("cc") or shutil.which("gcc")
SECTOR = 512

pytestmark = [] if COMPILER else [pytest.mark.long]


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The library that stands between SQLite and the disk."""
    if COMPILER is None:
        pytest.skip("no C compiler to build the failing disk with")
    made = tmp_path_factory.mktemp("disk") / "disk.so"
    source = HERE / "failing_disk.c"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-w", "-o", made, source, "-ldl"], check=True)
    return str(made)


def run(disk: str, code: str, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(HERE), "LD_PRELOAD": disk}
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=environment)


AFTER_EIO = """
import ctypes, os, sys
from made_commits import fill, line
from monitor.errors import StoreError
from monitor.store import open_store
store = open_store(sys.argv[1], lineage=line)
fill(store, 5)
libc = ctypes.CDLL(None)
libc.setenv(b"TEST_MONITOR_EIO", sys.argv[2].encode(), 1)
if sys.argv[2] == "read":
    store._reader.dispose()
    store._writer.dispose()
try:
    fill(store, 1, start=5)
except StoreError as error:
    assert error.is_fatal, error
    assert "disk" in str(error), error
else:
    raise SystemExit("nothing failed")
libc.unsetenv(b"TEST_MONITOR_EIO")
for attempt in (lambda: fill(store, 1, start=5), lambda: store.memory(), lambda: store.cursor("x")):
    try:
        attempt()
    except StoreError as error:
        assert error.is_fatal
    else:
        raise SystemExit("it went on after the disk had failed")
os._exit(0)
"""


@pytest.mark.parametrize("what", ["fsync", "write", "read"])
def test_D04_after_the_disk_failed_nothing_more_is_written_until_a_restart(
    tmp_path: Path, disk: str, what: str
) -> None:
    path = str(tmp_path / "monitor.db")
    run(disk, AFTER_EIO, path, what)
    with open_store(path, lineage=line) as store:
        assert verify(store) == []
        assert int(store.cursor(SOURCE) or 0) in (4, 5)
        fill(store, 1, start=int(store.cursor(SOURCE) or 0) + 1)


# ── power cuts ────────────────────────────────────────────────────────────────────────────────────

TRACED = """
import ctypes, os, shutil, sys
from made_commits import fill, line
from monitor.store import open_store
path, trace, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(path, lineage=line)
fill(store, 3)
with store._writer.connect() as connection:
    connection.connection.driver_connection.execute("PRAGMA wal_autocheckpoint=120")
for end in ("", "-wal"):
    shutil.copy(path + end, path + end + ".before")
libc = ctypes.CDLL(None)
libc.setenv(b"TEST_MONITOR_TRACE", trace.encode(), 1)
for number in range(3, count):
    fill(store, 1, start=number)
    libc.acknowledge(number)
os._exit(0)
"""


@dataclass(frozen=True)
class Event:
    """One thing done: W(rite), T(runcate), S(ync) of a file, or A: a commit was acknowledged (its number)."""

    what: str
    name: str
    offset: int
    data: bytes


def read_trace(trace: Path, path: Path) -> list[Event]:
    """The events on the database and its log, in order."""
    raw, at, out = trace.read_bytes(), 0, []
    while at < len(raw):
        what, size = raw[at : at + 1].decode(), struct.unpack_from("i", raw, at + 1)[0]
        name = raw[at + 5 : at + 5 + size].decode()
        offset, length = struct.unpack_from("qq", raw, at + 5 + size)
        at += 5 + size + 16
        data = raw[at : at + length] if what == "W" else b""
        at += len(data)
        if what == "A" or name in (str(path), f"{path}-wal"):
            out.append(Event(what, name.removeprefix(str(path)), offset, data))
    return out


def apply(image: bytearray, event: Event) -> None:
    if event.what == "T":
        del image[event.offset :]
        image.extend(b"\0" * (event.offset - len(image)))
    else:
        image.extend(b"\0" * (event.offset - len(image)))
        image[event.offset : event.offset + len(event.data)] = event.data


def fates(event: Event, rng: random.Random) -> Iterator[Event]:
    """What may be left of a write that was never synced: all, nothing, or some of its sectors."""
    fate = rng.random()
    if event.what == "T" or fate < 0.4:
        if fate < 0.6:
            yield event
    elif fate < 0.7:
        for start in range(0, len(event.data), SECTOR):
            if rng.random() < 0.5:
                yield Event("W", event.name, event.offset + start, event.data[start : start + SECTOR])


def after_power_cut(
    events: list[Event], cut: int, before: dict[str, bytes], rng: random.Random
) -> tuple[dict[str, bytes], int]:
    """The files as a power cut before event ``cut`` may leave them, and the last commit acknowledged by then."""
    synced = dict.fromkeys(before, 0)
    acknowledged = 2
    for index, event in enumerate(events[:cut]):
        if event.what == "S":
            synced[event.name] = index
        elif event.what == "A":
            acknowledged = event.offset
    out = {}
    for name, start in before.items():
        image = bytearray(start)
        mine = [(index, event) for index, event in enumerate(events[:cut]) if event.name == name and event.what in "WT"]
        for index, event in mine:
            if index < synced[name]:
                apply(image, event)
        loose = [piece for index, event in mine if index >= synced[name] for piece in fates(event, rng)]
        rng.shuffle(loose)
        for event in loose:
            apply(image, event)
        out[name] = bytes(image)
    return out, acknowledged


def cut_power(tmp_path: Path, disk: str, commits: int, images: int) -> None:
    path, trace = tmp_path / "monitor.db", tmp_path / "trace"
    run(disk, TRACED, str(path), str(trace), str(commits))
    events = read_trace(trace, path)
    before = {end: Path(f"{path}{end}.before").read_bytes() for end in ("", "-wal")}
    assert {event.what for event in events} >= {"W", "S", "A"}
    assert any(event.what == "W" and event.name == "" for event in events), "no checkpoint was traced"
    rng = random.Random(7)
    for number in range(images):
        files, acknowledged = after_power_cut(events, rng.randrange(1, len(events) + 1), before, rng)
        folder = tmp_path / f"image-{number}"
        folder.mkdir()
        for end, data in files.items():
            (folder / f"monitor.db{end}").write_bytes(data)
        with open_store(str(folder / "monitor.db"), lineage=line) as store:
            stored = [change.seq for change in series.changes(store)]
            assert stored == list(range(1, len(stored) + 1))
            assert len(stored) > acknowledged, "a commit that was acknowledged is lost"
            assert store.cursor(SOURCE) == str(len(stored) - 1)
            assert verify(store) == []
        shutil.rmtree(folder)


def test_D02_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, disk: str) -> None:
    cut_power(tmp_path, disk, commits=16, images=12)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_D02_two_thousand_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path, disk: str) -> None:
    cut_power(tmp_path, disk, commits=40, images=2000)
