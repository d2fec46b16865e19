"""How a route gets its context, and what it asks of whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, HTTPException

from monitor.web.context import Context, asked_by

__all__ = ["Asked", "moment", "needs", "stretch"]


Asked = Annotated[Context, Depends(asked_by)]


def needs(scope: str) -> Any:
    """A dependency: the context, for a token with this scope. 401 without a token, 403 with one that may not."""

    def check(asked: Asked) -> Context:
        if asked.grant.token is None:
            raise HTTPException(
                401, f"This needs a token with the scope {scope}.", {"www-authenticate": 'Bearer realm="monitor"'}
            )
        if not asked.grant.covers(scope):
            raise HTTPException(403, f"This token lacks the scope {scope}.")
        return asked

    return Depends(check)


def moment(value: str | None, name: str) -> datetime | None:
    """A time parameter: ISO 8601, UTC where it states no zone, a bare date is its first second."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace(" ", "+"))
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if not 1970 <= found.year <= 2200:
            raise ValueError
    except (ValueError, OverflowError):
        raise HTTPException(422, f"{name}: write a time as 2024-11-10T03:10:00Z") from None
    return found


def stretch(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """The two parameters of a range; 422 where it ends before it begins, so that nobody takes that for a quiet time."""
    start, end = moment(since, "since"), moment(until, "until")
    if start is not None and end is not None and end < start:
        raise HTTPException(422, "until: the range ends before it begins")
    return start, end
