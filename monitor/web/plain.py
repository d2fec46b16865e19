"""Model types as plain JSON values, as the web side shows them: those of ``monitor.formats.plain``."""

from __future__ import annotations

from monitor.formats.plain import plain, utc

__all__ = ["plain", "utc"]
