"""The wire schema, version 1: what a change looks like to those who are told of it.

CloudEvents 1.0 in JSON; everything of ours is under ``data``. Fields are only ever added within version 1. The bytes
are made once per audience, when the change is committed: the same message id is always the same bytes. Public
endpoints get the change as ``monitor.publication`` shows it; trusted ones get it whole,
under an id of its own (``:t``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticSerializationError

from monitor.model import JSON, Change, EvidenceRef, Gazetteer, SourceProfile
from monitor.publication import PLACE_NOT_SHOWN

__all__ = ["MAX_BYTES", "SCHEMA", "Data", "Event", "Evidence", "PlaceName", "Region", "Wire", "encode", "event"]

SCHEMA = "urn:airalert-monitor:webhook:v1"
SOURCE = "urn:airalert-monitor"
MAX_BYTES = 65_536
"""A body is never longer; what does not fit is left out, named in ``truncated``, and had from ``link``."""

_MOST_EVIDENCE = 20
_LONGEST_QUOTE = 1_000


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceName(Wire):
    """A place of the gazetteer."""

    id: str = Field(description="ISO 3166 for countries and first-level areas, KATOTTG or GeoNames below.")
    name: str = Field(description="English name; the id itself where the gazetteer has none.")
    level: str | None = Field(None, description="country, oblast, raion, hromada, city, district, sea or area.")


class Region(Wire):
    """What was known of one region when the message was made. ``unknown`` never means that it is quiet."""

    place: str
    name: str
    state: Literal["active", "partial", "clear", "unknown"]
    stale: bool = False
    since: datetime | None = None
    as_of: datetime
    last_confirmed_at: datetime | None = None
    basis: str = "none"
    confirmed: bool = False
    conflict: bool = False
    level: Literal["red", "yellow"] | None = None
    regimes: list[str] = []
    threats: list[dict[str, Any]] = []
    sources: list[str] = []
    standing: bool = False
    reason: str | None = None
    seq: int = 0


class Evidence(Wire):
    """The sentence behind the change. ``withheld``: its words are not shown to the public yet."""

    quote: str
    link: str | None
    source: str
    source_name: str | None = None
    rank: str | None = Field(None, description="official, monitor or media.")
    claimant: str | None = None
    rule: str | None = None
    span: tuple[int, int] | None = Field(None, description="Code points in the item's title, newline, text.")
    at: datetime
    report: str
    item: str | None = None
    withheld: str | None = None


class Data(Wire):
    """The change itself."""

    seq: int = Field(description="Rises by one with every change of this monitor; gaps show what was filtered or lost.")
    key: str = Field(description="Messages of one key arrive in the order of their seq.")
    occurred_at: datetime
    known_at: datetime
    late: bool = Field(description="It was history already when we learnt it: nothing to sound for.")
    valid_until: datetime | None = Field(
        None, description="Past this, compared with the signed webhook-timestamp, it is no news: sound nothing."
    )
    nature: Literal["actual", "exercise", "test", "system"]
    subject: str
    places: list[PlaceName]
    details: dict[str, Any] = Field(description="Fields of this type of change.")
    state: dict[str, Region] = Field(description="The regions concerned, as they stood when this was made.")
    evidence: list[Evidence]
    evidence_total: int
    verification: Literal["unverified"] | None = Field(None, description="Claims of war parties are never verified.")
    audience: Literal["public", "trusted"] = "public"
    link: str
    truncated: list[str] = Field(default=[], description="What was left out for its length; have it from link.")


class Event(Wire):
    """One message: a CloudEvents 1.0 envelope. ``id`` equals the webhook-id header."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str = SOURCE
    type: str
    time: datetime
    subject: str
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str = SCHEMA
    data: Data


def event(
    change: Change,
    state: dict[str, JSON],
    gazetteer: Gazetteer,
    profiles: dict[str, SourceProfile] | Any,
    *,
    is_trusted: bool = False,
    source: str = SOURCE,
) -> Event:
    """A change (already as its audience may see it) and the states of its regions, in wire form."""
    is_claim = change.type.startswith(("strike.", "count."))
    return Event(
        id=f"{change.id}:t" if is_trusted else change.id,
        source=source,
        type=change.type,
        time=change.occurred_at,
        subject=change.subject,
        data=Data(
            seq=change.seq,
            key=change.key,
            occurred_at=change.occurred_at,
            known_at=change.known_at,
            late=change.late,
            valid_until=change.valid_until,
            nature=change.nature,
            subject=change.subject,
            places=[_place(place, gazetteer) for place in change.places],
            details=dict(change.data),
            state={place: region(found, gazetteer) for place, found in state.items()},
            evidence=[_evidence(ref, profiles) for ref in change.evidence[:_MOST_EVIDENCE]],
            evidence_total=len(change.evidence),
            verification="unverified" if is_claim else None,
            audience="trusted" if is_trusted else "public",
            link=f"/v1/changes/{change.id}",
        ),
    )


def encode(message: Event) -> bytes:
    """The frozen bytes, UTF-8, at most ``MAX_BYTES``."""
    body = _json(message)
    for cut in (_short_evidence, _no_evidence, _short_state, _no_state, _no_details):
        if len(body) <= MAX_BYTES:
            return body
        message = message.model_copy(update={"data": cut(message.data)})
        body = _json(message)
    return body


def region(found: JSON, gazetteer: Gazetteer) -> Region:
    """A ``RegionState`` as JSON, under the names of the contract (DESIGN section 4)."""
    place = found["place"]
    return Region(
        place=place,
        name=gazetteer.name(place),
        state=found["status"],
        stale=found.get("is_stale", False),
        since=found.get("since"),
        as_of=found["as_of"],
        last_confirmed_at=found.get("last_confirmed_at"),
        basis=found.get("basis", "none"),
        confirmed=found.get("is_confirmed", False),
        conflict=found.get("in_conflict", False),
        level=found.get("level"),
        regimes=list(found.get("regimes", ())),
        threats=[dict(threat) for threat in found.get("threats", ())],
        sources=list(found.get("sources", ())),
        standing=found.get("is_standing", False),
        reason=found.get("reason"),
        seq=found.get("seq", 0),
    )


def _place(place: str, gazetteer: Gazetteer) -> PlaceName:
    return PlaceName(id=place, name=gazetteer.name(place), level=gazetteer.level(place))


def _evidence(ref: EvidenceRef, profiles: Any) -> Evidence:
    profile = profiles.get(ref.source)
    is_withheld = not ref.item
    return Evidence(
        quote=ref.quote if len(ref.quote) <= _LONGEST_QUOTE else ref.quote[: _LONGEST_QUOTE - 1] + "…",
        link=ref.url,
        source=ref.source,
        source_name=(profile.name or None) if profile else None,
        rank=profile.rank if profile else None,
        claimant=ref.claimant,
        rule=ref.rule or None,
        span=ref.span,
        at=ref.at,
        report=ref.report,
        item=ref.item or None,
        withheld=PLACE_NOT_SHOWN if is_withheld else None,
    )


def _json(message: Event) -> bytes:
    try:
        return message.model_dump_json().encode("utf-8")
    except (PydanticSerializationError, UnicodeEncodeError):
        # A lone surrogate has no UTF-8 form: it is shown as the replacement character.
        plain = _without_surrogates(message.model_dump(mode="python"))
        return Event.model_validate(plain).model_dump_json().encode("utf-8")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(inner) for inner in value]
    return value


def _short_evidence(data: Data) -> Data:
    short = [one.model_copy(update={"quote": one.quote[:200], "rule": None}) for one in data.evidence[:5]]
    return data.model_copy(update={"evidence": short, "truncated": [*data.truncated, "evidence"]})


def _no_evidence(data: Data) -> Data:
    return data.model_copy(update={"evidence": []})


def _short_state(data: Data) -> Data:
    """What is known of each region outlasts who said so: a receiver has to learn which are unknown now."""
    short = {
        place: one.model_copy(update={"sources": [], "threats": [{"threat": name} for name in _threats(one)]})
        for place, one in data.state.items()
    }
    return data.model_copy(update={"state": short, "truncated": [*data.truncated, "state.sources", "state.threats"]})


def _threats(state: Region) -> list[str]:
    return list(dict.fromkeys(str(threat.get("threat")) for threat in state.threats))


def _no_state(data: Data) -> Data:
    return data.model_copy(update={"state": {}, "truncated": [*data.truncated, "state"]})


def _no_details(data: Data) -> Data:
    cut = {"details": {}, "places": data.places[:50], "truncated": [*data.truncated, "details"]}
    return data.model_copy(update=cut)
