"""Figures in a row: what they share and where the row ends."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.found import Found
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import says_more
from monitor.extract.words.weapons import Weapon

__all__ = ["begins_row", "ends_row", "is_coordinated", "is_one_more_done", "is_paired"]

_OWN_ENDS: Final = frozenset(("act.lost", "act.left", "act.suppressed"))
_DONE: Final = _OWN_ENDS | {"act.shot_down", "act.merged"}
_SHARES: Final = frozenset(("num.subset", "num.most", "num.part"))
"""Behind these a figure is of some of those before it: "58 were downed, most, 23, over A"."""
_BESIDE_PREP: Final = 4
_FROM: Final = 10
"""Tokens of "ballistic missile Iskander-M from the region of A and"."""


def is_paired(doc: Doc, number: Number, numbers: list[Number]) -> bool:
    """An article counts only beside a real number: "a missile and 164 drones"."""
    for other in numbers:
        if other is number or other.is_article:
            continue
        low, high = (number.j, other.i) if number.i < other.i else (other.j, number.i)
        between = doc.mentions_between(low, high)
        by = [m for m in between if m.concept in ("prep.from", "prep.agent")]
        is_near = high - low <= 5 or (high - low <= _FROM and bool(by))
        if is_near and any(m.concept == "conj.and" for m in between):
            fired = [m for m in between if m.concept == "act.launched" and any(m.j == x.i for x in by)]
            return not any(m.group in ("act", "strike", "toll", "count") and m not in fired for m in between)
    return False


def is_one_more_done(doc: Doc, part: Part, number: Number) -> bool:
    """ "41 were lost and one more flew back to A": one, where "more" and the verb stand right behind the article."""
    more = doc.at[number.j] if number.j < part.j else None
    if more is None or more.concept != "num.more":
        return False
    k = more.j
    while k < part.j and (doc.tokens[k].is_quote or ((m := doc.at[k]) is not None and m.group == "verb")):
        k += 1
    done = doc.at[k] if k < part.j else None
    return done is not None and done.concept in _DONE


def begins_row(doc: Doc, part: Part, number: Number, out: list[Found]) -> bool:
    """ "93 were downed, of them one over A and 60 over B": an article behind the "of them", ahead of its place."""
    subset = doc.at[number.i - 1] if number.i > part.i else None
    over = doc.at[number.j] if number.j < part.j else None
    if subset is None or subset.concept != "num.subset" or over is None:
        return False
    is_over = over.concept == "prep.over" or (over.concept == "prep.at" and over.j - over.i > 1)
    return is_over and bool(out) and out[-1].part is part and any(s.i >= number.j for s in part.sites)


def ends_row(doc: Doc, part: Part, number: Number, weapon: Weapon, out: list[Found]) -> bool:
    """ "Four over A, two over B and one over C": an article that ends a row of figures, each with its place."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    is_led = number.i > 0 and doc.tokens[number.i - 1].text in ",;"
    is_led = is_led or (before is not None and before.concept == "conj.and")
    last = out[-1] if out else None
    if last is None or not is_led or not any(last.number.i < s.i < number.i for s in (*last.part.sites, *part.sites)):
        return False
    k = number.j
    while k < part.j and (m := doc.at[k]) is not None and (
        m.concept == "num.more" or (m.group in ("weapon", "model") and weapon.i >= number.j)
    ):  # fmt: skip
        k = m.j
    k = max(k, weapon.j if weapon.i >= number.j and weapon.j - number.j <= _BESIDE_PREP else k)
    for _ in range(_BESIDE_PREP):  # "an anti-ship missile of the kind X over C"
        m = doc.at[k] if k < part.j else None
        if k < part.j and k > number.j and (m is None or m.group == "model") and doc.tokens[k].kind == "w":
            k += 1
    if k == number.j and k + 1 < part.j and doc.tokens[k].text == ",":
        k += 1  # "53 over A; one, over B"
    prep = doc.at[k] if k < part.j else None
    site = next((s for s in part.sites if s.i >= k), None)
    each = doc.at[prep.j] if prep is not None and prep.j < part.j else None  # "one over each of the regions of A and B"
    reach = _BESIDE_PREP if each is None or each.concept != "num.each" else 2 * _BESIDE_PREP
    if prep is None or prep.group != "prep" or site is None or site.i - prep.j > reach:
        return False
    behind = doc.at[site.j] if site.j < part.j else None
    return site.j >= part.j or doc.tokens[site.j].kind == "p" or (behind is not None and behind.concept == "conj.and")


def is_coordinated(doc: Doc, last: Found, number: Number) -> bool:
    """Only the weapon and "and" or a comma stand between two numbers: they share what was done."""
    if last.number.i >= number.i or number.i - last.number.j > 8:
        return False
    low = max(last.number.j, last.weapon.j if last.weapon.i >= last.number.j else last.number.j)
    if low > number.i:
        return False
    tokens = doc.tokens[low : number.i]
    k = number.j
    while k < len(doc.at) and (
        doc.tokens[k].text in DASHES or doc.tokens[k].is_quote or ((m := doc.at[k]) and m.concept == "num.more")
    ):
        k += 1
    after = doc.at[k] if k < len(doc.at) else None
    if after is not None and after.group in ("weapon", "model") and after.j < len(doc.at):
        k = after.j + doc.tokens[after.j].is_quote  # "224 were shot down, 203 drones - lost": the dash is its verb
        is_dash = k + 1 < len(doc.at) and doc.tokens[k].text in DASHES
        after = doc.at[k + 1] if is_dash else after
        own = doc.at[k] if k < len(doc.at) else None
        is_hit = own is not None and own.concept in ("strike.hit", "act.hit") and last.measure != "hit"
        is_downed = own is not None and own.concept in ("act.shot_down", "act.merged") and _is_launched_ahead(last)
        if own is not None and (own.concept in _OWN_ENDS or is_downed or (is_hit and last.act is not None)):
            return False  # "destroyed 39 drones, and 21 decoys disappeared from radar", "one Iskander hit A"
    if after is not None and (after.group in ("act", "verb", "strike") or after.concept in ("num.subset", "prep.from")):
        return False
    joins = 0
    for k, token in enumerate(tokens, low):
        mention = doc.at[k]
        if mention is not None and mention.concept == "conj.and" and says_more(doc, mention):
            return False  # "said that 81 drones were downed and that two missiles hit A"
        if token.text == "," or (mention is not None and mention.concept == "conj.and"):
            joins += 1
        elif (
            (mention is not None and mention.concept in _SHARES)
            or (mention is not None and mention.group not in ("num", "bound", "side", "model", "weapon"))
            or (mention is None and token.kind == "p" and token.text not in '\u00ab\u00bb"\u201c\u201d')
        ):
            return False
    return joins > 0


def _is_launched_ahead(last: Found) -> bool:
    """ "Russia launched 118 drones and four missiles, 97 targets were downed": the verb of the figures before stands
    ahead of them, that of the next one behind it."""
    act = last.act
    return act is not None and last.measure == "launched" and act.concept == "act.launched" and act.i < last.number.i


def weapon_at_end(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    """ "Over A six were downed, over B two drones": the noun of a row of places stands behind its last figure."""
    if not weapons or len(part.numbers) < 2 or not part.has_any(_DONE):
        return None
    if not any(m.i < weapons[0].i for m in part.of_any(_DONE)) or len(part.sites) < 2:
        return None
    counted = next((n for n in part.numbers if n.i > number.i and 0 <= weapons[0].i - n.j <= _BESIDE_PREP), None)
    if counted is None or not any(number.j <= s.i < counted.i for s in part.sites):
        return None
    if not any(s.j <= number.i or s.i > counted.i for s in part.sites):
        return None
    between = doc.mentions_between(number.j, counted.i)
    if any(m.group not in ("prep", "place", "level", "num", "conj", "act", "verb", "claimant") for m in between):
        return None
    return weapons[0] if any(doc.tokens[k].text in ",;" or ((m := doc.at[k]) is not None and m.concept == "conj.and")
                             for k in range(number.j, counted.i)) else None  # fmt: skip
