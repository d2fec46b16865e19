"""Lays a text out for the grammar: normalise, tokenise, find words, numbers, times and places, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from monitor.extract.figures.calendar import Calendar
from monitor.extract.figures.carrying import carries, carry_times
from monitor.extract.figures.houses import without_houses
from monitor.extract.figures.numbers import find_numbers
from monitor.extract.figures.times import find_times
from monitor.extract.places.placing import find_sites
from monitor.extract.text.doc import Doc, Part, When
from monitor.extract.text.headers import cut_at_headers, join_numbers
from monitor.extract.text.normalise import MAX_CHARS, Text, has_link, normalise
from monitor.extract.text.tokens import Token, structure
from monitor.extract.vetoes import mark_vetoes
from monitor.extract.words.lexicon import Lexicon
from monitor.extract.words.mentions import Mention, find
from monitor.extract.words.vocabulary import tokenise
from monitor.model import Side

__all__ = ["lay_out"]

_NOTHING: Final[frozenset[str]] = frozenset()
_NO_ZONES: Final[dict[str, str]] = {}
_NO_ORDINALS: Final[dict[str, int]] = {}
_WITH_NUMBERS: Final = frozenset(("toll", "strike", "num.newest"))
_WITH_NAMES: Final = frozenset(("target", "count"))
"""Whose phrases may end in a number that counts nothing: "train 605", "hospital No. 4"."""
_UNUSED: Final[set[int]] = set()
"""Of a sentence without a time; nothing is added to it."""
_NOMINAL: Final = datetime(1904, 7, 1, 12, tzinfo=UTC)
"""Where a writer stands whose text has no time of publication: far from every year that is told of."""
_NOMINAL_YEARS: Final = ("1903", "1904", "1905")
_SCALES: Final = frozenset(("num.1000", "num.1000000"))


def lay_out(
    raw: str,
    lexicon: Lexicon,
    *,
    title_length: int = 0,
    published: datetime | None = None,
    claimant: str | None = None,
    area: Sequence[str] = (),
    zone: str = "Europe/Kyiv",
    side: Side | None = None,
) -> Doc:
    """The text with everything found in it, before any report is read from it."""
    settings = lexicon.settings
    source, tokens, ends = _clean_tokens(raw, lexicon)
    lines, sentences = structure(tokens)
    mentions, lang = find(tokens, lexicon)
    at, is_scaled = _cover(tokens, mentions)
    if 0 <= source.text.find(":") < source.text.rfind(":"):
        sentences = cut_at_headers(tokens, at, sentences)
    if is_scaled or lang in settings.get("dotted", _NOTHING):
        sentences = join_numbers(tokens, at, sentences, is_dotted=lang in settings.get("dotted", _NOTHING))
    here = _zone(zone, lang, lexicon)
    local = published.astimezone(here) if published is not None else None
    doc = Doc(
        source, tokens, ends, mentions, at, lines, [], lexicon, lang, here, local, claimant, area, side, title_length
    )  # fmt: skip
    standing = local if local is not None else _nominal(here, lexicon)
    days, ordinals = settings.get("days", ()), settings.get("ordinals", _NO_ORDINALS)
    calendar = Calendar(standing, here, days, ordinals, settings.get("year_words", ()))
    _fill(doc, sentences, calendar)
    mark_vetoes(doc)
    find_sites(doc)
    _recall(doc)
    carry_times(doc)
    return doc


def _nominal(here: tzinfo, lexicon: Lexicon) -> datetime:
    """Where a writer of that zone stands whose text has no time of publication."""
    known: dict[tzinfo, datetime] = lexicon.memo("nominal")
    found = known.get(here)
    if found is None:
        found = known[here] = _NOMINAL.replace(tzinfo=here)
    return found


def _cover(tokens: list[Token], mentions: list[Mention]) -> tuple[list[Mention | None], bool]:
    """The mention that covers each token, and whether one is of thousands or millions."""
    at: list[Mention | None] = [None] * len(tokens)
    is_scaled = False
    for m in mentions:
        at[m.i] = m
        is_scaled = is_scaled or m.concept in _SCALES
        for k in range(m.i + 1, m.j):
            at[k] = m
    return at, is_scaled


def _fill(doc: Doc, sentences: list[tuple[int, int, int]], calendar: Calendar) -> None:
    """Makes the parts of the text: each sentence with its mentions, its times and its numbers."""
    tokens, mentions = doc.tokens, doc.mentions
    figures = [k for k, token in enumerate(tokens) if token.is_figure]
    n = nth = 0
    for i, j, line in sentences:
        while n < len(mentions) and mentions[n].i < i:
            n += 1
        begun = n
        while n < len(mentions) and mentions[n].i < j:
            n += 1
        part = Part(i, j, line, mentions[begun:n], len(doc.parts))
        if doc.title_end:
            part.is_title = doc.ends[i] - len(tokens[i].text) < doc.title_end
        first = nth
        while nth < len(figures) and figures[nth] < j:
            nth += 1
        own = figures[first:nth]
        used = _UNUSED
        if part.has("time", "month", "weekday") or (own and _is_figure_a_time(tokens, own)):
            used = _take_times(doc, part, own, calendar)
        _take_numbers(doc, part, own, used)
        doc.parts.append(part)


def _take_times(doc: Doc, part: Part, figures: list[int], calendar: Calendar) -> set[int]:
    """Finds the times of a sentence. Returns the tokens they use up."""
    tokens, at, i = doc.tokens, doc.at, part.i
    part.whens, used = find_times(tokens, at, i, part.j, calendar, part.mentions, figures)
    if part.whens and (since := part.of("time.first_since")):
        k = since[0].j  # "overnight, for the first time since 1 October": that day is none of its own
        told = [m for m in part.mentions if m.i < k], [x for x in figures if x < k]
        part.whens = find_times(tokens, at, i, k, calendar, *told)[0]
    if doc.local is None:
        part.whens = [_undated(when) for when in part.whens]
    return used


def _take_numbers(doc: Doc, part: Part, own: list[int], used: set[int]) -> None:
    """Finds the numbers of a sentence. ``own`` are its figures, ``used`` those that its times use up."""
    tokens, at, settings = doc.tokens, doc.at, doc.lexicon.settings
    if "num" in part.groups:
        named = [m.i for m in part.mentions if m.group == "num"]
        own = sorted({*own, *named}) if own else named
    if not part.groups.isdisjoint(_WITH_NUMBERS) and (
        inner := _within_phrases(tokens, part.mentions, settings.get("articles", _NOTHING))
    ):
        own = sorted({*own, *inner})
    if own and not part.groups.isdisjoint(_WITH_NAMES):
        own = [k for k in own if (held := at[k]) is None or held.i == k or held.group not in _WITH_NAMES]
    if own and (streets := settings.get("streets", _NOTHING)):
        own = without_houses(tokens, own, part.i, part.j, streets)
    if own:
        part.numbers = find_numbers(
            tokens, at, part.j, own, used,
            settings.get("ordinal_suffixes", _NOTHING), settings.get("articles", _NOTHING),
            settings.get("approximates", _NOTHING), settings.get("either", _NOTHING),
        )  # fmt: skip


def _undated(when: When) -> When:
    """A time of a text without a time of publication: what it names is known, its date only where a year is printed."""
    if when.date is None or not any(day.startswith(_NOMINAL_YEARS) for day in when.date.split("/")):
        return when
    return replace(when, date=None, moment=None, is_retro=False)


def _recall(doc: Doc) -> None:
    """ "We remind: ...": what a sentence recalls with a date of its own is another event."""
    for part in doc.parts:
        if part.whens and part.has("time.recall") and any(carries(when) and when.date for when in part.whens):
            part.whens = [replace(when, is_retro=True) for when in part.whens]


def _clean_tokens(raw: str, lexicon: Lexicon) -> tuple[Text, list[Token], list[int]]:
    """The text and its tokens. Most texts are clean: their own pieces say so, and they are not walked again."""
    abbreviations = lexicon.settings.get("abbreviations", ())
    if len(raw) <= MAX_CHARS and not has_link(raw):
        tokens, ends, is_odd = tokenise(raw, lexicon.words, abbreviations)
        if not is_odd:
            return Text(raw, raw, None), tokens, ends
        source = normalise(raw)
        if source.text == raw:
            return source, tokens, ends
    else:
        source = normalise(raw)
    tokens, ends, _ = tokenise(source.text, lexicon.words, abbreviations)
    return source, tokens, ends


def _within_phrases(tokens: list[Token], mentions: list[Mention], articles: frozenset[str]) -> list[int]:
    """Number words inside phrases of victims: "claimed seven lives"."""
    return [
        k
        for m in mentions
        if (m.group in ("toll", "strike") and m.j > m.i + 1) or m.concept == "num.newest"
        for k in range(m.i, m.j)
        if "{number}" in tokens[k].keys and tokens[k].kind == "w" and tokens[k].f not in articles
    ]


def _is_figure_a_time(tokens: list[Token], figures: list[int]) -> bool:
    """Whether one of these figures can be a date, a clock time or a year without any word of time beside it."""
    for k in figures:
        if len(tokens[k].text) == 4:
            return True
        after = tokens[k + 1] if k + 1 < len(tokens) else None
        if after is not None and after.glued and after.text in ".:/h":
            return True
        if after is not None and after.own and any(concept == "time.oclock" for concept, _ in after.own):
            return True  # "from 20 to 23 hours"
    return False


def _zone(zone: str, lang: str | None, lexicon: Lexicon) -> ZoneInfo:
    name = zone
    if zone == "Europe/Kyiv":
        zones: dict[str, str] = lexicon.settings.get("zones", _NO_ZONES)
        name = zones.get(lang or "", zone)
    known: dict[str, ZoneInfo] = lexicon.memo("zones")
    found = known.get(name)
    if found is None:
        try:
            found = ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            found = ZoneInfo("UTC")
        known[name] = found
    return found


def utc(at: datetime | None) -> datetime | None:
    """An aware time in UTC; a naive one is taken as UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
