"""Readings as rows: one for each report and signal that a text makes, and the notes on what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, select, update

from monitor.model import AlertReport, Note, Reading, ReadItem, Signal, Snapshot, Telling, Withdrawal
from monitor.store import rows
from monitor.store.regions import Lineage, index
from monitor.store.statements import insert_new, upsert
from monitor.store.tables import readings, regions, reports, signals

__all__ = ["reading_of", "report_row", "save_readings", "signal_row", "telling_of", "withdraw"]


def save_readings(
    connection: Connection, read: Sequence[ReadItem], at: datetime, lineage: Lineage, rules: str | None = None
) -> None:
    """Write what item versions were read as. A report that is stored already is left as it is."""
    lines, told, said, entries = [], [], [], []
    for one in read:
        notes = rows.pack([rows.dump(note) for note in one.reading.notes])
        lines.append(
            {
                "item": one.item.key,
                "version": one.version,
                "lang": one.reading.lang,
                "rules": rules,
                "notes": notes,
                "digest": rows.seal(notes)["digest"],
                "known_at": at,
            }
        )
        for nth, telling in enumerate(one.tellings):
            if isinstance(telling.what, Snapshot):
                continue  # it stands whole in its raw item
            if isinstance(telling.what, Signal):
                said.append(signal_row(telling, nth, at))
            else:
                told.append(report_row(telling, nth, at))
                entries += index("reports", telling.id, _places(telling), telling.at, lineage)
    upsert(connection, readings, lines)
    insert_new(connection, reports, told)
    insert_new(connection, signals, said)
    insert_new(connection, regions, entries)


def withdraw(connection: Connection, withdrawals: Sequence[Withdrawal], at: datetime) -> None:
    """Mark the reports of item versions that no longer stand, with the time at which we learnt it."""
    gone = [{"gone": one.item, "revised": one.version, "since": at, "why": one.cause} for one in withdrawals]
    if gone:
        for table in (reports, signals):
            connection.execute(_withdraw(table), gone)


@cache
def _withdraw(table: Table) -> Any:
    mine = and_(
        table.c.item == bindparam("gone"), table.c.version == bindparam("revised"), table.c.withdrawn_at.is_(None)
    )
    return update(table).where(mine).values(withdrawn_at=bindparam("since"), withdrawn_cause=bindparam("why"))


def report_row(telling: Telling, nth: int, at: datetime) -> dict[str, Any]:
    """The columns of one report."""
    what = telling.what
    if isinstance(what, Signal | Snapshot):
        raise TypeError(f"no report: {type(what).__name__}")
    return {
        "id": telling.id,
        "item": telling.item,
        "version": telling.version,
        "nth": nth,
        "kind": what.kind,
        "source": telling.source,
        "lang": telling.lang,
        "at": telling.at,
        "received": telling.received,
        "known_at": at,
        "withdrawn_at": None,
        "withdrawn_cause": None,
        "nature": telling.nature,
        "is_late": telling.is_late,
        "rule": what.evidence.rule,
        "confidence": what.evidence.confidence,
        "quote": what.evidence.quote,
        "span_start": what.evidence.span[0],
        "span_end": what.evidence.span[1],
        **rows.sealed(telling),
    }


def signal_row(telling: Telling, nth: int, at: datetime) -> dict[str, Any]:
    """The columns of one signal."""
    assert isinstance(telling.what, Signal)
    return {
        "id": telling.id,
        "item": telling.item,
        "version": telling.version,
        "nth": nth,
        "kind": telling.what.kind,
        "source": telling.source,
        "at": telling.at,
        "known_at": at,
        "withdrawn_at": None,
        "withdrawn_cause": None,
        **rows.sealed(telling),
    }


def telling_of(row: Any) -> Telling:
    return rows.load(Telling, rows.unpack(row.body))


def reading_of(
    connection: Connection, item: str, version: int
) -> tuple[Reading, tuple[Telling, ...], str | None] | None:
    """What a stored item version was read as, its tellings in order, and by which rules; None where it never was."""
    found = connection.execute(select(readings).where(readings.c.item == item, readings.c.version == version)).first()
    if found is None:
        return None
    told: list[Any] = []
    for table in (reports, signals):
        told += connection.execute(
            select(table.c.nth, table.c.body).where(table.c.item == item, table.c.version == version)
        ).all()
    tellings = tuple(telling_of(row) for row in sorted(told, key=lambda row: row.nth))
    whats = [telling.what for telling in tellings]
    return (
        Reading(
            lang=found.lang,
            reports=tuple(what for what in whats if not isinstance(what, Signal | Snapshot)),
            signals=tuple(what for what in whats if isinstance(what, Signal)),
            notes=tuple(rows.load(Note, note) for note in rows.unpack(found.notes)),
        ),
        tellings,
        found.rules,
    )


def _places(telling: Telling) -> tuple[str, ...]:
    what = telling.what
    if isinstance(what, Signal | Snapshot):
        return ()
    refs = [*what.places, *(what.except_places if isinstance(what, AlertReport) else ())]
    return tuple(sorted({ref.id or ref.name for ref in refs}))
