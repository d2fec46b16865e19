"""The stream: resume, one look at the database for everyone, and a slow client that harms nobody."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from site_parts import Site, served

from monitor.config.models import WebSection
from monitor.errors import StoreError
from monitor.store import series, tokens
from monitor.web import broadcast as casting
from monitor.web.broadcast import Broadcast


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, int, Any]]:
    """(event, id, data) as a browser would see them."""
    name, number, data = "", 0, ""
    async for line in answer.content:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            name = text[7:]
        elif text.startswith("id: "):
            number = int(text[4:])
        elif text.startswith("data: "):
            data = text[6:]
        elif not text and data:
            yield name, number, json.loads(data)
            name, number, data = "", 0, ""


async def take(answer: aiohttp.ClientResponse, many: int) -> list[tuple[str, int, Any]]:
    out = []
    async for event in events(answer):
        out.append(event)
        if len(out) == many:
            break
    return out


async def test_a_change_reaches_an_open_stream_within_half_a_second(site: Site) -> None:
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream") as answer:
            assert (await take(answer, 1))[0][0] == "heartbeat"
            start = time.perf_counter()
            await asyncio.to_thread(site.post, "start UA-05")
            committed = time.perf_counter()
            (name, number, change), *_ = await asyncio.wait_for(take(answer, 1), 5)
            assert name == "change"
            assert number == change["seq"]
            assert time.perf_counter() - committed < 0.5, f"{time.perf_counter() - start:.2f} s with the commit"


async def test_a_client_comes_back_where_it_was_after_a_restart(site: Site) -> None:
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream?after=0") as answer:
            seen = [number for name, number, _ in await take(answer, 4) if name == "change"]
    site.post("start UA-05")
    everything = [change.seq for change in series.changes(site.store)]
    headers = {"Last-Event-ID": str(seen[-1])}
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream", headers=headers) as answer:
            rest = await asyncio.wait_for(take(answer, 1 + len(everything) - len(seen)), 5)
    assert seen + [number for name, number, _ in rest if name == "change"] == everything


async def test_an_id_from_another_database_starts_at_the_newest_change(site: Site) -> None:
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/v1/stream", headers={"Last-Event-ID": "999999999"}) as answer:
                (name, _, data), *_ = await take(answer, 1)
                assert (name, data["seq"]) == ("heartbeat", series.newest_seq(site.store))
            async with session.get(f"{url}/v1/stream", headers={"Last-Event-ID": "nonsense"}) as answer:
                assert answer.status == 200


async def test_many_clients_cost_one_look_and_all_hear_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site.app()
    with served(app) as url:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            opened = [await session.get(f"{url}/v1/stream") for _ in range(40)]
            for answer in opened:
                await take(answer, 1)
            looks = 0
            real = casting.series.changes

            def counted(*given: Any, **more: Any) -> Any:
                nonlocal looks
                looks += 1
                return real(*given, **more)

            monkeypatch.setattr(casting.series, "changes", counted)
            await asyncio.to_thread(site.post, "start UA-05")
            first = await asyncio.wait_for(asyncio.gather(*(take(answer, 1) for answer in opened)), 10)
            assert len({events[0][1] for events in first}) == 1
            assert looks < 30
            for answer in opened:
                answer.close()
        broadcast: Broadcast = app.state.broadcast
        end = time.monotonic() + 5
        while broadcast.listeners and time.monotonic() < end:
            await asyncio.sleep(0.02)
        assert broadcast.listeners == 0


async def test_a_client_that_does_not_read_is_sent_away_and_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casting, "WAITING", 2)
    broadcast = Broadcast(site.app().state.context)
    with broadcast.listen() as heard:
        for seq in range(5):
            broadcast._tell((seq + 1, b"x"))
        assert [heard.get_nowait()[0] for _ in range(3)] == [1, 2, -1]
        assert heard.empty()
    assert broadcast.listeners == 0


async def test_a_heartbeat_tells_each_client_its_own_place(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "HEARTBEAT", 0.05)
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream?after=2") as answer:
            newest = series.newest_seq(site.store)
            told = await asyncio.wait_for(take(answer, 1 + newest - 2 + 2), 5)
    assert [(name, data["seq"]) for name, _, data in told[-2:]] == [("heartbeat", newest)] * 2


async def test_there_is_no_heartbeat_while_nothing_can_be_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot be read, a defect, a daemon that cannot write: a heartbeat would say that all is calm."""
    monkeypatch.setattr(casting, "HEARTBEAT", 0.05)
    monkeypatch.setattr(casting, "ASK_EVERY", 0.02)
    ready, real = True, casting.series.changes
    with served(site.app(health=lambda: {"ready": ready})) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream") as answer:
            heard: list[str] = []

            async def listen() -> None:
                async for name, _, _ in events(answer):
                    heard.append(name)

            async def beats(seconds: float) -> int:
                before = len(heard)
                await asyncio.sleep(seconds)
                return len(heard) - before

            listening = asyncio.create_task(listen())
            assert await beats(0.5) >= 2
            for problem in (StoreError("busy"), KeyError("UA-63")):

                def failing(*given: Any, problem: Exception = problem, **more: Any) -> Any:
                    raise problem

                monkeypatch.setattr(casting.series, "changes", failing)
                await beats(0.2)
                assert await beats(0.4) == 0, problem
                monkeypatch.setattr(casting.series, "changes", real)
                assert await beats(0.5) >= 2, problem
            ready = False
            await beats(0.2)
            assert await beats(0.4) == 0
            listening.cancel()


async def test_a_token_of_scope_full_hears_in_full_and_the_others_do_not(site: Site) -> None:
    secret = tokens.add(site.store, "desk", ["full"], site.clock.now())[1]
    headers = {"Authorization": f"Bearer {secret}"}
    with served(site.app()) as url:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{url}/v1/stream", headers=headers) as full,
            session.get(f"{url}/v1/stream") as public,
        ):
            await take(full, 1)
            await take(public, 1)
            await asyncio.to_thread(site.post, "strike UA-05")
            seen = [await asyncio.wait_for(take(answer, 1), 5) for answer in (full, public)]
    assert "strike UA-05" in json.dumps(seen[0])
    assert "strike UA-05" not in json.dumps(seen[1])
    assert seen[0][0][1] == seen[1][0][1]


async def test_N12_a_revoked_token_ends_its_open_stream(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casting, "HEARTBEAT", 0.05)
    made, secret = tokens.add(site.store, "desk", ["full"], site.clock.now())
    headers = {"Authorization": f"Bearer {secret}"}
    with served(site.app()) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream", headers=headers) as answer:
            await asyncio.wait_for(take(answer, 3), 5)
            await asyncio.to_thread(tokens.revoke, site.store, made.id, site.clock.now())
            async with asyncio.timeout(5):
                while await answer.content.readline():
                    pass


async def test_too_many_listeners_are_told_to_come_later(site: Site) -> None:
    with served(site.app(web=WebSection(stream_clients=0))) as url:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/v1/stream") as answer:
            assert answer.status == 503
            assert answer.content_type == "application/problem+json"


def test_what_is_withheld_on_the_pages_is_withheld_on_the_stream(site: Site) -> None:
    context = site.app().state.context
    text = b"".join(frame for _, frame in casting.frames(context, series.changes(site.store))).decode()
    assert "strike UA-63" not in text
    site.clock.at += timedelta(days=3)
    text = b"".join(frame for _, frame in casting.frames(context, series.changes(site.store))).decode()
    assert "strike UA-63" in text
