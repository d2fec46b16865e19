"""What is known, on two clocks: the row of today is replaced, every row that was ever true is kept with its time.

``known_from`` is the commit that brought a row, ``known_to`` the commit that replaced it (null: it still stands).
A row that says what the stored one says changes nothing. ``None`` for a row takes it away (rebuild only).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, delete, update

from monitor.model import Claim, Coverage, Interval, StrikeEvent
from monitor.store import rows, spans
from monitor.store.columns import stamp
from monitor.store.regions import Lineage, index, past, reindex
from monitor.store.rollups import keep_up
from monitor.store.statements import append, chunks, find, insert_new, upsert
from monitor.store.tables import DERIVED, meta, regions

__all__ = ["FORGOTTEN", "KINDS", "forget", "row_of", "save"]

FORGOTTEN = "rows were taken away at "
"""Begins the keys of ``meta`` that say when histories were closed: later versions may leave a gap from then on."""

KINDS: dict[str, type[Any]] = {"intervals": Interval, "strikes": StrikeEvent, "claims": Claim, "coverage": Coverage}


def save(
    connection: Connection, kind: str, values: Sequence[Any], at: datetime, lineage: Lineage
) -> list[tuple[Any | None, Any]]:
    """Write what differs from what is stored; gives (old, new) of each row that did. The last of one id wins."""
    table, versions = DERIVED[kind]
    fresh = {value.id: value for value in values}
    if not fresh:
        return []
    stored = {row.id: row for row in find(connection, table.c.id, list(fresh), "id", "n", "known_from", "body")}
    # One that was taken away goes on with its history when it comes back.
    absent = [key for key in fresh if key not in stored]
    gone: dict[str, tuple[int, datetime]] = {}
    for row in find(connection, versions.c.id, absent, "id", "n", "known_to"):
        gone[row.id] = max(gone.get(row.id, (0, at)), (row.n, row.known_to))
    new, closed, moved = [], [], []
    for key, value in fresh.items():
        row = row_of(kind, value)
        before = stored.get(key)
        if before is not None and before.body == row["body"]:
            continue
        # The clock of the machine can be set back; what we knew first stays first.
        nth, since = (before.n, before.known_from) if before is not None else gone.get(key, (0, at))
        new.append({**row, "n": nth + 1, "known_from": max(at, since)})
        if before is not None:
            closed.append({"of": key, "nth": nth, "to": max(at, since)})
        moved.append((None if before is None else rows.load(KINDS[kind], rows.unpack(before.body)), value))
    if not new:
        return []
    upsert(connection, table, new)
    if closed:
        connection.execute(_close(versions), closed)
    append(connection, versions, [{**row, "known_to": None} for row in new])
    if kind == "intervals":
        spans.keep_up(connection, moved, lineage)
    elif kind != "coverage":
        _index(connection, kind, moved, lineage)
    keep_up(connection, kind, moved, lineage)
    return moved


@cache
def _close(versions: Table) -> Any:
    mine = and_(versions.c.id == bindparam("of"), versions.c.n == bindparam("nth"))
    return update(versions).where(mine).values(known_to=bindparam("to"))


def forget(connection: Connection, kind: str, ids: Sequence[str], at: datetime, lineage: Lineage) -> None:
    """Take rows away from today's table; their history stays, closed at ``at``, and may go on later."""
    if not ids:
        return
    table, versions = DERIVED[kind]
    insert_new(connection, meta, [{"key": f"{FORGOTTEN}{stamp(at)}", "value": ""}])
    for some in chunks(list(ids)):
        gone = find(connection, table.c.id, some, "body")
        moved = [(rows.load(KINDS[kind], rows.unpack(row.body)), None) for row in gone]
        keep_up(connection, kind, moved, lineage)
        connection.execute(delete(table).where(table.c.id.in_(some)))
        connection.execute(
            update(versions).where(versions.c.id.in_(some), versions.c.known_to.is_(None)).values(known_to=at)
        )
        if kind == "intervals":
            spans.forget(connection, some)
        connection.execute(delete(regions).where(regions.c.kind.in_((kind, past(kind))), regions.c.row.in_(some)))


def row_of(kind: str, value: Any) -> dict[str, Any]:
    """The columns of a derived row, all but its place in history."""
    return {"id": value.id, **_COLUMNS[kind](value), **rows.sealed(value)}


def _index(connection: Connection, kind: str, moved: Sequence[tuple[Any | None, Any]], lineage: Lineage) -> None:
    old: set[str] = set()
    fresh: dict[str, Sequence[Mapping[str, Any]]] = {}
    for before, value in moved:
        spot = _spot(kind, value)
        if before is not None:
            if _spot(kind, before) == spot:
                continue
            old.add(value.id)
        fresh[value.id] = index(kind, value.id, *spot, lineage)
    reindex(connection, kind, fresh, old)


def _spot(kind: str, value: Any) -> tuple[tuple[str, ...], datetime]:
    """Where and when a row is looked for: its places, and its time."""
    return tuple(sorted(value.places)), value.first_at if kind == "strikes" else value.at


def _strike(value: StrikeEvent) -> dict[str, Any]:
    return {
        "first_at": value.first_at,
        "date": value.date,
        "merged_into": value.merged_into,
        "is_retracted": value.retracted_at is not None,
        "nature": value.nature,
    }


def _claim(value: Claim) -> dict[str, Any]:
    return {
        "at": value.at,
        "chain": value.chain,
        "measure": value.measure,
        "weapon": value.weapon,
        "value": value.value,
        "value_max": value.value_max,
        "attacker": value.attacker,
        "claimant": value.claimant,
        "period": value.period,
        "date_or_period": value.date_or_period,
        "superseded_by": value.superseded_by,
        "is_retracted": value.retracted_at is not None,
        "nature": value.nature,
    }


def _coverage(value: Coverage) -> dict[str, Any]:
    return {
        "source": value.source,
        "health": value.health,
        "started_at": value.started_at,
        "ended_at": value.ended_at,
    }


_COLUMNS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "intervals": spans.columns,
    "strikes": _strike,
    "claims": _claim,
    "coverage": _coverage,
}
