"""How far a channel has been read: the cursor's contents, as one JSON text that only this source understands."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

__all__ = ["WINDOW", "Mark", "Seen"]

_log = logging.getLogger(__name__)

WINDOW = 200
"""How many of the newest post ids are looked at again for edits and deletions."""


class Seen(NamedTuple):
    """What a post in the window was when we last saw it. ``head`` is the first post of its album (itself if none),
    ``group`` the album's id or 0. ``mark`` is the start of the text's hash, ``!`` for a post set aside."""

    mark: str
    head: int
    group: int


@dataclass(slots=True)
class Mark:
    """``channel`` is the numeric id that trust is bound to; every id up to ``high`` has been had or is in the
    ledger; nothing below ``low`` was ever asked for; ``todo`` are ranges of missing ids still to be probed."""

    channel: int
    high: int = 0
    low: int = 0
    username: str | None = None
    newest: datetime | None = None
    window: dict[int, Seen] = field(default_factory=dict)
    todo: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def load(cls, cursor: str | None) -> Mark | None:
        """The mark of a cursor. One of the web preview is taken over; an unreadable one counts as none."""
        if not cursor:
            return None
        try:
            raw = json.loads(cursor)
            return cls._of_preview(raw) if "high" not in raw else cls._of(raw)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            _log.warning("a cursor that cannot be read counts as none (%s): the channel is read as new", error)
            return None

    @classmethod
    def _of(cls, raw: Any) -> Mark:
        return cls(
            channel=int(raw["channel"]),
            high=int(raw["high"]),
            low=int(raw["low"]),
            username=raw.get("username"),
            newest=datetime.fromisoformat(raw["newest"]) if raw.get("newest") else None,
            window={int(key): _seen(int(key), value) for key, value in raw["window"].items()},
            todo=[(int(first), int(last)) for first, last in raw["todo"]],
        )

    @classmethod
    def _of_preview(cls, raw: Any) -> Mark:
        """Where the web preview stopped, when a profile has changed its kind; its gaps are still to be asked for."""
        high = int(raw["id"])
        gaps = [(int(gap[0]) + 1, int(gap[1]) - 1) for gap in raw.get("gaps", ()) if int(gap[0]) > 0]
        return cls(channel=int(raw["channel"]), high=high, low=min([high, *(first for first, _ in gaps)]), todo=gaps)

    def dump(self) -> str:
        self.prune()
        return json.dumps(
            {
                "channel": self.channel,
                "high": self.high,
                "low": self.low,
                "username": self.username,
                "newest": self.newest.isoformat() if self.newest else None,
                "todo": self.todo,
                "window": {str(key): _short(key, seen) for key, seen in sorted(self.window.items())},
            },
            separators=(",", ":"),
        )

    def prune(self) -> None:
        """Keep the window at its size: ids, not posts, so that it bounds both memory and requests."""
        floor = self.high - WINDOW
        for key in [key for key in self.window if key <= floor]:
            del self.window[key]

    def miss(self, first: int, last: int, present: Iterable[int]) -> None:
        """Note the ids of ``first..last`` that are not ``present``: each will be probed once."""
        at = first
        for post in [*sorted(post for post in present if first <= post <= last), last + 1]:
            if post > at:
                self.todo.append((at, post - 1))
            at = post + 1

    def next_missing(self, most: int) -> list[int]:
        """Up to ``most`` ids to probe, lowest first."""
        out: list[int] = []
        for first, last in self.todo:
            out.extend(range(first, min(last, first + most - len(out) - 1) + 1))
            if len(out) >= most:
                break
        return out

    def settled(self, ids: Iterable[int]) -> None:
        """These ids need no probe any more."""
        done = set(ids)
        self.todo = [run for first, last in self.todo for run in _rest(first, last, done)]

    def album(self, group: int) -> list[int]:
        """The posts of the window that belong to an album, first to last."""
        return sorted(key for key, seen in self.window.items() if seen.group == group) if group else []


def _rest(first: int, last: int, done: set[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for post in range(first, last + 1):
        if post in done:
            if start is not None:
                yield start, post - 1
            start = None
        elif start is None:
            start = post
    if start is not None:
        yield start, last


def _short(key: int, seen: Seen) -> str | list[str | int]:
    return seen.mark if seen.head == key and not seen.group else [seen.mark, seen.head, seen.group]


def _seen(key: int, value: str | list[str | int]) -> Seen:
    if isinstance(value, str):
        return Seen(value, key, 0)
    return Seen(str(value[0]), int(value[1]), int(value[2]))
