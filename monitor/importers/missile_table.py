"""The daily table of missile attacks on Ukraine, as Kaggle has it (``missile_attacks_daily.csv``) → claims.

One row is one weapon in one attack: ``time_start``, ``time_end`` (Kyiv), ``model``, ``target``, ``launched``,
``destroyed``, ``not_reach_goal``, ``still_attacking``, ``border_crossing``. Every figure is a claim of its own. Rows of
regional commands count the same drones again: a row whose target is not the country is a claim about that region.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from monitor.catalogue import load_gazetteer
from monitor.importers import Into
from monitor.importers.figures import Row, bring, cell_evidence
from monitor.importers.rows import need, read_lines, row_of
from monitor.importers.windows import window
from monitor.model import JSON, CountReport, Item, Measure, Note, PlaceRef, Reading, Weapon

__all__ = ["missile_table", "read_row"]

KIND = "missile-table"
_NEEDED = ("time_start", "time_end", "model", "target", "launched", "destroyed")
_IDENTITY = ("time_start", "time_end", "model", "launch_place", "target", "carrier", "source")
_PARTS = ("launch_place", "carrier", "source")
_PART = "part:"
_MEASURES: dict[str, Measure] = {
    "launched": "launched",
    "destroyed": "shot_down",
    "not_reach_goal": "lost",
    "still_attacking": "present",
}


def missile_table(file: Path, into: Into) -> Mapping[str, JSON]:
    """Import the table. Raises ``InputError`` where it is another one."""
    return bring(file, into, KIND, _rows(file), read_row)


def _rows(file: Path) -> Iterator[Row]:
    """Rows of one attack, weapon and target that differ in where they came from are parts of it: no total, and no
    newer version of each other."""
    found = list(read_lines(file))
    attacks = Counter(_attack(cells) for _, cells, _ in found)
    for line, cells, done in found:
        if line <= 2:
            need(file, cells, _NEEDED)
        try:
            at = window(cells["time_start"], cells["time_end"])[2].end
        except (KeyError, ValueError):
            at = None
        part = next((cells[name] for name in _PARTS if cells.get(name)), "?")
        flags = (f"{_PART}{part}",) if attacks[_attack(cells)] > 1 else ()
        yield Row(line, cells, tuple(cells.get(name, "") for name in _IDENTITY), at, done=done, flags=flags)


def _attack(cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in ("time_start", "time_end", "model", "target"))


def read_row(item: Item) -> Reading:
    """What one row claims; total: whatever is wrong with it stands in the notes."""
    try:
        cells = row_of(item)
        period, name, span = window(cells["time_start"], cells["time_end"])
    except (KeyError, ValueError) as problem:
        return Reading(None, notes=(Note(item.text[:200], f"no time that can be read: {problem}"),))
    weapon, model = _weapon(cells.get("model", ""))
    if weapon is None:
        reason = "no strike weapon" if model is None else "no such weapon is known"
        return Reading(None, notes=(Note(cells.get("model", ""), reason),))
    part = next((flag.removeprefix(_PART) for flag in item.flags if flag.startswith(_PART)), None)
    reports: list[CountReport] = []
    notes: list[Note] = []
    for column, measure, value in _figures(cells, notes):
        reports.append(
            CountReport(
                weapon,
                measure,
                value,
                cell_evidence(item, column, cells, span),
                model=model,
                places=_places(cells.get("target", "")),
                attacker="RU",
                period=period,
                date_or_period=name,
                claimed_by=item.source,
                subset_of=part,
                retro=True,
            )
        )
    return Reading(None, tuple(reports), notes=tuple(notes))


def _figures(cells: Mapping[str, str], notes: list[Note]) -> Iterator[tuple[str, Measure, int]]:
    for column, measure in _MEASURES.items():
        if cell := cells.get(column):
            try:
                yield column, measure, _whole(float(cell))
            except (ValueError, OverflowError):
                notes.append(Note(f"{column}: {cell}", "no whole number"))
    cell = cells.get("border_crossing") or "{}"
    try:
        left = dict(ast.literal_eval(cell))
        if len(left) == 1:
            yield "border_crossing", "left", _whole(float(*left.values()))
        elif left:
            notes.append(Note(cell, "left over several borders: these figures are not added up"))
    except (ValueError, SyntaxError, TypeError, OverflowError, MemoryError, RecursionError):
        notes.append(Note(cell, "no figures by border"))


def _whole(value: float) -> int:
    if not value.is_integer() or not 0 <= value < 10**6:
        raise ValueError("no whole number")
    return int(value)


def _weapon(cell: str) -> tuple[Weapon | None, str | None]:
    """Weapon and our name of the model. (None, None): no strike weapon; (None, name): not known."""
    data = _data()
    kinds = {model: weapon for weapon, models in data["weapons"].items() for model in models}
    parts = cell.split(data["joined"])
    found = {kinds.get(part) for part in parts}
    if found == {"reconnaissance"}:
        return None, None
    if None in found or not cell:
        return None, cell or "?"
    found.discard("reconnaissance")
    model = "/".join(data["names"].get(part, part) for part in parts if part not in data["no_model"]["names"])
    weapon: Any = found.pop() if len(found) == 1 else "mixed"
    return weapon, model or None


def _places(target: str) -> tuple[PlaceRef, ...]:
    """The places that were attacked; what the gazetteer does not have (a direction) keeps its name."""
    data = _data()
    if target == data["country"]:
        return (PlaceRef("UA", "UA", "country"),)
    out = []
    for part in target.split(data["joined"]):
        narrow = part.rpartition(",")[2].strip() or part
        found = _known().get(narrow.casefold()) or _known().get(part.partition(",")[0].strip().casefold())
        out.append(PlaceRef(found, found, text=part) if found else PlaceRef(part or "unknown", text=part))
    return tuple(dict.fromkeys(out))


@cache
def _known() -> Mapping[str, str]:
    """Folded English name of a Ukrainian region, raion or city → its id, where only one is called so."""
    gazetteer = load_gazetteer()
    out: dict[str, str | None] = {}
    for level in ("oblast", "city", "raion"):
        for place in gazetteer.places.values():
            if place.level == level and gazetteer.line(place.id)[-1] == "UA":
                name = place.name.casefold()
                out[name] = None if name in out and out[name] is None else out.get(name) or place.id
    return {name: place for name, place in out.items() if place}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("monitor.importers").joinpath("missiles.toml").read_text("utf-8"))
