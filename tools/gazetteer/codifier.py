"""Units of the official codifier of Ukraine, joined with GeoNames for coordinates and population."""

from __future__ import annotations

import csv
import difflib
import gzip
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from letters import fold, is_cyrillic, transliterate

TOO_FAR = 0.9  # degrees to the nearest of the hromada and of the raion together: another place of the name
TOWN = 5000  # people from which a GeoNames row is looked for among towns first
MOST_PEOPLE = {"M": 5_000_000, "X": 45_000, "C": 12_000}  # above: the row is a town that once had this name
KINDS = {"M": "city", "X": "settlement", "C": "village"}


@dataclass
class Unit:
    """One line of the codifier: `category` O K P H M X C B."""

    code: str
    parents: list[str]
    category: str
    name: str


def read_katottg(path: Path) -> list[Unit]:
    """Units in the order of the codifier; names stripped, with the typographic apostrophe."""
    units = []
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        for row in list(csv.reader(text, delimiter=";"))[1:]:
            codes = [code for code in row[:5] if code]
            name = row[6].strip().replace("'", "\u2019").replace("\u02bc", "\u2019")
            units.append(Unit(codes[-1], codes[:-1], row[5].strip(), name))
    return units


def read_geonames(path: Path) -> list[dict[str, str]]:
    """Rows of the settlements file: geonameid, cc, admin1, name, lat, lon, population, alternatenames."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _distance(a: dict[str, str], b: dict[str, str]) -> float:
    lat = math.radians((float(a["lat"]) + float(b["lat"])) / 2)
    return math.hypot(float(a["lat"]) - float(b["lat"]), (float(a["lon"]) - float(b["lon"])) * math.cos(lat))


def join_geonames(
    settlements: list[Unit], rows: list[dict[str, str]], area_of: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Settlement code → its GeoNames row, by name within the first-level area.

    Where several settlements of the area share the name, nearness to settlements of the same hromada
    and raion decides, and a town goes before a village.
    """
    by_name: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    roman = {unit.code: fold(transliterate(unit.name, "romanisation.uk")) for unit in settlements}
    for unit in settlements:
        area = unit.parents[0]
        by_name[area, fold(unit.name)].append(unit)
        by_name[area, roman[unit.code]].append(unit)
    candidates: list[tuple[dict[str, str], list[Unit]]] = []
    for row in sorted(rows, key=lambda row: (-int(row["population"] or 0), row["geonameid"])):
        area = area_of.get(row["admin1"], "")
        people = int(row["population"] or 0)
        found: dict[str, Unit] = {}
        variants = [row["name"], *row["alternatenames"].split("|")]
        for cyrillic in (True, False):
            for variant in variants:
                if is_cyrillic(variant) == cyrillic:
                    for unit in by_name.get((area, fold(variant.replace("`", "'"))), []):
                        seat = unit.code[9:12] == "001" and fold(row["name"]) == roman[unit.code]
                        if people <= MOST_PEOPLE[unit.category] or seat:
                            found[unit.code] = unit
            if found:
                break
        units = list(found.values())
        if people >= TOWN:
            units = [unit for unit in units if unit.category == "M"] or units
            exact = [unit for unit in units if roman[unit.code] == fold(row["name"])]
            units = exact if len(exact) == 1 else units
        if units:
            candidates.append((row, units))
    joined: dict[str, dict[str, str]] = {}
    for row, units in candidates:
        if len(units) == 1:
            joined.setdefault(units[0].code, row)
    for _ in range(3):  # each round knows more neighbours than the one before
        joined = _nearest(candidates, joined)
    return joined


def _nearest(
    candidates: list[tuple[dict[str, str], list[Unit]]], before: dict[str, dict[str, str]]
) -> dict[str, dict[str, str]]:
    """Join rows to settlements, the surest first: a town's only namesake, then by nearness to what was joined."""
    near: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
    for code, row in before.items():
        near[code[:9]].append((code, row))
        near[code[:6]].append((code, row))
    pairs = []
    for order, (row, units) in enumerate(candidates):
        for unit in units:
            hromada = [_distance(row, p) for code, p in near[unit.code[:9]] if code != unit.code]
            raion = sorted(_distance(row, p) for code, p in near[unit.code[:6]] if code != unit.code)[:3]
            far = min(hromada or [0.3]) + sum(raion or [0.3]) / len(raion or [1])
            if unit.category == "M" and len(units) == 1:
                far = 0.0
            if far < TOO_FAR:
                pairs.append((round(far, 4), order, unit.code))
    out: dict[str, dict[str, str]] = {}
    taken: set[int] = set()
    for _, order, code in sorted(pairs):
        if order not in taken and code not in out:
            taken.add(order)
            out[code] = candidates[order][0]
    return out


def centre_of(unit: Unit, members: list[Unit]) -> Unit | None:
    """The seat of a hromada: the codifier gives it the first code; of a raion: the town named like it."""
    if not members:
        return None
    if unit.category == "H":
        return min(members, key=lambda member: member.code)
    stem = fold(unit.name)

    def likeness(member: Unit) -> tuple[float, int]:
        ratio = difflib.SequenceMatcher(None, stem, fold(member.name)).ratio()
        return round(ratio, 1), "CXM".index(member.category)

    return max(members, key=likeness)
