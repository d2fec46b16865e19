"""Who is told of a change, and the bytes they are told: ``ports.Outbox`` over the wire schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from monitor.identity import digest
from monitor.model import JSON, Change, Delivery, Endpoint, Gazetteer, SourceProfile
from monitor.ports import Outbox
from monitor.publication import PublicationPolicy, public_change, withheld_items
from monitor.sinks.matching import SubscriptionIndex, due_at, is_gathered
from monitor.sinks.payload import SOURCE, encode, event

__all__ = ["WireOutbox", "outbox", "ping_change", "snapshot_changes"]

Describe = Callable[[Sequence[str]], Mapping[str, JSON]]

_WITH_STATE = ("alert.", "threat.", "strike.", "coverage.", "state.")
_REGIONS_A_MESSAGE = 40


def outbox(
    endpoints: Callable[[], Sequence[Endpoint]],
    policy: PublicationPolicy,
    gazetteer: Gazetteer,
    profiles: Mapping[str, SourceProfile],
    *,
    source: str = SOURCE,
) -> Outbox:
    """The outbox of the pipeline. ``endpoints`` is asked at every frame; the same object back costs nothing."""
    return WireOutbox(endpoints, policy, gazetteer, profiles, source=source)


class WireOutbox:
    """Matches, shows each audience what it may see, and freezes the bytes."""

    def __init__(
        self,
        endpoints: Callable[[], Sequence[Endpoint]],
        policy: PublicationPolicy,
        gazetteer: Gazetteer,
        profiles: Mapping[str, SourceProfile],
        *,
        source: str = SOURCE,
    ) -> None:
        self._endpoints = endpoints
        self._policy = policy
        self._gazetteer = gazetteer
        self._profiles = profiles
        self._source = source
        self._known: Sequence[Endpoint] | None = None
        self._index = SubscriptionIndex((), gazetteer, profiles)

    def frame(self, changes: Sequence[Change], now: datetime, describe: Describe) -> tuple[Delivery, ...]:
        """Deliveries of all changes to all endpoints that asked for them, in the order of the changes."""
        now_known = self._endpoints()
        if now_known is not self._known and now_known != self._known:
            self._index = SubscriptionIndex(now_known, self._gazetteer, self._profiles)
        self._known = now_known
        return self._frame(changes, now, describe, self._index.matching)

    def frame_for(
        self,
        endpoint: Endpoint,
        changes: Iterable[Change],
        now: datetime,
        describe: Describe,
        *,
        everything: bool = False,
    ) -> tuple[Delivery, ...]:
        """Deliveries to one endpoint alone, for recovering what it missed. ``everything`` leaves its filters out."""
        if everything:
            return self._frame(list(changes), now, describe, lambda _change: [endpoint])
        index = SubscriptionIndex((endpoint,), self._gazetteer, self._profiles)
        return self._frame(list(changes), now, describe, index.matching)

    def _frame(
        self,
        changes: Sequence[Change],
        now: datetime,
        describe: Describe,
        matching: Callable[[Change], Sequence[Endpoint]],
    ) -> tuple[Delivery, ...]:
        withheld: frozenset[str] | None = None
        out: list[Delivery] = []
        for change in changes:
            told = matching(change)
            bodies: dict[bool, bytes] = {}
            for endpoint in told:
                trusted = endpoint.is_trusted
                if trusted not in bodies:
                    if withheld is None:
                        withheld = withheld_items(changes, self._policy, now, self._profiles)
                    bodies[trusted] = self._body(change, trusted, now, describe, withheld)
                out.append(
                    Delivery(
                        message_id=f"{change.id}:t" if trusted else change.id,
                        endpoint=endpoint.id,
                        key=change.key,
                        seq=change.seq,
                        type=change.type,
                        body=bodies[trusted],
                        due_at=due_at(endpoint.subscription, change, now),
                        valid_until=change.valid_until,
                        status="held" if is_gathered(endpoint.subscription, change) else "due",
                    )
                )
        return tuple(out)

    def _body(
        self, change: Change, is_trusted: bool, now: datetime, describe: Describe, withheld: frozenset[str]
    ) -> bytes:
        shown = change
        if not is_trusted:
            shown = public_change(change, self._policy, now, self._gazetteer, self._profiles, withheld)
        has_state = shown.places and shown.type.startswith(_WITH_STATE)
        state = dict(describe(shown.places)) if has_state else {}
        made = event(shown, state, self._gazetteer, self._profiles, is_trusted=is_trusted, source=self._source)
        return encode(made)


def ping_change(endpoint: Endpoint, now: datetime, seq: int) -> Change:
    """A test message: its nature is ``test``, so that nothing sounds."""
    return Change(
        id=digest("system.ping", endpoint.id, now),
        type="system.ping",
        key=f"ping/{endpoint.id}",
        subject=endpoint.id,
        occurred_at=now,
        known_at=now,
        nature="test",
        valid_until=now + timedelta(minutes=5),
        data={"text": "a test by the operator; nothing has happened"},
        seq=seq,
    )


def snapshot_changes(
    endpoint: Endpoint, gazetteer: Gazetteer, now: datetime, seq: int, country: str = "UA"
) -> tuple[Change, ...]:
    """What a returning endpoint is told first: the state now of its regions, in as many messages as needed.

    Regions are those of its subscription with the level below them, or the first-level areas of ``country``.
    """
    asked = endpoint.subscription.regions or (country,)
    below = tuple(inner for region in asked for inner in gazetteer.children.get(region, ()))
    regions = tuple(dict.fromkeys((*asked, *below)))
    slices = [regions[at : at + _REGIONS_A_MESSAGE] for at in range(0, len(regions), _REGIONS_A_MESSAGE)]
    return tuple(
        Change(
            id=digest("state.snapshot", endpoint.id, now, seq, nth),
            type="state.snapshot",
            key=f"snapshot/{endpoint.id}/{nth}",
            subject=endpoint.id,
            occurred_at=now,
            known_at=now,
            places=part,
            nature="system",
            valid_until=now + timedelta(minutes=5),
            data={"cause": "endpoint_returned", "part": nth + 1, "parts": len(slices)},
            seq=seq,
        )
        for nth, part in enumerate(slices)
    )
