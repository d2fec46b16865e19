"""A digest: one message per period that lists what was held back in it. Alerts, threats and states are never in one.

Each change was framed for its audience when it was committed, as a message of its own would have been; a digest is
made of those frozen bodies when the period ends, and its own bytes are frozen then. A digest that would be longer than
a message may be comes in parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from monitor.identity import digest
from monitor.model import Delivery
from monitor.sinks.payload import MAX_BYTES, Data, Event, Evidence, PlaceName, Wire, encode

__all__ = ["DIGEST", "Digest", "DigestChange", "digests"]

DIGEST = "digest"
"""The type of the message."""

_ROOM = MAX_BYTES - 4_096
"""Bytes of one part that its changes may take."""

_LONGEST_CHANGE = 8_192
_EVIDENCE, _QUOTE = 2, 300


class DigestChange(Wire):
    """One change of the period, as a message of its own would have told it, with the first of its evidence."""

    id: str
    type: str
    seq: int
    subject: str
    occurred_at: datetime
    known_at: datetime
    late: bool
    nature: Literal["actual", "exercise", "test", "system"]
    places: list[PlaceName]
    details: dict[str, Any]
    evidence: list[Evidence]
    evidence_total: int
    verification: Literal["unverified"] | None = None
    superseded: bool = Field(description="A later change of the same subject stands below it in this digest.")
    link: str
    truncated: list[str] = Field(default=[], description="What was left out for its length; have it from link.")


class Digest(Wire):
    """``data.details`` of a message of type ``digest``."""

    since: datetime = Field(description="When the first of these changes was known.")
    until: datetime = Field(description="The end of the period, or of the quiet hours after it.")
    total: int = Field(description="Changes in all parts together.")
    part: int
    parts: int
    changes: list[DigestChange]


def digests(endpoint: str, members: Sequence[Delivery], now: datetime) -> tuple[Delivery, ...]:
    """The messages that tell ``members`` (all of one endpoint and one period, in the order of their seq).

    The id is derived from the members: gathering them again gives the same message.
    """
    events = [(member, json.loads(member.body)) for member in members]
    newest = {event["subject"]: member.seq for member, event in events}
    listed = [_change(event, is_last=newest[event["subject"]] == member.seq) for member, event in events]
    parts = list(_split(listed))
    out: list[Delivery] = []
    for nth, part in enumerate(parts, 1):
        name = digest(DIGEST, endpoint, members[0].due_at, [each.id for each in part])
        about = Digest(
            since=listed[0].known_at,
            until=members[0].due_at,
            total=len(listed),
            part=nth,
            parts=len(parts),
            changes=part,
        )
        out.append(_delivery(name, endpoint, events[0][1], about, now))
    return tuple(out)


def _delivery(name: str, endpoint: str, first: dict[str, Any], about: Digest, now: datetime) -> Delivery:
    places = {place.id: place for change in about.changes for place in change.places}
    message = Event(
        id=name,
        source=first["source"],
        type=DIGEST,
        time=about.until,
        subject=endpoint,
        data=Data(
            seq=about.changes[-1].seq,
            key=f"{DIGEST}/{endpoint}",
            occurred_at=about.since,
            known_at=about.until,
            late=False,
            valid_until=None,
            nature="system",
            subject=endpoint,
            places=list(places.values())[:50],
            details=about.model_dump(mode="json"),
            state={},
            evidence=[],
            evidence_total=0,
            verification=None,
            audience=first["data"]["audience"],
            link=f"/v1/changes?after_seq={about.changes[0].seq - 1}",
        ),
    )
    return Delivery(name, endpoint, message.data.key, message.data.seq, DIGEST, encode(message), now)


def _change(event: dict[str, Any], *, is_last: bool) -> DigestChange:
    data = event["data"]
    evidence = [{**ref, "quote": _cut(ref["quote"])} for ref in data["evidence"][:_EVIDENCE]]
    made = DigestChange.model_validate(
        {name: data[name] for name in DigestChange.model_fields if name in data}
        | {"id": event["id"], "type": event["type"], "evidence": evidence, "superseded": not is_last}
    )
    if len(made.model_dump_json()) <= _LONGEST_CHANGE:
        return made
    cut = {"details": {}, "places": made.places[:20], "truncated": [*made.truncated, "details"]}
    return made.model_copy(update=cut)


def _cut(quote: str) -> str:
    return quote if len(quote) <= _QUOTE else quote[: _QUOTE - 1] + "…"


def _split(listed: Sequence[DigestChange]) -> Iterator[list[DigestChange]]:
    part: list[DigestChange] = []
    used = 0
    for change in listed:
        size = len(change.model_dump_json().encode("utf-8", "replace"))
        if part and used + size > _ROOM:
            yield part
            part, used = [], 0
        part.append(change)
        used += size
    yield part
