"""The same raw log, read by the real lexicon, gives the same hash on every CPython at hand, with any hash seed.

``TEST_MONITOR_PYTHONS`` names further interpreters that have what a re-reading needs (SQLAlchemy, Alembic, tzdata and
pytest), divided as in PATH; ``.ci/run`` makes one of each version that it finds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from real_reading import live

from monitor.catalogue import load_gazetteer
from monitor.store import open_store, series
from monitor.store.rebuild import state_hash

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHONS = (sys.executable, *filter(None, os.environ.get("TEST_MONITOR_PYTHONS", "").split(os.pathsep)))


def hash_on(python: str, seed: str, raw: Path, scratch: Path) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(HERE), str(ROOT)))}
    told = subprocess.run([python, str(HERE / "real_reading.py"), str(raw), str(scratch)], env=environment,
                          capture_output=True, text=True)  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("python", PYTHONS)
def test_every_cpython_gives_the_same_hash_with_any_seed(tmp_path: Path, python: str) -> None:
    raw = tmp_path / "raw.db"
    with open_store(str(raw), lineage=load_gazetteer().line) as store:
        live(store)
        wanted = state_hash(store)
        assert sum(alert.start_basis == "explicit" for alert in series.alerts(store).rows) == 2
        assert series.strikes(store).rows
        values = {(row.measure, row.value) for row in series.claims(store).rows}
        assert values >= {("launched", 145), ("shot_down", 62), ("shot_down", 23)}
    for seed in ("0", "1", "4711"):
        assert hash_on(python, seed, raw, tmp_path / f"{seed}.db") == wanted, f"hash seed {seed}"
