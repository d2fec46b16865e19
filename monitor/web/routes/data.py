"""What is known, as JSON: states, reports, alerts, strikes, claims, changes, sources. Coverage stands beside rows."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Query, Response

from monitor.model import RegionState
from monitor.store import series
from monitor.store.series import Answer
from monitor.web.context import Asked, Context, moment
from monitor.web.nights import checked_night
from monitor.web.plain import plain, utc
from monitor.web.snapshot import compact, snapshot

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"])

HOME = "UA"
Limit = Annotated[int, Query(ge=1, le=1000, description="Most rows of one answer.")]
Word = Annotated[str | None, Query(max_length=100)]
Time = Annotated[str | None, Query(max_length=40, description="ISO 8601, UTC where no zone is stated.")]


def _around(asked: Context, rows: list[Any], answer: Answer[Any] | None = None, **more: Any) -> dict[str, Any]:
    """Rows with what a reader has to know about them."""
    body: dict[str, Any] = {"now": utc(asked.clock.now()), "replay": asked.is_replay, **more, "rows": rows}
    if answer is not None:
        body["coverage"] = plain(answer.coverage)
        body["next"] = answer.next
    return body


def _named(asked: Context, state: RegionState) -> dict[str, Any]:
    place = asked.rules.place(state.place)
    names = {"name": place.name if place else state.place, "level": place.level if place else None}
    return {**names, **plain(state)}


@router.get("/state", response_model=None)
async def state(asked: Asked, if_none_match: Annotated[str | None, Header(max_length=1000)] = None) -> Response:
    """Every region. ``unknown`` is what is not known: it never means that it is quiet.

    ``compact`` holds one letter a region of the home country in the order of ``order``: A active, P partial, C clear,
    U unknown; lower case where stale. The ETag leaves out the clock: 304 says that nothing else has changed."""
    found = asked.kept.get("states")
    states = found[3] if found is not None and _is_fresh(asked, found) else await asyncio.to_thread(snapshot, asked)
    kept = asked.kept.get("body")
    if kept is None or kept[0] is not states:
        kept = (states, *await asyncio.to_thread(_body, asked, states))
        asked.kept["body"] = kept
    headers = {"etag": kept[2], "cache-control": "no-cache"}
    if if_none_match and kept[2] in (tag.strip() for tag in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(kept[1], media_type="application/json", headers=headers)


def _is_fresh(asked: Context, found: tuple[Any, ...]) -> bool:
    now = int(asked.clock.now().timestamp())
    return asked.state is not None and found[0] is asked.state() and found[1] is asked.rules and found[2] == now


def _body(asked: Context, states: Mapping[str, RegionState]) -> tuple[bytes, str]:
    """The answer of ``/v1/state`` and its weak ETag."""
    rows = [_named(asked, found) for found in states.values()]
    counted: dict[str, int] = {}
    for row in rows:
        counted[row["status"]] = counted.get(row["status"], 0) + 1
    order = list(asked.rules.units(HOME))
    letters = compact(states, order)
    body = _around(
        asked,
        rows,
        counted=counted,
        notice="Not a warning system: follow official sirens.",
        compact=letters,
        order=order,
    )
    timeless = [letters, [{**row, "as_of": None} for row in rows]]
    tag = hashlib.sha256(json.dumps(timeless, sort_keys=True).encode()).hexdigest()[:32]
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode(), f'W/"{tag}"'


@router.get("/state/{region}")
def state_of(asked: Asked, region: str) -> dict[str, Any]:
    """One region by its gazetteer id."""
    if asked.rules.place(region) is None:
        raise HTTPException(404, f"no region has the id {region!r:.60}")
    found = snapshot(asked, [region])[region]
    return {"now": utc(asked.clock.now()), "replay": asked.is_replay, **_named(asked, found)}


@router.get("/reports")
def reports(
    asked: Asked,
    kind: Literal["alert", "strike", "count"] | None = None,
    region: Word = None,
    source: Word = None,
    lang: Word = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    after: Word = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The feed of reports, newest first. ``next`` is the ``after`` of the next page."""
    answer = series.reports(
        asked.store, kind=kind, region=region, source=source, lang=lang, start=moment(since, "since"),
        end=moment(until, "until"), as_of=moment(as_of, "as_of"), after=after, limit=limit,
    )  # fmt: skip
    shown = asked.public()
    rows = []
    for stored in answer.rows:
        told = stored.telling
        version = next((v for v in series.item(asked.store, told.item) if v.version == told.version), None)
        rows.append(shown.report(stored, version.reading if version else None))
    return _around(asked, rows, answer)


@router.get("/alerts")
def alerts(
    asked: Asked, region: Word = None, since: Time = None, until: Time = None, as_of: Time = None, limit: Limit = 200
) -> dict[str, Any]:
    """Alert intervals that touch the range, by start."""
    answer = series.alerts(
        asked.store, region=region, start=moment(since, "since"), end=moment(until, "until"),
        as_of=moment(as_of, "as_of"), limit=limit,
    )  # fmt: skip
    shown = asked.public()
    return _around(asked, [shown.alert(row) for row in answer.rows], answer)


@router.get("/strikes")
def strikes(
    asked: Asked, region: Word = None, since: Time = None, until: Time = None, as_of: Time = None, limit: Limit = 200
) -> dict[str, Any]:
    """Strike events; places and words are held back until their time (publication policy)."""
    answer = series.strikes(
        asked.store, region=region, start=moment(since, "since"), end=moment(until, "until"),
        as_of=moment(as_of, "as_of"), limit=limit,
    )  # fmt: skip
    shown = asked.public()
    return _around(asked, [shown.strike(row) for row in answer.rows], answer)


@router.get("/claims")
def claims(
    asked: Asked,
    night: Annotated[str | None, Query(max_length=30, description="``2024-11-12/2024-11-13``")] = None,
    region: Word = None,
    since: Time = None,
    until: Time = None,
    measure: Word = None,
    weapon: Word = None,
    attacker: Literal["UA", "RU"] | None = None,
    claimant: Word = None,
    as_of: Time = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """The ledger of counts: who claimed what, unverified, never summed."""
    checked_night(night)
    chosen: dict[str, Any] = {"measure": measure, "weapon": weapon, "attacker": attacker, "claimant": claimant}
    answer = series.claims(
        asked.store, night=night, region=region, start=moment(since, "since"), end=moment(until, "until"),
        as_of=moment(as_of, "as_of"), limit=limit, **chosen,
    )  # fmt: skip
    shown = asked.public()
    return _around(asked, [shown.claim(row) for row in answer.rows], answer)


@router.get("/changes")
def changes(
    asked: Asked,
    after_seq: Annotated[int, Query(ge=0, le=2**53)] = 0,
    type: Annotated[list[str] | None, Query()] = None,
    region: Word = None,
    as_of: Time = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Committed changes in the order of ``seq``; ask again with the last ``seq`` for what came since."""
    found = series.changes(
        asked.store, after_seq=after_seq, limit=limit, types=type or (), region=region, as_of=moment(as_of, "as_of")
    )
    shown = asked.public()
    withheld = shown.withheld(found)
    rows = [shown.change(change, withheld) for change in found]
    return _around(asked, rows, next_seq=found[-1].seq if found else after_seq)


@router.get("/sources")
def sources(asked: Asked) -> dict[str, Any]:
    """Every source of the configuration with how it is doing. Its address is public; its options are not shown."""
    looks = {look.source: look for look in series.sources(asked.store)}
    rows = []
    for profile in asked.rules.profiles.values():
        look = looks.get(profile.id)
        rows.append(
            {
                "id": profile.id,
                "name": profile.name,
                "kind": profile.kind,
                "rank": profile.rank,
                "side": profile.side,
                "languages": list(profile.languages),
                "enabled": profile.enabled,
                "last_look": plain(look.look) if look else None,
                "last_ok_at": utc(look.ok_at) if look else None,
                "failures_in_a_row": look.failures if look else 0,
            }
        )
    return _around(asked, rows)
