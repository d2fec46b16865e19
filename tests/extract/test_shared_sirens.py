"""The siren channel's own posts, scored as the material's README says: by place id, with no false all-clear."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.catalogue import load_gazetteer, load_lexicon
from monitor.extract import read
from monitor.model import AlertReport

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[dict[str, Any]]:
    with (shared / "data" / "air_alert_ua_samples.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def tags(shared: Path) -> dict[str, str]:
    """Hashtag → KATOTTG code."""
    with (shared / "data" / "air_alert_ua_tag_map.csv").open(encoding="utf-8", newline="") as lines:
        return {row["tag"]: row["katottg_code"] for row in csv.DictReader(lines)}


def test_siren_posts_read_right_and_none_is_a_false_all_clear(rows: list[dict[str, Any]], tags: dict[str, str]) -> None:
    wrong, false_clears = [], []
    for row in rows:
        alerts = [r for r in _read(row) if isinstance(r, AlertReport)]
        if not _is_right(row["expect"], alerts, tags):
            wrong.append((row["id"], row["expect"]["kind"], [_short(a) for a in alerts]))
        if row["expect"]["kind"] not in ("end", "unscoped_end") and any(_ends_siren(a) for a in alerts):
            false_clears.append(row["id"])
    assert not false_clears
    assert not wrong, wrong


def _read(row: dict[str, Any]) -> Any:
    date = row.get("date") or ""
    published = datetime.fromisoformat(date) if len(date) >= 10 else None
    return read(row["text"], load_lexicon(), published=published).reports


def _is_right(expect: dict[str, Any], alerts: list[AlertReport], tags: dict[str, str]) -> bool:
    kind = expect["kind"]
    ended = {_code(p) for a in alerts if _ends_siren(a) for p in a.places}
    active = {_code(p) for a in alerts if a.status == "start" for p in a.places}
    ongoing = {_code(p) for a in alerts if a.status == "start" and a.ongoing for p in a.places}
    named = {tags[tag] for tag in expect.get("tags", ()) if tag in tags}
    still = expect.get("still_active") or ()
    if still and (len(ongoing) < len(still) or ongoing & ended):
        return False
    if kind == "start":
        return bool(active) and (not named or bool(named & active))
    if kind == "end" and still and set(expect["places"]) <= set(still):
        return not ended  # cleared and listed again: still on
    if kind == "end":
        return bool(ended) and (not named or bool(named & ended))
    if kind in ("threat_start", "threat_end", "artillery_end"):
        wanted = "threat" if kind == "threat_start" else "end"
        return not ended and any(a.status == wanted and a.threat not in ("air", None) for a in alerts)
    if kind == "unscoped_start":
        return any(a.status == "start" for a in alerts)
    if kind == "unscoped_end":
        return any(_ends_siren(a) for a in alerts)
    if kind == "status":
        return not ended
    if kind == "conflict":
        return not any(a.status == "end" for a in alerts)
    if kind == "other":
        return not alerts
    return not any(a.status in ("start", "end") for a in alerts)


def _ends_siren(alert: AlertReport) -> bool:
    return alert.status == "end" and alert.threat in ("air", None)


def _code(place: Any) -> str:
    known = load_gazetteer().places.get(place.id or "")
    return (known.code if known and known.code else place.code) or place.name


def _short(alert: AlertReport) -> tuple[Any, ...]:
    return alert.status, alert.threat, alert.ongoing, [place.name for place in alert.places]
