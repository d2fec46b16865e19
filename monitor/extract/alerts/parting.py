"""A sentence that ends the alert of one place while another's goes on: "over in A, but B is still under alert"."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.announced import why_not_announced
from monitor.extract.alerts.clearing import is_declared_again, why_narrower
from monitor.extract.alerts.doubts import is_doubtful
from monitor.extract.alerts.elsewhere import is_of_the_rest
from monitor.extract.alerts.neighbours import why_turned_round
from monitor.extract.alerts.proposals import Proposal, add_sites, is_same_place, threats_named, without_parents
from monitor.extract.alerts.sirens import says_siren
from monitor.extract.places.pointing import region_of
from monitor.extract.places.units import ancestors
from monitor.extract.strikes.cutting import piece
from monitor.extract.text.doc import Doc, Part, Site, unread
from monitor.extract.vetoes import blocks, clause_starts, same_clause
from monitor.extract.words.mentions import ENDS, Mention

__all__ = ["parted"]

_ONS: Final = frozenset(("alert.still", "alert.lasts"))
_EITHER: Final = ENDS | _ONS
_GOING_ON: Final = _ONS | frozenset(("veto.negation", "alert.siren", "alert.signal", "alert.declared"))
_MOST: Final = 12
_ASIDE: Final = frozenset(("weapon", "model", "alert.threat", "alert.danger", "veto.other_rule", "veto.weather"))
_UNSURE: Final = frozenset(
    ("veto.if", "veto.joke", "veto.question", "veto.denied", "veto.recycled", "time.yesterday",
     "time.before_yesterday", "time.ago", "signal.retraction")
)  # fmt: skip


def parted(doc: Doc, part: Part) -> list[Proposal] | None:
    """The end of one place's alert and the going on of another's; None: the sentence is not made of these two."""
    if not part.sites or not part.has_any(ENDS):
        return None
    if len(part.sites) < 2 and not part.has("place.vague", "prep.side", "level.oblast"):
        return None
    if not part.has_any(_GOING_ON) and not _is_named_twice(doc, part):
        return None
    for cut in _cuts(doc, part):
        left, right = piece(part, part.i, cut), piece(part, cut, part.j)
        for end, on in ((left, right), (right, left)):
            if end.has_any(ENDS) and not end.has_any(_ONS) and not on.has_any(ENDS):
                found = _both(doc, part, end, on)
                if found is not None:
                    return found
    return None


def _is_named_twice(doc: Doc, part: Part) -> bool:
    """ "Air alert over in A, alert in B": the bare word again."""
    return sum(1 for k in range(part.i, part.j) if says_siren(doc, k, k + 1)) > 1


def _cuts(doc: Doc, part: Part) -> list[int]:
    """Where the sentence may fall in two: a "but" first, then the clauses, then an "and"."""
    buts = [m.i for m in part.of("conj.but")]
    ands = [m.i for m in part.of("conj.and") if not _joins_places(doc, part, m)]
    return [cut for cut in [*buts, *clause_starts(doc, part)[1:], *ands] if part.i < cut < part.j][:_MOST]


def _joins_places(doc: Doc, part: Part, m: Mention) -> bool:
    """ "In A and B": one list of places."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    return before is not None and after is not None and before.group == after.group == "place"


def _both(doc: Doc, part: Part, end: Part, on: Part) -> list[Proposal] | None:
    ended = _placed(end)
    still = _ahead_of_weapons(on) or _region_around(doc, on, ended)
    is_there = not still and is_of_the_rest(doc, on)
    if not ended or not (still or is_there) or any(is_same_place(a.ref, b.ref) for a in ended for b in still):
        return None
    if end.has_any(_ASIDE) or not (_names_siren(doc, end, ended) or _names_siren(doc, on, still)):
        return None
    is_of_sirens = end.has("alert.siren", "alert.all_clear_siren", "alert.all_clear")
    lasting = on.of_any(_ONS) or (on.of("alert.siren") if is_of_sirens else ())
    is_named = not lasting and is_of_sirens and _names_it_there(doc, on, still)
    if not lasting and not is_named and not _is_bare_denial(doc, on):
        return None
    if lasting and blocks(doc, on, lasting[0], ignore=frozenset(("negation",))):
        return None
    trigger = end.of_any(ENDS)[0]
    out = []
    doubt = _doubt(doc, part, end, trigger, ended)
    if doubt is None:
        proposal = Proposal("end", "air", end, trigger.concept)
        add_sites(proposal, without_parents(doc, ended))
        proposal.excepted = [s.ref for s in still if any(e.ref.id in ancestors(doc.lexicon, s.ref.id) for e in ended)]
        out.append(proposal)
    else:
        doc.note(trigger.i, trigger.j, doubt)
    if is_there:
        doc.note(on.i, on.j, "an alert that goes on where no place is named")
    elif on.has("alert.threat") and not on.has("alert.siren", "alert.signal"):
        for threat in threats_named(doc, on) or ["air"]:  # "..., the threat of drones persists in B"
            proposal = Proposal("threat", threat, on, "alert.threat")
            add_sites(proposal, _placed(on))
            out.append(proposal)
    elif (lasting or is_named) and not on.has("veto.weather", "veto.hypothetical", "veto.future"):
        rule = lasting[0].concept if lasting else "alert.signal"
        proposal = Proposal("start", "air", on, rule, ongoing=on.has_any(_ONS))
        add_sites(proposal, still)
        out.append(proposal)
    return out


def _names_it_there(doc: Doc, on: Part, still: list[Site]) -> bool:
    """ "..., sirens in B", "..., declared in B", "..., alert in B": in the clause of the place."""
    told = [m.i for m in on.of("alert.signal", "alert.declared")]
    told += [k for k in range(on.i, on.j) if says_siren(doc, k, k + 1)]
    return any(same_clause(doc, on, s.i, k) for s in still for k in told)


def _placed(part: Part) -> list[Site]:
    return [s for s in part.sites if s.role not in ("from", "except", "speaker", "agent") and not s.is_tag]


def _ahead_of_weapons(on: Part) -> list[Site]:
    """ "... goes on in A: drones circle near B": A alone, where weapons are told of behind it."""
    placed = _placed(on)
    first = next((m.i for m in on.of("weapon", "model")), on.j)
    return [s for s in placed if s.i < first] or placed


def _region_around(doc: Doc, on: Part, ended: list[Site]) -> list[Site]:
    """ "Over in A, the region is still under alert": the one around A."""
    if len(ended) != 1 or ended[0].ref.level != "city" or not on.has("level.oblast") or on.sites:
        return []
    m = on.of("level.oblast")[0]
    if on.has("place.vague", "prep.side", "alert.partial") or on.numbers or m.j - m.i > 1:
        return []
    around = region_of(doc, ended[0])
    return [Site(m.i, m.j, around.ref, "at")] if around is not ended[0] else []


def _names_siren(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """Whether it is the air alert that is spoken of; the bare word "alert" counts where such alerts are sounded."""
    if part.has("alert.siren", "alert.all_clear_siren"):
        return True
    sounded = doc.lexicon.settings.get("alert_countries", ())
    at_home = all(any(a in sounded for a in ancestors(doc.lexicon, s.ref.id)) for s in sites)
    return at_home and (part.has("alert.signal") or any(says_siren(doc, m.i, m.j) for m in part.of_any(_EITHER))
                        or says_siren(doc, part.i, part.j))  # fmt: skip


def _is_bare_denial(doc: Doc, part: Part) -> bool:
    """ "..., not in the capital": a denial and a place, nothing else."""
    others = [m for m in part.mentions if m.group not in ("veto", "prep", "place", "level", "conj")]
    return part.has("veto.negation") and not others and unread(doc, part) <= 1


def _doubt(doc: Doc, part: Part, end: Part, trigger: Mention, sites: list[Site]) -> str | None:
    """Why the first half ends nothing after all; None: it does."""
    if part.has_any(_UNSURE) or doc.tokens[part.j - 1].text in "?\u2049\u061f" or is_doubtful(doc, end, trigger):
        return "an all-clear spoken of, not announced"
    if end.has("mark.start"):
        return "the sign says alert, the words say all-clear: never an end"
    if is_declared_again(doc, end, trigger):
        return "ended and declared again: on"
    return (
        why_narrower(doc, end, trigger, sites, is_everywhere=False)
        or why_not_announced(doc, end, trigger)
        or why_turned_round(doc, part)
    )
