"""What an operator does with endpoints: W08 recovering, W14 rotating, W18 registering twice; on the real queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from delivering import FakeSink, HandClock, run_here, settle

from monitor.config import load
from monitor.daemon.book import Book
from monitor.deliver import Deliverer, desk
from monitor.errors import ConfigError, InputError
from monitor.model import JSON, Change, Delivery, Endpoint, Gazetteer, Place, Subscription
from monitor.publication import PublicationPolicy
from monitor.sinks.outbox import WireOutbox
from monitor.store import SqlStore, open_store, verify

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
URL = "https://example.com/hook"
GAZETTEER = Gazetteer({"UA": Place("UA", "Ukraine", "country")})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


def outbox(store: SqlStore) -> WireOutbox:
    return WireOutbox(store.endpoints, PublicationPolicy(), GAZETTEER, {})


def describe(places: Sequence[str]) -> Mapping[str, JSON]:
    return {place: {"place": place, "status": "unknown", "as_of": NOW.isoformat()} for place in places}


def change(seq: int, kind: str = "alert.started") -> Change:
    return Change(f"c{seq}", kind, "alert:UA", "s", NOW, NOW, ("UA",), seq=seq)


def test_W18_adding_the_same_endpoint_again_changes_nothing(store: SqlStore) -> None:
    first = desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    assert first.secrets[0].startswith("whsec_")
    assert desk.add(store, Endpoint("desk", "webhook", URL), NOW) == first
    assert len(store.endpoints()) == 1


def test_W18_a_second_endpoint_at_the_same_address_is_refused(store: SqlStore) -> None:
    desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    with pytest.raises(InputError, match="already goes to this address"):
        desk.add(store, Endpoint("other", "webhook", URL), NOW)
    with pytest.raises(InputError, match="already called desk"):
        desk.add(store, Endpoint("desk", "webhook", URL + "2"), NOW)


def test_an_endpoint_that_cannot_work_is_not_kept(store: SqlStore) -> None:
    with pytest.raises(ConfigError):
        desk.add(store, Endpoint("desk", "webhook", "https://127.0.0.1/"), NOW)
    assert store.endpoints() == []


def test_W14_a_rotation_keeps_the_old_secret_for_its_time(store: SqlStore) -> None:
    old = desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    new = desk.rotate(store, "desk", NOW, timedelta(hours=2))
    assert new.secrets[1:] == old.secrets
    assert new.secrets[0] != old.secrets[0]
    assert store.endpoints()[0].options["old_secrets_until"] == "2026-02-01T14:00:00+00:00"
    assert desk.rotate(store, "desk", NOW).secrets[1:] == new.secrets[:1]


async def test_W14_after_the_overlap_only_the_new_secret_signs() -> None:
    from monitor.sinks import Deps, build
    from monitor.sinks.signing import new_secret

    class Hand:
        at = NOW

        def now(self) -> datetime:
            return self.at

    class Keeps:
        def __init__(self) -> None:
            self.signatures: list[str] = []

        async def post(self, url: str, body: bytes, *, headers: Mapping[str, str], **_more: object) -> object:
            self.signatures.append(headers["webhook-signature"])
            return type("Said", (), {"status": 204, "headers": {}, "body": b""})()

        async def close(self) -> None:
            return

    http, clock = Keeps(), Hand()
    one = Endpoint("e", "webhook", URL, (new_secret(), new_secret()), options={"old_secrets_until": NOW.isoformat()})
    sink = build(one, Deps(lambda _each: http, clock))  # type: ignore[arg-type,return-value]
    message = WireOutbox(lambda: (one,), PublicationPolicy(), GAZETTEER, {}).frame([change(1)], NOW, describe)[0]
    clock.at = NOW - timedelta(seconds=1)
    await sink.send(message)
    clock.at = NOW
    await sink.send(message)
    assert [len(each.split(" ")) for each in http.signatures] == [2, 1]


def test_a_test_ping_is_queued_for_one_endpoint_alone(store: SqlStore) -> None:
    desk.add(store, Endpoint("desk", "webhook", URL, subscription=Subscription(types=("strike.*",))), NOW)
    desk.add(store, Endpoint("other", "webhook", URL + "2"), NOW)
    desk.ping(store, outbox(store), "desk", NOW, 7)
    (waiting,) = store.due(NOW)
    assert (waiting.endpoint, waiting.type) == ("desk", "system.ping")
    assert json.loads(waiting.body)["data"]["nature"] == "test"


def test_a_message_is_told_again_with_its_id_and_its_bytes(store: SqlStore) -> None:
    desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    store.enqueue(outbox(store).frame([change(1)], NOW, describe))
    (first,) = store.due(NOW)
    store.delivered(first, NOW, {})
    desk.redeliver(store, "desk", first.message_id, NOW + timedelta(hours=1))
    (again,) = store.due(NOW + timedelta(hours=1))
    assert (again.message_id, again.body) == (first.message_id, first.body)
    with pytest.raises(InputError, match="no message"):
        desk.redeliver(store, "desk", "nothing", NOW)


def test_W08_what_a_paused_endpoint_missed_is_recovered_once_with_frozen_bytes(store: SqlStore) -> None:
    for name in ("desk", "witness"):
        desk.add(store, Endpoint(name, "webhook", f"{URL}/{name}"), NOW)
    box = outbox(store)
    store.enqueue(box.frame([change(1)], NOW, describe))
    for each in store.due(NOW):
        store.delivered(each, NOW, {})
    desk.pause(store, "desk", NOW)
    store.enqueue(box.frame([change(2), change(3)], NOW, describe))
    assert {each.endpoint for each in store.due(NOW)} == {"witness"}
    frozen = {each.message_id: each.body for each in store.find(["c2", "c3"])}
    desk.resume(store, "desk", NOW)
    later = NOW + timedelta(hours=3)
    everything = [change(1), change(2), change(3)]
    assert desk.recover(store, box, "desk", everything, later, lambda _places: {}) == 2
    assert desk.recover(store, box, "desk", everything, later, lambda _places: {}) == 0
    mine = list(store.find(["c2", "c3"], "desk"))
    assert {each.message_id: each.body for each in mine} == frozen
    owed, *waiting = store.due(later, endpoint="desk")
    assert (owed.type, owed.seq) == ("state.snapshot", 0), "the state as it is then comes first"
    assert [each.seq for each in waiting] == [2], "oldest first, in order per key"


async def test_after_a_pause_the_state_as_it_is_now_comes_first_though_nothing_waits(store: SqlStore) -> None:
    """What changed during the pause was queued for nobody: without it an alert that began then would stay unknown."""
    clock, sink = HandClock(NOW), FakeSink()

    async def snapshot(endpoint: Endpoint, now: datetime) -> Sequence[Delivery]:
        return [Delivery(f"s{now.timestamp():.0f}", endpoint.id, "snapshot/desk/0", 7, "state.snapshot", b"now", now)]

    def deliverer() -> Deliverer:
        return Deliverer(store, lambda _each: sink, clock, run_here, snapshot=snapshot)

    desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    running = deliverer()
    task = asyncio.create_task(running.run())
    await settle()
    desk.pause(store, "desk", NOW)
    await running.refresh()
    await settle()
    clock.advance(5)
    desk.resume(store, "desk", clock.now())
    await running.refresh()
    await settle(lambda: bool(sink.got))
    assert [(each.type, each.body) for each in sink.attempts] == [("state.snapshot", b"now")]
    desk.pause(store, "desk", clock.now())
    await running.stop(1)
    await task
    clock.advance(5)
    desk.resume(store, "desk", clock.now())
    again = deliverer()
    task = asyncio.create_task(again.run())
    await settle(lambda: len(sink.got) == 2)
    await settle()
    await again.stop(1)
    await task
    assert [each.body for each in sink.attempts] == [b"now", b"now"], "what keeps the place is never sent itself"
    assert store.waiting() == {"delivered": 2, "dropped": 2}


def test_resuming_what_was_not_paused_owes_nobody_anything(store: SqlStore) -> None:
    desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    desk.resume(store, "desk", NOW)
    assert store.waiting() == {}


def test_an_endpoint_that_the_configuration_switches_off_and_on_again_is_told_again(
    store: SqlStore, tmp_path: Path
) -> None:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "hook.key").touch(mode=0o600)
    (folder / "hook.key").write_text("whsec_" + "QUFB" * 10)

    def book(is_enabled: bool) -> Book:
        (folder / "monitor.toml").write_text(
            f'[[endpoint]]\nid = "desk"\nurl = "{URL}"\nsecret_file = "hook.key"\nenabled = {str(is_enabled).lower()}\n'
        )
        return Book(store, load(folder, {}), HandClock(NOW))

    for is_enabled in (True, False, False, True):
        (found,) = book(is_enabled).endpoints()
        assert found.is_enabled is is_enabled
    assert [(each.type, each.seq) for each in store.due(NOW)] == [("state.snapshot", 0)], "the state comes first"
    desk.pause(book(True), "desk", NOW)
    (found,) = book(True).endpoints()
    assert not found.is_enabled, "what was paused by hand stays so until it is resumed by hand"


def test_a_removed_endpoint_is_forgotten_and_what_waited_for_it_is_dropped(store: SqlStore) -> None:
    desk.add(store, Endpoint("desk", "webhook", URL), NOW)
    store.enqueue(outbox(store).frame([change(1)], NOW, describe))
    desk.remove(store, "desk", NOW)
    assert (store.endpoints(), store.due(NOW), store.waiting()) == ([], [], {"dropped": 1})
    for act in (desk.pause, desk.resume, desk.remove, desk.rotate):
        with pytest.raises(InputError, match="no endpoint is called"):
            act(store, "desk", NOW)


def test_a_secret_of_the_configuration_is_not_rotated_here(store: SqlStore) -> None:
    store.save_endpoint(replace(Endpoint("desk", "webhook"), options={"from": "config"}), NOW)
    with pytest.raises(InputError, match="configuration"):
        desk.rotate(store, "desk", NOW)


def test_bytes_are_kept_for_a_time_and_never_replaced_by_others_under_their_id(store: SqlStore) -> None:
    store.save_endpoint(Endpoint("desk", "webhook"), NOW)
    store.save_endpoint(Endpoint("new", "webhook"), NOW)
    desk_only = outbox(store).frame_for(Endpoint("desk", "webhook"), [change(1), change(2), change(3)], NOW, describe)
    store.enqueue(desk_only)
    old, waiting, young = desk_only
    store.delivered(old, NOW, {"status": 204})
    store.delivered(young, NOW + timedelta(days=2), {"status": 204})
    assert store.forget_bodies(NOW + timedelta(days=1)) == 1
    assert store.forget_bodies(NOW + timedelta(days=1)) == 0
    kept = {row.message_id: row.body for row in store.find(["c1", "c2", "c3"])}
    assert kept == {"c1": b"", "c2": waiting.body, "c3": young.body}
    assert [row["outcome"] for row in store.delivery_log()] == ["delivered", "delivered"]
    with pytest.raises(InputError, match="no longer kept"):
        desk.redeliver(store, "desk", "c1", NOW)
    assert desk.recover(store, outbox(store), "new", [change(1), change(2), change(3)], NOW, describe) == 2
    assert verify(store) == []
