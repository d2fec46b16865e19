"""Rows with places as GeoJSON (RFC 7946).

A point is the seat or the centre of the *place that the row names*, never the spot of an impact; a row whose places
have no coordinates has no geometry. Rows as the public may see them give public places only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from monitor.formats.about import About
from monitor.model import Gazetteer

__all__ = ["collection"]

MEANING = "A point stands for the whole place named in `places`; it is not where something happened."


def collection(rows: Iterable[Mapping[str, Any]], about: About, gazetteer: Gazetteer) -> dict[str, Any]:
    """The FeatureCollection as JSON. ``rows`` are plain JSON with ``place`` or ``places``; ``about`` stands beside."""
    features = [_feature(row, gazetteer) for row in rows]
    return {"type": "FeatureCollection", "about": {**about.record(), "geometry": MEANING}, "features": features}


def _feature(row: Mapping[str, Any], gazetteer: Gazetteer) -> dict[str, Any]:
    ids = [str(place) for place in ([row["place"]] if row.get("place") else row.get("places") or ())]
    known = [gazetteer.places[place] for place in ids if place in gazetteer.places]
    points = [[place.lon, place.lat] for place in known if place.lon is not None and place.lat is not None]
    geometry: dict[str, Any] | None = None
    if len(points) == 1:
        geometry = {"type": "Point", "coordinates": points[0]}
    elif points:
        geometry = {"type": "MultiPoint", "coordinates": points}
    out: dict[str, Any] = {"type": "Feature"}
    if row.get("id") is not None:
        out["id"] = row["id"]
    names = {"place_names": [place.name for place in known]}
    return {**out, "geometry": geometry, "properties": {**{k: v for k, v in row.items() if k != "id"}, **names}}
