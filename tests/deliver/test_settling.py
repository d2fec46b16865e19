"""What many lanes settle at once is what each would have settled alone: the real queue against a plain model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.model import Attempt, Delivery, Endpoint
from monitor.store import SqlStore, open_store

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


def message(endpoint: str, seq: int) -> Delivery:
    return Delivery(f"m{seq}", endpoint, f"k{seq % 2}", seq, "alert.started", b"{}", NOW)


def offered(model: dict[tuple[str, int], tuple[str, datetime]], endpoint: str, now: datetime) -> set[int]:
    """Of each key the lowest ``seq`` that is due, if its time has come; and every parked one whose time has come."""
    mine = {seq: state for (name, seq), state in model.items() if name == endpoint}
    found = {seq for seq, (status, at) in mine.items() if status == "parked" and at <= now}
    for key in (0, 1):
        waiting = [seq for seq, (status, _at) in mine.items() if status == "due" and seq % 2 == key]
        if waiting and mine[min(waiting)][1] <= now:
            found.add(min(waiting))
    return found


@pytest.mark.parametrize("seed", range(6))
def test_settling_together_offers_what_the_model_offers(store: SqlStore, seed: int) -> None:
    rng = Random(seed)
    names = ("a", "b", "c")
    model: dict[tuple[str, int], tuple[str, datetime]] = {}
    for name in names:
        store.save_endpoint(Endpoint(name, "webhook"), NOW)
        store.enqueue([message(name, seq) for seq in range(1, 9)])
        model |= {(name, seq): ("due", NOW) for seq in range(1, 9)}
    now = NOW
    for _ in range(25):
        attempts = []
        for name, seq in rng.sample(sorted(model), min(len(model), rng.randint(1, 5))):
            outcome = rng.choice(["delivered", "retry", "parked"])
            later = now + timedelta(seconds=rng.choice([0, 5, 30]))
            next_at = None if outcome == "delivered" else later
            attempts.append(Attempt(message(name, seq), outcome, now, {"attempt": 1}, next_at))  # type: ignore[arg-type]
            was = model.pop((name, seq))
            if outcome != "delivered":
                model[name, seq] = ("parked" if "parked" in (outcome, was[0]) else "due", later)
        more = store.settle(attempts)
        freed = {(each.delivery.endpoint, each.delivery.seq % 2) for each in attempts if each.outcome != "retry"}
        waiting = {(name, seq % 2) for (name, seq), (status, _at) in model.items() if status == "due"}
        assert more == {name for name, _key in freed & waiting}
        now += timedelta(seconds=rng.choice([0, 1, 10]))
        found = store.due_for(dict.fromkeys(names, 100), now)
        for name in names:
            assert {each.seq for each in found[name]} == offered(model, name, now)
            assert [each.seq for each in store.due(now, 100, name)] == sorted(offered(model, name, now))


def test_each_endpoint_is_given_at_most_what_it_asked_for(store: SqlStore) -> None:
    store.enqueue([message(name, seq) for name in ("a", "b") for seq in range(1, 9)])
    found = store.due_for({"a": 1, "b": 2, "nobody": 3}, NOW)
    assert {name: [each.seq for each in some] for name, some in found.items()} == {"a": [1], "b": [1, 2], "nobody": []}


def test_every_attempt_leaves_its_line_in_the_log(store: SqlStore) -> None:
    store.enqueue([message("a", 1), message("a", 2)])
    store.settle(
        [
            Attempt(message("a", 1), "retry", NOW, {"attempt": 1, "status": 503}, NOW + timedelta(seconds=1)),
            Attempt(message("a", 2), "delivered", NOW, {"attempt": 1, "status": 204}),
        ]
    )
    assert [(row["message_id"], row["outcome"], row["status"]) for row in store.delivery_log()] == [
        ("m2", "delivered", 204),
        ("m1", "retry", 503),
    ]


def test_what_was_put_off_by_a_clock_that_was_set_back_is_due_now_and_quiet_hours_stay(store: SqlStore) -> None:
    store.save_endpoint(Endpoint("a", "webhook"), NOW)
    ahead = NOW + timedelta(hours=2)
    first, second, refused = message("a", 1), message("a", 3), message("a", 2)
    quiet = Delivery("q", "a", "strike", 9, "strike.reported", b"{}", ahead)
    store.enqueue([first, second, refused, quiet])
    store.settle([
        Attempt(first, "retry", NOW, {"attempt": 1}, ahead), Attempt(refused, "parked", NOW, {"attempt": 1}, ahead),
    ])  # fmt: skip
    assert not store.due(NOW)
    assert store.bring_forward(NOW, NOW + timedelta(hours=3)) == 0
    assert store.bring_forward(NOW, NOW) == 2
    assert [each.message_id for each in store.due(NOW)] == ["m1", "m2"]
    assert {each.status for each in store.due(NOW)} == {"due", "parked"}
    assert [each.message_id for each in store.due(ahead)] == ["m1", "m2", "q"]
