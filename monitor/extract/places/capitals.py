""" "The capital": which one a text means."""

from __future__ import annotations

from typing import Final

from monitor.extract.claims import is_firing, people_beside
from monitor.extract.places.attacked import capital_of_mayor, is_of_others
from monitor.extract.places.datelines import dateline
from monitor.extract.places.distances import level_behind
from monitor.extract.places.joined import is_named_behind
from monitor.extract.places.roles import CAPITAL_OF_SIDE
from monitor.extract.places.units import CAPITALS, ancestors, country_of, ref
from monitor.extract.text.doc import IN_ORDER, Doc, Part, Site
from monitor.extract.words.mentions import ENDS, Mention

__all__ = ["capital_words"]

_REGIONS: Final = frozenset(("oblast", "area"))
_CAPITAL_OF: Final = {"UA": "UA-30", "RU": "RU-MOW"}
_OTHER: Final = {"RU": "UA", "UA": "RU"}
_BACK: Final = 40
"""Sentences that are looked back over."""
_MAYBE: Final = ("veto.trait", "veto.hypothetical")
"""Where a weapon can fly to, not where it was."""


def capital_words(doc: Doc, part: Part, sites: list[Site]) -> None:
    """ "The capital" is that of the side beside it, else the one named last, else that of the text's country."""
    if "place.capital" not in part.groups:
        return
    head = dateline(doc, part)
    capitals = doc.lexicon.settings.get("capital_of", {})
    for m in part.mentions:
        if m.concept == "place.capital":
            land = _land_behind(doc, part, m, sites)
            if (land and land not in _CAPITAL_OF and land not in capitals) or (
                is_named_behind(doc, m, sites) or _is_of_region(doc, part, m)):  # fmt: skip
                continue
            if not land and _is_unsure(doc, part, m):
                continue
            if level_behind(doc, part, m.j) or any(0 < s.i - m.j <= 2 and s.ref.level in _REGIONS for s in sites):
                continue  # "the capital of the region of A"
            identity = (
                _CAPITAL_OF.get(land)
                or capitals.get(land)
                or _capital_of_side(doc, m)
                or capital_of_mayor(part)
                or (_CAPITAL_OF["UA"] if part.has("time.kyiv") else None)  # "at 03:40 Kyiv time in the capital"
                or capitals.get(people_beside(doc, part, m.i, m.j) or _only_land(doc, part, sites))
                or _last_capital(doc, part)
                or (not is_of_others(doc, part, sites) and doc.lexicon.settings.get("capital", {}).get(m.lang))
                or _capital_of_text(doc)
                or _capital_of_places(doc, part, sites)
            )
            if identity and not any(s.ref.id == identity for s in sites if s.i >= head):
                sites.append(Site(m.i, m.j, ref(doc.lexicon, identity, doc.words(m.i, m.j)), "name"))
    sites.sort(key=IN_ORDER)


def _is_unsure(doc: Doc, part: Part, capital: Mention) -> bool:
    """ "A woman was killed in (a name that nobody knows). The alert in the capital was lifted": an end that may be one
    for the capital of either side is none."""
    if not part.n or not part.has_any(ENDS):
        return False
    before = doc.parts[part.n - 1]
    is_placed = bool(before.sites) or not before.has("toll", "strike.hit", "strike.attack")
    if is_placed or _capital_of_side(doc, capital) or people_beside(doc, part, capital.i, capital.j):
        return False
    return any(doc.at[k] is None and doc.tokens[k].is_capital for k in range(before.i + 1, before.j))


def _is_of_region(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The capital of the region" is no capital; "the capital region" is another thing."""
    linked = doc.at[m.j] if m.j < part.j else None
    if linked is not None and linked.concept in ("prep.of", "num.of") and linked.j < part.j:
        linked = doc.at[linked.j] or (doc.at[linked.j + 1] if linked.j + 1 < part.j else None)
    elif m.lang in doc.lexicon.settings.get("articled", ()):
        return False
    return linked is not None and linked.concept in ("level.oblast", "level.raion")


def _only_land(doc: Doc, part: Part, sites: list[Site]) -> str:
    """ "Strikes on A. A hospital of the capital was hit": the one country that all places named lately lie in, but for
    one that fires ("Russia launched 430 drones. They aimed at the capital") and where a weapon can only fly to."""
    told = [(part, s) for s in sites]
    told += [(other, s) for other in doc.parts[max(0, part.n - _BACK) : part.n] for s in other.sites]
    named = [s for other, s in told if not other.has(*_MAYBE) and not is_firing(doc, other, s)]
    lands = {land for s in named if (land := country_of(doc.lexicon, s.ref.id)) is not None}
    if part.has("alert") and lands.isdisjoint(doc.lexicon.settings.get("alert_countries", ())):
        return ""  # "In Romania a drone hit a house", and below "the alert in the capital is over"
    return lands.pop() if len(lands) == 1 else ""


def _land_behind(doc: Doc, part: Part, m: Mention, sites: list[Site]) -> str:
    """The country right behind "the capital", as in "the capital of Iran"."""
    linked = doc.at[m.j] if m.j < part.j else None
    first = linked.j if linked is not None and linked.concept in ("prep.of", "num.of") else m.j
    return next((s.ref.id for s in sites if s.ref.id and s.i == first and s.ref.level == "country"), "")


def _capital_of_side(doc: Doc, m: Mention) -> str | None:
    for k in (m.i - 1, m.j):
        beside = doc.at[k] if 0 <= k < len(doc.at) else None
        if beside is not None and beside.concept in CAPITAL_OF_SIDE:
            return CAPITAL_OF_SIDE[beside.concept]
    return None


def _capital_of_text(doc: Doc) -> str | None:
    """The capital of the only side that the text's claimants stand on."""
    sides = {m.data["side"] for part in doc.parts for m in part.of("claimant") if m.data.get("side")}
    return _CAPITAL_OF.get(sides.pop()) if len(sides) == 1 else None


def _capital_of_places(doc: Doc, part: Part, sites: list[Site]) -> str | None:
    """The capital of the only side that the places named so far lie in; else of the one that is fired at."""
    told = [(part, s) for s in sites]
    told += [(other, s) for other in doc.parts[max(0, part.n - 4) : part.n] for s in other.sites]
    lines = [(s.ref.id, *ancestors(doc.lexicon, s.ref.id)) for other, s in told if not is_firing(doc, other, s)]
    sides: set[str] = {side for line in lines for side in ("UA", "RU") if side in line}
    sides = sides or {_OTHER[s.ref.id] for other, s in told if s.ref.id in _OTHER and is_firing(doc, other, s)}
    return _CAPITAL_OF[sides.pop()] if len(sides) == 1 else None


def _last_capital(doc: Doc, part: Part) -> str | None:
    """The capital named last; or that of the side told of since then, in the sentence right before."""
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n + 1]):
        for site in other.sites if not other.has(*_MAYBE) else ():
            if site.ref.id in CAPITALS and site.role not in ("agent", "speaker"):
                told = _side_told(doc, part) if other.n < part.n - 1 else None
                return site.ref.id if told is None or site.ref.id == told else told
    return None


def _side_told(doc: Doc, part: Part) -> str | None:
    """The capital of the side in which something happened in the sentence before: "Moscow's airports are shut. A woman
    died in V. In the capital ..."."""
    happened = [s for s in doc.parts[part.n - 1].sites if s.role in ("at", "target")]
    lines = [(s.ref.id, *ancestors(doc.lexicon, s.ref.id)) for s in happened]
    sides = {next((side for side in _CAPITAL_OF if side in line), "") for line in lines}
    return _CAPITAL_OF.get(sides.pop()) if len(sides) == 1 else None
