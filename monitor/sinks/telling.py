"""A wire message as people read it: a title and a few lines; what is late, expired or no alarm says so first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.model import JSON, Delivery

__all__ = ["Told", "is_for_people", "parse", "tell"]

_NOT_FOR_PEOPLE = frozenset({"heartbeat", "state.snapshot", "alert.affirmed", "source.changed"})

_LINES = 15
"""Changes of a digest that are told to people; the rest is counted."""

_TITLES = {
    "alert.started": "Air alert",
    "alert.affirmed": "Air alert goes on",
    "alert.partial": "Air alert in parts",
    "alert.cleared": "All clear",
    "alert.expired": "Air alert: no longer known",
    "alert.retracted": "Air alert withdrawn (false alarm, no all-clear)",
    "threat.started": "Threat",
    "threat.ended": "End of a threat (no all-clear)",
    "strike.reported": "Strike reported",
    "strike.updated": "Strike, updated",
    "strike.merged": "Two reports are one strike",
    "strike.split": "One report was two strikes",
    "count.claimed": "Figure claimed",
    "count.updated": "Figure updated",
    "report.retracted": "Report withdrawn",
    "coverage.lost": "We no longer see what happens",
    "coverage.restored": "We see again what happens",
}


@dataclass(frozen=True, slots=True)
class Told:
    """``title`` is one line; ``body`` a few. ``is_alarm`` is False for whatever must make nothing sound."""

    title: str
    body: str
    is_alarm: bool


def parse(delivery: Delivery) -> dict[str, Any]:
    """The frozen body as JSON."""
    found: dict[str, Any] = json.loads(delivery.body)
    return found


def is_for_people(kind: str) -> bool:
    """False for what would only be noise in a chat."""
    return kind not in _NOT_FOR_PEOPLE


def tell(event: dict[str, Any], now: datetime) -> Told:
    """``now`` decides whether the message has expired on its way."""
    data = event["data"]
    kind = event["type"]
    if kind == "digest":
        return _digest(data["details"])
    marks = _marks(data, now)
    places = ", ".join(place["name"] for place in data["places"][:8]) or "everywhere"
    if len(data["places"]) > 8:
        places += f" and {len(data['places']) - 8} more"
    title = f"{_TITLES.get(kind, kind)}: {places}"
    if marks:
        title = f"[{', '.join(marks)}] {title}"
    lines = [*_figures(data["details"]), *(_sentence(ref) for ref in data["evidence"][:2])]
    if data.get("verification") == "unverified":
        lines.append("Unverified claim.")
    lines.append(f"Occurred {data['occurred_at']}, known {data['known_at']}.")
    is_alarm = kind in ("alert.started", "threat.started") and not marks
    return Told(_line(title, 200), "\n".join(_line(line, 500) for line in lines if line), is_alarm)


def _digest(about: dict[str, Any]) -> Told:
    """What was held back, a line each; what a later line has overtaken is left out."""
    standing = [change for change in about["changes"] if not change["superseded"]]
    lines = []
    for change in standing[:_LINES]:
        places = ", ".join(place["name"] for place in change["places"][:3]) or "everywhere"
        said = "; ".join([*_figures(change["details"]), *(_sentence(ref) for ref in change["evidence"][:1])])
        late = "[LATE] " if change["late"] else ""
        lines.append(f"{late}{_TITLES.get(change['type'], change['type'])}: {places}. {said}")
    if len(standing) > _LINES:
        lines.append(f"… and {len(standing) - _LINES} more.")
    if any(change.get("verification") == "unverified" for change in standing):
        lines.append("Unverified claims.")
    part = f" (part {about['part']} of {about['parts']})" if about["parts"] > 1 else ""
    title = f"Digest: {about['total']} changes from {about['since']} to {about['until']}{part}"
    return Told(_line(title, 200), "\n".join(_line(line, 300) for line in lines), is_alarm=False)


def _marks(data: dict[str, Any], now: datetime) -> list[str]:
    marks = []
    if data["nature"] not in ("actual", "system"):
        marks.append(data["nature"].upper())
    if data["late"]:
        marks.append("LATE")
    until = data.get("valid_until")
    if until and now > datetime.fromisoformat(until):
        marks.append("EXPIRED")
    return marks


def _figures(details: JSON) -> list[str]:
    out = []
    if isinstance(details.get("value"), int):
        most = f"-{details['value_max']}" if details.get("value_max") else ""
        words = [f"{details['value']}{most}", details.get("model") or details.get("weapon"), details.get("measure")]
        out.append(" ".join(str(word) for word in words if word))
    for name in ("killed", "injured"):
        toll = details.get(name)
        if isinstance(toll, dict) and toll.get("latest") is not None:
            out.append(f"{name}: {toll['latest']}")
    return out


def _sentence(ref: dict[str, Any]) -> str:
    words = f"\u201c{ref['quote']}\u201d" if ref["quote"] else ref.get("withheld") or ""
    who = ref.get("claimant") or ref.get("source_name") or ref["source"]
    link = f" {ref['link']}" if ref.get("link") else ""
    return f"{words} ({who}){link}"


def _line(text: str, longest: int) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
