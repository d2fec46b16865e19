"""The time that a row of figures is about: a night, a day or some hours, by the clock of the country attacked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Moment, Period

__all__ = ["KYIV", "local", "named", "window"]

KYIV = ZoneInfo("Europe/Kyiv")
_EVENING, _NOON, _SMALL_HOURS = time(15), time(15), time(6)
_SHORTEST_DAY = timedelta(hours=6)


def local(cell: str, zone: ZoneInfo = KYIV) -> tuple[datetime, bool]:
    """A cell's time and whether it states a time of day. No zone means ``zone``. Raises ``ValueError``."""
    found = datetime.fromisoformat(cell.strip())
    if not 1970 <= found.year <= 2200:
        raise ValueError(f"{cell} lies outside the calendar of the series")
    return (found if found.tzinfo else found.replace(tzinfo=zone)), len(cell.strip()) > 10


def window(start: str, end: str, zone: ZoneInfo = KYIV) -> tuple[Period, str, Moment]:
    """Period, ``date_or_period`` and window of two cells. Raises ``ValueError``.

    A night goes from an afternoon to the forenoon after it, or begins in its small hours; two equal dates are a day;
    whatever else is some hours.
    """
    first, has_time = local(start, zone)
    last, ends_at_time = local(end, zone)
    if not ends_at_time:
        last += timedelta(days=1)
    if last < first:
        raise ValueError(f"it ends ({end}) before it begins ({start})")
    span = Moment(first.astimezone(UTC), last.astimezone(UTC), "minute" if has_time and ends_at_time else "day")
    begins, ends = first.astimezone(zone), last.astimezone(zone)
    if has_time and ends_at_time:
        is_next = ends.date() == begins.date() + timedelta(days=1) and begins.time() >= _EVENING
        is_small = ends.date() == begins.date() and begins.time() < _SMALL_HOURS
        if (is_next or is_small) and ends.time() <= _NOON:
            return "night", night(ends.date()), span
        if ends.date() == begins.date() and last - first >= _SHORTEST_DAY:
            return "day", str(ends.date()), span
        return "hours", str(begins.date()), span
    if not has_time and not ends_at_time and last - first == timedelta(days=1):
        return "day", str(begins.date()), span
    return "hours", str(begins.date()), span


def night(day: date) -> str:
    """``D-1/D``: the night that ends on a day."""
    return f"{day - timedelta(days=1)}/{day}"


def named(period: str, name: str, zone: ZoneInfo = KYIV) -> Moment | None:
    """The window of a period that is named by its date alone: a night from noon to noon, a day from midnight on.
    Raises ``ValueError``."""
    if period == "night":
        day = _day(name.rpartition("/")[2])
        if name != night(day):
            raise ValueError(f"a night is written {night(day)}, not {name}")
        return Moment(_at(day - timedelta(days=1), time(12), zone), _at(day, time(12), zone), "night")
    if period == "day":
        day = _day(name)
        return Moment(_at(day, time(0), zone), _at(day + timedelta(days=1), time(0), zone), "day")
    return None


def _day(name: str) -> date:
    found = date.fromisoformat(name)
    if not 1971 <= found.year <= 2199:
        raise ValueError(f"{name} lies outside the calendar of the series")
    return found


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, hour, zone).astimezone(UTC)
