"""One region as lists show it: its state in words, why it is so, and the parts of it that are under alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from monitor.model import RegionState
from monitor.web.context import Context
from monitor.web.pages.words import Words

__all__ = ["Row", "never_ends", "reason_of", "row_of", "threats_of"]


@dataclass(frozen=True, slots=True)
class Row:
    """One region as the list and the map show it. ``within``: the parts under alert, raions with their hromadas."""

    id: str
    name: str
    state: RegionState
    threats: str
    lasted: str
    why: str
    within: tuple[Row, ...] = field(default=())


def row_of(asked: Context, text: Words, state: RegionState, found: Mapping[str, RegionState]) -> Row:
    """A region with its words, and the parts of it that are under alert."""
    since = asked.clock.now() - state.since if state.since else timedelta(0)
    return Row(
        state.place, text.place(asked.rules.gazetteer, state.place), state, threats_of(text, state),
        text.lasted(since) if state.since else "", reason_of(asked, text, state),
        _within(asked, text, state.place, _parts(state, found)),
    )  # fmt: skip


def _parts(state: RegionState, found: Mapping[str, RegionState]) -> list[RegionState]:
    return [part for place in state.children
            if (part := found.get(place)) is not None and part.status in ("active", "partial")]  # fmt: skip


def _within(asked: Context, text: Words, above: str, parts: Sequence[RegionState]) -> tuple[Row, ...]:
    """The parts as a tree: a hromada stands below its raion where that is listed, too."""
    listed = {part.place for part in parts}
    out = []
    for part in parts:
        line = asked.rules.line(part.place)
        parent = next((place for place in line[1:] if place in listed or place == above), above)
        if parent != above:
            continue
        below = [other for other in parts if other.place != part.place and part.place in asked.rules.line(other.place)]
        since = asked.clock.now() - part.since if part.since else timedelta(0)
        out.append(Row(
            part.place, text.place(asked.rules.gazetteer, part.place), part, threats_of(text, part),
            text.lasted(since) if part.since else "", "", _within(asked, text, part.place, below),
        ))  # fmt: skip
    return tuple(sorted(out, key=lambda row: row.name))


def reason_of(asked: Context, text: Words, state: RegionState) -> str:
    """Why the state is what it is, in words; a region whose sources never announce an end has "no notice"."""
    if state.status == "unknown" and never_ends(asked, state.place):
        return text.t("why.no_notice")
    if state.basis == "hearsay":
        return text.t("why.hearsay")
    if state.reason is None or state.is_standing:
        return ""
    return text.known(f"why.{state.reason}")


def never_ends(asked: Context, place: str) -> bool:
    """True where every source with a say about alerts there never says that one is over."""
    line = set(asked.rules.line(place))
    mine = [profile.authority for profile in asked.rules.profiles.values()
            if "alert" in profile.authority.kinds and line & set(profile.authority.places)]  # fmt: skip
    return bool(mine) and not any(authority.announces_ends for authority in mine)


def threats_of(text: Words, state: RegionState) -> str:
    """What the alert is about, in words; empty where only the siren is known."""
    named = [regime for regime in state.regimes if regime != "air"]
    named += [str(threat["threat"]) for threat in state.threats if threat["threat"] not in (*named, "air")]
    return ", ".join(text.known(f"weapon.{one}") for one in dict.fromkeys(named))
