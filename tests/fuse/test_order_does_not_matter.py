"""Whatever arrives within ten minutes, in any order and more than once, makes the same tables."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from fuse_timeline import Run, moment, rules_of, words

SOURCES: dict[str, dict[str, Any]] = {
    "siren": {},
    "other": {},
    "force": {"side": "UA", "claimant": "Air Force", "area": ["UA"]},
    "paper": {"rank": "media", "places": []},
}
NIGHT = "2024-11-09/2024-11-10"


def window(chance: Random) -> list[str]:
    """Posts of ten minutes: alerts that begin and end, the whole country, parts, regimes, strikes and counts."""
    lines = []
    for post in range(1, 15):
        said = f"said=10:{chance.randrange(10):02}:{chance.randrange(60):02}"
        source = chance.choice(("siren", "siren", "siren", "other"))
        place = chance.choice(("X", "X", "X1", "Y", "UA"))
        kind = chance.randrange(12)
        if kind < 4:
            lines.append(f"{source}/{post} start {place} {said}")
        elif kind < 8:
            lines.append(f"{source}/{post} end {place} {said}")
        elif kind < 9:
            lines.append(f"{source}/{post} start ballistic {place} {said}")
        elif kind < 10:
            toll = chance.randrange(1, 9)
            at = chance.choice(("X1", "C", "X2", "X"))
            lines.append(f"paper/{post} strike {at} weapon=drone killed={toll} date=2024-11-10 {said}")
        else:
            lines.append(f"force/{post} count drone launched {post} UA attacker=RU night={NIGHT} {said}")
    return lines


def tables(order: list[str]) -> dict[str, Any]:
    run = Run(rules_of({"sources": SOURCES}))
    for number, line in enumerate(order):
        now = moment("10:09:59") + timedelta(microseconds=number)
        run.step(now, [words(line, now)], check_memory=False)
    alerts = sorted(
        (one.id, one.place, one.regime, one.started_at, one.ended_at, one.start_basis, str(one.end_basis))
        for one in run.standing()
        if one.started_at is not None
    )
    orphans = sorted((one.id, one.place, one.ended_at) for one in run.standing() if one.started_at is None)
    strikes = sorted(
        (one.id, one.places, one.killed, one.origins) for one in run.strikes.values() if one.merged_into is None
    )
    claims = sorted((one.id, one.value, one.stage, one.superseded_by or "") for one in run.claims.values())
    states = [run.region(place).status for place in ("X", "X1", "X2", "Y", "Y1", "Z", "K", "UA")]
    return {"alerts": alerts, "orphans": orphans, "strikes": strikes, "claims": claims, "states": states}


def agree(seed: int, orders: int) -> None:
    chance = Random(seed)
    lines = window(chance)
    in_order = sorted(lines, key=lambda line: line.rpartition("said=")[2])
    wanted = tables(in_order)
    for _ in range(orders):
        order = lines + chance.choices(lines, k=3)
        chance.shuffle(order)
        made = tables(order)
        for name, table in wanted.items():
            assert made[name] == table, f"seed {seed}, {name}: {order}"


@pytest.mark.parametrize("seed", range(12))
def test_T06_any_order_makes_the_same_tables(seed: int) -> None:
    agree(seed, orders=6)


@pytest.mark.long
def test_T06_two_thousand_permutations() -> None:
    for seed in range(100):
        agree(seed, orders=20)
