"""Figures of people told together: "two women and three children" are five who died, whichever of them the verb is
beside."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.oneperson import and_another
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.ages import before_age
from monitor.extract.words.mentions import Mention

__all__ = ["and_one", "heads", "is_object_of", "is_of_other_noun", "many_before", "told_together"]

_MOST: Final = 6
"""Figures in a row."""
_BESIDE: Final = 3
"""Tokens between people and a verb of their own."""
_WHOSE: Final = 5  # letters of "her, ses, ihre, their"


def told_together(doc: Doc, part: Part, number: Number, verb: Mention, words: tuple[Mention, ...]) -> list[Number]:
    """The other figures of the row that ``number`` stands in: each with its noun, commas and an "and" between, none of
    them with a verb that tells something else of it."""
    end = _end_of_people(doc, part, number)
    if end is None:
        return []
    ahead, behind = _ahead(doc, part, number, words), _behind(doc, part, end, verb, words)
    if len(ahead) > 1 and ahead[1].i == ahead[0].j + 2 and (
        heads(doc, ahead[0]) == heads(doc, number) + sum(heads(doc, n) for n in ahead[1:])
    ):  # fmt: skip
        ahead = ahead[1:]  # "two civilians, a man and a woman": who the two are
    if behind and behind[0].i == end + 1 and heads(doc, number) == sum(heads(doc, n) for n in behind):
        behind = []
    return [*ahead, *behind]


def heads(doc: Doc, number: Number) -> int:
    """How many people a figure of a row is: a couple is two."""
    people = doc.at[number.j] if number.j < len(doc.at) else None
    return number.value * (2 if people is not None and people.concept == "person.two" else 1)


def _behind(doc: Doc, part: Part, k: int, verb: Mention, words: tuple[Mention, ...]) -> list[Number]:
    out: list[Number] = []
    pending: list[Number] = []
    for _ in range(_MOST):
        is_and, start = _joint(doc, part, k)
        other = _number_at(part, start) if start else None
        end = _end_of_people(doc, part, other) if other is not None else None
        if other is None or end is None or other.taken is not None:
            break
        if any(0 <= w.i - end <= _BESIDE and w.concept != verb.concept for w in words):
            break
        pending.append(other)
        k = end
        if is_and:
            out += pending
            pending = []
    return out


def _ahead(doc: Doc, part: Part, number: Number, words: tuple[Mention, ...]) -> list[Number]:
    """The figure whose people stand right before the "and" of ``number``, and those before it."""
    for first in part.numbers:
        if first.i >= number.i or first.taken is not None or (end := _end_of_people(doc, part, first)) is None:
            continue
        row = [first]
        is_and, start = _joint(doc, part, end)
        while start and start < number.i and (other := _number_at(part, start)) is not None and other.taken is None:
            following = _end_of_people(doc, part, other)
            if following is None:
                break
            row.append(other)
            is_and, start = _joint(doc, part, following)
        before = doc.at[first.i - 1] if first.i > part.i else None
        if start == number.i and is_and and (before is None or before not in words):
            return row
    return []


def _joint(doc: Doc, part: Part, k: int) -> tuple[bool, int]:
    """Whether an "and" stands at ``k``, and where what it joins begins; 0: nothing is joined there."""
    if k + 1 < part.j and doc.tokens[k].text == "," and (as_well := doc.at[k + 1]) and as_well.concept == "conj.and":
        k += 1  # "two men, and also two women"
    joint = doc.at[k] if k < part.j else None
    is_and = joint is not None and joint.concept == "conj.and"
    if is_and and joint is not None:
        is_whose = (
            joint.j < part.j and doc.at[joint.j] is None and doc.tokens[joint.j].is_lower
        )  # "... and her two sons"
        more = doc.at[joint.j] if joint.j < part.j else None
        return True, joint.j + (is_whose or (more is not None and more.concept == "num.more"))
    return (False, k + 1) if k < part.j and doc.tokens[k].text == "," else (False, 0)


def _number_at(part: Part, k: int) -> Number | None:
    return next((n for n in part.numbers if n.i == k), None)


def _end_of_people(doc: Doc, part: Part, number: Number) -> int | None:
    """Where the noun for people right behind a figure ends."""
    people = doc.at[number.j] if number.j < part.j else None
    return people.j if people is not None and people.group == "person" else None


def many_before(doc: Doc, part: Part, number: Number) -> Number | None:
    """The figure of people that a single person is joined to, of whom nothing else is told."""
    joint = doc.at[number.i - 1] if number.i > part.i else None
    many = doc.at[joint.i - 1] if joint is not None and joint.concept == "conj.and" and joint.i > part.i else None
    if many is None or many.concept != "person.many":
        return None
    return next((n for n in part.numbers if n.j == many.i and n.taken is None), None)


def is_object_of(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "Killed three operatives in A", "wounding one of its men": the noun behind the figure is one that nobody knows,
    and what is killed or wounded is people."""
    if m.i > number.i or number.is_article or m.lang not in doc.lexicon.settings.get("articled", ()):
        return False
    between = doc.mentions_between(m.j, number.i)
    if number.i - m.j != sum(x.j - x.i for x in between) or any(x.group != "bound" for x in between):
        return False
    k = number.j
    of = doc.at[k] if k < part.j else None
    if of is not None and of.concept == "num.of":
        k = of.j
    first = k
    while k < part.j and k - first < _WHOSE and doc.at[k] is None and doc.tokens[k].is_lower:
        k += 1
    if k == first or doc.tokens[k - 1].f in doc.lexicon.settings.get("no_single", ()):
        return False
    after = doc.at[k] if k < part.j else None
    return k >= part.j or doc.tokens[k].kind == "p" or (after is not None and after.group in ("prep", "conj", "time"))


def and_one(doc: Doc, part: Part, number: Number, m: Mention, words: tuple[Mention, ...]) -> int:
    """One more for "the driver and three passengers", "three children and their father": a single person joined to
    the figure, of whom nothing else is told."""
    k = number.i - 1
    if k > part.i and doc.at[k] is None and doc.tokens[k].kind == "w" and len(doc.tokens[k].f) <= _WHOSE:
        k -= 1  # "a mother and her two children"
    joint = doc.at[k] if number.i else None
    if joint is not None and joint.concept == "num.more" and joint.i:
        joint = doc.at[joint.i - 1]  # "the father and two more neighbours"
    one = (
        doc.at[before_age(doc, part, joint.i)]
        if joint is not None and joint.concept == "conj.and" and joint.i
        else None
    )
    if one is not None and one.group == "target" and one.i:
        one = doc.at[one.i - 1]  # "the driver of the bus and two passengers"
    with_him = doc.at[number.j] if number.j < part.j else None
    if joint is not None and joint.concept == "prep.from" and with_him is not None and with_him.group == "person":
        one = doc.at[joint.i - 1] if joint.i else None  # "a mother with two children"
    if one is not None and one.concept in ("person.one", "person.two"):
        is_of_other = any(w.i < one.i and w.concept != m.concept and same_clause(doc, part, w.i, one.i) for w in words)
        is_of_other = is_of_other or any(  # "four dead, a girl of 7 among them, and 12 hurt"
            0 <= one.i - s.j <= _BESIDE or 0 <= s.i - one.j <= _BESIDE for s in part.of("num.subset")
        )
        is_of_other = is_of_other or (joint is not None and _is_who_died(doc, one, joint, m, words))
        return 0 if is_of_other else 2 if one.concept == "person.two" else 1
    people = doc.at[number.j] if number.j < part.j else None
    if people is not None and people.concept == "num.of":
        people = next((x for x in doc.mentions_between(people.j, people.j + 2)), None)  # "two of its employees and a"
    if people is None and number.is_article:
        people = next(
            (x for x in doc.mentions_between(number.j, number.j + _BESIDE) if x.concept == "person.one"), None
        )
    elif people is not None and people.concept != "person.many":
        people = None
    if people is None or not and_another(doc, part, people):
        return 0
    return int(not any(w.i > people.j and same_clause(doc, part, w.i, people.i) for w in words if w is not m))


def _is_who_died(doc: Doc, one: Mention, joint: Mention, m: Mention, words: tuple[Mention, ...]) -> bool:
    """ "One dead, a woman of 68, and five hurt": between two commas, behind the word of another toll, who that was."""
    if doc.tokens[joint.i - 1].text != ",":
        return False
    return any(w.concept != m.concept and w.j < one.i <= w.j + _BESIDE and doc.tokens[w.j].text == "," for w in words)


def is_of_other_noun(doc: Doc, part: Part, number: Number, m: Mention) -> bool:
    """ "48 refugees lived in the house, there are wounded": a noun that is no word for people hurt, in a clause that
    ends behind it."""
    noun = doc.tokens[number.j]
    if doc.at[number.j] is not None or noun.kind != "w" or same_clause(doc, part, number.i, m.i):
        return False
    return doc.tokens[number.j + 1].text == "," and m.i - number.j > _BESIDE and not any(
        x.group == "person" for x in doc.mentions_between(number.i, m.i))  # fmt: skip
