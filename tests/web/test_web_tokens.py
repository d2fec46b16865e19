"""Tokens: what is kept of them, whom they let in, what they show, and what guessing comes to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
import structlog
from site_parts import Site
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from monitor.config.models import WebSection
from monitor.errors import InputError
from monitor.model import Delivery, Endpoint
from monitor.store import tokens
from monitor.web import access
from monitor.web.access import COOKIE, Access
from monitor.web.app import Site as WholeSite

WORDS = "strike UA-63"


def opened(app: WholeSite, **more: Any) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False, **more)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def token(site: Site, *scopes: str, **more: Any) -> str:
    return tokens.add(site.store, "desk", scopes, site.clock.now(), **more)[1]


async def guess(app: Any, many: int) -> list[int]:
    """Status codes of so many requests from the test client's address, each with another secret."""
    codes: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            codes.append(message["status"])

    for n in range(many):
        headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer mon_{n:08x}_{'x' * 43}".encode())]
        scope = {
            "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/ready",
            "raw_path": b"/ready", "query_string": b"", "root_path": "", "headers": headers, "app": app,
            "client": ("testclient", 50000), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await app(scope, receive, send)
    return codes


@pytest.fixture
def told(site: Site) -> Site:
    """An endpoint with one message that waits."""
    now = site.clock.now()
    site.store.save_endpoint(
        Endpoint("desk", "webhook", "https://hooks.example.org/s3cretpath", ("whsec_c2VjcmV0",)), now
    )
    site.store.enqueue([Delivery("msg_1", "desk", "air|UA-63", 1, "alert.started", b'{"secret": "body"}', now)])
    return site


def test_N11_only_a_hash_of_a_token_is_kept(site: Site) -> None:
    made, secret = tokens.add(site.store, "desk", ["full"], site.clock.now())
    assert site.store.path is not None
    kept = b"".join(path.read_bytes() for path in site.store.path.parent.iterdir())
    assert made.id.encode() in kept
    assert secret.encode() not in kept
    assert secret[-43:].encode() not in kept
    assert len(secret.split("_", 2)[2]) == 43
    assert secret not in repr(tokens.listed(site.store))
    assert site.store.path.stat().st_mode & 0o077 == 0


def test_N12_no_token_is_401_a_narrow_one_403_and_the_right_one_200(told: Site, client: TestClient) -> None:
    for path in ("/v1/webhooks", "/v1/deliveries", "/v1/deliveries/desk/msg_1"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="monitor"')
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get(path, headers=bearer(token(told, "read", "full"))).status_code == 403
        for scope in ("deliveries", "operate"):
            assert client.get(path, headers=bearer(token(told, scope))).status_code == 200


def test_N12_wrong_revoked_and_expired_tokens_are_refused_even_where_nobody_needs_one(
    site: Site, client: TestClient
) -> None:
    secret = token(site, "read")
    assert client.get("/v1/alerts", headers=bearer(secret)).status_code == 200
    for wrong in (secret[:-1] + ("A" if secret[-1] != "A" else "B"), "nonsense", "", secret + "x"):
        assert client.get("/v1/alerts", headers=bearer(wrong)).status_code == 401, wrong
    tokens.revoke(site.store, tokens.listed(site.store)[0].id, site.clock.now())
    assert client.get("/v1/alerts", headers=bearer(secret)).status_code == 401
    brief = token(site, "read", expires_at=site.clock.now() + timedelta(days=1))
    assert client.get("/v1/alerts", headers=bearer(brief)).status_code == 200
    site.clock.at += timedelta(days=1)
    assert client.get("/v1/alerts", headers=bearer(brief)).status_code == 401


def test_N12_a_right_and_a_wrong_secret_are_compared_alike(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = token(site, "read")
    compared: list[tuple[str, str]] = []
    real = tokens.hmac.compare_digest
    monkeypatch.setattr(tokens.hmac, "compare_digest", lambda a, b: (compared.append((a, b)), real(a, b))[1])
    nobody = f"mon_00000000_{'x' * 43}"
    for given in (secret, secret[:-43] + "x" * 43, nobody):
        tokens.check(site.store, given, site.clock.now())
    assert [len(a) + len(b) for a, b in compared] == [128, 128, 128]
    assert secret not in str(compared)


def test_N12_ten_thousand_guesses_are_answered_by_a_lock_and_told_to_the_log(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "monotonic", lambda: 1000.0)
    with opened(site.app(web=WebSection(requests_per_minute=0))) as client, capture_logs() as lines:
        good = token(site, "read")
        assert client.get("/v1/alerts", headers=bearer(good)).status_code == 200
        asked = 0
        real = access.tokens.check

        def counted(*given: Any) -> Any:
            nonlocal asked
            asked += 1
            return real(*given)

        access.tokens.check = counted  # type: ignore[assignment]
        try:
            codes = asyncio.run(guess(client.app, 10_000))
        finally:
            access.tokens.check = real  # type: ignore[assignment]
        assert codes[:10] == [401] * 10
        assert set(codes[10:]) == {429}
        assert asked == 10
        locked = client.get("/v1/alerts", headers=bearer(token(site, "full")))
        assert (locked.status_code, int(locked.headers["retry-after"]) > 30) == (429, True)
        assert client.get("/v1/alerts").status_code == 200
        assert client.get("/v1/alerts", headers=bearer(good)).status_code == 200
    events = [line["event"] for line in lines if line["event"].startswith("api.")]
    assert events.count("api.refused") == 10
    assert events.count("api.locked") == 1


def test_N12_a_lock_ends_and_the_next_is_longer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(access, "monotonic", lambda: now)
    with opened(site.app()) as client:
        seconds = []
        for _ in range(3):
            codes = [client.get("/ready", headers=bearer("wrong")).status_code for _ in range(11)]
            assert codes == [401] * 10 + [429]
            seconds.append(int(client.get("/ready", headers=bearer("wrong")).headers["retry-after"]))
            now += seconds[-1]
        assert seconds[0] < seconds[1] < seconds[2]


def test_N12_what_a_token_opens_is_written_down_and_the_token_is_not(told: Site) -> None:
    with opened(told.app()) as client, capture_logs() as lines:
        secret = token(told, "deliveries")
        client.get("/v1/webhooks", headers=bearer(secret))
        client.get("/v1/alerts", headers=bearer(token(told, "read")))
    used = [line for line in lines if line["event"] == "api.used"]
    assert [(line["path"], line["client"]) for line in used] == [("/v1/webhooks", "testclient")]
    assert secret not in str(lines)


def test_N14_too_many_requests_are_told_when_to_come_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(access, "monotonic", lambda: now)
    with opened(site.app(web=WebSection(requests_per_minute=60))) as client:
        codes = [client.get("/v1/regions").status_code for _ in range(40)]
        assert codes == [200] * 30 + [429] * 10
        assert client.get("/v1/state").status_code == 200
        assert client.get("/health").status_code == 200
        wait = int(client.get("/v1/regions").headers["retry-after"])
        now += wait
        assert client.get("/v1/regions").status_code == 200


def test_the_memory_of_clients_is_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CLIENTS", 50)
    made = Access(site.app(), site.app().state.context)
    for n in range(500):
        made._client(f"10.0.0.{n}", 0.0)
    assert len(made._clients) == 50


@pytest.mark.parametrize(
    ("host", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("testclient", "testclient")],
)
def test_an_ipv6_client_is_counted_by_its_network(host: str, counted: str) -> None:
    assert access._address({"client": (host, 1)}) == counted


def test_full_sees_what_the_publication_policy_withholds_and_nobody_else_does(site: Site, client: TestClient) -> None:
    full, narrow = bearer(token(site, "full")), bearer(token(site, "read", "operate"))
    key = client.get("/v1/reports", params={"kind": "strike"}, headers=full).json()["rows"][0]["item"]
    for path in ("/v1/strikes", "/v1/reports", "/v1/changes", f"/v1/items/{key}"):
        assert WORDS in client.get(path, headers=full).text, path
        assert WORDS not in client.get(path, headers=narrow).text, path
        assert WORDS not in client.get(path).text, path
        assert "no-store" in client.get(path, headers=full).headers["cache-control"]
        assert "Authorization" in client.get(path, headers=full).headers["vary"]
    assert client.get(f"/v1/items/{key}", headers=full).json()["withheld"] is False
    assert client.get(f"/v1/items/{key}").json()["withheld"] is True


def test_deliveries_show_no_address_no_secret_and_no_body(told: Site, client: TestClient) -> None:
    seer = bearer(token(told, "deliveries"))
    hooks = client.get("/v1/webhooks", headers=seer).json()["rows"]
    assert [(row["id"], row["counted"], row["enabled"]) for row in hooks] == [("desk", {"due": 1}, True)]
    rows = client.get("/v1/deliveries", headers=seer).json()["rows"]
    assert [(row["message_id"], row["status"], row["attempts"]) for row in rows] == [("msg_1", "due", 0)]
    everything = json.dumps([hooks, rows]) + client.get("/v1/deliveries/desk/msg_1", headers=seer).text
    for secret in ("s3cretpath", "whsec", "hooks.example.org", "body"):
        assert secret not in everything
    assert client.get("/v1/deliveries/desk/nothing", headers=seer).status_code == 404


def test_health_and_metrics_name_no_endpoint_without_a_token(site: Site) -> None:
    health = {"status": "degraded", "ready": True, "troubles": [{"what": "endpoint desk", "detail": "410 of desk"}]}
    text = b'# HELP a b\na_bucket{endpoint="desk",le="1"} 2\nb{source="sirens"} 1\n'
    with opened(site.app(health=lambda: health, metrics=lambda: text)) as client:
        assert "desk" not in client.get("/health").text
        assert client.get("/health").json()["troubles"][0]["what"] == "endpoint"
        assert client.get("/metrics").content == b'# HELP a b\nb{source="sirens"} 1\n'
        seer = bearer(token(site, "deliveries"))
        assert "410 of desk" in client.get("/health", headers=seer).text
        assert client.get("/metrics", headers=seer).content == text


def test_pages_of_deliveries_meet(told: Site, client: TestClient) -> None:
    now = told.clock.now()
    told.store.enqueue([Delivery(f"msg_{n}", "desk", "k", n, "alert.started", b"{}", now) for n in range(2, 9)])
    seer, seen, after = bearer(token(told, "deliveries")), [], None
    while True:
        params: Mapping[str, Any] = {"limit": 3} | ({"after": after} if after else {})
        body = client.get("/v1/deliveries", params=params, headers=seer).json()
        seen += [row["message_id"] for row in body["rows"]]
        if (after := body["next"]) is None:
            break
    assert seen == [f"msg_{n}" for n in range(8, 0, -1)]


def test_telling_again_needs_operate_and_sends_the_same_bytes(told: Site, client: TestClient) -> None:
    (waiting,) = told.store.find(["msg_1"])
    told.store.delivered(waiting, told.clock.now(), {})
    path = "/v1/deliveries/desk/msg_1/again"
    assert client.post(path).status_code == 401
    assert client.post(path, headers=bearer(token(told, "deliveries"))).status_code == 403
    assert client.post(path, headers=bearer(token(told, "operate"))).status_code == 202
    (again,) = told.store.find(["msg_1"])
    assert (again.status, again.body) == ("due", waiting.body)
    assert client.post("/v1/deliveries/desk/x/again", headers=bearer(token(told, "operate"))).status_code == 404


def test_N13_a_cookie_reads_and_never_acts(told: Site, client: TestClient) -> None:
    secret = token(told, "operate")
    given = client.post("/session", data={"token": secret}, follow_redirects=False)
    cookie = given.headers["set-cookie"].lower()
    assert given.status_code == 303
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.get("/v1/webhooks").status_code == 200
    assert client.post("/v1/deliveries/desk/msg_1/again").status_code == 401
    client.post("/session", data={"token": ""}, follow_redirects=False)
    assert client.get("/v1/webhooks").status_code == 401


def test_N13_a_form_of_another_site_sets_no_cookie(site: Site, client: TestClient) -> None:
    secret = token(site, "full")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ):
        answer = client.post("/session", data={"token": secret}, headers=headers, follow_redirects=False)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    ours = client.post(
        "/session", data={"token": secret}, headers={"Origin": "http://127.0.0.1"}, follow_redirects=False
    )
    assert ours.status_code == 303


def test_an_old_cookie_makes_its_reader_everyone_again(site: Site, client: TestClient) -> None:
    client.cookies.set(COOKIE, token(site, "full", expires_at=site.clock.now() - timedelta(days=1)))
    assert client.get("/").status_code == 200
    assert WORDS not in client.get("/v1/strikes").text


def test_a_server_that_is_not_public_answers_holders_only(site: Site) -> None:
    with opened(site.app(web=WebSection(public=False))) as client:
        assert [client.get(path).status_code for path in ("/health", "/ready")] == [200, 200]
        for path in ("/", "/v1/state", "/v1/stream", "/feed.atom", "/metrics", "/openapi.json"):
            assert client.get(path).status_code == 401, path
        assert client.get("/v1/state", headers=bearer(token(site, "read"))).status_code == 200


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["read"]), ("x" * 101, ["read"]), ("a\nb", ["read"]), ("x", ["all"])]
)
def test_a_token_without_a_name_or_with_an_unknown_scope_is_refused(site: Site, name: str, scopes: list[str]) -> None:
    with pytest.raises(InputError):
        tokens.add(site.store, name, scopes, site.clock.now())
    assert tokens.listed(site.store) == ()


@pytest.fixture(autouse=True)
def _plain_logs() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def test_N10_no_secret_shows_in_any_answer_or_line_of_the_log(site: Site) -> None:
    canary = "c4n4ry" * 4
    endpoint = Endpoint("desk", "webhook", f"https://u:{canary}@hooks.example.org/{canary}?k={canary}", (canary,))
    site.store.save_endpoint(endpoint, site.clock.now())
    secret = token(site, "operate", "full")
    with opened(site.app()) as client, capture_logs() as lines:
        paths = [path for path in client.get("/openapi.json").json()["paths"] if "stream" not in path]
        for path in (*paths, "/", "/feed", "/sources", "/series", f"/v1/alerts?token={canary}", f"/nothing/{canary}"):
            for headers in ({}, bearer(secret), bearer(f"mon_00000000_{canary}")):
                answer = client.get(path, headers=headers)
                asked_for = canary in path
                assert asked_for or canary not in answer.text + str(answer.headers), path
                assert secret not in answer.text + str(answer.headers), path
    assert secret not in str(lines)
    assert f"mon_00000000_{canary}" not in str(lines)


def test_N12_a_token_in_the_address_is_no_token(told: Site, client: TestClient) -> None:
    secret = token(told, "operate")
    for name in ("token", "access_token", "api_key"):
        assert client.get("/v1/webhooks", params={name: secret}).status_code in (401, 422)
