"""Who is to be told of a change, and from when on. An index by type and place: cost grows with hits, not endpoints.

A filter narrows what one is told; it never makes danger look like silence:

- Alerts, threats and states of a *wider* area also reach whoever asked for a part of it; strikes and counts do not.
- Whoever asks for any alert also gets heartbeats, coverage, snapshots and notices of the system, asked for or not.
- ``weapons``, ``sides``, ``min_value``, ``min_confidence`` and ``min_origins`` apply to strikes and counts alone.
- Quiet hours and digests hold back strikes, counts and news of sources; nothing else, and they lose nothing. A digest
  then tells in one message what was held back (``monitor.sinks.digest``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from monitor.model import CHANGE_TYPES, JSON, Change, Endpoint, Gazetteer, SourceProfile, Subscription

__all__ = ["SubscriptionIndex", "due_at", "is_gathered", "wanted_types"]

_RANKS = {"official": 0, "monitor": 1, "media": 2}
_STATE = ("alert.", "threat.", "state.")
_CLAIMS = ("strike.", "count.")
_DEAD_MAN = ("heartbeat", "coverage.", "state.", "system.")
_HELD_BACK = ("strike.", "count.", "source.", "report.")


def wanted_types(subscription: Subscription) -> frozenset[str]:
    """The change types that a subscription means, its own and those it cannot do without."""
    if not subscription.types:
        return frozenset(CHANGE_TYPES)
    chosen = {
        kind
        for asked in subscription.types
        for kind in CHANGE_TYPES
        if kind == asked or (asked.endswith("*") and kind.startswith(asked[:-1]))
    }
    if any(kind.startswith(_STATE) for kind in chosen):
        chosen.update(kind for kind in CHANGE_TYPES if kind.startswith(_DEAD_MAN))
        chosen.add("alert.retracted")
    return frozenset(chosen)


def due_at(subscription: Subscription, change: Change, now: datetime) -> datetime:
    """When the message may go out: now, or the end of the quiet hours or of the digest's period."""
    if not change.type.startswith(_HELD_BACK):
        return now
    when = now
    if subscription.digest_every:
        period = subscription.digest_every.total_seconds()
        when = datetime.fromtimestamp((now.timestamp() // period + 1) * period, UTC)
    return _after_quiet(subscription.quiet, when) if subscription.quiet else when


def is_gathered(subscription: Subscription, change: Change) -> bool:
    """The change is told in a digest, not in a message of its own."""
    return subscription.digest_every is not None and change.type.startswith(_HELD_BACK)


def _after_quiet(quiet: tuple[str, str, str], now: datetime) -> datetime:
    start, end, zone = time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1]), _zone(quiet[2])
    local = now.astimezone(zone)
    clock = local.time()
    is_quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not is_quiet:
        return now
    day = local.date() + timedelta(days=0 if clock < end else 1)
    return datetime.combine(day, end, zone).astimezone(UTC)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


class SubscriptionIndex:
    """Endpoints by change type and place. Made anew when the endpoints change."""

    def __init__(
        self, endpoints: Sequence[Endpoint], gazetteer: Gazetteer, profiles: Mapping[str, SourceProfile]
    ) -> None:
        self._endpoints = tuple(endpoints)
        self._gazetteer = gazetteer
        self._profiles = profiles
        self._anywhere: dict[str, list[int]] = defaultdict(list)
        self._inside: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._around: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._placed: dict[str, list[int]] = defaultdict(list)
        for nth, endpoint in enumerate(self._endpoints):
            if endpoint.is_enabled:
                self._add(nth, endpoint.subscription)

    def _add(self, nth: int, subscription: Subscription) -> None:
        above = {wide for region in subscription.regions for wide in self._gazetteer.line(region)[1:]}
        for kind in wanted_types(subscription):
            if not subscription.regions:
                self._anywhere[kind].append(nth)
                continue
            self._placed[kind].append(nth)
            for region in dict.fromkeys(subscription.regions):
                self._inside[kind, region].append(nth)
            if kind.startswith(_STATE):
                for wide in above:
                    self._around[kind, wide].append(nth)

    def matching(self, change: Change) -> list[Endpoint]:
        """The endpoints to be told of a change, in their own order."""
        found = set(self._anywhere.get(change.type, ()))
        if not change.places:
            found.update(self._placed.get(change.type, ()))
        elif self._placed.get(change.type):
            for place in change.places:
                for here in self._gazetteer.line(place):
                    found.update(self._inside.get((change.type, here), ()))
                found.update(self._around.get((change.type, place), ()))
        if not found:
            return []
        facts = _Facts(change, self._profiles)
        return [self._endpoints[nth] for nth in sorted(found) if facts.pass_(self._endpoints[nth].subscription)]


class _Facts:
    """What the filters look at, taken from a change once."""

    def __init__(self, change: Change, profiles: Mapping[str, SourceProfile]) -> None:
        data = change.data
        seen = [profiles[ref.source] for ref in change.evidence if ref.source in profiles]
        self.nature = change.nature
        self.is_claim = change.type.startswith(_CLAIMS)
        self.weapons = frozenset([*_texts(data.get("weapons")), *_texts(data.get("weapon"))])
        own_side = _texts(data.get("claimant_side"))
        self.sides = frozenset(own_side or [profile.side for profile in seen if profile.side])
        ranks = [_RANKS[profile.rank] for profile in seen]
        self.rank = min(ranks) if ranks else None
        figures = [n for n in (data.get("value"), data.get("value_max")) if isinstance(n, int)]
        self.value = max(figures) if figures and change.type.startswith("count.") else None
        confidence, origins = data.get("confidence"), data.get("origins")
        self.confidence = float(confidence) if isinstance(confidence, int | float) else 1.0
        self.origins = origins if isinstance(origins, int) else max(1, len({profile.id for profile in seen}))

    def pass_(self, wanted: Subscription) -> bool:
        if self.nature not in wanted.natures and not (self.nature == "system" and "actual" in wanted.natures):
            return False
        if wanted.min_rank is not None and self.rank is not None and self.rank > _RANKS[wanted.min_rank]:
            return False
        if not self.is_claim:
            return True
        return (
            (not wanted.weapons or bool(self.weapons & set(wanted.weapons)))
            and (not wanted.sides or bool(self.sides & set(wanted.sides)))
            and (wanted.min_value is None or self.value is None or self.value >= wanted.min_value)
            and self.confidence >= wanted.min_confidence
            and self.origins >= wanted.min_origins
        )


def _texts(value: JSON) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [str(inner) for inner in value] if isinstance(value, list | tuple) else []
