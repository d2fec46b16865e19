"""CAP 1.2 (OASIS) messages, posted: alerts, threats and their ends, for whoever already reads CAP.

What a message says is decided in ``monitor.formats.cap``.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.formats import cap
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.posting import Posting
from monitor.sinks.signing import headers, signers
from monitor.sinks.telling import parse

__all__ = ["Cap"]


class Cap:
    """``target`` takes a POST of ``application/cap+xml``. Signed like a webhook when the endpoint has secrets."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._url = endpoint.target
        self._sender = str(endpoint.options.get("sender", cap.SENDER))
        self._signers = signers(endpoint.secrets, f"endpoint {endpoint.id}") if endpoint.secrets else ()
        self._clock = deps.clock
        self._posting = Posting(endpoint, deps)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post one message; what CAP has no word for is skipped. Raises ``SinkError``."""
        event = parse(delivery)
        if not cap.is_told(event["type"]):
            return {"status": "skipped", "reason": "no alert"}
        body = cap.message(event, self._sender)
        sent = {"content-type": "application/cap+xml; charset=utf-8"}
        if self._signers:
            sent |= headers(self._signers, delivery.message_id, body, self._clock.now())
        return await self._posting.post(self._url, body, sent)

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._posting.close()
