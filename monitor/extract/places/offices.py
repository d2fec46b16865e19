"""Places that are not what is told of: the seat of whoever speaks, a bystander in a third country."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS, country_of
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = [
    "is_aside",
    "is_bystander",
    "is_of_attacker",
    "is_office",
    "is_round_about",
    "is_seat",
    "is_suburb",
    "is_venue",
    "is_voice",
    "is_where_ships_fire",
    "is_whose_attack",
    "lies_by",
    "of_the_office",
    "without_meant",
]

_LANDSCAPES: Final = frozenset(("area:donbas", "area:slobozhanshchyna", "area:galicia"))
_ASIDE: Final = 12
_FIRES: Final = frozenset(("act.launched", "act.fired", "strike.attack", "strike.hit"))
_HIS: Final = 7
_TOLD: Final = frozenset(("claim", "act", "strike", "toll", "alert", "weapon", "num"))
_LIES: Final = frozenset(("prep.at", "prep.over", "prep.on", "prep.to"))
_LITTLE: Final = 3
_LYING: Final = 5
_ABOARD: Final = 9
_SEATED: Final = 4
_OF: Final = frozenset(("prep.of", "num.of", "prep.from"))
_BESIDE: Final = 4
"""Tokens from a word for talks to the name of the town they are held in."""


def is_bystander(doc: Doc, part: Part, site: Site) -> bool:
    """A place in a third country, without a preposition, beside one of the two: "Warsaw closes two airports"; and one
    where something has yet to be: "hours before talks in Geneva"."""
    if any(m.j <= site.i for m in part.of("time.ahead")) and _has_another_before(part, site):
        return True
    if site.role != "name" or site.ref.level in ("country", "sea"):
        return False
    if site.i == part.i and len(part.sites) == 1 and site.j < part.j and doc.tokens[site.j].text == ":":
        return False  # "Galati: a Russian drone hit a block of flats"
    if country_of(doc.lexicon, site.ref.id) in (None, "UA", "RU"):
        return False
    if (
        site.i > part.i
        and doc.tokens[site.i - 1].text == ":"
        and any(s.role == "at" and s.i < site.i for s in part.sites)
    ):
        return True  # "Three wounded in A: Paris demands an inquiry"
    if any(s.ref.id in ("UA", "RU") for s in part.sites):
        return True
    is_struck = any(m.j <= site.i and same_clause(doc, part, m.i, site.i) for m in part.of("strike.hit"))
    return part.has("side.ua", "side.ru") and not is_struck


def _has_another_before(part: Part, site: Site) -> bool:
    ahead = next(m for m in part.of("time.ahead") if m.j <= site.i)
    return any(s.i < ahead.i and s.ref.level != "country" for s in part.sites)


def is_office(doc: Doc, part: Part, site: Site) -> bool:
    """A place that only says whose office speaks: "the air force in Kyiv", "the Donetsk regional prosecutors"."""
    if site.role not in ("name", "at"):
        return False
    k = site.j
    if k < part.j and doc.at[k] is None and doc.tokens[k].f in doc.lexicon.settings.get("enclitics", ()):
        k += 1  # "A's state television"
    while k < part.j and (m := doc.at[k]) is not None and m.group in ("level", "side"):
        k = m.j
    after = doc.at[k] if k < part.j else None
    if after is not None and after.group == "claimant":
        verb = doc.at[after.j] if after.j < part.j and site.role == "at" else None
        return verb is None or verb.concept not in _FIRES  # "at A the army fired 12 shells"
    if after is None and site.role == "name" and is_voice(doc, part, k):
        return True
    before = doc.at[site.i - 1] if site.i > part.i else None
    if before is not None and (before.concept in _OF or (
        before.concept == "prep.at" and before.j - before.i == 1)):  # fmt: skip
        before = doc.at[before.i - 1] if before.i > part.i else None
    return before is not None and before.group == "claimant"


def without_meant(doc: Doc, part: Part, sites: list[Site]) -> list[Site]:
    """ "Crashed in A, explosives meant for an attack on B": without the places that were only meant to be struck."""
    out = sites
    for meant in part.of("veto.hypothetical", "veto.future"):
        if any(s.j <= meant.i for s in sites):
            out = [s for s in out if s.i < meant.j or not same_clause(doc, part, meant.i, s.i)]
    return out


def is_round_about(doc: Doc, part: Part, one: Site, other: Site) -> bool:
    """ "In Tuapse on the Black Sea", "in A in the Donbas": what a town lies at or in, told right behind its name."""
    is_around = other.ref.level in ("sea", "area") or other.ref.id == "UA-43" or other.ref.id in _LANDSCAPES
    is_town = one.ref.level == "city" or one.ref.id == "UA-40"
    if not is_around or not is_town or not 1 <= other.i - one.j <= _LYING:
        return False
    near = doc.lexicon.settings.get("beside", ())
    if any(doc.tokens[k].f in near for k in range(max(part.i, one.i - _LITTLE), one.i)):
        return False  # "a tanker off A in the Black Sea"
    has_prep = False
    for k in range(one.j, other.i):
        m = doc.at[k]
        if m is None:
            if doc.tokens[k].kind != "w" or len(doc.tokens[k].f) > _LITTLE:
                return False
        elif m.concept in _LIES:
            has_prep = True
        elif m.concept != "num.of" and (m.group != "target" or has_prep):
            return False
    return has_prep


def is_of_attacker(doc: Doc, part: Part, of: Mention, site: Site) -> bool:
    """ "The attacks of Iran on A": a country behind the noun and "of", and the word for the target behind it."""
    blow = doc.at[of.i - 1] if of.i > part.i else None
    if site.ref.level != "country" or blow is None or blow.concept != "strike.attack":
        return False
    aim = doc.at[site.j] if site.j < part.j else None
    return aim is not None and aim.concept == "prep.to"


def is_whose_attack(doc: Doc, part: Part, site: Site) -> bool:
    """ "Killed in Israel's air strike on A": a country, or the capital of a side, in the genitive right ahead of the
    attack."""
    if site.ref.level != "country" and site.ref.id not in CAPITALS:
        return False
    enclitics = doc.lexicon.settings.get("enclitics", ())
    k = site.j
    while k < part.j and (doc.tokens[k].text in "'\u2019" or doc.tokens[k].f in enclitics):
        k += 1
    blow = doc.at[k] if k < part.j else None
    if blow is None or blow.concept != "strike.attack":
        return False
    return k > site.j or (
        blow.lang in doc.lexicon.settings.get("verb_last", ()) and doc.tokens[site.j - 1].f.endswith("s")
    )


def lies_by(doc: Doc, i: int, j: int) -> bool:
    """ "A, just outside B", "A province, southeast of B": what stands between two names only says where the first
    lies."""
    words = (*doc.lexicon.settings.get("lies_by", ()), *doc.lexicon.settings.get("locators", ()))
    comma = next((k for k in range(i, j) if doc.tokens[k].text == ","), None)
    if comma is None or j - comma > _LYING or any(
        (m := doc.at[k]) is None or m.group != "level" for k in range(i, comma)
    ):  # fmt: skip
        return False
    bearing = doc.at[comma + 1] if comma + 1 < j else None
    if bearing is not None and bearing.concept == "prep.at" and bearing.i == comma + 1 and bearing.j == j and (
        j - comma > _LYING // 2):  # fmt: skip
        return True  # ", to the north of B", in a language that has one preposition for it
    rest = [k for k in range(comma + 1, j) if doc.tokens[k].f not in words]
    is_little = all((m := doc.at[k]) is not None and m.concept in ("num.of", "num.only", "prep.at") for k in rest)
    return is_little and len(rest) < j - comma - 1


def is_aside(doc: Doc, part: Part, site: Site) -> bool:
    """ "A port near the border with Romania", "told China's state television", "the war between A and B", "a port on
    the Black Sea": a country or sea that only says where something else lies, who was told, or who is at war."""
    if site.ref.level == "country":
        near = doc.at[site.i - 1] if site.i > part.i else None
        if _is_one_of_two(doc, part, site):
            return True
        if near is not None and near.group == "person" and site.ref.id not in ("UA", "RU"):
            return True  # "a sailor, citizen of A", in a language that needs no "of"
        media = doc.mentions_between(site.j, min(part.j, site.j + 2))
        return (near is not None and near.concept == "prep.border") or (
            bool(media) and media[0].concept == "claimant.media")  # fmt: skip
    return site.ref.level == "sea" and _is_shore_of(doc, part, site)


def _is_one_of_two(doc: Doc, part: Part, site: Site) -> bool:
    """ "Between A and B", two countries."""
    k = site.i - 1
    while k > part.i and (
        (m := doc.at[k]) is None or m.concept == "conj.and" or (bool(m.rows) and m.rows[0].level == "country")
    ):
        if m is None and len(doc.tokens[k].f) > _LITTLE:
            return False
        k = (m.i if m is not None else k) - 1
    m = doc.at[k] if k >= part.i else None
    return m is not None and m.concept == "prep.between"


def _is_shore_of(doc: Doc, part: Part, site: Site) -> bool:
    """ "In the port city on the Black Sea": a sea that only says which town, named before or not at all, is meant."""
    k, has_prep = site.i - 1, False
    while k > part.i and site.i - k <= _LITTLE:
        m = doc.at[k]
        if m is not None and m.concept in _LIES:
            has_prep = True
        elif m is not None and m.concept != "num.of":
            break
        elif m is None and (doc.tokens[k].kind != "w" or len(doc.tokens[k].f) > _LITTLE):
            return False
        k -= 1
    town = doc.at[k] if has_prep else None
    return town is not None and (town.concept in ("prep.kind", "level.city", "target.port") or (
        town.group in ("place", "level") and _leads_on(doc, town, site)))  # fmt: skip


def _leads_on(doc: Doc, land: Mention, sea: Site) -> bool:
    """ "The region of A on the Black Sea"."""
    return any(m.concept == "prep.on" for m in doc.mentions_between(land.j, sea.i))


def is_where_ships_fire(doc: Doc, part: Part, site: Site) -> bool:
    """ "Fired from ships in the Black Sea": behind "from", with no other place between."""
    for k in range(site.i - 1, max(part.i, site.i - _ABOARD) - 1, -1):
        m = doc.at[k]
        if m is not None and m.concept == "prep.from":
            return part.has("act.launched", "act.fired", "act.launch_noun", "weapon")
        if (m is not None and m.group in ("place", "act", "strike")) or doc.tokens[k].text in ",;:":
            return False
    return False


def _is_his_region(doc: Doc, part: Part, site: Site) -> bool:
    """ "The governor of the region of A": more than one little word between."""
    for k in range(site.i - 1, max(part.i, site.i - _HIS) - 1, -1):
        m = doc.at[k]
        if m is not None and m.group == "claimant":
            return True
        if m is None or not (m.group in ("level", "side") or m.concept in ("prep.of", "num.of")):
            return False
    return False


def is_suburb(doc: Doc, i: int, j: int) -> bool:
    """ "A, a southern suburb of B": a sign, then what A is of B, with nothing that says "in"."""
    last = doc.at[j - 1] if i + 1 < j <= i + _LYING else None
    if last is None or last.concept != "prep.side" or doc.tokens[i].text not in f",({DASHES}":
        return False
    return all((m := doc.at[k]) is None or m.concept in ("prep.side", "num.of") for k in range(i + 1, j - 1))


def of_the_office(doc: Doc, part: Part, sites: list[Site]) -> frozenset[int]:
    """Where the places begin that only describe an office: "the governor of A in B, where the fleet of C lies"."""
    if len(sites) < 2 or "claimant" not in part.groups:
        return frozenset()
    aside: list[int] = []
    for n, site in enumerate(sites[:-1]):
        if not is_office(doc, part, site) and not _is_his_region(doc, part, site):
            continue
        for other in sites[n + 1 :]:
            between = doc.mentions_between(site.j, other.i)
            if other.i - site.j > _ASIDE or any(m.group in _TOLD for m in between) or any(
                doc.tokens[k].text in ":;" or doc.tokens[k].kind == "n" for k in range(site.j, other.i)
            ):  # fmt: skip
                break
            if any(m.concept == "conj.and" for m in between):
                break
            aside.append(other.i)
    return frozenset(aside)


def is_voice(doc: Doc, part: Part, k: int) -> bool:
    """ "The Krasnodar crisis centre said": one or two words that nobody knows, and a verb of saying."""
    for n in range(k, min(k + 3, part.j)):
        m = doc.at[n]
        if m is not None:
            return n > k and m.group == "claim"
        if doc.tokens[n].kind != "w" or doc.tokens[n].is_capital:
            return False
    return False


def is_seat(doc: Doc, part: Part, site: Site) -> bool:
    """A capital that only says where a nation-wide office sits: "the air force in Kyiv"."""
    before = doc.at[site.i - 1] if site.i > part.i else None
    if site.ref.id not in CAPITALS or before is None or before.concept != "prep.at":
        return False
    k = before.i - 1
    while k > part.i and before.i - k < _SEATED and doc.tokens[k].kind == "w" and (
        (m := doc.at[k]) is None or m.group == "prep"):  # fmt: skip
        k -= 1  # "the air force with its staff in Kyiv"
    office = doc.at[k] if before.i > part.i else None
    return office is not None and office.group == "claimant" and bool(office.data.get("side")) and (
        not office.data.get("place"))  # fmt: skip


def is_venue(doc: Doc, part: Part, prep: Mention) -> bool:
    """ "Before talks in Geneva": where people meet, not what was struck."""
    k = prep.i - 1 if prep.group == "prep" and prep.i > part.i else prep.i  # "in" may be in the name
    while prep.i - k < _BESIDE and k > part.i and doc.at[k] is None and doc.tokens[k].kind == "w":
        k -= 1  # "talks resume in A"
    before = doc.at[k]
    return before is not None and (before.group == "venue" or before.concept == "time.ahead")
