"""Why a text was read as it was: sentence by sentence the words found, numbers, places with roles, times, vetoes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.extract import read_laid_out
from monitor.extract.layout import lay_out, utc
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.lexicon import Lexicon
from monitor.model import Item, Reading, Side, SourceProfile

__all__ = ["Explained", "Step", "Trace", "deciding", "explain"]

_CONNECTIVE = frozenset(("prep", "conj", "verb", "mark", "particle"))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing found: ``kind`` is word | number | place | time, ``text`` the words, ``what`` what they mean."""

    kind: str
    text: str
    span: tuple[int, int]
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One sentence with what was found in it and the vetoes that stand over it."""

    text: str
    span: tuple[int, int]
    steps: tuple[Step, ...]
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole text: its sentences and the reading they led to."""

    sentences: tuple[Explained, ...]
    reading: Reading


def explain(
    text: str,
    lexicon: Lexicon,
    *,
    title: str | None = None,
    published: datetime | None = None,
    claimant: str | None = None,
    area: Sequence[str] = (),
    zone: str = "Europe/Kyiv",
    side: Side | None = None,
) -> Trace:
    """The reading of a text with everything that led to it."""
    whole = text if title is None else f"{title}\n{text}"
    doc = lay_out(
        whole, lexicon, title_length=len(title) if title else 0, published=utc(published), claimant=claimant,
        area=area, zone=zone, side=side,
    )  # fmt: skip
    reading = read_laid_out(doc)
    return Trace(tuple(_sentence(doc, part) for part in doc.parts), reading)


def deciding(item: Item, profile: SourceProfile | None, lexicon: Lexicon) -> tuple[Step, ...]:
    """The words, numbers, places and times inside the sentences that reports come from, in order and not overlapping:
    the longest first where two begin together. Spans count title, line break and text."""
    trace = explain(
        item.text, lexicon, title=item.title, published=item.published or item.received,
        claimant=profile.claimant if profile else None, area=profile.area if profile else (),
        zone=profile.zone if profile else "Europe/Kyiv", side=profile.side if profile else None,
    )  # fmt: skip
    spans = [one.evidence.span for one in (*trace.reading.reports, *trace.reading.signals)]
    found = [
        step
        for sentence in trace.sentences
        for step in sentence.steps
        if step.what.partition(".")[0] not in _CONNECTIVE
        and any(start <= step.span[0] and step.span[1] <= end for start, end in spans)
    ]
    out: list[Step] = []
    for step in sorted(found, key=lambda one: (one.span[0], -one.span[1])):
        if not out or step.span[0] >= out[-1].span[1]:
            out.append(step)
    return tuple(out)


def _sentence(doc: Doc, part: Part) -> Explained:
    steps = [
        Step("word", doc.words(m.i, m.j), doc.span(m.i, m.j), m.concept, m.lang) for m in part.mentions if not m.rows
    ]
    steps += [
        Step("place", doc.words(s.i, s.j), doc.span(s.i, s.j), s.ref.name, s.role + (" (tag)" if s.is_tag else ""))
        for s in part.sites
    ]
    steps += [
        Step("number", doc.words(n.i, n.j), doc.span(n.i, n.j), str(n.value), n.taken or n.bound or "")
        for n in part.numbers
    ]
    steps += [Step("time", doc.words(w.i, w.j), doc.span(w.i, w.j), w.period or "", w.date or "") for w in part.whens]
    steps.sort(key=lambda step: (step.span, step.kind))
    start, end = doc.span(part.i, part.j)
    return Explained(doc.source.raw[start:end], (start, end), tuple(steps), tuple(sorted(part.vetoes)))
