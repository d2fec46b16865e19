"""What is written like the name of a place and is none: a word, a surname, a ship, a part of an address."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import ADMINISTRATIONS, Mention

__all__ = ["is_no_place", "is_word"]

_ACRONYM: Final = 4
"""Letters of the longest acronym that is also a small town's name."""
_DANGERS: Final = frozenset(("alert.danger", "alert.threat"))
_OF: Final = frozenset(("num.of", "prep.of"))
_WHERE: Final = frozenset(("prep.at", "prep.on", "prep.to"))
_OWNERS: Final = 6
"""Tokens from a ship to its name, with whose it is between them."""
_REACH: Final = 6
"""Tokens between what sails and the name of it, or of another beside it."""


def is_word(doc: Doc, part: Part, m: Mention, row: Candidate, is_capital: bool) -> bool:
    """A name that is an ordinary word too: without its capital letter, or a country's at the head of a sentence."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if is_capital:
        is_first = m.i == part.i and doc.lang not in doc.lexicon.settings.get("articled", ())
        return is_first and row.level == "country"
    return row.level != "city" or before is None or before.concept not in ("prep.at", "prep.to", "prep.by")


def _is_ship(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The frigates «A» and «B»": a name in quotes behind what sails."""
    if m.i == part.i or not doc.tokens[m.i - 1].is_quote:
        return False
    whose = doc.at[m.i - 2] if m.i - 2 >= part.i else None
    if whose is not None and whose.group == "target":
        return False  # "the airfield «A»"
    return any(c.j <= m.i and same_clause(doc, part, c.i, m.i) for c in part.of("weapon.carrier")
               if m.i - c.j <= _REACH)  # fmt: skip


def _is_of_unit(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The troops «A»", "a howitzer «A»", "a submarine of the fleet «A»": a name in quotes behind a unit, a machine or
    a ship, and whose it is."""
    if m.i - 2 < part.i or m.j >= part.j or not doc.tokens[m.i - 1].is_quote or not doc.tokens[m.j].is_quote:
        return False
    settings = doc.lexicon.settings
    ships: tuple[str, ...] = tuple(settings.get("vessels", ()))
    for k in range(m.i - 2, max(part.i, m.i - _OWNERS) - 1, -1):
        token = doc.tokens[k]
        if token.f in settings.get("named_units", ()) or token.f.startswith(ships):
            return True
        if token.kind != "w" or not token.is_lower:
            return False
        if (told := doc.at[k]) is not None and told.group not in ("side", "target", "prep"):
            return False
    return False


def _is_signature(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A. Smith": an initial before the name; not "m. Kharkiv", where the letter is short for the city."""
    if m.j - m.i != 1 or m.i - 2 < 0 or doc.tokens[m.i - 1].text != "." or doc.tokens[m.i].glued:
        return False
    initial = doc.tokens[m.i - 2]
    before = doc.at[m.i - 2]
    is_level = before is not None and before.group == "level"
    return len(initial.text) == 1 and initial.text.isupper() and not is_level


def _is_name_of_a_channel(doc: Doc, part: Part, m: Mention) -> bool:
    """ "[A](address)" at the end of a post: the link to a channel that signs it; not "hits in [A](address)"."""
    if m.i == part.i or m.j + 2 >= len(doc.tokens) or doc.tokens[m.i - 1].text != "[":
        return False
    if [doc.tokens[k].text for k in range(m.j, m.j + 3)] != ["]", "(", ")"]:
        return False
    led = doc.at[m.i - 2] if m.i - 2 >= part.i else None
    return (led is None or led.group == "mark") and not doc.mentions_between(m.j, part.j)


def _is_of_street(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A Boulevard", "the street of A", "A St.": the word for a street right beside the name."""
    streets = doc.lexicon.settings.get("streets", ())
    if m.j < part.j and doc.tokens[m.j].f in streets:
        is_named = m.j + 1 < part.j and doc.tokens[m.j + 1].is_capital  # "A, the street of B": a name of its own
        is_any = doc.tokens[m.j].is_lower and doc.lang in doc.lexicon.settings.get("articled", ())  # "an A square"
        return not is_named and not is_any
    k = m.i - 1
    beside = doc.at[k]
    if k > part.i and doc.tokens[k].is_capital and (beside is None or beside.group == "place"):
        k -= 1  # "the street of Poltava Way"
    while k > part.i and (doc.tokens[k].text == "." or ((of := doc.at[k]) is not None and of.concept in _OF)):
        k -= 1
    return k >= part.i and doc.tokens[k].f in streets


def _is_teller(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Debris fell on A, nobody was hurt - Smith": a surname behind the last dash, where tolls are told."""
    is_last = m.j >= part.j or (m.j == part.j - 1 and doc.tokens[m.j].text in ".!")
    if not is_last or m.j - m.i > 1 or m.i <= part.i + 1 or doc.tokens[m.i - 1].text not in DASHES:
        return False
    is_told = part.has("toll") and any(x.rows and x.j < m.i for x in part.mentions)
    return is_told and not doc.tokens[m.i].hyphen and _is_small(m)


def _is_acronym(doc: Doc, m: Mention) -> bool:
    """ "The output of DNO": capitals of a few letters, in a text that is not all written so."""
    word = doc.tokens[m.i].text
    if m.j - m.i != 1 or not 2 <= len(word) <= _ACRONYM or not word.isupper():
        return False
    if any(one.level != "city" for one in m.rows):
        return False
    if not _is_small(m) and any(one.name.upper() == word for one in m.rows):
        return False  # not "SANA", of Sanaa
    beside = [t.text for t in doc.tokens[max(0, m.i - 3) : m.j + 3] if t.kind == "w" and len(t.text) > 1]
    return any(not text.isupper() for text in beside)


def _is_airport(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The airport of Moscow-Vnukovo": a name of its own behind the hyphen, and the kind of building before it."""
    if not _is_title_case(doc.tokens[m.j].text) or doc.lang not in doc.lexicon.settings.get("articled", ()):
        return False
    return any(0 <= m.i - t.j <= 2 for t in part.of("target.other"))


def _is_in_honour(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The plant named after Smith": a name that begins small, right behind a building."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    return m.j - m.i > 1 and before is not None and before.group == "target"


def _is_adjective(doc: Doc, part: Part, m: Mention) -> bool:
    """ "In the Crimean Sevastopol": between "in" and the name of a place a form that no town has there, but an
    adjective made of its name."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    if before is None or before.concept not in _WHERE or after is None or not after.rows:
        return False
    return all(row.is_adj or row.note.startswith("common") or row.note.endswith(";ins") for row in m.rows)


def is_no_place(doc: Doc, part: Part, m: Mention) -> bool:
    """A name joined to another word by a hyphen ("Moscow-trip"), or a person's given name."""
    if m.i > part.i and doc.tokens[m.i].hyphen and doc.at[m.i - 1] is None and doc.tokens[m.i - 1].is_capital:
        return True  # "the Nowhere-Kurgan district": the end of a name that nobody knows
    if (
        _is_signature(doc, part, m)
        or _is_teller(doc, part, m)
        or _is_ship(doc, part, m)
        or _is_acronym(doc, m)
        or _is_of_unit(doc, part, m)
        or _is_name_of_a_channel(doc, part, m)
        or _is_of_street(doc, part, m)
    ):
        return True
    if m.j < part.j and doc.tokens[m.j].hyphen and (doc.at[m.j] is None or len(doc.tokens[m.j].f) == 1):
        return not _is_airport(doc, part, m)
    if doc.tokens[m.i].is_lower and (
        _is_of_address(doc, m) or _is_adjective(doc, part, m) or _is_in_honour(doc, part, m)
    ):
        return True
    ahead = doc.at[m.i - 1] if m.i > part.i else None
    behind = doc.at[m.j] if m.j < part.j else None
    if behind is not None and _is_of_what_follows(part, m, ahead, behind):
        return True
    if m.i > part.i and doc.tokens[m.i - 1].f in doc.lexicon.settings.get("first_names", ()) and _is_surname(doc, m):
        return True
    if ahead is None and _is_who_says(doc, part, m, behind):
        return True
    told = _by_title(doc, part, m, ahead)
    return told if told is not None else _is_given_name(doc, part, m)


def _is_of_what_follows(part: Part, m: Mention, ahead: Mention | None, behind: Mention) -> bool:
    """An adjective of the word behind it, or the name of a front or a region that it is said of."""
    if behind.concept == "prep.front":
        return True
    if m.i == part.i and m.rows and behind.group in ("weapon", "model") and all(
        one.is_common and "nom" not in one.note.rpartition(";")[2] for one in m.rows
    ):  # fmt: skip
        return True  # "an attack drone struck": an adjective of the weapon behind it
    if behind.concept in _DANGERS and m.j - m.i == 1 and all(
        one.is_adj and one.level != "oblast" for one in m.rows
    ) and (ahead is None or ahead.group != "prep"):  # fmt: skip
        return True  # "danger at sea": an adjective of the danger behind it
    # "the Dnipropetrovsk administration": its region, not the town that was called so
    return behind.concept in ADMINISTRATIONS and any(one.is_adj and one.level == "oblast" for one in m.rows)


def _is_who_says(doc: Doc, part: Part, m: Mention, behind: Mention | None) -> bool:
    """ "A was attacked. John Bar: the debris fell ...": a surname behind an unknown first name that opens what was
    said."""
    if m.i - 1 != part.i or not _is_title_case(doc.tokens[part.i].text) or not _is_small(m):
        return False
    is_said = (m.j < part.j and doc.tokens[m.j].text == ":") or (behind is not None and behind.concept == "claim.said")
    return is_said and _is_far(doc, part, m)


def _by_title(doc: Doc, part: Part, m: Mention, title: Mention | None) -> bool | None:
    """Whether the words ahead of a name say that it is none of a place: whose office it is, a longer name of which it
    is the end. None where they say nothing."""
    if title is None and doc.lang not in doc.lexicon.settings.get("verb_last", ()):  # there every noun has a capital
        k = m.i - 1
        while k > part.i and m.i - k <= 2 and doc.at[k] is None and _is_title_case(doc.tokens[k].text):
            k -= 1
        title = doc.at[k] if k < m.i - 1 and k >= part.i else None
        if k < m.i - 1 and title is None and doc.tokens[k].kind == "w":
            return _is_small(m)
        if m.j - m.i > 1 and any(one.level in ("raion", "oblast", "hromada") for one in m.rows):
            title = None  # "in the village of Nowhere of the A district"
        if title is not None and (title.group == "level" or title.concept == "count.other"):
            return _is_small(m)  # "the settlement of Davydiv Brody": the name is longer
        if title is not None and title.group not in ("claimant", "claim"):
            title = None
        if title is not None and _is_small(m):
            return True
    if title is None or title.group != "claimant" or not _is_small(m):
        return None
    is_in_no_case = all(one.note.rpartition(";")[2] in ("nom", "nom|acc") for one in m.rows)
    if is_in_no_case and not any(one.level == "oblast" and not one.is_adj for one in m.rows):
        return True  # not of "the head of the republic of A", where the name of it stands in no case
    return None


def _is_given_name(doc: Doc, part: Part, m: Mention) -> bool:
    """A given name that is a town's too, ahead of a word with a capital."""
    if doc.tokens[m.i].f not in doc.lexicon.settings.get("given_names", ()):
        return False
    k = m.j
    while k < part.j and doc.tokens[k].kind == "p" and doc.tokens[k].text in "\u201c\u00ab\"'":
        k += 1
    return k < part.j and doc.tokens[k].kind == "w" and doc.tokens[k].is_capital


def _is_surname(doc: Doc, m: Mention) -> bool:
    """Behind a given name that begins with a capital: one word with a capital, that is no big town's name."""
    is_named = _is_title_case(doc.tokens[m.i - 1].text) and _is_title_case(doc.tokens[m.i].text)
    return is_named and m.j - m.i == 1 and doc.tokens[m.i].gap == 1 and _is_small(m)


def _is_far(doc: Doc, part: Part, m: Mention) -> bool:
    """Whether the sentences before name places, and none of the same region."""
    told = {a for p in doc.parts[: part.n] for s in p.sites for a in (s.ref.id, *ancestors(doc.lexicon, s.ref.id))}
    regions = {a for a in told if a is not None and "-" in a}
    return bool(regions) and not any(regions & {r.id, *ancestors(doc.lexicon, r.id)} for r in m.rows)


def _is_of_address(doc: Doc, m: Mention) -> bool:
    """A part of a link or of a channel's name: "t.me/city_news", "@news_city"."""
    start, end = doc.span(m.i, m.j)
    before, after = doc.source.raw[start - 1 : start], doc.source.raw[end : end + 1]
    is_latin = doc.tokens[m.i].text.isascii()
    return before in ("_", "@") or after == "_" or (is_latin and before == "/")


def _is_small(m: Mention) -> bool:
    return all(one.level != "country" for one in m.rows) and all(one.population < 200_000 for one in m.rows)


def _is_title_case(word: str) -> bool:
    return len(word) > 2 and word[0].isupper() and word[1:].islower()
