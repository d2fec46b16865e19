"""Alerts: sirens begun, ended and still on, threats and their ends. A false all-clear is the worst reading there is.

Every sentence makes at most a few *proposals*; lists below a header add their places to it; at the end the proposals
are merged and everything that could clear a place by mistake is dropped.
"""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.aims import drop_headers, threatened, without_headers, without_launch_areas
from monitor.extract.alerts.announced import is_cleared
from monitor.extract.alerts.behind import (
    behind_colon,
    behind_downed,
    behind_end,
    beside_recon,
    flight_ahead,
    quoted_threat,
)
from monitor.extract.alerts.beside import alert_and_threat
from monitor.extract.alerts.calls import (
    heads_of,
    is_bare_call,
    is_behind_call,
    is_call_of,
    is_called_before,
    is_course_read,
    is_read_whole,
    is_unplaced,
    is_unplaced_siren,
    is_unplaced_threat,
    is_where_it_burst,
)
from monitor.extract.alerts.courses import elliptic_course
from monitor.extract.alerts.declared import declared_threat, level_alone
from monitor.extract.alerts.dots import dotted
from monitor.extract.alerts.elsewhere import is_of_the_rest
from monitor.extract.alerts.endings import ended_in
from monitor.extract.alerts.howlong import is_told_how_often
from monitor.extract.alerts.lasting import is_bare_alert_on, still_behind, still_on
from monitor.extract.alerts.levels import level_left
from monitor.extract.alerts.neighbours import is_recalled
from monitor.extract.alerts.parting import parted
from monitor.extract.alerts.proposals import Proposal, add_sites, is_headline, level_of, threats_named
from monitor.extract.alerts.reports import make_reports
from monitor.extract.alerts.sounded import again_in, over_a_place, sirens_in
from monitor.extract.alerts.takeoffs import take_off
from monitor.extract.alerts.threats import threats_in
from monitor.extract.counts.beside import dateline_of_line, is_dateline
from monitor.extract.counts.counted import is_item
from monitor.extract.merging import is_list_item, is_tag_line, merge, take_header_places, take_signature, take_tags
from monitor.extract.strikes.pieces import piece
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import blocks, same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import AlertReport

__all__ = [
    "read_alerts",
]

_SET_ASIDE: Final = frozenset(
    ("drill", "siren_test", "sport", "game", "labour", "trade", "losses", "history", "summary", "untrue")
)  # fmt: skip

_FEW: Final = 3
_NEAR: Final = 2
_MOST: Final = 6
"""Items of a survey in one line."""


def read_alerts(doc: Doc) -> list[AlertReport]:
    """All alert reports of a text, in order."""
    proposals: list[Proposal] = []
    open_: Proposal | None = None
    for n, part in enumerate(doc.parts):
        if is_tag_line(part):
            open_ = None
            continue
        found = _propose(doc, part, proposals, n)
        if part.has("alert.still", "alert.lasts") and not any(p.ongoing for p in found):
            found += still_behind(doc, part, found)
        if found and open_ is not None and _is_header(doc, open_) and found[0].rule == "prep.to":
            add_sites(open_, [s for s in part.sites if s.role == "target"])
        elif found and is_behind_call(found, proposals, n):
            found[0].sites = proposals.pop().sites
            proposals += found
        elif found and is_call_of(found, proposals, n):
            add_sites(proposals[-1], [s for s in part.sites if s.role != "from"])
        elif found and _is_how_many(doc, found, part, proposals):
            continue
        elif found:
            is_unnamed = found[0].rule in ("prep.to", "weapon.mixed", "act.launch_noun")
            if is_unnamed and _is_of_the_same_flight(doc, part, proposals):
                found[0].threat = proposals[-1].threat
            if is_called_before(found, proposals, n):
                found[0].sites = list(proposals.pop().sites)
            elif n and is_unplaced(found[0]) and _is_for_place_before(doc, doc.parts[n - 1], found[0]):
                add_sites(found[0], doc.parts[n - 1].sites)
            elif n and is_unplaced(found[0]) and found[0].status == "threat":
                add_sites(found[0], _where_heard(doc, part))
            elif n and found[0].ongoing and not found[0].sites and not found[0].is_everywhere:
                add_sites(found[0], _where_struck(doc, part))
            elif n and is_unplaced(found[0]) and found[0].rule == "alert.danger" and doc.parts[n - 1].line == part.line:
                found[0].sites = heads_of(doc, doc.parts[n - 1])
            if found[0].rule == "prep.to" and part.numbers:
                _take_items_before(doc, part, found[0], proposals)
            proposals += found
            open_ = found[-1] if found[-1].status in ("start", "end") or _is_header(doc, found[-1]) else None
        elif is_where_it_burst(part, proposals) or _is_one_more(doc, part, proposals):
            add_sites(proposals[-1], without_headers(doc, part.sites))
        elif open_ is not None and (
            is_cleared(doc, part, open_.part) if open_.status == "end" else is_list_item(doc, part)
        ):
            aimed = [s for s in part.sites if s.role == "target"] if open_.status == "threat" else []
            add_sites(open_, aimed or (threatened(doc, part.sites) if open_.status == "threat" else part.sites))
        elif (
            part.sites
            and is_unplaced_threat(proposals, n)
            and (part.has("alert.shelter") or (_is_list_below(doc, part, proposals[-1]) and is_list_item(doc, part)))
        ) or (part.sites and part.has("alert.shelter") and is_unplaced_siren(proposals, n)):
            add_sites(proposals[-1], without_launch_areas(doc, part.sites, [proposals[-1].threat or ""], part.i - 1))
        elif (
            open_ is not None
            and not _is_blank(part)
            and (part.line != open_.part.line or (open_.status == "end" and part.has("act", "strike", "toll")))
        ):
            open_ = None  # the list below is of what this sentence tells
    proposals = proposals or dotted(doc)
    drop_headers(doc, proposals)
    take_header_places(doc, proposals)
    take_tags(doc, proposals)
    take_signature(doc, proposals)
    return make_reports(doc, merge(doc, proposals))


def _is_for_place_before(doc: Doc, before: Part, found: Proposal) -> bool:
    """ "A, attention! Drones", "A region. Drones are seen": who is called, or the name of a place and nothing else,
    right before a threat in the same line."""
    if is_bare_call(doc, before):
        return True
    return found.status == "threat" and before.line == found.part.line and is_dateline(doc, before)


def _where_heard(doc: Doc, part: Part) -> list[Site]:
    """ "Five blasts in A. Stay in the shelters, missiles are flying": they fly at where the blasts were heard."""
    for before in reversed(doc.parts[max(0, part.n - _NEAR) : part.n]):
        if before.line == part.line and before.sites:
            is_told = before.has("strike.explosion") and not before.has("veto", "toll", "act")
            return [s for s in before.sites if s.role in ("at", "name") and s.ref.level != "country"] if is_told else []
    return []


def _where_struck(doc: Doc, part: Part) -> list[Site]:
    """ "A drone attack on A: a fuel station was hit. Two are hurt. The alert goes on!": in the one place told of."""
    before = [p for p in doc.parts[max(0, part.n - _FEW) : part.n] if p.line == part.line and p.sites]
    sites = [s for p in before for s in p.sites]
    is_one = len({s.ref.name for s in sites}) == 1 and sites[0].ref.level != "country" and sites[0].role != "from"
    if (head := dateline_of_line(doc, part)) is not None:
        return head.sites[:1]
    return sites[:1] if is_one and all(p.has("strike") and not p.has("veto") for p in before) else []


def _is_told_before(doc: Doc, part: Part) -> bool:
    """ "A MiG took off, alert in the whole country": said of itself; elsewhere it is only why the alert was sounded."""
    offs, sirens = part.of("alert.takeoff"), part.of("alert.siren")
    return bool(offs and sirens) and offs[0].i < sirens[0].i and not same_clause(doc, part, offs[0].i, sirens[0].i)


def _is_one_more(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Sumy: drones! Krasnopillia - three more", "the rest - Hlobyne", "Bilopillia too": a place and a number or a
    word that says that the same goes for it, right behind a threat, nothing else."""
    if part.j - part.i > 7 or not so_far or not is_list_item(doc, part):
        return False
    if not part.numbers and not part.has("num.rest") and not _ends_with_too(doc, part):
        return False
    others = {m.group for m in part.mentions} - {"place", "num", "bound", "prep", "conj", "level", "mark"}
    return not others and so_far[-1].part.sites != [] and _is_of_the_same_flight(doc, part, so_far)


def _take_items_before(doc: Doc, part: Part, found: Proposal, so_far: list[Proposal]) -> None:
    """ "A - four from B. C - one. D - two, they move north": what flies at A and C moves too."""
    last = so_far[-1].part.n if so_far else -1
    for before in reversed(doc.parts[max(last + 1, part.n - _MOST) : part.n]):
        if before.line != part.line or not before.numbers or not is_list_item(doc, before):
            return
        add_sites(found, [s for s in before.sites if s.role in ("name", "at") and s.i - before.i <= 1])


def _ends_with_too(doc: Doc, part: Part) -> bool:
    also = doc.lexicon.settings.get("also", ())
    return any(doc.tokens[k].f in also for k in range(max(part.i, part.j - 2), part.j))


def _is_of_the_same_flight(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Six drones head for A; two more for B": the second clause leaves out what flies."""
    last = so_far[-1] if so_far else None
    if last is None or last.status != "threat":
        return False
    if part.n - last.part.n == 2 and _is_region_above(doc, doc.parts[part.n - 1]):
        return is_item(doc, part)
    if part.n - last.part.n != 1:
        return False
    if last.part.line == part.line or (is_item(doc, part) and is_item(doc, last.part)):
        return True
    return _is_row(doc, part) and bool(last.part.numbers)


def _is_region_above(doc: Doc, part: Part) -> bool:
    """ "Poltava region:" between two lists of a survey: where the drones below it are."""
    is_open = doc.tokens[part.j - 1].text == ":"
    return is_open and bool(part.sites) and all(m.group in ("place", "level", "mark") for m in part.mentions)


def _is_row(doc: Doc, part: Part) -> bool:
    """ "Poltava region: 1 to Semenivka": a line of a survey, that begins with a place and a colon."""
    head = part.sites[0] if part.sites else None
    return head is not None and head.i == part.i and head.j < part.j and doc.tokens[head.j].text == ":" and (
        bool(part.numbers))  # fmt: skip


def _is_list_below(doc: Doc, part: Part, threat: Proposal) -> bool:
    """ "Drones near", then "A, B, C": the places of the same line, or the row of places below a short post's first."""
    if part.line == threat.part.line:
        return True
    is_name = all(m.group in ("place", "level", "mark") for m in part.mentions)
    is_row = len(part.sites) > 1 or (is_name and len(threatened(doc, part.sites)) > 0)
    return len(doc.parts) <= _FEW and is_row and not part.numbers and is_read_whole(doc, part)


def _is_how_many(doc: Doc, found: list[Proposal], part: Part, so_far: list[Proposal]) -> bool:
    """ "Ballistics for Kyiv! Two missiles": how many they are, not another threat."""
    placed = any(s.role != "from" for s in part.sites)
    if placed or not part.numbers or part.has("model") or not _is_of_the_same_flight(doc, part, so_far):
        return False
    return found[0].rule == "weapon.missile" and so_far[-1].threat in ("missile", "ballistic")


def _is_header(doc: Doc, proposal: Proposal) -> bool:
    """ "Drones are moving:", "Drones entered the region of A:" above lines that say where to."""
    part = proposal.part
    is_open = all(s.ref.level == "oblast" for s in part.sites)
    return proposal.status == "threat" and is_open and doc.tokens[part.j - 1].text == ":"


def _propose(doc: Doc, part: Part, so_far: list[Proposal], n: int) -> list[Proposal]:
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


def _is_blank(part: Part) -> bool:
    return part.j - part.i <= 1
