"""Faults of the process and the machine: clocks, blocked loops, limits, broken configuration."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fake_daemon import FakeSource, until

from monitor.daemon.polling import wait_after
from monitor.daemon.schedule import Schedule
from monitor.daemon.vigil import Beats, Jump, LoopWatch
from monitor.daemon.writer import Writer
from monitor.errors import (
    SourceAuthLost,
    SourceBroken,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from monitor.store import series

START = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock:
    """Moved by hand."""

    is_replay = False

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at


@pytest.mark.parametrize(
    ("told", "lived", "kind"),
    [
        (600.0, 600.0, "pause"),  # SIGSTOP: both clocks went on without us
        (21600.0, 1.0, "forward"),  # laptop asleep: the monotonic clock stood still
        (-3600.0, 1.0, "backward"),  # somebody set the clock back
        (1.2, 1.0, None),
        (5.0, 5.0, None),  # a busy second is no pause
    ],
)
def test_D12_a_pause_and_a_jump_of_the_clock_are_noticed(told: float, lived: float, kind: str | None) -> None:
    clock, tick = HandClock(), [100.0]
    beats = Beats(clock, lambda: tick[0])
    clock.at += timedelta(seconds=told)
    tick[0] += lived
    jump = beats.beat()
    assert (jump.kind if jump else None) == kind
    assert beats.beat() is None


async def test_D12_a_late_job_is_run_once_and_not_dropped() -> None:
    """APScheduler's default drops what is a second late; after six hours asleep there must be one run, not none and
    not one for each interval."""
    runs: list[float] = []
    problems: list[Any] = []
    schedule = Schedule(lambda *told: problems.append(told), random.Random(1))

    async def job() -> None:
        runs.append(time.monotonic())

    schedule.start()
    schedule.every("job", 60.0, job, first_in=-6 * 3600.0)
    await until(lambda: runs)
    await asyncio.sleep(0.05)
    assert len(runs) == 1
    schedule.all_now(over=0.01)
    await until(lambda: len(runs) == 2)
    assert problems == []
    schedule.stop()


async def test_D12_a_pause_is_recorded_as_a_hole_in_coverage(running: Any) -> None:
    """Six hours asleep: what was not watched is told before anything new is read, and every source is asked anew."""
    clock = HandClock()
    clock.at = datetime.now(UTC)
    source = FakeSource("a", [["word"], []], poll_every=3600, now=clock.now)
    async with running(source, clock=clock) as daemon:
        await until(lambda: source.polls == 1 and daemon.status()["ready"])
        before = clock.at
        clock.at += timedelta(hours=6)
        await daemon.ticking.jumped(Jump("forward", before, clock.at))
        kinds = [change.type for change in series.changes(daemon.store)]
        assert "system.clock_jump" in kinds
        hole = [row for row in series.coverage(daemon.store, source="a") if row.health in ("lost", "degraded")]
        assert hole
        assert hole[0].started_at < clock.at - timedelta(hours=5)
        daemon._schedule.now("poll:a")
        await until(lambda: source.polls == 2)
        assert any("forward" in trouble["detail"] for trouble in daemon.status()["troubles"])


async def test_a_clock_set_back_is_told_to_the_deliveries(running: Any) -> None:
    clock = HandClock()
    clock.at = datetime.now(UTC)
    async with running(FakeSource("a", now=clock.now), clock=clock) as daemon:
        told: list[datetime] = []

        async def heard() -> None:
            told.append(clock.at)

        daemon.heard.deliverer.clock_was_set_back = heard
        before = clock.at
        clock.at -= timedelta(hours=2)
        await daemon.ticking.jumped(Jump("forward", clock.at, before))
        assert told == []
        await daemon.ticking.jumped(Jump("backward", before, clock.at))
        assert told == [clock.at]


async def test_D17_a_blocked_loop_is_noticed_with_its_stack(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[str, float]] = []
    writer = Writer()
    watch = LoopWatch(asyncio.get_running_loop(), writer, lambda *what: told.append(what), patience=0.08, every=0.01)
    watch.start()
    try:
        await asyncio.sleep(0.03)
        assert told == []
        time.sleep(0.2)  # the very fault
        assert "event loop" in watch.blocked()
        await until(lambda: told)
        assert told[0][0] == "event loop"
        assert told[0][1] >= 0.08
        assert watch.blocked() == {}
    finally:
        watch.stop()
        writer.close()
    assert "test_D17_a_blocked_loop" in capsys.readouterr().out


async def test_D17_a_stuck_writer_is_noticed_while_the_loop_answers() -> None:
    told: list[tuple[str, float]] = []
    writer, gate = Writer(), threading.Event()
    watch = LoopWatch(asyncio.get_running_loop(), writer, lambda *what: told.append(what), patience=0.05, every=0.01)
    watch.start()
    try:
        call = asyncio.create_task(writer(gate.wait, 5.0))
        await until(lambda: "writer" in watch.blocked())
        gate.set()
        await call
        await until(lambda: told)
        assert told[0][0] == "writer"
    finally:
        watch.stop()
        writer.close()


async def test_D17_a_blockage_shows_as_degraded(running: Any) -> None:
    async with running(FakeSource()) as daemon:
        await until(lambda: daemon.status()["ready"])
        daemon.heard.was_blocked("event loop", 30.0)
        assert daemon.status()["status"] == "degraded"
        assert daemon.status()["ready"]


@pytest.mark.parametrize(
    ("error", "failures", "least", "most"),
    [
        (SourceUnavailable("x"), 1, 45, 45),
        (SourceUnavailable("x"), 50, 120, 120),
        (SourceUnavailable("x", retry_after=900.0), 1, 900, 900),
        (SourceThrottled("x"), 1, 60, 60),
        (SourceThrottled("x"), 30, 900, 900),
        (SourceBroken("x"), 1, 45, 45),
        (SourceBroken("x"), 30, 300, 300),
        (SourceRefused("x"), 1, 120, 120),
        (SourceAuthLost("x"), 1, 900, 900),
    ],
)
def test_the_wait_after_a_failure_follows_its_kind(error: Any, failures: int, least: float, most: float) -> None:
    assert least <= wait_after(error, failures, 45.0) <= most


@pytest.mark.parametrize(
    ("error", "poll_every", "fresh_for", "wait"),
    [
        (SourceUnavailable("x"), 20.0, 39.0, 4.0),
        (SourceBroken("x"), 10.0, 0.1, 2.0),
        (SourceUnavailable("x"), 1.0, 9.0, 1.0),
        (SourceUnavailable("x"), 900.0, 900.0, 60.0),
        (SourceUnavailable("x", retry_after=30.0), 20.0, 39.0, 30.0),
        (SourceUnavailable("x"), 20.0, 0.0, 80.0),
        (SourceThrottled("x"), 20.0, 39.0, 80.0),
        (SourceRefused("x"), 20.0, 39.0, 120.0),
    ],
)
def test_while_its_word_holds_a_source_that_failed_is_asked_again_soon(
    error: Any, poll_every: float, fresh_for: float, wait: float
) -> None:
    assert wait_after(error, 3, poll_every, fresh_for) == wait


async def test_D19_a_broken_reload_keeps_what_was(running: Any, tmp_path: Any) -> None:
    """The files are read before anything is touched: an error in them changes nothing."""
    from monitor.config import load
    from monitor.errors import ConfigError

    (tmp_path / "config" / "sources").mkdir(parents=True)
    (tmp_path / "config" / "monitor.toml").write_text("[web]\nprot = 1\n")
    source = FakeSource("a")
    async with running(source) as daemon:
        with pytest.raises(ConfigError):
            await daemon.reload(load(tmp_path / "config", {}))
        polls = source.polls
        await until(lambda: source.polls > polls)
        assert list(daemon.pollers) == ["a"]


async def test_D19_a_reload_with_an_unknown_kind_takes_nothing_away(running: Any) -> None:
    """What can only be found wrong when it is made is made before anything is taken away."""
    from dataclasses import replace

    from monitor.errors import ConfigError
    from monitor.model import SourceProfile

    source = FakeSource("a")
    async with running(source) as daemon:
        for kind in ("no-such-kind", "no.such.module:Class"):
            changed = replace(daemon.settings, profiles=(SourceProfile("b", kind, "x"),))
            with pytest.raises(ConfigError, match="source b"):
                await daemon.reload(changed)
        polls = source.polls
        await until(lambda: source.polls > polls)
        assert list(daemon.pollers) == ["a"]


async def test_a_reload_that_cannot_be_written_keeps_every_source_asked(
    running: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A full disk at the wrong moment: the log says that the configuration from before stays in use, and it does."""
    from dataclasses import replace

    from monitor.errors import StoreFull
    from monitor.model import SourceProfile

    def profile(every: int) -> SourceProfile:
        return SourceProfile("notes", "file", str(tmp_path / "notes.jsonl"), poll_every=timedelta(seconds=every))

    def full(*args: Any) -> Any:
        raise StoreFull("no space left on the disk of the database; make room")

    (tmp_path / "notes.jsonl").write_text("")
    async with running(FakeSource("a")) as daemon:
        await daemon.reload(replace(daemon.settings, profiles=(profile(60),)))
        before = daemon.settings
        with monkeypatch.context() as patch:
            patch.setattr(daemon.parts.book.store, "endpoints", full)
            with pytest.raises(StoreFull):
                await daemon.reload(replace(before, profiles=(profile(30),)))
        assert set(daemon.pollers) == {"a", "notes"}
        assert daemon.pollers["notes"].source.profile == profile(60)
        assert daemon.settings is before
        assert daemon.parts.settings is before
        assert daemon.parts.book.settings is before


async def test_two_reloads_at_once_are_taken_one_after_the_other(running: Any, tmp_path: Any) -> None:
    from dataclasses import replace

    from monitor.model import SourceProfile

    def changed(every: int) -> Any:
        profile = SourceProfile("notes", "file", str(tmp_path / "notes.jsonl"), poll_every=timedelta(seconds=every))
        return replace(daemon.settings, profiles=(profile,))

    (tmp_path / "notes.jsonl").write_text("")
    async with running(FakeSource("a")) as daemon:
        await daemon.reload(changed(60))
        first = daemon.pollers["notes"]
        await asyncio.gather(daemon.reload(changed(30)), daemon.reload(changed(20)))
        assert first is not daemon.pollers["notes"]
        assert daemon.pollers["notes"].source.profile.poll_every == timedelta(seconds=20)
        assert daemon.settings.profiles[0].poll_every == timedelta(seconds=20)


async def test_a_source_whose_posts_cannot_be_kept_counts_as_failing(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*args: Any) -> Any:
        raise KeyError("a defect")

    source = FakeSource("a", [["one"]])
    async with running(source) as daemon:
        await until(lambda: daemon.status()["sources_reached"] == 1)
        monkeypatch.setattr(daemon.parts.pipeline, "run", defect)
        await until(lambda: daemon.status()["sources_failing"] == 1)
        assert daemon.status()["sources_reached"] == 0
        assert daemon.status()["sources"][0]["reason"] == "defect"


async def test_a_defect_of_a_source_is_told_without_what_it_said(running: Any) -> None:
    """What a look failed of is kept and shown; an address with a key in it is not to be."""
    source = FakeSource("a", [RuntimeError("https://host/rss?key=c4n4ry")])
    async with running(source) as daemon:
        await until(lambda: series.sources(daemon.store))
        (look,) = series.sources(daemon.store)
    assert "RuntimeError" in str(look.look.detail)
    assert "c4n4ry" not in str(look)


async def test_what_jobs_failed_of_is_not_remembered_for_ever(running: Any) -> None:
    async with running(FakeSource("a")) as daemon:
        for number in range(50):
            daemon.heard.job_problem("job", "error", ValueError(number))
        heard = daemon.heard
        heard._problems = {key: at - 100 for key, at in heard._problems.items()}
        heard.job_problem("job", "error", ValueError("now"))
        assert len(heard._problems) == 1


async def test_a_defect_at_one_jump_of_the_clock_does_not_hide_the_next(
    running: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.daemon import ticking

    jumps = [Jump("forward", datetime.now(UTC), datetime.now(UTC))] * 2
    async with running(FakeSource("a")) as daemon:
        met: list[Jump] = []

        async def stumbling(self: Any, jump: Jump) -> None:
            met.append(jump)
            raise KeyError("a defect")

        monkeypatch.setattr(ticking.Beats, "beat", lambda self: jumps.pop() if jumps else None)
        monkeypatch.setattr(ticking.Ticking, "jumped", stumbling)
        await until(lambda: len(met) == 2)
        assert any(trouble["what"] == "beat" for trouble in daemon.status()["troubles"])


async def test_deliveries_that_break_off_are_begun_again(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at the first look, then a defect: neither may end the deliveries for good and in silence."""
    from monitor.daemon import core
    from monitor.deliver import Deliverer
    from monitor.errors import StoreFull

    monkeypatch.setattr(core, "DELIVER_AGAIN", 0.01)
    runs, run = 0, Deliverer.run
    answers: list[Exception] = [StoreFull("no space left; make room"), KeyError("a defect")]

    async def breaking(deliverer: Deliverer) -> None:
        nonlocal runs
        runs += 1
        if answers:
            raise answers.pop(0)
        await run(deliverer)

    monkeypatch.setattr(Deliverer, "run", breaking)
    async with running(FakeSource("a")) as daemon:
        await until(lambda: runs == 3)
        assert any(trouble["what"] == "deliveries" for trouble in daemon.status()["troubles"])


async def test_the_schedule_tells_of_a_job_that_fails_and_goes_on() -> None:
    problems: list[tuple[str, str, Any]] = []
    runs = 0
    schedule = Schedule(lambda *told: problems.append(told), random.Random(1))

    async def job() -> None:
        nonlocal runs
        runs += 1
        raise ValueError("a defect")

    schedule.start()
    schedule.every("job", 0.05, job, first_in=0.0)
    await until(lambda: runs >= 2)
    assert problems[0][:2] == ("job", "error")
    assert isinstance(problems[0][2], ValueError)
    schedule.stop()


def test_a_clock_set_right_after_fifty_years_costs_nothing() -> None:
    """A board without a battery starts in 1970: the trigger must not count the seconds in between."""
    from monitor.daemon.schedule import _Every

    began = time.monotonic()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert _Every(2.0).get_next_fire_time(datetime(1970, 1, 1, tzinfo=UTC), now) > now
    assert time.monotonic() - began < 0.1
