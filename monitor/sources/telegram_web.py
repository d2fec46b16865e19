"""Telegram's public web preview → items, without an account.

Every poll reads the newest page, then pages back until the last post it knows is met. What a poll has no time for
stays in the cursor as a gap and is read by the next one (``Batch.more``); nothing is dropped. A page without a
channel's history is an error, never "no posts". The channel's numeric id is checked on every page.

Options of the profile: ``base`` (address before ``/<channel>``), ``pages`` read per poll, ``seconds`` a poll may
take for paging back, ``history_hours`` and ``history_posts`` of the first look, ``late_after`` in seconds.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import SourceBroken, SourceError, SourceRefused, SourceUnavailable
from monitor.http import sample
from monitor.identity import text_sha256
from monitor.model import Batch, Item, Look, Origin, SourceProfile
from monitor.sources.telegram_cursor import Cursor, Gap
from monitor.sources.telegram_page import Page, Post, post_address, read_page

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["TelegramWeb", "handle_of"]

_BASE = "https://t.me/s"
_TELEGRAM = frozenset({"", "t.me", "telegram.me", "telegram.dog"})
_OLDEST = datetime(2013, 8, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=2)
_LOOKS_BEFORE_GONE = 3
_MAX_PAGE = 3_000_000


def handle_of(address: str) -> str:
    """``https://t.me/s/name``, ``t.me/name``, ``@name`` or ``name`` → ``name``."""
    return address.split("?")[0].rstrip("/").rpartition("/")[2].removeprefix("@")


def _base_of(address: str) -> str:
    """Telegram's own preview, unless the address names another server that shows pages of the same shape."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or (parts.hostname or "").removeprefix("www.") in _TELEGRAM:
        return _BASE
    return address.split("?")[0].rstrip("/").rpartition("/")[0]


@dataclass(slots=True)
class _Look:
    """What one poll has gathered so far."""

    now: datetime
    posts: dict[int, tuple[Post, bool]]
    notes: list[str]
    retry_after: float | None = None


class TelegramWeb:
    """Keeps ``ports.Source`` for one public channel."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        options = profile.options
        self.profile = profile
        self._deps = deps
        self._handle = handle_of(profile.address)
        self._base = str(options.get("base") or _base_of(profile.address)).rstrip("/")
        self._pages = int(options.get("pages", 5))
        self._seconds = float(options.get("seconds", 30))
        self._history = timedelta(hours=float(options.get("history_hours", 24)))
        self._history_posts = int(options.get("history_posts", 200))
        self._late_after = timedelta(seconds=float(options.get("late_after", 600)))
        self._missing: dict[int, int] = {}
        self._older_looks = 0

    async def poll(self, cursor: str | None) -> Batch:
        known = Cursor.load(cursor)
        started = time.monotonic()
        page = await self._fetch(None, known)
        await self._refuse_old_copy(page, known)
        now = self._deps.clock.now()
        look = _Look(now, {}, [])
        fresh_cursor = self._newest_page(page, known, look)
        fresh_cursor = await self._page_back(fresh_cursor, look, started)
        gone = self._deletions(page, known, now)
        items = tuple(self._item(post, known, is_late, now) for _, (post, is_late) in sorted(look.posts.items()))
        after = fresh_cursor.remember(
            {post.id: _digest(post) for post, _ in look.posts.values()}, forget={post_id for post_id, _ in gone}
        )
        return Batch(
            source=self.profile.id,
            items=items + tuple(item for _, item in gone),
            look=Look(
                self.profile.id,
                now,
                "ok" if items or gone else "unchanged",
                newest=after.at,
                detail="; ".join(look.notes) or None,
                retry_after=look.retry_after,
            ),
            cursor=after.dump(),
            more=bool(after.gaps) and look.retry_after is None and not any("failed" in note for note in look.notes),
        )

    async def close(self) -> None:
        """Nothing is held open: the client is shared."""

    # ── pages ─────────────────────────────────────────────────────────────────────────────────────

    async def _fetch(self, before: int | None, known: Cursor) -> Page:
        url = f"{self._base}/{self._handle}" + (f"?before={before}" if before is not None else "")
        found = await self._deps.http.get(url, headers={"Accept-Language": "en"}, max_bytes=_MAX_PAGE)
        if found.is_redirect:
            raise SourceRefused(
                f"{self._handle} has no public preview: Telegram leads away from it (private, renamed, or switched off)"
            )
        page = read_page(found.body)
        if not page.has_history:
            if page.is_contact_page:
                raise SourceRefused(f"{self._handle} has no public preview", sample=sample(found.body))
            raise SourceBroken(f"{self._handle}: the page holds no channel history", sample=sample(found.body))
        if not page.posts and before is None and known.id:
            raise SourceBroken(f"{self._handle}: the page holds no posts any more", sample=sample(found.body))
        self._check_identity(page, known)
        return page

    def _check_identity(self, page: Page, known: Cursor) -> None:
        """The numeric id is who it is; a name can be given to somebody else. A foreign page is set aside whole."""
        expected = self.profile.channel_id or known.channel
        ids = page.channel_ids
        if not page.posts:
            return
        if not ids:
            raise SourceBroken(f"{self._handle}: no post says which channel it belongs to")
        if len(ids) > 1 or (expected and expected not in ids):
            error = SourceBroken(
                f"{self._handle} is now another channel ({', '.join(map(str, sorted(ids)))}, expected {expected}): "
                f"its posts are set aside; check the handle and channel_id of source {self.profile.id}"
            )
            error.reason = "suspect"
            raise error

    async def _refuse_old_copy(self, page: Page, known: Cursor) -> None:
        """A page that ends before a post seen earlier is an old copy from a cache, or that post was deleted.

        It counts as deleted when the page under another address lacks it too, on several looks in a row.
        """
        if not known.id or not page.posts or page.posts[-1].id >= known.id:
            self._older_looks = 0
            return
        self._older_looks += 1
        other = await self._fetch(known.id + 1, known)
        is_gone = bool(other.posts) and other.posts[-1].id <= page.posts[-1].id
        if not is_gone or self._older_looks < _LOOKS_BEFORE_GONE:
            raise SourceUnavailable(
                f"{self._handle}: the page ends at post {page.posts[-1].id}, but post {known.id} was seen before: "
                f"an old copy from a cache, or it has just been deleted"
            )

    def _newest_page(self, page: Page, known: Cursor, look: _Look) -> Cursor:
        """Take in the newest page: posts that are new or edited, and the gap between it and the last known post."""
        if not page.posts:
            return known
        newest, oldest = page.posts[-1], page.posts[0]
        is_first = known.id == 0
        for post in page.posts:
            if not post.is_service and known.texts.get(post.id) != _digest(post):
                look.posts[post.id] = (post, is_first or self._is_old(post, look.now))
        gaps = known.gaps
        if is_first:
            since = look.now - self._history
            left = self._history_posts - len(page.posts)
            if left > 0 and (oldest.published is None or oldest.published > since) and oldest.id > 1:
                gaps = (Gap(0, oldest.id, since, left),)
        elif oldest.id > known.id + 1:
            gaps = (*gaps, Gap(known.id, oldest.id))
        times = [post.published for post in page.posts if post.published and not _is_suspect(post, look.now)]
        channel = next(iter(page.channel_ids), known.channel)
        return replace(known, id=newest.id, channel=channel, at=max(times, default=known.at), gaps=gaps)

    async def _page_back(self, known: Cursor, look: _Look, started: float) -> Cursor:
        """Read into the gaps, newest first, while pages and seconds last."""
        pages = self._pages
        gaps = list(known.gaps)
        while gaps and pages > 0 and time.monotonic() - started < self._seconds:
            gap = gaps[-1]
            pages -= 1
            try:
                page = await self._fetch(gap.high, known)
            except SourceError as error:
                look.notes.append(f"paging back failed: {error}")
                look.retry_after = error.retry_after
                break
            older = [post for post in page.posts if gap.low < post.id < gap.high]
            for post in older:
                if not post.is_service and known.texts.get(post.id) != _digest(post):
                    is_late = gap.since is not None or self._is_old(post, look.now)
                    look.posts.setdefault(post.id, (post, is_late))
            rest = gap.after([(post.id, post.published) for post in page.posts])
            gaps[-1:] = [rest] if rest else []
        if gaps:
            spans = ", ".join(f"{gap.low + 1}-{gap.high - 1}" for gap in gaps)
            look.notes.append(f"posts {spans} are still to be read")
        return replace(known, gaps=tuple(gaps))

    # ── posts ─────────────────────────────────────────────────────────────────────────────────────

    def _is_old(self, post: Post, now: datetime) -> bool:
        return post.published is not None and now - post.published > self._late_after

    def _key(self, channel: int | None, post_id: int) -> str:
        return f"tg:{self.profile.channel_id or channel}/{post_id}"

    def _item(self, post: Post, known: Cursor, is_late: bool, now: datetime) -> Item:
        flags = []
        if post.is_edited or post.id in known.texts:
            flags.append("edited")
        if post.published is None:
            flags.append("no_date")
        elif _is_suspect(post, now):
            flags.append("time_suspect")
        if post.is_cut:
            flags.append("needs_app")
        return Item(
            key=self._key(post.channel_id, post.id),
            source=self.profile.id,
            text=post.text,
            received=now,
            published=post.published,
            url=post.url or f"{self._base}/{self._handle}/{post.id}",
            channel=self._handle,
            origin=self._origin(post),
            media=post.media,
            is_late=is_late,
            flags=tuple(flags),
            raw=post.raw,
        )

    def _origin(self, post: Post) -> Origin | None:
        """A forward outweighs a reply. Posts of other channels are known by their public address only."""
        if post.forward is not None:
            href, name = post.forward
            found = post_address(href)
            return Origin("forward", f"t.me/{found[0]}/{found[1]}" if found else href, name)
        if post.reply is not None:
            href, name = post.reply
            found = post_address(href)
            if found and found[0] == self._handle.lower():
                return Origin("reply", self._key(post.channel_id, found[1]), name)
            return Origin("reply", f"t.me/{found[0]}/{found[1]}" if found else href, name)
        return None

    def _deletions(self, page: Page, known: Cursor, now: datetime) -> list[tuple[int, Item]]:
        """Posts that the page no longer shows between others that it does show, on several looks in a row."""
        if not page.posts or not known.id:
            return []
        shown = {post.id for post in page.posts}
        absent = {nth for nth in known.texts if page.posts[0].id < nth and nth not in shown}
        beyond = _LOOKS_BEFORE_GONE  # past the end of the page: already checked under another address
        self._missing = {nth: beyond if nth > page.posts[-1].id else self._missing.get(nth, 0) + 1 for nth in absent}
        return [
            (nth, Item(self._key(known.channel, nth), self.profile.id, "", now, channel=self._handle, deleted=True))
            for nth, looks in sorted(self._missing.items())
            if looks >= _LOOKS_BEFORE_GONE
        ]


def _digest(post: Post) -> str:
    return text_sha256(None, post.text)[:10]


def _is_suspect(post: Post, now: datetime) -> bool:
    """A post from before Telegram was, or from the future: its own time is kept, but not believed."""
    return post.published is not None and not _OLDEST <= post.published <= now + _AHEAD
