"""What a number counts: the weapon ahead of it, behind it, or told before."""

from __future__ import annotations

from typing import Final

from monitor.extract.counts.ahead import is_blow, is_first_of_kinds, weapon_ahead
from monitor.extract.counts.alone import stands_alone
from monitor.extract.counts.apart import as_one_act, has_noun
from monitor.extract.counts.beside import is_downed_alone
from monitor.extract.counts.flights import is_next_in_row, is_survey, of_pieces, of_row, of_sign
from monitor.extract.counts.former import is_denied
from monitor.extract.counts.found import Found
from monitor.extract.counts.rows import weapon_at_end
from monitor.extract.counts.said import did_it
from monitor.extract.text.doc import LONG, Doc, Number, Part, unread
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon, weapons_of

__all__ = ["is_item", "is_of_a_night", "weapon_for"]

_ROW: Final = 1
"""Words of a row of figures that nobody knows."""
_MANY_TIMES: Final = 10
_ITEM: Final = 2
"""Those of an item of a list."""
_QUOTES: Final = frozenset('\u00ab\u00bb\u201e\u201c\u201d"')
_AT: Final = frozenset(("prep.at", "prep.on", "prep.to"))
_FIGURES: Final = 6
"""Figures that a subset told behind them may be of."""
_TO_LEVEL: Final = 4
"""Tokens up to the word for regions that a figure counts."""


Counted = tuple[Weapon | None, bool]
"""The weapon that a number counts, and whether it is told elsewhere than beside the number."""


def weapon_for(
    doc: Doc, part: Part, number: Number, weapons: list[Weapon], so_far: list[Found], here: list[Found]
) -> Counted:
    """``weapons`` are those of the sentence, ``so_far`` the counts of the text before it, ``here`` its own."""
    if (
        number.value == 1
        and number.is_word
        and not number.is_article
        and (one := next((w for w in weapons if w.j == number.i), None))
        and not has_noun(doc, part, number)
    ):
        return one, False  # a language that writes its "one" behind the noun
    is_in_order = len(part.numbers) > 1 or part.has("num.respectively")
    if is_in_order and (respective := _respective(doc, part, number, [*so_far[-6:], *here])) is not None:
        return respective, True
    if _is_name_of_unit(doc, part, number):
        return None, False
    ahead = weapon_ahead(doc, part, number, weapons) or _weapon_of_denied(doc, part, number, weapons)
    if ahead is not None:
        return _named_beside(doc, part, number, ahead, weapons, so_far, here), False
    if _counts_regions(doc, part, number):
        return None, False
    signed = of_pieces(doc, part, number) or of_sign(doc, part, number) or of_row(doc, part, number, weapons)
    if signed is not None:
        return signed, True
    if _is_sum_of_kinds(doc, part, number, weapons):
        return Weapon(number.i, number.j, "mixed", None), True
    if is_survey(doc, part) or is_next_in_row(doc, part, number, here):
        return here[-1].weapon if here else Weapon(part.i, part.i, "drone", None), True
    if not weapons and _counts_people(doc, part):
        return None, False
    if not stands_alone(doc, part, number) and not _is_hit_told_on(doc, part, number, so_far):
        return None, False
    return _told_in_sentence(doc, part, number, weapons, here) or _told_before(doc, part, number, weapons, so_far)


def _named_beside(
    doc: Doc, part: Part, number: Number, ahead: Weapon, weapons: list[Weapon], so_far: list[Found], here: list[Found]
) -> Weapon | None:
    """What the noun beside the number means here: of which kind its missiles or devices are, or a sum of kinds."""
    if ahead.kind == "missile" and (
        _is_of_those(doc, number, [*so_far, *here]) or (ahead.model is None and _is_ballistic_before(doc, part))
    ):  # fmt: skip
        ahead = Weapon(ahead.i, ahead.j, "ballistic", None)
    if ahead.kind == "device":
        if part.has("weapon.carrier", "weapon.mig31k") or not any(_names_a_weapon(p) for p in doc.parts):
            return None  # "three CT devices": of no text about weapons
        own = [w.kind for w in weapons if w.j <= ahead.i and w.kind != "device"][-1:]  # "a drone attack of 15 devices"
        told = [f.weapon.kind for f in here] or own or [f.weapon.kind for f in so_far[-4:]]
        kind = "drone" if "drone" in told else told[-1] if told else _recent_kind(doc, part) or "drone"
        return Weapon(ahead.i, ahead.j, kind, None)
    if ahead.i >= number.j and is_first_of_kinds(doc, part, ahead, weapons):
        return Weapon(ahead.i, ahead.j, "mixed", None)
    return ahead


def _told_in_sentence(doc: Doc, part: Part, number: Number, weapons: list[Weapon], here: list[Found]) -> Counted | None:
    """The weapon of a number whose noun is left out, by the words and the counts ahead of it in its sentence."""
    if here and _is_of_both(here, number):
        return Weapon(here[-1].weapon.i, here[-1].weapon.j, "mixed", None), True
    is_all = number.is_all and (done := doc.at[number.j] if number.j < part.j else None) and done.group == "act"
    behind = [
        w for w in weapons
        if w.j <= number.i and not _bars(doc, w.j, number.i, is_all=bool(is_all)) and not _is_of_group(doc, part, w)
        and not is_blow(part, w)  # "air strikes rose from 30 to 74"
    ]  # fmt: skip
    if here and here[-1].is_elliptic and (not behind or behind[-1].i < here[-1].number.i):
        return here[-1].weapon, True
    if behind and (here or number.i - behind[-1].j <= 8 or is_downed_alone(doc, part, number, weapons)
                   or _is_below_header(doc, part, behind[-1].j, number)):  # fmt: skip
        return behind[-1], True
    if not here:
        return None
    is_some = number.value <= here[-1].value and _is_subset_done(doc, part, number)
    is_barred = _bars(doc, here[-1].number.j, number.i, is_all=is_some) and not (
        _is_downed_of_those(doc, part, number, here[-1]))  # fmt: skip
    return (None, False) if is_barred else (here[-1].weapon, True)


def _told_before(doc: Doc, part: Part, number: Number, weapons: list[Weapon], so_far: list[Found]) -> Counted:
    """The weapon of a number whose sentence names none ahead of it: that of the sentences before, or of the one below
    a headline."""
    nouns = [m for m in part.of("person", "target", "count", "strike.explosion") if m.i < number.i]
    if any(not did_it(doc, part, m, number) for m in nouns):
        return None, False
    if (last_of_row := weapon_at_end(doc, part, number, weapons)) is not None:
        return last_of_row, True
    if so_far and so_far[-1].part.line != part.line and _tells_of_more(doc, part):
        return None, False
    if so_far and (so_far[-1].part.line == part.line or so_far[-1].part.line >= part.line - 3 or is_item(doc, part)):
        if so_far[-1].part.line != part.line and not part.has("act", "num.total") and (
            number.value > _MANY_TIMES * max(f.value for f in so_far)):  # fmt: skip
            return None, False  # "81 were downed", and in a line below "the debt rose to 12,000"
        last = _of_subset(part, number, so_far)
        return Weapon(last.i, last.j, "mixed" if _is_of_both(so_far, number) else last.kind, None), True
    is_bare = bool(part.sites) and part.j - part.i <= 7 and not part.has("act", "strike", "toll", "claim", "target")
    is_told_on = is_bare or is_item(doc, part) or _is_of_months(doc, part)
    if is_told_on or part.has("act.shot_down", "act.merged", "act.lost"):
        recent = _recent_kind(doc, part)
        if recent is not None and not (recent == "artillery" and part.has("act.shot_down", "act.merged")):
            return Weapon(part.i, part.i, recent, None), True
    if (below := _kind_below(doc, part)) is not None:
        return Weapon(part.i, part.i, below, None), True
    return None, False


def _tells_of_more(doc: Doc, part: Part) -> bool:
    """ "Good morning, Odesa: +6, coffee at 60, some fog": a line of its own with words that nobody knows, and no word
    of what weapons do."""
    most = _ITEM if is_item(doc, part) else _ROW
    return unread(doc, part) > most and not part.has("act", "strike", "alert.fly")


def _is_of_months(doc: Doc, part: Part) -> bool:
    """ "Never so many drones were launched. In April there were 6,400": right behind what was launched, by months."""
    before = doc.parts[part.n - 1] if part.n else None
    if before is None or before.line != part.line or before.vetoes or part.has("act", "strike", "alert"):
        return False
    are = doc.lexicon.settings.get("there_were", ())
    is_of_month = any(w.period in LONG for w in part.whens) and any(
        doc.tokens[k].f in are for k in range(part.i, part.j)
    )
    return is_of_month and before.has("act.launched") and before.has("weapon", "model")


def _is_sum_of_kinds(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> bool:
    """ "244 were downed: 8 missiles, 236 drones": behind the colon the kinds that the figure is the sum of."""
    if number.j >= part.j or doc.tokens[number.j].text != ":":
        return False
    parts = [n.value for n in part.numbers if n.i > number.j and any(w.i == n.j for w in weapons)]
    return len(parts) > 1 and sum(parts) == number.value and len({w.kind for w in weapons if w.i > number.j}) > 1


def _names_a_weapon(part: Part) -> bool:
    """Whether a sentence names a weapon, a side or air defence at work, and not just some device."""
    if part.has("side", "act.shot_down", "act.merged", "model", "place.country"):
        return True
    return any(m.concept != "weapon.device" for m in part.of("weapon"))


def _kind_below(doc: Doc, part: Part) -> str | None:
    """ "88 of 102 downed": of a headline, the only weapons that the sentence below it names."""
    if part.n or len(doc.parts) == 1 or doc.parts[1].line == part.line or part.has("weapon", "model"):
        return None
    if not part.has("act.shot_down", "act.merged") or not doc.parts[1].has("strike.attack", "act"):
        return None
    kinds = {w.kind for w in weapons_of(doc, doc.parts[1])}
    return kinds.pop() if len(kinds) == 1 else None


def _of_subset(part: Part, number: Number, so_far: list[Found]) -> Weapon:
    """ "94 targets: 91 drones, two missiles. Among them 40 over A": of the last figure that is not less."""
    if not part.has("num.subset"):
        return so_far[-1].weapon
    return next((f for f in reversed(so_far[-_FIGURES:]) if f.value >= number.value), so_far[-1]).weapon


def _counts_regions(doc: Doc, part: Part, number: Number) -> bool:
    """ "Two southern Ukrainian regions": what a word for regions, two others on the way at most, says is counted."""
    for k in range(number.j, min(number.j + _TO_LEVEL, part.j)):
        m = doc.at[k]
        if m is not None and m.concept in ("level.oblasts", "level.raions", "level.hromadas"):
            return True
        is_between = doc.tokens[k].kind == "w" if m is None else m.group == "side" or m.concept == "prep.side"
        if not is_between:
            return False
    return False


def _counts_people(doc: Doc, part: Part) -> bool:
    """ "Two of them in A, one in B", where the word for the two counts people alone."""
    words = doc.lexicon.settings.get("collectives", ())
    return bool(words) and not part.has("act") and any(doc.tokens[n.i].f in words for n in part.numbers)


def _is_subset_done(doc: Doc, part: Part, number: Number) -> bool:
    """ "Six drones flew at a factory, five of which hit their target": what weapons do right behind "of which"."""
    subset = doc.at[number.j] if number.j < part.j else None
    if subset is None or subset.concept != "num.subset":
        return False
    behind = [m for m in doc.mentions_between(subset.j, min(part.j, subset.j + 4)) if m.group != "verb"]
    return bool(behind) and behind[0].group == "act"


def _is_downed_of_those(doc: Doc, part: Part, number: Number, last: Found) -> bool:
    """ "Fired 653 drones at energy sites, Ukraine downs 592": right behind the verb, no more than were launched."""
    verb = as_one_act(doc, part, doc.at[number.i - 1] if number.i > part.i else None)
    is_downed = verb is not None and verb.concept in ("act.shot_down", "act.merged")
    return is_downed and last.measure == "launched" and number.value <= last.value


def _is_name_of_unit(doc: Doc, part: Part, number: Number) -> bool:
    """ "Brigade 3 shot down a drone": the number is the unit's."""
    before = doc.at[number.i - 1] if number.i > part.i else None
    after = doc.at[number.j] if number.j < part.j else None
    return (
        before is not None and before.concept == "count.other" and not number.is_word
        and after is not None and after.group in ("act", "verb")
    )  # fmt: skip


def _is_below_header(doc: Doc, part: Part, i: int, number: Number) -> bool:
    """ "Drones shot down by region: A 31, B 12": behind the colon of the weapon, right behind a place."""
    is_placed = any(0 <= number.i - s.j <= 1 for s in part.sites)
    return is_placed and any(doc.tokens[k].text == ":" for k in range(i, number.i))


def _is_of_those(doc: Doc, number: Number, so_far: list[Found]) -> bool:
    """ "Seven of the missiles", where ballistic ones were told and no others."""
    of = doc.at[number.j] if number.j < len(doc.at) else None
    kinds = {f.weapon.kind for f in so_far if f.measure == "launched"}
    return of is not None and of.concept == "num.of" and "ballistic" in kinds and "missile" not in kinds


def _is_ballistic_before(doc: Doc, part: Part) -> bool:
    """ "Ballistics for Kyiv! Two missiles": the missiles right behind are the ballistic ones."""
    before = doc.parts[part.n - 1] if part.n and part.j - part.i <= 5 else None
    is_beside = before is not None and before.line == part.line and before.has("weapon.ballistic")
    return is_beside and before is not None and not before.has("act", "strike", "toll", "claim")


def _respective(doc: Doc, part: Part, number: Number, so_far: list[Found]) -> Weapon | None:
    """ "552 and 31 were respectively shot down": in the order of the figures before."""
    k = len(so_far) - 1
    while k >= 0 and so_far[k].measure != "launched":
        k -= 1
    if k < 0:
        return None
    theirs = [f for f in so_far if f.measure == "launched" and f.part is so_far[k].part and not f.is_subset]
    if not theirs:
        return None
    start = theirs[-1].number.i if theirs and theirs[-1].part is part else -1
    mine = [n for n in part.numbers if n.taken is None and n.i > start]
    if len(mine) != len(theirs) or number not in mine:
        return None
    if not part.has("num.respectively") and not _are_paired(doc, mine, theirs):
        return None
    weapon = theirs[mine.index(number)].weapon
    return Weapon(weapon.i, weapon.j, weapon.kind, None)


def _are_paired(doc: Doc, mine: list[Number], theirs: list[Found]) -> bool:
    """ "293 drones and 18 missiles, of which 240 and seven were downed": two and two, none above its own."""
    if len(mine) != 2 or mine[1].i - mine[0].j != 1:
        return False
    joint = doc.at[mine[0].j]
    if joint is None or joint.concept != "conj.and":
        return False
    return all(n.value <= f.value for n, f in zip(mine, theirs, strict=True))


def _is_of_both(so_far: list[Found], number: Number) -> bool:
    """More than were launched of the kind named last, behind figures of two kinds: it is of both."""
    last = so_far[-1]
    if last.measure != "launched" or number.value <= last.value:
        return False
    return any(
        f.part is last.part and f.measure == "launched" and f.weapon.kind != last.weapon.kind for f in so_far[-3:]
    )


def _is_of_group(doc: Doc, part: Part, weapon: Weapon) -> bool:
    """ "Groups of drones": a bare number behind it counts groups."""
    before = doc.at[weapon.i - 1] if weapon.i > part.i else None
    return before is not None and before.concept == "count.other"


def _recent_kind(doc: Doc, part: Part) -> str | None:
    """The weapon last named before this sentence, at most three sentences back."""
    n = part.n
    for other in reversed(doc.parts[max(0, n - 3) : n]):
        named = weapons_of(doc, other)
        if named:
            return None if _is_of_group(doc, other, named[-1]) or "history" in other.vetoes else named[-1].kind
    return None


def _is_hit_told_on(doc: Doc, part: Part, number: Number, so_far: list[Found]) -> bool:
    """ "...; seven struck": behind figures of the same line the rest of a tally."""
    after = doc.at[number.j] if number.j < part.j else None
    if after is None or after.concept != "strike.hit" or not so_far:
        return False
    last = so_far[-1].part
    at = doc.at[after.j] if after.j < part.j else None
    is_at_places = at is not None and at.concept in _AT and any(n.i == at.j for n in part.numbers)
    if is_at_places and last.n >= part.n - 2:
        return True  # "32 hits at 13 locations"
    return last.line == part.line and last.n == part.n - 1 and last.has("act.shot_down", "act.merged")


def _bars(doc: Doc, i: int, j: int, *, is_all: bool = False) -> bool:
    """Something between a weapon and a number that keeps them apart; a target does not from "all nine were downed"."""
    bars = ("person", "toll", "count") if is_all else ("person", "toll", "count", "target")
    return any(m.group in bars and not _is_some_place(doc, m) for m in doc.mentions_between(i, j))


def _is_some_place(doc: Doc, m: Mention) -> bool:
    """ "Were downed in several areas, 19 of them in A": where, with no figure of its own."""
    some = doc.at[m.i - 1] if m.concept == "count.other" and m.i > 1 else None
    at = doc.at[some.i - 1] if some is not None and some.concept == "bound.vague" else None
    return at is not None and at.group == "prep"


def is_item(doc: Doc, part: Part) -> bool:
    """An item of a list: begins with a bullet, a dash or the number itself."""
    k = part.i
    while k < part.j and (doc.tokens[k].kind == "p" or ((m := doc.at[k]) is not None and m.group == "mark")):
        k += 1
    return any(
        n.i - k <= 2 and all((m := doc.at[x]) is None or m.group != "person" for x in range(k, n.i))
        and sum(1 for x in range(k, n.i) if doc.at[x] is None and doc.tokens[x].kind == "w") == 0
        for n in part.numbers[:1]
    )  # fmt: skip


def is_of_a_night(part: Part) -> bool:
    """Whether a sentence tells what was done in a night: a company or a purchase in it changes nothing."""
    return part.has("time.night", "time.last_night") and part.has("act.shot_down", "act.merged", "act.launched")


def _weapon_of_denied(doc: Doc, part: Part, number: Number, weapons: list[Weapon]) -> Weapon | None:
    """The noun of "61, and not 64 drones" stands behind the figure that is denied."""
    for other in part.numbers:
        if 0 < other.i - number.j <= 4 and is_denied(doc, part, other):
            return weapon_ahead(doc, part, other, weapons)
    return None
