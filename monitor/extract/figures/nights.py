"""Nights that a sentence names: which evening and morning are meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from monitor.extract.figures.calendar import Calendar, Day, day_when
from monitor.extract.figures.windows import Clock, night_string
from monitor.extract.text.doc import IN_ORDER, When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention
from monitor.model import Moment

_NOON: Final = 12
_OF_DAY: Final = 3
_BLOW: Final = 6
"""Tokens from the word for a blow to the "of" of its day."""

__all__ = [
    "eve_of",
    "evening_to_morning",
    "find_nights",
    "is_of_a_blow",
    "morning_before",
    "night_when",
    "part_of_day",
    "since",
    "since_evening",
]


def find_nights(
    nights: list[Mention],
    days: list[Day],
    cal: Calendar,
    window: When | None,
    figures: list[int],
    evenings: list[Clock],
    opening: Day | None = None,
) -> list[When]:
    """The nights of a sentence. ``figures`` are tokens of numbers that are no times: a day behind one is its own;
    ``evenings`` are clock times past noon from which something is told to have gone on. ``opening`` is the day long
    past that the sentence begins with: "On 18 October 135 flew in a night attack"."""
    out: list[When] = []
    for m in nights:
        morning = _morning_beside(m, days, figures, evenings)
        if morning is None and opening is not None and not any(opening.j <= k < m.i for k in figures):
            morning = opening.date
        if morning is None and window is not None and window.period == "night":
            continue
        is_stated = morning is not None
        if morning is None:
            morning = _morning_by_now(m, cal, out)
        if morning is None:
            out.append(When(m.i, m.j, "night", None))
            continue
        retro = is_stated and cal.today is not None and (cal.today - morning).days > 2
        found = night_when(morning, m.i, m.j, cal.zone, retro=retro)
        if is_stated:
            out.insert(0, found)
        else:
            out.append(found)
    return out


def _morning_beside(m: Mention, days: list[Day], figures: list[int], evenings: list[Clock]) -> date | None:
    """The morning of a night that a day beside its word dates."""
    near = [d for d in days if -4 <= d.i - m.j <= 5 or 0 <= m.i - d.j <= 3]
    near += [d for d in days if d not in near and any(d.j == one.j for one in near)]  # "9-10": both or none
    near = [d for d in near if not any(m.j <= k < d.i for k in figures)]
    near.sort(key=IN_ORDER)
    after = [d for d in near if d.i >= m.j]
    after = [d for n, d in enumerate(after) if n == 0 or d.date != after[n - 1].date]  # "Tuesday 21 to Wednesday 22"
    before = [d for d in near if d.i < m.i]
    if len(after) >= 2 and (
        after[1].date - after[0].date == timedelta(days=1) or (after[0].is_weekday and after[1].is_weekday)
    ):
        return after[1].date
    if after:
        return after[0].date + timedelta(days=1) if m.data.get("names_evening") else after[0].date
    if not before:
        return None
    last = before[-1]
    if last.is_weekday and m.i == last.j and m.concept == "time.night_of":
        return last.date + timedelta(days=1)
    if m.i > last.j and any(0 <= last.i - c.j <= _OF_DAY for c in evenings):
        return last.date + timedelta(days=1)  # "from 18:30 on Saturday and through the night"
    return last.date


def _morning_by_now(m: Mention, cal: Calendar, so_far: list[When]) -> date | None:
    """The morning of a night that nothing dates: by when it was written."""
    if cal.local is None:
        return None
    is_over = m.concept == "time.last_night" or cal.local.hour < 22  # tonight is not last night
    morning = cal.local.date() if is_over else cal.local.date() + timedelta(days=1)
    if m.concept == "time.night_before_last":
        return morning - timedelta(days=1)
    if m.concept == "time.night_before" and so_far:
        return morning_before(so_far[-1]) or morning
    return morning


def night_when(morning: date, i: int, j: int, zone: tzinfo, *, retro: bool = False) -> When:
    """The night that ends on that morning."""
    start = datetime.combine(morning - timedelta(days=1), time(18), zone)
    end = datetime.combine(morning, time(10), zone)
    moment = Moment(start.astimezone(UTC), end.astimezone(UTC), "night")
    return When(i, j, "night", night_string(morning), moment, retro)


def morning_before(night: When) -> date | None:
    """The morning on which the night before that one ended."""
    if night.period != "night" or night.date is None:
        return None
    return date.fromisoformat(night.date[-len("2026-03-08") :]) - timedelta(days=1)


def evening_to_morning(mentions: list[Mention], days: list[Day], cal: Calendar) -> When | None:
    """ "Between Monday evening and Tuesday morning" is a night."""
    evening = next((m for m in mentions if m.concept == "time.evening"), None)
    morning = next((m for m in mentions if m.concept == "time.morning"), None)
    if evening is None or morning is None or not 0 < morning.i - evening.i <= 6:
        return None
    last = [d.date for d in days if evening.j <= d.i <= morning.j + 1]
    day = last[-1] if last else cal.today
    if day is None:
        return When(evening.i, morning.j, "night", None)
    return night_when(day, evening.i, morning.j, cal.zone)


def since_evening(mentions: list[Mention], at: list[Mention | None], days: list[Day], cal: Calendar) -> When | None:
    """ "Since Sunday evening 162 drones were downed", told before noon of the next day: the night between."""
    if cal.local is None or cal.today is None or cal.local.hour >= _NOON:
        return None
    for m in mentions:
        since = at[m.i - 1] if m.concept == "time.evening" and m.i else None
        if since is None or since.concept not in ("prep.from", "time.from", "time.since") or since.j != m.i:
            continue
        named = next((d.date for d in days if 0 <= d.i - m.j <= 1), cal.today - timedelta(days=1))
        if named != cal.today - timedelta(days=1) or any(not 0 <= d.i - m.j <= 1 for d in days):
            continue
        start = datetime.combine(named, time(18), cal.zone)
        moment = Moment(start.astimezone(UTC), cal.local.astimezone(UTC), "night")
        return When(m.i, m.j, "night", night_string(cal.today), moment)
    return None


def part_of_day(m: Mention, mentions: list[Mention], at: list[Mention | None], cal: Calendar, today: date) -> date:
    """The day whose morning or evening is told: an evening told before noon was the one before, unless it is "this" or
    "today's"; not "since the evening", which goes on."""
    is_past = m.concept == "time.evening" and cal.local is not None and cal.local.hour < _NOON
    since = at[m.i - 1] if m.i else None
    if since is not None and since.concept in ("prep.from", "time.from", "time.since"):
        return today
    if is_past and not any(x.concept in ("time.today", "time.tomorrow") for x in mentions):
        return today - timedelta(days=1)
    return today


def eve_of(mentions: list[Mention], days: list[Day], cal: Calendar) -> list[When]:
    """ "In the evening a missile struck, the mayor said early on Thursday": the evening before that morning."""
    if len(days) != 1:
        return []
    day = days[0]
    evening = next((m for m in mentions if m.concept == "time.evening" and day.i - m.j > _OF_DAY), None)
    is_morning = any(m.concept == "time.morning" and (0 <= day.i - m.j <= 1 or 0 <= m.i - day.j <= 1) for m in mentions)
    if evening is None or not is_morning:
        return []
    return [day_when(day.date - timedelta(days=1), evening.i, evening.j, cal.zone)]


def since(night: When, at: list[Mention | None], clocks: list[Clock], cal: Calendar) -> When:
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


def is_of_a_blow(tokens: list[Token], at: list[Mention | None], prep: int, i: int) -> bool:
    """ "The attack on A of 19 May", where "of" is the word for "from": the day of a blow, not since when."""
    for k in range(prep - 1, max(i, prep - _BLOW) - 1, -1):
        mention = at[k]
        if mention is not None and mention.concept in ("strike.attack", "strike.hit"):
            return True
        if tokens[k].kind in "pn" or (mention is not None and mention.group in ("toll", "act", "verb", "num")):
            return False
    return False
