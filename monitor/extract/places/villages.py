"""Villages that the gazetteer lacks: a name behind the word for "village", written in Latin letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from monitor.extract.places.units import ancestors
from monitor.extract.places.unknown import with_unknown
from monitor.extract.text.doc import IN_ORDER, Doc, Part, Site
from monitor.extract.words.mentions import ENDS, Mention
from monitor.model import PlaceRef

__all__ = ["with_villages"]

_MOST: Final = 3
"""Words of the longest name."""
_LEAST: Final = 4
"""Letters of the shortest."""
_TOWN: Final = 15_000
_SEAT: Final = 50_000
_DISTRICTS: Final = frozenset(("level.raion", "level.hromada", "level.raions", "level.oblast"))
_WIDER: Final = frozenset(("raion", "district", "oblast", "hromada", "area"))
_BETWEEN: Final = 3
_WHERE_TO: Final = frozenset(("prep.at", "prep.to", "prep.on"))
_COAST: Final = 12
_APPOSED: Final = 24
"""Tokens of the longest clause that says what a village is."""


def with_villages(doc: Doc, part: Part, sites: list[Site], context: Iterable[str]) -> list[Site]:
    """``sites`` and the villages that nobody knows, without the districts that only say where these lie. Where a text
    speaks of an end nothing is added: an end is never one for a place that is not known."""
    is_of_people = part.has("person") and not part.has("alert")  # "In A - a man", the verb told before
    if not (is_of_people or part.has("strike", "toll", "act", "event")) or not _names_a_settlement(doc, part, sites):
        return sites
    if doc.has(*ENDS):
        return sites
    for site in [s for s in sites if s.ref.id is None and s.ref.level == "city"]:
        sites = [s for s in sites if s is site or not _is_around(doc, part, s, site)]
    table: dict[str, Any] | None = doc.lexicon.settings.get("romanised", {}).get(doc.lang or "")
    if not table:
        return sites
    country = str(table["country"])
    roots = {a[:2] for a in context if a[2:3] == "-"}
    wide = [s for p in doc.parts[: part.n] for s in p.sites] + sites
    is_here = any((s.ref.level != "city" or s.population >= _TOWN) and _is_in(doc, s, country) for s in wide)
    is_kept = not table.get("letters") and not roots - {country, "RU"}  # a name that is kept as it is written
    if roots and roots != {country} and not is_here and not is_kept:
        return sites
    out = list(sites)
    many, hamlets = (doc.lexicon.settings.get(name, ()) for name in ("hamlets_many", "hamlets"))
    for m in part.of("count.other", "level.city", "target.rail"):
        if doc.tokens[m.j - 1].f in many:
            start = m.j + (m.j < part.j and doc.tokens[m.j].text == ":")
            out = _with_row(doc, part, start, out, table, country)
    for m in part.of("level.city"):
        if len(doc.tokens[m.i].text) == 1 and m.j - m.i == 1 and (
            doc.tokens[m.i].f not in hamlets or m.i == part.i or doc.tokens[m.i - 1].kind == "n"):  # fmt: skip
            continue  # "300 m. There is ..."
        if any(s.i <= m.i < s.j for s in out):
            continue  # the second word of a name
        found = _name_at(doc, part, m.j, out, table, country)
        if found is not None:
            out = [s for s in out if not (s.i < found.j and found.i < s.j) and not _is_around(doc, part, s, found)]
            out.append(found)
    out = with_unknown(
        doc, part, out, table, lambda k: _name_at(doc, part, k, out, table, country), lambda s: _is_in(doc, s, country)
    )
    nouns = doc.lexicon.settings.get("settlements", ())
    for m in part.of("level.city", "count.other"):
        if doc.tokens[m.i].f in nouns and (found := _name_before(doc, part, m, out, table, country)) is not None:
            out = [s for s in out if not (s.i < found.j and found.i < s.j) and not _is_around(doc, part, s, found)]
            out.append(found)
    out.sort(key=IN_ORDER)
    return out


def _names_a_settlement(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """Whether a word for a village stands there, or a name that nobody knows."""
    if part.has("level.city", "target.rail") or any(s.ref.id is None for s in sites):
        return True
    if len(sites) > 1 and any(s.ref.level == "city" for s in sites) and _has_names(doc, part, sites):
        return True
    words = doc.lexicon.settings
    many, nouns = words.get("hamlets_many", ()), words.get("settlements", ())
    return any(doc.tokens[m.j - 1].f in many or doc.tokens[m.i].f in nouns for m in part.of("count.other"))


def _has_names(doc: Doc, part: Part, sites: list[Site]) -> bool:
    """Whether a name that nobody knows stands right before or behind a comma beside the places of a row."""
    low, high = max(part.i, min(s.i for s in sites) - _MOST - 1), min(part.j, max(s.j for s in sites) + _MOST + 1)
    return any(doc.at[k] is None and _is_name(doc, k) for k in range(low, high))


def _with_row(doc: Doc, part: Part, k: int, sites: list[Site], table: dict[str, Any], country: str) -> list[Site]:
    """ "In the villages of A, B and C": each name of the row."""
    out = sites
    while k < part.j:
        found = _name_at(doc, part, k, out, table, country)
        if found is not None:
            out = [s for s in out if not (s.i < found.j and found.i < s.j) and not _is_around(doc, part, s, found)]
            out.append(found)
            k = found.j
        else:
            known = next((s for s in out if s.i == k), None)
            if known is None:
                break
            k = known.j
        joint = doc.at[k] if k < part.j else None
        if k >= part.j or not (doc.tokens[k].text == "," or (joint is not None and joint.concept == "conj.and")):
            break
        k += 1
    return out


def _name_at(doc: Doc, part: Part, i: int, sites: list[Site], table: dict[str, Any], country: str) -> Site | None:
    known = {k for s in sites for k in range(s.i, s.j) if not _is_abroad(doc, s, country)}
    if i in known and (one := next((s for s in sites if s.i == i), None)) is not None and one.j < part.j and (
        doc.tokens[one.j].hyphen and any(s.i == one.j for s in sites)):  # fmt: skip
        known = set()  # "the village of A-B", the names of two others
    k = i
    while k < part.j and k - i < _MOST and k not in known and _is_name(doc, k):
        k += 1
    if k - i == 1 and (word := doc.at[i]) is not None and word.group == "count" and (
        k >= part.j or (behind := doc.at[k]) is None or not any(r.level in _WIDER for r in behind.rows)
    ):  # fmt: skip
        return None  # "in the settlement Wave of the A district" alone: a word that stands for the name
    while k > i and (m := doc.at[k - 1]) is not None and not m.rows and m.group not in ("level", "count") and not (
            k - 1 > i and doc.tokens[k - 1].hyphen):  # fmt: skip
        k -= 1
    if k - i > 1 and (end := _district_at(doc, part, k)) is not None:
        k = end  # "the village of A of the B district"
    if k == i or (k - i == 1 and (only := doc.at[i]) is not None and not only.rows and only.group != "count"):
        return None
    if k - i == 1 and len(doc.tokens[i].text) < _LEAST:
        return None
    tokens = doc.tokens[i:k]
    words = [t.text for t in tokens]
    words[-1] = _by_itself(words[-1], doc.tokens[i - 1].f if i else "", table)
    name = "".join(("-" if t.hyphen else " ") * (n > 0) + _romanised(words[n], table) for n, t in enumerate(tokens))
    return Site(i, k, PlaceRef(name, None, "city", None, doc.words(i, k)), "name")


def _name_before(
    doc: Doc, part: Part, m: Mention, sites: list[Site], table: dict[str, Any], country: str
) -> Site | None:
    """ "A strike on A, a village in the north", "A, a village of 300 in the B district, was hit": a name that nobody
    knows behind the word for where or ahead of all, and what it is."""
    k = m.i - 1
    while k > part.i and doc.tokens[k].is_lower and len(doc.tokens[k].f) < _LEAST:
        k -= 1  # its article
    own = next((s for s in sites if s.j == k and s.ref.level == "city"), None)
    if own is not None and doc.tokens[k].text == "," and _is_described(doc, part, m):
        return own  # one that is known: what stands behind it only says where it lies
    i = k
    while i > part.i and k - i < _MOST and ((word := doc.at[i - 1]) is None or word.rows) and _is_name(doc, i - 1):
        i -= 1
    ahead = doc.at[i - 1] if i > part.i else None
    if doc.tokens[k].text != "," or i == k:
        return None
    if (ahead is None or ahead.concept not in _WHERE_TO) and not (i == part.i and _is_described(doc, part, m)):
        return None
    found = _name_at(doc, part, i, sites, table, country)
    return found if found is not None and found.j == k else None


def _is_described(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A village in the north", "a village of 300 people": not "a village teacher"."""
    behind = doc.at[m.j] if m.j < part.j else None
    if doc.tokens[min(m.j, part.j - 1)].kind == "n" or any(n.i == m.j for n in part.numbers):
        return True
    return behind is not None and (behind.group in ("prep", "bound") or behind.concept == "num.of")


def _by_itself(word: str, noun: str, table: dict[str, Any]) -> str:
    """ "In the settlement of Ilskom": an adjective in the case that the noun ahead of it stands in, by itself."""
    endings: dict[str, str] = table.get("adjectives", {})
    for key, own in endings.items():
        head, _, tail = key.partition(" ")
        if noun.startswith(head) and word.endswith(tail) and len(word) > len(tail) + 1:
            return word[: -len(tail)] + own
    return word


def _district_at(doc: Doc, part: Part, k: int) -> int | None:
    """Where the name of a district begins whose word for "district" stands at token ``k`` or a word behind it."""
    around = doc.at[k - 1]
    if around is not None and around.j > k:
        return around.i
    for n in range(k, min(part.j, k + 2)):
        m = doc.at[n]
        if m is not None:
            return k - 1 if m.concept in _DISTRICTS else None
    return None


def _is_in(doc: Doc, site: Site, country: str) -> bool:
    return site.ref.id == country or country in ancestors(doc.lexicon, site.ref.id)


def _is_abroad(doc: Doc, site: Site, country: str) -> bool:
    """A small place of that name in another country than the one that the text speaks of."""
    return site.ref.level == "city" and site.population < _TOWN and not _is_in(doc, site, country)


def _is_name(doc: Doc, k: int) -> bool:
    text, m = doc.tokens[k].text, doc.at[k]
    if doc.tokens[k].kind != "w" or not text[0].isupper() or not (text[1:].islower() or len(text) == 1):
        return False
    return (
        m is None or bool(m.rows) or m.group in ("time", "num", "weapon", "model", "target", "alert", "level", "count")
    )


def _is_around(doc: Doc, part: Part, site: Site, village: Site) -> bool:
    """The district or region that stands right behind the village's name, or right before it."""
    if site.ref.level == "city" and site.population >= _SEAT:
        at = doc.at[site.i - 1]  # "in the village of A, in B", where B is short for its region
        is_led = village.j < part.j and doc.tokens[village.j].text == ","
        return is_led and at is not None and at.concept == "prep.at" and at.i == village.j + 1
    if site.ref.level == "sea":
        return 0 < site.i - village.j <= _COAST  # "in A, in B, on the coast of the Black Sea"
    if site.ref.level not in _WIDER:
        return False
    low, high = (village.j, site.i) if site.i >= village.j else (site.j, village.i)
    is_behind = site.i >= village.j
    if is_behind and _is_of_apposition(doc, part, low, high):
        return True
    if not is_behind and low < high and (of := doc.at[low]) is not None and any(r.level == "oblast" for r in of.rows):
        low = of.j  # "in the A district of the B region, in the village of C"
        while low < high and (word := doc.at[low]) is not None and word.group == "level":
            low = word.j
    if high - low > _BETWEEN:
        return False
    for k in range(low, high):
        m = doc.at[k]
        if m is not None and not (
            m.group in ("level", "prep") or m.concept == "num.of" or (m.group == "place" and is_behind)
        ):
            return False
        is_word = is_behind and (
            doc.tokens[k].is_capital or high - low == 1 or (doc.tokens[k].is_lower and len(doc.tokens[k].f) < _LEAST)
        )
        if m is None and doc.tokens[k].text not in ",(" and not is_word:
            return False
    return True


def _is_of_apposition(doc: Doc, part: Part, low: int, high: int) -> bool:
    """ "A, a village of 300 people some 20 km from the front in the B district": one clause that says what A is."""
    if not 1 < high - low <= _APPOSED or doc.tokens[low].text != ",":
        return False
    nouns = doc.lexicon.settings.get("settlements", ())
    if not any(doc.tokens[k].f in nouns for k in range(low + 1, min(high, low + _LEAST))):
        return False
    return not any(
        doc.tokens[k].text in ",;:()" and not doc.tokens[k + 1].glued for k in range(low + 1, high)
    ) and not any(m.group in ("strike", "toll", "act") for m in doc.mentions_between(low, high))


def _romanised(word: str, table: dict[str, Any]) -> str:
    """A word in Latin letters by the table of its language, longest key first."""
    low, out, k = word.lower(), "", 0
    letters: dict[str, str] = table["letters"]
    while k < len(low):
        size = 2 if low[k : k + 2] in letters else 1
        key = low[k : k + size]
        piece = letters.get(key, key)
        if k == 0:
            piece = table["initial"].get(key, piece)
        elif low[k - 1] in table["vowels"]:
            piece = table["after_vowel"].get(key, piece)
        out, k = out + piece, k + size
    return out[:1].upper() + out[1:]
