"""Who attacks whom: the doer behind the noun, the main aim, and which country a sentence says was attacked, where the
attacker stands beside the weapon: of two towns of one name the one that lies there is meant."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS, ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.caseforms import case_of
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = [
    "attacked_country",
    "capital_of_mayor",
    "is_capital_against",
    "is_capital_of_attack",
    "is_doer_behind",
    "is_done_to_at_last",
    "is_main_aim",
    "is_of_others",
    "is_undergone",
    "lies_in",
]

_ENEMY: Final = {"side.ua": "RU", "side.ru": "UA", "side.troops": "UA"}
_BLOWS: Final = frozenset(("weapon", "model", "strike"))
_OTHERS: Final = {"UA-30": "side.ru", "RU-MOW": "side.ua"}
_LANDS: Final = {"UA-30": "RU", "RU-MOW": "UA"}
_VERB: Final = 8
"""Tokens from a country to the verb that it goes with."""
_ARTICLE: Final = 3
"""Letters of an article."""
_WEAPONS: Final = frozenset(("weapon", "model", "act", "strike"))


def attacked_country(doc: Doc, part: Part) -> str:
    """ "Ukrainian drones hit the port of A": RU; empty where no attacker stands right before a weapon or a blow,
    and nobody is named whose port or plant it is."""
    if not part.has("side"):
        return ""
    for m in part.of("side"):
        blow = doc.at[m.j] if m.j < part.j else None
        if m.concept in _ENEMY and blow is not None and blow.group in _BLOWS:
            return _ENEMY[m.concept]
    for m in part.of("side.ru", "side.ua"):
        before, after = doc.at[m.i - 1] if m.i > part.i else None, doc.at[m.j] if m.j < part.j else None
        is_owner = after is not None and (
            after.group == "target" or (after.group == "prep" and before is not None and before.group == "target")
        )
        if is_owner:
            return "RU" if m.concept == "side.ru" else "UA"  # "the Russian port of A", "le port russe de A"
    return ""


def lies_in(doc: Doc, one: Candidate, country: str) -> bool:
    return bool(country) and country in ancestors(doc.lexicon, one.id)


def is_doer_behind(doc: Doc, site: Site, told: Mention) -> bool:
    """ "Because of the attack of Russia": in a language whose noun for it names the doer so."""
    doers = doc.lexicon.settings.get("doers", {}).get(doc.lang, ())
    if case_of(doc, site) == "acc":
        return False  # "attacked Russia": its object
    if site.ref.level == "country" and site.ref.id != "RU":
        doers = doc.lexicon.settings.get("blows_of", {}).get(
            doc.lang, ()
        )  # "the strikes of Israel", never its shelling
    return site.ref.level == "country" and told.concept == "strike.attack" and told.j - told.i == 1 and (
        told.j == site.i and bool(doers) and doc.tokens[told.i].f.startswith(tuple(doers)))  # fmt: skip


def is_capital_against(doc: Doc, part: Part, site: Site, verb: Mention) -> bool:
    """ "Kyiv attacked Russian refineries": a capital right before the verb, and behind it what belongs to the other
    side, which is no weapon; it stands for those who rule from it."""
    other = _OTHERS.get(site.ref.id or "")
    if other is None or verb.concept not in ("strike.attack", "strike.hit") or other not in part.groups:
        return False
    for m in part.of(other):
        before, after = doc.at[m.i - 1], doc.at[m.j] if m.j < part.j else None
        if m.i < verb.j or (after is not None and after.group in _WEAPONS):
            continue
        if after is not None and after.group in ("target", "level"):
            return True
        if before is not None and before.group in ("target", "level"):
            return True
    return False


def is_capital_of_attack(doc: Doc, part: Part, site: Site, sites: list[Site]) -> bool:
    """ "Three hurt in A in an attack of Moscow", "a drone attack of Kyiv on B": who made it, where A lies in the land
    that the other side has."""
    other = _LANDS.get(site.ref.id or "")
    of = doc.at[site.i - 1] if other is not None and site.i > part.i else None
    if of is None:
        return False
    blow: Mention | None = of
    if of.concept in ("prep.of", "num.of"):
        blow = doc.at[of.i - 1] if of.i > part.i else None
    elif all(concept != "prep.of" for concept, _ in doc.lexicon.trie.get(doc.tokens[of.j - 1].f, {}).get("", ())):
        return False
    if blow is not None and blow.group == "weapon":
        blow = next(
            (m for m in reversed(doc.mentions_between(max(part.i, blow.i - 2), blow.i)) if m.group != "prep"), None
        )
    if blow is None or blow.concept not in ("strike.attack", "strike.repelled"):
        return False
    behind = doc.at[site.j] if site.j < part.j else None
    if behind is not None and (behind.group == "conj" or behind.concept == "prep.agent"):
        return False  # "the shelling of A and B", "... of A by the Russians"
    others = [s.ref.id for s in sites if s is not site and not _is_beside(doc, part, site, s)]
    return other in others or any(other in ancestors(doc.lexicon, identity) for identity in others)


def _is_beside(doc: Doc, part: Part, site: Site, other: Site) -> bool:
    """ "The shelling of A leaves two dead, B without power": behind a comma, with no preposition of its own."""
    ahead = doc.at[other.i - 1] if other.i > part.i else None
    is_cut = any(doc.tokens[k].text in ",;" for k in range(site.j, other.i))
    return is_cut and (ahead is None or ahead.group != "prep")


def is_undergone(doc: Doc, part: Part, j: int) -> bool:
    """ "Ukraine was attacked with 100 drones", where the form of the verb itself says so; hours and days may stand
    between."""
    stems = doc.lexicon.settings.get("undergone", {}).get(doc.lang or "", ())
    for m in doc.mentions_between(j, min(part.j, j + _VERB)) if stems else ():
        if m.group in ("verb", "time", "weekday", "month", "num"):
            continue
        return m.concept in ("strike.attack", "strike.hit") and doc.tokens[m.i].f.startswith(tuple(stems))
    return False


def is_done_to_at_last(doc: Doc, part: Part, site: Site) -> bool:
    """ "A was with drones attacked", "A is said attacked to have been", "B has A attacked": where the participle
    stands last, the subject of a passive, or a country right behind the helping verb of another."""
    if doc.lang not in doc.lexicon.settings.get("verb_last", ()):
        return False
    done = [
        m for m in part.of("strike.attack", "strike.hit")
        if m.i >= site.j and not doc.tokens[m.i].is_capital and same_clause(doc, part, site.i, m.i)
    ]  # fmt: skip
    if not done:
        return False
    last = doc.at[done[0].j] if done[0].j < part.j else None
    before, subject = _ahead(doc, part, site.i), doc.at[site.j] if site.j < part.j else None
    if last is not None and last.concept == "verb.passive":  # "... attacked been"
        return before is None or before.group != "prep"
    if subject is not None and subject.concept == "verb.passive":
        return True
    if before is None or before.concept == "verb.passive":
        return before is not None
    doer = _ahead(doc, part, before.i) if before.group in ("verb", "place") else None
    return doer is not None and {before.group, doer.group} == {"verb", "place"}


def _ahead(doc: Doc, part: Part, i: int) -> Mention | None:
    """What stands right before token ``i``, an article left out."""
    k = i - 1
    if k > part.i and len(doc.tokens[k].f) <= _ARTICLE and doc.tokens[k].is_lower and (
        (m := doc.at[k]) is None or m.concept == "num.of"):  # fmt: skip
        k -= 1
    return doc.at[k] if k >= part.i else None


def is_main_aim(doc: Doc, part: Part, site: Site) -> bool:
    """ "The main direction of the attack: A": where most of it was meant to go, nothing that was hit there."""
    k = site.i - 1
    while k > part.i and (doc.tokens[k].kind == "p" or ((m := doc.at[k]) is not None and m.rows)):
        k -= 1
    aim = doc.at[k] if k < site.i - 1 and k > part.i else None
    return aim is not None and aim.concept == "count.other" and (
        doc.tokens[aim.i].f.startswith(tuple(doc.lexicon.settings.get("aims", ()))))  # fmt: skip


def is_of_others(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """Whether all that a text has named so far lies in countries other than the two sides."""
    named = [*sites, *(s for other in doc.parts[: part.n] for s in other.sites)]
    lands = [s for s in named if s.ref.level == "country"]
    if not lands or any("side" in other.groups for other in doc.parts[: part.n + 1]):
        return False
    return not any(a in ("UA", "RU") for s in named for a in (s.ref.id, *ancestors(doc.lexicon, s.ref.id)))


def capital_of_mayor(part: Part) -> str | None:
    """The capital whose mayor tells of it."""
    towns = {m.data["place"] for m in part.of("claimant") if m.data.get("place") in CAPITALS}
    return str(towns.pop()) if len(towns) == 1 else None
