"""Days that a sentence names: dates with and without a year, weekdays, spans of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, is_concept, value_of
from monitor.extract.figures.dates import around_month, day_of_month
from monitor.extract.figures.numbers import word_value
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["days_ago", "find_days", "of_years_ago"]

_PHRASE: Final = 3
_MONTH: Final = 31
_FIGURES: Final = 2
"""Figures of a day; a year has more."""
_BACK: Final = frozenset(("veto.history", "veto.lookback", "veto.recycled", "time.ago"))
_MORNING: Final = 7
_EVENING: Final = 18


def find_days(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    cal: Calendar,
    used: set[int],
    dated: list[Mention],
    figures: list[int],
) -> list[Day]:
    """``dated`` are the months and weekdays of the sentence."""
    out: list[Day] = []
    named = [k for m in dated for k in range(m.i, min(m.j, j))]
    after = i
    for k in sorted({*figures, *named}) if named else figures:
        if k < after:
            continue
        month = value_of(at[k], "month")
        if month is not None:
            found = around_month(tokens, at, i, j, k, month, cal)
            if found is not None:
                out += found
                used.update(range(found[0].i, found[-1].j))
                after = max(k + 1, found[-1].j)
                continue
            y = at[k].j  # type: ignore[union-attr]
            if y < j and is_concept(at, y, "prep.of"):
                y += 1
            if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
                used.add(y)
        elif (short := _of_night(tokens, at, k, j, cal)) is not None:
            out.append(short)
            used.update(range(k, k + 3))
            after = k + 3
        elif tokens[k].kind == "n" and k + 4 < j and tokens[k + 1].text in "./" and tokens[k + 1].glued:
            numeric = _numeric(tokens, k)
            if numeric is not None:
                out.append(numeric)
                used.update(range(k, k + 5))
                after = k + 5
                continue
        elif (night := _of_the_night(tokens, at, i, j, k, cal)) is not None:
            out.append(night)
            used.update(range(k, night.j))
            after = night.j
        elif (weekday := value_of(at[k], "weekday")) is not None and at[k].i == k:  # type: ignore[union-attr]
            resolved = cal.weekday(weekday)
            if resolved is not None and resolved == cal.today and k > i and is_concept(at, k - 1, "time.last"):
                resolved -= timedelta(days=7)
            if resolved is not None:
                end = _of_the_month(tokens, at, at[k].j, j, resolved)  # type: ignore[union-attr]
                out.append(Day(k, end, resolved, True))
                used.update(range(at[k].j, end))  # type: ignore[union-attr]
                after = end
    return [day for n, day in enumerate(out) if not _is_told_by_date(tokens, out, n)] if len(out) > 1 else out


def _is_told_by_date(tokens: list[Token], days: list[Day], n: int) -> bool:
    """ "On Wednesday, January 14": a weekday beside the date that it falls on, a comma or bracket at most between."""
    day = days[n]
    if not day.is_weekday:
        return False
    for other in days[max(0, n - 1) : n + 2]:
        first, last = (day, other) if day.i < other.i else (other, day)
        if other.is_weekday or other.date.weekday() != day.date.weekday() or other.date == day.date:
            continue
        if last.i - first.j <= 1 and all(tokens[k].text in ",(" for k in range(first.j, last.i)):
            return True
    return False


def _of_the_month(tokens: list[Token], at: list[Mention | None], k: int, j: int, day: date) -> int:
    """ "Tuesday 21" and no month: the figure behind a weekday is its day, where it fits and counts nothing."""
    if k >= j or day_of_month(tokens, k) != day.day or tokens[k].glued:
        return k
    beside = at[k + 1] if k + 1 < j else None
    is_counted = beside is not None and beside.group not in ("prep", "time", "claim", "conj", "verb")
    return k if is_counted or (k + 1 < j and tokens[k + 1].text in ":.,%" and tokens[k + 1].glued and (
        k + 2 < j and tokens[k + 2].kind == "n")) else k + 1  # fmt: skip


def _of_the_night(tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, cal: Calendar) -> Day | None:
    """ "The night to the 14th": a day of the month alone, behind the word for night; the last such day."""
    if k + 1 >= j or k < i + 2 or tokens[k].kind != "n" or tokens[k + 1].kind != "w" or not tokens[k + 1].glued:
        return None
    to, number = at[k - 1], day_of_month(tokens, k)
    night = at[to.i - 1] if to is not None and to.i > i and to.concept in ("prep.to", "prep.on", "time.into") else None
    if number is None or night is None or night.concept != "time.night" or cal.today is None:
        return None
    day = cal.today
    for _ in range(_MONTH):
        if day.day == number:
            return Day(k, k + 2, day)
        day -= timedelta(days=1)
    return None


def _of_night(tokens: list[Token], at: list[Mention | None], k: int, j: int, cal: Calendar) -> Day | None:
    """ "The night of 24.04": two figures of two digits right behind a word of time."""
    if k + 2 >= j or tokens[k + 1].text != "." or not tokens[k + 1].glued or not tokens[k + 2].glued or k == 0:
        return None
    if k + 3 < j and tokens[k + 3].text == "." and tokens[k + 3].glued and k + 4 < j and tokens[k + 4].kind == "n":
        return None  # "24.04.2026"
    before = at[k - 1]
    is_led = before is not None and before.concept in ("prep.to", "prep.on") and before.i > 0
    before = at[before.i - 1] if is_led and before is not None else before
    is_night = before is not None and before.concept in ("time.night", "time.night_of", "time.last_night")
    if not is_night or tokens[k].kind != "n" or tokens[k + 2].kind != "n":
        return None
    day, month = int(tokens[k].text[:2]), int(tokens[k + 2].text[:2])
    if [len(tokens[n].text) for n in (k, k + 2)] != [2, 2] or day > 31 or not 1 <= month <= 12:
        return None
    is_led = is_led or (before is not None and before.concept == "time.night_of")
    if not is_led and not _MORNING <= day < _EVENING and day < 24:
        return None  # an hour of the night
    found = cal.day(day, month, None)
    return Day(k, k + 3, found) if found is not None else None


def _numeric(tokens: list[Token], k: int) -> Day | None:
    """31.03.2026 or 31/03/2026."""
    a, s1, b, s2, c = tokens[k : k + 5]
    if s1.text != s2.text or b.kind != "n" or c.kind != "n" or not (b.glued and s2.glued and c.glued):
        return None
    if len(a.text) > 2 or len(b.text) > 2 or len(c.text) not in (2, 4):
        return None
    try:
        year = int(c.text) + (2000 if len(c.text) == 2 else 0)
        return Day(k, k + 5, date(year, int(b.text), int(a.text)))
    except ValueError:
        return None


def days_ago(tokens: list[Token], at: list[Mention | None], i: int, j: int, ago: Mention, cal: Calendar) -> Day | None:
    """ "Three days ago", "il y a 3 jours": the number and the word for day before the word for ago, or behind it, or
    the number within the phrase ("vor drei Tagen")."""
    if cal.today is None:
        return None
    if ago.j - ago.i == _PHRASE and tokens[ago.j - 1].f in cal.day_words and (
        (count := _figure_of(tokens[ago.i + 1])) is not None and 0 < count <= _MONTH):  # fmt: skip
        return Day(ago.i, ago.j, cal.today - timedelta(days=count))
    for k in (ago.i - 2, ago.j):
        if not (i <= k and k + 1 < j) or tokens[k + 1].f not in cal.day_words:
            continue
        m = at[k]
        word = m.concept.removeprefix("num.") if m is not None and m.group == "num" else tokens[k].text
        if word.isdecimal() and 0 < int(word) <= _MONTH:
            return Day(min(k, ago.i), max(k + 2, ago.j), cal.today - timedelta(days=int(word)))
    return None


def of_years_ago(
    tokens: list[Token], i: int, found: list[Mention], days: list[Day], year_words: Sequence[str]
) -> list[Day]:
    """ "Two years ago, on 10 October, ...": the days without a year of their own, where a sentence looks years back."""
    is_back = any(
        tokens[k].f in year_words for m in found if m.concept in _BACK for k in range(max(i, m.i - 1), m.j)
    )  # fmt: skip
    if not is_back:
        return []
    return [d for d in days if not d.is_weekday and not _has_year(tokens, d)]


def _has_year(tokens: list[Token], day: Day) -> bool:
    return any(tokens[k].kind == "n" and len(tokens[k].text) > _FIGURES for k in range(day.i, day.j))


def _figure_of(token: Token) -> int | None:
    """The figure or the number word."""
    return int(token.text) if token.text.isdecimal() else word_value(token)
