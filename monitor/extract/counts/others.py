"""Places that are not named, or of others: "over nine regions and the Crimea", "33 over A, dozens more over B"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS, HELD, ancestors, country_above, ref
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = ["is_of_others", "of_regions_beside", "regions_of_list"]

_ARTICLE: Final = 3
_NEAR: Final = 8
_FEW: Final = frozenset(("bound.vague", "num.of", "prep.of", "bound.approx"))
_WHERE: Final = frozenset(("at", "target", "past", "name"))
_SIDES: Final = {"side.ru": "RU", "side.ua": "UA"}


def is_of_others(doc: Doc, part: Part, m: Mention) -> bool:
    """ "33 over A, dozens more over B", "two over A and another over B": others, of which no figure tells how many."""
    if any(n.j == m.i or n.i == m.j for n in part.numbers):
        return False
    k = m.i - 1
    if k > part.i and doc.at[k] is None and len(doc.tokens[k].f) <= _ARTICLE:
        k -= 1  # "some dozens", "an other"
    ahead = doc.at[k] if k > part.i else None
    while ahead is not None and ahead.concept in _FEW and ahead.i > part.i:
        k = ahead.i - 1
        ahead = doc.at[k]
    if not (doc.tokens[k].text == "," or (ahead is not None and ahead.concept == "conj.and")):
        return False
    after = doc.at[m.j] if m.j < part.j else None
    if after is not None and after.group == "num":
        after = doc.at[after.j] if after.j < part.j else None
    return after is not None and after.group == "prep"


def of_regions_beside(doc: Doc, part: Part, sites: list[Site]) -> tuple[PlaceRef, ...]:
    """ "Over nine regions of A and the Crimea": what is named is only the last of places that are counted."""
    if part.has("place.others") and (land := _of_towns_and_others(doc, part, sites)) is not None:
        return (land,)
    if "level" not in part.groups or len(sites) != 1:
        return ()
    site = sites[0]
    for m in part.of("level.oblasts"):
        if not 0 < site.i - m.j <= _NEAR or any(doc.tokens[k].text in ":(" for k in range(m.j, site.i)):
            continue
        if any(m.j <= n.i < site.i for n in part.numbers):
            continue  # "over nine regions, 16 of them over A": A has a figure of its own
        bound = next((b for b in part.of("bound") if b.j <= m.i <= b.j + 1), None)
        if bound is None and not any(n.j <= m.i <= n.j + 1 for n in part.numbers):
            continue
        links = [x.concept for x in doc.mentions_between(m.j, site.i)]
        if "conj.and" not in links and "num.subset" not in links:
            continue
        country = ref(doc.lexicon, _country_of(doc, part, m, site))
        return (country,) if "num.subset" in links else (country, site.ref)
    return ()


def _of_towns_and_others(doc: Doc, part: Part, sites: list[Site]) -> PlaceRef | None:
    """ "400 drones at Kyiv and other cities": at more of the country than what is named."""
    if not any(sites and 0 <= m.i - sites[-1].j <= 1 for m in part.of("place.others")):
        return None
    lands = {country_above(doc.lexicon, s.ref.id) for s in sites}
    land = lands.pop() if len(lands) == 1 else None
    return ref(doc.lexicon, land) if land is not None else None


def regions_of_list(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Over A, B and the C region", as the Russian ministry tells: it counts by region, where a list of towns that
    lend regions their names ends with one."""
    named = [s for s in part.sites if s.ref.level not in ("country", "sea") and s.role in _WHERE]
    if not sites or not part.has("claimant.mod_ru", "side.ru") or not part.has("act.shot_down", "act.merged"):
        return sites
    regions: dict[str, str] = {city: region for region, city in doc.lexicon.settings.get("centres", {}).items()}
    towns = [s for s in named if s.ref.level == "city"]
    if not any(s.ref.level == "oblast" for s in named) or not all(
        s.ref.id in CAPITALS or regions.get(s.ref.id or "", "").startswith("RU-") for s in towns
    ):  # fmt: skip
        return sites
    return [
        Site(s.i, s.j, ref(doc.lexicon, regions[s.ref.id], doc.words(s.i, s.j)), s.role)
        if s.ref.level == "city" and s.ref.id in regions else s
        for s in sites
    ]  # fmt: skip


def _country_of(doc: Doc, part: Part, regions: Mention, site: Site) -> str:
    for k in (regions.i - 1, regions.j):
        beside = doc.at[k] if part.i <= k < part.j else None
        if beside is not None and beside.concept in _SIDES:
            return _SIDES[beside.concept]
    named = next((s for s in part.sites if s.ref.level == "country" and regions.j <= s.i < site.i), None)
    if named is not None and named.ref.id is not None:
        return named.ref.id
    line = [site.ref.id or "", *ancestors(doc.lexicon, site.ref.id)]
    return "RU" if line[0] in HELD else next((a for a in line if a in ("RU", "UA")), line[-1])
