"""What fuse is told of the world besides the news: places, profiles, durations, and how they answer its questions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.model import Gazetteer, Kind, Level, Place, Side, SourceProfile

__all__ = ["SIREN", "HeadlineFor", "HeadlineRule", "Rules"]

SIREN = "air"
_RANKS = {"official": 2, "monitor": 1, "media": 0}


def _longest() -> dict[str, timedelta]:
    hours = {"air": 24, "drone": 24, "artillery": 24, "guided_bomb": 12, "missile": 12, "ballistic": 6, "mig31k": 6}
    return {regime: timedelta(hours=number) for regime, number in hours.items()}


@dataclass(frozen=True, slots=True)
class HeadlineRule:
    """Which claim is shown as the figure of a night, tried in this order; see ``headline``.

    ``periods``: what counts as the night's own figure. ``ranks``: the sources, best first. ``prefer``: ``defender``
    or ``attacker``, whose word goes first where both sides claim. ``is_first_hand_first``: a claimant's own channel
    before a quotation of it. ``name`` says which rule of the configuration it is, ``why`` the operator's reason for it.
    """

    periods: tuple[str, ...] = ("night",)
    ranks: tuple[str, ...] = ("official", "monitor", "media")
    prefer: str = "defender"
    is_first_hand_first: bool = True
    name: str = "default"
    why: str | None = None


@dataclass(frozen=True, slots=True)
class HeadlineFor:
    """Another rule for the attacks of ``attacker`` (None: of both), and for the nights from ``first`` to ``last``, each
    ``D-1/D`` (None: for all)."""

    rule: HeadlineRule
    attacker: Side | None = None
    first: str | None = None
    last: str | None = None

    def fits(self, night: str, attacker: Side) -> bool:
        is_then = self.first is None or self.first <= night <= (self.last or self.first)
        return is_then and self.attacker in (None, attacker)

    @property
    def reach(self) -> tuple[bool, bool]:
        """The greater, the more particular: a night before a side, both before either."""
        return self.first is not None, self.attacker is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """The constants of one run. Durations are ``timedelta``; ``longest`` is by regime, ``mass`` counts regions.

    ``plain_ends`` are the countries without a siren of their own, where the end of a formal regime is the all-clear.
    ``regional`` are claimants who answer for a part of the country, whatever place their figures name.
    ``burst`` widens the silence that a source's cadence allows: alerts come in nights, not evenly.
    """

    gazetteer: Gazetteer
    profiles: Mapping[str, SourceProfile]
    longest: Mapping[str, timedelta] = field(default_factory=_longest)
    longest_other: timedelta = timedelta(hours=24)
    advisory_valid: timedelta = timedelta(minutes=60)
    start_valid: timedelta = timedelta(minutes=60)
    reorder: timedelta = timedelta(minutes=30)
    late_after: timedelta = timedelta(minutes=10)
    jump_after: timedelta = timedelta(minutes=10)
    heartbeat: timedelta | None = timedelta(seconds=60)
    mass: int = 3
    burst: float = 8.0
    least_likely: float = 1e-6
    keep_items: timedelta = timedelta(days=3)
    keep_strikes: timedelta = timedelta(days=14)
    keep_claims: timedelta = timedelta(days=14)
    stale_default: timedelta = timedelta(minutes=10)
    siren_closes: frozenset[str] = frozenset({"missile", "ballistic", "drone", "guided_bomb", "mig31k"})
    plain_ends: frozenset[str] = frozenset({"RU", "IL", "BY"})
    headline: HeadlineRule = HeadlineRule()
    headline_for: tuple[HeadlineFor, ...] = ()
    home: str = "UA"
    regional: frozenset[str] = frozenset()
    _lines: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _scopes: dict[tuple[str, str, str], bool] = field(default_factory=dict, compare=False, repr=False)

    _silences: dict[str, timedelta | None] = field(default_factory=dict, compare=False, repr=False)
    _watched: list[str] = field(default_factory=list, compare=False, repr=False)

    def line(self, place: str) -> tuple[str, ...]:
        """The place and its ancestors, the narrowest first."""
        found = self._lines.get(place)
        if found is None:
            found = self._lines[place] = self.gazetteer.line(place)
        return found

    def place(self, place: str) -> Place | None:
        return self.gazetteer.places.get(place)

    def headline_of(self, night: str, attacker: Side) -> HeadlineRule:
        """The rule for the attacks of one side in one night: the most particular one that fits, of equals the last."""
        fit = [one for one in self.headline_for if one.fits(night, attacker)]
        return max(reversed(fit), key=lambda one: one.reach).rule if fit else self.headline

    def is_country(self, place: str) -> bool:
        return self.gazetteer.level(place) == "country"

    def units(self, country: str) -> tuple[str, ...]:
        """The first-level areas of a country, seas and districts aside."""
        children = self.gazetteer.children.get(country, ())
        return tuple(c for c in children if self.gazetteer.level(c) in ("oblast", "city"))

    def watched(self) -> tuple[str, ...]:
        """The first-level regions of every country that any profile has authority in, in the order of their ids."""
        if not self._watched:
            countries = {self.home}
            for profile in self.profiles.values():
                countries.update(self.line(place)[-1] for place in profile.authority.places)
            self._watched.extend(sorted(unit for country in countries for unit in self.units(country)))
        return tuple(self._watched)

    def longest_of(self, regime: str) -> timedelta:
        return self.longest.get(regime, self.longest_other)

    def stale_after(self, source: str) -> timedelta:
        profile = self.profiles.get(source)
        return profile.stale_after if profile else self.stale_default

    def rank(self, source: str) -> int:
        profile = self.profiles.get(source)
        return _RANKS[profile.rank] if profile else 0

    def witness(self, source: str) -> str:
        """The family of copies that a source belongs to; by default it is its own."""
        profile = self.profiles.get(source)
        return (profile.witness if profile else None) or source

    def longest_silence(self, source: str) -> timedelta | None:
        """How long the source may plausibly say nothing, by its cadence as a Poisson process widened by ``burst``."""
        if source not in self._silences:
            profile = self.profiles.get(source)
            limit = None
            if profile is not None and profile.cadence:
                days = -math.log(self.least_likely) * self.burst / profile.cadence
                limit = max(profile.stale_after, timedelta(days=min(days, 3650)))
            self._silences[source] = limit
        return self._silences[source]

    def may_open(self, source: str, place: str, kind: Kind = "alert") -> bool:
        """Whether the source has authority over this place at its level. Memoised: asked at every step."""
        key = (source, place, kind)
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = self._has_scope(source, place, kind)
        return found

    def may_close(self, source: str, place: str) -> bool:
        profile = self.profiles.get(source)
        return profile is not None and profile.authority.announces_ends and self.may_open(source, place)

    def _has_scope(self, source: str, place: str, kind: Kind) -> bool:
        profile = self.profiles.get(source)
        if profile is None or kind not in profile.authority.kinds or not profile.authority.places:
            return False
        level: Level | None = self.gazetteer.level(place)
        if level is None:
            return True
        if profile.authority.levels and level not in profile.authority.levels:
            return False
        return any(step in profile.authority.places for step in self.line(place))

    def yields(self, holder: str, ender: str, is_mass: bool) -> bool:
        """Whether ``holder``'s word that an alert is on gives way to ``ender``'s word that it is over.

        One's own word and that of one's own family do; a source that never announces ends has to; a lower rank does,
        unless the end is one of many at once (T15): then every fresh witness of danger is believed.
        """
        if holder == ender or self.witness(holder) == self.witness(ender):
            return True
        profile = self.profiles.get(holder)
        if profile is None or not profile.authority.announces_ends:
            return True
        return not is_mass and self.rank(ender) > self.rank(holder)
