"""What the later clauses of a sentence say, where the first tells of something that is over."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.courses import elliptic_course
from monitor.extract.alerts.proposals import Proposal, add_sites, threats_named
from monitor.extract.alerts.takeoffs import take_off
from monitor.extract.alerts.threats import threats_in
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "behind_colon",
    "behind_downed",
    "behind_end",
    "beside_recon",
    "flight_ahead",
    "quoted_threat",
    "threat_behind",
]

_LINE: Final = 24
_BEHIND_QUOTE: Final = ",-\u2013\u2014"
_OVER: Final = (
    "veto", "alert.clean", "alert.all_clear", "alert.all_clear_siren", "alert.over", "alert.lifted", "alert.expected",
    "alert.partial", "alert.event_over", "signal", "time.yesterday", "time.before_yesterday",
)  # fmt: skip


def behind_end(doc: Doc, part: Part, ended: Proposal) -> list[Proposal]:
    """ "The MiG has landed, Shaheds remain in A": what is still on its way."""
    over = part.of("alert.landing", "alert.all_clear", "alert.over", "alert.lifted")
    cut = next((s for s in clause_starts(doc, part) if over and s > over[0].i), None)
    if cut is None:
        return []
    rest = piece(part, cut, part.j)
    if rest.sites and rest.has("alert.siren") and not rest.has(*_OVER):
        on = Proposal("start", "air", rest, "alert.siren", ongoing=True)
        add_sites(on, rest.sites)
        return [on]  # "off for the MiG, in A the alert is on"
    if not rest.sites or rest.has(
        "weapon.mig31k", "alert.clean", "veto", "alert.all_clear", "alert.over", "alert.lifted",
        "alert.danger", "alert.siren",
    ):  # fmt: skip
        return []
    if rest.has("weapon", "model"):
        return threats_in(doc, rest)
    found = elliptic_course(doc, rest) if rest.has("alert.fly") else []
    for threat in found:
        threat.threat = ended.threat  # "off for A, it has gone to B"
    return found


def beside_recon(doc: Doc, part: Part) -> list[Proposal]:
    """ "A scout over A, ballistics are possible": two threats, each in a clause of its own."""
    scouts = part.of("weapon.recon")
    others = [m for m in part.of("weapon", "model") if m.concept != "weapon.recon" and m.i > scouts[0].i]
    cut = max((s for s in clause_starts(doc, part) if others and scouts[0].j <= s <= others[0].i), default=None)
    if cut is None or part.j - part.i > _LINE or not part.sites or part.sites[0].i > cut:
        return []
    found = threats_in(doc, piece(part, part.i, cut))
    for threat in threats_in(doc, piece(part, cut, part.j)) if found else ():
        threat.sites = threat.sites or list(found[0].sites)
        found.append(threat)
    return found


def behind_downed(doc: Doc, part: Part) -> list[Proposal]:
    """ "One was shot down over A, two more fly to B": the clause that is still live, in a terse line."""
    downed = part.of("act.shot_down", "alert.clean")
    flies = [m.i for m in part.of("alert.fly") if downed and m.i > downed[0].i] or _counted_aims(part, downed)
    if not flies or part.has("claim", "toll", "time.night", "time.day") or part.j - part.i > _LINE:
        return []
    cut = max((s for s in clause_starts(doc, part) if s <= flies[0]), default=part.i)
    if cut <= downed[-1].i:
        return []
    rest = piece(part, cut, part.j)
    found = threats_in(doc, rest) or elliptic_course(doc, rest)
    named = threats_named(doc, part)
    if found and named and named[0] != "air" and found[0].rule == "prep.to":
        found[0].threat = named[0]
    return found


def _counted_aims(part: Part, downed: tuple[Mention, ...]) -> list[int]:
    """ "One fewer over A, four more on to B": where a figure behind it heads."""
    if not downed or not part.numbers or downed[-1].concept != "alert.clean":
        return []
    figures = [n.i for n in part.numbers if n.i > downed[-1].i]
    aims = [s.i for s in part.sites if s.role == "target" and any(k < s.i for k in figures)]
    return [max(k for k in figures if k < i) for i in aims]


def behind_colon(doc: Doc, part: Part) -> list[Proposal]:
    """ "An all-clear was told of by mistake: in A the alert is on": what stands behind the colon is a sentence."""
    if not part.has("veto.until", "veto.joke", "signal"):
        return []
    colon = next((k for k in range(part.i + 1, part.j - 2) if doc.tokens[k].text == ":"
                  and doc.tokens[k + 1].kind == "w"), None)  # fmt: skip
    if colon is None:
        return []
    rest = piece(part, colon + 1, part.j)
    is_on = bool(rest.sites) and rest.has("alert.siren") and rest.has("alert.declared", "alert.still", "alert.lasts")
    if not is_on or rest.has("veto", "alert.lifted", "alert.over", "alert.all_clear", "alert.all_clear_siren",
                             "alert.expected", "signal"):  # fmt: skip
        return []
    proposal = Proposal("start", "air", rest, "alert.siren", ongoing=True)
    add_sites(proposal, rest.sites)
    return [proposal]


def threat_behind(doc: Doc, part: Part, trigger: Mention, siren: Proposal) -> list[Proposal]:
    """ "Air alert in A, threat of ballistic missiles": the threat named in a clause of its own, where the alert is."""
    if part.has("weapon.mig31k") and part.has("alert.takeoff"):
        return _take_off_behind(doc, part, trigger)
    stated = next((m for m in part.of("alert.threat") if m.i >= trigger.j), None)
    if stated is None or not siren.sites or same_clause(doc, part, trigger.i, stated.i):
        return []
    cut = max(k for k in clause_starts(doc, part) if k <= stated.i)
    behind = piece(part, cut, part.j)
    if (
        any(s.role != "from" for s in behind.sites)
        or not behind.has("weapon", "model")
        or behind.has("veto.cause", "alert.lifted", "alert.over")
    ):
        return []
    found = threats_in(doc, behind)
    for threat in found:
        threat.sites = list(siren.sites)
    return found


def _take_off_behind(doc: Doc, part: Part, trigger: Mention) -> list[Proposal]:
    """ "Air alert in all of A - a MiG-31K took off": why it was sounded, in a clause of its own."""
    plane = part.of("weapon.mig31k")[0]
    cut = max((k for k in clause_starts(doc, part) if trigger.j <= k <= plane.i), default=None)
    behind = piece(part, cut, part.j) if cut is not None else None
    if (
        behind is None
        or behind.has("veto.cause", "time.after", "claim")
        or any(s.role == "except" for s in behind.sites)
    ):
        return []
    return take_off(behind)


def flight_ahead(doc: Doc, part: Part) -> list[Proposal]:
    """ "Missiles were flying toward A, after sirens had sounded in B": the clause ahead of the alert."""
    if not part.has("weapon", "model"):
        return []
    siren = part.of("alert.siren", "alert.signal")
    cut = max((k for k in clause_starts(doc, part) if siren and part.i < k <= siren[0].i), default=part.i)
    if cut == part.i or not any(m.i < cut for m in part.of("weapon", "model")):
        return []
    ahead = piece(part, part.i, cut)
    is_aimed = any(s.role == "target" and s.ref.level not in ("country", "sea") for s in ahead.sites)
    return threats_in(doc, ahead) if is_aimed and not ahead.has("veto", "strike", "act") else []


def quoted_threat(doc: Doc, part: Part) -> list[Proposal]:
    """ "A missile in A on its way to B", the air force wrote: what is quoted, without who wrote it."""
    said = part.of("claim")
    if not said or not part.has("weapon", "model") or part.is_title:
        return []
    tokens = doc.tokens
    stop = next((k for k in range(part.i + 1, said[0].i) if tokens[k].is_quote and (
        tokens[k - 1].text in ",.!" or tokens[min(k + 1, part.j - 1)].text in _BEHIND_QUOTE)), None)  # fmt: skip
    if stop is None or any(m.i < stop for m in part.of("claim", "claimant")):
        return []
    found = threats_in(doc, piece(part, part.i, stop))
    return [p for p in found if p.sites]
