"""What is known, as JSON: reports, alerts, strikes, claims, changes, sources. Coverage stands beside rows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Response

from monitor.errors import InputError
from monitor.model import Reading
from monitor.store import series
from monitor.store.besides import claims_beside
from monitor.web.answers import Limit, Page, Region, Strict, Time, Word, answer, known_region, rows_of
from monitor.web.asked import Asked, moment
from monitor.web.nights import checked_night
from monitor.web.plain import plain, utc

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])

After = Annotated[str | None, Query(max_length=300, description="`next` of the page before.")]


@router.get("/reports", response_model=Page)
def reports(
    asked: Asked,
    kind: Literal["alert", "strike", "count"] | None = None,
    region: Region = None,
    source: Word = None,
    lang: Word = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    after: After = None,
    limit: Limit = 100,
) -> Response:
    """The feed of reports, newest first. ``next`` is the ``after`` of the next page."""
    then = moment(as_of, "as_of")
    found = series.reports(
        asked.store, kind=kind, region=known_region(asked, region), source=source, lang=lang,
        start=moment(since, "since"), end=moment(until, "until"), as_of=then, after=after, limit=limit,
    )  # fmt: skip
    shown = asked.public()
    read: dict[tuple[str, int], Reading | None] = {}
    for stored in found.rows:
        if stored.telling.item not in {item for item, _ in read}:
            read |= {(stored.telling.item, one.version): one.reading
                     for one in series.item(asked.store, stored.telling.item)}  # fmt: skip
    rows = [shown.report(one, read.get((one.telling.item, one.telling.version))) for one in found.rows]
    return rows_of(asked, rows, found, then)


@router.get("/alerts", response_model=Page)
def alerts(
    asked: Asked,
    region: Region = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    after: After = None,
    limit: Limit = 200,
) -> Response:
    """Alert intervals that touch the range, by start."""
    then = moment(as_of, "as_of")
    found = series.alerts(
        asked.store, region=known_region(asked, region), start=moment(since, "since"), end=moment(until, "until"),
        as_of=then, after=after, limit=limit,
    )  # fmt: skip
    shown = asked.public()
    return rows_of(asked, [shown.alert(row) for row in found.rows], found, then)


@router.get("/strikes", response_model=Page)
def strikes(
    asked: Asked,
    region: Region = None,
    since: Time = None,
    until: Time = None,
    as_of: Time = None,
    after: After = None,
    limit: Limit = 200,
) -> Response:
    """Strike events; places and words are held back until their time (publication policy)."""
    then = moment(as_of, "as_of")
    found = series.strikes(
        asked.store, region=known_region(asked, region), start=moment(since, "since"), end=moment(until, "until"),
        as_of=then, after=after, limit=limit,
    )  # fmt: skip
    shown = asked.public()
    return rows_of(asked, [shown.strike(row) for row in found.rows], found, then)


@router.get("/strikes/{id}/claims", response_model=Page)
def claims_of_strike(asked: Asked, id: Annotated[str, Path(max_length=100)], as_of: Time = None) -> Response:
    """The claims about the night and the day of one strike, by whoever made them; never summed."""
    then = moment(as_of, "as_of")
    try:
        found = claims_beside(asked.store, id, as_of=then)
    except InputError as error:
        raise HTTPException(404, str(error)) from None
    shown = asked.public()
    return rows_of(asked, [shown.claim(row) for row in found.rows], found, then)


@router.get("/claims", response_model=Page)
def claims(
    asked: Asked,
    night: Annotated[str | None, Query(max_length=30, description="``2024-11-12/2024-11-13``")] = None,
    region: Region = None,
    since: Time = None,
    until: Time = None,
    measure: Word = None,
    weapon: Word = None,
    attacker: Literal["UA", "RU"] | None = None,
    claimant: Word = None,
    as_of: Time = None,
    after: After = None,
    limit: Limit = 200,
) -> Response:
    """The ledger of counts: who claimed what, unverified, never summed."""
    checked_night(night)
    chosen: dict[str, Any] = {"measure": measure, "weapon": weapon, "attacker": attacker, "claimant": claimant}
    then = moment(as_of, "as_of")
    found = series.claims(
        asked.store, night=night, region=known_region(asked, region), start=moment(since, "since"),
        end=moment(until, "until"), as_of=then, after=after, limit=limit, **chosen,
    )  # fmt: skip
    shown = asked.public()
    return rows_of(asked, [shown.claim(row) for row in found.rows], found, then)


@router.get("/changes", response_model=Page)
def changes(
    asked: Asked,
    after_seq: Annotated[int, Query(ge=0, le=2**53)] = 0,
    type: Annotated[list[str] | None, Query()] = None,
    region: Region = None,
    as_of: Time = None,
    limit: Limit = 200,
) -> Response:
    """Committed changes in the order of `seq`; ask again with `next_seq` as `after_seq` for what came since.

    `next` is null where nothing more is committed yet."""
    then = moment(as_of, "as_of")
    found = series.changes(
        asked.store,
        after_seq=after_seq,
        limit=limit + 1,
        types=type or (),
        region=known_region(asked, region),
        as_of=then,
    )
    page, shown = found[:limit], asked.public()
    withheld = shown.withheld(page)
    rows = [shown.change(change, withheld) for change in page]
    newest = page[-1].seq if page else after_seq
    start, end = (page[0].known_at, page[-1].known_at) if page else (None, None)
    body = {
        "coverage": plain(series.coverage_of(asked.store, start=start, end=end, as_of=then)),
        "next_seq": newest,
        "next": str(newest) if len(found) > limit else None,
        "rows": rows,
    }
    return answer(asked, body, then)


@router.get("/changes/{id}", response_model=None)
def change(asked: Asked, id: Annotated[str, Path(max_length=100)]) -> Response:
    """One change by its id, the one that deliveries and feeds name."""
    found = series.change(asked.store, id)
    if found is None:
        raise HTTPException(404, f"no change has the id {id!r:.80}")
    shown = asked.public()
    coverage = plain(series.coverage_of(asked.store, start=found.occurred_at, end=found.known_at))
    return answer(asked, {"coverage": coverage, "change": shown.change(found, shown.withheld((found,)))})


@router.get("/sources", response_model=Page)
def sources(asked: Asked) -> Response:
    """Every source of the configuration with how it is doing. Its address is public; its options are not shown."""
    looks = {look.source: look for look in series.sources(asked.store)}
    health = {row.source: row for row in series.coverage(asked.store) if row.ended_at is None}
    rows = []
    for profile in asked.rules.profiles.values():
        look, standing = looks.get(profile.id), health.get(profile.id)
        rows.append(
            {
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
                "failures_in_a_row": look.failures if look else 0,
            }
        )
    watched = [row for row in rows if row["enabled"]]
    reporting = sum(row["health"] in ("live", "quiet") for row in watched)
    status = "none" if not reporting else "full" if reporting == len(watched) else "partial"
    coverage = {"status": status, "reporting": reporting, "of": len(watched)}
    return answer(asked, {"coverage": coverage, "next": None, "rows": rows})
