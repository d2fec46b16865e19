"""What was being watched and what was not; which regions there are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from monitor.store import series
from monitor.web.context import Asked, moment
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"])

Word = Annotated[str | None, Query(max_length=100)]
Time = Annotated[str | None, Query(max_length=40, description="ISO 8601, UTC where no zone is stated.")]
HOLES = 1000


@router.get("/coverage")
def coverage(
    asked: Asked,
    source: Word = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> dict[str, Any]:
    """How each source was being watched, the newest last, and the ranges of posts that were asked for and not had."""
    rows = series.coverage(
        asked.store,
        start=moment(since, "since"),
        end=moment(until, "until"),
        source=source,
        as_of=moment(as_of, "as_of"),
    )
    return {
        "now": utc(asked.clock.now()),
        "replay": asked.is_replay,
        "rows": plain(rows[-limit:]),
        "left_out": max(0, len(rows) - limit),
        "holes": plain(series.holes(asked.store)[:HOLES]),
    }


@router.get("/regions")
def regions(
    asked: Asked,
    parent: Annotated[str, Query(max_length=100, description="Id of the place whose parts are wanted.")] = "UA",
) -> dict[str, Any]:
    """The parts of a place in the gazetteer: id, name, level, official code, ids of alert APIs."""
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
    return {"now": utc(asked.clock.now()), "replay": asked.is_replay, "parent": parent, "rows": rows}
