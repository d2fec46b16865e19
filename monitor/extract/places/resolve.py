"""Which unit a name means: by level words, what was named nearby, population, and how it is written."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import attacked_country, lies_in
from monitor.extract.places.levels import CITY, LEVELS, is_adjective, level_bare, level_hint, level_told
from monitor.extract.places.plants import (
    is_district_elsewhere,
    is_district_of,
    is_in_a_town_behind,
    is_of_the_town,
    is_of_town_before,
    raion_of_seat,
    town_of_dateline,
    town_of_plant,
)
from monitor.extract.places.roles import CAPITAL_OF_SIDE
from monitor.extract.places.rows import is_in_row, is_row_of_centres, over_adjective
from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL, ancestors
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.caseforms import by_case
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.lowercase import is_framed, is_headed_for
from monitor.extract.words.mentions import Mention
from monitor.extract.words.namesakes import is_no_place, is_word

__all__ = ["resolve"]

_BIG: Final = 50_000
_SMALL: Final = 15_000
_VILLAGE: Final = 8_000
_MOST_PEOPLE: Final = 1_000_000_000
_RANK: Final = {"country": 6, "oblast": 5, "sea": 5, "area": 4, "city": 3, "raion": 2, "hromada": 1}


def resolve(doc: Doc, part: Part, m: Mention, context: set[str], own: set[str]) -> Candidate | None:
    """The place that is meant; one without an id where it may be any of several. ``context`` are the regions that the
    text is about, ``own`` those of the line."""
    hint = level_hint(doc, part, m) or level_told(doc, part, m) or level_bare(doc, part, m)
    if hint is None and (town := town_of_plant(doc, part, m)) is not None:
        return town
    fit = _candidates(doc, part, m, hint, context)
    if not fit:
        return None
    if len(fit) > 1 and own:
        fit = _of_line(doc, fit, own)
    row, second, attacked = fit[0], None, ""
    if len(fit) > 1:
        attacked = attacked_country(doc, part)
        row, second = _first_two(doc, fit, context, attacked)
    if _lies_in_the_town(doc, part, m, row, context):
        return None
    if (unit := _unit_beside(doc, part, m, row, hint)) is not None:
        return unit
    if row.level == "city":
        if _is_a_namesake_elsewhere(doc, part, m, row, context):
            return None if _is_spelled_at_home(doc, row) else _unplaced(row)
        if _is_of_another_people(doc, part, m, row):
            return _unplaced(row)
    if not _is_written_as_name(doc, part, m, row, context):
        return None
    if second is not None and _may_be_either(doc, row, second, context, attacked):
        doc.note(m.i, m.j, f"ambiguous place: {len(fit)} units of that name")
        return _unplaced(row)
    return row


def _candidates(doc: Doc, part: Part, m: Mention, hint: tuple[str, ...] | None, context: set[str]) -> list[Candidate]:
    """The units of that name that may be meant; none where it is no name of a place."""
    fit = _fitting(m, hint)
    if len(fit) > 1 and hint == LEVELS["level.hromada"]:
        fit = _rural(doc, part, m, fit)
    if not fit or is_no_place(doc, part, m) or (fit[0].is_common and m.i == part.i and _is_ware(doc, part, m)):
        return []
    if any(one.level == "district" for one in fit):
        fit = _known_districts(doc, part, m, fit, context)
        if not fit:
            return []
    if fit[0].id in CITIES_OF_FIRST_LEVEL and is_district_elsewhere(doc, part, m):
        return []
    if fit[0].level == "city" and is_district_of(doc, part, m):
        return []
    return by_case(doc, part, m, fit) if len(fit) > 1 else fit


def _of_line(doc: Doc, fit: list[Candidate], own: set[str]) -> list[Candidate]:
    """Those in the regions that the line is about, where there are any, and towns that are no mere namesakes."""
    if not any(_lies_in(doc, one, own) and "old" not in one.note for one in fit):
        return fit
    return [one for one in fit if one.population >= _SMALL or one.level != "city" or _lies_in(doc, one, own)]


def _lies_in(doc: Doc, one: Candidate, regions: set[str]) -> bool:
    return any(a in regions for a in ancestors(doc.lexicon, one.id) if "-" in a)


def _lies_in_the_town(doc: Doc, part: Part, m: Mention, row: Candidate, context: set[str]) -> bool:
    """Whether the name is that of a district within a town that is told beside it."""
    is_known = row.level == "district" and row.parent in context
    if row.level in ("raion", "district") and not is_known and is_of_the_town(doc, part, m):
        return True
    return (row.level == "raion" and is_of_town_before(doc, part, m)) or is_in_a_town_behind(doc, part, m, row)


def _unit_beside(doc: Doc, part: Part, m: Mention, row: Candidate, hint: tuple[str, ...] | None) -> Candidate | None:
    """Another unit than that of the name: the town of the dateline, the region, the raion or the hromada of a town."""
    if (town := town_of_dateline(doc, part, m, row)) is not None:
        return town
    if (wider := _around(doc, part, m, row, hint)) is not None:
        return wider
    if (seated := raion_of_seat(doc, part, m, row, hint == LEVELS["level.raions"])) is not None:
        return seated
    if row.level != "city":
        return None
    before = doc.at[m.i - 1] if m.i > part.i else None
    is_around = hint == LEVELS["level.hromada"] or (before is not None and before.concept == "level.hromada")
    return _hromada_of(doc, row) if is_around else None


def _is_written_as_name(doc: Doc, part: Part, m: Mention, row: Candidate, context: set[str]) -> bool:
    """Whether it is written as the name of that place is: with a capital, or framed as a small town's must be."""
    token = doc.tokens[m.i]
    is_city = row.level == "city"
    is_capital = token.is_capital or not token.is_lower or doc.tokens[m.j - 1].is_capital  # "the port of A" as one name
    if is_city and row.id not in CITIES_OF_FIRST_LEVEL and not (m.i > 0 and doc.tokens[m.i - 1].text == "#"):
        is_low = not is_capital and (row.population < _BIG or row.is_common or (m.j - m.i == 1 and len(token.f) < 4))
        if is_low and not is_headed_for(doc, part, m, row, context):
            return False
        is_picked = ":" in row.id and token.is_capital and not row.is_common  # listed by hand
        if row.population < _SMALL and not is_picked and not is_framed(doc, part, m):
            return False
    elif not is_capital and row.is_common:
        return False
    if not is_capital and row.level == "district" and ":" in row.id and m.j - m.i > 1:
        return False  # "in the forest area" is no "Forest Area" of the capital
    if "capital" not in row.note:
        return True
    is_headed = is_city and not is_capital and is_headed_for(doc, part, m, row, context)
    return is_headed or not is_word(doc, part, m, row, is_capital)


def _may_be_either(doc: Doc, row: Candidate, second: Candidate, context: set[str], attacked: str) -> bool:
    """Whether nothing tells two towns of one name apart, and none is much the larger."""
    if row.level != "city" or row.population >= _BIG or second.level != row.level:
        return False
    is_as_near = _is_near(doc, row, context) == _is_near(doc, second, context)
    is_as_near = is_as_near and lies_in(doc, row, attacked) == lies_in(doc, second, attacked)
    return is_as_near and second.population * 3 > row.population


def _unplaced(row: Candidate) -> Candidate:
    """A place of that name and kind, of which nobody says which it is."""
    return Candidate("", row.name, row.level, None, row.population)


def _is_spelled_at_home(doc: Doc, row: Candidate) -> bool:
    """Whether a town of another country is spelled as in the text's own language, where villages are named."""
    table = doc.lexicon.settings.get("romanised", {}).get(doc.lang or "")
    return bool(table) and not row.id.startswith(str(table["country"])) and row.id[:2].isalpha()


def _hromada_of(doc: Doc, city: Candidate) -> Candidate | None:
    """ "The hromada of A", in a language whose table has the name of the town alone."""
    around = doc.lexicon.place(city.parent) if city.parent else None
    return around if around is not None and around.level == "hromada" and around.name.startswith(city.name) else None


def _is_ware(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Tyre factory": a word that begins a sentence and says what is made."""
    after = doc.at[m.j] if m.j < part.j else None
    return after is not None and after.concept == "target.industry" and (
        after.lang in doc.lexicon.settings.get("compounds", ()))  # fmt: skip


def _is_a_namesake_elsewhere(doc: Doc, part: Part, m: Mention, row: Candidate, context: set[str]) -> bool:
    """ "Hit in the village of A", told by a channel of a region that has no A known to us: no A of another region. Nor
    is a city called a village where a region is named."""
    if m.i == part.i or not part.has("strike", "toll", "act"):
        return False
    if not any("-" in place for place in (doc.area if row.population < _SMALL else context)):
        return False
    before = doc.tokens[m.i - 1]
    k = m.i - 2 if before.text == "." and m.i - 2 >= part.i else m.i - 1
    is_near = any(a in context for a in (row.id, *ancestors(doc.lexicon, row.id)) if "-" in a or a == row.id)
    return doc.tokens[k].f in doc.lexicon.settings.get("hamlets", ()) and not is_near


def _is_of_another_people(doc: Doc, part: Part, m: Mention, row: Candidate) -> bool:
    """ "The Syrian town of A": no A of another country."""
    town = doc.at[m.i - 1] if m.i - 1 > part.i else None
    if town is None or town.concept != "level.city":
        return False
    land = doc.lexicon.settings.get("peoples", {}).get(doc.tokens[town.i - 1].f)
    return land is not None and land not in ancestors(doc.lexicon, row.id)


def _fitting(m: Mention, hint: tuple[str, ...] | None) -> list[Candidate]:
    """The candidates whose form and level go with what is said of the level."""
    if hint is None:
        return [one for one in m.rows if not one.is_adj]
    is_city = hint == CITY
    exact = [
        one for one in m.rows
        if _is_allowed(one, hint, is_city) and (one.level in hint or (is_city and one.id in CITIES_OF_FIRST_LEVEL))
    ]  # fmt: skip
    if exact:
        return exact
    if not is_city and is_adjective(m):
        return []
    return [
        one for one in m.rows
        if _is_allowed(one, hint, is_city) and (is_city or not one.name.endswith(_ADJECTIVAL))
    ]  # fmt: skip


def _rural(doc: Doc, part: Part, m: Mention, fit: list[Candidate]) -> list[Candidate]:
    """ "The rural hromada of A": not that of the city of A; "the hromada of A", where one raion has a rural one and one
    of a town: the rural one, as that of the town is named with it."""
    after = doc.at[m.j] if m.j < part.j else None
    words = doc.lexicon.settings.get("rural", ())
    if after is not None and any(doc.tokens[k].f in words for k in range(after.i, after.j)):
        return [one for one in fit if one.population < _BIG] or fit
    words = doc.lexicon.settings.get("urban", ())
    if not words or (after is not None and any(doc.tokens[k].f in words for k in range(after.i, after.j))):
        return fit
    small = {one.parent for one in fit if one.population < _SMALL}
    return [one for one in fit if one.population < _SMALL or one.parent not in small]


def _known_districts(doc: Doc, part: Part, m: Mention, fit: list[Candidate], context: set[str]) -> list[Candidate]:
    """Without the districts of cities that nothing speaks of."""
    owner = doc.at[m.i - 1] if m.i > part.i else None
    capital = CAPITAL_OF_SIDE.get(owner.concept) if owner is not None else None
    is_tag = doc.tokens[m.i].text == "#"
    is_only = len({one.id for one in m.rows}) == 1
    parts = [one for one in fit if one.parent in CITIES_OF_FIRST_LEVEL and ":" in one.id]
    if len(parts) == 1 and not parts[0].note.startswith("common") and (
        all(one is parts[0] or (one.population < _VILLAGE and not _is_near(doc, one, context)) for one in fit)
    ):  # fmt: skip
        return parts  # a quarter of the capital that is also the name of villages
    return [
        one for one in fit
        if one.level != "district" or one.parent in context or one.parent == capital or is_tag
        or (is_only and (":" in one.id or one.parent in CITIES_OF_FIRST_LEVEL) and not one.note.startswith("common"))
    ]  # fmt: skip


def _first_two(doc: Doc, fit: list[Candidate], context: set[str], attacked: str) -> tuple[Candidate, Candidate]:
    """The two that weigh most; of equal ones those that stand first."""
    first, second = fit[0], fit[1]
    most, next_ = _weight(doc, first, context, attacked), _weight(doc, second, context, attacked)
    if next_ > most:
        first, second, most, next_ = second, first, next_, most
    for one in fit[2:]:
        weight = _weight(doc, one, context, attacked)
        if weight > most:
            first, second, most, next_ = one, first, weight, most
        elif weight > next_:
            second, next_ = one, weight
    return first, second


def _weight(doc: Doc, one: Candidate, context: set[str], attacked: str) -> int:
    """Of places that share a name: one near what was named, the higher level, one in the country attacked, one outside
    the regions under a permanent alert, a hromada without a big city (one with such a city is written together with
    it), the larger. As one number, each of these above all behind it."""
    level = 7 if one.level == "city" and one.population >= _BIG and "old" not in one.note else _RANK.get(one.level, 0)
    standing = doc.lexicon.settings.get("standing", ())
    stands = any(a in standing for a in ancestors(doc.lexicon, one.id))
    flags = (4 if lies_in(doc, one, attacked) else 0) + (0 if stands else 2) + (0 if "seat" in one.note else 1)
    return (((8 if _is_near(doc, one, context) else 0) + level) * 8 + flags) * _MOST_PEOPLE + one.population


def _is_near(doc: Doc, one: Candidate, context: set[str]) -> bool:
    """Whether a place is in or around what was named, or so large that it needs nothing named beside it."""
    if (
        (one.population >= 200_000 and "old" not in one.note and one.level != "raion")
        or one.level in ("country", "sea")
        or one.id in CITIES_OF_FIRST_LEVEL
    ):
        return True
    if not context:
        return False
    return one.id in context or any(a in context for a in ancestors(doc.lexicon, one.id) if "-" in a)


def _is_allowed(one: Candidate, hint: tuple[str, ...], is_city: bool) -> bool:
    if one.is_adj:
        return one.level in hint
    return not is_city or one.level in ("city", "district") or one.id in CITIES_OF_FIRST_LEVEL


_ADJECTIVAL: Final = ("ske", "skoye")
"""How the names of villages end that look like the adjective of a district."""


_ROW_OF_REGIONS: Final = 12


def _around(doc: Doc, part: Part, m: Mention, row: Candidate, hint: tuple[str, ...] | None) -> Candidate | None:
    """The region of a city, where a word for "region" stands beside its name."""
    if row.level != "city" and row.id not in CITIES_OF_FIRST_LEVEL:
        return None
    k = m.i - 1
    while k > part.i and (x := doc.at[k]) is not None and (x.concept == "prep.of" or x.group == "side"):
        k = x.i - 1
    k = over_adjective(doc, part, k) if k < m.i - 1 else k
    before = doc.at[k] if k >= part.i else None
    if before is not None and before.concept == "prep.from" and before.i > part.i and (
        (region := doc.at[before.i - 1]) is not None and region.concept == "level.oblast"
        and doc.tokens[region.i - 1].f not in doc.lexicon.settings.get("articles", ())):  # fmt: skip
        before = region  # "in the region of A"; not "a region of A"
    after = doc.at[m.j] if m.j < part.j else None
    is_plural = hint == ("oblast",) and part.has("level.oblasts")
    if is_plural and not is_adjective(m) and any(
        x.rows and is_adjective(x) for x in doc.mentions_between(m.j, min(part.j, m.j + _ROW_OF_REGIONS))
    ):  # fmt: skip
        is_plural = False  # "in Kyiv, the Chernihiv and the Sumy regions", where adjectives say which are regions
    is_named = is_plural or (before is not None and before.concept == "level.oblast")
    is_named = is_named or (after is not None and after.concept == "level.oblast")
    if not is_named and not is_in_row(doc, part, m) and not (row.level == "city" and is_row_of_centres(doc, part, m)):
        return None
    pairs = doc.lexicon.settings.get("around", {})
    above = pairs.get(row.id) or next((a for a in ancestors(doc.lexicon, row.id) if "-" in a), None)
    return doc.lexicon.place(above) if above else None
