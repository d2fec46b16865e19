"""Where a broker is: its URL read, its name resolved and vetted. For sinks whose libraries dial by themselves."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.errors import AddressRefused, ConfigError, SinkError
from monitor.guard import GuardedResolver
from monitor.model import Endpoint

__all__ = ["Broker", "broker"]


@dataclass(frozen=True, slots=True)
class Broker:
    """Host, port and account of a broker. ``address`` is a vetted number: the library dials that, not the name."""

    host: str
    port: int
    is_tls: bool
    allow_networks: tuple[str, ...]
    user: str | None = field(repr=False, default=None)
    password: str | None = field(repr=False, default=None)

    async def address(self) -> str:
        """Raises ``SinkError`` when the name has no address, or one that may not be dialled."""
        try:
            found = await GuardedResolver(allow_networks=self.allow_networks).resolve(self.host, self.port)
        except AddressRefused as error:
            raise SinkError(f"the URL guard refused the address: {error}") from error
        except OSError as error:
            raise SinkError(f"the broker's name cannot be resolved ({type(error).__name__})") from None
        return str(found[0]["host"])

    def tls(self) -> ssl.SSLContext | None:
        """A context that verifies the certificate against the name, though a number is dialled; never unverified."""
        if not self.is_tls:
            return None
        context = _Named(ssl.PROTOCOL_TLS_CLIENT)
        context.name = self.host
        context.load_default_certs()
        return context


class _Named(ssl.SSLContext):
    name = ""

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        return super().wrap_socket(*args, **{**options, "server_hostname": self.name})


def broker(endpoint: Endpoint, schemes: Mapping[str, int]) -> Broker:
    """Read ``scheme://[user:password@]host[:port]``. Raises ``ConfigError`` that never shows the account."""
    where = f"endpoint {endpoint.id}"
    try:
        parts = urlsplit(endpoint.target)
        port = parts.port or schemes.get(parts.scheme, 0)
    except ValueError as error:
        raise ConfigError(f"{where}: the broker's address is no URL") from error
    if parts.scheme not in schemes or not parts.hostname:
        raise ConfigError(f"{where}: the broker's address starts with one of {', '.join(sorted(schemes))} and ://")
    return Broker(
        host=parts.hostname,
        port=port,
        is_tls=parts.scheme in ("mqtts", "tls"),
        allow_networks=endpoint.allow_networks,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
