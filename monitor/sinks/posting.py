"""What every sink that posts over HTTP does alike: a vetted address, one bounded POST, an answer judged by status."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from monitor.errors import AddressRefused, ConfigError, EndpointGone, SinkError
from monitor.guard import vet_url
from monitor.model import JSON, Endpoint
from monitor.sinks import Answer, Deps

__all__ = ["DEADLINE", "MAX_BODY", "Posting", "asked_to_wait"]

MAX_BODY = 16_384
"""Bytes of an answer that are read at most."""

DEADLINE = 10.0


class Posting:
    """The POSTs of one endpoint. Options: ``allow_http``, ``ports``, ``deadline`` in seconds. Raises ``ConfigError``.

    The address is vetted when this is made, before every attempt, and at the socket.
    """

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        options = endpoint.options
        try:
            vet_url(
                endpoint.target,
                allow_http=bool(options.get("allow_http")),
                allow_networks=endpoint.allow_networks,
                ports=tuple(options.get("ports", ())),
            )
        except AddressRefused as error:
            raise ConfigError(f"endpoint {endpoint.id}: {error}") from error
        self._clock = deps.clock
        self._deadline = float(options.get("deadline", DEADLINE))
        self._http = deps.http(endpoint)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, JSON]:
        """Post once; any 2xx is an acknowledgement. Raises ``SinkError``; ``EndpointGone`` for 410.

        Gives what the log holds: status, latency and, where the answer is dated, by how much our clock is ahead.
        """
        began = time.perf_counter()
        try:
            answer = await self._http.post(url, body, headers=headers, deadline=self._deadline, max_body=MAX_BODY)
        except AddressRefused as error:
            raise SinkError(f"the URL guard refused the address: {error}") from error
        now = self._clock.now()
        log: dict[str, JSON] = {
            "status": answer.status,
            "latency_ms": round((time.perf_counter() - began) * 1000, 1),
        }
        skew = _skew(answer.headers.get("date"), now)
        if skew is not None:
            log["skew_s"] = skew
        _judge(answer, now, log)
        return log

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._http.close()


def asked_to_wait(value: str | None, now: datetime) -> float | None:
    """Seconds asked for by ``Retry-After`` in either form; None where it is absent or says nothing."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    when = _http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


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
