"""Changes as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from monitor.formats.about import REMARK, About
from monitor.formats.plain import utc
from monitor.formats.xml import add, document

__all__ = ["feed"]

ATOM = "http://www.w3.org/2005/Atom"


def feed(
    changes: Iterable[Mapping[str, Any]],
    about: About,
    *,
    now: datetime,
    base: str = "",
    name: Callable[[str], str] = str,
    title: str = "monitor",
    own: str = "/feed.atom",
    link: str = "/v1/changes?limit=1&after_seq={before}",
) -> bytes:
    """The document, UTF-8. ``changes``: as plain JSON (times ISO 8601), as their audience may see them, in the order
    of ``seq``; the feed tells the newest first. ``base`` is the address of the monitor, without a slash at its end;
    without one the feed has no links. ``name`` gives the English name of a place id. ``own`` is
    the path of the feed, ``link`` that of an entry with its ``{seq}`` or the one ``{before}`` it."""
    rows = list(changes)
    root = ElementTree.Element("feed", {"xmlns": ATOM})
    add(root, "title", title)
    add(root, "subtitle", " ".join(word for word in (REMARK, about.words) if word))
    add(root, "id", f"{base}{own}" if base else "urn:airalert-monitor:changes")
    add(root, "updated", rows[-1]["known_at"] if rows else utc(now))
    if base:
        add(root, "link", None, rel="self", href=f"{base}{own}")
    for change in reversed(rows):
        _add_entry(root, change, base and base + link, name)
    return document(root)


def _add_entry(
    root: ElementTree.Element, change: Mapping[str, Any], link: str, name: Callable[[str], str]
) -> ElementTree.Element:
    evidence = list(change.get("evidence") or ())
    places = [name(place) for place in change.get("places") or ()]
    title = f"{change['type']}: {', '.join(places[:5]) or change.get('subject') or ''}"
    if change.get("nature") not in (None, "actual", "system"):
        title = f"[{str(change['nature']).upper()}] {title}"
    entry = add(root, "entry", None)
    add(entry, "id", f"urn:change:{change['id']}")
    add(entry, "title", title)
    add(entry, "updated", change["known_at"])
    add(entry, "published", change["occurred_at"])
    author = next((str(ref["source"]) for ref in evidence if ref.get("source")), "monitor")
    add(add(entry, "author", None), "name", author)
    add(entry, "category", None, term=str(change["type"]))
    if link:
        seq = change.get("seq") or 1
        add(entry, "link", None, href=link.replace("{seq}", str(seq)).replace("{before}", str(seq - 1)))
    quotes = [str(ref["quote"]) for ref in evidence if ref.get("quote")]
    add(entry, "content", " … ".join(quotes), type="text")
    return entry
