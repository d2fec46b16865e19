"""Alerts: sirens begun, ended and still on, threats and their ends. A false all-clear is the worst reading there is.

Every sentence makes at most a few *proposals*; lists below a header add their places to it; at the end the proposals
are merged and everything that could clear a place by mistake is dropped.
"""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.aims import drop_headers, threatened, without_headers, without_launch_areas
from monitor.extract.alerts.announced import is_cleared
from monitor.extract.alerts.calls import (
    heads_of,
    is_bare_call,
    is_behind_call,
    is_below_notice,
    is_call_of,
    is_called_before,
    is_read_whole,
    is_unplaced,
    is_unplaced_siren,
    is_unplaced_threat,
    is_where_it_burst,
)
from monitor.extract.alerts.dots import dotted
from monitor.extract.alerts.lasting import still_behind
from monitor.extract.alerts.proposals import Proposal, add_sites
from monitor.extract.alerts.reports import make_reports
from monitor.extract.alerts.sentence import propose
from monitor.extract.counts.beside import dateline_of_line, is_dateline
from monitor.extract.counts.counted import is_item
from monitor.extract.merging import (
    is_list_item,
    is_tag_line,
    merge,
    take_header_places,
    take_signature,
    take_signature_beside,
    take_tags,
)
from monitor.extract.text.doc import Doc, Part, Site
from monitor.model import AlertReport

__all__ = [
    "read_alerts",
]

_FEW: Final = 3
_NEAR: Final = 2
_MOST: Final = 6
"""Items of a survey in one line."""
_OPENING: Final = 2
"""Words ahead of the name in a line that is no item of a list."""


class _Told:
    """The ``proposals`` of the sentences so far, and the one that is ``open`` for the places of a list below it."""

    __slots__ = ("open", "proposals")

    def __init__(self) -> None:
        self.proposals: list[Proposal] = []
        self.open: Proposal | None = None


def read_alerts(doc: Doc) -> list[AlertReport]:
    """All alert reports of a text, in order."""
    told = _Told()
    for part in doc.parts:
        if is_tag_line(part):
            told.open = None
            continue
        found = propose(doc, part, told.proposals)
        if part.has("alert.still", "alert.lasts") and not any(p.ongoing for p in found):
            found += still_behind(doc, part, found)
        if found:
            _add(doc, told, part, found)
        else:
            _go_on(doc, told, part)
    proposals = told.proposals or dotted(doc)
    drop_headers(doc, proposals)
    take_signature_beside(doc, proposals)
    take_header_places(doc, proposals)
    take_tags(doc, proposals)
    take_signature(doc, proposals)
    return make_reports(doc, merge(doc, proposals))


def _add(doc: Doc, told: _Told, part: Part, found: list[Proposal]) -> None:
    """Adds what a sentence proposes: as the places of a header or a call before it, or as proposals of its own."""
    proposals = told.proposals
    if told.open is not None and _is_header(doc, told.open) and found[0].rule == "prep.to":
        add_sites(told.open, [s for s in part.sites if s.role == "target"])
    elif is_behind_call(found, proposals, part.n):
        found[0].sites = proposals.pop().sites
        proposals += found
    elif is_call_of(found, proposals, part.n):
        add_sites(proposals[-1], [s for s in part.sites if s.role != "from"])
    elif not _is_how_many(doc, found, part, proposals):
        _take_from_before(doc, part, found, proposals)
        proposals += found
        told.open = found[-1] if found[-1].status in ("start", "end") or _is_header(doc, found[-1]) else None


def _take_from_before(doc: Doc, part: Part, found: list[Proposal], so_far: list[Proposal]) -> None:
    """Gives the first proposal of a sentence what it leaves out: the weapon, or the places told right before."""
    first, n = found[0], part.n
    is_unnamed = first.rule in ("prep.to", "weapon.mixed", "act.launch_noun")
    if is_unnamed and _is_of_the_same_flight(doc, part, so_far):
        first.threat = so_far[-1].threat
    if is_called_before(found, so_far, n):
        first.sites = list(so_far.pop().sites)
    elif n and is_unplaced(first) and _is_for_place_before(doc, doc.parts[n - 1], first):
        add_sites(first, doc.parts[n - 1].sites)
    elif n and is_unplaced(first) and first.status == "threat":
        add_sites(first, _where_heard(doc, part))
    elif n and first.ongoing and not first.sites and not first.is_everywhere:
        add_sites(first, _where_struck(doc, part))
    elif n and is_unplaced(first) and first.rule == "alert.danger" and doc.parts[n - 1].line == part.line:
        first.sites = heads_of(doc, doc.parts[n - 1])
    if first.rule == "prep.to" and part.numbers:
        _take_items_before(doc, part, first, so_far)


def _go_on(doc: Doc, told: _Told, part: Part) -> None:
    """Of a sentence that proposes nothing: its places go with a threat before it or with the list that is open."""
    proposals, above = told.proposals, told.open
    if is_where_it_burst(part, proposals) or _is_one_more(doc, part, proposals):
        add_sites(proposals[-1], without_headers(doc, part.sites))
    elif above is not None and (
        is_cleared(doc, part, above.part)
        if above.status == "end"
        else (is_list_item(doc, part) and not _opens_otherwise(doc, part, above.part))
    ):
        aimed = [s for s in part.sites if s.role == "target"] if above.status == "threat" else []
        add_sites(above, aimed or (threatened(doc, part.sites) if above.status == "threat" else part.sites))
    elif part.sites and _is_where(doc, part, proposals):
        clean = max((m.i for m in part.of("alert.clean")), default=-1)
        called = [s for s in part.sites if s.i > clean]  # "A, that is not about you, but B, take shelter"
        add_sites(proposals[-1], without_launch_areas(doc, called, [proposals[-1].threat or ""], part.i - 1))
    elif part.sites and is_below_notice(doc, part, proposals):
        told.open = proposals[-1]
        add_sites(proposals[-1], part.sites)
    elif (
        above is not None
        and not _is_blank(part)
        and (part.line != above.part.line or (above.status == "end" and _tells_otherwise(doc, part)))
    ):
        told.open = None  # the list below is of what this sentence tells


def _opens_otherwise(doc: Doc, part: Part, above: Part) -> bool:
    """ "The check of shelters took as long in A", "the analysts: troops advanced near A", in a line below: words that
    nobody knows ahead of the first name, or whose word it is."""
    if part.line != above.line and part.has("claimant", "claim", "veto", "side"):
        return True
    words = sum(1 for k in range(part.i, part.sites[0].i) if doc.at[k] is None and doc.tokens[k].kind == "w")
    return part.line != above.line and words >= _OPENING


def _is_where(doc: Doc, part: Part, so_far: list[Proposal]) -> bool:
    """ "Drones near. A, B, take shelter", "Sirens. A, take shelter": the places of the threat or the siren before."""
    if part.has("alert.shelter"):
        return is_unplaced_threat(so_far, part.n) or is_unplaced_siren(so_far, part.n)
    return is_unplaced_threat(so_far, part.n) and _is_list_below(doc, part, so_far[-1]) and is_list_item(doc, part)


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


def _tells_otherwise(doc: Doc, part: Part) -> bool:
    """Whether a sentence tells of something else, or heads a list of its own."""
    return part.has("act", "strike", "toll") or (doc.tokens[part.j - 1].text == ":" and not part.has("level", "alert"))


def _is_blank(part: Part) -> bool:
    return part.j - part.i <= 1 and not part.has("weapon", "model", "strike")  # "Ballistics", above a town
