"""Proposals of one text merged into reports; whatever could clear a place by mistake is dropped."""

from __future__ import annotations

from monitor.extract.alerts.aims import threatened
from monitor.extract.alerts.announced import is_cleared
from monitor.extract.alerts.overtaken import with_place_before, without_false, without_overtaken
from monitor.extract.alerts.proposals import Proposal, add_sites, is_same_place
from monitor.extract.claims import is_firing, place_of_office, places_of_office
from monitor.extract.places.units import ancestors, ref
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.text.doc import Doc, Part, Site, is_bulleted, unread
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import ADMINISTRATIONS, Mention

__all__ = [
    "country_told",
    "is_list_item",
    "is_tag_line",
    "merge",
    "take_header_places",
    "take_signature",
    "take_tags",
]


def is_tag_line(part: Part) -> bool:
    return bool(part.sites) and part.sites[0].is_tag and all(site.is_tag for site in part.sites)


def is_list_item(doc: Doc, part: Part) -> bool:
    if not part.sites or part.has("alert", "weapon", "model", "strike", "toll", "veto.closure"):
        return False
    first = doc.at[part.i]
    is_of_another = part.has("target") or (first is not None and first.concept == "count.other")
    most = 0 if is_of_another else 3  # not "the airports of A and B work as usual"
    return unread(doc, part) <= most and not _is_told_of(doc, part)


def _is_told_of(doc: Doc, part: Part) -> bool:
    """ "A, B - limits on mobile internet": words behind a dash that say what else is there."""
    last = part.sites[-1].j
    if last >= part.j or doc.tokens[last].text not in DASHES:
        return False
    return sum(1 for k in range(last, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w") > 1


def take_header_places(doc: Doc, proposals: list[Proposal]) -> None:
    """A place alone on the line above ("city", then "Air alert") belongs to the announcement below it."""
    for proposal in proposals:
        if proposal.sites or proposal.is_everywhere:
            continue
        n = proposal.part.n
        if proposal.status == "end" and (call := _call_before(doc, proposal, proposals)) is not None:
            proposal.sites = list(call.sites)
            call.status = "called"
            continue
        for other in reversed(doc.parts[max(0, n - 2) : n]):
            if is_list_item(doc, other) and not is_tag_line(other) and not other.numbers:
                if proposal.status == "end" and (not _is_beside(doc, proposal.part, other) or _is_listed(doc, other)):
                    break  # "Missiles! Taganrog.", "Drones: - Taganrog", and an end in the line below
                if proposal.status == "end" and not is_cleared(doc, other, proposal.part):
                    proposal.is_doubtful = True
                elif not any(p.part is other for p in proposals):
                    add_sites(proposal, threatened(doc, other.sites) if proposal.status == "threat" else other.sites)
                break


def _call_before(doc: Doc, proposal: Proposal, proposals: list[Proposal]) -> Proposal | None:
    """ "Attention, Poltava region! All clear": who is called is who the end is for."""
    part = proposal.part
    for other in proposals:
        is_next = other.part.n == part.n - 1 and other.part.line == part.line and other.rule == "alert.attention"
        if is_next and all(
            m.group in ("place", "level", "mark") or m.concept == other.rule for m in other.part.mentions
        ):
            return other
    return None


def take_tags(doc: Doc, proposals: list[Proposal]) -> None:
    tags = [site for part in doc.parts for site in part.sites if site.is_tag]
    if not tags:
        return
    for proposal in proposals:
        if not proposal.sites and not proposal.ongoing and not proposal.is_everywhere:
            for tag in tags:
                if not any(is_same_place(tag.ref, other) for other in proposal.sites):
                    proposal.sites.append(tag.ref)
            proposal.is_from_tag = True


def take_signature_beside(doc: Doc, proposals: list[Proposal]) -> None:
    """ "The alert is over. The A administration": what is told without a place is for the place of whoever signs it
    right there."""
    for proposal in proposals:
        if not proposal.sites and not proposal.is_everywhere:
            proposal.sites = [ref(doc.lexicon, place) for place in _signed_beside(doc, proposal.part)]


def take_signature(doc: Doc, proposals: list[Proposal]) -> None:
    """ "Missile danger! Gladkov": what is announced without a place is for the region of whoever signs it."""
    bare = [p for p in proposals if not p.sites and not p.is_everywhere]
    if bare and (heads := _head_offices(doc)):
        for proposal in bare:
            proposal.sites = [ref(doc.lexicon, place) for place in heads]
        return
    if doc.area or not bare:
        return
    for proposal in bare:
        _take_office(doc, proposal)
    bare = [p for p in bare if not p.sites]
    if not bare or any(part.sites for part in doc.parts):
        return
    signed = [m for m in doc.mentions if m.group == "claimant"]
    own = {tuple(places_of_office(doc, m)) for m in signed}
    if len(own) != 1 or () in own or not any(_is_signature(doc, m) for m in signed):
        return
    for proposal in bare:
        proposal.sites = [ref(doc.lexicon, place) for place in next(iter(own))]


def _signed_beside(doc: Doc, part: Part) -> list[str]:
    """The places of whoever stands alone right before or behind what he tells, in its line or in one of its own."""
    above = doc.parts[part.n - 1] if part.n else None
    if above is not None and above.sites and is_list_item(doc, above):
        return []  # "The region of A. The alert is over", whoever signs it
    for n in (part.n - 1, part.n + 1):
        if not 0 <= n < len(doc.parts) or not _is_beside(doc, part, doc.parts[n]):
            continue
        other = doc.parts[n]
        offices = other.of("claimant")
        if not offices or (n > part.n and doc.tokens[other.j - 1].text == ":"):
            continue
        words = [k for k in range(other.i, other.j) if doc.tokens[k].kind == "w"]
        if all((m := doc.at[k]) is not None and (m in offices or m.group in ("place", "conj")) for k in words):
            return [place for m in offices for place in places_of_office(doc, m)]
    return []


def _is_beside(doc: Doc, part: Part, other: Part) -> bool:
    """Whether a sentence is of the same line, or a line by itself."""
    if other.line == part.line:
        return True
    return not any(p.line == other.line and p is not other for p in doc.parts[max(0, other.n - 1) : other.n + 2])


def _is_listed(doc: Doc, part: Part) -> bool:
    """The item of a list that another line heads, or another item begins."""
    above = doc.parts[part.n - 1] if part.n else None
    if above is None or above.line == part.line or not is_bulleted(doc, part):
        return False
    return doc.tokens[above.j - 1].text == ":" or doc.tokens[above.i].text == doc.tokens[part.i].text


def _head_offices(doc: Doc) -> list[str]:
    """An administration that stands alone in the first line: what follows is its own, whatever channel passes it on."""
    head = doc.parts[0]
    offices = head.of(*ADMINISTRATIONS)
    if not offices or any(part.sites for part in doc.parts) or (len(doc.parts) > 1 and doc.parts[1].line == head.line):
        return []
    words = [k for k in range(head.i, head.j) if doc.tokens[k].kind == "w"]
    named = all((m := doc.at[k]) is not None and (m in offices or m.group in ("place", "conj")) for k in words)
    return [place for m in offices for place in places_of_office(doc, m)] if named else []


def _take_office(doc: Doc, proposal: Proposal) -> None:
    """ "The governor told of a drone danger": in his region, where the text has named one such office and the sentence
    speaks of it; an end is never taken so."""
    if proposal.status == "end" or not proposal.part.has("claimant.governor", "claimant.mayor", "place.region"):
        return
    own = {place for m in doc.mentions if m.group == "claimant" and (place := place_of_office(doc, m)) is not None}
    if len(own) == 1:
        proposal.sites = [ref(doc.lexicon, own.pop())]


def _is_signature(doc: Doc, m: Mention) -> bool:
    """A name that is a sentence of its own at the end, or stands before a colon at the head."""
    words = [k for k, token in enumerate(doc.tokens) if token.kind == "w"]
    whose = doc.at[m.i - 1] if m.i and not m.data.get("place") else None
    first = whose.i if whose is not None and whose.group == "place" else m.i
    is_head = first <= words[0] and m.j < len(doc.tokens) and doc.tokens[m.j].text == ":"
    last = doc.parts[-1]
    is_alone = all(first <= k < m.j for k in words if k >= last.i)
    return is_head or (is_alone and m.i >= last.i and len(doc.parts) > 1)


def merge(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    out: list[Proposal] = []
    for proposal in without_false(doc, with_place_before(doc, without_overtaken(doc, proposals))):
        if proposal.status == "called":
            continue
        if proposal.status == "threat" and proposal.threat == "other":
            proposal.threat = _shown(doc, proposal.part)
        twin = next(
            (p for p in out if (p.status, p.threat, p.ongoing) == (proposal.status, proposal.threat, proposal.ongoing)),
            None,
        )
        if twin is None:
            out.append(proposal)
            continue
        if _is_in_some_regions(twin) and proposal.sites:
            twin.sites, twin.part = proposal.sites, proposal.part
            continue
        if _is_in_some_regions(proposal) and twin.sites:
            continue
        if _is_country_wide(twin) or _is_country_wide(proposal):
            if not _is_country_wide(twin):
                twin.sites, twin.is_everywhere, twin.part = proposal.sites, proposal.is_everywhere, proposal.part
            continue
        for place in proposal.sites:
            if not any(is_same_place(place, other) for other in twin.sites):
                twin.sites.append(place)
        twin.level = twin.level or proposal.level
    if any(p.status == "end" and p.threat == "mig31k" for p in out):
        out = [p for p in out if p.status != "end" or p.threat != "other" or p.sites]
    threatened = {p.threat for p in out if p.status == "threat"}
    if (
        "mig31k" in threatened
        and "ballistic" in threatened
        and all(not p.sites for p in out if p.threat in ("mig31k", "ballistic"))
    ):
        out = [p for p in out if p.status != "threat" or p.threat != "ballistic"]
    if len(threatened) > 1:
        _give_calls(out)
        out = [p for p in out if p.status != "threat" or p.threat not in ("other", "air") or
               (p.threat == "air" and p.sites and not _are_named(p, out))]  # fmt: skip
    if any(p.status == "start" and p.threat == "air" and p.sites for p in out):
        out = [p for p in out if p.status != "start" or p.threat == "air" or p.sites or p.is_everywhere or p.ongoing]
    return _fail_safe(doc, out)


def _give_calls(proposals: list[Proposal]) -> None:
    """ "Drones toward A. B, get ready", "Missiles in two groups. The first toward A": who is called, and where it goes
    on to, is under the one threat that is named."""
    named = [p for p in proposals if p.status == "threat" and p.threat not in ("other", "air", "mig31k")]
    if len(named) != 1 or named[0].is_everywhere:
        return
    for call in proposals:
        if call.status != "threat" or call.threat != "other":
            continue
        if call.rule == "prep.to" or (call.rule == "alert.attention" and named[0].sites):
            named[0].sites += [s for s in call.sites if not any(is_same_place(s, other) for other in named[0].sites)]


def _shown(doc: Doc, part: Part) -> str:
    """What flies, where only a sign or the word for a launch says so: a comet, a moped, an "exit"."""
    settings = doc.lexicon.settings
    words = [doc.tokens[k] for k in range(part.i, part.j)]
    for kind, signs in settings.get("signs", {}).items():
        if any(token.text[:1] in signs for token in words if token.kind == "p"):
            return str(kind)
    exits = settings.get("exits", ())
    is_launch = part.has("act.launch_noun") and any(token.f in exits for token in words)
    return "ballistic" if is_launch else "other"


def _is_country_wide(proposal: Proposal) -> bool:
    """Of the whole country, said so: nothing narrower is added to it."""
    return proposal.status == "start" and (
        proposal.is_everywhere or (bool(proposal.sites) and all(s.level == "country" for s in proposal.sites))
    )


def _is_in_some_regions(proposal: Proposal) -> bool:
    """ "In some regions of A sirens sounded. They were heard in B, C": the country is none of the places under it."""
    return _is_country_wide(proposal) and not proposal.is_everywhere and proposal.part.has("alert.partial")


def _are_named(proposal: Proposal, others: list[Proposal]) -> bool:
    """Whether each place of a threat of no kind stands under a threat of a stated kind too."""
    named = [s for p in others if p is not proposal and p.status == "threat" for s in p.sites]
    return all(any(is_same_place(a, b) for b in named) for a in proposal.sites)


def _fail_safe(doc: Doc, proposals: list[Proposal]) -> list[Proposal]:
    """What is said to be still on is taken out of every end; an end with nothing left is no end."""
    on = [place for p in proposals if p.status == "start" for place in p.sites]
    has_start = any(p.status == "start" or (p.status == "threat" and not p.sites) for p in proposals)
    unplaced = [p for p in proposals if p.status == "start" and p.ongoing and not p.sites]
    out = []
    for proposal in proposals:
        if proposal.status == "end" and proposal.threat in ("air", None):
            if proposal.is_doubtful and not proposal.sites:
                doc.note(proposal.part.i, proposal.part.j, "an all-clear below a place that may not be the one")
                continue
            if not proposal.sites and (_is_told_of_places(doc, proposal) or _is_beside_places(doc, proposal)):
                doc.note(proposal.part.i, proposal.part.j, "an all-clear beside named places: not of everything")
                continue
            if unplaced:
                unplaced[0].sites += [s for s in proposal.sites if s not in unplaced[0].sites]
                doc.note(proposal.part.i, proposal.part.j, "it goes on somewhere that is not named: never an end")
                continue
            if any(
                p.status == "start" and not p.sites and _is_behind_or_beside(p.part, proposal.part) for p in proposals
            ):
                doc.note(proposal.part.i, proposal.part.j, "an alert is declared after it: never an end")
                continue
            had = bool(proposal.sites)
            proposal.sites = [place for place in proposal.sites if not any(is_same_place(place, other) for other in on)]
            if proposal.excepted and not proposal.sites and not _is_whole(doc, proposal):
                doc.note(proposal.part.i, proposal.part.j, "an all-clear with exceptions, of no named area: never one")
                continue
            if (had and not proposal.sites) or (not had and has_start):
                doc.note(proposal.part.i, proposal.part.j, "cleared and re-listed: still on")
                continue
            within = [p for p in on if any(s.id in ancestors(doc.lexicon, p.id) for s in proposal.sites)]
            proposal.excepted += [place for place in within if place not in proposal.excepted]
        out.append(proposal)
    return out


def _is_behind_or_beside(part: Part, end: Part) -> bool:
    return part.n > end.n or (part.n == end.n - 1 and part.line == end.line)


def _is_told_of_places(doc: Doc, proposal: Proposal) -> bool:
    """Whether another sentence speaks of the end with places, which an end without any does not widen."""
    return not proposal.is_everywhere and any(
        part is not proposal.part
        and part.has("alert.all_clear_siren", "alert.event_over", "alert.all_clear", "alert.lifted")
        and any(not site.is_tag for site in part.sites)
        for part in doc.parts
    )


def _is_beside_places(doc: Doc, proposal: Proposal) -> bool:
    """Whether the sentences around it name places that are not the channel's own: it may be theirs alone."""
    n = proposal.part.n
    around = [part for part in doc.parts[max(0, n - 2) : n + 3] if part is not proposal.part]
    own = set(doc.area)
    named = [s for part in around for s in part.sites if not s.is_tag and s.role not in ("from", "speaker", "agent")]
    return not proposal.is_everywhere and any(
        not own & {s.ref.id, *ancestors(doc.lexicon, s.ref.id)} and not _is_around(doc, s, own) for s in named
    )


def _is_around(doc: Doc, site: Site, own: set[str]) -> bool:
    return any(site.ref.id in ancestors(doc.lexicon, identity) for identity in own)


def _is_whole(doc: Doc, proposal: Proposal) -> bool:
    """Whether "the whole country" says which: then the exceptions stand beside it."""
    home = doc.lexicon.settings.get("home", {})
    return proposal.is_everywhere and bool(country_told(doc, proposal.part) or home.get(doc.lang or ""))


def country_told(doc: Doc, part: Part) -> str | None:
    """The country that "the whole country" means: named in the sentence or by an adjective, else named last."""
    if (country := _country_in(doc, part)) is not None:
        return country
    for m in part.of("side.ua", "side.ru", "claimant"):
        side = m.data.get("side") or m.data.get("country") or {"side.ua": "UA", "side.ru": "RU"}.get(m.concept)
        if side and m.concept not in ("side.ru", "claimant.mod_ru", "claimant.mod"):
            return str(side)
    sounded = doc.lexicon.settings.get("alert_countries", ())
    for other in reversed(doc.parts[max(0, part.n - 30) : part.n]):
        if (country := _country_in(doc, other)) in sounded:
            return country
        if other.has("side.ua"):
            return "UA"
    return None


def _country_in(doc: Doc, part: Part) -> str | None:
    """The country that a sentence names, the one aimed at rather than the one that fires."""
    countries = [s for s in part.sites if s.ref.level == "country" and s.role not in ("from", "agent")]
    if part.has("act.launched", "act.fired"):
        countries = [s for s in countries if s.role != "name" or not is_firing(doc, part, s)]
    if part.has("strike.attack", "strike.hit"):
        countries = [s for s in countries if not is_attacker(doc, part, s)]
    aimed = [s for s in countries if s.role in ("target", "at")] if part.has("act.launched", "strike.attack") else []
    chosen = aimed or countries
    return chosen[0].ref.id if chosen else None
