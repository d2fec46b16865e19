"""One look at one channel: takes posts and answers, gives items and holes, and moves the mark. No I/O.

new posts ──────▶ posts()    ─┐                     ┌─▶ items
looked at again ▶ again()    ─┼─ Mark (cursor) ─────┼─▶ holes (the gap ledger)
missing ids ────▶ probed()   ─┘                     └─▶ siblings: ids to fetch before an album can be told
"""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from monitor.model import Hole, Item
from monitor.sources.telegram.cursor import WINDOW, Mark, Seen
from monitor.sources.telegram.message import is_post, item_of, key_of, mark_of

__all__ = ["UNFETCHABLE", "Answer", "Visit"]

_log = logging.getLogger(__name__)

UNFETCHABLE: Literal["unfetchable"] = "unfetchable"
Answer = Any
"""What asking for an id gave: a message of the library, None (there is none), or ``UNFETCHABLE``."""

SET_ASIDE = "!"


@dataclass(slots=True)
class Visit:
    """``set_aside`` is told of each post that could not be translated (id, fingerprint, the post)."""

    source: str
    mark: Mark
    now: datetime
    set_aside: Callable[[int, str, Any], None] = lambda post, why, message: None
    names: dict[int, str] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    siblings: set[int] = field(default_factory=set)

    # ── posts that are new ────────────────────────────────────────────────────────────────────────

    def posts(self, messages: Sequence[Any], *, is_late: bool = False) -> None:
        """Take messages after the mark, ascending by id; the ids between them that are missing are noted."""
        fresh = [message for message in messages if message.id > self.mark.high]
        if not fresh:
            return
        if not self.mark.low:  # the channel was empty when we first looked: its first post begins our reading
            self.mark.low, self.mark.high = fresh[0].id, fresh[0].id - 1
        self.mark.miss(self.mark.high + 1, fresh[-1].id, [message.id for message in fresh])
        for group, parts in groupby(fresh, key=lambda message: _group(message) or -message.id):
            self._new_group(max(group, 0), [part for part in parts if is_post(part)], is_late)
        self.mark.high = fresh[-1].id

    def _new_group(self, group: int, parts: list[Any], is_late: bool) -> None:
        if not parts:
            return
        known = self.mark.album(group)
        if known:  # the album went on after we told it: told again under its first id, once all parts are here
            for part in parts:
                self.mark.window[part.id] = Seen("?", self.mark.window[known[0]].head, group)
            self.siblings.update(known, (part.id for part in parts))
            return
        self._tell(parts, parts[0].id, group, is_late=is_late)

    # ── posts that we know ────────────────────────────────────────────────────────────────────────

    def again(self, answers: Mapping[int, Answer], existed: Collection[int] = ()) -> None:
        """Compare what is there now with what was: edits, deletions, and posts that appeared late.

        ``existed`` are ids outside the window that are said to have been deleted.
        """
        albums: set[int] = set()
        for post, answer in sorted(answers.items()):
            seen = self.mark.window.get(post)
            if answer is None:
                self._gone(post, seen, albums, existed)
            elif is_post(answer) and (seen is None or seen.mark not in (self._mark(answer), SET_ASIDE)):
                if seen is not None and seen.group:
                    albums.add(seen.group)
                else:
                    self._changed(post, answer, seen, answers)
        for group in albums:
            self._retell_album(group, answers)

    def _gone(self, post: int, seen: Seen | None, albums: set[int], existed: Collection[int]) -> None:
        if seen is not None and seen.group and len(self.mark.album(seen.group)) > 1:
            albums.add(seen.group)
            return
        is_older = self.mark.low <= post <= self.mark.high - WINDOW
        if seen is not None or (is_older and post in existed):
            self.mark.window.pop(post, None)
            self._deleted(seen.head if seen else post)

    def _deleted(self, post: int) -> None:
        key, channel = key_of(self.mark.channel, post), self.mark.username or str(self.mark.channel)
        self.items.append(Item(key=key, source=self.source, text="", received=self.now, channel=channel, deleted=True))

    def _changed(self, post: int, answer: Any, seen: Seen | None, answers: Mapping[int, Answer]) -> None:
        group = _group(answer)
        parts = [answer]
        if group:
            near = (answers.get(other) for other in range(post - 9, post + 10))
            parts = [part for part in near if _group(part) == group]
            if parts[0].id != post:
                return  # told once, with its first part
        self._tell(parts, parts[0].id, group, is_edit=seen is not None or post <= self.mark.high)

    def _retell_album(self, group: int, answers: Mapping[int, Answer]) -> None:
        known = self.mark.album(group)
        head = self.mark.window[known[0]].head
        whole = range(head, known[-1] + 1)
        if any(post not in answers for post in whole):
            self.siblings.update(whole)
            return
        alive = [part for post in whole if _group(part := answers[post]) == group]
        for post in known:
            if answers[post] is None:
                del self.mark.window[post]
        if alive:
            self._tell(alive, head, group, is_edit=True)
        else:
            self._deleted(head)

    # ── the gap ledger ────────────────────────────────────────────────────────────────────────────

    def probed(self, answers: Mapping[int, Answer], existed: Collection[int] = ()) -> None:
        """Each missing id, asked for once: had after all, deleted, never existed, or unfetchable."""
        found: dict[int, Any] = {}
        for post, answer in sorted(answers.items()):
            if answer is UNFETCHABLE:
                self.hole(post, "unfetchable")
            elif answer is None or type(answer).__name__ == "MessageEmpty":
                self.hole(post, "deleted" if post in existed else "never_existed")
            elif is_post(answer):
                found[post] = answer
        for post, answer in found.items():
            if post not in self.mark.window:
                self._changed(post, answer, None, found)
        self.mark.settled(answers)

    def hole(self, post: int, cause: Literal["deleted", "never_existed", "unfetchable"]) -> None:
        last = self.holes[-1] if self.holes else None
        if last is not None and last.cause == cause and last.last == post - 1:
            self.holes[-1] = replace(last, last=post)
            return
        self.holes.append(Hole(str(self.mark.channel), post, post, cause, self.now, (None, self.mark.newest)))

    # ── telling ───────────────────────────────────────────────────────────────────────────────────

    def _tell(
        self, parts: Sequence[Any], head: int, group: int, *, is_late: bool = False, is_edit: bool = False
    ) -> None:
        try:
            item = item_of(
                parts, source=self.source, channel=self.mark.channel, head=head, username=self.mark.username,
                received=self.now, names=self.names, is_late=is_late,
            )  # fmt: skip
            marks = [mark_of(part) for part in parts]
        except Exception as error:
            self._quarantine(parts, head, group, error)
            return
        if is_edit and item.edited is None and any(part.id in self.mark.window for part in parts):
            item = replace(item, edited=self.now)
        for part, mark in zip(parts, marks, strict=True):
            self.mark.window[part.id] = Seen(mark, head, group)
        if item.published and "time_suspect" not in item.flags:
            self.mark.newest = max(item.published, self.mark.newest or item.published)
        self.items.append(item)

    def _mark(self, message: Any) -> str:
        try:
            return mark_of(message)
        except Exception:
            return SET_ASIDE  # never equal to what was seen: told again, and then set aside with its reason

    def _quarantine(self, parts: Sequence[Any], head: int, group: int, error: Exception) -> None:
        trace = "".join(traceback.format_exception(error))
        fingerprint = f"{type(error).__name__} {hashlib.sha256(trace.encode('utf-8', 'replace')).hexdigest()[:12]}"
        _log.error("post %s could not be read and was set aside: %s", key_of(self.mark.channel, head), fingerprint)
        for part in parts:
            self.mark.window[part.id] = Seen(SET_ASIDE, head, group)
            self.hole(part.id, "unfetchable")
            self.set_aside(part.id, fingerprint, part)


def _group(message: Any) -> int:
    """The album that a post belongs to, or 0."""
    return (getattr(message, "grouped_id", None) or 0) if is_post(message) else 0
