"""ntfy: one live notification per event, updated in place; an alarm is always a notification of its own.

ntfy (2.16 and newer) replaces what was published under the same sequence id; an older server shows each message as a
new one. Strikes and figures of one event, and the end or the withdrawal of one alert, share the sequence of their
``subject``. Danger never goes into a sequence, nor does "no longer known": a change of an old notification might make
no sound.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from monitor.errors import ConfigError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.posting import Posting
from monitor.sinks.telling import Told, is_for_people, parse, tell

__all__ = ["Ntfy", "notification"]

_LOUD, _NORMAL = 5, 3
_IN_PLACE = ("strike.", "count.", "report.", "alert.cleared", "alert.retracted", "threat.ended")


class Ntfy:
    """``target`` is ``https://host/topic``; the first secret, if any, is its access token. Options: see ``Posting``."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._posting = Posting(endpoint, deps)
        parts = urlsplit(endpoint.target)
        self._topic = parts.path.strip("/")
        if not self._topic or "/" in self._topic:
            raise ConfigError(f"endpoint {endpoint.id}: type ntfy needs https://host/topic as its url")
        self._url = f"{parts.scheme}://{parts.netloc}/"
        self._headers = {"content-type": "application/json"}
        if endpoint.secrets:
            self._headers["authorization"] = f"Bearer {endpoint.secrets[0].strip()}"
        self._clock = deps.clock

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Publish once. Raises ``SinkError``; ``EndpointGone`` for 410."""
        event = parse(delivery)
        if not is_for_people(event["type"]):
            return {"status": "skipped", "reason": "not for people"}
        made = {"topic": self._topic, **notification(event, tell(event, self._clock.now()))}
        return await self._posting.post(self._url, json.dumps(made, ensure_ascii=False).encode("utf-8"), self._headers)

    async def close(self) -> None:
        """End the connections; may be called twice."""
        await self._posting.close()


def notification(event: dict[str, Any], told: Told) -> dict[str, JSON]:
    """The JSON that ntfy takes, without its topic."""
    made: dict[str, JSON] = {
        "title": told.title,
        "message": told.body,
        "priority": _LOUD if told.is_alarm else _NORMAL,
        "tags": ["rotating_light" if told.is_alarm else "information_source"],
    }
    if event["type"].startswith(_IN_PLACE):
        made["sequence_id"] = hashlib.sha256(event["subject"].encode()).hexdigest()[:32]
    if link := next((ref["link"] for ref in event["data"]["evidence"] if ref.get("link")), None):
        made["click"] = link
    return made
