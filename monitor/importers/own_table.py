"""A table of one's own, as CSV or GeoJSON → claims, strikes and alerts.

CSV: one row a claim, a strike or an alert, cells as below. GeoJSON: a FeatureCollection whose features have the same
names as properties; a feature's own geometry is kept in its item and never read as a place.

kind        count (default), strike or alert
place       ids of the gazetteer, several with a space between them (UA-63)
claimant    who says so; default: the name of the table
url         where it was published
count:      measure, weapon, value (empty with measure ``withheld``), value_max, bound, model, attacker (UA or RU), and
            ``night`` (2024-11-09/2024-11-10), ``day`` (2024-11-10) or ``start`` and ``end``
strike:     date (2024-11-10) or start; weapon, target_kind, killed, injured, bound
alert:      start, end (empty: still on), threat (default: air)

Times are ISO 8601; without a zone they are meant in ``zone`` (a column; default: Europe/Kyiv).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from monitor.catalogue import load_gazetteer
from monitor.errors import InputError
from monitor.importers import Into
from monitor.importers.figures import Row, bring, cell_evidence
from monitor.importers.rows import read_lines
from monitor.importers.windows import local, named, window
from monitor.model import (
    JSON,
    AlertReport,
    Bound,
    CountReport,
    Item,
    Measure,
    Moment,
    Note,
    Period,
    PlaceRef,
    Reading,
    Side,
    StrikeReport,
    Threat,
    Weapon,
)

__all__ = ["own_table", "read_row"]

KIND = "table"
_FIGURES = ("value", "value_max", "bound", "killed", "injured", "end")


def own_table(file: Path, into: Into) -> Mapping[str, JSON]:
    """Import the file. Raises ``InputError`` where it is no such table."""
    is_json = file.suffix.lower() in (".geojson", ".json")
    return bring(file, into, KIND, _features(file) if is_json else _lines(file), read_row)


def _lines(file: Path) -> Iterator[Row]:
    for line, cells, done in read_lines(file):
        if "measure" not in cells and "kind" not in cells:
            raise InputError(f"{file}: the table has neither a column `kind` nor a column `measure`; see `import`")
        yield _row(line, cells, cells, done)


def _features(file: Path) -> Iterator[Row]:
    try:
        found = json.loads(file.read_bytes())
        features = found["features"]
        if found["type"] != "FeatureCollection" or not isinstance(features, list):
            raise ValueError
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{file}: is no GeoJSON FeatureCollection") from None
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        cells = {str(name): value for name, value in properties.items()} if isinstance(properties, dict) else {}
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        yield _row(number, {**cells, "geometry": geometry} if geometry else cells, cells, 0)


def _row(line: int, kept: Mapping[str, JSON], cells: Mapping[str, JSON], done: int) -> Row:
    at = None
    try:
        found = _window(_texts(cells))
        at = found[2].end or found[2].start if found else None
    except (ValueError, KeyError):
        pass
    identity = tuple(f"{name}={value}" for name, value in sorted(_texts(cells).items()) if name not in _FIGURES)
    return Row(line, kept, identity, at, _texts(cells).get("url") or None, done)


def read_row(item: Item) -> Reading:
    """What one row claims; total: whatever is wrong with it stands in the notes."""
    try:
        cells = json.loads(item.text)
        texts = _texts(cells)
        kind = texts.get("kind") or "count"
        if kind == "count":
            return Reading(None, (_count(item, cells, texts),))
        if kind == "strike":
            return Reading(None, (_strike(item, cells, texts),))
        if kind == "alert":
            return Reading(None, (_alert(item, cells, texts),))
        raise ValueError(f"kind: {kind} is none of count, strike, alert")
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as problem:
        words = f"column {problem} is missing" if isinstance(problem, KeyError) else str(problem)
        return Reading(None, notes=(Note(item.text[:200], words),))


def _count(item: Item, cells: Mapping[str, Any], texts: Mapping[str, str]) -> CountReport:
    measure, weapon = _one_of(texts, "measure", Measure), _one_of(texts, "weapon", Weapon)
    value = _number(texts, "value")
    if (value is None) != (measure == "withheld"):
        raise ValueError("value: a figure without a value is of measure `withheld`, and only that has none")
    found = _window(texts)
    if found is None:
        raise ValueError("when: one of `night`, `day`, or `start` and `end` is needed")
    period, name, span = found
    column = "value" if value is not None else "measure"
    return CountReport(
        weapon, measure, value, cell_evidence(item, column, cells, span), model=texts.get("model") or None,
        value_max=_number(texts, "value_max"), bound=_one_of(texts, "bound", Bound) if texts.get("bound") else None,
        places=_places(texts), attacker=_one_of(texts, "attacker", Side), period=period, date_or_period=name,
        claimed_by=texts.get("claimant") or item.source, retro=True,
    )  # fmt: skip


def _strike(item: Item, cells: Mapping[str, Any], texts: Mapping[str, str]) -> StrikeReport:
    places = _places(texts)
    if not places:
        raise ValueError("place: a strike has one")
    day = texts.get("date") or (texts["start"][:10] if texts.get("start") else "")
    date.fromisoformat(day)
    found = _window(texts)
    return StrikeReport(
        places, (_one_of(texts, "weapon", Weapon),), cell_evidence(item, "place", cells, found[2] if found else None),
        target_kind=texts.get("target_kind") or None, killed=_number(texts, "killed"),
        injured=_number(texts, "injured"), bound=_one_of(texts, "bound", Bound) if texts.get("bound") else None,
        date=day, attributed_to=texts.get("claimant") or item.source, retro=True,
    )  # fmt: skip


def _alert(item: Item, cells: Mapping[str, Any], texts: Mapping[str, str]) -> AlertReport:
    zone = _zone(texts)
    start = local(texts["start"], zone)[0].astimezone(UTC)
    end = local(texts["end"], zone)[0].astimezone(UTC) if texts.get("end") else None
    if end is not None and end < start:
        raise ValueError("end: the alert ends before it begins")
    (place,) = _places(texts) or (None,)
    if place is None:
        raise ValueError("place: an alert has one")
    threat: Threat = _one_of(texts, "threat", Threat) if texts.get("threat") else "air"
    evidence = cell_evidence(item, "start", cells, Moment(start, end, "second"))
    scope: Any = place.level if place.level in ("country", "oblast", "raion", "hromada", "city") else "oblast"
    return AlertReport("start", scope, (place,), threat, evidence)


def _window(texts: Mapping[str, str]) -> tuple[Period, str, Moment] | None:
    zone = _zone(texts)
    for period in ("night", "day"):
        if name := texts.get(period):
            span = named(period, name, zone)
            return (period, name, span) if span else None
    if texts.get("start"):
        return window(texts["start"], texts.get("end") or texts["start"], zone)
    return None


def _places(texts: Mapping[str, str]) -> tuple[PlaceRef, ...]:
    gazetteer = load_gazetteer()
    out = []
    for one in texts.get("place", "").replace(",", " ").split():
        known = gazetteer.places.get(one)
        if known is None:
            raise ValueError(f"place: the gazetteer has no {one}; write an id such as UA-63")
        out.append(PlaceRef(one, one, known.level, known.code, one))
    return tuple(out)


def _zone(texts: Mapping[str, str]) -> ZoneInfo:
    try:
        return ZoneInfo(texts.get("zone") or "Europe/Kyiv")
    except (KeyError, ValueError, OSError):
        raise ValueError(f"zone: {texts.get('zone')} is no time zone") from None


def _one_of(texts: Mapping[str, str], column: str, kind: Any) -> Any:
    value = texts.get(column, "")
    if value not in get_args(kind):
        raise ValueError(f"{column}: {value or 'nothing'} is none of {', '.join(get_args(kind))}")
    return value


def _number(texts: Mapping[str, str], column: str) -> int | None:
    text = texts.get(column, "")
    if not text:
        return None
    value = float(text) if text.replace(".", "", 1).isdigit() else -1.0
    if not value.is_integer() or not 0 <= value < 10**6:
        raise ValueError(f"{column}: {text} is no whole number")
    return int(value)


def _texts(cells: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name): "" if value is None else str(value).strip()
        for name, value in cells.items()
        if not isinstance(value, dict | list)
    }
