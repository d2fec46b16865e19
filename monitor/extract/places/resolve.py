"""Which unit a name means: by level words, what was named nearby, population, and how it is written."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.attacked import attacked_country, lies_in
from monitor.extract.places.levels import level_hint
from monitor.extract.places.plants import (
    is_district_elsewhere,
    is_district_of,
    is_in_a_town_behind,
    is_of_town_before,
    raion_of_seat,
    town_of_plant,
)
from monitor.extract.places.roles import CAPITAL_OF_SIDE
from monitor.extract.places.rows import is_figured, is_in_row, is_row, over_adjective
from monitor.extract.places.units import CITIES_OF_FIRST_LEVEL, ancestors
from monitor.extract.text.doc import Doc, Part
from monitor.extract.words.caseforms import by_case
from monitor.extract.words.lexicon import Candidate
from monitor.extract.words.lowercase import is_framed, is_headed_for
from monitor.extract.words.mentions import Mention
from monitor.extract.words.namesakes import is_no_place, is_word

__all__ = ["resolve"]

_LEVELS: Final = {"level.city": ("city",), "level.oblast": ("oblast",), "level.raion": ("raion", "district"),
           "level.hromada": ("hromada",), "level.oblasts": ("oblast",), "level.raions": ("raion", "district"),
           "level.hromadas": ("hromada",), "level.sea": ("sea",)}  # fmt: skip
_BIG: Final = 50_000
_SMALL: Final = 15_000
_VILLAGE: Final = 8_000
_MOST_PEOPLE: Final = 1_000_000_000
_CITY: Final[tuple[str, ...]] = ("city",)
_RANK: Final = {"country": 6, "oblast": 5, "sea": 5, "area": 4, "city": 3, "raion": 2, "hromada": 1}


def resolve(doc: Doc, part: Part, m: Mention, context: set[str]) -> Candidate | None:
    """The place that is meant; one without an id where it may be any of several."""
    token = doc.tokens[m.i]
    hint = level_hint(doc, part, m) or _level_told(doc, part, m) or _level_bare(doc, part, m)
    if hint is None and (town := town_of_plant(doc, part, m)) is not None:
        return town
    fit = _fitting(m, hint)
    if len(fit) > 1 and hint == _LEVELS["level.hromada"]:
        fit = _rural(doc, part, m, fit)
    if not fit or is_no_place(doc, part, m) or (fit[0].is_common and m.i == part.i and _is_ware(doc, part, m)):
        return None
    if any(one.level == "district" for one in fit):
        fit = _known_districts(doc, part, m, fit, context)
        if not fit:
            return None
    if fit[0].id in CITIES_OF_FIRST_LEVEL and is_district_elsewhere(doc, part, m):
        return None
    if fit[0].level == "city" and is_district_of(doc, part, m):
        return None
    if len(fit) > 1:
        fit = by_case(doc, part, m, fit)
    row, second, attacked = fit[0], None, ""
    if len(fit) > 1:
        attacked = attacked_country(doc, part)
        row, second = _first_two(doc, fit, context, attacked)
    if (row.level == "raion" and is_of_town_before(doc, part, m)) or is_in_a_town_behind(doc, part, m, row):
        return None
    if (wider := _around(doc, part, m, row, hint)) is not None:
        return wider
    if (seated := raion_of_seat(doc, part, m, row, hint == _LEVELS["level.raions"])) is not None:
        return seated
    is_city = row.level == "city"
    if is_city and _is_a_namesake_elsewhere(doc, part, m, row, context):
        return Candidate("", row.name, row.level, None, row.population)
    is_capital = token.is_capital or not token.is_lower or doc.tokens[m.j - 1].is_capital  # "the port of A" as one name
    if is_city and row.id not in CITIES_OF_FIRST_LEVEL and not (m.i > 0 and doc.tokens[m.i - 1].text == "#"):
        is_low = not is_capital and (row.population < _BIG or row.is_common or (m.j - m.i == 1 and len(token.f) < 4))
        if is_low and not is_headed_for(doc, part, m, row, context):
            return None
        is_picked = ":" in row.id and token.is_capital and not row.is_common  # listed by hand
        if row.population < _SMALL and not is_picked and not is_framed(doc, part, m):
            return None
    elif not is_capital and row.is_common:
        return None
    is_headed = is_city and not is_capital and is_headed_for(doc, part, m, row, context)
    if "capital" in row.note and not is_headed and is_word(doc, part, m, row, is_capital):
        return None
    if second is not None and is_city and row.population < _BIG and second.level == row.level:
        is_as_near = _is_near(doc, row, context) == _is_near(doc, second, context)
        is_as_near = is_as_near and lies_in(doc, row, attacked) == lies_in(doc, second, attacked)
        if is_as_near and second.population * 3 > row.population:
            doc.note(m.i, m.j, f"ambiguous place: {len(fit)} units of that name")
            return Candidate("", row.name, row.level, None, row.population)
    return row


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


def _fitting(m: Mention, hint: tuple[str, ...] | None) -> list[Candidate]:
    """The candidates whose form and level go with what is said of the level."""
    if hint is None:
        return [one for one in m.rows if not one.is_adj]
    is_city = hint == _CITY
    exact = [
        one for one in m.rows
        if _is_allowed(one, hint, is_city) and (one.level in hint or (is_city and one.id in CITIES_OF_FIRST_LEVEL))
    ]  # fmt: skip
    if exact:
        return exact
    if not is_city and _is_adjective(m):
        return []
    return [
        one for one in m.rows
        if _is_allowed(one, hint, is_city) and (is_city or not one.name.endswith(_ADJECTIVAL))
    ]  # fmt: skip


def _rural(doc: Doc, part: Part, m: Mention, fit: list[Candidate]) -> list[Candidate]:
    """ "The rural hromada of A": not that of the city of A."""
    after = doc.at[m.j] if m.j < part.j else None
    words = doc.lexicon.settings.get("rural", ())
    if after is None or not any(doc.tokens[k].f in words for k in range(after.i, after.j)):
        return fit
    return [one for one in fit if one.population < _BIG] or fit


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
        (one.population >= 200_000 and "old" not in one.note)
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


def _level_told(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """In a list that began with "over the Bryansk region", a bare adjective is a region too."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is None and doc.tokens[m.i - 1].text in ",/":
        before = _ahead_of_row(doc, part, m)
    if before is None or before.group not in ("prep", "conj"):
        return None
    if not any(one.is_adj and one.level == "oblast" for one in m.rows):
        return _level_of_list(doc, part, m)
    if before.concept == "conj.and":
        before = _ahead_of_row(doc, part, m) or before
    if before.concept in ("prep.at", "prep.by") and _is_townby_case(m):
        return _CITY
    behind = doc.at[m.j] if m.j < part.j else None
    is_last = m.j >= part.j or (behind is None and doc.tokens[m.j].kind == "p") or (
        behind is not None and (behind.group in _BEHIND_REGION or behind.concept == "mark.arrow"))  # fmt: skip
    if not is_last and behind is not None and behind.concept == "conj.and" and behind.j < part.j:
        other = doc.at[behind.j]
        is_last = other is not None and any(one.is_adj and one.level == "oblast" for one in other.rows)
    if is_last and before.concept in ("prep.by", "prep.to") and part.has("weapon", "model", "alert", "act.launch_noun"):
        return ("oblast",)
    is_told = part.has("weapon", "model", "alert.fly", "alert.attention") or (
        part.has("alert.siren", "alert.signal", "alert.all_clear_siren") and not part.has_any(_ENDS)
    )
    if is_last and before.concept in _BEFORE_REGION and is_told:
        return ("oblast",)
    is_item = is_last or (behind is not None and behind.concept == "conj.and")
    is_told = (part.numbers and part.has("act.shot_down", "weapon")) or (
        part.has("weapon", "model") and part.has("alert")
    )
    if is_item and before.concept in ("prep.at", "prep.over") and is_told:
        return ("oblast",)  # "12 over the Bryansk, 36 over the Kursk"
    for other in doc.mentions_between(max(0, part.i - 60), min(part.j, m.i + 30)):
        if (
            other.group == "place"
            and other is not m
            and other.j - other.i >= 2
            and any(one.level == "oblast" and not one.is_adj for one in other.rows)
        ):
            return ("oblast",)
    return None


def _is_townby_case(m: Mention) -> bool:
    """ "In Kursk": a form that is the locative of a town, of a region's adjective another case."""
    return any(
        one.level == "city" and not one.is_adj and not one.is_common and "loc" in one.note.rpartition(";")[2]
        for one in m.rows
    ) and not any(one.is_adj and "loc" in one.note for one in m.rows)


def _ahead_of_row(doc: Doc, part: Part, m: Mention) -> Mention | None:
    """ "In the Sumy, Poltava and Kharkiv": the preposition in front of a row of adjectives."""
    k = m.i - 1
    while k > part.i:
        mention = doc.at[k]
        if mention is None:
            if doc.tokens[k].text not in ",/":
                return None
            k -= 1
        elif mention.concept == "conj.and" or (mention.rows and any(one.is_adj for one in mention.rows)):
            k = mention.i - 1
        else:
            return mention if mention.group == "prep" else None
    return None


def _level_of_list(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "In the Shebekino district ..., in the Grayvoron ...": the noun is left out the second time."""
    behind = doc.at[m.j] if m.j < part.j else None
    is_cut = doc.tokens[m.j].kind == "p" if behind is None and m.j < part.j else True
    if not is_cut or (behind is not None and behind.group in ("target", "level", "claimant", "person")):
        return None
    if not any(one.is_adj and one.level == "raion" for one in m.rows):
        return None
    for other in doc.mentions_between(part.i, m.i):
        if other.group == "place" and any(one.level == "raion" and not one.is_adj for one in other.rows):
            return ("raion",)
    return None


_BEFORE_REGION: Final = frozenset(("prep.from", "prep.at", "prep.past"))
_ENDS: Final = frozenset(("alert.lifted", "alert.over", "alert.event_over", "alert.still", "alert.lasts"))
_BEHIND_REGION: Final = frozenset(("prep", "alert", "weapon", "model", "act"))
_BARE_REACH: Final = 12
_ROW_OF_REGIONS: Final = 12


def _level_bare(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "Of the Obukhiv, alert": an adjective whose noun is left out, in an announcement or the list below it; its
    form says whether a region, a raion or a hromada is meant."""
    is_item = is_figured(doc, part, m) and any(one.is_adj and one.level == "oblast" for one in m.rows)
    if not (_is_adjective(m) or is_item) or not doc.tokens[m.i].is_capital:
        return None
    if not any(p.has("alert.siren", "alert.all_clear", "alert.all_clear_siren", "alert.danger", "alert.threat")
               for p in doc.parts[max(0, part.n - _BARE_REACH) : part.n + 1]) and not (
                   is_row(doc, part) or is_figured(doc, part, m)):  # fmt: skip
        return None
    found = {one.level for one in m.rows if one.is_adj}
    levels = next(((level,) for level in ("oblast", "raion", "hromada") if level in found), None)
    k = m.j
    while k < part.j:
        mention = doc.at[k]
        if mention is not None and (mention.concept == "conj.and" or (mention.rows and _is_adjective(mention))):
            k = mention.j
            continue
        if mention is None and doc.tokens[k].kind != "w" and doc.tokens[k].text in ",/":
            k += 1
            continue
        break
    if k >= part.j:
        return levels
    mention = doc.at[k]
    if mention is None:
        return levels if doc.tokens[k].kind == "p" and doc.tokens[k].text not in '\u00ab\u201c"' else None
    is_end = mention.group in ("alert", "mark") or (mention.group == "prep" and mention.concept != "prep.front")
    return levels if is_end or mention.concept == "conj.but" else None


def _is_adjective(m: Mention) -> bool:
    return all(one.is_adj for one in m.rows)


def _around(doc: Doc, part: Part, m: Mention, row: Candidate, hint: tuple[str, ...] | None) -> Candidate | None:
    """The region of a city, where a word for "region" stands beside its name."""
    if row.level != "city" and row.id not in CITIES_OF_FIRST_LEVEL:
        return None
    k = m.i - 1
    while k > part.i and (x := doc.at[k]) is not None and (x.concept == "prep.of" or x.group == "side"):
        k = x.i - 1
    k = over_adjective(doc, part, k) if k < m.i - 1 else k
    before = doc.at[k] if k >= part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    is_plural = hint == ("oblast",) and part.has("level.oblasts")
    if is_plural and not _is_adjective(m) and any(
        x.rows and _is_adjective(x) for x in doc.mentions_between(m.j, min(part.j, m.j + _ROW_OF_REGIONS))
    ):  # fmt: skip
        is_plural = False  # "in Kyiv, the Chernihiv and the Sumy regions", where adjectives say which are regions
    is_named = is_plural or (before is not None and before.concept == "level.oblast")
    is_named = is_named or (after is not None and after.concept == "level.oblast")
    if not is_named and not is_in_row(doc, part, m):
        return None
    pairs = doc.lexicon.settings.get("around", {})
    above = pairs.get(row.id) or next((a for a in ancestors(doc.lexicon, row.id) if "-" in a), None)
    return doc.lexicon.place(above) if above else None
