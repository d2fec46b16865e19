"""Fixtures of the daemon's tests."""

from __future__ import annotations

from fake_daemon import running, settings

__all__ = ["running", "settings"]
