"""Towns and regions that lend their adjective to what stands in them, raions their name to a seat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL, ancestors
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.mentions import Mention

__all__ = [
    "is_district_elsewhere",
    "is_district_of",
    "is_in_a_town_behind",
    "is_of_the_town",
    "is_of_town_before",
    "raion_of_seat",
    "town_of_dateline",
    "town_of_plant",
]

_SAME: Final = 5
"""Letters that the name of a raion shares with that of its seat: Yavorivskyi Raion, Yavoriv."""
_PLANTS: Final = frozenset(("target.energy", "target.port", "target.industry", "target.military"))
_DATELINE: Final = 3
"""Tokens of a name and the sign behind it."""
_HEAD: Final = 8
"""Tokens up to the colon behind whoever speaks."""
_WITH_DISTRICTS: Final = 200_000
_MOST: Final = 6
"""Names in a row."""


def town_of_plant(doc: Doc, part: Part, m: Mention) -> Candidate | None:
    """ "The Ryazan refinery", "the Odesa port": an adjective that a town or a region lends to what stands in it."""
    adjectives = [one for one in m.rows if one.is_adj]
    k = m.j
    while adjectives and k < part.j and k - m.j < 2 and doc.tokens[k].text.islower():
        between = doc.at[k]
        if between is not None and (between.group != "target" or between.concept in _PLANTS):
            break
        k += 1  # "the Lipetsk tractor plant"
    after = doc.at[k] if k < part.j else None
    if (after is None or after.concept not in _PLANTS) and not (
        adjectives and (_is_in_row(doc, part, m) or _is_quoted_name(doc, part, m))
    ):  # fmt: skip
        return None
    for level in ("city", "oblast"):
        for one in adjectives:
            if one.level == level or (level == "city" and one.id in CITIES_OF_FIRST_LEVEL):
                return one
    return None


def _is_quoted_name(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The plant «Ryazan's»": the adjective of the town in quotes, right behind what stands in it."""
    what = doc.at[m.i - 2] if m.i - 2 >= part.i and doc.tokens[m.i - 1].is_quote else None
    return what is not None and what.concept in _PLANTS


def _is_in_row(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The Volgograd and the Yaroslavl refineries": the noun stands behind the last of them."""
    k = m.j
    for _ in range(_MOST):
        joint = doc.at[k] if k < part.j else None
        if joint is not None and joint.concept == "conj.and":
            k = joint.j
        elif joint is None and k < part.j and doc.tokens[k].text == ",":
            k += 1
        else:
            break
        name = doc.at[k] if k < part.j else None
        if name is None or not name.rows:
            return False
        k = name.j
    if k == m.j:
        return False
    k += k < part.j and doc.at[k] is None and doc.tokens[k].is_lower
    plant = doc.at[k] if k < part.j else None
    return plant is not None and plant.concept in _PLANTS


def _is_before_raions(doc: Doc, part: Part, k: int) -> bool:
    """ "The A and B districts": a row of names and the word behind it."""
    while k < part.j and (doc.tokens[k].text == "," or ((m := doc.at[k]) is not None and (
            m.group == "place" or m.concept == "conj.and"))):  # fmt: skip
        k += 1
    return k < part.j and (m := doc.at[k]) is not None and m.concept == "level.raions"


def is_district_elsewhere(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The Kyiv district of the city", "the Kyiv district of Kharkiv": a part of another town that bears the name of
    the capital."""
    word = doc.at[m.j] if m.j < part.j else None
    if word is not None and word.concept == "level.raion" and is_of_town_before(doc, part, m):
        return True
    of = doc.at[word.j] if word is not None and word.concept == "level.raion" and word.j < part.j else None
    if of is None or of.concept != "num.of":
        return False
    what = doc.at[of.j] if of.j < part.j else None
    if what is not None and what.group == "place":
        return any(one.level == "city" for one in what.rows) or not what.rows
    return what is not None and what.concept == "prep.kind"


def is_of_the_town(doc: Doc, part: Part, m: Mention) -> bool:
    """ "In the Kalinin district of the town": a part of the town told before, no district around one."""
    k = m.j
    word = doc.at[k] if k < part.j else None
    if word is not None and word.concept == "level.raion":
        k = word.j
    elif m.j - m.i == 1:
        return False
    return k < part.j and doc.tokens[k].f in doc.lexicon.settings.get("of_town", ()) and (
        k + 1 >= part.j or (town := doc.at[k + 1]) is None or not town.rows)  # fmt: skip


def is_of_town_before(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Kherson's Dnipro district": the town and the ending that says whose it is, right before the name."""
    k = m.i - 1
    if k <= part.i or doc.at[k] is not None or doc.tokens[k].f not in doc.lexicon.settings.get("enclitics", ()):
        return False
    town = doc.at[k - 1]
    return town is not None and town.group == "place" and any(one.level == "city" for one in town.rows)


def town_of_dateline(doc: Doc, part: Part, m: Mention, row: Candidate) -> Candidate | None:
    """ "A. Blasts in the B district", "the mayor of A: in the B district": a district of the city that the line begins
    with, where the region of A has no raion of that name."""
    rows = _rows_of_head(doc, part, m) if row.level == "raion" else []
    town = next((one for one in rows if one.level == "city" and one.population >= _WITH_DISTRICTS), None)
    if town is None:
        return None
    regions = {a for a in ancestors(doc.lexicon, town.id) if "-" in a}
    return town if regions.isdisjoint(ancestors(doc.lexicon, row.id)) else None


def _rows_of_head(doc: Doc, part: Part, m: Mention) -> Sequence[Candidate]:
    """What the one place named ahead of a colon may be, that of the short piece which begins the line, or of those who
    tell of it: "people of A heard blasts in the B district"."""
    colon = next((k for k in range(part.i, min(m.i, part.i + _HEAD)) if doc.tokens[k].text == ":"), None)
    if colon is not None:
        named = [x for x in doc.mentions_between(part.i, colon) if x.group == "place" and x.rows]
        return named[0].rows if len(named) == 1 else []
    if len(part.mentions) > 1 and part.mentions[0].group == "person" and part.mentions[1].i - part.i == 1:
        return part.mentions[1].rows
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or before.j - before.i > _DATELINE or len(before.mentions) != 1:
        return []
    return before.mentions[0].rows


def is_in_a_town_behind(doc: Doc, part: Part, m: Mention, row: Candidate) -> bool:
    """ "In the Dnipro district in Kherson": a district of the town told behind it, that lies in no such raion."""
    k = m.j
    word = doc.at[k] if k < part.j else None
    if word is not None and word.concept == "level.raion":
        k = word.j
        word = doc.at[k] if k < part.j else None
    if row.level != "raion" or k == m.i + 1 or word is None or word.concept != "prep.at" or word.j >= part.j:
        return False
    town = doc.at[word.j]
    if town is None or town.group != "place" or not town.rows or town.rows[0].level != "city":
        return False
    return row.id not in ancestors(doc.lexicon, town.rows[0].id)


def is_district_of(doc: Doc, part: Part, m: Mention) -> bool:
    """ "In the Moskovsky district of Kharkiv", where the case says "of": a part of the town behind, no town of its
    own."""
    word = doc.at[m.j] if m.j < part.j else None
    if word is None or word.concept != "level.raion" or word.j >= part.j:
        return False
    what = doc.at[word.j]
    return what is not None and any(one.level == "city" and not one.is_adj for one in what.rows)


def raion_of_seat(doc: Doc, part: Part, m: Mention, row: Candidate, is_raion: bool) -> Candidate | None:
    """ "The district of A", "Bezirk A": the raion around a city that gives it its name."""
    if row.level != "city" or not row.parent:
        return None
    k = m.i - 1
    if k > part.i and (x := doc.at[k]) is not None and x.concept == "prep.of":
        k = x.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    is_named = before is not None and before.concept == "level.raion"
    if before is not None and is_named and before.i > part.i and k == before.i and doc.tokens[k - 1].is_capital and (
        (own := doc.at[k - 1]) is None or (bool(own.rows) and m.i == before.j)
    ):  # fmt: skip
        return None  # "in the B district of A": a district of the city
    is_listed = is_raion and not is_named and _is_before_raions(doc, part, m.j)
    if not is_named and not is_listed and (after is None or after.concept != "level.raion"):
        return None
    for above in ancestors(doc.lexicon, row.id):
        found = doc.lexicon.place(above)
        if found is not None and found.level == "raion" and found.name[:_SAME] == row.name[:_SAME]:
            return found
    return None
