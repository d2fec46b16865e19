"""What is known of a region now: active, partial, clear or unknown, with the reasons. Reads, never writes.

*Clear* is said in one place only (``_clear``): it takes an explicit word that nothing is on, newer than every sign of
danger here, above and below, and a source that is watched and would tell of a new alert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from monitor.fuse.fold import status
from monitor.fuse.freshness import is_fresh
from monitor.fuse.known import Known, cell_key
from monitor.fuse.records import Cell, Hold, Watch
from monitor.fuse.rules import SIREN, Rules
from monitor.model import JSON, RegionState, Standing

__all__ = ["View", "regions", "standing_at"]


def regions(
    state: Known, now: datetime, rules: Rules, places: Sequence[str] | None = None, seq: int = 0
) -> dict[str, RegionState]:
    """State of the regions asked for; without ``places`` of every first-level unit at home and all that has a state.

    ``seq`` is that of the newest change which this state contains, for whoever listens to changes too.
    """
    view = View(state, now, rules)
    if places is None:
        known = {key for key, _ in state.here.items()} | {one.place for one in rules.gazetteer.standing}
        known.update(advice.place for _, advice in state.advice.items())
        known.update(rules.units(rules.home))
        known.add(rules.home)
        places = sorted(known)
    return {place: replace(view.region(place), seq=seq) for place in places}


def standing_at(view: View, place: str) -> Standing | None:
    """The permanent alert that this place is under, unless an official all-clear for that very place ended it."""
    now, rules = view.now, view.rules
    line = rules.line(place)
    for one in rules.gazetteer.standing:
        if one.place not in line or one.since > now or (one.until is not None and one.until <= now):
            continue
        cell = view.known.cells.get(cell_key(one.place, SIREN))
        if cell is not None:
            held = cell.held
            official = held.cleared_by is not None and rules.rank(held.cleared_by) == 2
            if official and held.cleared_basis == "explicit" and held.cleared_at and held.cleared_at > one.since:
                continue
        return one
    return None


@dataclass(frozen=True, slots=True)
class _Clear:
    """A word that nothing is on: said at ``at``, held good at ``confirmed_at``; ``since`` is when the alert ended."""

    at: datetime
    basis: str
    sources: tuple[str, ...]
    confirmed_at: datetime | None = None
    since: datetime | None = None


class View:
    """One look at what is known, at one moment. Freshness is worked out once per source."""

    def __init__(self, known: Known, now: datetime, rules: Rules) -> None:
        self.known = known
        self.now = now
        self.rules = rules
        self._fresh: dict[str, bool] = {}
        self._watching: list[tuple[str, Watch]] | None = None
        self._missing: frozenset[str] | None = None

    def region(self, place: str) -> RegionState:
        base = RegionState(place=place, status="unknown", as_of=self.now, threats=self._threats(place))
        line = self.rules.line(place)
        cells = [cell for key in self._keys(line) if (cell := self.known.cells.get(key)) is not None]
        below = [cell for cell in self._below(place) if not self._is_standing(cell.place, place)]
        active = self._active(base, place, cells) or self._derived(base, place, below) or self._partial(base, place)
        if active is not None:
            return active
        standing = standing_at(self, place)
        if standing is not None:
            return replace(
                base, status="active", since=standing.since, basis="standing", is_confirmed=True, is_standing=True,
                regimes=(SIREN,), reason=standing.cite,
            )  # fmt: skip
        clear, reason = self._clear(place, line, cells, below)
        if clear is not None:
            return replace(
                base, status="clear", since=clear.since, basis=clear.basis, is_confirmed=True, sources=clear.sources,
                last_confirmed_at=clear.confirmed_at or clear.at,
            )  # fmt: skip
        return self._hearsay(base, line, reason) or replace(base, reason=reason)

    def fresh(self, source: str) -> bool:
        found = self._fresh.get(source)
        if found is None:
            record = self.known.sources.get(source)
            found = self._fresh[source] = record is not None and is_fresh(record, self.now, self.rules)
        return found

    def evidence_status(self, place: str) -> str:
        """``active`` | ``partial`` | ``clear`` | ``unknown`` by what was said alone, as if every source were fresh."""
        line = self.rules.line(place)
        cells = [cell for key in self._keys(line) if (cell := self.known.cells.get(key)) is not None]
        below = [cell for cell in self._below(place) if not self._is_standing(cell.place, place)]
        if any(self._on(cell, place) for cell in cells):
            return "active"
        if any(status(cell.held) == "active" for cell in below):
            return "partial"
        words = self._said_clear(place, line, cells)
        if not words:
            return "unknown"
        best = max(words, key=lambda word: word.at)
        return "unknown" if self._doubts(place, [*cells, *below], best.at) else "clear"

    # ── active ────────────────────────────────────────────────────────────────────────────────────

    def _keys(self, line: Sequence[str]) -> Iterator[str]:
        """Keys of the cells that bear on a place: its own and those of what it lies in, the siren's and others'."""
        for place in line:
            yield from (key for key in self.known.here.get(place) or () if not key.endswith("/hearsay"))

    def _below(self, place: str) -> list[Cell]:
        out = []
        for key in self.known.restless:
            within = key.partition("/")[0]
            if within == place or place not in self.rules.line(within):
                continue
            cell = self.known.cells.get(key)
            if cell is not None and cell.lane == "live" and cell.nature == "actual":
                out.append(cell)
        return sorted(out, key=lambda cell: (cell.place, cell.regime))

    def _on(self, cell: Cell, place: str) -> tuple[Hold, ...]:
        """Who says that this cell is on in a way that reaches the place."""
        if cell.place != place and self.rules.is_country(cell.place):
            return ()  # a nation-wide alert reaches its regions by membership, so that a region's own end counts
        if cell.held.interval is None or cell.held.interval.ended_at is not None:
            return ()
        standing = [hold for hold in cell.held.holders if not hold.is_lapsed]
        if cell.place == place:
            return tuple(standing)
        line = self.rules.line(place)
        return tuple(hold for hold in standing if not any(step in hold.excepts for step in line))

    def _active(self, base: RegionState, place: str, cells: Sequence[Cell]) -> RegionState | None:
        on = [(cell, holders) for cell in cells if (holders := self._on(cell, place))]
        if not on:
            return None
        if self.rules.is_country(place) and self._has_left(place):
            return None
        sources = sorted({hold.source for _, holders in on for hold in holders})
        is_fresh = any(self.fresh(source) for source in sources)
        first = on[0][0]
        starts = [cell.held.interval.started_at for cell, _ in on if cell.held.interval is not None]
        own = [cell for cell, _ in on if cell.place == place]
        waits = all(cell_key(cell.place, cell.regime) in self._held_back() for cell, _ in on)
        interval = first.held.interval
        basis = (interval.start_basis if interval and own else "derived").replace("ongoing", "explicit")
        return replace(
            base, status="active", is_stale=not is_fresh, since=min(s for s in starts if s is not None), basis=basis,
            last_confirmed_at=max(self._confirmed_at(hold) for _, holders in on for hold in holders),
            is_confirmed=is_fresh and not waits, in_conflict=any(cell.held.denied for cell, _ in on),
            level=_level([hold.level for _, holders in on for hold in holders]), sources=tuple(sources),
            regimes=tuple(sorted({cell.regime for cell, _ in on})),
            reason="end_held_back" if waits else None if is_fresh else "source_lost",
        )  # fmt: skip

    def _derived(self, base: RegionState, place: str, below: Sequence[Cell]) -> RegionState | None:
        """A region of which parts are under alert: partial, or active where every part of it is."""
        on = [cell for cell in below if status(cell.held) == "active" and not self.rules.is_country(cell.place)]
        if not on:
            return None
        parts = tuple(sorted({cell.place for cell in on}))
        whole = self._parts(place)
        sources = sorted({hold.source for cell in on for hold in cell.held.holders if not hold.is_lapsed})
        is_fresh = any(self.fresh(source) for source in sources)
        starts = [cell.held.interval.started_at for cell in on if cell.held.interval is not None]
        levels = [cell.held.interval.level for cell in on if cell.held.interval is not None]
        return replace(
            base, status="active" if whole and whole <= set(parts) else "partial", is_stale=not is_fresh,
            basis="derived", since=min(s for s in starts if s is not None), children=parts, sources=tuple(sources),
            last_confirmed_at=max(self._confirmed_at(hold) for cell in on for hold in cell.held.holders),
            is_confirmed=is_fresh, in_conflict=any(cell.held.denied for cell in on), level=_level(levels),
            regimes=tuple(sorted({cell.regime for cell in on})), reason=None if is_fresh else "source_lost",
        )  # fmt: skip

    def _partial(self, base: RegionState, place: str) -> RegionState | None:
        """A region that a snapshot calls partly active without naming the part."""
        said = [source for source, watch in self._watches() if place in watch.partial]
        if not said:
            return None
        return replace(base, status="partial", basis="snapshot", is_confirmed=True, sources=tuple(said))

    def _parts(self, place: str) -> set[str]:
        """The parts that make up a region: raions of an oblast, first-level areas of a country."""
        if self.rules.is_country(place):
            return {unit for unit in self.rules.units(place) if not self._is_standing(unit, place)}
        children = self.rules.gazetteer.children.get(place, ())
        return {child for child in children if self.rules.gazetteer.level(child) == "raion"}

    def _has_left(self, country: str) -> bool:
        """Whether a region of a nation-wide alert has had its own end since."""
        return any(not self._is_on(unit) for unit in self._parts(country))

    def _is_on(self, place: str) -> bool:
        cell = self.known.cells.get(cell_key(place, SIREN))
        return cell is not None and status(cell.held) == "active"

    def _is_standing(self, place: str, within: str) -> bool:
        """Whether the place is under a permanent alert that begins below ``within``: shown apart, not counted."""
        found = standing_at(self, place)
        return found is not None and found.place not in self.rules.line(within)

    def _confirmed_at(self, hold: Hold) -> datetime:
        record = self.known.sources.get(hold.source)
        if hold.verb == "on" and not hold.is_lapsed and record is not None and record.trusted_at is not None:
            return max(hold.at, record.trusted_at)
        return hold.at

    # ── clear ─────────────────────────────────────────────────────────────────────────────────────

    def _clear(
        self, place: str, line: Sequence[str], cells: Sequence[Cell], below: Sequence[Cell]
    ) -> tuple[_Clear | None, str]:
        covering = self._covering(place, line)
        words = self._said_clear(place, line, cells) if covering else []
        if not words:
            return self._all_parts_clear(place, below), _why_unknown(cells) if covering else "no_coverage"
        best = max(words, key=lambda word: word.at)
        if not any(self._has_watched_since(source, best.at) for source in covering):
            return None, "not_watched_since"
        if self._doubts(place, [*cells, *below], best.at):
            return None, _why_unknown([*cells, *below])
        began = max((word.since for word in words if word.since is not None), default=None)
        return replace(best, confirmed_at=self._heard_at(covering), since=began), ""

    def _heard_at(self, sources: Sequence[str]) -> datetime | None:
        """When the word of these sources was last found to hold."""
        records = [record for source in sources if (record := self.known.sources.get(source)) is not None]
        seen = [one.trusted_at if one.data_at is not None else one.last_ok for one in records]
        return max((at for at in seen if at is not None), default=None)

    def _said_clear(self, place: str, line: Sequence[str], cells: Sequence[Cell]) -> list[_Clear]:
        """Every explicit word that the place is not under alert."""
        words = []
        is_plain = line[-1] in self.rules.plain_ends
        for cell in cells:
            held = cell.held
            if cell.regime != SIREN and not (is_plain and cell.place == place):
                continue
            if held.cleared_at is None or held.cleared_by is None or status(held) != "clear":
                continue
            if cell.place == place or self.rules.may_close(held.cleared_by, place):
                at = held.cleared_at
                words.append(_Clear(at, held.cleared_basis, (held.cleared_by,), since=at))
        for source, watch in self._watches():
            if self.rules.may_close(source, place) and self._is_off(watch, line):
                record = self.known.sources.get(source)
                if record is not None and record.trusted_at is not None:
                    words.append(_Clear(record.trusted_at, "snapshot", (source,)))
        return words

    def _is_off(self, watch: Watch, line: Sequence[str]) -> bool:
        """Whether the snapshot says of the place, or of the nearest region it watches around it, that nothing is on."""
        for step in line:
            if _names(watch.on, step) or step in watch.partial or step in watch.doubt:
                return False
        return any(step in watch.covers for step in line)

    def _doubts(self, place: str, cells: Sequence[Cell], cleared_at: datetime) -> bool:
        """Whether any sign of danger is not older than the word that it is over."""
        for cell in cells:
            held = cell.held
            if status(held) not in ("unknown", "active"):
                continue
            if cell.place != place and self.rules.is_country(cell.place):
                continue
            marks = [hold.at for hold in held.holders]
            if held.interval is not None and held.interval.ended_at is not None:
                marks.append(held.interval.ended_at)
            if held.doubt_at is not None:
                marks.append(held.doubt_at)
            if any(mark >= cleared_at for mark in marks):
                return True
        return False

    def _all_parts_clear(self, place: str, below: Sequence[Cell]) -> _Clear | None:
        """A region that nothing was ever said of is clear where each of its parts is."""
        parts = self._parts(place)
        if below or not parts:
            return None
        states = [self.region(part) for part in sorted(parts)]
        if any(state.status != "clear" for state in states):
            return None
        sources = tuple(sorted({source for state in states for source in state.sources}))
        ends = [state.since for state in states if state.since is not None]
        heard = min(state.last_confirmed_at or self.now for state in states)
        return _Clear(max(ends, default=heard), "derived", sources, heard, max(ends, default=None))

    def _covering(self, place: str, line: Sequence[str]) -> list[str]:
        """Fresh sources with authority here that would tell of an alert; a list that has no known status for the
        place does not watch it."""
        watches = dict(self._watches())
        out = []
        for source in self.known.sources:
            if not self.rules.may_open(source, place) or not self.fresh(source):
                continue
            watch = watches.get(source)
            if watch is not None and (
                not any(step in watch.covers for step in line) or any(step in watch.doubt for step in line)
            ):
                continue
            out.append(source)
        return sorted(out)

    def _has_watched_since(self, source: str, at: datetime) -> bool:
        """Whether the source would have told of an alert after that all-clear; a list tells of today in any case."""
        record = self.known.sources.get(source)
        if record is None or record.data_at is not None:
            return record is not None
        return record.watched_since is not None and record.watched_since <= at

    def _watches(self) -> list[tuple[str, Watch]]:
        if self._watching is None:
            found = [(key, watch) for key, watch in self.known.watches.items() if self.fresh(key)]
            self._watching = sorted(found, key=lambda pair: pair[0])
        return self._watching

    def _held_back(self) -> frozenset[str]:
        if self._missing is None:
            out: set[str] = set()
            for record in self.known.sources.values():
                out.update(one.cell for one in record.missing)
            self._missing = frozenset(out)
        return self._missing

    # ── beside the siren ──────────────────────────────────────────────────────────────────────────

    def _hearsay(self, base: RegionState, line: Sequence[str], reason: str) -> RegionState | None:
        """Where nobody with authority is heard, the word of others is better than nothing; it never clears."""
        for place in line:
            for key in self.known.here.get(place) or ():
                cell = self.known.cells.get(key)
                if not key.endswith("/hearsay") or cell is None or status(cell.held) != "active":
                    continue
                interval = cell.held.interval
                if interval is None or (self.rules.is_country(place) and place != base.place):
                    continue
                return replace(
                    base, status="active", since=interval.started_at, basis="hearsay", regimes=(cell.regime,),
                    last_confirmed_at=interval.affirmed_at, sources=interval.sources, reason=reason,
                )  # fmt: skip
        return None

    def _threats(self, place: str) -> tuple[Mapping[str, JSON], ...]:
        out: list[Mapping[str, JSON]] = []
        for _, one in sorted(self.known.advice.items()):
            is_near = place in self.rules.line(one.place) or one.place in self.rules.line(place)
            if is_near and one.nature == "actual" and one.valid_until > self.now:
                out.append({
                    "threat": one.threat, "place": one.place, "since": one.since.isoformat(),
                    "valid_until": one.valid_until.isoformat(), "source": one.source, "level": one.level,
                })  # fmt: skip
        return tuple(out)


def _why_unknown(cells: Sequence[Cell]) -> str:
    """The machine word for why nothing is known although someone is watching."""
    for cell in cells:
        held = cell.held
        if status(held) != "unknown" or held.interval is None:
            continue
        if held.interval.ended_at is None:
            return "status_unknown"
        if held.interval.end_basis == "timeout":
            return "end_overdue"
    return "taken_back" if any(cell.held.doubt_at is not None for cell in cells) else "no_evidence"


def _names(keys: Sequence[str], place: str) -> bool:
    prefix = place + "/"
    return any(key.startswith(prefix) for key in keys)


def _level(levels: Sequence[str | None]) -> Literal["red", "yellow"] | None:
    return "red" if "red" in levels else "yellow" if "yellow" in levels else None
