"""A reading as the JSON record of ``monitor classify``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.model import AlertReport, CountReport, Evidence, Moment, PlaceRef, Reading, Report, Signal, StrikeReport

__all__ = ["record", "report_record"]


def record(id: str, reading: Reading) -> dict[str, Any]:
    """``{"id", "lang", "reports", "signals", "notes"}``: one line of ``monitor classify``'s output."""
    return {
        "id": id,
        "lang": reading.lang,
        "reports": [report_record(report) for report in reading.reports],
        "signals": [_signal(signal) for signal in reading.signals],
        "notes": [
            {"text": note.text, "reason": note.reason, "span": list(note.span) if note.span else None}
            for note in reading.notes
        ],
    }


def report_record(report: Report) -> dict[str, Any]:
    """One report with its evidence, as plain JSON values."""
    head: dict[str, Any] = {"kind": report.kind, **_places(report.places)}
    body: dict[str, Any]
    match report:
        case AlertReport():
            body = {
                "status": report.status,
                "scope": report.scope,
                "threat": report.threat,
                "ongoing": report.ongoing,
                "except_places": [place.name for place in report.except_places],
                "level": report.level,
            }
        case StrikeReport():
            body = {
                "weapons": list(report.weapons),
                "target_kind": report.target_kind,
                "killed": report.killed,
                "injured": report.injured,
                "bound": report.bound,
                "date": report.date,
                "attributed_to": report.attributed_to,
                "retro": report.retro,
            }
        case CountReport():
            body = {
                "weapon": report.weapon,
                "model": report.model,
                "measure": report.measure,
                "value": report.value,
                "value_max": report.value_max,
                "bound": report.bound,
                "subset_of": report.subset_of,
                "attacker": report.attacker,
                "period": report.period,
                "date_or_period": report.date_or_period,
                "claimed_by": report.claimed_by,
                "vocabulary": report.vocabulary,
                "retro": report.retro,
            }
    if report.nature != "actual":
        body["nature"] = report.nature
    return {**head, **body, **_evidence(report.evidence)}


def _places(places: tuple[PlaceRef, ...]) -> dict[str, Any]:
    return {"places": [place.name for place in places], "place_ids": [place.code for place in places]}


def _signal(signal: Signal) -> dict[str, Any]:
    return {"kind": signal.kind, "of": signal.of, **_places(signal.places), **_evidence(signal.evidence)}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "quote": evidence.quote,
        "span": list(evidence.span),
        "rule": evidence.rule,
        "confidence": round(evidence.confidence, 2),
        "occurred": _moment(evidence.occurred),
    }


def _moment(moment: Moment | None) -> dict[str, Any] | None:
    if moment is None:
        return None
    return {"from": _utc(moment.start), "to": _utc(moment.end), "precision": moment.precision}


def _utc(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
