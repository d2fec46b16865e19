"""When a region was under alert: the index says what the alerts say, however they came to be what they are."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from made_commits import line

from monitor.model import Commit, Fused, Interval
from monitor.store import SqlStore, series
from monitor.store.known import forget
from monitor.store.series import Span
from monitor.store.spans import span_of

T0 = datetime(2024, 11, 9, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = ("UA-63-1", "UA-63-2", "UA-63", "UA-05-1", "UA")


def save(store: SqlStore, *alerts: Interval) -> None:
    with store.writing() as unit:
        unit.save(Commit("test", T0, (), (), Fused(None, intervals=alerts), ()))


def some_alert(rng: random.Random, number: int) -> Interval:
    start = T0 + rng.uniform(0, 400) * HOUR
    end = start + rng.choice((0.5, 5, 30, 100)) * HOUR
    alert = Interval(
        f"i{number:03}", rng.choice(PLACES), rng.choice(("air", "artillery")), start, "explicit", start,
        ended_at=end, end_basis="explicit", nature=rng.choice(("actual", "actual", "drill")),
    )  # fmt: skip
    return rng.choice((
        alert, alert, alert,
        replace(alert, ended_at=None, end_basis=None),
        replace(alert, end_basis="timeout", end_bounds=(start, end)),
        replace(alert, start_basis="standing", ended_at=None, end_basis=None),
        replace(alert, started_at=None, start_basis="unknown"),
        replace(alert, retracted_at=end, end_basis="retracted"),
    ))  # fmt: skip


def by_alerts(store: SqlStore, region: str, start: datetime | None, end: datetime | None) -> list[Span]:
    """The same from the alerts of everywhere, by the lineage of each place."""
    found = (span_of(alert) for alert in series.alerts(store, start=start, end=end).rows if region in line(alert.place))
    return sorted((span for span in found if span), key=lambda span: (span.started_at, span.id))


def test_spans_are_those_of_the_alerts_after_every_kind_of_change(store: SqlStore) -> None:
    rng = random.Random(4)
    for _ in range(3):
        for number in range(0, 150, 25):
            save(store, *(some_alert(rng, n) for n in range(number, number + 25)))
        with store.transaction() as connection:
            forget(connection, "intervals", [f"i{rng.randrange(150):03}" for _ in range(9)], T0, line)
        seen = 0
        for region in (*PLACES, "UA-63", "nowhere"):
            for start, end in ((None, None), (T0 + 90 * HOUR, None), (T0 + 50 * HOUR, T0 + 150 * HOUR), (None, T0)):
                found = series.alert_spans(store, region=region, start=start, end=end).rows
                assert list(found) == by_alerts(store, region, start, end)
                seen += len(found)
        assert seen > 200


def test_spans_as_of_then_are_those_that_were_known(store: SqlStore) -> None:
    alert = Interval("i", "UA-63-1", "air", T0, "explicit", T0)
    with store.writing() as unit:
        unit.save(Commit("test", T0, (), (), Fused(None, intervals=(alert,)), ()))
    ended = replace(alert, ended_at=T0 + HOUR, end_basis="explicit")
    with store.writing() as unit:
        unit.save(Commit("test", T0 + HOUR, (), (), Fused(None, intervals=(ended,)), ()))
    (now,) = series.alert_spans(store, region="UA-63").rows
    (then,) = series.alert_spans(store, region="UA-63", as_of=T0 + HOUR / 2).rows
    assert (now.ended_at, then.ended_at) == (T0 + HOUR, None)
    assert series.alert_spans(store).rows == (now,)
