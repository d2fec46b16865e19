"""The engine and the oracle live through the same random lives and must agree after each step: 0 false clears.

The short lane is part of every run; the long one lives through 100,000 lives (``-m long``; ``MONITOR_TEST_LIVES``
takes fewer of them, ``MONITOR_TEST_FIRST`` starts elsewhere).
"""

from __future__ import annotations

import os

import pytest
from fuse_world import COVERS, PLACES, SOURCES, STARTS, World, scenario
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

sources = st.sampled_from(SOURCES)
regimes = st.sampled_from(("air", "air", "air", "ballistic"))
places = st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True)
delays = st.sampled_from((0, 0, 20, 300, 540))
keys = st.lists(st.tuples(st.sampled_from(COVERS), regimes), min_size=1, max_size=4, unique=True)


class Lives(RuleBasedStateMachine):
    world: World

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: object) -> None:
        self.world = World(start)  # type: ignore[arg-type]

    @rule(source=sources, places=places, regime=regimes, delay=delays)
    def an_alert_starts(self, source: str, places: list[str], regime: str, delay: int) -> None:
        self.world.say(source, "start", places, regime, delay)

    @rule(source=sources, places=places, regime=regimes, delay=delays)
    def an_alert_ends(self, source: str, places: list[str], regime: str, delay: int) -> None:
        self.world.say(source, "end", places, regime, delay)

    @rule(source=sources, part=st.sampled_from(("X1", "C", "Y2")), delay=delays)
    def it_ends_in_part(self, source: str, part: str, delay: int) -> None:
        self.world.say(source, "end", ["X", "Y"], "air", delay, relisted=[part])

    @rule(source=st.sampled_from("ab"), verb=st.sampled_from(("start", "end")))
    def the_whole_country(self, source: str, verb: str) -> None:
        self.world.say(source, verb, ["UA"])

    @rule(seconds=st.sampled_from((5, 45, 100, 200, 290)), times=st.sampled_from((1, 1, 1, 6)))
    def time_passes(self, seconds: int, times: int) -> None:
        for _ in range(times):
            self.world.pass_time(seconds)

    @rule(keys=keys)
    def the_list_changes(self, keys: list[tuple[str, str]]) -> None:
        self.world.raise_or_drop(keys)
        self.world.poll()

    @rule(is_emptied=st.booleans())
    def the_list_is_polled(self, is_emptied: bool) -> None:
        if is_emptied:
            self.world.empty()
        self.world.poll()

    @rule(nth=st.integers(0, 4))
    def a_post_comes_again(self, nth: int) -> None:
        self.world.repeat(nth)

    @rule(nth=st.integers(0, 4))
    def a_post_is_edited_away(self, nth: int) -> None:
        self.world.edit(nth)

    @rule(source=st.sampled_from((*SOURCES, "list")))
    def a_source_dies_or_revives(self, source: str) -> None:
        self.world.live_or_die(source)

    @rule(source=sources)
    def a_source_says_it_is_out_of_order(self, source: str) -> None:
        self.world.outage(source)

    @rule(minutes=st.sampled_from((1, 30, 120)))
    def the_clock_jumps(self, minutes: int) -> None:
        self.world.jump(minutes)

    @rule()
    def the_daemon_restarts(self) -> None:
        self.world.restart()

    @invariant()
    def both_say_the_same_and_no_clear_is_false(self) -> None:
        if hasattr(self, "world"):
            self.world.check()


class TestLives(Lives.TestCase):
    settings = settings(
        max_examples=30,
        stateful_step_count=12,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_random_life_agrees(seed: int) -> None:
    scenario(seed, steps=15)


SHARDS = 8


@pytest.mark.long
@pytest.mark.timeout(0)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_hundred_thousand_random_lives_agree(shard: int) -> None:
    """In shards, so that they can be lived on several cores, or a few at a time (``-k "lives_agree and 3"``)."""
    first, number = int(os.environ.get("MONITOR_TEST_FIRST", "0")), int(os.environ.get("MONITOR_TEST_LIVES", "100000"))
    for seed in range(first + shard * number // SHARDS, first + (shard + 1) * number // SHARDS):
        try:
            scenario(seed, steps=10)
        except AssertionError as error:
            raise AssertionError(f"life {seed}: {error}") from error
