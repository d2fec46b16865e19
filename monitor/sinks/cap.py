"""CAP 1.2 (OASIS) messages, posted: alerts, threats and their ends, for whoever already reads CAP.

The first message of an alert has the interval's id as its identifier; what follows refers to it. An all-clear is an
``Update`` with ``responseType`` AllClear; a false alarm is a ``Cancel``; an alert that is no longer known is an
``Update`` with unknown certainty and no AllClear. A message is never more final than what was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from monitor.errors import AddressRefused, EndpointGone, SinkError
from monitor.model import JSON, Delivery, Endpoint
from monitor.sinks import Deps
from monitor.sinks.signing import headers, signers
from monitor.sinks.telling import parse, tell

__all__ = ["NAMESPACE", "Cap", "message"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "airalert-monitor"
_STATUS = {"actual": "Actual", "exercise": "Exercise", "test": "Test", "system": "System"}
_FIRST = ("alert.started", "threat.started")
_FOLLOWING = ("alert.affirmed", "alert.partial", "alert.cleared", "alert.expired", "alert.retracted", "threat.ended")


class Cap:
    """``target`` takes a POST of ``application/cap+xml``. Signed like a webhook when the endpoint has secrets."""

    def __init__(self, endpoint: Endpoint, deps: Deps) -> None:
        self._url = endpoint.target
        self._sender = str(endpoint.options.get("sender", SENDER))
        self._deadline = float(endpoint.options.get("deadline", 10.0))
        self._signers = signers(endpoint.secrets, f"endpoint {endpoint.id}") if endpoint.secrets else ()
        self._clock = deps.clock
        self._http = deps.http(endpoint)

    async def send(self, delivery: Delivery) -> Mapping[str, JSON]:
        """Post one message; what CAP has no word for is skipped. Raises ``SinkError``."""
        event = parse(delivery)
        if event["type"] not in (*_FIRST, *_FOLLOWING):
            return {"status": "skipped", "reason": "no alert"}
        body = message(event, self._sender, self._clock.now())
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


def message(event: dict[str, Any], sender: str, now: datetime) -> bytes:
    """The CAP document of an alert's or a threat's change, UTF-8 with declaration."""
    data, kind = event["data"], event["type"]
    is_first = kind in _FIRST
    root = ElementTree.Element("alert", {"xmlns": NAMESPACE})
    _add(root, "identifier", data["subject"] if is_first else _plain_id(event["id"]))
    _add(root, "sender", sender)
    _add(root, "sent", _time(data["occurred_at"] if is_first else data["known_at"]))
    _add(root, "status", _STATUS[data["nature"]])
    _add(root, "msgType", "Alert" if is_first else "Cancel" if kind == "alert.retracted" else "Update")
    _add(root, "scope", "Public")
    if data["late"]:
        _add(root, "note", "Late: this was history already when it was learnt.")
    if not is_first:
        first_at = data["details"].get("started_at") or data["details"].get("since") or data["occurred_at"]
        _add(root, "references", f"{sender},{data['subject']},{_time(first_at)}")
    _add_info(root, event, now)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _add_info(root: ElementTree.Element, event: dict[str, Any], now: datetime) -> None:
    data, kind = event["data"], event["type"]
    told = tell(event, now)
    is_end = kind in ("alert.cleared", "alert.retracted", "threat.ended")
    info = ElementTree.SubElement(root, "info")
    _add(info, "language", "en")
    _add(info, "category", "Safety")
    _add(info, "event", "Air alert" if kind.startswith("alert.") else "Air threat")
    if kind in _FIRST:
        _add(info, "responseType", "Shelter")
    elif kind == "alert.cleared":
        _add(info, "responseType", "AllClear")
    _add(info, "urgency", "Past" if is_end or data["late"] else "Unknown" if kind == "alert.expired" else "Immediate")
    _add(info, "severity", "Minor" if is_end else "Unknown" if kind == "alert.expired" else "Severe")
    _add(info, "certainty", "Unknown" if kind == "alert.expired" else "Observed" if is_end else "Likely")
    if data.get("valid_until"):
        _add(info, "expires", _time(data["valid_until"]))
    _add(info, "senderName", "monitor: reads public sources; not a warning system of record")
    _add(info, "headline", told.title[:160])
    _add(info, "description", told.body)
    if link := next((ref["link"] for ref in data["evidence"] if ref.get("link")), None):
        _add(info, "web", link)
    area = ElementTree.SubElement(info, "area")
    _add(area, "areaDesc", ", ".join(place["name"] for place in data["places"]) or "unknown")
    for place in data["places"]:
        code = ElementTree.SubElement(area, "geocode")
        _add(code, "valueName", "KATOTTG" if place["id"].startswith("UA") and place["id"][2:].isdigit() else "place")
        _add(code, "value", place["id"])


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    element = ElementTree.SubElement(parent, name)
    element.text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def _time(text: str) -> str:
    """CAP wants seconds and an offset in numbers, and -00:00 for UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _plain_id(text: str) -> str:
    """CAP identifiers hold no spaces, commas or angle brackets."""
    return "".join(char if char.isalnum() or char in ":._-" else "_" for char in text)
