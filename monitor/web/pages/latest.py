"""The latest changes, each a line in words: where, what of it is not in its kind, and the post that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.model import Change
from monitor.web.context import Context
from monitor.web.pages.words import Words

__all__ = ["Line", "kind_of", "line_of"]


@dataclass(frozen=True, slots=True)
class Line:
    """One of the latest changes: where, what is told of it beyond its kind, and the item that it rests on."""

    change: Change
    kind: str
    names: str
    said: str
    item: str | None


def line_of(asked: Context, text: Words, change: Change, shown: Mapping[str, Any]) -> Line:
    """The line of a change; ``shown`` is the change as the public may see it."""
    evidence: Sequence[Mapping[str, Any]] = shown.get("evidence") or ()
    item = evidence[0].get("item") if evidence else None
    is_post = item is not None and not str(item).startswith("standing:")
    return Line(
        change, kind_of(change), _names(asked, text, shown), _said(text, change.type, shown.get("data") or {}),
        str(item) if is_post else None,
    )  # fmt: skip


PLAIN = ("alert.started", "alert.cleared", "threat.started", "strike.reported", "count.claimed")
"""Types that say no more than their kind does."""


def _said(text: Words, type: str, data: Mapping[str, Any]) -> str:
    """The figure, the weapon, and what became of it, in words."""
    is_lapsed = type == "threat.ended" and data.get("end_basis") == "timeout"
    told = [] if type in PLAIN else [text.known(f"change.{'threat_lapsed' if is_lapsed else type.replace('.', '_')}")]
    if type.startswith("count."):
        weapon, measure = text.known(f"weapon.{data.get('weapon')}"), text.known(f"night.{data.get('measure')}")
        told.append(f"{_figure(text, data)} {weapon}, {measure}")
        told += [str(data["claimant"])] if data.get("claimant") else []
    elif (threat := data.get("threat") or data.get("regime")) not in (None, "air"):
        told.append(text.known(f"weapon.{threat}"))
    return " · ".join(told)


def _figure(text: Words, data: Mapping[str, Any]) -> str:
    value, most, bound = data.get("value"), data.get("value_max"), data.get("bound")
    if value is None:
        return text.t("night.withheld")
    if most is not None:
        return text.t("night.range", n=value, m=most)
    return text.t(f"night.{bound}", n=value) if bound in ("at_least", "at_most", "approx") else str(value)


def kind_of(change: Change) -> str:
    """The word of a change's kind: alert, clear, threat, strike, count, coverage or correction."""
    if change.type == "alert.cleared":
        return "clear"
    head = change.type.partition(".")[0]
    return {"report": "correction", "source": "coverage", "system": "coverage", "state": "coverage"}.get(head, head)


def _names(asked: Context, text: Words, change: Mapping[str, Any]) -> str:
    places: Sequence[str] = change.get("places") or ()
    names = [text.place(asked.rules.gazetteer, place) for place in places[:3]]
    rest = f" +{len(places) - 3}" if len(places) > 3 else ""
    return ", ".join(names) + rest or str(change.get("subject") or "")
