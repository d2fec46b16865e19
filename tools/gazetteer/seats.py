"""Coordinates of areas that the registers give none for: those of their seat, else of their largest settlement."""

from __future__ import annotations

from collections import defaultdict

from collect import Gazetteer, Place

LEVELS = ("hromada", "raion", "oblast")
"""From the bottom up: a raion whose seat is not listed takes the largest place below it."""


def add_seats(gaz: Gazetteer) -> None:
    """Give each area of `LEVELS` without coordinates those of one settlement that lies in it."""
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in gaz.places.values():
        if place.level != "city" or not place.lat:
            continue
        above = place.parent
        while above:
            inside[above].append(place)
            above = gaz.places[above].parent
    for area in gaz.places.values():
        if area.level in LEVELS and not area.lat and inside[area.id]:
            seat = max(inside[area.id], key=lambda place: (_is_seat(place, area), int(place.population or 0), place.id))
            area.lat, area.lon = seat.lat, seat.lon


def _is_seat(place: Place, area: Place) -> bool:
    return area.name.removesuffix(f" {area.level}").removesuffix(f" {area.level.capitalize()}") == place.name
