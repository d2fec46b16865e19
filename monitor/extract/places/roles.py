"""The part that a place plays in its sentence: target, launch area, where something is, excluded, speaker."""

from __future__ import annotations

from typing import Final

from monitor.extract.figures.calendar import is_concept
from monitor.extract.places.datelines import dateline
from monitor.extract.places.joined import is_bordering, is_joined, is_slashed
from monitor.extract.places.offices import is_venue, is_where_ships_fire
from monitor.extract.places.origins import (
    is_around,
    is_below_launches,
    is_in_areas,
    is_row_of_origins,
    is_where_its_owner_fires,
    is_where_planes_fire,
    is_where_took_off,
)
from monitor.extract.places.prepositions import is_behind_phrase, own_role
from monitor.extract.places.tellers import role_of_doer, role_of_teller, verb_behind
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.caseforms import case_of
from monitor.extract.words.mentions import Mention

__all__ = [
    "CAPITAL_OF_SIDE",
    "set_roles",
]

_TIMED: Final = 6
"""Tokens of a clock time, and whose forces."""
_TELLING: Final = frozenset(("claim", "claimant", "verb", "act", "strike", "count"))
CAPITAL_OF_SIDE: Final = {"side.ua": "UA-30", "side.ru": "RU-MOW"}


def _is_of_forces(doc: Doc, part: Part, site: Site) -> bool:
    """ "The army of A launched ...": whose forces open a sentence about what they did, right ahead of the name."""
    opening = doc.at[part.i]
    reach = _TIMED if opening is not None and opening.group == "time" else 2  # "At 20:55 the army of A dropped ..."
    if not 0 < site.i - part.i <= reach or not part.has("act.launched", "strike.attack"):
        return False
    return doc.tokens[site.i - 1].f in doc.lexicon.settings.get("forces", ())


def _is_subject_behind(doc: Doc, part: Part, site: Site, last: Site | None) -> bool:
    """ "In the Black Sea, A hit two tankers": a country behind where it was, right ahead of the verb."""
    opening = doc.at[part.i]
    if last is None or opening is None or opening.concept != "prep.at" or not 0 < last.i - part.i <= 2:
        return False
    verb = doc.at[site.j] if site.j < part.j else None
    is_blow = verb is not None and verb.concept in ("strike.hit", "strike.attack") and verb.j - verb.i == 1
    return is_blow and site.i == last.j + 1 and doc.tokens[last.j].text == ","


def set_roles(doc: Doc, part: Part, sites: list[Site]) -> None:
    last: Site | None = None
    flown_over: list[Site] = []
    is_list = _goes_on(doc, part) or is_below_launches(doc, part, sites)
    head = dateline(doc, part)
    is_telling = not part.groups.isdisjoint(_TELLING)
    for site in sites:
        if site.i < head:
            site.role = "speaker"
            continue
        role = "from" if is_list else own_role(doc, part, site, last)
        told = doc.at[site.i - 1] if site.i > part.i else None
        after = verb_behind(doc, part, site) if is_telling else None
        if is_telling:
            role = role_of_teller(doc, part, site, sites, role, told, after)
        role = _role_beside(doc, part, site, sites, role, told)
        if role == "from" and any(
            m.concept == "prep.areas" for m in doc.mentions_between(max(part.i, site.i - 3), site.i)
        ):
            is_list = True
        elif role is None and is_in_areas(doc, part, site):
            role, is_list = "from", True
        if is_telling:
            role = role_of_doer(doc, part, site, sites, role, told, after)
        if _is_launched_there(doc, part, site, sites, role):
            role = "from"
        if role == "from" and any(t.text == ":" for t in doc.tokens[max(part.i, site.i - 2) : site.i]):
            is_list = True
        role = role or _role_of_row_or_doer(doc, part, site, last)
        case = case_of(doc, site) if role is None or role == "target" else ""
        if role is None and case == "acc" and not _is_in_row_of_targets(doc, site, last, flown_over):
            flown_over.append(site)
        role = _role_by_case(doc, part, site, last, role, case)
        if role in (None, "at") and last is not None and last.role == "from" and is_around(doc, last, site, told):
            role = "from"
        if last is not None and _is_joined_to(doc, site, last, role):
            role = _shared_role(last, role, told)
            if last in flown_over:
                flown_over.append(site)
        site.role = role or "name"
        last = site
    if flown_over and not part.has("strike"):
        _set_passed(sites, flown_over)


def _role_beside(
    doc: Doc, part: Part, site: Site, sites: list[Site], role: str | None, told: Mention | None
) -> str | None:
    """The role of a heading, of a place that somebody left, that another lies by or where people meet."""
    is_head = site.i == part.i and site.j < part.j and doc.tokens[site.j].text == ":"
    if role is None and is_head and site.ref.level == "sea":
        return "at"  # "Black Sea: two tankers hit"
    if role == "target" and told is not None and is_concept(doc.at, told.i - 1, "act.left"):
        return "from"  # "six flew back to A": no target, and where they had come from or went
    if role == "past" and is_bordering(site, told, sites):
        return "speaker"
    if role in (None, "at", "target") and told is not None and part.has("venue", "time.ahead") and (
        is_venue(doc, part, told)):  # fmt: skip
        return "speaker"
    if role in (None, "at") and told is not None and part.has("veto.trade") and _is_of_makers(doc, part, told):
        return "speaker"
    return role


def _is_of_makers(doc: Doc, part: Part, told: Mention) -> bool:
    """ "5,300 were launched in September, and it can make 3,000 a month in A": where they are made, in a sentence that
    tells of no blow on those who make them."""
    made = [m for m in part.of("veto.trade") if m.j <= told.i and same_clause(doc, part, m.i, told.i)]
    if not made or part.has("strike", "toll", "alert"):
        return False
    return not any(m.group == "act" for m in doc.mentions_between(made[-1].j, told.i))


def _is_launched_there(doc: Doc, part: Part, site: Site, sites: list[Site], role: str | None) -> bool:
    """Whether planes took off or fire there, or ships on a sea."""
    if role != "from" and (is_where_took_off(doc, part, site) or is_where_its_owner_fires(doc, part, site)):
        return True
    if role not in ("at", "target"):
        return False
    if site.ref.level == "sea":
        return is_where_ships_fire(doc, part, site)
    return is_where_planes_fire(doc, part, site, sites)


def _role_of_row_or_doer(doc: Doc, part: Part, site: Site, last: Site | None) -> str | None:
    """The role of a place that no word gives one: that of the row it goes on, or of the country that did it."""
    if last is not None and last.role == "past" and is_joined(doc, last.j, site.i):
        return "past"
    if last is not None and last.role == "from" and is_row_of_origins(doc, last.j, site.i):
        return "from"
    if site.ref.level == "country" and (
        _is_of_forces(doc, part, site) or _is_subject_behind(doc, part, site, last)):  # fmt: skip
        return "agent"
    return None


def _is_in_row_of_targets(doc: Doc, site: Site, last: Site | None, flown_over: list[Site]) -> bool:
    """ "They fly at A and B": the second, where the first is not only flown over."""
    is_row = last is not None and last.role == "target" and is_joined(doc, last.j, site.i)
    return is_row and last not in flown_over


def _role_by_case(doc: Doc, part: Part, site: Site, last: Site | None, role: str | None, case: str) -> str | None:
    """The role by the ending of the name, in languages that write their "in", "from" and "to" into it."""
    if role == "target":
        return "at" if case == "loc" and not is_behind_phrase(doc, site, part.i) else role
    if role is not None:
        return role
    if case == "acc":
        return "target"
    if case == "loc" and not (last is not None and is_slashed(doc, last, site)):
        return "at"
    if case == "abl":
        return "from"
    if case == "all" and last is not None and last.role == "from":
        return "target"  # "from A to B"
    return None


def _is_joined_to(doc: Doc, site: Site, last: Site, role: str | None) -> bool:
    """Whether a place goes on the row of the one before, where its own word says no more than "in" or "of"."""
    if role is not None and role != "at":
        return False
    is_region = last.role == "from" and site.ref.level != "country"
    return is_joined(doc, last.j, site.i, is_of=role == "at", is_region=is_region)


def _shared_role(last: Site, role: str | None, told: Mention | None) -> str | None:
    is_of_row = (
        last.role == "target" and told is not None and told.concept == "prep.of"
    )  # "... in the direction of A and of B"
    return last.role if role is None or last.role in ("except", "from") or is_of_row else role


def _set_passed(sites: list[Site], flown_over: list[Site]) -> None:
    """ "They cross A toward B": what is crossed is only passed, where a word says where to."""
    last = max((n for n, s in enumerate(sites) if s.role in ("target", "at") and s not in flown_over), default=-1)
    for site in sites[: max(last, 0)]:
        if site in flown_over:
            site.role = "past"


def _goes_on(doc: Doc, part: Part) -> bool:
    """Whether the part goes on with the list of launch areas that the one before it began."""
    n = part.n
    before = doc.parts[n - 1] if n else None
    if before is None or before.line != part.line or doc.tokens[before.j - 1].text != ";":
        return False
    return bool(before.sites) and before.sites[-1].role == "from" and not part.has("act", "alert")
