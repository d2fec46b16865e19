"""A course alone in a terse post: where something heads that the sentence does not name."""

from __future__ import annotations

from typing import Final

from monitor.extract.alerts.aims import has_own_number, threat_proposals, without_clean, without_headers, without_none
from monitor.extract.alerts.proposals import Proposal, add_sites, threats_named, without_parents
from monitor.extract.alerts.terse import is_call
from monitor.extract.counts.flights import is_survey
from monitor.extract.text.doc import Doc, Part, Site, unread
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause

__all__ = ["elliptic_course"]

_PAUSES: Final = frozenset((",", "!", ":", *DASHES))
_ALOFT: Final = frozenset(("act.present", "act.reached"))
_LINES: Final = 8
_TERSE: Final = 9
"""Tokens of "Repeated launches at A (B)."."""
_ROW: Final = 40
"""Tokens of a row of figures and where they head for."""


def elliptic_course(doc: Doc, part: Part) -> list[Proposal]:
    """ "Course for Kyiv!": a direction alone, in a terse post."""
    if not part.sites:
        return []
    near = doc.parts[max(0, part.n - 3) : part.n + 3]
    near = [p for p in near if p.n != part.n or p is part]  # not the sentence that ``part`` is a clause of
    if any(p.has("act.shot_down", "act.merged", "act.lost", "toll") and p.numbers for p in near):
        return []
    if part.has("act.launch_noun") and (again := _more_of_them(doc, part) or ["other"] * is_call(doc, part)):
        return threat_proposals(doc, part, again, "act.launch_noun", 0.5)
    if _tells_of_more(doc, part, near) or not _is_course_told(doc, part):
        return []
    aimed = _flown_at(doc, part)
    of_carriers = any(p.has("weapon.carrier") for p in doc.parts[max(0, part.n - 3) : part.n])
    if of_carriers or not any(s.ref.level != "sea" for s in aimed):
        return []
    threat = "drone" if is_survey(doc, part) or _is_among_drones(doc, part) else "other"
    proposal = Proposal("threat", threat, part, "prep.to", confidence=0.6)
    chosen = [*aimed, *(s for s in part.sites if s.role == "at" and has_own_number(doc, part, s, aimed))]
    add_sites(proposal, without_headers(doc, without_parents(doc, chosen)))
    return [proposal]


def _tells_of_more(doc: Doc, part: Part, near: list[Part]) -> bool:
    """Whether a sentence has more to tell than a course: what was struck, who says so, what part of them it is."""
    if part.has("veto", "strike", "toll", "claim", "target", "person"):
        return True
    if part.has("num.subset") and (
        any(p.numbers for p in near if p is not part)
        or not any(s.role == "target" and _is_counted(doc, part, s) for s in part.sites)
    ):
        return True
    if doc.tokens[part.j - 1].text == "?" and not part.has("alert.fly"):
        return True  # "Heard in A?"
    if any(m.concept not in _ALOFT for m in part.of("act")):
        return True
    beside = sum(s.j - s.i + 1 for s in part.sites[1:])
    return part.j - part.i - beside > (_ROW if _is_row(doc, part) else 10)


def _has_course(doc: Doc, part: Part) -> bool:
    words = doc.lexicon.settings.get("course", ())
    return any(doc.tokens[k].f in words for k in range(part.i, part.j))


def _is_course_told(doc: Doc, part: Part) -> bool:
    """ "Course - A", "-> A", "they fly to A", or nothing but "to A"."""
    if part.has("alert.fly") or any(m.concept == "prep.to" and m.data.get("is_course") for m in part.mentions):
        return True
    if _has_course(doc, part) or part.has("mark.arrow"):
        return True
    if any(doc.tokens[k].text in "\u27a1\u2192\u27a4" for k in range(part.i, part.j)):
        return True
    is_terse = (
        part.j - part.i <= _aim_length(doc, part)
        and not part.has("side")
        and (not part.has("count") or part.has("prep.past"))
    )
    return (len(doc.parts) <= 4 or _is_below_region(doc, part)) and any(
        s.role == "target" and (is_terse or (s.ref.level != "country" and _is_told_of(doc, part, s)))
        for s in part.sites
    )


def _flown_at(doc: Doc, part: Part) -> list[Site]:
    """The places that a course leads to, or else those it leads past or where they fly."""
    aimed = [s for s in part.sites if s.role == "target"]
    aimed += [
        s for m in part.of("act.reached") for s in part.sites if aimed and s.i == m.j
    ]  # "they reached A, on to B"
    if not aimed and (part.has("alert.fly") or _has_course(doc, part)):
        aimed = [s for s in part.sites if s.role == "past"]  # "through A, course west"
    if not aimed and part.has("alert.fly"):
        aimed = [s for s in part.sites if s.role == "at" and s.ref.level != "country"]
    if not aimed and part.has("alert.fly"):
        aimed = _called_at_head(doc, part)
    return without_clean(doc, part, without_none(doc, part, aimed))


def _is_below_region(doc: Doc, part: Part) -> bool:
    """ "Region of A:" above lines that say how many head for which of its towns."""
    for other in reversed(doc.parts[max(0, part.n - _LINES) : part.n]):
        if doc.tokens[other.j - 1].text == ":" and other.line != part.line:
            is_region = bool(other.sites) and all(s.ref.level == "oblast" for s in other.sites)
            return is_region and all(m.group in ("place", "level", "mark") for m in other.mentions)
    return False


def _called_at_head(doc: Doc, part: Part) -> list[Site]:
    """ "A, B, it flies at you!", "A - two at you": whoever is called at the head of a sentence that says nothing else,
    a comma or a dash behind the name."""
    names = [s for s in part.sites if s.role == "name" and s.ref.level != "country"]
    if len(names) != len(part.sites) or names[0].i - part.i > 1 or unread(doc, part):
        return []
    flies = part.of("alert.fly")[0]
    is_head = all(s.j < flies.i for s in names) and doc.tokens[names[-1].j].text in _PAUSES
    return names if is_head else []


def _is_told_of(doc: Doc, part: Part, site: Site) -> bool:
    """A number beside the place, or "one is left" in its clause."""
    left = part.of("act.present")
    return _is_counted(doc, part, site) or any(same_clause(doc, part, site.i, m.i) for m in left)


def _is_counted(doc: Doc, part: Part, site: Site) -> bool:
    """ "3 to A", "A 3", "to A for now 3": a number, and no word between it and the place that nobody knows."""
    for number in part.numbers:
        low, high = (number.j, site.i) if number.j <= site.i else (site.j, number.i)
        if all(doc.at[k] is not None or doc.tokens[k].kind != "w" for k in range(low, high)):
            return True
    return False


def _more_of_them(doc: Doc, part: Part) -> list[str]:
    """ "Bombs for A. More launches at B": a terse sentence behind one that names the weapon, on a line of its own where
    that tells of launches too."""
    before = doc.parts[part.n - 1] if part.n else None
    is_named = before is not None and before.has("weapon", "model") and (
        before.line == part.line or before.has("act.launch_noun"))  # fmt: skip
    others = part.has("veto", "strike", "toll", "claim", "person", "target", "count", "month", "weekday")
    is_terse = not others and part.j - part.i <= _TERSE and any(s.role == "target" for s in part.sites)
    return threats_named(doc, before) if before is not None and is_named and is_terse else []


def _aim_length(doc: Doc, part: Part) -> int:
    """Tokens of a post that is nothing but where to: more where every word of it is known, or says which of them."""
    which = doc.lexicon.settings.get("which_of_them", ())
    unknown = [k for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w"]
    return 4 if any(doc.tokens[k].f not in which for k in unknown) else 7


def _is_among_drones(doc: Doc, part: Part) -> bool:
    """ "No drones near by. A few dozen go through A", "one is left": what flies was named in the sentence before."""
    before = doc.parts[part.n - 1] if part.n else None
    is_near = before is not None and (before.line == part.line or part.has("act.present"))
    return before is not None and is_near and threats_named(doc, before) == ["drone"]


def _is_row(doc: Doc, part: Part) -> bool:
    """ "A: 40 to B from C, 30 to D": nothing but figures and where they head for."""
    aimed = sum(1 for s in part.sites if s.role == "target")
    return (
        aimed > 0
        and len(part.numbers) > 1
        and not unread(doc, part)
        and not part.has("time", "month", "count", "weekday")
    )
