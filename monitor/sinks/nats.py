"""NATS JetStream: each message published under its type, de-duplicated by its id, acknowledged by the server.

``target`` is ``nats://[user:password@]host:4222``. Options: ``prefix`` (``monitor``). A stream that captures
``monitor.>`` must exist: monitor makes none, because retention is the operator's choice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import nats

from monitor.errors import SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.dialling import Broker, broker

__all__ = ["Nats"]

DEADLINE = 10.0


class Nats:
    """Connects at the first message and again after a failure; the delivery stage owns the waiting."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._broker: Broker = broker(endpoint, {"nats": 4222, "tls": 4222})
        self._prefix = str(endpoint.options.get("prefix", "monitor"))
        self._deadline = float(endpoint.options.get("deadline", DEADLINE))
        self._client: Any = None
        self._turn = asyncio.Lock()

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Publish and wait for the stream's acknowledgement. Raises ``SinkError``."""
        subject = f"{self._prefix}.{delivery.type}"
        try:
            async with asyncio.timeout(self._deadline):
                stream = await self._stream()
                said = await stream.publish(
                    subject,
                    delivery.body,
                    headers={"Nats-Msg-Id": delivery.message_id, "Content-Type": "application/json"},
                )
        except TimeoutError as error:
            await self._drop()
            raise SinkError(f"no acknowledgement within {self._deadline:g} s") from error
        except (nats.errors.Error, OSError) as error:
            await self._drop()
            raise SinkError(f"NATS did not take the message ({type(error).__name__})") from None
        return {"status": "stored", "stream": str(said.stream), "stream_seq": int(said.seq)}

    async def close(self) -> None:
        """End the connection; may be called twice."""
        await self._drop()

    async def _stream(self) -> Any:
        async with self._turn:
            if self._client is None or not self._client.is_connected:
                address = await self._broker.address()
                self._client = await nats.connect(
                    f"nats://{address}:{self._broker.port}",
                    user=self._broker.user,
                    password=self._broker.password,
                    tls=self._broker.tls(),
                    tls_hostname=self._broker.host if self._broker.is_tls else None,
                    allow_reconnect=False,
                    connect_timeout=5,
                    error_cb=_quiet,
                )
            return self._client.jetstream()

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                await asyncio.wait_for(client.close(), 2)
            except (TimeoutError, nats.errors.Error, OSError):
                return


async def _quiet(_error: Exception) -> None:
    """The failed publish tells; the client's own log would repeat addresses."""
