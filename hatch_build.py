"""Compiles the lexicon into the wheel, so that an installed `monitor classify` is quick from its first call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileLexicon(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Runs for a real wheel only: an editable install compiles on first use. Needs the standard library alone."""

    PLUGIN_NAME = "custom"

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
