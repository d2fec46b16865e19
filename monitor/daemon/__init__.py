"""The daemon: wiring and lifetimes. ``schedule`` is the only importer of apscheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.daemon.core import Daemon

__all__ = ["Daemon"]


def __getattr__(name: str) -> Any:
    """``Daemon`` on first use: commands that need only a part of this package start faster."""
    if name == "Daemon":
        from monitor.daemon.core import Daemon

        return Daemon
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
