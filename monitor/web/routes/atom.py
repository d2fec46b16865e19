"""The newest changes as an Atom feed (RFC 4287), as the publication policy shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Request, Response

from monitor.model import Change
from monitor.store import series
from monitor.web.context import Asked, Context
from monitor.web.plain import plain, utc

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
    base = str(request.base_url).rstrip("/")
    updated = wanted[-1].known_at if wanted else asked.clock.now()
    title = "monitor" + (" (replay)" if asked.is_replay else "")
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{title}</title>",
        "<subtitle>Not a warning system: follow official sirens. Claims are unverified.</subtitle>",
        f"<id>{escape(base)}/feed.atom</id><updated>{utc(updated)}</updated>",
        f'<link rel="self" href={quoteattr(base + "/feed.atom")}/>',
        *(_entry(asked, base, change, public.change(change, withheld)) for change in reversed(wanted)),
        "</feed>\n",
    ]
    return Response("".join(parts), media_type="application/atom+xml; charset=utf-8")


def _entry(asked: Context, base: str, change: Change, shown: Mapping[str, Any]) -> str:
    names = [place.name if (place := asked.rules.place(one)) else one for one in shown.get("places") or ()]
    title = f"{change.type}: {', '.join(names[:5]) or shown.get('subject') or ''}"
    quotes = [str(ref["quote"]) for ref in plain(shown.get("evidence")) or () if ref.get("quote")]
    source = next((str(ref["source"]) for ref in plain(shown.get("evidence")) or () if ref.get("source")), "monitor")
    return (
        f"<entry><id>urn:change:{_xml(change.id)}</id><title>{_xml(title)}</title>"
        f"<updated>{utc(change.known_at)}</updated><published>{utc(change.occurred_at)}</published>"
        f"<author><name>{_xml(source)}</name></author><category term={quoteattr(change.type)}/>"
        f"<link href={quoteattr(base + '/v1/changes?limit=1&after_seq=' + str((change.seq or 1) - 1))}/>"
        f'<content type="text">{_xml(" … ".join(quotes))}</content></entry>'
    )


def _xml(text: str) -> str:
    """Escaped, without the characters that XML 1.0 cannot hold."""
    return escape(
        "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
    )
