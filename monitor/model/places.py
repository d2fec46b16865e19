"""Places and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model.vocabulary import JSON, Kind, Level, Rank, Side


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the gazetteer. ``id`` is ISO 3166 for countries and first-level areas, the KATOTTG code for the
    rest of Ukraine, the GeoNames number elsewhere. ``code`` is what ``place_ids`` prints (KATOTTG or GeoNames)."""

    id: str
    name: str
    level: Level
    parent: str | None = None
    code: str | None = None
    api_ids: tuple[str, ...] = ()
    lat: float | None = None
    lon: float | None = None
    population: int = 0


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The tree of places: ``places`` by id, ``children`` by id of the parent, ``standing`` permanent alerts,
    ``enclaves`` first-level cities with the first-level unit that surrounds them."""

    places: Mapping[str, Place]
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    enclaves: Mapping[str, str] = field(default_factory=dict)

    def line(self, place: str) -> tuple[str, ...]:
        """The place and its ancestors, the narrowest first; an unknown id gives itself alone, and ``?UA-63/Name``, a
        place without an id in a region that is known, that region's."""
        out = [place]
        if place.startswith("?") and "/" in place:
            out.append(place[1:].partition("/")[0])
        here = self.places.get(out[-1])
        while here is not None and here.parent and here.parent not in out:
            out.append(here.parent)
            here = self.places.get(here.parent)
        return tuple(out)

    def name(self, place: str) -> str:
        """Its name; of one that has no id what it was called, and of an unknown id the id."""
        known = self.places.get(place)
        return known.name if known is not None else place.removeprefix("?").rpartition("/")[2]

    def level(self, place: str) -> Level | None:
        found = self.places.get(place)
        return found.level if found else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A permanent alert: a dated, cited record (``gazetteer/standing.tsv``)."""

    place: str
    since: datetime
    until: datetime | None
    cite: str


@dataclass(frozen=True, slots=True)
class Authority:
    """What a source may open and close: ``places`` with everything below them, at ``levels`` (empty: every level)."""

    places: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    kinds: tuple[Kind, ...] = ("alert", "strike", "count")
    announces_ends: bool = True


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """Who publishes, where, and how far it is to be believed (``config/sources/*.toml``).

    ``witness`` names the family of copies that counts as one witness. ``area`` are the places meant when a post
    names none. ``cadence`` is the expected number of items a day. ``stale_after`` is how long its word stays fresh.
    ``options`` belongs to the kind of source and is not read by the core.
    """

    id: str
    kind: str
    address: str
    name: str = ""
    languages: tuple[str, ...] = ()
    rank: Rank = "media"
    side: Side | None = None
    claimant: str | None = None
    authority: Authority = Authority()
    area: tuple[str, ...] = ()
    channel_id: int | None = None
    witness: str | None = None
    cadence: float | None = None
    stale_after: timedelta = timedelta(minutes=10)
    poll_every: timedelta = timedelta(seconds=45)
    zone: str = "Europe/Kyiv"
    enabled: bool = True
    options: Mapping[str, JSON] = field(default_factory=dict)
