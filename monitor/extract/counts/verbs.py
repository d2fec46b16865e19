"""Which verb says what was done with a figure."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.apart import (
    is_attribute,
    is_downed_ahead,
    is_of_figure_before,
    is_of_hours,
    is_told_whose,
)
from monitor.extract.counts.bracketed import Asides, is_apart
from monitor.extract.counts.clauses import is_of_clause_before, is_told_aside
from monitor.extract.counts.said import is_done_to, is_said_of_row
from monitor.extract.strikes.destroyed import is_building_done_for
from monitor.extract.strikes.told import is_meant_for
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = ["ACTS", "DONE", "act_for", "is_of_the_subset", "is_undone"]

ACTS: Final = {
    "act.shot_down": "shot_down",
    "act.merged": "shot_down",
    "act.lost": "lost",
    "act.left": "left",
    "act.suppressed": "suppressed",
    "act.launched": "launched",
    "act.hit": "hit",
    "act.reached": "hit",
    "act.fired": "launched",
    "act.parted": "shot_down",
    "act.present": "present",
    "act.detected": "launched",
    "act.launch_noun": "launched",
    "strike.attack": "launched",
    "strike.hit": "hit",
    "alert.fly": "present",
}
_WEAK: Final = {"strike.attack": 40, "alert.fly": 20, "act.present": 20, "strike.repelled": 60, "act.detected": 10,
                "strike.hit": 20}  # fmt: skip
"""What an act that often means something else costs, in tenths of a token of distance, as all costs here."""
_ON_THE_WAY: Final = frozenset(("alert.fly", "strike.attack"))
DONE: Final = frozenset(("act.shot_down", "act.merged", "act.lost", "act.suppressed"))
_OWN_VERBS: Final = DONE | {"act.launched", "act.hit", "act.left"}
_RIGHT_BEHIND: Final = 30  # what it takes off that only verbs stand between a figure and the act behind it
_NOUN: Final = 8
_REACH: Final = 60
_FAR: Final = 2000
_OF_THEM: Final = 4
_BEHIND_NTH: Final = frozenset(("verb", "act", "weapon", "model", "prep"))


def act_for(
    doc: Doc, part: Part, number: Number, weapon: Weapon, starts: list[int], numbers: list[Number], asides: Asides
) -> Mention | None:
    """The verb that costs least: the nearest, unless clauses, other figures or other words stand between."""
    if (noun := _hits_beside(doc, part, number, weapon)) is not None:
        return noun
    if not part.has("act", "strike", "alert"):
        return None
    best: Mention | None = None
    least = _FAR if _is_only_verb(doc, part) else 600
    for m in doc.mentions_between(max(part.i, number.i - _REACH), min(part.j, number.j + _REACH)):
        if m.group not in ("act", "strike", "alert") or m.concept not in ACTS or (m.i < number.i and number.j < m.j):
            continue
        if asides and is_apart(asides, m.i, number.i):
            continue
        cost = 10 * (m.i - number.j if m.i >= number.j else number.i - m.j) + _WEAK.get(m.concept, 0)
        is_own = m.group == "act" and number.j < m.i <= number.j + _NOUN and is_done_to(doc, part, number, m, numbers)
        if cost - _RIGHT_BEHIND >= least and not is_own:
            continue  # whatever else stands between them only adds to it
        if _is_of_others(doc, part, number, m) or _is_told_otherwise(doc, part, number, weapon, m):
            continue
        cost = -_RIGHT_BEHIND if is_own else cost + _cost_between(doc, part, number, m, starts, numbers)
        if cost < least:
            best, least = m, cost
    return None if best is not None and _is_of_the_next(doc, part, number, best, numbers) else best


def _hits_beside(doc: Doc, part: Part, number: Number, weapon: Weapon) -> Mention | None:
    behind = number.j + (number.j < part.j and doc.tokens[number.j].is_quote)
    hit = doc.at[behind] if behind < part.j else None
    if hit is not None and hit.concept == "strike.hit" and behind < weapon.i <= behind + 3 + (behind > number.j):
        return hit  # "17 hits by Shaheds", "of the drones"
    if weapon.i >= number.j and (row := _hits_of_row(doc, part, weapon)) is not None:
        return row
    by = doc.at[number.i - 1] if number.i > part.i else None
    if by is not None and by.concept == "act.hit" and by.j - by.i > 1 and by.j == number.i:
        return by  # "hits by 19 drones were recorded"
    of = doc.at[by.i - 1] if by is not None and by.concept in ("num.of", "prep.of") and by.i > part.i else None
    return of if of is not None and of.concept == "strike.hit" else None  # "impacts of 20 drones were recorded"


def _hits_of_row(doc: Doc, part: Part, weapon: Weapon) -> Mention | None:
    """ "Nine missile and 63 drone hits": the noun behind the second weapon is of the first too."""
    joint = doc.at[weapon.j] if weapon.j < part.j else None
    second = next((n for n in part.numbers if joint is not None and n.i == joint.j), None)
    other = doc.at[second.j] if second is not None and second.j < part.j else None
    if joint is None or joint.concept != "conj.and" or other is None or other.group not in ("weapon", "model"):
        return None
    hits = doc.at[other.j] if other.j < part.j else None
    return hits if hits is not None and hits.concept in ("strike.hit", "act.hit") else None


def _is_of_others(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """Whether the verb has a subject or a figure of its own, or is that of another clause."""
    if m.i > number.j and (_has_vague_subject(doc, m) or _is_of_the_nth(doc, part, number, m)):
        return True
    if m.i < number.i and (
        _is_ahead_of_subset(doc, part, m, number)
        or _is_of_row_before(doc, part, m, number)
        or is_of_clause_before(doc, part, number, m, _OWN_VERBS)
    ):
        return True
    if m.concept == "act.launched":
        if m.i > number.j and is_told_aside(doc, part, number, m, DONE):
            return True
        return (
            doc.tokens[m.i].hyphen
            or is_attribute(doc, part, m)
            or is_told_whose(doc, part, number, m)
            or is_of_figure_before(doc, part, number, m)
        )  # "all 29 Russia-launched drones"
    if m.concept == "strike.hit":
        return m.i > number.j and _is_of_a_place(doc, part, number, m)
    return m.concept == "act.shot_down" and m.i > number.j and is_building_done_for(doc, part, m)


def _is_told_otherwise(doc: Doc, part: Part, number: Number, weapon: Weapon, m: Mention) -> bool:
    """Whether another verb tells what became of them, or this one tells of what is awaited or was not done."""
    if m.concept == "strike.attack" and is_meant_for(doc, part, m):
        return True
    next_ = doc.at[m.j] if m.j < part.j else None
    if m.concept == "act.detected":
        if next_ is not None and next_.concept == "strike.hit":
            return True
        return _is_seen_done(doc, part, m, number, weapon) or _is_found_and_done(doc, m)
    if m.concept in _ON_THE_WAY:
        return m.i >= number.j and (_is_downed_in_flight(doc, part, m) or is_downed_ahead(doc, part, number))
    if m.concept == "act.present":
        if next_ is None:
            return False
        if next_.group == "weapon":
            return _is_downed_in_flight(doc, part, m)  # "three of the five intruding drones were downed"
        # "25 drones over its own territory downed", "15 were downed in A, one - in the airspace of B"
        return next_.concept in DONE or (next_.group == "place" and _is_downed_ahead(doc, part, number, m))
    if m.concept == "act.launch_noun":
        return _is_awaited(doc, part, number, m)
    return m.concept in DONE and (is_undone(doc, part, m) or is_of_the_subset(doc, part, number, m))


def _cost_between(doc: Doc, part: Part, number: Number, m: Mention, starts: list[int], numbers: list[Number]) -> int:
    """What the clauses, figures and words between a figure and a verb add to their distance."""
    cost = 0
    low, high = min(number.i, m.i), max(number.j, m.j)
    for s in starts:
        if low < s < high:
            cost += 10 if doc.tokens[s - 1].text in DASHES else 50
    others = sum(1 for n in numbers if low < n.i < high and not is_of_hours(doc, n)) - (
        1 if low < number.i < high else 0
    )
    if others:
        cost += others * (10 if m.i > number.j and is_said_of_row(doc, part, number, m) else 50)
    if m.i > number.j:
        cost += -_RIGHT_BEHIND if all(_is_verb_or_more(doc.at[k]) for k in range(number.j, m.i)) else 15
    return cost


def _is_downed_ahead(doc: Doc, part: Part, number: Number, there: Mention) -> bool:
    """Whether the figure has no verb but that of the figures ahead: "..., one - in the airspace of"."""
    if there.j - there.i == 1 or not any(m.j <= number.i for m in part.of_any(DONE)):
        return False
    return all(doc.tokens[k].text in DASHES for k in range(number.j, there.i))


def _is_only_verb(doc: Doc, part: Part) -> bool:
    """A language whose verb stands last, behind a list of whatever length: "12 over A (five), B (five) downed"."""
    told = [m for m in part.mentions if m.group in ("act", "strike", "alert") and m.concept in ACTS]
    lasts = doc.lexicon.settings.get("verb_last", ())
    return len(told) == 1 and told[0].concept in DONE and told[0].lang in lasts


def _is_ahead_of_subset(doc: Doc, part: Part, act: Mention, number: Number) -> bool:
    """ "430 were launched, of which 405 drones were shot down": what was done with these stands behind them."""
    subset = doc.at[number.i - 1]
    if subset is None or subset.concept != "num.subset" or act.j > subset.i:
        return False
    return any(m.i > number.j and same_clause(doc, part, number.i, m.i) for m in part.of_any(DONE))


def _is_of_row_before(doc: Doc, part: Part, act: Mention, number: Number) -> bool:
    """ "476 drones were launched and 442 drones and 41 missiles downed": the verb of the figures before; these have
    another behind them."""
    joint = doc.at[act.j] if act.j < part.j else None
    start = joint.j if joint is not None and joint.concept == "conj.and" else act.j + (doc.tokens[act.j].text == ",")
    if start == act.j or not part.has_any(DONE) or not any(n.j <= act.i for n in part.numbers):
        return False
    behind = next((m for m in part.of_any(_OWN_VERBS) if m.i > number.j), None)
    if behind is None or behind.concept == act.concept or not _is_row(doc, start, number.i):
        return False
    return _is_row(doc, number.j, behind.i)


def _is_row(doc: Doc, low: int, high: int) -> bool:
    """Figures, what they count, and one little word ("that") at most."""
    unknown = sum(1 for k in range(low, high) if doc.at[k] is None and doc.tokens[k].kind == "w")
    return unknown <= 1 and all(
        m.group in ("num", "bound", "weapon", "model", "side", "verb") or m.concept in ("conj.and", "prep.of")
        for m in doc.mentions_between(low, high)
    )


def _is_verb_or_more(m: Mention | None) -> bool:
    """ "119 more were lost": nothing that could be counted stands between a figure and the verb behind it."""
    return m is not None and (m.group == "verb" or m.concept in ("num.more", "num.subset"))


def _is_downed_in_flight(doc: Doc, part: Part, flies: Mention) -> bool:
    """ "Seven drones on their way to A were shot down": what became of them, behind where they flew."""
    return any(
        flies.j <= m.i
        and same_clause(doc, part, flies.i, m.i)
        and not any(flies.j <= n.i < m.i for n in part.numbers)
        and not (flies.group == "strike" and any(x.group == "conj" for x in doc.mentions_between(flies.j, m.i)))
        for m in part.of("act.shot_down", "act.merged")
    )


def _is_awaited(doc: Doc, part: Part, number: Number, launch: Mention) -> bool:
    """ "Some 20, further launches are expected": launches of a later clause that are yet to come."""
    return not same_clause(doc, part, number.i, launch.i) and any(
        0 <= launch.i - m.j <= 2 for m in part.of("alert.expected"))  # fmt: skip


def _is_found_and_done(doc: Doc, seen: Mention) -> bool:
    """ "The drone was detected and destroyed": what became of it is the second of the two."""
    joint = doc.at[seen.j] if seen.j < len(doc.at) else None
    done = doc.at[joint.j] if joint is not None and joint.concept == "conj.and" and joint.j < len(doc.at) else None
    return done is not None and done.concept in ("act.shot_down", "act.merged")


def _is_of_the_next(doc: Doc, part: Part, number: Number, act: Mention, numbers: list[Number]) -> bool:
    """ "810 drones in the night, downed 747": the verb of the next clause has a figure of its own right behind it."""
    if act.concept not in DONE or act.i < number.j:
        return False
    if all(doc.tokens[k].text in DASHES for k in range(number.j, act.i)):
        return False  # "eight downed, 5 - lost, two left": a dash in place of the verb
    if same_clause(doc, part, number.i, act.i):
        return _is_of_the_second(doc, number, act, numbers)
    if any(n.i > number.j and n.j == act.i and n.value < number.value and not n.is_all for n in numbers):
        return True  # "there were 102 drones, 88 were downed"
    if any(number.j < n.i < act.i and same_clause(doc, part, n.i, act.i) for n in numbers):
        return False
    return any(0 <= n.i - act.j <= 1 and n.value <= number.value for n in numbers)


def _is_of_the_second(doc: Doc, number: Number, act: Mention, numbers: list[Number]) -> bool:
    """ "Told of 540 drones overnight and 480 downed": the smaller figure behind an "and" has the verb for itself."""
    second = next((n for n in numbers if n.j == act.i and number.j < n.i and n.value < number.value), None)
    joint = doc.at[second.i - 1] if second is not None and not second.is_all else None
    if joint is None or joint.concept != "conj.and":
        return False
    return any(m.group in ("weapon", "model") for m in doc.mentions_between(number.j, joint.i))


def _is_of_a_place(doc: Doc, part: Part, number: Number, hit: Mention) -> bool:
    """ "400 drones at the grid, A and B struck", "400 drones, a clinic was hit": the verb of another clause, behind
    what was struck."""
    if hit.lang not in doc.lexicon.settings.get("articled", ()) or same_clause(doc, part, number.i, hit.i):
        return False
    k = hit.i
    while k > number.j and (m := doc.at[k - 1]) is not None and m.group == "verb":
        k = m.i
    before = doc.at[k - 1]
    is_target = before is not None and before.group == "target" and before.i > number.j
    return is_target or any(s.j == k for s in part.sites)


def _is_seen_done(doc: Doc, part: Part, seen: Mention, number: Number, weapon: Weapon) -> bool:
    """ "Counted 20 drones downed": what was seen is what was done with them."""
    k = weapon.j + (weapon.j < part.j and doc.tokens[weapon.j].is_quote)  # "63 drones «neutralised»"
    done = doc.at[k] if seen.j <= number.i < weapon.i and k < part.j else None
    return done is not None and done.concept in DONE


def is_of_the_subset(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "653 drones, of which 585 were shot down", "653 drones, 585 of them shot down": what is done behind "of which"
    is done with the figures behind it, or with the one right before it."""
    cut = next((m for m in part.of("num.subset") if number.j < m.i < act.i), None)
    if cut is None or act.i - cut.j > 4:
        return False
    before = next((n for n in part.numbers if n.j == cut.i and number.j < n.i), None)
    if before is not None and any(number.i <= n.i < before.i and n.value > before.value for n in part.numbers):
        return True
    return any(cut.j <= n.i <= act.j + 2 for n in part.numbers if n is not number)


def is_undone(doc: Doc, part: Part, act: Mention) -> bool:
    """ "Could not be intercepted": what was not done counts for nothing; French "not ... but 12" is "only 12"."""
    if act.j < part.j and doc.tokens[act.j].f in doc.lexicon.settings.get("only_behind", ()):
        return False
    return any(
        (m.i <= act.i <= m.j + 3 and same_clause(doc, part, m.i, act.i))
        or (m.i - part.i <= 1 and m.j < act.i and _is_of_them(doc, part, m))
        for m in part.of("veto.negation")
    )


def _is_of_them(doc: Doc, part: Part, none: Mention) -> bool:
    """ "None of the missiles, two Iskanders among them, could be downed": none of the weapons right behind."""
    behind = doc.mentions_between(none.i, min(part.j, none.j + _OF_THEM))
    is_of = none.j - none.i > 1 or any(m.i == none.j and m.concept in ("num.of", "prep.of") for m in behind)
    return is_of and any(m.group in ("weapon", "model") for m in behind)


def _is_of_the_nth(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "Two fell in a field, a third was over A shot down", the verb at the end: it tells of one more."""
    for nth in part.of("num.first"):
        subject = number.j < nth.i < act.i and same_clause(doc, part, nth.i, act.i)
        behind = doc.at[nth.j] if subject and nth.j < part.j else None
        if behind is not None and behind.group in _BEHIND_NTH and not same_clause(doc, part, number.i, nth.i):
            return True
    return False


def _has_vague_subject(doc: Doc, act: Mention) -> bool:
    """ "..., several shot down", "two fell in a field, a third was shot down": the act has a quantity of its own, which
    is no number."""
    k = act.i - 1
    while k >= 0 and (m := doc.at[k]) is not None and m.group == "verb":
        k = m.i - 1
    before = doc.at[k] if k >= 0 else None
    if before is not None and before.concept in ("bound.vague", "num.rest", "num.part", "num.first"):
        return True
    behind = doc.at[act.j] if act.j < len(doc.at) else None  # "of the 60 fired were downed most"
    return behind is not None and behind.concept == "num.part" and behind.j - behind.i == 1
