"""The API over committed rows. Reads through ``monitor.store.series``; everything without a token is public."""

from __future__ import annotations
