"""Which figure of a sentence the word for the dead or the hurt counts."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.ofpeople import counts_people
from monitor.extract.strikes.shares import hurt_of_them
from monitor.extract.strikes.together import is_object_of, is_of_other_noun
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.vetoes import same_clause
from monitor.extract.words.ages import is_age
from monitor.extract.words.mentions import Mention
from monitor.extract.words.people import counts_their_children

__all__ = ["OLD", "is_no_subject", "number_for"]

_NEAR: Final = 2
OLD: Final = "the old figure"


def number_for(doc: Doc, part: Part, m: Mention, words: tuple[Mention, ...], subset_from: list[int]) -> Number | None:
    """The nearest figure that can be of the word ``m``. ``words`` are all such words of the sentence, ``subset_from``
    the tokens behind which it tells of some of those it counted."""
    best: Number | None = None
    least = 16.0
    for number in part.numbers:
        if _is_of_the_word(doc, part, number, m, words, subset_from):
            cost = _distance(doc, part, number, m)
            if cost < least:
                best, least = number, cost
    return best


def _is_of_the_word(
    doc: Doc, part: Part, number: Number, m: Mention, words: tuple[Mention, ...], subset_from: list[int]
) -> bool:
    """Whether a figure counts people, and none of another word or another clause."""
    if number.taken is not None or number.value > 100_000 or is_age(doc, part, number):
        return False
    if _is_year(doc, part, number) or is_no_subject(doc, number, m) or counts_their_children(doc, part, number):
        return False
    if _is_of_some(doc, part, number, m, words, subset_from):
        return False
    if number.i > m.j and (
        _is_of_next_clause(doc, part, number, m) or _is_of_plural_behind(doc, number, m, words)
    ):  # fmt: skip
        return False
    if number.j < m.i and (is_of_other_noun(doc, part, number, m) or _is_of_one(doc, part, number, m)):
        return False
    is_of_people = counts_people(doc, part, number, m) or is_object_of(doc, part, number, m)
    if not is_of_people or _is_subject_of_next(doc, part, number, m, words):
        return False
    if (
        not same_clause(doc, part, number.i, m.i)
        and any(w.concept != m.concept and same_clause(doc, part, number.i, w.i) for w in words)
        and not _is_subject(doc, part, number, m)
    ):
        return False
    between = doc.mentions_between(*_between(number, m))
    if any(x in words and x.concept != m.concept for x in between):
        return False
    return number.i <= m.i or not _is_of_damage(doc, part, number, m, between)


def _is_of_some(
    doc: Doc, part: Part, number: Number, m: Mention, words: tuple[Mention, ...], subset_from: list[int]
) -> bool:
    """Whether a figure counts some of those that another counts, or all where some came to harm."""
    hurt = hurt_of_them(doc, part, m, words, subset_from) if subset_from else None
    if number is hurt:
        return False
    if hurt is not None and number.j <= subset_from[0]:
        return True
    if any(
        s < number.i
        and same_clause(doc, part, s, number.i)
        and not _is_new_kind(m, s, words)
        and not _is_over(doc, s, number.i)
        for s in subset_from
    ):
        return True
    return (
        _is_whole_of_weapons(doc, part, number, m)
        or _is_some_of_them(doc, part, number)
        or _is_some_of_others(doc, part, number, m)
    )


def _distance(doc: Doc, part: Part, number: Number, m: Mention) -> float:
    """How far a figure stands from the word, in tokens: more behind other clauses and figures, less as its subject."""
    low, high = _between(number, m)
    cost = float(high - low)
    if not same_clause(doc, part, number.i, m.i):
        cost += 5
    if any(n is not number and low <= n.i < high for n in part.numbers):
        cost += 3
    if number.i < m.i:
        if any(n.taken == OLD and low <= n.i < high for n in part.numbers):
            cost = min(cost, 6.0)  # "eight people, not five as was told before, were hurt"
        cost -= 0.5
        if _is_far_subject(doc, part, number, m):
            return min(cost, 1.0 if not _has_people_between(doc, part, number, m) else 3.0)
        return min(cost, 3.0) if _is_subject(doc, part, number, m) else cost
    return min(cost, 4.0) if _is_newest(doc, part, number) else cost


def _between(number: Number, m: Mention) -> tuple[int, int]:
    """The tokens between a figure and a word."""
    return (number.j, m.i) if number.i < m.i else (m.j, number.i)


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
    if _is_newest(doc, part, number):
        return False  # "the toll rose to five - in hospital a woman died"
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
