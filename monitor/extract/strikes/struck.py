"""What a strike hit: its places, without those of speakers and attackers, and the kind of its target."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.places.distances import is_far_from
from monitor.extract.places.offices import (
    is_aside,
    is_bystander,
    is_office,
    is_round_about,
    is_seat,
    is_suburb,
    is_voice,
    lies_by,
    without_meant,
)
from monitor.extract.places.units import ancestors, ref
from monitor.extract.strikes.doers import answered_in, is_attacker
from monitor.extract.strikes.tolls import Toll
from monitor.extract.strikes.victims import is_of_victims, without_wards
from monitor.extract.text.doc import IN_ORDER, Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import PlaceRef

__all__ = [
    "attacked",
    "attacked_by_side",
    "fired_at",
    "is_blow_that_fell",
    "is_by_country",
    "is_closed_elsewhere",
    "is_elsewhere",
    "is_named_target",
    "places_of",
    "target_of",
]


def attacked(part: Part) -> str | None:
    """The country that a sentence says was attacked: the target, else the one whose enemy launched."""
    countries = [s for s in part.sites if s.ref.level == "country" and s.ref.id in ("UA", "RU")]
    for site in countries:
        if site.role in ("target", "at"):
            return site.ref.id
    for site in part.sites:
        if site.ref.level == "country" and site not in countries and part.has("act.shot_down"):
            return site.ref.id
    for side, victim in (("side.ru", "UA"), ("side.troops", "UA"), ("side.ua", "RU")):
        if not countries and part.has(side) and part.has("act.launched"):
            return victim
    for site in countries:
        if site.role in ("agent", "name") and part.has("act.launched", "strike.attack"):
            return "UA" if site.ref.id == "RU" else "RU"
    if part.has("act.launched", "act.fired", "strike.attack"):
        for site in part.sites:
            if site.ref.level == "country" and (site.role == "target" or (site.role == "at" and len(part.sites) > 1)):
                return site.ref.id
    return None


def attacked_by_side(doc: Doc, part: Part) -> str | None:
    """The country that "Russian strikes" or "Ukrainian shelling" hit, where a sentence names no place."""
    for m in part.of("side.ru", "side.troops", "side.ua"):
        if is_of_victims(doc, part, m):
            continue
        if any(m.i <= x.j and x.i <= m.j for x in part.of("strike.attack", "strike.hit")):
            return "RU" if m.concept == "side.ua" else "UA"
    return None


def places_of(doc: Doc, part: Part, toll: Toll) -> list[PlaceRef]:
    sites = [s for s in part.sites if s.role not in ("from", "except", "agent", "speaker") and not s.is_tag]
    if (answered := answered_in(doc, part)) is not None:
        ahead = [s for s in sites if s.i not in answered]  # "... in response to the attack on B"
        is_told = any(m.i not in answered for m in part.of("strike"))
        sites = ahead if ahead or part.has("time.day_after") or (is_told and part.has("prep.reply")) else sites
    if fell := part.of("strike.fell"):
        sides = [s for s in sites if s.i < fell[0].i and s.ref.id in ("UA", "RU")]
        sites = [s for s in sites if s not in sides] or sites  # "in an attack on A one fell in B"
    sites = _without_alerted(doc, part, sites)
    sites = _without_routes(doc, part, sites)
    sites = without_wards(doc, part, sites) if sites and part.has("toll.injured") else sites
    if (ward := _ward(part)) is not None:
        sites = [s for s in sites if not 0 <= ward.i - s.j <= 2] or sites
        if _is_brought(part, ward):
            sites = [s for s in sites if not 0 <= s.i - ward.j <= 1]
    if part.has("alert.clean") and len(sites) > 1:
        quiet = [m.i for m in part.of("alert.clean")]  # "debris in A, in B it is quiet"
        sites = [s for s in sites if not any(same_clause(doc, part, s.i, k) for k in quiet)] or sites
    sites = [s for s in sites if not is_aside(doc, part, s) and not is_far_from(doc, part, s)]
    if len(sites) > 1:
        sites = without_meant(doc, part, _without_bigger(doc, part, sites))
    if any(s.role == "closed" for s in sites):
        sites = [s for s in sites if s.role != "closed"] or sites
    aside = [
        m.i for m in part.of("num.subset")
        if m.i > part.i and doc.tokens[m.i - 1].text in ",;" and any(0 <= n.i - m.j <= 3 for n in part.numbers)
    ]  # fmt: skip
    if not aside and part.has("num.subset"):  # "..., three of them in A"
        aside = [n.i for n in part.numbers for m in part.of("num.subset") if 0 <= m.i - n.j <= 1 and n.i > part.i and (
            doc.tokens[n.i - 1].text in ",;")]  # fmt: skip
    if aside and toll.is_people:
        whole = [
            s for s in sites
            if (s.role in ("at", "target") or (s.role == "name" and s.i < aside[0]))
            and (s.i < aside[0] or not same_clause(doc, part, s.i, aside[0]))
        ]  # fmt: skip
        before = doc.parts[part.n - 1] if part.n else None
        is_told = before is not None and before.line == part.line and before.has("strike") and bool(before.sites)
        sites = whole or ([] if is_told or (attacked_by_side(doc, part) and part.has("place.country")) else sites)
    narrow = [s for s in sites if s.ref.level not in ("country", "sea") or s.role in ("at", "target", "past")]
    narrow = _without_downed(doc, part, narrow)
    aimed = [s for s in narrow if s.role == "target"]
    at = [s for s in narrow if s.role in ("at", "name", "past")]
    chosen = [*aimed, *[s for s in at if s.ref.level != "country"]] if aimed else at
    if not chosen:
        chosen = sites
    chosen = [s for s in chosen if not _is_speaker(doc, part, s)]
    chosen = [s for s in chosen if not is_office(doc, part, s)] or [
        s for s in chosen if not is_voice(doc, part, s.j)
    ]  # fmt: skip
    chosen = [s for s in chosen if not is_bystander(doc, part, s) and not is_seat(doc, part, s)]
    if chosen and all(is_attacker(doc, part, s) for s in chosen):
        struck = attacked(part)
        chosen, extra = [], [ref(doc.lexicon, struck)] if struck else []
        if extra and toll.is_people:
            return extra
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
        chosen = _without_others(doc, part, chosen)
    out: list[PlaceRef] = []
    for site in sorted(chosen, key=IN_ORDER) if len(chosen) > 1 else chosen:
        if not any(site.ref.name == p.name for p in out):
            out.append(site.ref)
    return _narrowest(doc, out)


def _without_others(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without places of third countries in clauses that tell of no blow: "A, in Paris for talks, says B was hit"."""
    here = [s for s in sites if {"UA", "RU"} & {s.ref.id, *ancestors(doc.lexicon, s.ref.id)}]
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
    there = [s for s in sites if s not in here and any(same_clause(doc, part, s.i, m.i) for m in downed)]
    return [s for s in sites if s not in there] if here else sites


def _without_routes(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the two ends of a pipeline or a train, where another place is named: "the line A - B"."""
    ends: set[int] = set()
    if len(sites) < 2 or not part.has("target.energy", "target.rail"):
        return sites
    for one, other in pairwise(sites):
        if other.i - one.j != 1 or doc.tokens[one.j].text not in DASHES:
            continue
        if any(0 <= one.i - m.j <= 2 for m in part.of("target.energy", "target.rail")):
            ends |= {one.i, other.i}
    return [s for s in sites if s.i not in ends] or sites


_WIDER: Final = frozenset(("raion", "district", "oblast"))


def _without_bigger(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "In the village of A near B": without B, which only says where the place right ahead of it lies."""
    near = doc.lexicon.settings.get("lies_by", ())
    out = sites[:1]
    for one, other in pairwise(sites):
        if out[-1].ref.level == "city" and other.ref.level in _WIDER and one.j == other.i:
            continue  # "the village of A of the B district of the region of C"
        start = one.j + (one.j < other.i and doc.tokens[one.j].is_quote)
        is_by = start < other.i <= start + 2 and doc.tokens[start].f in near and other.ref.level == one.ref.level
        is_by = is_by or (other.ref.level == one.ref.level and lies_by(doc, one.j, other.i))
        is_by = is_by or (other.ref.level == one.ref.level and is_suburb(doc, one.j, other.i))
        is_by = is_by and one.ref.level == "city"
        if not is_by and not is_round_about(doc, part, one, other):
            out.append(other)
    return out


def _without_alerted(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the places of a clause that tells of sirens only: "A fires missiles at B - air alert in C"."""
    sirens = part.of("alert.siren", "alert.signal")
    if not sirens:
        return sites
    told = part.of("strike", "toll", "act")
    alone = [m for m in sirens if not any(same_clause(doc, part, m.i, x.i) for x in told)]
    others = [s for s in sites if not any(same_clause(doc, part, s.i, m.i) for m in alone)]
    is_only_fire = not part.has("toll", "target") and all(m.concept == "strike.attack" for m in part.of("strike"))
    return others if others or is_only_fire else sites  # "fire from A: alert in B"


_NEAR: Final = 8
_SHORTEST: Final = 2
"""Letters of an abbreviation that is also a word: US, us."""


def _is_speaker(doc: Doc, part: Part, site: Site) -> bool:
    """A capital that stands for its government: "Moscow says", "Moscow prepares its answer"."""
    if site.ref.id not in ("RU-MOW", "UA-30") or site.role != "name" or site.j >= part.j:
        return False
    after, token = doc.at[site.j], doc.tokens[site.j]
    if after is not None:
        return after.group in ("claim", "veto", "act") or after.concept in ("alert.warned", "alert.threat")
    is_word = token.kind == "w" and token.is_lower and site.i > part.i
    return is_word and doc.lang in doc.lexicon.settings.get("articled", ())


def fired_at(doc: Doc, part: Part) -> tuple[Mention, ...]:
    """ "Russia fires a hypersonic missile at Dnipro": no figure, nothing shot down, a place of the other side right
    behind the weapon."""
    fired = part.of("act.launched", "act.fired")
    if (
        not fired
        or part.has("strike", "toll", "alert", "claim", "act.launch_noun")
        or any(not n.is_article for p in doc.parts for n in p.numbers)
    ):
        return ()
    if any(p.has("act.shot_down", "act.merged") for p in doc.parts):
        return ()
    verb = fired[0]
    by = next((s for s in part.sites if is_attacker(doc, part, s) and s.j <= verb.i), None)
    group = doc.at[verb.i - 1] if verb.i > part.i else None
    is_by_group = group is not None and group.group == "claimant" and not group.data.get("side")
    if (by is None and not is_by_group) or verb.lang not in doc.lexicon.settings.get("articled", ()):
        return ()
    weapon = next((m for m in part.of("weapon", "model") if m.i >= verb.j), None)
    if weapon is None:
        return ()
    k = weapon.j
    while k < part.j and (((m := doc.at[k]) is not None and m.group in ("weapon", "model")) or (
        m is None and doc.tokens[k].is_capital)):  # fmt: skip
        k += 1
    into = doc.at[k] if k < part.j else None
    if into is None or into.group != "prep":
        return ()
    doer = (by.ref.id or "") if by is not None else ""
    other = {"RU": "UA", "UA": "RU"}.get(doer)
    standing = doc.lexicon.settings.get("standing", ())
    for site in part.sites:
        if any(a in standing for a in (site.ref.id, *ancestors(doc.lexicon, site.ref.id))):
            continue  # held by the side that fires
        is_aimed = site.role in ("at", "target") and site.ref.level not in ("country", "sea") and site.i >= weapon.j
        around = ancestors(doc.lexicon, site.ref.id)
        is_others = other in around if other else doer not in around and bool(around)
        if is_aimed and is_others and same_clause(doc, part, verb.i, site.i):
            return (verb,)
    return ()


def is_elsewhere(doc: Doc, places: list[PlaceRef]) -> bool:
    """Whether what fell, and did no harm that is told, fell in a country that is not under attack."""
    lines = [[p.id or "", *ancestors(doc.lexicon, p.id)] for p in places]
    attacked = doc.lexicon.settings.get("alert_countries", ())
    return bool(lines) and not any(a in attacked or a in ("UA", "RU") for line in lines for a in line)


def is_closed_elsewhere(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """Whether all that is named of a country that is not under attack is something that was closed."""
    here = [s for s in part.sites if s.ref in places]
    return bool(here) and all(s.role == "closed" for s in here) and is_elsewhere(doc, places)


def is_by_country(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """ "Russia attacks Kharkiv", "Israeli jets bomb A", "a Russian attack on A": who attacked, and a place behind."""
    if part.has("claim", "veto.other_rule", "alert"):
        return False
    by = [x.j for x in part.sites if is_attacker(doc, part, x)]
    ground = doc.lexicon.settings.get("ground", ())
    attacks = [m for m in part.of("strike.attack") if not any(doc.tokens[k].f in ground for k in range(m.i, m.j))]
    for beside in part.of("weapon.carrier", "side.ru", "side.ua", "side.troops", "side.enemy"):
        k = _behind_doer(doc, part, beside.j)
        by += [beside.j for verb in attacks if verb.i == k]
        by += [verb.i for verb in attacks if beside.i in (verb.i, verb.j)]  # "a Russian strike" as one, "frappe russe"
    nations = doc.lexicon.settings.get("nations", ())
    by += [
        m.i
        for m in attacks
        if any(
            doc.tokens[k].f in nations and (len(doc.tokens[k].f) > _SHORTEST or doc.tokens[k].text.isupper())
            for k in range(max(part.i, m.i - 1), min(part.j, m.j + 1))
        )
    ]
    for start in by:
        verb = next((m for m in attacks if m.i >= start), None)
        if verb is None or any(doc.tokens[k].text in ":;?" for k in range(start, verb.i)):
            continue
        after = [x for x in part.sites if x.i >= verb.j]
        if any(x.ref in places and same_clause(doc, part, verb.i, x.i) for x in after):
            return True
    return False


def _behind_doer(doc: Doc, part: Part, k: int) -> int:
    """The token behind whoever attacks and when: "Russia today", "Russian troops twice a day"."""
    is_unread = False
    while k < part.j:
        between = doc.at[k]
        if between is not None and between.group in ("time", "person", "num", "weekday"):
            k = between.j
        elif between is None and not is_unread and doc.tokens[k].kind == "w" and doc.tokens[k].is_lower:
            is_unread, k = True, k + 1
        else:
            break
    return k


def is_named_target(doc: Doc, part: Part, places: list[PlaceRef]) -> bool:
    """ "A airport closes after a drone strike", "at A International Airport", "the airport of A" where the case says
    "of": the one building of its kind is named by its country, and so is where a ship was ("two tankers off A")."""
    afloat: tuple[str, ...] = tuple(doc.lexicon.settings.get("vessels", ()))
    if afloat and any(doc.tokens[k].f.startswith(afloat) for m in part.of("target.other") for k in range(m.i, m.j)):
        return any(site.ref in places and site.role == "at" for site in part.sites)
    for site in part.sites:
        if site.ref not in places:
            continue
        if site.i > part.i and (whose := doc.at[site.i - 1]) is not None and whose.group == "target":
            return True
        if site.role not in ("closed", "name", "at"):
            continue
        k = site.j + (site.j < part.j and doc.at[site.j] is None and doc.tokens[site.j].is_capital)
        if (m := doc.at[k] if k < part.j else None) is not None and m.group == "target":
            return True
    return False


def _owner(doc: Doc, part: Part) -> PlaceRef | None:
    """The country whose target was hit, by its adjective: "Russian refineries"."""
    targets = [t for t in part.of("target") if t.concept != "target.other"]
    for side, country in (("side.ru", "RU"), ("side.ua", "UA")):
        for m in part.of(side):
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
    narrow = [p for p in places if p.id not in above]
    return narrow or places


def target_of(part: Part) -> str | None:
    order: dict[str, int] = {}
    origins = {m.j + k for m in part.of("prep.from") for k in range(1 if m.j - m.i == 1 else 3)}
    ward = _ward(part)
    for m in part.of("target"):
        if m.i in origins or m is ward:
            continue  # "shot from a launcher", "flown from an airfield", "taken to a hospital"
        if m.concept == "target.military" and any(m.j == x.i for x in part.of("act.shot_down")):
            continue  # "an air defence system shot down"
        kind = m.kind
        order[kind] = order.get(kind, 0) + 1
    if not order:
        return None
    for kind in ("energy", "port", "rail", "medical", "school", "military", "residential", "industry", "other"):
        if kind in order:
            return kind
    return None


def _ward(part: Part) -> Mention | None:
    """ "Taken to the regional hospital of A": where the hurt were brought, no one of them counted between."""
    for m in part.of("target.medical"):
        if _is_brought(part, m):
            return m
        for hurt in part.of("toll.injured"):
            if 0 < m.i - hurt.j <= _NEAR // 2 and not any(
                hurt.j <= x.i < m.i or x.i == m.j for x in part.of("person", "num", "strike")
            ):
                return m
    return None


def _is_brought(part: Part, ward: Mention) -> bool:
    """ "They were taken to the regional hospital of A", "he turned for help to the hospital of the town of A"."""
    return any((m.j - m.i > 1 and 0 <= ward.i - m.j <= 2) or (m.j - m.i > 1 and m.i < ward.i < m.j)
               for m in part.of("prep.from"))  # fmt: skip


def is_blow_that_fell(part: Part) -> bool:
    """ "As a result of a strike on the base a depot was destroyed": the blow itself was not repelled."""
    return not part.has("strike.repelled") and any(
        0 <= m.i - led.j <= _NEAR // 2 for led in part.of("cause.result") for m in part.of("strike.attack")
    )
