"""Ids and hashes, all derived from the evidence: re-reading the same raw items gives the same ids."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from monitor.model import AlertReport, CountReport, Report, Signal, Snapshot, StrikeReport

__all__ = ["ROW", "canonical", "digest", "interval_id", "telling_id", "text_sha256"]

ROW = "row:"
"""How the keys of items begin that are rows of a foreign table: each states a whole alert, start and end at once."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8: the one byte form that is hashed."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain, allow_nan=False
    ).encode("utf-8", "backslashreplace")


def digest(*parts: Any) -> str:
    """32 hexadecimal digits of the SHA-256 of the parts."""
    return hashlib.sha256(canonical(parts)).hexdigest()[:32]


def text_sha256(title: str | None, text: str) -> str:
    """SHA-256 of an item's words, title first: what makes an edit a new version.

    White space is folded, because the web preview and MTProto differ in it for the same post.
    """
    words = " ".join((text if title is None else f"{title}\n{text}").split())
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()


def telling_id(item: str, version: int, what: Report | Signal | Snapshot, nth: int = 0) -> str:
    """Id of a report: hash of item key, version, kind and the claim's own fields (not span, rule or confidence).

    ``nth`` tells apart equal claims of one item version, counted from 0 in the order of the text.
    """
    return digest(item, version, claim_fields(what), nth)


def interval_id(place: str, regime: str, first_item: str) -> str:
    """Id of an alert interval: hash of place, regime and the first start's item key."""
    return digest("interval", place, regime, first_item)


def claim_fields(what: Report | Signal | Snapshot) -> dict[str, Any]:
    """The fields that make a claim what it is, as JSON."""
    match what:
        case AlertReport():
            return {
                "kind": "alert", "status": what.status, "threat": what.threat, "ongoing": what.ongoing,
                "places": [_name(p) for p in what.places], "except": [_name(p) for p in what.except_places],
                "level": what.level, "nature": what.nature,
            }  # fmt: skip
        case StrikeReport():
            return {
                "kind": "strike", "places": [_name(p) for p in what.places], "weapons": list(what.weapons),
                "target": what.target_kind, "killed": what.killed, "injured": what.injured, "date": what.date,
                "by": what.attributed_to, "nature": what.nature,
            }  # fmt: skip
        case CountReport():
            return {
                "kind": "count", "weapon": what.weapon, "measure": what.measure, "value": what.value,
                "max": what.value_max, "bound": what.bound, "model": what.model, "period": what.period,
                "when": what.date_or_period, "places": [_name(p) for p in what.places],
                "attacker": what.attacker, "by": what.claimed_by, "of": what.subset_of, "nature": what.nature,
            }  # fmt: skip
        case Signal():
            return {"kind": what.kind, "of": what.of, "places": [_name(p) for p in what.places]}
        case Snapshot():
            return {
                "kind": "snapshot", "shape": what.shape, "at": what.data_at,
                "words": [[w.place, w.status, w.threat, w.level] for w in what.words],
            }  # fmt: skip


def _name(place: Any) -> str:
    return str(place.id or place.name)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not part of a claim: {type(value).__name__}")
