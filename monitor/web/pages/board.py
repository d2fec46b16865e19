"""The board of regions without a map: those of Russia near the front roughly where they lie, others once told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.model import RegionState
from monitor.web.context import Context
from monitor.web.pages.frame import HOME, states
from monitor.web.pages.rows import never_ends, threats_of
from monitor.web.pages.words import Words

__all__ = ["Board", "Tile", "board"]

NEAR = (44.0, 58.0, 30.0, 47.5)
"""Degrees: southern, northern, western and eastern edge of what is always shown."""
BAND = 1.6
NEIGHBOURS = ("BY", "MD", "PL", "RO")


@dataclass(frozen=True, slots=True)
class Tile:
    """One region. ``has_notice`` False: no source would say that an alert there is over."""

    place: str
    name: str
    state: RegionState
    has_notice: bool
    threats: str


@dataclass(frozen=True, slots=True)
class Board:
    """Tiles by country in the order in which they are shown, and neighbours that no source covers."""

    countries: tuple[tuple[str, tuple[Tile, ...]], ...]
    uncovered: tuple[str, ...]


def board(asked: Context, text: Words, found: Mapping[str, RegionState]) -> Board:
    """Every first-level region outside Ukraine that is near or under alert, and the countries without a source."""
    gazetteer, rules = asked.rules.gazetteer, asked.rules
    by_country: dict[str, list[Tile]] = {}
    covered = {rules.line(place)[-1] for profile in rules.profiles.values() for place in profile.authority.places}
    near = states(asked, [place for place in rules.units("RU") if _is_near(asked, place)])
    for place, state in {**near, **found}.items():
        country = rules.line(place)[-1]
        if country == HOME or gazetteer.level(place) not in ("oblast", "city"):
            continue
        if not _is_near(asked, place) and state.status not in ("active", "partial"):
            continue
        tile = Tile(place, text.place(gazetteer, place), state, not never_ends(asked, place), threats_of(text, state))
        by_country.setdefault(country, []).append(tile)
    tiles = tuple(
        (text.place(gazetteer, country), tuple(sorted(_named(mine), key=lambda tile: _order(asked, tile.place))))
        for country, mine in sorted(by_country.items(), key=lambda pair: (pair[0] != "RU", pair[0]))
    )
    return Board(tiles, tuple(text.place(gazetteer, one) for one in NEIGHBOURS if one not in covered))


def _is_near(asked: Context, place: str) -> bool:
    known = asked.rules.gazetteer.places.get(place)
    if known is None or known.lat is None or known.lon is None:
        return False
    south, north, west, east = NEAR
    return south <= known.lat <= north and west <= known.lon <= east


def _order(asked: Context, place: str) -> tuple[float, float, str]:
    """From north to south in bands, in each from west to east."""
    known = asked.rules.gazetteer.places.get(place)
    if known is None or known.lat is None or known.lon is None:
        return (0.0, 0.0, place)
    return (-round(known.lat / BAND), known.lon, place)


def _named(tiles: list[Tile]) -> list[Tile]:
    """Names as short as they can be told apart: a city and the oblast around it may share theirs."""
    names = Counter(_short(tile.name) for tile in tiles)
    return [replace(tile, name=_short(tile.name)) if names[_short(tile.name)] == 1 else tile for tile in tiles]


def _short(name: str) -> str:
    return name.removesuffix(" Oblast")
