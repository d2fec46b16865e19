"""The end of threats that a sentence names, while the air alert or another threat may go on."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.alerts.announced import why_not_announced
from monitor.extract.alerts.clearing import is_of_some, why_narrower
from monitor.extract.alerts.neighbours import why_turned_round
from monitor.extract.alerts.proposals import THREAT, Proposal, add_sites, without_parents, without_wider
from monitor.extract.alerts.sirens import (
    says_siren,
)
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["ends_of_threats"]

_BESIDE: Final = 2
_SHE: Final = 4
"""Letters of the longest "it" that stands for the danger told before."""


def _is_whole_regime(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "The regime of air danger in the region of A is lifted", in Russia, where that is what was declared."""
    if not part.sites or not part.has("alert.air_regime") or part.has("alert.partial", "mark.start", "alert.siren"):
        return False
    if not all("RU" in ancestors(doc.lexicon, s.ref.id) for s in part.sites):
        return False
    if len(part.of("alert.danger", "alert.threat")) > len(part.of("alert.air_regime")):
        return False
    reason = why_narrower(doc, part, trigger, part.sites, is_everywhere=False)
    return (reason or why_not_announced(doc, part, trigger) or why_turned_round(doc, part)) is None


def ends_of_threats(doc: Doc, part: Part, named: list[str], trigger: Mention) -> list[Proposal]:
    if not part.sites and not doc.area and part.has("target"):
        return []  # "after the drone alert at an airport the all-clear was given"
    if part.has("alert.declared") and len(named) < 2 and (apart := _declared_apart(doc, part, trigger)) is not None:
        return _begun_and_ended(part, named, trigger, *apart)
    on = [*part.of("alert.still", "alert.lasts"), *_in_force(doc, part, trigger)]
    sites = [s for s in part.sites if not any(same_clause(doc, part, s.i, m.i) for m in on)]
    flies = [
        m for m in part.of("alert.fly", "alert.siren") if m.i > trigger.i and not same_clause(doc, part, m.i, trigger.i)
    ]
    sites = [s for s in sites if not any(same_clause(doc, part, s.i, m.i) for m in flies)]
    sites = [s for s in sites if not _is_left_on(doc, part, s, trigger)]
    if any(same_clause(doc, part, s.i, trigger.i) for s in sites):
        sites = [s for s in sites if not _is_of_another_clause(doc, part, s, trigger)]
    here = [m for m in part.mentions if m.group in ("weapon", "model") and same_clause(doc, part, m.i, trigger.i)]
    there = [m for m in part.of("weapon", "model") if m not in here] if here else []
    if there:
        own = [threat for m in here if (threat := THREAT.get(_kind(m))) is not None]
        named = list(dict.fromkeys(own)) or named
        sites = [s for s in sites if not any(m.i > trigger.i and same_clause(doc, part, s.i, m.i) for m in there)]
    left = _without_on(doc, part, trigger, named, on)
    if named in ([], ["air"]) and not on and _is_whole_regime(doc, part, trigger):
        whole = Proposal("end", "air", part, trigger.concept)
        add_sites(whole, without_wider(doc, part, without_parents(doc, sites), trigger))
        return [whole]
    out = []
    if is_of_some(doc, part, [s for s in sites if s.role not in ("from", "except")]):
        doc.note(trigger.i, trigger.j, "the end of a threat for some of a place")
        return _regime_on(doc, part, trigger, named)
    sites = without_wider(doc, part, _without_heading(doc, part, sites, trigger), trigger)
    for threat in left if named else ["other"]:
        proposal = Proposal("end", "other" if threat == "air" else threat, part, trigger.concept)
        add_sites(proposal, sites)
        out.append(proposal)
    return out + _regime_on(doc, part, trigger, named)


def _declared_apart(doc: Doc, part: Part, trigger: Mention) -> tuple[list[Site], list[Site]] | None:
    """ "Declared in A and B, in C - lifted", "lifted in A and declared in B": the places of the one and of the other;
    None where the one or the other has none of its own."""
    ends = part.of("alert.lifted", "alert.over", "alert.all_clear")
    verbs = sorted([*part.of("alert.declared"), *ends], key=lambda m: m.i)
    starts = [part.i]
    for a, b in pairwise(verbs):
        stop = min((m.i for m in verbs if m.i > b.i), default=part.j)
        joints = [m.i for m in part.of("conj.and", "conj.but") if a.j <= m.i < b.i]
        joints += [k for k in range(a.j, b.i) if doc.tokens[k].text in ",;"]
        behind = [s for s in part.sites if b.j <= s.i < stop]
        between = [s.i for s in part.sites if a.j <= s.i < b.i]
        joints = [k for k in joints if behind or not between or k < between[-1]]
        commas = [k for k in joints if doc.tokens[k].text in ",;" or behind]
        if not joints:
            return None
        starts.append(max(commas or joints))
    begun: list[Site] = []
    ended: list[Site] = []
    for verb, (i, j) in zip(verbs, pairwise([*starts, part.j]), strict=True):
        (begun if verb.concept == "alert.declared" else ended).extend(s for s in part.sites if i <= s.i < j)
    return (begun, ended) if begun and ended and any(m.i == trigger.i for m in ends) else None


def _begun_and_ended(
    part: Part, named: list[str], trigger: Mention, begun: list[Site], ended: list[Site]
) -> list[Proposal]:
    """The danger that is declared in some places and over in others."""
    out = []
    for threat in named or ["other"]:
        for status, sites in (("start" if part.has("alert.danger") else "threat", begun), ("end", ended)):
            if sites:
                is_left = status == "start" and sites[0].i > trigger.i  # "lifted in A, in force in B"
                kind = "other" if threat == "air" else threat
                proposal = Proposal(status, kind, part, trigger.concept, ongoing=is_left)
                add_sites(proposal, sites)
                out.append(proposal)
    return out


def _without_heading(doc: Doc, part: Part, sites: list[Site], trigger: Mention) -> list[Site]:
    """ "Drones over the region of A: the danger is over in B, it goes on in C": not for the whole of A."""
    colon = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ":"), -1)
    own = [s for s in sites if s.i > colon > 0 and same_clause(doc, part, s.i, trigger.i)]
    behind = {a for s in own for a in ancestors(doc.lexicon, s.ref.id)}
    return [s for s in sites if s.i > colon or s.ref.id not in behind]


def _without_on(doc: Doc, part: Part, trigger: Mention, named: list[str], on: list[Mention]) -> list[str]:
    """The threats without those that are named only where something is said to go on: "the danger from the air is over,
    that of missiles remains"."""
    spans = [(i, j) for i, j in (_said_of(doc, part, x) for x in on) if not i <= trigger.i < j]
    still: set[str] = set()
    over: set[str] = set()
    for m in part.of("weapon", "model"):
        threat = THREAT.get(_kind(m))
        if threat is not None:
            (still if any(i <= m.i < j for i, j in spans) else over).add(threat)
    return [threat for threat in named if threat not in still or threat in over]


def _said_of(doc: Doc, part: Part, on: Mention) -> tuple[int, int]:
    """The tokens of what is said to go on: its clause, and the one ahead of a dash that stands for "is"."""
    starts = [*clause_starts(doc, part), part.j]
    n = max(n for n, start in enumerate(starts) if start <= on.i)
    first = starts[n]
    if n and on.i - first <= 1 and doc.tokens[first - 1].text in DASHES:
        first = starts[n - 1]
    return first, starts[n + 1]


def _regime_on(doc: Doc, part: Part, trigger: Mention, named: list[str]) -> list[Proposal]:
    """ "The missile danger is over in A, in B it remains", "..., the danger of drones remains": what goes on beside the
    end of a named threat. The alert itself is read elsewhere."""
    for on in [*part.of("alert.still", "alert.lasts"), *_in_force(doc, part, trigger)]:
        i, j = _said_of(doc, part, on)
        if i <= trigger.i < j or says_siren(doc, on.i, on.j) or blocks(doc, part, on):
            continue
        here = [m for m in part.mentions if i <= m.i < j]
        if any(m.concept in ("alert.siren", "alert.signal", "alert.all_clear", "alert.lifted") for m in here):
            continue
        own = [threat for m in here if m.group in ("weapon", "model") and (threat := THREAT.get(_kind(m)))]
        is_unread = any(doc.at[k] is None and len(doc.tokens[k].f) > _SHE for k in range(i, j))
        if not own and (len(named) != 1 or is_unread or on.concept == "alert.lasts"):
            continue
        status = "start" if part.has("alert.danger") else "threat"
        sites = [s for s in part.sites if i <= s.i < j] or part.sites
        out = []
        for threat in dict.fromkeys(own or named):
            proposal = Proposal(status, threat, part, on.concept, ongoing=status == "start")
            add_sites(proposal, sites)
            out.append(proposal)
        return out
    return []


def _is_left_on(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "..., in the region - not yet", "..., but not in the region": a place behind the end, and a denial beside it."""
    if site.i < trigger.i:
        return False
    for no in part.of("veto.negation"):
        between = doc.mentions_between(site.j, no.i)
        is_behind = 0 <= no.i - site.j <= _BESIDE and not any(m.group == "conj" for m in between)
        if no.i > trigger.i and (is_behind or 0 <= site.i - no.j <= _BESIDE):
            return True
    return False


def _is_of_another_clause(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "Off for A, it has gone to B": a later clause that says something nobody understands."""
    if site.i < trigger.i or same_clause(doc, part, site.i, trigger.i):
        return False
    return any(
        doc.at[k] is None and doc.tokens[k].kind == "w" and same_clause(doc, part, k, site.i)
        for k in range(trigger.j, site.i)
    )


def _in_force(doc: Doc, part: Part, trigger: Mention) -> list[Mention]:
    """ "..., in B it is in force": the verb of a later clause that speaks of no end."""
    ends = part.of("alert.lifted", "alert.over", "alert.all_clear", "alert.all_clear_siren")
    return [
        m for m in part.of("alert.declared")
        if m.i > trigger.j and not any(same_clause(doc, part, m.i, x.i) for x in ends)
    ]  # fmt: skip


def _kind(m: Mention) -> str:
    return str(m.data.get("weapon", "")) or m.kind
