"""A defect met by one endpoint is its own: the others are told on, and nothing ends without a word."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import pytest
from delivering import FakeSink, HandClock, MemoryQueue, message, no_wait, refused, run_here, settle, settle_for

from monitor.deliver import Deliverer, Notice, deliverer
from monitor.model import Endpoint


class Two:
    """Two endpoints: what is wrong is wrong with ``bad``."""

    def __init__(self, make: Any = None, snapshot: Any = None) -> None:
        self.clock = HandClock()
        self.good, self.bad = FakeSink(), FakeSink()
        self.queue = MemoryQueue([Endpoint("bad", "webhook"), Endpoint("good", "webhook")])
        self.notices: list[Notice] = []
        build = make or (lambda: self.bad)
        self.deliverer = Deliverer(
            self.queue, lambda one: self.good if one.id == "good" else build(), self.clock, run_here,
            snapshot=snapshot, on_notice=self.notices.append, rng=Random(7), turn=no_wait, sweep_every=0.02,
        )  # fmt: skip

    async def __aenter__(self) -> Two:
        self.task = asyncio.create_task(self.deliverer.run())
        await settle()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.deliverer.stop(0.01)
        await asyncio.gather(self.task, return_exceptions=True)


async def test_a_sink_that_cannot_be_made_does_not_end_the_deliveries_of_the_others() -> None:
    def broken() -> FakeSink:
        raise TypeError("https://user:secret@host")

    async with Two(broken) as two:
        await asyncio.sleep(0.1)  # some sweeps later
        two.queue.enqueue([message(1, endpoint="bad"), message(2, endpoint="good")])
        await settle_for(lambda: len(two.good.got) == 1)
        assert not two.task.done()
    (told,) = two.notices
    assert (told.endpoint, told.reason) == ("bad", "endpoint_unusable")
    assert "secret" not in told.text


async def test_a_sink_that_cannot_be_closed_takes_its_new_settings_all_the_same() -> None:
    class Clinging(FakeSink):
        async def close(self) -> None:
            raise RuntimeError("no")

    made: list[FakeSink] = []

    def build() -> FakeSink:
        made.append(Clinging())
        return made[-1]

    async with Two(build) as two:
        two.queue.save_endpoint(Endpoint("bad", "webhook", "elsewhere"), two.clock.now())
        await settle_for(lambda: len(made) == 2)
        two.queue.enqueue([message(1, endpoint="bad")])
        await settle_for(lambda: len(made[1].got) == 1)


async def test_a_snapshot_that_cannot_be_made_is_tried_again_and_holds_up_nobody_else() -> None:
    asked: list[str] = []

    async def snapshot(endpoint: Endpoint, _now: Any) -> Any:
        asked.append(endpoint.id)
        if endpoint.id == "bad" and asked.count("bad") == 1:
            raise KeyError("UA-63")
        return [message(0, key=f"snapshot/{endpoint.id}", endpoint=endpoint.id)]

    async with Two(snapshot=snapshot) as two:
        two.bad.wants_snapshot = True  # type: ignore[attr-defined]
        two.queue.save_endpoint(Endpoint("bad", "webhook", "elsewhere"), two.clock.now())
        await settle_for(lambda: "bad" in asked)
        two.queue.enqueue([message(2, endpoint="good")])
        await settle_for(lambda: len(two.good.got) == 1)
        assert two.bad.got == []
        two.clock.advance(15)
        two.deliverer.notify()
        await settle_for(lambda: len(two.bad.got) == 1)


async def test_a_long_backlog_of_one_does_not_hide_what_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliverer, "LOOKED_AT", 20)
    async with Two() as two:
        two.bad.answer = lambda _each: refused()
        two.queue.enqueue([message(seq, f"k{seq}", "bad") for seq in range(1, 100)])
        await settle_for(lambda: bool(two.deliverer.lanes()["bad"]["is_down"]))
        two.queue.enqueue([message(1000, endpoint="good")])  # by another program: no lane is told of it
        await settle_for(lambda: len(two.good.got) == 1, 2.0)


async def test_a_concurrency_of_nothing_is_one_and_not_silence() -> None:
    async with Two() as two:
        two.queue.save_endpoint(Endpoint("bad", "webhook", options={"concurrency": 0}), two.clock.now())
        two.queue.enqueue([message(1, endpoint="bad"), message(2, "other", "bad")])
        await settle_for(lambda: len(two.bad.got) == 2)


async def test_a_clock_set_back_leaves_no_alert_waiting_for_a_time_of_the_other_clock() -> None:
    """Two hours ahead at the start, no network yet, then put right: what failed meanwhile was put off by two hours."""
    async with Two() as two:
        two.clock.advance(7200)
        two.bad.answer = lambda _each: refused()
        two.queue.enqueue([message(seq, f"k{seq}", "bad", two.clock.now()) for seq in range(1, 10)])
        await settle_for(lambda: bool(two.deliverer.lanes()["bad"]["is_down"]))
        two.clock.advance(-7200)
        two.bad.answer = lambda _each: {"status": 204}
        two.deliverer.notify()
        await asyncio.sleep(0.1)
        assert two.bad.got == []
        await two.deliverer.clock_was_set_back()
        await settle_for(lambda: len(two.bad.got) == 9)
