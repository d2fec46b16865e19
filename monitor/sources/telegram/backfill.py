"""The history of a channel from a date on: page after page as late items, resumable, at a polite pace."""

from __future__ import annotations

import asyncio
import json
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.errors import SourceThrottled
from monitor.model import Batch, Look, SourceProfile
from monitor.sources.telegram.account import Account
from monitor.sources.telegram.channel import Channel, without_cut_album
from monitor.sources.telegram.cursor import Mark
from monitor.sources.telegram.visit import Visit

__all__ = ["Estimate", "backfill", "estimate"]

PAGE = 100
EVERY = 1.0
"""Seconds between two requests; Telegram throttles histories that are read faster."""

LONGEST_WAIT = 900.0
"""A flood wait up to this many seconds is sat out; a longer one ends the backfill, to be resumed later."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a backfill will take: ``first``..``last`` post ids, ``requests``, and ``seconds`` if nobody throttles."""

    first: int
    last: int
    requests: int
    seconds: float

    @property
    def posts(self) -> int:
        return max(self.last - self.first + 1, 0)


async def estimate(account: Account, profile: SourceProfile, since: datetime) -> Estimate:
    """Where the history begins and ends, and how long reading it takes; two or three requests."""
    channel = Channel(account, profile)
    await channel.open(None)
    return await _estimate(channel, since, account.session.path.parent)


async def _estimate(channel: Channel, since: datetime, folder: Path) -> Estimate:
    newest = await channel.page(below=0, limit=1)
    last = newest[0].id if newest else 0
    first = await channel.first_since(since) if newest else 1
    kept = _Progress.load(folder, channel, since)
    if kept is not None:
        first, last = kept.after + 1, max(kept.last, kept.after)
    requests = math.ceil(max(last - first + 1, 0) / PAGE)
    return Estimate(first, last, requests, requests * EVERY)


async def backfill(
    account: Account,
    profile: SourceProfile,
    since: datetime,
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    progress: Callable[[int, Estimate], None] = lambda done, whole: None,
) -> AsyncIterator[Batch]:
    """Batches of late items, oldest first, and the holes between them. The live cursor is left alone.

    Asking for the next batch says that the last one has been committed: that far a later call with the same
    ``since`` goes on. ``progress`` gets the last post id had. Raises ``SourceError``; a short flood wait is sat out.
    """
    channel = Channel(account, profile)
    pinned = await channel.open(None)
    folder = account.session.path.parent
    whole = await _estimate(channel, since, folder)
    mark = Mark(pinned, high=whole.first - 1, low=whole.first, username=channel.username)
    while mark.high < whole.last or mark.todo:
        visit = Visit(profile.id, mark, account.clock.now())
        await _patiently(lambda visit=visit: _step(channel, visit, whole.last), sleep)  # type: ignore[misc]
        more = mark.high < whole.last or bool(mark.todo)
        outcome = "ok" if visit.items else "unchanged"
        look = Look(profile.id, visit.now, outcome, newest=mark.newest)  # type: ignore[arg-type]
        yield Batch(profile.id, tuple(visit.items), look, None, tuple(visit.holes), more)
        _Progress(mark.high if not mark.todo else mark.todo[0][0] - 1, whole.last).save(folder, channel, since)
        progress(mark.high, whole)
        await sleep(EVERY)
    _Progress.path(folder, channel, since).unlink(missing_ok=True)


async def _step(channel: Channel, visit: Visit, last: int) -> None:
    mark = visit.mark
    if not mark.todo and mark.high < last:
        page = [message for message in await channel.after(mark.high, PAGE) if message.id <= last]
        if len(page) >= PAGE:
            page = without_cut_album(page)
        visit.names.update(channel.names)
        if page:
            visit.posts(page, is_late=True)
        else:
            end = min(mark.high + PAGE, last)
            mark.miss(mark.high + 1, end, ())
            mark.high = end
    if mark.todo:
        visit.probed(await channel.by_id(mark.next_missing(PAGE)))


async def _patiently(step: Callable[[], Awaitable[None]], sleep: Callable[[float], Awaitable[None]]) -> None:
    while True:
        try:
            return await step()
        except SourceThrottled as error:
            if error.retry_after is None or error.retry_after > LONGEST_WAIT:
                raise
            await sleep(error.retry_after + 1)


@dataclass(frozen=True, slots=True)
class _Progress:
    after: int
    last: int

    @staticmethod
    def path(folder: Path, channel: Channel, since: datetime) -> Path:
        return folder / f"backfill-{channel.pinned}-{since:%Y%m%dT%H%M%S}.json"

    @classmethod
    def load(cls, folder: Path, channel: Channel, since: datetime) -> _Progress | None:
        try:
            raw: Any = json.loads(cls.path(folder, channel, since).read_text(encoding="utf-8"))
            return cls(int(raw["after"]), int(raw["last"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, folder: Path, channel: Channel, since: datetime) -> None:
        path = self.path(folder, channel, since)
        descriptor = os.open(path.with_suffix(".new"), os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump({"after": self.after, "last": self.last}, out)
        path.with_suffix(".new").replace(path)
