"""Standard output: one JSON line per message, for pipes and for looking."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from monitor.errors import SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps

__all__ = ["HIDDEN", "StandardOutput"]

HIDDEN = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x2028, 0x202F))}
"""Characters that steer a terminal or hide text and that JSON leaves as they are; inside a JSON text only strings can
hold them, so their escape means the same."""


class StandardOutput:
    """Writes each body as a line of its own and flushes it. What steers a terminal is escaped: no line is forged."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._name = endpoint.id

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Raises ``SinkError`` when nobody reads any more."""
        try:
            sys.stdout.write(delivery.body.decode("utf-8").translate(HIDDEN) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError) as error:
            raise SinkError(f"standard output cannot be written ({type(error).__name__})") from error
        return {"status": "written"}

    async def close(self) -> None:
        """Standard output stays open."""
