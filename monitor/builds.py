"""Whether the reader runs as plain Python or compiled, and of which sources (``tools/compiled.py`` compiles it)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from monitor.errors import OperatorError

__all__ = ["NOTE", "check_reader", "digest", "reader_build"]

NOTE = Path("monitor", "extract", "_compiled.json")
"""Lies beside a compiled reader: ``mypyc``, the version that compiled it, ``files`` and their digest ``made_of``."""
_ROOT = Path(__file__).parents[1]


def digest(root: Path, files: Iterable[str]) -> str:
    """One hash of these files, given relative to ``root``, by name and content."""
    seen = hashlib.blake2b(digest_size=10)
    for name in files:
        seen.update(name.encode() + hashlib.blake2b((root / name).read_bytes(), digest_size=16).digest())
    return seen.hexdigest()


def reader_build(root: Path = _ROOT) -> str:
    """How the reader runs, in words: "plain Python" or "compiled by mypyc 2.4.1"."""
    note = _note(root)
    return f"compiled by mypyc {note['mypyc']}" if note is not None else "plain Python"


def check_reader(root: Path = _ROOT) -> None:
    """OperatorError where the compiled reader is not made of the files beside it: it would read by other rules."""
    note = _note(root)
    if note is None:
        return
    try:
        is_same = digest(root, note["files"]) == note["made_of"]
    except OSError:
        is_same = False
    if not is_same:
        raise OperatorError(
            "the compiled reader was made of other files than those beside it; "
            "run `make fast` to compile it again, or `make plain` to go on without it"
        )


def _note(root: Path) -> dict[str, Any] | None:
    try:
        note: dict[str, Any] = json.loads((root / NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return note
