"""Importers: a file that somebody else made → the database, by the path that everything takes. One file per kind.

``REGISTRY`` is the whole list of kinds. An importer is called as ``importer(file, into)``, commits in portions, and may
be run again at any time: what is known already is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import cast

from monitor.errors import InputError
from monitor.model import JSON, SourceProfile
from monitor.pipeline import Pipeline
from monitor.ports import Clock

__all__ = ["REGISTRY", "Importer", "Into", "importer"]

REGISTRY: dict[str, str] = {
    "alerts-in-ua": "monitor.importers.alerts_in_ua:alerts_in_ua",
    "intervals": "monitor.importers.intervals:intervals",
    "missile-table": "monitor.importers.missile_table:missile_table",
    "table": "monitor.importers.own_table:own_table",
    "telegram-export": "monitor.importers.telegram_export:telegram_export",
}
"""Kind of file → ``package.module:function``."""


@dataclass(frozen=True, slots=True)
class Into:
    """Where an import goes. ``source`` is the id of the profile that the user names, None: the file tells.

    ``progress`` is called with the bytes read so far.
    """

    pipeline: Pipeline
    profiles: Mapping[str, SourceProfile]
    clock: Clock
    source: str | None = None
    progress: Callable[[int], None] = field(default=lambda done: None)


Importer = Callable[[Path, Into], Mapping[str, JSON]]
"""(file, into) → what to tell the user: names and counts. Raises ``InputError``; what was committed by then stays."""


def importer(kind: str) -> Importer:
    """The importer of a kind. Raises ``InputError`` for an unknown one."""
    path = REGISTRY.get(kind)
    if path is None:
        raise InputError(f"no kind of file is called {kind!r}; known: {', '.join(sorted(REGISTRY))}")
    module, _, name = path.partition(":")
    return cast(Importer, getattr(import_module(module), name))
