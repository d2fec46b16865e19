"""What was just committed goes to its lanes without being looked up; whatever else is to be seen to comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from delivering import NOW, FakeSink, HandClock, MemoryQueue, answered, message, refused, run_here, settle

from monitor.deliver import Deliverer
from monitor.model import Attempt, Commit, Delivery, Endpoint, Fused
from monitor.store import SqlStore, open_store


@asynccontextmanager
async def running(queue: MemoryQueue, sink: FakeSink, clock: HandClock):  # type: ignore[no-untyped-def]
    async def at_once() -> None:
        return None

    deliverer = Deliverer(queue, lambda _endpoint: sink, clock, run_here, rng=Random(1), turn=at_once)
    task = asyncio.create_task(deliverer.run())
    await settle()
    try:
        yield deliverer
    finally:
        await deliverer.stop(0.1)
        await task


def commit(queue: MemoryQueue, *made: Delivery) -> list[Delivery]:
    queue.enqueue(made)
    return [queue.rows[each.endpoint, each.message_id] for each in made]


async def test_a_committed_message_is_sent_without_a_question_to_the_queue() -> None:
    queue, sink, clock = MemoryQueue([Endpoint("e", "webhook")]), FakeSink(), HandClock()
    async with running(queue, sink, clock) as deliverer:
        asked = queue.reads
        ready = commit(queue, message(1, "a"), message(2, "b"))
        deliverer.committed(ready, ready)
        await settle(lambda: not queue.waiting())
        assert [each.seq for each in sink.got] == [1, 2]
        assert queue.reads == asked


async def test_what_waits_behind_another_is_sent_after_it() -> None:
    queue, sink, clock = MemoryQueue([Endpoint("e", "webhook")]), FakeSink(), HandClock()
    async with running(queue, sink, clock) as deliverer:
        made = commit(queue, message(1), message(2), message(3))
        deliverer.committed(made, made[:1])
        await settle(lambda: not queue.waiting())
        assert [each.seq for each in sink.got] == [1, 2, 3]


async def test_a_message_that_is_offered_while_it_is_under_way_is_sent_once() -> None:
    queue, clock = MemoryQueue([Endpoint("e", "webhook")]), HandClock()
    sink = FakeSink(gate=asyncio.Event())
    async with running(queue, sink, clock) as deliverer:
        made = commit(queue, message(1))
        deliverer.notify()
        await settle(lambda: bool(sink.attempts))
        deliverer.committed(made, made)
        await settle()
        sink.gate.set()  # type: ignore[union-attr]
        await settle(lambda: not queue.waiting())
        assert [each.seq for each in sink.attempts] == [1]


async def test_more_than_an_endpoint_takes_at_once_waits_in_the_queue() -> None:
    queue, clock = MemoryQueue([Endpoint("e", "webhook", options={"concurrency": 2})]), HandClock()
    sink = FakeSink(gate=asyncio.Event())
    async with running(queue, sink, clock) as deliverer:
        made = commit(queue, *(message(seq, f"k{seq}") for seq in range(1, 6)))
        deliverer.committed(made, made)
        await settle()
        assert len(sink.attempts) == 2
        sink.gate.set()  # type: ignore[union-attr]
        await settle(lambda: not queue.waiting())
        assert sorted(each.seq for each in sink.got) == [1, 2, 3, 4, 5]


async def test_an_endpoint_that_asked_for_a_pause_is_left_alone_whatever_is_offered() -> None:
    queue, clock = MemoryQueue([Endpoint("e", "webhook")]), HandClock()
    sink = FakeSink(lambda delivery: answered(429, 60.0) if delivery.seq == 1 else {"status": 204})
    async with running(queue, sink, clock) as deliverer:
        first = commit(queue, message(1, "a"))
        deliverer.committed(first, first)
        await settle(lambda: bool(queue.log))
        second = commit(queue, message(2, "b"))
        deliverer.committed(second, second)
        await settle()
        assert [each.seq for each in sink.attempts] == [1]
        assert [row.seq for row in queue.waiting()] == [1, 2]


async def test_an_endpoint_that_is_down_gets_one_probe_at_a_time_whatever_is_offered() -> None:
    queue, clock = MemoryQueue([Endpoint("e", "webhook")]), HandClock()
    sink = FakeSink(lambda _delivery: refused())
    async with running(queue, sink, clock) as deliverer:
        for seq in range(1, 6):
            made = commit(queue, message(seq, f"k{seq}"))
            deliverer.committed(made, made)
            await settle(lambda seq=seq: len(queue.log) == seq)  # type: ignore[misc]
        assert deliverer.lanes()["e"]["is_down"]
        tried = len(sink.attempts)
        more = commit(queue, *(message(seq, f"k{seq}") for seq in range(10, 14)))
        deliverer.committed(more, more)
        await settle()
        assert len(sink.attempts) == tried
        assert len(queue.waiting()) == 9


async def test_a_message_for_an_endpoint_without_a_lane_waits_for_its_lane() -> None:
    queue, sink, clock = MemoryQueue(), FakeSink(), HandClock()
    async with running(queue, sink, clock) as deliverer:
        queue.save_endpoint(Endpoint("e", "webhook"), NOW)
        made = commit(queue, message(1))
        deliverer.committed(made, made)
        await settle(lambda: not queue.waiting())
        assert [each.seq for each in sink.got] == [1]


# ── what the store says stands first ──────────────────────────────────────────────────────────────


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


def save(store: SqlStore, *made: Delivery, at: datetime = NOW) -> list[Delivery]:
    with store.writing() as unit:
        return list(unit.save(Commit("s", at, (), (), Fused(None), made)))


def test_a_commit_gives_back_what_the_queue_would_offer(store: SqlStore) -> None:
    first = save(store, message(1, "a"), message(2, "a"), message(3, "b"), message(3, "b", endpoint="f"))
    assert first == [each for each in store.due(NOW) if each.seq in (1, 3)]
    assert [(each.endpoint, each.seq, each.id) for each in first] == [("e", 1, 1), ("e", 3, 3), ("f", 3, 4)]


def test_a_message_behind_one_that_waits_is_not_given_back(store: SqlStore) -> None:
    save(store, message(1))
    assert save(store, message(2)) == []


def test_a_message_that_was_delivered_or_is_held_is_not_given_back(store: SqlStore) -> None:
    (made,) = save(store, message(1))
    store.settle([Attempt(made, "delivered", NOW, {})])
    assert save(store, message(1), message(2, "b", status="held")) == []


@pytest.mark.parametrize("seed", range(4))
def test_what_commits_give_back_is_what_the_queue_would_offer_in_any_order_of_things(
    store: SqlStore, seed: int
) -> None:
    rng = Random(seed)
    for seq in range(1, 60):
        at = datetime(2026, 2, 1, 12, 0, seq % 60, tzinfo=UTC)
        made = [
            replace(message(seq, f"k{rng.randint(0, 2)}", endpoint=name), due_at=at)
            for name in rng.sample(["e", "f", "g"], rng.randint(1, 3))
        ]
        before = {(each.endpoint, each.message_id) for each in store.due(at)}
        ready = save(store, *made, at=at)
        after = store.due(at + timedelta(days=1), 1000)
        assert {each for each in after if each.seq == seq} == set(ready)
        assert before <= {(each.endpoint, each.message_id) for each in after}
        for each in rng.sample(after, min(len(after), rng.randint(0, 3))):
            store.settle([Attempt(each, "delivered", at, {})])
