"""What was being watched and what was not; which regions there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from monitor.store import series
from monitor.web.answers import Page, Strict, Time, Word, answer
from monitor.web.asked import Asked, moment
from monitor.web.plain import plain

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])

HOLES = 1000


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
    start, end, then = moment(since, "since"), moment(until, "until"), moment(as_of, "as_of")
    rows = series.coverage(asked.store, start=start, end=end, source=source, as_of=then)
    body = {
        "coverage": plain(series.coverage_of(asked.store, start=start, end=end, as_of=then)),
        "left_out": max(0, len(rows) - limit),
        "holes": plain(series.holes(asked.store)[:HOLES]),
        "next": None,
        "rows": plain(rows[-limit:]),
    }
    return answer(asked, body, then)


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
