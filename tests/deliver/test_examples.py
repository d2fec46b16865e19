"""The examples are run against the real sender: Python, Node, openssl, and the sink of somebody else's package."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import JSON, Change, Delivery, Endpoint, EvidenceRef, Gazetteer, Place
from monitor.publication import PublicationPolicy
from monitor.sinks import Deps, build
from monitor.sinks.outbox import WireOutbox
from monitor.sinks.signing import headers, new_secret, signers

EXAMPLES = Path(__file__).parents[2] / "examples"
GAZETTEER = Gazetteer({"UA-63": Place("UA-63", "Kharkiv oblast", "oblast")})


def describe(places: Sequence[str]) -> Mapping[str, JSON]:
    return {
        place: {"place": place, "status": "active", "as_of": datetime.now(UTC).isoformat(), "seq": 1}
        for place in places
    }


def message(seq: int, kind: str = "alert.started", late: bool = False, minutes: int = 60, **data: Any) -> Delivery:
    now = datetime.now(UTC)
    ref = EvidenceRef("r", "tg:1/2", 1, "af", now, "Повітряна тривога!", (0, 18), "start", "https://t.me/a/1")
    until, nature = now + timedelta(minutes=minutes), "system" if kind == "heartbeat" else "actual"
    places = () if kind == "heartbeat" else ("UA-63",)
    change = Change(f"c{seq}", kind, "k", "s", now, now, places, late, nature, until, data, (ref,), seq)  # type: ignore[arg-type]
    box = WireOutbox(lambda: (Endpoint("e", "webhook"),), PublicationPolicy(), GAZETTEER, {})
    return box.frame([change], now, describe)[0]


@asynccontextmanager
async def running(*command: str) -> Any:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(10):
            line = (await process.stdout.readline()).decode()
        found = re.search(r":(\d+)/", line)
        assert found is not None, line
        yield int(found[1])
    finally:
        process.kill()
        await process.wait()


def receiver(kind: str) -> list[str]:
    if kind == "python":
        return [sys.executable, str(EXAMPLES / "webhook_receiver.py")]
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: apt-get install nodejs")
    return [node, str(EXAMPLES / "webhook_receiver.mjs")]


@pytest.mark.parametrize("kind", ["python", "node"])
async def test_a_receiver_verifies_takes_each_id_once_and_sounds_only_for_news(kind: str, tmp_path: Path) -> None:
    secret, log = new_secret(), tmp_path / "log.jsonl"
    (tmp_path / "secret").write_text(f"{new_secret()}\n{secret}\n")
    command = [*receiver(kind), "--port", "0", "--secret-file", str(tmp_path / "secret"), "--log", str(log)]
    async with running(*command, "--heartbeat-seconds", "60") as port:
        sinks = [sink_for(port, each) for each in (secret, new_secret())]
        for each in (
            message(1),
            message(1),
            message(2, late=True),
            message(3, minutes=-1),
            message(4, "alert.cleared"),
        ):
            assert (await sinks[0].send(each))["status"] == 204
        with pytest.raises(Exception, match="401"):
            await sinks[1].send(message(5))
        assert await regions(port) == {"quiet": False, "regions": {"UA-63": "active"}}
        await sinks[0].send(message(6, "heartbeat", interval_seconds=0.01))
        await asyncio.gather(*(sink.close() for sink in sinks))
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert [row.get("sounded") for row in rows] == [True, False, False, False, False, None, False]
    assert [row["verified"] for row in rows] == [True, True, True, True, True, False, True]
    assert [row.get("duplicate") for row in rows][:2] == [False, True]
    assert (rows[2]["late"], rows[3]["expired"]) == (True, True)


@pytest.mark.parametrize("kind", ["python", "node"])
async def test_S24_a_receiver_that_hears_no_heartbeat_says_unknown(kind: str, tmp_path: Path) -> None:
    secret = new_secret()
    (tmp_path / "secret").write_text(secret)
    command = [*receiver(kind), "--port", "0", "--secret-file", str(tmp_path / "secret"), "--heartbeat-seconds", "0.05"]
    async with running(*command) as port:
        sink = sink_for(port, secret)
        await sink.send(message(1))
        await asyncio.sleep(0.2)
        assert await regions(port) == {"quiet": True, "regions": {"UA-63": "unknown"}}
        await sink.close()


def sink_for(port: int, secret: str) -> Any:
    options = {"allow_http": True, "ports": [port]}
    target = f"http://127.0.0.1:{port}/"
    one = Endpoint("e", "webhook", target, (secret,), allow_networks=("127.0.0.0/8",), options=options)
    return build(one, Deps())


async def regions(port: int) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    raw = await reader.readuntil(b"}}")
    writer.close()
    return json.loads(raw[raw.index(b"{") :])


def test_the_shell_line_verifies_with_openssl_alone() -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    secret, body = new_secret(), message(1).body
    sent = headers(signers((new_secret(), secret), "e"), "c1", body, datetime.now(UTC))

    def verify(raw: bytes, key: str = secret, message_id: str = "c1") -> int:
        arguments = [key, message_id, sent["webhook-timestamp"], sent["webhook-signature"]]
        return subprocess.run([str(EXAMPLES / "verify.sh"), *arguments], input=raw, capture_output=True).returncode

    assert verify(body) == 0
    assert verify(body + b" ") != 0
    assert verify(body, new_secret()) != 0
    assert verify(body, message_id="c2") != 0


async def test_the_example_of_a_third_party_sink_keeps_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES / "third_party_sink"))
    tomllib.loads((EXAMPLES / "third_party_sink" / "pyproject.toml").read_text("utf-8"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(2)
        sink = build(Endpoint("e", "airalert_syslog:Syslog", f"127.0.0.1:{listening.getsockname()[1]}"))
        assert await sink.send(message(1)) == {"status": "sent"}
        assert b"alert.started seq=1" in listening.recv(4096)
        await sink.close()


def test_home_assistant_and_grafana_treat_no_word_as_unknown() -> None:
    import yaml

    automations = yaml.safe_load((EXAMPLES / "home_assistant.yaml").read_text("utf-8"))["automation"]
    assert [each["id"] for each in automations] == [
        "monitor_air_alert_on",
        "monitor_air_alert_off",
        "monitor_air_alert_unknown",
    ]
    assert automations[1]["trigger"][0]["from"] in ("on", True)
    panel = json.loads((EXAMPLES / "grafana_panel.json").read_text("utf-8"))
    assert panel["fieldConfig"]["defaults"]["noValue"] == "UNKNOWN"
    assert all("time() - monitor_last_tick_timestamp_seconds < 180" in target["expr"] for target in panel["targets"])
