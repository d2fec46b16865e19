"""Dates as feeds write them → aware UTC, or the reason why not.

Names of months and zones stand in ``feed_dates.toml``. A time without a zone is not guessed: the caller says which
zone a feed means, or the item is taken at its receipt with the flag ``naive_time``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

__all__ = ["When", "read_date", "read_stamp"]

_LONGEST = 80
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?!\d)")
_OFFSET = re.compile(r"(?<![\d.])(?:GMT|UTC|UT)?\s?([+-])(\d{2}):?(\d{2})?(?!\d)", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)", re.ASCII)
_UNIX = re.compile(r"-?\d{1,15}(\.\d{1,9})?", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?<![\d:+-])\d{1,4}(?![\d:])", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """``at`` is aware UTC or None; ``flag`` says why it is None: no_date | unread_date | naive_time."""

    at: datetime | None
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class _Tables:
    zones: dict[str, int]
    months: dict[str, int]


@cache
def _tables() -> _Tables:
    raw = tomllib.loads(files("monitor.sources").joinpath("feed_dates.toml").read_text("utf-8"))
    months = {name: int(number) for number, names in raw["months"].items() for name in names}
    return _Tables({name.upper(): minutes for name, minutes in raw["zones"].items()}, months)


def read_date(text: str | None, naive_zone: str | None = None) -> When:
    """A feed's date in RFC 822, ISO 8601 or words. ``naive_zone`` is what a time without a zone means, if known."""
    text = " ".join((text or "").split())
    if not text:
        return When(None, "no_date")
    if len(text) > _LONGEST:
        return When(None, "unread_date")
    try:
        found = _iso(text) or _words(text)
        if found is None:
            return When(None, "unread_date")
        local, minutes = found
        if minutes is not None:
            return When(local.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC))
        if naive_zone:
            return When(local.replace(tzinfo=ZoneInfo(naive_zone)).astimezone(UTC))
    except (ValueError, OverflowError):
        return When(None, "unread_date")
    return When(None, "naive_time")


def read_stamp(value: object) -> datetime | None:
    """A time as data files write it: ISO 8601 (naive means UTC), Unix seconds or milliseconds, as text or number."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, int | float):
            return _unix(float(value))
        text = str(value).strip()
        if text[4:5] != "-" and _UNIX.fullmatch(text):
            return _unix(float(text))
        if (exact := _exact(text)) is not None:
            return exact
        found = _iso(text)
        if found is None:
            return None
        local, minutes = found
        return local.replace(tzinfo=timezone(timedelta(minutes=minutes or 0))).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _exact(text: str) -> datetime | None:
    """The plain case, quickly: ISO 8601 with a zone and an ordinary time of day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None and 1970 <= at.year <= 9998 else None


def _unix(seconds: float) -> datetime:
    """Seconds up to the year 5138; anything larger counts milliseconds, then microseconds."""
    for _ in range(2):
        if abs(seconds) >= 1e11:
            seconds /= 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _iso(text: str) -> tuple[datetime, int | None] | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    local = _moment(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    return local, _minutes(zone) if zone else None


def _words(text: str) -> tuple[datetime, int | None] | None:
    tables = _tables()
    clock = _CLOCK.search(text)
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    rest = text.replace(clock.group(), " ", 1) if clock else text
    offset = _OFFSET.search(rest)
    words: list[str] = _WORD.findall(rest)
    minutes = next((tables.zones[word.upper()] for word in words if word.upper() in tables.zones), None)
    if offset:
        minutes = _minutes("".join(part or "" for part in offset.groups()))
        rest = rest.replace(offset.group(), " ", 1)
    numeric = _NUMERIC.search(rest)
    if numeric:
        day, month, year = (int(part) for part in numeric.groups())
    else:
        month = next((tables.months[word.lower()] for word in words if word.lower() in tables.months), 0)
        numbers = [int(number) for number in _NUMBER.findall(rest)]
        if not month or len(numbers) != 2:
            return None
        year, day = sorted(numbers, reverse=True) if max(numbers) > 31 else (numbers[1] + 2000, numbers[0])
    return _moment(year, month, day, hour, minute, second), minutes


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """With 24:00 as the next day's midnight and the leap second 60 as the second before it."""
    if not 1970 <= year <= 9998:
        raise ValueError("year out of range")
    plus = timedelta(days=1) if (hour, minute) == (24, 0) else timedelta()
    return datetime(year, month, day, 0 if plus else hour, minute, 59 if second == 60 else second) + plus  # noqa: DTZ001


def _minutes(zone: str) -> int:
    if zone.upper() == "Z":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    total = int(digits[:2]) * 60 + int(digits[2:])
    return -total if zone[0] == "-" else total
