"""Deliveries: in order per endpoint and key, once however often they are queued, kept until they are settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_commits import T0, endpoint, line, minutes

from monitor.model import Delivery
from monitor.store import SqlStore, open_store


def message(seq: int, key: str = "a", to: str = "desk", at: int = 0) -> Delivery:
    return Delivery(f"m{seq}", to, key, seq, "alert.started", f"body {seq}".encode(), minutes(at))


def ids(store: SqlStore, at: int = 60, **more: object) -> list[str]:
    return [delivery.message_id for delivery in store.due(minutes(at), **more)]  # type: ignore[arg-type]


def test_only_the_oldest_of_each_key_and_endpoint_is_offered_oldest_first(store: SqlStore) -> None:
    store.enqueue([message(3), message(1), message(2, "b"), message(4, to="home"), message(1, to="home")])
    assert [(d.message_id, d.endpoint) for d in store.due(minutes(60))] == [
        ("m1", "desk"),
        ("m1", "home"),
        ("m2", "desk"),
    ]
    assert ids(store, endpoint="home") == ["m1"]
    assert ids(store, limit=1) == ["m1"]


def test_what_follows_waits_for_what_is_retried(store: SqlStore) -> None:
    store.enqueue([message(1), message(2)])
    (first,) = store.due(minutes(1))
    store.retry(first, minutes(1), minutes(5), {"status": 500})
    assert ids(store, 4) == []
    assert store.next_due_at() == minutes(5)
    (again,) = store.due(minutes(5))
    assert (again.message_id, again.attempts, again.body, again.due_at) == ("m1", 1, b"body 1", minutes(5))
    store.delivered(again, minutes(5), {"status": 200})
    assert ids(store, 5) == ["m2"]


def test_a_parked_message_no_longer_blocks_its_key_and_is_still_tried(store: SqlStore) -> None:
    store.enqueue([message(1), message(2)])
    (first,) = store.due(minutes(1))
    store.park(first, minutes(1), minutes(30), {"error": "poisoned"})
    assert ids(store, 2) == ["m2"]
    assert ids(store, 30) == ["m1", "m2"]
    (parked, _) = store.due(minutes(30))
    assert parked.status == "parked"
    store.retry(parked, minutes(30), minutes(50), {})
    assert ids(store, 49) == ["m2"]
    assert ids(store, 50) == ["m1", "m2"]


def test_a_dropped_message_is_gone_and_logged(store: SqlStore) -> None:
    store.enqueue([message(1), message(2)])
    store.drop(message(1), minutes(1), "too old")
    assert ids(store) == ["m2"]
    (entry,) = store.delivery_log()
    assert (entry["outcome"], entry["reason"], entry["message_id"]) == ("dropped", "too old", "m1")


def test_queued_twice_is_queued_once_with_the_first_bytes(store: SqlStore) -> None:
    store.enqueue([message(1)])
    store.enqueue([replace(message(1), body=b"other")])
    assert [d.body for d in store.due(minutes(1))] == [b"body 1"]


def test_a_redelivery_sends_the_same_bytes_again(store: SqlStore) -> None:
    store.enqueue([message(1)])
    store.delivered(message(1), minutes(1), {})
    assert ids(store) == []
    store.enqueue([replace(message(1, at=9), body=b"other")])
    (again,) = store.due(minutes(9))
    assert (again.body, again.attempts) == (b"body 1", 0)


def test_a_disabled_endpoint_is_not_offered_anything_until_it_is_enabled_again(store: SqlStore) -> None:
    store.save_endpoint(endpoint(), T0)
    store.enqueue([message(1)])
    store.disable_endpoint("desk", T0, "it answered 410")
    assert ids(store) == []
    assert store.next_due_at() is None
    assert [one.is_enabled for one in store.endpoints()] == [False]
    store.save_endpoint(endpoint(), T0)
    assert ids(store) == ["m1"]
    assert store.endpoints() == [endpoint()]


def test_the_log_is_newest_first_and_by_endpoint(store: SqlStore) -> None:
    for number in range(5):
        store.enqueue([message(number, to=f"e{number % 2}")])
        store.delivered(message(number, to=f"e{number % 2}"), minutes(number), {"latency": number})
    assert [entry["latency"] for entry in store.delivery_log(limit=2)] == [4, 3]
    assert [entry["latency"] for entry in store.delivery_log("e1")] == [3, 1]
    assert store.waiting() == {"delivered": 5}


def test_the_rest_of_a_lane_is_not_read_while_its_head_waits(store: SqlStore) -> None:
    """A dead endpoint with a long backlog offers one row, whatever stands behind it."""
    store.enqueue([message(number) for number in range(300)])
    store.retry(message(0), minutes(0), minutes(500), {})
    assert ids(store, 400) == []
    assert ids(store, 500) == ["m0"]


STEPS = st.lists(st.tuples(st.sampled_from(["add", "done", "retry", "park", "drop"]), st.integers(1, 12)), max_size=40)


@given(STEPS)
@settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
def test_whatever_happens_each_key_keeps_its_order(tmp_path_factory: object, steps: list[tuple[str, int]]) -> None:
    """Against a plain model: of what is due in a lane the lowest ``seq`` is offered, and every parked one."""
    folder = tmp_path_factory.mktemp("queue")  # type: ignore[attr-defined]
    status: dict[int, str] = {}
    with open_store(str(folder / "q.db"), lock=False, lineage=line) as store:
        for what, number in steps:
            one = message(number, "ab"[number % 2])
            match what:
                case "add":
                    store.enqueue([one])
                    status[number] = "due"
                case "retry":
                    store.retry(one, T0, T0, {})
                case "done" | "drop":
                    (store.delivered(one, T0, {}) if what == "done" else store.drop(one, T0, ""))
                    status.pop(number, None)
                case "park":
                    store.park(one, T0, T0, {})
                    if number in status:
                        status[number] = "parked"
            wanted = {number for number, state in status.items() if state == "parked"}
            for lane in (0, 1):
                waiting = [number for number, state in status.items() if state == "due" and number % 2 == lane]
                wanted |= {min(waiting)} if waiting else set()
            assert {delivery.seq for delivery in store.due(T0 + timedelta(days=1))} == wanted
