"""The page of a news story → its text, by trafilatura, in a thread and within a deadline."""

from __future__ import annotations

import asyncio
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from monitor.errors import SourceBroken
from monitor.sources.markup import parse_html

if TYPE_CHECKING:
    from monitor.http import Http

__all__ = ["article_text", "fetch_article"]

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_MAX_BYTES = 3_000_000


async def fetch_article(http: Http, url: str, seconds: float = 15.0) -> str:
    """The story's text. Raises ``SourceError`` when there is none: refused, no web page, a wall, or too slow."""
    found = await http.get(url, hops=3, max_bytes=_MAX_BYTES, deadline=seconds)
    if found.status != 200:
        raise SourceBroken(f"the article answered {found.status}")
    kind = found.headers.get("content-type", "text/html").lower()
    if "html" not in kind:
        raise SourceBroken(f"the article is no web page but {kind[:60]!r}")
    try:
        async with asyncio.timeout(seconds):
            text = await asyncio.to_thread(_read, found.body, kind)
    except TimeoutError as error:
        raise SourceBroken(f"the article could not be read within {seconds:g} s") from error
    if not text:
        raise SourceBroken("no article text was found on the page")
    return text


def article_text(page: str) -> str:
    """The story on a web page, without menus and footers; empty where none is found. Raises ``SourceBroken``."""
    parse_html(page)
    try:
        trafilatura: Any = import_module("trafilatura")
        return str(trafilatura.extract(page, include_comments=False, include_tables=True) or "").strip()
    except Exception as error:  # the page is hostile or absurd: whatever breaks the parser breaks this article only
        raise SourceBroken(f"the article cannot be read ({type(error).__name__})") from error


def _read(body: bytes, content_type: str) -> str:
    declared = _HEADER.search(content_type)
    meta = _META.search(body[:4096])
    name = declared.group(1) if declared else meta.group(1).decode() if meta else "utf-8"
    try:
        page = body.decode(name, "replace")
    except LookupError:
        page = body.decode("utf-8", "replace")
    return article_text(page)
