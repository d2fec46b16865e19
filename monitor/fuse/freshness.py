"""Whether what a source last said still holds: the age of its data or of our last look, the silence."""

from __future__ import annotations

from datetime import datetime

from monitor.fuse.records import SourceRecord
from monitor.fuse.rules import Rules

__all__ = ["GONE", "NO_WORD", "is_fresh"]

NO_WORD = ("gap", "silent")  # looks that failed because posts are known to be missing: no word is fresh
GONE = ("auth_lost", "refused")


def is_fresh(record: SourceRecord, now: datetime, rules: Rules) -> bool:
    """Whether what this source last said still holds. A snapshot is as old as its data, a channel as its last look."""
    if record.suspended_at is not None or record.is_catching_up or record.fail_reason in NO_WORD + GONE:
        return False
    stale = rules.stale_after(record.id)
    if record.data_at is not None:
        return record.trusted_at is not None and now - record.trusted_at <= stale
    if record.last_ok is None or now - record.last_ok > stale:
        return False
    limit = rules.longest_silence(record.id)
    return limit is None or record.newest is None or now - record.newest <= limit
