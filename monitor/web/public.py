"""Rows as the public may see them: the publication policy laid over strikes, claims, reports and changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.fuse import Rules
from monitor.model import Change, Claim, Interval, Reading, StrikeEvent, StrikeReport
from monitor.publication import PublicationPolicy, public_change, public_report, withheld_items
from monitor.store.series import StoredReport
from monitor.web.plain import plain

__all__ = ["Public"]


@dataclass(frozen=True, slots=True)
class Public:
    """The policy at one moment. ``is_full``: for a token of scope `full`, which sees what others do not."""

    policy: PublicationPolicy
    rules: Rules
    now: datetime
    is_full: bool = False

    def change(self, change: Change, withheld: frozenset[str]) -> dict[str, Any]:
        """One change. ``withheld`` from ``withheld``."""
        return dict(plain(self.shown(change, withheld)))

    def withheld(self, changes: tuple[Change, ...]) -> frozenset[str]:
        """Items whose words stay back, judged by the changes that cite them."""
        if self.is_full:
            return frozenset()
        return withheld_items(changes, self.policy, self.now, self.rules.profiles)

    def alert(self, interval: Interval) -> dict[str, Any]:
        """Alerts are public at once, their words redacted."""
        return self._row("alert.started", interval, (interval.place,), interval.known_at, interval.is_late)

    def strike(self, event: StrikeEvent) -> dict[str, Any]:
        return {
            **self._row("strike.reported", event, event.places, event.updated_at, event.is_late),
            "verification": "unverified",
        }

    def claim(self, claim: Claim) -> dict[str, Any]:
        return {
            **self._row("count.claimed", claim, claim.places, claim.known_at, claim.is_late),
            "verification": "unverified",
        }

    def report(self, stored: StoredReport, siblings: Reading | None) -> dict[str, Any]:
        """One report or signal; ``siblings`` is everything that was read in the same item version."""
        telling = stored.telling
        profile = self.rules.profiles.get(telling.source)
        tells_impact = siblings is None or any(isinstance(report, StrikeReport) for report in siblings.reports)
        said_at = telling.at if telling.is_late else max(telling.at, telling.received)
        is_new = self.now - said_at < max(self.policy.civilian, self.policy.military)
        hides = tells_impact and is_new and not self.is_full
        what: Any = telling.what
        if not self.is_full and hasattr(what, "evidence") and what.kind in ("alert", "strike", "count"):
            what = public_report(
                what,
                self.policy,
                self.now,
                self.rules.gazetteer,
                said_at=said_at,
                is_official=profile is not None and profile.rank == "official",
                is_withheld=hides,
            )
        return {
            "id": telling.id,
            "source": telling.source,
            "source_name": profile.name if profile else None,
            "rank": profile.rank if profile else None,
            "item": None if hides else telling.item,
            "version": telling.version,
            "at": plain(telling.at),
            "received": plain(telling.received),
            "known_at": plain(stored.known_at),
            "late": telling.is_late,
            "nature": telling.nature,
            "lang": telling.lang,
            "url": None if hides else telling.url,
            "withdrawn_at": plain(stored.withdrawn_at),
            "report": plain(what),
        }

    def shown(self, change: Change, withheld: frozenset[str]) -> Change:
        """The change as it may be seen."""
        rules = self.rules
        if self.is_full:
            return change
        return public_change(change, self.policy, self.now, rules.gazetteer, rules.profiles, withheld)

    def _row(self, kind: str, row: Any, places: tuple[str, ...], known_at: datetime, late: bool) -> dict[str, Any]:
        """A row in the clothes of a change, so that one policy decides about both."""
        data = plain(row)
        evidence = row.evidence
        data.pop("evidence", None)
        change = Change(row.id, kind, "", row.id, known_at, known_at, places, late, data=data, evidence=evidence)
        shown = self.shown(change, self.withheld((change,)))
        out = dict(shown.data)
        if "places" in data:
            out["places"] = list(shown.places)
        return {**out, "evidence": plain(shown.evidence)}
