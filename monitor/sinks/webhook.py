"""Signed webhooks: one POST per attempt, the frozen bytes as they are, any 2xx is an acknowledgement."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.errors import AddressRefused, ConfigError, EndpointGone, SinkError
from monitor.guard import vet_url
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Answer, Deps
from monitor.sinks.signing import Signer, headers, signers

__all__ = ["MAX_BODY", "Webhook", "asked_to_wait"]

MAX_BODY = 16_384
"""Bytes of an answer that are read at most."""

DEADLINE = 10.0
_OWN_HEADERS = frozenset(
    {"webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "host", "monitor-gap"}
)


class Webhook:
    """One endpoint that is posted to. Options: ``allow_http``, ``ports``, ``headers``, ``deadline`` in seconds,
    ``old_secrets_until`` (ISO 8601: from then on only the first secret signs).

    The URL is vetted when the sink is made, before every attempt, and at the socket.
    """

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        where = f"endpoint {endpoint.id}"
        options = endpoint.options
        try:
            vet_url(
                endpoint.target,
                allow_http=bool(options.get("allow_http")),
                allow_networks=endpoint.allow_networks,
                ports=tuple(options.get("ports", ())),
            )
        except AddressRefused as error:
            raise ConfigError(f"{where}: {error}") from error
        self._url = endpoint.target
        self._clock = deps.clock
        self._signers = signers(endpoint.secrets, where)
        self._old_until = _moment(options.get("old_secrets_until"), where)
        self._extra = _checked_headers(options.get("headers", {}), where)
        self._deadline = float(options.get("deadline", DEADLINE))
        self._http = deps.http(endpoint)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post once. Raises ``SinkError``; ``EndpointGone`` for 410. The log holds status, latency and clock skew."""
        now = self._clock.now()
        sent = {
            **self._extra,
            "content-type": "application/json",
            **headers(self._valid(now), delivery.message_id, delivery.body, now),
        }
        if delivery.gap:
            sent["monitor-gap"] = ",".join(str(seq) for seq in delivery.gap)
        began = time.perf_counter()
        try:
            answer = await self._http.post(
                self._url, delivery.body, headers=sent, deadline=self._deadline, max_body=MAX_BODY
            )
        except AddressRefused as error:
            raise SinkError(f"the URL guard refused the address: {error}") from error
        log: dict[str, JSON] = {
            "status": answer.status,
            "latency_ms": round((time.perf_counter() - began) * 1000, 1),
        }
        skew = _skew(answer.headers.get("date"), self._clock.now())
        if skew is not None:
            log["skew_s"] = skew
        _judge(answer, self._clock.now(), log)
        return log

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._http.close()

    def _valid(self, now: datetime) -> tuple[Signer, ...]:
        """Every secret until the rotation is over, then the current one alone."""
        is_over = self._old_until is not None and now >= self._old_until
        return self._signers[:1] if is_over else self._signers


def asked_to_wait(value: str | None, now: datetime) -> float | None:
    """Seconds asked for by ``Retry-After`` in either form; None where it is absent or says nothing."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    when = _http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def _moment(text: JSON, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise ConfigError(f"{where}: old_secrets_until is no ISO 8601 time") from error
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def _judge(answer: Answer, now: datetime, log: Mapping[str, JSON]) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if status == 410:
        raise EndpointGone("the endpoint answered 410 Gone", log=log)
    if 300 <= status < 400:
        raise SinkError(f"the endpoint answered {status}: redirects are not followed; put in its final URL", log=log)
    wait = asked_to_wait(answer.headers.get("retry-after"), now)
    raise SinkError(f"the endpoint answered {status}", retry_after=wait, log=log)


def _skew(date: str | None, now: datetime) -> float | None:
    """By how many seconds our clock is ahead of the endpoint's."""
    when = _http_date(date) if date else None
    return None if when is None else round((now - when).total_seconds(), 1)


def _http_date(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text[:64])
    except (ValueError, TypeError, OverflowError):
        return None
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
