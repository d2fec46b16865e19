"""Faults W02-W07, W14, W15, W17 and N05 at the webhook sink, against real sockets on loopback."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from faulty_server import FaultyServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from monitor.errors import ConfigError, EndpointGone, SinkError
from monitor.model import Change, Delivery, Endpoint, EvidenceRef, Gazetteer
from monitor.sinks import Deps, build
from monitor.sinks.payload import MAX_BYTES, encode, event
from monitor.sinks.posting import MAX_BODY, asked_to_wait
from monitor.sinks.signing import headers, new_secret, signers

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
NOW = datetime(2026, 2, 1, 12, 0, tzinfo=UTC)


class Wall:
    def now(self) -> datetime:
        return datetime.now(UTC)


def endpoint(url: str, *secrets: str, **options: Any) -> Endpoint:
    port = int(url.split(":")[2].split("/")[0])
    chosen = {"allow_http": True, "ports": [port], **options}
    return Endpoint("e", "webhook", url, secrets or (SECRET,), allow_networks=("127.0.0.0/8",), options=chosen)


def delivery(body: bytes = b'{"a":1}', message_id: str = "m1") -> Delivery:
    return Delivery(message_id, "e", "k", 1, "alert.started", body, NOW)


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    made = FaultyServer()
    yield made
    await made.stop()


async def send(url: str, body: bytes = b'{"a":1}', **options: Any) -> Mapping[str, Any]:
    sink = build(endpoint(url, **options), Deps(clock=Wall()))
    try:
        return await sink.send(delivery(body))
    finally:
        await sink.close()
        await sink.close()


async def test_the_gap_named_beside_a_message_stays_a_short_header(server: FaultyServer) -> None:
    port = await server.start()
    sink = build(endpoint(f"http://127.0.0.1:{port}/status/204"), Deps(clock=Wall()))
    try:
        await sink.send(replace(delivery(), gap=tuple(range(1, 5_000))))
    finally:
        await sink.close()
    named = server.seen[0].headers["monitor-gap"].split(",")
    assert named[-1] == "4999"
    assert len(named) == 100


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 400, 401, 403, 404, 413, 422, 599])
async def test_W02_a_failing_answer_may_be_tried_again(server: FaultyServer, status: int) -> None:
    port = await server.start()
    server.extra = ["Retry-After: 17"]
    with pytest.raises(SinkError) as caught:
        await send(f"http://127.0.0.1:{port}/status/{status}")
    assert (caught.value.is_final, caught.value.retry_after, caught.value.log["status"]) == (False, 17.0, status)


def test_W02_retry_after_is_read_in_both_forms() -> None:
    assert asked_to_wait("120", NOW) == 120
    assert asked_to_wait(format_datetime(NOW + timedelta(seconds=90), usegmt=True), NOW) == 90
    assert asked_to_wait(format_datetime(NOW - timedelta(days=1), usegmt=True), NOW) == 0
    for noise in (None, "", "soon", "-5", "1e9", "٣", "Mon, 99 Foo 2026"):
        assert asked_to_wait(noise, NOW) is None


@pytest.mark.parametrize("path", ["cut", "garbage-body", "status/200", "status/202", "status/204", "status/299"])
async def test_W03_any_2xx_is_an_acknowledgement_whatever_follows_it(server: FaultyServer, path: str) -> None:
    port = await server.start()
    said = await send(f"http://127.0.0.1:{port}/{path}")
    assert 200 <= said["status"] < 300


async def test_W03_of_a_huge_answer_16_kb_are_read_and_the_connection_is_closed(server: FaultyServer) -> None:
    port = await server.start()
    said = await send(f"http://127.0.0.1:{port}/flood")
    assert said["status"] == 200
    await asyncio.sleep(0.05)
    sent = server.sent
    await asyncio.sleep(0.05)
    assert server.sent == sent < 20_000_000
    assert MAX_BODY == 16_384


@pytest.mark.parametrize("path", ["hang", "drip"])
async def test_W04_a_hanging_or_dripping_receiver_is_left_after_the_deadline(server: FaultyServer, path: str) -> None:
    port = await server.start()
    began = time.perf_counter()
    with pytest.raises(SinkError, match=r"within 0\.3 s"):
        await send(f"http://127.0.0.1:{port}/{path}", deadline=0.3)
    assert time.perf_counter() - began < 1


async def test_W04_a_body_that_drips_after_a_2xx_still_counts_and_is_cut_off(server: FaultyServer) -> None:
    port = await server.start()
    began = time.perf_counter()
    assert (await send(f"http://127.0.0.1:{port}/drip-body", deadline=0.3))["status"] == 200
    assert time.perf_counter() - began < 1


async def test_W04_the_deadline_is_ten_seconds_by_default() -> None:
    from monitor.sinks.posting import DEADLINE

    assert DEADLINE == 10.0


@pytest.mark.parametrize("path", ["reset", "close", "garbage"])
async def test_W05_a_broken_connection_is_a_failed_attempt(server: FaultyServer, path: str) -> None:
    port = await server.start()
    with pytest.raises(SinkError) as caught:
        await send(f"http://127.0.0.1:{port}/{path}")
    assert not caught.value.is_final
    assert "status" not in caught.value.log


async def test_W05_nobody_listening_is_a_failed_attempt(server: FaultyServer) -> None:
    port = await server.start()
    await server.stop()
    with pytest.raises(SinkError, match="connect"):
        await send(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("kind", ["self-signed", "expired", "wrong-host"])
async def test_W05_a_certificate_that_does_not_hold_is_refused(server: FaultyServer, kind: str, tmp_path: Path) -> None:
    port = await server.start(tls_context(tmp_path, kind))
    with pytest.raises(SinkError, match="certificate"):
        await send(f"https://127.0.0.1:{port}/status/204")
    assert server.seen == []


def tls_context(folder: Path, kind: str) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, "x.example" if kind == "wrong-host" else "127.0.0.1")]
    )
    now = datetime.now(UTC)
    until = now - timedelta(days=1) if kind == "expired" else now + timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "both.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_W06_a_redirect_is_a_failure_and_never_followed(server: FaultyServer, status: int) -> None:
    port = await server.start()
    for onward in ("http://169.254.169.254/latest/", f"http://127.0.0.1:{port}/status/200", "/status/200", "//x/"):
        server.extra = [f"Location: {onward}"]
        with pytest.raises(SinkError, match="redirects are not followed"):
            await send(f"http://127.0.0.1:{port}/status/{status}")
    assert {each.path for each in server.seen} == {f"/status/{status}"}
    assert len(server.seen) == 4


async def test_W07_a_410_says_that_the_endpoint_is_gone(server: FaultyServer) -> None:
    port = await server.start()
    with pytest.raises(EndpointGone) as caught:
        await send(f"http://127.0.0.1:{port}/status/410")
    assert caught.value.is_final


def test_W14_during_a_rotation_receivers_of_the_old_and_of_the_new_secret_accept() -> None:
    old, new = new_secret(), new_secret()
    both = signers((new, old), "endpoint e")
    for nth in range(50):
        sent = headers(both, f"m{nth}", b'{"n":1}', Wall().now())
        assert len(sent["webhook-signature"].split(" ")) == 2
        for secret in (old, new):
            Verifier(secret).verify(b'{"n":1}', sent)
    after = headers(signers((new,), "endpoint e"), "m", b"{}", Wall().now())
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(b"{}", after)


def test_W15_the_wall_time_of_another_zone_signs_the_same_moment() -> None:
    kyiv = dt.timezone(timedelta(hours=2))
    now = Wall().now()
    assert headers(signers((SECRET,), "e"), "m", b"{}", now) == headers(
        signers((SECRET,), "e"), "m", b"{}", now.astimezone(kyiv)
    )
    Verifier(SECRET).verify(b"{}", headers(signers((SECRET,), "e"), "m", b"{}", now.astimezone(kyiv)))


def test_W15_a_thousand_alterations_are_all_refused_and_the_original_is_accepted() -> None:
    rng = Random(15)
    body = '{"type":"alert.cleared","quote":"відбій"}'.encode()
    sent = headers(signers((SECRET,), "e"), "msg_1", body, Wall().now())
    verifier = Verifier(SECRET)
    verifier.verify(body, dict(reversed(sent.items())))
    verifier.verify(body, {**sent, "webhook-signature": "v1a,AAAA v1,AAAA " + sent["webhook-signature"]})
    refused = 0
    for nth in range(1000):
        altered, changed = dict(sent), body
        at = rng.randrange(len(body))
        match nth % 6:
            case 0:
                changed = body[:at] + bytes([body[at] ^ (1 << rng.randrange(7))]) + body[at + 1 :]
            case 1:
                altered["webhook-id"] = "msg_" + str(rng.randrange(2, 10**6))
            case 2:
                stamp = int(sent["webhook-timestamp"]) + rng.choice([-1, 1]) * rng.randrange(1, 100_000)
                altered["webhook-timestamp"] = str(stamp)
            case 3:
                signature = bytearray(base64.b64decode(sent["webhook-signature"][3:]))
                signature[rng.randrange(32)] ^= 1 << rng.randrange(8)
                altered["webhook-signature"] = "v1," + base64.b64encode(bytes(signature)).decode()
            case 4:
                altered["webhook-signature"] = sent["webhook-signature"].replace(
                    "v1,", rng.choice(["v1a,", "v2,", "v0,"])
                )
            case 5:
                changed = body + rng.choice([b" ", b"\n", b"{}", b"x"])
        try:
            verifier.verify(changed, altered)
        except (WebhookVerificationError, UnicodeDecodeError):
            refused += 1
    assert refused == 1000


def test_W15_a_replay_after_five_minutes_is_refused() -> None:
    for minutes in (-6, 6):
        sent = headers(signers((SECRET,), "e"), "m", b"{}", Wall().now() + timedelta(minutes=minutes))
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(b"{}", sent)


class Recorder:
    """An HTTP client that posts nothing and keeps what it was given."""

    def __init__(self) -> None:
        self.posts: list[tuple[bytes, Mapping[str, str]]] = []

    async def post(self, url: str, body: bytes, *, headers: Any = None, deadline: float = 10, max_body: int = 0) -> Any:
        self.posts.append((body, headers))
        return type("Said", (), {"status": 204, "headers": {}, "body": b""})()

    async def close(self) -> None:
        return


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(max_size=400), name=st.text(max_size=40))
def test_W17_the_bytes_that_are_signed_are_the_bytes_that_are_sent(text: str, name: str) -> None:
    ref = EvidenceRef("r", "tg:1/2", 1, "s", NOW, quote=text, claimant=name)
    change = Change("c1", "alert.started", "k", "s", NOW, NOW, ("UA",), data={"note": text}, evidence=(ref,))
    body = encode(event(change, {}, Gazetteer({}), {}))
    recorder = Recorder()
    sink = build(Endpoint("e", "webhook", "https://example.com/", (SECRET,)), Deps(lambda _each: recorder, Wall()))
    asyncio.run(sink.send(delivery(body, "c1")))
    posted, sent = recorder.posts[0]
    assert posted is body
    assert Verifier(SECRET).verify(posted, dict(sent))["data"]["evidence"][0]["quote"] == text


@given(count=st.integers(0, 400), length=st.integers(0, 30_000))
@settings(max_examples=20, deadline=None)
def test_W17_a_body_is_never_longer_than_64_kb_and_says_what_it_left_out(count: int, length: int) -> None:
    refs = tuple(EvidenceRef(f"r{nth}", "i", 1, "s", NOW, quote="я" * length, rule="r" * 2_000) for nth in range(count))
    places = tuple(f"UA-{nth}" for nth in range(count))
    state = {place: {"place": place, "status": "unknown", "as_of": NOW.isoformat()} for place in places}
    data = {"text": "ы" * length}
    change = Change("c", "alert.started", "k", "s", NOW, NOW, places, data=data, evidence=refs)
    made = event(change, state, Gazetteer({}), {})
    body = encode(made)
    assert len(body) <= MAX_BYTES
    if len(made.model_dump_json().encode()) > MAX_BYTES:
        assert b'"truncated":["evidence"' in body
    assert b'"link":"/v1/changes/c"' in body


def test_W17_of_a_long_body_who_said_so_goes_before_what_is_known_of_each_region() -> None:
    places = tuple(f"UA-{nth}" for nth in range(140))
    threat = {"threat": "drone", "since": NOW.isoformat(), "source": "a channel with a long name"}
    whole = {"status": "unknown", "reason": "sources_lost", "as_of": NOW.isoformat(), "threats": [threat, threat],
             "sources": [f"a-source-with-a-long-id-{n}" for n in range(9)]}  # fmt: skip
    change = Change("c", "coverage.lost", "k", "s", NOW, NOW, places)
    made = event(change, {place: {"place": place, **whole} for place in places}, Gazetteer({}), {})
    assert len(made.model_dump_json().encode()) > MAX_BYTES
    body = encode(made)
    assert len(body) <= MAX_BYTES
    told = json.loads(body)["data"]
    assert {one["state"] for one in told["state"].values()} == {"unknown"}
    assert len(told["state"]) == 140
    assert told["state"]["UA-3"]["threats"] == [{"threat": "drone"}]
    assert told["truncated"] == ["evidence", "state.sources", "state.threats"]


def test_W17_a_typical_body_stays_below_20_kb() -> None:
    refs = tuple(EvidenceRef(f"r{n}", "i", 1, "s", NOW, quote="Повітряна тривога! " * 10, rule="r") for n in range(5))
    places = tuple(f"UA-{nth}" for nth in range(27))
    state = {place: {"place": place, "status": "active", "as_of": NOW.isoformat()} for place in places}
    change = Change("c", "alert.started", "k", "s", NOW, NOW, places, evidence=refs)
    assert len(encode(event(change, state, Gazetteer({}), {}))) <= 20_000


def test_W17_a_lone_surrogate_does_not_stop_a_message() -> None:
    ref = EvidenceRef("r", "tg:1/2", 1, "s", NOW, quote="a\ud83d b")
    change = Change("c", "alert.started", "k", "s", NOW, NOW, data={"x": ["\udc00"]}, evidence=(ref,))
    assert encode(event(change, {}, Gazetteer({}), {})).decode("utf-8")


@pytest.mark.parametrize(
    ("url", "options", "secrets"),
    [
        ("http://example.com/", {}, (SECRET,)),
        ("https://127.0.0.1/", {}, (SECRET,)),
        ("https://user:canary-secret@example.com/", {}, (SECRET,)),
        ("https://example.com/", {}, ()),
        ("https://example.com/", {}, ("whsec_canary-secret",)),
        ("https://example.com/", {}, ("c2hvcnQ=",)),
        ("https://example.com/", {"headers": {"X": "a\r\nX-Forged: canary-secret"}}, (SECRET,)),
        ("https://example.com/", {"headers": {"Webhook-Id": "1"}}, (SECRET,)),
    ],
)
def test_an_endpoint_that_cannot_work_is_refused_when_it_is_made_without_showing_its_secret(
    url: str, options: dict[str, Any], secrets: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as caught:
        build(Endpoint("e", "webhook", url, secrets, options=options))
    assert "canary-secret" not in str(caught.value)
    assert "canary-secret" not in repr(Endpoint("e", "webhook", url, secrets, options=options))


async def test_W16_the_clock_of_the_endpoint_is_compared_with_ours(server: FaultyServer) -> None:
    port = await server.start()
    server.extra = ["Date: " + format_datetime(datetime.now(UTC) - timedelta(seconds=900), usegmt=True)]
    said = await send(f"http://127.0.0.1:{port}/status/204")
    assert 890 < said["skew_s"] < 910
