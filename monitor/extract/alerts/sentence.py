"""What one sentence proposes of alerts: sirens, their ends, threats."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.aims import without_headers
from monitor.extract.alerts.behind import (
    behind_colon,
    behind_downed,
    behind_end,
    beside_recon,
    flight_ahead,
    quoted_threat,
)
from monitor.extract.alerts.beside import alert_and_threat, threat_left
from monitor.extract.alerts.calls import is_course_read
from monitor.extract.alerts.courses import elliptic_course
from monitor.extract.alerts.declared import declared_threat, level_alone
from monitor.extract.alerts.elsewhere import is_of_the_rest
from monitor.extract.alerts.endings import ended_in
from monitor.extract.alerts.howlong import is_told_how_often
from monitor.extract.alerts.lasting import is_bare_alert_on, still_on
from monitor.extract.alerts.levels import level_left
from monitor.extract.alerts.neighbours import is_recalled
from monitor.extract.alerts.parting import parted
from monitor.extract.alerts.proposals import Proposal, add_sites, is_headline, level_of, threats_named
from monitor.extract.alerts.sounded import again_in, over_a_place, sirens_in
from monitor.extract.alerts.takeoffs import take_off
from monitor.extract.alerts.threats import threats_in
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["propose"]

_SET_ASIDE: Final = frozenset(
    ("drill", "siren_test", "sport", "game", "labour", "trade", "losses", "history", "summary", "untrue")
)  # fmt: skip


def propose(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    """The alerts, ends and threats that a sentence tells of; ``so_far`` are those of the sentences before it."""
    groups = part.groups
    if "alert" not in groups and "weapon" not in groups and "model" not in groups:
        return elliptic_course(doc, part)
    if part.is_vetoed(_SET_ASIDE) or _is_why_it_was(doc, part, so_far):
        return []
    if part.has("alert.level_red", "alert.level_yellow"):
        if part.has("alert.all_clear_siren") and (two := parted(doc, part)) is not None:
            return two  # "the alert is over in A, B is still red"
        if (left := level_left(doc, part, so_far)) is not None:
            return left
        is_end = part.has("weapon") and part.has("alert.all_clear", "alert.lifted", "alert.over")
        if part.has("alert.level_red") and part.has("alert.level_yellow") and not is_end:
            return []  # "yellow means ..., red means ..."
        if declared := level_alone(doc, part):
            return declared
    if "alert" in groups and (spoken := _of_alerts(doc, part, so_far)) is not None:
        return spoken
    found = beside_recon(doc, part) if part.has("weapon.recon") else []
    found = found or threats_in(doc, part) or behind_downed(doc, part) or quoted_threat(doc, part)
    if (
        not found
        and part.has("alert.fly", "alert.clean")
        and not part.has("weapon", "model")
        and is_course_read(doc, part)
    ):
        return elliptic_course(doc, part)  # "flying toward A": what flies is left out
    return found


def _of_alerts(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """What a sentence with a word of alerts says of them; None: nothing, it may tell of what flies."""
    if (two := parted(doc, part)) is not None:
        return two
    if part.has("alert.still", "alert.lasts") and is_of_the_rest(doc, part):
        doc.note(part.i, part.j, "an alert that goes on where no place is named")
        return []
    if part.has("alert.still") and (still := still_on(doc, part, so_far)):
        taken_off = threats_in(doc, part) if part.has("alert.takeoff") else ()
        return [*still, *(taken_off or _flying_there(doc, part))]
    is_on = part.has("alert.siren") or (
        part.sites and so_far and so_far[-1].part.n == part.n - 1 and _is_siren(so_far[-1])
    )
    is_on = is_on or is_bare_alert_on(doc, part)
    if part.has("alert.lasts") and is_on and (still := still_on(doc, part, so_far)):
        return still
    if part.has("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.over", "alert.event_over",
                "alert.landing"):  # fmt: skip
        ended = ended_in(doc, part, so_far)
        if ended and all(p.status == "end" and p.threat not in ("air", None) for p in ended):
            return ended + behind_end(doc, part, ended[0])
        if ended and part.has("conj.but", "alert.threat"):
            return ended + threat_left(doc, part, ended)
        if ended is not None:
            return ended or again_in(doc, part) or over_a_place(doc, part)
        if over := over_a_place(doc, part):
            return over
    if part.has("alert.danger") and not part.has("alert.siren") and (danger := _danger(doc, part, so_far)):
        return danger
    if part.has("alert.siren", "alert.signal", "alert.rockets_fire", "alert.hostile_aircraft", "alert.early_notice"):
        if part.has("alert.threat") and (both := alert_and_threat(doc, part)):
            return both
        started = sirens_in(doc, part) or behind_colon(doc, part)
        if started and is_recalled(doc, part):
            return []
        if started:
            ahead = take_off(part) if _is_told_before(doc, part) else flight_ahead(doc, part)
            return [*ahead, *started]
    if part.has("alert.danger") and (danger := _danger(doc, part, so_far)):
        return danger
    if part.has("alert.threat") and (threat := declared_threat(doc, part)) is not None:
        return _danger(doc, part, so_far, threat) or None
    return None


def _is_why_it_was(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "The alert in A is over. It was declared because of missiles": why the alert that ended had been declared."""
    last = so_far[-1] if so_far else None
    if last is None or last.status != "end" or part.n - last.part.n != 1 or part.line != last.part.line:
        return False
    return doc.tokens[part.i].f in doc.lexicon.settings.get("it", ()) and part.has("alert.declared") and (
        part.has("verb.passive"))  # fmt: skip


def _flying_there(doc: Doc, part: Part) -> list[Proposal]:
    """ "The alert goes on in A because of drones heading for B": B is under a threat."""
    weapon = part.of("weapon", "model")[:1] if part.has("alert.fly") else ()
    if not weapon or weapon[0].i == part.i:
        return []
    return [p for p in threats_in(doc, piece(part, weapon[0].i, part.j)) if p.sites]


def _is_siren(proposal: Proposal) -> bool:
    return proposal.status in ("start", "end") and proposal.threat == "air"


def _danger(doc: Doc, part: Part, so_far: list[Proposal], declared: Mention | None = None) -> list[Proposal]:
    trigger = declared or part.of("alert.danger")[0]
    last = so_far[-1] if so_far and part.n - so_far[-1].part.n <= 1 else None
    if blocks(doc, part, trigger) or any(0 <= trigger.i - m.j <= 1 for m in part.of("veto.cause")):
        return []
    if is_told_how_often(doc, part):
        return []  # "the danger was declared three times in the night"
    is_formal = part.has("alert.declared", "alert.still", "mark.start")
    if not is_formal and (part.has("verb.aux") or not is_headline(doc, part, trigger)):
        return []  # "the regime was in force for an hour": it is over
    out = []
    for threat in threats_named(doc, part) or ["air"]:
        goes_on = last is not None and last.status == "end" and not part.sites and part.has("alert.declared")
        proposal = Proposal("start", threat, part, trigger.concept, ongoing=part.has("alert.still") or goes_on)
        proposal.level = level_of(part)
        add_sites(proposal, _still_there(doc, part, trigger) if declared is None else without_headers(doc, part.sites))
        if proposal.ongoing and not part.sites and last is not None:
            proposal.sites = list(last.sites)
        out.append(proposal)
    return out


def _still_there(doc: Doc, part: Part, danger: Mention) -> list[Site]:
    """ "Stand-down for A, in B the danger remains": B alone."""
    if not part.has("alert.still") or not part.has("alert.all_clear", "alert.lifted", "alert.over"):
        return part.sites
    return [s for s in part.sites if same_clause(doc, part, s.i, danger.i)] or part.sites


def _is_told_before(doc: Doc, part: Part) -> bool:
    """ "A MiG took off, alert in the whole country": said of itself; elsewhere it is only why the alert was sounded."""
    offs, sirens = part.of("alert.takeoff"), part.of("alert.siren")
    return bool(offs and sirens) and offs[0].i < sirens[0].i and not same_clause(doc, part, offs[0].i, sirens[0].i)
