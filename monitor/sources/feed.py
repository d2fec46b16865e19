"""RSS and Atom → items: conditional fetch, then the article's page where the feed tells too little.

One story is one item, by its address without tracking marks: ids of feeds are reused and changed at will. What a
server says about freshness is not believed: a 304 is checked by a full fetch now and then, and how fresh the feed is
follows from its items. A story that is dug out again is flagged ``recycled``.

Options of the profile: ``article`` (false: never fetch pages), ``article_below`` (characters of the feed's own text
under which the page is fetched), ``articles`` and ``items`` per poll, ``naive_zone`` (zone meant by times that name
none), ``late_after`` in seconds, ``max_bytes``.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from monitor.errors import SourceBroken, SourceError
from monitor.http import Response, sample
from monitor.identity import canonical
from monitor.model import Batch, Item, Look, SourceProfile
from monitor.sources.addresses import date_in_address, is_web_address, normal_address
from monitor.sources.article import fetch_article
from monitor.sources.feed_dates import read_date
from monitor.sources.feed_xml import Entry, FeedPage, read_feed
from monitor.sources.markup import text_of_html

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["Feed"]

_MAX_BYTES = 2_000_000
_SEEN = 600
_FULL_EVERY = timedelta(hours=1)
_OLD = timedelta(hours=48)
_AHEAD = timedelta(minutes=10)
_SHORT = 80
_READ_SECONDS = 10.0
_ARTICLE_SECONDS = 45.0
_MAX_RAW = 64_000
_MAX_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class _Cursor:
    """``seen`` is key digest → content digest, oldest first; ``full_at`` the last fetch without a condition."""

    etag: str | None = None
    modified: str | None = None
    body: str = ""
    full_at: datetime | None = None
    newest: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    is_first: bool = True

    @classmethod
    def load(cls, text: str | None) -> _Cursor:
        try:
            raw = json.loads(text or "")
            return cls(
                etag=raw.get("etag"),
                modified=raw.get("modified"),
                body=raw["body"],
                full_at=_when(raw.get("full_at")),
                newest=_when(raw.get("newest")),
                seen=dict(raw["seen"]),
                is_first=False,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def dump(self) -> str:
        return json.dumps(
            {
                "etag": self.etag,
                "modified": self.modified,
                "body": self.body,
                "full_at": self.full_at.isoformat() if self.full_at else None,
                "newest": self.newest.isoformat() if self.newest else None,
                "seen": dict(list(self.seen.items())[-_SEEN:]),
            },
            separators=(",", ":"),
        )


@dataclass(frozen=True, slots=True)
class _Story:
    """An entry made comparable."""

    key: str
    url: str | None
    title: str
    text: str
    published: datetime | None
    edited: datetime | None
    flags: tuple[str, ...]
    entry: Entry

    @property
    def key_digest(self) -> str:
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]

    @property
    def content(self) -> str:
        """Digest of the words, blind to case and spacing, and of the date."""
        words = " ".join(f"{self.title}\n{self.text}\n{self.published}".casefold().split())
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]

    @property
    def is_comparable(self) -> bool:
        """Short texts without a date, such as alerts, repeat themselves honestly: those are never called copies."""
        return self.published is not None or len(self.text) >= _SHORT


class Feed:
    """Keeps ``ports.Source`` for one feed."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        options = profile.options
        self.profile = profile
        self._deps = deps
        self._wants_articles = options.get("article") is not False
        self._article_below = int(options.get("article_below", 400))
        self._articles = int(options.get("articles", 10))
        self._items = int(options.get("items", 200))
        self._naive_zone: str | None = options.get("naive_zone")
        self._late_after = timedelta(seconds=float(options.get("late_after", 600)))
        self._max_bytes = int(options.get("max_bytes", _MAX_BYTES))

    async def poll(self, cursor: str | None) -> Batch:
        now = self._deps.clock.now()
        known = _Cursor.load(cursor)
        found = await self._fetch(known, now)
        if found is None:
            return self._batch(now, (), known)
        now = self._deps.clock.now()
        digest = hashlib.sha256(found.body).hexdigest()[:16]
        known = replace(known, etag=found.headers.get("etag"), modified=found.headers.get("last-modified"), full_at=now)
        if digest == known.body:
            return self._batch(now, (), known)
        page = await self._parse(found)
        stories = self._stories(page, now)
        fresh, copies = _choose(stories, known)
        items, taken = await self._items_of(fresh, page, known, now)
        times = [s.published for s in stories if s.published and s.published <= now]
        rest = len(fresh) - len(taken)
        notes = []
        if not stories:
            notes.append("the feed is empty")
        if copies:
            notes.append(f"{len(copies)} copies of known stories under other addresses left out")
        if rest:
            notes.append(f"{rest} more stories are left for the next poll")
        seen = {**known.seen, **{s.key_digest: s.content for s in (*copies, *taken)}}
        known = replace(
            known, body="" if rest else digest, newest=max(times, default=known.newest), seen=seen, is_first=False
        )
        return self._batch(now, items, known, "; ".join(notes) or None, more=rest > 0)

    async def close(self) -> None:
        """Nothing is held open: the client is shared."""

    # ── fetching ──────────────────────────────────────────────────────────────────────────────────

    async def _fetch(self, known: _Cursor, now: datetime) -> Response | None:
        """The feed, or None when the server says that nothing changed."""
        is_due = known.full_at is None or now - known.full_at >= _FULL_EVERY
        etag, modified = (None, None) if is_due or not known.body else (known.etag, known.modified)
        try:
            found = await self._get(etag, modified)
        except SourceBroken:
            if not (etag or modified):
                raise
            found = await self._get(None, None)
        if found.not_modified:
            if not (etag or modified):
                raise SourceBroken(f"{self.profile.address} answered 304 though nothing was asked conditionally")
            return None
        if found.is_redirect:
            onward = found.headers.get("location", "")
            raise SourceBroken(
                f"the feed has moved to {onward[:200]!r}: check it, then change the address of {self.profile.id}"
            )
        return found

    async def _get(self, etag: str | None, modified: str | None) -> Response:
        accept = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"
        return await self._deps.http.get(
            self.profile.address,
            headers={"Accept": accept},
            etag=etag,
            last_modified=modified,
            max_bytes=self._max_bytes,
        )

    async def _parse(self, found: Response) -> FeedPage:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                return await asyncio.to_thread(read_feed, found.body, found.headers.get("content-type", ""))
        except TimeoutError as error:
            raise SourceBroken(
                f"the feed could not be read within {_READ_SECONDS:g} s", sample=sample(found.body)
            ) from error

    # ── entries → items ───────────────────────────────────────────────────────────────────────────

    def _stories(self, page: FeedPage, now: datetime) -> list[_Story]:
        found: dict[str, _Story] = {}
        for entry in page.entries:
            story = self._story(entry, now)
            found.setdefault(story.key, story)
        return list(found.values())

    def _story(self, entry: Entry, now: datetime) -> _Story:
        title, text = _plain(entry.title), _plain(entry.body)
        link = urljoin(self.profile.address, entry.link) if entry.link else entry.guid
        url = link if is_web_address(link) else None
        if url is not None:
            key = f"url:{normal_address(url)}"
        else:
            made = hashlib.sha256(f"{entry.guid}\n{title}\n{text}".encode("utf-8", "replace")).hexdigest()[:24]
            key = f"file:{self.profile.id}/{made}"
        flags = []
        when = read_date(entry.published or entry.updated, self._naive_zone)
        if when.flag:
            flags.append(when.flag)
        published = when.at
        if published is not None and (published > now + _AHEAD or published.year < 1995):
            flags.append("time_suspect")
        edited = read_date(entry.updated, self._naive_zone).at if entry.published and entry.updated else None
        if edited is not None and (published is None or not published < edited <= now):
            edited = None
        if len(text) > _MAX_TEXT:
            text = text[:_MAX_TEXT]
            flags.append("text_truncated")
        return _Story(key, url, title, text, published, edited, tuple(flags), entry)

    async def _items_of(
        self, fresh: Sequence[_Story], page: FeedPage, known: _Cursor, now: datetime
    ) -> tuple[tuple[Item, ...], list[_Story]]:
        """Items of the newest stories, oldest of them first, and which stories they are.

        What is beyond the quota of one poll waits for the next; at the first look the articles of old stories are
        not fetched, they stay with the feed's own words.
        """
        newest_first = sorted(fresh, key=lambda s: s.published or now, reverse=True)
        items: list[Item] = []
        taken: list[_Story] = []
        pages, started = self._articles, time.monotonic()
        for story in newest_first:
            wants_page = self._wants_articles and story.url and len(story.text) < self._article_below
            if time.monotonic() - started > _ARTICLE_SECONDS:
                pages = 0
            if len(taken) >= self._items or (wants_page and pages <= 0 and not known.is_first):
                break
            text, remark = story.text, None
            if wants_page and pages > 0:
                pages -= 1
                text, remark = await self._article(story)
            elif wants_page:
                remark = "summary_only"
            items.append(self._item(story, text, remark, page.language, known, now))
            taken.append(story)
        return tuple(reversed(items)), taken

    async def _article(self, story: _Story) -> tuple[str, str | None]:
        try:
            text = await fetch_article(self._deps.http, story.url or "")
        except SourceError:
            return story.text, "article_unavailable"
        if text.startswith(story.title) and story.title:
            text = text[len(story.title) :].lstrip()
        return (text[:_MAX_TEXT], None) if len(text) > len(story.text) else (story.text, None)

    def _item(
        self, story: _Story, text: str, remark: str | None, language: str | None, known: _Cursor, now: datetime
    ) -> Item:
        is_known = story.key_digest in known.seen
        in_address = date_in_address(story.url) if story.url else None
        is_old = story.published is not None and now - story.published > _OLD
        is_dated = in_address is not None and (story.published or now).date() - in_address > timedelta(days=30)
        is_recycled = not is_known and (is_dated or (is_old and not known.is_first))
        flags = [*story.flags, *([remark] if remark else [])]
        if is_known:
            flags.append("edited")
        if is_recycled:
            flags.append("recycled")
        said = story.edited if is_known and story.edited else story.published
        return Item(
            key=story.key,
            source=self.profile.id,
            text=text,
            received=now,
            published=story.published,
            title=story.title or None,
            url=story.url,
            lang=(language or "").split("-")[0].lower() or None,
            channel=self.profile.id,
            edited=story.edited if is_known else None,
            is_late=known.is_first or is_recycled or (said is not None and now - said > self._late_after),
            flags=tuple(flags),
            raw=_raw(story.entry),
        )

    def _batch(
        self, now: datetime, items: tuple[Item, ...], known: _Cursor, detail: str | None = None, more: bool = False
    ) -> Batch:
        look = Look(self.profile.id, now, "ok" if items else "unchanged", detail=detail, newest=known.newest)
        return Batch(self.profile.id, items, look, cursor=known.dump(), more=more)


def _choose(stories: Sequence[_Story], known: _Cursor) -> tuple[list[_Story], list[_Story]]:
    """Stories that are new or changed, and copies: the very words and date of a known story, elsewhere."""
    told = set(known.seen.values())
    fresh, copies = [], []
    for story in stories:
        mark = story.content
        if known.seen.get(story.key_digest) == mark:
            continue
        if story.key_digest not in known.seen and mark in told and story.is_comparable:
            copies.append(story)
            continue
        told.add(mark)
        fresh.append(story)
    return fresh, copies


def _plain(text: str) -> str:
    try:
        return text_of_html(text)
    except SourceBroken:
        return " ".join(text.split())[:_MAX_TEXT]


def _raw(entry: Entry) -> bytes:
    fields = {name: getattr(entry, name) for name in ("title", "link", "guid", "published", "updated", "body")}
    return canonical(fields)[:_MAX_RAW]


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
