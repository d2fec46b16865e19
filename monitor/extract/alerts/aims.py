"""Whom a threat is for: where it heads, else where it is, without what only says where that lies."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from monitor.extract.alerts.proposals import THREAT, Proposal, add_sites, level_of, without_parents
from monitor.extract.places.units import HELD, ancestors
from monitor.extract.text.doc import Doc, Number, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.weapons import weapons_of

__all__ = [
    "drop_headers",
    "has_own_number",
    "threat_proposals",
    "threatened",
    "without_clean",
    "without_headers",
    "without_launch_areas",
    "without_none",
]

_OF_LAUNCH: Final = frozenset(("act.launch_noun", "act.launched", "alert.tactical", "alert.takeoff", "weapon.carrier"))

_TOLD_HERE: Final = frozenset(("alert.threat", "alert.danger", "alert.under_attack"))
_NAMING: Final = frozenset(("place", "level", "bound", "conj"))
_FAST: Final = frozenset(("ballistic", "missile", "guided_bomb"))
_ENEMY: Final = {"UA": "RU"}


def threat_proposals(doc: Doc, part: Part, named: list[str], rule: str, confidence: float) -> list[Proposal]:
    told = [s for s in part.sites if s.role not in ("from", "closed", "speaker")]
    is_here = set(named) == {"drone"} or rule in _TOLD_HERE  # where it is, or is feared
    is_regime = rule == "alert.danger" or ("missile" in named and rule == "alert.threat" and not part.has("model"))
    if not is_regime:  # "missile danger: A, B" names where it is declared
        told = without_launch_areas(doc, told, named, min((m.i for m in part.of("weapon", "model")), default=part.i))
    sites = threatened(doc, told) or (told if is_here and not part.has_any(_OF_LAUNCH) else [])
    if part.has("veto.closure") and not any(s.role not in ("from", "closed", "speaker") for s in part.sites):
        return []
    sites = _menaced(doc, part, sites) or sites
    sites = without_clean(doc, part, sites) or sites
    if sites and not (sites := without_none(doc, part, sites)):
        return []
    aimed = _nearest_aims(doc, part, [s for s in sites if s.role == "target"])
    aimed = _named_within(doc, aimed, sites) or aimed
    chosen = aimed or [s for s in sites if s.role in ("at", "name")] or [s for s in sites if s.role == "past"]
    passed = [s for s in sites if s.role == "past" and s.ref.level not in ("oblast", "country")]
    if passed and not aimed and all(s.ref.level == "oblast" and _is_around(doc, s, passed) for s in chosen):
        chosen = passed
    if aimed:
        all_aimed = [s for s in sites if s.role == "target"]
        chosen = [*aimed, *(s for s in sites if s.role == "at" and has_own_number(doc, part, s, all_aimed))]
    excepted = [s for s in sites if s.role == "except"]
    out = []
    for threat in named:
        proposal = Proposal("threat", threat, part, rule, level=level_of(part), confidence=confidence)
        proposal.is_everywhere = part.has("alert.everywhere")
        mine = _of_weapon(doc, part, threat, chosen) if len(named) > 1 else chosen
        add_sites(proposal, [*without_headers(doc, without_parents(doc, mine)), *excepted])
        out.append(proposal)
    return out


def _menaced(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Blasts in A, B was threatened by missiles": the subject of the verb."""
    for m in part.of("alert.threat"):
        verb = doc.at[m.i - 1] if m.i > part.i else None
        if verb is not None and verb.concept == "verb.passive":
            return [s for s in sites if s.j == verb.i]
    return []


def _of_weapon(doc: Doc, part: Part, threat: str, sites: list[Site]) -> list[Site]:
    """ "Three drones to A, a missile to B": the places of that weapon's own clauses, where each clause names one."""
    kinds = [{THREAT.get(w.kind) for w in weapons_of(doc, part) if same_clause(doc, part, w.i, s.i)} for s in sites]
    if not sites or any(len(found) != 1 for found in kinds):
        return sites
    return [s for s, found in zip(sites, kinds, strict=True) if found == {threat}] or sites


def drop_headers(doc: Doc, proposals: list[Proposal]) -> None:
    """ "Drones in the region of A:" above lines that say where in it: the region only says where these lie."""
    for n, header in enumerate(proposals):
        if header.status != "threat" or doc.tokens[header.part.j - 1].text != ":":
            continue
        inner = [s for p in proposals[n + 1 :] if p.status == "threat" and p.threat == header.threat for s in p.sites]
        named = {s.ref for s in header.part.sites}
        below = [s for s in header.sites if s not in named] if named else []  # of the lines below it
        header.sites = [
            s for s in header.sites
            if s.level != "oblast" or not any(s.id in ancestors(doc.lexicon, other.id) for other in [*inner, *below])
        ]  # fmt: skip


def without_headers(doc: Doc, sites: list[Site]) -> list[Site]:
    """ "Region of A: one over B", "in the region of A between B and C": the region only says where they are."""
    return [
        s for s in sites
        if s.ref.level != "oblast" or s.role not in ("name", "at") or _is_listed(doc, s)
        or not any(x.i > s.i and s.ref.id in ancestors(doc.lexicon, x.ref.id) for x in sites)
    ]  # fmt: skip


def _is_listed(doc: Doc, site: Site) -> bool:
    """Whether a comma, a slash or "and" stands right behind it: named side by side with what follows."""
    if site.j >= len(doc.tokens):
        return False
    mention = doc.at[site.j]
    return doc.tokens[site.j].text in ",/\\+&" or (mention is not None and mention.concept == "conj.and")


def _is_around(doc: Doc, site: Site, inner: list[Site]) -> bool:
    """Whether a region stands there for itself, or one of the places that are passed lies in it."""
    return site.role == "name" or any(site.ref.id in ancestors(doc.lexicon, s.ref.id) for s in inner)


def without_clean(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Minus one in A, two more circle near B": without A, where nothing flies any more."""
    cleans = part.of("alert.clean")
    return [s for s in sites if not any(same_clause(doc, part, s.i, c.i) for c in cleans)] if cleans else sites


def without_none(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Six to A, to B - 0, 0 to C": without those that a zero stands beside."""
    zeros = [n for n in part.numbers if n.value == 0]
    return [s for s in sites if not any(_is_beside(doc, s, n) for n in zeros)] if zeros else sites


def _is_beside(doc: Doc, site: Site, zero: Number) -> bool:
    if site.j <= zero.i <= site.j + 1:
        return all(doc.tokens[k].text in DASHES or doc.tokens[k].text == ":" for k in range(site.j, zero.i))
    between = doc.at[zero.j] if zero.j < site.i else None
    return between is not None and between.concept in ("prep.to", "prep.at", "prep.by") and between.j == site.i


def _nearest_aims(doc: Doc, part: Part, aimed: list[Site]) -> list[Site]:
    """ "Toward the region of A, course for B": without the region, where B lies in it and stands in a later clause."""
    return [
        s for s in aimed
        if s.ref.level != "oblast" or not any(
            x.i > s.i and s.ref.id in ancestors(doc.lexicon, x.ref.id) and not same_clause(doc, part, s.i, x.i)
            for x in aimed
        )
    ]  # fmt: skip


def _named_within(doc: Doc, aimed: list[Site], sites: list[Site]) -> list[Site]:
    """ "Toward the region of A, about the districts of B and C": the row of names behind the region that lie in it, and
    no word between that tells anything else."""
    region = aimed[-1] if aimed and aimed[-1].ref.level == "oblast" else None
    inner = [s for s in sites if region and s.role in ("name", "at") and s.i > region.j]
    if region is None or not inner or any(region.ref.id not in ancestors(doc.lexicon, s.ref.id) for s in inner):
        return []
    for k in range(region.j, inner[-1].j):
        m, token = doc.at[k], doc.tokens[k]
        if token.kind != "p" and (m is None or (m.concept != "prep.kind" and m.group not in _NAMING)):
            return []
    return [*aimed[:-1], *inner]


def threatened(doc: Doc, sites: list[Site]) -> list[Site]:
    """Without places of the enemy's that are no target: they are where it comes from."""
    enemy = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "")
    if not enemy:
        return sites
    return [
        s for s in sites
        if s.role == "target" or (s.ref.id != enemy and enemy not in ancestors(doc.lexicon, s.ref.id))
    ]  # fmt: skip


def without_launch_areas(doc: Doc, sites: list[Site], named: Collection[str], since: int) -> list[Site]:
    """ "Ballistic threat, Bryansk", "ballistics: Crimea": the bare name of what the enemy holds, where a missile is
    feared, is where it comes from; of what it occupies, behind the token ``since`` of the weapon."""
    if not set(named) <= _FAST:
        return sites
    enemy = doc.lexicon.settings.get("enemy_of", {}).get(doc.lang or "") or _ENEMY.get(doc.side or "")
    if not enemy:
        return sites
    out = []
    for s in sites:
        line = {s.ref.id, *ancestors(doc.lexicon, s.ref.id)}
        is_held = enemy == "RU" and not line.isdisjoint(HELD) and s.i > since
        if s.role != "name" or not (enemy in line or is_held):
            out.append(s)
    return out


def has_own_number(doc: Doc, part: Part, site: Site, aimed: list[Site]) -> bool:
    """ "Three to A, one over B": B is told in a clause of its own with a number of its own."""
    numbers = [n for n in part.numbers if n.i < site.i and n.taken is None and not _is_of_groups(doc, part, n)]
    last = numbers[-1] if numbers else None
    joint = doc.at[last.i - 1] if last is not None and last.i > part.i else None
    is_joined = joint is not None and joint.concept == "conj.and"
    if last is not None and is_joined and not any(last.i < a.i < site.i for a in aimed):
        return any(a.i < last.i for a in aimed)  # "three to A and one circles near B"
    if any(same_clause(doc, part, site.i, a.i) for a in aimed):
        return False
    if any(same_clause(doc, part, site.i, m.i) for m in part.of("alert.clean", "act", "strike")):
        return False
    if last is not None and not any(n.i > site.j for n in part.numbers) and all(a.i > site.j for a in aimed):
        return False  # "two over A, heading for B": where they are now
    return any(same_clause(doc, part, n.i, site.i) and n.taken is None and not _is_of_groups(doc, part, n)
               for n in part.numbers)  # fmt: skip


def _is_of_groups(doc: Doc, part: Part, number: Number) -> bool:
    """ "Six groups of drones over A": what is counted is no munition."""
    after = doc.at[number.j] if number.j < part.j else None
    return after is not None and after.group == "count"
