"""Live posts of the Air Force and of monitoring channels: a threat or none."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport

pytestmark = pytest.mark.shared


def _alerts(text: str, date: str | None) -> list[AlertReport]:
    published = datetime.fromisoformat(date) if date else None
    return [r for r in read(text, load_lexicon(), published=published).reports if isinstance(r, AlertReport)]


def test_a_monitors_post_is_a_threat_or_is_none(shared: Path) -> None:
    with gzip.open(shared / "data" / "monitor_posts_gold.json.gz", "rt", encoding="utf-8") as f:
        posts = json.load(f)
    rows = posts["messages"]
    right = false = missed = 0
    wrong = []
    for row in rows:
        is_threat = any(a.status in ("start", "threat") for a in _alerts(row["text"], row.get("publishedAt")))
        meant = bool(row["gold"]["assertsThreat"])
        right += is_threat and meant
        false += is_threat and not meant
        missed += meant and not is_threat
        if is_threat != meant:
            wrong.append((meant, row["text"][:160]))
    f1 = 2 * right / (2 * right + false + missed)
    assert f1 >= 0.93, (f1, wrong)


def test_live_posts_of_the_air_force_end_no_siren(shared: Path) -> None:
    """And nearly all of them say something: a threat, or the end of one."""
    rows = [
        json.loads(line)
        for line in (shared / "data" / "kpszsu_live_samples.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    silent = []
    for row in rows:
        alerts = _alerts(row["text"], row.get("date"))
        assert not any(a.status == "end" and a.threat in ("air", None) for a in alerts), row["text"]
        if not alerts:
            silent.append(row["text"])
    assert len(silent) <= 3, silent
