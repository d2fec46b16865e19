"""The day or days that a month's name goes with: "25 December", "9-10 November", "December 25, 2023"."""

from __future__ import annotations

from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, is_concept, value_of
from monitor.extract.figures.numbers import word_value
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["around_month", "day_of_month"]

_MONTH: Final = 31
_TEN: Final = 10
_CENTURY: Final = 2000
_OUTBREAK: Final = 2014
_PREP: Final = 4
"""More letters than an article or preposition has."""


def around_month(
    tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, month: int, cal: Calendar
) -> list[Day] | None:
    """``k`` is the token of the month; None where no day stands beside it, or none that the month has."""
    end = at[k].j  # type: ignore[union-attr]
    days = _days_ahead(tokens, at, i, k, cal)
    if not days and end < j:
        days, end = _days_behind(tokens, at, j, k, end)
    if not days:
        return None
    year, end = _year_behind(tokens, at, end, j, cal)
    if year is None and cal.today is not None and _is_behind_last_year(tokens, at, min(days[0][0], k), i):
        year = cal.today.year - 1
    out = []
    for n, (where, day) in enumerate(days):
        resolved = cal.day(day, month, year)
        if resolved is None:
            return None
        out.append(Day(min(where, k) if n == 0 else where, end, resolved))
    return out


def day_of_month(tokens: list[Token], k: int) -> int | None:
    """A day of the month at token ``k``."""
    if tokens[k].kind == "n" and len(tokens[k].text) <= 2:
        number = int(tokens[k].text)
        return number if 1 <= number <= 31 else None
    return None


def _days_ahead(tokens: list[Token], at: list[Mention | None], i: int, k: int, cal: Calendar) -> list[tuple[int, int]]:
    """ "25 December", "9-10 November", "7, 8, 9 April": the days ahead of the month, and where each stands."""
    b = k - 1
    while b >= i and (tokens[b].text in ".," or is_concept(at, b, "prep.of") or is_concept(at, b, "prep.from")):
        b -= 1
    if b > i and tokens[b].kind == "w" and tokens[b].glued and tokens[b - 1].kind == "n":
        b -= 1  # "the 25th of"
    if b < i:
        return []
    if cal.ordinals and (spelled := _spelled(tokens, b, i, cal)) is not None:
        return [spelled]
    day = day_of_month(tokens, b)
    if day is None or (tokens[b].glued and tokens[b - 1].text in ":."):
        return []
    p = _start_of_span(tokens, at, i, b)
    if p < b and p >= i and (first := day_of_month(tokens, p)) is not None and (p < b - 1 or tokens[b].hyphen):
        return [(p, first), (b, day)]
    if p == b - 1 and tokens[p].text == "," and not tokens[b].glued:
        return [*_in_row(tokens, i, b, day), (b, day)]
    return [(b, day)]


def _start_of_span(tokens: list[Token], at: list[Mention | None], i: int, b: int) -> int:
    """The token at which a span of days that ends at ``b`` would begin."""
    p = b - 1
    if p > i and _is_join(at, p - 1) and tokens[p].kind == "w" and len(tokens[p].f) <= 3:
        p -= 1  # "entre le 2 et le 14 mars"
    if p - 2 >= i and is_concept(at, p, "conj.but") and is_concept(at, p - 2, "prep.between"):
        p -= 1  # "between 2 and 14", where the "and" is a word for "while" too
    while p >= i and (
        tokens[p].text in "-\u2013\u2014/" or _is_join(at, p) or value_of(at[p], "weekday") is not None
        or (p > i and tokens[p].text == "." and tokens[p - 1].kind == "n")
    ):  # fmt: skip
        p -= 1
    if p < b and p > i and tokens[p].kind == "w" and tokens[p].glued and tokens[p - 1].kind == "n":
        p -= 1  # "du 1er au 31 mai"
    if p < b and p > i and tokens[p].text == "." and tokens[p - 1].kind == "n":
        p -= 1  # "vom 1. bis 31. Mai"
    return p


def _days_behind(
    tokens: list[Token], at: list[Mention | None], j: int, k: int, end: int
) -> tuple[list[tuple[int, int]], int]:
    """ "December 25", "November 9 to 10": the days behind the month, and where they end."""
    a = end
    if tokens[a].text == "." and a + 1 < j:
        a += 1
    day = day_of_month(tokens, a)
    if (
        day is None
        or _is_of_thousands(tokens, a + 1, j)
        or (is_concept(at, k - 1, "prep.at") and _is_of_things(at, a + 1, j))
        or (a + 2 < j and tokens[a + 1].text in ":." and tokens[a + 2].kind == "n")
    ):
        return [], end
    end = a + 1
    if end < j and tokens[end].glued and tokens[end].kind == "w":
        end += 1
    if end < j and tokens[end].hyphen and (second := day_of_month(tokens, end)) is not None:
        return [(a, day), (end, second)], end + 1
    second = day_of_month(tokens, end + 1) if end + 1 < j else None
    if second is not None and (
        ((_is_join(at, end) or is_concept(at, end, "prep.to")) and second > day) or tokens[end].text in "-\u2013"
    ):
        return [(a, day), (end + 1, second)], end + 2
    return [(a, day)], end


def _is_of_thousands(tokens: list[Token], k: int, j: int) -> bool:
    """ "In April 5 220 drones", "in April 5,220": three digits behind the first make a figure of it."""
    if k + 1 < j and tokens[k].text == "," and tokens[k].glued and tokens[k + 1].glued:
        k += 1
    return k < j and tokens[k].kind == "n" and len(tokens[k].text) == 3


def _year_behind(
    tokens: list[Token], at: list[Mention | None], end: int, j: int, cal: Calendar
) -> tuple[int | None, int]:
    """The year that stands behind, in figures or as "last year", and where the date ends."""
    y = end
    while y < j and (tokens[y].text == "," or is_concept(at, y, "prep.of")):
        y += 1
    if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
        return int(tokens[y].text), y + 1
    if (short := _short_year(tokens, at, end, j, cal)) is not None:
        return short, end + 2
    last = at[y] if y < j else None
    if last is not None and last.concept == "time.last_year" and cal.today is not None:
        return cal.today.year - 1, last.j
    return None, end


def _short_year(tokens: list[Token], at: list[Mention | None], k: int, j: int, cal: Calendar) -> int | None:
    """ "17 November of the 24th year": two figures with the ending of an ordinal, that count nothing."""
    if cal.today is None or k + 1 >= j or tokens[k].kind != "n" or len(tokens[k].text) != 2:
        return None
    suffix = tokens[k + 1]
    if not suffix.glued or suffix.kind != "w" or len(suffix.f) >= _PREP or _is_of_things(at, k + 2, j):
        return None
    year = int(tokens[k].text) + _CENTURY
    return year if _OUTBREAK <= year <= cal.today.year else None


def _is_behind_last_year(tokens: list[Token], at: list[Mention | None], k: int, i: int) -> bool:
    """ "Last year, on 14 November": the year stands ahead of the date that begins at token ``k``."""
    k -= 1
    while k > i and (
        tokens[k].text == "," or len(tokens[k].f) < _PREP or ((m := at[k]) is not None and m.group == "prep")
    ):
        k -= 1
    return k >= i and is_concept(at, k, "time.last_year")


def _is_of_things(at: list[Mention | None], k: int, j: int) -> bool:
    """ "In April 20 people were killed": what the figure behind the month counts."""
    m = at[k] if k < j else None
    return m is not None and m.group in ("person", "weapon", "model", "target", "toll")


def _in_row(tokens: list[Token], i: int, b: int, last: int) -> list[tuple[int, int]]:
    """ "7, 8, 9 April": the days before the last, each the day after the one before it."""
    row: list[tuple[int, int]] = []
    k = b - 2
    while k >= i and tokens[k + 1].text == "," and tokens[k + 1].glued and (day := day_of_month(tokens, k)) == last - 1:
        row.insert(0, (k, day))
        last, k = day, k - 2
    return row


def _spelled(tokens: list[Token], b: int, i: int, cal: Calendar) -> tuple[int, int] | None:
    """ "The seventh of September", "the twenty first": the day in words right before the month, and where it begins."""
    day = cal.ordinals.get(tokens[b].f)
    if day is None:
        return None
    tens = word_value(tokens[b - 1]) if b > i and day < _TEN else None
    if tens in (2 * _TEN, 3 * _TEN):
        return (b - 1, tens + day) if tens + day <= _MONTH else None
    return b, day


def _is_join(at: list[Mention | None], k: int) -> bool:
    mention = at[k]
    return mention is not None and mention.concept in (
        "conj.and", "prep.to", "prep.until", "prep.by", "time.into", "prep.at", "prep.on", "prep.of",
    )  # fmt: skip
