"""Whether a figure stands alone: the noun of what it counts is left out."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.again import is_of_another_day
from monitor.extract.counts.ahead import is_unread_noun
from monitor.extract.counts.apart import is_row_of_units, shares_a_unit
from monitor.extract.strikes.victims import is_of_victims
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import weapons_of

__all__ = ["stands_alone"]

_PEOPLE: Final = frozenset(("killed", "injured", "victims", "harmed", "people"))
_NOUN: Final = 3
"""Tokens behind a figure within which its noun stands."""
_NOUNS: Final = frozenset(("target", "person", "toll", "count", "weapon", "model"))
_DONE: Final = frozenset(("act", "strike", "alert", "toll"))
_REACH: Final = 4
"""Tokens behind "that" in which a verb says what they did."""
_LINE: Final = 8
"""Tokens of a line that is a figure and a place."""
_BEHIND_A_FIGURE: Final = frozenset(("prep", "conj", "act", "side", "alert", "mark", "verb", "particle"))
_BEHIND_NO_NOUN: Final = frozenset(
    ("place.there", "num.subset", "num.of", "time.night", "time.last_night", "prep.at", "model.shahed",
     "strike.repelled")
)  # fmt: skip


def stands_alone(doc: Doc, part: Part, number: Number) -> bool:
    """Nothing that could be counted follows: the noun is left out."""
    if _is_of_other_areas(doc, part, number):
        return False
    k = number.j
    while k < part.j and ((m := doc.at[k]) is not None and m.concept in ("num.more", "num.total", "num.each")):
        k = m.j
    if k >= part.j or is_of_another_day(doc, part, number, k):
        return True
    if doc.tokens[k].f in doc.lexicon.settings.get("fell_to", ()):
        return True  # "nine each fell to A and B"
    if doc.tokens[k].f in doc.lexicon.settings.get("relatives", ()) and any(
        m.group == "act" or m.concept in ("prep.to", "alert.fly") for m in doc.mentions_between(k, k + _REACH)
    ):  # fmt: skip
        return True  # "of which 40 that were heading for A"
    behind = doc.at[k]
    if behind is None:
        return _is_before_a_sign(doc, part, number, k)
    if behind.group == "place" and (each := doc.at[k - 1]) and each.concept == "num.each":
        return True  # "two over each of A and B"
    if behind.group == "place" and _is_line_of_row(doc, part):
        beside = doc.parts[max(0, part.n - 1) : part.n + 2]
        return any(other is not part and _is_line_of_row(doc, other) for other in beside)
    if _is_of_a_noun(doc, part, number, behind) or _is_done_otherwise(doc, part, behind):
        return False
    if _is_before_a_clause(part, number, behind):
        return not _is_half_of_a_noun(doc, part, behind) and not _is_like_a_year(number)
    if number.value == 1 and number.is_word and behind.concept == "time.night":
        return False  # "in one night"
    return behind.concept in _BEHIND_NO_NOUN


def _is_of_other_areas(doc: Doc, part: Part, number: Number) -> bool:
    """ "33 over the region of A and dozens in seven others", "in otras siete": right behind "in" the regions are
    counted, of which one was named."""
    k = number.i - 1
    is_more = k > part.i and (m := doc.at[k]) is not None and m.concept == "num.more"
    where = doc.at[k - is_more] if k - is_more >= part.i else None
    if where is None or where.concept not in ("prep.at", "prep.over") or not any(s.j <= where.i for s in part.sites):
        return False
    behind = doc.at[number.j] if number.j < part.j else None
    is_named = behind is not None and (behind.group in ("weapon", "model") or behind.concept == "num.of")
    return number.is_word and not is_named


def _is_before_a_sign(doc: Doc, part: Part, number: Number, k: int) -> bool:
    """Whether punctuation stands behind the figure, and no noun behind that."""
    token = doc.tokens[k]
    if token.text in DASHES and (m := doc.at[k + 1] if k + 1 < part.j else None) and m.group == "person":
        return False  # "three of them - officers"
    if token.is_quote and k + 1 < part.j and doc.tokens[k + 1].kind == "w" and (
        (m := doc.at[k + 1]) is None or m.rows or m.group in ("target", "count", "person")):  # fmt: skip
        return False  # "10 «Somethings»": a noun that nobody knows, or of something else
    if token.text == "," and is_row_of_units(doc, part, k):
        return False  # "7, 8 and 9 floors"
    is_colon = token.text == ":" and (
        number.is_word or (k + 1 < part.j and _is_word_or_row(doc, k + 1) and bool(weapons_of(doc, part)))
    )
    return is_colon or (token.kind == "p" and token.text not in "%$\u20ac\u00b0/\\:")


def _is_line_of_row(doc: Doc, part: Part) -> bool:
    """ "36 Belgorod region": a line that is a figure and the place right behind it, and nothing else."""
    if len(part.numbers) != 1 or not part.sites or part.j - part.i > _LINE:
        return False
    number, first, last = part.numbers[0], part.sites[0], part.sites[-1]
    marks = [doc.at[k] for k in range(part.i, number.i)]
    if first.i != number.j or any(m is not None and m.group != "mark" for m in marks):
        return False
    if any(doc.tokens[k].kind == "w" and doc.at[k] is None for k in range(part.i, number.i)):
        return False
    behind = [doc.at[k] for k in range(last.j, part.j) if doc.tokens[k].kind == "w"]
    return all(m is not None and m.group == "level" for m in behind)


def _is_of_a_noun(doc: Doc, part: Part, number: Number, behind: Mention) -> bool:
    """Whether the word behind the figure leads to the noun it counts, which is no weapon."""
    if behind.concept == "num.subset" and (
        _is_of_people(doc, part, behind) or _is_of_those_before(doc, part, number, behind)
    ):
        return True  # "four of whom are children"
    if behind.concept in ("alert.siren", "alert.signal"):
        return True  # "1,027 air alerts"
    if behind.concept in ("num.of", "prep.of") and _is_of_things(doc, part, behind):
        return True  # "all four of the capital's airports"
    if behind.concept == "prep.areas" and number.value == 1 and (led := doc.at[number.i - 1]) and led.group == "prep":
        return True  # "heading for one of the districts of A"
    if behind.concept == "prep.kind" or (behind.concept == "prep.side" and doc.tokens[behind.i].is_capital):
        return True  # "bombs struck two city districts", "three suburbs"
    if behind.concept == "side.troops" or (behind.group == "side" and is_of_victims(doc, part, behind)):
        return True  # "over five Russian regions"
    # "600 enemy dugouts", "140 Russian attacks"
    return behind.group == "side" and (is_unread_noun(doc, part, behind) or _is_of_attacks(doc, part, behind))


def _is_before_a_clause(part: Part, number: Number, behind: Mention) -> bool:
    """Whether what follows says what became of them, or where, or whose they are."""
    if behind.group in _BEHIND_A_FIGURE:
        return True
    return behind.concept == "strike.hit" and (
        part.has("act.shot_down", "act.merged") or any(w.j == number.i for w in part.of("weapon", "model"))
    )


def _is_done_otherwise(doc: Doc, part: Part, behind: Mention) -> bool:
    """ "57 were moved to other wings": a passive verb that nobody knows, and nothing that is done with weapons."""
    k = behind.j
    if behind.concept != "verb.passive" or k >= part.j or doc.at[k] is not None:
        return False
    if doc.tokens[k].kind != "w" or not doc.tokens[k].is_lower:
        return False
    return not any(m.group in _DONE for m in doc.mentions_between(k, min(part.j, k + _REACH)))


def _is_half_of_a_noun(doc: Doc, part: Part, behind: Mention) -> bool:
    """ "Two and a half", "three Russian bombers", "7 and 9 floors"."""
    after = doc.at[behind.j] if behind.j < part.j else None
    if after is not None and behind.group == "side" and after.concept == "weapon.carrier":
        return True
    if any(m.concept == "num.half" for m in doc.mentions_between(behind.j, min(part.j, behind.j + 2))):
        return True
    return behind.concept in ("conj.and", "prep.until", "prep.to") and shares_a_unit(doc, part, behind.j)


def _is_word_or_row(doc: Doc, k: int) -> bool:
    """Behind a colon: a word, or the first figure of a row, and not the minutes of a clock."""
    return doc.tokens[k].kind == "w" or (doc.tokens[k].kind == "n" and not doc.tokens[k].glued)


def _is_of_attacks(doc: Doc, part: Part, side: Mention) -> bool:
    after = doc.at[side.j] if side.j < part.j else None
    return after is not None and after.concept == "strike.attack" and (
        after.lang in doc.lexicon.settings.get("articled", ()))  # fmt: skip


def _is_of_things(doc: Doc, part: Part, of: Mention) -> bool:
    """Whether a noun that is no weapon stands behind the "of", before any weapon or verb."""
    for m in doc.mentions_between(of.j, min(part.j, of.j + 5)):
        if m.group in ("target", "person", "toll", "level") or m.concept == "count.other":
            return same_clause(doc, part, of.i, m.i)
        if m.group in ("weapon", "model", "act", "strike", "num"):
            return False
    return False


def _is_of_people(doc: Doc, part: Part, subset: Mention) -> bool:
    if not part.has("weapon", "model") and any(n.taken in _PEOPLE for n in part.numbers if n.j <= subset.i):
        return True  # "31 are still in hospital, five of them in a grave state"
    behind = [m for m in doc.mentions_between(subset.j, min(part.j, subset.j + 4)) if m.group != "verb"]
    return bool(behind) and behind[0].group in ("person", "toll")


def _is_of_those_before(doc: Doc, part: Part, number: Number, subset: Mention) -> bool:
    """ "Twelve cars were damaged. Four of them burned out": nothing is said of what became of weapons, and the figure
    before counts something else."""
    whole = next((n for n in reversed(part.numbers) if n.j <= number.i), None)
    last = part
    if whole is None and part.n and doc.parts[part.n - 1].line == part.line:
        last = doc.parts[part.n - 1]
        whole = last.numbers[-1] if last.numbers else None
    if whole is None or any(m.group == "act" or (m.i >= subset.j and m.concept == "strike.hit") for m in part.mentions):
        return False
    if whole.taken in _PEOPLE:
        return not any(m.group in ("weapon", "model") and m.i >= subset.j for m in part.mentions)
    if not _is_before_unread(doc, last, whole):
        behind = [m for m in doc.mentions_between(whole.j, min(last.j, whole.j + _NOUN)) if m.group in _NOUNS]
        if not behind or behind[0].group in ("weapon", "model"):
            return False
    return not any(m.group in ("weapon", "model") for m in doc.mentions_between(whole.j, number.i))


def _is_before_unread(doc: Doc, part: Part, whole: Number) -> bool:
    return whole.j < part.j and doc.at[whole.j] is None and doc.tokens[whole.j].is_lower


def _is_like_a_year(number: Number) -> bool:
    return not number.is_word and number.i + 1 == number.j and 1900 <= number.value <= 2099
