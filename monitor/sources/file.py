"""Files → items: JSONL, JSON, plain text, web pages, Telegram Desktop's ``result.json``, standard input, each also
packed with gzip.

As a source a JSONL file is followed as it grows; any other file is read again when it changes. A line that cannot be
read becomes an item without words and with the flag ``unreadable``: its bytes are evidence too.

Options of the profile: ``format`` (else told from name and content), ``items`` per poll.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from monitor.errors import InputError, SourceBroken, SourceUnavailable
from monitor.model import Batch, Item, Look, SourceProfile
from monitor.sources.article import article_text
from monitor.sources.cursors import known_of
from monitor.sources.markup import looks_like_html, parse_html, text_of_html
from monitor.sources.records import (
    Find,
    InputProblem,
    clean_text,
    item_of_record,
    open_bytes,
    parse_json,
    read_jsonl,
)
from monitor.sources.telegram_export import Chat, items_of_chat, with_albums
from monitor.sources.telegram_page import read_page

if TYPE_CHECKING:
    from monitor.sources import Deps

__all__ = ["File", "Format", "InputProblem", "format_of", "read_file", "read_jsonl"]

Format = Literal["jsonl", "json", "text", "html"]

_MAX_DOCUMENT = 300_000_000
_SUFFIXES: Mapping[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
    ".md": "text",
}


def format_of(name: str, start: bytes) -> Format:
    """The format that a file's name says, else what its first bytes look like."""
    path = Path(name)
    suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    text = start.decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    if looks_like_html(text):
        return "html"
    if not text.startswith(("{", "[")):
        return "text"
    try:
        json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError):
        return "json"
    return "jsonl" if text.startswith("{") else "json"


def read_file(
    where: str | Path | IO[bytes],
    *,
    format: Format | None = None,
    source: str = "file",
    received: datetime | None = None,
    find: Find | None = None,
) -> Iterator[Item | InputProblem]:
    """Items of a file in any of the formats, in its order. Raises ``InputError`` when it cannot be read at all."""
    name = str(where) if isinstance(where, str | Path) else ""
    stream = open_bytes(where)
    try:
        start = stream.peek(4096)[:4096] if hasattr(stream, "peek") else b""
        kind = format or format_of(name, start)
        if kind == "jsonl":
            yield from read_jsonl(stream, source=source, received=received, find=find)
            return
        body = stream.read(_MAX_DOCUMENT + 1)
    except (OSError, EOFError) as error:
        raise InputError(f"{name or 'the stream'}: cannot be read ({error})") from error
    finally:
        if isinstance(where, str | Path) and name != "-":
            stream.close()
    if len(body) > _MAX_DOCUMENT:
        raise InputError(f"{name or 'the stream'}: longer than {_MAX_DOCUMENT} bytes; split it or make JSONL of it")
    if kind == "json":
        yield from _json_document(body, name, source, received, find)
    elif kind == "html":
        yield from _web_page(body, source, received)
    else:
        yield _document(body.decode("utf-8", "surrogateescape"), body, source, received)


def _document(text: str, raw: bytes, source: str, received: datetime | None, title: str | None = None) -> Item:
    clean, flags = clean_text(text.removeprefix("\ufeff"))
    made = hashlib.sha256(raw).hexdigest()[:24]
    return Item(
        key=f"file:{source}/{made}",
        source=source,
        text=clean.strip(),
        received=received or datetime.now(UTC),
        title=title,
        channel=source,
        flags=(*flags, "no_date"),
        raw=raw[:5_000_000],
    )


def _web_page(body: bytes, source: str, received: datetime | None) -> Iterator[Item]:
    """A saved page of Telegram's preview gives its posts; any other page is one item, its article."""
    try:
        page = read_page(body)
        if not page.posts:
            html = body.decode("utf-8", "replace")
            title = parse_html(html).css_first("title")
            words = (title.text() or "").strip() if title is not None else None
            yield _document(_story(html), body, source, received, words or None)
            return
    except SourceBroken as error:
        raise InputError(str(error)) from error
    for post in page.posts:
        if post.is_service:
            continue
        yield Item(
            key=f"tg:{post.channel_id}/{post.id}" if post.channel_id else f"file:{source}/{post.id}",
            source=source,
            text=post.text,
            received=received or post.published or datetime.now(UTC),
            published=post.published,
            url=post.url,
            media=post.media,
            flags=() if post.published else ("no_date",),
            raw=post.raw,
        )


def _story(html: str) -> str:
    """The article where it is most of what the page says, else all the words of the page."""
    everything = text_of_html(html)
    try:
        story = article_text(html)
    except SourceBroken:
        return everything
    return story if len(story) > max(200, len(everything) // 3) else everything


def _json_document(
    body: bytes, name: str, source: str, received: datetime | None, find: Find | None
) -> Iterator[Item | InputProblem]:
    """An export of Telegram Desktop (one channel or a whole account), an array of records, or one record."""
    try:
        document = parse_json(body)
    except ValueError as error:
        raise InputError(f"{name or 'the stream'}: {error}") from error
    chats = _chats(document)
    if chats is not None:
        for chat in chats:
            found = items_of_chat(
                Chat.of(chat), chat.get("messages") or (), source=source, received=received, find=find
            )
            yield from with_albums(found)
        return
    records = document if isinstance(document, list) else [document]
    for number, record in enumerate(records, 1):
        raw = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            yield item_of_record(record, raw, source=source, received=received, find=find)
        except ValueError as error:
            yield InputProblem(number, f"record {number}: {error}", raw[:120].decode("utf-8", "replace"), raw)


def _chats(document: Any) -> list[Any] | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("messages"), list):
        return [document]
    chats = document.get("chats")
    found = chats.get("list") if isinstance(chats, dict) else None
    return [chat for chat in found if isinstance(chat, dict)] if isinstance(found, list) else None


class File:
    """Keeps ``ports.Source`` for one file."""

    def __init__(self, profile: SourceProfile, deps: Deps) -> None:
        self.profile = profile
        self._deps = deps
        self._format: Format | None = profile.options.get("format")
        self._items = int(profile.options.get("items", 2000))

    async def poll(self, cursor: str | None) -> Batch:
        return await asyncio.to_thread(self._poll, cursor)

    async def close(self) -> None:
        """Nothing is held open between polls."""

    def _poll(self, cursor: str | None) -> Batch:
        now = self._deps.clock.now()
        known = known_of(cursor)
        try:
            mark = self._mark()
            if known.get("mark") == mark and not known.get("more"):
                return self._batch(now, (), known, None)
            done = 0 if known.get("start") != mark[2] else int(known.get("done", 0))
            found = read_file(self._where, format=self._format, source=self.profile.id, received=now)
            taken = list(islice(found, done, done + self._items + 1))
        except InputError as error:
            raise SourceUnavailable(str(error)) from error
        more = len(taken) > self._items
        taken = taken[: self._items]
        notes = []
        if not more and taken and isinstance(last := taken[-1], InputProblem) and not last.raw.endswith(b"\n"):
            taken.pop()
            notes.append(f"line {last.line} is not finished yet")
        problems = [each for each in taken if isinstance(each, InputProblem)]
        items = tuple(self._item(each, now, is_first=cursor is None) for each in taken)
        if problems:
            notes.append(f"{len(problems)} lines could not be read; the first: {problems[0]}")
        if more:
            notes.append(f"more than {self._items} items: the rest is left for the next poll")
        known = {"mark": mark, "start": mark[2], "done": done + len(taken), "more": more}
        return self._batch(now, items, known, "; ".join(notes) or None)

    @property
    def _where(self) -> str:
        return self.profile.address.removeprefix("file://")

    def _mark(self) -> list[Any]:
        """Size, time and first line of the file: a file that only grew keeps its start."""
        if self._where == "-":
            return [0, 0, "-"]
        path = Path(self._where)
        try:
            stat = path.stat()
            with path.open("rb") as stream:
                start = hashlib.sha256(stream.readline(4096)).hexdigest()[:16]
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from error
        return [stat.st_size, stat.st_mtime_ns, start]

    def _item(self, found: Item | InputProblem, now: datetime, *, is_first: bool) -> Item:
        if isinstance(found, Item):
            return replace(found, source=self.profile.id, is_late=is_first)
        made = hashlib.sha256(found.raw or str(found).encode()).hexdigest()[:24]
        return Item(
            key=f"file:{self.profile.id}/unreadable-{made}",
            source=self.profile.id,
            text="",
            received=now,
            is_late=is_first,
            flags=("unreadable", f"line_{found.line}"),
            raw=found.raw,
        )

    def _batch(self, now: datetime, items: tuple[Item, ...], known: Mapping[str, Any], detail: str | None) -> Batch:
        newest = max((item.published for item in items if item.published and item.published <= now), default=None)
        look = Look(self.profile.id, now, "ok" if items else "unchanged", detail=detail, newest=newest)
        return Batch(self.profile.id, items, look, cursor=json.dumps(known), more=bool(known.get("more")))
