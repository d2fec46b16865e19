"""When each source was last looked at with success, as of a time: read from the bounded log of looks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, func, select

from monitor.store.tables import look_log

__all__ = ["HAS_FAILED", "last_ok_then"]

HAS_FAILED = look_log.c.body.contains('"outcome":"failed"', autoescape=True)
"""Quotes within a string are escaped in our JSON: this stands in a body only as its outcome."""


def last_ok_then(connection: Connection, as_of: datetime) -> dict[str, tuple[datetime | None, datetime]]:
    """Of the sources whose log reaches back to ``as_of``: the last look by then that did not fail (None: the log holds
    only failed ones from before it), and the first look that the log holds."""
    ok_at, first = func.max(case((~HAS_FAILED, look_log.c.at))), func.min(look_log.c.at)
    query = select(look_log.c.source, ok_at.label("ok_at"), first.label("first_at"))
    found = connection.execute(query.where(look_log.c.at <= as_of).group_by(look_log.c.source))
    return {row.source: (row.ok_at, row.first_at) for row in found}
