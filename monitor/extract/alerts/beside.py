"""A sentence that tells of an alert in one place and of a threat to another."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal
from monitor.extract.alerts.sounded import sirens_in
from monitor.extract.alerts.threats import threats_in
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import clause_starts

__all__ = ["alert_and_threat"]

_OVER: Final = (
    "veto", "alert.still", "alert.lasts", "alert.all_clear", "alert.all_clear_siren", "alert.over", "alert.lifted",
    "alert.event_over", "alert.expected", "alert.clean", "signal",
)  # fmt: skip


def alert_and_threat(doc: Doc, part: Part) -> list[Proposal]:
    """ "Air alert in A, threat of drones to B": each of the place in its own clause."""
    sirens = part.of("alert.siren", "alert.signal")
    stated = next((m for m in part.of("alert.threat") if sirens and m.i > sirens[0].j), None)
    if stated is None or len(part.sites) < 2 or part.has(*_OVER):
        return []
    cut = next((k for k in clause_starts(doc, part) if sirens[0].j <= k <= stated.i), None)
    if cut is None:
        return []
    alert, threat = piece(part, part.i, cut), piece(part, cut, part.j)
    if not alert.sites or not any(s.role != "from" and s.i > stated.i for s in threat.sites):
        return []
    alert.j = cut - 1  # without the comma
    started = sirens_in(doc, alert)
    announced = threats_in(doc, threat) if started else []
    return [*started, *announced] if announced else []
