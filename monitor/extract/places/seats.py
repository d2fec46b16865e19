"""A capital that stands for those who rule from it: it attacks what lies in the other side's land."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import is_capital_against
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part, Site
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention

__all__ = ["set_capitals_that_attack"]

_OTHERS: Final = {"UA-30": "RU", "RU-MOW": "UA"}
_STRUCK: Final = frozenset(("target", "at", "name"))
_NAMED: Final = _STRUCK | {"past"}
_OF: Final = frozenset(("prep.of", "num.of", "prep.from"))
_BLOWS: Final = frozenset(("strike.attack", "strike.hit"))
_DEEDS: Final = frozenset(("strike.attack", "strike.hit", "act.launched", "act.fired"))
_SUFFERED: Final = frozenset(("verb.passive", "prep.agent", "prep.from", "prep.areas"))
_STOPS: Final = frozenset(",;:()\u2013\u2014")
_ARTICLE: Final = 3
"""Letters of an article."""


def set_capitals_that_attack(doc: Doc, part: Part, sites: list[Site]) -> None:
    """ "Moscow's missiles hit A", "Kyiv strikes a refinery in B", "the attack of Moscow on A": a capital beside the
    blow or at the head of its clause, and a place of the other side's land that is struck: the capital is not."""
    if not part.has("strike", "toll", "weapon"):
        return
    for site in sites:
        land = _OTHERS.get(site.ref.id or "")
        if land is None or site.role not in _NAMED:
            continue
        aims = [s for s in sites if s is not site and s.role in _STRUCK and _is_of_land(doc, site, s, land)]
        if (
            _is_doer_alone(doc, site)
            or _is_of_army(doc, part, site)
            or _is_against_theirs(doc, part, site)
            or (
                aims
                and (
                    _is_whose_blow(doc, part, site, aims)
                    or _is_ahead_of_blow(doc, part, site, aims)
                    or _is_doer(doc, part, site, aims)
                )
            )
        ):
            site.role = "agent"


def _is_of_land(doc: Doc, site: Site, aim: Site, land: str) -> bool:
    """Whether a place lies in what the other side has, or is that country, told behind the capital."""
    if aim.ref.id in _OTHERS:
        return False
    lines = ancestors(doc.lexicon, aim.ref.id)
    if land in lines or (land == aim.ref.id and aim.i > site.i):
        return True
    if land != "RU":
        return False
    held = (*doc.lexicon.settings.get("held_2014", ()), *doc.lexicon.settings.get("held_2022", ()))
    return aim.ref.id in held or any(a in held for a in lines)


def _is_doer_alone(doc: Doc, site: Site) -> bool:
    """ "Three died in an attack Moscow's": where the genitive of this noun is never who was attacked."""
    blow = doc.at[site.i - 1] if site.i else None
    if blow is None or blow.concept != "strike.attack":
        return False
    articled = doc.lexicon.settings.get("articled", ())
    return blow.lang in articled and _takes_doer(doc, blow)


def _is_of_army(doc: Doc, part: Part, site: Site) -> bool:
    """ "Kyiv's forces hit A", "the troops of Moscow": whose army it is, right beside the name."""
    if not part.has("strike.attack", "strike.hit", "act.launched"):
        return False
    forces = doc.lexicon.settings.get("forces", ())
    k = _behind_genitive(doc, part, site)
    if k > site.j or _ends_as_genitive(doc, site):
        office = doc.at[k] if k < part.j else None  # "the military administration"
        return k < part.j and doc.tokens[k].f in forces and (office is None or office.group != "claimant")
    before = doc.at[site.i - 1] if site.i > part.i else None
    first = before.i - 1 if before is not None and before.concept in ("prep.of", "num.of") else site.i - 1
    return first >= part.i and doc.tokens[first].f in forces


def _behind_genitive(doc: Doc, part: Part, site: Site) -> int:
    """The token behind a name and the sign of its genitive, where a language writes one."""
    enclitics = doc.lexicon.settings.get("enclitics", ())
    k = site.j
    while k < part.j and (doc.tokens[k].text in "'\u2019" or doc.tokens[k].f in enclitics):
        k += 1
    return k


def _ends_as_genitive(doc: Doc, site: Site) -> bool:
    return doc.lang in doc.lexicon.settings.get("verb_last", ()) and doc.tokens[site.j - 1].f.endswith("s")


def _is_whose_blow(doc: Doc, part: Part, site: Site, aims: list[Site]) -> bool:
    """ "The missiles of Moscow", "an attack of Kyiv": right behind the blow or the weapon, in the genitive or behind
    an "of"; "the shelling of A and B" is another thing."""
    behind = doc.at[site.j] if site.j < part.j else None
    if behind is not None and (behind.group == "conj" or behind.concept == "prep.agent"):
        return False
    if all(s.role == "name" and not _is_through(doc, min(site.j, s.j), max(site.i, s.i)) for s in aims):
        return False  # "the shelling of A leaves two dead, B without power"
    k = site.i - 1
    of = doc.at[k] if k >= part.i else None
    if of is not None and of.concept in _OF:
        k = of.i - 1
    elif k > part.i and of is None and _is_word(doc, k) and len(doc.tokens[k].f) <= _ARTICLE:
        k -= 1
    blow = doc.at[k] if k >= part.i else None
    if blow is None:
        return False
    if blow.group in ("weapon", "model"):
        return of is None or of.concept != "prep.from"
    return blow.concept in _BLOWS and (k < site.i - 1 or _takes_doer(doc, blow))


def _is_word(doc: Doc, k: int) -> bool:
    return doc.tokens[k].kind == "w" and not doc.tokens[k].is_capital


def _takes_doer(doc: Doc, blow: Mention) -> bool:
    """Whether what stands in the genitive behind this noun is who did it: the attack of A, not its shelling."""
    stems = doc.lexicon.settings.get("blows_of", {}).get(doc.lang or "", ())
    is_joined = doc.lang in doc.lexicon.settings.get("compounds", ())  # one word for "drone attack"
    words = [doc.tokens[k].f for k in range(blow.i, blow.j)]
    return any(word.startswith(stem) or (is_joined and stem in word) for word in words for stem in stems)


def _is_ahead_of_blow(doc: Doc, part: Part, site: Site, aims: list[Site]) -> bool:
    """ "Moscow's attack on A", "Kyiv drones hit B": right ahead of the blow or the weapon, the place struck behind."""
    k = _behind_genitive(doc, part, site)
    is_genitive = k > site.j or _ends_as_genitive(doc, site)
    if site.role != "name" and not is_genitive:
        return False  # "a drone over Moscow hit a house"
    how = doc.at[k] if k < part.j else None
    if is_genitive and k + 1 < part.j and _is_word(doc, k) and (how is None or how.group == "time"):
        k += 1  # "Moscow's nightly attack"
    blow = doc.at[k] if k < part.j else None
    if blow is None or (blow.group not in ("weapon", "model") and blow.concept not in _BLOWS):
        return False
    return any(s.i > blow.i and _is_through(doc, blow.j, s.i) for s in aims)


def _is_doer(doc: Doc, part: Part, site: Site, aims: list[Site]) -> bool:
    """ "Kyiv carried out a strike on A at night": the first place of its clause, what it did, and behind it what was
    struck, no comma or colon between."""
    if site.role != "name" or any(m.group in ("prep", "level") for m in doc.mentions_between(site.i - 1, site.i)):
        return False
    for aim in aims:
        if aim.i < site.j or not _is_through(doc, site.j, aim.i) or not same_clause(doc, part, site.i, aim.i):
            continue
        between = doc.mentions_between(site.j, aim.i)
        if any(m.concept in _DEEDS for m in between) and not any(m.concept in _SUFFERED for m in between):
            return True
    return False


def _is_against_theirs(doc: Doc, part: Part, site: Site) -> bool:
    """ "Kyiv steps up its attacks on Russian refineries": at the head, and behind the deed what the other side has."""
    if site.role != "name" or site.i - part.i > 1:
        return False
    stop = next((k for k in range(site.j, part.j) if doc.tokens[k].text in _STOPS), part.j)
    between = doc.mentions_between(site.j, stop)
    if any(m.concept in _SUFFERED or m.group in ("weapon", "model") for m in between):
        return False
    return any(is_capital_against(doc, part, site, m) for m in between)


def _is_through(doc: Doc, i: int, j: int) -> bool:
    """Whether nothing that parts a sentence stands between two tokens."""
    return all(doc.tokens[k].text not in _STOPS for k in range(i, j))
