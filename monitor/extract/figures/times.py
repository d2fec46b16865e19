"""Times stated in a sentence: dates, weekdays, nights, windows and long periods, as READING.md writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, day_when
from monitor.extract.figures.days import days_ago, find_days, of_years_ago
from monitor.extract.figures.longago import of_then, without_one_long_ago
from monitor.extract.figures.months import bare_months, since_day
from monitor.extract.figures.nights import (
    eve_of,
    evening_to_morning,
    find_nights,
    part_of_day,
    since,
    since_evening,
)
from monitor.extract.figures.periods import (
    is_age,
    is_how_long,
    is_long,
    is_of_few,
    is_since,
    is_since_event,
    long_period,
    several_days,
    span,
    year_beside,
)
from monitor.extract.figures.sentence import Sentence
from monitor.extract.figures.windows import Clock, bare_moment, find_clocks, find_window, moment_of
from monitor.extract.text.doc import IN_ORDER, OF_A_DAY, When, some_time
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
_NIGHTS: Final = frozenset(
    ("time.night", "time.last_night", "time.night_of", "time.night_before_last", "time.night_before")
)
_SINCE: Final = frozenset(("time.since", "prep.from"))
_PARTS: Final = frozenset(("time.morning", "time.evening", "time.daytime"))


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
    past = of_years_ago(tokens, i, found, days, cal.year_words) if days else []
    if past:
        days = [d for d in days if d not in past]
        dated = [m for m in dated if not any(d.i <= m.i < d.j for d in past)]
    if days and any(m.concept == "time.war" for m in mentions):
        days = _without_outbreak(mentions, days)
    rare = _rare_since(at, days, found) if days else []
    if rare:
        days = [d for d in days if d not in rare]
        dated = [m for m in dated if not any(d.i <= m.i < d.j for d in rare)]
    days += _days_before(tokens, at, i, j, cal, mentions, used)
    clocks = find_clocks(tokens, at, j, used, mentions, figures)
    is_alert = any(m.group == "alert" for m in found)
    if not days and not mentions and not dated:
        window = find_window(tokens, at, clocks, days, cal, False, False) if clocks else None
        window = window or (None if is_alert else bare_moment(tokens, at, clocks, cal))
        whens = [window] if window else bare_months(tokens, at, i, j, dated, cal, used, figures)
        return _all_past(whens, past), used
    whens = [
        replace(_apart(d, cal), is_rare=True) for d in rare if any(k >= d.j and k not in used for k in figures)
    ]  # fmt: skip
    nights = [m for m in mentions if m.concept in _NIGHTS]
    is_day = any(m.concept == "time.daytime" for m in mentions)
    window = find_window(tokens, at, clocks, days, cal, bool(nights), is_day)
    s = Sentence(
        tokens, at, i, j, cal, found, figures, used, mentions, mentions, dated, days, clocks, nights, window,
    )  # fmt: skip
    whens += _nights(s)
    for m in mentions:
        if (when := _named_by(s, m)) is not None:
            whens.append(when)
    whens = _with_months(s, whens)
    whens += _since_days(s)
    whens += _days(s, whens)
    whens = of_then(s, _with_moment(s, whens, is_alert))
    return _all_past(whens, past), used


def _all_past(whens: list[When], past: list[Day]) -> list[When]:
    """ "Two years ago, in the night to 10 October": of which nothing is told but that it is past."""
    if not past:
        return whens
    out = [some_time(d.i, d.j) for d in past]
    out += [some_time(w.i, w.j) if w.period in OF_A_DAY else w for w in whens]
    out.sort(key=IN_ORDER)
    return out


def _days_before(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    cal: Calendar,
    mentions: list[Mention],
    used: set[int],
) -> list[Day]:
    """ "The day before yesterday", "five days ago"."""
    days = []
    for ago in mentions:
        if ago.concept == "time.before_yesterday" and cal.today is not None:
            days.append(Day(ago.i, ago.j, cal.today - timedelta(days=2)))
        if ago.concept == "time.ago" and (day := days_ago(tokens, at, i, j, ago, cal)) is not None:
            days.append(day)
            used.update(range(day.i, day.j))
    return days


def _nights(s: Sentence) -> list[When]:
    """The window, the nights, and the days that have figures of their own beside them; or the night that an evening and
    a morning make."""
    whens = [s.window] if s.window is not None else []
    if not s.nights:
        if s.window is None and (
            over := evening_to_morning(s.mentions, s.days, s.cal) or since_evening(s.mentions, s.at, s.days, s.cal)
        ) is not None:  # fmt: skip
            whens.append(over)
        return whens
    others = [k for k in s.figures if k not in s.used]
    opening = next((d for d in s.days if _is_opening(s.at, d, s.i, s.cal)), None) if len(s.days) == 1 else None
    told = find_nights(s.nights, s.days, s.cal, s.window, others, _evenings(s.at, s.clocks), opening)
    whens += [since(w, s.at, s.clocks, s.cal) for w in told]
    whens += [_apart(d, s.cal) for d in s.days if any(m.j <= k < d.i for m in s.nights for k in others)]
    whens += _days_too(s.mentions, s.nights, others, s.cal)
    if opening is not None and any(opening.j <= k < s.nights[0].i for k in others):
        whens.append(_apart(opening, s.cal))
    return whens


def _without_outbreak(mentions: list[Mention], days: list[Day]) -> list[Day]:
    """ "Since the war began on 28 February": the day on which it did, and not that of a figure."""
    wars = [m for m in mentions if m.concept == "time.war"]
    return [d for d in days if not any(0 <= d.i - m.j <= _BESIDE for m in wars)]


def _days_too(mentions: list[Mention], nights: list[Mention], figures: list[int], cal: Calendar) -> list[When]:
    """ "426 overnight, 556 during the day": the day beside a night, a figure of its own between or ahead of it."""
    if cal.today is None or not figures:
        return []
    return [
        day_when(cal.today, m.i, m.j, cal.zone) for m in mentions
        if m.concept == "time.daytime" and any(
            any(n.j <= k < m.i for k in figures) or (figures[0] < m.i and any(m.j <= k < n.i for k in figures))
            for n in nights
        )
    ]  # fmt: skip


def _named_by(s: Sentence, m: Mention) -> When | None:
    """The time that one word names: a long period, a day as such, some days or hours, now."""
    if is_long(m):
        if any(d.i <= m.i < d.j for d in s.days):
            return None  # "on 14 November last year"
        if m.concept == "time.last_year" and _is_year_of_date(s, m):
            return None
        if is_age(s.at, m, s.i) or is_of_few(s.tokens, m, s.i):
            return None
        if any(x.concept == "time.superlative" and 0 <= m.i - x.j <= _RARE for x in s.mentions):
            return None
        return long_period(m, s.cal, year_beside(s.tokens, m, s.i))
    if m.concept in ("time.day", "time.past_day") and not s.nights:
        if is_how_long(s.tokens, s.at, m, s.i):
            return None
        day = s.cal.today
        if day is not None and m.concept == "time.past_day":
            day -= timedelta(days=1)
        named = next((d.date for d in s.days if 0 <= d.i - m.j <= _BESIDE), day)
        return When(m.i, m.j, "day", named.isoformat() if named else None)  # "in the past 24 hours, 2 May"
    if m.concept == "time.days":
        is_rare = any(x.concept == "num.first" and 0 <= m.i - x.j <= _FIRST for x in s.found)  # "first in 19 days"
        return When(m.i, m.j, None, None) if is_rare else several_days(m, s.tokens, s.cal)
    if m.concept == "time.since":
        is_open = s.window is None and is_since_event(s.tokens, s.at, s.found, m, s.j)
        return When(m.i, m.j, None, None) if is_open else None
    if m.concept == "time.hour":
        return _hours(s, m)
    if m.concept == "time.now":
        return When(m.i, m.j, "instant", s.cal.today.isoformat() if s.cal.today else None)
    return None


def _is_year_of_date(s: Sentence, m: Mention) -> bool:
    """ "In October last year", "last year, on 14 November": the year of the month or day beside it."""
    ahead = s.at[m.i - 1] if m.i > s.i else None
    if ahead is not None and ahead.concept == "prep.of" and ahead.i > s.i:
        ahead = s.at[ahead.i - 1]
    return (ahead is not None and ahead.group == "month") or any(0 <= d.i - m.j <= _BESIDE for d in s.days)


def _hours(s: Sentence, m: Mention) -> When:
    """ "In two hours on Sunday afternoon": hours of a day, which is not told once more."""
    its_day = next((d for d in s.days if 0 <= d.i - m.j <= _BESIDE), None)
    if its_day is not None and s.window is None and not s.nights:
        s.days = [d for d in s.days if d is not its_day]
        s.rest = [x for x in s.rest if x.concept not in _PARTS]
    on = its_day.date if its_day is not None else s.cal.today
    return When(m.i, m.j, "hours", on.isoformat() if on else None)


def _with_months(s: Sentence, whens: list[When]) -> list[When]:
    """The times and the months beside them; without a night that a year puts elsewhere, and with what is longer beside
    a night."""
    if not s.nights and s.window is None and not s.days:
        return whens + bare_months(s.tokens, s.at, s.i, s.j, s.dated, s.cal, s.used, s.figures)
    beside = [m for m in s.dated if not any(d.i <= m.i < d.j for d in s.days)]
    whens += bare_months(s.tokens, s.at, s.i, s.j, beside, s.cal, s.used, s.figures)
    whens = [w for w in whens if w.period != "night" or w.date is None or not _is_in_year(w, whens)]
    if s.nights and s.window is None and not s.days:
        whens = without_one_long_ago(s, whens)
    if s.nights and s.days:
        longer = _beside_the_night(s.tokens, s.at, s.days, s.mentions, s.cal, s.i)
        return [w for w in whens if not any(o.i <= w.i < o.j for o in longer)] + longer
    return whens


def _since_days(s: Sentence) -> list[When]:
    """ "Since 1 November": what has gone on since a day, where no night is told."""
    if s.nights or s.window is not None:
        return []
    open_ = [
        d for d in s.days
        if is_since(s.tokens, s.at, d, s.i) and not any(o.date > d.date and 0 < o.i - d.i <= 8 for o in s.days)
    ]  # fmt: skip
    if open_:
        s.days = [d for d in s.days if not any(d is one for one in open_)]
    return [since_day(one, s.mentions, s.cal) for one in open_]


def _days(s: Sentence, whens: list[When]) -> list[When]:
    """The span of several days, or the days and their halves, where no night is told."""
    if s.nights or s.window is not None:
        return []
    if len(s.days) > 1 and (over := span(s.tokens, s.at, s.days)) is not None:
        return [over]
    if any(w.period == "night" for w in whens):
        return []
    return eve_of(s.rest, s.days, s.cal) or _by_day(s.tokens, s.at, s.days, s.rest, s.cal)


def _with_moment(s: Sentence, whens: list[When], is_alert: bool) -> list[When]:
    """The times, or the one moment of a day that a clock names."""
    if len(s.clocks) == 1 and s.window is None and not s.nights and all(w.period == "day" for w in whens):
        moment = moment_of(s.tokens, s.at, s.clocks[0], s.days, s.cal)
        if moment is not None:
            return [moment]
    if not whens and not is_alert and (moment := bare_moment(s.tokens, s.at, s.clocks, s.cal)) is not None:
        return [moment]
    return whens


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


def _is_in_year(night: When, whens: list[When]) -> bool:
    """ "The night in 2023 when A was hit": not the last one."""
    return any(w.period == "year" and 0 <= w.i - night.j <= 1 and w.date and night.date and w.date[:4] < night.date[:4]
               for w in whens)  # fmt: skip


def _beside_the_night(
    tokens: list[Token], at: list[Mention | None], days: list[Day], mentions: list[Mention], cal: Calendar, i: int
) -> list[When]:
    """ "Overnight 41, since Monday 390, from 1 to 31 May 3,900": the longer time beside that of the night."""
    over = span(tokens, at, days) if len(days) > 1 else None
    if over is not None:
        return [over]
    return [
        since_day(d, mentions, cal) for d in days
        if cal.today is not None and (cal.today - d.date).days > 1 and is_since(tokens, at, d, i)
        and not any(o.date > d.date for o in days)
    ]  # fmt: skip


def _apart(named: Day, cal: Calendar) -> When:
    """A day that stands behind a figure of its own: not the night's."""
    retro = cal.today is not None and (cal.today - named.date).days > 7
    return day_when(named.date, named.i, named.j, cal.zone, "day", retro)


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
