"""The history of alerts.in.ua (``/v1/regions/UID/alerts/month_ago.json``, saved) → a second history beside ours.

The answer is ``{"alerts": [{"id", "location_uid", "location_title", "alert_type", "started_at", "finished_at", …}]}``;
regions are told by their number, never by name. Each alert is compared with our own reading, as ``intervals`` does.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from monitor.catalogue import load_gazetteer
from monitor.errors import InputError
from monitor.identity import ROW
from monitor.importers import Into
from monitor.importers.intervals import compare
from monitor.model import JSON, AlertReport, Evidence, Item, Moment, Note, PlaceRef, Reading, Threat
from monitor.sources.alert_api import places_by_api_id
from monitor.sources.feed_dates import read_stamp

__all__ = ["alerts_in_ua", "read_row"]

SHOWN = 200
ALERTS = 1000
_THREATS: Mapping[str, Threat] = {
    "air_raid": "air",
    "artillery_shelling": "artillery",
    "urban_fights": "other",
    "chemical": "other",
    "nuclear": "other",
}


def alerts_in_ua(file: Path, into: Into) -> Mapping[str, JSON]:
    """Import a saved answer. Raises ``InputError`` where it is none."""
    source, now = into.source or "import:alerts_in_ua", into.clock.now()
    counts: Counter[str] = Counter()
    bad: list[JSON] = []
    conflicts: list[JSON] = []
    alerts = _alerts(file)
    for first in range(0, len(alerts), ALERTS):
        items = []
        for number, alert in enumerate(alerts[first : first + ALERTS], first + 1):
            item = _item(source, alert, file.name, number, now)
            bad += [{"line": number, "why": note.reason, "cell": note.text[:200]} for note in read_row(item).notes]
            items.append(item)
        told = [(place, start, end, item) for item in items if (found := _span(item)) for place, start, end in [found]]
        counts.update(compare(into.pipeline.store, told, source, conflicts))
        admitted = into.pipeline.record(source, items, now).admitted or {}
        counts["read"] += len(items)
        counts["new"] += admitted.get("new", 0)
        counts["corrected"] += admitted.get("edited", 0)
        counts["known"] += admitted.get("same", 0)
    kinds = ("read", "new", "corrected", "known", "agree", "differ", "only_here")
    out: dict[str, JSON] = {"sources": [source], **{kind: counts[kind] for kind in kinds}, "set_aside": len(bad)}
    out |= {"notes": bad[:SHOWN]} if bad else {}
    return out | ({"conflicts": conflicts} if conflicts else {})


def read_row(item: Item) -> Reading:
    """One alert with its start and end; total: whatever is wrong with it stands in the notes."""
    try:
        alert = json.loads(item.text)
        start, end = read_stamp(alert.get("started_at")), read_stamp(alert.get("finished_at"))
        place = _places().get(str(alert.get("location_uid")))
        threat = _THREATS.get(str(alert.get("alert_type")))
        title = str(alert.get("location_title"))
    except (ValueError, AttributeError):
        return Reading(None, notes=(Note(item.text[:200], "this is no alert"),))
    wrong = (
        "no start that can be read" if start is None
        else "an end that cannot be read" if end is None and alert.get("finished_at")
        else "it ends before it begins" if end is not None and end < start
        else f"the gazetteer has no region {alert.get('location_uid')}" if place is None
        else f"an alert of type {alert.get('alert_type')} is not known" if threat is None
        else None
    )  # fmt: skip
    if wrong is not None or place is None or threat is None:
        return Reading(None, notes=(Note(item.text[:200], wrong or ""),))
    level = load_gazetteer().level(place)
    scope: Any = level if level in ("oblast", "raion", "hromada", "city") else "oblast"
    evidence = Evidence(item.text, (0, len(item.text)), "row", occurred=Moment(start, end, "second"))
    return Reading(None, (AlertReport("start", scope, (PlaceRef(place, place, level, text=title),), threat, evidence),))


def _alerts(file: Path) -> list[Any]:
    try:
        body = file.read_bytes()
        found = json.loads(gzip.decompress(body) if file.suffix == ".gz" else body)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (ValueError, EOFError, RecursionError):
        raise InputError(f"{file}: is no JSON") from None
    alerts = found.get("alerts") if isinstance(found, dict) else None
    if not isinstance(alerts, list):
        raise InputError(f"{file}: holds no list `alerts`, as an answer of alerts.in.ua does")
    return alerts


def _item(source: str, alert: Any, name: str, number: int, now: datetime) -> Item:
    text = json.dumps(alert, ensure_ascii=False)
    key = str(alert.get("id")) if isinstance(alert, dict) and alert.get("id") is not None else f"{name}-{number}"
    at = read_stamp(alert.get("started_at")) if isinstance(alert, dict) else None
    return Item(
        f"{ROW}alerts-in-ua/{source}/{key}", source, text, now, at if at is not None and at <= now else None,
        is_late=True, flags=(f"file:{name}", f"line:{number}"),
    )  # fmt: skip


def _span(item: Item) -> tuple[str, datetime, datetime | None] | None:
    """Place, start and end of an air alert, for comparison."""
    for report in read_row(item).reports:
        span = report.evidence.occurred
        if isinstance(report, AlertReport) and report.threat == "air" and span and span.start and report.places[0].id:
            return report.places[0].id, span.start, span.end
    return None


@cache
def _places() -> Mapping[str, str]:
    return places_by_api_id(load_gazetteer(), frozenset({"9999"}))
