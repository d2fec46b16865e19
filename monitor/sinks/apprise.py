"""Push services by apprise (ntfy, Matrix, Slack, Discord, e-mail …): for people, so only what people want to hear.

``target`` holds one apprise URL, or several on lines of their own. They carry secrets: none is ever printed. Apprise
dials by itself, outside of the URL guard: only the operator's own configuration may name such an endpoint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import apprise

from monitor.errors import ConfigError, SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.telling import Told, is_for_people, parse, tell

__all__ = ["Apprise"]

DEADLINE = 20.0


class Apprise:
    """Sends in a thread; a deadline leaves a stuck service behind."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._clock = deps.clock
        self._services = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, secure_logging=True))
        for line in endpoint.target.split():
            if not self._services.add(line):
                raise ConfigError(f"endpoint {endpoint.id}: apprise does not understand one of its URLs")
        if not len(self._services):
            raise ConfigError(f"endpoint {endpoint.id}: type apprise needs at least one apprise URL")
        self._deadline = float(endpoint.options.get("deadline", DEADLINE))

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Raises ``SinkError`` when a service did not take it; apprise does not say why."""
        event = parse(delivery)
        if not is_for_people(event["type"]):
            return {"status": "skipped", "reason": "not for people"}
        told = tell(event, self._clock.now())
        try:
            async with asyncio.timeout(self._deadline):
                is_sent = await asyncio.to_thread(self._notify, told)
        except TimeoutError as error:
            raise SinkError(f"no answer within {self._deadline:g} s") from error
        except Exception as error:
            raise SinkError(f"the push service failed ({type(error).__name__})") from None
        if not is_sent:
            raise SinkError("a push service did not take the message")
        return {"status": "sent", "services": len(self._services)}

    async def close(self) -> None:
        """Nothing is held open."""

    def _notify(self, told: Told) -> bool:
        kind = apprise.NotifyType.WARNING if told.is_alarm else apprise.NotifyType.INFO
        return bool(self._services.notify(body=told.body, title=told.title, notify_type=kind))
