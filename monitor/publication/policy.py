"""Who may see what of a change, a report or an item, at ``now``.

Three rules. Alerts, all-clears and threats pass at once, with their places as stated. The place of an impact is its
first-level area, and the words of its item are withheld whole, until the delay has passed *and* an official source
has told it. What ``redact`` takes out is taken out of every text, always. What rests on a sentence that says where air
defences or units stand is ``restricted``: never finer than its first-level area, whatever time has passed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import (
    JSON,
    AlertReport,
    Change,
    CountReport,
    Evidence,
    EvidenceRef,
    Gazetteer,
    Item,
    PlaceRef,
    Report,
    SourceProfile,
    StrikeReport,
)
from monitor.publication.redact import redact, redact_json, tells_positions

__all__ = [
    "PLACE_NOT_SHOWN",
    "PublicationPolicy",
    "coarse_place",
    "is_released",
    "lowered",
    "public_change",
    "public_item",
    "public_places",
    "public_report",
    "withheld_items",
]

PLACE_NOT_SHOWN = "place not shown yet"
"""What stands where words are withheld."""

_CIVILIAN = frozenset({"residential", "energy", "port", "rail", "medical", "school", "industry"})
_FIRST_LEVEL = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")
_WIDE = frozenset({"country", "oblast", "sea"})
_PLACE_TOKEN = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}|UA\d{17}|\d{4,12}")

_KEPT_OF_AN_IMPACT = frozenset(
    {
        "kind", "weapons", "weapon", "target_kind", "killed", "injured", "least", "most", "latest", "claimant", "at",
        "claimants", "claimant_side", "date", "first_at", "known_at", "updated_at", "origins", "sources", "alert",
        "lead_seconds", "is_retro", "is_late", "nature", "merged_into", "retracted_at", "cause", "reason", "measure",
        "value", "value_max", "bound", "model", "attacker", "period", "date_or_period", "stage", "chain",
        "supersedes", "superseded_by", "subset_of", "vocabulary", "flags", "window", "start", "end", "precision",
        "retro", "status", "of", "id", "source", "confidence", "report", "was", "merged", "from", "retracts",
        "source_deleted",
    }
)  # fmt: skip
"""Keys of ``Change.data`` that say nothing of the place or the words of an impact; all others are left out."""


@dataclass(frozen=True, slots=True)
class PublicationPolicy:
    """The delays. A target that is not known to be civilian is given the military one: unknown is not harmless."""

    civilian: timedelta = timedelta(hours=3)
    military: timedelta = timedelta(hours=12)
    needs_official: bool = True

    def delay(self, target_kind: str | None) -> timedelta:
        return self.civilian if target_kind in _CIVILIAN else max(self.civilian, self.military)


def lowered(policy: PublicationPolicy) -> tuple[str, ...]:
    """What is laxer than the default, one sentence each: to be logged at every start."""
    default = PublicationPolicy()
    out = []
    if policy.civilian < default.civilian:
        out.append(f"publication delay for civilian targets lowered from {default.civilian} to {policy.civilian}")
    if policy.military < default.military:
        out.append(f"publication delay for military targets lowered from {default.military} to {policy.military}")
    if default.needs_official and not policy.needs_official:
        out.append("places of impacts are published without waiting for an official source")
    return tuple(out)


def is_released(
    policy: PublicationPolicy, now: datetime, said_at: datetime, *, target_kind: str | None, has_official: bool
) -> bool:
    """True when the place and the words of an impact may be shown. ``said_at``: when it was last told anew."""
    return now - said_at >= policy.delay(target_kind) and (has_official or not policy.needs_official)


def coarse_place(place: str, gazetteer: Gazetteer) -> str | None:
    """The first-level area (or country, or sea) that a place lies in; None when that is not known."""
    for here in gazetteer.line(place):
        if _FIRST_LEVEL.fullmatch(here) or gazetteer.level(here) in _WIDE:
            return here
    return None


def public_places(places: Sequence[str], gazetteer: Gazetteer) -> tuple[str, ...]:
    """The places of an impact as the public sees them before its time, without repeats."""
    return tuple(dict.fromkeys(wide for place in places if (wide := coarse_place(place, gazetteer)) is not None))


def withheld_items(
    changes: Iterable[Change], policy: PublicationPolicy, now: datetime, profiles: Mapping[str, SourceProfile]
) -> frozenset[str]:
    """Items that tell of an impact whose time has not come: their words appear in no public output."""
    return frozenset(
        ref.item
        for change in changes
        if _is_impact(change) and not _change_is_released(change, policy, now, profiles)
        for ref in change.evidence
    )


def public_change(
    change: Change,
    policy: PublicationPolicy,
    now: datetime,
    gazetteer: Gazetteer,
    profiles: Mapping[str, SourceProfile],
    withheld: Collection[str] = (),
) -> Change:
    """The change as the public may see it. ``withheld``: items whose words stay back (``withheld_items``)."""
    if _has_place_rule(change):
        if any(tells_positions(ref.quote) for ref in change.evidence):
            wide = _impact_before_its_time(change, gazetteer, keeps_words=False)
            return replace(wide, data={**wide.data, "restricted": True})
        if not _change_is_released(change, policy, now, profiles):
            return _impact_before_its_time(change, gazetteer)
    evidence = tuple(
        _without_words(ref) if ref.item in withheld else replace(ref, quote=redact(ref.quote))
        for ref in change.evidence
    )
    data = redact_json(change.data)
    if evidence == change.evidence and data == change.data:
        return change
    return replace(change, evidence=evidence, data=data)


def public_report(
    report: Report,
    policy: PublicationPolicy,
    now: datetime,
    gazetteer: Gazetteer,
    *,
    said_at: datetime,
    is_official: bool,
    is_withheld: bool = False,
) -> Report:
    """A report as the public may see it. ``is_withheld``: its item also tells of an impact before its time."""
    target = report.target_kind if isinstance(report, StrikeReport) else None
    has_rule = not isinstance(report, AlertReport)
    is_restricted = has_rule and tells_positions(report.evidence.quote)
    before_time = is_restricted or (
        has_rule and not is_released(policy, now, said_at, target_kind=target, has_official=is_official)
    )
    evidence = report.evidence
    if is_withheld or is_restricted or (before_time and _tells_impact(report)):
        evidence = Evidence("", (0, 0), "", evidence.confidence, evidence.occurred)
    else:
        evidence = replace(evidence, quote=redact(evidence.quote))
    if not before_time:
        return replace(report, evidence=evidence)
    return replace(report, evidence=evidence, places=_coarse_refs(report.places, gazetteer))


def public_item(item: Item, *, is_withheld: bool) -> Item:
    """An item as the public may see it: its words redacted, or withheld whole together with address and key."""
    if is_withheld:
        return replace(
            item, key="", text=PLACE_NOT_SHOWN, title=None, url=None, media=(), origin=None, snapshot=None, raw=None
        )
    title = None if item.title is None else redact(item.title)
    return replace(item, text=redact(item.text), title=title, media=(), raw=None)


def _is_impact(change: Change) -> bool:
    """Its words tell of an impact."""
    if change.type.startswith("strike."):
        return True
    if change.type.startswith("count."):
        return change.data.get("measure") == "hit"
    if change.type != "report.retracted" or change.data.get("kind") == "alert":
        return False
    return change.data.get("measure", "hit") == "hit" and change.data.get("kind") != "count"


def _has_place_rule(change: Change) -> bool:
    """Its places are kept wide: impacts, and counts, which tell where something was hit or shot down."""
    is_count = change.type.startswith("count.") or (change.type == "report.retracted" and "measure" in change.data)
    return is_count or _is_impact(change)


def _tells_impact(report: Report) -> bool:
    return isinstance(report, StrikeReport) or (isinstance(report, CountReport) and report.measure == "hit")


def _change_is_released(
    change: Change, policy: PublicationPolicy, now: datetime, profiles: Mapping[str, SourceProfile]
) -> bool:
    """Counted from the newest telling; of what reached us live, from when it did, whatever date it carries."""
    said_at = max((ref.at for ref in change.evidence), default=change.known_at)
    if not change.late:
        said_at = max(said_at, change.known_at)
    official = any(
        (profile := profiles.get(ref.source)) is not None and profile.rank == "official" for ref in change.evidence
    )
    target = change.data.get("target_kind")
    return is_released(policy, now, said_at, target_kind=target, has_official=official)


def _impact_before_its_time(change: Change, gazetteer: Gazetteer, *, keeps_words: bool = True) -> Change:
    fine = [place for place in change.places if coarse_place(place, gazetteer) != place]
    names = frozenset(gazetteer.name(place).casefold() for place in fine)
    keeps_words = keeps_words and not _is_impact(change) and not fine
    evidence = tuple(
        replace(ref, quote=redact(ref.quote)) if keeps_words else _without_words(ref, names) for ref in change.evidence
    )
    data = redact_json(change.data if keeps_words else _wide_data(change.data, names, gazetteer))
    if not keeps_words:
        data = {**data, "withheld": PLACE_NOT_SHOWN}
    return replace(
        change,
        key=change.subject if _names_any(change.key, names) else _wide_key(change.key, gazetteer),
        places=public_places(change.places, gazetteer),
        data=data,
        evidence=evidence,
    )


def _wide_data(value: JSON, names: frozenset[str], gazetteer: Gazetteer) -> JSON:
    """Only the kept keys, and no text among them that names a place of the impact."""
    if isinstance(value, Mapping):
        out = {}
        for key, inner in value.items():
            if key == "places" and isinstance(inner, list | tuple):
                out[key] = list(public_places([str(place) for place in inner], gazetteer))
            elif key in _KEPT_OF_AN_IMPACT:
                out[key] = _wide_data(inner, names, gazetteer)
        return out
    if isinstance(value, list | tuple):
        wide = [_wide_data(inner, names, gazetteer) for inner in value]
        return [inner for inner, was in zip(wide, value, strict=True) if inner is not None or was is None]
    if isinstance(value, str):
        is_fine = coarse_place(value, gazetteer) != value if value in gazetteer.places else _names_any(value, names)
        return None if is_fine else value
    return value


def _names_any(text: str, names: frozenset[str]) -> bool:
    folded = text.casefold()
    return any(name in folded for name in names if name)


def _wide_key(key: str, gazetteer: Gazetteer) -> str:
    def widen(found: re.Match[str]) -> str:
        token = found[0]
        return (coarse_place(token, gazetteer) or "") if token in gazetteer.places else token

    return _PLACE_TOKEN.sub(widen, key)


def _without_words(ref: EvidenceRef, names: frozenset[str] = frozenset()) -> EvidenceRef:
    claimant = None if ref.claimant is None or _names_any(ref.claimant, names) else redact(ref.claimant)
    return replace(ref, item="", quote="", span=None, rule="", url=None, claimant=claimant)


def _coarse_refs(places: Sequence[PlaceRef], gazetteer: Gazetteer) -> tuple[PlaceRef, ...]:
    wide = public_places([ref.id or ref.name for ref in places], gazetteer)
    return tuple(
        PlaceRef(place, place, known.level if known else None, known.code if known else None)
        for place in wide
        for known in (gazetteer.places.get(place),)
    )
