"""Figures that say how old somebody is."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.words.people import runs_to_years

_IN_ROW: Final = frozenset(("conj.and", "prep.of", "num.of"))
_OLD: Final = 110
_WHO: Final = 3
"""Tokens of "a nurse,"."""
_AGE: Final = 6
"""Tokens of an age: ", 72 years old,"."""
_ASIDE: Final = ",(\u2013\u2014-"
__all__ = ["before_age", "is_age"]


def is_age(doc: Doc, part: Part, number: Number) -> bool:
    """ "Her husband, 70, ...": a bare figure between commas; "a boy of 12"."""
    of = doc.at[number.i - 1] if number.i > part.i else None
    if of is None and number.i - 1 > part.i and doc.tokens[number.i - 1].text in _ASIDE:
        of = doc.at[number.i - 2]  # "a couple - of 61 and 63 years"
        of = None if of is not None and of.concept == "count.age" else of  # "a woman born in 1959, two hurt"
    if _is_in_brackets(doc, part, number) or _is_led_by_years(doc, part, number):
        return True
    if number.value < _OLD and doc.tokens[number.i - 1].f in doc.lexicon.settings.get("to_whom", ()):
        behind = doc.at[number.j] if number.j < part.j else None
        if number.j >= part.j or doc.tokens[number.j].kind == "p" or (behind is not None and behind.group == "conj"):
            return True  # "a couple: he is 66, she 63", which these languages say with "to him"
    whose = doc.at[of.i - 1] if of is not None and of.i > part.i and of.concept in ("num.of", "prep.of") else None
    if whose is not None and whose.concept == "person.one":
        return True
    if whose is not None and whose.concept == "num.more" and not number.is_word and (
        doc.tokens[whose.i].f in doc.lexicon.settings.get("another", ())):  # fmt: skip
        return True  # "a man of 33 years and another of 45"
    if any(m.i < number.i < m.j for m in part.of("count.age")):
        return True  # the age is part of the word for "a man of 62"
    if of is not None and of.concept == "count.age" and not doc.tokens[of.i].hyphen:
        return True  # "two men aged 52 and 61"
    if doc.tokens[number.i].kind == "n" and 0 < number.value < 110 and _is_of_many_ages(doc, part, number):
        return True  # "women of 75, 69, 53 years"
    joint = doc.at[number.j] if number.j < part.j else None
    if joint is not None and joint.concept == "conj.and" and joint.j + 1 < part.j:
        years = doc.at[joint.j + 1]
        is_told = years is not None and (
            years.concept == "count.age"
            or (years.group == "count" and any(x is not None and x.group == "person" for x in (whose, of)))
            or (
                doc.tokens[years.i].f in doc.lexicon.settings.get("of_age", ()) and doc.tokens[number.i - 1].text == ","
            )
        )
        if doc.tokens[joint.j].kind == "n" and is_told:
            return True  # "two men of 52 and 61 years"
    if of is not None and of.concept == "conj.and" and of.i - 2 >= part.i and doc.tokens[of.i - 1].kind == "n":
        aged = doc.at[of.i - 2]
        is_of_people = joint is not None and joint.group == "person"  # "a woman aged 72 and two men"
        if aged is not None and aged.concept == "count.age" and not is_of_people:
            return True  # the 61 of "aged 52 and 61"
    if of is not None and of.concept == "conj.and" and _is_last_of_ages(doc, part, number, of.i - 1):
        return True
    if _is_last_word(doc, part, number):
        return True
    if number.is_word or number.j >= part.j or number.i <= part.i:
        return False
    is_inside = joint is not None and joint.concept == "conj.and" and doc.tokens[number.i - 1].text == ","
    if is_inside and _is_last_of_ages(doc, part, number, number.i - 1, is_inside=True):
        return True  # the 69 of "aged 75, 69 and 53"
    if 0 < number.value < 110 and _is_of_two_ages(doc, number.i):
        return True
    return doc.tokens[number.i - 1].text == "," and doc.tokens[number.j].text == "," and 0 < number.value < 110


def _is_last_word(doc: Doc, part: Part, number: Number) -> bool:
    """ "... wounding a woman, 66.": bare digits behind the comma behind one person, the last of the clause."""
    if number.is_word or number.i - part.i < _WHO or doc.tokens[number.i - 1].text != "," or number.value >= _OLD:
        return False
    behind = doc.at[number.j] if number.j < part.j else None
    if number.j < part.j and doc.tokens[number.j].kind != "p" and (behind is None or behind.group != "conj"):
        return False
    who = doc.at[number.i - 2]
    if who is None:
        is_noun = doc.tokens[number.i - 2].is_lower and doc.tokens[number.i - 2].kind == "w"
        return is_noun and doc.tokens[number.i - _WHO].f in doc.lexicon.settings.get("articles", ())
    return who.concept == "person.one"


def _is_led_by_years(doc: Doc, part: Part, number: Number) -> bool:
    """ "A guard of years sixty", "two, of years 30 and 35", "a man of years under 60": the word for years
    stands ahead of its figure, at most a preposition between."""
    years = doc.lexicon.settings.get("years", ())
    k = number.i - 1
    joint = doc.at[k] if years and k > part.i else None
    if joint is not None and joint.concept == "conj.and":
        first = next((n for n in part.numbers if n.j == joint.i), None)
        k = first.i - 1 if first is not None else k
    about = doc.at[k] if years and k > part.i else None
    if about is not None and about.group in ("prep", "bound"):
        k = about.i - 1
    if k <= part.i or doc.tokens[k].f not in years:
        return False
    return not any(n.j == k for n in part.numbers)  # "of 19 years, 3 ..."


def _is_in_brackets(doc: Doc, part: Part, number: Number) -> bool:
    """ "A little boy (7)", "(†7)": a bare figure in brackets behind one person, or behind the sign for who died."""
    k = number.i - 1
    is_dead = k > part.i and doc.tokens[k].text == "\u2020"
    k -= is_dead
    if k <= part.i or number.j >= len(doc.tokens) or (doc.tokens[k].text, doc.tokens[number.j].text) != ("(", ")"):
        return is_dead
    who = doc.at[k - 1]
    return is_dead or (who is not None and who.concept == "person.one")


def _is_of_many_ages(doc: Doc, part: Part, number: Number) -> bool:
    """One of the figures of a row that a person stands ahead of and the word for years behind."""
    behind = doc.tokens[number.j].text if number.j < part.j else ""
    joint = doc.at[number.j] if number.j < part.j else None
    if behind != "," and (joint is None or joint.concept != "conj.and"):
        return False
    k = number.i
    while k - 1 > part.i and (
        doc.tokens[k - 1].kind == "n" or doc.tokens[k - 1].text in _ASIDE or (
            (m := doc.at[k - 1]) is not None and m.concept in _IN_ROW)
    ):  # fmt: skip
        k -= 1
    whose = doc.at[k - 1] if k > part.i else None
    return whose is not None and whose.group == "person" and runs_to_years(doc, part, number.i)


def _is_last_of_ages(doc: Doc, part: Part, number: Number, k: int, *, is_inside: bool = False) -> bool:
    """The 69 of "aged 51, 18, and 69,": figures and commas up to the word for an age, and a stop behind the last."""
    behind = doc.at[number.j] if number.j < part.j else None
    is_verb = behind is not None and behind.group == "verb"
    if number.j < part.j and doc.tokens[number.j].kind != "p" and not is_verb and not is_inside:
        return False
    first = k
    while k > part.i and (doc.tokens[k].kind == "n" or doc.tokens[k].text == ","):
        k -= 1
    aged = doc.at[k]
    return k < first and aged is not None and aged.concept == "count.age"


def _is_of_two_ages(doc: Doc, i: int) -> bool:
    """ "Two men, 36 and 44": either figure of the two behind a comma and those whose ages they are."""
    joint = doc.at[i - 1]
    k = joint.i - 1 if joint is not None and joint.concept == "conj.and" and doc.tokens[joint.i - 1].kind == "n" else i
    joint = doc.at[k + 1] if k + 2 < len(doc.tokens) else None
    whose = doc.at[k - 2] if k > 1 and doc.tokens[k - 1].text == "," else None
    is_pair = joint is not None and joint.concept == "conj.and" and doc.tokens[joint.j].kind == "n"
    return is_pair and whose is not None and whose.group == "person"


def before_age(doc: Doc, part: Part, k: int) -> int:
    """ "A woman of 72 years" and "a woman, 72," up to ``k``: the token before the age, or before ``k`` without one."""
    n, has_age = k - 1, False
    while n > part.i and k - n <= _AGE:
        m, token = doc.at[n], doc.tokens[n]
        if token.kind == "n":
            has_age = True
        elif token.text != "," and (m is None or (m.group != "count" and m.concept not in ("prep.of", "num.of"))):
            break
        n -= 1
    return n if has_age else k - 1
