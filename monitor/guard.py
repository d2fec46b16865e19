"""The URL guard: which addresses may be dialled at all.

Three walls, each enough alone against what it is for:

1. ``vet_url`` reads a URL with one strict parser and refuses what parsers disagree about.
2. ``GuardedResolver`` resolves a name once, vets *every* address of the answer, and hands on only numbers: the
   connection is pinned to what was vetted.
3. ``guarded_socket`` vets the number once more where the socket is made: a literal address, which never meets a
   resolver, meets this.

``special_networks.tsv`` is the explicit table. Of IPv6 only 2000::/3 is in use as global unicast (IANA IPv6 Address
Space registry); everything else is refused. An allow-list opens private networks, one by one, never the rest.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal, cast

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.errors import AddressRefused, ConfigError

__all__ = [
    "DEFAULT_PORTS",
    "GuardedResolver",
    "Target",
    "connector",
    "guarded_socket",
    "networks",
    "vet_address",
    "vet_url",
]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str, int, socket.AddressFamily], Awaitable[Sequence[str]]]

DEFAULT_PORTS = frozenset({80, 443, 8443})
"""Ports that may be dialled without being named; 80 only together with ``allow_http``."""

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,20})://(?P<authority>[^/?#]{1,300})(?P<rest>[/?].*)?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_MOST_CHARACTERS = 2_048


@dataclass(frozen=True, slots=True)
class Special:
    """One row of the table. ``is_openable``: an operator's allow-list may open it."""

    network: Network
    is_openable: bool
    name: str


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that passed the strict parser. ``host`` is in lower case, without brackets."""

    url: str
    scheme: Literal["http", "https"]
    host: str
    port: int


@lru_cache(maxsize=1)
def specials() -> tuple[Special, ...]:
    """The packaged table, the narrowest network first."""
    rows = []
    for line in files("monitor").joinpath("special_networks.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            network, opened, name, _source = line.split("\t")
            rows.append(Special(ip_network(network), opened == "by-list", name))
    return tuple(sorted(rows, key=lambda row: -row.network.prefixlen))


def networks(words: Iterable[str]) -> tuple[Network, ...]:
    """An allow-list as networks. Raises ``ConfigError`` for a word that is no network, or that opens nothing."""
    out = []
    for word in words:
        try:
            network = ip_network(word.strip())
        except ValueError as error:
            raise ConfigError(f"allow_networks: {word!r} is no network such as 192.168.1.0/24 ({error})") from error
        if not any(
            row.is_openable and row.network.version == network.version and network.subnet_of(cast(Any, row.network))
            for row in specials()
        ):
            raise ConfigError(f"allow_networks: {word!r} is no private network; only those are opened by a list")
        out.append(network)
    return tuple(out)


def vet_address(address: str, allowed: Sequence[Network] = ()) -> Address:
    """The address, when it may be dialled; raises ``AddressRefused`` with the network it lies in."""
    try:
        number = ip_address(address)
    except ValueError as error:
        raise AddressRefused(f"{address!r} is no IP address") from error
    if isinstance(number, IPv6Address) and number.scope_id is not None:
        raise AddressRefused(f"{address!r} carries a zone; write the address without it")
    for row in specials():
        if number.version == row.network.version and number in row.network:
            if row.is_openable and any(number.version == net.version and number in net for net in allowed):
                return number
            hint = "; name it in allow_networks if it is yours" if row.is_openable else ""
            raise AddressRefused(f"{number} lies in {row.network} ({row.name}){hint}")
    if isinstance(number, IPv6Address) and number not in _GLOBAL_UNICAST:
        raise AddressRefused(f"{number} lies outside of {_GLOBAL_UNICAST}, the public IPv6 addresses")
    return number


def vet_url(
    url: str,
    *,
    allow_http: bool = False,
    allow_networks: Sequence[str] = (),
    ports: Collection[int] = (),
) -> Target:
    """Read a URL strictly; raises ``AddressRefused``. ``ports`` adds to ``DEFAULT_PORTS``.

    Only a plain ``scheme://host[:port][/path][?query]`` passes: no userinfo, fragment, backslash, white space,
    control character or non-ASCII host (write it as ``xn--``), no odd spelling of a number as a host. A literal
    address is vetted here, a name where it is resolved.
    """
    if len(url) > _MOST_CHARACTERS:
        raise AddressRefused(f"the URL is longer than {_MOST_CHARACTERS} characters")
    if _FORBIDDEN.search(url):
        raise AddressRefused("the URL holds white space, a control character or a backslash")
    if "#" in url:
        raise AddressRefused("the URL has a fragment (#...); leave it out")
    found = _URL.fullmatch(url)
    if found is None:
        raise AddressRefused("this is no URL of the form https://host/path")
    scheme = found["scheme"].lower()
    if scheme not in ("http", "https"):
        raise AddressRefused(f"the scheme {scheme}: is not dialled, only https:")
    if scheme == "http" and not allow_http:
        raise AddressRefused("http: sends in clear; allow it explicitly (allow_http) or use https:")
    host, port = _split_authority(found["authority"], 443 if scheme == "https" else 80)
    if port not in DEFAULT_PORTS and port not in ports:
        raise AddressRefused(f"port {port} is not dialled unless it is named (ports)")
    _vet_host(host, networks(allow_networks))
    return Target(url, cast(Literal["http", "https"], scheme), host, port)


def _split_authority(authority: str, default_port: int) -> tuple[str, int]:
    if "@" in authority:
        raise AddressRefused("the URL carries a user name or password (@); leave it out")
    if authority.startswith("["):
        host, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise AddressRefused("the brackets around the IPv6 address do not match")
        given, has_port = rest[1:], bool(rest)
    else:
        host, colon, given = authority.partition(":")
        has_port = bool(colon)
    if not has_port:
        return host.lower(), default_port
    if not (given.isascii() and given.isdigit() and len(given) <= 5 and 0 < int(given) < 65_536):
        raise AddressRefused("the port is no number from 1 to 65535")
    return host.lower(), int(given)


def _vet_host(host: str, allowed: Sequence[Network]) -> None:
    if not host.isascii():
        raise AddressRefused("the host is not ASCII; write it in its xn-- form")
    if ":" in host:
        vet_address(host, allowed)
        return
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise AddressRefused("the host is no host name")
    last = host.rsplit(".", 1)[-1]
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        # Every resolver reads such a name as a number, each in its own way: only the canonical spelling passes.
        vet_address(host, allowed)


class GuardedResolver(AbstractResolver):
    """Resolves a name once and vets all its addresses: one bad one refuses the name.

    ``lookup(host, port, family)`` gives the addresses; the system's resolver by default.
    """

    def __init__(self, *, allow_networks: Sequence[str] = (), lookup: Lookup | None = None) -> None:
        self._allowed = networks(allow_networks)
        self._lookup = lookup or _system_lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses as numbers; raises ``AddressRefused``, or ``OSError`` where there is no answer."""
        found = await self._lookup(host, port, family)
        if not found:
            raise OSError(f"no address for {host}")
        vetted = [vet_address(address, self._allowed) for address in dict.fromkeys(found)]
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in vetted
        ]

    async def close(self) -> None:
        """Nothing is held open."""


async def _system_lookup(host: str, port: int, family: socket.AddressFamily) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    answer = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for _family, _type, _proto, _name, sockaddr in answer]


def guarded_socket(allow_networks: Sequence[str] = ()) -> Callable[[Any], socket.socket]:
    """A ``socket_factory`` for aiohttp that vets the number about to be dialled, whoever gave it."""
    allowed = networks(allow_networks)

    def make(info: Any) -> socket.socket:
        family, kind, proto, _name, sockaddr = info
        vet_address(str(sockaddr[0]), allowed)
        return socket.socket(family=family, type=kind, proto=proto)

    return make


def connector(*, allow_networks: Sequence[str] = (), lookup: Lookup | None = None, **options: Any) -> TCPConnector:
    """An aiohttp connector behind both inner walls. One per allow-list: connections are pooled by host alone."""
    return TCPConnector(
        resolver=GuardedResolver(allow_networks=allow_networks, lookup=lookup),
        socket_factory=guarded_socket(allow_networks),
        use_dns_cache=False,
        **options,
    )
