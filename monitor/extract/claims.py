"""Who says it: names and offices with a printed English form, else the channel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site, tells_its_own_matter
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import ADMINISTRATIONS, Mention

_DOES: Final = 4
_CAPITALS: Final = {"RU-MOW": ("Moscow", "RU"), "UA-30": ("Kyiv", "UA")}

__all__ = [
    "claimant_of",
    "is_firing",
    "is_of_third_countries",
    "people_beside",
    "place_of_office",
    "places_of_office",
    "places_told_by",
]

_BACK: Final = 6
_REACH: Final = 2
_FIRES: Final = frozenset(("act.launched", "act.fired"))
_SIDES: Final = frozenset(("UA", "RU"))
_MINISTRIES: Final = frozenset(("claimant.mod_ru", "claimant.mod", "claimant.air_force"))
_LOOSE: Final = frozenset(
    ("claimant.ukraine", "claimant.russia", "claimant.kyiv", "claimant.moscow", "claimant.governor", "claimant.mayor",
     "claimant.army_ru", *ADMINISTRATIONS)
)  # fmt: skip
"""Whoever is named for more than what he says."""
_OF_WAR: Final = frozenset(("strike", "act", "weapon", "toll", "alert"))
_TOWNS: Final = frozenset(("oblast", "raion", "city"))
_LIST: Final = 16
"""Lines of a list below the sentence that says who tells it."""


def claimant_of(doc: Doc, part: Part, at: int) -> tuple[str | None, str | None, str | None]:
    """The claimant named in the sentence, nearest first, else in the rest of its line, else the channel's own;
    the side it stands on and the place it answers for, where it has one."""
    named = [m for m in _offices(part) if _speaks(part, m) and not _is_owner(doc, part, m)]
    if any(m.data.get("bare") for m in named) and _is_abroad(part):
        named = [m for m in named if not m.data.get("bare")]
    if any(m.concept in _MINISTRIES for m in named) and is_of_third_countries(doc):
        named = [m for m in named if m.concept not in _MINISTRIES]  # "the defence ministry": that of Kuwait
    if {"UA", "RU"} <= {str(m.data.get("side")) for m in named} or any(_does(part, m) for m in named):
        named = _tellers(part, named) or named
    rival = _rival(doc, part, named, at)
    if rival is not None:
        return rival
    if len(named) == 1:
        return _named(doc, named[0])
    if named:
        return _named(doc, _nearest(doc, part, named, at))
    if _is_told_by_land(doc, part):
        return None, None, None
    size = len(doc.parts)
    own: Mention | None = None
    for back in (1, 2, 3, 4):
        if own is None and part.n >= back:
            own = _told_in(doc, part, part.n - back)
    for n in (part.n + 1, part.n + 2, part.n + 3):
        teller = _told_in(doc, part, n) if n < size else None
        if teller is not None and not (own is not None and _tells_its_own(doc.parts[n])):
            return _named(doc, teller)
    own = own or _told_by_him(doc, part)
    if own is not None:
        return _named(doc, own)
    for back in range(1, _LIST + 1):
        n = part.n - back
        if n < 0:
            break
        if _is_header(doc, doc.parts[n]):
            named = _offices(doc.parts[n])
            if named:
                return _named(doc, named[0])
            break
    signed = _signature(doc)
    if signed is not None:
        return _named(doc, signed)
    return doc.claimant, doc.side, None


def _is_told_by_land(doc: Doc, part: Part) -> bool:
    """ "Poland said that two had entered its airspace": a third country, which no office stands for, at the head of a
    sentence with a verb of saying right behind it; not who told the sentence before."""
    first = part.sites[0] if part.sites and part.sites[0].i == part.i and part.has("claim") else None
    if first is None or first.ref.level != "country" or first.ref.id in _SIDES or first.j >= part.j:
        return False
    said = doc.at[first.j]
    return said is not None and said.concept == "claim.said"


def _told_in(doc: Doc, part: Part, n: int) -> Mention | None:
    """Who tells sentence ``n``, where it stands in the same line and says that somebody tells it."""
    other = doc.parts[n]
    if other.line != part.line or "claimant" not in other.groups:
        return None
    if n > part.n and tells_its_own_matter(doc, other):
        return None
    office: Mention | None = None
    for m in _offices(other):
        if m.data.get("bare") and _is_abroad(other):
            continue  # "Qatar's defence ministry said"
        if m.concept in _MINISTRIES and is_of_third_countries(doc):
            continue
        if other.has("claim") or (m.i == other.i and m.j < other.j and doc.tokens[m.j].text == ":"):
            if not _is_loose(doc, other, m) and not _does(other, m):
                return m  # "the governor of the city, ...": the name behind the office
            office = office or m
    return office


def is_of_third_countries(doc: Doc) -> bool:
    """Whether a text names other countries and nothing at all of the two sides."""
    if doc.third is None:
        doc.third = False
        lands = False
        for part in doc.parts:
            if "side" in part.groups or any(_is_of_a_side(doc, part, m) for m in _offices(part)):
                return False
            lands = lands or _tells_of_a_people(doc, part)
            is_of_war = not _OF_WAR.isdisjoint(part.groups)
            for site in part.sites:
                if site.ref.id in _SIDES or any(a in _SIDES for a in ancestors(doc.lexicon, site.ref.id)):
                    return False
                lands = lands or site.ref.level == "country" or (is_of_war and site.ref.level in _TOWNS)
        doc.third = lands
    return doc.third


def people_beside(doc: Doc, part: Part, i: int, j: int) -> str | None:
    """The country whose people is named right beside an army or an office: "the Polish air force"."""
    peoples: Mapping[str, str] = doc.lexicon.settings.get("peoples", {})
    near = range(max(part.i, i - _REACH), min(part.j, j + _REACH))
    return next((peoples[doc.tokens[k].f] for k in near if doc.tokens[k].f in peoples), None)


def _tells_of_a_people(doc: Doc, part: Part) -> bool:
    forces: Collection[str] = doc.lexicon.settings.get("forces", ())
    armed = [k for k in range(part.i, part.j) if doc.tokens[k].f in forces]
    return any(people_beside(doc, part, k, k + 1) is not None for k in armed)


def _is_of_a_side(doc: Doc, part: Part, m: Mention) -> bool:
    """An office of one of the two sides; the bare word for a ministry is none."""
    if m.data.get("side") not in _SIDES or people_beside(doc, part, m.i, m.j) is not None:
        return False
    named = [doc.lexicon.trie.get(doc.tokens[k].f, {}).get("", ()) for k in range(m.i, m.j)]
    return m.concept not in _MINISTRIES or any(c.startswith("side.") for entries in named for c, _ in entries)


def _told_by_him(doc: Doc, part: Part) -> Mention | None:
    """ "Later he added that ...": who told the sentences before, of whatever line."""
    words = doc.lexicon.settings.get("he", ())
    if not any(doc.tokens[k].f in words for m in part.of("claim") for k in range(max(part.i, m.i - 2), m.j)):
        return None
    for other in reversed(doc.parts[max(0, part.n - _BACK) : part.n]):
        named = _offices(other) if other.has("claim") else []
        if named:
            return min(named, key=lambda m: (_is_loose(doc, other, m), m.i))
    return None


def _tells_its_own(part: Part) -> bool:
    """Whether a sentence counts weapons itself, or tells who was hurt and where: whoever tells it need not have told
    the one before."""
    return (bool(part.numbers) and part.has("weapon", "model")) or (part.has("toll") and bool(part.sites))


def _nearest(doc: Doc, part: Part, named: list[Mention], at: int) -> Mention:
    return min(named, key=lambda m: (_is_loose(doc, part, m), abs(m.i - at)))


def _tellers(part: Part, named: list[Mention]) -> list[Mention]:
    """ "The air force of A said that 57 were downed by means of air defence": those that a verb of saying stands by."""
    said = part.of("claim")
    beside = [m for m in named if any(0 <= x.i - m.j <= 1 or 0 <= m.i - x.j <= 1 for x in said)]
    return [m for m in beside if not _does(part, m)] or beside


def _offices(part: Part) -> list[Mention]:
    """The claimants of a sentence that have a printed name."""
    if "claimant" not in part.groups:
        return []
    return [m for m in part.mentions if m.group == "claimant" and m.data.get("name") and not _is_of_others(part, m)]


def _is_of_others(part: Part, m: Mention) -> bool:
    """ "The air force of Israel": a land of neither side right behind the office of one."""
    behind = next((s for s in part.sites if s.i == m.j), None)
    is_land = behind is not None and behind.ref.level == "country" and behind.ref.id not in _SIDES
    return is_land and m.data.get("side") in _SIDES


def _speaks(part: Part, m: Mention) -> bool:
    """An army does things, and is their claimant only where a word says that it tells of them; whoever attacks, or
    owns the drone, says nothing of it."""
    if m.concept.startswith("claimant.military") and any(
        (0 <= x.i - m.j <= _DOES and x.concept in ("strike.attack", "act.launched"))
        or (x.j == m.i and (x.group == "weapon" or x.concept in ("strike.attack", "act.launched")))
        for x in part.mentions
    ):
        return False
    return not m.data.get("acts") or part.has("claim")


def _does(part: Part, m: Mention) -> bool:
    """ "Ukrainian forces downed 406 drones, the air force said": who is told of does not tell."""
    is_army = m.concept.startswith("claimant.military")
    return is_army and any(x.group in ("act", "strike") and 0 <= x.i - m.j <= 1 for x in part.mentions)


def _is_owner(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Two tanks of the army were burnt": whose it was, behind the act and the thing itself."""
    if not m.concept.startswith("claimant.military") or part.has("claim") or m.i <= part.i:
        return False
    thing = doc.at[m.i - 1]
    is_named = doc.tokens[m.i - 1].kind != "p" or doc.tokens[m.i - 1].is_quote
    if not is_named or not doc.tokens[m.i].text.isupper():
        return False
    if thing is not None and thing.group not in ("target", "count", "person"):
        return False
    return any(x.j < m.i and x.group in ("strike", "act") for x in part.mentions)


def _is_abroad(part: Part) -> bool:
    """Whether a sentence names another country and neither of the two: its "defence ministry" is that country's."""
    sides = [s.ref.id for s in part.sites if s.ref.level == "country"]
    return bool(sides) and "UA" not in sides and "RU" not in sides and not part.has("side")


def _is_header(doc: Doc, part: Part) -> bool:
    """A line with a colon at its end: whoever it names tells the lines of the list below it."""
    return doc.tokens[part.j - 1].text == ":" and part.j == doc.lines[part.line][1]


def _rival(doc: Doc, part: Part, named: list[Mention], at: int) -> tuple[str, str, None] | None:
    """ "..., Moscow that it destroyed 64": the capital that has its say last before ``at``."""
    spoken = [s for s in part.sites if s.role == "speaker" and s.ref.id in _CAPITALS and s.j <= at] if named else []
    spoken = [s for s in spoken if not is_firing(doc, part, s)]
    if not spoken or any(m.i > spoken[-1].i for m in named if m.i < at):
        return None
    name, side = _CAPITALS[spoken[-1].ref.id or ""]
    return (name, side, None) if all(m.data.get("side") in ("UA", "RU") for m in named) else None


def is_firing(doc: Doc, part: Part, site: Site) -> bool:
    """ "Iran has fired missiles", "according to the air force, Moscow launched 476 drones": what a land or a capital
    does, told right behind its name."""
    done = doc.at[site.j] if site.j < part.j else None
    if done is not None and done.group == "verb" and done.concept != "verb.passive":
        if done.lang in doc.lexicon.settings.get("verb_last", ()):
            ahead = doc.mentions_between(done.j, part.j)  # "Russia has 430 drones launched"
            return any(m.concept in _FIRES and same_clause(doc, part, done.i, m.i) for m in ahead)
        done = doc.at[done.j] if done.j < part.j else None
    return done is not None and done.concept in _FIRES


def _named(doc: Doc, m: Mention) -> tuple[str | None, str | None, str | None]:
    return str(m.data["name"]), m.data.get("side"), place_of_office(doc, m)


def place_of_office(doc: Doc, m: Mention) -> str | None:
    """The one place that an office answers for."""
    places = places_of_office(doc, m)
    return places[0] if len(places) == 1 else None


def places_of_office(doc: Doc, m: Mention) -> list[str]:
    """The places that an office answers for: its own, or those of the adjectives ahead, "the Sumy and Kharkiv
    administrations"."""
    if m.data.get("place") or m.concept not in ADMINISTRATIONS:
        return [str(m.data["place"])] if m.data.get("place") else []
    out: list[str] = []
    k = m.i - 1
    while k >= 0 and (whose := doc.at[k]) is not None and whose.rows:
        if (place := _of_adjective(doc, m, whose)) is None:
            break
        out.insert(0, place)
        joint = doc.at[whose.i - 1] if whose.i else None
        if joint is None or joint.concept != "conj.and":
            break
        k = joint.i - 1
    return out


def _of_adjective(doc: Doc, office: Mention, whose: Mention) -> str | None:
    """The region of an adjective, or the town of it where the office is a town's; None of a district's."""
    districts = tuple(doc.lexicon.settings.get("district_offices", ()))
    if any(doc.tokens[k].f.startswith(districts) for k in range(office.i, office.j)):
        return None
    named: dict[str, set[str]] = {"oblast": set(), "city": set()}
    for one in whose.rows:
        if one.is_adj and one.level in named:
            named[one.level].add(one.id)
    if office.concept == "claimant.city_administration" and len(named["city"]) == 1:
        return named["city"].pop()
    region = named["oblast"].pop() if len(named["oblast"]) == 1 else None
    if office.concept == "claimant.city_administration":  # the town's adjective is also that of its region
        centres: dict[str, str] = doc.lexicon.settings.get("centres", {})
        return centres.get(region or "")
    return region


def places_told_by(doc: Doc, part: Part) -> list[str]:
    """The places of the administrations of a sentence, where nobody else speaks in it; of several, all of them."""
    named = [m for m in _offices(part) if _speaks(part, m) and not _is_owner(doc, part, m)]
    if len(named) > 1 and all(m.concept in ADMINISTRATIONS for m in named):
        return [place for m in named for place in places_of_office(doc, m)]
    place = claimant_of(doc, part, part.i)[2]
    return [place] if place else places_of_office(doc, named[0]) if len(named) == 1 else []


def _signature(doc: Doc) -> Mention | None:
    """A line of its own that names an office and says nothing else."""
    size = len(doc.parts)
    for n in (0, 1, size - 2, size - 1):
        if not 0 <= n < size:
            continue
        part = doc.parts[n]
        named = _offices(part) if part.j - part.i <= 8 else []
        if named and all(m.group in ("claimant", "mark", "side") for m in part.mentions):
            return named[0]
    return None


def _is_loose(doc: Doc, part: Part, m: Mention) -> bool:
    """A person is named more often for what he says than a country is."""
    return m.concept in _LOOSE
