"""The operator's choices: ``config/*.toml`` and ``MONITOR_*`` names → one frozen ``Settings``.

The only reader of the configuration and of the environment. A file, a key or a name that is not understood is
refused with file, line and a suggestion (``ConfigError``, exit code 2) before any connection is made.
"""

from __future__ import annotations

from monitor.config.endpoints import check_regions, subscription
from monitor.config.lint import lint
from monitor.config.load import find, load
from monitor.config.models import Settings
from monitor.config.profiles import STALE_AFTER

__all__ = ["STALE_AFTER", "Settings", "check_regions", "find", "lint", "load", "subscription"]
