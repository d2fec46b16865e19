"""Single people in a row: "a man, a woman and a child", "women of 35 and 72 years, a man of 58"."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.mentions import Mention

__all__ = ["aged_people", "counts_their_children", "end_of_aside", "in_a_row", "runs_to_years"]

_MOST: Final = 12
_AGES: Final = frozenset(("num", "count", "prep"))
_LEAST: Final = 3
_NEAR: Final = 3


def counts_their_children(doc: Doc, part: Part, number: Number) -> bool:
    """ "The father of three children", where the case alone says "of": a person right ahead of the figure."""
    whose = doc.at[number.i - 1] if number.i > part.i else None
    who = doc.at[number.j] if number.j < part.j else None
    return (
        whose is not None and whose.concept == "person.one" and who is not None and who.concept == "person.many"
    )  # fmt: skip


def in_a_row(doc: Doc, part: Part, one: Mention) -> int:
    """How many people the row names that ``one`` stands in: three or more with "and" before the last, or each with the
    years of their ages; 0 where it is no such row."""
    for first in part.of("person.one", "person.many"):
        if first.i > one.i:
            break
        people, end = _row(doc, part, first)
        if people and end >= one.j and not _is_between_verbs(doc, part, first.i, end):
            return people
    return _row(doc, part, one)[0] if one.concept == "person.many" else 0


def _is_between_verbs(doc: Doc, part: Part, i: int, j: int) -> bool:
    """ "Killed was a man, his wife and son were hurt": the row falls apart."""
    behind = doc.at[j] if j < part.j else None
    if behind is not None and behind.group == "verb" and behind.j < part.j:
        behind = doc.at[behind.j]
    ahead = [m for m in doc.mentions_between(max(part.i, i - _NEAR), i) if m.group == "toll"]
    return behind is not None and behind.group == "toll" and bool(ahead)


def _row(doc: Doc, part: Part, first: Mention) -> tuple[int, int]:
    """The people of the row that ``first`` begins, and where it ends."""
    people, ages, is_joined, is_listed = 1, 0, False, True
    aged = asides = 0
    k, rows = first.j, 0
    while k < part.j and rows < _MOST:
        m, token = doc.at[k], doc.tokens[k]
        if token.kind == "n":
            aged += not token.hyphen  # "a man of 35-40 years"
            k += 1
            continue
        if m is not None and (m.group in _AGES or m.concept in ("person.many", "time.year")):
            k = m.j
            continue
        if end := end_of_aside(doc, part, k):
            aged, asides, k = aged + 1, asides + 1, end
            continue
        if asides and token.text == "," and (joint := doc.at[k + 1]) is not None and joint.concept == "conj.and":
            m, k = joint, joint.i  # "a woman, 71, and her son"
        is_and = m is not None and m.concept == "conj.and"
        if not is_and and token.text != ",":
            break
        n = m.j if m is not None and is_and else k + 1
        if aged and runs_to_years(doc, part, n):
            k = n  # "35 and 72 years", "35, 51, 72 years"
            continue
        of = doc.at[n] if n < part.j else None
        if aged and of is not None and of.concept in ("prep.of", "num.of") and _is_years(doc, part, of.j + 1):
            k = of.j  # "de 21 et de 24 ans"
            continue
        many = doc.at[n] if n < part.j else None
        is_more = many is not None and many.concept == "person.many" and aged > 0  # "men of 79 and 68, women of ..."
        one = many if is_more else _person_at(doc, part, n)
        if one is None:
            break
        is_listed = is_listed and aged > 0
        ages += aged
        aged, people, is_joined, k, rows = 0, people + 1, is_and, one.j, rows + 1
    ages += aged
    if is_listed and aged and ages >= people and ages > 1:
        return ages, k
    least = _LEAST if not asides else _LEAST - 1  # two with nothing between them are read without a row
    return (people if is_joined and people >= least and first.concept == "person.one" else 0), k


def end_of_aside(doc: Doc, part: Part, k: int) -> int:
    """Where an age told aside ends, before the comma or behind the bracket: ", 71," or "(71)", "aged 71"; 0: none."""
    opens = doc.tokens[k].text
    if opens not in ",(" or k + 2 >= part.j:
        return 0
    n = k + 1
    while n < part.j and n - k <= _NEAR and (m := doc.at[n]) is not None and m.group in ("count", "prep"):
        n = m.j  # "aged"
    if n >= part.j or doc.tokens[n].kind != "n" or len(doc.tokens[n].text) > 2:
        return 0
    n += 1
    while n < part.j and (m := doc.at[n]) is not None and m.group in ("count", "time"):
        n = m.j  # "71 years"
    closing = doc.tokens[n].text if n < part.j else ""
    if opens == "(":
        return n + 1 if closing == ")" else 0
    return n if closing == "," else 0


def aged_people(doc: Doc, part: Part, verb: Mention) -> int:
    """How many people a verb's subjects are that are told by their ages alone: "hurt were a 78-, a 58- and a
    71-year-old"; up to the next verb of a toll."""
    others = [m.i for m in part.of("toll") if m.i != verb.i]
    low = max((i for i in others if i < verb.i), default=part.i)
    high = min((i for i in others if i > verb.i), default=part.j)
    behind = [m for m in part.of("person.many") if verb.i < m.i < high]
    ahead = [m for m in part.of("person.many") if low <= m.i < verb.i]
    many = sum(_aged_ahead(doc, part, m) for m in behind or ahead)
    first, last = (verb.i, high) if behind else (low, verb.i)
    singles = [m for m in part.of("person.one") if many and first <= m.i < last and _is_aged_one(doc, m)]
    return many + len(singles)


def _is_aged_one(doc: Doc, one: Mention) -> bool:
    """ "A 60-year-old man", beside women of whom the ages alone are told."""
    age = doc.at[one.i - 1]
    return age is not None and age.concept == "count.age" and doc.tokens[age.i - 1].kind == "n"


def _aged_ahead(doc: Doc, part: Part, many: Mention) -> int:
    """The ages joined to their figures ahead of a noun for several: "a 45-year-old and a 52-year-old ..."."""
    k, ages = many.i, 0
    while k - 1 > part.i:
        age = doc.at[k - 1]
        if age is None or age.concept != "count.age" or doc.tokens[age.i - 1].kind != "n":
            break
        ages, k = ages + 1, age.i - 1
        joint = doc.at[k - 1]
        if joint is not None and joint.concept == "conj.and":
            k = joint.i
        elif doc.tokens[k - 1].text == ",":
            k -= 1
        else:
            break
    return ages if ages > 1 else 0


def runs_to_years(doc: Doc, part: Part, k: int) -> bool:
    """Whether a row of figures with commas or "and" begins at ``k`` and ends with the word for years."""
    while k < part.j and doc.tokens[k].kind == "n":
        if k + 2 < part.j and doc.tokens[k + 1].kind == "w" and doc.tokens[k + 1].hyphen:
            k += 1  # the ending that some languages join to a figure
        joint = doc.at[k + 1] if k + 1 < part.j else None
        if _is_years(doc, part, k + 1):
            return True
        if joint is not None and joint.concept == "conj.and":
            k = joint.j
        elif k + 1 < part.j and doc.tokens[k + 1].text == ",":
            k += 2
        else:
            return False
        of = doc.at[k] if k < part.j else None
        if of is not None and of.concept in ("prep.of", "num.of"):
            k = of.j  # "men of 52, of 53 and of 56 years"
    return False


def _is_years(doc: Doc, part: Part, k: int) -> bool:
    m = doc.at[k] if k < part.j else None
    return m is not None and m.group in ("count", "time")


def _person_at(doc: Doc, part: Part, k: int) -> Mention | None:
    """A single person at ``k``, an age or one unknown word before it: "her 12-year-old son"."""
    for _ in range(3):
        m = doc.at[k] if k < part.j else None
        if m is not None and m.concept == "person.one":
            return m
        if m is not None and m.group in ("count", "num"):
            k = m.j
        elif k < part.j and m is None and doc.tokens[k].kind in ("w", "n"):
            k += 1
        else:
            return None
    return None
