"""What the sentences beside one say of it: the place of a dateline, the weapons of a heading."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Number, Part, Site, unread
from monitor.extract.words.weapons import Weapon, strike_kinds, weapons_of

__all__ = [
    "dateline_of_line",
    "heading_of_line",
    "is_dateline",
    "is_downed_alone",
    "is_taken_back",
    "of_heading",
    "which_was_attacked",
]

_OF_DATELINE: Final = frozenset(("place", "level", "mark", "prep", "conj"))
_HEADING: Final = 5
"""Tokens of "in the district of A:"."""
_UNREAD: Final = 2
_LIST: Final = 12
_ITEM: Final = 20
_REMARK: Final = 12


def is_dateline(doc: Doc, part: Part) -> bool:
    """ "Odesa. Debris set a roof on fire": a sentence that is the name of a place and nothing else."""
    is_bare = all(m.group in _OF_DATELINE or m.concept == "strike.explosion" for m in part.mentions)
    return bool(part.sites) and is_bare and unread(doc, part) <= (part.j - part.i <= 4) and not part.numbers


def heading_of_line(doc: Doc, part: Part) -> Part | None:
    """ "A district: hromadas of B and C. A man died. A house is destroyed": the sentence of the line that names the
    places of those behind it, and tells nothing itself; a dateline right ahead."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is not None and before.line == part.line and is_dateline(doc, before):
        return before
    head = part
    while head.n and doc.parts[head.n - 1].line == part.line:
        head = doc.parts[head.n - 1]
    if head is part or head.numbers or head.vetoes or not head.sites or unread(doc, head) > _UNREAD:
        return None
    is_headed = any(t.text == ":" for t in doc.tokens[head.i : min(head.j, head.i + _HEADING)])
    if not is_headed or any(m.group not in _OF_DATELINE for m in head.mentions):
        return None
    return head if not any(p.sites for p in doc.parts[head.n + 1 : part.n + 1]) else None


def dateline_of_line(doc: Doc, part: Part) -> Part | None:
    """ "Odesa. It was a hard night. Two hits": the name of one place that opens the line, where no other is told of."""
    head = part
    while head.n and doc.parts[head.n - 1].line == part.line:
        head = doc.parts[head.n - 1]
    if head is part or not is_dateline(doc, head) or len(head.sites) != 1 or head.sites[0].ref.level == "country":
        return None
    told = doc.parts[head.n + 1 : part.n + 1]
    return head if all(s.ref.name == head.sites[0].ref.name for p in told for s in p.sites) else None


def is_taken_back(doc: Doc, part: Part) -> bool:
    """ "They write of a hit in A. I do not confirm it": the short sentence behind begins with a denial."""
    other = doc.parts[part.n + 1] if part.n + 1 < len(doc.parts) else None
    if other is None or other.line != part.line:
        return False
    reach = 4 if (no := doc.at[other.i]) is not None and no.concept == "veto.negation" else 3  # "No, it is a fake, ..."
    if any(
        m.j - other.i <= reach and doc.tokens[min(m.j, other.j - 1)].text in ":—–," for m in other.of("veto.denied")
    ):
        return True  # "It is a fake: the video was filmed in A in 2023"
    if other.j - other.i > _REMARK or other.has("place") or _is_of_who_struck(doc, part, other):
        return False
    return any(m.i - other.i <= 3 for m in other.of("veto.denied")) and not other.has("toll", "person", "num")


def _is_of_who_struck(doc: Doc, part: Part, other: Part) -> bool:
    """ "A missile hit a hospital in A. The Kremlin denied it": whoever struck may deny what is told as a fact."""
    for name, side in (("side.ru", "UA"), ("side.ua", "RU")):
        if other.has(name) and any(side in ancestors(doc.lexicon, s.ref.id) for s in part.sites):
            return True
    return False


def of_heading(doc: Doc, part: Part) -> list[str]:
    """ "Strikes by Gerans:" above lines of places and what was heard there."""
    if part.j - part.i > _ITEM or not part.sites or part.has("weapon", "model", "act"):
        return []
    for other in reversed(doc.parts[max(0, part.n - _LIST) : part.n]):
        if other.line == part.line:
            continue
        if doc.tokens[other.j - 1].text == ":":
            is_told = other.has("strike") and not other.has("veto", "alert") and not other.sites
            return strike_kinds(weapons_of(doc, other)) if is_told else []
        if other.j - other.i > _ITEM or not other.sites or other.has("weapon", "model", "act"):
            return []
    return []


def is_downed_alone(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> bool:
    """ "Drones target A for the third night running, the mayor says 21 shot down": a verb right beside the only figure
    of a sentence that names one weapon."""
    if len(weapons) != 1 or len(part.numbers) != 1:
        return False
    beside = (doc.at[number.i - 1] if number.i > part.i else None, doc.at[number.j] if number.j < part.j else None)
    return any(m is not None and m.concept in ("act.shot_down", "act.merged") for m in beside)


def which_was_attacked(doc: Doc, sites: list[Site], number: Number) -> Site | None:
    """ "59 were downed, also over A, which was attacked by four drones": whose attack the relative clause tells of."""
    words = doc.lexicon.settings.get("relatives", ())
    before = [s for s in sites if s.j < number.i]
    last = before[-1] if before else None
    if last is None or last.j + 1 >= number.i or doc.tokens[last.j].text != ",":
        return None
    if doc.tokens[last.j + 1].f not in words:
        return None
    told = [m for m in doc.mentions_between(last.j, number.i) if m.group in ("act", "strike", "toll", "num")]
    return last if told and all(m.concept == "strike.attack" for m in told) else None
