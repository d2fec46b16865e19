"""Clock times of a sentence, and the window from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from monitor.extract.figures.calendar import Calendar, Day, is_concept
from monitor.extract.text.doc import When
from monitor.extract.text.tokens import DASHES, Token
from monitor.extract.words.mentions import Mention
from monitor.model import Moment

__all__ = ["Clock", "bare_moment", "find_clocks", "find_window", "moment_of", "night_string"]

_MOSCOW, _KYIV = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Kyiv")


class Clock:
    """A time of day at tokens ``i`` to ``j``, in minutes since midnight; ``half`` is ``am`` or ``pm``, where it is
    said."""

    __slots__ = ("half", "i", "j", "minutes", "zone")

    def __init__(self, i: int, j: int, minutes: int, zone: tzinfo | None, half: str | None = None) -> None:
        self.i = i
        self.j = j
        self.minutes = minutes
        self.zone = zone
        self.half = half


_HALVES: Final = frozenset(("time.am", "time.pm"))
_BEHIND_DAY: Final = 3
"""Tokens between a day and the window of hours behind it."""
_DAY_HALVES: Final = {"time.night": 0, "time.morning": 0, "time.evening": 12}
"""Hours to add to "3 at night", "8 in the evening"."""
_TIME_PREPS: Final = frozenset(
    ("prep.from", "prep.until", "prep.by", "prep.to", "time.from", "time.to", "time.at", "time.as_of", "time.since",
     "prep.between", "prep.at", "conj.and", "bound.approx", "time.moscow")
)  # fmt: skip


_ASIDE: Final = 4
"""Tokens from an hour to the bracket behind its clock."""
_HOUR_PREPS: Final = frozenset(("prep.from", "prep.until", "time.from", "time.to", "time.since", "prep.at", "time.at"))
"""Ahead of "9 hours", where that is a time of day and not how long something took."""
_HOUR_WORD: Final = 2
"""Tokens of a short word for hour with its dot."""
_NOON: Final = 12
_DAWN: Final = 6 * 60
_DUSK: Final = 20 * 60
_SEVERAL_DAYS: Final = 36 * 60
_AT: Final = frozenset(("time.at", "prep.at", "bound.approx"))
_HOURS: Final = 24
_UNTIL: Final = frozenset(("prep.until", "prep.to", "prep.by", "time.to", "conj.and"))
_FRAMES: Final = frozenset(("prep.from", "prep.until", "time.from", "time.to", "time.since", "prep.between"))


def find_clocks(
    tokens: list[Token],
    at: list[Mention | None],
    j: int,
    used: set[int],
    mentions: list[Mention],
    figures: list[int],
) -> list[Clock]:
    out: list[Clock] = []
    named = [m.i for m in mentions if m.concept in ("time.midnight", "time.noon")]
    after = 0
    for k in sorted({*figures, *named}) if named else figures:
        if k < after:
            continue
        mention = at[k]
        if mention is not None and mention.concept in ("time.midnight", "time.noon"):
            out.append(Clock(k, mention.j, 0 if mention.concept == "time.midnight" else 720, None))
            after = mention.j
            continue
        if tokens[k].kind != "n" or k in used or len(tokens[k].text) > 2 or int(tokens[k].text) > 24:
            continue
        end, minutes = _clock_at(tokens, at, k, j)
        if end == k:
            continue
        if out and out[-1].zone is not None and k - out[-1].j == 1 and tokens[k - 1].text == "(":
            after = next((n + 1 for n in range(end, min(j, end + _ASIDE)) if tokens[n].text == ")"), 0)
            if after:  # "11:00 p.m. Moscow time (8:00 p.m. GMT)": the same hour by another clock
                used.update(range(k, after))
                out[-1].j = after
                continue
        zone: tzinfo | None = None
        said = at[end - 1]
        half = said.concept.removeprefix("time.") if said is not None and said.concept in _HALVES else None
        behind = end + 1 if half and end < j and tokens[end].text == "." else end  # "10 a.m. Moscow time"
        marked = at[behind] if behind < j else None
        if marked is not None and marked.concept in ("time.moscow", "time.kyiv"):
            zone = _MOSCOW if marked.concept == "time.moscow" else _KYIV
            end = marked.j
        out.append(Clock(k, end, minutes, zone, half))
        for n in range(k, end):
            used.add(n)
        after = end
    return out


def _clock_at(tokens: list[Token], at: list[Mention | None], k: int, j: int) -> tuple[int, int]:
    hour = int(tokens[k].text)
    if k + 2 < j and tokens[k + 1].text in ":.h" and tokens[k + 1].glued and tokens[k + 2].kind == "n":
        minute = tokens[k + 2]
        sign = tokens[k + 1].text
        before = _in_front(tokens, at, k)
        is_framed = before is not None and before.concept in _TIME_PREPS
        is_parted = sign == ":" and is_framed and minute.gap == 1  # "from 7: 00"
        if (minute.glued or is_parted) and len(minute.text) == 2 and int(minute.text) < 60:
            is_framed = is_framed or (k + 3 < j and at[k + 3] is not None and at[k + 3].group == "time")  # type: ignore[union-attr]
            is_dotted_date = k + 3 < j and tokens[k + 3].text == "." and tokens[k + 3].glued and k + 4 < j
            if sign != "." or (is_framed and not (is_dotted_date and tokens[k + 4].kind == "n")):
                end = k + 3
                half = at[end] if end < j else None
                if half is not None and half.concept in _HALVES:
                    return half.j, (hour % 12 + (12 if half.concept == "time.pm" else 0)) * 60 + int(minute.text)
                if end < j and is_concept(at, end, "time.oclock"):
                    end += 1
                return end, hour * 60 + int(minute.text)
    nxt = at[k + 1] if k + 1 < j else None
    framed = _in_front(tokens, at, k)
    if k and is_concept(at, k - 1, "time.clock"):
        return (nxt.j if nxt is not None and nxt.concept in _HALVES else k + 1), hour * 60
    is_part_of_day = nxt is not None and nxt.concept in ("time.morning", "time.evening") and hour <= 12
    if nxt is not None and is_part_of_day and framed is not None and framed.concept in _FRAMES:
        return nxt.j, (hour + (12 if nxt.concept == "time.evening" and hour < 12 else 0)) * 60
    is_hours = nxt is not None and _is_oclock_too(tokens, nxt)
    if nxt is not None and (is_hours or nxt.concept in ("time.oclock", "time.am", "time.pm")):
        before = at[k - 1] if k else None
        is_at = before is not None and before.concept in (_HOUR_PREPS if is_hours else _TIME_PREPS)
        is_at = is_at or (before is not None and before.group == "weekday")
        if is_at or nxt.concept in _HALVES:
            end = nxt.j
            minutes = (hour + (12 if nxt.concept == "time.pm" and hour < 12 else 0)) * 60
            is_joined = end < j and (tokens[end].glued or tokens[end - 1].text == "h")  # "4h10", "4 h 10"
            if is_joined and tokens[end].kind == "n" and len(tokens[end].text) == 2:
                minutes += int(tokens[end].text) % 60
                end += 1
            return end, minutes
    if nxt is not None and nxt.concept == "time.moscow":
        return k + 1, hour * 60
    if nxt is not None and nxt.j < j and nxt.concept in _UNTIL and framed is not None and framed.concept in _FRAMES:
        until = at[nxt.j]
        is_hour = until is not None and until.concept in ("time.noon", "time.midnight")
        is_hour = is_hour or (tokens[nxt.j].kind == "n" and len(tokens[nxt.j].text) <= 2 and (
            int(tokens[nxt.j].text) <= _HOURS and _clock_at(tokens, at, nxt.j, j)[0] > nxt.j
        ))  # fmt: skip
        return (k + 1, hour * 60) if is_hour else (k, 0)  # "from 9 to noon", "from 9 to 12 o'clock"
    if nxt is not None and nxt.concept in _DAY_HALVES and hour <= 12 and nxt.j - nxt.i == 1:
        before = at[k - 1] if k else None
        if before is not None and before.concept in ("time.at", "prep.at", "time.as_of", "prep.until", "prep.from"):
            return nxt.j, (hour % 12 + _DAY_HALVES[nxt.concept]) * 60
    return k, 0


def _is_oclock_too(tokens: list[Token], word: Mention) -> bool:
    """Whether a word that counts hours can also say o'clock: "from 20 to 23 hours"."""
    if word.concept != "count.other" or word.j - word.i > 1:
        return False
    return any(concept == "time.oclock" for concept, _ in tokens[word.i].own or ())


def find_window(
    tokens: list[Token],
    at: list[Mention | None],
    clocks: list[Clock],
    days: list[Day],
    cal: Calendar,
    is_night: bool,
    is_day: bool,
) -> When | None:
    """From a clock time to a clock time; the days beside them, else the day of publication."""
    start, end = _dashed(tokens, clocks)
    for n, clock in enumerate(clocks if end is None else ()):
        concept = _frame(tokens, at, clock, days)
        if concept in ("prep.from", "time.from", "time.since", "prep.between", "prep.of") and start is None:
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
    begun, done = (_ahead_of(tokens, at, days, clock) for clock in (start, end))
    if begun is not None and done is not None:
        first, last = begun.date, done.date
    if first is None and last is None and days:
        first = _day_in_front(days, start, end, is_night)
    found = _closed_window(start, end, first, last, cal, zone, is_night)
    return replace(found, period="day") if is_day and found is not None and found.period == "hours" else found


def moment_of(
    tokens: list[Token], at: list[Mention | None], clock: Clock, days: Sequence[Day], cal: Calendar
) -> When | None:
    """ "At about 10.30 Moscow time": the moment at which it was, where the zone is said; the day beside it, else that
    of publication, or the one before where the hour is yet to come."""
    before = _in_front(tokens, at, clock.i)
    if clock.zone is None or before is None or before.concept not in _AT:
        return None
    day = days[0].date if days else None
    if day is None and cal.local is not None:
        told = cal.local.astimezone(clock.zone)
        day = told.date()
        if clock.minutes > told.hour * 60 + told.minute + 30:
            day -= timedelta(days=1)
    if day is None:
        return When(clock.i, clock.j, "instant", None)
    start = (datetime.combine(day, time(), clock.zone) + timedelta(minutes=clock.minutes)).astimezone(UTC)
    return When(clock.i, clock.j, "instant", day.isoformat(), Moment(start, None, "minute"))


def bare_moment(tokens: list[Token], at: list[Mention | None], clocks: Sequence[Clock], cal: Calendar) -> When | None:
    """ "At about 22:30", by the clock of the place: today, or the day before where that hour is yet to come."""
    if len(clocks) != 1 or cal.local is None:
        return None
    clock = clocks[0]
    before = _in_front(tokens, at, clock.i)
    if clock.zone is not None or before is None or before.concept not in _AT:
        return None
    told = cal.local.hour * 60 + cal.local.minute
    is_evening = cal.local.hour < _NOON and clock.minutes >= _NOON * 60
    if clock.minutes > told and not is_evening:
        return None  # the clock of another place, or a time that is yet to come
    day = cal.local.date() - timedelta(days=1 if is_evening else 0)
    start = datetime.combine(day, time(), cal.zone) + timedelta(minutes=clock.minutes)
    return When(clock.i, clock.j, "instant", start.date().isoformat(), Moment(start.astimezone(UTC), None, "minute"))


def _in_front(tokens: list[Token], at: list[Mention | None], i: int) -> Mention | None:
    """The mention before a clock time; an article or the word for "hour" between them says nothing."""
    k = i - 1
    if k > 0 and (
        is_concept(at, k, "time.clock") or (at[k] is None and tokens[k].kind == "w" and len(tokens[k].f) <= 3)
    ):
        k = at[k].i - 1 if at[k] is not None else k - 1  # type: ignore[union-attr]
    return at[k] if k >= 0 else None


def _dashed(tokens: list[Token], clocks: list[Clock]) -> tuple[Clock | None, Clock | None]:
    """ "9:25-11:00 p.m.": two clock times with a dash between them; the half of the day counts for both."""
    for n in range(1, len(clocks)):
        one, other = clocks[n - 1], clocks[n]
        # A dash between figures is no token of its own: the next figure is glued.
        if (other.i == one.j and tokens[other.i].glued) or (other.i - one.j == 1 and tokens[one.j].text in DASHES):
            if one.half is None and other.half == "pm" and one.minutes + 720 < other.minutes:
                one = Clock(one.i, one.j, one.minutes + 720, one.zone, one.half)
            return one, other
    return None, None


def _frame(tokens: list[Token], at: list[Mention | None], clock: Clock, days: Sequence[Day]) -> str:
    """The concept ahead of a clock time, or of the day right ahead of it: "from Tuesday 20:00", where a language may
    write "of"."""
    before = _in_front(tokens, at, clock.i)
    day = _ahead_of(tokens, at, days, clock)
    if day is not None:
        before = _in_front(tokens, at, day.i)
    elif before is not None and before.concept == "prep.of":
        return ""
    return before.concept if before is not None else ""


def _ahead_of(tokens: list[Token], at: list[Mention | None], days: Sequence[Day], clock: Clock) -> Day | None:
    """The day right ahead of a clock time, or of the word for hour before it: "Tuesday 20:00", "Tuesday at hour 20"."""
    for day in days:
        if 0 <= clock.i - day.j <= _HOUR_WORD and all(
            tokens[k].kind == "p" or is_concept(at, k, "time.clock") for k in range(day.j, clock.i)
        ):
            return day
    return None


def _day_beside(days: Sequence[Day], clock: Clock, stop: Clock | None) -> date | None:
    """A date right behind the clock time (before the next one)."""
    for day in days:
        if 0 <= day.i - clock.j <= 2 and (stop is None or day.i < stop.i):
            return day.date
    return None


def _day_in_front(days: Sequence[Day], start: Clock, end: Clock, is_night: bool) -> date | None:
    """ "On 16 March between 7:50 and 8:15"; "on the night of 16 March, from 22:00 to 06:00" began the day before."""
    named = next((d.date for d in days if 0 <= start.i - d.j <= _BEHIND_DAY), None)
    if named is None or is_night == (end.minutes > start.minutes):
        return None
    return named - timedelta(days=1) if is_night else named


def _closed_window(
    start: Clock, end: Clock, first: date | None, last: date | None, cal: Calendar, zone: tzinfo, is_night: bool
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
        length = (last - first).days * 1440 + end.minutes - start.minutes
        if length > _SEVERAL_DAYS:  # "from 20:00 of 20 May to 08:00 of 23 May": of no one day
            return When(start.i, end.j, None, f"{first.isoformat()}/{last.isoformat()}", None, False, True)
        if length <= 0:
            length = (end.minutes - start.minutes) % 1440 or 1440
    is_night = _is_nightly(start.minutes, length) or (is_night and not _is_by_day(start, end))
    period = "night" if is_night else "hours" if length < 1440 else "day"
    if first is None:
        return When(start.i, end.j, period, None, None, False, True)
    at_start = datetime.combine(first, time(), zone) + timedelta(minutes=start.minutes)
    at_end = at_start + timedelta(minutes=length)
    moment = Moment(at_start.astimezone(UTC), at_end.astimezone(UTC), "minute")
    stated = first.isoformat()
    if period == "night":
        stated = night_string(at_end.date() if at_end.time() <= time(12) and at_end.time() > time(0) else
                               (at_start + timedelta(hours=12)).date() if start.minutes >= 720 else first)  # fmt: skip
    return When(start.i, end.j, period, stated, moment, False, True)


def _is_nightly(start: int, length: int) -> bool:
    """At least five hours of it lie between 18:00 and 10:00, and nothing outside."""
    if length < 300:
        return False
    begin = (start - 1080) % 1440
    return begin + length <= 960


def _is_by_day(start: Clock, end: Clock) -> bool:
    """ "40 overnight, then 60 between 9 a.m. and 6 p.m.": hours of the day, whatever night the sentence names too."""
    return _DAWN <= start.minutes < end.minutes <= _DUSK


def _open_window(
    start: Clock, first: date | None, days: Sequence[Day], cal: Calendar, zone: tzinfo, is_night: bool
) -> When | None:
    """ "since 19:00 of the 21st": an end is not stated, the night or day around it is."""
    if is_night:
        return None
    day = first or cal.today
    if day is None:
        return None
    at_start = datetime.combine(day, time(), zone) + timedelta(minutes=start.minutes)
    if first is None and cal.local is not None and at_start > cal.local:
        at_start -= timedelta(days=1)  # "since 19:00", told in the morning
    end = cal.local if cal.local is not None and cal.local > at_start else None
    moment = Moment(at_start.astimezone(UTC), end.astimezone(UTC) if end else None, "minute")
    is_over_night = start.minutes >= 1020 and end is not None and end.astimezone(zone).date() > at_start.date()
    if is_over_night:
        return When(start.i, start.j, "night", night_string(at_start.date() + timedelta(days=1)), moment, False, True)
    return When(start.i, start.j, "hours", at_start.date().isoformat(), moment, False, True)


def night_string(morning: date) -> str:
    return f"{(morning - timedelta(days=1)).isoformat()}/{morning.isoformat()}"
