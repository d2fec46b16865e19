"""A second, deliberately simple model of the same rules. It shares no code with ``monitor.fuse``.

It keeps every word that was ever heard and works everything out anew each time it is asked: no windows, no memory of
earlier answers, no ids. What it says of a place must be what the engine says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

PARENT = {"X": "UA", "Y": "UA", "Z": "UA", "K": "UA", "X1": "X", "X2": "X", "X3": "X", "C": "X1", "Y1": "Y", "Y2": "Y"}
RAIONS = {"X": {"X1", "X2", "X3"}, "Y": {"Y1", "Y2"}}
UNITS = ("X", "Y", "Z", "K")
CLOSED_BY_SIREN = {"ballistic"}


LINES = {"UA": ("UA",)}
for _place, _parent in PARENT.items():
    LINES[_place] = (_place, *LINES[_parent])


BELOW = {place: [other for other in LINES if place in LINES[other][1:]] for place in LINES}


def line(place: str) -> tuple[str, ...]:
    """The place and what it lies in, the narrowest first."""
    return LINES[place]


@dataclass(frozen=True)
class Word:
    at: datetime
    source: str
    verb: str  # start | end | doubt | timeout
    place: str
    regime: str
    post: str
    late: bool = False
    mass: bool = False
    nation: bool = False
    absent: frozenset[str] = frozenset()


@dataclass
class Source:
    rank: int
    scope: str
    stale: timedelta
    is_list: bool = False
    last_ok: datetime | None = None
    data_at: datetime | None = None
    newest: datetime | None = None
    suspended_at: datetime | None = None
    is_catching_up: bool = False
    listed: set[tuple[str, str]] = field(default_factory=set)
    missing: dict[tuple[str, str], list[object]] = field(default_factory=dict)


class Oracle:
    def __init__(self, sources: dict[str, Source], longest: dict[str, timedelta]) -> None:
        self.sources = sources
        self.longest = longest
        self.words: list[Word] = []
        self.known: dict[tuple[str, str], dict[str, object]] = {}
        self.jumped_at: datetime | None = None

    def has_say(self, source: str, place: str) -> bool:
        return self.sources[source].scope in line(place)

    def fresh(self, source: str, now: datetime) -> bool:
        one = self.sources[source]
        seen = one.data_at if one.is_list else one.last_ok
        return one.suspended_at is None and not one.is_catching_up and seen is not None and now - seen <= one.stale

    def silent(self, now: datetime) -> frozenset[str]:
        return frozenset(key for key in self.sources if not self.fresh(key, now))

    def heard(self, source: str, at: datetime, now: datetime, is_late: bool, is_alert: bool) -> None:
        """A telling is a look at its source; history shows that it is not at its newest page yet."""
        one = self.sources[source]
        if is_late:
            one.is_catching_up = one.is_catching_up or not self.fresh(source, now)
            return
        one.last_ok = max(one.last_ok or now, now)
        one.newest = max(one.newest or at, at)
        if one.suspended_at is not None and is_alert and at > one.suspended_at:
            one.suspended_at = None

    def looked(self, source: str, now: datetime) -> None:
        self.sources[source].last_ok = max(self.sources[source].last_ok or now, now)
        self.sources[source].is_catching_up = False

    def add(self, words: list[Word]) -> None:
        self.words += words
        self.known.clear()

    def drop(self, word: Word) -> None:
        self.words.remove(word)
        self.known.clear()

    def cell(self, place: str, regime: str) -> dict[str, object]:
        """Who holds the alert on, who denied it, when it was last called over, when last put in doubt."""
        if (place, regime) not in self.known:
            self.known[place, regime] = self.worked_out(place, regime)
        return self.known[place, regime]

    def worked_out(self, place: str, regime: str) -> dict[str, object]:
        mine = [w for w in self.words if w.place == place and w.regime == regime]
        if regime in CLOSED_BY_SIREN:
            siren = [w for w in self.words if w.place == place and w.regime == "air" and w.verb == "end"]
            mine += [w for w in siren if not self.sources[w.source].is_list]
        on: dict[str, Word] = {}
        denied: set[str] = set()
        cleared = doubt = None
        for word in sorted(mine, key=lambda w: (w.at, w.verb == "start")):
            if word.verb == "start":
                overdue = on and word.at - max(w.at for w in on.values()) > self.longest[regime]
                if overdue and not any(self.sources[s].is_list for s in on):
                    on, denied, doubt = {}, set(), word.at
                if not on:
                    denied = set()
                before = on.get(word.source)
                nation = word.nation and (before is None or before.nation)
                on[word.source] = word if nation == word.nation else Word(**{**word.__dict__, "nation": nation})
                denied.discard(word.source)
            elif word.verb == "end":
                borrowed = word.nation or word.regime != regime
                was_on = bool(on)
                on = {s: w for s, w in on.items() if not self.gives_way(w, word)}
                if on:
                    denied |= set() if word.nation else {word.source}
                elif was_on or not borrowed:
                    cleared, denied = word.at, set()
            elif word.verb == "timeout":
                on = {s: w for s, w in on.items() if s != word.source or word.at - w.at < self.longest[regime]}
                if not on:
                    doubt, denied = word.at, set()
            else:
                doubt = word.at
        return {"on": on, "denied": denied, "cleared": cleared, "doubt": doubt}

    def gives_way(self, hold: Word, end: Word) -> bool:
        if end.nation and not hold.nation:
            return False
        if hold.source == end.source or hold.late or hold.source in end.absent:
            return True
        return not end.mass and self.sources[end.source].rank > self.sources[hold.source].rank

    def pass_time(self, now: datetime) -> None:
        """An alert past its longest plausible duration, whose source is alive, is in doubt."""
        for place in [*PARENT, "UA"]:
            for regime, longest in self.longest.items():
                for source, hold in sorted(self.cell(place, regime)["on"].items()):  # type: ignore[attr-defined]
                    due = max(hold.at, self.jumped_at or hold.at) + longest
                    if not self.sources[source].is_list and self.fresh(source, now) and now >= due:
                        self.add([Word(hold.at + longest, source, "timeout", place, regime, "rule")])

    def status(self, place: str, now: datetime) -> tuple[str, bool, bool]:
        """(status, is_stale, in_conflict) of a place, from all that was ever said."""
        around = {(p, r): self.cell(p, r) for p in line(place) for r in self.longest}
        below = {(p, r): self.cell(p, r) for p in BELOW[place] for r in self.longest}
        own_or_above = {k: c for k, c in around.items() if c["on"] and (k[0] == place or k[0] != "UA")}
        if place == "UA" and not all(self.cell(unit, "air")["on"] for unit in UNITS):
            own_or_above = {}
        on = own_or_above or {k: c for k, c in below.items() if c["on"]}
        if on:
            fresh = any(self.fresh(source, now) for cell in on.values() for source in cell["on"])  # type: ignore[attr-defined]
            parts = set(UNITS) if place == "UA" else RAIONS.get(place, set())
            whole = bool(own_or_above) or (bool(parts) and parts <= {key[0] for key in on})
            return "active" if whole else "partial", not fresh, any(cell["denied"] for cell in on.values())
        return ("clear" if self.is_clear(place, now, around, below) else "unknown"), False, False

    def is_clear(self, place: str, now: datetime, around: dict, below: dict) -> bool:  # type: ignore[type-arg]
        watched = any(self.watches(source, place, now) for source in self.sources)
        said = [self.off_at(source, place, now) for source in self.sources] if watched else []
        for (_, regime), cell in around.items() if watched else ():
            if regime == "air" and cell["cleared"] and not (cell["doubt"] and cell["doubt"] >= cell["cleared"]):
                said.append(cell["cleared"])
        words = [at for at in said if at is not None]
        if not words:
            parts = set(UNITS) if place == "UA" else RAIONS.get(place, set())
            in_doubt = [c for c in below.values() if c["doubt"] and not (c["cleared"] and c["cleared"] > c["doubt"])]
            return bool(parts) and not in_doubt and all(self.status(part, now)[0] == "clear" for part in parts)
        for (where, _), cell in [*around.items(), *below.items()]:
            settled = cell["cleared"] and cell["doubt"] and cell["cleared"] > cell["doubt"]
            if cell["doubt"] and not settled and cell["doubt"] >= max(words) and (where == place or where != "UA"):
                return False
        return True

    def watches(self, source: str, place: str, now: datetime) -> bool:
        is_listed = not self.sources[source].is_list or line(place)[0] != "UA"
        return self.has_say(source, place) and self.fresh(source, now) and is_listed

    def off_at(self, source: str, place: str, now: datetime) -> datetime | None:
        """When a list last said, by leaving the place out, that nothing is on there."""
        one = self.sources[source]
        if not one.is_list or not self.watches(source, place, now):
            return None
        named = {p for p, _ in one.listed} | {p for p, _ in one.missing}
        return None if any(step in named for step in line(place)) else one.data_at

    def poll(self, source: str, listed: set[tuple[str, str]], data_at: datetime, now: datetime) -> None:
        """An active list: absence is an end, unless too much is gone at once."""
        one = self.sources[source]
        one.newest = data_at
        for key in sorted(listed):
            place, regime = key
            if source not in self.cell(place, regime)["on"]:  # type: ignore[operator]
                self.add([Word(data_at, source, "start", place, regime, f"{data_at}")])
        one.missing = {k: [at, n + (data_at > at)] for k, (at, n) in one.missing.items() if k not in listed}  # type: ignore[misc,operator]
        lost = {key for key in one.listed if key not in listed and key not in one.missing}
        places = {p for p, _ in lost if not any(p in line(other)[1:] for other, _ in listed)}
        is_mass = len(places) >= 3 or (places and places == {p for p, _ in one.listed})
        for key in lost:
            if is_mass:
                one.missing[key] = [data_at, 0]
            else:
                self.add([Word(data_at, source, "end", *key, f"{data_at}", absent=self.silent(now))])
        one.listed = set(listed)
        if not one.missing:
            one.data_at = data_at
        for place in PARENT if not one.missing else ():
            for regime in self.longest:
                key, cell = (place, regime), self.cell(place, regime)
                on = cell["on"]
                if key in listed or place == "C" or not on:
                    continue
                if source in cell["denied"] and not self.silent(now) & set(on):  # type: ignore[operator]
                    continue
                if all(w.at < data_at for w in on.values()):  # type: ignore[attr-defined]
                    self.add([Word(data_at, source, "end", *key, f"{data_at}", absent=self.silent(now))])

    def release(self, now: datetime) -> None:
        """Ends that were held back, where two more polls or another source agree."""
        for source, one in self.sources.items():
            for key, (at, agreed) in list(one.missing.items()):
                seconded = self.cell(*key)["denied"]
                if agreed >= 2 or seconded:  # type: ignore[operator]
                    self.add([Word(at, source, "end", *key, "held", absent=self.silent(now))])  # type: ignore[arg-type]
                    del one.missing[key]
                    if not one.missing:
                        one.data_at = one.newest
