"""Units of the gazetteer as reports name them: their references, what lies above them, the widest of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from monitor.extract.words.lexicon import Lexicon
from monitor.model import PlaceRef

__all__ = [
    "CAPITALS",
    "CITIES_OF_FIRST_LEVEL",
    "ancestors",
    "around_all",
    "country_above",
    "country_of",
    "is_country",
    "ref",
    "scope",
]

_RANK: Final = {"city": 0, "district": 1, "hromada": 1, "raion": 2, "area": 2, "oblast": 3, "sea": 3, "country": 4}
_FEW: Final = 3
_LETTERS: Final = 2
"""Of a country's id; all others are longer."""
_SCOPES: Final[tuple[str, ...]] = ("city", "hromada", "raion", "oblast", "country")
CAPITALS: Final = frozenset(("UA-30", "RU-MOW"))
HELD: Final = frozenset(("UA-43", "UA-40"))
"""Regions that Russia has held since 2014: it launches from them, and they are struck by the other side."""
CITIES_OF_FIRST_LEVEL: Final = frozenset(("UA-30", "UA-40", "RU-MOW", "RU-SPE"))


def ref(lexicon: Lexicon, identity: str, text: str = "") -> PlaceRef:
    """The place of that id as reports name it; an unknown id keeps its own text."""
    n = lexicon.index.get(identity)
    if n is None:
        return PlaceRef(identity, None, None, None, text)
    _, name, level, _, code, _ = lexicon.places[n]
    return PlaceRef(name, identity, "city" if identity in CITIES_OF_FIRST_LEVEL else level, code, text)  # type: ignore[arg-type]


def scope(places: Iterable[PlaceRef]) -> str:
    """The widest level among places; no place at all is the country."""
    widest = -1
    for place in places:
        rank = _RANK.get(place.level or "city", 0)
        if rank > widest:
            widest = rank
    return _SCOPES[widest]  # of no place the last, the country


def ancestors(lexicon: Lexicon, identity: str | None) -> tuple[str, ...]:
    """The ids above a place, the nearest first."""
    known = lexicon.memo("above")
    found = known.get(identity)
    if found is None:
        found = known[identity] = tuple(_above(lexicon, identity))
    return found


def is_country(identity: str) -> bool:
    """Whether an id is that of a country."""
    return len(identity) == _LETTERS


def country_above(lexicon: Lexicon, identity: str | None) -> str | None:
    """The country that a place lies in; None for a country itself, a sea and a place that nobody knows."""
    return next((a for a in ancestors(lexicon, identity) if is_country(a)), None)


def country_of(lexicon: Lexicon, identity: str | None) -> str | None:
    """The country that a place is, or lies in."""
    return identity if identity and is_country(identity) else country_above(lexicon, identity)


def around_all(lexicon: Lexicon, places: list[PlaceRef]) -> list[PlaceRef]:
    """The region around more than a few places that all lie in one, else the places."""
    if len(places) <= _FEW:
        return places
    lines = [{a for a in (p.id or "", *ancestors(lexicon, p.id)) if "-" in a[:3]} for p in places]
    shared = set.intersection(*lines)
    return [ref(lexicon, shared.pop())] if len(shared) == 1 else places


def _above(lexicon: Lexicon, identity: str | None) -> list[str]:
    out: list[str] = []
    n = lexicon.index.get(identity or "")
    while n is not None and len(out) < 6:
        parent = lexicon.places[n][3]
        if parent is None or parent in out:
            break
        out.append(parent)
        n = lexicon.index.get(parent)
    return out
