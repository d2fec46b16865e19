"""Fixtures of the daemon's tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_daemon import running, settings

__all__ = ["running", "settings"]
