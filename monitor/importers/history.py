"""What is read of the past, told so that nothing of it can pass for news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from monitor.model import Batch, Look

__all__ = ["as_history"]


def as_history(batch: Batch, until: datetime, since: datetime | None = None) -> Batch:
    """The batch as late items of ``since`` to ``until``: the last minutes are news and belong to the daemon.

    Its look is no look at what is being said now: a region must not seem clear because somebody reads old posts.
    The live cursor is left alone.
    """
    kept = tuple(
        replace(item, is_late=True)
        for item in batch.items
        if item.deleted
        or item.published is None
        or (item.published <= until and (since is None or since <= item.published))
    )
    detail = "the history was read beside the daemon; its next look says how things are now"
    look = Look(batch.source, batch.look.at, "failed", "gap", detail)
    return replace(batch, items=kept, look=look, cursor=None)
