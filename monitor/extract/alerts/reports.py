"""The reports of the alerts that were proposed: their places, hours and sentences."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.calls import (
    heads_of,
    is_in_other_lands,
    of_danger_before,
    of_danger_told,
    of_quoted,
    threat_ended,
)
from monitor.extract.alerts.endings import of_the_alert_before
from monitor.extract.alerts.overtaken import hour_told
from monitor.extract.alerts.proposals import Proposal, without_parents
from monitor.extract.claims import places_told_by
from monitor.extract.merging import country_told
from monitor.extract.places.units import country_above, country_of, ref, scope
from monitor.extract.text.doc import Doc, Part, unread
from monitor.model import AlertReport, Evidence, Moment, PlaceRef

__all__ = ["make_reports"]

_CALL: Final = 8
_FIRST: Final = 3
_NAMING: Final = frozenset(("place", "level", "mark", "prep", "time", "num", "conj"))
_POST: Final = 6
"""Sentences of a short post."""


def make_reports(doc: Doc, proposals: list[Proposal]) -> list[AlertReport]:
    out = []
    home = doc.lexicon.settings.get("home", {})
    for p in proposals:
        sites = p.sites
        if p.is_everywhere and (
            country := _of_excepted(doc, p) or country_told(doc, p.part) or home.get(doc.lang or "") or _all_of(doc, p)
        ):
            sites = [ref(doc.lexicon, country)]
        if len(sites) > 1:
            sites = _without_parents(doc, p.part, _most_specific(doc, sites))
        if not sites and p.ongoing and not p.is_everywhere:
            sites = next((list(o.sites) for o in proposals if o.sites and _is_just_told(doc, p, o)), [])
            sites = sites or _of_place_before(doc, p.part)
        if not sites and p.status == "start" and p.threat == "air" and not p.is_everywhere:
            sites = _of_place_before(doc, p.part) or of_danger_told(p, proposals)
        if not sites and p.status == "threat" and not p.is_everywhere and p.threat != "mig31k":
            sites = of_the_alert_before(p, proposals)
        if not sites and p.status == "threat" and not p.is_everywhere:
            sites = _of_call(doc, p.part) or _of_addressed(doc, p.part)
        if not sites and p.status == "end" and p.threat == "other":
            sites = _of_stand_down(doc, p.part)
        if not sites and p.status == "end" and p.threat not in ("air", None) and not p.is_everywhere:
            sites = of_danger_before(doc, p.part) if p.threat != "other" else []
            if not sites:
                sites, kind = threat_ended(doc, p, proposals)
                p.threat = kind or p.threat
            before = doc.parts[p.part.n - 1] if p.part.n and not sites and not p.part.sites else None
            if before is not None and before.line == p.part.line:
                sites = heads_of(doc, before)  # "A region: air defence was at work. The danger of drones is over"
            sites = sites or (_only_place(doc, p.part) if p.part.has("alert.danger") else [])
        if not sites and not p.is_everywhere and p.threat != "mig31k" and p.part.has("claimant"):
            sites = [ref(doc.lexicon, place) for place in places_told_by(doc, p.part)]  # a mayor speaks of his own town
        if not sites and not p.is_everywhere and p.status == "start":
            sites = of_quoted(doc, p.part) or _of_called_above(doc, p.part)
        if not sites and doc.area and not p.is_everywhere and not (p.status == "threat" and p.threat in ("mig31k",)):
            sites = [ref(doc.lexicon, identity) for identity in doc.area]
        if not sites and p.status == "start" and not p.is_everywhere and is_in_other_lands(doc, p.part):
            continue  # "The alarm was triggered when an object was seen near the border": where no alerts are sounded
        start, end = doc.span(p.part.i, p.part.j)
        moment = _moment(doc, p)
        threat = "air" if p.threat == "other" and p.status == "threat" else p.threat
        evidence = Evidence(doc.source.raw[start:end], (start, end), p.rule, p.confidence, moment)
        out.append(
            AlertReport(
                p.status, scope(sites), tuple(sites), threat, evidence, p.ongoing, tuple(p.excepted), p.level,  # type: ignore[arg-type]
            )
        )  # fmt: skip
    return out


def _all_of(doc: Doc, p: Proposal) -> str | None:
    """ "Blasts in A. Alert in the whole country": the one that every place of the text lies in; never for an end."""
    if p.status == "end":
        return None
    sounded = doc.lexicon.settings.get("alert_countries", ())
    sites = [s.ref.id for part in doc.parts for s in part.sites if s.ref.level != "sea" and s.role != "from"]
    lands = {land for identity in sites if (land := country_of(doc.lexicon, identity)) is not None}
    return lands.pop() if len(lands) == 1 and lands <= set(sounded) else None


def _without_parents(doc: Doc, part: Part, sites: list[PlaceRef]) -> list[PlaceRef]:
    """ "In A in the south of the region of B": the region only says where A lies; not in a list, behind a comma."""
    told = {s.ref.id for s in part.sites}
    kept = {s.ref.id for s in without_parents(doc, part.sites)}
    kept |= {s.ref.id for s in part.sites if s.i > part.i and doc.tokens[s.i - 1].text == ","}
    return [s for s in sites if s.id in kept or s.id not in told] or sites


def _is_just_told(doc: Doc, goes_on: Proposal, other: Proposal) -> bool:
    """ "The missile danger in A is over. It was declared in the morning. That of drones goes on": of the same place,
    where no sentence between names another."""
    between = doc.parts[other.part.n + 1 : goes_on.part.n]
    return 0 <= goes_on.part.n - other.part.n <= _FIRST and not any(p.sites for p in between)


def _of_place_before(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "A is under attack, 11 are hurt. The alert is still on": of the one place that the sentence before names."""
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or not before.has("strike", "alert", "toll"):
        return []
    if before.line != part.line and not (
        doc.tokens[part.i - doc.tokens[part.i - 1].is_quote].is_quote and before.has("alert")
    ):
        return []  # "Blasts in A during an alert." and what an official says of it
    named = [s.ref for s in before.sites if s.role in ("at", "target", "name") and s.ref.level != "country"]
    return named if len(named) == 1 else []


def _of_call(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "Attention, A! Threat of drones": who is called right before."""
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or before.line != part.line or not before.has("alert.attention") or before.j - before.i > _CALL:
        return []
    is_bare = all(m.group in ("alert", "place", "level", "mark", "conj") for m in before.mentions)
    return [s.ref for s in before.sites] if is_bare else []


def _of_called_above(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "Attention, people of A! What you hear is air defence. Missile danger!": who is called in the first sentence,
    where none names a place since."""
    first = doc.parts[0]
    if not first.has("alert.attention") or part.n > _FIRST or part.line - first.line > 1 or part.sites:
        return []
    if any(p.sites for p in doc.parts[1 : part.n]) or first.has("strike", "toll", "act", "alert.all_clear"):
        return []
    named = [s.ref for s in first.sites if s.role in ("at", "name", "target") and s.ref.level not in ("country", "sea")]
    return named if len(named) == len(first.sites) else []


def _of_addressed(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "A, be ready. Drones are flying at you": who is spoken to in the sentence before."""
    yours = doc.lexicon.settings.get("yours", ())
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or not before.sites or before.has("strike", "toll", "claim", "alert.all_clear", "alert.clean"):
        return []
    is_addressed = any(doc.tokens[k].f in yours for k in range(part.i, part.j))
    is_named = before.sites[0].role in ("name", "at") and before.sites[0].i - before.i <= _FIRST
    return [s.ref for s in before.sites if s.role in ("name", "at")] if is_addressed and is_named else []


def _only_place(doc: Doc, end: Part) -> list[PlaceRef]:
    """ "A, 9:15. Missile danger. 9:31. The danger is over": the one place of a short post, for the end of a threat."""
    if len(doc.parts) > _POST or any(p.sites and not _is_of_danger(doc, p, is_behind=p.n > end.n) for p in doc.parts):
        return []
    named = {s.ref.id: s for p in doc.parts for s in p.sites if s.role not in ("from", "agent", "speaker", "except")}
    only = next(iter(named.values())) if len(named) == 1 else None
    return [only.ref] if only is not None and only.ref.level not in ("country", "sea") else []


def _is_of_danger(doc: Doc, part: Part, *, is_behind: bool) -> bool:
    """Whether a sentence tells of an alert or a blow, or is a line with the name of a place and nothing else; the place
    of another story is not where a danger ends, nor of a blow told behind it."""
    if part.has("alert") or (part.has("strike") and not is_behind):
        return not part.vetoes
    is_bare = all(m.group in _NAMING for m in part.mentions) and unread(doc, part) == 0
    beside = [other for other in doc.parts if other.line == part.line and other is not part]
    return is_bare and all(other.has("alert") or not other.mentions for other in beside)


def _of_stand_down(doc: Doc, part: Part) -> list[PlaceRef]:
    """ "Stand-down in A. The threat is over": the threat is that of the place before."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or not before.has("alert.all_clear"):
        return []
    return [s.ref for s in before.sites if s.role not in ("from", "except", "speaker", "agent")]


def _of_excepted(doc: Doc, p: Proposal) -> str | None:
    """ "Everywhere except A": the country that A lies in."""
    for place in p.excepted:
        if (land := country_above(doc.lexicon, place.id)) is not None:
            return land
    return None


def _moment(doc: Doc, p: Proposal) -> Moment | None:
    for when in p.part.whens:
        if when.moment is not None and when.is_window is False and when.moment.precision != "day":
            return when.moment
    if p.status != "threat" and (told := hour_told(doc, p.part)) is not None:
        return told
    return next((w.moment for w in p.part.whens if w.moment is not None and w.is_window is False), None)


def _most_specific(doc: Doc, sites: list[PlaceRef]) -> list[PlaceRef]:
    """Without the country, where something in it is named too."""
    narrow = [s for s in sites if s.level != "country"]
    return narrow or sites
