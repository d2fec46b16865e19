"""Days as a writer means them: the calendar where he stands, and the words that stand for them in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from monitor.extract.text.doc import When
from monitor.extract.words.mentions import Mention
from monitor.model import Moment

__all__ = ["Calendar", "Day", "day_when", "is_concept", "value_of"]

_NO_ORDINALS: Final[Mapping[str, int]] = {}
_SOON: Final = 31
"""Days ahead of publication that a date without a year may name."""


class Day:
    """A day named at tokens ``i`` to ``j``."""

    __slots__ = ("date", "i", "is_weekday", "j")

    def __init__(self, i: int, j: int, date: date, is_weekday: bool = False) -> None:
        self.i = i
        self.j = j
        self.date = date
        self.is_weekday = is_weekday


class Calendar:
    """Resolves what a writer says about days, standing at ``local`` (the time of publication, in ``zone``)."""

    def __init__(
        self,
        local: datetime | None,
        zone: tzinfo,
        day_words: Sequence[str] = (),
        ordinals: Mapping[str, int] = _NO_ORDINALS,
        year_words: Sequence[str] = (),
    ) -> None:
        self.day_words = day_words
        self.year_words = year_words
        self.ordinals = ordinals
        self.local = local
        self.zone = zone
        self.today = local.date() if local is not None else None

    def day(self, day: int, month: int, year: int | None) -> date | None:
        """The day meant; without a year the one nearest to publication that is past or soon to come: what is reported
        has been."""
        if year is not None:
            return _date(year, month, day)
        if self.today is None:
            return None
        this = self.today.year
        near = [one for y in (this - 1, this, this + 1) if (one := _date(y, month, day)) is not None]
        away = [(one - self.today).days for one in near]
        told = [n for n, days in enumerate(away) if days <= _SOON]
        return near[min(told, key=lambda n: abs(away[n]))] if told else None

    def weekday(self, number: int) -> date | None:
        """The last such day up to the day of publication."""
        if self.today is None:
            return None
        return self.today - timedelta(days=(self.today.isoweekday() - number) % 7)


def _date(year: int, month: int, day: int) -> date | None:
    """None where the month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_when(day: date, i: int, j: int, zone: tzinfo, period: str | None = "day", retro: bool = False) -> When:
    """A day of ``zone`` from midnight to midnight, named at tokens ``i`` to ``j``; its moment is in UTC."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return When(i, j, period, day.isoformat(), Moment(start.astimezone(UTC), end.astimezone(UTC), "day"), retro)


def value_of(mention: Mention | None, group: str) -> int | None:
    """The number that a word of that group stands for: of a month, a weekday, a numeral."""
    if mention is None or mention.group != group:
        return None
    found = mention.data.get("value")
    return found if isinstance(found, int) else None


def is_concept(at: list[Mention | None], k: int, concept: str) -> bool:
    mention = at[k]
    return mention is not None and mention.concept == concept
