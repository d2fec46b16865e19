"""The words of the contracts: every closed list of values, once."""

from __future__ import annotations

from typing import Any, Literal

JSON = Any

Kind = Literal["alert", "strike", "count"]
Nature = Literal["actual", "exercise", "test", "system"]
Level = Literal["country", "oblast", "raion", "hromada", "city", "district", "sea", "area"]
Scope = Literal["country", "oblast", "raion", "hromada", "city"]
AlertStatus = Literal["start", "end", "threat"]
Threat = Literal["air", "missile", "ballistic", "drone", "guided_bomb", "mig31k", "artillery", "other"]
Weapon = Literal["drone", "missile", "ballistic", "guided_bomb", "rocket", "artillery", "mixed", "unknown"]
Measure = Literal["launched", "shot_down", "lost", "left", "hit", "present", "suppressed", "withheld"]
Bound = Literal["approx", "at_least", "at_most"]
Period = Literal["night", "day", "hours", "instant", "week", "month", "season", "year", "war"]
Side = Literal["UA", "RU"]
Rank = Literal["official", "monitor", "media"]
SignalKind = Literal["retraction", "correction", "source_outage", "source_resumed", "drill", "test", "recycled"]
RegionStatus = Literal["active", "partial", "clear", "unknown"]
Health = Literal["live", "quiet", "degraded", "suspended", "lost"]

CHANGE_TYPES = (
    "alert.started", "alert.affirmed", "alert.partial", "alert.cleared", "alert.expired", "alert.retracted",
    "threat.started", "threat.ended",
    "strike.reported", "strike.updated", "strike.merged", "strike.split",
    "count.claimed", "count.updated", "report.retracted",
    "coverage.lost", "coverage.restored", "source.changed", "state.snapshot", "heartbeat",
    "system.clock_jump", "system.storage_full", "system.ping", "system.endpoint_disabled", "system.notice",
)  # fmt: skip
