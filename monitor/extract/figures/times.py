"""Times stated in a sentence: dates, weekdays, nights, windows and long periods, as READING.md writes them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Final

from monitor.extract.figures.days import Calendar, Day, day_when, days_ago, find_days, is_concept
from monitor.extract.figures.months import bare_months, since_day
from monitor.extract.figures.nights import (
    eve_of,
    evening_to_morning,
    find_nights,
    is_of_a_blow,
    part_of_day,
    since,
    since_evening,
)
from monitor.extract.figures.windows import Clock, bare_moment, find_clocks, find_window, moment_of
from monitor.extract.text.doc import IN_ORDER, When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["find_times"]

_FEW: Final = 4
_FIRST: Final = 3
_BESIDE: Final = 2
"""Tokens from "in two hours" to the day that they were of."""
_RARE: Final = 6
"""Tokens from "the largest" to the day since which it was."""
_NOON: Final = 720
_YEAR: Final = 4
"""Figures of a year."""
_NIGHTS: Final = frozenset(
    ("time.night", "time.last_night", "time.night_of", "time.night_before_last", "time.night_before")
)
_LINK: Final = 2
_JOINTS: Final = frozenset(("prep.to", "prep.until", "prep.by", "prep.at", "time.to", "conj.and"))
"""What stands between the first and the last day of a span."""
_FROM: Final = frozenset(("time.since", "time.from", "prep.from"))
_SINCE: Final = frozenset(("time.since", "prep.from"))
_PARTS: Final = frozenset(("time.morning", "time.evening", "time.daytime"))
_LONG: Final = {
    "time.week": "week", "time.last_week": "week", "time.month": "month", "time.last_month": "month",
    "time.season": "season", "time.year": "year", "time.last_year": "year", "time.war": "war",
}  # fmt: skip


def find_times(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    cal: Calendar,
    found: list[Mention],
    figures: list[int],
) -> tuple[list[When], set[int]]:
    """The times of one sentence, in order, and the tokens that they use up. ``found`` are its mentions, ``figures``
    the tokens of its figures."""
    mentions = [m for m in found if m.group == "time" and (at[m.i] is m or _is_of_one_word(at, m))]
    dated = [m for m in found if (m.group == "month" or m.group == "weekday") and at[m.i] is m]
    used: set[int] = set()
    days = find_days(tokens, at, i, j, cal, used, dated, figures)
    rare = _rare_since(at, days, found) if days else []
    if rare:
        days = [d for d in days if d not in rare]
        dated = [m for m in dated if not any(d.i <= m.i < d.j for d in rare)]
    for ago in mentions:
        if ago.concept == "time.before_yesterday" and cal.today is not None:
            days.append(Day(ago.i, ago.j, cal.today - timedelta(days=2)))
        if ago.concept == "time.ago" and (day := days_ago(tokens, at, i, j, ago, cal)) is not None:
            days.append(day)
            used.update(range(day.i, day.j))
    clocks = find_clocks(tokens, at, j, used, mentions, figures)
    is_alert = any(m.group == "alert" for m in found)
    if not days and not mentions and not dated:
        window = find_window(tokens, at, clocks, days, cal, False, False) if clocks else None
        window = window or (None if is_alert else bare_moment(tokens, at, clocks, cal))
        return ([window] if window else bare_months(tokens, at, i, j, dated, cal, used, figures)), used
    whens = [
        replace(_apart(d, cal), is_rare=True) for d in rare if any(k >= d.j and k not in used for k in figures)
    ]  # fmt: skip
    nights = [m for m in mentions if m.concept in _NIGHTS]
    is_day = any(m.concept == "time.daytime" for m in mentions)
    window = find_window(tokens, at, clocks, days, cal, bool(nights), is_day)
    if window is not None:
        whens.append(window)
    if nights:
        others = [k for k in figures if k not in used]
        opening = next((d for d in days if _is_opening(at, d, i, cal)), None) if len(days) == 1 else None
        told = find_nights(nights, days, cal, window, others, _evenings(at, clocks), opening)
        whens += [since(w, at, clocks, cal) for w in told]
        whens += [_apart(d, cal) for d in days if any(m.j <= k < d.i for m in nights for k in others)]
        if opening is not None and any(opening.j <= k < nights[0].i for k in others):
            whens.append(_apart(opening, cal))
    if not nights and window is None and (
        over := evening_to_morning(mentions, days, cal) or since_evening(mentions, at, days, cal)
    ) is not None:  # fmt: skip
        whens.append(over)
    rest = mentions
    for m in mentions:
        if m.concept in _LONG:
            if _is_age(at, m, i) or _is_of_few(tokens, m, i):
                continue
            if not any(x.concept == "time.superlative" and 0 <= m.i - x.j <= 6 for x in mentions):
                whens.append(_long(m, cal, _year_beside(tokens, m, i)))
        elif m.concept == "time.day" and not nights:
            named = next((d.date for d in days if 0 <= d.i - m.j <= 2), cal.today)  # "in the past 24 hours, 2 May"
            whens.append(When(m.i, m.j, "day", named.isoformat() if named else None))
        elif m.concept == "time.days":
            is_rare = any(x.concept == "num.first" and 0 <= m.i - x.j <= _FIRST for x in found)  # "first in 19 days"
            whens.append(When(m.i, m.j, None, None) if is_rare else _several(m, tokens, cal))
        elif m.concept == "time.hour":
            its_day = next((d for d in days if 0 <= d.i - m.j <= _BESIDE), None)  # "in two hours on Sunday afternoon"
            if its_day is not None and window is None and not nights:
                days = [d for d in days if d is not its_day]
                rest = [x for x in rest if x.concept not in _PARTS]
            on = its_day.date if its_day is not None else cal.today
            whens.append(When(m.i, m.j, "hours", on.isoformat() if on else None))
        elif m.concept == "time.now":
            whens.append(When(m.i, m.j, "instant", cal.today.isoformat() if cal.today else None))
    if not nights and window is None and not days:
        whens += bare_months(tokens, at, i, j, dated, cal, used, figures)
    else:
        beside = [m for m in dated if not any(d.i <= m.i < d.j for d in days)]
        whens += bare_months(tokens, at, i, j, beside, cal, used, figures)
        whens = [w for w in whens if w.period != "night" or w.date is None or not _is_in_year(w, whens)]
        if nights and len(days) > 0:
            longer = _beside_the_night(tokens, at, days, mentions, cal, i)
            whens = [w for w in whens if not any(o.i <= w.i < o.j for o in longer)] + longer
    open_ = [] if nights or window is not None else [
        d for d in days
        if _is_since(tokens, at, d, i) and not any(o.date > d.date and 0 < o.i - d.i <= 8 for o in days)
    ]  # fmt: skip
    for one in open_:
        whens.append(since_day(one, mentions, cal))
        days = [d for d in days if d is not one]
    if not nights and window is None and len(days) > 1 and (span := _span(tokens, at, days)) is not None:
        whens.append(span)
    elif not nights and not any(w.period == "night" for w in whens) and window is None:
        whens += eve_of(rest, days, cal) or _by_day(tokens, at, days, rest, cal)
    if len(clocks) == 1 and window is None and not nights and all(w.period == "day" for w in whens):
        moment = moment_of(tokens, at, clocks[0], days, cal)
        if moment is not None:
            return [moment], used
    if not whens and not is_alert and (moment := bare_moment(tokens, at, clocks, cal)) is not None:
        whens.append(moment)
    return whens, used


def _is_of_one_word(at: list[Mention | None], m: Mention) -> bool:
    """A day and its half in one word, as German writes them: the day covers the token."""
    day = at[m.i]
    return day is not None and day.group == "weekday" and (day.i, day.j) == (m.i, m.j)


def _rare_since(at: list[Mention | None], days: list[Day], found: list[Mention]) -> list[Day]:
    """ "500 drones overnight, the largest attack since 7 September", "the third strike since Monday": how rare it was,
    no day of this attack."""
    most = [m for m in found if m.concept in ("time.superlative", "num.first")]
    return [
        d for d in days
        if any(m.i < d.i <= m.j + _RARE for m in most)
        and any((x := at[k]) is not None and x.concept in _SINCE for k in range(max(0, d.i - 2), d.i))
    ]  # fmt: skip


def _is_opening(at: list[Mention | None], day: Day, i: int, cal: Calendar) -> bool:
    """ "Also on 18 October, ...": a day some days ago by its month, in the first words of a sentence."""
    if day.is_weekday or day.i - i > _FIRST or cal.today is None or cal.today - day.date <= timedelta(days=2):
        return False
    return all((m := at[k]) is None or m.concept in ("prep.at", "prep.on") for k in range(i, day.i))


def _evenings(at: list[Mention | None], clocks: list[Clock]) -> list[Clock]:
    """ "From 18:30": the clock times past noon that something began at."""
    return [
        c for c in clocks
        if c.minutes >= _NOON and any(
            (m := at[k]) is not None and m.concept in ("prep.from", "time.from", "time.since")
            for k in range(max(0, c.i - 2), c.i)
        )
    ]  # fmt: skip


def _is_age(at: list[Mention | None], m: Mention, i: int) -> bool:
    """ "The youngest child is 3 months": how old somebody is."""
    whose = at[m.i - 2] if m.i - 2 >= i else None
    number = at[m.i - 1]
    return whose is not None and whose.group == "person" and (number is None or number.group == "num")


def _is_of_few(tokens: list[Token], m: Mention, i: int) -> bool:
    """ "A woman of 71 years", in a language whose word for the year is the one for its age: no year has two figures."""
    ahead = tokens[m.i - 1] if m.i > i and m.j - m.i == 1 else None
    return m.concept == "time.year" and ahead is not None and ahead.kind == "n" and len(ahead.text) < _YEAR


def _is_in_year(night: When, whens: list[When]) -> bool:
    """ "The night in 2023 when A was hit": not the last one."""
    return any(w.period == "year" and 0 <= w.i - night.j <= 1 and w.date and night.date and w.date[:4] < night.date[:4]
               for w in whens)  # fmt: skip


def _beside_the_night(
    tokens: list[Token], at: list[Mention | None], days: list[Day], mentions: list[Mention], cal: Calendar, i: int
) -> list[When]:
    """ "Overnight 41, since Monday 390, from 1 to 31 May 3,900": the longer time beside that of the night."""
    span = _span(tokens, at, days) if len(days) > 1 else None
    if span is not None:
        return [span]
    return [
        since_day(d, mentions, cal) for d in days
        if cal.today is not None and (cal.today - d.date).days > 1 and _is_since(tokens, at, d, i)
        and not any(o.date > d.date for o in days)
    ]  # fmt: skip


def _apart(named: Day, cal: Calendar) -> When:
    """A day that stands behind a figure of its own: not the night's."""
    retro = cal.today is not None and (cal.today - named.date).days > 7
    return day_when(named.date, named.i, named.j, cal.zone, "day", retro)


def _is_since(tokens: list[Token], at: list[Mention | None], day: Day, i: int) -> bool:
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


def _span(tokens: list[Token], at: list[Mention | None], days: list[Day]) -> When | None:
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


def _year_beside(tokens: list[Token], m: Mention, i: int) -> int | None:
    """The year right ahead of a word for it, or within: "since the start of 2024"."""
    for k in (*((m.i - 1,) if m.i > i else ()), *range(m.i, m.j)):
        if tokens[k].kind == "n" and tokens[k].text[:2] == "20" and len(tokens[k].text) == _YEAR:
            return int(tokens[k].text)
    return None


def _long(m: Mention, cal: Calendar, year: int | None) -> When:
    period = _LONG[m.concept]
    if period == "year" and year is not None and (cal.today is None or year != cal.today.year):
        return When(m.i, m.j, period, f"{year}-01-01/{year}-12-31")
    if period == "war":
        return When(m.i, m.j, "war", "2022-02-24/..")
    if cal.today is None:
        return When(m.i, m.j, period, None)
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


def _several(m: Mention, tokens: list[Token], cal: Calendar) -> When:
    """ "In two days", "over ten days": no day and no night; from six days on as good as a week, then as a month."""
    count = next((int(tokens[k].text) for k in range(m.i, m.j) if tokens[k].kind == "n" and len(tokens[k].text) < 4), 0)
    if not 6 <= count <= 45 or cal.today is None:
        return When(m.i, m.j, None, None)
    period = "week" if count <= 15 else "month"
    return When(m.i, m.j, period, f"{(cal.today - timedelta(days=count - 1)).isoformat()}/{cal.today.isoformat()}")


def _is_clock(tokens: list[Token], i: int, j: int) -> bool:
    """Whether nothing but the figures of a clock stands from ``i`` to ``j``."""
    return 0 < j - i <= _FEW and all(tokens[k].kind == "n" or tokens[k].text in ".:" for k in range(i, j))


def _by_day(
    tokens: list[Token], at: list[Mention | None], days: list[Day], mentions: list[Mention], cal: Calendar
) -> list[When]:
    out = []
    for n, m in enumerate(mentions):
        if n and mentions[n - 1].concept == "time.as_of" and m.i - mentions[n - 1].j <= 1:
            continue  # "as of the morning": when it was counted, not when it was
        if n and mentions[n - 1].concept == "time.as_of" and _is_clock(tokens, mentions[n - 1].j, m.i):
            continue  # "as of 08:30 in the morning"
        if m.concept in ("time.today", "time.yesterday") and cal.today is not None:
            day = cal.today if m.concept == "time.today" else cal.today - timedelta(days=1)
            out.append(day_when(day, m.i, m.j, cal.zone))
        elif m.concept in ("time.morning", "time.evening", "time.daytime") and cal.today is not None:
            if not days:
                out.append(day_when(part_of_day(m, mentions, at, cal, cal.today), m.i, m.j, cal.zone))
        elif m.concept in ("time.today", "time.morning", "time.evening", "time.daytime"):
            out.append(When(m.i, m.j, "day", None))
    for named in days:
        retro = cal.today is not None and (cal.today - named.date).days > 7
        out.append(day_when(named.date, named.i, named.j, cal.zone, "day", retro))
    if len(out) > 1:
        out.sort(key=IN_ORDER)
    return out
