"""Figures that stand alone and count nothing."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.somebody import is_of_somebody
from monitor.extract.text.doc import Doc, Number, Part
from monitor.extract.text.tokens import DASHES
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon

__all__ = [
    "came_down",
    "is_hit_by",
    "is_idle",
    "is_marker",
    "is_none_of",
    "is_of_carriers",
    "is_of_debris",
    "is_of_figure",
    "is_of_model",
    "is_of_strikes",
    "is_one_of",
    "is_one_of_them",
    "without_exception",
]

_BESIDE: Final = 2
_DIGITS: Final = 4
"""Of a group of the figures of a bank card."""
_OWNER: Final = 4
_LITTLE: Final = 4
"""Letters of the longest word that says nothing of a figure."""
_ON_THE_WAY: Final = frozenset(("prep", "num", "bound", "verb"))
_CAME_DOWN: Final = frozenset(("strike.fell", "strike.hit", "act.detected", "act.shot_down"))
"""What debris does between its word and the places where it was found."""


def is_idle(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a figure without a noun is a mark of a list or a series, a phone number, or what became of is untold."""
    if part.has("count.phone") or _is_of_a_series(doc, part, number) or _is_day_of_row(doc, part, number):
        return True
    if _is_of_regions(doc, part, number) or _is_of_the_hurt(doc, part):
        return True
    if _is_of_sirens(doc, part, number) or _is_of_an_account(doc, number):
        return True
    if any(m.i < number.i < m.j for m in part.of("time")):
        return True  # "between midnight and seven"
    if (behind := doc.at[number.j] if number.j < part.j else None) is not None and behind.concept == "alert.takeoff":
        return True  # "downed six missiles in one sortie"
    if number.is_word and doc.tokens[number.i].f in doc.lexicon.settings.get("collectives", ()):
        return True  # the numeral that counts people alone
    if number.is_word and _is_weekday(doc, part, number):
        return True
    if _is_of_what_it_did(doc, part, number) or _is_of_blows(doc, part, number) or _is_some_of_blows(doc, part, number):
        return True
    if _is_behind_at(doc, part, number) or _is_of_unread_verb(doc, part, number) or is_of_somebody(doc, part, number):
        return True
    return _is_list_number(doc, part, number) or _is_rest_untold(doc, part, number)


def _is_of_an_account(doc: Doc, number: Number) -> bool:
    """ "Card: 4441 1144 5566 7788": one of several figures of four digits that stand side by side."""
    if number.is_word:
        return False
    beside = doc.tokens[max(0, number.i - 1) : number.i] + doc.tokens[number.j : number.j + 1]
    own = doc.tokens[number.i : number.j]
    return any(len(t.text) == _DIGITS for t in own) and any(t.kind == "n" and len(t.text) == _DIGITS for t in beside)


def _is_of_sirens(doc: Doc, part: Part, number: Number) -> bool:
    """ "The sirens wail again: tonight there were four": how often, where no weapon is told beside them."""
    if part.has("weapon", "model"):
        return False
    before = doc.parts[part.n - 1] if part.n else None
    is_below = before is not None and before.line == part.line and doc.tokens[before.j - 1].text == ":"
    told = before if before is not None and is_below and not before.has("weapon", "model") else part
    return any(m.j <= number.i for m in told.of("alert.siren", "alert.signal"))


def _is_behind_at(doc: Doc, part: Part, number: Number) -> bool:
    """ "Bombs hit A at 9 and again at 11 a.m.": an hour or a number of places, with nothing behind it to count."""
    at = doc.at[number.i - 1] if number.i > part.i else None
    if at is None or at.concept != "prep.at" or at.j - at.i > 1:
        return False
    if number.j >= part.j or doc.tokens[number.j].kind == "p":
        return True
    after = doc.at[number.j]
    return after is not None and (after.concept == "conj.and" or after.group == "time")


def _is_of_unread_verb(doc: Doc, part: Part, number: Number) -> bool:
    """ "We build a version that overtakes 450": a word that nobody knows says what the figure is of, and nothing else
    in the sentence does."""
    k = number.i - 1
    if k <= part.i or doc.at[k] is not None or part.has("act", "weapon", "model", "strike", "num", "bound"):
        return False
    word = doc.tokens[k]
    return word.kind == "w" and word.is_lower and len(word.f) > _LITTLE


def _is_of_blows(doc: Doc, part: Part, number: Number) -> bool:
    """ "Three bombs fell. In a day 2,325 enemy strikes were recorded": the figure counts what stands behind it."""
    k, is_owned = number.j, False
    while k < part.j and (m := doc.at[k]) is not None and m.group == "side":
        k, is_owned = m.j, True
    blow = doc.at[k] if k < part.j else None
    if blow is None or blow.concept != "strike.attack":
        return False
    many: tuple[str, ...] = tuple(doc.lexicon.settings.get("of_many", ()))
    return is_owned or (bool(many) and doc.tokens[blow.j - 1].f.endswith(many))


def _is_some_of_blows(doc: Doc, part: Part, number: Number) -> bool:
    """ "He shelled 3,990 times, 88 - with rocket launchers", where "times" are blows: part of a figure of blows."""
    before = max((n for n in part.numbers if n.j <= number.i), key=lambda n: n.j, default=None)
    blow = doc.at[before.j] if before is not None and before.j < number.i else None
    if blow is None or blow.concept != "strike.attack":
        return False
    return all(doc.tokens[k].kind == "p" or ((m := doc.at[k]) is not None and m.concept == "num.subset")
               for k in range(blow.j, number.i))  # fmt: skip


def _is_of_the_hurt(doc: Doc, part: Part) -> bool:
    """ "Nine passengers were hurt. Two of them are in a grave state": people, where nothing is done to weapons."""
    before = doc.parts[part.n - 1] if part.n else None
    is_told = before is not None and before.line == part.line and before.has("toll") and not before.has("act")
    return is_told and not part.has("act", "strike", "weapon", "model", "alert", "place")


def _is_of_regions(doc: Doc, part: Part, number: Number) -> bool:
    """ "Ten of Ukraine's regions", "six of the districts": what it counts stands behind whose they are."""
    of = doc.at[number.j] if number.j < part.j else None
    if of is None or of.concept not in ("num.of", "prep.of", "prep.from"):
        return False
    k = of.j
    while k < min(part.j, of.j + _OWNER):
        m = doc.at[k]
        if m is not None and m.group in ("level", "count"):
            return True
        if m is not None and m.group not in ("place", "side"):
            return False
        k = m.j if m is not None else k + 1
    return False


def _is_of_what_it_did(doc: Doc, part: Part, number: Number) -> bool:
    """ "Debris caused two fires, one of them on a roof": a part of what the figure before counts."""
    place = doc.at[number.i - 1] if number.i > part.i else None
    if number.value == 1 and place is not None and place.concept == "prep.at" and any(
        0 <= m.i - number.j <= 1 for m in part.of("num.subset")):  # fmt: skip
        return True  # "two high-rises were hit, in one of them a fire broke out"
    before = next((n for n in reversed(part.numbers) if n.j <= number.i), None)
    what = doc.at[before.j] if before is not None and before.j < part.j else None
    if before is None or what is None or what.group not in ("strike", "target") or number.value >= before.value:
        return False
    return any(m.i - number.j <= 1 and number.i - m.j <= 1 for m in part.of("num.subset"))


def is_of_debris(doc: Doc, part: Part, number: Number) -> bool:
    """ "Debris from one of the downed drones fell on A": whose debris it was; "debris at six more", "debris fell on
    five more", "hits were recorded at three": where it fell; "debris of three drones was found"."""
    if not part.has("strike.debris", "veto.until", "strike.hit"):
        return False
    at = doc.at[number.i - 1] if number.i > part.i else None
    if at is not None and at.group == "bound" and at.i > part.i:
        at = doc.at[at.i - 1]
    is_found = part.has("act.detected", "strike.found", "veto.until") and not part.has("act.shot_down", "act.merged")
    is_at = at is not None and at.concept in ("prep.on", "prep.at", "prep.to", "prep.over")
    if number.value != 1 and not is_found and not is_at:
        return False
    k, is_hit = number.i - 1, False
    what = doc.at[number.j] if number.j < part.j else None
    is_bare = what is None or what.group not in ("weapon", "model", "side")
    while k >= part.i:
        m = doc.at[k]
        if m is None and doc.tokens[k].kind == "n":
            k -= 1
            continue
        if m is None or not (m.group in _ON_THE_WAY or m.concept in _CAME_DOWN):
            break
        is_hit = is_hit or (m.concept == "strike.hit" and is_bare and at is not None and at.concept == "prep.at")
        k = m.i - 1
    debris = doc.at[k] if k >= part.i else None
    is_of = debris is not None and debris.concept in ("strike.debris", "veto.until")  # "pieces of one were found"
    return is_hit or is_of


def is_of_model(doc: Doc, part: Part, number: Number) -> bool:
    """ "22 Shahed-131 and 136": the figure in the name of a second model."""
    joint = doc.at[number.i - 1] if number.i > part.i + 1 else None
    if number.is_word or joint is None or joint.concept != "conj.and":
        return False
    model = doc.at[joint.i - 1]
    if model is None or model.group != "model":
        return False
    own, other = doc.tokens[model.j - 1].text, doc.tokens[number.i].text
    return own.isdigit() and len(own) == len(other) > 2 and own[0] == other[0] and own != other


def _is_of_times(doc: Doc, part: Part, number: Number) -> bool:
    """ "A was attacked 27 times: 9 - by guns, 14 - by drones", "27 attacks: 14 - by drones": each of the attacks."""
    if number.j >= part.j or doc.tokens[number.j].text not in DASHES:
        return False
    words = doc.lexicon.settings.get("times_over", ())
    return any(
        n.i < number.i and n.j < part.j and n.value > number.value
        and (doc.tokens[n.j].f in words or any(m.i == n.j for m in part.of("strike.attack")))
        for n in part.numbers
    )  # fmt: skip


def is_of_strikes(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    """ "One missile and 51 air strikes", "4 missile, 91 air strikes": the noun that the first figure counts stands
    behind the second."""
    if _is_of_times(doc, part, number) or _is_of_joint_strikes(doc, part, number, weapon):
        return True
    joint = doc.at[weapon.j] if number.j == weapon.i and weapon.j < part.j else None
    is_row = number.j == weapon.i and weapon.j + 1 < part.j and doc.tokens[weapon.j].text == ","
    if not is_row and (joint is None or joint.concept != "conj.and"):
        return False
    start = joint.j if joint is not None else weapon.j + 1
    other = next((n for n in part.numbers if n.i == start), None)
    blow = next((m for m in part.of("strike.attack") if other is not None and m.i == other.j), None)
    with_what = doc.at[blow.j] if blow is not None and blow.j < part.j else None
    return blow is not None and (with_what is None or with_what.group not in ("weapon", "model"))  # "3 strikes by guns"


def _is_of_joint_strikes(doc: Doc, part: Part, number: Number, weapon: Weapon) -> bool:
    """ "120 drone and missile strikes": the noun for a blow ends the row of what it was made with."""
    joint = doc.at[weapon.j] if number.j == weapon.i and weapon.j < part.j else None
    if joint is None or joint.concept != "conj.and":
        return False
    last = next((m for m in part.of("weapon", "model") if m.i == joint.j), None)
    return last is not None and any(m.i in (last.i, last.j) for m in part.of("strike.attack"))


def _is_day_of_row(doc: Doc, part: Part, number: Number) -> bool:
    """ "On the evening of 30 and the night to 31 December": a day whose month stands with the second."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    joint = doc.at[number.j] if number.j < part.j else None
    if number.is_word or number.value > 31 or before is None or before.group not in ("time", "weekday"):
        return False
    after = doc.at[joint.j] if joint is not None and joint.concept == "conj.and" and joint.j < part.j else None
    return after is not None and after.group in ("time", "prep", "weekday")


def is_hit_by(doc: Doc, part: Part, number: Number) -> bool:
    """ "Thirteen had been hit by drones": those whom they hit, not the drones."""
    verb = doc.at[number.j] if number.j < part.j else None
    if verb is None or verb.group != "verb":
        return False
    hit = doc.at[verb.j] if verb.j < part.j else None
    if hit is None or hit.concept != "strike.hit":
        return False
    by = doc.at[hit.j] if hit.j < part.j else None
    start = by.j if by is not None and by.concept == "prep.agent" else hit.j
    return any(0 <= m.i - start <= 1 + (start > hit.j) for m in part.of("weapon", "model"))


def is_none_of(part: Part, number: Number) -> bool:
    """ "None of the 90 drones got through", not "failed to stop four"."""
    return any(
        m.j - m.i > 1 and 0 <= number.i - m.j <= 1 and not any(m.i <= act.i <= m.j for act in part.of("act.shot_down"))
        for m in part.of("veto.negation")
    )


def without_exception(doc: Doc, part: Part, numbers: list[Number]) -> tuple[list[Number], int]:
    """ "All 14 were intercepted but one": the figures without the one left out, and the token where it stands, or -1
    where there is none."""
    if part.has("conj.but", "num.except", "prep.except"):
        for number in numbers:
            if _is_left_out(doc, part, number):
                return [n for n in numbers if n is not number], number.i
    return numbers, -1


def _is_left_out(doc: Doc, part: Part, number: Number) -> bool:
    """ "... but one", "all drones except three": the figure of those that were not downed."""
    but = doc.at[number.i - 1] if number.i > part.i + 1 else None
    if but is None or but.i - 1 < part.i:
        return False
    done = doc.at[but.i - 1]
    is_behind_weapon = done is not None and done.group in ("weapon", "model")
    if but.concept == "prep.except" or (but.concept == "conj.but" and is_behind_weapon):
        # "all but three"; "besides three drones" are three more
        is_bare = not any(m.group in ("weapon", "model") for m in doc.mentions_between(number.j, number.j + _BESIDE))
        return is_bare and part.has("num.all")
    if but.concept not in ("conj.but", "num.except"):
        return False
    is_last = number.j >= part.j or doc.tokens[number.j].kind == "p"
    return is_last and done is not None and done.concept in ("act.shot_down", "act.merged")


def _is_of_a_series(doc: Doc, part: Part, number: Number) -> bool:
    """ "(2/4)": a part of a series."""
    k = number.i
    return k - 2 >= part.i and doc.tokens[k - 1].text == "/" and doc.tokens[k - 2].kind == "n"


def _is_weekday(doc: Doc, part: Part, number: Number) -> bool:
    """ "Today (second)": the day of the week, which Hebrew counts."""
    before = doc.at[number.i - 2] if number.i - 2 >= part.i else None
    is_alone = number.j < part.j and doc.tokens[number.i - 1].text == "(" and doc.tokens[number.j].text == ")"
    return is_alone and before is not None and before.group == "time"


def _is_list_number(doc: Doc, part: Part, number: Number) -> bool:
    """ "1." that begins an item of a list."""
    is_alone = part.j - part.i <= 2 and not number.is_word and doc.tokens[part.j - 1].text in ".)"
    return is_alone and part.n + 1 < len(doc.parts) and doc.parts[part.n + 1].line == part.line


def _is_rest_untold(doc: Doc, part: Part, number: Number) -> bool:
    """ "The rest, 27, without details": what became of them is not said."""
    if part.has("act", "strike.hit") or _is_of_a_place(doc, part, number):
        return False
    return any(0 <= number.i - m.j <= 3 for m in part.of("num.rest"))


def _is_of_a_place(doc: Doc, part: Part, number: Number) -> bool:
    """ "The other eight over A", "the other eight - over A": the figure has a place of its own."""
    k = number.j + (number.j < part.j and doc.tokens[number.j].text in DASHES)
    over = doc.at[k] if k < part.j else None
    return over is not None and over.concept in ("prep.at", "prep.over") and any(
        0 <= s.i - over.j <= 1 for s in part.sites)  # fmt: skip


def is_one_of(doc: Doc, part: Part, number: Number) -> bool:
    """ "One of the largest attacks"."""
    after = doc.at[number.j] if number.j < part.j else None
    before = doc.at[number.i - 1] if number.i > part.i else None
    if before is not None and before.concept in ("strike.debris", "num.first"):
        return True  # "debris of one of them", "the first one was at two"
    return after is not None and after.concept in ("num.of", "prep.of", "prep.from", "time.superlative")


def is_one_of_them(doc: Doc, part: Part, number: Number, measure: str) -> bool:
    """ "Three entered A, one of them crashed": told before, and no one more; "one of them was downed" is a figure."""
    after = doc.at[number.j] if number.j < part.j else None
    is_subset = after is not None and after.concept == "num.subset"
    return number.value == 1 and is_subset and measure in ("present", "launched")


def is_of_figure(doc: Doc, number: Number) -> bool:
    """ "See the map (2)": a figure alone in brackets points to a picture or a note."""
    if number.is_word or number.i == 0 or number.j >= len(doc.tokens) or number.j - number.i > 1:
        return False
    before = doc.at[number.i - 2] if number.i > 1 else None
    is_alone = doc.tokens[number.i - 1].text == "(" and doc.tokens[number.j].text == ")"
    return is_alone and (before is None or before.group not in ("weapon", "model", "place"))


def is_of_carriers(doc: Doc, part: Part, number: Number) -> bool:
    """ "A pair of jets took off, one of them was shot down": one of what carries weapons."""
    after = doc.at[number.j] if number.j < part.j else None
    if number.value != 1 or after is None or after.concept != "num.subset":
        return False
    for m in reversed(doc.mentions[max(0, after.n - 20) : after.n]):
        if m.group in ("weapon", "model"):
            return m.concept in ("weapon.carrier", "weapon.mig31k")
    return False


def _lies_there(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "Two drones crashed in A", "two rockets fell in the open": no more is told of them."""
    if part.has("strike.harmless"):
        return part.has("strike.fell", "strike.hit")
    fell = doc.at[weapon.j] if weapon.j < part.j else None
    where = doc.at[fell.j] if fell is not None and fell.concept == "strike.fell" and fell.j < part.j else None
    return where is not None and where.concept == "prep.at"


def _has_fallen(part: Part, number: Number, weapon: Weapon) -> bool:
    """ "Three drones fell on A", "on A fell three drones": the verb right beside the figure or its noun. Bombs and
    shells that fell are those that were fired."""
    end = weapon.j if weapon.i >= number.j else number.j
    return weapon.kind == "drone" and any(m.j == number.i or m.i == end for m in part.of("strike.fell"))


def came_down(
    doc: Doc, part: Part, number: Number, weapon: Weapon, act: Mention | None, measure: str, *, is_loose: bool
) -> bool:
    """ "One fell into a river", "in the attack three drones fell on A": told to have come down, and nothing more."""
    if part.has("strike.fell") and measure != "hit" and (
        (is_loose and number.value == 1) or (measure == "launched" and _has_fallen(part, number, weapon))
    ):  # fmt: skip
        return True
    return (act is None or act.concept == "strike.hit") and _lies_there(doc, part, weapon)


def is_marker(doc: Doc, part: Part, number: Number) -> bool:
    """ "1) three to A": the number of an item of a list."""
    is_first = number.i == doc.lines[part.line][0] and number.j < part.j
    return is_first and not number.is_word and doc.tokens[number.j].text == ")"
