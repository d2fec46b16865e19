"""Bytes of a feed → its entries. What is dangerous or no feed is refused before any parser sees it.

No DTD, no nesting beyond what feeds need, known encodings only; the parser is given a stream, so it opens nothing.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from monitor.errors import SourceBroken
from monitor.http import sample
from monitor.sources.markup import looks_like_html

__all__ = ["Entry", "FeedPage", "decode", "read_feed"]

MAX_DEPTH = 60
MAX_ENTRIES = 2000
_UNICODE = ("utf-8", "utf-16", "us-ascii")
_ISO = ("iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-8", "iso-8859-9", "iso-8859-15")
_OTHER = ("windows-1250", "windows-1251", "windows-1252", "windows-1254", "windows-1255", "koi8-r", "koi8-u")
_ENCODINGS = frozenset(codecs.lookup(name).name for name in (*_UNICODE, *_ISO, *_OTHER))
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))
_ROOTS = ("rss", "feed", "rdf:rdf", "rdf")


@dataclass(frozen=True, slots=True)
class Entry:
    """One story as the feed gives it: fields are raw text, HTML included; empty where missing."""

    title: str
    link: str
    guid: str
    published: str
    updated: str
    body: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A whole feed; ``language`` as declared, such as ``uk`` or ``uk-UA``."""

    entries: tuple[Entry, ...]
    language: str | None


def read_feed(body: bytes, content_type: str = "") -> FeedPage:
    """Parse. Raises ``SourceBroken`` for anything that is no complete, harmless feed. Slow: call it in a thread."""
    text = decode(body, content_type)
    if looks_like_html(text):
        raise SourceBroken("a web page came instead of a feed (moved, a login or a bot check)", sample=sample(body))
    _vet(text, body)
    feedparser: Any = import_module("feedparser")
    parsed = feedparser.parse(
        io.BytesIO(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version"):
        raise SourceBroken("this is neither RSS nor Atom", sample=sample(body))
    if len(parsed.entries) > MAX_ENTRIES:
        raise SourceBroken(f"the feed holds {len(parsed.entries)} entries, more than {MAX_ENTRIES}")
    language = str(parsed.feed.get("language") or "")[:20] or None
    return FeedPage(tuple(_entry(raw) for raw in parsed.entries), language)


def decode(body: bytes, content_type: str = "") -> str:
    """Text of an XML body: byte-order mark, then declaration, then header, then UTF-8."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif body.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    else:
        declared = _DECLARED.match(body[:400])
        header = _CHARSET.search(content_type)
        name = declared.group(1).decode() if declared else header.group(1) if header else "utf-8"
        try:
            if codecs.lookup(name).name not in _ENCODINGS:
                raise LookupError(name)
        except LookupError as error:
            raise SourceBroken(f"the feed is written in {name!r}, an encoding that is not taken") from error
    return body.decode(name, "replace").translate(_FORBIDDEN)


def _vet(text: str, body: bytes) -> None:
    """Refuse a DTD, absurd nesting, an unknown root and a feed that was cut off. One linear pass."""
    depth, at, root, length = 0, 0, "", len(text)
    while (at := text.find("<", at)) != -1:
        if text.startswith("<!--", at):
            at = _end(text, "-->", at + 4)
        elif text.startswith("<![CDATA[", at):
            at = _end(text, "]]>", at + 9)
        elif text.startswith("<?", at):
            at = _end(text, "?>", at + 2)
        elif text.startswith("<!", at):
            raise SourceBroken("the feed carries a document type or entities, which are not taken", sample=sample(body))
        else:
            end = text.find(">", at)
            if end == -1:
                break
            if not root:
                root = re.split(r"[\s/>]", text[at + 1 : min(at + 40, length)], maxsplit=1)[0].lower()
            if text[at + 1] == "/":
                depth -= 1
            elif text[end - 1] != "/":
                depth += 1
                if depth > MAX_DEPTH:
                    raise SourceBroken(f"the feed nests more than {MAX_DEPTH} levels deep")
            at = end + 1
    if root not in _ROOTS:
        raise SourceBroken(f"this is neither RSS nor Atom: it starts with <{root[:30]}>", sample=sample(body))
    if f"</{root}" not in text[-2000:].lower():
        raise SourceBroken("the feed is cut off before its end", sample=sample(body[-900:]))


def _end(text: str, mark: str, start: int) -> int:
    end = text.find(mark, start)
    if end == -1:
        raise SourceBroken("the feed is cut off inside a comment, an instruction or a CDATA section")
    return end + len(mark)


def _entry(raw: Any) -> Entry:
    contents = [str(part.get("value") or "") for part in raw.get("content", ())]
    bodies = [*contents, str(raw.get("summary") or "")]
    return Entry(
        title=str(raw.get("title") or ""),
        link=str(raw.get("link") or ""),
        guid=str(raw.get("id") or ""),
        published=str(raw.get("published") or ""),
        updated=str(raw.get("updated") or ""),
        body=max(bodies, key=len),
    )
