"""How regions stand: all of them, or one. ``QuickState`` gives the answer of the first before it comes here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from starlette.responses import PlainTextResponse

from monitor.web.answers import Page, Strict, Time, answer
from monitor.web.asked import Asked, moment
from monitor.web.context import Context
from monitor.web.plain import plain
from monitor.web.quick import state_body
from monitor.web.snapshot import snapshot

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["state"], dependencies=[Strict])

CLOCKS_DIFFER = 60.0


@router.get(
    "/state",
    response_model=Page,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def state(
    asked: Asked,
    format: Annotated[
        Literal["json", "compact"], Query(description="`compact`: nothing but the letters, for devices.")
    ] = "json",
    as_of: Time = None,
) -> Response:
    """Every region. `unknown` is what is not known: it never means that it is quiet.

    `compact` holds one letter a region of the home country in the order of `order`: A active, P partial, C clear,
    U unknown; lower case where stale. The ETag leaves out the clock: 304 says that nothing else has changed.
    To miss nothing, listen to `/v1/stream` first, then ask here."""
    _only_now(asked, moment(as_of, "as_of"))
    body = state_body(asked)
    if format == "compact":
        return PlainTextResponse(str(body["compact"]), headers={"cache-control": "no-cache"})
    return answer(asked, body)


@router.get("/state/{region}", response_model=None)
def state_of(asked: Asked, region: str, as_of: Time = None) -> Response:
    """One region by its gazetteer id: an oblast, a raion or a hromada."""
    _only_now(asked, moment(as_of, "as_of"))
    place = asked.rules.place(region)
    if place is None:
        raise HTTPException(404, f"no region has the id {region!r:.60}")
    found = snapshot(asked, [region])[region]
    known = found.status != "unknown" and not found.is_stale
    coverage = {"status": "full" if known else "none", "known": int(known), "of": 1}
    return answer(asked, {"name": place.name, "place_level": place.level, **plain(found), "coverage": coverage})


def _only_now(asked: Context, as_of: datetime | None) -> None:
    if as_of is not None and abs((asked.clock.now() - as_of).total_seconds()) > CLOCKS_DIFFER:
        raise HTTPException(
            422, "The state is told as it is now. What it was then: /v1/alerts with `as_of`, `since` and `until`."
        )
