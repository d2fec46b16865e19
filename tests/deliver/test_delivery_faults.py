"""Faults W02, W07-W13, W16, W18-W21 at the delivery stage: a queue in memory, sinks on order, a clock moved by hand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from delivering import (
    NOW,
    FakeSink,
    HandClock,
    MemoryQueue,
    answered,
    message,
    no_wait,
    refused,
    run_here,
    settle,
    settle_for,
)  # fmt: skip

from monitor.deliver import Deliverer, Notice
from monitor.deliver.standing import PARK_AFTER
from monitor.errors import EndpointGone
from monitor.model import Delivery, Endpoint

WEBHOOK = Endpoint("e", "webhook")


class Stage:
    """A deliverer over fakes; ``step`` moves the clock and lets everything that is due happen."""

    def __init__(self, sinks: dict[str, FakeSink], *, snapshot: Any = None) -> None:
        self.clock = HandClock()
        self.sinks = sinks
        self.queue = MemoryQueue([Endpoint(name, "webhook") for name in sinks])
        self.notices: list[Notice] = []
        self.built: list[Endpoint] = []
        self.deliverer = Deliverer(
            self.queue,
            self._build,
            self.clock,
            run_here,
            snapshot=snapshot,
            on_notice=self.notices.append,
            rng=Random(7),
            turn=no_wait,
        )

    def _build(self, endpoint: Endpoint) -> FakeSink:
        self.built.append(endpoint)
        return self.sinks[endpoint.id]

    async def step(self, seconds: float = 0.0) -> None:
        self.clock.advance(seconds)
        self.deliverer.notify()
        await settle()

    async def run_for(self, seconds: float, every: float = 0.5) -> None:
        passed = 0.0
        while passed < seconds:
            await self.step(every)
            passed += every


@asynccontextmanager
async def stage(*names: str, snapshot: Any = None) -> AsyncIterator[Stage]:
    made = Stage({name: FakeSink() for name in names or ("e",)}, snapshot=snapshot)
    task = asyncio.create_task(made.deliverer.run())
    await settle()
    try:
        yield made
    finally:
        await made.deliverer.stop(0.01)
        await asyncio.gather(task, return_exceptions=True)


def failing(times: int, status: int = 500, **said: Any) -> Callable[[Delivery], Any]:
    left = [times]

    def answer(_delivery: Delivery) -> Any:
        left[0] -= 1
        return answered(status, **said) if left[0] >= 0 else {"status": 204}

    return answer


async def test_W02_a_failed_message_is_tried_again_after_1_2_and_5_seconds_with_jitter() -> None:
    async with stage() as at:
        at.sinks["e"].answer = failing(3, 503)
        at.queue.enqueue([message(1)])
        await at.run_for(14, 0.25)
        waits = [
            (row["next_at"] - row["at"]).total_seconds()
            for row in reversed(at.queue.delivery_log())
            if "next_at" in row
        ]
        assert [step <= wait <= 1.25 * step for wait, step in zip(waits, (1, 2, 5), strict=True)] == [True] * 3
        assert [each.seq for each in at.sinks["e"].got] == [1]


async def test_W02_retry_after_is_honoured_and_clamped() -> None:
    async with stage() as at:
        at.sinks["e"].answer = failing(1, 429, retry_after=40.0)
        at.queue.enqueue([message(1), message(2, "other")])
        await at.run_for(39, 1)
        assert len(at.sinks["e"].attempts) <= 2
        assert at.sinks["e"].got == [] or at.sinks["e"].got[0].seq == 2
        await at.run_for(20, 1)
        assert {each.seq for each in at.sinks["e"].got} == {1, 2}
    async with stage() as at:
        at.sinks["e"].answer = failing(1, 503, retry_after=9e9)
        at.queue.enqueue([message(1)])
        await at.step()
        await at.step(3600 * 1.3)
        assert len(at.sinks["e"].got) == 1


async def test_W02_attempts_go_on_for_more_than_72_hours() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: refused()
        at.queue.enqueue([message(1)])
        for _ in range(76 * 3):
            await at.step(1200)
        last = at.queue.delivery_log()[0]["at"]
        assert last - NOW >= timedelta(hours=72)
        assert at.queue.waiting()[0].status == "due"


async def test_W07_a_410_disables_the_endpoint_at_once_and_the_operator_is_told() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: EndpointGone("the endpoint answered 410 Gone", log={"status": 410})
        at.queue.enqueue([message(1), message(2)])
        await at.step()
        assert not at.queue.known["e"].is_enabled
        assert [(each.type, each.reason) for each in at.notices] == [("system.endpoint_disabled", "gone")]
        await at.run_for(60, 5)
        assert len(at.sinks["e"].attempts) == 1
        assert len(at.queue.waiting()) == 2


async def test_W08_an_endpoint_dead_for_five_days_is_disabled_with_a_notice_and_keeps_its_messages() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: refused()
        at.queue.enqueue([message(seq) for seq in range(1, 6)])
        for _ in range(5 * 24 * 3 + 6):
            await at.step(1200)
        assert not at.queue.known["e"].is_enabled
        assert [each.reason for each in at.notices] == ["dead"]
        assert len(at.queue.waiting()) == 5
        at.sinks["e"].answer = lambda _each: {"status": 204}
        at.queue.save_endpoint(replace(at.queue.known["e"], is_enabled=True), at.clock.now())
        await at.deliverer.refresh()
        await at.run_for(60 * 20, 60)
        assert [each.seq for each in at.sinks["e"].got] == [1, 2, 3, 4, 5]


async def test_W10_a_poisoned_message_is_parked_within_15_s_and_later_ones_flow_with_its_gap() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda each: answered(500) if each.seq == 1 else {"status": 204}
        at.queue.enqueue([message(1), message(2), message(3)])
        await at.run_for(15, 0.25)
        assert [each.seq for each in at.sinks["e"].got] == [2, 3]
        assert at.sinks["e"].got[0].gap == (1,)
        parked = [each for each in at.queue.waiting() if each.status == "parked"]
        assert [each.seq for each in parked] == [1]
        assert parked[0].attempts == PARK_AFTER
        tried = len(at.sinks["e"].attempts)
        await at.run_for(600, 5)
        assert len(at.sinks["e"].attempts) > tried, "a parked message is still tried"
        at.sinks["e"].answer = lambda _each: {"status": 204}
        await at.run_for(1200, 20)
        assert [each.seq for each in at.sinks["e"].got] == [2, 3, 1]
        at.queue.enqueue([message(4)])
        await at.step()
        assert at.sinks["e"].got[-1].gap == ()


async def test_W10_two_poisoned_messages_in_a_row_do_not_hold_the_key() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda each: answered(500) if each.seq in (1, 2) else {"status": 204}
        at.queue.enqueue([message(1), message(2), message(3)])
        await at.run_for(40, 0.5)
        assert [each.seq for each in at.sinks["e"].got] == [3]
        assert at.sinks["e"].got[0].gap == (1, 2)


async def test_W10_an_endpoint_that_answers_500_to_everything_keeps_its_order() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: answered(500)
        at.queue.enqueue([message(seq, f"k{seq % 6}") for seq in range(1, 25)])
        await at.run_for(300, 1)
        assert not [each for each in at.queue.waiting() if each.status == "parked"]
        assert at.deliverer.lanes()["e"]["is_down"]
        at.sinks["e"].answer = lambda _each: {"status": 204}
        await at.run_for(600, 5)
        assert_order_per_key(at.sinks["e"].got)
        assert len(at.sinks["e"].got) == 24


def assert_order_per_key(got: Sequence[Delivery]) -> None:
    by_key: dict[str, list[int]] = defaultdict(list)
    for each in got:
        by_key[each.key].append(each.seq)
    for seqs in by_key.values():
        assert seqs == sorted(seqs)


async def test_W11_first_successful_deliveries_of_a_key_rise_in_seq_whatever_fails() -> None:
    rng = Random(11)
    async with stage("a", "b", "c") as at:
        for sink in at.sinks.values():
            sink.answer = lambda _each: (
                rng.choice([answered(503), answered(429), refused()]) if rng.random() < 0.3 else {"status": 200}
            )
        for seq in range(1, 121):
            at.queue.enqueue([replace(message(seq, f"k{seq % 7}", name), message_id=f"m{seq}") for name in at.sinks])
            if seq % 10 == 0:
                await at.step(0.5)
        await at.run_for(3000, 15)
        for sink in at.sinks.values():
            assert len({each.message_id for each in sink.got}) == 120
            assert_order_per_key(sink.got)


def snapshot_of_state() -> Any:
    count = [0]

    async def snapshot(endpoint: Endpoint, now: datetime) -> Sequence[Delivery]:
        count[0] += 1
        made = message(9_999, f"snapshot/{endpoint.id}/0", endpoint.id, now)
        return [replace(made, message_id=f"s{count[0]}", type="state.snapshot")]

    return snapshot


async def test_W12_a_receiver_back_after_ten_hours_first_gets_a_new_snapshot_then_its_backlog_in_order() -> None:
    async with stage(snapshot=snapshot_of_state()) as at:
        at.sinks["e"].answer = lambda _each: refused()
        for seq in range(1, 31):
            at.queue.enqueue([message(seq, f"k{seq % 3}", valid_until=NOW + timedelta(hours=1))])
            await at.step(1200)
        assert at.sinks["e"].got == []
        at.sinks["e"].answer = lambda _each: {"status": 204}
        await at.run_for(3600, 30)
        first, *backlog = at.sinks["e"].got
        assert first.type == "state.snapshot"
        assert {each.seq for each in backlog} == set(range(1, 31))
        assert_order_per_key(backlog)
        assert all(each.type != "state.snapshot" for each in backlog)
        assert not at.queue.waiting(), "older snapshots are dropped, not left over"


async def test_W12_after_a_restart_a_backlog_is_preceded_by_a_snapshot() -> None:
    async with stage(snapshot=snapshot_of_state()) as at:
        await at.deliverer.stop(0.01)
        at.queue.enqueue([message(1, at=NOW - timedelta(minutes=30)), message(2)])
        again = Deliverer(at.queue, at._build, at.clock, run_here, snapshot=snapshot_of_state(), rng=Random(1))
        task = asyncio.create_task(again.run())
        await settle(lambda: len(at.sinks["e"].got) == 3)
        assert [each.message_id for each in at.sinks["e"].got] == ["s1", "m1", "m2"]
        await again.stop(0.01)
        await task


async def test_W13_a_backlog_is_read_in_small_portions_and_drained_in_order() -> None:
    async with stage(snapshot=snapshot_of_state()) as at:
        await at.deliverer.stop(0.01)
        at.queue.enqueue([message(seq, f"k{seq % 40}", at=NOW - timedelta(hours=1)) for seq in range(1, 401)])
        portions: list[int] = []
        due = at.queue.due

        def counted(now: datetime, limit: int = 100, endpoint: str | None = None) -> Sequence[Delivery]:
            found = due(now, limit, endpoint)
            portions.append(len(found) if endpoint else 0)
            return found

        at.queue.due = counted  # type: ignore[method-assign]
        again = Deliverer(at.queue, at._build, at.clock, run_here, snapshot=snapshot_of_state(), rng=Random(1))
        task = asyncio.create_task(again.run())
        await settle_for(lambda: len(at.sinks["e"].got) == 401)
        assert at.sinks["e"].got[0].type == "state.snapshot"
        assert_order_per_key(at.sinks["e"].got[1:])
        assert max(portions) <= 20
        await again.stop(0.01)
        await task


async def test_W16_a_clock_that_is_off_by_more_than_five_minutes_is_told_once() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: {"status": 204, "skew_s": -420.0}
        at.queue.enqueue([message(1), message(2), message(3)])
        await at.step()
        assert [each.reason for each in at.notices] == ["clock_skew"]
        assert "420 s" in at.notices[0].text


async def test_W18_registering_an_endpoint_twice_changes_nothing_and_a_new_secret_replaces_the_old_sink() -> None:
    async with stage() as at:
        at.queue.save_endpoint(WEBHOOK, at.clock.now())
        await at.deliverer.refresh()
        await at.step()
        assert len(at.built) == 1
        at.queue.save_endpoint(replace(WEBHOOK, secrets=("whsec_two",)), at.clock.now())
        await at.deliverer.refresh()
        await at.step()
        assert len(at.built) == 2
        at.queue.enqueue([message(1), message(1)])
        await at.step()
        assert len(at.sinks["e"].got) == 1


async def test_W19_after_an_endpoint_is_disabled_nothing_new_starts_and_what_is_under_way_is_recorded() -> None:
    async with stage() as at:
        sink = at.sinks["e"]
        sink.gate = asyncio.Event()
        at.queue.enqueue([message(1), message(2)])
        await at.step()
        assert len(sink.attempts) == 1
        at.queue.disable_endpoint("e", at.clock.now(), "by the operator")
        await at.deliverer.refresh()
        sink.gate.set()
        await at.run_for(60, 5)
        assert [each.seq for each in sink.got] == [1]
        assert len(sink.attempts) == 1
        assert [each.seq for each in at.queue.waiting()] == [2]
        assert at.queue.delivery_log()[0]["outcome"] == "delivered"


async def test_W20_a_thousand_endpoints_that_fail_together_do_not_come_back_together() -> None:
    from monitor.deliver import delay

    rng = Random(3)
    times = sorted(delay(4, rng) for _ in range(1000))
    assert times[-1] - times[0] >= 0.10 * 10
    busiest = max(sum(1 for each in times if start <= each < start + 0.1) for start in times[::50])
    assert busiest <= 100
    from monitor.deliver.deliverer import Pacer

    pacer = Pacer(1000)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(pacer.turn() for _ in range(30)))
    assert loop.time() - began >= 0.028


async def test_W21_a_stop_leaves_what_is_not_acknowledged_due_and_marks_nothing_failed() -> None:
    names = [f"e{nth}" for nth in range(63)]
    async with stage(*names) as at:
        for name in names:
            at.sinks[name].gate = asyncio.Event()
            at.queue.enqueue([replace(message(seq, f"k{seq}", name), message_id=f"m{seq}") for seq in range(1, 9)])
        await at.step()
        assert sum(lane["in_flight"] for lane in at.deliverer.lanes().values()) >= 500
        loop = asyncio.get_running_loop()
        began = loop.time()
        abandoned = await at.deliverer.stop(0.05)
        assert loop.time() - began < 2
        assert abandoned >= 500
        assert len(at.queue.waiting()) == 63 * 8
        assert all(each.attempts == 0 for each in at.queue.waiting())
        assert at.queue.log == []
        assert all(sink.is_closed for sink in at.sinks.values())


async def test_W21_a_stop_waits_for_what_is_nearly_done() -> None:
    async with stage() as at:
        sink = at.sinks["e"]
        sink.gate = asyncio.Event()
        at.queue.enqueue([message(1)])
        await at.step()
        asyncio.get_running_loop().call_later(0.02, sink.gate.set)
        assert await at.deliverer.stop(5) == 0
        assert at.queue.delivery_log()[0]["outcome"] == "delivered"


async def test_W09_a_dead_endpoint_does_not_hold_up_the_others() -> None:
    async with stage("dead", "alive") as at:
        at.sinks["dead"].gate = asyncio.Event()
        for seq in range(1, 51):
            at.queue.enqueue(
                [replace(message(seq, f"k{seq}", name), message_id=f"m{seq}") for name in ("dead", "alive")]
            )
        await at.step()
        assert len(at.sinks["alive"].got) == 50
        assert len(at.sinks["dead"].attempts) == 8


async def test_W09_a_dead_endpoint_gets_one_probe_at_a_time() -> None:
    async with stage() as at:
        at.sinks["e"].answer = lambda _each: refused()
        at.queue.enqueue([message(seq, f"k{seq}") for seq in range(1, 101)])
        await at.run_for(3600, 30)
        assert len(at.sinks["e"].attempts) < 8 + 40


async def test_a_fault_of_a_sink_is_a_failed_attempt_and_not_the_end() -> None:
    async with stage() as at:
        answers = iter([RuntimeError("https://user:secret@host"), {"status": 204}])
        at.sinks["e"].answer = lambda _each: next(answers)
        at.queue.enqueue([message(1)])
        await at.run_for(5)
        assert [each.seq for each in at.sinks["e"].got] == [1]
        assert "secret" not in str(at.queue.log)


async def test_W09_a_dead_endpoint_costs_next_to_nothing_while_nobody_asks() -> None:
    from datetime import UTC

    class Wall:
        def now(self) -> datetime:
            return datetime.now(UTC)

    queue, sink = MemoryQueue([WEBHOOK]), FakeSink(lambda _each: refused())
    queue.enqueue([message(seq, f"k{seq}") for seq in range(1, 30)])
    deliverer = Deliverer(queue, lambda _each: sink, Wall(), run_here, rng=Random(1))
    task = asyncio.create_task(deliverer.run())
    await settle_for(lambda: deliverer.lanes().get("e", {}).get("is_down", False))
    reads, fills = queue.reads, 0
    lane = deliverer._lanes["e"]
    fill = lane._fill

    async def counted() -> None:
        nonlocal fills
        fills += 1
        await fill()

    lane._fill = counted  # type: ignore[method-assign]
    await asyncio.sleep(0.5)
    assert fills <= 10
    assert queue.reads - reads <= 10
    await deliverer.stop(0.1)
    await task
