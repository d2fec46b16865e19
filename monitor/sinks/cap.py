"""CAP 1.2 (OASIS) messages, posted: alerts, threats and their ends, for whoever already reads CAP.

What a message says is decided in ``monitor.formats.cap``.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.errors import AddressRefused, EndpointGone, SinkError
from monitor.formats import cap
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.signing import headers, signers
from monitor.sinks.telling import parse

__all__ = ["Cap"]


class Cap:
    """``target`` takes a POST of ``application/cap+xml``. Signed like a webhook when the endpoint has secrets."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._url = endpoint.target
        self._sender = str(endpoint.options.get("sender", cap.SENDER))
        self._deadline = float(endpoint.options.get("deadline", 10.0))
        self._signers = signers(endpoint.secrets, f"endpoint {endpoint.id}") if endpoint.secrets else ()
        self._clock = deps.clock
        self._http = deps.http(endpoint)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post one message; what CAP has no word for is skipped. Raises ``SinkError``."""
        event = parse(delivery)
        if not cap.is_told(event["type"]):
            return {"status": "skipped", "reason": "no alert"}
        body = cap.message(event, self._sender)
        sent = {"content-type": "application/cap+xml; charset=utf-8"}
        if self._signers:
            sent |= headers(self._signers, delivery.message_id, body, self._clock.now())
        try:
            answer = await self._http.post(self._url, body, headers=sent, deadline=self._deadline)
        except AddressRefused as error:
            raise SinkError(f"the URL guard refused the address: {error}") from error
        log = {"status": answer.status}
        if answer.status == 410:
            raise EndpointGone("the endpoint answered 410 Gone", log=log)
        if not 200 <= answer.status < 300:
            raise SinkError(f"the endpoint answered {answer.status}", log=log)
        return log

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._http.close()
