"""Questions to the store. Every row of an answer leads back to its evidence; every answer says how well the time
asked about was being watched. ``as_of=T`` answers with what had been committed at T. A question without an end runs to
``now``: without it the coverage that is told ends with the last look, however long ago that was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.model import (
    Change,
    Claim,
    Interval,
    Measure,
    Nature,
    Side,
    StrikeEvent,
    Weapon,
)
from monitor.store.answers import (
    Answer,
    Gap,
    Rollup,
    SourceLook,
    StoredItem,
    StoredReport,
    Watched,
    rollup_of,
    watch_over,
    watched,
)
from monitor.store.asking import as_of_rows, between, claims_now, mark_in, mark_of, page, rolled_up_as_of, rows_now
from monitor.store.looking import (
    Readable,
    counts_summary,
    coverage,
    coverage_of,
    coverage_of_each,
    coverage_seen,
    holes,
    looks,
    newest_seq,
    opened,
    sources,
    state,
)  # fmt: skip
from monitor.store.nights import full_name, night_range
from monitor.store.published import item, items, reports
from monitor.store.regions import packaged
from monitor.store.spans import Span, span_of, spans_now
from monitor.store.sql_store import SqlStore
from monitor.store.tables import changes as _changes
from monitor.store.tables import regions
from monitor.store.tables import rollups as _rollups
from monitor.store.told import change_of

__all__ = [
    "Answer",
    "Gap",
    "Rollup",
    "SourceLook",
    "Span",
    "StoredItem",
    "StoredReport",
    "Watched",
    "alert_spans",
    "alerts",
    "change",
    "changes",
    "claims",
    "claims_of_nights",
    "counts_summary",
    "coverage",
    "coverage_of",
    "coverage_of_each",
    "coverage_seen",
    "holes",
    "item",
    "items",
    "looks",
    "newest_seq",
    "night_range",
    "reports",
    "rollups",
    "sources",
    "state",
    "strikes",
]


def alerts(
    store: Readable,
    *,
    region: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    nature: Nature | None = "actual",
    retracted: bool = False,
    sources: Sequence[str] | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Answer[Interval]:
    """Alert intervals that touch the range, of the region and everything in it, by start."""
    wanted = _wanted(nature, retracted)
    with opened(store) as connection:
        found, more = _derived(connection, store, "intervals", region, start, end, as_of, wanted, limit, after)
        return Answer(found, watched(connection, start, end or now, sources=sources, as_of=as_of), more)


def alert_spans(
    store: Readable,
    *,
    region: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    sources: Sequence[str] | None = None,
) -> Answer[Span]:
    """When the region and everything in it was under alert: actual alerts that touch the range, by start, without
    their evidence. Standing alerts and ends without a start are left out."""
    with opened(store) as connection:
        if as_of is None and region is not None:
            found = spans_now(connection, region, start, end)
        else:
            alerts, _ = _derived(
                connection, store, "intervals", region, start, end, as_of, _wanted("actual", False), None, None
            )
            found = tuple(span for alert in alerts if (span := span_of(alert)))
        return Answer(found, watched(connection, start, end or now, sources=sources, as_of=as_of))


def strikes(
    store: Readable,
    *,
    region: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    nature: Nature | None = "actual",
    retracted: bool = False,
    merged: bool = False,
    sources: Sequence[str] | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Answer[StrikeEvent]:
    """Strike events first told of in the range; those merged into another are left out unless ``merged``."""
    wanted = _wanted(nature, retracted)
    if not merged:
        wanted["merged_into"] = None
    with opened(store) as connection:
        found, more = _derived(connection, store, "strikes", region, start, end, as_of, wanted, limit, after)
        return Answer(found, watched(connection, start, end or now, sources=sources, as_of=as_of), more)


def claims(
    store: Readable,
    *,
    night: str | None = None,
    region: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    measure: Measure | None = None,
    weapon: Weapon | None = None,
    attacker: Side | None = None,
    claimant: str | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    nature: Nature | None = "actual",
    superseded: bool = True,
    retracted: bool = False,
    sources: Sequence[str] | None = None,
    limit: int | None = None,
    after: str | None = None,
) -> Answer[Claim]:
    """Count claims made in the range, by time. ``night`` is ``2024-11-09/2024-11-10``; coverage is then that of
    the night itself. Nothing is summed."""
    wanted = _wanted(nature, retracted)
    night = full_name(night) if night else None
    filters = {"date_or_period": night, "measure": measure, "weapon": weapon, "attacker": attacker}
    wanted.update({name: value for name, value in {**filters, "claimant": claimant}.items() if value is not None})
    if not superseded:
        wanted["superseded_by"] = None
    about = night_range(night) if night and start is None and end is None else (start, end or now)
    with opened(store) as connection:
        found, more = _derived(connection, store, "claims", region, start, end, as_of, wanted, limit, after)
        return Answer(found, watched(connection, *about, sources=sources, as_of=as_of), more)


def claims_of_nights(
    store: Readable, nights: Sequence[str], *, as_of: datetime | None = None
) -> Mapping[str, tuple[Claim, ...]]:
    """The claims about each night that stand, by time; read at once, without coverage."""
    wanted = {**_wanted("actual", False), "superseded_by": None}
    with opened(store) as connection:
        if as_of is None:
            found = claims_now(connection, [full_name(night) for night in nights])
            return {night: found.get(full_name(night), ()) for night in nights}
        return {
            night: _derived(connection, store, "claims", None, None, None, as_of,
                            {**wanted, "date_or_period": full_name(night)}, None, None)[0]
            for night in nights
        }  # fmt: skip


def changes(
    store: Readable,
    *,
    after_seq: int = 0,
    limit: int = 1000,
    types: Sequence[str] = (),
    region: str | None = None,
    subject: str | None = None,
    as_of: datetime | None = None,
) -> tuple[Change, ...]:
    """Committed changes in the order of ``seq``."""
    query = select(_changes.c.body).where(_changes.c.seq > after_seq).order_by(_changes.c.seq).limit(limit)
    if types:
        query = query.where(_changes.c.type.in_(types))
    if subject is not None:
        query = query.where(_changes.c.subject == subject)
    if as_of is not None:
        query = query.where(_changes.c.committed_at <= as_of)
    if region is not None:
        below = select(regions.c.row).where(regions.c.kind == "changes", regions.c.place == region)
        query = query.where(_changes.c.id.in_(below))
    with opened(store) as connection:
        return tuple(change_of(row) for row in connection.execute(query))


def change(store: Readable, id: str) -> Change | None:
    """One committed change by its id."""
    with opened(store) as connection:
        row = connection.execute(select(_changes.c.body).where(_changes.c.id == id)).first()
        return None if row is None else change_of(row)


def rollups(
    store: Readable,
    *,
    grain: str,
    measure: str | None = None,
    region: str | None = None,
    weapon: str | None = None,
    side: str | None = None,
    claimant: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    as_of: datetime | None = None,
    now: datetime | None = None,
    sources: Sequence[str] | None = None,
) -> Answer[Rollup]:
    """Cells whose stretch of time begins in the range, by time. ``region`` "" asks for what names no place and, for
    alerts and strikes, for everywhere; None for every place. With ``as_of`` they are computed from what was known."""
    wanted = {"grain": grain, "measure": measure, "place": region, "weapon": weapon, "side": side}
    wanted = {name: value for name, value in {**wanted, "claimant": claimant}.items() if value is not None}
    with opened(store) as connection:
        if as_of is None:
            # By time as the cells lie: without this SQLite goes from place to place, twice as far.
            query = between(select(_rollups), _rollups.c.begins_at, start, end).order_by(_rollups.c.begins_at)
            for name, value in wanted.items():
                query = query.where(_rollups.c[name] == value)
            cells: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(query)]
        else:
            lineage = store.lineage if isinstance(store, SqlStore) else packaged
            cells = [
                cell
                for cell in rolled_up_as_of(connection, as_of, lineage)
                if all(cell[name] == value for name, value in wanted.items())
                and (start is None or cell["begins_at"] >= start)
                and (end is None or cell["begins_at"] < end)
            ]
        cells.sort(key=lambda cell: (cell["begins_at"], cell["key"]))
        ranges = {(cell["begins_at"], cell["ends_at"]) for cell in cells}
        watch = watch_over(connection, list(ranges), sources=sources, as_of=as_of)
        known = {each: watch.over(*each).status for each in ranges}
        answered = tuple(rollup_of(cell, known[cell["begins_at"], cell["ends_at"]]) for cell in cells)
        return Answer(answered, watched(connection, start, end or now, sources=sources, as_of=as_of))


def _derived(
    connection: Connection,
    store: Readable,
    kind: str,
    region: str | None,
    start: datetime | None,
    end: datetime | None,
    as_of: datetime | None,
    wanted: Mapping[str, Any],
    limit: int | None,
    after: str | None,
) -> tuple[tuple[Any, ...], str | None]:
    """The rows, and the mark of the next page."""
    most = None if limit is None else limit + 1
    mark = None if after is None else mark_in(after)
    if as_of is None:
        found = rows_now(connection, kind, region, start, end, wanted, most, mark)
    else:
        lineage = store.lineage if isinstance(store, SqlStore) else None
        found = as_of_rows(connection, kind, region, start, end, wanted, most, as_of, lineage, mark)
    return (found, None) if limit is None else page(found, limit, mark_of)


def _wanted(nature: Nature | None, retracted: bool) -> dict[str, Any]:
    wanted: dict[str, Any] = {} if retracted else {"is_retracted": False}
    if nature is not None:
        wanted["nature"] = nature
    return wanted
