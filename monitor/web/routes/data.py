"""What is known, as JSON: reports, alerts, strikes, claims, changes. Coverage stands beside rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response

from monitor.errors import InputError
from monitor.model import Reading
from monitor.store import SqlStore, series
from monitor.store.besides import claims_beside
from monitor.store.series import Answer
from monitor.web.answers import Limit, Page, Region, Strict, Time, Word, answer, known_region, rows_of
from monitor.web.asked import Asked, moment, stretch
from monitor.web.nights import checked_night
from monitor.web.plain import plain

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["data"], dependencies=[Strict])

T = TypeVar("T")
After = Annotated[str | None, Query(max_length=300, description="`next` of the page before.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows that are asked for: of a region with all below it, that touch the range, as known at ``as_of``, a page
    of so many behind ``after``. A range without an end runs to ``now``."""

    region: str | None
    start: datetime | None
    end: datetime | None
    as_of: datetime | None
    after: str | None
    limit: int
    now: datetime

    def __call__(self, ask: Callable[..., Answer[T]], store: SqlStore, **more: Any) -> Answer[T]:
        """What the store has of it."""
        return ask(
            store, region=self.region, start=self.start, end=self.end, as_of=self.as_of, now=self.now,
            after=self.after, limit=self.limit, **more,
        )  # fmt: skip


def _page_of(usual: int) -> Any:
    """The dependency, with the usual length of a page."""

    def wanted(
        asked: Asked,
        region: Region = None,
        since: Time = None,
        until: Time = None,
        as_of: Time = None,
        after: After = None,
        limit: Limit = usual,
    ) -> Wanted:
        return Wanted(
            known_region(asked, region), *stretch(since, until), moment(as_of, "as_of"), after, limit,
            asked.clock.now(),
        )  # fmt: skip

    return Depends(wanted)


Rows = Annotated[Wanted, _page_of(200)]


@router.get("/reports", response_model=Page)
def reports(
    asked: Asked,
    wanted: Annotated[Wanted, _page_of(100)],
    kind: Literal["alert", "strike", "count"] | None = None,
    source: Word = None,
    lang: Word = None,
) -> Response:
    """The feed of reports, newest first. ``next`` is the ``after`` of the next page."""
    found = wanted(series.reports, asked.store, kind=kind, source=source, lang=lang)
    shown = asked.public()
    read: dict[tuple[str, int], Reading | None] = {}
    for stored in found.rows:
        if stored.telling.item not in {item for item, _ in read}:
            read |= {(stored.telling.item, one.version): one.reading
                     for one in series.item(asked.store, stored.telling.item)}  # fmt: skip
    rows = [shown.report(one, read.get((one.telling.item, one.telling.version))) for one in found.rows]
    return rows_of(asked, rows, found, wanted.as_of)


@router.get("/alerts", response_model=Page)
def alerts(asked: Asked, wanted: Rows) -> Response:
    """Alert intervals that touch the range, by start."""
    found, shown = wanted(series.alerts, asked.store), asked.public()
    return rows_of(asked, [shown.alert(row) for row in found.rows], found, wanted.as_of)


@router.get("/strikes", response_model=Page)
def strikes(asked: Asked, wanted: Rows) -> Response:
    """Strike events; places and words are held back until their time (publication policy)."""
    found, shown = wanted(series.strikes, asked.store), asked.public()
    return rows_of(asked, [shown.strike(row) for row in found.rows], found, wanted.as_of)


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
    wanted: Rows,
    night: Annotated[str | None, Query(max_length=30, description="``2024-11-12/2024-11-13``")] = None,
    measure: Word = None,
    weapon: Word = None,
    attacker: Literal["UA", "RU"] | None = None,
    claimant: Word = None,
) -> Response:
    """The ledger of counts: who claimed what, unverified, never summed."""
    checked_night(night)
    found = wanted(
        series.claims, asked.store, night=night, measure=measure, weapon=weapon, attacker=attacker, claimant=claimant
    )
    shown = asked.public()
    return rows_of(asked, [shown.claim(row) for row in found.rows], found, wanted.as_of)


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
def change(asked: Asked, id: Annotated[str, Path(max_length=100)], as_of: Time = None) -> Response:
    """One change by its id, the one that deliveries and feeds name; 404 where it was not known at `as_of`."""
    found, then = series.change(asked.store, id), moment(as_of, "as_of")
    if found is None or (then is not None and found.known_at > then):
        raise HTTPException(404, f"no change has the id {id!r:.80}")
    shown = asked.public()
    coverage = plain(series.coverage_of(asked.store, start=found.occurred_at, end=found.known_at, as_of=then))
    return answer(asked, {"coverage": coverage, "change": shown.change(found, shown.withheld((found,)))}, then)
