"""Sinks: ``Delivery`` → outside. One file per kind; each keeps ``ports.Sink`` and fails alone.

``REGISTRY`` is the whole list of kinds. A sink of one's own is named in the configuration as ``type =
"package.module:Class"``; the class is called as ``Class(endpoint, deps)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from monitor.clock import SystemClock
from monitor.errors import ConfigError
from monitor.model import Endpoint
from monitor.ports import Clock, Sink

__all__ = ["REGISTRY", "Answer", "Deps", "Poster", "build", "guarded_http", "known_types"]

REGISTRY: dict[str, str] = {
    "alertmanager": "monitor.sinks.alertmanager:Alertmanager",
    "apprise": "monitor.sinks.apprise:Apprise",
    "cap": "monitor.sinks.cap:Cap",
    "jsonl": "monitor.sinks.jsonl:JsonLines",
    "mqtt": "monitor.sinks.mqtt:Mqtt",
    "nats": "monitor.sinks.nats:Nats",
    "ntfy": "monitor.sinks.ntfy:Ntfy",
    "stdout": "monitor.sinks.stdout:StandardOutput",
    "webhook": "monitor.sinks.webhook:Webhook",
}
"""Kind of sink → ``package.module:Class``."""


class Answer(Protocol):
    """What a far side said to a POST."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def body(self) -> bytes: ...


class Poster(Protocol):
    """Posts bytes as they are; follows no redirect. Raises ``SinkError`` without an answer, ``AddressRefused``."""

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        deadline: float = 10.0,
        max_body: int = 16_384,
    ) -> Answer: ...

    async def close(self) -> None: ...


def guarded_http(endpoint: Endpoint) -> Poster:
    """An HTTP client of this endpoint's own, behind the URL guard opened as far as the endpoint's allow-list says.

    One per endpoint: connections are pooled by host, so that a shared pool would lend one endpoint's permission to
    another, and a stuck endpoint would hold the others' connections.
    """
    from monitor.guard import GuardedResolver, guarded_socket, vet_url
    from monitor.http import Http

    @lru_cache(maxsize=16)
    def vet(url: str) -> object:
        return vet_url(
            url,
            allow_http=bool(endpoint.options.get("allow_http")),
            allow_networks=endpoint.allow_networks,
            ports=tuple(endpoint.options.get("ports", ())),
        )

    opened = endpoint.allow_networks
    return Http(
        resolver=GuardedResolver(allow_networks=opened), vet=vet, socket_factory=guarded_socket(opened), connections=32
    )


@dataclass(frozen=True, slots=True)
class Deps:
    """What a sink may use of the world: a client behind the guard, made per endpoint, and the wall clock."""

    http: Callable[[Endpoint], Poster] = guarded_http
    clock: Clock = field(default_factory=SystemClock)


def known_types() -> tuple[str, ...]:
    """The kinds that an endpoint may name without a module path."""
    return tuple(sorted(REGISTRY))


def build(endpoint: Endpoint, deps: Deps | None = None) -> Sink:
    """The sink of an endpoint, not yet connected. Raises ``ConfigError`` for an unknown kind or unusable options."""
    path = REGISTRY.get(endpoint.type, endpoint.type)
    module, _, name = path.partition(":")
    if not name:
        raise ConfigError(
            f"endpoint {endpoint.id}: type {endpoint.type!r} is not known; use one of {', '.join(known_types())}, "
            f'or "package.module:Class"'
        )
    try:
        made = getattr(import_module(module), name)
    except ImportError as error:
        if endpoint.type in REGISTRY:
            raise ConfigError(
                f"endpoint {endpoint.id}: type {endpoint.type!r} needs an extra: pip install "
                f'"airalert-monitor[{endpoint.type}]" ({error})'
            ) from error
        raise ConfigError(f"endpoint {endpoint.id}: {endpoint.type!r} cannot be loaded: {error}") from error
    except AttributeError as error:
        raise ConfigError(f"endpoint {endpoint.id}: {module} has no {name!r}") from error
    return cast(Sink, made(endpoint, deps or Deps()))
