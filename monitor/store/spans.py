"""When places were under alert: the columns by which alerts are looked for, and the index from a region to them.

Each alert stands in ``alert_spans`` once for its place and once for each region above it, as it is known today. Its
row says all that a length, a map or a chart is made of, so that a question costs one look into one index; the few
alerts about which more is to be said (an end that nobody saw, a standing alert, an end without a start) have their
whole row loaded beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, literal_column, select, true, union_all

from monitor.model import Interval, Threat
from monitor.store import rows
from monitor.store.patience import bounded
from monitor.store.prepared import fetch
from monitor.store.regions import Lineage
from monitor.store.statements import chunks, find, insert_new
from monitor.store.tables import alert_spans, intervals

__all__ = ["LONG", "Span", "columns", "forget", "keep_up", "span_of", "span_row", "spans_now"]

LONG = timedelta(days=3)
"""An alert that lasts longer, or has no end yet, stands in the small half of the index that is always looked at."""


_BY_START = itemgetter(3, 0)
"""Of a span: its start, its id."""


class Span(NamedTuple):
    """When a place was under alert. ``ended_at`` None: still on, as far as we know; ``end_bounds``: the earliest and
    latest end, where the end was not seen."""

    id: str
    place: str
    regime: Threat
    started_at: datetime
    ended_at: datetime | None
    end_bounds: tuple[datetime, datetime] | None = None


def span_of(alert: Interval) -> Span | None:
    """The span of an alert; None for a standing one and for an end without a start."""
    if alert.started_at is None or alert.start_basis == "standing":
        return None
    return Span(alert.id, alert.place, alert.regime, alert.started_at, alert.ended_at, alert.end_bounds)


def columns(alert: Interval) -> dict[str, Any]:
    """The columns of an alert beside its JSON."""
    begins = alert.started_at or alert.ended_at or alert.known_at
    return {
        "place": alert.place,
        "regime": alert.regime,
        "nature": alert.nature,
        "begins_at": begins,
        "ends_at": alert.ended_at,
        "is_long": alert.ended_at is None or alert.ended_at - begins > LONG,
        "is_retracted": alert.retracted_at is not None,
    }


def keep_up(connection: Connection, moved: Sequence[tuple[Interval | None, Interval]], lineage: Lineage) -> None:
    """Carry changed alerts, each (old, new), over into the index."""
    fresh, old = [], []
    for before, after in moved:
        row = span_row(after)
        if before is not None:
            if span_row(before) == row:
                continue
            old.append(after.id)
        fresh += [{"region": region, **row} for region in sorted(set(lineage(after.place)))]
    forget(connection, old)
    insert_new(connection, alert_spans, fresh)


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Take alerts out of the index."""
    for some in chunks(sorted(ids)):
        connection.execute(_forget(), {"ids": list(some)})


@cache
def _forget() -> Any:
    return delete(alert_spans).where(alert_spans.c.id.in_(bindparam("ids", expanding=True)))


def span_row(alert: Interval) -> dict[str, Any]:
    """The columns of an alert in the index, all but the region."""
    is_exact = alert.end_bounds is None and span_of(alert) is not None
    return {"id": alert.id, **columns(alert), "is_exact": is_exact}


def spans_now(connection: Connection, region: str, start: datetime | None, end: datetime | None) -> tuple[Span, ...]:
    """The actual alerts of a region and all that lies in it that touch the range, by start, as known today."""
    given: dict[str, Any] = {"region": region}
    if start is not None:
        given |= {"start": start, "reach": start - LONG}
    if end is not None:
        given["end"] = end
    rows_found = fetch(connection, _spans(start is not None, end is not None), given, Span)
    found = [span for span in bounded(rows_found) if span.end_bounds is None]
    doubtful = [span.id for span in rows_found if span.end_bounds is not None]
    for some in chunks(doubtful):
        bodies = [row.body for row in find(connection, intervals.c.id, some, "body")]
        found += [span for alert in rows.load_all(Interval, bodies) if (span := span_of(alert))]
    return tuple(sorted(found, key=_BY_START))


@cache
def _spans(has_start: bool, has_end: bool) -> Any:
    """The few long or open ones, and those that began shortly before the range; all of it from the index alone.

    A row is a ``Span`` as it stands where it is exact; of others ``end_bounds`` is False: it has yet to be looked up.
    """
    return union_all(*(_half(is_long, has_start, has_end) for is_long in (True, False)))


def _half(is_long: bool, has_start: bool, has_end: bool) -> Any:
    its = alert_spans.c
    its_rest = func.nullif(its.is_exact, true()).label("end_bounds")
    query = select(its.id, its.place, its.regime, its.begins_at, its.ends_at, its_rest).where(
        its.region == bindparam("region"), its.is_long.is_(is_long),
        its.nature == literal_column("'actual'"), its.is_retracted.is_(False),
    )  # fmt: skip
    if has_end:
        query = query.where(its.begins_at < bindparam("end"))
    if has_start:
        query = query.where(its.ends_at.is_(None) | (its.ends_at >= bindparam("start")))
        if not is_long:
            query = query.where(its.begins_at >= bindparam("reach"))
    return query
