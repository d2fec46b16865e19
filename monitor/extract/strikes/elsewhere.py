"""The places of a sentence that may be where its blow fell: not those of which something else is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.places.distances import is_far_from
from monitor.extract.places.offices import is_aside, is_round_about, is_suburb, lies_by, without_meant
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.doers import answered_in
from monitor.extract.strikes.struck import attacked_by_side, is_brought, ward_of
from monitor.extract.strikes.tolls import Toll
from monitor.extract.strikes.victims import without_wards
from monitor.extract.strikes.whence import without_their_deeds
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import clause_starts, same_clause, says_more

__all__ = ["of_the_blow"]

_WORDS: Final = 4
"""Tokens of "in Russia's", ahead of a region."""
_AIM: Final = 2
"""Tokens of "at the", ahead of what was fired at."""
_LEAST: Final = 3
"""Tokens of ", which by"."""
_EVENTS: Final = frozenset(("strike", "toll", "act", "target", "alert.siren", "alert.signal", "alert.all_clear"))
"""What a place may be told for."""
_WIDER: Final = frozenset(("raion", "district", "oblast"))


def of_the_blow(doc: Doc, part: Part, toll: Toll) -> list[Site]:
    """The places of a sentence, without those of other events and those that only say where another lies."""
    sites = [s for s in part.sites if s.role not in ("from", "except", "agent", "speaker") and not s.is_tag]
    sites = _without_events_beside(doc, part, sites)
    sites = _without_alerted(doc, part, sites)
    if part.has("act.shot_down", "act.merged") and part.has("conj.and"):
        sites = _without_said_downed(doc, part, sites)
    sites = _without_routes(doc, part, sites)
    sites = without_wards(doc, part, sites) if sites and part.has("toll.injured") else sites
    sites = _without_seas(part, sites)
    sites = _without_hospital(doc, part, sites)
    sites = _without_unharmed(doc, part, toll, sites)
    sites = [s for s in sites if not is_aside(doc, part, s) and not is_far_from(doc, part, s)]
    sites = without_their_deeds(doc, part, sites)
    if len(sites) > 1:
        sites = _without_names_of_plants(doc, part, _without_foreign_raions(doc, sites))
    if len(sites) > 1:
        sites = without_meant(doc, part, _without_bigger(doc, part, sites))
    sites = _without_closed(doc, part, toll, sites)
    return _of_all_the_people(doc, part, sites) if toll.is_people else sites


def _without_events_beside(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the places of another attack or of what followed this one."""
    if (answered := answered_in(doc, part)) is not None:
        ahead = [s for s in sites if s.i not in answered]  # "... in response to the attack on B"
        is_told = any(m.i not in answered for m in part.of("strike"))
        sites = ahead if ahead or part.has("time.day_after") or (is_told and part.has("prep.reply")) else sites
    if len(sites) > 1 and part.has("time.after", "time.at", "veto.if"):
        sites = _without_aftermath(doc, part, sites)
    if len(sites) > 1 and part.has("time.after") and part.has("act.launched"):
        sites = _without_fired_at(part, sites)
    if fell := part.of("strike.fell"):
        sides = [s for s in sites if s.i < fell[0].i and s.ref.id in ("UA", "RU")]
        return [s for s in sites if s not in sides] or sites  # "in an attack on A one fell in B"
    return sites


def _without_aftermath(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Protests in A after a strike on B", "arrived in A hours after a missile killed three in B": without A, of which
    no harm is told."""
    for after in part.of("time.after", "time.at", "veto.if"):
        blow = next((m for m in part.of("strike.attack") if 0 <= m.i - after.j <= 2), None)
        struck = [s for s in sites if blow is not None and blow.j <= s.i <= blow.j + 2]
        if blow is None and after.concept != "time.at":
            harm = next((m for m in part.of("toll.killed", "toll.injured", "strike.hit") if m.i >= after.j), None)
            struck = [s for s in sites if harm is not None and s.i > after.j and same_clause(doc, part, harm.i, s.i)]
        if not struck or any(m.i < after.i for m in part.of_any(_EVENTS)):
            continue
        above = {a for s in struck for a in ancestors(doc.lexicon, s.ref.id)}
        return [s for s in sites if s.i > after.i or s.ref.id in above]
    return sites


def _without_fired_at(part: Part, sites: list[Site]) -> list[Site]:
    """ "A was struck after two missiles were fired at B": without B, of which no hit is told."""
    for after in part.of("time.after"):
        if not any(m.i < after.i for m in part.of("strike.hit", "strike.attack", "strike.damage")):
            continue
        fired = [m for m in part.of("act.launched") if m.i > after.j]
        there = [s for s in sites if any(0 <= s.i - m.j <= _AIM for m in fired)]
        if there and any(s.i < after.i for s in sites):
            return [s for s in sites if s not in there]
    return sites


def _without_said_downed(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "It said that it had hit depots, and that a missile fired at A had been downed": without A."""
    more = next((m.i for m in part.of("conj.and") if says_more(doc, m)), part.j)
    stop = next((k for k in clause_starts(doc, part) if k > more), part.j)
    if any(more <= m.i < stop for m in part.of("strike.hit", "strike.damage", "strike.debris", "toll")):
        return sites
    is_downed = any(more <= m.i < stop for m in part.of("act.shot_down", "act.merged"))
    return [s for s in sites if not more <= s.i < stop] if is_downed else sites


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


def _without_routes(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the two ends of a pipeline or a train, where another place is named: "the line A - B"."""
    ends: set[int] = set()
    if not sites or not part.has("target.energy", "target.rail"):
        return sites
    for train in part.of("target.rail"):  # "a train bound for A": where it was going
        to = doc.at[train.j] if train.j < part.j else None
        if to is not None and to.concept == "prep.to" and to.j - to.i > 1:
            ends |= {s.i for s in sites if 0 <= s.i - to.j <= 1}
    if ends:
        return [s for s in sites if s.i not in ends]
    for one, other in pairwise(sites):
        if other.i - one.j != 1 or doc.tokens[one.j].text not in DASHES:
            continue
        if any(0 <= one.i - m.j <= 2 for m in part.of("target.energy", "target.rail")):
            ends |= {one.i, other.i}
    return [s for s in sites if s.i not in ends] or ([] if _is_told_before(doc, part) else sites)


def _without_seas(part: Part, sites: list[Site]) -> list[Site]:
    if ports := part.of("target.port"):  # "in the Black Sea port": the one named before
        sites = [s for s in sites if s.ref.level != "sea" or not any(0 <= s.i - m.j <= 2 for m in ports)]
    if part.n and part.has("target"):
        return [s for s in sites if not _is_sea_of_target(part, s)]
    return sites


def _is_sea_of_target(part: Part, site: Site) -> bool:
    """ "The port, one of the main Black Sea oil terminals": on which shore it lies, told of what was named before."""
    return site.ref.level == "sea" and any(0 <= m.i - site.j <= 1 for m in part.of("target"))


def _without_hospital(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Nine were taken to the hospital of A": without A."""
    if (ward := ward_of(doc, part)) is None:
        return sites
    sites = [s for s in sites if not 0 <= ward.i - s.j <= 2] or sites
    if is_brought(doc, part, ward):
        numbered = doc.at[ward.j] if ward.j < part.j else None  # "hospital No. 2 of A"
        end = ward.j + (2 if numbered is not None and numbered.concept == "num.no" else 0)
        return [s for s in sites if not 0 <= s.i - end <= 1]
    return sites


def _without_unharmed(doc: Doc, part: Part, toll: Toll, sites: list[Site]) -> list[Site]:
    """Without the places of which quiet is told, or no harm where others came to some."""
    if part.has("alert.clean") and len(sites) > 1:
        quiet = [m.i for m in part.of("alert.clean")]  # "debris in A, in B it is quiet"
        sites = [s for s in sites if not any(same_clause(doc, part, s.i, k) for k in quiet)] or sites
    if len(sites) > 1 and part.has("toll.none", "strike.harmless") and (toll.killed or toll.injured):
        unhurt = part.of("toll.none", "strike.harmless")  # "a man was hurt in A, in B no consequences"
        return [s for s in sites if not any(
            same_clause(doc, part, s.i, m.i) and _is_told_alone(doc, part, m.i) for m in unhurt)] or sites  # fmt: skip
    return sites


def _is_told_alone(doc: Doc, part: Part, k: int) -> bool:
    """Whether the clause of the token tells of nobody who came to harm and of nothing struck."""
    others = ("toll.killed", "toll.injured", "strike.attack", "strike.hit", "strike.damage")
    return not any(same_clause(doc, part, m.i, k) for m in part.of(*others))


def _without_foreign_raions(doc: Doc, sites: list[Site]) -> list[Site]:
    """ "In the region of Rostov, in the district of Kamianske": a district of that name that nobody knows there."""
    lands = {a for s in sites if s.ref.level == "oblast" for a in ancestors(doc.lexicon, s.ref.id)}
    if not lands:
        return sites
    return [s for s in sites if s.ref.level not in ("raion", "hromada") or lands & {*ancestors(doc.lexicon, s.ref.id)}]


def _without_names_of_plants(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "The plant «Kronstadt» in Dubna": a name in quotes where the town that it lies in is told."""
    towns = [s for s in sites if s.role in ("at", "target") and s.ref.level in ("city", "raion", "district")]
    return [
        s for s in sites
        if s.role != "name" or s.i - 2 < part.i or s.j >= part.j or s.ref.level != "city"
        or not (doc.tokens[s.i - 1].is_quote and doc.tokens[s.j].is_quote)
        or (before := doc.at[s.i - 2]) is None or before.group != "target"
        or all(t is s or s.ref.id in ancestors(doc.lexicon, t.ref.id) or t.ref.id in ancestors(doc.lexicon, s.ref.id)
               for t in towns)
    ]  # fmt: skip


def _without_bigger(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "In the village of A near B": without B, which only says where the place right ahead of it lies."""
    near = doc.lexicon.settings.get("lies_by", ())
    out = sites[:1]
    for one, other in pairwise(sites):
        if out[-1].ref.level == "city" and other.ref.level in _WIDER and one.j == other.i:
            continue  # "the village of A of the B district of the region of C"
        between = [doc.at[k] for k in range(one.j, other.i)]
        is_address = other.i == one.j + 1 and doc.tokens[one.j].text == "," and other.ref.level in _WIDER
        is_address = is_address or (0 < len(between) <= _WORDS and other.ref.level == "oblast" and all(
            m is not None and (m.concept == "prep.at" or m.group in ("side", "place")) for m in between))  # fmt: skip
        if is_address and one.ref.level == "city" and _is_village_of(doc, part, one):
            continue  # "the village of A, B region"
        start = one.j + (one.j < other.i and doc.tokens[one.j].is_quote)
        is_by = start < other.i <= start + 2 and doc.tokens[start].f in near and other.ref.level == one.ref.level
        is_by = is_by or (other.ref.level == one.ref.level and lies_by(doc, one.j, other.i))
        is_by = is_by or (other.ref.level == one.ref.level and is_suburb(doc, one.j, other.i))
        is_by = is_by and one.ref.level == "city"
        is_by = is_by or _is_which_lies_by(doc, one, other)
        if not is_by and not is_round_about(doc, part, one, other):
            out.append(other)
    return out


def _is_which_lies_by(doc: Doc, one: Site, other: Site) -> bool:
    """ "A, which is near B"."""
    k = one.j
    relatives, near = (doc.lexicon.settings.get(name, ()) for name in ("relatives", "lies_by"))
    if (
        other.i - k > _WORDS
        or other.i - k < _LEAST
        or doc.tokens[k].text != ","
        or doc.tokens[k + 1].f not in relatives
    ):
        return False
    return doc.tokens[other.i - 1].f in near


def _is_village_of(doc: Doc, part: Part, site: Site) -> bool:
    """ "The village of A": the word for what the place is right ahead of its name."""
    kind = doc.at[site.i - 1] if site.i > part.i else None
    return kind is not None and kind.concept == "level.city"


def _without_closed(doc: Doc, part: Part, toll: Toll, sites: list[Site]) -> list[Site]:
    if not any(s.role == "closed" for s in sites):
        return sites
    is_apart = toll.is_people and not any(
        c.i < m.i or same_clause(doc, part, m.i, c.i) for c in part.of("veto.closure") for m in part.of("toll")
    )  # "two of the passengers were hurt, trains run to A and no farther"
    open_ = [s for s in sites if s.role != "closed"]
    return open_ or ([] if is_apart else _struck_meanwhile(part, sites) or _without_shut(doc, part, sites))


def _struck_meanwhile(part: Part, sites: list[Site]) -> list[Site]:
    """ "Closed the airport of A as Russia struck western Ukraine": what stands behind the verb, where all
    that is closed stands ahead of whoever struck."""
    for hit in part.of("strike.hit", "strike.attack", "act.launched"):
        by = next((s for s in sites if s.j == hit.i and s.ref.level == "country"), None)
        if by is None or not any(c.i < by.i for c in part.of("veto.closure")):
            continue
        return [s for s in sites if s.i >= hit.j]
    return []


def _without_shut(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "A hit, airports of B shut": what is only shut, in a clause that tells of no blow."""
    blows = part.of("strike", "toll")
    shut = [c.i for c in part.of("veto.closure") if not any(same_clause(doc, part, c.i, m.i) for m in blows)]
    return [s for s in sites if not any(same_clause(doc, part, s.i, k) for k in shut)] or sites


def _of_all_the_people(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """Without the places of which some of the people are told: "nine were hurt in A, three of them in B"."""
    aside = [
        m.i for m in part.of("num.subset")
        if m.i > part.i and doc.tokens[m.i - 1].text in ",;" and any(0 <= n.i - m.j <= 3 for n in part.numbers)
    ]  # fmt: skip
    if not aside and part.has("num.subset"):  # "..., three of them in A"
        aside = [n.i for n in part.numbers for m in part.of("num.subset") if 0 <= m.i - n.j <= 1 and n.i > part.i and (
            doc.tokens[n.i - 1].text in ",;")]  # fmt: skip
    if not aside:
        return sites
    whole = [
        s for s in sites
        if (s.role in ("at", "target") or (s.role == "name" and s.i < aside[0]))
        and (s.i < aside[0] or not same_clause(doc, part, s.i, aside[0]))
    ]  # fmt: skip
    is_elsewhere = _is_told_before(doc, part) or (attacked_by_side(doc, part) and part.has("place.country"))
    return whole or ([] if is_elsewhere else sites)


def _is_told_before(doc: Doc, part: Part) -> bool:
    """Whether the sentence before, in the same line, tells of a blow and its place."""
    before = doc.parts[part.n - 1] if part.n else None
    return before is not None and before.line == part.line and before.has("strike") and bool(before.sites)
