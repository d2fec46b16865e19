"""CAP 1.2 (OASIS) messages of alerts and threats: one renderer for the sink, the export and the web feed.

The first message of an alert has the interval's id as its identifier; what follows refers to it. An all-clear is an
``Update`` with ``responseType`` AllClear; a false alarm is a ``Cancel``; what is no longer known is an ``Update`` of
unknown certainty that says so. A message is never more final than what was said, and an alert that is on carries no
``expires``: nobody is to take it down because time passed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree import ElementTree

from monitor.formats.xml import add, document

__all__ = ["LANGUAGES", "NAMESPACE", "SENDER", "identifier", "is_told", "message"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SENDER = "airalert-monitor"
_STATUS = {"actual": "Actual", "exercise": "Exercise", "test": "Test", "system": "System"}
_FIRST = ("alert.started", "threat.started")
_ON = (*_FIRST, "alert.affirmed", "alert.partial")
_TOLD = (*_ON, "alert.cleared", "alert.expired", "alert.retracted", "threat.ended")
_LONGEST = 160
_CODES = (
    (re.compile(r"UA\d{17}"), "KATOTTG"),
    (re.compile(r"[A-Z]{2}"), "ISO 3166-1"),
    (re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}"), "ISO 3166-2"),
    (re.compile(r"\d{1,12}"), "GeoNames"),
)


def is_told(kind: str) -> bool:
    """Whether CAP has words for a type of change: alerts and threats, nothing else."""
    return kind in _TOLD


def identifier(event: Mapping[str, Any]) -> str:
    """The message's own: the interval's id for the first message of an alert, else the id of the change."""
    return _plain_id(event["data"]["subject"] if _is_first(event) else event["id"])


def message(event: Mapping[str, Any], sender: str = SENDER, languages: Sequence[str] | None = None) -> bytes:
    """The document of one change, UTF-8 with declaration; the same change gives the same bytes.

    ``event``: the change in wire form (``monitor.sinks.payload.Event`` as JSON), as its audience may see it. Raises
    ``ValueError`` for a type of change that CAP has no word for (``is_told``).
    """
    kind, data = event["type"], event["data"]
    if not is_told(kind):
        raise ValueError(f"CAP has no word for {kind}")
    sender = _plain_id(sender)
    is_first = _is_first(event)
    root = ElementTree.Element("alert", {"xmlns": NAMESPACE})
    add(root, "identifier", identifier(event))
    add(root, "sender", sender)
    add(root, "sent", _time(_began(data) if is_first else data["known_at"]))
    add(root, "status", _STATUS[data["nature"]])
    add(root, "msgType", "Alert" if is_first else "Cancel" if _is_taken_back(event) else "Update")
    add(root, "scope", "Public")
    if data["late"]:
        add(root, "note", _words()["en"]["late"])
    if not is_first:
        add(root, "references", " ".join(_references(data, sender)))
    add(root, "incidents", _plain_id(data["subject"]))
    for language in languages or LANGUAGES:
        _add_info(root, event, language)
    return document(root)


def _add_info(root: ElementTree.Element, event: Mapping[str, Any], language: str) -> None:
    data, kind = event["data"], event["type"]
    words = _words()[language]
    urgency, severity, certainty, response = _weight(event)
    info = add(root, "info", None)
    add(info, "language", language)
    add(info, "category", "Safety")
    add(info, "event", words["event.alert" if kind.startswith("alert.") else "event.threat"])
    if response:
        add(info, "responseType", response)
    add(info, "urgency", urgency)
    add(info, "severity", severity)
    add(info, "certainty", certainty)
    add(info, "effective", _time(data["known_at"]))
    add(info, "onset", _time(_began(data)))
    if until := _expires(event):
        add(info, "expires", _time(until))
    add(info, "senderName", words["sender"])
    add(info, "headline", _headline(event, words))
    add(info, "description", _description(data, words))
    if kind in _ON or certainty == "Unknown":
        add(info, "instruction", words["unknown" if certainty == "Unknown" else "shelter"])
    if link := next((ref["link"] for ref in data["evidence"] if ref.get("link")), None):
        add(info, "web", link)
    _add_areas(info, data, words)


def _add_areas(info: ElementTree.Element, data: Mapping[str, Any], words: Mapping[str, str]) -> None:
    for place in data["places"]:
        area = add(info, "area", None)
        add(area, "areaDesc", place["name"] or place["id"])
        code = add(area, "geocode", None)
        add(code, "valueName", next((name for shape, name in _CODES if shape.fullmatch(place["id"])), "place"))
        add(code, "value", place["id"])
    if not data["places"]:
        add(add(info, "area", None), "areaDesc", words["nowhere"])


def _weight(event: Mapping[str, Any]) -> tuple[str, str, str, str | None]:
    """Urgency, severity, certainty and response."""
    kind, data = event["type"], event["data"]
    if kind == "alert.expired" or _is_lapsed(event):
        return "Unknown", "Unknown", "Unknown", "Monitor"
    if kind == "alert.cleared":
        return "Past", "Minor", "Observed", "AllClear"
    if kind in ("alert.retracted", "threat.ended"):
        return "Past", "Minor", "Observed", None
    if data["late"]:
        return "Past", "Severe", "Likely", None
    return "Immediate", "Severe", "Likely", "Shelter"


def _is_taken_back(event: Mapping[str, Any]) -> bool:
    basis: str | None = event["data"]["details"].get("end_basis")
    return event["type"] == "alert.retracted" or (event["type"] == "threat.ended" and basis == "retracted")


def _is_lapsed(event: Mapping[str, Any]) -> bool:
    """A threat that ran out of time: nobody said that it is over."""
    return event["type"] == "threat.ended" and event["data"]["details"].get("end_basis") not in (
        None, "explicit", "snapshot", "retracted",
    )  # fmt: skip


def _expires(event: Mapping[str, Any]) -> str | None:
    """A threat holds as long as its warning says, and an all-clear is news for a while; an alert that is on, or of
    which nothing is known, runs out by itself never."""
    kind = event["type"]
    if kind in ("threat.started", "alert.cleared", "alert.retracted", "threat.ended") and not _is_lapsed(event):
        return event["data"].get("valid_until") or None
    return None


def _headline(event: Mapping[str, Any], words: Mapping[str, str]) -> str:
    data, kind = event["data"], "threat.lapsed" if _is_lapsed(event) else event["type"]
    names = ", ".join(place["name"] for place in data["places"]) or words["nowhere"]
    marks = [data["nature"].upper()] if data["nature"] in ("exercise", "test") else []
    marks += ["LATE"] if data["late"] else []
    line = f"{words[kind]}: {names}"
    line = f"[{', '.join(marks)}] {line}" if marks else line
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _description(data: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The published sentences with who published them; or, where they are withheld, that they are."""
    out = [words["late"]] if data["late"] else []
    for ref in data["evidence"][:3]:
        said = f"\u201c{ref['quote']}\u201d" if ref["quote"] else ref.get("withheld") or ""
        who = ref.get("claimant") or ref.get("source_name") or ref["source"]
        out.append(f"{said} {words['source']}: {who}".strip())
    return "\n".join(out) or words["sender"]


def _references(data: Mapping[str, Any], sender: str) -> list[str]:
    """The first message of the alert; where the alert took the place of another one, of that one as well."""
    out = [f"{sender},{_plain_id(data['subject'])},{_time(_began(data))}"]
    if replaced := data["details"].get("replaces"):
        began = data["details"].get("replaces_started_at") or _began(data)
        out.append(f"{sender},{_plain_id(str(replaced))},{_time(began)}")
    return out


def _is_first(event: Mapping[str, Any]) -> bool:
    """An alert that is opened again goes on under the identifier that it has."""
    return event["type"] in _FIRST and not event["data"]["details"].get("reopened")


def _began(data: Mapping[str, Any]) -> str:
    """When the alert began: both the ``sent`` of its first message and what later ones refer to."""
    details = data["details"]
    return str(details.get("started_at") or details.get("since") or data["occurred_at"])


def _time(text: str) -> str:
    """CAP wants seconds and an offset in numbers, and -00:00 for UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _plain_id(text: str) -> str:
    """CAP identifiers and senders hold no spaces, commas or angle brackets."""
    return "".join(char if char.isalnum() or char in ":._-@/" else "_" for char in text)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("monitor.formats").joinpath("cap_words.toml").read_text("utf-8"))


LANGUAGES: tuple[str, ...] = tuple(_words()["languages"])
