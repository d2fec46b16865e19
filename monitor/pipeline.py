"""One batch, end to end: admit, read, fuse, commit. The file to read first.

    batch of items ─admit─▶ new versions ─read─▶ tellings ─fuse─▶ changes ─frame─▶ deliveries
                                    └───────────── one transaction ─────────────┘

The pipeline knows ports only: no network, no database, no clock. It is called from one thread at a time (the
writer); ``now`` is handed in. The state moves on only after the transaction has been committed, so whatever fails
leaves both the database and the memory of the process as they were.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Literal

from monitor.errors import SourceError
from monitor.fuse import Rules, State, forgotten, fuse, regions
from monitor.identity import telling_id, text_sha256
from monitor.model import (
    JSON,
    Batch,
    Change,
    Commit,
    Delivery,
    Fused,
    Head,
    Hole,
    Item,
    Look,
    Note,
    Reading,
    ReadItem,
    Telling,
    Withdrawal,
)
from monitor.ports import Outbox, Reader, Store, Unit

__all__ = ["Outcome", "Pipeline", "admit"]

Admission = Literal["new", "edited", "deleted", "restored", "same", "outdated"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one batch or tick came to. ``admitted`` counts items by the reason of ``admit``; ``ready`` are those of the
    deliveries that can be sent at once: nothing waits before them."""

    source: str
    at: datetime
    items: tuple[ReadItem, ...] = ()
    changes: tuple[Change, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    admitted: Mapping[str, int] | None = None
    look: Look | None = None
    ready: tuple[Delivery, ...] = ()


def admit(item: Item, head: Head | None) -> Admission:
    """Why an item is stored as a new version, or is not (``same``, ``outdated``).

    ``outdated``: an older text that arrives after its own edit, as a late original or from a stale cache. The
    deletion of what was never seen is ``same``: there is nothing to mark.
    """
    if head is None:
        return "same" if item.deleted else "new"
    if item.deleted:
        return "same" if head.deleted else "deleted"
    if text_sha256(item.title, item.text) == head.sha256:
        return "restored" if head.deleted else "same"
    if head.edited is not None:
        is_older = item.edited < head.edited if item.edited else "edited" not in item.flags
        if is_older:
            return "outdated"
    return "edited"


class Pipeline:
    """Holds the state between batches. ``read`` must not raise; if it does, the item is kept with a note.

    ``version`` names the words and rules that ``read`` reads by; it is stored beside each reading. ``state`` is what
    ``store`` holds, where somebody has loaded it already. After a commit that failed, the state is loaded again
    first: a server may have committed what it could not acknowledge.
    """

    def __init__(
        self,
        store: Store,
        read: Reader,
        rules: Rules,
        outbox: Outbox | None = None,
        version: str | None = None,
        state: State | None = None,
    ) -> None:
        self.store = store
        self.read = read
        self.rules = rules
        self.outbox = outbox
        self.version = version
        self.state = State.load(store.memory()) if state is None else state
        self._is_unsure = False

    def run(self, batch: Batch, now: datetime) -> Outcome:
        """Everything that one poll brought, in one transaction. Raises ``StoreError`` with nothing written."""
        return self._run(batch.source, batch.items, now, batch.look, batch.cursor, batch.holes)

    def record(self, source: str, items: Sequence[Item], now: datetime) -> Outcome:
        """Rows of a table that somebody hands us: nobody looked at any source for them. Raises ``StoreError``."""
        return self._run(source, items, now)

    def _run(
        self,
        source: str,
        items: Sequence[Item],
        now: datetime,
        look: Look | None = None,
        cursor: str | None = None,
        holes: tuple[Hole, ...] = (),
    ) -> Outcome:
        with self._writing() as unit:
            heads = unit.heads([item.key for item in items])
            kept, withdrawals, admitted = self._read_all(items, heads, now)
            tellings = [telling for item in kept for telling in item.tellings]
            looks = [look] if look is not None else []
            chains, gone = forgotten(self.state, tellings, withdrawals, self.rules)
            recalled = unit.claims(chains, gone) if chains or gone else ()
            fused = fuse(self.state, tellings, withdrawals, looks, now, self.rules, recalled)
            fused, deliveries = self._number_and_frame(unit, fused, now)
            ready = unit.save(
                Commit(
                    source=source,
                    at=now,
                    items=kept,
                    withdrawals=withdrawals,
                    fused=fused,
                    deliveries=deliveries,
                    look=look,
                    cursor=cursor,
                    holes=holes,
                    rules=self.version,
                )
            )
        self.state = fused.state
        return Outcome(source, now, kept, fused.changes, deliveries, admitted, look, tuple(ready))

    def failed(self, source: str, error: SourceError, now: datetime) -> Outcome:
        """A poll that failed is news too: it moves the source's health, never a region's state."""
        look = Look(source, now, "failed", error.reason, str(error), retry_after=error.retry_after)
        return self.run(Batch(source, (), look), now)

    def tick(self, now: datetime) -> Outcome:
        """Let time pass: what grows stale, expires, or is due as a heartbeat."""
        self._make_sure()
        fused = fuse(self.state, (), (), (), now, self.rules)
        if not (fused.changes or fused.memory or fused.intervals or fused.coverage):
            self.state = fused.state
            return Outcome("", now)
        with self._writing() as unit:
            fused, deliveries = self._number_and_frame(unit, fused, now)
            ready = unit.save(Commit("", now, (), (), fused, deliveries))
        self.state = fused.state
        return Outcome("", now, (), fused.changes, deliveries, ready=tuple(ready))

    @contextmanager
    def _writing(self) -> Iterator[Unit]:
        self._make_sure()
        self._is_unsure = True
        with self.store.writing() as unit:
            yield unit
        self._is_unsure = False

    def _make_sure(self) -> None:
        if self._is_unsure:
            self.state = State.load(self.store.memory())
            self._is_unsure = False

    def _read_all(
        self, items: Sequence[Item], heads: Mapping[str, Head], now: datetime
    ) -> tuple[tuple[ReadItem, ...], tuple[Withdrawal, ...], Mapping[str, int]]:
        known = dict(heads)
        kept: list[ReadItem] = []
        withdrawals: list[Withdrawal] = []
        admitted: Counter[str] = Counter()
        for item in items:
            head = known.get(item.key)
            reason = admit(item, head)
            admitted[reason] += 1
            if reason in ("same", "outdated"):
                continue
            version = head.version + 1 if head else 1
            if head and reason in ("edited", "deleted"):
                cause: Literal["deleted", "replaced"] = "deleted" if item.deleted else "replaced"
                withdrawals.append(Withdrawal(item.key, head.version, item.source, item.edited or now, cause))
            sha256 = head.sha256 if head and item.deleted else text_sha256(item.title, item.text)
            known[item.key] = Head(version, sha256, item.deleted, item.edited)
            kept.append(self._read_one(item, version, sha256))
        return tuple(kept), tuple(withdrawals), admitted

    def _read_one(self, item: Item, version: int, sha256: str) -> ReadItem:
        if item.deleted:
            return ReadItem(item, version, sha256, Reading(None), ())
        try:
            reading = self.read(item, self.rules.profiles.get(item.source))
        except Exception as error:
            reading = Reading(None, notes=(Note("", f"the reader failed on this item: {_fingerprint(error)}"),))
        return ReadItem(item, version, sha256, reading, self._tellings(item, version, sha256, reading))

    def _tellings(self, item: Item, version: int, sha256: str, reading: Reading) -> tuple[Telling, ...]:
        """What is heard longer than ``rules.late_after`` after it was said is told as history, not as of now."""
        at = item.published or item.received
        if at > item.received or "time_suspect" in item.flags:
            at = item.received
        is_late = item.is_late or item.received - at > self.rules.late_after
        whats = [*reading.reports, *reading.signals]
        seen: Counter[str] = Counter()
        out = []
        for what in [*whats, item.snapshot] if item.snapshot else whats:
            first = telling_id(item.key, version, what)
            told = telling_id(item.key, version, what, seen[first]) if seen[first] else first
            seen[first] += 1
            out.append(
                Telling(
                    id=told,
                    what=what,
                    item=item.key,
                    version=version,
                    source=item.source,
                    at=at,
                    received=item.received,
                    is_late=is_late,
                    nature=item.nature if item.nature != "actual" else getattr(what, "nature", "actual"),
                    url=item.url,
                    lang=reading.lang or item.lang,
                    origin=item.origin,
                    text_sha256=sha256,
                )
            )
        return tuple(out)

    def _number_and_frame(self, unit: Unit, fused: Fused, now: datetime) -> tuple[Fused, tuple[Delivery, ...]]:
        """Give each change that is new its ``seq``, then freeze the bytes of what is due to whom."""
        told = unit.known_changes([change.id for change in fused.changes])
        seq = unit.last_seq()
        changes: list[Change] = []
        for change in fused.changes:
            if change.id not in told:
                told.add(change.id)
                seq += 1
                changes.append(replace(change, seq=seq))
        fused = replace(fused, changes=tuple(changes))
        if self.outbox is None or not changes:
            return fused, ()

        def describe(places: Sequence[str]) -> Mapping[str, JSON]:
            found = regions(fused.state, now, self.rules, places, seq)
            return {place: _plain(state) for place, state in found.items()}

        return fused, self.outbox.frame(changes, now, describe)


def _fingerprint(error: Exception) -> str:
    trace = "".join(traceback.format_exception(error))
    return f"{type(error).__name__} {hashlib.sha256(trace.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _plain(value: JSON) -> JSON:
    """Datetimes as ISO 8601 text, tuples as lists, dataclasses by the names of their fields."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
