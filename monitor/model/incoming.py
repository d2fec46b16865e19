"""What comes in: items, snapshots, and what one look at a source brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from monitor.model.vocabulary import Nature, Threat


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an item says it was taken from. ``kind``: forward | reply | quote | copy."""

    kind: Literal["forward", "reply", "quote", "copy"]
    key: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RegionWord:
    """One region's word in a snapshot. ``status`` ``unknown`` is what every unknown value becomes."""

    place: str
    status: Literal["active", "partial", "inactive", "unknown"]
    threat: Threat = "air"
    level: Literal["red", "yellow"] | None = None
    since: datetime | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An alert API's answer. ``full`` names every region; ``active`` names only those under alert.

    ``data_at`` is the answer's own data time, not the time of the HTTP answer. ``covers`` are the regions that the
    answer is about (an absent one means "inactive" in an ``active`` list, "unknown" in a ``full`` one).
    """

    shape: Literal["full", "active"]
    data_at: datetime
    words: tuple[RegionWord, ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A text as published. ``key`` is the same for the same post however it came: ``tg:<channel id>/<post id>``,
    ``url:<normalised address>``, ``file:<source>/<id or hash>``, ``api:<source>/<data time>``.

    ``published`` is the publisher's own time, None where it states none. ``received`` is ours. ``is_late`` marks
    history (backfill, catch-up). ``deleted`` marks that the publisher took the item away: text is then empty.
    ``flags`` are remarks of the source, such as ``time_suspect``, ``text_truncated``, ``replaced_surrogates``.
    """

    key: str
    source: str
    text: str
    received: datetime
    published: datetime | None = None
    title: str | None = None
    url: str | None = None
    lang: str | None = None
    channel: str | None = None
    origin: Origin | None = None
    media: tuple[str, ...] = ()
    edited: datetime | None = None
    deleted: bool = False
    is_late: bool = False
    nature: Nature = "actual"
    flags: tuple[str, ...] = ()
    snapshot: Snapshot | None = None
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What the store already has of an item key: its newest version and the hash of its text."""

    version: int
    sha256: str
    deleted: bool = False
    edited: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A range of a channel's post ids, both ends included, that was asked for and not had.

    ``cause``: deleted | never_existed | unfetchable. Only ``unfetchable`` is a hole in coverage.
    """

    channel: str
    first: int
    last: int
    cause: Literal["deleted", "never_existed", "unfetchable"]
    noticed_at: datetime
    around: tuple[datetime | None, datetime | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a source. ``outcome`` ``unchanged`` is a successful look that found nothing new.

    ``newest`` is the newest item time seen on the page, ``data_at`` a snapshot's own data time, ``reason`` the
    machine word of a failure (``SourceError.reason``), ``detail`` the sentence for people.
    """

    source: str
    at: datetime
    outcome: Literal["ok", "unchanged", "failed"]
    reason: str | None = None
    detail: str | None = None
    newest: datetime | None = None
    data_at: datetime | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll of a source brought. ``cursor`` is opaque to everyone but the source; None leaves it alone.

    ``more`` asks to be polled again at once (paging back, catching up).
    """

    source: str
    items: tuple[Item, ...]
    look: Look
    cursor: str | None = None
    holes: tuple[Hole, ...] = ()
    more: bool = False
