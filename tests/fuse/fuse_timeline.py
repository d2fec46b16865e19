"""Runs a timeline: a TOML file of "at T source says …; want …", against ``monitor.fuse``.

A small country serves for all of them: oblasts ``X`` (raions ``X1`` with hromada ``H`` and city ``C``, ``X2``, ``X3``),
``Y`` (``Y1``, ``Y2``), ``Z`` (no parts), the city ``K``, ``L`` under a permanent alert; and ``RU`` with ``RM``, ``RB``.
Times are UTC of 2024-11-10 unless they carry a date. The words of a step are explained at ``words``.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.fuse import Rules, State, fuse, regions
from monitor.identity import digest, telling_id
from monitor.model import (
    AlertReport,
    Authority,
    Change,
    CountReport,
    Evidence,
    Gazetteer,
    Interval,
    Look,
    Moment,
    Origin,
    Place,
    PlaceRef,
    RegionWord,
    Signal,
    Snapshot,
    SourceProfile,
    Standing,
    StrikeReport,
    Telling,
    Withdrawal,
)

DAY = datetime(2024, 11, 10, tzinfo=UTC)
_TREE = {
    "UA": ("country", None), "RU": ("country", None), "X": ("oblast", "UA"), "Y": ("oblast", "UA"),
    "Z": ("oblast", "UA"), "K": ("city", "UA"), "L": ("oblast", "UA"), "X1": ("raion", "X"), "X2": ("raion", "X"),
    "X3": ("raion", "X"), "H": ("hromada", "X1"), "C": ("city", "X1"), "Y1": ("raion", "Y"), "Y2": ("raion", "Y"),
    "RM": ("oblast", "RU"), "RB": ("oblast", "RU"), "RMC": ("city", "RM"),
}  # fmt: skip


def country() -> Gazetteer:
    places = {key: Place(key, key, level, parent) for key, (level, parent) in _TREE.items()}  # type: ignore[arg-type]
    children: dict[str, list[str]] = {}
    for key, (_, parent) in _TREE.items():
        children.setdefault(parent or "", []).append(key)
    standing = (Standing("L", datetime(2022, 4, 4, 16, 45, tzinfo=UTC), None, "a dated record"),)
    return Gazetteer(places, {key: tuple(value) for key, value in children.items()}, standing, {"K": "Z"})


def profile(key: str, spec: Mapping[str, Any]) -> SourceProfile:
    """``places`` (default UA), ``rank`` (official), ``stale`` (s), ``ends`` (true), ``levels``, ``side`` …"""
    places = tuple(spec.get("places", ["UA"]))
    kinds = tuple(spec.get("kinds", ["alert", "strike", "count"]))
    return SourceProfile(
        id=key, kind=spec.get("kind", "telegram_web"), address=key, name=key, rank=spec.get("rank", "official"),
        side=spec.get("side"), claimant=spec.get("claimant"), area=tuple(spec.get("area", ())),
        witness=spec.get("witness"), cadence=spec.get("cadence"),
        authority=Authority(places, tuple(spec.get("levels", ())), kinds, spec.get("ends", True)),
        stale_after=timedelta(seconds=spec.get("stale", 180)),
    )  # fmt: skip


def moment(text: str) -> datetime:
    """``HH:MM[:SS]`` of the day, or a whole ISO time."""
    if "T" in text:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    parts = [int(part) for part in text.split(":")] + [0, 0]
    return DAY + timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])


class Run:
    """The world of one timeline. Every step checks that the memory, laid over itself, loads to the same state."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.state = State.empty()
        self.memory: dict[str, Any] = {}
        self.now = DAY
        self.intervals: dict[str, Interval] = {}
        self.strikes: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.coverage: dict[str, Any] = {}
        self.changes: list[Change] = []
        self.versions: dict[str, int] = {}

    def step(
        self, now: datetime, tellings: Any = (), withdrawals: Any = (), looks: Any = (), check_memory: bool = True
    ) -> tuple[Change, ...]:
        made = fuse(self.state, tellings, withdrawals, looks, now, self.rules)
        for key, value in made.memory.items():
            if value is None:
                self.memory.pop(key, None)
            else:
                self.memory[key] = value
        if check_memory:
            assert State.load(self.memory) == made.state, "the memory loads to another state"
        self.state, self.now = made.state, now
        self.intervals |= {one.id: one for one in made.intervals}
        self.strikes |= {one.id: one for one in made.strikes}
        self.claims |= {one.id: one for one in made.claims}
        self.coverage |= {one.id: one for one in made.coverage}
        self.changes += made.changes
        return made.changes

    def restart(self) -> None:
        self.state = State.load(self.memory)

    def region(self, place: str, now: datetime | None = None) -> Any:
        return regions(self.state, now or self.now, self.rules, [place])[place]

    def standing(self) -> list[Interval]:
        """Intervals that count: not retracted, not permanent."""
        out = [one for one in self.intervals.values() if one.retracted_at is None and one.start_basis != "standing"]
        return sorted(out, key=lambda one: (one.started_at or one.ended_at or DAY, one.place, one.regime))


def telling(
    what: Any, source: str, post: str, at: datetime, received: datetime, version: int = 1, nth: int = 0, **more: Any
) -> Telling:
    item = f"tg:{source}/{post}"
    return Telling(
        id=telling_id(item, version, what, nth), what=what, item=item, version=version, source=source, at=at,
        received=received, text_sha256=digest(item, version), **more,
    )  # fmt: skip


def words(line: str, now: datetime) -> Telling:
    """One saying: ``source/post[vN] verb …  key=value …``.

    start | ongoing | end | threat  [regime] places … [except=A,B level=red nature=exercise at=TIME]
    outage | resumed | drill | test | retract places … [of=alert reply=post]
    strike places … [weapon=drone killed=1 injured=2 by=NAME date=D at=TIME retro=1]
    count weapon measure value places … [by= night= day= hours=10:00-12:00 attacker=RU max= bound=
        of= model= vocabulary=]
    Of all: said=TIME (when it was said), late=1, forward=KEY, text=MARK (equal marks are copies).
    """
    tokens = shlex.split(line)
    (source, _, post), verb, rest = tokens[0].partition("/"), tokens[1], tokens[2:]
    post, _, version = post.partition("v")
    options = dict(token.split("=", 1) for token in rest if "=" in token)
    plain = [token for token in rest if "=" not in token]
    said = moment(options["said"]) if "said" in options else now
    more: dict[str, Any] = {"is_late": "late" in options}
    for kind in ("forward", "reply", "quote"):
        if kind in options:
            key = options[kind] if ":" in options[kind] else f"tg:{source}/{options[kind]}"
            more["origin"] = Origin(kind, key)  # type: ignore[arg-type]
    what = _what(verb, plain, options, said)
    made = telling(what, source, post, said, max(now, said), int(version or 1), **more)
    if "text" in options:
        made = replace(made, text_sha256=digest(options["text"]))
    return made


def _what(verb: str, plain: list[str], options: Mapping[str, str], said: datetime) -> Any:
    proof = Evidence(quote=" ".join([verb, *plain]), span=(0, 1), rule="test")
    regimes = ("air", "missile", "ballistic", "drone", "guided_bomb", "mig31k", "artillery", "other")
    nature: Any = options.get("nature", "actual")
    if verb != "count" and "at" in options:
        proof = replace(proof, occurred=Moment(moment(options["at"]), moment(options["at"]), "minute"))
    if verb in ("start", "ongoing", "end", "threat"):
        threat: Any = plain.pop(0) if plain and plain[0] in regimes else None
        status: Any = "start" if verb == "ongoing" else verb
        return AlertReport(
            status, "oblast", _refs(plain), threat, proof, ongoing=verb == "ongoing", level=options.get("level"),  # type: ignore[arg-type]
            except_places=_refs(options.get("except", "").split(",")), nature=nature,
        )  # fmt: skip
    if verb == "strike":
        numbers = {key: int(options[key]) for key in ("killed", "injured") if key in options}
        weapons = tuple(options.get("weapon", "unknown").split(","))
        return StrikeReport(
            _refs(plain), weapons, proof, date=options.get("date"), attributed_to=options.get("by"),
            retro="retro" in options, target_kind=options.get("target"), nature=nature, **numbers,
        )  # fmt: skip
    if verb == "count":
        return _count(plain, options, proof)
    kinds = {"outage": "source_outage", "resumed": "source_resumed", "retract": "retraction"}
    kind: Any = kinds.get(verb, verb)
    return Signal(kind, proof, _refs(plain), options.get("of"))  # type: ignore[arg-type]


def _count(plain: list[str], options: Mapping[str, str], proof: Evidence) -> CountReport:
    weapon, measure, value, *places = plain
    period = next((p for p in ("night", "day", "hours", "month", "war") if p in options), None)
    when = options.get(period) if period else None
    if period == "hours" and when:
        start, _, end = when.partition("-")
        proof = replace(proof, occurred=Moment(moment(start), moment(end), "hour"))
        when = "2024-11-10"
    return CountReport(
        weapon, measure, None if value == "-" else int(value), proof, places=_refs(places), period=period,  # type: ignore[arg-type]
        date_or_period=when, claimed_by=options.get("by"), attacker=options.get("attacker"),  # type: ignore[arg-type]
        value_max=int(options["max"]) if "max" in options else None, bound=options.get("bound"),  # type: ignore[arg-type]
        subset_of=options.get("of"), model=options.get("model"), vocabulary=options.get("vocabulary"),
    )  # fmt: skip


def _refs(names: list[str]) -> tuple[PlaceRef, ...]:
    return tuple(PlaceRef(name, name if name in _TREE else None) for name in names if name)


def listed(spec: Mapping[str, Any], now: datetime) -> Telling:
    """One answer of an alert API: ``source``, ``data`` (time), ``shape``, ``on``/``partial``/``unknown``/``off``."""
    data_at = moment(spec["data"]) if "data" in spec else now
    found = []
    for status, key in (("active", "on"), ("partial", "partial"), ("unknown", "unknown"), ("inactive", "off")):
        for name in spec.get(key, ()):
            place, _, level = name.partition("@")
            place, _, regime = place.partition("/")
            found.append(RegionWord(place, status, regime or "air", level or None, raw=key))  # type: ignore[arg-type]
    covers = tuple(spec.get("covers", ["X", "Y", "Z", "K"]))
    snap = Snapshot(spec.get("shape", "active"), data_at, tuple(found), covers)
    item = f"api:{spec['source']}/{data_at.isoformat()}"
    return Telling(
        telling_id(item, 1, snap), snap, item, spec.get("version", 1), spec["source"], min(data_at, now), now
    )


def load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def rules_of(spec: Mapping[str, Any]) -> Rules:
    given = {key: profile(key, one) for key, one in spec.get("sources", {"siren": {}}).items()}
    return Rules(country(), given, heartbeat=None)


def play(spec: Mapping[str, Any]) -> Iterator[tuple[Run, Mapping[str, Any], list[Change]]]:
    """Runs the steps; yields the world after each, with the step and its changes."""
    run = Run(rules_of(spec))
    for step in spec["step"]:
        if step.get("restart"):
            run.restart()
        made: list[Change] = []
        for now in _times(step):
            made += _once(run, step, now)
        yield run, step, made


def _times(step: Mapping[str, Any]) -> Iterator[datetime]:
    if "at" in step:
        yield moment(step["at"])
        return
    now, end = moment(step["from"]), moment(step["to"])
    while now <= end:
        yield now
        now += timedelta(seconds=step["every"])


def _once(run: Run, step: Mapping[str, Any], now: datetime) -> tuple[Change, ...]:
    tellings, withdrawals = [], []
    for line in step.get("says", ()):
        made = words(line, now)
        before = run.versions.get(made.item, 0)
        if made.version > before > 0:
            withdrawals.append(Withdrawal(made.item, before, made.source, now, "replaced"))
        run.versions[made.item] = max(made.version, before)
        tellings.append(made)
    for key, cause in (("edits", "replaced"), ("deletes", "deleted")):
        for name in step.get(key, ()):
            item = f"tg:{name}"
            withdrawals.append(Withdrawal(item, run.versions.get(item, 1), name.partition("/")[0], now, cause))  # type: ignore[arg-type]
            run.versions[item] = run.versions.get(item, 1) + (cause == "replaced")
    looks = [_look(line, now) for line in step.get("looks", ())]
    for spec in step.get("lists", ()):
        tellings.append(listed(spec, now))
        looks.append(Look(spec["source"], now, "ok", data_at=tellings[-1].what.data_at))
    return run.step(now, tellings, withdrawals, looks)


def _look(line: str, now: datetime) -> Look:
    """``source ok|unchanged|failed [reason] [newest=TIME] [data=TIME]``."""
    source, outcome, *rest = line.split()
    options = dict(token.split("=", 1) for token in rest if "=" in token)
    reason = next((token for token in rest if "=" not in token), None)
    times = {key: moment(options[key]) for key in ("newest", "data") if key in options}
    return Look(source, now, outcome, reason, newest=times.get("newest"), data_at=times.get("data"))  # type: ignore[arg-type]


def shown(run: Run, place: str) -> str:
    """A region's state as one line, as ``want`` writes it; without what is not the case."""
    state = run.region(place)
    words = [place, state.status]
    words += [name for name, is_so in (
        ("stale", state.is_stale), ("conflict", state.in_conflict), ("standing", state.is_standing),
        ("unconfirmed", state.status in ("active", "partial") and not state.is_confirmed),
    ) if is_so]  # fmt: skip
    words.append(f"basis={state.basis}")
    words += [f"reason={state.reason}"] if state.reason else []
    words += [f"level={state.level}"] if state.level else []
    words += [f"since={state.since:%H:%M}"] if state.since else []
    words += [f"regimes={'+'.join(state.regimes)}"] if state.regimes else []
    words += [f"children={'+'.join(state.children)}"] if state.children else []
    words += [f"threats={'+'.join(sorted({one['threat'] for one in state.threats}))}"] if state.threats else []
    return " ".join(words)


QUIET = ("source.changed", "heartbeat", "coverage.lost", "coverage.restored", "system.clock_jump")


def news(changes: Iterable[Change]) -> list[Change]:
    """The changes that are about the world, not about how well it is watched."""
    return [change for change in changes if change.type not in QUIET]


def named(change: Change) -> str:
    """A change as one line, as ``changes`` writes it."""
    words = [change.type, ",".join(change.places) or str(change.data.get("source", change.key))]
    words += ["late"] if change.late else []
    words += [change.nature] if change.nature in ("exercise", "test") else []
    regime = change.data.get("regime")
    words += [str(regime)] if regime not in (None, "air") else []
    return " ".join(words)
