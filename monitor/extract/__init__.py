"""Text → what it claims. Pure and total: no I/O, never raises on any text, linear in its length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.extract.lexicon import Lexicon
from monitor.model import Item, Reading, Side, SourceProfile
from monitor.ports import Reader

__all__ = ["Lexicon", "read", "reader"]


def read(
    text: str,
    lexicon: Lexicon,
    *,
    title: str | None = None,
    published: datetime | None = None,
    claimant: str | None = None,
    area: Sequence[str] = (),
    zone: str = "Europe/Kyiv",
    side: Side | None = None,
) -> Reading:
    """Read one text: any Unicode string in, its reports, signals and notes out."""
    return Reading(lang=None)


def reader(lexicon: Lexicon) -> Reader:
    """The ``Reader`` port over one lexicon: an item in the light of its source's profile."""

    def read_item(item: Item, profile: SourceProfile | None) -> Reading:
        return read(
            item.text,
            lexicon,
            title=item.title,
            published=item.published or item.received,
            claimant=profile.claimant if profile else None,
            area=profile.area if profile else (),
            zone=profile.zone if profile else "Europe/Kyiv",
            side=profile.side if profile else None,
        )

    return read_item
