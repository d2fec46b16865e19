"""What holds for every sink: it acknowledges or raises SinkError, leaks no secret, and can be closed twice."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from monitor.errors import ConfigError, EndpointGone, SinkError
from monitor.model import Change, Delivery, Endpoint, EvidenceRef, Gazetteer, Place
from monitor.sinks import REGISTRY, Deps, build
from monitor.sinks.payload import encode, event

NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)
CANARY = "c4n4ry-s3cr3t"
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
GAZETTEER = Gazetteer(
    {"UA": Place("UA", "Ukraine", "country"), "UA-63": Place("UA-63", "Kharkiv oblast", "oblast", "UA")}
)


class Still:
    def now(self) -> datetime:
        return NOW


class Answers:
    """An HTTP client that answers one status and keeps what it was given."""

    def __init__(self, status: int = 200, error: Exception | None = None) -> None:
        self.status = status
        self.error = error
        self.posts: list[tuple[str, bytes, Mapping[str, str]]] = []

    async def post(self, url: str, body: bytes, *, headers: Any = None, deadline: float = 10, max_body: int = 0) -> Any:
        self.posts.append((url, body, headers))
        if self.error is not None:
            raise self.error
        return type("Said", (), {"status": self.status, "headers": {"retry-after": "3"}, "body": b"no"})()

    async def close(self) -> None:
        return


def delivery(
    kind: str = "alert.started",
    state: str = "active",
    *,
    seq: int = 1,
    as_of: datetime = NOW,
    late: bool = False,
    **data: Any,
) -> Delivery:
    ref = EvidenceRef(
        "r", "tg:1/2", 1, "af", NOW, "Alert\nall regions CLEAR\x1b[32m", (0, 5), "start", "https://t.me/a/1", "AF"
    )
    nature: Any = data.pop("nature", "system" if kind == "heartbeat" else "actual")
    change = Change(
        f"c{seq}", kind, "alert:UA-63", "interval-1", NOW, NOW, ("UA-63",) if kind != "heartbeat" else (),
        late, nature, NOW + timedelta(hours=1), data, (ref,), seq,
    )  # fmt: skip
    told = (
        {}
        if kind == "heartbeat"
        else {"UA-63": {"place": "UA-63", "status": state, "as_of": as_of.isoformat(), "seq": seq}}
    )
    return Delivery(change.id, "e", change.key, seq, kind, encode(event(change, told, GAZETTEER, {})), NOW)


def endpoint(kind: str, target: str, **fields: Any) -> Endpoint:
    return Endpoint("e", kind, target, **fields)


STATUSES = [
    200,
    201,
    202,
    204,
    299,
    300,
    301,
    304,
    307,
    400,
    401,
    403,
    404,
    408,
    409,
    410,
    413,
    429,
    500,
    502,
    503,
    504,
]
HTTP_SINKS = [
    endpoint("webhook", f"https://example.com/{CANARY}", secrets=(SECRET,)),
    endpoint("cap", f"https://example.com/{CANARY}"),
    endpoint("alertmanager", f"https://example.com/{CANARY}"),
    endpoint("ntfy", f"https://example.com/{CANARY}", secrets=(CANARY,)),
]


def test_every_kind_of_the_registry_can_be_loaded() -> None:
    from importlib import import_module

    for path in REGISTRY.values():
        module, _, name = path.partition(":")
        assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("one", HTTP_SINKS, ids=lambda each: each.type)
@pytest.mark.parametrize("status", STATUSES)
async def test_only_2xx_is_an_acknowledgement_and_no_error_shows_the_address(one: Endpoint, status: int) -> None:
    sink = build(one, Deps(lambda _each: Answers(status), Still()))
    if 200 <= status < 300:
        assert (await sink.send(delivery()))["status"] == status
    else:
        with pytest.raises(SinkError) as caught:
            await sink.send(delivery())
        assert CANARY not in str(caught.value)
        assert caught.value.log["status"] == status
        assert isinstance(caught.value, EndpointGone) is (status == 410 and one.type != "alertmanager")
    await sink.close()
    await sink.close()


@pytest.mark.parametrize("kind", ["nothing-such", "no.such.module:Sink", "monitor.sinks.webhook:Nothing"])
def test_an_unknown_kind_is_refused_with_what_there_is(kind: str) -> None:
    with pytest.raises(ConfigError):
        build(endpoint(kind, "x"))


class OwnSink:
    """A sink of somebody else's package."""

    def __init__(self, one: Endpoint, deps: Deps) -> None:
        self.sent: list[Delivery] = []

    async def send(self, one: Delivery) -> Mapping[str, Any]:
        self.sent.append(one)
        return {"status": "kept"}

    async def close(self) -> None:
        return


async def test_a_sink_of_ones_own_is_named_by_module_and_class() -> None:
    sink = build(endpoint(f"{__name__}:OwnSink", ""))
    assert await sink.send(delivery()) == {"status": "kept"}


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("mqtt", "tcp://host"),
        ("mqtt", f"mqtt://user:{CANARY}@host:port"),
        ("nats", f"http://user:{CANARY}@host"),
        ("jsonl", ""),
        ("apprise", ""),
        ("ntfy", "https://example.com/"),
        ("ntfy", f"https://example.com/a/{CANARY}"),
        ("ntfy", f"https://127.0.0.1/{CANARY}"),
        ("apprise", f"nosuchscheme://{CANARY}"),
    ],
)
def test_an_address_that_cannot_work_is_refused_without_being_shown(
    kind: str, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigError) as caught:
        build(endpoint(kind, target))
    assert CANARY not in str(caught.value)


# ── standard output and files ──


async def test_H16_a_quote_forges_no_line_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    sink = build(endpoint("stdout", ""))
    ref = EvidenceRef("r", "i", 1, "s", NOW, "hit\n2026 all regions CLEAR\x1b[32m\u2028\u009b31m\u202e")
    change = Change("c", "alert.started", "k", "s", NOW, NOW, evidence=(ref,))
    one = Delivery("c", "e", "k", 1, "alert.started", encode(event(change, {}, GAZETTEER, {})), NOW)
    await sink.send(one)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert out[:-1].isprintable()
    assert json.loads(out)["data"]["evidence"][0]["quote"] == ref.quote


async def test_standard_output_that_nobody_reads_is_a_failed_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Broken())
    with pytest.raises(SinkError, match="standard output"):
        await build(endpoint("stdout", "")).send(delivery())


async def test_lines_are_appended_whole_and_a_cut_line_is_ended_first(tmp_path: Path) -> None:
    file = tmp_path / "told.jsonl"
    sink = build(endpoint("jsonl", str(file)))
    await sink.send(delivery(seq=1))
    with file.open("ab") as cut:
        cut.write(b'{"half')
    await asyncio.gather(*(sink.send(delivery(seq=n)) for n in range(2, 6)))
    lines = file.read_bytes().split(b"\n")
    assert [json.loads(line)["data"]["seq"] for line in (lines[0], *lines[2:6])] == [1, 2, 3, 4, 5]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_file_that_cannot_be_written_is_a_failed_attempt(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="cannot be written"):
        await build(endpoint("jsonl", str(tmp_path / "no" / "folder.jsonl"))).send(delivery())


# ── apprise ──


async def test_people_are_told_in_words_and_not_of_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    import apprise

    seen: list[dict[str, Any]] = []

    def notify(self: Any, **told: Any) -> bool:
        seen.append(told)
        return True

    monkeypatch.setattr(apprise.Apprise, "notify", notify)
    sink = build(endpoint("apprise", f"json://user:{CANARY}@localhost/"), Deps(clock=Still()))
    assert (await sink.send(delivery("heartbeat")))["status"] == "skipped"
    await sink.send(delivery())
    await sink.send(delivery(late=True))
    await sink.send(delivery("alert.retracted"))
    assert [told["title"] for told in seen] == [
        "Air alert: Kharkiv oblast",
        "[LATE] Air alert: Kharkiv oblast",
        "Air alert withdrawn (false alarm, no all-clear): Kharkiv oblast",
    ]
    assert [told["notify_type"] for told in seen] == ["warning", "info", "info"]
    assert "Alert all regions CLEAR" in seen[0]["body"], "the quote stays on its line"
    monkeypatch.setattr(apprise.Apprise, "notify", lambda self, **_told: False)
    with pytest.raises(SinkError) as caught:
        await sink.send(delivery())
    assert CANARY not in str(caught.value)


# ── ntfy ──


async def test_one_event_is_one_notification_and_danger_is_always_one_of_its_own() -> None:
    http = Answers()
    sink = build(HTTP_SINKS[3], Deps(lambda _each: http, Still()))
    kinds = [
        "strike.reported",
        "strike.updated",
        "report.retracted",
        "alert.cleared",
        "alert.retracted",
        "threat.ended",
    ]
    for seq, kind in enumerate(kinds, 1):
        await sink.send(delivery(kind, seq=seq))
    alone = ["alert.started", "threat.started", "alert.partial", "alert.expired", "coverage.lost"]
    for seq, kind in enumerate(alone, 11):
        await sink.send(delivery(kind, seq=seq))
    assert (await sink.send(delivery("heartbeat")))["status"] == "skipped"
    posted = [json.loads(body) for _url, body, _headers in http.posts]
    assert [each.get("sequence_id") is not None for each in posted] == [True] * len(kinds) + [False] * len(alone)
    assert len({each.get("sequence_id") for each in posted[: len(kinds)]}) == 1, "the subject is the same"
    assert {(each["title"], each["priority"]) for each in posted if each["priority"] == 5} == {
        ("Air alert: Kharkiv oblast", 5),
        ("Threat: Kharkiv oblast", 5),
    }
    assert {url for url, _body, _headers in http.posts} == {"https://example.com/"}
    assert {headers["authorization"] for _url, _body, headers in http.posts} == {f"Bearer {CANARY}"}
    assert (posted[0]["topic"], posted[0]["click"]) == (CANARY, "https://t.me/a/1")


# ── CAP ──


def fields(raw: bytes) -> dict[str, str]:
    root = ElementTree.fromstring(raw)
    return {each.tag.rpartition("}")[2]: (each.text or "") for each in root.iter()}


@pytest.mark.parametrize(
    ("kind", "kind_of_message", "response", "certainty"),
    [
        ("alert.started", "Alert", "Shelter", "Likely"),
        ("alert.cleared", "Update", "AllClear", "Observed"),
        ("alert.retracted", "Cancel", None, "Observed"),
        ("alert.expired", "Update", "Monitor", "Unknown"),
        ("threat.ended", "Update", None, "Observed"),
    ],
)
async def test_cap_is_never_more_final_than_what_was_said(
    kind: str, kind_of_message: str, response: str | None, certainty: str
) -> None:
    http = Answers()
    await build(HTTP_SINKS[1], Deps(lambda _each: http, Still())).send(delivery(kind, started_at=NOW.isoformat()))
    made = fields(http.posts[0][1])
    assert (made["msgType"], made.get("responseType"), made["certainty"]) == (kind_of_message, response, certainty)
    if kind == "alert.started":
        assert made["identifier"] == "interval-1"
        assert "references" not in made
    else:
        assert made["references"] == "airalert-monitor,interval-1,2026-02-01T12:00:00-00:00"
    assert made["sent"] == "2026-02-01T12:00:00-00:00"


async def test_cap_says_exercise_for_an_exercise_and_skips_what_is_no_alert() -> None:
    http = Answers()
    sink = build(HTTP_SINKS[1], Deps(lambda _each: http, Still()))
    await sink.send(delivery(nature="exercise"))
    assert fields(http.posts[0][1])["status"] == "Exercise"
    assert (await sink.send(delivery("count.claimed")))["status"] == "skipped"
    assert len(http.posts) == 1


# ── Alertmanager ──


async def test_alertmanager_ends_an_alert_only_on_an_explicit_all_clear_and_renews_at_heartbeats() -> None:
    http = Answers()
    sink = build(HTTP_SINKS[2], Deps(lambda _each: http, Still()))
    await sink.send(delivery(state="active"))
    await sink.send(delivery("alert.expired", state="unknown", seq=2, as_of=NOW + timedelta(seconds=1)))
    await sink.send(delivery("heartbeat", seq=3))
    posted = [json.loads(body) for _url, body, _headers in http.posts]
    assert posted[0][0]["labels"]["alertname"] == "AirAlert"
    assert datetime.fromisoformat(posted[0][0]["endsAt"]) - NOW >= timedelta(days=1)
    assert [each["labels"]["alertname"] for each in posted[1]] == ["AirAlertUnknown"]
    assert sorted(each["labels"]["alertname"] for each in posted[2]) == ["AirAlert", "AirAlertUnknown"]
    await sink.send(delivery("alert.cleared", state="clear", seq=4, as_of=NOW + timedelta(seconds=2)))
    last = json.loads(http.posts[-1][1])
    assert {each["labels"]["alertname"]: each["endsAt"] for each in last} == {
        "AirAlert": NOW.isoformat(),
        "AirAlertUnknown": NOW.isoformat(),
    }
    assert all("not an all-clear" in each["annotations"]["remark"] for each in last)
    assert (await sink.send(delivery("heartbeat", seq=5)))["status"] == "skipped"
    assert (await sink.send(delivery(state="active", seq=6)))["status"] == "skipped", "older than what is known"
    assert (await sink.send(delivery(state="active", seq=7, nature="exercise")))["status"] == "skipped"


# ── MQTT and NATS, against real servers ──


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.asynccontextmanager
async def running(command: str, *arguments: str, port: int) -> AsyncIterator[None]:
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{command} is not installed: apt-get install {command}")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(found, *arguments, stdout=quiet, stderr=quiet)
    try:
        async with asyncio.timeout(5):
            while True:
                with contextlib.suppress(OSError):
                    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                await asyncio.sleep(0.02)
        yield
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[int]:
    port = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
    async with running("mosquitto", "-c", str(config), port=port):
        yield port


async def retained(port: int) -> dict[str, str]:
    import aiomqtt

    found: dict[str, str] = {}
    async with aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("#")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.25):
                async for message in client.messages:
                    found[str(message.topic)] = bytes(message.payload).decode()
    return found


def mqtt_endpoint(port: int) -> Endpoint:
    return endpoint("mqtt", f"mqtt://127.0.0.1:{port}", allow_networks=("127.0.0.0/8",))


async def test_S24_mqtt_entities_are_on_off_or_unavailable_and_expire_by_themselves(broker: int) -> None:
    sink = build(mqtt_endpoint(broker))
    await sink.send(delivery(state="active"))
    now = await retained(broker)
    base = "monitor/region/UA-63"
    assert (now[f"{base}/alert"], now[f"{base}/availability"], now[f"{base}/state"]) == ("ON", "online", "active")
    assert now["monitor/status"] == "online"
    config = json.loads(now["homeassistant/binary_sensor/monitor/UA-63/config"])
    assert (config["expire_after"], config["device_class"], config["availability_mode"]) == (180, "safety", "all")
    assert json.loads(now[f"{base}/attributes"])["name"] == "Kharkiv oblast"
    await sink.send(delivery("coverage.lost", state="unknown", seq=2, as_of=NOW + timedelta(seconds=1)))
    now = await retained(broker)
    assert (now[f"{base}/availability"], now[f"{base}/state"]) == ("offline", "unknown")
    await sink.send(delivery("alert.cleared", state="clear", seq=3, as_of=NOW + timedelta(seconds=2)))
    await sink.send(delivery(state="active", seq=1))
    assert (await retained(broker))[f"{base}/alert"] == "OFF", "an older message does not overwrite a newer state"
    await sink.send(delivery("heartbeat", seq=4, interval_seconds=20))
    now = await retained(broker)
    assert json.loads(now["homeassistant/binary_sensor/monitor/UA-63/config"])["expire_after"] == 60
    await sink.close()
    assert (await retained(broker))["monitor/status"] == "offline"


async def test_one_event_is_one_retained_topic_that_is_updated_in_place(broker: int) -> None:
    sink = build(mqtt_endpoint(broker))
    for seq, kind in ((1, "strike.reported"), (3, "strike.updated"), (2, "strike.updated")):
        await sink.send(delivery(kind, seq=seq))
    await sink.send(delivery("strike.reported", seq=4, nature="exercise"))
    live = {topic: body for topic, body in (await retained(broker)).items() if topic.startswith("monitor/live/")}
    assert {topic: json.loads(body)["data"]["seq"] for topic, body in live.items()} == {"monitor/live/interval-1": 3}
    await sink.close()


async def test_S24_a_daemon_that_dies_leaves_offline_by_the_brokers_will(broker: int) -> None:
    sink: Any = build(mqtt_endpoint(broker))
    await sink.send(delivery(state="clear"))
    sink._client._client._sock_close()
    await asyncio.sleep(0.1)
    assert (await retained(broker))["monitor/status"] == "offline"
    with contextlib.suppress(SinkError):
        await sink.send(delivery(seq=2))
    await sink.send(delivery(seq=3, as_of=NOW + timedelta(seconds=9)))
    assert (await retained(broker))["monitor/status"] == "online"
    await sink.close()


async def test_a_broker_that_is_away_or_forbidden_is_a_failed_attempt() -> None:
    port = free_port()
    for kind, scheme in (("mqtt", "mqtt"), ("nats", "nats")):
        target, soon = f"{scheme}://user:{CANARY}@127.0.0.1:{port}", {"deadline": 0.3}
        away = endpoint(kind, target, allow_networks=("127.0.0.0/8",), options=soon)
        forbidden = endpoint(kind, target, options=soon)
        for one in (away, forbidden):
            sink = build(one)
            with pytest.raises(SinkError) as caught:
                await sink.send(delivery())
            assert CANARY not in str(caught.value)
            await sink.close()
            await sink.close()


async def test_nats_stores_each_id_once(tmp_path: Path) -> None:
    import nats

    port = free_port()
    async with running("nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(tmp_path), port=port):
        client = await nats.connect(f"nats://127.0.0.1:{port}")
        await client.jetstream().add_stream(name="MONITOR", subjects=["monitor.>"])
        sink = build(endpoint("nats", f"nats://127.0.0.1:{port}", allow_networks=("127.0.0.0/8",)))
        assert (await sink.send(delivery(seq=1)))["stream"] == "MONITOR"
        await sink.send(delivery(seq=1))
        await sink.send(delivery(seq=2))
        info = await client.jetstream().stream_info("MONITOR")
        assert info.state.messages == 2
        await sink.close()
        await client.close()
