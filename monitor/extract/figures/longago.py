"""Some night of a time long ago: "last July 728 were launched overnight"."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from monitor.extract.figures.calendar import is_concept, value_of
from monitor.extract.figures.periods import is_long
from monitor.extract.figures.sentence import Sentence
from monitor.extract.text.doc import When, some_time
from monitor.extract.words.mentions import Mention

__all__ = ["of_then", "without_one_long_ago"]

_LED: Final = 2
"""Tokens ahead of a season that opens a sentence, as an article."""
_YEAR: Final = 4
"""Figures of a year."""
_RARE: Final = 8
"""Tokens from "the largest" to the time since which it was."""
_RARELY: Final = frozenset(("time.superlative", "time.first_since"))
_AGO: Final = frozenset(("time.last_year", "time.last_season", "time.last_month", "time.last_week"))
_OF_DAY: Final = frozenset(("day", "hours", "instant"))
_BEFORE: Final = frozenset(("time.last_year", "time.last_season"))
_NOW: Final = frozenset(("time.last_night", "time.today", "time.now", "time.yesterday", "time.past_day"))


def without_one_long_ago(s: Sentence, whens: list[When]) -> list[When]:
    """ "Last autumn (in November) six came down in one night", "last July 728 were launched overnight", "last year that
    night ...": some night of that time, and no figure of all of it; nobody knows which."""
    for night in s.nights:
        over = _over(s, whens)
        named = [(m.i, m.j) for m in (*s.mentions, *s.dated) if _is_long_ago(s, m, night)]
        long_ago = [
            (i, j) for i, j in (*over, *named)
            if j <= night.i and (_is_of_one_figure(s, i, j, night) or ((i, j) in over and _opens(s, i)))
        ]  # fmt: skip
        if long_ago:
            apart = [w for w in whens if w.period != "night" and not any(i <= w.i < j for i, j in long_ago)]
            return [*apart, some_time(night.i, night.j)]
    return whens


def of_then(s: Sentence, whens: list[When]) -> list[When]:
    """ "Last July, in the afternoon, ...", "in 2024, at 10:30": some day of that time, where no day is named."""
    if s.days or not any(w.period in _OF_DAY for w in whens):
        return whens
    first = next((i for i, _ in _over(s, whens) if _opens(s, i)), None)
    if first is None:
        return whens
    return [some_time(w.i, w.j) if w.period in _OF_DAY and w.i > first else w for w in whens]


def _over(s: Sentence, whens: list[When]) -> list[tuple[int, int]]:
    """Where a sentence names a time that is over for certain, a past year too."""
    out = [(m.i, m.j) for m in (*s.mentions, *s.dated) if _is_before(s, m) and not _is_since_when(s, m)]
    return out + [(w.i, w.j) for w in whens if w.period == "year" and _is_past_year(s, w)]


def _is_long_ago(s: Sentence, m: Mention, night: Mention) -> bool:
    """Whether a month, a season or a year ahead of a night says that it was some night of that time."""
    if m.j > night.i or (m.concept not in _AGO and not is_long(m) and m.group != "month"):
        return False
    if m.concept in _AGO:
        return not _is_since_when(s, m)
    if is_concept(s.at, night.i - 1, "num.1") or is_concept(s.at, night.i - 1, "num.only"):
        return True  # "in July, in one night", "in a single night"
    if m.concept == "time.season":
        is_largest = any(x.concept == "time.superlative" for x in s.mentions)  # "the largest attack of this winter"
        return m.i - s.i <= _LED and not is_largest
    return m.group == "month" and (
        _is_before(s, m) or (night.concept == "time.night" and _is_of_another_month(s, m)))  # fmt: skip


def _is_before(s: Sentence, m: Mention) -> bool:
    """Whether a time is over for certain: "last summer", "last July", "in July 2025"."""
    if m.group != "month":
        return m.concept in _BEFORE
    if any(is_concept(s.at, k, "time.last") for k in (m.i - 1, m.j) if s.i <= k < s.j):
        return True
    k = m.j + 1 if m.j < s.j and is_concept(s.at, m.j, "prep.of") else m.j
    if k >= s.j or s.tokens[k].kind != "n" or len(s.tokens[k].text) != _YEAR:
        return False
    today = s.cal.today
    return today is None or (int(s.tokens[k].text), value_of(m, "month")) != (today.year, today.month)


def _is_past_year(s: Sentence, year: When) -> bool:
    return bool(year.date and s.cal.today and year.date[:_YEAR] < str(s.cal.today.year))


def _is_since_when(s: Sentence, m: Mention) -> bool:
    """ "The largest attack since last summer": how rare it was."""
    return any(x.concept in _RARELY and 0 <= m.i - x.j <= _RARE for x in s.mentions)


def _is_of_another_month(s: Sentence, m: Mention) -> bool:
    """ "In February, overnight", told in March: a month right behind a preposition, neither that of today nor that of
    yesterday."""
    if s.cal.today is None or m.i == s.i or (led := s.at[m.i - 1]) is None or led.group != "prep":
        return False
    return value_of(m, "month") not in (s.cal.today.month, (s.cal.today - timedelta(days=1)).month)


def _opens(s: Sentence, i: int) -> bool:
    """Whether a time opens a sentence that tells of no time nearer to now: "last July 131 were fired overnight, 112
    were shot down"."""
    return i - s.i <= _LED and not any(m.concept in _NOW for m in s.mentions)


def _is_of_one_figure(s: Sentence, i: int, j: int, night: Mention) -> bool:
    """Whether no figure stands between a long time and a night, or the only one of the sentence: "last July 728 were
    launched overnight"; not "in May 3,900, overnight 105"."""
    free = [k for k in s.figures if k not in s.used and not i <= k < j]
    return not any(j <= k < night.i for k in free) or len(free) == 1
