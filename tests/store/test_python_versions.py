"""The same raw log gives the same hash on every CPython that is at hand, with any hash seed.

``TEST_MONITOR_PYTHONS`` names further interpreters that have what a re-reading needs (SQLAlchemy, Alembic, tzdata and
pytest), divided as in PATH; ``.ci/run`` makes one of each version that it finds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_rereading import live

from monitor.store import SqlStore
from monitor.store.rebuild import state_hash

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHONS = (sys.executable, *filter(None, os.environ.get("TEST_MONITOR_PYTHONS", "").split(os.pathsep)))
CODE = (
    "import sys; from pathlib import Path; from test_rereading import *;"
    "print(scratch_of(open_store(sys.argv[1], lock=False), Path(sys.argv[2])))"
)


def hash_on(python: str, seed: str, store: SqlStore, scratch: Path) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join((str(HERE), str(ROOT)))}
    told = subprocess.run([python, "-c", CODE, str(store.path), str(scratch)], env=environment, capture_output=True,
                          text=True)  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("python", PYTHONS)
def test_every_cpython_gives_the_same_hash_with_any_seed(file_store: SqlStore, tmp_path: Path, python: str) -> None:
    live(file_store)
    wanted = state_hash(file_store)
    for seed in ("0", "1", "4711"):
        assert hash_on(python, seed, file_store, tmp_path / f"{seed}.db") == wanted, f"hash seed {seed}"
