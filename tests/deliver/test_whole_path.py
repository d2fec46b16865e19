"""From a change to the bundled receiver and back: real queue, real signatures, real sockets on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from delivering import load_receiver, run_here, settle_for

from monitor.deliver import Deliverer
from monitor.model import JSON, Change, Endpoint, EvidenceRef, Gazetteer, Place, SourceProfile
from monitor.publication import PublicationPolicy
from monitor.sinks import Deps, build
from monitor.sinks.outbox import WireOutbox
from monitor.sinks.signing import new_secret
from monitor.store import SqlStore, open_store

ROOT = Path(__file__).parents[2]
GAZETTEER = Gazetteer(
    {
        "UA": Place("UA", "Ukraine", "country"),
        "UA-63": Place("UA-63", "Kharkiv oblast", "oblast", "UA"),
        "UA63120270010096107": Place("UA63120270010096107", "Kharkiv", "city", "UA-63"),
    },
    {"UA": ("UA-63",), "UA-63": ("UA63120270010096107",)},
)
PROFILES = {"kpszsu": SourceProfile("kpszsu", "telegram_web", "kpszsu", name="Air Force", rank="official", side="UA")}


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def secret() -> str:
    return new_secret()


@pytest.fixture
def receiving(tmp_path: Path, secret: str) -> Iterator[tuple[Any, int]]:
    module = load_receiver()
    receiver = module.Receiver([secret], tmp_path / "received.jsonl")
    server = module.make_server(receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield receiver, server.server_port
    server.shutdown()
    server.server_close()
    thread.join(2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "monitor.db"))
    yield opened
    opened.close()


def describe(places: Sequence[str]) -> Mapping[str, JSON]:
    now = datetime.now(UTC).isoformat()
    return {place: {"place": place, "status": "active", "as_of": now, "seq": 1} for place in places}


def change(seq: int, kind: str = "alert.started", *, late: bool = False, minutes: float = 60) -> Change:
    now = datetime.now(UTC)
    ref = EvidenceRef(
        f"r{seq}", f"tg:1/{seq}", 1, "kpszsu", now, quote="The alert is on", rule="start", url="https://t.me/a"
    )
    return Change(
        id=f"c{seq}",
        type=kind,
        key="UA-63",
        subject=f"s{seq}",
        occurred_at=now,
        known_at=now,
        places=("UA-63",),
        late=late,
        valid_until=now + timedelta(minutes=minutes),
        evidence=(ref,),
        seq=seq,
    )


async def test_a_change_is_told_signed_verified_and_remembered(
    store: SqlStore, receiving: tuple[Any, int], secret: str, tmp_path: Path
) -> None:
    receiver, port = receiving
    endpoint = Endpoint(
        "desk",
        "webhook",
        f"http://127.0.0.1:{port}/hook",
        (secret,),
        allow_networks=("127.0.0.0/8",),
        options={"allow_http": True, "ports": [port]},
    )
    store.save_endpoint(endpoint, datetime.now(UTC))
    outbox = WireOutbox(store.endpoints, PublicationPolicy(), GAZETTEER, PROFILES)
    changes = [change(1), change(2, "alert.cleared"), change(3, late=True), change(4, minutes=-5)]
    store.enqueue(outbox.frame(changes, datetime.now(UTC), describe))
    deliverer = Deliverer(store, lambda each: build(each, Deps()), Wall(), run_here)
    import asyncio

    task = asyncio.create_task(deliverer.run())
    await settle_for(lambda: store.waiting().get("delivered") == 4)
    await deliverer.stop()
    await task
    rows = [json.loads(line) for line in (tmp_path / "received.jsonl").read_text().splitlines()]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4]
    assert all(row["verified"] for row in rows)
    assert [row["sounded"] for row in rows] == [True, False, False, False]
    assert [row["late"] for row in rows] == [False, False, True, False]
    assert [row["expired"] for row in rows] == [False, False, False, True]
    assert receiver.state("UA-63") == "active"
    first = store.delivery_log()[-1]
    assert first["status"] == 204
    assert secret not in json.dumps(store.delivery_log(), default=str)
