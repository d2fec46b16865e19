"""What can be looked at before anything new is read: the store, what it remembers, and the rules to see it by.

Kept small on purpose: the dashboard answers from this while lexicon, sources and sinks are still being loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from monitor.atlas import load_gazetteer, regional_claimants
from monitor.config import Settings, check_regions
from monitor.config.models import HeadlineSection, SeriesSection
from monitor.errors import ConfigError
from monitor.fuse import Rules, State
from monitor.fuse.rules import HeadlineFor, HeadlineRule
from monitor.model import Gazetteer, SourceProfile
from monitor.ports import Clock, Source
from monitor.publication import PublicationPolicy
from monitor.sinks import known_types
from monitor.sources import known_kinds
from monitor.sources.inbox import MemoryInbox
from monitor.store import SqlStore, open_store

__all__ = ["Opened", "check_kinds", "is_replay", "make_policy", "make_rules", "open_for", "open_state"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A locked store with the state it holds."""

    settings: Settings
    clock: Clock
    store: SqlStore
    gazetteer: Gazetteer
    rules: Rules
    state: State
    inbox: MemoryInbox
    given: tuple[Source, ...]


def open_state(settings: Settings, clock: Clock, sources: Sequence[Source] | None, inbox: MemoryInbox | None) -> Opened:
    """Open the store and load the state. Raises ``OperatorError`` with nothing left open."""
    gazetteer = load_gazetteer()
    check_regions(settings.endpoints, gazetteer)
    profiles = {profile.id: profile for profile in settings.profiles}
    profiles |= {source.profile.id: source.profile for source in sources or ()}
    rules = make_rules(settings, gazetteer, profiles, is_replay=is_replay(clock))
    store = open_for(settings, gazetteer)
    try:
        return Opened(
            settings, clock, store, gazetteer, rules, State.load(store.memory()), inbox or MemoryInbox(),
            tuple(sources or ()),
        )  # fmt: skip
    except BaseException:
        store.close()
        raise


def check_kinds(settings: Settings) -> None:
    """Refuse a source or an endpoint of a kind that nobody knows. Raises ``ConfigError``."""
    for profile in settings.profiles:
        if profile.kind not in known_kinds() and ":" not in profile.kind:
            known = ", ".join(known_kinds())
            raise ConfigError(f"source {profile.id}: kind {profile.kind!r} is not known; use one of {known}")
    for endpoint in settings.endpoints:
        if endpoint.type not in known_types() and ":" not in endpoint.type:
            known = ", ".join(known_types())
            raise ConfigError(f"endpoint {endpoint.id}: type {endpoint.type!r} is not known; use one of {known}")


def open_for(settings: Settings, gazetteer: Gazetteer, *, lock: bool = True, create: bool = True) -> SqlStore:
    """The store of the settings. A folder named relative to the configuration is made (0700) when it is missing."""
    url = settings.store_url
    if create and url.startswith("sqlite:///") and url != settings.store.url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return open_store(url, create=create, lock=lock, lineage=gazetteer.line)


def make_rules(
    settings: Settings, gazetteer: Gazetteer, profiles: Mapping[str, SourceProfile], *, is_replay: bool = False
) -> Rules:
    """What fuse is told, as the configuration has it. A replayed clock leaps by design: no leap of it is news."""
    series = settings.series
    rules = Rules(
        gazetteer=gazetteer,
        profiles=profiles,
        advisory_valid=timedelta(minutes=series.threat_minutes),
        late_after=timedelta(minutes=series.late_minutes),
        heartbeat=timedelta(seconds=settings.limits.heartbeat_seconds),
        headline=HeadlineRule(series.periods, series.ranks, series.prefer, series.first_hand_first),
        headline_for=tuple(_headline_for(series, one) for one in series.headline),
        regional=regional_claimants(),
    )
    return replace(rules, jump_after=timedelta(days=30)) if is_replay else rules


def _headline_for(series: SeriesSection, one: HeadlineSection) -> HeadlineFor:
    """A table ``[[series.headline]]`` laid over ``[series]``, named by what it is for."""
    until = f" to {one.last_night}" if one.last_night else ""
    night = f"night {one.night}{until}" if one.night else None
    side = f"attacks of {one.attacker}" if one.attacker else None
    is_first = series.first_hand_first if one.first_hand_first is None else one.first_hand_first
    rule = HeadlineRule(
        one.periods or series.periods, one.ranks or series.ranks, one.prefer or series.prefer, is_first,
        ", ".join(filter(None, (night, side))), one.why,
    )  # fmt: skip
    return HeadlineFor(rule, one.attacker, one.night, one.last_night)


def is_replay(clock: Clock) -> bool:
    """True for a clock that tells recorded nights."""
    return bool(getattr(clock, "is_replay", False))


def make_policy(settings: Settings) -> PublicationPolicy:
    """The delays of public outputs."""
    chosen = settings.publication
    return PublicationPolicy(
        timedelta(hours=chosen.civilian_hours), timedelta(hours=chosen.military_hours), chosen.needs_official
    )
