"""Places of a text: each name resolved to a unit, with the part it plays, sentence by sentence."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.capitals import capital_words
from monitor.extract.places.distances import is_far_from, level_behind, without_locators
from monitor.extract.places.nearby import with_nearby
from monitor.extract.places.pointing import point_ahead, point_at_centre, point_back, point_within, region_of
from monitor.extract.places.resolve import resolve
from monitor.extract.places.roles import set_roles
from monitor.extract.places.rows import without_runs
from monitor.extract.places.seats import set_capitals_that_attack
from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL, ancestors, country_above, ref
from monitor.extract.places.villages import with_villages
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import ENDS, Mention
from monitor.model import PlaceRef

__all__ = ["find_sites"]

_CLOCK: Final = 8


def find_sites(doc: Doc) -> None:
    """Fill every part's ``sites`` with resolved places and their roles."""
    if not any(part.has("place", "level.city", "count.other") for part in doc.parts):
        return
    context = _named_in(doc)
    own: set[str] = set()
    line = -1
    for part in doc.parts:
        if not part.has("place", "level.city", "level.oblast", "count.other"):
            continue
        if part.line != line:
            own, line = _named_in_line(doc, part), part.line
        sites = _resolved(doc, part, context, own)
        capital_words(doc, part, sites)
        sites = _of_this_event(doc, part, sites, context)
        if sites := without_runs(doc, part, sites):
            part.sites = _in_their_roles(doc, part, sites)
        point_back(doc, part)
        point_within(doc, part)
        if "claimant" in part.groups:
            point_ahead(doc, part)
        if "place.centre" in part.groups or "place.seat" in part.groups:
            point_at_centre(doc, part)


def _named_in(doc: Doc) -> set[str]:
    """The regions that the text is about: of its channel, of the names that can mean one place alone, of governors."""
    context = set(doc.area)
    for identity in doc.area:
        context.update(ancestors(doc.lexicon, identity))
    for m in doc.mentions:
        _add_named(doc, m, context)
    return context


def _named_in_line(doc: Doc, part: Part) -> set[str]:
    """The regions that the line of a sentence is about; nothing where the text has no other line."""
    context: set[str] = set()
    if len(doc.lines) > 1:
        for m in doc.mentions_between(*doc.lines[part.line]):
            _add_named(doc, m, context)
    return context


def _add_named(doc: Doc, m: Mention, context: set[str]) -> None:
    if m.entries is None:
        only = m.rows[0] if len(m.rows) == 1 else None
        if only is not None and only.level == "oblast" and not only.is_adj:
            context.add(only.id)
        elif only is not None and (only.level == "hromada" or (only.level == "raion" and not only.is_adj)):
            _add_with_regions(doc, only.id, context)
        elif (big := _large_city(doc, m)) is not None:
            _add_with_regions(doc, big, context)
    elif m.group != "claimant":
        return
    elif own := m.data.get("place"):
        context.add(str(own))  # a governor speaks of places in his region
    elif m.concept == "claimant.governor" and m.i and (region := doc.at[m.i - 1]) is not None:
        around = doc.lexicon.settings.get("around", {})
        context.update(around.get(row.id, row.id) for row in region.rows if row.level == "oblast")


def _resolved(doc: Doc, part: Part, context: set[str], own: set[str]) -> list[Site]:
    """The places that the names of a sentence mean; the regions of those that are sure tell of the names behind.
    ``own`` are those of its line, which tell more than those of the ``context``."""
    sites: list[Site] = []
    for m in part.mentions:
        if not m.rows:
            continue
        row = resolve(doc, part, m, context, own)
        if row is None:
            if m.j - m.i > 1:
                part.is_unplaced = True
            continue
        row = _of_same_city(m, row, sites)
        if len(m.rows) == 1 or row.population >= _LARGE:
            for above in ancestors(doc.lexicon, row.id):
                if "-" in above:
                    context.add(above)
                    if len(doc.lines) > 1:
                        own.add(above)
        city = doc.lexicon.place(row.parent) if row.level == "district" and row.parent else None
        is_part = city is not None and (city.level == "city" or city.id in CITIES_OF_FIRST_LEVEL)
        if is_part and city is not None:
            row = city
        words = doc.words(m.i, m.j)
        here = ref(doc.lexicon, row.id, words) if row.id else PlaceRef(row.name, None, row.level, None, words)  # type: ignore[arg-type]
        sites.append(Site(m.i, m.j, here, "name", row.parent, row.population, _is_tagged(doc, m), is_part))
    return sites


def _of_this_event(doc: Doc, part: Part, sites: list[Site], context: set[str]) -> list[Site]:
    """Without the places by whose clock it is; with the villages that no table has, or that others lie by."""
    if sites and part.whens:
        sites = [s for s in sites if not _is_of_a_clock(doc, part, s)]
    if sites and part.has("time.zone"):
        sites = [s for s in sites if (by := doc.at[s.i - 1]) is None or by.concept != "time.zone"]
    if sites and part.has("strike", "toll") and not part.has("alert"):
        sites = with_nearby(doc, part, sites)
    if part.has("level.city", "count.other", "target.rail") or len(sites) > 1 or any(
        s.ref.id is None for s in sites
    ):  # fmt: skip
        return with_villages(doc, part, sites, context)
    return sites


def _of_same_city(m: Mention, row: Candidate, sites: list[Site]) -> Candidate:
    """ "In the A district of the city ..., in the B": a district of that city, where a raion is named alike."""
    last = sites[-1] if sites and sites[-1].is_part else None
    if last is None or not row.is_adj or row.level != "raion":
        return row
    return next((one for one in m.rows if one.level == "district" and one.parent == last.ref.id), row)


def _add_with_regions(doc: Doc, identity: str, context: set[str]) -> None:
    """The place and the regions that it lies in."""
    context.add(identity)
    for above in ancestors(doc.lexicon, identity):
        if "-" in above:
            context.add(above)


def _is_of_a_clock(doc: Doc, part: Part, site: Site) -> bool:
    """ "At 10:42 (9:42 in France)": the place by whose clock it is, in brackets with the hour."""
    if site.j >= part.j or doc.tokens[site.j].text != ")":
        return False
    opens = next((k for k in range(site.i - 1, max(part.i, site.i - _CLOCK), -1) if doc.tokens[k].text == "("), -1)
    return opens >= part.i and doc.tokens[opens + 1].kind == "n" and not any(
        (m := doc.at[k]) is not None and m.group in ("weapon", "model", "strike", "toll", "person")
        for k in range(opens, site.i)) and any(w.i <= opens + 1 < w.j for w in part.whens)  # fmt: skip


def _large_city(doc: Doc, m: Mention) -> str | None:
    """The city that a name can hardly not mean: its region tells of the names before it as of those behind."""
    first = m.rows[0]
    if first.level != "city" or first.population < _TOWN or first.is_adj or first.is_common or "old" in first.note:
        return None
    if len(m.rows) == 1 or first.population >= _LARGE:
        return first.id
    return first.id if all(row.population * _MUCH < first.population for row in m.rows[1:]) else None  # or a village


def _in_their_roles(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    set_roles(doc, part, sites)
    set_capitals_that_attack(doc, part, sites)
    sites = [_governed(doc, part, s) for s in sites]
    _mark_routes(doc, part, sites)
    _mark_closed(doc, part, sites)
    if len(sites) > 1:
        _mark_surname(doc, part, sites)
        sites = without_locators(doc, part, _without_shadows(doc, sites))
    elif is_far_from(doc, part, sites[0]):
        sites = _in_its_country(doc, sites[0])
    return _with_regions(doc, part, sites)


def _in_its_country(doc: Doc, site: Site) -> list[Site]:
    """ "A refinery 200 km from A": all that is known is the country."""
    country = country_above(doc.lexicon, site.ref.id)
    return [Site(site.i, site.j, ref(doc.lexicon, country, site.ref.text), "at")] if country else []


def _is_tagged(doc: Doc, m: Mention) -> bool:
    """ "#Name" or "#m_Name", where the letter is short for "city"."""
    k = m.i - 1
    if k > 0 and (level := doc.at[k]) is not None and level.concept == "level.city" and doc.tokens[m.i].glued:
        k = level.i - 1
    return k >= 0 and doc.tokens[k].text == "#"


def _mark_routes(doc: Doc, part: Part, sites: list[Site]) -> None:
    """ "Three drones A - B": from A to B, where the weapon stands right before A, or an arrow between them."""
    for n in range(1, len(sites)):
        one, other = sites[n - 1], sites[n]
        before = doc.at[one.i - 1] if one.i > part.i else None
        is_flight = before is not None and before.group in ("weapon", "model")
        if not (one.role == other.role == "name" and one.j < other.i <= one.j + _ARROW):
            continue
        sign = doc.tokens[one.j].text[0]
        if sign in _ARROWS or (is_flight and other.i == one.j + 1 and sign in DASHES):
            one.role, other.role = "past", "target"


def _mark_closed(doc: Doc, part: Part, sites: list[Site]) -> None:
    """An airport or bridge that is closed is no place under an alert: its role is ``closed``."""
    closures = part.of("veto.closure")
    if not closures:
        return
    is_all = not part.has("alert.siren", "alert.danger", "alert.threat", "alert.all_clear", "alert.all_clear_siren")
    downed = part.of("act.shot_down", "act.merged")
    closed = [
        s for s in sites
        if any(same_clause(doc, part, m.i, s.i) for m in closures)
        or (is_all and not any(s.j <= m.i and same_clause(doc, part, m.i, s.i) for m in downed))
    ]  # fmt: skip
    if not is_all and len(closed) == len(sites):
        return  # the same place is under the alert too
    for site in closed:
        before = doc.at[site.i - 1] if site.i > part.i else None
        is_told = any(closures[0].j <= m.i < site.i for m in part.of("act.shot_down", "act.merged")) or (
            sites[0].i < closures[0].i and any(closures[0].j <= m.i < site.i for m in part.of("strike.attack"))
        )
        if before is None or not (
            before.concept == "prep.on"
            or (before.concept == "prep.to" and any(0 <= before.i - m.j <= _ATTACK for m in part.of("strike.attack")))
            or (before.concept in ("prep.at", "prep.over") and is_told)
        ):
            site.role = "closed"  # not of "airport shut after an attack on A", "as drones were downed over A"


_ATTACK: Final = 3
"""Tokens of "attack in mass of drones on" behind its first word."""
_ARROW: Final = 2
_ARROWS: Final = "\u27a1\u2192\u27a4"
_TOWN: Final = 60_000
_MUCH: Final = 50
_LARGE: Final = 200_000
"""People of a town whose name can hardly mean another place: its region tells of the names beside it."""


def _mark_surname(doc: Doc, part: Part, sites: list[Site]) -> None:
    """ "Gusev: in Voronezh ...": a small town's name at the head, before a colon, far from what is told behind it, is a
    surname."""
    first = sites[0] if len(sites) > 1 else None
    if first is None or first.i != part.i or first.ref.level != "city" or first.population >= _TOWN:
        return
    if first.j >= part.j or doc.tokens[first.j].text != ":":
        return
    line = {first.ref.id, *(a for a in ancestors(doc.lexicon, first.ref.id) if "-" in a)}
    others = [s for s in sites[1:] if s.ref.level != "sea"]
    if others and all(line.isdisjoint((s.ref.id, *ancestors(doc.lexicon, s.ref.id))) for s in others):
        first.role = "speaker"


def _governed(doc: Doc, part: Part, site: Site) -> Site:
    """ "Bryansk governor", "the governor of Belgorod": a governor's is the region, not the city."""
    if site.ref.level != "city" or site.role not in ("name", "at"):
        return site
    after = doc.at[site.j] if site.j < part.j else None
    before = doc.at[site.i - 1] if site.i > part.i else None
    if before is not None and before.group == "prep" and before.i > part.i:
        before = doc.at[before.i - 1]
    is_his = before is not None and before.concept == "claimant.governor"
    is_his = is_his or (after is not None and after.concept == "claimant.governor")
    return region_of(doc, site) if is_his else site


def _with_regions(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Kyiv/region": the city and the region around it."""
    out: list[Site] = []
    for site in sites:
        if (city := _city_beside(doc, part, site)) is not None:
            out.append(city)
        out.append(site)
        joint = doc.at[site.j] if site.j + 1 < part.j else None
        is_joined = site.j + 1 < part.j and (
            doc.tokens[site.j].text in "/\\," or (joint is not None and joint.concept == "conj.and")
        )
        m = doc.at[site.j + 1] if is_joined else None
        if is_joined and (m is None or m.group == "prep") and not part.has_any(ENDS):
            m = level_behind(doc, part, site.j + 1)  # "A and its region"
        follower = doc.at[m.j] if m is not None and m.j < part.j else None
        if follower is not None and follower.group == "place":
            m = None
        if m is None or site.ref.level != "city" or m.concept not in ("level.oblast", "level.oblasts", "level.raion"):
            continue
        if m.concept == "level.raion":
            raion = next((a for a in ancestors(doc.lexicon, site.ref.id) if _is_raion(doc, a)), None)
            if raion and joint is not None and m.i == joint.j and m.j - m.i == 1 and not part.has_any(ENDS):
                out.append(Site(m.i, m.j, ref(doc.lexicon, raion, doc.words(m.i, m.j)), site.role))
            continue
        pairs = doc.lexicon.settings.get("around", {})
        above = pairs.get(site.ref.id) or next((a for a in ancestors(doc.lexicon, site.ref.id) if "-" in a), None)
        if above:
            out.append(Site(m.i, m.j, ref(doc.lexicon, above, doc.words(m.i, m.j)), site.role))
    return out


def _city_beside(doc: Doc, part: Part, site: Site) -> Site | None:
    """ "In the city and the region of A": the city of that name, beside its region."""
    level = doc.at[site.i - 1] if site.ref.level == "oblast" and site.i > part.i else None
    joint = doc.at[level.i - 1] if level is not None and level.concept == "level.oblast" and level.i > part.i else None
    city = doc.at[joint.i - 1] if joint is not None and joint.concept == "conj.and" and joint.i > part.i else None
    if city is None or city.concept not in ("level.city", "place.this", "count.other"):
        return None
    around = doc.lexicon.settings.get("around", {})
    name = doc.at[site.i]
    for row in name.rows if name is not None else ():
        if not row.is_adj and around.get(row.id) == site.ref.id:
            return Site(city.i, city.j, ref(doc.lexicon, row.id, site.ref.text), site.role, row.parent, row.population)
    return None


def _is_raion(doc: Doc, identity: str) -> bool:
    found = doc.lexicon.place(identity)
    return found is not None and found.level == "raion"


def _is_of(doc: Doc, k: int) -> bool:
    """ "The district of A", but where a language says so by the case alone."""
    return (m := doc.at[k]) is not None and m.concept in ("num.of", "prep.of")


def _without_shadows(doc: Doc, sites: list[Site]) -> list[Site]:
    """The city named beside its own hromada is the hromada; a name said twice in a row is said once."""
    out: list[Site] = []
    for n, site in enumerate(sites):
        after = sites[n + 1] if n + 1 < len(sites) else None
        if (
            after is not None
            and site.ref.level == "city"
            and after.ref.level == "hromada"
            and after.i - site.j <= 2
            and after.ref.id is not None
            and (site.parent == after.ref.id or site.ref.name.split()[0][:4] == after.ref.name.split()[0][:4])
        ):
            if after.i > site.j:
                continue
            after = None  # "A of the A hromada": the city
        elif (
            site.ref.level == "hromada"
            and out
            and out[-1].ref.level == "city"
            and out[-1].j == site.i
            and (out[-1].parent == site.ref.id or out[-1].ref.name.split()[0][:4] == site.ref.name.split()[0][:4])
        ):
            continue
        is_inside = after is not None and site.ref.level == "raion" and after.ref.level == "city" and (
            after.i == site.j or (after.i == site.j + 1 and _is_of(doc, site.j)))  # fmt: skip
        if is_inside and after is not None and site.ref.id not in ancestors(doc.lexicon, after.ref.id):
            after.role = site.role if after.role == "name" else after.role
            continue  # "in the Krasnoarmeysky district of Volgograd": a district of the city
        out.append(site)
    return out
