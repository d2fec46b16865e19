"""Where a blow fell, out of the places of its sentence."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.extract.places.offices import is_bystander, is_office, is_seat, is_voice
from monitor.extract.places.units import ancestors, ref
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.strikes.elsewhere import of_the_blow
from monitor.extract.strikes.struck import attacked
from monitor.extract.strikes.tolls import Toll
from monitor.extract.text.doc import IN_ORDER, Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.model import PlaceRef

__all__ = ["places_of"]


def places_of(doc: Doc, part: Part, toll: Toll) -> list[PlaceRef]:
    chosen = _told_as_struck(doc, part, of_the_blow(doc, part, toll))
    if chosen and all(is_attacker(doc, part, s) for s in chosen):
        if toll.is_people and (struck := attacked(part)):
            return [ref(doc.lexicon, struck)]
        chosen = []
    elif any(s.ref.level == "country" for s in chosen):
        chosen = [s for s in chosen if not is_attacker(doc, part, s)]
    if part.has("conj.but") and part.has("toll.none", "toll.none_injured", "toll.none_killed") and toll.is_people:
        cut = part.of("conj.but")[-1].i
        chosen = [s for s in chosen if s.i < cut] or chosen
    if any(s.ref.level not in ("country", "sea") for s in chosen):
        chosen = [s for s in chosen if s.ref.level != "country"]
    if all(s.ref.level == "country" for s in chosen) and (owner := _owner(doc, part)) is not None:
        return [owner]
    if len(chosen) > 1:
        chosen = _without_others(doc, part, _without_strikers(doc, part, chosen))
    out: list[PlaceRef] = []
    for site in sorted(chosen, key=IN_ORDER) if len(chosen) > 1 else chosen:
        if not any(site.ref.name == p.name for p in out):
            out.append(site.ref)
    return _narrowest(doc, out)


def _told_as_struck(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """The targets and the places in which it happened, or else any; without those that stand for who speaks there."""
    narrow = [s for s in sites if s.ref.level not in ("country", "sea") or s.role in ("at", "target", "past")]
    narrow = _without_downed(doc, part, narrow)
    aimed = [s for s in narrow if s.role == "target"]
    at = [s for s in narrow if s.role in ("at", "name", "past")]
    chosen = [*aimed, *[s for s in at if s.ref.level != "country"]] if aimed else at
    chosen = [s for s in chosen or sites if not _is_speaker(doc, part, s)]
    chosen = [s for s in chosen if not is_office(doc, part, s)] or [
        s for s in chosen if not is_voice(doc, part, s.j)
    ]  # fmt: skip
    chosen = [s for s in chosen if not _is_answering(doc, part, s) and not _is_spared(part, s)]
    return [s for s in chosen if not is_bystander(doc, part, s) and not is_seat(doc, part, s)]


def _is_spared(part: Part, site: Site) -> bool:
    """ "No hits in A, but the bank was hit by the crisis": a clause ahead of a "but" whose only blow is denied."""
    if "conj.but" not in part.groups or "veto.negation" not in part.groups:
        return False
    but = part.of("conj.but")[0].i
    is_denied = any(no.i < but for no in part.of("veto.negation"))
    return site.i < but and is_denied and not part.has("toll", "strike.damage", "weapon", "model")


def _is_answering(doc: Doc, part: Part, site: Site) -> bool:
    """ "Ukraine apologised after a drone fell on a Finnish farm": a country that answers to what fell on another's."""
    if site.ref.level != "country" or site.role != "name" or "time.after" not in part.groups:
        return False
    peoples: Mapping[str, str] = doc.lexicon.settings.get("peoples", {})
    blows = part.of("strike.hit", "strike.fell", "strike.debris", "strike.damage")
    behind = next((b for b in blows if any(site.j <= m.i < b.i for m in part.of("time.after"))), None)
    if behind is None:
        return False
    return any(peoples.get(doc.tokens[k].f, site.ref.id) != site.ref.id for k in range(behind.j, part.j))


def _without_strikers(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Iran-Israel: 78 dead in Israeli strikes": without the country whose people made them, beside another."""
    if not any(s.ref.level == "country" for s in sites):
        return sites
    peoples: Mapping[str, str] = doc.lexicon.settings.get("peoples", {})
    by = {
        peoples[doc.tokens[k].f]
        for m in part.of("strike.attack") for k in range(max(part.i, m.i - 1), min(part.j, m.j + 1))
        if doc.tokens[k].f in peoples
    }  # fmt: skip
    return [s for s in sites if s.ref.id not in by] or sites


def _without_others(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without places of third countries in clauses that tell of no blow: "A, in Paris for talks, says B was hit"."""
    here = [s for s in sites if s.ref.id is None or {"UA", "RU"} & {s.ref.id, *ancestors(doc.lexicon, s.ref.id)}]
    if not here or len(here) == len(sites):
        return sites
    told = part.of("strike", "toll")
    return [s for s in sites if s in here or any(same_clause(doc, part, s.i, m.i) for m in told)]


def _without_downed(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the places where something was shot down, if a clause of its own tells what was struck where."""
    downed = part.of("act.shot_down", "act.merged")
    struck = part.of("strike.hit", "strike.damage", "strike.debris", "strike.fell")
    if not downed or not struck:
        return sites
    here = [s for s in sites if any(same_clause(doc, part, s.i, m.i) for m in struck)]
    there = [s for s in sites if s not in here and (
        any(same_clause(doc, part, s.i, m.i) for m in downed) or downed[0].i < s.i < struck[0].i)]  # fmt: skip
    return [s for s in sites if s not in there] if here else sites


def _is_speaker(doc: Doc, part: Part, site: Site) -> bool:
    """A capital that stands for its government: "Moscow says", "Moscow prepares its answer"."""
    if site.ref.id not in ("RU-MOW", "UA-30") or site.role != "name" or site.j >= part.j:
        return False
    after, token = doc.at[site.j], doc.tokens[site.j]
    if after is not None:
        return after.group in ("claim", "veto", "act") or after.concept in ("alert.warned", "alert.threat")
    struck = doc.at[site.i - 1] if site.i > part.i else None
    is_word = token.kind == "w" and token.is_lower and site.i > part.i
    is_word = is_word and not (struck is not None and struck.concept == "strike.hit")  # "hit Kyiv private clinic"
    is_word = is_word and token.f not in doc.lexicon.settings.get("enclitics", ())  # "Kyiv's central station"
    return is_word and doc.lang in doc.lexicon.settings.get("articled", ())


def _owner(doc: Doc, part: Part) -> PlaceRef | None:
    """The country whose target was hit, by its adjective: "Russian refineries"."""
    targets = [t for t in part.of("target") if t.concept != "target.other"]
    for side, country in (("side.ru", "RU"), ("side.ua", "UA")):
        for m in part.of(side):
            if any(x.i <= m.i < x.j for x in part.of("strike.attack")):
                continue  # "a Russian strike on a hospital": whose strike
            if (after := doc.at[m.j] if m.j < part.j else None) is not None and (
                after.group in ("person", "side", "weapon", "model") or after.concept == "strike.attack"):  # fmt: skip
                continue  # "a post of the Russian soldiers", "ports hit by Russian drones"
            k = next((k for k in range(m.i - 1, max(part.i, m.i - 3) - 1, -1) if doc.at[k] is not None), m.i)
            if (whose := doc.at[k]) is not None and (
                (whose.group == "weapon" and k == m.i - 1) or whose.concept == "strike.attack"):  # fmt: skip
                continue  # a language that writes whose drone or strike it was behind the noun
            if any(-3 <= m.i - t.j <= 1 or -3 <= t.i - m.j <= 1 for t in targets):
                return ref(doc.lexicon, country)
    return None


def _narrowest(doc: Doc, places: list[PlaceRef]) -> list[PlaceRef]:
    """Without the parents of other places of the list."""
    above = {a for place in places for a in ancestors(doc.lexicon, place.id)}
    narrow = [p for p in places if p.id is None or p.id not in above]
    return narrow or places
