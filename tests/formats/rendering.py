"""Rows and messages that the tests of renderers share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.formats.plain import plain
from monitor.model import Change, EvidenceRef, Gazetteer, Interval, Place
from monitor.sinks.payload import event

NOW = datetime(2024, 11, 10, 6, tzinfo=UTC)
START = NOW - timedelta(hours=3)
KYIV = Place("UA-30", "Kyiv", "city", "UA", lat=50.45, lon=30.52)
GAZETTEER = Gazetteer(
    {
        "UA": Place("UA", "Ukraine", "country"),
        "UA-30": KYIV,
        "UA-63": Place("UA-63", "Kharkiv oblast", "oblast", "UA", lat=49.99, lon=36.23),
        "UA63120010000020000": Place("UA63120010000020000", "Kharkiv raion", "raion", "UA-63"),
    }
)
QUOTE = "Alert; in Kyiv, now\\soon\nsecond line " + "довгий рядок " * 12 + "\x07\ud800"


def interval(**fields: Any) -> dict[str, Any]:
    ref = EvidenceRef("r1", "tg:1/2", 1, "sirens", START, QUOTE, (0, 5), "start", "https://t.me/sirens/2", None)
    given = {
        "id": "i1", "place": "UA-30", "regime": "air", "started_at": START, "start_basis": "explicit",
        "known_at": START, "sources": ("sirens",), "evidence": (ref,), **fields,
    }  # fmt: skip
    row: dict[str, Any] = plain(Interval(**given))
    return row


def message(kind: str, details: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """A change in wire form, as a sink is given it."""
    ref = EvidenceRef("r1", "tg:1/2", 1, "sirens", START, QUOTE, (0, 5), "start", "https://t.me/sirens/2", None)
    chosen: dict[str, Any] = {
        "id": "c1", "key": "alert:UA-30", "subject": "i1", "occurred_at": START, "known_at": NOW,
        "places": ("UA-30",), "valid_until": START + timedelta(hours=1), "evidence": (ref,),
        "data": {"started_at": START.isoformat(), **(details or {})}, "seq": 7, **fields,
    }  # fmt: skip
    made: dict[str, Any] = event(Change(type=kind, **chosen), {}, GAZETTEER, {}).model_dump(mode="json")
    return made
