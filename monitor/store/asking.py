"""The two ways to ask for derived rows: as they are now, and as they were known at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Integer, Select, Table, bindparam, select, union_all

from monitor.errors import InputError
from monitor.model import Claim, Interval, StrikeEvent
from monitor.store import rows
from monitor.store.known import KINDS
from monitor.store.patience import bounded
from monitor.store.regions import Lineage, packaged, past
from monitor.store.rollups import KINDS as ROLLED
from monitor.store.rollups import Part, aggregate, parts_of
from monitor.store.spans import LONG
from monitor.store.statements import chunks
from monitor.store.tables import DERIVED, alert_spans, regions

__all__ = ["Mark", "as_of_rows", "between", "claims_now", "mark_in", "mark_of", "page", "rolled_up_as_of", "rows_now"]

T = TypeVar("T")
Mark = tuple[datetime, str]
"""Where a page ended: the time and the id of its last row."""
_TIME = {"intervals": "begins_at", "strikes": "first_at", "claims": "at"}


def rows_now(
    connection: Connection,
    kind: str,
    region: str | None,
    start: datetime | None,
    end: datetime | None,
    wanted: Mapping[str, Any],
    limit: int | None,
    after: Mark | None = None,
) -> tuple[Any, ...]:
    """Today's rows in the order of their time. ``wanted`` maps columns to the value they must have."""
    shape = tuple((name, value is None) for name, value in sorted(wanted.items()))
    statement = _statement(kind, region is not None, start is not None, end is not None, shape, after is not None)
    given: dict[str, Any] = {
        "region": region,
        "kind": kind,
        "start": start,
        "end": end,
        "most": -1 if limit is None else limit,
    }
    if start is not None:
        given["reach"] = start - LONG
    if after is not None:
        given["after_at"], given["after_id"] = after
    given.update({f"is_{name}": value for name, value in wanted.items() if value is not None})
    if limit is None and connection.dialect.name == "postgresql":
        given["most"] = None
    return _loaded(kind, connection.execute(statement, given))


@cache
def _statement(
    kind: str, has_region: bool, has_start: bool, has_end: bool, shape: tuple[tuple[str, bool], ...], has_after: bool
) -> Any:
    """The question of one shape, built once. Alerts are looked for in two halves: those that began shortly before
    the range, and the few long or open ones."""
    halves = (True, False) if kind == "intervals" else (False,)
    parts = [_half(kind, has_region, has_start, has_end, shape, is_long) for is_long in halves]
    found = parts[0].subquery() if len(parts) == 1 else union_all(*parts).subquery()
    query = select(found.c.body).order_by(found.c.at, found.c.id).limit(bindparam("most", type_=Integer()))
    if has_after:
        at: Any = bindparam("after_at", type_=found.c.at.type)
        query = query.where((found.c.at > at) | ((found.c.at == at) & (found.c.id > bindparam("after_id"))))
    return query


def claims_now(connection: Connection, nights: Sequence[str]) -> Mapping[str, tuple[Claim, ...]]:
    """The actual claims of today about each of these nights that stand, by time, in one question."""
    out: dict[str, tuple[Claim, ...]] = {}
    for some in chunks(nights):
        named: dict[str, list[str]] = {}
        for row in bounded(connection.execute(_claims_of(), {"nights": list(some)})):
            named.setdefault(row.date_or_period, []).append(row.body)
        out |= {night: tuple(bounded(rows.load_all(Claim, bodies))) for night, bodies in named.items()}
    return out


@cache
def _claims_of() -> Any:
    its = DERIVED["claims"][0].c
    return (
        select(its.date_or_period, its.body)
        .where(
            its.date_or_period.in_(bindparam("nights", expanding=True)), its.superseded_by.is_(None),
            its.is_retracted.is_(False), its.nature == "actual",
        )
        .order_by(its.at, its.id)
    )  # fmt: skip


def mark_of(row: Any) -> str:
    """The mark of a page that ends with this row: its time and its id."""
    if isinstance(row, Interval):
        at = row.started_at or row.ended_at or row.known_at
    else:
        at = row.first_at if isinstance(row, StrikeEvent) else row.at
    return f"{at.isoformat()}|{row.id}"


def _half(
    kind: str, has_region: bool, has_start: bool, has_end: bool, shape: tuple[tuple[str, bool], ...], is_long: bool
) -> Any:
    table = DERIVED[kind][0]
    # Alerts of a region are chosen in the index of regions, and only those that are wanted are looked up.
    index = alert_spans if has_region and kind == "intervals" else regions if has_region else table
    at: Any = regions.c.at if index is regions else index.c[_TIME[kind]]
    query: Any = select(table.c.id, at.label("at"), table.c.body)
    if index is regions:
        query = query.join(regions, regions.c.row == table.c.id).where(
            regions.c.kind == bindparam("kind"), regions.c.place == bindparam("region")
        )
    elif index is alert_spans:
        query = query.join(index, index.c.id == table.c.id).where(index.c.region == bindparam("region"))
    if kind == "intervals":
        query = query.where(index.c.is_long.is_(is_long))
    if has_end:
        query = query.where(at < bindparam("end"))
    if has_start and kind != "intervals":
        query = query.where(at >= bindparam("start"))
    elif has_start:
        query = query.where(index.c.ends_at.is_(None) | (index.c.ends_at >= bindparam("start")))
        if not is_long:
            query = query.where(at >= bindparam("reach"))
    for name, is_null in shape:
        column = index.c[name] if kind == "intervals" else table.c[name]
        query = query.where(column.is_(None) if is_null else column == bindparam(f"is_{name}"))
    return query


def as_of_rows(
    connection: Connection,
    kind: str,
    region: str | None,
    start: datetime | None,
    end: datetime | None,
    wanted: Mapping[str, Any],
    limit: int | None,
    as_of: datetime,
    lineage: Lineage | None,
    after: Mark | None = None,
) -> tuple[Any, ...]:
    """The rows as they were known at ``as_of``, in the order of their time."""
    table = DERIVED[kind][1]
    at = table.c[_TIME[kind]]
    query: Any = select(table.c.id, at.label("at"), table.c.body).where(
        table.c.known_from <= as_of, table.c.known_to.is_(None) | (table.c.known_to > as_of)
    )
    query = _in_range(query, table, kind, at, start, end)
    query = _filtered(query, table, wanted).order_by(at, table.c.id)
    if after is not None:
        query = query.where((at > after[0]) | ((at == after[0]) & (table.c.id > after[1])))
    if region is None:
        found: Sequence[Any] = connection.execute(query if limit is None else query.limit(limit)).all()
        return _loaded(kind, found)
    line = lineage or packaged
    if kind == "intervals":
        candidates = _touching(connection, query.add_columns(table.c.place), table, start, region, line)
        return _loaded(kind, candidates if limit is None else candidates[:limit])
    ever = select(regions.c.row).where(regions.c.kind.in_((kind, past(kind))), regions.c.place == region).distinct()
    # Every place and time at which a row ever stood is in the index.
    ever = ever if start is None else ever.where(regions.c.at >= start)
    ever = ever if end is None else ever.where(regions.c.at < end)
    candidates = []
    for some in chunks(connection.execute(ever).scalars().all()):
        candidates += connection.execute(query.where(table.c.id.in_(some))).all()
    candidates.sort(key=lambda row: (row.at, row.id))
    inside = [row for row in _loaded(kind, candidates) if any(region in line(place) for place in row.places)]
    return tuple(inside if limit is None else inside[:limit])


def _touching(
    connection: Connection, query: Any, table: Table, start: datetime | None, region: str, line: Lineage
) -> list[Any]:
    """Alerts of a region: those that began shortly before the range, and the long or open ones, by their own place."""
    halves = [query]
    if start is not None:
        short = query.where(table.c.is_long.is_(False), table.c.begins_at >= start - LONG)
        halves = [short, query.where(table.c.is_long.is_(True))]
    inside: dict[str, bool] = {}
    found = []
    for half in halves:
        for row in bounded(connection.execute(half)):
            if row.place not in inside:
                inside[row.place] = region in line(row.place)
            if inside[row.place]:
                found.append(row)
    found.sort(key=lambda row: (row.at, row.id))
    return found


def rolled_up_as_of(connection: Connection, as_of: datetime, lineage: Lineage) -> list[Mapping[str, Any]]:
    """The cells of all roll-ups, computed from the rows that were known at ``as_of``."""
    parts: list[Part] = []
    for kind in ROLLED:
        for value in bounded(as_of_rows(connection, kind, None, None, None, {}, None, as_of, lineage)):
            parts += parts_of(kind, value, lineage)
    return list(aggregate(parts).values())


def page(found: Sequence[T], limit: int, mark: Callable[[T], str]) -> tuple[tuple[T, ...], str | None]:
    """Cut a list that was asked for with one row too many; gives the mark of the next page if there is one."""
    if len(found) <= limit:
        return tuple(found), None
    return tuple(found[:limit]), mark(found[limit - 1])


def between(query: Select[Any], column: Any, start: datetime | None, end: datetime | None) -> Select[Any]:
    """The rows whose column lies in the range, its end left out."""
    if start is not None:
        query = query.where(column >= start)
    if end is not None:
        query = query.where(column < end)
    return query


def mark_in(token: str) -> Mark:
    """The mark in the ``next`` of an answer. Raises ``InputError`` for another text."""
    moment, _, key = token.partition("|")
    try:
        found = datetime.fromisoformat(moment)
        if found.tzinfo is None or not 1900 <= found.year <= 2200:
            raise ValueError
        return found.astimezone(UTC), key
    except (ValueError, OverflowError):
        raise InputError(f"{token!r} is no page of this answer: give the `next` of the page before") from None


def _in_range(query: Any, table: Table, kind: str, at: Any, start: datetime | None, end: datetime | None) -> Any:
    """Bound a query by time: a moment must lie in the range, an interval must touch it."""
    if end is not None:
        query = query.where(at < end)
    if start is None:
        return query
    if kind != "intervals":
        return query.where(at >= start)
    return query.where(table.c.ends_at.is_(None) | (table.c.ends_at >= start))


def _filtered(query: Any, table: Table, wanted: Mapping[str, Any]) -> Any:
    for name, value in wanted.items():
        column = table.c[name]
        query = query.where(column.is_(value) if value is None or isinstance(value, bool) else column == value)
    return query


def _loaded(kind: str, found: Iterable[Any]) -> tuple[Any, ...]:
    bodies = [row.body for row in bounded(found)]
    return tuple(bounded(one for some in chunks(bodies) for one in rows.load_all(KINDS[kind], some)))
