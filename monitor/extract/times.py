"""Times stated in a sentence: dates, weekdays, nights, windows and long periods, as READING.md writes them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from monitor.extract.doc import When
from monitor.extract.mentions import Mention
from monitor.extract.tokens import Token
from monitor.model import Moment

__all__ = ["Calendar", "day_when", "find_times"]

_LONG = {
    "time.week": "week", "time.month": "month", "time.season": "season", "time.year": "year", "time.war": "war",
}  # fmt: skip
_TIMELY = frozenset(("time", "month", "weekday"))
_DAYPART = {"time.morning", "time.evening", "time.daytime"}
_MOSCOW, _KYIV = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Kyiv")


@dataclass(frozen=True, slots=True)
class _Clock:
    i: int
    j: int
    minutes: int
    zone: tzinfo | None


@dataclass(frozen=True, slots=True)
class _Day:
    i: int
    j: int
    date: date
    is_weekday: bool = False


class Calendar:
    """Resolves what a writer says about days, standing at ``local`` (the time of publication, in ``zone``)."""

    def __init__(self, local: datetime | None, zone: tzinfo) -> None:
        self.local = local
        self.zone = zone
        self.today = local.date() if local is not None else None

    def day(self, day: int, month: int, year: int | None) -> date | None:
        """The day meant; without a year the one nearest to publication."""
        try:
            if year is not None:
                return date(year, month, day)
            if self.today is None:
                return None
            near = [date(y, month, day) for y in (self.today.year - 1, self.today.year, self.today.year + 1)]
        except ValueError:
            return None
        return min(near, key=lambda d: abs((d - self.today).days) if self.today else 0)

    def weekday(self, number: int) -> date | None:
        """The last such day up to the day of publication."""
        if self.today is None:
            return None
        return self.today - timedelta(days=(self.today.isoweekday() - number) % 7)


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
    mentions = [m for m in found if at[m.i] is m]
    used: set[int] = set()
    days = _days(tokens, at, i, j, cal, used, mentions, figures)
    clocks = _clocks(tokens, at, j, used, mentions, figures)
    if not days and not any(m.group in _TIMELY for m in mentions):
        window = _window(tokens, at, clocks, days, cal, False, False) if clocks else None
        return ([window] if window else _bare_months(tokens, at, i, j, mentions, cal, used, figures)), used
    whens: list[When] = []
    nights = [m for m in mentions if m.concept in ("time.night", "time.last_night", "time.night_of")]
    is_day = any(m.concept == "time.daytime" for m in mentions)
    window = _window(tokens, at, clocks, days, cal, bool(nights), is_day)
    if window is not None:
        whens.append(window)
    if nights:
        whens += [_since(w, at, clocks, cal) for w in _nights(nights, days, mentions, cal, window)]
    if not nights and window is None and (over := _evening_to_morning(mentions, days, cal)) is not None:
        whens.append(over)
    for m in mentions:
        if m.concept in _LONG and any(x.concept == "time.superlative" and 0 <= m.i - x.j <= 6 for x in mentions):
            continue
        if m.concept in _LONG:
            whens.append(_long(m, cal))
        elif m.concept == "time.day" and not nights:
            whens.append(When(m.i, m.j, "day", cal.today.isoformat() if cal.today else None))
        elif m.concept == "time.hour":
            whens.append(When(m.i, m.j, "hours", cal.today.isoformat() if cal.today else None))
        elif m.concept == "time.now":
            whens.append(When(m.i, m.j, "instant", cal.today.isoformat() if cal.today else None))
    if not nights and window is None and not days:
        whens += _bare_months(tokens, at, i, j, mentions, cal, used, figures)
    if not nights and window is None and (span := _span(at, days)) is not None:
        whens.append(span)
    elif not nights and not any(w.period == "night" for w in whens) and window is None:
        whens += _by_day(days, mentions, cal)
    return whens, used


def _span(at: list[Mention | None], days: Sequence[_Day]) -> When | None:
    """ "From May 20 to 27": several days as one period."""
    for first, last in itertools.pairwise(days):
        length = (last.date - first.date).days
        before = at[first.i - 1] if first.i else None
        is_from = before is not None and before.concept in (
            "prep.from",
            "prep.between",
            "prep.of",
            "time.from",
            "time.since",
        )
        if 2 <= length <= 100 and is_from and last.i - first.i <= 6 and not (first.is_weekday or last.is_weekday):
            period = "week" if length <= 10 else "month" if length <= 45 else "season"
            return When(first.i, last.j, period, f"{first.date.isoformat()}/{last.date.isoformat()}")
    return None


def day_when(day: date, i: int, j: int, zone: tzinfo, period: str | None = "day", retro: bool = False) -> When:
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return When(i, j, period, day.isoformat(), Moment(start.astimezone(UTC), end.astimezone(UTC), "day"), retro)


def _value(mention: Mention | None, group: str) -> int | None:
    if mention is None or mention.group != group:
        return None
    found = mention.data.get("value")
    return found if isinstance(found, int) else None


def _small(tokens: list[Token], at: list[Mention | None], k: int) -> int | None:
    """A day of the month at token ``k``."""
    if tokens[k].kind == "n" and len(tokens[k].text) <= 2:
        number = int(tokens[k].text)
        return number if 1 <= number <= 31 else None
    return None


def _days(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    cal: Calendar,
    used: set[int],
    mentions: Sequence[Mention],
    figures: list[int],
) -> list[_Day]:
    out: list[_Day] = []
    named = [k for m in mentions if m.group in ("month", "weekday") for k in range(m.i, min(m.j, j))]
    after = i
    for k in sorted({*figures, *named}):
        if k < after:
            continue
        month = _value(at[k], "month")
        if month is not None:
            found = _around_month(tokens, at, i, j, k, month, cal, out)
            if found is not None:
                out += found
                used.update(range(found[0].i, found[-1].j))
                after = max(k + 1, found[-1].j)
                continue
            y = at[k].j  # type: ignore[union-attr]
            if y < j and _is(at, y, "prep.of"):
                y += 1
            if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
                used.add(y)
        elif tokens[k].kind == "n" and k + 4 < j and tokens[k + 1].text in "./" and tokens[k + 1].glued:
            numeric = _numeric(tokens, k)
            if numeric is not None:
                out.append(numeric)
                used.update(range(k, k + 5))
                after = k + 5
                continue
        elif (weekday := _value(at[k], "weekday")) is not None and at[k].i == k:  # type: ignore[union-attr]
            resolved = cal.weekday(weekday)
            if resolved is not None:
                out.append(_Day(k, at[k].j, resolved, True))  # type: ignore[union-attr]
    return out


def _numeric(tokens: list[Token], k: int) -> _Day | None:
    """31.03.2026 or 31/03/2026."""
    a, s1, b, s2, c = tokens[k : k + 5]
    if s1.text != s2.text or b.kind != "n" or c.kind != "n" or not (b.glued and s2.glued and c.glued):
        return None
    if len(a.text) > 2 or len(b.text) > 2 or len(c.text) not in (2, 4):
        return None
    try:
        year = int(c.text) + (2000 if len(c.text) == 2 else 0)
        return _Day(k, k + 5, date(year, int(b.text), int(a.text)))
    except ValueError:
        return None


def _around_month(
    tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, month: int, cal: Calendar, so_far: list[_Day]
) -> list[_Day] | None:
    """The day or days that a month's name goes with: "25 December", "9-10 November", "December 25, 2023"."""
    end = at[k].j  # type: ignore[union-attr]
    b = k - 1
    while b >= i and (tokens[b].text in ".," or _is(at, b, "prep.of") or _is(at, b, "prep.from")):
        b -= 1
    days: list[tuple[int, int]] = []
    suffixed = b > i and tokens[b].kind == "w" and tokens[b].glued and tokens[b - 1].kind == "n"
    if suffixed:
        b -= 1
    if b >= i and (day := _small(tokens, at, b)) is not None and not (tokens[b].glued and tokens[b - 1].text in ":."):
        days.append((b, day))
        p = b - 1
        while p >= i and (tokens[p].text in "-\u2013\u2014/" or _is_join(at, p)):
            p -= 1
        if p < b and p >= i and (first := _small(tokens, at, p)) is not None and (p < b - 1 or tokens[b].hyphen):
            days.insert(0, (p, first))
    elif end < j:
        a = end
        if tokens[a].text == "." and a + 1 < j:
            a += 1
        if (day := _small(tokens, at, a)) is not None and not (a + 1 < j and tokens[a + 1].text in ":." and
                                                              a + 2 < j and tokens[a + 2].kind == "n"):  # fmt: skip
            days.append((a, day))
            end = a + 1
            if end < j and tokens[end].glued and tokens[end].kind == "w":
                end += 1
            if end < j and tokens[end].hyphen and (second := _small(tokens, at, end)) is not None:
                days.append((end, second))
                end += 1
            elif (
                end + 1 < j
                and (_is_join(at, end) or _is(at, end, "prep.to"))
                and (second := _small(tokens, at, end + 1)) is not None
                and second > day
            ) or (
                end + 1 < j and tokens[end].text in "-\u2013" and (second := _small(tokens, at, end + 1)) is not None
            ):
                days.append((end + 1, second))
                end += 2
    if not days:
        return None
    year: int | None = None
    y = end
    while y < j and (tokens[y].text == "," or _is(at, y, "prep.of")):
        y += 1
    if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
        year, end = int(tokens[y].text), y + 1
    out = []
    for n, (where, day) in enumerate(days):
        resolved = cal.day(day, month, year)
        if resolved is None:
            return None
        out.append(_Day(min(where, k) if n == 0 else where, end, resolved))
    return out


def _is(at: list[Mention | None], k: int, concept: str) -> bool:
    mention = at[k]
    return mention is not None and mention.concept == concept


def _is_join(at: list[Mention | None], k: int) -> bool:
    mention = at[k]
    return mention is not None and mention.concept in (
        "conj.and", "prep.to", "prep.until", "time.into", "prep.at", "prep.on", "prep.of",
    )  # fmt: skip


_TIME_PREPS = frozenset(
    ("prep.from", "prep.until", "prep.by", "prep.to", "time.from", "time.to", "time.at", "time.as_of", "time.since",
     "prep.between", "prep.at", "conj.and", "bound.approx", "time.moscow")
)  # fmt: skip


def _clocks(
    tokens: list[Token],
    at: list[Mention | None],
    j: int,
    used: set[int],
    mentions: Sequence[Mention],
    figures: list[int],
) -> list[_Clock]:
    out: list[_Clock] = []
    named = [m.i for m in mentions if m.concept in ("time.midnight", "time.noon")]
    after = 0
    for k in sorted({*figures, *named}) if named else figures:
        if k < after:
            continue
        mention = at[k]
        if mention is not None and mention.concept in ("time.midnight", "time.noon"):
            out.append(_Clock(k, mention.j, 0 if mention.concept == "time.midnight" else 720, None))
            after = mention.j
            continue
        if tokens[k].kind != "n" or k in used or len(tokens[k].text) > 2 or int(tokens[k].text) > 24:
            continue
        end, minutes = _clock_at(tokens, at, k, j)
        if end == k:
            continue
        zone: tzinfo | None = None
        marked = at[end] if end < j else None
        if marked is not None and marked.concept in ("time.moscow", "time.kyiv"):
            zone = _MOSCOW if marked.concept == "time.moscow" else _KYIV
            end = marked.j
        out.append(_Clock(k, end, minutes, zone))
        used.update(range(k, end))
        after = end
    return out


def _clock_at(tokens: list[Token], at: list[Mention | None], k: int, j: int) -> tuple[int, int]:
    hour = int(tokens[k].text)
    if k + 2 < j and tokens[k + 1].text in ":.h" and tokens[k + 1].glued and tokens[k + 2].kind == "n":
        minute = tokens[k + 2]
        if minute.glued and len(minute.text) == 2 and int(minute.text) < 60:
            sign = tokens[k + 1].text
            before = at[k - 1] if k else None
            is_framed = before is not None and before.concept in _TIME_PREPS
            is_framed = is_framed or (k + 3 < j and at[k + 3] is not None and at[k + 3].group == "time")  # type: ignore[union-attr]
            is_dotted_date = k + 3 < j and tokens[k + 3].text == "." and tokens[k + 3].glued and k + 4 < j
            if sign != "." or (is_framed and not (is_dotted_date and tokens[k + 4].kind == "n")):
                end = k + 3
                if end < j and _is(at, end, "time.pm") and hour < 12:
                    return end + 1, (hour + 12) * 60 + int(minute.text)
                if end < j and _is(at, end, "time.oclock"):
                    end += 1
                return end, hour * 60 + int(minute.text)
    nxt = at[k + 1] if k + 1 < j else None
    if nxt is not None and nxt.concept in ("time.oclock", "time.am", "time.pm"):
        before = at[k - 1] if k else None
        if nxt.concept != "time.oclock" or (before is not None and before.concept in _TIME_PREPS):
            end = nxt.j
            minutes = (hour + (12 if nxt.concept == "time.pm" and hour < 12 else 0)) * 60
            if end < j and tokens[end].kind == "n" and tokens[end].glued and len(tokens[end].text) == 2:
                minutes += int(tokens[end].text) % 60
                end += 1
            return end, minutes
    if nxt is not None and nxt.concept == "time.moscow":
        return k + 1, hour * 60
    return k, 0


def _window(
    tokens: list[Token],
    at: list[Mention | None],
    clocks: list[_Clock],
    days: list[_Day],
    cal: Calendar,
    is_night: bool,
    is_day: bool,
) -> When | None:
    """From a clock time to a clock time; the days beside them, else the day of publication."""
    start = end = None
    for n, clock in enumerate(clocks):
        before = at[clock.i - 1] if clock.i else None
        concept = before.concept if before is not None else ""
        if concept in ("prep.from", "time.from", "time.since", "prep.between") and start is None:
            start = clock
        elif start is not None and concept in (
            "prep.until", "prep.by", "prep.to", "time.to", "conj.and", "prep.at", "time.as_of", "time.midnight", "",
        ):  # fmt: skip
            if concept == "" and clock.i - start.j > 1:
                continue
            if concept in ("prep.at", "time.as_of") and n != len(clocks) - 1:
                continue
            end = clock
            break
    if start is None:
        return None
    zone = start.zone or (end.zone if end else None) or cal.zone
    first = _day_beside(days, start, end)
    last = _day_beside(days, end, None) if end is not None else None
    if end is None:
        return _open_window(start, first, days, cal, zone, is_night)
    found = _closed_window(start, end, first, last, cal, zone, is_night)
    return replace(found, period="day") if is_day and found is not None and found.period == "hours" else found


def _day_beside(days: Sequence[_Day], clock: _Clock, stop: _Clock | None) -> date | None:
    """A date right behind the clock time (before the next one), or right before it."""
    for day in days:
        if 0 <= day.i - clock.j <= 2 and (stop is None or day.i < stop.i):
            return day.date
    return None


def _closed_window(
    start: _Clock, end: _Clock, first: date | None, last: date | None, cal: Calendar, zone: tzinfo, is_night: bool
) -> When | None:
    length = (end.minutes - start.minutes) % 1440 or 1440
    if first is None and last is not None:
        first = last if end.minutes > start.minutes else last - timedelta(days=1)
    if first is None and cal.local is not None:
        told = cal.local.astimezone(zone)
        finish = datetime.combine(told.date(), time(), zone) + timedelta(minutes=end.minutes)
        if finish > told + timedelta(minutes=45):
            finish -= timedelta(days=1)
        first = (finish - timedelta(minutes=length)).date()
    if first is not None and last is not None and last >= first:
        length = min((last - first).days * 1440 + end.minutes - start.minutes, 3 * 1440)
        if length <= 0:
            length = (end.minutes - start.minutes) % 1440 or 1440
    is_night = is_night or _is_nightly(start.minutes, length)
    period = "night" if is_night else "hours" if length < 1440 else "day"
    if first is None:
        return When(start.i, end.j, period, None, None, False, True)
    at_start = datetime.combine(first, time(), zone) + timedelta(minutes=start.minutes)
    at_end = at_start + timedelta(minutes=length)
    moment = Moment(at_start.astimezone(UTC), at_end.astimezone(UTC), "minute")
    stated = first.isoformat()
    if period == "night":
        stated = _night_string(at_end.date() if at_end.time() <= time(12) and at_end.time() > time(0) else
                               (at_start + timedelta(hours=12)).date() if start.minutes >= 720 else first)  # fmt: skip
    return When(start.i, end.j, period, stated, moment, False, True)


def _is_nightly(start: int, length: int) -> bool:
    """At least five hours of it lie between 18:00 and 10:00, and nothing outside."""
    if length < 300:
        return False
    begin = (start - 1080) % 1440
    return begin + length <= 960


def _open_window(
    start: _Clock, first: date | None, days: Sequence[_Day], cal: Calendar, zone: tzinfo, is_night: bool
) -> When | None:
    """ "since 19:00 of the 21st": an end is not stated, the night or day around it is."""
    if is_night:
        return None
    day = first or cal.today
    if day is None:
        return None
    at_start = datetime.combine(day, time(), zone) + timedelta(minutes=start.minutes)
    end = cal.local if cal.local is not None and cal.local > at_start else None
    moment = Moment(at_start.astimezone(UTC), end.astimezone(UTC) if end else None, "minute")
    is_over_night = start.minutes >= 1020 and end is not None and end.astimezone(zone).date() > at_start.date()
    if is_over_night:
        return When(start.i, start.j, "night", _night_string(at_start.date() + timedelta(days=1)), moment, False, True)
    return When(start.i, start.j, "hours", day.isoformat(), moment, False, True)


def _night_string(morning: date) -> str:
    return f"{(morning - timedelta(days=1)).isoformat()}/{morning.isoformat()}"


def _nights(
    nights: Sequence[Mention], days: Sequence[_Day], mentions: Sequence[Mention], cal: Calendar, window: When | None
) -> list[When]:
    out = []
    for m in nights:
        near = [d for d in days if -4 <= d.i - m.j <= 5 or 0 <= m.i - d.j <= 3]
        near.sort(key=lambda d: d.i)
        after = [d for d in near if d.i >= m.j]
        before = [d for d in near if d.i < m.i]
        morning: date | None = None
        if (len(after) >= 2 and after[1].date - after[0].date == timedelta(days=1)) or (
            len(after) >= 2 and after[0].is_weekday and after[1].is_weekday
        ):
            morning = after[1].date
        elif after:
            morning = after[0].date
            if m.data.get("names_evening"):
                morning += timedelta(days=1)
        elif before:
            morning = before[-1].date
            if before[-1].is_weekday and m.i == before[-1].j and m.concept == "time.night_of":
                morning = before[-1].date + timedelta(days=1)
        if morning is None and window is not None and window.period == "night":
            continue
        is_stated = morning is not None
        if morning is None and cal.local is not None:
            morning = cal.local.date() if cal.local.hour < 22 else cal.local.date() + timedelta(days=1)
        if morning is None:
            out.append(When(m.i, m.j, "night", None))
            continue
        start = datetime.combine(morning - timedelta(days=1), time(18), cal.zone)
        end = datetime.combine(morning, time(10), cal.zone)
        moment = Moment(start.astimezone(UTC), end.astimezone(UTC), "night")
        retro = is_stated and cal.today is not None and (cal.today - morning).days > 2
        found = When(m.i, m.j, "night", _night_string(morning), moment, retro)
        if is_stated:
            out.insert(0, found)
        else:
            out.append(found)
    return out


def _bare_months(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    mentions: Sequence[Mention],
    cal: Calendar,
    used: set[int],
    figures: list[int],
) -> list[When]:
    """ "In February", "in 2025": a month or a year named without a day."""
    out = []
    for m in mentions:
        month = _value(m, "month")
        before = at[m.i - 1] if m.i > i else None
        if month is None or cal.today is None or before is None or before.group not in ("prep", "time"):
            continue
        y = m.j + 1 if m.j < j and _is(at, m.j, "prep.of") else m.j
        year = int(tokens[y].text) if y < j and y in used and len(tokens[y].text) == 4 else None
        first = cal.day(1, month, year)
        if first is None:
            continue
        if year is None and first > cal.today:
            first = first.replace(year=first.year - 1)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        out.append(When(m.i, m.j, "month", f"{first.isoformat()}/{last.isoformat()}"))
    for k in figures:
        if k > i and k not in used and len(tokens[k].text) == 4 and tokens[k].text[:2] == "20":
            before = at[k - 1]
            after = at[k + 1] if k + 1 < j else None
            is_year = before is not None and before.concept in ("prep.at", "time.since", "prep.to")
            if is_year and (after is None or after.group not in ("weapon", "model", "side")):
                used.add(k)
                out.append(When(k, k + 1, "year", f"{tokens[k].text}-01-01/{tokens[k].text}-12-31"))
    return out


def _evening_to_morning(mentions: Sequence[Mention], days: Sequence[_Day], cal: Calendar) -> When | None:
    """ "Between Monday evening and Tuesday morning" is a night."""
    evening = next((m for m in mentions if m.concept == "time.evening"), None)
    morning = next((m for m in mentions if m.concept == "time.morning"), None)
    if evening is None or morning is None or not 0 < morning.i - evening.i <= 6:
        return None
    last = [d.date for d in days if evening.j <= d.i <= morning.j + 1]
    day = last[-1] if last else cal.today
    if day is None:
        return When(evening.i, morning.j, "night", None)
    start = datetime.combine(day - timedelta(days=1), time(18), cal.zone)
    end = datetime.combine(day, time(10), cal.zone)
    moment = Moment(start.astimezone(UTC), end.astimezone(UTC), "night")
    return When(evening.i, morning.j, "night", _night_string(day), moment)


def _since(night: When, at: list[Mention | None], clocks: Sequence[_Clock], cal: Calendar) -> When:
    """A night whose beginning is stated ("since 21:00"): the stated date is not needed and is sometimes wrong."""
    if night.moment is None or night.date is None or night.moment.end is None:
        return night
    for clock in clocks:
        before = at[clock.i - 1] if clock.i else None
        if before is not None and before.concept in ("prep.from", "time.from", "time.since"):
            morning = date.fromisoformat(night.date.rpartition("/")[2])
            day = morning - timedelta(days=1) if clock.minutes >= 720 else morning
            start = datetime.combine(day, time(), clock.zone or cal.zone) + timedelta(minutes=clock.minutes)
            return replace(night, moment=Moment(start.astimezone(UTC), night.moment.end, "night"))
    return night


def _long(m: Mention, cal: Calendar) -> When:
    period = _LONG[m.concept]
    if period == "war":
        return When(m.i, m.j, "war", "2022-02-24/..")
    if cal.today is None:
        return When(m.i, m.j, period, None)
    today = cal.today
    if period == "week":
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


def _by_day(days: Sequence[_Day], mentions: Sequence[Mention], cal: Calendar) -> list[When]:
    out = []
    for m in mentions:
        if m.concept in ("time.today", "time.yesterday") and cal.today is not None:
            day = cal.today if m.concept == "time.today" else cal.today - timedelta(days=1)
            out.append(day_when(day, m.i, m.j, cal.zone))
        elif m.concept in _DAYPART and cal.today is not None and not days:
            out.append(day_when(cal.today, m.i, m.j, cal.zone))
        elif m.concept in ("time.today", *_DAYPART) and cal.today is None:
            out.append(When(m.i, m.j, "day", None))
    for named in days:
        retro = cal.today is not None and (cal.today - named.date).days > 7
        out.append(day_when(named.date, named.i, named.j, cal.zone, "day", retro))
    return sorted(out, key=lambda w: w.i)
