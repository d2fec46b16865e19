"""Committed changes and alerts in the forms that other programs subscribe to: Atom, CAP 1.2 and iCalendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request, Response

from monitor.formats import atom, cap, ical
from monitor.formats.about import About
from monitor.formats.plain import plain as rows_in_plain
from monitor.model import Change
from monitor.sinks.payload import event
from monitor.store import series
from monitor.web.answers import Region, Strict, Time, document, known_region
from monitor.web.asked import Asked, moment, stretch
from monitor.web.context import Context
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(tags=["feeds"], dependencies=[Strict])

NEWEST = 100
LOOK_BACK = 2000
TOLD = ("alert.", "strike.", "count.", "threat.", "report.")
MOST_ALERTS = 5000
USUAL = timedelta(days=31)
XML = {"content": {"application/cap+xml": {"schema": {"type": "string"}}}}
ATOM = {"content": {"application/atom+xml": {"schema": {"type": "string"}}}}


@router.get("/feed.atom", response_class=Response, responses={200: ATOM})
def feed(asked: Asked, request: Request) -> Response:
    """The newest changes of alerts, strikes, counts and corrections, newest first, as the publication policy shows
    them."""
    wanted = tuple(change for change in _newest(asked) if change.type.startswith(TOLD))[-NEWEST:]
    return _atom(asked, request, wanted, "monitor")


@router.get("/cap/feed.atom", response_class=Response, responses={200: ATOM})
def cap_feed(asked: Asked, request: Request) -> Response:
    """The newest changes that have a CAP message, newest first; each is at `/cap/{seq}.xml`."""
    wanted = tuple(change for change in _newest(asked) if cap.is_told(change.type))[-NEWEST:]
    return _atom(asked, request, wanted, "monitor: CAP messages", "/cap/feed.atom", "/cap/{seq}.xml")


@router.get("/cap/{seq}.xml", response_class=Response, responses={200: XML})
def cap_message(asked: Asked, seq: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    """One change of an alert or a threat as a CAP 1.2 message; `seq` is that of `/v1/changes`. 404 for a change that
    CAP has no word for. A replay says `Test`: its nights are over."""
    found = series.changes(asked.store, after_seq=seq - 1, limit=1)
    if not found or found[0].seq != seq or not cap.is_told(found[0].type):
        raise HTTPException(404, f"no CAP message has the number {seq}")
    public = asked.public()
    shown = public.shown(found[0], public.withheld(found))
    if asked.is_replay:
        shown = replace(shown, nature="test")
    rules = asked.rules
    told = event(shown, {}, rules.gazetteer, rules.profiles, is_trusted=public.is_full).model_dump(mode="json")
    return document(asked, cap.message(told), "application/cap+xml; charset=utf-8")


@router.get(
    "/calendar.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
def calendar(
    asked: Asked, region: Region = None, since: Time = None, until: Time = None, as_of: Time = None
) -> Response:
    """Alert intervals as events, and the times in which nobody was being watched; the last 31 days unless told
    otherwise."""
    now, then = asked.clock.now(), moment(as_of, "as_of")
    first, last = stretch(since, until)
    end = last or now + timedelta(seconds=1)
    start = first or end - USUAL
    found = series.alerts(
        asked.store, region=known_region(asked, region), start=start, end=end, as_of=then, limit=MOST_ALERTS
    )
    if found.next is not None:
        raise HTTPException(422, f"More than {MOST_ALERTS} alerts: ask for one region or a shorter range.")
    about = About(
        "alerts", utc(start), utc(end), region, utc(then), utc(now), rows_in_plain(found.coverage),
        is_public=not asked.public().is_full,
    )  # fmt: skip
    shown = asked.public()
    rows = [plain(shown.alert(row)) for row in found.rows]
    title = "Air alerts" + (" (replay)" if asked.is_replay else "")
    text = "".join(ical.calendar(rows, about, now=then or now, name=asked.rules.gazetteer.name, title=title))
    return document(asked, text.encode("utf-8", "replace"), "text/calendar; charset=utf-8")


def _newest(asked: Context) -> tuple[Change, ...]:
    seq = series.newest_seq(asked.store)
    return series.changes(asked.store, after_seq=max(0, seq - LOOK_BACK), limit=LOOK_BACK)


def _atom(
    asked: Context, request: Request, wanted: Sequence[Change], title: str, own: str = "/feed.atom",
    link: str = "",
) -> Response:  # fmt: skip
    public = asked.public()
    withheld = public.withheld(tuple(wanted))
    rows: list[Any] = [public.change(change, withheld) for change in wanted]
    base = str(request.base_url).rstrip("/")
    more = {"own": own, "link": link} if link else {}
    about = About("changes", made_at=utc(asked.clock.now()), is_public=not public.is_full)
    body = atom.feed(
        rows, about, now=asked.clock.now(), base=base, name=asked.rules.gazetteer.name,
        title=title + (" (replay)" if asked.is_replay else ""), **more,
    )  # fmt: skip
    return document(asked, body, "application/atom+xml; charset=utf-8")
