"""Tallies of both sides, read from labelled posts and scored as the material's README says."""

from __future__ import annotations

import csv
import gzip
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

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


def test_labelled_nights_equal_the_hand_made_table(shared: Path) -> None:
    """Launched and shot-down drones of the nights that both the posts and the table have. Where they differ
    the text itself says another figure than the table, and the reading follows the text."""
    explained = {
        ("2022-11-01", "shot_down"): "the post says six, the table two rows of three for that night",
        ("2023-12-26", "launched"): "the post says at most 17, the table 19",
        ("2023-12-26", "shot_down"): "the headline of the post says 14, the table 13",
    }
    table = _table(shared)
    compared, wrong = 0, []
    for row in _rows(shared, "kpszsu_nightly_labelled.jsonl"):
        counts = [c for c in _counts(row["text"], row["posted_utc"]) if c.weapon == "drone"]
        day = _kyiv_day(row["posted_utc"])
        truth = table.get(day)
        if truth is None or row.get("negative"):
            continue
        for measure in ("launched", "shot_down"):
            values = [c.value for c in counts if c.measure == measure]
            if not values:
                continue
            compared += 1
            is_equal = max(values) in truth[measure]
            if is_equal == ((day, measure) in explained):
                wrong.append((day, measure, values, truth[measure]))
    assert compared >= 6
    assert not wrong, wrong


def _kyiv_day(posted: str) -> str:
    return datetime.fromisoformat(posted).astimezone(ZoneInfo("Europe/Kyiv")).date().isoformat()


def _table(shared: Path) -> dict[str, dict[str, set[int]]]:
    """Day on which an attack ended (an evening's: the day after) → figures of each attack with Shaheds."""
    out: dict[str, dict[str, set[int]]] = {}
    path = shared / "data" / "missile_attacks_daily_2022-09_2026-04.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row["model"].startswith("Shahed") or "kpszsu" not in row["source"]:
                continue
            end = datetime.fromisoformat(row["time_end"])
            day = (end + timedelta(hours=2)).date().isoformat()
            found = out.setdefault(day, {"launched": set(), "shot_down": set()})
            for key, measure in (("launched", "launched"), ("destroyed", "shot_down")):
                if row[key]:
                    found[measure].add(int(float(row[key])))
    return out
