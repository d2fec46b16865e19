"""Which figure of a sentence the word for the dead or the hurt counts."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.oneperson import is_one_of_things
from monitor.extract.strikes.shares import hurt_of_them
from monitor.extract.strikes.together import is_object_of, is_of_other_noun
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.ages import is_age
from monitor.extract.words.mentions import Mention

__all__ = ["OLD", "is_no_subject", "number_for"]

_LOOSE_TIMES: Final = frozenset(
    ("time.after", "time.again", "time.night", "time.last_night", "time.today", "time.yesterday", "time.morning",
     "time.evening", "time.since")
)  # fmt: skip
_NEAR: Final = 2
OLD: Final = "the old figure"
_MANY_SOLDIERS: Final = 1_000
"""Soldiers that one strike can kill; more is a tally of losses."""
_FEW_SOLDIERS: Final = 30
"""Soldiers whose loss the sentence behind a strike tells without naming it again."""
_BLOW: Final = ("strike", "weapon", "model")


def number_for(doc: Doc, part: Part, m: Mention, words: tuple[Mention, ...], subset_from: list[int]) -> Number | None:
    best: Number | None = None
    least = 16.0
    for number in part.numbers:
        if number.taken is not None or number.value > 100_000 or is_age(doc, part, number):
            continue
        if _is_year(doc, part, number) or is_no_subject(doc, number, m):
            continue
        hurt = hurt_of_them(doc, part, m, words, subset_from) if subset_from else None
        if hurt is not None and number is not hurt and number.j <= subset_from[0]:
            continue
        if number is not hurt and any(
            s < number.i
            and same_clause(doc, part, s, number.i)
            and not _is_new_kind(m, s, words)
            and not _is_over(doc, s, number.i)
            for s in subset_from
        ):
            continue
        if number is not hurt and (
            _is_whole_of_weapons(doc, part, number, m)
            or _is_some_of_them(doc, part, number)
            or _is_some_of_others(doc, part, number, m)
        ):
            continue
        if number.i > m.j and (
            _is_of_next_clause(doc, part, number, m) or _is_of_plural_behind(doc, number, m, words)
        ):  # fmt: skip
            continue
        if number.j < m.i and (is_of_other_noun(doc, part, number, m) or _is_of_one(doc, part, number, m)):
            continue
        is_of_people = _counts_people(doc, part, number, m) or is_object_of(doc, part, number, m)
        if not is_of_people or _is_subject_of_next(doc, part, number, m, words):
            continue
        if (
            not same_clause(doc, part, number.i, m.i)
            and any(w.concept != m.concept and same_clause(doc, part, number.i, w.i) for w in words)
            and not _is_subject(doc, part, number, m)
        ):
            continue
        low, high = (number.j, m.i) if number.i < m.i else (m.j, number.i)
        between = doc.mentions_between(low, high)
        if any(x in words and x.concept != m.concept for x in between):
            continue
        if number.i > m.i and _is_of_damage(doc, part, number, m, between):
            continue
        cost = float(high - low)
        if not same_clause(doc, part, number.i, m.i):
            cost += 5
        if any(n is not number and low <= n.i < high for n in part.numbers):
            cost += 3
        if number.i < m.i and any(n.taken == OLD and low <= n.i < high for n in part.numbers):
            cost = min(cost, 6.0)  # "eight people, not five as was told before, were hurt"
        if number.i < m.i:
            cost -= 0.5
            if is_far := _is_far_subject(doc, part, number, m):
                cost = min(cost, 1.0 if not _has_people_between(doc, part, number, m) else 3.0)
            if not is_far and _is_subject(doc, part, number, m):
                cost = min(cost, 3.0)
        elif _is_newest(doc, part, number):
            cost = min(cost, 4.0)
        if cost < least:
            best, least = number, cost
    return best


def _is_of_damage(doc: Doc, part: Part, number: Number, m: Mention, between: list[Mention]) -> bool:
    """ "Killed a dock worker and damaged a ship and 30 containers": what the verb behind did, and no people; "harmed a
    school, two sheds", where a building stands right behind the verb."""
    what = between[0] if between and between[0].i == m.j else None
    is_of_things = what is not None and what.group == "target" and not any(
        doc.tokens[k].f in doc.lexicon.settings.get("collectives", ()) for k in range(number.i, number.j))  # fmt: skip
    if not is_of_things and not any(x.concept == "strike.damage" for x in between):
        return False
    return not any(x.group in ("person", "toll") for x in doc.mentions_between(number.j, min(part.j, number.j + 3)))


def _is_of_one(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "Among them two children, a man died": a clause of its own, whose verb says one and whose person stands behind
    it."""
    if number.value < _NEAR or same_clause(doc, part, number.i, m.i):
        return False
    who = doc.at[m.j] if m.j < part.j else None
    is_one = doc.tokens[m.j - 1].f in doc.lexicon.settings.get("single_tolls", ())
    return is_one and who is not None and who.concept == "person.one"


def _is_of_plural_behind(doc: Doc, number: Number, m: Mention, words: tuple[Mention, ...]) -> bool:
    """ "A woman died, her son and two grandchildren are in hospital": the verb says one, and another word of harm
    stands behind the figure."""
    if number.value < _NEAR or doc.tokens[m.j - 1].f not in doc.lexicon.settings.get("single_tolls", ()):
        return False
    return any(w.i >= number.j and w.concept != m.concept for w in words) and not any(
        m.j <= w.i < number.i for w in words)  # fmt: skip


def _is_of_next_clause(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "Nine people were wounded and the 48 children are unharmed": the verb of the passive has its subject ahead."""
    verb = doc.at[m.i - 1] if m.i > part.i else None
    if verb is None or verb.group != "verb" or not any(
        x.concept == "conj.and" and number.i - x.j < _NEAR for x in doc.mentions_between(m.j, number.i)
    ):  # fmt: skip
        return False
    return any(
        n.j < m.i and same_clause(doc, part, n.i, m.i) and (who := doc.at[n.j]) is not None and who.group == "person"
        for n in part.numbers
    )


def _is_subject_of_next(doc: Doc, part: Part, number: Number, m: Mention, words: tuple[Mention, ...]) -> bool:
    """ "A woman died and five people were wounded": the five are the subject of the verb behind them."""
    after = next((w for w in words if w.i >= number.j), None)
    if number.i < m.i or after is None or after.concept == m.concept:
        return False
    if _is_subject(doc, part, number, after):
        return True
    if after.i - number.j == 1 and doc.tokens[number.j].text in DASHES:
        return True  # "a woman died, another three - wounded"
    if not same_clause(doc, part, number.i, after.i):
        return False
    between = doc.mentions_between(number.j, after.i)
    joint = doc.at[number.i - 1] if number.i > part.i else None
    is_joined = joint is not None and joint.concept == "conj.and" and after.i - number.j <= _NEAR
    return (is_joined or any(x.group == "verb" for x in between)) and all(
        x.group in ("verb", "person", "num", "time") for x in between
    )


def _is_whole_of_weapons(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "57 drones of 104, 39 were lost, there are wounded": the 104 are of the weapon right before them."""
    of = doc.at[number.i - 1] if number.j < m.i and number.i > part.i else None
    if of is None or of.concept not in ("num.of", "prep.from", "prep.of") or same_clause(doc, part, number.i, m.i):
        return False
    before, behind = doc.at[of.i - 1] if of.i > part.i else None, doc.at[number.j]
    is_weapon = before is not None and before.group in ("weapon", "model")
    return is_weapon and (behind is None or behind.group != "person")


def _is_some_of_them(doc: Doc, part: Part, number: Number) -> bool:
    """ "24 people, three of them children, were hurt": three of those counted just before."""
    after = doc.at[number.j] if number.j < part.j else None
    if after is None or after.concept != "num.subset" or number.i <= part.i or doc.tokens[number.i - 1].text != ",":
        return False
    return any(0 < number.i - n.j <= 4 for n in part.numbers)


def _is_some_of_others(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "Three of them got through - a shop is on fire, there are wounded": three of what the clause is about."""
    after = doc.at[number.j] if number.j < part.j else None
    is_of = after is not None and after.concept in ("num.subset", "num.of")
    return is_of and number.i < m.i and not same_clause(doc, part, number.i, m.i)


def _is_newest(doc: Doc, part: Part, number: Number) -> bool:
    """ "The toll ... rose to 26": the figure behind the verb, however far the noun stands before it."""
    if any(m.concept == "num.newest" for m in doc.mentions_between(max(part.i, number.i - 3), number.i)):
        return True
    to = doc.at[number.i - 1] if number.i > part.i else None  # "revised from six to five"
    return to is not None and to.group == "prep" and any(n.j == to.i and n.taken == OLD for n in part.numbers)


def _is_year(doc: Doc, part: Part, number: Number) -> bool:
    """ "A resident, born 1959": four figures of a year with no people behind them."""
    if number.is_word or number.j - number.i > 1 or not 1900 <= number.value <= 2050:
        return False
    after = doc.at[number.j] if number.j < part.j else None
    return after is None or after.group not in ("person", "toll")


def is_no_subject(doc: Doc, number: Number, m: Mention) -> bool:
    """ "The crew has 31 kills", "a blow on bus 31 kills two": a verb whose form has one doer, right behind a figure."""
    actives = doc.lexicon.settings.get("singular_actives", ())
    return number.j == m.i and number.value > 1 and doc.tokens[m.i].f in actives


def _is_over(doc: Doc, subset: int, i: int) -> bool:
    """ "Three, including two guests, were killed and 16 hurt": the verb ends the subset."""
    verbs = [m for m in doc.mentions_between(subset, i) if m.group == "verb"]
    return any(m.group == "toll" for v in verbs for m in doc.mentions_between(v.j, i))


def _is_subject(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "Six people, including a woman, were killed": what stands between the commas is skipped."""
    k = number.j
    while k < part.j and k - number.j <= 5 and doc.tokens[k].text != ",":
        k += 1
    are_people = doc.tokens[number.i].f in doc.lexicon.settings.get("collectives", ()) or any(
        x.group == "person" or x.concept == "num.more" for x in doc.mentions_between(max(part.i, number.i - 1), k)
    )
    if k + 1 >= part.j or doc.tokens[k].text != "," or not are_people:
        return False
    if _are_ages_between(doc, k, m):
        return True
    subset = doc.at[k + 1]
    before = doc.at[m.i - 1] if m.i > k else None
    return (
        subset is not None
        and subset.concept in ("num.subset", "count.age")
        and (
            (before is not None and before.group == "verb")
            or doc.tokens[m.i - 1].text == ","
            or (_is_behind_its_verb(doc, part, k, m))
        )
        and not any(
            x.group == "toll"
            or (
                x.concept == "conj.and"
                and doc.tokens[x.i - 1].text == ","
                and not any(x.j <= n.i < m.i for n in part.numbers)
            )
            for x in doc.mentions_between(k, m.i)
        )  # not of "killed eight, including a girl, and have wounded 45"
        and not any(k < n.i and before is not None and n.j == before.i for n in part.numbers)  # "..., 59 were hurt"
        and not (
            before is None
            and (  # "..., wounded 94", "wounded were five, of them two children, killed a man"
                any(0 <= n.i - m.j <= _NEAR for n in part.numbers)
                or any(w.concept != m.concept and 0 <= number.i - w.j < _NEAR for w in part.of("toll"))
            )
        )
    )


def _is_behind_its_verb(doc: Doc, part: Part, k: int, m: Mention) -> bool:
    """ "Two, among them a child, were in the attack hurt": the helping verb right behind the comma, and
    the toll at the end of its clause."""
    if m.lang not in doc.lexicon.settings.get("verb_last", ()):
        return False
    return any(
        v.group == "verb" and doc.tokens[v.i - 1].text == "," and same_clause(doc, part, v.i, m.i)
        for v in doc.mentions_between(k + 1, m.i)
    )


def _are_ages_between(doc: Doc, comma: int, m: Mention) -> bool:
    """ "Two workers, 20 and 31 years old, were killed": nothing but figures and the words for years up to the comma
    before the verb."""
    before = doc.at[m.i - 1]
    last = (before.i if before is not None and before.group == "verb" else m.i) - 1
    if last <= comma or doc.tokens[last].text != ",":
        return False
    aged = 0
    for k in range(comma + 1, last):
        x, token = doc.at[k], doc.tokens[k]
        if token.kind == "n":
            aged += 1
        elif token.text != "," and (x is None or not (
            x.group == "count" or x.concept in ("conj.and", "prep.of", "num.of"))):  # fmt: skip
            return False
    return aged > 0


def _is_far_subject(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "17 people were in an attack on a prison in the region of A killed": a language that ends with its verb."""
    if m.lang not in doc.lexicon.settings.get("verb_last", ()) or not same_clause(doc, part, number.i, m.i):
        return False
    between = doc.mentions_between(number.j, m.i)
    return bool(between) and between[0].group == "person" and not any(x.group == "toll" for x in between)


def _has_people_between(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "20 people fled and three men were killed": another figure of people is nearer to the verb."""
    return any(
        number.j <= n.i < m.i and n.j < part.j and (who := doc.at[n.j]) is not None and who.group == "person"
        for n in part.numbers
    )


def _is_new_kind(m: Mention, subset: int, words: tuple[Mention, ...]) -> bool:
    """ "Five were hurt, two of them died": a subset of another kind is a toll of its own."""
    earlier = [w for w in words if w.i < subset]
    return m.i > subset and bool(earlier) and all(w.concept != m.concept for w in earlier)


def _counts_people(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """What follows the number is people, the word of the toll itself, or nothing that could be counted."""
    k = number.j
    steps = 0
    if doc.tokens[number.i].kind == "n" and m.j < number.i and _is_number_of(doc, part, number):
        return False
    of = doc.at[number.i - 1] if number.value == 1 and part.i < number.i and k < part.j else None
    if of is not None and of.group in ("prep", "num") and is_no_single(doc, k):
        return False  # "three people of one family"
    while k < part.j and steps < 3:
        mention = doc.at[k]
        if mention is m:
            return True
        if mention is None:
            token = doc.tokens[k]
            if token.kind == "p" and token.text in '\u00ab\u201c\u201e"':
                k += 1
                if k < part.j and doc.at[k] is None and doc.tokens[k].kind == "w":
                    return False  # "taken away by three «carriages»": a nickname of something
                continue
            if token.kind == "p":
                is_things = steps > 0 and k < m.i and any(0 <= x.i - m.j <= _NEAR for x in part.of("person.one"))
                return token.text not in "%$\u20ac" and not is_things  # "7 cars, a woman was killed"
            steps += 1
            k += 1
            continue
        if number.is_article and steps == 0 and mention.concept == "num.subset" and k == number.j:
            return True  # "one of them died", where the article is the figure
        if number.is_article and (mention.group not in ("person", "toll") or mention.concept == "person.two"):
            return False
        if mention.group in ("strike", "act", "alert") and steps == 0 and k == number.j:
            return False
        if mention.group == "person" and number.is_article and is_no_single(doc, mention.j - 1):
            return False  # "and a family lost its home"
        if mention.group == "person":
            return mention.concept != "person.soldiers" or (number.value < _MANY_SOLDIERS and (
                part.has(*_BLOW) or (number.value <= _FEW_SOLDIERS and part.n > 0 and doc.parts[part.n - 1].has(*_BLOW))
            ))  # fmt: skip
        if mention.group == "toll":
            return number.i < m.i and mention.i >= m.i
        if mention.concept in _LOOSE_TIMES:
            return True
        if mention.group == "level" or (mention.concept == "prep.side" and doc.tokens[k].is_capital):
            return False  # "13 regions", "three suburbs of A"
        if mention.group == "time" and steps == 0 and m.j <= number.i and all(
            (x := doc.at[n]) is not None and x.group == "bound" for n in range(m.j, number.i)):  # fmt: skip
            return True  # "injured 34 over the past day", "injured at least 23 in the past day"
        if mention.group in ("count", "weapon", "model", "month", "target", "time"):
            return steps > 0 and number.i - m.j <= 2 and mention.group != "count" and m.i < number.i
        if mention.concept in ("prep.of", "num.of") and steps == 0 and mention.j < part.j and (
            (what := doc.at[mention.j]) is not None and what.group in ("weapon", "model")
        ):  # fmt: skip
            return False  # "a score of drones"
        if mention.group == "prep" and steps == 0 and number.value == 1 and is_one_of_things(doc, part, mention):
            return False  # "one of the plants was hurt"
        if mention.group == "conj" or mention.group == "prep":
            return steps == 0 or mention.concept == "prep.of"
        k = mention.j
    return steps < 3


def is_no_single(doc: Doc, k: int) -> bool:
    """Whether a word names more than one person, or none: a family, a flock."""
    return doc.tokens[k].f in doc.lexicon.settings.get("no_single", ())


def _is_number_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "Terminal 3 of the airport", "School 12": a figure right behind a building, no person or toll behind it."""
    k = number.i - 1
    before = doc.at[k] if k >= part.i else None
    after = doc.at[number.j] if number.j < part.j else None
    is_named = (before is not None and before.group == "target") or (
        k >= part.i and doc.tokens[k].f in doc.lexicon.settings.get("numbered", ()))  # fmt: skip
    return is_named and (after is None or after.group not in ("person", "toll"))
