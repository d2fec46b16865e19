"""Words that point at a place named before: "there", "in the city", "in the region"."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.joined import is_in_land
from monitor.extract.places.offices import is_office
from monitor.extract.places.units import ancestors, ref
from monitor.extract.text.doc import IN_ORDER, Doc, Part, Site, unread
from monitor.extract.words.mentions import ENDS, Mention

_AHEAD: Final = 40
"""Words ahead in which the region was named."""
_BACK: Final = 4
"""Sentences back to the raion whose centre is told of."""
_JOINED: Final = 2
"""Tokens between two places of a row."""

__all__ = ["point_ahead", "point_at_centre", "point_back", "point_within", "region_of"]


def point_within(doc: Doc, part: Part) -> None:
    """ "Over in A, in the region it goes on", "over in the region, except B": the region around A, or of B; "five dead
    in A and its region"."""
    if not part.sites or not part.has("place.region"):
        return
    for m in part.of("place.region"):
        if not part.has("alert") and not _is_joined_to_town(doc, part, m):
            continue
        if any(m.i <= s.i < m.j or s.j == m.i or s.i == m.j for s in part.sites):
            continue
        cities = [s for s in part.sites if s.i < m.i and s.ref.level == "city" and s.role in ("at", "name", "target")]
        inner = [s for s in part.sites if s.role == "except" and s.ref.level != "oblast"]
        if not cities and len(inner) != len(part.sites):
            continue
        region = next((r for s in [*reversed(cities), *inner] if (r := _around(doc, s)) is not None), None)
        if region is not None and all(s.ref.id != region.ref.id for s in part.sites):
            part.sites = sorted([*part.sites, Site(m.i, m.j, region.ref, "at", region.parent)], key=IN_ORDER)


def _is_joined_to_town(doc: Doc, part: Part, m: Mention) -> bool:
    """ "In A and its region": nothing but the "and", and a preposition, between the town and the word."""
    town = next((s for s in reversed(part.sites) if s.j <= m.i and s.ref.level == "city"), None)
    between = [doc.at[k] for k in range(town.j, m.i)] if town is not None else []
    return bool(between) and all(x is not None and (x.concept == "conj.and" or x.group == "prep") for x in between)


def point_back(doc: Doc, part: Part) -> None:
    """ "There", "in the city": the places of the sentence before."""
    agents = [s for s in part.sites if s.role == "agent"]
    if len(agents) < len(part.sites) and not is_in_land(doc, part) and not _are_only_why(part):
        _point_within_sentence(doc, part)
        return
    back = part.of("place.there", "place.this", "place.region", "level.city") or _bare_regions(doc, part)
    if not back:
        return
    own = {str(m.data["place"]) for m in part.of("claimant") if m.data.get("place")}
    own = {identity for identity in own if ref(doc.lexicon, identity).level != "oblast"}
    if len(own) == 1 and back[0].concept in ("place.this", "level.city"):
        mine = Site(back[0].i, back[0].j, ref(doc.lexicon, own.pop()), "at")
        part.sites = sorted([*agents, mine], key=IN_ORDER)  # the city of the mayor who says so
        return
    n = part.n
    is_apart = False
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        is_apart = is_apart or other.line != part.line
        if is_apart and other.sites and part.has_any(ENDS) and not _is_of_alerts(doc, other):
            return  # "A calls for peace in B", and in a paragraph below "all clear in the region": of none we know
        told = [
            s
            for s in other.sites
            if s.role not in ("from", "except", "speaker", "agent") and not is_office(doc, other, s)
        ]
        told = [s for s in told if s.role != "past"] or told  # "they crossed A on the way to B. One hit the city"
        narrow = [s for s in told if s.ref.level not in ("country", "sea")]
        if back[0].concept == "place.there" and part.has("alert.still", "alert.lasts"):
            narrow = [s for s in other.sites if s.role == "except"] or narrow  # "over, but for A. There it goes on"
        cities = [s for s in narrow if s.ref.level == "city"]
        if cities and part.has("level.city") and not part.has("place.there"):
            narrow = cities
        if len(narrow) > 1 and back[0].concept == "place.there" and other.has("time.at", "time.after"):
            narrow = _last_row(narrow)
        if back[0].concept == "place.there" and (but := other.of("conj.but")):
            narrow = [s for s in narrow if s.i >= but[-1].j] or narrow  # "over in A, but a threat in B. Hide there"
        if not narrow and back[0].concept == "place.there":
            narrow = [s for s in told if s.ref.level == "country" and s.role in ("at", "target")]
        if narrow:
            m = back[0]
            if m.concept in ("place.region", "level.oblast"):
                regions = [s for s in narrow if s.ref.level == "oblast"]
                narrow = (
                    regions or [region_of(doc, s) for s in narrow if s.ref.id] or _governors(doc, part, m) or narrow
                )
            there = [Site(m.i, m.j, s.ref, "at", s.parent, s.population) for s in narrow]
            part.sites = sorted([*agents, *there], key=IN_ORDER)
            return


def _is_of_alerts(doc: Doc, part: Part) -> bool:
    """Whether a sentence tells of alerts, or names a place and nothing else."""
    is_bare = all(m.group in ("place", "level", "mark", "conj") for m in part.mentions) and not part.numbers
    return part.has("alert") or (is_bare and unread(doc, part) == 0)


def _are_only_why(part: Part) -> bool:
    """ "In the region the alert goes on because of a drone over A": all places are behind the word for the cause."""
    if not part.has("veto.cause") or not part.has("alert.still", "alert.lasts"):
        return False
    cause, back = part.of("veto.cause")[0], part.of("place.region", "place.this", "place.there")
    return bool(back) and back[0].i < cause.i and all(s.i > cause.i for s in part.sites)


def point_ahead(doc: Doc, part: Part) -> None:
    """ "Twelve downed over the region. So said the governor of A": his region for the sentence before."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.sites or before.line != part.line or part.numbers or not part.has("claim.said"):
        return
    back = before.of("place.region") or _bare_regions(doc, before)
    seat = _region_of_office(doc, part) if back else None
    if seat is not None:
        before.sites = [Site(back[0].i, back[0].j, seat.ref, "at", seat.parent)]


def _point_within_sentence(doc: Doc, part: Part) -> None:
    """ "Twelve downed over the region, said the governor of A": the one region of the sentence, named only for whose
    office speaks; "a fire in A in the region of B, and over the region 14 were downed": the one named ahead."""
    back = part.of("place.region") or _bare_regions(doc, part)
    if not back:
        return
    m = back[0]
    seat = _region_of_office(doc, part)
    if seat is not None and m.j <= seat.i:
        part.sites = [Site(m.i, m.j, seat.ref, "at", seat.parent), *part.sites]
        return
    regions = [s for s in part.sites if s.ref.level == "oblast" and s.role in ("at", "name", "target")]
    if len(regions) == 1 and regions[0].j <= m.i - 1 and part.has("act.shot_down", "act.merged"):
        part.sites = sorted([*part.sites, Site(m.i, m.j, regions[0].ref, "at", regions[0].parent)], key=IN_ORDER)


def _region_of_office(doc: Doc, part: Part) -> Site | None:
    """The one region that the offices of a sentence are of, where it names no other place."""
    if not part.sites or not part.has("claimant.governor", "claimant.military_administration"):
        return None
    regions = [region_of(doc, s) for s in part.sites if is_office(doc, part, s)]
    is_one = len(regions) == len(part.sites) and len({r.ref.id for r in regions}) == 1
    return regions[0] if is_one and regions[0].ref.level == "oblast" else None


def point_at_centre(doc: Doc, part: Part) -> None:
    """ "The head of the region of A: the regional centre was struck", "in the raion of A the centre was shelled": its
    seat. Never where an alert is told: an end is only one of what is named."""
    if not part.has("strike", "toll", "act") or part.has("alert"):
        return
    centres = doc.lexicon.settings.get("centres", {})
    for m in part.of("place.centre"):
        region = next((s.ref.id for s in part.sites if s.ref.level == "oblast"), None) or _region_ahead(doc, m)
        if (centre := centres.get(region)) is None or any(s.ref.id == centre for s in part.sites):
            continue
        near = [s for s in part.sites if s.i != m.i]
        part.sites = sorted([*near, Site(m.i, m.j, ref(doc.lexicon, centre), "at", region)], key=IN_ORDER)
    for m in part.of("place.seat"):
        raion = _raion_ahead(doc, m)
        seat = _seat_of(doc, raion) if raion is not None else None
        if seat is not None and all(s.ref.id != seat for s in part.sites):
            part.sites = sorted([*part.sites, Site(m.i, m.j, ref(doc.lexicon, seat), "at", raion)], key=IN_ORDER)


def _raion_ahead(doc: Doc, m: Mention) -> str | None:
    """The raion that the text named last ahead of a word for its centre."""
    for part in reversed([p for p in doc.parts if p.i <= m.i][-_BACK:]):
        raions = [s.ref.id for s in part.sites if s.ref.level == "raion" and s.i < m.i]
        if raions:
            return raions[-1]
    return None


def _seat_of(doc: Doc, raion: str) -> str | None:
    """The town in a raion that gives it its name."""
    place = doc.lexicon.place(raion)
    name = place.name.rsplit(" ", 1)[0].casefold() if place is not None else ""
    towns = [row.id for row in doc.lexicon.rows(name) if row.level == "city"] if name else []
    return next((town for town in towns if raion in ancestors(doc.lexicon, town)), None)


def _region_ahead(doc: Doc, m: Mention) -> str | None:
    """The region that the name right ahead tells of, also as the adjective of an office."""
    for other in reversed(doc.mentions[max(0, m.n - _AHEAD) : m.n]):
        regions = {row.id for row in other.rows if row.level == "oblast"}
        if regions:
            return regions.pop() if len(regions) == 1 else None
    return None


def _last_row(sites: list[Site]) -> list[Site]:
    """ "Protests in A after a strike on B. 14 were killed there": the place named last, and those in a row with it."""
    k = len(sites) - 1
    while k and sites[k].i - sites[k - 1].j <= _JOINED:
        k -= 1
    return sites[k:]


def _governors(doc: Doc, part: Part, m: Mention) -> list[Site]:
    """ "Governor A said a man was killed in the village of B. The region came under fire": the one region of A."""
    near = doc.parts[max(0, part.n - 3) : part.n + 1]
    told = {str(x.data["place"]) for p in near for x in p.of("claimant") if x.data.get("place")}
    regions = [r for r in (ref(doc.lexicon, identity) for identity in told) if r.level == "oblast"]
    return [Site(m.i, m.j, regions[0], "at")] if len(regions) == 1 else []


def _bare_regions(doc: Doc, part: Part) -> list[Mention]:
    """ "In the region", where no name stands beside the word."""
    out = []
    for m in part.of("level.oblast"):
        k = m.i - 1
        if k > part.i and doc.at[k] is None and len(doc.tokens[k].f) <= 3:
            k -= 1
        before = doc.at[k] if k >= part.i else None
        is_head = (
            m.i == part.i and m.j < part.j and (doc.tokens[m.j].text in ":\u2013\u2014-" or part.has("alert.still"))
        )  # "The region: ...", "The region is still under alert"
        if is_head or (before is not None and before.group == "prep" and before.concept != "prep.from"):
            out.append(m)
    return out


def region_of(doc: Doc, site: Site) -> Site:
    """The region around a city, for "in the region"."""
    if site.ref.level not in ("city", "raion", "hromada", "district"):
        return site
    return _around(doc, site, site.role) or site


def _around(doc: Doc, site: Site, role: str = "at") -> Site | None:
    above = doc.lexicon.settings.get("around", {}).get(site.ref.id) or next(
        (a for a in ancestors(doc.lexicon, site.ref.id) if "-" in a), None
    )
    return Site(site.i, site.j, ref(doc.lexicon, above, site.ref.text), role) if above else None
