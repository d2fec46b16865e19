"""The level that the words around a name tell: district, region, town."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.rows import is_counted_in, is_figured, is_row, over_adjective
from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import Mention

__all__ = ["CITY", "LEVELS", "is_adjective", "level_bare", "level_hint", "level_told"]

LEVELS: Final = {"level.city": ("city",), "level.oblast": ("oblast",), "level.raion": ("raion", "district"),
           "level.hromada": ("hromada",), "level.oblasts": ("oblast",), "level.raions": ("raion", "district"),
           "level.hromadas": ("hromada",), "level.sea": ("sea",)}  # fmt: skip
CITY: Final[tuple[str, ...]] = ("city",)
_JOINTS: Final = frozenset(",/\\\u2013\u2014+&")
_BETWEEN: Final = frozenset(("conj.and", "prep.at", "prep.of", "prep.side"))
_IN_ROW: Final = frozenset(("prep.by", "num.each", "conj.and", "prep.at", "prep.over"))
_PLURALS: Final = frozenset(("level.oblasts", "level.raions", "level.hromadas"))
_BEFORE_REGION: Final = frozenset(("prep.from", "prep.at", "prep.past"))
_ENDS: Final = frozenset(("alert.lifted", "alert.over", "alert.event_over", "alert.still", "alert.lasts"))
_BEHIND_REGION: Final = frozenset(("prep", "alert", "weapon", "model", "act"))
_AROUND: Final = frozenset(("hromada", "raion", "oblast"))
_DISTRICTS: Final = ("raion", "district")
_OF_LISTS: Final = frozenset(("raion", "district", "hromada"))
_ENDING: Final = 2
_BARE_REACH: Final = 12
_ITEMS: Final = 8
"""Sentences of a list looked back over."""
_BRACKET: Final = 6
"""Tokens of "(in the north-east)" where that is two words joined by a hyphen."""


def level_hint(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """The level that a word beside the name states: "city of", or "... and ... regions" behind a list."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "level.city" and not _is_around(m):
        return CITY
    return _level_behind(doc, part, m) or _level_ahead(doc, part, m)


def _level_behind(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "The A, the B and the C districts": the level behind the list that the name stands in."""
    k = m.j
    has_unknown = has_adjective = False
    is_noun = bool(m.rows) and not any(one.is_adj for one in m.rows)
    for _ in range(40):
        if k >= part.j:
            break
        mention = doc.at[k]
        if mention is not None and mention.concept in LEVELS and mention.concept != "level.city":
            joint = doc.at[k - 1] if k > m.j and mention.j - mention.i > 1 else None
            if joint is not None and joint.concept == "conj.and":
                break  # "A, B and regions of C": a town, a town and a region
            if k > m.j and mention.concept in _PLURALS and _is_joined(doc, k):
                break  # "in A and hromadas of the region"
            if has_unknown and mention.concept not in _PLURALS:
                break
            if has_adjective and is_noun:
                break  # "A, and the B and C hromadas": adjectives alone go with the level
            return LEVELS[mention.concept]
        if mention is not None and mention.j - mention.i > 1 and not is_noun and (own := _own_level(doc, m, mention)):
            return own
        if mention is not None and (mention.group == "place" or mention.concept == "conj.and"):
            has_adjective = has_adjective or (bool(mention.rows) and is_adjective(mention))
            k = mention.j
        elif doc.tokens[k].text in _JOINTS:
            k += 1
        elif doc.tokens[k].text == "(" and (closes := _closing(doc, part, k)) > k:
            k = closes + 1  # "over the A (9), B (3) and C regions"
        elif mention is None and doc.tokens[k].is_capital and doc.tokens[k].kind == "w" and k > m.j:
            has_unknown, k = True, k + 1  # "in the A and the unknown B districts"
        else:
            break
    return None


def _level_ahead(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "By region: 9 - the A, two each - the B and the C": the level ahead of the list."""
    b = m.i - 1
    is_row = False
    while b >= part.i:
        mention = doc.at[b]
        if mention is not None and mention.concept in ("level.oblasts", "level.raions", "level.hromadas"):
            if is_row and doc.tokens[mention.j].text != ":":
                break
            return LEVELS[mention.concept]
        if doc.tokens[b].kind == "n" or (mention is not None and mention.group == "num"):
            is_row, b = True, b - 1  # "by region: 9 - the A, two each - the B and the C"
            continue
        if mention is not None and mention.concept == "conj.and" and _is_behind_plural(doc, part, mention.i):
            break  # "in three regions and the city of A"
        if (mention is not None and mention.group == "place") or doc.tokens[b].text in ",:\u2013\u2014":
            b = (mention.i if mention else b) - 1
        elif doc.tokens[b].text == ")" and (opens := _opening(doc, part, b)) > part.i:
            b = opens - 1  # "the regions of A (north), B and C"
        elif mention is not None and (
            mention.concept in _BETWEEN
            or mention.group == "side"
            or (is_row and mention.concept in _IN_ROW)
            or _is_in_exception(doc, part, m, mention)
        ):
            b = mention.i - 1
        elif mention is None and b < m.i - 1 and over_adjective(doc, part, b) < b:
            b -= 1
        else:
            break
    return None


def _is_in_exception(doc: Doc, part: Part, m: Mention, mention: Mention) -> bool:
    """ "In all districts of the region, except the A and B": what is left out is what was named before."""
    if not any(one.is_adj for one in m.rows):
        return False
    return mention.concept == "prep.except" or (
        mention.concept == "level.oblast" and _is_behind_plural(doc, part, mention.i))  # fmt: skip


def _is_joined(doc: Doc, k: int) -> bool:
    """Whether an "and" stands right ahead of token ``k``."""
    joint = doc.at[k - 1]
    return joint is not None and joint.concept == "conj.and"


def _own_level(doc: Doc, m: Mention, named: Mention) -> tuple[str, ...] | None:
    """ "The A, B and C region": adjectives ahead of a name that says itself what it is the name of. A form that is
    both a town and an adjective has to end as the adjective of that name does."""
    if named.group != "place" or not m.rows or any(one.is_adj for one in named.rows):
        return None
    if not is_adjective(m) and doc.tokens[m.i].f[-_ENDING:] != doc.tokens[named.i].f[-_ENDING:]:
        return None
    own = {one.level for one in m.rows if one.is_adj}
    return next(((one.level,) for one in named.rows if one.level in _AROUND and one.level in own), None)


def _is_behind_plural(doc: Doc, part: Part, k: int) -> bool:
    before = doc.at[k - 1] if k > part.i else None
    return before is not None and before.concept in _PLURALS


def _is_around(m: Mention) -> bool:
    """ "In a village of the A hromada": a name that says itself what it is the name of, and that is no town."""
    return m.j - m.i > 1 and bool(m.rows) and all(one.level in _AROUND and not one.is_adj for one in m.rows)


def _closing(doc: Doc, part: Part, k: int) -> int:
    """The bracket that closes a figure opened at ``k``, its weapon at most beside it; -1 where it holds more."""
    number = next((n for n in part.numbers if n.i == k + 1), None)
    if number is None:
        return -1
    end = number.j
    noun = doc.at[end] if end < part.j else None
    end = noun.j if noun is not None and noun.group in ("weapon", "model") else end
    return end if end < part.j and doc.tokens[end].text == ")" else -1


def _opening(doc: Doc, part: Part, b: int) -> int:
    """ "(north-east)": the bracket that opens what is closed at ``b``; -1 if more than a few words stand in it."""
    return next((k for k in range(b - 2, max(part.i, b - _BRACKET), -1) if doc.tokens[k].text == "("), -1)


def level_told(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """In a list that began with "over the Bryansk region", a bare adjective is a region too."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is None and doc.tokens[m.i - 1].text in ",/":
        before = _ahead_of_row(doc, part, m)
    if before is None or before.group not in ("prep", "conj"):
        return None
    listed = _level_of_list(doc, part, m)
    if listed == ("hromada",) or not any(one.is_adj and one.level == "oblast" for one in m.rows):
        return listed
    if before.concept == "conj.and":
        before = _ahead_of_row(doc, part, m) or before
    if before.concept in ("prep.at", "prep.by") and _is_town_by_case(m):
        return CITY
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
    if is_item and before.concept in ("prep.at", "prep.over") and (is_told or is_counted_in(doc, part, before)):
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


def _is_town_by_case(m: Mention) -> bool:
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
    """ "In the A district ..., in the B ...", "in the A hromada, in the B": the noun is left out the second time."""
    behind = doc.at[m.j] if m.j < part.j else None
    is_cut = True
    if behind is None and m.j < part.j:
        is_cut = doc.tokens[m.j].kind == "p" or doc.tokens[m.j].f in doc.lexicon.settings.get("he", ())
    if not is_cut or (behind is not None and behind.group in ("target", "level", "claimant", "person")):
        return None
    if not any(one.is_adj and one.level in _OF_LISTS for one in m.rows):
        return None
    before = doc.parts[part.n - 1] if part.n else None
    is_first = all(doc.tokens[k].kind != "w" or doc.at[k] is not None for k in range(part.i, m.i))
    is_next = before is not None and before.line == part.line and is_first and is_adjective(m)
    start = before.i if before is not None and is_next else part.i
    for other in doc.mentions_between(start, m.i):
        told = {one.level for one in other.rows if not one.is_adj} if other.group == "place" else set()
        if not told.isdisjoint(_DISTRICTS):
            return _DISTRICTS if "raion" in told else ("district",)  # of a city: so is the other one
        if told == {"hromada"} and any(one.is_adj and one.level == "hromada" for one in m.rows):
            return ("hromada",)
    return None


def level_bare(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "Of the Obukhiv, alert": an adjective whose noun is left out, in an announcement or the list below it; its
    form says whether a region, a raion or a hromada is meant."""
    is_item = is_figured(doc, part, m) and any(one.is_adj and one.level == "oblast" for one in m.rows)
    if not (is_adjective(m) or is_item) or not doc.tokens[m.i].is_capital:
        return None
    if not any(p.has("alert.siren", "alert.all_clear", "alert.all_clear_siren", "alert.danger", "alert.threat")
               for p in doc.parts[max(0, part.n - _BARE_REACH) : part.n + 1]) and not (
                   is_row(doc, part) or is_figured(doc, part, m)):  # fmt: skip
        return _level_of_items(doc, part, m)
    found = {one.level for one in m.rows if one.is_adj}
    levels = next(((level,) for level in ("oblast", "raion", "hromada") if level in found), None)
    k = m.j
    while k < part.j:
        mention = doc.at[k]
        if mention is not None and (mention.concept == "conj.and" or (mention.rows and is_adjective(mention))):
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
        is_next = doc.tokens[k].kind == "n" and doc.tokens[k - 1].text == ","  # "17 - Belgorod's, 9 - ..."
        return levels if is_next or (doc.tokens[k].kind == "p" and doc.tokens[k].text not in '\u00ab\u201c"') else None
    is_end = mention.group in ("alert", "mark") or (mention.group == "prep" and mention.concept != "prep.front")
    return levels if is_end or mention.concept == "conj.but" else None


def _level_of_items(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "- The A district: three are hurt - The B: one": the noun that an item above gives is left out in those below,
    where a name and a dash or colon open each of them."""
    if not _opens_item(doc, part, m):
        return None
    for other in reversed(doc.parts[max(0, part.n - _ITEMS) : part.n]):
        first = next((one for one in other.mentions if one.group == "place"), None)
        if first is None or not _opens_item(doc, other, first):
            continue
        told = {one.level for one in first.rows if not one.is_adj}
        level = next((level for level in ("raion", "hromada") if told == {level}), None)
        if level is not None:
            return (level,) if any(one.is_adj and one.level == level for one in m.rows) else None
    return None


def _opens_item(doc: Doc, part: Part, m: Mention) -> bool:
    is_first = all(doc.tokens[k].kind != "w" for k in range(part.i, m.i))
    return is_first and m.j < part.j and (doc.tokens[m.j].text == ":" or doc.tokens[m.j].text in DASHES)


def is_adjective(m: Mention) -> bool:
    return all(one.is_adj for one in m.rows)
