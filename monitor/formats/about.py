"""What stands beside exported rows: what was asked, as known when, and how well that time was being watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.formats.plain import plain

__all__ = ["REMARK", "About"]

REMARK = "Not a warning system: follow official sirens. Every figure is a claim of the one who made it, unverified."

_SAID = {
    "full": "The whole time was being watched.",
    "partial": "Not all of the time was being watched: what is missing here may have happened.",
    "none": "This time was not being watched: an empty answer says nothing about it.",
}


@dataclass(frozen=True, slots=True)
class About:
    """``coverage`` is ``{"status": full | partial | none, "gaps": [{"start", "end", "source"}, …]}``; None where the
    rows are no series over time. Times are ISO 8601 in UTC."""

    what: str
    since: str | None = None
    until: str | None = None
    region: str | None = None
    as_of: str | None = None
    made_at: str | None = None
    coverage: Mapping[str, Any] | None = None
    is_public: bool = False

    def record(self) -> dict[str, Any]:
        """As JSON, with the remark that belongs to every export."""
        return {**plain(self), "coverage_in_words": self.words, "remark": REMARK}

    @property
    def words(self) -> str:
        """One sentence on the coverage."""
        return _SAID.get(str((self.coverage or {}).get("status")), "")

    @property
    def gaps(self) -> list[Mapping[str, Any]]:
        """Times in which nobody at all was being watched."""
        return [gap for gap in (self.coverage or {}).get("gaps", ()) if gap.get("source") is None]
