"""The raw log, read again through the real pipeline and fuse, gives the same rows and the same hash."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_commits import SOURCE, evidence, minutes

from monitor.errors import InputError
from monitor.fuse import Rules
from monitor.model import (
    AlertReport,
    Authority,
    Batch,
    CountReport,
    Gazetteer,
    Item,
    Look,
    Place,
    PlaceRef,
    Reading,
    SourceProfile,
)
from monitor.pipeline import Pipeline
from monitor.store import SqlStore, open_store, series, verify
from monitor.store.rebuild import differences, raw_items, replace_derived, state_hash
from monitor.store.rereading import reread

GAZETTEER = Gazetteer(
    {
        "UA": Place("UA", "Ukraine", "country"),
        "UA-63": Place("UA-63", "Kharkiv oblast", "oblast", "UA"),
        "UA-32": Place("UA-32", "Kyiv oblast", "oblast", "UA"),
    },
    {"UA": ("UA-63", "UA-32")},
)
PROFILE = SourceProfile(SOURCE, "file", "siren", rank="official", authority=Authority(("UA",)), cadence=800.0)
RULES = Rules(GAZETTEER, {SOURCE: PROFILE})


def read(item: Item, profile: SourceProfile | None) -> Reading:
    """``start UA-63``, ``end UA-63`` or ``count 145``, and nothing else."""
    verb, _, rest = item.text.partition(" ")
    if verb in ("start", "end"):
        places = (PlaceRef(rest, rest, "oblast"),)
        return Reading("en", (AlertReport(verb, "oblast", places, "air", replace(evidence(item.text), occurred=None)),))
    if verb == "count":
        report = CountReport("drone", "launched", int(rest), evidence(item.text), attacker="RU", period="night",
                             date_or_period="2024-11-09/2024-11-10", claimed_by="Air Force")  # fmt: skip
        return Reading("en", (report,))
    return Reading("en")


def better(item: Item, profile: SourceProfile | None) -> Reading:
    """Today's rules know that a figure was read one too low."""
    reading = read(item, profile)
    return replace(
        reading,
        reports=tuple(
            replace(report, value=report.value + 1) if isinstance(report, CountReport) and report.value else report
            for report in reading.reports
        ),
    )


TOLD = [
    (0, 1, "start UA-63"),
    (2, 2, "start UA-32"),
    (15, 3, "count 100"),
    (22, 1, "start UA-63 again"),
    (31, 4, "end UA-32"),
    (40, 3, "count 145"),
    (41, 5, "end UA-63"),
    (400, 6, "start UA-63"),
    (425, 7, "end UA-63"),
]


def live(store: SqlStore) -> None:
    """What the daemon would have done: a look every minute, a batch where something was published."""
    pipeline = Pipeline(store, read, RULES)
    for minute in range(430):
        now = minutes(minute)
        items = tuple(
            Item(f"tg:1/{number}", SOURCE, text, now, now - timedelta(seconds=5))
            for at, number, text in TOLD
            if at == minute
        )
        if items or minute % 3 == 0:
            pipeline.run(Batch(SOURCE, items, Look(SOURCE, now, "ok" if items else "unchanged")), now)
        if minute % 10 == 0:
            pipeline.tick(now)


@pytest.fixture
def lived(file_store: SqlStore) -> SqlStore:
    live(file_store)
    return file_store


def scratch_of(store: SqlStore, path: Path, reader: object = read) -> str:
    with open_store(str(path), lineage=GAZETTEER.line) as scratch:
        assert reread(store, scratch, reader, RULES) == len(TOLD)  # type: ignore[arg-type]
        return state_hash(scratch)


def test_read_again_it_is_what_it_was(lived: SqlStore, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "scratch.db"), lineage=GAZETTEER.line) as scratch:
        assert reread(lived, scratch, read, RULES) == len(TOLD)
        assert [one.kind for one in differences(lived, scratch)] == []
        assert state_hash(scratch) == state_hash(lived)
        versions = [[(one.item.key, one.version) for one in batch] for batch in raw_items(scratch)]
        assert versions == [[(one.item.key, one.version) for one in batch] for batch in raw_items(lived)]


def test_the_same_raw_log_gives_the_same_hash_each_time(lived: SqlStore, tmp_path: Path) -> None:
    assert scratch_of(lived, tmp_path / "a.db") == scratch_of(lived, tmp_path / "b.db")


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_hash_does_not_depend_on_the_hash_seed(lived: SqlStore, tmp_path: Path, seed: str) -> None:
    code = (
        "import sys; from pathlib import Path; from test_rereading import *;"
        "print(scratch_of(open_store(sys.argv[1], lock=False), Path(sys.argv[2])))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)}
    told = subprocess.run([sys.executable, "-c", code, str(lived.path), str(tmp_path / "seeded.db")], env=environment,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert told.stdout.strip() == state_hash(lived)


def test_better_rules_show_what_they_change_and_take_over(lived: SqlStore, tmp_path: Path) -> None:
    with open_store(str(tmp_path / "scratch.db"), lineage=GAZETTEER.line) as scratch:
        reread(lived, scratch, better, RULES)
        found = list(differences(lived, scratch))
        assert {one.kind for one in found} == {"reports", "claims"}
        figures = {one.new.value for one in found if one.kind == "claims" and one.new}
        assert figures >= {101, 146}
        replace_derived(lived, scratch, minutes(500))
        assert state_hash(lived) == state_hash(scratch)
    assert verify(lived) == []
    Pipeline(lived, better, RULES).run(Batch(SOURCE, (), Look(SOURCE, minutes(501), "unchanged")), minutes(501))


def test_the_state_of_the_last_commit_is_asked_of_the_store(lived: SqlStore) -> None:
    now = series.state(lived, at=minutes(430), rules=RULES, places=["UA-63", "UA-32"])
    assert {place: state.status for place, state in now.items()} == {"UA-63": "clear", "UA-32": "clear"}
    later = series.state(lived, at=minutes(5000), rules=RULES, places=["UA-63"])
    assert later["UA-63"].status == "unknown", "nobody has looked for days: silence is not an all-clear"
    with pytest.raises(InputError, match="as of that time"):
        series.state(lived, at=minutes(10), rules=RULES)
