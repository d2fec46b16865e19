"""Nights: one name everywhere, ``D-1/D`` in full (``2024-11-09/2024-11-10``), and when they begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.errors import InputError

__all__ = ["EVENING", "KYIV", "MORNING", "full_name", "night_name", "night_range", "night_stretch"]

EVENING, MORNING = 18, 9
KYIV = ZoneInfo("Europe/Kyiv")


def night_name(first: date) -> str:
    """What the night that begins in the evening of ``first`` is called: an ISO 8601 interval of its two days."""
    return f"{first}/{first + timedelta(days=1)}"


def full_name(night: str) -> str:
    """The name in full: people also write ``2024-11-09/10``. What is no night stays as it is."""
    first, _, second = night.partition("/")
    return f"{first}/{first[:8]}{second}" if len(first) == 10 and len(second) == 2 else night


def night_stretch(first: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From six in the evening of ``first`` to nine in the morning, local, in UTC."""
    evening, morning = time(EVENING), time(MORNING)
    begin = datetime.combine(first, evening, zone).astimezone(UTC)
    return begin, datetime.combine(first + timedelta(days=1), morning, zone).astimezone(UTC)


def night_range(night: str) -> tuple[datetime, datetime]:
    """When a night, or another time that begins with a day, begins and ends in Kyiv, in UTC. Raises ``InputError``."""
    try:
        return night_stretch(date.fromisoformat(night[:10]), KYIV)
    except ValueError:
        raise InputError(f"{night!r:.80} is no night: write it as 2024-11-09/2024-11-10") from None
