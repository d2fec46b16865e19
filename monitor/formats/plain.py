"""Model types as plain JSON values: times in UTC with ``Z``, no bytes, no lone surrogates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["plain", "utc"]


def utc(at: datetime | None) -> str | None:
    """``2024-11-10T00:00:00Z``."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def plain(value: Any) -> Any:
    """Any model value as JSON. Durations in seconds."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if value.isascii() or _is_whole(value) else value.encode("utf-16", "replace").decode("utf-16")
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return None
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value) if field.repr}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return str(value)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
