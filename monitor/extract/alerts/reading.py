"""Alerts: sirens begun, ended and still on, threats and their ends. A false all-clear is the worst reading there is.

Every sentence makes at most a few *proposals*; lists below a header add their places to it; at the end the proposals
are merged and everything that could clear a place by mistake is dropped.
"""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.abroad import under_alert
from monitor.extract.alerts.aims import drop_headers, threatened, without_headers
from monitor.extract.alerts.announced import is_announcing, is_cleared, is_said_over
from monitor.extract.alerts.behind import behind_colon, behind_downed, behind_end, beside_recon, threat_behind
from monitor.extract.alerts.calls import (
    heads_of,
    is_bare_call,
    is_behind_call,
    is_call_of,
    is_called_before,
    is_course_read,
    is_read_whole,
    is_unplaced,
    is_unplaced_threat,
    is_where_it_burst,
)
from monitor.extract.alerts.courses import elliptic_course
from monitor.extract.alerts.doubts import is_lesson
from monitor.extract.alerts.endings import ended_in, names_unread
from monitor.extract.alerts.lasting import still_behind, still_on
from monitor.extract.alerts.neighbours import is_of_the_past, is_recalled, names_a_year
from monitor.extract.alerts.parting import parted
from monitor.extract.alerts.proposals import Proposal, add_sites, is_headline, level_of, threats_named
from monitor.extract.alerts.sirens import (
    countries_of,
    is_nationwide,
    is_on_a_side,
    is_only_why,
    is_quoted_name,
    is_siren_headline,
)
from monitor.extract.alerts.threats import take_off, threats_in
from monitor.extract.counts.counted import is_item
from monitor.extract.merging import (
    is_list_item,
    is_tag_line,
    make_reports,
    merge,
    take_header_places,
    take_signature,
    take_tags,
)
from monitor.extract.places.units import ref
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.strikes.pieces import piece
from monitor.extract.text.doc import LONG, Doc, Part, Site
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import Mention
from monitor.model import AlertReport

__all__ = [
    "read_alerts",
]

_SET_ASIDE: Final = frozenset(
    ("drill", "siren_test", "sport", "game", "labour", "trade", "losses", "history", "summary", "untrue")
)  # fmt: skip

_AWAITED: Final = 4
_FEW: Final = 3


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
            elif n and is_unplaced(found[0]) and is_bare_call(doc, doc.parts[n - 1]):
                add_sites(found[0], doc.parts[n - 1].sites)
            elif n and is_unplaced(found[0]) and found[0].rule == "alert.danger" and doc.parts[n - 1].line == part.line:
                found[0].sites = heads_of(doc, doc.parts[n - 1])
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
        ):
            add_sites(proposals[-1], part.sites)
        elif (
            open_ is not None
            and not _is_blank(part)
            and (part.line != open_.part.line or (open_.status == "end" and part.has("act", "strike", "toll")))
        ):
            open_ = None  # the list below is of what this sentence tells
    drop_headers(doc, proposals)
    take_header_places(doc, proposals)
    take_tags(doc, proposals)
    take_signature(doc, proposals)
    return make_reports(doc, merge(doc, proposals))


def _is_told_before(doc: Doc, part: Part) -> bool:
    """ "A MiG took off, alert in the whole country": said of itself; elsewhere it is only why the alert was sounded."""
    offs, sirens = part.of("alert.takeoff"), part.of("alert.siren")
    return bool(offs and sirens) and offs[0].i < sirens[0].i and not same_clause(doc, part, offs[0].i, sirens[0].i)


def _is_one_more(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Sumy: drones! Krasnopillia - three more": a place and a number right behind a threat, nothing else."""
    if not part.numbers or part.j - part.i > 7 or not is_list_item(doc, part) or not so_far:
        return False
    others = {m.group for m in part.mentions} - {"place", "num", "bound", "prep", "conj", "level", "mark"}
    return not others and so_far[-1].part.sites != [] and _is_of_the_same_flight(doc, part, so_far)


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
    """ "Drones are moving:" above lines that say where to."""
    part = proposal.part
    return proposal.status == "threat" and not part.sites and doc.tokens[part.j - 1].text == ":"


def _propose(doc: Doc, part: Part, so_far: list[Proposal], n: int) -> list[Proposal]:
    groups = part.groups
    if "alert" not in groups and "weapon" not in groups and "model" not in groups:
        return elliptic_course(doc, part)
    if part.is_vetoed(_SET_ASIDE) or (part.has("alert.level_red") and part.has("alert.level_yellow")):
        return []  # "yellow means ..., red means ..."
    if "alert" in groups and (spoken := _of_alerts(doc, part, so_far)) is not None:
        return spoken
    found = beside_recon(doc, part) if part.has("weapon.recon") else []
    found = found or threats_in(doc, part) or behind_downed(doc, part)
    if not found and part.has("alert.fly") and not part.has("weapon", "model") and is_course_read(doc, part):
        return elliptic_course(doc, part)  # "flying toward A": what flies is left out
    return found


def _of_alerts(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal] | None:
    """What a sentence with a word of alerts says of them; None: nothing, it may tell of what flies."""
    if (two := parted(doc, part)) is not None:
        return two
    if part.has("alert.still") and (still := still_on(doc, part, so_far)):
        return still
    is_on = part.has("alert.siren") or (
        part.sites and so_far and so_far[-1].part.n == part.n - 1 and _is_siren(so_far[-1])
    )
    if part.has("alert.lasts") and is_on and (still := still_on(doc, part, so_far)):
        return still
    if part.has("alert.all_clear_siren", "alert.all_clear", "alert.lifted", "alert.over", "alert.event_over",
                "alert.landing"):  # fmt: skip
        ended = ended_in(doc, part, so_far)
        if ended and all(p.status == "end" and p.threat not in ("air", None) for p in ended):
            return ended + behind_end(doc, part, ended[0])
        if ended is not None:
            return ended or _again(doc, part)
    if part.has("alert.danger") and not part.has("alert.siren") and (danger := _danger(doc, part, so_far)):
        return danger
    if part.has("alert.siren", "alert.signal", "alert.rockets_fire", "alert.hostile_aircraft", "alert.early_notice"):
        started = _siren(doc, part) or behind_colon(doc, part)
        if started and is_recalled(doc, part):
            return []
        if started:
            return [*(take_off(part) if _is_told_before(doc, part) else ()), *started]
    if part.has("alert.danger") and (danger := _danger(doc, part, so_far)):
        return danger
    return None


def _is_siren(proposal: Proposal) -> bool:
    return proposal.status in ("start", "end") and proposal.threat == "air"


def _again(doc: Doc, part: Part) -> list[Proposal]:
    """ "Sirens are sounding again, minutes after the all-clear": no end, but a beginning."""
    sirens = part.of("alert.siren", "alert.signal")
    again = part.of("time.again")
    is_on = any(
        abs(a.i - s.i) <= 6 and abs(d.i - s.i) <= 3 for s in sirens for a in again for d in part.of("alert.declared")
    )
    is_told = is_on and not part.has("veto.negation", "veto.hypothetical", "veto.future")
    return _siren(doc, part, is_again=True) if is_told else []


def _siren(doc: Doc, part: Part, *, is_again: bool = False) -> list[Proposal]:
    early = part.of("alert.early_notice")
    is_on = early and part.has("alert.declared") and any(m.i >= early[0].j for m in part.of("alert.siren"))
    if early and not is_on:
        proposal = Proposal("threat", "missile", part, early[0].concept)
        add_sites(proposal, part.sites)
        return [proposal]
    for concept, threat in (("alert.rockets_fire", "missile"), ("alert.hostile_aircraft", "drone")):
        formal = part.of(concept)
        if formal and not blocks(doc, part, formal[0]):
            proposal = Proposal("start", threat, part, concept)
            add_sites(proposal, part.sites)
            return [proposal]
    siren = part.of("alert.siren") or part.of("alert.signal")
    if not siren or (part.has("alert.lasts") and not part.sites and not doc.area):
        return []
    awaited = part.of("alert.expected")
    if awaited and any(0 <= siren[0].i - m.j <= _AWAITED and same_clause(doc, part, m.i, siren[0].i) for m in awaited):
        return []  # "we expect another alert", "when in A the sirens sound"
    if not part.sites and (names_unread(doc, part, siren[0]) or is_on_a_side(doc, part)):
        return []  # "alert in a school of Kyiv": of no place that is known
    trigger = siren[0]
    if not part.sites and (is_quoted_name(doc, part, trigger) or is_lesson(doc, part)):
        return []  # "who uses the app «Air alert»"
    is_opening = trigger.concept == "alert.signal" and not part.has("alert.declared", "mark.start")
    if is_opening and not is_siren_headline(doc, part, trigger):
        return []
    if blocks(doc, part, trigger, ignore=frozenset(("safety",))) or part.has("veto.until", "signal.retraction"):
        return []
    if (part.has("alert.lifted") or is_said_over(doc, part, trigger)) and not is_again:
        return []
    asked = any(t.text in "?\u2049\u061f" for t in doc.tokens[max(part.i, part.j - 2) : part.j])
    if asked and not part.has("mark.start"):
        return []
    if any(w.period in LONG for w in part.whens):
        return []  # "the sirens sounded 2,100 times since the war began"
    if is_only_why(doc, part, trigger) or _is_not_declared(doc, part) or _is_of_another_kind(doc, part, trigger):
        return []
    is_live = part.has("mark.start", "time.now", "time.today", "weekday")
    if not is_live and (is_of_the_past(doc, part) or names_a_year(doc, part)):
        return []
    if part.has("time.hour", "count.other") and not part.has("alert.declared", "mark.start"):
        return []
    if not part.has("alert.declared", "mark.start") and not is_opening and not is_headline(doc, part, trigger):
        return []
    if part.has("mark.end"):
        doc.note(trigger.i, trigger.j, "the sign says all-clear, the words say alert: danger wins")
    proposal = Proposal("start", "air", part, trigger.concept, level=level_of(part))
    proposal.is_everywhere = part.has("alert.everywhere")
    flight = _flight_behind(doc, part, trigger)
    is_some = part.has("level.oblasts") and not part.has("num.all", "alert.everywhere")  # "in some regions of A"
    sites = [s for s in part.sites if (flight is None or s.i < flight.i) and s.ref.level != "sea"]
    sites = [] if is_some and all(s.ref.level == "country" for s in sites) else sites
    if proposal.is_everywhere and part.has("veto.negation"):
        quiet = [m.i for m in part.of("veto.negation") if not same_clause(doc, part, m.i, trigger.i)]
        sites = [s for s in sites if not any(same_clause(doc, part, s.i, k) for k in quiet)]  # "but none in A"
    defended = part.of("alert.under_attack")  # "alert in A, air defence at work in B"
    sites = [s for s in sites if s.i < trigger.i or same_clause(doc, part, s.i, trigger.i) or not any(
        same_clause(doc, part, s.i, m.i) for m in defended)] or sites  # fmt: skip
    why = next((m.i for m in part.of("weapon", "model") if m.i > trigger.j), None)
    if why is not None and any(s.i < why for s in sites) and part.has("prep.past", "veto.cause"):
        sites = [s for s in sites if s.i < why]  # "alert in A because of a drone near B"
    struck = [m.i for m in part.of("strike") if m.i < trigger.i]
    if trigger.i > part.i and (is_opening or (struck and not same_clause(doc, part, struck[-1], trigger.i))):
        sites = [s for s in sites if s.i > trigger.i] or sites
    if sites and not (sites := under_alert(doc, part, sites)):
        return []
    if is_opening and is_nationwide(doc, part, trigger):
        proposal.sites = [ref(doc.lexicon, country) for country in countries_of(doc, part)[:1]]
        proposal.is_everywhere = False
        return [proposal] if proposal.sites else []
    add_sites(proposal, [s for s in sites if not is_attacker(doc, part, s) and not _is_of_blast(part, s)] or sites)
    if part.has("mark.partial", "mark.info") and not part.has("alert.declared", "mark.start"):
        proposal.ongoing = True
    if flight is not None:
        return [proposal, *threats_in(doc, flight)]
    return [proposal, *threat_behind(doc, part, trigger, proposal)]


def _is_of_blast(part: Part, site: Site) -> bool:
    """ "Explosions heard in A as sirens sound across B": A is where they were heard."""
    ahead = [m for m in part.of("strike.explosion", "alert.siren", "alert.signal") if m.i < site.i]
    return bool(ahead) and ahead[-1].concept == "strike.explosion"


def _flight_behind(doc: Doc, part: Part, trigger: Mention) -> Part | None:
    """ "Air alert in A: missiles are heading for B": the clauses behind the place under alert, where they tell of
    weapons on their way to another."""
    aimed = [s for s in part.sites if s.role == "target" and s.i > trigger.j]
    if not aimed or not part.has("weapon", "model"):
        return None
    cut = next((k for k in reversed(clause_starts(doc, part)) if trigger.j < k < aimed[0].i), None)
    if cut is None or not any(s.i < cut and s.role in ("at", "name") for s in part.sites):
        return None
    behind = piece(part, cut, part.j)
    flies = behind.has("alert.fly") or any(m.j - m.i > 1 for m in behind.of("prep.to"))  # "heading for"
    return behind if flies and behind.has("weapon", "model") else None


def _is_of_another_kind(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Fire alarm in A": the bare word behind one that nobody knows, with no verb that declares it."""
    k = trigger.i - 1
    if part.has("alert.declared", "mark.start", "alert.attention"):
        return False
    if _is_of_a_thing(doc, part, trigger):
        return True
    if trigger.j - trigger.i > 1 or k < part.i:
        return False
    word = doc.tokens[k]
    return doc.at[k] is None and word.kind == "w" and len(word.f) > 4 and not is_announcing(doc, k)


def _is_of_a_thing(doc: Doc, part: Part, trigger: Mention) -> bool:
    """ "Air raid siren museum opens": a noun behind the alert, in a language that joins them so without a hyphen."""
    settings = doc.lexicon.settings
    if doc.lang not in settings.get("compounds", ()) or doc.lang in settings.get("verb_last", ()):
        return False
    word = doc.tokens[trigger.j] if trigger.j < part.j else None
    if word is None or word.kind != "w" or not word.is_lower:
        return False
    behind = doc.at[trigger.j]
    if behind is not None:
        return behind.group == "target"
    return len(word.f) > 3 and not is_announcing(doc, trigger.j)


def _is_not_declared(doc: Doc, part: Part) -> bool:
    """ "The sirens did not sound": a denial right before the verb."""
    return any(
        0 < m.i - no.j + 1 <= 3 and same_clause(doc, part, no.i, m.i)
        for m in part.of("alert.declared") for no in part.of("veto.negation", "veto.future")
    )  # fmt: skip


def _danger(doc: Doc, part: Part, so_far: list[Proposal]) -> list[Proposal]:
    trigger = part.of("alert.danger")[0]
    last = so_far[-1] if so_far and part.n - so_far[-1].part.n <= 1 else None
    if blocks(doc, part, trigger) or any(0 <= trigger.i - m.j <= 1 for m in part.of("veto.cause")):
        return []
    is_formal = part.has("alert.declared", "alert.still", "mark.start")
    if not is_formal and (part.has("verb.aux") or not is_headline(doc, part, trigger)):
        return []  # "the regime was in force for an hour": it is over
    out = []
    for threat in threats_named(doc, part) or ["air"]:
        goes_on = last is not None and last.status == "end" and not part.sites and part.has("alert.declared")
        proposal = Proposal("start", threat, part, trigger.concept, ongoing=part.has("alert.still") or goes_on)
        add_sites(proposal, part.sites)
        if proposal.ongoing and not part.sites and last is not None:
            proposal.sites = list(last.sites)
        out.append(proposal)
    return out


def _is_blank(part: Part) -> bool:
    return part.j - part.i <= 1
