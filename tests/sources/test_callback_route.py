"""Callbacks of an alert API reach the inbox of their source, and nothing else does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api_places import GAZETTEER

from monitor.config import Settings
from monitor.fuse import Rules
from monitor.model import SourceProfile
from monitor.sources.inbox import MemoryInbox
from monitor.store import open_store
from monitor.web.app import create_app

SECRET = "a-secret-of-the-test-that-is-long"
BODY = b'{"status": "Activate", "regionId": 31, "alarmType": "AIR", "createdAt": "2026-11-10T11:59:50Z"}'


@pytest.fixture
def inbox():
    return MemoryInbox(capacity=2)


class Client:
    """Speaks ASGI with the app, without a socket."""

    def __init__(self, app) -> None:
        self.app = app

    async def ask(self, method: str, path: str, content: bytes = b"") -> tuple[int, str]:
        sent = []

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


@pytest.fixture
def client(clock, inbox, tmp_path):
    on = SourceProfile("ua", "ukrainealarm", "https://api.test")
    settings = Settings(
        profiles=(on, replace(on, id="off", enabled=False), replace(on, id="no_secret", kind="feed")),
        keys={"ukrainealarm": {"key": "k", "secret": SECRET}},
    )
    store = open_store(f"sqlite:///{tmp_path}/monitor.db")
    app = create_app(store, Rules(GAZETTEER, {}), settings, clock, inbox=inbox)
    yield Client(app)
    store.close()


async def test_a_call_with_the_secret_is_kept_as_it_came(client, inbox, clock):
    assert (await client.ask("POST", f"/callbacks/ua/{SECRET}", BODY))[0] == 200
    assert inbox.drain("ua") == ((clock.now(), BODY),)


@pytest.mark.parametrize(
    "path",
    [
        "/callbacks/ua/wrong",
        f"/callbacks/off/{SECRET}",
        f"/callbacks/none/{SECRET}",
        "/callbacks/no_secret/x",
        "/callbacks/ua/",
    ],
)
async def test_any_other_call_finds_nothing(client, inbox, path):
    assert (await client.ask("POST", path, BODY))[0] == 404
    assert inbox.drain("ua") == ()


async def test_a_long_call_is_refused_and_a_full_inbox_says_so(client):
    assert (await client.ask("POST", f"/callbacks/ua/{SECRET}", b"x" * 20_000))[0] == 413
    found = [(await client.ask("POST", f"/callbacks/ua/{SECRET}", BODY))[0] for _ in range(3)]
    assert found == [200, 200, 503]


async def test_the_secret_stands_in_no_answer(client):
    status, text = await client.ask("GET", f"/callbacks/ua/{SECRET}")
    assert status == 405
    assert SECRET not in text
    assert SECRET not in (await client.ask("GET", "/openapi.json"))[1]
