"""Lays a text out for the grammar: normalise, tokenise, find words, numbers, times and places, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from monitor.extract.figures.days import Calendar
from monitor.extract.figures.nights import morning_before, night_when
from monitor.extract.figures.numbers import find_numbers
from monitor.extract.figures.times import find_times
from monitor.extract.places.placing import find_sites
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import OF_A_DAY, Doc, Part, When, is_days_ago, unread
from monitor.extract.text.headers import cut_at_headers, join_numbers
from monitor.extract.text.normalise import MAX_CHARS, Text, has_link, normalise
from monitor.extract.text.tokens import Token, structure
from monitor.extract.vetoes import mark_vetoes
from monitor.extract.words.lexicon import Lexicon
from monitor.extract.words.mentions import Mention, find
from monitor.extract.words.vocabulary import tokenise
from monitor.model import Side

__all__ = ["lay_out"]

_CARRY: Final = 4
_NOTHING: Final[frozenset[str]] = frozenset()
_NO_ZONES: Final[dict[str, str]] = {}
_NO_ORDINALS: Final[dict[str, int]] = {}
_DAY: Final = 10
"""Letters of a date of one day."""
_LONG_AGO: Final = 14
_EVENTS: Final = frozenset(("strike", "toll", "weapon", "model", "act", "alert", "claimant", "target", "person"))
_HAPPENED: Final = _EVENTS - {"claimant"}
_WITH_NUMBERS: Final = frozenset(("toll", "strike", "num.newest"))
_WITH_NAMES: Final = frozenset(("target", "count"))
"""Whose phrases may end in a number that counts nothing: "train 605", "hospital No. 4"."""
_UNUSED: Final[set[int]] = set()
"""Of a sentence without a time; nothing is added to it."""
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
    at: list[Mention | None] = [None] * len(tokens)
    is_scaled = False
    for m in mentions:
        at[m.i] = m
        is_scaled = is_scaled or m.concept in _SCALES
        for k in range(m.i + 1, m.j):
            at[k] = m
    if 0 <= source.text.find(":") < source.text.rfind(":"):
        sentences = cut_at_headers(tokens, at, sentences)
    if is_scaled or lang in settings.get("dotted", _NOTHING):
        sentences = join_numbers(tokens, at, sentences, is_dotted=lang in settings.get("dotted", _NOTHING))
    here = _zone(zone, lang, lexicon)
    local = published.astimezone(here) if published is not None else None
    doc = Doc(
        source, tokens, ends, mentions, at, lines, [], lexicon, lang, here, local, claimant, area, side, title_length
    )  # fmt: skip
    calendar = Calendar(local, here, settings.get("days", ()), settings.get("ordinals", _NO_ORDINALS))
    suffixes = settings.get("ordinal_suffixes", _NOTHING)
    articles = settings.get("articles", _NOTHING)
    abouts = settings.get("approximates", _NOTHING)
    either: frozenset[str] = settings.get("either", _NOTHING)
    n = nth = 0
    parts = doc.parts
    figures = [k for k, token in enumerate(tokens) if token.is_figure]
    for i, j, line in sentences:
        while n < len(mentions) and mentions[n].i < i:
            n += 1
        begun = n
        while n < len(mentions) and mentions[n].i < j:
            n += 1
        mine = mentions[begun:n]
        part = Part(i, j, line, mine, len(parts))
        if title_length:
            part.is_title = ends[i] - len(tokens[i].text) < title_length
        first = nth
        while nth < len(figures) and figures[nth] < j:
            nth += 1
        own = figures[first:nth]
        used = _UNUSED
        if part.has("time", "month", "weekday") or (own and _is_figure_a_time(tokens, own)):
            part.whens, used = find_times(tokens, at, i, j, calendar, mine, own)
            if part.whens and (since := part.of("time.first_since")):
                k = since[0].j  # "overnight, for the first time since 1 October": that day is none of its own
                told = [m for m in mine if m.i < k], [x for x in own if x < k]
                part.whens = find_times(tokens, at, i, k, calendar, *told)[0]
        if "num" in part.groups:
            named = [m.i for m in mine if m.group == "num"]
            own = sorted({*own, *named}) if own else named
        if not part.groups.isdisjoint(_WITH_NUMBERS) and (inner := _within_phrases(tokens, mine, articles)):
            own = sorted({*own, *inner})
        if own and not part.groups.isdisjoint(_WITH_NAMES):
            own = [k for k in own if (held := at[k]) is None or held.i == k or held.group not in _WITH_NAMES]
        if own:
            part.numbers = find_numbers(tokens, at, j, own, used, suffixes, articles, abouts, either)
        parts.append(part)
    mark_vetoes(doc)
    find_sites(doc)
    _recall(doc)
    _carry_times(doc)
    return doc


def _recall(doc: Doc) -> None:
    """ "We remind: ...": what a sentence recalls with a date of its own is another event."""
    for part in doc.parts:
        if part.whens and part.has("time.recall") and any(_carries(when) and when.date for when in part.whens):
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


def _carry_times(doc: Doc) -> None:
    """A sentence without a time takes the one before it; a headline takes the first one below it."""
    if not any(part.whens for part in doc.parts):
        return
    last: When | None = None
    since = 99
    first = next(
        (
            w
            for part in doc.parts
            for w in part.whens
            if _carries(w) and not w.is_retro and not _is_of_something_else(doc, part, w) and not _is_ahead(doc, w)
        ),
        None,
    )
    for n, part in enumerate(doc.parts):
        if last is not None and last.period == "night" and part.whens and part.has("time.then"):
            part.whens = [_same_night(doc, w, last) for w in part.whens]
        if last is not None and last.period == "night" and part.has("time.night_before"):
            part.whens = [_night_before(doc, w, last) for w in part.whens]
        told = [w for w in part.whens if not _is_ahead(doc, w)] if part.whens else part.whens
        own = [w for w in told if _carries(w)]
        if own and _is_of_something_else(doc, part, own[0]):
            part.when = own[0]
            then = n + 1 < len(doc.parts) and doc.parts[n + 1].has("time.then")
            last, since = (own[0], 0) if then else (last, since)
            continue
        if own:
            nights = [w for w in own if w.period == "night"]
            if not nights and last is not None and _is_day_of_saying(part, own, last):
                since = 0
                part.when = last
                continue
            part.when = (nights or own)[0]
            if last is not None and part.when.is_retro and _is_recalled_in_passing(doc, part):
                continue
            last = part.when
            since = 0
            continue
        since += 1
        if part.has("time.next") and part.has("strike.attack", "act.launch_noun"):
            last = first = None  # "the next raid ...": another time, that is not told
        if part.has("time.later"):
            last = first = None  # "five days later ..."
        if told:
            part.when = told[0]
        elif last is not None and since <= _CARRY * 4 and (last.period not in ("war", "year", "season", "month")):
            part.when = last
        elif n and last is None and _is_of_the_moment(doc.parts[n - 1], part):
            part.when = doc.parts[n - 1].when
        elif last is None and n <= 2 and first is not None and first.period in OF_A_DAY and _is_below(doc, n, first):
            is_other = _is_of_the_day_before(doc, part, first) or _is_elsewhere(doc, part, first)
            part.when = None if is_other else first


def _is_recalled_in_passing(doc: Doc, part: Part) -> bool:
    """ "It had already been struck on 14 January": the sentences behind go on with what was told before."""
    recalls = part.of("time.recall")
    return bool(recalls) and any(doc.tokens[k].kind == "w" for k in range(part.i, recalls[0].i))


def _same_night(doc: Doc, when: When, last: When) -> When:
    """ "The same night 103 were downed": the night told before, not the one that has just passed."""
    is_same = when.period == "night" and any(m.concept == "time.then" for m in doc.mentions_between(when.i, when.j))
    return replace(last, i=when.i, j=when.j) if is_same else when


def _night_before(doc: Doc, when: When, last: When) -> When:
    """ "70 overnight. The night before it was 90": one night back from the one told before."""
    is_before = any(m.concept == "time.night_before" for m in doc.mentions_between(when.i, when.j))
    morning = morning_before(last) if is_before and when.date == last.date else None
    return night_when(morning, when.i, when.j, doc.zone) if morning is not None else when


def _is_below(doc: Doc, n: int, first: When) -> bool:
    """Whether a time is told in the sentence behind the ``n``-th, or soon below a headline: later ones are of more."""
    later = next((p.n for p in doc.parts[n + 1 :] if p.i <= first.i < p.j), n)
    is_headline = n == 0 and doc.parts[1].line != doc.parts[0].line
    return later - n <= (2 if is_headline else 1)


def _is_of_the_day_before(doc: Doc, part: Part, first: When) -> bool:
    """ "A drone hit A. The day before, shells fell on it": a sentence that opens with another day dates none before it;
    right below a headline it does."""
    later = next((p for p in doc.parts[part.n + 1 :] if p.i <= first.i < p.j), None)
    if later is None or (later.line != part.line and not part.line) or first.i - later.i > 1:
        return False
    return later.has("time.yesterday") or is_days_ago(doc, first) or _is_earlier_weekday(doc, later, first)


def _is_earlier_weekday(doc: Doc, part: Part, first: When) -> bool:
    """ "On Thursday, ...", written on Friday, behind a sentence that has an event of its own."""
    if doc.local is None or first.period != "day" or first.date is None or not doc.parts[part.n - 1].has("toll"):
        return False
    return part.has("weekday") and first.date < doc.local.date().isoformat()


def _is_elsewhere(doc: Doc, part: Part, first: When) -> bool:
    """ "A was hit. In B the debris of the attack of 27 December was cleared": a day told of another town alone."""
    told = next((p for p in doc.parts[part.n + 1 :] if p.i <= first.i < p.j), None)
    if told is None or part.is_title or first.period == "hours":
        return False
    here = part if part.sites or not part.n else doc.parts[part.n - 1]  # "17 were hurt", behind "four died in A"
    mine, theirs = ([s.ref.id for s in p.sites if s.ref.level != "country"] for p in (here, told))
    if not mine or not theirs or any(s.ref.level == "country" for s in told.sites):
        return False
    return not any(
        a == b or a in ancestors(doc.lexicon, b) or b in ancestors(doc.lexicon, a) for a in mine for b in theirs
    )


def _is_of_something_else(doc: Doc, part: Part, when: When) -> bool:
    """ "The town marked 23 February. A drone hit a lorry": a day long past, of nothing told here."""
    if when.period != "day" or when.date is None or doc.local is None or part.has("place", "mark", "prep"):
        return False
    if part.has_any(_EVENTS) or doc.tokens[part.j - 1].text == ":":
        return False
    is_old = when.date < (doc.local - timedelta(days=_LONG_AGO)).date().isoformat()
    return is_old and unread(doc, part) > 0


def _is_ahead(doc: Doc, when: When) -> bool:
    """A day that is yet to come ("a salute for the holiday on the 23rd"): nothing that is told was then."""
    if doc.local is None or when.date is None or when.period != "day" or len(when.date) != _DAY:
        return False
    return when.date > doc.local.date().isoformat()


def _is_of_the_moment(before: Part, part: Part) -> bool:
    """ "At about 16.00 Moscow time an attack was foiled. A drone was destroyed over A": at that moment too."""
    when = before.when
    return when is not None and when.period == "instant" and when.moment is not None and before.line == part.line


def _is_day_of_saying(part: Part, own: list[When], night: When) -> bool:
    """ "..., officials said on Friday": the day on which the night told of ended is when it was said."""
    if night.period != "night" or night.date is None or len(own) != 1 or own[0].period != "day":
        return False
    is_told = not part.has_any(_HAPPENED) and not part.numbers  # "That reported the air force on Friday."
    return own[0].date == night.date[-10:] and any(is_told or 0 <= own[0].i - m.j <= 2 for m in part.of("claim"))


def _carries(when: When) -> bool:
    return when.period is not None and when.period != "instant"


def utc(at: datetime | None) -> datetime | None:
    """An aware time in UTC; a naive one is taken as UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
