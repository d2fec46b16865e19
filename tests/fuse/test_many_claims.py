"""A ledger of very many claims: an index finds what looking at everything finds, and twice as many cost twice."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fuse_timeline import DAY, Run, rules_of, telling, words

from monitor.fuse import State, fuse
from monitor.model import CountReport, Evidence, Moment, PlaceRef, Telling, Withdrawal

SOURCES: dict[str, dict[str, Any]] = {
    "force": {"side": "UA", "claimant": "Ukrainian Air Force", "area": ["UA"]},
    "ministry": {"side": "RU", "claimant": "Russian Defence Ministry", "places": ["RU"], "area": ["RU"]},
    "paper": {"rank": "media", "places": []},
}
LENGTHS = (1, 3, 15, 24, 24, 30, 24 * 7, 24 * 31, 24 * 365, 24 * 365 * 9, -5)


def random_steps(seed: int, steps: int) -> Iterator[tuple[Any, list[Telling], list[Withdrawal]]]:
    """Figures of a few claimants about windows from an hour to nine years, edited and deleted here and there."""
    rng = random.Random(seed)
    last: dict[str, Telling] = {}
    for number in range(steps):
        now = DAY + timedelta(minutes=number)
        said, gone = [], []
        for nth in range(rng.randrange(1, 4)):
            source, post, version = rng.choice(("force", "ministry", "paper")), f"{number}{nth}", 1
            if last and rng.random() < 0.3:
                old = last[rng.choice(sorted(last))]
                source, post, version = old.source, old.item.rpartition("/")[2], old.version + 1
                if any(one.item == old.item for one in said):
                    continue
                is_deleted = rng.random() < 0.2
                gone.append(Withdrawal(old.item, old.version, source, now, "deleted" if is_deleted else "replaced"))
                if is_deleted:
                    last.pop(old.item)
                    continue
            start = DAY - timedelta(hours=rng.randrange(24 * 40))
            window = Moment(start, start + timedelta(hours=rng.choice(LENGTHS)), "hour")
            period: Any = rng.choice(("night", "hours", "day", "month", None))
            what = CountReport(
                "drone", rng.choice(("launched", "shot_down")), rng.randrange(9),
                Evidence("q", (0, 1), "test", occurred=rng.choice((window, window, window, None))),
                places=(PlaceRef("X", "X"),) if rng.random() < 0.2 else (), period=period, attacker="RU",
                date_or_period=rng.choice((None, *(f"2024-11-{day:02}" for day in range(1, 9)))),
                claimed_by=rng.choice((None, "Ukrainian  air force", "Somebody")),
                subset_of="launched" if rng.random() < 0.1 else None,
            )  # fmt: skip
            made = telling(what, source, post, now, now, version)
            said.append(made)
            last[made.item] = made
        yield now, said, gone


def played(seed: int, steps: int) -> Run:
    run = Run(rules_of({"sources": SOURCES}))
    for now, said, gone in random_steps(seed, steps):
        run.step(now, said, gone, check_memory=False)
    assert State.load(run.memory) == run.state
    return run


@pytest.mark.parametrize("seed", range(6))
def test_the_index_of_windows_finds_what_looking_at_all_claims_finds(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_index = played(seed, 120)
    monkeypatch.setattr("monitor.fuse.counts.near", lambda names, claim: None)
    by_looking = played(seed, 120)
    assert list(by_index.claims.values()) == list(by_looking.claims.values())
    assert by_index.changes == by_looking.changes
    assert any("overlapping_window" in claim.flags for claim in by_index.claims.values())


def nights(many: int) -> list[Telling]:
    """A table of one claimant's figures: three windows of a night, night by night, each given twice."""
    out = []
    for number in range(many):
        start = DAY - timedelta(days=number // 6)
        window = Moment(start + timedelta(hours=number % 3 * 4), start + timedelta(hours=number % 3 * 4 + 3), "hour")
        line = f"force/{number} count drone launched {number} attacker=RU day={start.date()} hours=00:00-01:00"
        made = words(line, DAY)
        report: Any = made.what
        proof = replace(report.evidence, occurred=window)
        what = replace(report, evidence=proof, date_or_period=f"{start.date()}")
        out.append(replace(made, what=what))
    return out


def seconds(many: int) -> float:
    """Processor time of bringing a table of so many claims in portions of 500."""
    told, state, rules = nights(many), State.empty(), rules_of({"sources": SOURCES})
    begun = time.process_time()
    for start in range(0, many, 500):
        state = fuse(state, told[start : start + 500], (), (), DAY + timedelta(seconds=start), rules).state
    return time.process_time() - begun


def test_twice_as_many_claims_cost_at_most_three_times_as_much() -> None:
    """Pairs measured one after the other: a machine that slows down in between spoils one of them, not all."""
    seconds(500)
    pairs = []
    for _ in range(4):
        pairs.append((seconds(2_000), seconds(4_000)))
        if pairs[-1][1] <= 3 * pairs[-1][0]:
            return
    raise AssertionError(pairs)
