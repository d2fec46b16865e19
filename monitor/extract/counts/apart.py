"""Numbers that count no weapons of their own: denied, of one group among several, or how they come: one by one."""

from __future__ import annotations

import itertools
from typing import Final

from monitor.extract.counts.former import is_denied
from monitor.extract.counts.ratios import is_of_other_whole, is_share
from monitor.extract.strikes.struck import is_blow_that_fell
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon, is_stored, weapons_of

__all__ = [
    "as_one_act",
    "has_noun",
    "is_attribute",
    "is_downed_ahead",
    "is_gift",
    "is_merged",
    "is_of_figure_before",
    "is_of_hours",
    "is_of_region",
    "is_on_ground",
    "is_one_more_over",
    "is_row_of_units",
    "is_seen_abroad",
    "is_set_aside",
    "is_told_whose",
    "is_whole_of_a_part",
    "shares_a_unit",
]

_LITTLE: Final = 4
_ARTICLE: Final = 3
"""Letters of the longest article."""
_BEFORE_WHOLE: Final = frozenset(("num.of", "prep.of", "prep.from", "prep.over"))
_SHARES: Final = frozenset(("num.part", "num.percent"))
_DOWNED: Final = frozenset(("act.shot_down", "act.merged", "act.lost", "act.suppressed"))
_MERGED: Final = frozenset(("act.shot_down", "act.suppressed"))
_YOUNGEST: Final = 10
_OLDEST: Final = 110
_LAST: Final = 31
_FAR: Final = 10
_LYING: Final = frozenset(("prep.at", "prep.to", "prep.on"))
_CODES: Final = frozenset((200, 300))


def is_set_aside(doc: Doc, part: Part, number: Number) -> bool:
    return (
        is_denied(doc, part, number)
        or _is_of_one_group(doc, part, number)
        or _is_one_by_one(doc, part, number)
        or _is_code(doc, part, number)
        or _is_reading(doc, part, number)
        or _is_of_the_hurt(doc, part, number)
        or _is_of_the_dead(doc, part, number)
        or _is_made_with(doc, part, number)
        or _is_age(doc, part, number)
        or _is_times_too(doc, part, number)
        or is_share(part, number)
        or is_of_other_whole(doc, part, number)
        or _is_dotted(doc, part, number)
        or _is_offset(doc, part, number)
        or _is_of_attacks_too(doc, part, number)
    )


def is_attribute(doc: Doc, part: Part, launched: Mention) -> bool:
    """ "Missiles launched from A were shot down": the launch only says which missiles, the verb comes behind."""
    k = launched.i - 1
    if k - 2 > part.i and doc.tokens[k].text == ")" and doc.tokens[k - 2].text == "(":
        k -= 3  # "211 drones (UAV) launched"
    before = doc.at[k] if k >= part.i else None
    after = doc.at[launched.j] if launched.j < part.j else None
    if before is None or before.group not in ("weapon", "model", "place") or after is None:
        return False
    is_ahead = after.group == "weapon" and after.lang in doc.lexicon.settings.get("verb_last", ())
    is_by = after.concept == "prep.agent" and not part.has("num.all")
    is_from = after.concept == "prep.from" or is_by or (after.group == "place" and launched.j > launched.i + 1)
    if not is_ahead and not is_from and after.group != "verb":
        return False  # "drones Russia launched had been downed"
    return any(
        m.concept in _DOWNED and (verb := doc.at[m.i - 1]) is not None and verb.group == "verb"
        for m in doc.mentions_between(launched.j, part.j)
    )  # fmt: skip


def is_told_whose(doc: Doc, part: Part, number: Number, launched: Mention) -> bool:
    """ "Downed over A eleven rockets fired by B": behind the noun the launch only says whose they were."""
    by = doc.at[launched.j] if launched.j < part.j else None
    before = doc.at[launched.i - 1] if launched.i >= number.j else None
    if by is None or by.concept != "prep.agent" or before is None or before.group not in ("weapon", "model", "side"):
        return False
    done = [m for m in part.of("act.shot_down", "act.merged", "act.lost") if m.j <= number.i]
    return bool(done) and not any(done[-1].j <= n.i < number.i for n in part.numbers)


def is_of_figure_before(doc: Doc, part: Part, number: Number, launched: Mention) -> bool:
    """ "Downed ten missiles fired from A, and 23 drones": where they were fired from says only which ones, of the
    figure before."""
    before, after = doc.at[launched.i - 1], doc.at[launched.j] if launched.j < part.j else None
    if launched.j > number.i or before is None or before.group not in ("weapon", "model") or after is None:
        return False
    if after.concept not in ("prep.from", "prep.agent"):
        return False
    return any(m.j <= before.i for m in part.of("act.shot_down", "act.merged"))


def is_downed_ahead(doc: Doc, part: Part, number: Number) -> bool:
    """ "Downed in little over six hours 27 drones that flew to A": where they flew says only which ones."""
    done = [m for m in part.of("act.shot_down", "act.merged") if m.j <= number.i]
    if not done or not same_clause(doc, part, done[-1].i, number.i):
        return False
    return not any(done[-1].j <= n.i < number.i and not is_of_hours(doc, n) for n in part.numbers)


def is_of_hours(doc: Doc, number: Number) -> bool:
    """ "In a little over six hours": how long it took."""
    after = doc.at[number.j] if number.j < len(doc.at) else None
    return after is not None and after.concept == "time.oclock"


def _is_offset(doc: Doc, part: Part, number: Number) -> bool:
    """ "GMT+3": a figure glued to a sign and a word."""
    k = number.i - 1
    if number.is_word or k <= part.i or doc.tokens[k].text not in "+-" or not doc.tokens[number.i].glued:
        return False
    return doc.tokens[k].glued and doc.tokens[k - 1].kind == "w"


def _is_of_attacks_too(doc: Doc, part: Part, number: Number) -> bool:
    """ "14 missile strikes and 58 artillery ones": behind a figure of strikes, how often guns fired."""
    joint = doc.at[number.i - 1] if number.i > part.i else None
    guns = doc.at[number.j] if number.j < part.j else None
    guns = doc.at[guns.j] if guns is not None and guns.concept == "prep.of" and guns.j < part.j else guns
    if joint is None or joint.concept != "conj.and" or guns is None or guns.concept != "weapon.artillery":
        return False
    before = next((n for n in reversed(part.numbers) if n.j <= joint.i), None)
    return before is not None and joint.i - before.j <= _LITTLE and any(
        m.concept == "strike.attack" for m in doc.mentions_between(before.j, joint.i))  # fmt: skip


def _is_of_the_hurt(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two hurt: 23 and 41 years": figures behind a toll and a colon, in a sentence that names no weapon."""
    hurt = part.of("toll")
    if not hurt or part.has("weapon", "model") or number.i < hurt[0].j:
        return False
    return any(doc.tokens[k].text == ":" for k in range(hurt[0].j, number.i))


def _is_made_with(doc: Doc, part: Part, number: Number) -> bool:
    """ "361 strikes, 188 of them with drones": what is counted was done with them."""
    after = doc.at[number.j] if number.j < part.j else None
    return after is not None and after.concept == "prep.against" and part.has("strike.attack")


def _is_of_the_dead(doc: Doc, part: Part, number: Number) -> bool:
    """ "Four people were killed by drones, three of them in A": behind a toll with its figure and weapons with none,
    with nothing said of what became of them."""
    subset = doc.at[number.i - 1] if number.i > part.i else None
    if subset is None or subset.concept != "num.subset" or not part.has("toll"):
        return False
    after = doc.at[number.j] if number.j < part.j else None
    if after is None or after.group != "prep":
        return False
    weapons = [m for m in part.of("weapon", "model") if m.i < subset.i]
    before = [n for n in part.numbers if n.j <= subset.i]
    last = max((n.j for n in before), default=-1)
    is_toll = any(last <= m.i < subset.i for m in part.of("toll")) if before else False
    return bool(weapons) and is_toll and last < weapons[-1].i and not any(0 <= weapons[-1].i - n.j <= 2 for n in before)


def _is_reading(doc: Doc, part: Part, number: Number) -> bool:
    """ "Speed 480, height 1,200": what an instrument shows."""
    words = doc.lexicon.settings.get("readings", ())
    return any(doc.tokens[k].f in words for k in range(max(part.i, number.i - 2), number.i))


def _is_code(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two 200, five 300": what soldiers call the dead and the wounded, behind how many they are or who."""
    if number.value not in _CODES or number.is_word or number.i == part.i:
        return False
    before, after = doc.at[number.i - 1], doc.at[number.j] if number.j < part.j else None
    is_of_people = before is not None and before.group in ("person", "side")
    is_of_people = is_of_people or any(n.j == number.i for n in part.numbers)
    return is_of_people and (after is None or after.group not in ("weapon", "model", "side"))


def _is_age(doc: Doc, part: Part, number: Number) -> bool:
    """ "Racing champion, 19, trains pilots": a figure between commas, behind a word that is no weapon and no place."""
    if number.is_word or not _YOUNGEST <= number.value < _OLDEST or number.i < part.i + 2 or number.j >= part.j:
        return False
    whose = doc.at[number.i - 2]
    is_between = doc.tokens[number.i - 1].text == "," and doc.tokens[number.j].text == ","
    return (
        is_between and doc.tokens[number.i - 2].kind == "w" and (whose is None or whose.group in ("person", "claimant"))
    )


def _is_dotted(doc: Doc, part: Part, number: Number) -> bool:
    """ "Am 16. September 88, am 15. waren es 120", "le 21, 37": a day of the month alone."""
    if number.i > part.i and doc.tokens[number.i - 1].f in doc.lexicon.settings.get("dating", ()):
        return not number.is_word and 1 < number.value <= _LAST and (
            number.j < part.j and doc.tokens[number.j].kind == "p"
        )  # fmt: skip
    if number.is_word or doc.lang not in doc.lexicon.settings.get("dotted", ()) or number.j + 1 >= part.j:
        return False
    return doc.tokens[number.j].text == "."


def _is_times_too(doc: Doc, part: Part, number: Number) -> bool:
    """ "Fired guns 41 times, drones - 212", "41 times with guns, 212 - with drones": as many times, not as many."""
    if number.j >= part.j or doc.tokens[number.j].text not in DASHES or not part.has("count.other"):
        return False
    before = [n for n in part.numbers if n.j <= number.i]
    times = doc.at[before[-1].j] if before and before[-1].j < part.j else None
    means = doc.at[number.j + 1] if number.j + 1 < part.j else None
    return times is not None and times.concept == "count.other" and means is not None and (
        means.group in ("weapon", "model", "prep") and not part.has("act.shot_down", "act.merged", "act.launched")
    )  # fmt: skip


def _is_of_one_group(doc: Doc, part: Part, number: Number) -> bool:
    """ "In one group one or two drones", "in each group five": how many there are in each of them."""
    k = number.i - 1
    mention = doc.at[k] if k >= part.i else None
    if mention is not None and mention.concept == "prep.by":
        k = mention.i - 1
        mention = doc.at[k] if k >= part.i else None
    if mention is None or mention.concept != "count.other":
        return False
    return any(m.concept == "prep.at" for m in doc.mentions_between(max(part.i, mention.i - 2), mention.i)) and (
        any(n.j == mention.i for n in part.numbers) or _is_each(doc, part, mention.i - 1))  # fmt: skip


def _is_each(doc: Doc, part: Part, k: int) -> bool:
    mention = doc.at[k] if k >= part.i else None
    return mention is not None and mention.concept == "num.each"


def _is_one_by_one(doc: Doc, part: Part, number: Number) -> bool:
    """ "They come in one by one": a number word alone behind the word for "by", in a sentence that tells a course."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    after = doc.at[number.j] if number.j < part.j else None
    if before is None or before.concept != "prep.by" or not number.is_word or not part.has("alert.fly"):
        return False
    return after is None or after.group not in ("weapon", "model", "side")


def is_on_ground(doc: Doc, part: Part, number: Number, act: Mention | None) -> bool:
    """ "As a result of a strike on the base 30 drones were destroyed", "a strike on a depot: 30 drones destroyed"."""
    if _is_in_store(doc, part, number):
        return True
    if act is None:
        return any(
            token.f.startswith(doc.lexicon.settings.get("store_stems", ())) for token in doc.tokens[part.i : part.j]
        )
    nearby = (part, *doc.parts[max(0, part.n - 1) : part.n])
    is_base = any(p.line == part.line and p.has("target.industry", "target.military") for p in nearby)
    if is_blow_that_fell(part):
        return is_base or (act is not None and act.j < part.j and doc.tokens[act.j].text == ":")
    if act is None or not part.has("strike.attack"):
        return False
    colon = next((k for k in range(act.i - 1, part.i, -1) if doc.tokens[k].text == ":"), part.i)
    return any(m.i < colon for m in part.of("strike.attack")) and any(
        m.i < colon for m in part.of("target.industry", "target.military")
    )


def _is_in_store(doc: Doc, part: Part, number: Number) -> bool:
    """ "90 drones were destroyed in the depots", "a depot of Shaheds was hit. Up to 90 of them were destroyed"."""
    stems, aloft = doc.lexicon.settings.get("store_stems", ()), doc.lexicon.settings.get("aloft", ())
    for k in range(number.j, min(part.j, number.j + _FAR)):
        if doc.tokens[k].f in aloft or ((m := doc.at[k]) is not None and m.group == "strike"):
            break
        led = doc.at[k - 1] or doc.at[k - 2]  # an article may stand between
        if doc.tokens[k].f.startswith(stems) and led is not None and led.concept in _LYING:
            return True
    before = doc.parts[part.n - 1] if part.n and not part.sites else None
    if before is None or not before.has("strike.damage", "strike.hit", "strike.attack"):
        return False
    return any(is_stored(doc, before, weapon) for weapon in weapons_of(doc, before))


def is_gift(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "40 drones for the brigade": the word for "for" right behind the weapon, and a unit or people behind it."""
    if doc.tokens[weapon.j if weapon.j < part.j else part.j - 1].f not in doc.lexicon.settings.get("benefit", ()):
        return False
    k = weapon.j + 1
    while k < part.j and (doc.tokens[k].kind == "n" or doc.tokens[k].text in DASHES or _is_ending(doc, k)):
        k += 1
    whom = doc.at[k] if k < part.j else None
    return whom is not None and (whom.group in ("person", "side") or whom.concept == "count.other")


def _is_ending(doc: Doc, k: int) -> bool:
    """The ending behind the figure of an ordinal: "the 110-th"."""
    return doc.at[k] is None and doc.tokens[k - 1].text in DASHES and len(doc.tokens[k].f) <= 3


def is_of_region(part: Part, reached: Mention) -> bool:
    """ "Two more reached the region of A": no town was hit."""
    return any(s.i == reached.j and s.ref.level != "city" for s in part.sites)


def is_whole_of_a_part(doc: Doc, part: Part, number: Number) -> bool:
    """ "Most of the 30 drones were downed", "80 % of 30": how many were is not the figure behind it."""
    k = number.i - 1
    while k > part.i and ((m := doc.at[k]) is None or m.group == "bound" or m.concept in _BEFORE_WHOLE):
        if m is None and not (doc.tokens[k].kind == "w" and len(doc.tokens[k].f) <= _ARTICLE):
            break
        k -= 1
    share = doc.at[k] if k >= part.i else None
    return k >= part.i and (doc.tokens[k].text == "%" or (share is not None and share.concept in _SHARES))


def is_merged(doc: Doc, part: Part) -> bool:
    """ "Shot down and suppressed" as one figure: both verbs before the same number."""
    acts = [m for m in part.mentions if m.concept in ("act.shot_down", "act.suppressed")]
    return any(
        a.concept != b.concept
        and b.i - a.j <= 2
        and not any(t.kind == "n" for t in doc.tokens[a.j : b.i])
        and not any(a.j <= n.i < b.i for n in part.numbers)
        for a, b in itertools.pairwise(acts)
    )


def as_one_act(doc: Doc, part: Part, act: Mention | None) -> Mention | None:
    """ "Brought down or jammed 266": two verbs that "or" joins are one, the first of them."""
    if act is None or act.concept not in _MERGED or not part.has("act.suppressed") or not part.has("act.shot_down"):
        return act
    for other in part.of("act.shot_down", "act.suppressed"):
        one, two = (act, other) if act.i < other.i else (other, act)
        if (
            other.concept == act.concept
            or not 0 < two.i - one.j <= 2
            or any(one.j <= n.i < two.i for n in part.numbers)
        ):
            continue
        joint = doc.at[one.j]
        if (joint is not None and joint.concept == "conj.and") or doc.tokens[one.j].text == "/":
            return act if act.concept == "act.shot_down" else other
    return act


def is_one_more_over(doc: Doc, part: Part, number: Number, act: Mention) -> bool:
    """ "29 were downed in A, and one in the skies over B": where it was, of a row that says what became of them."""
    joint = doc.at[number.i - 1] if number.i > part.i else None
    is_joined = joint is not None and joint.concept == "conj.and" and act.concept == "act.present"
    return is_joined and act.i == number.j and any(0 <= s.i - act.j <= 1 for s in part.sites)


def is_seen_abroad(doc: Doc, part: Part, number: Number) -> bool:
    """ "In Moldova six drones were seen": in a country that nobody fires at."""
    sounded = doc.lexicon.settings.get("alert_countries", ())
    return any(
        s.ref.level == "country" and s.role == "at" and s.ref.id not in sounded and s.i < number.i for s in part.sites
    )


def shares_a_unit(doc: Doc, part: Part, k: int) -> bool:
    """ "The 2nd and 5th brigades", "24 and technical floors": the noun stands behind the second and is of both."""
    other = next((n.j for n in part.numbers if n.i == k), None)
    if other is None and k + 1 < part.j and doc.at[k] is None and doc.tokens[k].kind in ("w", "n"):
        other = k + 1
        if other < part.j and doc.tokens[other].kind == "w" and doc.tokens[other].glued:
            other += 1  # "7 and 8-th floors"
    unit = doc.at[other] if other is not None and other < part.j else None
    return unit is not None and unit.concept == "count.other"


def is_row_of_units(doc: Doc, part: Part, k: int) -> bool:
    """Whether a row of figures begins with the comma, whose last stands behind an "and" and has the noun."""
    while k < part.j and doc.tokens[k].text == ",":
        step = next((n.j for n in part.numbers if n.i == k + 1), None)
        if step is None:
            return False
        k = step
    joint = doc.at[k] if k < part.j else None
    return joint is not None and joint.concept == "conj.and" and shares_a_unit(doc, part, joint.j)


def has_noun(doc: Doc, part: Part, number: Number) -> bool:
    """ "A drone attack left one mine without power": the noun of the figure stands behind it."""
    noun = doc.at[number.j] if number.j < part.j else None
    return noun is not None and noun.group in ("target", "person", "count")
