"""The newest changes as an Atom feed (RFC 4287), as the publication policy shows them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from monitor.formats import atom
from monitor.formats.about import About
from monitor.store import series
from monitor.web.context import Asked

__all__ = ["router"]

router = APIRouter(tags=["data"])

NEWEST = 100
LOOK_BACK = 500
TOLD = ("alert.", "strike.", "count.", "threat.", "report.")


@router.get("/feed.atom", response_class=Response)
def feed(asked: Asked, request: Request) -> Response:
    """The newest changes of alerts, strikes, counts and corrections, newest first."""
    seq = series.newest_seq(asked.store)
    found = series.changes(asked.store, after_seq=max(0, seq - LOOK_BACK), limit=LOOK_BACK)
    wanted = tuple(change for change in found if change.type.startswith(TOLD))[-NEWEST:]
    public = asked.public()
    withheld = public.withheld(wanted)
    title = "monitor" + (" (replay)" if asked.is_replay else "")
    body = atom.feed(
        [public.change(change, withheld) for change in wanted],
        About("changes", is_public=True),
        now=asked.clock.now(),
        base=str(request.base_url).rstrip("/"),
        name=lambda one: place.name if (place := asked.rules.place(one)) else one,
        title=title,
    )
    return Response(body, media_type="application/atom+xml; charset=utf-8")
