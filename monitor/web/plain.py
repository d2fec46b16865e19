"""Model types as plain JSON values (those of ``monitor.formats.plain``), and the bytes and tag of an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from monitor.formats.plain import plain, utc

__all__ = ["CLOCKS", "encoded", "plain", "utc"]

CLOCKS = ("now", "as_of")
"""What differs between two answers that say the same."""


def encoded(body: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes of a body, and a weak tag of all but its clocks."""
    timeless = {key: value for key, value in body.items() if key not in CLOCKS}
    tag = hashlib.sha256(json.dumps(timeless, ensure_ascii=False, allow_nan=False).encode()).hexdigest()[:32]
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(), f'W/"{tag}"'
