"""The shape of every JSON answer: when, of which moment, how well watched, the rows, the next page; with an ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field

from monitor.store.series import Answer
from monitor.web.context import Context
from monitor.web.plain import encoded, plain, utc

__all__ = [
    "CSV", "Limit", "Page", "Region", "Strict", "Time", "Word", "answer", "document", "known_region",
    "rows_of",
]  # fmt: skip

Limit = Annotated[int, Query(ge=1, le=1000, description="Most rows of one answer.")]
Word = Annotated[str | None, Query(max_length=100)]
Region = Annotated[str | None, Query(max_length=100, description="Gazetteer id, with all below it: `UA-63`.")]
Time = Annotated[str | None, Query(max_length=40, description="ISO 8601, UTC where no zone is stated.")]
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""The other form of an answer that can be a table."""


class Page(BaseModel):
    """What stands around the rows of every answer."""

    now: str = Field(description="When this was answered, UTC.")
    as_of: str = Field(description="The moment as of which this was known.")
    replay: bool = Field(description="True where recorded nights are replayed: nothing of it happens now.")
    coverage: dict[str, Any] | None = Field(
        default=None, description="How well the time asked about was being watched: `status` full, partial or none."
    )
    next: str | None = Field(default=None, description="The `after` of the next page; null on the last.")
    rows: list[dict[str, Any]]


def rows_of(asked: Context, rows: Sequence[Any], found: Answer[Any], as_of: datetime | None, **more: Any) -> Response:
    """Rows of the store with their coverage and the mark of the next page."""
    return answer(asked, {**more, "coverage": plain(found.coverage), "next": found.next, "rows": rows}, as_of)


def answer(asked: Context, body: Mapping[str, Any], as_of: datetime | None = None) -> Response:
    """One answer. The ETag leaves out the clock: 304 says that nothing else has changed."""
    now = utc(asked.clock.now())
    whole = {"now": now, "as_of": utc(as_of) if as_of else now, "replay": asked.is_replay, **body}
    text, tag = encoded(whole)
    return Response(text, media_type="application/json", headers=_headers(asked, tag))


def document(asked: Context, body: bytes, media_type: str) -> Response:
    """An answer that is no JSON, with the ETag of its bytes."""
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Response(body, media_type=media_type, headers=_headers(asked, tag))


def known_region(asked: Context, region: str | None) -> str | None:
    """The region itself; 422 for one that nobody knows: an empty answer would read as quiet."""
    if region is not None and asked.rules.place(region) is None:
        raise HTTPException(422, f"region: the gazetteer has no {region!r:.60}; /v1/regions lists the ids")
    return region


def _headers(asked: Context, tag: str) -> dict[str, str]:
    """What a token was shown is kept by no cache."""
    kept = "no-cache" if asked.grant.token is None else "private, no-store"
    return {"etag": tag, "cache-control": kept, "vary": "Authorization, Cookie"}


def _only_known(request: Request) -> None:
    """422 for a parameter that there is not: a filter with a typing error would answer for everything."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if dependant is None:
        return
    known = _names(dependant)
    for name in request.query_params:
        if name not in known:
            raise HTTPException(422, f"no parameter is called {name!r:.60}; there are: {', '.join(sorted(known))}")


def _names(dependant: Any) -> set[str]:
    """Every query parameter of a route and of what it depends on."""
    own = {str(one.alias) for one in dependant.query_params}
    return own.union(*(_names(inner) for inner in dependant.dependencies))


Strict = Depends(_only_known)
