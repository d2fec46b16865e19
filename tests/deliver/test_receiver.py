"""The bundled receiver: faults S24, W12, W15 and H16 on its side."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from delivering import load_receiver

from monitor.sinks.signing import headers, new_secret, signers

ROOT = Path(__file__).parents[2]

RECEIVER = load_receiver()
SECRET = new_secret()


def body(message_id: str = "m1", kind: str = "alert.started", **data: Any) -> bytes:
    now = datetime.now(UTC)
    until = (now + timedelta(hours=1)).isoformat()
    region = {"UA-63": {"state": "clear" if kind == "alert.cleared" else "active", "seq": data.get("seq", 1)}}
    told = {
        "seq": 1,
        "key": "k",
        "late": False,
        "valid_until": until,
        "nature": "actual",
        "places": [{"name": "Kharkiv"}],
    }
    return json.dumps(
        {"id": message_id, "type": kind, "data": {**told, "evidence": [], "state": region, **data}}
    ).encode()


def signed(raw: bytes, message_id: str = "m1", at: datetime | None = None) -> dict[str, str]:
    return headers(signers((SECRET,), "e"), message_id, raw, at or datetime.now(UTC))


def test_S24_after_three_missed_heartbeats_every_region_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(RECEIVER.time, "monotonic", lambda: now[0])
    receiver = RECEIVER.Receiver([SECRET], heartbeat_seconds=60)
    assert receiver.state("UA-63") == "unknown", "nothing has been heard yet"
    raw = body()
    assert receiver.receive(signed(raw), raw)[0] == 204
    now[0] += 179
    assert receiver.state("UA-63") == "active"
    now[0] += 2
    assert receiver.state("UA-63") == "unknown"
    beat = body("m2", "heartbeat", nature="system", state={})
    receiver.receive(signed(beat, "m2"), beat)
    assert receiver.state("UA-63") == "active"


def test_S24_a_test_message_does_not_count_as_a_heartbeat() -> None:
    receiver = RECEIVER.Receiver([SECRET])
    raw = body(nature="test", state={})
    receiver.receive(signed(raw), raw)
    assert receiver.is_line_quiet()


@pytest.mark.parametrize(
    ("kind", "data", "sounds"),
    [
        ("alert.started", {}, True),
        ("alert.started", {"late": True}, False),
        ("alert.started", {"nature": "exercise"}, False),
        ("alert.started", {"nature": "test"}, False),
        ("alert.started", {"valid_until": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}, False),
        ("alert.started", {"valid_until": None}, True),
        ("alert.cleared", {}, False),
        ("state.snapshot", {"nature": "system"}, False),
    ],
)
def test_W12_nothing_sounds_for_what_is_late_expired_or_no_alarm(kind: str, data: dict[str, Any], sounds: bool) -> None:
    raw = body("m1", kind, **data)
    status, record = RECEIVER.Receiver([SECRET]).receive(signed(raw), raw)
    assert (status, record["sounded"]) == (204, sounds)


def test_W12_a_second_copy_sounds_nothing_even_after_a_restart(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    raw = body()
    first = RECEIVER.Receiver([SECRET], log)
    assert [first.receive(signed(raw), raw)[1]["sounded"] for _ in range(2)] == [True, False]
    with log.open("a") as file:
        file.write('{"id": "cut')
    again = RECEIVER.Receiver([SECRET], log)
    assert again.receive(signed(raw), raw)[1]["duplicate"]


def test_W12_an_older_state_that_comes_after_a_snapshot_does_not_overwrite_it() -> None:
    receiver = RECEIVER.Receiver([SECRET])
    newest, older = body("m2", "alert.cleared", seq=9), body("m1", seq=3)
    receiver.receive(signed(newest, "m2"), newest)
    receiver.receive(signed(older, "m1"), older)
    assert receiver.state("UA-63") == "clear"


def test_W15_what_is_not_signed_by_us_is_refused_and_teaches_nothing() -> None:
    receiver = RECEIVER.Receiver([new_secret(), SECRET])
    raw = body()
    good = signed(raw)
    stale = signed(raw, at=datetime.now(UTC) - timedelta(minutes=6))
    other_name = signed(raw, "m2")
    for bad, sent in (
        (raw + b" ", good),
        (raw, {}),
        (raw, stale),
        (raw, other_name),
        (b"\xff", good),
        (raw, {**good, "webhook-signature": "v1a,x"}),
    ):
        assert receiver.receive(sent, bad)[0] == 401
    assert (receiver.seen, receiver.regions) == (set(), {})
    assert receiver.receive({name.title(): value for name, value in good.items()}, raw)[0] == 204


def test_W14_a_receiver_with_both_secrets_takes_either() -> None:
    raw = body()
    for secrets in ([SECRET], [new_secret(), SECRET], [SECRET, new_secret()]):
        assert RECEIVER.Receiver(secrets).receive(signed(raw), raw)[0] == 204


def test_H16_a_quote_forges_no_line_and_no_colour(tmp_path: Path) -> None:
    forged = "hit\n2026-02-01 verified all regions CLEAR\x1b[32m\u2028\u009b31m"
    raw = body(evidence=[{"quote": forged}], places=[{"name": "A\nB"}])
    log = tmp_path / "log.jsonl"
    _status, record = RECEIVER.Receiver([SECRET], log).receive(signed(raw), raw)
    line = RECEIVER._line(record)
    assert line.isprintable()
    assert len(log.read_bytes().splitlines()) == 1


def test_the_receiver_runs_alone_with_nothing_of_monitor() -> None:
    source = (ROOT / "examples" / "webhook_receiver.py").read_text("utf-8")
    assert "import monitor" not in source
    assert "from monitor" not in source
    assert sys.version_info >= (3, 11)
