"""The nightly series of drones from the Air Force's own posts, beside a table that people kept by hand."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.catalogue import load_gazetteer, load_lexicon, regional_claimants
from monitor.extract import reader
from monitor.fuse import Rules, headline
from monitor.model import Authority, Batch, Item, Look, SourceProfile
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series

pytestmark = pytest.mark.shared

FORCE = SourceProfile(
    "kpszsu", "file", "", "kpszsu", rank="official", side="UA", claimant="Ukrainian Air Force", area=("UA",),
    authority=Authority(("UA",), (), ("count",), announces_ends=False),
)  # fmt: skip

# (night, measure): ours, the table's, and why they differ.
EXPLAINED = {
    ("2023-12-25/2023-12-26", "launched"): (17, 19, "the post itself says up to 17 launches"),
    ("2023-12-25/2023-12-26", "shot_down"): (14, 13, "the headline of the post says 14, its body says all"),
}


def posts(shared: Path) -> list[dict[str, Any]]:
    lines = (shared / "data/kpszsu_nightly_labelled.jsonl").read_text("utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda row: row["posted_utc"])


def by_hand(shared: Path) -> dict[str, dict[str, int]]:
    """Night to launched and shot down, the Air Force's rows on attack drones only; equal waves are added."""
    out: dict[str, dict[str, int]] = defaultdict(lambda: {"launched": 0, "shot_down": 0})
    with gzip.open(shared / "data/missile_attacks_daily_2022-09_2026-04.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            is_night = row["time_end"][11:13] < "12" and row["time_end"][11:13].isdigit()
            if row["model"].startswith("Shahed") and row["source"].startswith("kpszsu") and is_night:
                morning = row["time_end"][:10]
                out[morning]["launched"] += int(float(row["launched"] or 0))
                out[morning]["shot_down"] += int(float(row["destroyed"] or 0))
    return out


@pytest.fixture(scope="module")
def told(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SqlStore, Rules]]:
    gazetteer = load_gazetteer()
    rules = Rules(gazetteer, {FORCE.id: FORCE}, regional=regional_claimants())
    with open_store(str(tmp_path_factory.mktemp("nightly") / "n.db"), lineage=gazetteer.line) as store:
        pipeline = Pipeline(store, reader(load_lexicon()), rules)
        for row in posts(shared):
            at = datetime.fromisoformat(row["posted_utc"].replace("Z", "+00:00"))
            item = Item(f"tg:kpszsu/{row['posted_utc']}", "kpszsu", row["text"], at, at, lang="uk")
            pipeline.run(Batch("kpszsu", (item,), Look("kpszsu", at, "ok")), at)
        yield store, rules


def test_each_night_on_both_sides_has_the_same_figure_or_a_reason(told: tuple[SqlStore, Rules], shared: Path) -> None:
    store, rules = told
    claims = series.claims(store).rows
    nights = {one.date_or_period for one in claims if one.period == "night" and one.date_or_period}
    table, compared, differing = by_hand(shared), 0, {}
    for night in sorted(nights):
        theirs = table.get(night[-10:])
        if theirs is None:
            continue
        figures = headline(claims, night, "RU", rules)
        for measure in ("launched", "shot_down"):
            figure = figures.get((measure, "drone"))
            if figure is not None:
                compared += 1
                if figure.value != theirs[measure]:
                    differing[night, measure] = (figure.value, theirs[measure])
    assert compared >= 7
    assert differing == {key: (ours, others) for key, (ours, others, _) in EXPLAINED.items()}


def test_a_regional_commands_balance_is_no_national_figure(told: tuple[SqlStore, Rules]) -> None:
    store, rules = told
    mine = [one for one in series.claims(store).rows if one.claimant == "Air Command South"]
    assert {one.value for one in mine} == {7, 5}
    assert all("regional" in one.flags for one in mine)
    assert headline(series.claims(store).rows, "2022-10-04/2022-10-05", "RU", rules) == {}
