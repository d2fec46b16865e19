"""Due deliveries, who is told, and what came of it: what ``ports.DeliveryQueue`` asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, literal_column, null, or_, select, update

from monitor.model import Attempt, Delivery, Endpoint
from monitor.store import held, rows, told
from monitor.store.prepared import fetch, run_many
from monitor.store.statements import append, chunks, upsert
from monitor.store.tables import deliveries, delivery_log, endpoints

__all__ = ["SqlQueue"]

_TRIED = ("due", "parked")
_OPEN = (*_TRIED, "held")
_DONE = ("delivered", "gathered", "dropped")
_PARKED: Any = literal_column("'parked'")


class SqlQueue:
    """The delivery side of ``SqlStore``, which lends it its connections."""

    def transaction(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def reading(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def due(self, now: datetime, limit: int = 100, endpoint: str | None = None) -> Sequence[Delivery]:
        asked = {"now": now, "most": limit, "its_endpoint": endpoint}
        if endpoint is None:
            del asked["its_endpoint"]
        with self.reading() as connection:
            return [told.delivery_of(row) for row in connection.execute(_due(endpoint is not None), asked)]

    def due_for(self, wanted: Mapping[str, int], now: datetime) -> Mapping[str, Sequence[Delivery]]:
        if len(wanted) == 1:
            ((endpoint, limit),) = wanted.items()
            return {endpoint: self.due(now, limit, endpoint)}
        out: dict[str, list[Delivery]] = {endpoint: [] for endpoint in wanted}
        with self.reading() as connection:
            for some in chunks(sorted(wanted)):
                most = max(wanted[endpoint] for endpoint in some)
                found = connection.execute(_due_for(), {"now": now, "endpoints": list(some), "most": most})
                for row in found:
                    if len(out[row.endpoint]) < wanted[row.endpoint]:
                        out[row.endpoint].append(told.delivery_of(row))
        return out

    def settle(self, attempts: Sequence[Attempt]) -> frozenset[str]:
        by_outcome: dict[str, list[dict[str, Any]]] = {"delivered": [], "retry": [], "parked": []}
        for each in attempts:
            named = {"its_message": each.delivery.message_id, "its_endpoint": each.delivery.endpoint}
            when = each.at if each.outcome == "delivered" else each.next_at
            by_outcome[each.outcome].append({**named, "its_time": when})
        lines = [
            {
                "endpoint": each.delivery.endpoint,
                "message_id": each.delivery.message_id,
                "at": each.at,
                "outcome": each.outcome,
                **rows.seal(rows.pack(dict(each.log))),
            }
            for each in attempts
        ]
        retried = {(each.delivery.endpoint, each.delivery.key) for each in attempts if each.outcome == "retry"}
        freed = {(each.delivery.endpoint, each.delivery.key) for each in attempts if each.outcome != "retry"}
        more = set()
        with self.transaction() as connection:
            for outcome, its in by_outcome.items():
                run_many(connection, _settle_all(outcome), its)
            append(connection, delivery_log, lines)
            heads = []
            for endpoint, key in sorted(freed | retried):
                for head in fetch(connection, _head(), {"its_endpoint": endpoint, "its_key": key}):
                    heads.append({"its_id": head.id})
                    if (endpoint, key) in freed:
                        more.add(endpoint)
            run_many(connection, _make_ready(), heads)
        return frozenset(more)

    def next_due_at(self) -> datetime | None:
        query = select(deliveries.c.ready_at).where(deliveries.c.ready_at.is_not(None), told.is_open())
        with self.reading() as connection:
            return connection.execute(query.order_by(deliveries.c.ready_at).limit(1)).scalar()

    def gather(self, now: datetime, make: held.Make) -> int:
        with self.reading() as connection:
            over = held.periods(connection, now)
        count = 0
        for endpoint, end in over:
            with self.transaction() as connection:
                count += held.gather(connection, endpoint, end, now, make)
        return count

    def delivered(self, delivery: Delivery, at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, at, "delivered", log, status="delivered", done_at=at, ready_at=None)

    def retry(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, at, "retry", log, due_at=next_at, ready_at=next_at)

    def park(self, delivery: Delivery, at: datetime, next_at: datetime, log: Mapping[str, Any]) -> None:
        self._settle(delivery, at, "parked", log, status="parked", due_at=next_at, ready_at=next_at)

    def drop(self, delivery: Delivery, at: datetime, reason: str) -> None:
        self._settle(delivery, at, "dropped", {"reason": reason}, status="dropped", done_at=at, ready_at=None)

    def enqueue(self, deliveries: Sequence[Delivery]) -> None:
        with self.transaction() as connection:
            told.revive(connection, deliveries)

    def bring_forward(self, now: datetime, later_than: datetime) -> int:
        """Asks by what the two indexes of a part hold: bodies of all that was ever told are not to be read for it."""
        its = deliveries.c
        may_be_quiet = or_(its.type.like("strike.%"), its.type.like("count.%"))
        waits = select(its.id).where(
            its.status == told.DUE, its.due_at > later_than, or_(its.attempts > 0, ~may_be_quiet)
        )
        stands_beside = select(its.id).where(its.ready_at > later_than, its.status == _PARKED)
        with self.reading() as connection:
            late = [*connection.execute(waits).scalars(), *connection.execute(stands_beside).scalars()]
        ready_at = case((its.ready_at.is_(None), null()), else_=bindparam("ready", now, type_=its.due_at.type))
        for some in chunks(late):
            with self.transaction() as connection:
                connection.execute(update(deliveries).where(its.id.in_(some)).values(due_at=now, ready_at=ready_at))
        return len(late)

    def endpoints(self) -> Sequence[Endpoint]:
        with self.reading() as connection:
            found = connection.execute(select(endpoints).order_by(endpoints.c.id)).all()
        return [replace(rows.load(Endpoint, rows.unpack(row.body)), is_enabled=bool(row.is_enabled)) for row in found]

    def save_endpoint(self, endpoint: Endpoint, at: datetime) -> None:
        line = {"id": endpoint.id, "is_enabled": endpoint.is_enabled, "changed_at": at, "reason": None}
        with self.transaction() as connection:
            upsert(connection, endpoints, [{**line, **rows.sealed(endpoint)}])

    def disable_endpoint(self, endpoint: str, at: datetime, reason: str) -> None:
        with self.transaction() as connection:
            connection.execute(
                update(endpoints)
                .where(endpoints.c.id == endpoint)
                .values(is_enabled=False, changed_at=at, reason=reason)
            )

    def remove_endpoint(self, endpoint: str, at: datetime) -> None:
        """Forget an endpoint; what still waits for it is dropped, its log is kept."""
        mine = and_(deliveries.c.endpoint == endpoint, deliveries.c.status.in_(_OPEN))
        with self.transaction() as connection:
            connection.execute(update(deliveries).where(mine).values(status="dropped", done_at=at, ready_at=None))
            connection.execute(delete(endpoints).where(endpoints.c.id == endpoint))

    def find(self, message_ids: Sequence[str], endpoint: str | None = None) -> Sequence[Delivery]:
        """Messages with these ids, whatever became of them, with the bytes that were frozen."""
        out: list[Delivery] = []
        with self.reading() as connection:
            for some in chunks(sorted(set(message_ids))):
                query = select(deliveries).where(deliveries.c.message_id.in_(some))
                if endpoint is not None:
                    query = query.where(deliveries.c.endpoint == endpoint)
                found = connection.execute(query.order_by(deliveries.c.seq, deliveries.c.id))
                out.extend(told.delivery_of(row) for row in found)
        return out

    def delivery_log(self, endpoint: str | None = None, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        query = select(delivery_log).order_by(delivery_log.c.id.desc()).limit(limit)
        if endpoint is not None:
            query = query.where(delivery_log.c.endpoint == endpoint)
        with self.reading() as connection:
            found = connection.execute(query).all()
        return [
            {
                "endpoint": row.endpoint,
                "message_id": row.message_id,
                "at": row.at,
                "outcome": row.outcome,
                **rows.unpack(row.body),
            }
            for row in found
        ]

    def _settle(
        self, delivery: Delivery, at: datetime, outcome: str, log: Mapping[str, Any], **values: datetime | str | None
    ) -> None:
        """Write what came of one attempt, with its line in the log; what is done stays done."""
        mine = and_(deliveries.c.message_id == delivery.message_id, deliveries.c.endpoint == delivery.endpoint)
        tried = 0 if outcome == "dropped" else 1
        with self.transaction() as connection:
            connection.execute(
                update(deliveries)
                .where(mine, deliveries.c.status.in_(_OPEN))
                .values(attempts=deliveries.c.attempts + tried, **values)
            )
            told.promote(connection, delivery.endpoint, delivery.key)
            connection.execute(
                delivery_log.insert().values(
                    endpoint=delivery.endpoint,
                    message_id=delivery.message_id,
                    at=at,
                    outcome=outcome,
                    **rows.seal(rows.pack(dict(log))),
                )
            )

    def forget_bodies(self, before: datetime) -> int:
        """Empty the bodies of messages that were done with before a time; their rows and the log stay.

        Returns how many they were. A row keeps its id, so that the message is never queued again with other bytes.
        """
        its = deliveries.c
        old = select(its.id).where(its.status.in_(_DONE), its.done_at < before, func.length(its.body) > 0)
        with self.reading() as connection:
            found = list(connection.execute(old).scalars())
        for some in chunks(found):
            with self.transaction() as connection:
                connection.execute(
                    update(deliveries).where(its.id.in_(some), its.status.in_(_DONE)).values(**rows.seal(b""))
                )
        return len(found)

    def waiting(self) -> Mapping[str, int]:
        """How many messages wait, are parked, were delivered or dropped."""
        query = select(deliveries.c.status, func.count()).group_by(deliveries.c.status)
        with self.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


@cache
def _settle_all(outcome: str) -> Any:
    """Many messages settled alike; what is done stays done."""
    when: Any = bindparam("its_time", type_=deliveries.c.due_at.type)
    changes: dict[str, dict[str, Any]] = {
        "delivered": {"status": literal_column("'delivered'"), "done_at": when, "ready_at": null()},
        # One that waits in its lane becomes ready below, if it still is the head; a parked one is tried by itself.
        "retry": {"due_at": when, "ready_at": case((deliveries.c.status == _PARKED, when), else_=null())},
        "parked": {"status": _PARKED, "due_at": when, "ready_at": when},
    }
    return (
        update(deliveries)
        .where(
            deliveries.c.message_id == bindparam("its_message"),
            deliveries.c.endpoint == bindparam("its_endpoint"),
            or_(deliveries.c.status == told.DUE, deliveries.c.status == _PARKED),
        )
        .values(attempts=deliveries.c.attempts + literal_column("1"), **changes[outcome])
    )


@cache
def _head() -> Any:
    """The oldest due message of a lane: with the index, one step however long the lane is."""
    its = deliveries.c
    lane = (its.endpoint == bindparam("its_endpoint"), its.key == bindparam("its_key"), its.status == told.DUE)
    return select(its.id).where(*lane).order_by(its.seq, its.id).limit(literal_column("1"))


@cache
def _make_ready() -> Any:
    its = deliveries.c
    return update(deliveries).where(its.id == bindparam("its_id"), its.ready_at.is_(None)).values(ready_at=its.due_at)


@cache
def _due(has_endpoint: bool) -> Any:
    query = select(deliveries).where(
        deliveries.c.ready_at <= bindparam("now"), deliveries.c.status.in_(_TRIED), told.is_open()
    )
    if has_endpoint:
        query = query.where(deliveries.c.endpoint == bindparam("its_endpoint"))
    return query.order_by(deliveries.c.seq, deliveries.c.id).limit(bindparam("most"))


@cache
def _due_for() -> Any:
    order = (deliveries.c.seq, deliveries.c.id)
    nth = func.row_number().over(partition_by=deliveries.c.endpoint, order_by=order).label("nth")
    ready = (
        select(deliveries, nth)
        .where(
            deliveries.c.ready_at <= bindparam("now"),
            deliveries.c.endpoint.in_(bindparam("endpoints", expanding=True)),
            deliveries.c.status.in_(_TRIED),
            told.is_open(),
        )
        .subquery()
    )
    return select(ready).where(ready.c.nth <= bindparam("most")).order_by(ready.c.seq, ready.c.id)
