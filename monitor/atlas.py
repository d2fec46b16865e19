"""Reads what needs no lexicon: the tree of places, the siren channel's tags, and who speaks for a part only."""

from __future__ import annotations

import csv
import functools
import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.errors import LanguageDataError
from monitor.model import Gazetteer, Place, Standing

__all__ = [
    "GAZETTEER",
    "LANGUAGES",
    "PACKAGE",
    "load_gazetteer",
    "load_tags",
    "regional_claimants",
    "rows",
    "shelves",
    "toml",
]

PACKAGE = Path(__file__).parent
LANGUAGES = PACKAGE / "languages"
GAZETTEER = PACKAGE / "gazetteer"


@functools.cache
def load_gazetteer() -> Gazetteer:
    """The tree of places with their ids, levels, parents and standing alerts."""
    places: dict[str, Place] = {}
    children: dict[str, list[str]] = {}
    for row in rows(GAZETTEER / "places.tsv"):
        identity, level, parent, name, _iso, katottg, geonames, api, lat, lon, population, *_ = row
        places[identity] = Place(
            identity,
            name,
            level,  # type: ignore[arg-type]
            parent or None,
            katottg or geonames or None,
            tuple(api.split("|")) if api else (),
            float(lat) if lat else None,
            float(lon) if lon else None,
            int(population) if population else 0,
        )
        if parent:
            children.setdefault(parent, []).append(identity)
    standing = tuple(
        Standing(place, _time(since), _time(until) if until else None, cite)
        for place, since, until, cite, *_ in rows(GAZETTEER / "standing.tsv")
    )
    enclaves = {city: around for city, around, *_ in rows(GAZETTEER / "enclaves.tsv")}
    return Gazetteer(places, {parent: tuple(ids) for parent, ids in children.items()}, standing, enclaves)


def load_tags() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The siren channel's names of Ukrainian regions (words joined by ``_``), each with the places it may mean."""
    for tag, place, others, *_ in rows(GAZETTEER / "tags.tsv"):
        yield tag, (place, *(others.split("|") if others else ()))


def regional_claimants() -> frozenset[str]:
    """Names of the claimants who speak for a part of their country only (``regional`` in concepts.toml)."""
    told = toml(LANGUAGES / "concepts.toml")["data"].values()
    return frozenset(one["name"] for one in told if isinstance(one, dict) and one.get("regional"))


def shelves() -> list[Path]:
    """Where what was compiled is kept: beside the package or, where that is read-only, in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return [PACKAGE / "_compiled", Path(cache) / "airalert-monitor"]


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of a TSV file below its head, each as wide as the head; none where the file is missing."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        width = len(next(reader))
        for row in reader:
            if row and not row[0].startswith("#"):
                yield row + [""] * (width - len(row))


def toml(path: Path) -> dict[str, Any]:
    """The values of a file. Raises ``LanguageDataError`` that names it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LanguageDataError(f"{path}: {error}") from error


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
