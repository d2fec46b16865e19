"""Casualties of a sentence: which numbers are dead and injured. Ages, subsets, rescued and missing never count."""

from __future__ import annotations

from typing import Final

from monitor.extract.strikes.denied import is_denied_before, is_not_noted
from monitor.extract.strikes.nth import nth_victim
from monitor.extract.strikes.numbered import OLD, is_no_subject, number_for
from monitor.extract.strikes.oneperson import and_another, died_of_it, is_another, one_person
from monitor.extract.strikes.outdated import mark_former
from monitor.extract.strikes.pieces import pieces
from monitor.extract.strikes.shares import OF_ALL
from monitor.extract.strikes.together import and_one, heads, many_before, told_together
from monitor.extract.strikes.told import (
    denies_toll,
    is_possible,
)
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.vetoes import same_clause
from monitor.extract.words.ages import before_age, is_age
from monitor.extract.words.mentions import Mention
from monitor.extract.words.people import in_a_row

__all__ = ["Toll", "read_toll", "tolls_of"]

_FIELDS: Final = {"victims": ("killed", "injured"), "harmed": ("killed", "injured"), "killed": ("killed",),
                  "injured": ("injured",)}  # fmt: skip
_NONE: Final = {"none": ("killed", "injured"), "none_killed": ("killed",), "none_injured": ("injured",)}
_TOLD: Final = frozenset(_FIELDS) | {"rescued"}
_NEWS: Final = 4
"""Tokens from "information on" to the hurt."""
_HARM: Final = ("victims", "harmed")
_NEAR: Final = 2


class Toll:
    """None is not stated, 0 is stated that there were none, or that nothing is known of any (``untold`` holds the names
    of such fields). ``is_people`` says that somebody was harmed."""

    __slots__ = ("bound", "injured", "is_people", "killed", "untold")

    def __init__(self) -> None:
        self.killed: int | None = None
        self.injured: int | None = None
        self.bound: str | None = None
        self.is_people = False
        self.untold: set[str] = set()

    def stated(self) -> tuple[int | None, int | None]:
        """Killed and injured as a report states them: that nothing is known of any is no zero."""
        killed = None if self.killed == 0 and "killed" in self.untold else self.killed
        injured = None if self.injured == 0 and "injured" in self.untold else self.injured
        return killed, injured

    def take_none(self, field: str, *, is_untold: bool) -> None:
        """None were killed or injured, where no figure says otherwise; "no information on any" says less."""
        if getattr(self, field) is None:
            setattr(self, field, 0)
            if is_untold:
                self.untold.add(field)
        elif not is_untold:
            self.untold.discard(field)

    def take_silence(self, more: Toll) -> None:
        """Before ``more`` is merged: of a field nothing is known once each sentence that speaks of it says so."""
        for field in ("killed", "injured"):
            if getattr(more, field) is not None:
                is_first = getattr(self, field) is None
                is_untold = field in more.untold and (is_first or field in self.untold)
                self.untold.discard(field)
                if is_untold:
                    self.untold.add(field)

    @property
    def is_empty(self) -> bool:
        return self.killed is None and self.injured is None and not self.is_people


def read_toll(doc: Doc, part: Part) -> Toll:
    """The toll of one sentence; numbers that it uses are marked as taken."""
    toll = Toll()
    words = part.of("toll")
    if not words:
        return toll
    if not part.i <= words[-1].i < part.j:
        return _of_verb_before(doc, part, words[-1])
    mark_former(doc, part)
    subset_from = [m.i for m in part.mentions if m.concept == "num.subset"]
    for m in words:
        if m.kind in _TOLD and not _is_of_a_building(doc, part, m) and not _is_of_cattle(doc, part, m):
            _read_word(doc, part, toll, m, words, subset_from)
    if toll.injured == 1 and died_of_it(doc, part, words):
        toll.killed, toll.injured = max(1, toll.killed or 0), None
    for m in words:
        if m.kind in _NONE and not (m.kind == "none" and toll.is_people):
            for field in _NONE[m.kind]:
                toll.take_none(field, is_untold=_is_untold(doc, part, m))
    if (part.has("num.first") or _has_ordinal(doc, part)) and (nth := nth_victim(doc, part)) is not None:
        setattr(toll, nth[0], max(nth[1], getattr(toll, nth[0]) or 0))
    if toll.killed and toll.injured and len(part.numbers) > 2:
        _part_sum(doc, part, toll)
    _mark_people(doc, part)
    return toll


def _read_word(
    doc: Doc, part: Part, toll: Toll, m: Mention, words: tuple[Mention, ...], subset_from: list[int]
) -> None:
    """What one word of harm adds to the toll, unless it is of people rescued, spared or hurt by something else."""
    is_one = any(x.i == m.i and x.concept == "person.one" for x in part.of("person"))
    is_many = _are_dozens(doc, part, m)
    number = None if is_one or is_many else number_for(doc, part, m, words, subset_from)
    is_own = number is not None and same_clause(doc, part, number.i, m.i)
    if not is_own and any(n.taken == OF_ALL and same_clause(doc, part, n.i, m.i) for n in part.numbers):
        return
    if m.kind == "rescued" or (part.has("veto.fleeing") and _is_hurt_fleeing(doc, part, number, m)):
        if number is not None:
            number.taken = "rescued" if m.kind == "rescued" else "fleeing"
        return
    if number is None and (is_possible(doc, part, m) or any(is_no_subject(doc, n, m) for n in part.numbers)):
        return
    if _is_negated(doc, part, m):
        if number is not None and number.i < m.i:
            number.taken = "spared"
        for field in _FIELDS[m.kind]:
            toll.take_none(field, is_untold=_is_untold(doc, part, m))
        return
    if number is None and m.kind in _HARM and is_denied_before(doc, part, m):
        return
    if number is not None:
        _take(doc, part, toll, m, _counted(doc, part, number, m, words), number)
    else:
        _take(doc, part, toll, m, None if is_many else one_person(doc, part, m, words), None)


def _take(doc: Doc, part: Part, toll: Toll, m: Mention, value: int | None, number: Number | None) -> None:
    kind = m.kind
    if kind == "victims" and value is not None and _is_told_as_hurt(doc, part, value):
        kind = "injured"
    if number is not None:
        number.taken = kind
    elif kind == "injured" and value == toll.injured == 1 and is_another(doc, part, m):
        toll.injured = 2  # "a woman was wounded and a man hurt": one more
    _set(toll, kind, value, number)


def _has_ordinal(doc: Doc, part: Part) -> bool:
    """Whether the sentence has a figure that counts nothing with letters joined to it: "the 15th"."""
    tokens = doc.tokens
    return any(
        tokens[k].kind == "n" and tokens[k + 1].glued and tokens[k + 1].kind == "w" for k in range(part.i, part.j - 1)
    )


def _part_sum(doc: Doc, part: Part, toll: Toll) -> None:
    """ "The casualties are five: three dead and two hurt", "twelve hurt: two dead, ten hurt": the figure ahead of the
    colon is the sum of both, and none of its own."""
    colon = next((k for k in range(part.i, part.j) if doc.tokens[k].text == ":"), None)
    whole = [n.value for n in part.numbers if colon is not None and n.j <= colon]
    rest = [n.value for n in part.numbers if colon is not None and n.i > colon]
    killed, injured = toll.killed or 0, toll.injured or 0
    if killed in whole and killed not in rest and killed - injured in rest and injured in rest:
        toll.killed = killed - injured
    elif injured in whole and injured not in rest and injured - killed in rest and killed in rest:
        toll.injured = injured - killed


def _is_untold(doc: Doc, part: Part, m: Mention) -> bool:
    """ "There is no information on the hurt": whether there are any is not told."""
    tidings = doc.lexicon.settings.get("tidings", ())
    tokens = doc.tokens
    if any(f"{tokens[k].f} {tokens[k + 1].f}" in tidings for k in range(max(part.i, m.i - _NEWS), m.j - 1)):
        return True
    return any(  # "on the hurt there is no information": the "no" opens the pair
        f"{tokens[no.i].f} {tokens[no.i + 1].f}" in tidings
        for no in part.of("veto.negation")
        if m.j <= no.i < part.j - 1 and same_clause(doc, part, m.i, no.i)
    )


def _are_dozens(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Four dead, a girl among them, and dozens of wounded": many, and not the one person named before."""
    k = m.i - 1
    if k > part.i and (of := doc.at[k]) is not None and of.concept in ("num.of", "prep.of"):
        k = of.i - 1
    before = doc.at[k] if k >= part.i else None
    return before is not None and before.concept == "bound.vague"


def _is_told_as_hurt(doc: Doc, part: Part, value: int) -> bool:
    """ "A strike injured eight people. The number of victims increased to eight": another sentence says they were hurt,
    and none of anybody dead."""
    if doc.has("toll.killed"):
        return False
    return any(
        p is not part and p.has("toll.injured") and any(n.value == value for n in p.numbers)
        for p in doc.parts[max(0, part.n - 3) : part.n + 4]
    )


def _is_hurt_fleeing(doc: Doc, part: Part, number: Number | None, m: Mention) -> bool:
    """ "Nine were treated for wounds they had running to the shelters", the figure near the flight or the harm is."""
    runs = part.of("veto.fleeing")
    if number is not None:
        return _is_of_fleeing(doc, part, number) or any(0 <= x.i - m.j <= _NEAR for x in runs)
    return any(0 <= x.i - m.j <= _NEAR * 2 or (x.i >= m.j and "strike" not in part.groups) for x in runs)


def _is_of_fleeing(doc: Doc, part: Part, number: Number) -> bool:
    """ "13 people were hurt while running to shelters": by no blow."""
    runs = [m for m in part.of("veto.fleeing") if 0 <= m.i - number.j <= _NEAR * 4]
    return any(not any(number.j <= n.i < m.i and not n.is_article for n in part.numbers) for m in runs)


def _is_of_a_building(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Windows broken in a hospital": the damage is in it, nobody lies there."""
    entries = doc.lexicon.trie.get(doc.tokens[m.i].f, {}).get("", ()) if m.j - m.i > 1 else ()
    if not any(concept == "prep.at" for concept, _ in entries):
        return False
    before = [x for x in doc.mentions_between(m.i - _NEAR, m.i) if x.group in ("strike", "toll", "person", "num")]
    return bool(before) and before[-1].concept == "strike.damage"


def _is_of_cattle(doc: Doc, part: Part, m: Mention) -> bool:
    """ "Forty head of cattle perished": what the figure counts is no people."""
    after = doc.at[m.j] if m.j < part.j else None
    return after is not None and after.concept == "count.other" and doc.tokens[after.i].kind == "n"


def _of_verb_before(doc: Doc, part: Part, verb: Mention) -> Toll:
    """The toll of "... and three in B", "... and a boy of 12 in B", where the verb stands with the place before, or
    behind: "in A three, ..."."""
    toll = Toll()
    kind = verb.kind
    number = next((n for n in part.numbers if not is_age(doc, part, n) and not _is_behind_one(part, n)), None)
    first = next(iter(part.of("person.one")), None)
    if number is None:
        row = in_a_row(doc, part, first) if first is not None else 0
        single = 1 if first is not None else None
        _set(toll, kind, row or len(_joined(doc, part, is_alone=True)) or single, None)
        return toll
    number.taken = kind
    others = told_together(doc, part, number, verb, (verb,)) if len(part.numbers) > 1 else []
    for other in others:
        other.taken = kind
    _set(toll, kind, number.value + sum(heads(doc, n) for n in others) + len(_joined(doc, part)), number)
    return toll


def _joined(doc: Doc, part: Part, *, is_alone: bool = False) -> list[Mention]:
    """Single people behind an "and", and the first of all where no figure counts any: "two women, 66 and 31, and a
    child"."""
    people = part.of("person.one")
    return [
        m for n, m in enumerate(people)
        if (n == 0 and is_alone)
        or ((joint := doc.at[before_age(doc, part, m.i)]) is not None and joint.concept == "conj.and")
    ]  # fmt: skip


def _is_behind_one(part: Part, number: Number) -> bool:
    """ "A boy, 12", "a man aged 70": how old the one person before it is."""
    return any(m.i < number.i for m in part.of("person.one"))


def _counted(doc: Doc, part: Part, number: Number, m: Mention, words: tuple[Mention, ...]) -> int:
    one = doc.at[number.j] if number.value == 1 and number.j < part.j else None
    if one is not None and one.concept == "person.one":
        row = in_a_row(doc, part, one) or 1 + and_another(doc, part, one, m)
        if row > 1:
            return row
        if len(part.numbers) > 2 and len(others := told_together(doc, part, number, m, words)) > 1:
            for other in others:
                other.taken = m.kind
            return 1 + sum(heads(doc, other) for other in others)  # "two men, three women and one child"
    if one is not None and one.concept == "person.one" and (more := many_before(doc, part, number)) is not None:
        more.taken = m.kind
        return more.value + 1  # "two adults and one child"
    others = told_together(doc, part, number, m, words) if len(part.numbers) > 1 else []
    for other in others:
        other.taken = m.kind
    return number.value + sum(heads(doc, other) for other in others) + (
        and_one(doc, part, number, m, words) if not others else 0)  # fmt: skip


def _set(toll: Toll, kind: str, value: int | None, number: Number | None) -> None:
    toll.is_people = True
    if value is None or kind == "harmed":
        return  # dead or hurt: how many are which is not told
    kind = "killed" if kind == "victims" else kind
    held = getattr(toll, kind)
    setattr(toll, kind, value if held is None else max(held, value) if number is not None or not held else held)
    if number is not None and number.bound in ("at_least", "approx") and toll.bound is None:
        toll.bound = number.bound


def _is_negated(doc: Doc, part: Part, m: Mention) -> bool:
    return is_not_noted(doc, part, m) or any(
        x.concept == "veto.negation"
        and not any(n.i == x.j and n.taken == OLD for n in part.numbers)
        and (0 <= m.i - x.j <= 2 or 0 <= x.i - m.j <= 3)
        and same_clause(doc, part, x.i, m.i)
        and not any(doc.tokens[k].text == "." for k in range(m.j, x.i))  # a new sentence in small letters
        for x in part.mentions
    )


def _mark_people(doc: Doc, part: Part) -> None:
    """Numbers of people that are left are counted as people, never as munitions."""
    for number in part.numbers:
        if number.taken is None and number.j < part.j:
            mention = doc.at[number.j]
            if mention is not None and mention.group in ("person", "toll"):
                number.taken = "people"


def tolls_of(doc: Doc) -> dict[int, Toll]:
    """The toll of every sentence that has one, before counts are read: people are never munitions."""
    tolls = {
        piece.i: read_toll(doc, piece)
        for part in doc.parts
        if part.has("toll", "person")
        for piece in pieces(doc, part)
        if piece.has("toll")
    }
    _part_headline(doc, tolls)
    for part in doc.parts:
        if "denied" in part.vetoes and part.i in tolls and denies_toll(doc, part):
            tolls[part.i] = Toll()
    return tolls


def _part_headline(doc: Doc, tolls: dict[int, Toll]) -> None:
    """ "The victims of a day are five", and below it that three died and two are hurt: the sum of both is no dead."""
    head = tolls.get(doc.parts[0].i) if doc.parts else None
    if head is None or not head.killed or head.injured is not None or len(tolls) < 2:
        return
    for told in tolls.values():
        if told is not head and told.killed and told.injured and told.killed + told.injured == head.killed:
            head.killed, head.injured = told.killed, told.injured
            return
