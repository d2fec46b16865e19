"""Datelines: where a report was written, ahead of what it is about."""

from __future__ import annotations

from typing import Final

from monitor.extract.places.units import CAPITALS
from monitor.extract.text.doc import Doc, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import Mention

__all__ = ["dateline"]

_PROSE: Final = 5
_REPORT: Final = 10
_SENTENCE: Final = 8
_LITTLE: Final = 3
"""Tokens, or letters of a word, that say little: "in Israel's"."""
_TOLD: Final = frozenset(("alert", "strike", "weapon", "num"))


def dateline(doc: Doc, part: Part) -> int:
    """The token behind "KYIV, June 1 (Agency) -": where a report was written, not what it is about; 0 without one."""
    first = doc.at[part.i] if part.n <= 2 and part.i < part.j else None
    if part.n == 0 and part.i + 3 < part.j and doc.tokens[part.i].text == "(":
        named = doc.at[part.i + 1]  # "(Kyiv) A drone attack on the region of A"
        is_named = named is not None and bool(named.rows) and named.j < part.j and doc.tokens[named.j].text == ")"
        return named.j if named is not None and is_named and _is_prose(doc, part, named) else 0
    if first is None or first.group != "place":
        return 0
    agencies = doc.lexicon.settings.get("agencies", ())
    tokens = doc.tokens
    if (
        first.j < part.j
        and tokens[first.j].text == ":"
        and (tokens[part.i].text.isupper() or _is_of_a_report(doc, part, first))
        and _is_prose(doc, part, first)
    ):
        return first.j  # "KYIV: A drone attack on the region of A"
    for k in range(first.j, min(part.j, first.j + 12)):
        if tokens[k].text == "(" and k + 1 < part.j and tokens[k + 1].f in agencies:
            return k
        is_letters = tokens[k].text == "(" and k + 3 < part.j and tokens[k + 2].text == ")"
        is_byline = is_letters and _is_bureau(doc, part, first, k + 1)
        if not is_byline and part.has("alert.siren", "alert.danger", "alert.threat"):
            continue  # "KYIV - air alert"
        is_byline = is_byline or (is_letters and tokens[part.i].text.isupper())
        if is_byline and tokens[k + 3].text in DASHES:
            return k
        if tokens[k].text in DASHES and not tokens[k].glued and (
            _is_in_capitals_alone(doc, part, k) or _is_of_a_paper(doc, part, first, k)):  # fmt: skip
            return k
        if tokens[k].kind == "w" and doc.at[k] is None:
            return 0
    return 0


def _is_bureau(doc: Doc, part: Part, first: Mention, k: int) -> bool:
    """ "Vilnius (XYZ) - ": a capital that neither side rules from, and an agency nobody knows, by its letters."""
    name = doc.tokens[k].text
    is_capital = any(row.id in doc.lexicon.settings.get("capital_of", {}).values() for row in first.rows)
    return is_capital and name.isupper() and 2 < len(name) <= _LITTLE + 2 and _is_prose(doc, part, first)


def _is_in_capitals_alone(doc: Doc, part: Part, k: int) -> bool:
    """ "KYIV - Drones hit A", not "ODESA - three drones": in capitals, and a whole sentence or a place behind it."""
    low = sum(1 for token in doc.tokens[k + 1 : part.j] if token.kind == "w" and token.is_lower)
    is_led = low > _PROSE or (low > 0 and any(m.i > k and m.rows for m in part.of("place")))
    return is_led and doc.tokens[part.i].text.isupper()


def _is_of_a_paper(doc: Doc, part: Part, first: Mention, k: int) -> bool:
    """ "Kyiv - The army has attacked Ukraine with ...": a capital, a dash, and a whole sentence that names its country
    or a place of its own."""
    if part.i or part.j - k < _SENTENCE or not doc.tokens[k + 1].is_capital:
        return False
    other = doc.at[first.j + 1] if k == first.j + 2 and doc.tokens[first.j].text == "/" else None  # "Moscow/Kyiv - "
    if k != first.j and (other is None or not any(row.id in CAPITALS for row in other.rows)):
        return False
    own = next((one.id for one in first.rows if one.id in CAPITALS), None)
    nxt = doc.at[k + 1]
    is_name = nxt is not None and nxt.group == "place" and all(row.level != "country" for row in nxt.rows)
    is_told = nxt is not None and nxt.group in _TOLD and not _is_at_another(doc, part, k)
    if own is None or is_name or is_told:
        return False
    land = "UA" if own == "UA-30" else "RU"
    return any(
        m.i > k and any(row.id == land or (row.level != "country" and row.id != own) for row in m.rows)
        for m in part.of("place")
    )


def _is_at_another(doc: Doc, part: Part, k: int) -> bool:
    """ "Moscow - Debris damaged two houses in the region of A": where it was, in a language of whole sentences."""
    if doc.lang not in doc.lexicon.settings.get("articled", ()):
        return False
    ends = {m.j for m in part.of("prep.at") if m.i > k}
    ends |= {m.j for m in part.of("level.oblast") if m.i in ends}
    return any(m.i in ends and all(row.level != "country" for row in m.rows) for m in part.of("place") if m.rows)


def _is_of_a_report(doc: Doc, part: Part, first: Mention) -> bool:
    """ "Jerusalem: At least eight people were killed in A": a sentence with a capital of its own behind a town, and
    another town where it was, in a language that says so."""
    if first.lang not in doc.lexicon.settings.get("articled", ()) or part.j - first.j < _REPORT or not part.has("toll"):
        return False
    if not doc.tokens[first.j + 1].is_capital or not any(
        row.level == "city" or row.id in CAPITALS for row in first.rows
    ):
        return False
    mine = {row.id for row in first.rows}
    for m in part.mentions:
        is_at = m.i > first.j and any(0 <= m.i - p.j <= _LITTLE for p in part.of("prep"))  # "in Israel's A"
        if is_at and m.rows and m.rows[0].level == "city" and m.rows[0].id not in mine:
            return True
    return False


def _is_prose(doc: Doc, part: Part, first: Mention) -> bool:
    """Whether the rest of the sentence is no line in capitals, and names a place of its own."""
    rest = doc.tokens[first.j : part.j]
    is_low = sum(1 for token in rest if token.kind == "w" and token.is_lower) > _PROSE
    return is_low and any(m.rows and m.i > first.j for m in part.mentions)
