"""A sentence that tells of an alert in one place and of a threat to another."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.proposals import Proposal, add_sites, threats_named
from monitor.extract.alerts.sounded import sirens_in
from monitor.extract.alerts.threats import threats_in
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import clause_starts

__all__ = ["alert_and_threat", "threat_left"]

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


def threat_left(doc: Doc, part: Part, ended: list[Proposal]) -> list[Proposal]:
    """ "The alert is over in A, but the threat of guided bombs remains": the threat behind the "but", to A."""
    buts = part.of("conj.but")
    behind = piece(part, buts[0].j, part.j) if buts else part
    if not buts or not behind.has("alert.threat") or not behind.has("alert.still", "alert.lasts"):
        return []
    if behind.has("veto") or not behind.has("weapon", "model") or buts[0].i < ended[0].part.i:
        return []
    out = []
    for threat in threats_named(doc, behind):
        left = Proposal("threat", threat, behind, "alert.threat")
        add_sites(left, behind.sites)
        left.sites = left.sites or list(ended[0].sites)
        out.append(left)
    return out
