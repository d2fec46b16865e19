"""What was being watched and what was not, by which sources; which regions there are."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response

from monitor.model import Coverage, SourceProfile
from monitor.store import series
from monitor.store.series import SourceLook
from monitor.web.answers import Page, Strict, Time, Word, answer
from monitor.web.asked import Asked, moment, stretch
from monitor.web.context import Context
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])

HOLES = 1000
REPORTING = ("live", "quiet")


@router.get("/coverage", response_model=Page)
def coverage(
    asked: Asked,
    source: Word = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """How each source was being watched, the newest last, and the ranges of posts that were asked for and not had."""
    start, end = stretch(since, until)
    then = moment(as_of, "as_of")
    rows = series.coverage(asked.store, start=start, end=end, source=source, as_of=then)
    body = {
        "coverage": plain(series.coverage_of(asked.store, start=start, end=end or asked.clock.now(), as_of=then)),
        "left_out": max(0, len(rows) - limit),
        "holes": plain(series.holes(asked.store, as_of=then)[:HOLES]),
        "next": None,
        "rows": plain(rows[-limit:]),
    }
    return answer(asked, body, then)


@router.get("/sources", response_model=Page)
def sources(asked: Asked, as_of: Time = None) -> Response:
    """Every source of the configuration with how it is doing. Its address is public; its options are not shown.

    With `as_of`: how it was doing then; single looks are kept for some hours, before that those fields are null."""
    then = moment(as_of, "as_of")
    looks = {look.source: look for look in series.sources(asked.store, as_of=then)}
    spans = series.coverage(asked.store, start=then or asked.clock.now(), as_of=then)
    health = {span.source: span for span in spans if (span.ended_at is None if then is None else _is_at(span, then))}
    if then is None:  # what is written down last holds only as long as somebody goes on looking
        health = {
            name: span
            for name, span in health.items()
            if span.health not in REPORTING or _is_heard(asked, looks.get(name))
        }
    rows = [
        _source(profile, health.get(profile.id), looks.get(profile.id), is_past=then is not None)
        for profile in asked.rules.profiles.values()
    ]
    watched = [row for row in rows if row["enabled"]]
    reporting = sum(row["health"] in REPORTING for row in watched)
    status = "none" if not reporting else "full" if reporting == len(watched) else "partial"
    coverage = {"status": status, "reporting": reporting, "of": len(watched)}
    return answer(asked, {"coverage": coverage, "next": None, "rows": rows}, then)


def _is_heard(asked: Context, look: SourceLook | None) -> bool:
    return look is not None and asked.is_heard(look)


def _is_at(span: Coverage, then: datetime) -> bool:
    return span.started_at <= then and (span.ended_at is None or span.ended_at > then)


def _source(
    profile: SourceProfile, standing: Coverage | None, look: SourceLook | None, *, is_past: bool
) -> dict[str, Any]:
    return {
        "id": profile.id,
        "name": profile.name,
        "kind": profile.kind,
        "rank": profile.rank,
        "side": profile.side,
        "languages": list(profile.languages),
        "enabled": profile.enabled,
        "health": standing.health if standing else None,
        "reason": standing.reason if standing else None,
        "since": utc(standing.started_at) if standing else None,
        "last_look": plain(look.look) if look else None,
        "last_ok_at": utc(look.ok_at) if look else None,
        "failures_in_a_row": look.failures if look else None if is_past else 0,
    }


@router.get("/regions", response_model=Page)
def regions(
    asked: Asked,
    parent: Annotated[str, Query(max_length=100, description="Id of the place whose parts are wanted.")] = "UA",
) -> Response:
    """The parts of a place in the gazetteer: id, name, level, official code, ids of alert APIs.

    A list of names, the same whatever was watched: `coverage` is null."""
    rules = asked.rules
    if rules.place(parent) is None:
        raise HTTPException(404, f"no region has the id {parent!r:.60}")
    found = [rules.place(child) for child in rules.gazetteer.children.get(parent, ())]
    rows = [
        {
            "id": place.id,
            "name": place.name,
            "level": place.level,
            "parent": place.parent,
            "code": place.code,
            "api_ids": list(place.api_ids),
            "parts": len(rules.gazetteer.children.get(place.id, ())),
        }
        for place in found
        if place is not None
    ]
    return answer(asked, {"parent": parent, "coverage": None, "next": None, "rows": rows})
