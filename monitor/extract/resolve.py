"""Which unit a name means: by level words, what was named nearby, population, and how it is written."""

from __future__ import annotations

from typing import Final

from monitor.extract.doc import Doc, Part
from monitor.extract.lexicon import PlaceRow
from monitor.extract.mentions import Mention
from monitor.extract.roles import CAPITAL_OF_SIDE
from monitor.extract.units import CITIES_OF_FIRST_LEVEL, ancestors

__all__ = [
    "resolve",
]

_LEVELS: Final = {"level.city": ("city",), "level.oblast": ("oblast",), "level.raion": ("raion", "district"),
           "level.hromada": ("hromada",), "level.oblasts": ("oblast",), "level.raions": ("raion", "district"),
           "level.hromadas": ("hromada",), "level.sea": ("sea",)}  # fmt: skip
_BIG, _SMALL = 50_000, 15_000
_RANK: Final = {"country": 6, "oblast": 5, "sea": 5, "area": 4, "city": 3, "raion": 2, "hromada": 1}
_JOINTS: Final = frozenset(",/\\\u2013\u2014+&")


def resolve(doc: Doc, part: Part, m: Mention, context: set[str]) -> PlaceRow | None:
    token = doc.tokens[m.i]
    is_capital = token.text[0].isupper() or not token.text[0].islower()
    is_tag = m.i > 0 and doc.tokens[m.i - 1].text == "#"
    hint = _level_hint(doc, part, m) or _level_told(doc, part, m) or _level_bare(doc, part, m)
    rows: list[tuple[PlaceRow, str]] = [(doc.lexicon.places[n], note) for n, note in m.rows]
    fit = [pair for pair in rows if "adj" not in pair[1]] if hint is None else [
        (row, note) for row, note in rows if _is_allowed(row, note, hint)
    ]  # fmt: skip
    if hint and (exact := [(row, note) for row, note in fit if row[2] in hint or
                           (hint == ("city",) and row[0] in CITIES_OF_FIRST_LEVEL)]):  # fmt: skip
        fit = exact
    elif hint and hint != ("city",) and all("adj" in note for _, note in rows):
        return None
    if not fit or _is_no_place(doc, part, m):
        return None
    owner = doc.at[m.i - 1] if m.i > part.i else None
    capital = CAPITAL_OF_SIDE.get(owner.concept) if owner is not None else None
    fit = [
        (row, note) for row, note in fit
        if row[2] != "district" or row[3] in context or row[3] == capital or doc.tokens[m.i].text == "#"
        or (len({n for n, _ in m.rows}) == 1 and ":" in str(row[0]) and not note.startswith("common"))
    ]  # fmt: skip
    if not fit:
        return None
    best = fit
    if len(fit) > 1:
        best = sorted(fit, key=lambda pair: _weight(doc, pair[0], pair[1], context), reverse=True)
    row, note = best[0]
    if (wider := _around(doc, part, m, row, hint)) is not None:
        return wider
    if (seated := _raion_of_seat(doc, part, m, row)) is not None:
        return seated
    if row[2] == "city" and not is_tag and row[0] not in CITIES_OF_FIRST_LEVEL:
        if not is_capital and (row[5] < _BIG or "common" in note or (m.j - m.i == 1 and len(token.f) < 4)):
            return None
        if row[5] < _SMALL and not _is_framed(doc, part, m):
            return None
    elif not is_capital and "common" in note:
        return None
    if len(best) > 1 and row[2] == "city" and row[5] < _BIG:
        top, second = (_weight(doc, *best[0], context), _weight(doc, *best[1], context))
        if top[0] == second[0] and best[1][0][2] == row[2] and second[-1] * 3 > top[-1]:
            doc.note(m.i, m.j, f"ambiguous place: {len(best)} units of that name")
            return "", row[1], row[2], None, None, row[5]
    return row


def _weight(doc: Doc, row: PlaceRow, note: str, context: set[str]) -> tuple[int, int, bool, bool, int]:
    """Of places that share a name: one near what was named, the higher level, one outside the regions under a permanent
    alert, a hromada without a big city (one with such a city is written together with it), the larger."""
    near = 0
    if context and (row[0] in context or any(a in context for a in ancestors(doc.lexicon, row[0]) if "-" in a)):
        near = 1
    if row[5] >= 200_000 or row[2] in ("country", "sea") or row[0] in CITIES_OF_FIRST_LEVEL:
        near = 1
    level = _RANK.get(row[2], 0)
    if row[2] == "city" and row[5] >= _BIG:
        level = 7
    stands = any(a in doc.lexicon.settings.get("standing", ()) for a in ancestors(doc.lexicon, row[0]))
    return near, level, not stands, "seat" not in note, row[5]


def _is_allowed(row: PlaceRow, note: str, hint: tuple[str, ...] | None) -> bool:
    if "adj" in note:
        return hint is not None and row[2] in hint
    if hint == ("city",):
        return row[2] in ("city", "district") or row[0] in CITIES_OF_FIRST_LEVEL
    return True


def _level_hint(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """The level that a word beside the name states: "city of", or "... and ... regions" behind a list."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is not None and before.concept == "level.city":
        return ("city",)
    k = m.j
    for _ in range(40):
        if k >= part.j:
            break
        mention = doc.at[k]
        if mention is not None and mention.concept in _LEVELS and mention.concept != "level.city":
            return _LEVELS[mention.concept]
        if mention is not None and (mention.group == "place" or mention.concept == "conj.and"):
            k = mention.j
        elif doc.tokens[k].text in _JOINTS:
            k += 1
        else:
            break
    b = m.i - 1
    while b >= part.i:
        mention = doc.at[b]
        if mention is not None and mention.concept in ("level.oblasts", "level.raions", "level.hromadas"):
            return _LEVELS[mention.concept]
        if (mention is not None and mention.group == "place") or doc.tokens[b].text in ",:":
            b = (mention.i if mention else b) - 1
        elif mention is not None and mention.concept in ("conj.and", "prep.at", "prep.of"):
            b -= 1
        else:
            break
    return None


def _level_told(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """In a list that began with "over the Bryansk region", a bare adjective is a region too."""
    before = doc.at[m.i - 1] if m.i > part.i else None
    if before is None or before.group not in ("prep", "conj"):
        return None
    if not any("adj" in note and doc.lexicon.places[n][2] == "oblast" for n, note in m.rows):
        return _level_of_list(doc, part, m)
    behind = doc.at[m.j] if m.j < part.j else None
    is_last = m.j >= part.j or (behind is None and doc.tokens[m.j].kind == "p") or (
        behind is not None and behind.concept in ("prep.to", "prep.past", "mark.arrow"))  # fmt: skip
    if is_last and before.concept == "prep.by" and part.has("weapon", "model", "alert"):
        return ("oblast",)
    is_item = is_last or (behind is not None and behind.concept == "conj.and")
    if is_item and before.concept in ("prep.at", "prep.over") and part.numbers and part.has("act.shot_down", "weapon"):
        return ("oblast",)  # "12 over the Bryansk, 36 over the Kursk"
    for other in doc.mentions_between(max(0, part.i - 60), min(part.j, m.i + 30)):
        if (
            other.group == "place"
            and other is not m
            and other.j - other.i >= 2
            and any(doc.lexicon.places[n][2] == "oblast" and "adj" not in note for n, note in other.rows)
        ):
            return ("oblast",)
    return None


def _level_of_list(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "In the Shebekino district ..., in the Grayvoron ...": the noun is left out the second time."""
    behind = doc.at[m.j] if m.j < part.j else None
    is_cut = doc.tokens[m.j].kind == "p" if behind is None and m.j < part.j else True
    if not is_cut or (behind is not None and behind.group in ("target", "level", "claimant", "person")):
        return None
    if not any("adj" in note and doc.lexicon.places[n][2] == "raion" for n, note in m.rows):
        return None
    for other in doc.mentions_between(part.i, m.i):
        if other.group == "place" and any(
            doc.lexicon.places[n][2] == "raion" and "adj" not in note for n, note in other.rows
        ):
            return ("raion",)
    return None


_FRAMES: Final = frozenset(("prep", "level", "place", "mark", "strike", "alert", "weapon", "model", "target"))
_BARE_REACH: Final = 12
_ROW: Final = 6


def _level_bare(doc: Doc, part: Part, m: Mention) -> tuple[str, ...] | None:
    """ "Of the Obukhiv, alert": an adjective whose noun is left out, in an announcement or the list below it; its
    form says whether a region, a raion or a hromada is meant."""
    if not doc.tokens[m.i].text[0].isupper() or any("adj" not in note for _, note in m.rows):
        return None
    if not any(p.has("alert.siren", "alert.all_clear", "alert.all_clear_siren", "alert.danger", "alert.threat")
               for p in doc.parts[max(0, part.n - _BARE_REACH) : part.n + 1]) and not _is_row(doc, part):  # fmt: skip
        return None
    found = {doc.lexicon.places[n][2] for n, _ in m.rows}
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


def _is_row(doc: Doc, part: Part) -> bool:
    """ "Kharkiv's - 3": a line of a table of weapons, that is a name and a figure."""
    if not part.numbers or part.j - part.i > _ROW:
        return False
    return any(p.has("weapon", "model") for p in doc.parts[max(0, part.n - _BARE_REACH) : part.n + 1])


def _is_adjective(m: Mention) -> bool:
    return all("adj" in note for _, note in m.rows)


def _is_framed(doc: Doc, part: Part, m: Mention) -> bool:
    """A small place's name is believed beside a preposition, another place, or a sign that frames it."""
    k = m.i - 1
    if k < part.i:
        behind = doc.at[m.j] if m.j < part.j else None
        if behind is not None and (behind.group in ("weapon", "model", "alert") or behind.concept == "prep.to"):
            return True
        nxt = doc.tokens[m.j].text if m.j < part.j else ""
        return nxt in (":", "-", "\u2013", "\u2014", "/", ",") or m.j == part.j
    after = doc.at[m.j] if m.j < part.j else None
    if after is not None and after.concept == "conj.and" and after.j < part.j:
        other = doc.at[after.j]  # "the A and B power plants"
        after = doc.at[other.j] if other is not None and other.rows and other.j < part.j else None
    if after is not None and after.group in ("target", "level"):
        return True
    mention = doc.at[k]
    if mention is not None and (mention.group in _FRAMES or mention.concept == "conj.and"):
        return True
    return doc.tokens[k].text in "/\\,(:-\u2013\u2014\u2022\u27a1\u2192" and len(doc.tokens[k].text) == 1


def _around(doc: Doc, part: Part, m: Mention, row: PlaceRow, hint: tuple[str, ...] | None) -> PlaceRow | None:
    """The region of a city, where a word for "region" stands beside its name."""
    if row[2] != "city" and row[0] not in CITIES_OF_FIRST_LEVEL:
        return None
    k = m.i - 1
    while k > part.i and (x := doc.at[k]) is not None and x.concept == "prep.of":
        k = x.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    is_plural = hint == ("oblast",) and any(x.concept == "level.oblasts" for x in doc.mentions_between(part.i, part.j))
    if not is_plural and not any(x is not None and x.concept == "level.oblast" for x in (before, after)):
        return None
    pairs = doc.lexicon.settings.get("around", {})
    above = pairs.get(row[0]) or next((a for a in ancestors(doc.lexicon, row[0]) if "-" in a), None)
    n = doc.lexicon.index.get(above or "")
    return doc.lexicon.places[n] if n is not None else None


def _raion_of_seat(doc: Doc, part: Part, m: Mention, row: PlaceRow) -> PlaceRow | None:
    """ "The district of A", "Bezirk A": the raion around a city that gives it its name."""
    if row[2] != "city" or not row[3]:
        return None
    k = m.i - 1
    if k > part.i and (x := doc.at[k]) is not None and x.concept == "prep.of":
        k = x.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[m.j] if m.j < part.j else None
    if not any(x is not None and x.concept == "level.raion" for x in (before, after)):
        return None
    for above in ancestors(doc.lexicon, row[0]):
        n = doc.lexicon.index.get(above)
        found = doc.lexicon.places[n] if n is not None else None
        if found is not None and found[2] == "raion" and found[1].split()[0] == row[1].split()[0]:
            return found
    return None


def _is_signature(doc: Doc, part: Part, m: Mention) -> bool:
    """ "A. Smith": an initial before the name; not "m. Kharkiv", where the letter is short for the city."""
    if m.j - m.i != 1 or m.i - 2 < 0 or doc.tokens[m.i - 1].text != "." or doc.tokens[m.i].glued:
        return False
    initial = doc.tokens[m.i - 2]
    before = doc.at[m.i - 2]
    is_level = before is not None and before.group == "level"
    return len(initial.text) == 1 and initial.text.isupper() and not is_level


def _is_no_place(doc: Doc, part: Part, m: Mention) -> bool:
    """A name joined to another word by a hyphen ("Moscow-trip"), or a person's given name."""
    if _is_signature(doc, part, m):
        return True
    if m.j < part.j and doc.tokens[m.j].hyphen and doc.at[m.j] is None:
        return True
    behind = doc.at[m.j] if m.j < part.j else None
    if behind is not None and behind.concept == "prep.front":
        return True
    title = doc.at[m.i - 1] if m.i > part.i else None
    if title is None:
        k = m.i - 1
        while k > part.i and m.i - k <= 2 and doc.at[k] is None and _is_title_case(doc.tokens[k].text):
            k -= 1
        title = doc.at[k] if k < m.i - 1 and k >= part.i else None
        if k < m.i - 1 and title is None and doc.tokens[k].kind == "w":
            return all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows)
        if title is not None and title.group not in ("claimant", "claim"):
            title = None
        if title is not None and all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows):
            return True
    if (
        title is not None
        and title.group == "claimant"
        and all(n.rpartition(";")[2] in ("nom", "nom|acc") for _, n in m.rows)
    ) and all(doc.lexicon.places[n][5] < 200_000 for n, _ in m.rows):
        return True
    if doc.tokens[m.i].f not in doc.lexicon.settings.get("given_names", ()):
        return False
    k = m.j
    while k < part.j and doc.tokens[k].kind == "p" and doc.tokens[k].text in "\u201c\u00ab\"'":
        k += 1
    return k < part.j and doc.tokens[k].kind == "w" and doc.tokens[k].text[0].isupper()


def _is_title_case(word: str) -> bool:
    return len(word) > 2 and word[0].isupper() and word[1:].islower()
