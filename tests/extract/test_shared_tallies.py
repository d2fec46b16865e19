"""Tallies of both sides, read from labelled posts and scored as the material's README says."""

from __future__ import annotations

import csv
import gzip
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import CountReport

pytestmark = pytest.mark.shared

HEADLINE = re.compile(
    r"(перехвачен\w*\s+и\s+уничтожен\w*|уничтожен\w*(\s+и\s+перехвачен\w*)?)\s+(ещ[её]\s+)?(\d{1,4})\s+украинск\w+\s+беспилотн",
    re.IGNORECASE,
)
SUMMARIES = ("Сводка", "Главное за")


def _rows(shared: Path, name: str) -> list[dict[str, Any]]:
    with (shared / "data" / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _counts(text: str, posted: str | None) -> list[CountReport]:
    published = datetime.fromisoformat(posted) if posted else None
    return [r for r in read(text, load_lexicon(), published=published).reports if isinstance(r, CountReport)]


def test_the_ministrys_totals_and_regions_are_read(shared: Path) -> None:
    """Total and every region of at least 95 % of the rows; a row that is no report yields no total."""
    rows = _rows(shared, "mod_russia_labelled.jsonl")
    wrong = [row["test"] for row in rows if not _is_ministry_row_right(row)]
    assert len(wrong) <= 0.05 * len(rows), wrong


def _is_ministry_row_right(row: dict[str, Any]) -> bool:
    found = [c for c in _counts(row["text"], row.get("posted_utc")) if c.measure in ("shot_down", "suppressed")]
    drones = [c for c in found if c.weapon == "drone"]
    expect = row["expect"]
    if expect.get("is_report") is False:
        return not any(c.period in ("night", "day", "hours") for c in drones)
    total = expect.get("drones")
    if total is not None and total not in {c.value for c in drones} and sum(c.value for c in drones) != total:
        return False
    by_place = {(p.code or p.name, c.value) for c in drones for p in c.places}
    by_name = {(p.name, c.value) for c in drones for p in c.places}
    regions: dict[str, int] = row.get("regions") or {}
    values = sorted(value for _, value in by_place | by_name)
    return all(value in values for value in regions.values())


def test_every_figure_of_the_labelled_nights_is_read(shared: Path) -> None:
    """Launched and shot down of the drones, in at least 95 % of the figures."""
    wrong: list[Any] = []
    total = 0
    for row in _rows(shared, "kpszsu_nightly_labelled.jsonl"):
        counts = [c for c in _counts(row["text"], row.get("posted_utc")) if c.weapon in ("drone", "mixed")]
        for key, measure in (
            ("drones_launched", "launched"),
            ("drones_downed", "shot_down"),
            ("drones_lost", "lost"),
            ("shahed", "launched"),
        ):
            if row.get(key) is None:
                continue
            total += 1
            if row[key] not in {c.value for c in counts if c.measure == measure}:
                wrong.append((row["posted_utc"], key, row[key], [(c.measure, c.value) for c in counts]))
    assert total
    assert len(wrong) <= 0.05 * total, wrong


def test_the_ministrys_headline_figures_are_read_and_no_summary_is_a_night(shared: Path) -> None:
    right = total = 0
    nights: list[str] = []
    missed: list[str] = []
    with gzip.open(shared / "data" / "mod_russia_messages_2023-2026.csv.gz", "rt", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            text = row["text_snippet"]
            plain = re.sub(r"\*+|__|\[|\]\([^)]*\)", "", text)
            posted = row["datetime"].replace(" ", "T") + ":00+00:00"
            if any(word in plain for word in SUMMARIES):
                if any(c.period == "night" for c in _counts(text, posted)):
                    nights.append(text[:120])
                continue
            headline = HEADLINE.search(plain)
            if headline is None or "Всего" in plain:
                continue
            total += 1
            if int(headline[4]) in {c.value for c in _counts(text, posted) if c.measure == "shot_down"}:
                right += 1
            else:
                missed.append(plain[:200])
    assert not nights, nights[:5]
    assert right >= 0.98 * total, (right, total, missed[:5])
