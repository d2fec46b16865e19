"""Text → what it claims. Pure and total: no I/O, never raises on any text, linear in its length."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

from monitor.extract.alerts.reading import read_alerts
from monitor.extract.counts.flights import with_counted
from monitor.extract.counts.reading import read_counts
from monitor.extract.layout import lay_out, utc
from monitor.extract.signals import read_signals
from monitor.extract.strikes.reading import read_strikes
from monitor.extract.strikes.tolls import tolls_of
from monitor.extract.text.doc import Doc
from monitor.extract.words.lexicon import Lexicon
from monitor.model import Item, Note, Reading, Report, Side, SourceProfile
from monitor.ports import Reader

__all__ = ["Lexicon", "read", "read_laid_out", "reader"]

_BY_SPAN: Final = attrgetter("evidence.span")


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
    whole = text if title is None else f"{title}\n{text}"
    try:
        doc = lay_out(
            whole,
            lexicon,
            title_length=len(title) if title else 0,
            published=utc(published),
            claimant=claimant,
            area=area,
            zone=zone,
            side=side,
        )
        return read_laid_out(doc)
    except Exception as fault:
        return Reading(None, notes=(Note("", f"unread: {type(fault).__name__} in the reader"),))


def read_laid_out(doc: Doc) -> Reading:
    """Everything that a laid-out text claims."""
    if not doc.mentions:
        return Reading(doc.lang, notes=tuple(doc.notes))
    tolls = tolls_of(doc)
    counts = read_counts(doc)
    alerts = with_counted(doc, read_alerts(doc), counts)
    reports: list[Report] = [*alerts, *read_strikes(doc, tolls), *counts]
    if len(reports) > 1:
        reports.sort(key=_BY_SPAN)
    if doc.source.is_cut:
        doc.notes.append(Note("", "the text is longer than what is read of one item"))
    if doc.source.is_obfuscated:
        doc.notes.append(Note("", "obfuscated: look-alike or invisible characters were read as what they look like"))
    return Reading(doc.lang, tuple(reports), tuple(read_signals(doc, reports)), tuple(doc.notes))


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
