"""What is new, given what was known: (state, tellings, looks, now) → (state, changes). Pure: no I/O, no clock."""

from __future__ import annotations

from monitor.fuse.headline import Figure, headline
from monitor.fuse.recall import forgotten
from monitor.fuse.rules import Rules
from monitor.fuse.state import State
from monitor.fuse.step import fuse
from monitor.fuse.view import regions

__all__ = ["Figure", "Rules", "State", "forgotten", "fuse", "headline", "regions"]
