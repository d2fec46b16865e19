"""Messages that are held until the end of a period, and the digest that then tells them together.

A held message has ``ready_at`` at the end of its period like one that can be tried, so that the same index finds both
and the daemon wakes for either; it is never tried by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.model import Delivery
from monitor.store import rows, told
from monitor.store.statements import chunks
from monitor.store.tables import deliveries, delivery_log

__all__ = ["Make", "gather", "periods"]

Make = Callable[[str, Sequence[Delivery], datetime], Sequence[Delivery]]
"""(endpoint, members in the order of their seq, now) → the digest, in one or more messages."""


def periods(connection: Connection, now: datetime) -> list[tuple[str, datetime]]:
    """(endpoint, end) of each period that is over and has messages, the oldest first."""
    its = deliveries.c
    over = select(its.endpoint, its.due_at).where(its.status == "held", its.ready_at <= now, told.is_open())
    found = connection.execute(over.distinct().order_by(its.due_at, its.endpoint))
    return [(row.endpoint, row.due_at) for row in found]


def gather(connection: Connection, endpoint: str, end: datetime, now: datetime, make: Make) -> int:
    """Queue the digest of one period and mark its members ``gathered``. Returns how many they were."""
    its = deliveries.c
    mine = (its.status == "held", its.endpoint == endpoint, its.due_at == end, its.ready_at <= now)
    members = [told.delivery_of(row) for row in connection.execute(select(deliveries).where(*mine).order_by(its.seq))]
    if not members:
        return 0
    made = make(endpoint, members, now)
    told.save_deliveries(connection, made)
    for some in chunks([each.id for each in members]):
        gathered = {"status": "gathered", "done_at": now, "ready_at": None}
        connection.execute(update(deliveries).where(its.id.in_(some)).values(**gathered))
    log = rows.seal(rows.pack({"digest": [each.message_id for each in made]}))
    connection.execute(
        delivery_log.insert(),
        [
            {"endpoint": endpoint, "message_id": each.message_id, "at": now, "outcome": "gathered", **log}
            for each in members
        ],
    )
    return len(members)
