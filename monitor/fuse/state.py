"""Everything fuse remembers between two steps, and the draft in which one step writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.fuse import codec
from monitor.fuse.fold import status
from monitor.fuse.freshness import is_fresh
from monitor.fuse.neighbours import Names, put_names
from monitor.fuse.records import Advice, Cell, Chain, Meta, Reached, SourceRecord, Strike, Watch
from monitor.fuse.rules import Rules
from monitor.fuse.shelf import Draft, Shelf
from monitor.model import JSON, Change, Claim, Coverage, Interval, StrikeEvent

__all__ = ["State", "Work"]

_KINDS: dict[str, type] = {
    "cells": Cell, "advice": Advice, "sources": SourceRecord, "watches": Watch, "items": Reached, "strikes": Strike,
    "chains": Chain,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class State:
    """What is known. Never changed: ``fuse`` makes a new one that shares what stayed the same.

    ``restless`` are the keys of cells that are open or in doubt: the few that time can change. ``here`` are the keys
    of the cells of a place, ``names`` those of chains by window and line. They follow from ``cells`` and ``chains`` and
    are not kept in the memory. ``written`` is what the last step wrote of its records, so that the next one need not
    write them again.
    """

    meta: Meta = field(default_factory=Meta)
    cells: Shelf[Cell] = field(default_factory=Shelf)
    advice: Shelf[Advice] = field(default_factory=Shelf)
    sources: Shelf[SourceRecord] = field(default_factory=Shelf)
    watches: Shelf[Watch] = field(default_factory=Shelf)
    items: Shelf[Reached] = field(default_factory=Shelf)
    strikes: Shelf[Strike] = field(default_factory=Shelf)
    chains: Shelf[Chain] = field(default_factory=Shelf)
    restless: frozenset[str] = frozenset()
    here: Shelf[tuple[str, ...]] = field(default_factory=Shelf)
    names: Shelf[Names] = field(default_factory=Shelf)
    written: codec.Memo = field(default_factory=codec.Memo, compare=False, repr=False)

    @classmethod
    def empty(cls) -> State:
        return cls()

    @classmethod
    def load(cls, memory: Mapping[str, JSON]) -> State:
        """The state that was kept as JSON; keys are ``group:key``. Unknown groups are left alone."""
        drafts: dict[str, Draft[Any]] = {group: Draft(Shelf()) for group in _KINDS}
        meta = Meta()
        for name, data in memory.items():
            group, _, key = name.partition(":")
            if data is None:
                continue
            if group == "meta":
                meta = codec.load(Meta, data)
            elif group in _KINDS:
                drafts[group].put(key, codec.load(_KINDS[group], data))
        shelves: dict[str, Any] = {group: draft.done() for group, draft in drafts.items()}
        restless = frozenset(key for key, cell in shelves["cells"].items() if is_restless(cell))
        here: Draft[tuple[str, ...]] = Draft(Shelf())
        for key, cell in sorted(shelves["cells"].items()):
            if cell.nature == "actual" and cell.lane != "history":
                here.put(cell.place, (*(here.get(cell.place) or ()), key))
        names: Draft[Names] = Draft(Shelf())
        for key, chain in shelves["chains"].items():
            put_names(names, key, None, chain)
        return cls(meta=meta, restless=restless, here=here.done(), names=names.done(), **shelves)


def is_restless(cell: Cell) -> bool:
    """Whether this cell is open or in doubt: nobody has ended it, and time or a lost source can change it."""
    return status(cell.held) in ("active", "unknown")


class Work:
    """One step in the making: reads through to the old state, collects what is new.

    ``now`` is the time of the step. Records are put whole; ``finish`` gives state and memory.
    """

    def __init__(self, state: State, now: datetime, rules: Rules) -> None:
        self.now = now
        self.rules = rules
        self.meta = state.meta
        self._state = state
        self.cells: Draft[Cell] = Draft(state.cells)
        self.advice: Draft[Advice] = Draft(state.advice)
        self.sources: Draft[SourceRecord] = Draft(state.sources)
        self.watches: Draft[Watch] = Draft(state.watches)
        self.items: Draft[Reached] = Draft(state.items)
        self.strikes: Draft[Strike] = Draft(state.strikes)
        self.chains: Draft[Chain] = Draft(state.chains)
        self.here: Draft[tuple[str, ...]] = Draft(state.here)
        self.names: Draft[Names] = Draft(state.names)
        self.restless = state.restless
        self.written = codec.Memo(state.written)
        self.changes: list[Change] = []
        self.intervals: dict[str, Interval] = {}
        self.told_strikes: dict[str, StrikeEvent] = {}
        self.claims: dict[str, Claim] = {}
        self.coverage: dict[str, Coverage] = {}

    def put_cell(self, key: str, cell: Cell) -> None:
        self.cells.put(key, cell)
        known = self.here.get(cell.place) or ()
        if key not in known and cell.nature == "actual" and cell.lane != "history":
            self.here.put(cell.place, tuple(sorted((*known, key))))
        rests = not is_restless(cell)
        if rests and key in self.restless:
            self.restless = self.restless - {key}
        elif not rests and key not in self.restless:
            self.restless = self.restless | {key}

    def put_chain(self, key: str, chain: Chain | None) -> None:
        put_names(self.names, key, self.chains.get(key), chain)
        self.chains.put(key, chain)

    def source(self, source: str) -> SourceRecord:
        return self.sources.get(source) or SourceRecord(id=source)

    def is_fresh(self, source: str) -> bool:
        """Whether the source's word holds at this moment, whatever the last step thought of it."""
        found = self.sources.get(source)
        return found is not None and is_fresh(found, self.now, self.rules)

    def silent(self, place: str) -> tuple[str, ...]:
        """The sources with a say about a place whose word does not hold at this moment."""
        known = sorted(source for source in self.sources if self.rules.may_open(source, place))
        return tuple(source for source in known if not self.is_fresh(source))

    def view(self) -> State:
        """The state as it is in the middle of this step."""
        return State(
            meta=self.meta, cells=self.cells.done(), advice=self.advice.done(), sources=self.sources.done(),
            watches=self.watches.done(), items=self.items.done(), strikes=self.strikes.done(),
            chains=self.chains.done(), restless=self.restless, here=self.here.done(), names=self.names.done(),
            written=self.written,
        )  # fmt: skip

    def memory(self) -> dict[str, JSON | None]:
        """The entries that differ from what was there before, as JSON."""
        out: dict[str, JSON | None] = {}
        for group in _KINDS:
            draft: Draft[Any] = getattr(self, group)
            for key, value in draft.touched.items():
                out[f"{group}:{key}"] = None if value is None else codec.dump(value, self.written)
        if self.meta != self._state.meta:
            out["meta:"] = codec.dump(self.meta)
        return out
