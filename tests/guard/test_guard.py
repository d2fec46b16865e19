"""The URL guard: faults N01-N05, N06, N08. No test dials an address outside loopback."""

from __future__ import annotations

import asyncio
import csv
import socket
import tomllib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import AddressRefused, ConfigError, SinkError, SourceError
from monitor.guard import GuardedResolver, connector, guarded_socket, networks, vet_address, vet_url
from monitor.http import Http
from monitor.model import Endpoint
from monitor.sinks import guarded_http

CASES = tomllib.loads(Path(__file__).with_name("addresses.toml").read_text("utf-8"))
MATRIX = Path(__file__).parents[2] / "../shared/data/ssrf_matrix.csv"


class Honeypot:
    """A server on loopback that nobody may reach."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.visits = 0


@pytest.fixture
async def honeypot() -> AsyncIterator[Honeypot]:
    found: list[Honeypot] = []

    async def visit(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found[0].visits += 1
        writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    found.append(Honeypot(server.sockets[0].getsockname()[1]))
    yield found[0]
    server.close()
    await server.wait_closed()


def answering(*addresses: str) -> Any:
    async def lookup(_host: str, _port: int, _family: int) -> Sequence[str]:
        return addresses

    return lookup


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address handed to the socket layer; each is dialled as a loopback port that is closed."""
    seen: list[str] = []

    async def start(*, addr_infos: Sequence[Any], **_options: Any) -> socket.socket:
        seen.extend(str(info[4][0]) for info in addr_infos)
        raise OSError(111, "refused by the test")

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", start)
    return seen


@pytest.mark.parametrize("address", CASES["block"])
def test_N01_a_special_purpose_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        vet_address(address)


@pytest.mark.parametrize("address", CASES["allow"])
def test_N01_a_public_address_beside_a_special_network_passes(address: str) -> None:
    assert str(vet_address(address)) == address


@pytest.mark.shared
def test_N01_the_whole_matrix_comes_out_right() -> None:
    if not MATRIX.exists():
        pytest.skip("the matrix of special-purpose addresses is not here")
    rows = list(csv.DictReader(MATRIX.open(encoding="utf-8")))
    assert (sum(row["expected"] == "block" for row in rows), len(rows)) == (51, 67)
    for row in rows:
        try:
            vet_address(row["ip"])
            said = "allow"
        except AddressRefused:
            said = "block"
        assert said == row["expected"], row["ip"]


async def test_N01_no_refused_address_reaches_the_socket_as_a_literal_or_as_an_answer(dialled: list[str]) -> None:
    for address in CASES["block"]:
        host = f"[{address}]" if ":" in address else address
        async with ClientSession(connector=connector(), trust_env=False) as session:
            with pytest.raises((AddressRefused, ClientError)):
                await session.get(f"http://{host}/")
        async with ClientSession(connector=connector(lookup=answering(address)), trust_env=False) as session:
            with pytest.raises((AddressRefused, ClientError)):
                await session.get("http://name.example/")
    assert [address for address in dialled if address in CASES["allow"]] == []
    for address in dialled:
        with pytest.raises(AddressRefused):
            guarded_socket()((socket.AF_INET6 if ":" in address else socket.AF_INET, 1, 6, "", (address, 80)))


async def test_N01_allowed_addresses_reach_the_connector_unchanged(dialled: list[str]) -> None:
    for address in CASES["allow"]:
        async with ClientSession(connector=connector(lookup=answering(address)), trust_env=False) as session:
            with pytest.raises(ClientError):
                await session.get("https://name.example/")
    assert list(dict.fromkeys(dialled)) == CASES["allow"]


@pytest.mark.parametrize("host", CASES["spellings"] + CASES["odd"])
def test_N02_an_odd_spelling_is_refused_by_the_parser(host: str) -> None:
    with pytest.raises(AddressRefused):
        vet_url(f"https://{host}/", ports=range(1, 65_536))


@pytest.mark.parametrize("host", CASES["spellings"] + CASES["names"])
async def test_N02_an_odd_spelling_is_refused_at_connect_time_too(host: str, honeypot: Honeypot) -> None:
    """Without the parser: what the system's resolver makes of it is vetted as a number."""
    async with ClientSession(connector=connector(), trust_env=False) as session:
        with pytest.raises((AddressRefused, ClientError, ValueError, UnicodeError)):
            await session.get(f"http://{host}:{honeypot.port}/")
    with pytest.raises((AddressRefused, OSError, ValueError, UnicodeError)):
        await GuardedResolver().resolve(host.strip("[]"), honeypot.port)
    assert honeypot.visits == 0


async def test_N03_a_name_is_resolved_once_all_its_addresses_are_vetted_and_the_number_is_pinned(
    dialled: list[str],
) -> None:
    answers = [["9.9.9.9"], ["127.0.0.1"]]
    asked: list[str] = []

    async def rebinding(host: str, _port: int, _family: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked) - 1, 1)]

    async with ClientSession(connector=connector(lookup=rebinding), trust_env=False) as session:
        with pytest.raises(ClientError):
            await session.get("https://rebinding.example/")
        assert (asked, dialled) == (["rebinding.example"], ["9.9.9.9"])
        with pytest.raises(AddressRefused):
            await session.get("https://rebinding.example/")
    assert dialled == ["9.9.9.9"]


@pytest.mark.parametrize("answer", [["9.9.9.9", "10.0.0.1"], ["10.0.0.1", "9.9.9.9"], ["2606:4700::1111", "::1"]])
async def test_N03_one_bad_address_refuses_the_whole_answer(answer: list[str]) -> None:
    with pytest.raises(AddressRefused):
        await GuardedResolver(lookup=answering(*answer)).resolve("mixed.example", 443)


async def test_N03_an_empty_answer_is_an_error_and_not_a_pass() -> None:
    with pytest.raises(OSError, match="no address"):
        await GuardedResolver(lookup=answering()).resolve("empty.example", 443)


@pytest.mark.parametrize("url", CASES["confusing"])
def test_N04_what_parsers_disagree_about_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        vet_url(url, allow_http=True, ports=range(1, 65_536))


@given(st.text(max_size=60))
def test_N04_whatever_passes_is_a_plain_name_or_a_vetted_number(text: str) -> None:
    for url in (f"https://{text}/", f"https://{text}", text):
        try:
            target = vet_url(url)
        except AddressRefused:
            continue
        assert target.host.isascii()
        assert target.port in {80, 443, 8443}
        assert not set(target.host) & set("@\\/#?% \t\n")


async def test_N05_proxies_of_the_environment_are_not_asked(
    honeypot: Honeypot, monkeypatch: pytest.MonkeyPatch, dialled: list[str]
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{honeypot.port}")
    http = Http(resolver=GuardedResolver(lookup=answering("9.9.9.9")), vet=vet_url, min_interval=0)
    with pytest.raises(SinkError):
        await http.post("https://name.example/", b"{}")
    with pytest.raises(SourceError):
        await http.get("https://name.example/")
    await http.close()
    assert honeypot.visits == 0
    assert set(dialled) == {"9.9.9.9"}


@pytest.mark.parametrize("url", CASES["schemes"])
def test_N06_only_https_is_dialled_unless_http_is_allowed(url: str) -> None:
    with pytest.raises(AddressRefused):
        vet_url(url)


@pytest.mark.parametrize("port", CASES["ports"])
def test_N06_other_ports_than_those_of_the_web_must_be_named(port: int) -> None:
    with pytest.raises(AddressRefused, match="port"):
        vet_url(f"https://example.com:{port}/")
    assert vet_url(f"https://example.com:{port}/", ports=[port]).port == port


async def test_N07_every_hop_of_a_redirect_is_vetted_anew(honeypot: Honeypot) -> None:
    hops = 0

    async def redirect(request: web.Request) -> web.Response:
        nonlocal hops
        hops += 1
        onward = {
            "internal": f"http://127.0.0.2:{honeypot.port}/",
            "metadata": "http://169.254.169.254/latest/meta-data/",
            "scheme": "file:///etc/passwd",
            "userinfo": f"http://u:p@127.0.0.1:{honeypot.port}/",
            "loop": str(request.url),
            "fifty": str(request.url.with_path(f"/fifty/{hops}")),
        }
        return web.Response(status=302, headers={"Location": onward[request.match_info["trick"]]})

    app = web.Application()
    app.router.add_get("/{trick}", redirect)
    app.router.add_get("/{trick}/{nth}", redirect)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    allowed = ("127.0.0.1/32",)

    def vet(url: str) -> object:
        return vet_url(url, allow_http=True, allow_networks=allowed, ports=[port, honeypot.port])

    http = Http(resolver=GuardedResolver(allow_networks=allowed), vet=vet, min_interval=0)
    for trick in ("internal", "metadata", "scheme", "userinfo"):
        with pytest.raises(SourceError):
            await http.get(f"http://127.0.0.1:{port}/{trick}", hops=3)
    assert hops == 4
    for trick in ("loop", "fifty"):
        hops = 0
        answer = await http.get(f"http://127.0.0.1:{port}/{trick}", hops=3)
        assert (answer.is_redirect, hops) == (True, 4)
    await http.close()
    await runner.cleanup()
    assert honeypot.visits == 0


def test_N08_a_private_network_is_opened_by_name_and_nothing_else_with_it() -> None:
    allowed = ("192.168.1.0/24",)
    url = "http://192.168.1.20:8123/api/webhook/x"
    assert vet_url(url, allow_http=True, allow_networks=allowed, ports=[8123]).host == "192.168.1.20"
    for other in ("192.168.2.20", "10.0.0.1", "127.0.0.1", "[::ffff:192.168.1.20]"):
        with pytest.raises(AddressRefused):
            vet_url(f"https://{other}/", allow_networks=allowed)


async def test_N08_a_name_that_resolves_into_the_allowed_network_passes() -> None:
    resolver = GuardedResolver(allow_networks=("192.168.1.0/24",), lookup=answering("192.168.1.20"))
    assert [each["host"] for each in await resolver.resolve("homeassistant.local", 8123)] == ["192.168.1.20"]
    with pytest.raises(AddressRefused):
        await GuardedResolver(lookup=answering("192.168.1.20")).resolve("homeassistant.local", 8123)


@pytest.mark.parametrize(
    "word", ["0.0.0.0/0", "::/0", "169.254.169.254/32", "224.0.0.0/4", "8.8.8.8/32", "home", "10.0.0.1/8"]
)
def test_N08_an_allow_list_opens_private_networks_only(word: str) -> None:
    with pytest.raises(ConfigError, match="allow_networks"):
        networks([word])


async def test_N01_the_client_of_an_endpoint_has_all_three_walls(
    honeypot: Honeypot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wall refuses alone: the parser, the resolver, and the socket."""
    from monitor.model import Endpoint

    url = f"http://127.0.0.1:{honeypot.port}/"
    one = Endpoint("e", "webhook", url, options={"allow_http": True, "ports": [honeypot.port]})
    http: Any = guarded_http(one)
    with pytest.raises(AddressRefused):
        await http.post(url, b"{}")
    http._vet = None
    with pytest.raises((AddressRefused, SinkError)):
        await http.post(url, b"{}")
    with pytest.raises((AddressRefused, SinkError)):
        await http.post(f"http://localhost:{honeypot.port}/", b"{}")
    await http.close()
    assert honeypot.visits == 0


TURNS = {
    "301": (301, "Location"),
    "302": (302, "Location"),
    "303": (303, "Location"),
    "307": (307, "Location"),
    "308": (308, "Location"),
    "created": (201, "Location"),
    "refresh": (200, "Refresh"),
    "content-location": (200, "Content-Location"),
}
REBINDINGS = {
    "at the second look": [["9.9.9.9"], ["127.0.0.1"]],
    "good, then bad": [["9.9.9.9", "127.0.0.1"]],
    "bad, then good": [["127.0.0.1", "9.9.9.9"]],
    "in another notation": [["::ffff:127.0.0.1"]],
}


@pytest.mark.parametrize("trick", TURNS)
async def test_N07_no_answer_of_an_endpoint_sends_a_webhook_elsewhere(trick: str, honeypot: Honeypot) -> None:
    """Eight of the twelve tricks: whatever the endpoint answers, only its own address is dialled."""
    status, header = TURNS[trick]
    elsewhere = f"http://127.0.0.1:{honeypot.port}/"

    async def turn(_request: web.Request) -> web.Response:
        value = f"0; url={elsewhere}" if header == "Refresh" else elsewhere
        return web.Response(
            status=status, headers={header: value}, text=f'<meta http-equiv="refresh" content="{value}">'
        )

    app = web.Application()
    app.router.add_post("/", turn)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    endpoint = Endpoint(
        "e", "webhook", f"http://127.0.0.1:{port}/", allow_networks=("127.0.0.0/8",),
        options={"allow_http": True, "ports": [port, honeypot.port]},
    )  # fmt: skip
    http = guarded_http(endpoint)
    assert (await http.post(endpoint.target, b"{}")).status == status
    await http.close()
    await runner.cleanup()
    assert honeypot.visits == 0


@pytest.mark.parametrize("trick", REBINDINGS)
async def test_N03_no_answer_of_a_name_server_sends_a_webhook_elsewhere(trick: str, dialled: list[str]) -> None:
    """Four of the twelve tricks: nothing but a public address ever reaches the connector."""
    answers = iter(REBINDINGS[trick])

    async def lookup(_host: str, _port: int, _family: int) -> Sequence[str]:
        return next(answers, ["127.0.0.1"])

    http = Http(resolver=GuardedResolver(lookup=lookup), vet=vet_url, socket_factory=guarded_socket(()))
    for _ in range(3):
        with pytest.raises((SinkError, AddressRefused)):
            await http.post("https://rebinding.example/", b"{}")
    await http.close()
    assert set(dialled) <= {"9.9.9.9"}
