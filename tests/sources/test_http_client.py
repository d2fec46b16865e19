"""The HTTP client is bounded in time, bytes, headers, redirects and manners."""

from __future__ import annotations

import gzip
import resource
import time
import zlib
from datetime import UTC, datetime

import pytest
from aiohttp import web

from monitor.errors import (
    AddressRefused,
    SinkError,
    SourceBroken,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)
from monitor.http import Http, retry_after, sample

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


def packed(how: str, data: bytes) -> bytes:
    if how == "gzip":
        return gzip.compress(data)
    if how == "raw deflate":
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
    if how == "two members":
        half = len(data) // 2
        return gzip.compress(data[:half]) + gzip.compress(data[half:])
    return zlib.compress(data)


@pytest.mark.parametrize(
    ("how", "encoding"),
    [("gzip", "gzip"), ("zlib", "deflate"), ("raw deflate", "deflate"), ("two members", "gzip")],
)
async def test_packed_answers_are_unpacked(serve, http, how, encoding):
    text = b"<rss>" + b"word " * 5000

    async def handler(request):
        assert request.headers["Accept-Encoding"] == "gzip, deflate"
        assert request.headers["User-Agent"] == "test"
        return web.Response(body=packed(how, text), headers={"Content-Encoding": encoding})

    assert (await http.get(await serve(handler))).body == text


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_other_packings_are_refused(serve, http, encoding):
    async def handler(request):
        return web.Response(body=b"xx", headers={"Content-Encoding": encoding})

    with pytest.raises(SourceBroken, match="packed as"):
        await http.get(await serve(handler))


@pytest.mark.parametrize(
    "body", [gzip.compress(b"x" * 9999, mtime=0)[:-9], b"not gzip at all"], ids=["cut short", "no gzip"]
)
async def test_a_damaged_stream_is_a_broken_source(serve, http, body):
    async def handler(request):
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    with pytest.raises(SourceBroken):
        await http.get(await serve(handler))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_H12_a_bomb_costs_its_cap_and_no_more(serve, http, encoding):
    packer = zlib.compressobj(1, wbits=31 if encoding == "gzip" else 15)
    bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(60)), packer.flush()])
    assert len(bomb) < 400_000

    async def handler(request):
        return web.Response(body=bomb, headers={"Content-Encoding": encoding})

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceBroken):
        await http.get(await serve(handler))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000


async def test_H13_a_nested_archive_is_unpacked_once_and_never_decoded_further(serve, http):
    inner = gzip.compress(b"a" * 100_000)

    async def handler(request):
        return web.Response(body=gzip.compress(inner), headers={"Content-Encoding": "gzip"})

    assert (await http.get(await serve(handler))).body == inner


async def test_H14_a_slow_drip_ends_at_the_total_deadline(raw_serve, http):
    url = await raw_serve([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b"x"] * 200], pause=0.03)
    started = time.monotonic()
    with pytest.raises(SourceUnavailable, match="no complete answer"):
        await http.get(url, deadline=0.3)
    assert time.monotonic() - started < 1


async def test_H14_an_endless_body_ends_at_the_cap(raw_serve, http):
    url = await raw_serve([b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 200])
    with pytest.raises(SourceBroken, match="longer than 300000"):
        await http.get(url, max_bytes=300_000)


@pytest.mark.parametrize(
    "headers",
    [b"".join(b"X-%d: y\r\n" % n for n in range(10_000)), b"X: " + b"y" * 1_000_000 + b"\r\n"],
    ids=["10k headers", "1 MB header line"],
)
async def test_H14_headers_are_capped(raw_serve, http, headers):
    url = await raw_serve([b"HTTP/1.1 200 OK\r\n" + headers + b"Content-Length: 0\r\n\r\n"])
    with pytest.raises(SourceBroken):
        await http.get(url)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, SourceThrottled),
        (500, SourceUnavailable),
        (502, SourceUnavailable),
        (503, SourceUnavailable),
        (408, SourceUnavailable),
        (401, SourceRefused),
        (403, SourceRefused),
        (404, SourceRefused),
        (410, SourceRefused),
        (400, SourceBroken),
    ],
)
async def test_a_status_says_what_can_be_done(serve, http, status, error):
    async def handler(request):
        return web.Response(
            status=status, body=b"wait\x1b[2J a bit", headers={"Retry-After": "7", "Content-Encoding": "identity"}
        )

    with pytest.raises(error) as caught:
        await http.get(await serve(handler))
    assert caught.value.retry_after == 7
    assert "\x1b" not in caught.value.sample


async def test_a_passing_status_is_an_answer(serve, http):
    async def handler(request):
        return web.Response(status=401, body=b"later")

    found = await http.get(await serve(handler), passing=frozenset({401}))
    assert (found.status, found.body) == (401, b"later")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        ("0", 1),
        ("999999999999999999", 86400),
        ("Tue, 10 Nov 2026 12:02:00 GMT", 120),
        ("Tue, 10 Nov 2026 11:00:00 GMT", 1),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(value, seconds):
    assert retry_after(value, NOW) == seconds


async def test_a_conditional_request_comes_back_not_modified(serve, http):
    async def handler(request):
        assert request.headers["If-None-Match"] == '"a"'
        assert request.headers["If-Modified-Since"] == "yesterday"
        return web.Response(status=304)

    found = await http.get(await serve(handler), etag='"a"', last_modified="yesterday")
    assert found.not_modified
    assert found.body == b""


async def test_T26_a_304_with_a_body_is_a_broken_answer_that_hurts_no_later_one(raw_serve, http):
    url = await raw_serve([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello"])
    with pytest.raises(SourceBroken, match="not valid HTTP"):
        await http.get(url)
    good = await raw_serve([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"])
    assert (await http.get(good)).not_modified


async def test_redirects_are_not_followed_unless_hops_are_given(serve, http):
    async def handler(request):
        if request.path == "/end":
            return web.Response(text="here")
        return web.Response(status=302, headers={"Location": "/end"})

    base = await serve(handler)
    assert (await http.get(base)).status == 302
    found = await http.get(base, hops=3)
    assert (found.status, found.body, found.final_url) == (200, b"here", base + "/end")


async def test_each_hop_is_vetted_and_a_loop_ends(serve):
    seen = []

    def vet(url):
        seen.append(url)
        if "/secret" in url:
            raise AddressRefused("that address is not allowed")

    async def handler(request):
        target = "/secret" if request.path == "/in" else "/loop"
        return web.Response(status=302, headers={"Location": target})

    client = Http(min_interval=0, vet=vet)
    base = await serve(handler)
    with pytest.raises(SourceRefused, match="not allowed"):
        await client.get(base + "/in", hops=3)
    assert seen == [base + "/in", base + "/secret"]
    assert (await client.get(base + "/loop", hops=3)).status == 302
    assert len(seen) == 6
    await client.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1", "nonsense://x/", "http://a b/"])
async def test_what_cannot_be_reached_is_a_source_error(http, url):
    with pytest.raises((SourceUnavailable, SourceBroken)):
        await http.get(url)


async def test_one_host_gets_at_most_one_request_a_second(serve):
    now, waited = [100.0], []

    async def sleep(seconds):
        waited.append(seconds)
        now[0] += seconds

    async def handler(request):
        return web.Response(text="x")

    client = Http(monotonic=lambda: now[0], sleep=sleep, intervals={"localhost": 0.0})
    base = await serve(handler)
    for _ in range(3):
        await client.get(base)
    assert waited == [1.0, 1.0]
    for _ in range(3):
        await client.get(base.replace("127.0.0.1", "localhost"))
    assert waited == [1.0, 1.0]
    await client.close()


async def test_post_sends_the_bytes_as_they_are_and_reads_at_most_16_kb(serve, http):
    got = []

    async def handler(request):
        got.append((await request.read(), request.headers["webhook-id"], request.headers["Content-Type"]))
        return web.Response(status=202, body=b"z" * 100_000)

    found = await http.post(
        await serve(handler), b'{"a": 1}', headers={"webhook-id": "m1", "Content-Type": "application/json"}
    )
    assert got == [(b'{"a": 1}', "m1", "application/json")]
    assert (found.status, len(found.body)) == (202, 16_384)


async def test_post_follows_no_redirect_and_raises_for_no_status(serve, http):
    async def handler(request):
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    assert (await http.post(await serve(handler), b"x")).status == 307


async def test_post_counts_a_status_line_as_the_answer_though_the_body_never_comes(raw_serve, http):
    url = await raw_serve([b"HTTP/1.1 204 No Content\r\n\r\n"])
    assert (await http.post(url, b"x")).status == 204
    url = await raw_serve([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab"])
    assert (await http.post(url, b"x")).body == b"ab"
    url = await raw_serve([b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 50], pause=0.03)
    assert (await http.post(url, b"x", deadline=0.2)).status == 200


async def test_post_without_an_answer_is_a_sink_error(raw_serve, http):
    with pytest.raises(SinkError, match="cannot connect"):
        await http.post("http://127.0.0.1:9/secret-path", b"x")
    url = await raw_serve([b"HTTP/1.1 200 OK\r\nX: "] + [b"x"] * 100, pause=0.03)
    with pytest.raises(SinkError, match="no complete answer") as caught:
        await http.post(url + "?token=canary", b"x", deadline=0.2)
    assert "canary" not in str(caught.value)


async def test_N05_proxies_of_the_environment_are_not_used(serve, http, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    async def handler(request):
        return web.Response(text="direct")

    assert (await http.get(await serve(handler))).body == b"direct"


def test_a_sample_is_one_printable_line():
    assert sample(b"<html>\n\x1b[31m \xff  all clear\x00") == "<html> [31m � all clear"
