"""The state of all regions at this second, worked out once for everyone who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.fuse import regions
from monitor.model import RegionState
from monitor.store import series
from monitor.web.context import Context

__all__ = ["compact", "snapshot"]

LETTERS = {"active": "A", "partial": "P", "clear": "C", "unknown": "U"}


def snapshot(asked: Context, places: Sequence[str] | None = None) -> Mapping[str, RegionState]:
    """States by place, from the daemon's memory where there is one. All of them are kept for the rest of the second;
    a commit ends that at once, because it exchanges the state."""
    now, rules = asked.clock.now(), asked.rules
    if asked.state is None:
        return series.state(asked.store, at=now, rules=rules, places=list(places) if places is not None else None)
    state = asked.state()
    if places is not None:
        return regions(state, now, rules, list(places), series.newest_seq(asked.store))
    kept = asked.kept.get("states")
    second = int(now.timestamp())
    if kept is not None and kept[0] is state and kept[1] is rules and kept[2] == second:
        found: Mapping[str, RegionState] = kept[3]
        return found
    found = regions(state, now, rules, None, series.newest_seq(asked.store))
    asked.kept["states"] = (state, rules, second, found)
    return found


def compact(states: Mapping[str, RegionState], order: Sequence[str]) -> str:
    """One letter a region in ``order``: Active, Partial, Clear, Unknown; lower case where it is stale. What is not in
    ``states`` is unknown: there is no letter for "nothing"."""
    letters = []
    for place in order:
        state = states.get(place)
        letter = LETTERS.get(state.status, "U") if state else "U"
        letters.append(letter.lower() if state and state.is_stale else letter)
    return "".join(letters)
