"""An alert report in the making, and the places that are added to it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import weapons_of
from monitor.model import PlaceRef

__all__ = [
    "FORMAL",
    "THREAT",
    "Proposal",
    "add_sites",
    "is_headline",
    "is_same_place",
    "level_of",
    "threats_named",
    "without_parents",
    "without_wider",
]

THREAT: Final = {
    "drone": "drone", "missile": "missile", "ballistic": "ballistic", "guided_bomb": "guided_bomb", "rocket": "missile",
    "artillery": "artillery", "mixed": "air", "fast": "missile", "mig31k": "mig31k", "device": "drone",
}  # fmt: skip
FORMAL: Final = (("alert.rockets_fire", "missile"), ("alert.hostile_aircraft", "drone"))
"""The formal alerts of Israel, each with its threat."""
_LEVEL: Final = 4
_TOWN: Final = 50_000
_MOST: Final = 300
_ASIDE: Final = frozenset(("from", "closed", "speaker"))


class Proposal:
    """An alert report in the making."""

    __slots__ = (
        "confidence", "excepted", "is_doubtful", "is_everywhere", "is_from_tag", "level", "ongoing", "part", "rule",
        "sites", "status", "threat",
    )  # fmt: skip

    def __init__(
        self,
        status: str,
        threat: str | None,
        part: Part,
        rule: str,
        *,
        ongoing: bool = False,
        level: str | None = None,
        is_everywhere: bool = False,
        confidence: float = 0.95,
    ) -> None:
        self.status = status
        self.threat = threat
        self.part = part
        self.rule = rule
        self.sites: list[PlaceRef] = []
        self.excepted: list[PlaceRef] = []
        self.ongoing = ongoing
        self.level = level
        self.is_everywhere = is_everywhere
        self.is_from_tag = False
        self.is_doubtful = False
        self.confidence = confidence


def without_parents(doc: Doc, sites: list[Site]) -> list[Site]:
    """ "Of the Boryspil raion of the Kyiv oblast": the oblast only says where the raion lies."""
    out: list[Site] = []
    for site in sites:
        last = out[-1] if out else None
        if (
            last is not None
            and last.ref.level == "area"
            and doc.tokens[last.j].text == ":"
            and site.ref.level == "city"
        ):
            out.pop()  # "area of A: B, C": the towns of it that are meant
        if last is not None and _is_behind(doc, last, site) and site.ref.id in ancestors(doc.lexicon, last.ref.id):
            continue
        if last is not None and _is_address(doc, last, site) and site.ref.id in ancestors(doc.lexicon, last.ref.id):
            continue
        if last is not None and site.i == last.j + 1 and doc.tokens[last.j].text == "(":
            if site.ref.id in ancestors(doc.lexicon, last.ref.id):
                continue  # "A (region of B)"
            if last.ref.level == "oblast" and last.ref.id in ancestors(doc.lexicon, site.ref.id):
                out.pop()  # "the region of B (A)"
        out.append(site)
    return out


def without_wider(doc: Doc, part: Part, sites: list[Site], trigger: Mention) -> list[Site]:
    """ "In the Sumy oblast all clear for the Romny raion", "all clear in Romny in the Sumy oblast": what is over in a
    part of it is not over in all of it, unless the whole is one of a row itself ("in A and in the oblast")."""
    told = [s for s in sites if s.role != "except" and s.role not in _ASIDE]
    if len(told) < 2:
        return sites
    narrow = [s for s in told if not _is_told_aside(doc, part, s, trigger)]
    rows = [pair for pair in pairwise(told) if _are_in_a_row(doc, *pair)]
    wide = [
        s.i for s in told
        if any(s.ref.id in ancestors(doc.lexicon, n.ref.id) for n in narrow) and not any(s in pair for pair in rows)
    ]  # fmt: skip
    return [s for s in sites if s.i not in wide] if wide else sites


def _is_told_aside(doc: Doc, part: Part, site: Site, trigger: Mention) -> bool:
    """ "All clear in A, the airport of B is open": in a clause that tells something else or is not understood."""
    if same_clause(doc, part, site.i, trigger.i):
        return False
    others = [m.i for m in part.of("target", "claimant", "act", "strike")]
    others += [k for k in range(part.i, part.j) if doc.at[k] is None and doc.tokens[k].kind == "w"]
    return any(same_clause(doc, part, site.i, k) and not same_clause(doc, part, trigger.i, k) for k in others)


def _are_in_a_row(doc: Doc, one: Site, other: Site) -> bool:
    """ "A and B"; a region and its centre with a comma or a stroke between them too."""
    if any(m.concept == "conj.and" for m in doc.mentions_between(one.j, other.i)):
        return True
    region, town = (one, other) if one.ref.level == "oblast" else (other, one)
    centres = doc.lexicon.settings.get("centres", {})
    is_seat = town.ref.id is not None and centres.get(region.ref.id) == town.ref.id
    return is_seat and all(doc.tokens[k].text in ",/+" or _is_of_group(doc, k, "level") for k in range(one.j, other.i))


def _is_of_group(doc: Doc, k: int, group: str) -> bool:
    return (m := doc.at[k]) is not None and m.group == group


def _is_behind(doc: Doc, last: Site, site: Site) -> bool:
    """Whether nothing, or only the word for a district, stands between two names, or ", in the region of"."""
    k = last.j
    if (
        k < site.i <= k + 5
        and doc.tokens[k].text == ","
        and all(
            (m := doc.at[n]) is not None and (m.group in ("prep", "level") or m.concept == "num.of")
            for n in range(k + 1, site.i)
        )
    ):
        return True
    between = doc.mentions_between(last.j, site.i)
    if site.i - last.j <= _LEVEL and any(m.concept == "prep.side" for m in between) and (
        all(m.group == "prep" for m in between) and all(_is_word(doc, k) for k in range(last.j, site.i))):  # fmt: skip
        return True  # "A in the south of the region of B"
    return site.i == last.j or (
        site.i - last.j <= _LEVEL
        and all(
            (m := doc.at[k]) is not None and (m.group == "level" or m.concept in ("num.of", "prep.of"))
            for k in range(last.j, site.i)
            if _is_word(doc, k)
        )
    )


def _is_address(doc: Doc, last: Site, site: Site) -> bool:
    """ "..., Semenivka, Chernihiv region.": a region behind the comma of a small place ends the sentence."""
    is_region = site.ref.level == "oblast" and last.ref.level == "city" and last.population < _TOWN
    ends = site.j >= len(doc.tokens) or doc.tokens[site.j].text in ".!;" or doc.tokens[site.j].kind == "l"
    return is_region and site.i == last.j + 1 and doc.tokens[last.j].text == "," and ends


def _is_word(doc: Doc, k: int) -> bool:
    return doc.tokens[k].kind == "w" or doc.tokens[k].text not in "-."


def threats_named(doc: Doc, part: Part) -> list[str]:
    out: list[str] = ["mig31k"] if part.has("weapon.mig31k") else []
    for weapon in weapons_of(doc, part):
        threat = THREAT.get(weapon.kind)
        if threat is not None and threat not in out:
            out.append(threat)
    if "mig31k" in out and "ballistic" in out:
        out.remove("ballistic")
    if "missile" in out and "ballistic" in out and _is_adjacent_missile(doc, part):
        out.remove("missile")
    if len(out) > 1 and "air" in out:
        out.remove("air")
    return out


def _is_adjacent_missile(doc: Doc, part: Part) -> bool:
    """ "Ballistic missiles": one weapon in two words; not "ballistics and missiles", "ballistics + Zircons"."""
    ballistic = [m for m in part.mentions if m.concept == "weapon.ballistic" or m.data.get("weapon") == "ballistic"]
    missile = [m for m in part.mentions if m.concept == "weapon.missile"]
    return bool(missile) and all(
        any(_is_beside(doc, b, m) or _is_beside(doc, m, b) for b in ballistic) for m in missile
    )


def _is_beside(doc: Doc, one: Mention, other: Mention) -> bool:
    """Whether at most two tokens, and no "and", stand between the first and the second."""
    if not -2 <= other.i - one.j <= 2:
        return False
    between = range(one.j, other.i)
    return not any(
        ((m := doc.at[k]) is not None and m.concept == "conj.and") or doc.tokens[k].text == "+" for k in between
    )


def is_headline(doc: Doc, part: Part, trigger: Mention) -> bool:
    """A short announcement: nothing but places, signs, clock and the words of the alert."""
    stop = part.j
    if trigger.i == part.i:
        stop = next((k for k in range(trigger.j, part.j) if doc.tokens[k].text == ":"), part.j)
        last = max((s.j for s in part.sites), default=part.j)  # "air alert in A and B, drones have crossed the border"
        stop = min(stop, next((k for k in range(last, part.j) if doc.tokens[k].text == ","), part.j))
        first = min((s.j for s in part.sites), default=part.j)  # "air alert in A - explosions reported"
        stop = min(stop, next((k for k in range(first, part.j) if doc.tokens[k].is_parting and (
            doc.tokens[k].text in DASHES)), part.j))  # fmt: skip
    least = 3 if doc.lang in doc.lexicon.settings.get("articled", ()) else 1  # "l", "la", "the" say nothing
    unknown = sum(
        1
        for k in range(part.i, stop)
        if doc.at[k] is None
        and doc.tokens[k].kind == "w"
        and len(doc.tokens[k].f) >= least
        and not (trigger.i <= k < trigger.j)
    )
    return unknown <= 2 and stop - part.i <= 40


def level_of(part: Part) -> str | None:
    if part.has("alert.level_red"):
        return "red"
    return "yellow" if part.has("alert.level_yellow") else None


def add_sites(proposal: Proposal, sites: list[Site]) -> None:
    for site in sites:
        if site.is_tag:
            continue
        if site.role == "except":
            if site.ref not in proposal.excepted:
                proposal.excepted.append(site.ref)
        elif (
            site.role not in _ASIDE
            and len(proposal.sites) < _MOST
            and not any(is_same_place(site.ref, other) for other in proposal.sites)
        ):
            proposal.sites.append(site.ref)


def is_same_place(a: PlaceRef, b: PlaceRef) -> bool:
    return a.id == b.id if a.id and b.id else a.name == b.name
