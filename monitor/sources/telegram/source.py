"""A Telegram channel read through an account: what is new since the mark, by post id, whatever was pushed or not."""

from __future__ import annotations

import base64
import json
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.errors import ConfigError, SourceError, SourceThrottled, SourceUnavailable
from monitor.model import Batch, Look, SourceProfile
from monitor.sources.telegram.account import Account, accounts
from monitor.sources.telegram.channel import Channel, without_cut_album
from monitor.sources.telegram.cursor import WINDOW, Mark
from monitor.sources.telegram.mailbox import Mailbox
from monitor.sources.telegram.message import is_post
from monitor.sources.telegram.visit import Visit

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["Telegram"]

_log = logging.getLogger(__name__)

PAGE = 100
POLL_GAP = timedelta(seconds=30)
"""However well pushes flow, this long after the last question we ask again: so a stalled push is noticed."""

RECHECK_EVERY = timedelta(minutes=5)
FIRST_POSTS, FIRST_HOURS = 200, timedelta(hours=24)


class Telegram:
    """``options``: ``account`` (id of the account; the only one by default), ``join`` (true: join the channel, which
    pushes need), ``recheck_every`` (seconds between looks at the last 200 ids)."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        self.profile = replace(profile, poll_every=min(profile.poll_every, POLL_GAP))
        self.clock = deps.clock
        self.state_dir = deps.state_dir
        self.account = _account(profile, deps)
        self.account.enter()
        self.box = Mailbox()
        self.channel = Channel(self.account, profile)
        self._recheck_every = timedelta(
            seconds=float(profile.options.get("recheck_every", RECHECK_EVERY.total_seconds()))
        )
        self._asked_at: datetime | None = None
        self._rechecked_at: datetime | None = None
        self._offered: tuple[str | None, dict[int, int]] = (None, {})
        self._is_closed = False

    def on_hint(self, wake: Callable[[], None]) -> None:
        self.box.wake = wake

    async def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.account.unsubscribe(self.box)
            await self.account.leave()

    async def poll(self, cursor: str | None) -> Batch:
        mark = Mark.load(cursor)
        self._acknowledge(cursor, mark)
        pinned = await self.channel.open(mark.channel if mark else None)
        self.account.subscribe(pinned, self.box)
        if mark is None:
            return await self._first_look(pinned)
        visit = self._visit(mark)
        more = await self._new_posts(visit)
        await self.channel.join_if_asked()
        problem = await self._second_looks(visit, is_behind=more)
        return self._batch(visit, more=more or (bool(mark.todo) and problem is None), problem=problem)

    # ── the steps of a poll ───────────────────────────────────────────────────────────────────────

    async def _first_look(self, pinned: int) -> Batch:
        """The newest 24 hours or 200 posts as history, at least one post; the mark starts there."""
        visit = self._visit(Mark(pinned))
        self.box.must_ask = False
        since = self.clock.now() - FIRST_HOURS
        found: list[Any] = []
        while len(found) < FIRST_POSTS:
            page = await self.channel.page(below=found[-1].id if found else 0, limit=PAGE)
            found.extend(page)
            if not page or page[-1].id <= 1 or page[-1].date < since:
                break
        kept = [message for message in found[:FIRST_POSTS] if message.date >= since] or found[:1]
        visit.mark.username = self.channel.username
        visit.names.update(self.channel.names)
        if kept:
            kept = without_cut_album(kept)
            visit.mark.low = kept[-1].id
            visit.mark.high = kept[-1].id - 1
            visit.posts(kept[::-1], is_late=True)
        self._asked_at = self._rechecked_at = self.clock.now()
        self.box.must_recheck = False
        await self.channel.join_if_asked()
        return self._batch(visit, more=bool(visit.mark.todo))

    async def _new_posts(self, visit: Visit) -> bool:
        """Everything after the mark; True when there is more to ask for."""
        pushed = self._pushed_run(visit.mark)
        if pushed:
            visit.posts(pushed)
            return False
        waiting = dict(self.box.posts)
        self.box.must_ask = False
        try:
            page = await self.channel.after(visit.mark.high, PAGE)
        except SourceError:
            self.box.must_ask = True
            raise
        visit.names.update(self.channel.names)
        is_full = len(page) >= PAGE // 2  # posts that are withheld leave a full page short
        if is_full:
            page = without_cut_album(page)
        known = {message.id for message in page}
        unasked = [message.id for message in page if is_post(message) and message.id not in waiting]
        last = page[-1].id if is_full else None
        missed = [message for post, message in waiting.items() if post not in known and (not last or post < last)]
        self.box.touch(message.id for message in missed)
        if unasked and visit.mark.high and self._asked_at:
            _log.debug("%s: %d posts came by asking, not by push", self.profile.id, len(unasked))
        self._asked_at = self.clock.now()
        high = visit.mark.high
        visit.posts(sorted([*page, *(m for m in missed if m.id > high)], key=lambda message: int(message.id)))
        if is_full:
            self.box.must_ask = True
        return is_full

    def _pushed_run(self, mark: Mark) -> list[Any]:
        """The pushed posts right after the mark, when they can stand for an answer: nothing missing before them,
        no album that may still be growing, and a real question asked not long ago."""
        if self.box.must_ask or self._asked_at is None or self.clock.now() - self._asked_at >= POLL_GAP * 0.8:
            return []
        run: list[Any] = []
        while (message := self.box.posts.get(mark.high + len(run) + 1)) is not None:
            run.append(message)
        is_whole = len(run) == sum(1 for post in self.box.posts if post > mark.high)
        is_growing = bool(run) and getattr(run[-1], "grouped_id", None) is not None
        return run if is_whole and not is_growing else []

    async def _second_looks(self, visit: Visit, *, is_behind: bool) -> SourceError | None:
        """Edits, deletions, albums and missing ids. What is new has been had: a failure here is told in the look and
        waits for the next poll; nothing is forgotten meanwhile."""
        mark = visit.mark
        try:
            ids = set(self.box.touched)
            is_due = self._recheck_is_due()
            if is_due:
                ids.update(range(max(mark.low, mark.high - WINDOW + 1), mark.high + 1))
            touched = dict(self.box.touched)
            ids = {post for post in ids if post <= mark.high} | self._with_albums(mark, ids)
            await self._look_again(visit, ids | visit.siblings)
            if is_due:
                if not is_behind:
                    await self._look_past_withheld(mark)
                self._rechecked_at = self.clock.now()
                self.box.must_recheck = False
            self._offered = (None, touched)
            if mark.todo:
                ids_missing = mark.next_missing(PAGE)
                visit.probed(await self.channel.by_id(ids_missing), self.box.existed)
        except (SourceThrottled, SourceUnavailable) as error:
            return error
        return None

    async def _look_past_withheld(self, mark: Mark) -> None:
        """A whole page of posts that are withheld looks like the end of the channel: what is beyond is asked by id."""
        newest = await self.channel.page(below=0, limit=1)
        if mark.low and newest and newest[0].id > mark.high:
            mark.miss(mark.high + 1, newest[0].id, ())
            mark.high = newest[0].id

    async def _look_again(self, visit: Visit, ids: set[int]) -> None:
        answers: dict[int, Any] = {}
        for _ in range(3):
            wanted = sorted((ids | visit.siblings) - answers.keys())
            if not wanted:
                break
            for start in range(0, len(wanted), PAGE):
                answers.update(await self.channel.by_id(wanted[start : start + PAGE]))
            albums = [m for m in answers.values() if is_post(m) and m.grouped_id and m.id not in visit.mark.window]
            ids = ids | {near for m in albums for near in range(max(m.id - 9, 1), min(m.id + 9, visit.mark.high) + 1)}
        visit.siblings.clear()
        visit.again(answers, self.box.existed)
        if visit.siblings:  # an album was touched whose other parts were not asked for
            wanted = sorted(visit.siblings)
            visit.again({**answers, **await self.channel.by_id(wanted)}, self.box.existed)

    def _with_albums(self, mark: Mark, ids: Iterable[int]) -> set[int]:
        groups = {mark.window[post].group for post in ids if post in mark.window} - {0}
        return {post for group in groups for post in mark.album(group)}

    def _recheck_is_due(self) -> bool:
        if self.box.must_recheck or self._rechecked_at is None:
            return True
        return self.clock.now() - self._rechecked_at >= self._recheck_every

    # ── around a poll ─────────────────────────────────────────────────────────────────────────────

    def _acknowledge(self, cursor: str | None, mark: Mark | None) -> None:
        """The cursor that comes back is the one that was committed: only now may hints be forgotten."""
        offered, touched = self._offered
        if offered is not None and offered == cursor:
            self.box.looked_into(touched)
        self._offered = (None, {})
        if mark is not None:
            self.box.up_to(mark.high)

    def _visit(self, mark: Mark) -> Visit:
        return Visit(self.profile.id, mark, self.clock.now(), self._set_aside, dict(self.channel.names))

    def _batch(self, visit: Visit, *, more: bool, problem: SourceError | None = None) -> Batch:
        renamed = self.channel.renamed_from(visit.mark)
        cursor = visit.mark.dump()
        self._offered = (cursor, self._offered[1])
        reason, detail = (
            (problem.reason, str(problem)) if problem else ("renamed", renamed) if renamed else (None, None)
        )
        look = Look(
            source=self.profile.id,
            at=visit.now,
            outcome="ok" if visit.items else "unchanged",
            reason=reason,
            detail=detail,
            newest=visit.mark.newest,
            retry_after=problem.retry_after if problem else None,
        )
        return Batch(self.profile.id, tuple(visit.items), look, cursor, tuple(visit.holes), more)

    def _set_aside(self, post: int, why: str, message: Any) -> None:
        """Keep what could not be read (0600), so that it can be looked into; never raises."""
        try:
            raw = base64.b64encode(bytes(message)).decode("ascii")
        except Exception:
            raw = ""
        row = {"channel": self.channel.pinned, "post": post, "at": self.clock.now().isoformat(), "why": why, "raw": raw}
        try:
            self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.state_dir / "telegram-set-aside.jsonl"
            descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
        except OSError as error:
            _log.error("what was set aside could not be kept: %s", error)


def _account(profile: SourceProfile, deps: Deps) -> Account:
    settings: Mapping[str, Any] = deps.settings.get("telegram") or {}
    found = accounts(settings, deps.state_dir, deps.clock)
    name = profile.options.get("account")
    if name is None and len(found) == 1:
        return next(iter(found.values()))
    if name not in found:
        known = ", ".join(sorted(found)) or "none is configured"
        raise ConfigError(
            f"source {profile.id}: kind telegram needs an account (options.account; known: {known}); add "
            f"[[telegram.account]] to monitor.toml, or use kind telegram_web, which needs none"
        )
    return found[name]
