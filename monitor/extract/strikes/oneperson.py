"""The toll of one person, where nothing is counted: a noun for a person, or the form of the verb."""

from __future__ import annotations

from typing import Final

from monitor.extract.text.doc import Doc, Part
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.ages import before_age
from monitor.extract.words.mentions import Mention
from monitor.extract.words.people import aged_people, end_of_aside, in_a_row

__all__ = ["and_another", "died_of_it", "is_another", "is_one_of_things", "one_person"]

_BEHIND: Final = 3
_OWN: Final = 4
_AHEAD: Final = 6
_FAR: Final = 10
"""Tokens up to who was killed: "victim of the Russian drone in the suburbs of A became a woman"."""
_ASIDE: Final = 14
"""Tokens of what somebody was, between commas."""
_OTHERS: Final = frozenset(("toll", "person", "strike", "weapon", "bound"))
_AGE: Final = 8
"""Tokens of an age between commas."""
_SHORT: Final = 3
"""Letters of the longest word that may be none of a person."""
_WHO: Final = ":\u2013\u2014"
"""Signs behind which a list says who they were."""


def one_person(doc: Doc, part: Part, m: Mention, words: tuple[Mention, ...]) -> int | None:
    """One, where a single person is the subject and nothing is counted."""
    if part.has("count.age") and part.has("person.many") and (aged := aged_people(doc, part, m)):
        return aged
    if (listed := _behind_colon(doc, part, m)) > 1:
        return listed
    if m.data.get("plural"):
        return None
    behind = doc.at[m.j + (doc.at[m.j] is None)] if m.j + 1 < part.j else None
    if behind is not None and behind.concept == "person.one" and not _is_taken(part, behind) and (
        m.i > part.i and (joint := doc.at[m.i - 1]) is not None and joint.concept == "conj.and"
    ):  # fmt: skip
        return in_a_row(doc, part, behind) or 1 + and_another(doc, part, behind)  # "... and hurt their daughter"
    if _is_another_one(doc, part, m):
        return 1
    best: int | None = None
    is_passive = m.j - m.i > 1 or (m.i > part.i and (v := doc.at[m.i - 1]) is not None and v.group == "verb")
    reach = 14 if is_passive else 8
    reach += _AGE if reach > _AGE and part.has("count.age") else 0
    ahead = _FAR if m.kind in ("killed", "victims") and not part.has("num.subset") else _AHEAD
    for x in doc.mentions_between(max(part.i, m.i - reach), min(part.j, m.j + ahead)):
        is_one = x.concept in ("person.one", "person.two") or _is_aged_noun(doc, x) or _is_of_one_age(doc, x)
        if not is_one:
            if x.concept == "person.many" and (row := in_a_row(doc, part, x)):
                return row
            continue
        low, high = min(x.i, m.i), max(x.i, m.i)
        if any(w is not m and low < w.i < high for w in words):
            continue
        if any(s.i < x.i and same_clause(doc, part, s.i, x.i) for s in part.of("num.subset")):
            continue
        gap = m.i - x.i if x.i < m.i else min(x.i - m.i, x.i - m.j + 1)
        is_near = gap <= (6 if (v := doc.at[m.i - 1]) is not None and v.group == "verb" else 3)
        is_aside = _is_but_for_aside(doc, part, x, m) or _is_but_for_doing(doc, part, x, m)
        is_aside = is_aside or _is_aged_aside(doc, x, m) or _is_beside_aside(doc, part, x, m)
        if not same_clause(doc, part, x.i, m.i) and not is_near and not is_aside:
            continue  # "Woman, 68, killed"
        if x.i < m.i and _is_of_verb_before(doc, part, x, m, words):
            continue
        if _is_taken(part, x):
            continue
        if x.i > part.i and (some := doc.at[x.i - 1]) is not None and some.concept == "bound.vague":
            return None  # "several people", in a language that has one word for a person and for people
        if _and_many(doc, part, x):
            return None
        best = in_a_row(doc, part, x) or (
            (2 if x.concept == "person.two" else 1) + and_another(doc, part, x, m) + _and_named(doc, part, x)
        )
        break
    return best or _by_form(doc, part, m) or _is_told_of_before(doc, part, m) or None


def _behind_colon(doc: Doc, part: Part, m: Mention) -> int:
    """ "Workers were killed near A: a foreman and a driver": how many the list behind the colon names."""
    if not part.has("person.many") or part.numbers:
        return 0
    colon = next((k for k in range(m.j, part.j - 1) if doc.tokens[k].text == ":"), None)
    first = doc.at[colon + 1] if colon is not None else None
    if first is None or first.concept != "person.one" or any(w.group == "toll" for w in doc.mentions_between(
        m.j, first.i)):  # fmt: skip
        return 0
    return in_a_row(doc, part, first) or 1 + and_another(doc, part, first)


def _is_but_for_aside(doc: Doc, part: Part, x: Mention, m: Mention) -> bool:
    """ "A teenager and his mother, aged 38, were killed", "a worker in the village of A, B region, was killed": only an
    age, or where a place lies, stands between the commas."""
    starts = [k for k in clause_starts(doc, part) if x.i < k <= m.i]
    if len(starts) != 2 or m.i < starts[1] or any(doc.tokens[k - 1].text != "," for k in starts):
        return False
    aside = doc.mentions_between(*starts)
    is_age = any(a.concept == "count.age" for a in aside) and starts[1] - starts[0] <= _AGE and m.i > starts[1]
    is_address = bool(aside) and all(a.group in ("place", "level", "prep") for a in aside)
    return (is_age or is_address) and all(v.group == "verb" for v in doc.mentions_between(starts[1], m.i))


def _is_but_for_doing(doc: Doc, part: Part, x: Mention, m: Mention) -> bool:
    """ "A man of 37 years, staying in his house, was killed", "a man, the elder of a village in A, was killed": what
    one was or did stands between the commas."""
    stops = [k for k in range(x.j, m.i) if doc.tokens[k].kind == "p"]
    if len(stops) != 2 or any(doc.tokens[k].text != "," for k in stops) or stops[1] - stops[0] > _ASIDE:
        return False
    aged = range(x.j, stops[0])
    if stops[0] > x.j and (len(aged) > _OWN or not any(doc.tokens[k].kind == "n" for k in aged)):
        return False
    if any(a.group in _OTHERS for a in doc.mentions_between(stops[0], stops[1])):
        return False
    verb = doc.at[stops[1] + 1]
    return verb is not None and (verb is m or (verb.group == "verb" and m.i <= verb.j + 1))


def _is_aged_aside(doc: Doc, x: Mention, m: Mention) -> bool:
    """ "The driver, a man of about 45 years, was killed": nothing but the age up to the comma before the verb."""
    if not x.j < m.i - 1 <= x.j + _OWN or doc.tokens[m.i - 1].text != ",":
        return False
    between = [k for k in range(x.j, m.i - 1) if doc.tokens[k].kind != "n"]
    return len(between) < m.i - 1 - x.j and all(
        (y := doc.at[k]) is not None and y.group in ("count", "bound", "num", "prep") for k in between
    )


def _is_beside_aside(doc: Doc, part: Part, x: Mention, m: Mention) -> bool:
    """ "Her son, 40 years, was killed": the verb stands behind the age told aside."""
    end = end_of_aside(doc, part, x.j) if x.j < part.j else 0
    if not end:
        return False
    k = end + (doc.tokens[end].text == ",")
    while k < m.i and (verb := doc.at[k]) is not None and verb.group == "verb":
        k = verb.j
    return k == m.i


def _is_of_verb_before(doc: Doc, part: Part, x: Mention, m: Mention, words: tuple[Mention, ...]) -> bool:
    """ "Killed was a man, hurt were a woman and a man": the person before the comma is of the verb ahead of him."""
    joint = doc.at[m.i - 1]
    if joint is not None and joint.concept == "conj.and" and joint.i - x.j <= 1 and any(w.i < x.i for w in words) and (
        any(p.concept == "person.one" for p in doc.mentions_between(m.j, min(part.j, m.j + _AHEAD)))
    ):  # fmt: skip
        return True  # "killed a woman and injured a 16-year-old boy"
    if same_clause(doc, part, x.i, m.i) or not any(w.i < x.i and same_clause(doc, part, w.i, x.i) for w in words):
        return False
    return any(p.concept == "person.one" for p in doc.mentions_between(m.j, min(part.j, m.j + _OWN)))


def _is_another_one(doc: Doc, part: Part, m: Mention) -> bool:
    """ "One was killed and another wounded", "... and injured another": the pronoun beside the verb, with no figure."""
    words = doc.lexicon.settings.get("another", ())
    if not words:
        return False
    verb = doc.at[m.i - 1] if m.i > part.i else None
    start = verb.i if verb is not None and verb.group == "verb" else m.i
    verb = doc.at[before_age(doc, part, start)] if start > part.i else None
    behind = doc.at[m.j] if m.j < part.j else None
    for more in (verb, behind):
        if more is None or more.concept != "num.more" or doc.tokens[more.i].f not in words:
            continue
        what = doc.at[more.j] if more is behind and more.j < part.j else None
        joint = doc.at[more.i - 1] if more.i > part.i else None
        first = more.i
        if joint is not None and joint.concept == "num.1" and joint.i > part.i:
            first, joint = joint.i, doc.at[joint.i - 1]  # a language that says "and one other"
        is_own = first > part.i and doc.tokens[first - 1].text == ","
        is_joined = more is behind or more.i == part.i or is_own or (joint is not None and joint.concept == "conj.and")
        if is_joined and not any(n.i == more.j for n in part.numbers) and (
            what is None or what.group not in ("person", "num", "target", "strike")
        ):  # fmt: skip
            return True
    return False


def _is_taken(part: Part, x: Mention) -> bool:
    """Whether a figure right before a person is counted already."""
    return any(n.i <= x.i <= n.j + 1 and n.taken for n in part.numbers)


def _is_aged_noun(doc: Doc, x: Mention) -> bool:
    """ "A 34-year-old was killed": the word of an age that is joined to its figure stands for the person, and one
    that runs on to a noun with a capital that nobody knows."""
    k = x.i - 1
    who = doc.at[x.j] if x.j < len(doc.at) else None
    if x.concept != "count.age" or k < 0 or (who is not None and who.group == "person"):
        return False
    if x.j - x.i > 1 and who is None and x.j < len(doc.at) and doc.tokens[x.j].is_capital:
        return doc.tokens[k].kind == "n"
    return doc.tokens[k].kind == "n" and doc.tokens[x.i].hyphen


def _is_told_of_before(doc: Doc, part: Part, m: Mention) -> int:
    """ "The blow caught a woman in the street. She was killed": whom the sentence before told of, unhurt yet."""
    before = doc.parts[part.n - 1] if part.n else None
    he = doc.lexicon.settings.get("he", ())
    if before is None or before.line != part.line or doc.tokens[part.i].f not in he or m.i - part.i > _OWN:
        return 0
    if part.has("person") or before.has("person.many", "toll", "claim"):
        return 0
    return int(len(before.of("person.one")) == 1)


def _is_of_one_age(doc: Doc, x: Mention) -> bool:
    """ "Wounds of a 75-year-old woman": a form that stands for several too, beside an age whose form says one."""
    age = doc.at[x.i - 1] if x.i > 1 and x.concept == "person.many" else None
    if age is None or age.concept != "count.age" or doc.tokens[age.i - 1].kind != "n":
        return False
    return doc.tokens[age.i].f in doc.lexicon.settings.get("single_ages", ())


def _by_form(doc: Doc, part: Part, m: Mention) -> int | None:
    """ "A lamplighter was killed": a verb whose form says one, beside a noun that nobody knows."""
    if doc.tokens[m.j - 1].f not in doc.lexicon.settings.get("single_tolls", ()):
        return int(_is_one_subject(doc, part, m)) or None
    if _is_of_relative(doc, part, m):
        return 1
    for k in (m.j, m.i - 1) if m.j - m.i == 1 else (m.j,):
        if not part.i <= k < part.j or doc.at[k] is not None or doc.tokens[k].kind != "w":
            continue
        if k + 1 < part.j and (thing := doc.at[k + 1]) is not None and thing.group == "target":
            continue  # "a passenger bus suffered"
        is_relative = k < m.i and k > part.i and doc.tokens[k - 1].text == ","  # "..., who was killed"
        if doc.tokens[k].text.islower() and len(doc.tokens[k].f) > _SHORT and not is_relative:
            return 1
    return None


def _is_of_relative(doc: Doc, part: Part, m: Mention) -> bool:
    """ "The doctor, who was killed yesterday in A, ...": the pronoun right ahead of the verb, a person ahead of it."""
    k = m.i - 1
    if k < part.i + 2 or doc.tokens[k].f not in doc.lexicon.settings.get("relatives", ()):
        return False
    is_person = m.kind == "killed" or any(
        x.concept == "person.one" for x in doc.mentions_between(max(part.i, k - _OWN - 1), k))  # fmt: skip
    return is_person and doc.tokens[k - 1].text == ","


def _and_many(doc: Doc, part: Part, x: Mention) -> bool:
    """ "A mother and children": more than one, and how many nobody says."""
    joint = doc.at[x.j] if x.j < part.j else None
    many = doc.at[joint.j] if joint is not None and joint.concept == "conj.and" and joint.j < part.j else None
    return many is not None and many.concept == "person.many" and not any(n.j == many.i for n in part.numbers)


def _is_one_subject(doc: Doc, part: Part, m: Mention) -> bool:
    """ "An official was injured": the helping verb says one, and nobody knows the noun ahead of it."""
    verbs = doc.lexicon.settings.get("single_verbs", ())
    verb = doc.at[m.i - 1] if m.i > part.i else None
    if doc.tokens[m.i].f in verbs:
        k = m.i - 1  # "was killed" in one
    elif verb is not None and doc.words(verb.i, verb.j).lower() in verbs:
        k = verb.i - 1
    else:
        return False
    is_apart = k > part.i and doc.tokens[k].text == ","
    k -= is_apart  # "the head of the village, A B, was injured"
    where = doc.at[k] if k > part.i else None
    is_of = (
        where is not None
        and where.group in ("level", "place")
        and any(m.concept == "num.of" for m in doc.mentions_between(where.i - 2, where.i))
    )  # "the head of the district was hurt"
    if k <= part.i or (where is not None and not is_of) or doc.tokens[k].kind != "w":
        return False
    if len(doc.tokens[k].f) <= _SHORT:
        return False
    if is_apart and not doc.tokens[k].is_capital:
        return False
    return doc.tokens[k].f not in doc.lexicon.settings.get("no_single", ()) and not part.has("person.many")


def and_another(doc: Doc, part: Part, x: Mention, verb: Mention | None = None) -> int:
    """One more for "a man and a woman": a single person joined right behind; not where a verb of its own follows, in
    "died a woman and the driver was hurt"."""
    joined = False
    for m in doc.mentions_between(x.j, min(part.j, x.j + 11)):
        if m.concept == "conj.and" and not joined:
            if any(doc.tokens[k].text in _WHO for k in range(x.j, m.i)):
                return 0  # "two people were killed: a guard and a driver": who the two are
            joined = True
        elif m.concept == "person.one":
            if joined or m.i > x.j:  # "a nine-year-old boy" is one
                own = doc.at[m.j] if verb is not None and verb.i < x.i and m.j < part.j else None
                return int(joined and (own is None or own.group != "toll"))
        elif m.group not in ("num", "count", "prep", "place", "time"):  # "a man of 71 and his 10-year-old grandson"
            return 0
    return 0


def _and_named(doc: Doc, part: Part, x: Mention) -> int:
    """One more for "Rustam, 41, and his son": a name that nobody knows, with an age told aside, joined right ahead."""
    k = x.i - 1
    while k > part.i and doc.at[k] is None and doc.tokens[k].is_lower:
        k -= 1  # "his"
    joint = doc.at[k]
    if k <= part.i or joint is None or joint.concept != "conj.and":
        return 0
    end = joint.i - (doc.tokens[joint.i - 1].text == ",")
    names = [n for n in range(max(part.i, end - _AGE), end) if doc.at[n] is None and doc.tokens[n].is_capital]
    return int(bool(names) and end_of_aside(doc, part, names[-1] + 1) == end)


def died_of_it(doc: Doc, part: Part, words: tuple[Mention, ...]) -> bool:
    """ "A man was badly wounded and died in hospital", "... , he could not be saved", "a man who was hurt in the strike
    died, taking the toll to four": one person, of whom both are told."""
    deaths = [m for m in words if m.concept == "toll.killed"]
    if not deaths:
        return False
    dead = deaths[0]
    ahead = [m for m in words if m.j <= dead.i and all(
        (x := doc.at[k]) is not None and x.group == "place" for k in range(m.j, dead.i))]  # fmt: skip
    words = _without_where(words, ahead)
    words = _without_where(words, [m for m in words if m.i == dead.j])
    if words[0] is dead:
        return len(words) > 1 and words[1].concept == "toll.injured" and _is_who_was_hurt(doc, part, dead, words[1])
    hurt = words[0]
    if hurt.concept != "toll.injured" or any(m.i > dead.i and m.concept == "toll.injured" for m in words):
        return False
    if len(deaths) == 1 and doc.tokens[dead.i - 1].text == "," and _stands_alone(doc, part, dead):
        who = [m for m in doc.mentions_between(hurt.j, dead.i) if m.group == "person"]
        behind = doc.mentions_between(dead.j, min(part.j, dead.j + _BEHIND))
        others = [m for m in doc.mentions_between(hurt.j, dead.i) if m.group == "num"]  # "one more, it is said, died"
        return len(who) == 1 and not others and not any(m.group in ("person", "num") for m in behind)
    others = doc.mentions_between(hurt.j, dead.i)
    is_attribute = doc.at[hurt.j] is not None and doc.at[hurt.j].concept == "person.one"  # type: ignore[union-attr]
    who = [m for m in others if m.group == "person" or (m.group == "num" and not _is_of_a_thing(doc, m))]
    if len(who) > is_attribute or any(hurt.j <= n.i < dead.i and n.taken is not None for n in part.numbers):
        return False
    behind = doc.mentions_between(dead.j, min(part.j, dead.j + _BEHIND))
    return not any(m.group in ("person", "num") for m in behind)


def _is_of_a_thing(doc: Doc, m: Mention) -> bool:
    """ "Hurt by a drone": the article of a weapon or a building."""
    what = doc.at[m.j] if m.j < len(doc.at) else None
    return what is not None and what.group in ("weapon", "model", "target", "strike")


def _without_where(words: tuple[Mention, ...], beside: list[Mention]) -> tuple[Mention, ...]:
    """ "In hospital died ...", "died in hospital": words that only say where, if others tell who was hurt."""
    others = [m for m in words if m.concept == "toll.injured" and m not in beside]
    return tuple([m for m in words if m not in beside or m.concept != "toll.injured"]) if others else words


def _is_who_was_hurt(doc: Doc, part: Part, dead: Mention, hurt: Mention) -> bool:
    """ "In hospital died the wounded man", "died a man, wounded in the strike": the participle of whoever died."""
    behind = doc.mentions_between(hurt.j, min(part.j, hurt.j + _BEHIND))
    between = doc.mentions_between(dead.j, hurt.i)
    if hurt.i == dead.j or (
        all(m.concept in ("num.more", "num.1") for m in between) and hurt.i - dead.j == sum(m.j - m.i for m in between)
    ):  # fmt: skip
        return True  # "one more of the wounded died"
    who = [m for m in doc.mentions_between(dead.j, hurt.i) if m.concept not in ("count.age", "verb.aux")]
    if len(who) != 1 or who[0].concept != "person.one" or any(m.group in ("person", "num") for m in behind):
        return False
    if not same_clause(doc, part, dead.i, who[0].i):
        return False  # "the driver died, his wife is hurt"
    return hurt.i == who[0].j or (doc.tokens[who[0].j].text == "," and hurt.i - who[0].j <= _OWN)


def is_another(doc: Doc, part: Part, m: Mention) -> bool:
    """ "... and a man was hurt", behind one who was hurt: a verb of its own joined to the first, and its person."""
    joint = doc.at[m.i - 1] if m.i > part.i else None
    if joint is not None and joint.concept == "person.one":
        return _is_next_of_row(doc, part, joint)
    if joint is None or joint.concept != "conj.and":
        return False
    return any(x.concept == "person.one" for x in doc.mentions_between(m.j, min(part.j, m.j + _BEHIND)))


def _is_next_of_row(doc: Doc, part: Part, who: Mention) -> bool:
    """ "A nurse is in intensive care, a driver was hurt": a clause for each person, who stands ahead of the verb."""
    if who.i == part.i or doc.tokens[who.i - 1].text != ",":
        return False
    first = [m for m in part.of("toll.injured") if m.j <= who.i]
    whose = doc.at[first[-1].i - 1] if first and first[-1].i > part.i else None
    return whose is not None and whose.concept == "person.one" and (
        doc.tokens[whose.i].f != doc.tokens[who.i].f)  # fmt: skip


def _stands_alone(doc: Doc, part: Part, dead: Mention) -> bool:
    """Whether nobody is named behind the verb: the end, a preposition, or where the person lay."""
    if any(m.i == dead.i and m.group == "person" for m in part.of("person")):
        return False
    behind = doc.at[dead.j] if dead.j < part.j else None
    is_end = dead.j >= part.j or doc.tokens[dead.j].kind == "p"
    return is_end if behind is None else behind.group in ("prep", "toll", "time")


def is_one_of_things(doc: Doc, part: Part, of: Mention) -> bool:
    """ "One of the plants was hurt": what follows the preposition is no person."""
    behind = [m for m in doc.mentions_between(of.j, min(part.j, of.j + 3)) if m.group != "side"]
    return bool(behind) and (behind[0].group == "target" or behind[0].concept == "count.other")
