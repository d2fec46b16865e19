"""Cursors that are a JSON object: where a source goes on."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["known_of"]


def known_of(cursor: str | None) -> dict[str, Any]:
    """What the cursor remembers; nothing where there is none or it is damaged: everything is then read as new."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
