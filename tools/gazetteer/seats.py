"""What the registers do not give of areas: coordinates of their seat, and the people of a hromada's settlements."""

from __future__ import annotations

from collections import defaultdict

from collect import Gazetteer, Place

LEVELS = ("hromada", "raion", "oblast")
"""From the bottom up: a raion whose seat is not listed takes the largest place below it."""
BIG = 25_000
"""People of a city that the name of its hromada usually names, too; chosen on one history, see decision 0016."""


def add_seats(gaz: Gazetteer) -> None:
    """Give each area of `LEVELS` without coordinates those of one settlement that lies in it, and each hromada the
    population of the settlements listed in it: hromadas of one name are told apart by it."""
    inside: dict[str, list[Place]] = defaultdict(list)
    for place in gaz.places.values():
        if place.level != "city" or not place.lat:
            continue
        above = place.parent
        while above:
            inside[above].append(place)
            above = gaz.places[above].parent
    for area in gaz.places.values():
        if area.level == "hromada" and not area.population and (people := sum(map(_people, inside[area.id]))):
            area.population = str(people)
        if area.level in LEVELS and not area.lat and inside[area.id]:
            seat = max(inside[area.id], key=lambda place: (_is_seat(place, area), _people(place), place.id))
            area.lat, area.lon = seat.lat, seat.lon


def mark_big_seats(gaz: Gazetteer) -> None:
    """Leave the note `seat` only to hromadas whose city is big."""
    cities: dict[str, int] = defaultdict(int)
    for place in gaz.places.values():
        if place.kind == "city" and gaz.places.get(place.parent, place).level == "hromada":
            cities[place.parent] = max(cities[place.parent], _people(place))
    for forms in gaz.names.values():
        for (place_id, form), (cases, note, base) in forms.items():
            if note == "seat" and cities[place_id] < BIG:
                forms[place_id, form] = (cases, "", base)


def _people(place: Place) -> int:
    return int(place.population or 0)


def _is_seat(place: Place, area: Place) -> bool:
    return area.name.removesuffix(f" {area.level}").removesuffix(f" {area.level.capitalize()}") == place.name
