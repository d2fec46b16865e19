"""Months and years that a sentence names without a day, and periods that began with one."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, day_when, is_concept, value_of
from monitor.extract.text.doc import When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["bare_months", "since_day"]

_FEW: Final = 4
_OLDEST: Final = 2014
_WAR: Final = 2022
_SEASON: Final = 200
_RARE: Final = 8
"""Tokens from "the largest" to the time since which it was."""
_HEADS: Final = frozenset(":\u2013\u2014")
_YEAR: Final = 4
"""Figures of a year."""
_SPAN: Final = frozenset(("time.since", "time.from", "prep.from", "num.of", "prep.of"))
_UNTIL: Final = frozenset(("prep.until", "prep.to", "prep.by", "time.to"))
_FROM: Final = frozenset(("time.since", "time.from", "prep.from"))


def since_day(named: Day, mentions: list[Mention], cal: Calendar) -> When:
    """From a day to that of publication: a night from last evening, else the long period nearest in length."""
    if cal.today is None:
        return day_when(named.date, named.i, named.j, cal.zone)
    length = (cal.today - named.date).days
    evening = any(
        m.concept == "time.evening" and (0 <= m.i - named.j <= 1 or 0 <= named.i - m.j <= 1 or m.i == named.i)
        for m in mentions
    )
    if length == 1 and evening:
        return When(named.i, named.j, "night", f"{named.date.isoformat()}/{cal.today.isoformat()}")
    if length <= 1:
        return day_when(named.date, named.i, named.j, cal.zone)
    period = "week" if length <= 10 else "month" if length <= 45 else "season" if length <= 200 else "year"
    if named.date.isoformat() == "2022-02-24":
        return When(named.i, named.j, "war", "2022-02-24/..")
    return When(named.i, named.j, period, f"{named.date.isoformat()}/{cal.today.isoformat()}")


def bare_months(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    dated: list[Mention],
    cal: Calendar,
    used: set[int],
    figures: list[int],
) -> list[When]:
    """ "In February", "in 2025": a month or a year named without a day."""
    spans = _spans(tokens, at, dated, cal)
    out = [*spans, *[
        when for m in dated
        if not any(w.i <= m.i < w.j for w in spans) and (when := _month(tokens, at, i, j, m, cal, used)) is not None
    ]]  # fmt: skip
    for k in figures:
        if k not in used and len(tokens[k].text) == 4 and tokens[k].text[:2] == "20" and (
            _is_year(tokens, at, i, j, k, cal)
        ):  # fmt: skip
            used.add(k)
            if _is_of_largest(at, i, k):
                continue
            is_open = k > i and (before := at[k - 1]) is not None and before.concept in _FROM
            out.append(_of_year(tokens, k, cal, is_open=is_open))
    return out


def _month(
    tokens: list[Token], at: list[Mention | None], i: int, j: int, m: Mention, cal: Calendar, used: set[int]
) -> When | None:
    """ "In February", "since January", "March brought ..."; None of a name that is also a month's."""
    month = value_of(m, "month")
    is_subject = month is not None and m.i == i and m.j < j and tokens[m.j].kind == "w"
    is_framed = m.j - m.i > 1 or _is_framed(tokens, at, i, m.i) or _is_heading(tokens, m, i, j)
    y = at[m.j].j if m.j < j and is_concept(at, m.j, "prep.of") else m.j  # type: ignore[union-attr]
    year = int(tokens[y].text) if y < j and y in used and len(tokens[y].text) == 4 else None
    is_framed = is_framed or year is not None or (m.j < j and is_concept(at, m.j, "num.total"))  # "September total"
    if month is None or not (is_framed or is_subject) or _is_of_largest(at, i, m.i):
        return None
    if cal.today is None:
        return When(m.i, m.j, "month", None)  # of which year is not told; a month it is all the same
    if year is None and _is_of_last_year(at, j, m):
        year = cal.today.year - 1
    first = cal.day(1, month, year)
    if first is None:
        return None
    is_over = any(is_concept(at, k, "time.last") for k in (m.i - 1, m.j) if i <= k < j)
    if year is None and (first > cal.today or (is_over and (first.year, month) == (cal.today.year, cal.today.month))):
        first = first.replace(year=first.year - 1)
    since = at[m.i - 1] if m.i > i else None
    if since is not None and since.concept in _FROM and since.j == m.i and year is None:
        open_ = since_day(Day(m.i, m.j, first), [], cal)  # "since January": up to now
        is_year = month == 1 and open_.period in ("month", "season")
        return When(m.i, m.j, "year" if is_year else open_.period, open_.date)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return When(m.i, m.j, "month", f"{first.isoformat()}/{last.isoformat()}")


def _is_of_last_year(at: list[Mention | None], j: int, m: Mention) -> bool:
    """ "In May of last year"."""
    return any((x := at[k]) is not None and x.concept == "time.last_year" for k in range(m.j, min(j, m.j + 3)))


def _is_heading(tokens: list[Token], m: Mention, i: int, j: int) -> bool:
    """ "October: 2,811 attacks", "October — 29 killed": no figure of a day ahead of it, figures of the month behind."""
    if m.j + 1 >= j or tokens[m.j].text not in _HEADS or tokens[m.j + 1].kind != "n":
        return False
    return m.i == i or tokens[m.i - 1].kind != "n"


def _is_year(tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, cal: Calendar) -> bool:
    """Whether four figures name a year: "in 2024", "the attack of 2023"."""
    if is_concept(at, k, "place.annexed"):
        return False
    year = int(tokens[k].text)
    if cal.today is not None and year < cal.today.year and _is_of_a_blow(at, k, i, j):
        return True
    before = at[k - 1] if k > i else None
    after = at[k + 1] if k + 1 < j else None
    if after is not None and after.group in ("weapon", "model", "side"):
        return False
    if before is not None and (before.concept in ("prep.at", "prep.to") or before.concept in _FROM):
        return True
    return _is_named_year(before, after, year, cal) and not any(
        is_concept(at, n, "time.superlative") for n in range(i, k))  # fmt: skip


def _spans(tokens: list[Token], at: list[Mention | None], dated: list[Mention], cal: Calendar) -> list[When]:
    """ "From January 2024 to January 2025": the months from one to another as one period."""
    out = []
    for one, other in itertools.pairwise(dated):
        months = value_of(one, "month"), value_of(other, "month")
        led, to = (at[m.i - 1] if m.i else None for m in (one, other))
        if None in months or led is None or to is None or led.concept not in _SPAN or to.concept not in _UNTIL:
            continue
        years = [_year_behind(tokens, m.j) for m in (one, other)]
        if cal.today is None or other.i - one.j > _FEW:
            continue
        last_year = years[1] or (cal.today.year if months[1] <= cal.today.month else cal.today.year - 1)  # type: ignore[operator]
        first_year = years[0] or (last_year if months[0] <= months[1] else last_year - 1)  # type: ignore[operator]
        first, last = cal.day(1, months[0], first_year), cal.day(1, months[1], last_year)  # type: ignore[arg-type]
        if first is None or last is None or first >= last:
            continue
        end = (last.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        period = "season" if (end - first).days <= _SEASON else "year"
        out.append(When(one.i, other.j + (years[1] is not None), period, f"{first.isoformat()}/{end.isoformat()}"))
    return out


def _year_behind(tokens: list[Token], k: int) -> int | None:
    """The year printed right behind a month."""
    if k < len(tokens) and tokens[k].kind == "n" and len(tokens[k].text) == _YEAR:
        return int(tokens[k].text)
    return None


def _of_year(tokens: list[Token], k: int, cal: Calendar, *, is_open: bool) -> When:
    """ "In 2025"; "since 2022", up to now."""
    year = tokens[k].text
    if is_open and int(year) == _WAR:
        return When(k, k + 1, "war", "2022-02-24/..")
    end = cal.today.isoformat() if is_open and cal.today is not None else f"{year}-12-31"
    return When(k, k + 1, "year", f"{year}-01-01/{end}")


def _is_of_a_blow(at: list[Mention | None], k: int, i: int, j: int) -> bool:
    """ "The 2022 Russian strike", "the strike of 2022": the year of one blow."""
    before = at[k - 1] if k > i else None
    if before is not None and before.concept in ("prep.of", "prep.from", "prep.at", "num.of") and before.i - 1 >= i:
        return is_concept(at, before.i - 1, "strike.attack")
    n = k + 1
    while n < j and (m := at[n]) is not None and m.group in ("side", "weapon", "model") and n - k < _FEW:
        if m.concept == "strike.attack":
            return True
        n = m.j
    return n < j and is_concept(at, n, "strike.attack")


def _is_of_largest(at: list[Mention | None], i: int, since_when: int) -> bool:
    """ "The largest attack since August", "since 2022": how rare it was. ``since_when`` is the token of the time."""
    since = at[since_when - 1] if since_when > i else None
    if since is None or since.concept not in _FROM:
        return False
    return any(is_concept(at, k, "time.superlative") for k in range(max(i, since_when - _RARE), since_when))


def _is_framed(tokens: list[Token], at: list[Mention | None], i: int, k: int) -> bool:
    """ "In March", "in all of March", "since the start of March": a preposition, a few little words on the way."""
    for _ in range(_FEW):
        k -= 1
        m = at[k] if k >= i else None
        if k < i or (m is None and tokens[k].kind != "w"):
            return False
        if m is not None and (m.group == "prep" or m.group == "time" or m.concept == "num.total"):
            return True
        if m is not None and m.group != "num":
            return False
        k = m.i if m is not None else k
    return False


def _is_named_year(before: Mention | None, after: Mention | None, year: int, cal: Calendar) -> bool:
    """ "The blow of the year 2024": a figure with the word for year behind it, of no month and no season."""
    if cal.today is None or not _OLDEST <= year <= cal.today.year:
        return False
    if before is not None and before.concept == "count.other":
        return True  # "in the year 2025"
    if before is None and after is not None and after.group == "act":
        return True  # "2025 fired Russia so many"
    if after is None or after.concept != "count.other":
        return False
    return before is None or before.group not in ("time", "month", "num", "bound")
