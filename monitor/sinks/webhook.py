"""Signed webhooks: one POST per attempt, the frozen bytes as they are, any 2xx is an acknowledgement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from monitor.errors import ConfigError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.posting import Posting
from monitor.sinks.signing import Signer, headers, signers

__all__ = ["Webhook"]

_OWN_HEADERS = frozenset(
    {"webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "host", "monitor-gap"}
)


MOST_GAPS = 100
"""The newest parked messages that the header names: one of thousands is refused, and with it the message."""


class Webhook:
    """One endpoint that is posted to. Options: those of ``Posting``, ``headers``, ``old_secrets_until`` (ISO 8601: from
    then on only the first secret signs).
    """

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        where = f"endpoint {endpoint.id}"
        options = endpoint.options
        self._posting = Posting(endpoint, deps)
        self._url = endpoint.target
        self._clock = deps.clock
        self._signers = signers(endpoint.secrets, where)
        self._old_until = _moment(options.get("old_secrets_until"), where)
        self._extra = _checked_headers(options.get("headers", {}), where)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post once. Raises ``SinkError``; ``EndpointGone`` for 410. The log holds status, latency and clock skew."""
        now = self._clock.now()
        sent = {
            **self._extra,
            "content-type": "application/json",
            **headers(self._valid(now), delivery.message_id, delivery.body, now),
        }
        if delivery.gap:
            sent["monitor-gap"] = ",".join(str(seq) for seq in delivery.gap[-MOST_GAPS:])
        return await self._posting.post(self._url, delivery.body, sent)

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._posting.close()

    def _valid(self, now: datetime) -> tuple[Signer, ...]:
        """Every secret until the rotation is over, then the current one alone."""
        is_over = self._old_until is not None and now >= self._old_until
        return self._signers[:1] if is_over else self._signers


def _moment(text: JSON, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ConfigError(f"{where}: old_secrets_until is no ISO 8601 time") from error
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _checked_headers(given: Mapping[str, JSON], where: str) -> dict[str, str]:
    out = {}
    for name, value in given.items():
        text = str(value)
        if name.lower() in _OWN_HEADERS:
            raise ConfigError(f"{where}: the header {name!r} is set by monitor itself")
        if not all(char.isascii() and (char.isalnum() or char in "-_") for char in name) or not text.isprintable():
            raise ConfigError(f"{where}: the header {name!r} or its value holds a character that headers cannot")
        out[name] = text
    return out
