"""Who was under alert at a moment: the same as going through every interval there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import text

from monitor.model import Commit, Fused, Interval
from monitor.store import SqlStore, under_alert

T0 = datetime(2024, 1, 1, tzinfo=UTC)


def some_intervals(rng: Random, number: int) -> list[Interval]:
    """Short and long ones, open ones, retracted ones, drills, ends without a start, several regimes of one place."""
    out = []
    for nth in range(number):
        start = T0 + timedelta(minutes=rng.randrange(60 * 24 * 30))
        lasts = timedelta(minutes=rng.choice((1, 30, 60 * 5, 60 * 24 * 3, 60 * 24 * 3 + 1, 60 * 24 * 9)))
        is_orphan = rng.random() < 0.05
        out.append(
            Interval(
                id=f"i{nth:04}", place=f"UA-{rng.randrange(5, 12):02}", regime=rng.choice(("air", "air", "artillery")),
                started_at=None if is_orphan else start, start_basis="explicit", known_at=start,
                nature="exercise" if rng.random() < 0.1 else "actual",
                ended_at=None if rng.random() < 0.03 and not is_orphan else start + lasts,
                retracted_at=start if rng.random() < 0.1 else None, sources=("siren",),
            )
        )  # fmt: skip
    return out


def test_it_says_what_going_through_all_intervals_says(store: SqlStore) -> None:
    rng = Random(4)
    made = some_intervals(rng, 400)
    with store.writing() as unit:
        unit.save(Commit("t", T0, (), (), Fused(None, intervals=tuple(made)), ()))
    edges = [one.started_at for one in made[:20] if one.started_at] + [
        one.ended_at for one in made[:20] if one.ended_at
    ]
    for at in [*edges, *(T0 + timedelta(minutes=rng.randrange(60 * 24 * 40)) for _ in range(100))]:
        wanted: dict[str, list[Interval]] = {}
        for one in made:
            is_on = one.started_at is not None and one.started_at <= at and (one.ended_at is None or one.ended_at > at)
            if is_on and one.nature == "actual" and one.retracted_at is None:
                wanted.setdefault(one.place, []).append(one)
        found = under_alert(store, at)
        assert set(found) == set(wanted), at
        for place, ones in wanted.items():
            assert found[place].since == min(one.started_at for one in ones if one.started_at), (place, at)
            assert found[place].regimes == tuple(sorted({one.regime for one in ones}))
            assert found[place].intervals == tuple(sorted(one.id for one in ones))


def test_no_row_is_looked_up_for_it(file_store: SqlStore) -> None:
    plan = """EXPLAIN QUERY PLAN SELECT place, regime, begins_at, id FROM intervals WHERE is_long = 0 AND
        begins_at <= 'b' AND begins_at >= 'a' AND ends_at > 'b' AND nature = 'actual' AND is_retracted = 0"""
    with file_store.reading() as connection:
        (step,) = connection.execute(text(plan)).all()
    assert "COVERING INDEX ix_intervals_on_at" in step.detail
