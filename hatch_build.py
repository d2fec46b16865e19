"""Compiles the lexicon into the wheel, so that an installed `monitor classify` is quick from its first call.

With MONITOR_COMPILE=1 the wheel holds the reader as C extensions too (``tools/compiled.py``) and is for one platform.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileLexicon(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Runs for a real wheel only: an editable install compiles on first use. Needs the standard library alone, but for
    the compiled reader, which needs mypy, setuptools and a C compiler."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        fast: list[str] = self.metadata.core.optional_dependencies["fast"]
        return fast if _is_asked_to_compile() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "standard":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from monitor.catalogue import load_lexicon

        compiled = root / "monitor" / "_compiled"
        for old in compiled.glob("lexicon-*.bin"):
            old.unlink()
        load_lexicon()
        for made in compiled.glob("lexicon-*.bin"):
            build_data["force_include"][str(made)] = f"monitor/_compiled/{made.name}"
        if _is_asked_to_compile():
            from tools.compiled import build

            made = build(root)
            for path in made.rglob("*"):
                if path.is_file():
                    build_data["force_include"][str(path)] = str(path.relative_to(made))
            build_data["pure_python"] = False
            build_data["infer_tag"] = True


def _is_asked_to_compile() -> bool:
    return os.environ.get("MONITOR_COMPILE", "0") not in ("", "0")
