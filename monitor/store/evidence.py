"""Everything that stands behind one event: its rows on both clocks, every version of the posts that it was read from,
how they were read and by which rules, and the hash chain from each post to the root of its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.errors import InputError
from monitor.model import Claim, StrikeEvent
from monitor.store import rows
from monitor.store.chain import GENESIS, day_of, plain, row_digest
from monitor.store.sql_store import SqlStore
from monitor.store.tables import DERIVED, changes, claims, items, readings, reports, roots, signals, strikes

__all__ = ["Case", "Known", "RawItem", "Walk", "gather"]

KINDS = {"intervals": "alert", "strikes": "strike", "claims": "claim"}


@dataclass(frozen=True, slots=True)
class Known:
    """One derived row. ``why`` it belongs to the case; ``versions`` are all that was ever held true of it, oldest
    first: ``{"n", "known_from", "known_to", "row"}``."""

    kind: str
    id: str
    why: str
    versions: tuple[Mapping[str, Any], ...]

    @property
    def row(self) -> Mapping[str, Any]:
        """As it was known last."""
        found: Mapping[str, Any] = self.versions[-1]["row"]
        return found


@dataclass(frozen=True, slots=True)
class RawItem:
    """One version of a post: the columns that are hashed, as JSON, and the bytes as they came (None: not kept)."""

    columns: Mapping[str, Any]
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Walk:
    """The chain from the first item of the case on a day to the root of that day: ``before`` is the link that it
    hangs on, ``digests`` are (id, SHA-256 of the row)."""

    day: str
    before: str
    digests: tuple[tuple[int, str], ...]
    root: str


@dataclass(frozen=True, slots=True)
class Case:
    """``readings`` and ``changes`` are JSON; ``rules`` are the versions of words and code that read the items."""

    event: Known
    related: tuple[Known, ...]
    items: tuple[RawItem, ...]
    walks: tuple[Walk, ...]
    readings: tuple[Mapping[str, Any], ...]
    changes: tuple[Mapping[str, Any], ...]

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(sorted({str(one["rules"]) for one in self.readings if one["rules"]}))


def gather(store: SqlStore, event: str) -> Case:
    """The case of an alert interval, a strike or a claim. ``event`` is its id, or the beginning of it where only one
    begins so. Raises ``InputError`` for an id that is not known."""
    with store.reading() as connection:
        main = _find(connection, event)
        related = tuple(_related(connection, main))
        keys = sorted({key for one in (main, *related) for key in _item_keys(one)})
        found = [row for key in keys for row in _mapped(connection, select(items).where(items.c.key == key))]
        found.sort(key=lambda row: row["id"])
        subjects = [main.id, *(one.id for one in related)]
        return Case(
            event=main,
            related=related,
            items=tuple(
                RawItem({name: plain(value) for name, value in row.items()}, _bytes(row["raw"])) for row in found
            ),
            walks=tuple(_walks(connection, found)),
            readings=tuple(_readings(connection, keys)),
            changes=tuple(_changes(connection, subjects)),
        )


def _find(connection: Connection, event: str) -> Known:
    found: list[tuple[str, str]] = []
    for kind in KINDS:
        ids = DERIVED[kind][1].c.id
        query = select(ids).where(ids.startswith(event, autoescape=True)).distinct().limit(2)
        found += [(kind, key) for key in connection.execute(query).scalars()]
    if any(key == event for _, key in found):
        found = [one for one in found if one[1] == event]
    if not event or not found:
        raise InputError(f"--case: no alert, strike or claim has the id {event!r}; `monitor export alerts` shows ids")
    if len(found) > 1:
        raise InputError(f"--case: more than one id begins with {event!r}; write more of it")
    return _known(connection, found[0][0], found[0][1], "the event")


def _known(connection: Connection, kind: str, key: str, why: str) -> Known:
    versions = DERIVED[kind][1]
    query = select(versions.c.n, versions.c.known_from, versions.c.known_to, versions.c.body)
    found = connection.execute(query.where(versions.c.id == key).order_by(versions.c.n)).all()
    return Known(
        KINDS[kind],
        key,
        why,
        tuple(
            {"n": row.n, "known_from": plain(row.known_from), "known_to": plain(row.known_to),
             "row": rows.unpack(row.body)}
            for row in found
        ),
    )  # fmt: skip


def _related(connection: Connection, main: Known) -> Iterator[Known]:
    """The alert a strike fell into and the strikes that were merged with it; the other claims of a claim's chain."""
    seen = {main.id}
    for kind, key, why in _links(connection, main):
        if key not in seen:
            seen.add(key)
            known = _known(connection, kind, key, why)
            if known.versions:
                yield known


def _links(connection: Connection, main: Known) -> Iterator[tuple[str, str, str]]:
    if main.kind == "strike":
        event = rows.load(StrikeEvent, main.row)
        if event.alert:
            yield "intervals", event.alert, "the alert in force"
        if event.merged_into:
            yield "strikes", event.merged_into, "the strike that it was merged into"
        for key in connection.execute(select(strikes.c.id).where(strikes.c.merged_into == main.id)).scalars():
            yield "strikes", key, "merged into it"
    if main.kind == "claim":
        claim = rows.load(Claim, main.row)
        for key in connection.execute(select(claims.c.id).where(claims.c.chain == claim.chain)).scalars():
            yield "claims", key, "of the same chain"


def _item_keys(known: Known) -> set[str]:
    """The posts behind every version of a row: also those that no longer count."""
    return {str(ref["item"]) for version in known.versions for ref in version["row"].get("evidence", ())}


def _walks(connection: Connection, found: Sequence[Mapping[str, Any]]) -> Iterator[Walk]:
    first: dict[str, int] = {}
    for row in found:
        first.setdefault(day_of(row["committed_at"]), row["id"])
    for day, start in sorted(first.items()):
        root = connection.execute(select(roots).where(roots.c.day == day)).mappings().one()
        before = connection.execute(select(items.c.chain).where(items.c.id == start - 1)).scalar() or GENESIS
        query = select(items).where(items.c.id >= start, items.c.id <= root["last_id"]).order_by(items.c.id)
        stored = _mapped(connection, query.execution_options(yield_per=500))
        yield Walk(day, before, tuple((row["id"], row_digest(row)) for row in stored), root["root"])


def _mapped(connection: Connection, query: Any) -> Iterator[dict[str, Any]]:
    return (dict(row) for row in connection.execute(query).mappings())


def _readings(connection: Connection, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for key in keys:
        query = select(readings).where(readings.c.item == key).order_by(readings.c.version)
        for row in connection.execute(query).mappings():
            yield {
                "item": key,
                "version": row["version"],
                "lang": row["lang"],
                "rules": row["rules"],
                "known_at": plain(row["known_at"]),
                "notes": rows.unpack(row["notes"]),
                "reports": list(_told(connection, reports, key, row["version"])),
                "signals": list(_told(connection, signals, key, row["version"])),
            }


def _told(connection: Connection, table: Any, key: str, version: int) -> Iterator[Mapping[str, Any]]:
    query = select(table).where(table.c.item == key, table.c.version == version).order_by(table.c.nth)
    for row in connection.execute(query).mappings():
        gone: datetime | None = row["withdrawn_at"]
        yield {
            "id": row["id"],
            "known_at": plain(row["known_at"]),
            "withdrawn_at": plain(gone),
            "withdrawn_cause": row["withdrawn_cause"],
            "told": rows.unpack(row["body"]),
        }


def _changes(connection: Connection, subjects: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    query = select(changes.c.seq, changes.c.committed_at, changes.c.body).where(changes.c.subject.in_(subjects))
    for row in connection.execute(query.order_by(changes.c.seq)).mappings():
        yield {"seq": row["seq"], "committed_at": plain(row["committed_at"]), "change": rows.unpack(row["body"])}


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
