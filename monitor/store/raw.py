"""Raw items as rows: immutable, versioned, chained, with characters that no database takes replaced and flagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, literal_column, select

from monitor.errors import StoreError
from monitor.model import Head, Item, Origin, ReadItem, Snapshot
from monitor.store import rows
from monitor.store.chain import GENESIS, day_of, link
from monitor.store.columns import SURROGATE, clean
from monitor.store.prepared import fetch
from monitor.store.statements import append, find, upsert
from monitor.store.tables import items, roots

__all__ = ["heads", "item_of", "row_of", "save_items"]


_LAST = select(items.c.id, items.c.chain).order_by(items.c.id.desc()).limit(literal_column("1"))


def heads(connection: Connection, keys: Sequence[str]) -> dict[str, Head]:
    """The newest version of each known key."""
    wanted = {clean(key): key for key in keys}
    found: dict[str, Head] = {}
    for row in find(connection, items.c.key, list(wanted), "key", "version", "sha256", "deleted", "edited"):
        before = found.get(wanted[row.key])
        if before is None or before.version < row.version:
            found[wanted[row.key]] = Head(row.version, row.sha256, bool(row.deleted), row.edited)
    return found


def save_items(connection: Connection, read: Sequence[ReadItem], at: datetime) -> list[ReadItem]:
    """Append the versions that are not there yet and chain them; gives those back. The same version twice is no-op."""
    new = _unknown(connection, read)
    if not new:
        return []
    last = next(iter(fetch(connection, _LAST, {})), None)
    number, chain = (last.id, last.chain) if last else (0, GENESIS)
    batch, out = number + 1, []
    for one in new:
        number += 1
        row = {"id": number, **row_of(one), "committed_at": at, "batch": batch}
        chain = row["chain"] = link(chain, row)
        out.append(row)
    append(connection, items, out)
    _save_root(connection, day_of(at), batch, number, chain)
    return new


def _unknown(connection: Connection, read: Sequence[ReadItem]) -> list[ReadItem]:
    keys = list({clean(one.item.key) for one in read})
    stored = find(connection, items.c.key, keys, "key", "version", "sha256")
    there: dict[tuple[str, int], str] = {(row.key, row.version): row.sha256 for row in stored}
    new = []
    for one in read:
        place = (clean(one.item.key), one.version)
        if place not in there:
            there[place] = one.sha256
            new.append(one)
        elif there[place] != one.sha256:
            raise StoreError(
                f"version {one.version} of item {one.item.key} is stored with another text. A raw item is never "
                "overwritten; this is a fault of the program: please report it."
            )
    return new


def _save_root(connection: Connection, day: str, first: int, last: int, root: str) -> None:
    known = next((row.first_id for row in find(connection, roots.c.day, [day], "first_id")), first)
    upsert(connection, roots, [{"day": day, "first_id": known, "last_id": last, "root": root}])


def row_of(one: ReadItem) -> dict[str, Any]:
    """The columns of a raw item that come from the item itself."""
    item = one.item
    flags = list(item.flags)
    words = [item.key, item.source, item.text, item.title, item.url, item.lang, item.channel]
    if any("\x00" in word for word in words if word):
        flags.append("nul_replaced")
    if any(SURROGATE.search(word) for word in words if word):
        flags.append("surrogates_replaced")
    return {
        "key": clean(item.key),
        "version": one.version,
        "source": clean(item.source),
        "title": _clean(item.title),
        "text": clean(item.text),
        "raw": item.raw,
        "published": item.published,
        "received": item.received,
        "edited": item.edited,
        "deleted": item.deleted,
        "url": _clean(item.url),
        "lang": _clean(item.lang),
        "channel": _clean(item.channel),
        "origin": rows.pack(rows.dump(item.origin)) if item.origin else None,
        "media": rows.pack(list(item.media)),
        "flags": rows.pack(flags),
        "is_late": item.is_late,
        "nature": item.nature,
        "snapshot": rows.pack(rows.dump(item.snapshot)) if item.snapshot else None,
        "sha256": one.sha256,
    }


def item_of(row: Row[Any] | Mapping[str, Any]) -> Item:
    """The item of a stored row."""
    data = row._mapping if isinstance(row, Row) else row
    return replace(
        Item(data["key"], data["source"], data["text"], data["received"]),
        published=data["published"],
        title=data["title"],
        url=data["url"],
        lang=data["lang"],
        channel=data["channel"],
        origin=rows.load(Origin, rows.unpack(data["origin"])) if data["origin"] else None,
        media=tuple(rows.unpack(data["media"])),
        edited=data["edited"],
        deleted=bool(data["deleted"]),
        is_late=bool(data["is_late"]),
        nature=data["nature"],
        flags=tuple(rows.unpack(data["flags"])),
        snapshot=rows.load(Snapshot, rows.unpack(data["snapshot"])) if data["snapshot"] else None,
        raw=None if data["raw"] is None else bytes(data["raw"]),
    )


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)
