"""What is installed is pinned: every dependency stands in the lock with hashes, in the range that pyproject allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SHIPPED = [
    *PROJECT["dependencies"],
    *(
        line
        for name in ("postgres", "mqtt", "apprise", "nats", "parquet")
        for line in PROJECT["optional-dependencies"][name]
    ),
]


def locked() -> dict[str, tuple[str, list[str]]]:
    """Name → (version, hashes)."""
    out: dict[str, tuple[str, list[str]]] = {}
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", (ROOT / "requirements.lock").read_text("utf-8")):
        head = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", block)
        if head:
            out[canonicalize_name(head[1])] = (head[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
    return out


LOCKED = locked()


@pytest.mark.parametrize("line", SHIPPED)
def test_N16_every_dependency_is_locked_in_its_range(line: str) -> None:
    wanted = Requirement(line)
    version, _ = LOCKED[canonicalize_name(wanted.name)]
    assert wanted.specifier.contains(version, prereleases=True), f"{line}: {version} is locked; run `make lock`"


def test_N16_every_locked_file_has_a_hash() -> None:
    assert len(LOCKED) > 40
    assert [name for name, (_, hashes) in LOCKED.items() if not hashes] == []


def test_N16_vendored_files_are_the_ones_whose_hashes_are_kept() -> None:
    import hashlib

    folder = ROOT / "monitor" / "web" / "pages" / "static" / "uplot"
    kept = dict(line.split(maxsplit=1)[::-1] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines())
    assert {"uPlot.iife.min.js", "uPlot.min.css", "LICENSE"} == set(kept)
    for name, digest in kept.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
