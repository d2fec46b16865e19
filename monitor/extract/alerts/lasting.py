"""Alerts that a sentence says are still on."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import why_not_announced
from monitor.extract.alerts.doubts import is_doubtful
from monitor.extract.alerts.elsewhere import is_of_the_rest
from monitor.extract.alerts.neighbours import why_turned_round
from monitor.extract.alerts.proposals import Proposal, add_sites
from monitor.extract.alerts.sirens import is_of_bare_alert, says_siren
from monitor.extract.alerts.threats import threats_in
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["is_bare_alert_on", "still_behind", "still_on"]

_NEAR: Final = 3
"""Sentences back to the alert that is still on."""
_WHY: Final = 6
"""Tokens of "by a group of drones"."""
_ENDED: Final = frozenset(
    ("alert.lifted", "alert.all_clear_siren", "alert.all_clear", "alert.over", "alert.event_over")
)
_OWN_SUBJECT: Final = frozenset(("alert.threat", "alert.danger", "strike.attack"))


_NOT_STILL: Final = frozenset(
    ("veto.negation", "veto.if", "veto.denied", "veto.hypothetical", "alert.lifted", "weapon.drone")
)


def still_on(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    m = part.of("alert.still", "alert.lasts")[0]
    if (cut := _why_behind(doc, part, m)) is not None:
        on = still_on(doc, piece(part, part.i, cut), so_far)
        threats = threats_in(doc, piece(part, cut, part.j)) if on else []
        for threat in threats:
            threat.sites = threat.sites or list(on[0].sites)
        return [*on, *threats]
    names_siren = part.has("alert.siren", "alert.all_clear", "alert.all_clear_siren") or m.data.get("siren")
    had_alert = any(p.status in ("end", "start") for p in so_far)
    names_siren = names_siren or part.has("alert.signal") or says_siren(doc, m.i, m.j) or _is_of_end_before(doc, part)
    if not (names_siren or had_alert) or part.has("alert.threat", "alert.under_attack"):
        return []
    if any(
        (x.group == "weapon" or (x.group == "model" and part.sites))
        and x.concept != "weapon.mig31k"
        and not (names_siren and _is_why(doc, x))
        for x in part.mentions
    ):
        return []
    if blocks(doc, part, m, ignore=frozenset(("negation",))) or _was_on(doc, part, m):
        return []
    if _is_around_the_end(doc, part, m):
        return []
    out = []
    before = [s for s in part.sites if s.j <= m.i and not same_clause(doc, part, s.i, m.i)]
    before = before or [s for s in part.sites if s.j <= m.i and not any(x.i >= s.j for x in part.of("conj.but"))]
    clear = [x for x in part.of("alert.all_clear_siren", "alert.lifted") if x.i < m.i]
    is_sure = clear and before and not is_doubtful(doc, part, clear[0])
    if is_sure and not why_not_announced(doc, part, clear[0]) and not why_turned_round(doc, part):
        ended = Proposal("end", "air", part, clear[0].concept)
        add_sites(ended, before)
        out.append(ended)
        sites = [s for s in part.sites if s not in before]
    else:
        sites = _ahead_of_why(part, m)
    if not part.sites and m.concept == "alert.lasts" and not (had_alert or doc.area) and m.i == part.i:
        return []  # "while the alert is on": it stands before the alert and says nothing of it
    if not names_siren and sites and (left_over := _threat_of_end_before(part, so_far)):
        left = Proposal("threat", left_over, part, m.concept)
        add_sites(left, sites)
        return [*out, left]
    proposal = Proposal(
        "start", "air" if names_siren else _own_regime(part) or _regime(so_far), part, m.concept, ongoing=True
    )
    add_sites(proposal, sites)
    if not proposal.sites and any(x.i < m.i for x in part.of_any(_ENDED)):
        proposal.sites, proposal.excepted = proposal.excepted, []  # "lifted everywhere but in A, which is still ..."
    if not sites and not out and (told := _told_of(part, so_far)) is not None:
        told.ongoing = True
        return []
    out.append(proposal)
    return out


def _is_around_the_end(doc: Doc, part: Part, on: Mention) -> bool:
    """ "Stand-down in the capital, the region is still red": what is on is the region around it, that is not named."""
    if not part.has("level.oblast") or not part.has("alert.all_clear") or not part.sites:
        return False
    if any(same_clause(doc, part, s.i, on.i) for s in part.sites):
        return False
    return any(same_clause(doc, part, m.i, on.i) for m in part.of("level.oblast"))


def is_bare_alert_on(doc: Doc, part: Part) -> bool:
    """ "The alert in Poltava is still on": the bare word, where air alerts are sounded; the reason may
    stand behind it."""
    if not part.has("alert.signal") or not (on := part.of("alert.lasts")):
        return False
    why = next((m.i for m in part.of("veto.cause") if m.i >= on[0].j), part.j)
    return is_of_bare_alert(doc, piece(part, part.i, why), on[0])


def _why_behind(doc: Doc, part: Part, m: Mention) -> int | None:
    """ "In A the alert goes on - drones are still there": where the clause behind begins that tells why."""
    weapons = [x.i for x in part.of("weapon", "model")]
    if part.has("weapon.mig31k") or any(_is_why(doc, x) for x in part.of("weapon")):
        return None
    siren = [x.i for x in part.of("alert.siren", "alert.signal") if same_clause(doc, part, x.i, m.i)]
    is_of_alert = siren or says_siren(doc, m.i, m.j) or _is_of_end_before(doc, part)
    if not weapons or not is_of_alert or part.has_any(_ENDED):
        return None
    cut = next((k for k in clause_starts(doc, part) if m.j <= k <= min(weapons) and all(i < k for i in siren)), None)
    return cut if cut is not None and any(s.j <= cut for s in part.sites) else None


def _is_of_end_before(doc: Doc, part: Part) -> bool:
    """ "The air alert was lifted in most regions; it stays in force in A": the sentence right before names the alert,
    whether its end was one of certain places or not."""
    before = doc.parts[part.n - 1] if part.n and part.sites else None
    if before is None or before.line != part.line or not before.has("alert.all_clear_siren", "alert.siren"):
        return False
    return not before.has("alert.threat", "alert.danger", "weapon", "model") and before.has_any(_ENDED)


def _told_of(part: Part, so_far: list[Proposal]) -> Proposal | None:
    """ "At 19:40 the siren went off in A. ... The alert is still in force": that of A, told in the same line."""
    last = so_far[-1] if so_far else None
    is_near = last is not None and last.part.line == part.line and part.n - last.part.n <= _NEAR
    return last if is_near and last is not None and last.status == "start" and last.threat == "air" else None


def _was_on(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Kyiv was under alert for three hours": the verb of the past right ahead of the words for it."""
    verb = doc.at[m.i - 1] if m.i > part.i else None
    return verb is not None and verb.concept == "verb.aux" and m.concept == "alert.still" and not part.has("time.now")


def _ahead_of_why(part: Part, on: Mention) -> list[Site]:
    """ "... remains in force in A because of drones near B": A alone, where it stands ahead of what flies."""
    why = next((x.i for x in part.mentions if x.group in ("weapon", "model") and x.i > on.i), part.j)
    return [s for s in part.sites if s.i < why] or part.sites


def _own_regime(part: Part) -> str | None:
    """ "The regime of air danger remains", named in full: not that of the sentence before."""
    return "air" if any(m.j - m.i > 1 for m in part.of("alert.danger")) else None


def _regime(so_far: list[Proposal]) -> str:
    """ "The danger of drones is over in A. In B the regime remains": that danger, where it was named last."""
    last = so_far[-1]
    is_danger = last.status == "end" and last.part.has("alert.danger") and last.threat not in (None, "other")
    return str(last.threat) if is_danger else "air"


def _threat_of_end_before(part: Part, so_far: list[Proposal]) -> str | None:
    """ "The threat of drones to A is over. That to B remains": the same threat, without a siren."""
    last = so_far[-1]
    is_named = last.status == "end" and last.threat not in ("air", "other", None) and last.part.has("alert.threat")
    is_next = part.n - last.part.n == 1 and part.line == last.part.line
    return last.threat if is_named and is_next and not last.part.has("alert.danger") else None


def still_behind(doc: Doc, part: Part, found: list[Proposal]) -> list[Proposal]:
    """ "... has passed, but the air alert in the region continues": on top of what the first clause says."""
    cuts = [(m.i, m.j, True) for m in part.of("conj.but")]
    cuts += [(start, start, False) for start in clause_starts(doc, part)[1:]]
    for before, behind, is_but in cuts:
        rest = [m for m in part.mentions if m.i >= behind]
        on = [m for m in rest if m.concept in ("alert.still", "alert.lasts")]
        siren = [m for m in rest if m.concept in ("alert.siren", "alert.signal")]
        if is_but and not any(_is_subject(m) for m in rest if on and m.i < on[0].i) and not _is_of_a_threat(on, rest):
            siren = siren or [m for m in part.mentions if m.i < before and m.concept in ("alert.siren", "alert.signal")]
        elif not siren and found and on and says_siren(doc, on[0].i, on[0].j):
            pass  # "the threat is over, the air alert goes on": one mention says both
        elif not siren or not (is_but or found) or _has_own_subject(part, siren[0], on):
            continue
        if not on or not (siren or says_siren(doc, on[0].i, on[0].j)):
            continue
        if any(
            m.concept in _NOT_STILL
            and not (m.concept == "weapon.drone" and (_is_why(doc, m) or (siren and m.i > on[0].i)))
            for m in rest
        ):
            continue
        if is_of_the_rest(doc, piece(part, behind, part.j)):
            return []
        proposal = Proposal("start", "air", part, on[0].concept, ongoing=True)
        add_sites(proposal, [s for s in part.sites if s.i >= behind] or list(part.sites))
        return [proposal] if proposal.sites or found else []
    return []


def _is_why(doc: Doc, m: Mention) -> bool:
    """ "Because of drones", "by a group of drones", "(drones near A)": they are why the alert goes on."""
    before = doc.mentions_between(max(0, m.i - 3), m.i)
    if any(x.concept == "veto.cause" or (x.concept == "prep.past" and x.j == m.i) for x in before):
        return True
    k = m.i - 1
    while k > m.i - _WHY and (x := doc.at[k]) is not None and x.group in ("num", "bound", "count", "prep"):
        if x.concept == "prep.agent":
            return True
        k = x.i - 1
    return doc.tokens[k].text == "("


def _is_subject(m: Mention) -> bool:
    return m.concept in _OWN_SUBJECT or m.group in ("weapon", "model")


def _is_of_a_threat(on: list[Mention], rest: list[Mention]) -> bool:
    """ "..., but there remains the threat of drones in A": the subject right behind the verb."""
    return bool(on) and any(m.concept in _OWN_SUBJECT and 0 <= m.i - on[0].j <= 1 for m in rest)


def _has_own_subject(part: Part, siren: Mention, on: list[Mention]) -> bool:
    """ "Sirens are silent, the ballistic threat remains": what remains is not the siren."""
    return bool(on) and any(siren.j <= m.i < on[0].i and _is_subject(m) for m in part.mentions)
