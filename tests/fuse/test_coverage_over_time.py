"""Liveness: polls that fail now and then are no outage, and a dead source is one in time."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from fuse_timeline import DAY, Run, country, listed, rules_of, words

from monitor.config import load
from monitor.daemon.polling import wait_after
from monitor.errors import SourceUnavailable
from monitor.fuse import Rules, regions
from monitor.model import Authority, Look, SourceProfile

CAPS = {"alerts_in_ua": 7.5, "oref": 1.0}
"""Seconds that the sources with a rate cap wait between two requests at the least, whoever asks."""

EVERY = timedelta(seconds=1)


class Lone:
    """One source as it is shipped, the only one there is, asked as the daemon asks; one poll in ``fails`` fails."""

    def __init__(self, profile: SourceProfile, seed: int, fails: int = 8) -> None:
        self.profile = replace(profile, id="lone", authority=Authority(("UA",)), cadence=None)
        self.is_list = profile.kind in ("alerts_in_ua", "ukrainealarm", "siren_pp_ua", "oref")
        self.cap = CAPS.get(profile.kind, 2.0 if self.is_list else 0.0)
        self.chance, self.fails = Random(seed), fails
        self.run = Run(Rules(country(), {"lone": self.profile}, heartbeat=None))
        self.now = self.ok_at = DAY
        self.failures = 0
        first = listed({"source": "lone", "on": []}, DAY) if self.is_list else words("lone/1 end Y", DAY)
        self.run.step(DAY, [first], (), [self._look(DAY)], check_memory=False)

    def _look(self, at: datetime) -> Look:
        return Look("lone", at, "ok", data_at=at if self.is_list else None)

    def poll(self) -> None:
        """Wait as long as the daemon would, then ask; before it, time passes as the daemon's tick lets it pass."""
        every = self.profile.poll_every.total_seconds()
        wait = every
        if self.failures:
            left = (self.ok_at + self.profile.stale_after - self.now).total_seconds()
            wait = wait_after(SourceUnavailable("x"), self.failures, every, left)
        due = self.now + timedelta(seconds=max(wait, self.cap))
        stale = self.ok_at + self.profile.stale_after
        if stale < due:
            self.run.step(stale + EVERY, check_memory=False)
        self.now = due
        if self.chance.random() < 1 / self.fails:
            self.failures += 1
            look = Look("lone", due, "failed", "unavailable")
        else:
            self.failures, self.ok_at, look = 0, due, self._look(due)
        self.run.step(due, (), (), [look], check_memory=False)


def shipped() -> dict[str, SourceProfile]:
    """The APIs and the siren channel of ``config/sources``."""
    found = {one.id: one for one in load(Path(__file__).parents[2] / "config" / "monitor.toml", {}).profiles}
    return {key: found[key] for key in ("siren_pp_ua", "ukrainealarm", "alerts_in_ua", "oref", "air_alert_ua")}


def flaps(lone: Lone, days: float) -> list[str]:
    """Whatever was told of coverage or of an unknown region while the source was polled for so many days."""
    until = DAY + timedelta(days=days)
    polls = 0
    while lone.now < until:
        lone.poll()
        polls += 1
        if lone.failures > 1 or polls % 50 == 0:
            assert lone.run.region("Y").status == "clear", f"a flap at {lone.now}"
    return [change.type for change in lone.run.changes if change.type.startswith("coverage.lost")]


@pytest.mark.parametrize("key", ["siren_pp_ua", "ukrainealarm", "alerts_in_ua", "air_alert_ua"])
def test_polls_that_fail_one_time_in_eight_make_no_flap(key: str) -> None:
    assert flaps(Lone(shipped()[key], seed=1), days=0.25) == []


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("key", ["siren_pp_ua", "ukrainealarm", "alerts_in_ua", "air_alert_ua"])
def test_two_hundred_days_without_a_flap(key: str) -> None:
    """Each source alone: nobody else covers for it."""
    assert flaps(Lone(shipped()[key], seed=2), days=200) == []


@pytest.mark.parametrize("key", ["siren_pp_ua", "ukrainealarm", "alerts_in_ua", "air_alert_ua"])
def test_S01_a_lone_source_that_dies_is_unknown_within_its_stale_time_and_five_seconds(key: str) -> None:
    lone = Lone(shipped()[key], seed=3)
    for _ in range(50):
        lone.poll()
    died = lone.ok_at
    stale = int(lone.profile.stale_after.total_seconds())
    for second in range(1, stale + 6):
        lone.run.step(died + timedelta(seconds=second), check_memory=False)
        assert lone.run.region("Y").status == "clear" or second > stale
    assert lone.run.region("Y").status == "unknown"
    assert [change.type for change in lone.run.changes if change.type.startswith("coverage.l")] == ["coverage.lost"]


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


def test_a_post_dated_ahead_breaks_no_silence_to_come() -> None:
    """A page may state a time of next week: what is silent after it is silent all the same."""
    profile = replace(shipped()["air_alert_ua"], id="ch", authority=Authority(("UA",)), cadence=1000.0)
    run = Run(Rules(country(), {"ch": profile}, heartbeat=None))
    ahead = DAY + timedelta(days=7)
    run.step(DAY, [words("ch/1 end Y", DAY)], (), [Look("ch", DAY, "ok", newest=ahead)], check_memory=False)
    assert run.region("Y").status == "clear"
    silence = run.rules.longest_silence("ch")
    assert silence is not None
    assert silence < timedelta(days=1)
    at = DAY
    while at <= DAY + silence:
        at += timedelta(minutes=4)
        run.step(at, (), (), [Look("ch", at, "ok", newest=ahead)], check_memory=False)
    assert run.region("Y").status == "unknown"
