"""Whether what a source last said still holds: the age of its data or of our last look, the silence."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from monitor.fuse.records import SourceRecord
from monitor.fuse.rules import Rules

__all__ = ["GONE", "NO_WORD", "is_fresh", "silence_limit"]

NO_WORD = ("gap", "silent")  # looks that failed because posts are known to be missing: no word is fresh
GONE = ("auth_lost", "refused")


def silence_limit(source: str, rules: Rules) -> timedelta | None:
    """How long the source may plausibly say nothing, by its cadence as a Poisson process widened by ``burst``."""
    profile = rules.profiles.get(source)
    if profile is None or not profile.cadence:
        return None
    days = -math.log(rules.least_likely) * rules.burst / profile.cadence
    return max(profile.stale_after, timedelta(days=min(days, 3650)))


def is_fresh(record: SourceRecord, now: datetime, rules: Rules) -> bool:
    """Whether what this source last said still holds. A snapshot is as old as its data, a channel as its last look."""
    if record.suspended_at is not None or record.is_catching_up or record.fail_reason in NO_WORD + GONE:
        return False
    stale = rules.stale_after(record.id)
    if record.data_at is not None:
        return record.trusted_at is not None and now - record.trusted_at <= stale
    if record.last_ok is None or now - record.last_ok > stale:
        return False
    limit = silence_limit(record.id, rules)
    return limit is None or record.newest is None or now - record.newest <= limit
