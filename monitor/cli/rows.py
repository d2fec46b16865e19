"""What `export` asks of the store: the rows of one kind, how well the time was being watched, and their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

if TYPE_CHECKING:
    from monitor.store import SqlStore

__all__ = ["KINDS", "Asked", "ask", "columns", "flat", "is_placed"]

KINDS = ("alerts", "strikes", "counts", "reports", "changes", "items", "rollups")
_NOT_A_COLUMN = {"reports": ("telling",), "items": ("item", "raw", "reading", "tellings", "rules")}
PLACED = ("alerts", "strikes", "counts", "changes", "rollups")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question. Times bound alerts that touch the range, strikes and claims by when they were first told, reports
    by when they were said, items by when they were received, changes by when they were known, roll-ups by their
    beginning. ``grain`` is of roll-ups. ``is_whole`` asks for what was taken back, too."""

    what: str
    region: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    grain: str = "day"
    is_whole: bool = False


def is_placed(what: str) -> bool:
    """Whether rows of this kind name places, so that they have a map."""
    return what in PLACED


def ask(store: SqlStore, asked: Asked) -> Any:
    """Every row, as a ``store.series.Answer``."""
    from monitor.clock import SystemClock
    from monitor.store import series

    chosen: dict[str, Any] = {
        "region": asked.region, "start": asked.since, "end": asked.until, "as_of": asked.as_of,
        "now": SystemClock().now(),
    }  # fmt: skip
    whole: dict[str, Any] = {"retracted": True} if asked.is_whole else {}
    match asked.what:
        case "alerts":
            return series.alerts(store, **chosen, **whole, nature=None if asked.is_whole else "actual")
        case "strikes":
            return series.strikes(store, **chosen, **whole)
        case "counts":
            return series.claims(store, **chosen, **whole)
        case "reports":
            return _pages(lambda after: series.reports(store, **chosen, limit=1000, after=after))
        case "items":
            times = {name: value for name, value in chosen.items() if name != "region"}
            return _pages(lambda after: series.items(store, **times, limit=1000, after=after))
        case "rollups":
            return series.rollups(store, grain=asked.grain, **chosen)
        case _:
            return _changes(store, asked)


def columns(what: str) -> Mapping[str, type]:
    """The columns of a table of this kind with their types (``object``: nested), whether or not there is a row."""
    from monitor.model import Change, Claim, Interval, Item, StrikeEvent, Telling
    from monitor.store.answers import Rollup, StoredItem, StoredReport

    types: dict[str, tuple[type[Any], ...]] = {
        "alerts": (Interval,), "strikes": (StrikeEvent,), "counts": (Claim,), "reports": (Telling, StoredReport),
        "changes": (Change,), "items": (Item, StoredItem), "rollups": (Rollup,),
    }  # fmt: skip
    hints: dict[str, Any] = {}
    for kind in types[what]:
        hints |= {field.name: get_type_hints(kind)[field.name] for field in fields(kind)}
    return {name: _plain_type(hint) for name, hint in hints.items() if name not in _NOT_A_COLUMN.get(what, ())}


def flat(row: dict[str, Any], what: str) -> dict[str, Any]:
    """A report or an item with what it holds in one row; readings stand in ``reports``, bytes in cases."""
    inner = {"reports": "telling", "items": "item"}.get(what)
    whole = {**row.pop(inner), **row} if inner else row
    return {name: value for name, value in whole.items() if name not in _NOT_A_COLUMN.get(what, ())}


def _plain_type(hint: Any) -> type:
    """``int`` of ``int | None``; ``object`` for whatever is no single plain type."""
    parts = [part for part in get_args(hint) if part is not type(None)] or [hint]
    return parts[0] if len(parts) == 1 and parts[0] in (bool, int, float, str, datetime) else object


def _changes(store: SqlStore, asked: Asked) -> Any:
    from monitor.clock import SystemClock
    from monitor.store import series

    found = series.changes(store, region=asked.region, as_of=asked.as_of, limit=2**31 - 1)
    kept = tuple(
        change
        for change in found
        if (asked.since is None or change.known_at >= asked.since)
        and (asked.until is None or change.known_at < asked.until)
    )
    times: dict[str, Any] = {
        "start": asked.since, "end": asked.until, "as_of": asked.as_of, "now": SystemClock().now(),
    }  # fmt: skip
    watched = series.alerts(store, **times, limit=1).coverage
    return series.Answer(kept, watched)


def _pages(ask_page: Callable[[str | None], Any]) -> Any:
    """Every page of an answer as one."""
    first = answer = ask_page(None)
    found = list(first.rows)
    while answer.next:
        answer = ask_page(answer.next)
        found += answer.rows
    return replace(first, rows=tuple(found), next=None)
