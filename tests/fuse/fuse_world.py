"""A small world in which anything may happen, told to the engine and to the oracle alike, and compared after each step.

Every method is one thing that can happen. ``check`` also asks, apart from both, whether a *clear* is backed by an
explicit all-clear newer than every start that bears on the place: a false clear is an error even where both agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from fuse_oracle import UNITS, Oracle, Source, Word, line
from fuse_timeline import Run, country, profile, telling

from monitor.fuse import Rules, State
from monitor.model import (
    AlertReport,
    Evidence,
    Look,
    PlaceRef,
    RegionWord,
    Signal,
    Snapshot,
    Telling,
    Withdrawal,
)

PLACES = ("X", "X1", "X2", "X3", "C", "Y", "Y1", "Y2", "Z", "K")
COVERS = tuple(place for place in PLACES if place != "C")
SOURCES = ("a", "b", "m")
STALE = {"a": 180, "b": 300, "m": 240, "list": 60}
LONGEST = {"air": timedelta(minutes=60), "ballistic": timedelta(minutes=40)}
STARTS = (
    datetime(2024, 11, 10, tzinfo=UTC),
    datetime(2025, 3, 30, 0, 30, tzinfo=UTC),
    datetime(2025, 10, 26, tzinfo=UTC),
)
_TICK = timedelta(milliseconds=10)


class World:
    def __init__(self, start: datetime = STARTS[0]) -> None:
        given = {
            "a": profile("a", {"stale": STALE["a"]}),
            "b": profile("b", {"stale": STALE["b"]}),
            "m": profile("m", {"stale": STALE["m"], "rank": "monitor", "places": ["X"]}),
            "list": profile("list", {"stale": STALE["list"]}),
        }
        self.run = Run(Rules(country(), given, heartbeat=None, longest=LONGEST))
        spec = {"a": (2, "UA", False), "b": (2, "UA", False), "m": (1, "X", False), "list": (2, "UA", True)}
        self.oracle = Oracle(
            {
                k: Source(rank, scope, timedelta(seconds=STALE[k]), is_list)
                for k, (rank, scope, is_list) in spec.items()
            },
            LONGEST,
        )
        self.true = start
        self.skew = timedelta(0)
        self.alive = dict.fromkeys((*SOURCES, "list"), True)
        self.listed: set[tuple[str, str]] = set()
        self.posts = 0
        self.waiting: list[tuple[datetime, list[Telling], list[Word]]] = []
        self.told: list[tuple[Telling, list[Word]]] = []
        self.look()

    # ── what can happen ───────────────────────────────────────────────────────────────────────────

    def say(
        self, source: str, verb: str, places: Sequence[str], regime: str = "air", delay: int = 0,
        relisted: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """A post; with ``delay`` (seconds) it reaches us later than it was said, perhaps after newer ones."""
        self.move(_TICK)
        self.posts += 1
        post, said = str(self.posts), self.true
        places = [place for place in places if self.oracle.has_say(source, place)]
        relisted = [place for place in relisted if self.oracle.has_say(source, place)]
        if not places:
            return
        is_mass = verb == "end" and regime == "air" and len(set(units_of(places))) >= 3
        words = [Word(said, source, verb, place, regime, post, mass=is_mass) for place in places]
        whats = [report(verb, places, regime)]
        if relisted:
            whats.append(report("start", relisted, regime, ongoing=True))
            words += [Word(said, source, "start", place, regime, post) for place in relisted]
        words += [Word(**{**w.__dict__, "place": u, "nation": True}) for w in words if w.place == "UA" for u in UNITS]
        tellings = [telling(what, source, post, said, said) for what in whats]
        if delay and not self.skew:
            self.waiting.append((said + timedelta(seconds=delay), tellings, words))
        else:
            self.deliver(tellings, words)

    def repeat(self, nth: int) -> None:
        """A post that comes once more changes nothing but that its source was heard."""
        if self.told and not self.skew:
            made, words = self.told[-1 - nth % min(len(self.told), 5)]
            if self.true - made.at < timedelta(minutes=9):
                self.move(_TICK)
                self.deliver([made], words, is_new=False)

    def edit(self, nth: int) -> None:
        """A recent post is edited into something else: its words no longer stand."""
        recent = [one for one in self.told[-5:] if self.true - one[0].at < timedelta(minutes=9)]
        if not recent or self.skew:
            return
        made, words = recent[nth % len(recent)]
        if any(word.nation for word in words) or any(w not in self.oracle.words for w in words):
            return
        self.move(_TICK)
        for word in words:
            self.oracle.drop(word)
            if word.verb == "start":
                self.oracle.add([Word(self.true, word.source, "doubt", word.place, word.regime, "edit")])
        self.told = [one for one in self.told if one[0].item != made.item]
        gone = Withdrawal(made.item, 1, made.source, self.now, "replaced")
        self.step(withdrawals=[gone])

    def outage(self, source: str) -> None:
        self.move(_TICK)
        self.posts += 1
        self.oracle.heard(source, self.true, self.now, False, False)
        one = self.oracle.sources[source]
        if one.newest is None or one.newest <= self.true:
            one.suspended_at = self.true
        what = Signal("source_outage", Evidence("out of order", (0, 1), "test"))
        self.step([telling(what, source, str(self.posts), min(self.true, self.now), self.now)])

    def live_or_die(self, source: str) -> None:
        self.alive[source] = not self.alive[source]

    def raise_or_drop(self, keys: Iterable[tuple[str, str]]) -> None:
        """What the list will show at its next poll."""
        self.listed ^= set(keys)

    def empty(self) -> None:
        self.listed = set()

    def poll(self, is_frozen: bool = False) -> None:
        """One answer of the list; a frozen one carries old data and says nothing new."""
        if not self.alive["list"] or is_frozen or self.skew:
            return
        self.move(_TICK)
        at = self.now
        words = tuple(RegionWord(place, "active", regime) for place, regime in sorted(self.listed))  # type: ignore[arg-type]
        snap = Snapshot("active", at, words, COVERS)
        self.posts += 1
        self.oracle.poll("list", set(self.listed), at, self.now)
        made = Telling(f"list-{self.posts}", snap, f"api:list/{at.isoformat()}", 1, "list", at, at)
        self.step([made])

    def pass_time(self, seconds: int) -> None:
        """Time passes; whoever is alive is looked at, and what is under way arrives."""
        end = self.true + timedelta(seconds=seconds)
        for due, tellings, words in sorted(self.waiting, key=lambda one: one[0]):
            if due <= end:
                self.move(max(due - self.true, timedelta(0)) + _TICK)
                self.deliver(tellings, words)
        self.waiting = [one for one in self.waiting if one[0] > end]
        self.move(max(end - self.true, timedelta(0)))
        self.step()
        self.look()

    def jump(self, minutes: int) -> None:
        """The clock of the host goes back for a while, and is set right again."""
        for _, tellings, words in self.waiting:
            self.move(_TICK)
            self.deliver(tellings, words)
        self.waiting = []
        self.look()
        back = timedelta(minutes=minutes) if not self.skew else timedelta(0)
        moved = back + self.skew
        self.skew = -back
        for one in self.oracle.sources.values():
            one.last_ok = min(one.last_ok, self.now) if one.last_ok else None
            one.data_at = min(one.data_at, self.now) if one.data_at else None
        if abs(moved) > timedelta(seconds=5):
            self.oracle.jumped_at = self.now
        self.step()
        self.look()
        if not self.skew:
            self.move(timedelta(seconds=61))
            self.look()

    def restart(self) -> None:
        self.run.restart()

    # ── how it is told ────────────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> datetime:
        return self.true + self.skew

    def move(self, by: timedelta) -> None:
        self.true += by

    def look(self) -> None:
        self.move(_TICK)
        looks = [Look(source, self.now, "ok") for source in SOURCES if self.alive[source]]
        for look in looks:
            self.oracle.looked(look.source, self.now)
        self.step(looks=looks)

    def deliver(self, tellings: list[Telling], words: list[Word], is_new: bool = True) -> None:
        source, late = words[0].source, self.true - words[0].at > timedelta(minutes=10)
        for _ in tellings:
            self.oracle.heard(source, words[0].at, self.now, late, True)
        heard = [
            Word(**{**word.__dict__, "late": late, "absent": self.oracle.silent(self.now) - {source}})
            for word in (words if is_new else ())
        ]
        self.oracle.add(heard)
        given = []
        for made in tellings:
            at = min(made.at, self.now)
            given.append(Telling(made.id, made.what, made.item, 1, source, at, self.now, late))
        if is_new:
            self.told.append((tellings[0], heard))
        self.step(given)

    def step(
        self, tellings: Sequence[Telling] = (), withdrawals: Sequence[Withdrawal] = (), looks: Sequence[Look] = ()
    ) -> None:
        self.run.step(self.now, tellings, withdrawals, looks, check_memory=False)
        self.oracle.release(self.now)
        self.oracle.pass_time(self.now)

    # ── whether it is right ───────────────────────────────────────────────────────────────────────

    def check(self) -> None:
        for place in (*PLACES, "UA"):
            state = self.run.region(place, self.now)
            mine = (state.status, state.is_stale, state.in_conflict)
            theirs = self.oracle.status(place, self.now)
            assert mine == theirs, f"{place} at {self.true}: the engine says {mine}, the oracle {theirs}"
            if state.status == "clear":
                self.is_backed(place)

    def is_backed(self, place: str) -> None:
        """A clear place: every start that bears on it has met a newer end, and somebody is watching."""
        assert any(self.oracle.fresh(source, self.now) for source in self.oracle.sources), f"{place}: nobody watches"
        words, listed = self.oracle.words, self.oracle.sources["list"]
        ends = [word for word in words if word.verb == "end"]
        for start in (word for word in words if word.verb == "start"):
            if not ((start.place in line(place) and start.place != "UA") or place in line(start.place)):
                continue
            absent = listed.data_at is not None and listed.data_at > start.at
            over = {word.place for word in ends if word.at > start.at}
            parts = start.place == "UA" and over >= set(UNITS)
            assert absent or parts or over & set(line(start.place)), f"{place} is clear, but nobody ended {start}"


def units_of(places: Sequence[str]) -> list[str]:
    return [unit for place in places for unit in (UNITS if place == "UA" else (place,))]


def report(verb: str, places: Sequence[str], regime: str, ongoing: bool = False) -> AlertReport:
    refs = tuple(PlaceRef(place, place) for place in places)
    proof = Evidence(f"{verb} {regime} {' '.join(places)}", (0, 1), "test")
    return AlertReport(verb, "oblast", refs, regime, proof, ongoing=ongoing)  # type: ignore[arg-type]


def anything(world: World, chance: Random) -> None:
    """One thing that happens, by chance."""
    source = chance.choice(SOURCES)
    regime = "ballistic" if chance.random() < 0.2 else "air"
    delay = chance.choice((0, 0, 0, 20, 90, 300, 540))
    places = chance.choices(PLACES, k=chance.choice((1, 1, 1, 2)))
    what = chance.random()
    if what < 0.24:
        world.say(source, "start", places, regime, delay)
    elif what < 0.44:
        world.say(source, "end", places, regime, delay)
    elif what < 0.48:
        world.say(source, "end", ["X", "Y"], "air", delay, relisted=chance.choices(["X1", "X2", "Y1", "C"], k=1))
    elif what < 0.50:
        world.say(chance.choice("ab"), chance.choice(("start", "end")), ["UA"], "air")
    elif what < 0.52:
        world.say(chance.choice("ab"), "end", ["X", "Y", "Z", "K"], "air")
    elif what < 0.74:
        for _ in range(chance.choice((1, 1, 1, 1, 1, 1, 5))):
            world.pass_time(chance.choice((5, 20, 45, 45, 100, 200, 290)))
    elif what < 0.80:
        keys = [(place, regime) for place in chance.choices(COVERS, k=chance.choice((1, 2, 4)))]
        world.raise_or_drop(keys)
        world.poll()
    elif what < 0.86:
        world.poll(is_frozen=chance.random() < 0.1)
    elif what < 0.88:
        world.empty()
        world.poll()
    elif what < 0.91:
        world.repeat(chance.randrange(5))
    elif what < 0.94:
        world.edit(chance.randrange(5))
    elif what < 0.96:
        world.live_or_die(chance.choice((*SOURCES, "list")))
    elif what < 0.97:
        world.outage(source)
    elif what < 0.98:
        world.jump(chance.choice((1, 30, 120)))
    else:
        world.restart()
    world.check()


def scenario(seed: int, steps: int = 25) -> None:
    """One random life of the world."""
    chance = Random(seed)
    world = World(chance.choice(STARTS))
    for _ in range(steps):
        anything(world, chance)
    assert State.load(world.run.memory) == world.run.state, "the memory loads to another state"
    world.restart()
    world.check()
