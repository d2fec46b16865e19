"""`series counts --rule`: the headline figure of each night and side, the rule that chose it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.errors import InputError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model import Side
    from monitor.store import SqlStore

__all__ = ["HEADS", "lines", "nights"]

HEADS = ("Night", "Attacks of", "Figure", "Claimant", "Chosen because", "Of", "Rule")
MOST_NIGHTS = 400
SIDES: tuple[Side, ...] = ("RU", "UA")


def nights(
    store: SqlStore, settings: Settings, since: datetime | None, until: datetime, as_of: datetime | None
) -> list[dict[str, Any]]:
    """A row a night and side, the nights that end from ``since`` to ``until`` (31 by default): the rule in force, and
    the figures that it chose. Raises ``InputError`` for too many nights."""
    from monitor.catalogue import load_gazetteer
    from monitor.daemon.opened import make_rules
    from monitor.formats.plain import plain
    from monitor.fuse import headline
    from monitor.store import series
    from monitor.store.nights import KYIV, night_name, night_stretch

    rules = make_rules(settings, load_gazetteer(), {profile.id: profile for profile in settings.profiles})
    last = until.astimezone(KYIV).date()
    first = since.astimezone(KYIV).date() if since else last - timedelta(days=30)
    if not 0 <= (last - first).days < MOST_NIGHTS:
        raise InputError(f"--since and --until: ask for 1 to {MOST_NIGHTS} nights")
    days = [first + timedelta(days=number - 1) for number in range((last - first).days + 1)]
    names = [night_name(day) for day in days]
    claims = series.claims_of_nights(store, names, as_of=as_of)
    watched = series.coverage_of_each(store, [night_stretch(day, KYIV) for day in days], as_of=as_of)
    out = []
    for name, seen in zip(names, watched, strict=True):
        for side in SIDES:
            figures = headline(claims[name], name, side, rules)
            out.append({
                "night": name, "attacker": side, "coverage": seen.status,
                "rule": plain(rules.headline_of(name, side)), "figures": plain(tuple(figures.values())),
            })  # fmt: skip
    return out


def lines(found: Sequence[dict[str, Any]]) -> list[Sequence[object]]:
    """The same as lines of a table; a night without a figure says how it was watched."""
    out: list[Sequence[object]] = []
    for row in found:
        why = f": {row['rule']['why']}" if row["rule"]["why"] else ""
        rule = f"{row['rule']['name']}{why}"
        out += [
            (row["night"], row["attacker"], _value(figure), figure["claimant"] or "nobody named",
             " ".join(figure["reasons"]), 1 + len(figure["others"]), rule)
            for figure in row["figures"]
        ]  # fmt: skip
        if not row["figures"]:
            out.append((row["night"], row["attacker"], f"none stated; coverage {row['coverage']}", "", "", "", rule))
    return out


def _value(figure: dict[str, Any]) -> str:
    most = f"-{figure['value_max']}" if figure["value_max"] is not None else ""
    value = "withheld" if figure["is_withheld"] or figure["value"] is None else f"{figure['value']}{most}"
    return f"{figure['weapon']} {figure['measure']} {value}"
