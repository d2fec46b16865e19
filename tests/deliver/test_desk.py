"""What an operator does with endpoints: W08 recovering, W14 rotating, W18 registering twice; on the real queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.deliver import desk
from monitor.errors import ConfigError, InputError
from monitor.model import JSON, Change, Endpoint, Gazetteer, Place, Subscription
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
    assert [each.seq for each in store.due(later, endpoint="desk")] == [2], "oldest first, in order per key"


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
