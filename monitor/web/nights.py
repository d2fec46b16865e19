"""Nights: their names, their bounds, and the headline figures over one country."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import HTTPException

from monitor.fuse import Figure, headline
from monitor.model import Claim, Side
from monitor.web.context import Context

__all__ = ["KYIV", "bounds", "checked", "checked_night", "figures_of", "night_name", "nights_until"]

KYIV = ZoneInfo("Europe/Kyiv")
MEASURES = ("launched", "shot_down", "lost", "left")
FIRST, LAST = date(1970, 1, 2), date(2200, 1, 1)


def checked(day: date) -> date:
    """The day itself; 422 outside the calendar that the series can hold."""
    if not FIRST <= day <= LAST:
        raise HTTPException(422, f"night: write a day between {FIRST} and {LAST}")
    return day


def checked_night(name: str | None) -> None:
    """422 for a name that is no ``D-1/D``."""
    try:
        first, _, last = (name or "1970-01-02/03").partition("/")
        checked(date.fromisoformat(first))
        date.fromisoformat(last if len(last) > 2 else f"{first[:8]}{last}")
    except ValueError:
        raise HTTPException(422, "night: write it as 2024-11-12/2024-11-13") from None


def night_name(day: date) -> str:
    """``D-1/D`` as READING.md writes the night that ends on a day."""
    return f"{day - timedelta(days=1)}/{day}"


def bounds(day: date) -> tuple[datetime, datetime]:
    """Noon to noon in Kyiv, in UTC: 23 to 25 hours where the clocks change."""
    noon = time(12)
    first = datetime.combine(day - timedelta(days=1), noon, KYIV).astimezone(UTC)
    return first, datetime.combine(day, noon, KYIV).astimezone(UTC)


def nights_until(asked: Context, last: date | None, nights: int) -> list[date]:
    """The days on which ``nights`` nights end, the oldest first; the last is today's in Kyiv unless given."""
    end = checked(last) if last else asked.clock.now().astimezone(KYIV).date()
    return [checked(end - timedelta(days=back)) for back in reversed(range(nights))]


def figures_of(asked: Context, claims: Sequence[Claim], night: str, attacked: Side) -> dict[tuple[str, str], Figure]:
    """The headline figures over one country by (measure, weapon), in the order in which a page shows them."""
    found = headline(claims, night, "RU" if attacked == "UA" else "UA", asked.rules)
    keys = sorted(
        found, key=lambda key: (key[1] != "drone", MEASURES.index(key[0]) if key[0] in MEASURES else 9, key[1])
    )
    return {key: found[key] for key in keys}
