"""Threats without the siren: they stand beside the state until their own end or until they are no longer valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.fuse.records import Advice
from monitor.fuse.state import Work
from monitor.identity import digest
from monitor.model import AlertReport, Change, EvidenceRef, Telling

__all__ = ["advise", "expire_advice", "take_back_advice", "unadvise"]

_KEEP = 6


def advise(work: Work, telling: Telling, what: AlertReport, places: Sequence[str], nature: str) -> list[str]:
    """A threat is told of, or told of again. One that was already over when we learnt of it is told as late."""
    threat = what.threat or "other"
    until = telling.at + work.rules.advisory_valid
    ref = EvidenceRef(
        report=telling.id, item=telling.item, version=telling.version, source=telling.source, at=telling.at,
        quote=what.evidence.quote, span=what.evidence.span, rule=what.evidence.rule, url=telling.url,
    )  # fmt: skip
    reached = []
    for place in places:
        key = f"{place}/{threat}" if nature == "actual" else f"{place}/{threat}/{nature}"
        before = work.advice.get(key)
        stands = before is not None and before.valid_until > telling.at >= before.since
        if before is not None and before.valid_until >= until:
            continue  # an older word does not shorten or lengthen what stands
        advice = Advice(
            place=place, threat=threat, since=before.since if before and stands else telling.at, valid_until=until,
            source=telling.source, nature=nature, level=what.level,
            told=(*before.told[-_KEEP + 1 :], ref) if before and stands else (ref,),
        )  # fmt: skip
        work.advice.put(key, advice)
        reached.append(f"advice:{key}")
        if work.meta.cells_due is None or until < work.meta.cells_due:
            work.meta = replace(work.meta, cells_due=until)
        if not stands:
            late = telling.is_late or work.now - telling.at > work.rules.late_after
            _tell(work, "threat.started", advice, telling.at, ref, late, {})
    return reached


def unadvise(work: Work, telling: Telling, threat: str, places: Sequence[str], nature: str) -> None:
    """The end of a threat by name, here and below; without a place, of all that the same source told of."""
    for key, advice in sorted(work.advice.items()):
        if advice.threat != threat or advice.nature != nature or telling.at < advice.since:
            continue
        is_own = advice.source == telling.source
        within = any(place in work.rules.line(advice.place) for place in places)
        has_say = is_own or work.rules.may_close(telling.source, advice.place)
        if (within and has_say) or (not places and is_own):
            ref = EvidenceRef(
                report=telling.id, item=telling.item, version=telling.version, source=telling.source, at=telling.at,
                url=telling.url,
            )  # fmt: skip
            work.advice.put(key, None)
            late = telling.is_late or work.now - telling.at > work.rules.late_after
            _tell(work, "threat.ended", advice, telling.at, ref, late, {"end_basis": "explicit"})


def take_back_advice(work: Work, key: str, report_item: str, version: int) -> bool:
    """A post that told of a threat no longer stands: without another word for it the threat is gone."""
    advice = work.advice.get(key)
    if advice is None or not any((ref.item, ref.version) == (report_item, version) for ref in advice.told):
        return False
    left = tuple(ref for ref in advice.told if (ref.item, ref.version) != (report_item, version))
    if left:
        valid = max(ref.at for ref in left) + work.rules.advisory_valid
        work.advice.put(key, replace(advice, told=left, valid_until=valid))
        return True
    work.advice.put(key, None)
    _tell(work, "threat.ended", advice, work.now, advice.told[0], False, {"end_basis": "retracted"})
    return True


def expire_advice(work: Work) -> datetime | None:
    """Drop what is no longer valid; the next moment at which something will not be."""
    due: datetime | None = None
    for key, advice in sorted(work.advice.items()):
        if advice.valid_until <= work.now:
            work.advice.put(key, None)
            _tell(work, "threat.ended", advice, advice.valid_until, advice.told[-1], False, {"end_basis": "timeout"})
        elif due is None or advice.valid_until < due:
            due = advice.valid_until
    return due


def _tell(
    work: Work, what: str, advice: Advice, at: datetime, ref: EvidenceRef, late: bool, extra: dict[str, str]
) -> None:
    place = work.rules.place(advice.place)
    subject = digest("advice", advice.place, advice.threat, advice.told[0].report)
    work.changes.append(
        Change(
            id=digest(what, subject, ref.report, at),
            type=what,
            key=f"alert:{advice.place}",
            subject=subject,
            occurred_at=at,
            known_at=work.now,
            places=(advice.place,),
            late=late,
            nature=advice.nature,  # type: ignore[arg-type]
            valid_until=advice.valid_until if what == "threat.started" else None,
            evidence=(ref,),
            data={
                "place": advice.place,
                "name": place.name if place else advice.place,
                "threat": advice.threat,
                "regime": advice.threat,
                "level": advice.level,
                "since": advice.since.isoformat(),
                "valid_until": advice.valid_until.isoformat(),
                "source": advice.source,
                "advisory": True,
                **extra,
            },
        )
    )
