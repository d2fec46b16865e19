"""Reads ``languages/`` and ``gazetteer/`` (packaged and overlaid) once, into what extract and fuse run on."""

from __future__ import annotations

from pathlib import Path

from monitor.extract.lexicon import Lexicon
from monitor.model import Gazetteer

__all__ = ["load_gazetteer", "load_lexicon", "rules_version"]


def load_lexicon(overlay: Path | None = None) -> Lexicon:
    """The compiled lexicon; ``overlay`` is a folder of the same shape as ``monitor/languages``."""
    return Lexicon()


def load_gazetteer() -> Gazetteer:
    """The tree of places with their ids, levels, parents and standing alerts."""
    return Gazetteer(places={})


def rules_version(lexicon: Lexicon) -> str:
    """A short hash of everything a reading depends on: words, names and the code of extract."""
    return lexicon.version
