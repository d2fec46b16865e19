"""What stands beside a strike: the claims of its night, by whoever made them. Nothing is added up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.errors import InputError
from monitor.model import Claim, StrikeEvent
from monitor.store import rows, series
from monitor.store.answers import Answer
from monitor.store.looking import Readable, opened
from monitor.store.tables import DERIVED

__all__ = ["claims_beside", "nights_of"]

_EVENING = 18


def claims_beside(store: Readable, strike: str, *, as_of: datetime | None = None) -> Answer[Claim]:
    """Claims about the night and the day of a strike, of attacks on the side that was hit, by time.

    Raises ``InputError`` for a strike that is not known, or was not at ``as_of``.
    """
    event = _strike(store, strike, as_of)
    attacker = "UA" if any(place.startswith("RU") for place in event.places) else "RU"
    found: dict[str, Claim] = {}
    answers = [series.claims(store, night=name, attacker=attacker, as_of=as_of) for name in nights_of(event)]  # type: ignore[arg-type]
    for answer in answers:
        found.update((claim.id, claim) for claim in answer.rows)
    ordered = tuple(sorted(found.values(), key=lambda claim: (claim.at, claim.id)))
    return Answer(ordered, answers[0].coverage)


def nights_of(event: StrikeEvent) -> tuple[str, ...]:
    """The names under which claims speak of the time of a strike: its night, and its day."""
    zone = ZoneInfo("Europe/Moscow" if any(place.startswith("RU") for place in event.places) else "Europe/Kyiv")
    local = event.first_at.astimezone(zone)
    if event.date and "/" in event.date:
        return (event.date,)
    day = date.fromisoformat(event.date) if event.date else local.date()
    names = [f"{day - timedelta(days=1)}/{day}", day.isoformat()]
    if local.date() == day and local.hour >= _EVENING:
        names.append(f"{day}/{day + timedelta(days=1)}")
    return tuple(names)


def _strike(store: Readable, id: str, as_of: datetime | None) -> StrikeEvent:
    now, versions = DERIVED["strikes"]
    query = now.select().where(now.c.id == id)
    if as_of is not None:
        query = versions.select().where(
            versions.c.id == id, versions.c.known_from <= as_of,
            versions.c.known_to.is_(None) | (versions.c.known_to > as_of),
        )  # fmt: skip
    with opened(store) as connection:
        row = connection.execute(query).first()
    if row is None:
        raise InputError(f"no strike {id!r:.80} is known{' at that time' if as_of else ''}")
    return rows.load(StrikeEvent, rows.unpack(row.body))
