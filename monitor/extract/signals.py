"""What a text says about reports and sources: retractions, corrections, outages, drills, tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.model import Evidence, Kind, Report, Signal, SignalKind

__all__ = ["read_signals"]

_KINDS: Final[dict[str, SignalKind]] = {
    "signal.retraction": "retraction", "signal.correction": "correction", "signal.outage": "source_outage",
    "signal.resumed": "source_resumed", "veto.drill": "drill", "veto.siren_test": "test", "veto.denied": "retraction",
    "veto.recycled": "recycled", "veto.history": "recycled",
}  # fmt: skip


def read_signals(doc: Doc, reports: Sequence[Report] = ()) -> list[Signal]:
    """The signals of a text, at most one of a kind for a sentence. What the text tells of all the same (``reports``)
    it does not take back."""
    out: list[Signal] = []
    for part in doc.parts:
        if "signal" not in part.groups and "veto" not in part.groups:
            continue
        seen: set[str] = set()
        if part.has("veto.not_drill"):
            m = part.of("veto.not_drill")[0]
            doc.note(m.i, m.j, "it says of itself that it is no drill")
            continue
        for m in part.mentions:
            kind = _KINDS.get(m.concept) if m.group in ("signal", "veto") else None
            if kind is None or kind in seen:
                continue
            of = _about(part)
            if kind == "retraction" and of == "strike" and any(doc.tokens[k].is_quote for k in range(m.i, m.j)):
                continue  # "the strike was 'a mistake'": what somebody calls it
            if m.concept in ("veto.drill", "veto.siren_test", "veto.denied") and of is None:
                continue
            if m.concept == "veto.history" and of not in ("strike", "count"):
                continue
            if m.concept == "veto.denied" and _is_told_too(part, of, reports):
                continue
            seen.add(kind)
            start, end = doc.span(part.i, part.j)
            evidence = Evidence(doc.source.raw[start:end], (start, end), m.concept, 0.8)
            out.append(Signal(kind, evidence, tuple(s.ref for s in part.sites), of))
    return out


def _is_told_too(part: Part, of: Kind | None, reports: Sequence[Report]) -> bool:
    """ "Two dead in A after a strike; the other side denies aiming at civilians": the denial names no other place."""
    told = [{place.name for place in one.places} for one in reports if one.kind == of]
    return bool(told) and (not part.sites or any(s.ref.name in names for s in part.sites for names in told))


def _about(part: Part) -> Kind | None:
    if part.has("alert.siren", "alert.signal", "alert.threat", "alert.danger", "weapon.mig31k", "alert.all_clear"):
        return "alert"
    if part.has("strike", "toll"):
        return "strike"
    if part.numbers and part.has("weapon", "model"):
        return "count"
    return "alert" if part.has("weapon", "model") else None
