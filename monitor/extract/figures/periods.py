"""Periods longer than a day: weeks, months, seasons, years, spans of several days, and since when something goes on."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, is_concept
from monitor.extract.figures.nights import is_of_a_blow
from monitor.extract.text.doc import When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = [
    "is_age",
    "is_how_long",
    "is_long",
    "is_of_few",
    "is_since",
    "is_since_event",
    "long_period",
    "several_days",
    "span",
    "year_beside",
]

_EVENT: Final = 5
"""Tokens of "the latest round of talks"."""
_NO_EVENT: Final = frozenset(
    ("time", "weekday", "month", "strike", "act", "alert", "weapon", "model", "toll", "claim", "claimant", "side",
     "verb")
)  # fmt: skip
"""What behind "since" says when it was, or that it is a "because"."""
_RARE: Final = 6
_FEW: Final = 4
_YEAR: Final = 4
"""Figures of a year."""
_LINK: Final = 2
_JOINTS: Final = frozenset(("prep.to", "prep.until", "prep.by", "prep.at", "time.to", "conj.and"))
"""What stands between the first and the last day of a span."""
_FROM: Final = frozenset(("time.since", "time.from", "prep.from"))
_LONG: Final = {
    "time.week": "week", "time.last_week": "week", "time.month": "month", "time.last_month": "month",
    "time.season": "season", "time.last_season": "season", "time.year": "year", "time.last_year": "year",
    "time.war": "war",
}  # fmt: skip


def is_long(m: Mention) -> bool:
    """Whether a word names a week or more."""
    return m.concept in _LONG


def long_period(m: Mention, cal: Calendar, year: int | None) -> When:
    """The period that such a word names, as first and last day; ``year`` is the one that stands beside it."""
    period = _LONG[m.concept]
    if period == "year" and year is not None and (cal.today is None or year != cal.today.year):
        return When(m.i, m.j, period, f"{year}-01-01/{year}-12-31")
    if period == "war":
        return When(m.i, m.j, "war", "2022-02-24/..")
    if cal.today is None or m.concept == "time.last_season":
        return When(m.i, m.j, period, None, is_retro=m.concept == "time.last_season")
    today = cal.today
    if m.concept == "time.last_month":
        last = today.replace(day=1) - timedelta(days=1)
        first = last.replace(day=1)
    elif m.concept == "time.last_year":
        first, last = (
            today.replace(year=today.year - 1, month=1, day=1),
            today.replace(year=today.year - 1, month=12, day=31),
        )
    elif m.concept == "time.last_week":
        last = today - timedelta(days=today.isoweekday() % 7)  # on a Sunday the week that ends with it
        first = last - timedelta(days=6)
    elif period == "week":
        first, last = today - timedelta(days=6), today
    elif period == "month":
        first, last = today.replace(day=1), today
        if today.day <= 5:
            last = first - timedelta(days=1)
            first = last.replace(day=1)
    elif period == "season":
        last = today.replace(day=1) - timedelta(days=1)
        first = (last.replace(day=1) - timedelta(days=40)).replace(day=1)
    else:
        first, last = today.replace(month=1, day=1), today
    return When(m.i, m.j, period, f"{first.isoformat()}/{last.isoformat()}")


def year_beside(tokens: list[Token], m: Mention, i: int) -> int | None:
    """The year right ahead of a word for it, or within: "since the start of 2024"."""
    for k in (*((m.i - 1,) if m.i > i else ()), *range(m.i, m.j)):
        if tokens[k].kind == "n" and tokens[k].text[:2] == "20" and len(tokens[k].text) == _YEAR:
            return int(tokens[k].text)
    return None


def is_age(at: list[Mention | None], m: Mention, i: int) -> bool:
    """ "The youngest child is 3 months": how old somebody is."""
    whose = at[m.i - 2] if m.i - 2 >= i else None
    number = at[m.i - 1]
    return whose is not None and whose.group == "person" and (number is None or number.group == "num")


def is_of_few(tokens: list[Token], m: Mention, i: int) -> bool:
    """ "A woman of 71 years", in a language whose word for the year is the one for its age: no year has two figures."""
    ahead = tokens[m.i - 1] if m.i > i and m.j - m.i == 1 else None
    return m.concept == "time.year" and ahead is not None and ahead.kind == "n" and len(ahead.text) < _YEAR


def is_how_long(tokens: list[Token], at: list[Mention | None], m: Mention, i: int) -> bool:
    """ "Burned for five days": a figure right ahead of the word for a day says how long, and not when."""
    if m.j - m.i > 1 or m.i <= i:
        return False
    number = at[m.i - 1]
    return tokens[m.i - 1].kind == "n" or (number is not None and number.concept[4:].isdigit())


def several_days(m: Mention, tokens: list[Token], cal: Calendar) -> When:
    """ "In two days", "over ten days": no day and no night; from six days on as good as a week, then as a month."""
    count = next((int(tokens[k].text) for k in range(m.i, m.j) if tokens[k].kind == "n" and len(tokens[k].text) < 4), 0)
    if not 6 <= count <= 45 or cal.today is None:
        return When(m.i, m.j, None, None)
    period = "week" if count <= 15 else "month"
    return When(m.i, m.j, period, f"{(cal.today - timedelta(days=count - 1)).isoformat()}/{cal.today.isoformat()}")


def span(tokens: list[Token], at: list[Mention | None], days: list[Day]) -> When | None:
    """ "From May 20 to 27", "20-27 May": several days as one period."""
    for first, last in itertools.pairwise(days):
        length = (last.date - first.date).days
        k = first.i - 1
        if k > 0 and at[k] is None and tokens[k].kind == "w" and len(tokens[k].f) <= 3:
            k -= 1
        before = at[k] if k >= 0 else None
        is_from = before is not None and before.concept in (
            "prep.from",
            "prep.between",
            "prep.of",
            "time.from",
            "time.since",
        )
        is_row = first.j == last.j or last.i - first.j <= 1
        is_from = is_from or (is_row and _is_dashed(tokens, last.i))
        is_from = is_from or (is_row and any(is_concept(at, n, "prep.until") for n in range(first.i, last.i)))
        if first.is_weekday or last.is_weekday:
            if is_from and (week := _from_weekday_to(at, first, last)) is not None:
                return week
        elif 2 <= length <= 100 and is_from and last.i - first.i <= 6:
            period = "week" if length <= 10 else "month" if length <= 45 else "season"
            return When(first.i, last.j, period, f"{first.date.isoformat()}/{last.date.isoformat()}")
    return None


def _from_weekday_to(at: list[Mention | None], first: Day, last: Day) -> When | None:
    """ "From Monday to Thursday", "between Friday and Monday": the last such days."""
    joint = at[last.i - 1] or at[last.i - 2]  # an article may stand between
    if not (first.is_weekday and last.is_weekday) or not 1 <= last.i - first.j <= _LINK or joint is None:
        return None
    begun = first.date if first.date < last.date else first.date - timedelta(days=7)
    if joint.concept not in _JOINTS or (last.date - begun).days < 2:
        return None
    return When(first.i, last.j, "week", f"{begun.isoformat()}/{last.date.isoformat()}")


def _is_dashed(tokens: list[Token], k: int) -> bool:
    """Whether a dash joins a figure to what stands before it."""
    return k > 0 and (tokens[k].hyphen or tokens[k - 1].text in "-\u2010\u2011\u2013\u2014")


def is_since(tokens: list[Token], at: list[Mention | None], day: Day, i: int) -> bool:
    """ "Since 1 November", "depuis le 1er novembre": the day that an open period began."""
    k = day.i - 1
    if k > i and at[k] is None and tokens[k].kind == "w" and len(tokens[k].f) <= 3:
        k -= 1
    if k > i and is_concept(at, k, "time.evening"):
        k -= 1  # "since the evening of Thursday"
    m = at[k] if k >= i else None
    if m is None or m.concept not in _FROM or (m.concept != "time.since" and is_of_a_blow(tokens, at, m.i, i)):
        return False
    toll = at[m.i - 1] if m.i > i else None
    reach = _FEW if toll is not None and toll.group == "toll" else 2
    behind = [at[n] for n in range(day.j, min(len(at), day.j + reach))]
    is_of_strike = any(x is not None and x.group == "strike" for x in behind) and tokens[day.j].kind != "p"
    return not is_of_strike  # "the toll from Thursday's strike"


def is_since_event(tokens: list[Token], at: list[Mention | None], found: list[Mention], since: Mention, j: int) -> bool:
    """ "Since the summit 4,100 drones have been launched, he said on Tuesday": a time open since something that is no
    day and no blow, where nothing says that it was the largest or the first since then."""
    rare = (m for m in found if m.concept in ("time.superlative", "num.first"))
    if any(0 <= since.i - m.j <= _RARE for m in rare):
        return False
    words = 0
    for k in range(since.j, min(j, since.j + _EVENT)):
        if tokens[k].kind != "w":
            return words > 1 and tokens[k].kind == "p"
        m = at[k]
        if m is not None and (m.group == "venue" or m.group in _NO_EVENT):
            return m.group == "venue"
        words += m is None
    return words > 1
