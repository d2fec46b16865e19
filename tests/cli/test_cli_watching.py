"""`monitor watch`: what is committed is told once, in order, and nothing in it can forge a line."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli import configuration, fork, run

from monitor.catalogue import load_gazetteer
from monitor.cli.watching import sparkline
from monitor.formats.charts import Figure, Night
from monitor.model import Change, Commit, EvidenceRef, Fused, Look
from monitor.store import SqlStore, open_store

NOW = datetime.now(UTC).replace(microsecond=0)


def change(seq: int, place: str = "UA-63", **more: object) -> Change:
    ref = EvidenceRef("r", "tg:1/1", 1, "siren", NOW, quote=f"words {seq}\x1b[2J\nforged")
    values = {"places": (place,), "evidence": (ref,), "seq": seq, **more}
    return Change(f"c{seq}", "alert.started", f"alert:{place}", f"i{seq}", NOW, NOW, **values)  # type: ignore[arg-type]


def commit(store: SqlStore, *changes: Change) -> None:
    with store.writing() as unit:
        at = NOW + timedelta(seconds=changes[0].seq)
        unit.save(Commit("siren", at, (), (), Fused(None, changes=changes), (), look=Look("siren", at, "ok")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    configuration(tmp_path)
    with open_store(str(tmp_path / "data.db"), lineage=load_gazetteer().line) as store:
        commit(store, change(1), change(2, "UA-32", late=True), change(3, nature="exercise"))
    return tmp_path


def test_the_last_changes_are_told_in_order_then_how_things_stand(folder: Path) -> None:
    done = run("watch", "--once", "--last", "2", folder=folder)
    assert done.code == 0, done.err
    first, second, stood = done.out.splitlines()
    assert "Kyiv" in first
    assert first.endswith("[late]")
    assert "Kharkiv" in second
    assert second.endswith("[exercise]")
    assert "unknown is not clear" in stood
    assert " clear" not in stood.split("(")[0]
    assert "\x1b" not in done.out


def test_json_is_one_line_a_change_and_nothing_else(folder: Path) -> None:
    done = run("watch", "--once", "--json", "--region", "UA-63", folder=folder)
    assert [json.loads(line)["seq"] for line in done.out.splitlines()] == [1, 3]


def test_of_one_region_it_says_how_that_one_stands(folder: Path) -> None:
    stood = run("watch", "--once", "--region", "UA-63", folder=folder).out.splitlines()[-1]
    assert "Kharkiv Oblast unknown" in stood
    assert "active" not in stood


def test_a_region_that_nobody_knows_is_refused(folder: Path) -> None:
    assert run("watch", "--once", "--region", "UA-99999", folder=folder).code == 1


def test_what_is_committed_later_comes_by_itself_once(folder: Path) -> None:
    read, write = os.pipe()
    with open(os.devnull, "rb") as nothing:
        pid = fork(("watch", "--json", "--every", "0.1", "--last", "0"), folder, None, (nothing.fileno(), write, 2), 0)
    os.close(write)
    seen: list[int] = []
    try:
        with open_store(str(folder / "data.db"), lineage=load_gazetteer().line) as store, open(read, "rb") as lines:
            end, seq = time.monotonic() + 30, 3
            while not seen and time.monotonic() < end:
                seq += 1
                commit(store, change(seq))
                ready, _, _ = select.select([lines], [], [], 0.5)
                if ready:
                    seen.append(json.loads(lines.readline())["seq"])
        assert seen
        assert seen[0] >= 4
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_in_the_sparkline_zero_withheld_unstated_and_unwatched_differ() -> None:
    figures = [Figure(145), Figure(0), Figure(is_withheld=True), None]
    nights = [Night("n", "full", launched=figure) for figure in figures] + [Night("n", "none")]
    assert sparkline(nights) == "█0· ?"
