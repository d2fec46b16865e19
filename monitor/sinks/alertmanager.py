"""Prometheus Alertmanager: firing while a region is under alert.

Alertmanager resolves what is not renewed: a time-out there looks like an end here. So ``endsAt`` is set far ahead and
renewed at every heartbeat, and only an explicit all-clear ends an alert. A region that is no longer known fires
``AirAlertUnknown`` beside it. **"Resolved" is never an all-clear**: every alert says so in its annotations.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from monitor.errors import EndpointGone, SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.posting import Posting
from monitor.sinks.telling import parse, tell

__all__ = ["AHEAD", "Alertmanager"]

AHEAD = timedelta(days=7)
_REMARK = "Resolved in Alertmanager is not an all-clear: only an alert.cleared message of monitor is one."


class Alertmanager:
    """``target`` is the base URL. Options: ``labels`` (added to every alert) and those of ``Posting``."""

    wants_snapshot = True

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._url = endpoint.target.rstrip("/") + "/api/v2/alerts"
        self._labels = {str(name): str(value) for name, value in endpoint.options.get("labels", {}).items()}
        self._clock = deps.clock
        self._posting = Posting(endpoint, deps)
        self._firing: dict[tuple[str, str], dict[str, Any]] = {}
        self._as_of: dict[str, str] = {}

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post what changed; at a heartbeat, everything that fires. Raises ``SinkError``."""
        event = parse(delivery)
        now = self._clock.now()
        if event["type"] == "heartbeat":
            changed = [self._renewed(alert, now) for alert in self._firing.values()]
        elif event["data"]["nature"] in ("actual", "system"):
            changed = self._of_regions(event, now)
        else:
            changed = []
        if not changed:
            return {"status": "skipped", "reason": "nothing fires"}
        body = json.dumps(changed, ensure_ascii=False).encode()
        try:
            said = await self._posting.post(self._url, body, {"content-type": "application/json"})
        except EndpointGone as gone:
            # That is what it answers for an interface it no longer has; nobody has unsubscribed.
            raise SinkError(str(gone), log=gone.log) from gone
        for alert in changed:
            key = (alert["labels"]["alertname"], alert["labels"]["region_id"])
            if alert["endsAt"] > now.isoformat():
                self._firing[key] = alert
            else:
                self._firing.pop(key, None)
        return {**said, "alerts": len(changed)}

    async def close(self) -> None:
        """What fires goes on firing until its ``endsAt``: a stop of monitor is no all-clear."""
        await self._posting.close()

    def _of_regions(self, event: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
        if event["data"]["late"] and event["type"] != "state.snapshot":
            return []
        text = tell(event, now).title
        out = []
        for place, region in event["data"]["state"].items():
            if region["as_of"] < self._as_of.get(place, ""):
                continue
            self._as_of[place] = region["as_of"]
            is_unknown = region["state"] == "unknown"
            if region["state"] in ("active", "partial"):
                out.append(self._alert("AirAlert", region, text, now, ends=now + AHEAD))
            elif region["state"] == "clear":
                out.append(self._alert("AirAlert", region, text, now, ends=now))
            if is_unknown or ("AirAlertUnknown", place) in self._firing:
                out.append(self._alert("AirAlertUnknown", region, text, now, ends=now + AHEAD if is_unknown else now))
        return out

    def _alert(self, name: str, region: dict[str, Any], text: str, now: datetime, *, ends: datetime) -> dict[str, Any]:
        known = self._firing.get((name, region["place"]))
        starts = known["startsAt"] if known else min(region.get("since") or now.isoformat(), now.isoformat())
        return {
            "labels": {
                "alertname": name,
                "region": region["name"],
                "region_id": region["place"],
                "severity": "critical" if name == "AirAlert" else "warning",
                **self._labels,
            },
            "annotations": {"summary": text, "state": region["state"], "remark": _REMARK},
            "startsAt": starts,
            "endsAt": ends.isoformat(),
        }

    def _renewed(self, alert: dict[str, Any], now: datetime) -> dict[str, Any]:
        return {**alert, "endsAt": (now + AHEAD).isoformat()}
