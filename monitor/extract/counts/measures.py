"""What was done with the munitions that a number counts: launched, shot down, lost, seen."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.apart import (
    is_attribute,
    is_downed_ahead,
    is_merged,
    is_of_figure_before,
    is_of_hours,
    is_of_region,
    is_one_more_over,
    is_seen_abroad,
    is_told_whose,
    is_whole_of_a_part,
)
from monitor.extract.counts.counted import is_item
from monitor.extract.counts.found import Found
from monitor.extract.counts.said import is_done_to, is_said_of_row
from monitor.extract.counts.subsets import is_told_what, opens_with_of
from monitor.extract.strikes.destroyed import is_building_done_for
from monitor.extract.strikes.doers import is_attacker
from monitor.extract.text.doc import LONG, Doc, Number, Part, unread
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = [
    "act_for",
    "done_behind",
    "is_undone",
    "measure_of",
]

_ACTS: Final = {
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
_DONE: Final = frozenset(("act.shot_down", "act.merged", "act.lost", "act.suppressed"))
_OWN_VERBS: Final = _DONE | {"act.launched", "act.hit", "act.left"}
_RIGHT_BEHIND: Final = 30  # what it takes off that only verbs stand between a figure and the act behind it
_NOUN: Final = 8
_REACH: Final = 60
_FAR: Final = 2000
_MANY: Final = 50  # more than are told of in flight one by one
_BARE: Final = frozenset(("num", "bound", "weapon", "model", "mark", "side"))
_LOOSE: Final = frozenset(("prep", "place", "level", "time.again", "time.now", "alert", "conj"))
_PARTS: Final = 2
_OWN: Final = 3  # words that nobody knows: with more, a sentence has a verb of its own
_OF_A_TALLY: Final = LONG | {"night", "day", "hours"}


def act_for(
    doc: Doc, part: Part, number: Number, weapon: Weapon, starts: list[int], numbers: list[Number]
) -> Mention | None:
    best: Mention | None = doc.at[number.j] if number.j < part.j else None
    if best is not None and best.concept == "strike.hit" and number.j < weapon.i <= number.j + 3:
        return best  # "17 hits by Shaheds", "of the drones"
    best = None
    if not part.has("act", "strike", "alert"):
        return None
    least = _FAR if _is_only_verb(doc, part) else 600
    for m in doc.mentions_between(max(part.i, number.i - _REACH), min(part.j, number.j + _REACH)):
        if m.group not in ("act", "strike", "alert") or m.concept not in _ACTS or (m.i < number.i < m.j):
            continue
        cost = 10 * (m.i - number.j if m.i >= number.j else number.i - m.j) + _WEAK.get(m.concept, 0)
        is_own = m.group == "act" and number.j < m.i <= number.j + _NOUN and is_done_to(doc, part, number, m, numbers)
        if cost - _RIGHT_BEHIND >= least and not is_own:
            continue  # whatever else stands between them only adds to it
        found = doc.at[m.j] if m.concept == "act.detected" and m.j < part.j else None
        if found is not None and found.concept == "strike.hit":
            continue
        if m.concept == "act.detected" and (_is_seen_done(doc, part, m, number, weapon) or _is_found_and_done(doc, m)):
            continue
        if m.i > number.j and _has_vague_subject(doc, m):
            continue
        if m.i < number.i and (
            _is_ahead_of_subset(doc, part, m, number) or _is_of_row_before(doc, part, m, number)
        ):  # fmt: skip
            continue
        if m.concept == "act.launched" and (
            doc.tokens[m.i].hyphen
            or is_attribute(doc, part, m)
            or is_told_whose(doc, part, number, m)
            or is_of_figure_before(doc, part, number, m)
        ):
            continue  # "all 29 Russia-launched drones"
        if m.concept == "strike.hit" and m.i > number.j and _is_of_a_place(doc, part, number, m):
            continue
        if m.concept == "act.shot_down" and m.i > number.j and is_building_done_for(doc, part, m):
            continue
        if (
            m.concept in _ON_THE_WAY
            and m.i >= number.j
            and (_is_downed_in_flight(doc, part, m) or is_downed_ahead(doc, part, number))
        ):
            continue
        done = doc.at[m.j] if m.concept == "act.present" and m.j < part.j else None
        if done is not None and done.concept in _DONE:
            continue  # "25 drones over its own territory downed": where they were downed
        if m.concept == "act.launch_noun" and _is_awaited(doc, part, number, m):
            continue
        if m.concept in _DONE and (is_undone(doc, part, m) or _is_of_the_subset(doc, part, number, m)):
            continue
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
        if is_own:
            cost = -_RIGHT_BEHIND
        if cost < least:
            best, least = m, cost
    return None if best is not None and _is_of_the_next(doc, part, number, best, numbers) else best


def _is_only_verb(doc: Doc, part: Part) -> bool:
    """A language whose verb stands last, behind a list of whatever length: "12 over A (five), B (five) downed"."""
    told = [m for m in part.mentions if m.group in ("act", "strike", "alert") and m.concept in _ACTS]
    lasts = doc.lexicon.settings.get("verb_last", ())
    return len(told) == 1 and told[0].concept in _DONE and told[0].lang in lasts


def _is_ahead_of_subset(doc: Doc, part: Part, act: Mention, number: Number) -> bool:
    """ "430 were launched, of which 405 drones were shot down": what was done with these stands behind them."""
    subset = doc.at[number.i - 1]
    if subset is None or subset.concept != "num.subset" or act.j > subset.i:
        return False
    return any(m.i > number.j and same_clause(doc, part, number.i, m.i) for m in part.of_any(_DONE))


def _is_of_row_before(doc: Doc, part: Part, act: Mention, number: Number) -> bool:
    """ "476 drones were launched and 442 drones and 41 missiles downed": the verb of the figures before; these have
    another behind them."""
    joint = doc.at[act.j] if act.j < part.j else None
    start = joint.j if joint is not None and joint.concept == "conj.and" else act.j + (doc.tokens[act.j].text == ",")
    if start == act.j or not part.has_any(_DONE) or not any(n.j <= act.i for n in part.numbers):
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
    if act.concept not in _DONE or act.i < number.j or same_clause(doc, part, number.i, act.i):
        return False
    if any(n.i > number.j and n.j == act.i and n.value < number.value and not n.is_all for n in numbers):
        return True  # "there were 102 drones, 88 were downed"
    if any(number.j < n.i < act.i and same_clause(doc, part, n.i, act.i) for n in numbers):
        return False
    return any(0 <= n.i - act.j <= 1 and n.value <= number.value for n in numbers)


def _is_of_a_place(doc: Doc, part: Part, number: Number, hit: Mention) -> bool:
    """ "400 drones at the grid, A and B struck": the verb of another clause, behind the place that was struck."""
    if hit.lang not in doc.lexicon.settings.get("articled", ()) or same_clause(doc, part, number.i, hit.i):
        return False
    return any(s.j == hit.i for s in part.sites)


def _is_seen_done(doc: Doc, part: Part, seen: Mention, number: Number, weapon: Weapon) -> bool:
    """ "Counted 20 drones downed": what was seen is what was done with them."""
    done = doc.at[weapon.j] if seen.j <= number.i < weapon.i and weapon.j < part.j else None
    return done is not None and done.concept in _DONE


def done_behind(doc: Doc, part: Part, launched: Mention) -> Mention | None:
    """ "18 of the 36 missiles launched in the night were destroyed": what became of them, behind the participle."""
    for m in part.of("act.shot_down", "act.merged"):
        verb = doc.at[m.i - 1]
        is_verb = verb is not None and verb.group == "verb"
        if m.i > launched.j and is_verb and same_clause(doc, part, launched.i, m.i):
            return m
    return None


def _is_of_attacker(doc: Doc, part: Part, number: Number, hit: Mention) -> bool:
    """ "450 drones - Russia struck the grid again": a figure of its own clause, and a country that struck."""
    if hit.i < number.i or same_clause(doc, part, number.i, hit.i):
        return False
    return any(is_attacker(doc, part, s) and s.i >= number.j and s.j <= hit.i for s in part.sites)


def _is_of_the_subset(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "653 drones, of which 585 were shot down": what is done behind "of which" is done with the figures behind it."""
    cut = next((m for m in part.of("num.subset") if number.j < m.i < act.i), None)
    if cut is None or act.i - cut.j > 4:
        return False
    return any(cut.j <= n.i <= act.j + 2 for n in part.numbers if n is not number)


def is_undone(doc: Doc, part: Part, act: Mention) -> bool:
    """ "Could not be intercepted": what was not done counts for nothing."""
    return any(m.i <= act.i <= m.j + 3 and same_clause(doc, part, m.i, act.i) for m in part.of("veto.negation"))


def _has_vague_subject(doc: Doc, act: Mention) -> bool:
    """ "..., several shot down": the act has a quantity of its own, which is no number."""
    k = act.i - 1
    while k >= 0 and (m := doc.at[k]) is not None and m.group == "verb":
        k = m.i - 1
    before = doc.at[k] if k >= 0 else None
    return before is not None and before.concept in ("bound.vague", "num.rest", "num.part")


def measure_of(
    doc: Doc,
    part: Part,
    number: Number,
    act: Mention | None,
    is_elliptic: bool,
    so_far: list[Found],
    here: list[Found],
) -> tuple[str | None, Mention | None]:
    if act is not None:
        measure = _ACTS[act.concept]
        if measure == "present" and _is_minus(doc, part, number):
            return None, None
        if act.concept == "act.reached" and (part.has("alert.fly") or is_of_region(part, act)):
            return ("present", act) if part.has("alert.fly") else (None, None)
        if act.concept == "act.parted" and not part.has("particle.down"):
            return None, None
        if act.concept == "strike.hit" and (
            (act.i < number.i and _is_means(doc, part, number)) or _is_of_attacker(doc, part, number, act)
        ):
            return "launched", act
        if act.concept == "act.fired":
            return ("shot_down" if part.has("particle.down") else "launched"), act
        if measure == "present" and here and (_is_behind_subset(doc, part, number) or here[-1].is_subset):
            return here[-1].measure, here[-1].act
        if measure == "present" and is_elliptic and here and is_one_more_over(doc, part, number, act):
            return here[-1].measure, here[-1].act
        if measure == "present" and part.has("act.shot_down", "act.merged", "act.lost"):
            more = doc.at[number.i - 1] if number.i > part.i else None
            if more is None or more.concept != "num.more":  # "seven downed, two more in the air"
                measure = "launched"
        if act.concept == "act.detected" and is_seen_abroad(doc, part, number):
            return "present", act
        if measure == "suppressed" and is_merged(doc, part):
            return "shot_down", act
        if act.concept in _DONE and is_whole_of_a_part(doc, part, number):
            return "launched", None
        if opens_with_of(doc, part, number) and measure in ("shot_down", "lost", "hit") and act.i > number.j:
            return "launched", act
        return measure, act
    if _is_minus(doc, part, number):
        is_told = any(w.period in ("night", "day", "hours") for w in part.whens)
        return ("shot_down" if is_told else None), None  # "minus three in the night"
    if here:
        return here[-1].measure, here[-1].act
    if any(_is_of_the_subset(doc, part, number, m) for m in part.of_any(_DONE)):
        return "launched", None
    has_subject = any(s.ref.id in ("UA", "RU") and s.role == "name" for s in part.sites)
    if has_subject and _is_means(doc, part, number):
        return "launched", None
    if is_item(doc, part) and (told := _header_act(doc, part)) is not None and told.concept != "strike.attack":
        return _ACTS[told.concept], told
    if so_far and (is_elliptic or is_item(doc, part) or _is_breakdown(so_far, part)):
        if so_far[-1].measure == "shot_down" and is_told_what(doc, part, number):
            return "launched", None
        return so_far[-1].measure, so_far[-1].act
    if part.has("act.withheld"):
        return None, None
    n = part.n
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        acts = [m for m in other.mentions if m.concept in _ACTS]
        if acts and (is_item(doc, part) or (other.line == part.line and unread(doc, part) <= _OWN)):
            return _ACTS[acts[-1].concept], acts[-1]
    if any(w.period in _OF_A_TALLY for w in part.whens) or _is_tallied(doc, part, number):
        return "launched", None
    if _is_gone(doc, part, number) or _is_minus(doc, part, number):
        return None, None
    narrow = [s for s in part.sites if s.ref.level != "country" or s.role == "target"]
    is_articled = doc.lang in doc.lexicon.settings.get("articled", ())
    if part.has("strike.damage") or unread(doc, part) > (
        1 if is_articled else 3 + any(s.role == "target" for s in narrow)
    ):
        narrow = []  # "two drones damaged a depot in A": they fly no more
    if narrow and part.j - part.i <= 30 and not part.has("claim") and not part.is_title:
        is_press = number.value > _MANY and is_articled
        return ("launched" if is_press else "present"), None
    if part.has("alert") and part.j - part.i <= 30:
        return "present", None
    if _is_of_target_before(doc, part) or _is_bare(doc, part, number):
        return "present", None
    return ("launched" if part.when is not None and part.when.period == "night" else None), None


def _is_of_target_before(doc: Doc, part: Part) -> bool:
    """ "Ballistics for A! Three": a figure alone, right behind the course of a weapon."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or before.j - before.i > 12:
        return False
    if before.has("alert.attention") and before.sites and part.j - part.i <= 14:
        return not part.has("strike", "toll", "claim")  # "A, this is for you! Six from the east"
    if part.j - part.i > 4:
        return False
    told = before.has("act", "strike", "toll", "claim")
    return not told and before.has("weapon", "model") and any(s.role == "target" for s in before.sites)


def _is_gone(doc: Doc, part: Part, number: Number) -> bool:
    """ "Three missiles, clear": seen no more, and not said to fly on."""
    if part.has("alert.fly", "num.more") or any(s.role == "target" for s in part.sites):
        return False
    cleans = part.of("alert.clean", "alert.over")
    return any(number.j <= m.i and (not part.sites or same_clause(doc, part, number.i, m.i)) for m in cleans)


def _is_minus(doc: Doc, part: Part, number: Number) -> bool:
    """ "Minus three drones": so many fewer, and not said how; no more in the air."""
    return number.i > part.i and (m := doc.at[number.i - 1]) is not None and m.concept == "alert.clean"


def _is_bare(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two Zircons!", "4 missiles, over the city": a short post that is a figure and a weapon, little more."""
    if len(doc.parts) > _PARTS or part.is_title or part.j - part.i > 8 or doc.title_end:
        return False
    is_articled = doc.lang in doc.lexicon.settings.get("articled", ())
    if (is_articled and len(doc.parts) > 1) or part.has("alert.clean", "alert.over", "veto"):
        return False
    unknown = 0
    for k in range(part.i, part.j):
        m = doc.at[k]
        if m is None:
            unknown += doc.tokens[k].kind not in "np"
        elif m.concept == "count.other" and m.j < part.j and doc.tokens[m.j].text == "," and not is_articled:
            continue  # "a group target, two missiles"
        elif m.group not in _BARE and (is_articled or (m.group not in _LOOSE and m.concept not in _LOOSE)):
            return False
    is_news = number.value > _MANY or any(s.ref.level == "country" for s in part.sites)
    return unknown <= (0 if is_articled or is_news else 1)  # "Latvia ... 200 drones" is no flight


def _is_tallied(doc: Doc, part: Part, number: Number) -> bool:
    """ "The military reported 524 drones": a figure right behind the saying of an office of one side."""
    k = number.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group in ("bound", "prep", "num"):
        k = m.i - 1
    said = doc.at[k] if k >= part.i else None
    return said is not None and said.group == "claim" and any(
        m.data.get("side") and not m.data.get("place") for m in part.of("claimant"))  # fmt: skip


def _header_act(doc: Doc, part: Part) -> Mention | None:
    """ "Shot down:" above a list: what was done with the figures of its lines."""
    for other in reversed(doc.parts[max(0, part.n - 16) : part.n]):
        if doc.tokens[other.j - 1].text == ":" and other.line != part.line:
            acts = [m for m in other.mentions if m.concept in _ACTS]
            return acts[-1] if acts else None
        if not is_item(doc, other):
            return None
    return None


def _is_behind_subset(doc: Doc, part: Part, number: Number) -> bool:
    """ "Of them 32 were flying to the capital": what was done with the whole was done with these."""
    return any(m.concept == "num.subset" for m in doc.mentions_between(max(part.i, number.i - 3), number.i))


def _is_means(doc: Doc, part: Part, number: Number) -> bool:
    """ "Struck the site with 14 bombs": what was struck with was launched, what was struck is not counted."""
    k = number.i - 1
    while k > part.i and (m := doc.at[k]) is not None and m.group in ("bound", "num"):
        k = m.i - 1
    mention = doc.at[k] if k >= part.i else None
    return mention is not None and mention.concept == "prep.against"


def _is_breakdown(so_far: list[Found], part: Part) -> bool:
    return so_far[-1].part.line >= part.line - 1
