"""Roll-ups by hour, day, night, week and month, kept up on every write and equal to what recomputing would give.

Counts are rolled up per claimant and per place *as stated*: a regional balance is no part of a national one, and
nothing is added up across claims. ``n`` is how many claims stand, ``least`` and ``most`` their range, ``withheld`` how
many of them withhold the figure. Superseded and retracted claims, subsets, drills and tests are left out.
Alerts (measure ``alerts``, weapon = regime) and strikes (measure ``strikes``) are counted under their place, all that
lies above it, and ``""`` for everywhere; ``seconds`` is how long the ended alerts lasted. Standing alerts are left out.

Buckets: hours are UTC; the rest is local (Moscow for cells of Russia, else Kyiv). A night runs from 18:00 to 9:00 and
is called ``2024-11-09/2024-11-10``, as claims call it; a claim about a night counts for the day on which it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, case, delete, func, select

from monitor.model import Claim, Interval, StrikeEvent
from monitor.store import rows
from monitor.store.columns import clean
from monitor.store.nights import EVENING, MORNING, night_name, night_stretch
from monitor.store.regions import Lineage
from monitor.store.statements import chunks, increase, insert_new, upsert
from monitor.store.tables import DERIVED, rollup_parts, rollups

__all__ = ["GRAINS", "Bucket", "Part", "aggregate", "keep_up", "parts_of", "recompute"]

GRAINS = ("hour", "day", "night", "week", "month")
KINDS = ("intervals", "strikes", "claims")

_MOSCOW, _KYIV = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Kyiv")
_GRAINS_OF = {
    "instant": GRAINS,
    "hours": GRAINS,
    "day": ("day", "week", "month"),
    "night": ("night", "day", "week", "month"),
    "week": ("week",),
    "month": ("month",),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One cell: a stretch of time, a place ("" for everywhere) and what is counted there."""

    grain: str
    begins_at: datetime
    ends_at: datetime
    period: str
    place: str
    measure: str
    weapon: str
    side: str
    claimant: str

    @property
    def key(self) -> str:
        """The cell's name, whatever the order of its columns, in characters that a database can keep."""
        claimant = self.claimant.replace("|", "/") if "|" in self.claimant else self.claimant
        return clean(f"{self.grain}|{self.period}|{self.place}|{self.measure}|{self.weapon}|{self.side}|{claimant}")


@dataclass(frozen=True, slots=True)
class Part:
    """What one row adds to a cell."""

    bucket: Bucket
    row: str
    value: int | None = None
    value_max: int | None = None
    is_withheld: bool = False
    seconds: int = 0


def parts_of(kind: str, value: Any, lineage: Lineage) -> list[Part]:
    """What a derived row adds to which cells; nothing for one that does not stand."""
    if value is None or value.nature != "actual" or value.retracted_at is not None:
        return []
    if kind == "claims":
        return list(_of_claim(value))
    return list(_of_interval(value, lineage) if kind == "intervals" else _of_strike(value, lineage))


def keep_up(
    connection: Connection, kind: str, moved: Sequence[tuple[Any | None, Any | None]], lineage: Lineage
) -> None:
    """Carry changed rows, each (old, new), over into the roll-ups."""
    if kind not in KINDS:
        return
    gone: list[Part] = []
    come: list[Part] = []
    for before, after in moved:
        old, new = parts_of(kind, before, lineage), parts_of(kind, after, lineage)
        if old != new:
            gone += old
            come += new
    if kind == "claims":
        _replace_parts(connection, gone, come)
    else:
        _add(connection, gone, come)


def aggregate(parts: Iterable[Part]) -> dict[str, dict[str, Any]]:
    """Cells from scratch: the row of ``rollups`` by key."""
    out: dict[str, dict[str, Any]] = {}
    for part in parts:
        key = part.bucket.key
        cell = out.get(key)
        if cell is None:
            cell = out[key] = {**_columns(part.bucket), "n": 0, "least": None, "most": None, "withheld": 0,
                                           "seconds": 0}  # fmt: skip
        cell["n"] += 1
        cell["withheld"] += part.is_withheld
        cell["seconds"] += part.seconds
        if part.value is not None:
            most = part.value if part.value_max is None else max(part.value, part.value_max)
            cell["least"] = part.value if cell["least"] is None else min(cell["least"], part.value)
            cell["most"] = most if cell["most"] is None else max(cell["most"], most)
    return out


def recompute(connection: Connection, lineage: Lineage) -> int:
    """Make all roll-ups anew from the rows of today; gives the number of cells."""
    from monitor.store.known import KINDS as TYPES

    connection.execute(delete(rollups))
    connection.execute(delete(rollup_parts))
    for kind in KINDS:
        table = DERIVED[kind][0]
        for some in connection.execute(select(table.c.body).execution_options(yield_per=1000)).partitions(1000):
            moved = [(None, rows.load(TYPES[kind], rows.unpack(row.body))) for row in some]
            keep_up(connection, kind, moved, lineage)
    return connection.execute(select(func.count()).select_from(rollups)).scalar_one()


# ── what a row adds ───────────────────────────────────────────────────────────────────────────────


def _of_claim(claim: Claim) -> Iterator[Part]:
    if claim.superseded_by is not None or claim.subset_of is not None:
        return
    window = claim.window
    moment = (window.end if claim.period == "night" else window.start) if window else None
    for place in sorted(set(claim.places)) or [""]:
        zone = _zone(place, claim.attacker)
        cells = list(_cells(moment or claim.at, zone, _GRAINS_OF.get(claim.period or "day", ())))
        if claim.period == "night":
            cells = [cell for cell in cells if cell[0] != "night"] + _named_night(claim, zone)
        for cell in cells:
            bucket = Bucket(*cell, place, claim.measure, claim.weapon, claim.attacker or "", claim.claimant or "")
            yield Part(bucket, claim.id, claim.value, claim.value_max, claim.measure == "withheld")


def _named_night(claim: Claim, zone: ZoneInfo) -> list[tuple[str, datetime, datetime, str]]:
    """The night that the claim itself names; without a name the one in which it was made or that it followed."""
    named = claim.date_or_period or ""
    try:
        first = date.fromisoformat(named[:10]) if "/" in named else None
    except ValueError:
        first = None
    if first is None:
        local = (claim.window.end if claim.window and claim.window.end else claim.at).astimezone(zone)
        first = local.date() - timedelta(days=1)
    return [_night(first, zone)]


def _of_interval(interval: Interval, lineage: Lineage) -> Iterator[Part]:
    if interval.started_at is None or interval.start_basis == "standing":
        return
    ended = interval.ended_at
    seconds = int((ended - interval.started_at).total_seconds()) if ended else 0
    for place in ("", *lineage(interval.place)):
        for cell in _cells(interval.started_at, _zone(place), GRAINS):
            yield Part(Bucket(*cell, place, "alerts", interval.regime, "", ""), interval.id, seconds=max(0, seconds))


def _of_strike(strike: StrikeEvent, lineage: Lineage) -> Iterator[Part]:
    if strike.merged_into is not None:
        return
    weapon = strike.weapons[0] if len(strike.weapons) == 1 else "mixed" if strike.weapons else "unknown"
    wide = {"", *(above for place in strike.places for above in lineage(place))}
    for place in sorted(wide):
        for cell in _cells(strike.first_at, _zone(place), GRAINS):
            yield Part(Bucket(*cell, place, "strikes", weapon, "", ""), strike.id)


def _zone(place: str, attacker: str | None = None) -> ZoneInfo:
    """The zone of a cell, by what names the cell: what Ukraine attacks without a place stated lies in Russia."""
    return _MOSCOW if place.startswith("RU") or (not place and attacker == "UA") else _KYIV


def _cells(moment: datetime, zone: ZoneInfo, grains: Sequence[str]) -> tuple[tuple[str, datetime, datetime, str], ...]:
    """(grain, begin, end, name) of the stretches of time in which a moment lies: every one begins with an hour."""
    return _stretches_of(moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0), zone, tuple(grains))


@lru_cache(maxsize=4096)
def _stretches_of(
    hour: datetime, zone: ZoneInfo, grains: tuple[str, ...]
) -> tuple[tuple[str, datetime, datetime, str], ...]:
    return tuple(_stretches(hour, zone, grains))


def _stretches(
    moment: datetime, zone: ZoneInfo, grains: Sequence[str]
) -> Iterator[tuple[str, datetime, datetime, str]]:
    local = moment.astimezone(zone)
    today = local.date()
    for grain in grains:
        match grain:
            case "hour":
                begin = moment.replace(minute=0, second=0, microsecond=0)
                yield "hour", begin, begin + timedelta(hours=1), f"{begin:%Y-%m-%dT%H}Z"
            case "night" if local.hour >= EVENING or local.hour < MORNING:
                yield _night(today if local.hour >= EVENING else today - timedelta(days=1), zone)
            case "day":
                yield "day", *_days(today, today + timedelta(days=1), zone), today.isoformat()
            case "week":
                monday = today - timedelta(days=today.weekday())
                year, week, _ = today.isocalendar()
                yield "week", *_days(monday, monday + timedelta(days=7), zone), f"{year}-W{week:02}"
            case "month":
                first = today.replace(day=1)
                following = (first + timedelta(days=32)).replace(day=1)
                yield "month", *_days(first, following, zone), f"{first:%Y-%m}"


def _night(first: date, zone: ZoneInfo) -> tuple[str, datetime, datetime, str]:
    return "night", *night_stretch(first, zone), night_name(first)


def _days(first: date, following: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    begin, end = datetime.combine(first, time(), zone), datetime.combine(following, time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


# ── writing ───────────────────────────────────────────────────────────────────────────────────────


def _columns(bucket: Bucket) -> dict[str, Any]:
    return {
        "key": bucket.key,
        "grain": bucket.grain,
        "begins_at": bucket.begins_at,
        "ends_at": bucket.ends_at,
        "period": bucket.period,
        "place": bucket.place,
        "measure": bucket.measure,
        "weapon": bucket.weapon,
        "side": bucket.side,
        "claimant": bucket.claimant,
    }


def _add(connection: Connection, gone: Sequence[Part], come: Sequence[Part]) -> None:
    """Counts and durations go up and down by what a row adds."""
    cells = aggregate(come)
    for key, cell in aggregate(gone).items():
        mine = cells.setdefault(key, {**cell, "n": 0, "seconds": 0})
        mine["n"] -= cell["n"]
        mine["seconds"] -= cell["seconds"]
    changed = [cell for _, cell in sorted(cells.items()) if cell["n"] or cell["seconds"]]
    increase(connection, rollups, changed, ("n", "seconds"))
    if any(cell["n"] < 0 for cell in changed):
        _drop_empty(connection, [cell["key"] for cell in changed])


def _replace_parts(connection: Connection, gone: Sequence[Part], come: Sequence[Part]) -> None:
    """A least and a most are taken anew over all claims of the cell."""
    for some in chunks(sorted({part.row for part in gone})):
        connection.execute(delete(rollup_parts).where(rollup_parts.c.row.in_(some)))
    insert_new(
        connection,
        rollup_parts,
        [
            {
                "key": part.bucket.key,
                "row": part.row,
                "value": part.value,
                "value_max": part.value_max,
                "is_withheld": part.is_withheld,
            }
            for part in come
        ],
    )
    cells = {part.bucket.key: _columns(part.bucket) for part in (*gone, *come)}
    for some in chunks(sorted(cells)):
        found = {row.key: row for row in connection.execute(_regroup(), {"keys": list(some)})}
        fresh = [
            {
                **cells[key],
                "n": row.n,
                "least": row.least,
                "most": row.most,
                "withheld": row.withheld,
                "seconds": 0,
            }
            for key, row in sorted(found.items())
        ]
        upsert(connection, rollups, fresh)
        empty = [key for key in some if key not in found]
        if empty:
            connection.execute(delete(rollups).where(rollups.c.key.in_(empty)))


@cache
def _regroup() -> Any:
    part = rollup_parts.c
    wide = func.coalesce(part.value_max, part.value)
    highest = case((wide >= part.value, wide), else_=part.value)
    return (
        select(
            part.key,
            func.count().label("n"),
            func.min(part.value).label("least"),
            func.max(highest).label("most"),
            func.count().filter(part.is_withheld).label("withheld"),
        )
        .where(part.key.in_(bindparam("keys", expanding=True)))
        .group_by(part.key)
    )


def _drop_empty(connection: Connection, keys: Sequence[str]) -> None:
    for some in chunks(keys):
        connection.execute(delete(rollups).where(rollups.c.key.in_(some), rollups.c.n <= 0))
