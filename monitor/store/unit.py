"""One open write transaction: what ``ports.Unit`` asks for, on one connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from monitor.model import JSON, Claim, Commit, Delivery, Head, Hole, Look
from monitor.store import known, raw, reading, rows, told
from monitor.store.prepared import fetch
from monitor.store.regions import Lineage
from monitor.store.statements import chunks, find, upsert
from monitor.store.tables import changes, claims, cursors, holes, look_log, looks, memory, reports

__all__ = ["CHAIN_MOST", "LOOKS_KEPT", "SqlUnit"]

CHAIN_MOST = 500
LOOKS_KEPT = 500
"""How many looks at one source the log holds; older ones are written over."""


_LAST_SEQ = select(func.max(changes.c.seq).label("seq"))
_LAST_LOOK = select(looks.c.ok_at, looks.c.failures, looks.c["count"].label("looks")).where(
    looks.c.source == bindparam("source")
)


class SqlUnit:
    """Writes through one connection whose transaction belongs to the caller."""

    def __init__(self, connection: Connection, lineage: Lineage) -> None:
        self.connection = connection
        self.lineage = lineage

    def heads(self, keys: Sequence[str]) -> Mapping[str, Head]:
        return raw.heads(self.connection, keys)

    def known_changes(self, ids: Sequence[str]) -> set[str]:
        """Which of these change ids are stored already."""
        return {row.id for row in find(self.connection, changes.c.id, list(ids), "id")}

    def last_seq(self) -> int:
        return fetch(self.connection, _LAST_SEQ, {})[0].seq or 0

    def claims(self, chains: Sequence[str], items: Sequence[str]) -> Sequence[Claim]:
        """Every claim of these chains and of those to which these items made claims. A chain of more than
        ``CHAIN_MOST`` claims is left out: it names no time, and goes on for ever."""
        made = [row.id for row in find(self.connection, reports.c.item, items, "id", "kind") if row.kind == "count"]
        wanted = {*chains, *(row.chain for row in find(self.connection, claims.c.id, made, "chain"))}
        found: dict[str, list[Claim]] = {}
        for row in find(self.connection, claims.c.chain, sorted(wanted), "chain", "body"):
            found.setdefault(row.chain, []).append(rows.load(Claim, rows.unpack(row.body)))
        return [one for chain in found.values() if len(chain) <= CHAIN_MOST for one in chain]

    def save(self, commit: Commit) -> tuple[Delivery, ...]:
        """Everything of one commit. Saved a second time it changes nothing. Returns the deliveries that stand first."""
        at = commit.at
        new = raw.save_items(self.connection, commit.items, at)
        reading.save_readings(self.connection, new, at, self.lineage, commit.rules)
        reading.withdraw(self.connection, commit.withdrawals, at)
        fused = commit.fused
        for kind, values in (
            ("intervals", fused.intervals),
            ("strikes", fused.strikes),
            ("claims", fused.claims),
            ("coverage", fused.coverage),
        ):
            known.save(self.connection, kind, values, at, self.lineage)
        told.save_changes(self.connection, fused.changes, at, self.lineage)
        self._save_memory(fused.memory)
        if commit.cursor is not None:
            upsert(self.connection, cursors, [{"source": commit.source, "cursor": commit.cursor, "at": at}])
        if commit.look is not None:
            self._save_look(commit.look)
        self._save_holes(commit.source, commit.holes)
        return told.save_deliveries(self.connection, commit.deliveries)

    def _save_memory(self, entries: Mapping[str, JSON | None]) -> None:
        gone = [key for key, value in entries.items() if value is None]
        for some in chunks(gone):
            self.connection.execute(delete(memory).where(memory.c.key.in_(some)))
        kept = [{"key": key, **rows.seal(rows.pack(value))} for key, value in entries.items() if value is not None]
        upsert(self.connection, memory, kept)

    def _save_look(self, look: Look) -> None:
        before = next(iter(fetch(self.connection, _LAST_LOOK, {"source": look.source})), None)
        count: int = before.looks if before else 0
        has_failed = look.outcome == "failed"
        sealed = rows.sealed(look)
        ok_at: datetime | None = (before.ok_at if before else None) if has_failed else look.at
        failures = ((before.failures if before else 0) + 1) if has_failed else 0
        line = {"source": look.source, "at": look.at, "outcome": look.outcome, "ok_at": ok_at, "failures": failures}
        upsert(self.connection, looks, [{**line, "count": count + 1, **sealed}])
        entry = {"source": look.source, "slot": count % LOOKS_KEPT, "at": look.at, **sealed}
        upsert(self.connection, look_log, [entry])

    def _save_holes(self, source: str, found: Sequence[Hole]) -> None:
        """A hole that is noticed again for the same cause was noticed when it first was."""
        if not found:
            return
        new = {(hole.channel, hole.first, hole.last): hole for hole in found}
        channels = list({hole.channel for hole in found})
        for row in find(self.connection, holes.c.channel, channels, "channel", "first", "last", "cause"):
            key = (row.channel, row.first, row.last)
            if key in new and new[key].cause == row.cause:
                del new[key]
        lines = [
            {
                "channel": hole.channel,
                "first": hole.first,
                "last": hole.last,
                "cause": hole.cause,
                "source": source,
                "noticed_at": hole.noticed_at,
                "begins": hole.around[0],
                "ends": hole.around[1],
                **rows.sealed(hole),
            }
            for hole in new.values()
        ]
        upsert(self.connection, holes, lines)
