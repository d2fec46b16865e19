"""Liveness: polls that fail now and then are no outage, and a dead source is one in time."""

from __future__ import annotations

import itertools
from datetime import timedelta
from random import Random

import pytest
from fuse_timeline import DAY, Run, listed, rules_of, words

from monitor.fuse import Rules, regions
from monitor.model import Look

SOURCES = {"siren": {"stale": 180, "cadence": 790}, "api": {"stale": 60}}


def live_for(days: float, seed: int) -> Run:
    """Both sources polled every 10 s, one poll in eight failing, with an alert of half an hour every six hours."""
    chance = Random(seed)
    run = Run(rules_of({"sources": SOURCES}))
    now, post = DAY, 0
    run.step(now, [listed({"source": "api", "on": []}, now)], (), [Look("siren", now, "ok")], check_memory=False)
    for tick in range(int(days * 8640)):
        now += timedelta(seconds=10)
        looks, tellings = [], []
        for source in SOURCES:
            data_at = now if source == "api" else None
            good = chance.random() >= 1 / 8
            look = Look(source, now, "ok", data_at=data_at) if good else Look(source, now, "failed", "unavailable")
            looks.append(look)
        if tick % 2160 in (1000, 1180):
            post += 1
            tellings = [words(f"siren/{post} {'start' if tick % 2160 == 1000 else 'end'} X", now)]
        run.step(now, tellings, (), looks, check_memory=False)
        assert run.region("Y").status == "clear" or tick % 60, "a flap"
    return run


def test_polls_that_fail_one_time_in_eight_make_no_flap() -> None:
    run = live_for(0.25, seed=1)
    assert not [change for change in run.changes if change.type == "coverage.lost"]


@pytest.mark.long
@pytest.mark.timeout(0)
def test_two_hundred_days_without_a_flap() -> None:
    run = live_for(200, seed=2)
    assert not [change for change in run.changes if change.type == "coverage.lost"]
    assert len(run.standing()) == 200 * 4


def test_S01_a_dead_source_is_unknown_in_time() -> None:
    run = live_for(0.02, seed=3)
    last = max(record.last_ok for _, record in run.state.sources.items() if record.last_ok)
    states = {}
    for second in range(1, 400):
        now = last + timedelta(seconds=second)
        run.step(now, check_memory=False)
        states[second] = run.region("Y").status
    assert states[59] == "clear"
    assert states[180 + 5] == "unknown"
    assert [change.type for change in run.changes if change.type.startswith("coverage.l")] == ["coverage.lost"]


def test_coverage_is_a_series_without_holes() -> None:
    run = live_for(0.02, seed=4)
    run.step(run.now + timedelta(minutes=10))
    run.step(run.now + timedelta(hours=6), [words("siren/9 start X", run.now + timedelta(hours=6))])
    rows = sorted((r for r in run.coverage.values() if r.source == "siren"), key=lambda r: r.started_at)
    for before, after in itertools.pairwise(rows):
        assert before.ended_at == after.started_at
    assert [row.health for row in rows][-2:] == ["lost", "live"]
    assert rows[-1].ended_at is None


def test_the_machine_slept_and_the_hole_is_a_row() -> None:
    run = Run(rules_of({"sources": {"siren": {}}}))
    run.step(DAY, [words("siren/1 start X", DAY)])
    run.step(DAY + timedelta(hours=6), [words("siren/2 end X", DAY + timedelta(hours=6))])
    rows = sorted(run.coverage.values(), key=lambda row: row.started_at)
    assert [(row.health, row.reason) for row in rows] == [("live", None), ("lost", "not_watched"), ("live", None)]
    assert rows[1].ended_at - rows[1].started_at == timedelta(hours=6, minutes=-3)


def test_heartbeats_carry_what_is_watched() -> None:
    given = rules_of({"sources": SOURCES})
    rules = Rules(given.gazetteer, given.profiles, heartbeat=timedelta(seconds=60))
    run = Run(rules)
    run.step(DAY, [words("siren/1 start X", DAY)])
    for second in range(0, 260, 20):
        run.step(DAY + timedelta(seconds=second))
    beats = [change for change in run.changes if change.type == "heartbeat"]
    assert len(beats) == 5
    assert beats[0].data["regions"] == {"active": 1, "partial": 0, "clear": 0, "unknown": 3, "standing": 1}
    assert beats[0].data["sources"] == {"live": 1}
    assert sorted(beats[-1].data["uncovered"]) == ["K", "L", "X", "Y", "Z"]
    assert beats[0].valid_until == beats[0].occurred_at + timedelta(seconds=180)


def test_a_quiet_tick_changes_nothing() -> None:
    run = Run(rules_of({"sources": SOURCES}))
    run.step(DAY, [words("siren/1 start X", DAY)])
    before = dict(run.memory)
    run.step(DAY + timedelta(seconds=5))
    assert run.memory == before


def test_every_first_level_region_is_always_there() -> None:
    run = Run(rules_of({"sources": SOURCES}))
    found = regions(run.state, DAY, run.rules)
    assert {"X", "Y", "Z", "K", "L", "UA"} <= set(found)
    assert {key: state.status for key, state in found.items() if key != "L"} == dict.fromkeys(
        ("K", "UA", "X", "Y", "Z"), "unknown"
    )
