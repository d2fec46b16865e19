"""Digests: one message per period that lists what was held back; nothing lost, nothing twice, no alert in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import crash_child
import jsonschema_rs
import pytest
from delivering import FakeSink, HandClock, run_here, settle_for

from monitor.deliver import Deliverer, desk
from monitor.model import CHANGE_TYPES, JSON, Change, Delivery, Endpoint, EvidenceRef, Gazetteer, Place, Subscription
from monitor.publication import PublicationPolicy
from monitor.sinks.digest import digests
from monitor.sinks.outbox import WireOutbox
from monitor.sinks.payload import MAX_BYTES
from monitor.sinks.schema import schema
from monitor.sinks.telling import tell
from monitor.store import SqlStore, open_store

NOW = datetime(2026, 2, 1, 12, 10, tzinfo=UTC)
HOUR = NOW.replace(minute=0) + timedelta(hours=1)
GAZETTEER = Gazetteer({"UA": Place("UA", "Ukraine", "country"), "UA-63": Place("UA-63", "Kharkiv oblast", "oblast")})
HOURLY = Endpoint("desk", "webhook", subscription=Subscription(digest_every=timedelta(hours=1)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


def change(
    seq: int, kind: str = "strike.reported", subject: str | None = None, at: datetime = NOW, **data: Any
) -> Change:
    ref = EvidenceRef(f"r{seq}", f"tg:1/{seq}", 1, "af", at, "Hit", (0, 3), "hit", f"https://t.me/a/{seq}", "AF")
    return Change(
        f"c{seq}", kind, f"k{seq % 3}", subject or f"s{seq}", at, at, ("UA-63",), data=data, evidence=(ref,), seq=seq
    )


def describe(places: Sequence[str]) -> Mapping[str, JSON]:
    return {place: {"place": place, "status": "active", "as_of": NOW.isoformat()} for place in places}


def outbox(*endpoints: Endpoint) -> WireOutbox:
    return WireOutbox(lambda: endpoints, PublicationPolicy(), GAZETTEER, {})


def frame(changes: Sequence[Change], *endpoints: Endpoint, at: datetime = NOW) -> tuple[Delivery, ...]:
    return outbox(*(endpoints or (HOURLY,))).frame(changes, at, describe)


async def told(store: SqlStore, clock: HandClock, until: int, sink: FakeSink | None = None) -> FakeSink:
    """What the endpoint has once it has ``until`` messages, by the real deliverer over the real queue."""
    sink = sink or FakeSink()
    deliverer = Deliverer(store, lambda _each: sink, clock, run_here, rng=Random(1), sweep_every=0.01)
    task = asyncio.create_task(deliverer.run())
    await settle_for(lambda: len(sink.got) >= until)
    await deliverer.stop(1)
    await task
    return sink


async def test_one_message_lists_what_was_held_back_and_alerts_came_before_it(store: SqlStore) -> None:
    store.save_endpoint(HOURLY, NOW)
    changes = [
        change(1, "count.claimed", value=62, measure="shot_down"),
        change(2, subject="house"),
        change(3, "alert.started"),
        change(4, "strike.updated", subject="house", injured={"latest": 5}),
        change(5, "alert.cleared"),
    ]
    store.enqueue(frame(changes))
    clock = HandClock(NOW)
    sink = await told(store, clock, 2)
    assert [each.type for each in sink.got] == ["alert.started", "alert.cleared"]
    assert store.next_due_at() == HOUR
    clock.at = HOUR
    await told(store, clock, 3, sink)
    event = json.loads(sink.got[2].body)
    jsonschema_rs.Draft202012Validator(schema()).validate(event)
    assert (event["type"], event["id"], event["data"]["nature"]) == ("digest", sink.got[2].message_id, "system")
    about = event["data"]["details"]
    assert [(each["id"], each["superseded"]) for each in about["changes"]] == [
        ("c1", False),
        ("c2", True),
        ("c4", False),
    ]
    assert about["changes"][0]["details"] == {"value": 62, "measure": "shot_down"}
    assert about["changes"][0]["evidence"][0]["link"] == "https://t.me/a/1"
    assert (about["total"], about["parts"], about["until"]) == (3, 1, "2026-02-01T13:00:00Z")
    assert store.waiting() == {"delivered": 3, "gathered": 3}
    gathered = [row for row in store.delivery_log() if row["outcome"] == "gathered"]
    assert {row["digest"][0] for row in gathered} == {event["id"]}


def test_only_what_may_wait_is_ever_held() -> None:
    for seq, kind in enumerate(CHANGE_TYPES, 1):
        (made,) = frame([change(seq, kind)])
        waits = kind.startswith(("strike.", "count.", "report.", "source."))
        assert (made.status, made.due_at) == (("held", HOUR) if waits else ("due", NOW)), kind


def test_quiet_hours_make_one_digest_of_the_whole_night(store: SqlStore) -> None:
    subscription = Subscription(digest_every=timedelta(hours=1), quiet=("22:00", "07:00", "UTC"))
    sleeper = Endpoint("desk", "webhook", subscription=subscription)
    night = datetime(2026, 2, 1, 22, 30, tzinfo=UTC)
    for hour in range(8):
        at = night + timedelta(hours=hour)
        store.enqueue(frame([change(hour + 1, at=at)], sleeper, at=at))
    morning = datetime(2026, 2, 2, 7, 0, tzinfo=UTC)
    assert store.gather(morning - timedelta(seconds=1), digests) == 0
    assert store.gather(morning, digests) == 8
    (only,) = store.due(morning)
    assert json.loads(only.body)["data"]["details"]["total"] == 8


def test_a_digest_that_would_be_too_long_comes_in_parts_and_loses_nothing(store: SqlStore) -> None:
    changes = [change(seq, note="x" * (9_000 if seq == 7 else 1_500)) for seq in range(1, 201)]
    store.enqueue(frame(changes, replace(HOURLY, is_trusted=True)))
    assert store.gather(HOUR, digests) == 200
    found: list[Any] = []
    seqs = []
    while due := store.due(HOUR):
        assert all(len(each.body) <= MAX_BYTES for each in due)
        for each in due:
            found.append(json.loads(each.body)["data"]["details"])
            seqs.append(each.seq)
            store.delivered(each, HOUR, {})
    listed = [each for about in found for each in about["changes"]]
    assert [each["id"] for each in listed] == [f"c{seq}:t" for seq in range(1, 201)]
    assert [about["part"] for about in found] == list(range(1, found[0]["parts"] + 1))
    assert seqs == sorted(set(seqs)), "the parts of a digest come in the order of their seq"
    assert [each["truncated"] for each in listed if each["truncated"]] == [["details"]]


def test_gathering_is_all_or_nothing_and_twice_is_once(store: SqlStore) -> None:
    store.enqueue(frame([change(1), change(2)]))

    def fails(endpoint: str, members: Sequence[Delivery], now: datetime) -> Sequence[Delivery]:
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        store.gather(HOUR, fails)
    assert store.waiting() == {"held": 2}
    assert (store.gather(HOUR, digests), store.gather(HOUR, digests)) == (2, 0)
    assert store.waiting() == {"gathered": 2, "due": 1}


def test_each_endpoint_and_each_period_has_a_digest_of_its_own(store: SqlStore) -> None:
    other = Endpoint("home", "webhook", subscription=HOURLY.subscription, is_trusted=True)
    store.enqueue(frame([change(1)], HOURLY, other))
    later = NOW + timedelta(hours=1)
    store.enqueue(frame([change(2, at=later)], HOURLY, other, at=later))
    store.gather(HOUR + timedelta(hours=1), digests)
    rows = store.find([each["digest"][0] for each in store.delivery_log()])
    told_of = {(row.endpoint, json.loads(row.body)["data"]["audience"], tuple(_ids(row))) for row in rows}
    assert told_of == {
        ("desk", "public", ("c1",)),
        ("desk", "public", ("c2",)),
        ("home", "trusted", ("c1:t",)),
        ("home", "trusted", ("c2:t",)),
    }


def test_a_disabled_endpoint_keeps_what_is_held_and_gets_it_when_it_is_back(store: SqlStore) -> None:
    store.save_endpoint(HOURLY, NOW)
    store.enqueue(frame([change(1)]))
    store.disable_endpoint("desk", NOW, "paused")
    assert (store.gather(HOUR, digests), store.next_due_at()) == (0, None)
    store.save_endpoint(HOURLY, HOUR)
    assert store.gather(HOUR + timedelta(hours=3), digests) == 1


def test_recovering_does_not_tell_again_what_is_held_or_was_gathered(store: SqlStore) -> None:
    store.save_endpoint(HOURLY, NOW)
    store.enqueue(frame([change(1)]))
    store.gather(HOUR, digests)
    store.enqueue(frame([change(2, at=HOUR)], at=HOUR))
    changes = [change(1), change(2), change(3)]
    assert desk.recover(store, outbox(HOURLY), "desk", changes, HOUR, describe) == 1


def test_people_read_a_digest_as_a_title_and_a_line_each() -> None:
    members = frame([change(1, subject="house"), change(2, "strike.updated", subject="house"), change(3, value=5)])
    (made,) = digests("desk", members, HOUR)
    read = tell(json.loads(made.body), HOUR)
    assert read.title == "Digest: 3 changes from 2026-02-01T12:10:00Z to 2026-02-01T13:00:00Z"
    assert not read.is_alarm
    assert len(read.body.splitlines()) == 3
    assert read.body.splitlines()[-1] == "Unverified claims."


@pytest.mark.parametrize("point", ["in_gather", "after_gather", "before_post", "after_post", "before_mark"])
async def test_W01_killed_while_gathering_or_telling_a_digest_nothing_is_lost_or_told_under_two_ids(
    tmp_path: Path, point: str
) -> None:
    db, out = str(tmp_path / "monitor.db"), tmp_path / "told.jsonl"
    endpoint = Endpoint("desk", "jsonl", str(out), subscription=HOURLY.subscription)
    with open_store(db) as store:
        store.save_endpoint(endpoint, NOW)
        store.enqueue(frame([change(seq, note="x" * 1_500) for seq in range(1, 101)], endpoint))
    assert crash_child.run(db, point, 1) == -9
    assert crash_child.run(db, "none", 0) == 0
    bodies = [json.loads(line) for line in out.read_text().splitlines()]
    by_id = {body["id"]: body for body in bodies}
    assert all(by_id[body["id"]] == body for body in bodies), "the same id with other bytes"
    listed = [each["id"] for body in by_id.values() for each in body["data"]["details"]["changes"]]
    assert sorted(listed) == sorted(f"c{seq}" for seq in range(1, 101))


def _ids(row: Delivery) -> list[str]:
    return [each["id"] for each in json.loads(row.body)["data"]["details"]["changes"]]
