"""A sink of somebody else: one syslog line (RFC 5424) per change, over UDP.

What a sink has to keep stands in ``monitor.ports.Sink``: ``send`` returns when the far side has the message and raises
``SinkError`` when it has not; it may be called again with the same ``message_id``. Waiting, order and retries are the
delivery stage's business, not the sink's. UDP acknowledges nothing, so "sent" here only means "handed to the kernel".
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

from monitor.errors import ConfigError, SinkError
from monitor.model import Delivery, Endpoint
from monitor.sinks import Deps

__all__ = ["Syslog"]

FACILITY_USER = 1
SEVERITY = {"alert.started": 1, "alert.cleared": 5}


class Syslog:
    """``url`` is ``host:port``. Raises ``ConfigError`` for anything else."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        host, _, port = endpoint.target.rpartition(":")
        if not host or not port.isdigit():
            raise ConfigError(f"endpoint {endpoint.id}: url must be host:port")
        self._address = (host, int(port))
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    async def send(self, delivery: Delivery) -> Mapping[str, Any]:
        event = json.loads(delivery.body)
        data = event["data"]
        places = ", ".join(place["name"] for place in data["places"])
        text = f"{event['type']} seq={data['seq']} late={data['late']} nature={data['nature']} places={places}"
        plain = "".join(char if char.isprintable() else " " for char in text)
        priority = FACILITY_USER * 8 + SEVERITY.get(event["type"], 6)
        line = f"<{priority}>1 {data['known_at']} - monitor - {delivery.message_id} - {plain}"
        try:
            self._socket.sendto(line.encode()[:2048], self._address)
        except OSError as error:
            raise SinkError(f"syslog cannot be reached ({type(error).__name__})") from error
        return {"status": "sent"}

    async def close(self) -> None:
        self._socket.close()
