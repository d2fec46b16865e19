"""The numbers of a sentence, each weighed: whether it counts munitions, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.extract.counts.alone import stands_alone
from monitor.extract.counts.apart import as_one_act, is_gift, is_on_ground, is_set_aside, is_whole_of_a_part
from monitor.extract.counts.bled import is_bled
from monitor.extract.counts.bracketed import Asides, asides_of, is_aside, outside
from monitor.extract.counts.circumstances import place_all
from monitor.extract.counts.counted import is_of_a_night, weapon_for
from monitor.extract.counts.everyone import is_all_downed, is_downed_later
from monitor.extract.counts.former import compared_time, is_compared, is_corrected
from monitor.extract.counts.found import Found
from monitor.extract.counts.idle import (
    came_down,
    is_hit_by,
    is_idle,
    is_marker,
    is_none_of,
    is_of_carriers,
    is_of_debris,
    is_of_figure,
    is_of_model,
    is_of_strikes,
    is_one_of,
    is_one_of_them,
    without_exception,
)
from monitor.extract.counts.loaded import is_cause_of, is_of_loaded_planes
from monitor.extract.counts.measures import (
    act_for,
    done_ahead,
    done_behind,
    measure_of,
)
from monitor.extract.counts.rows import begins_row, ends_row, is_coordinated, is_one_more_done, is_paired
from monitor.extract.counts.said import is_of_attack_with
from monitor.extract.counts.singles import singles_in
from monitor.extract.counts.subsets import is_next_part, is_part_of_another
from monitor.extract.counts.totals import total_of, totals_in_rows
from monitor.extract.counts.unreal import is_of_a_trait, is_undone_ahead, is_undone_behind, is_unreal, rate_beside
from monitor.extract.counts.verbs import DONE
from monitor.extract.text.doc import IN_ORDER, Doc, Number, Part, is_unknown
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import Weapon, is_borne, is_on_watch, weapons_of

__all__ = ["counts_of"]

_FIRED: Final = frozenset(("act.launched", "act.fired"))
_DONE: Final = ("act.launched", "act.shot_down", "act.merged")
_VETOES: Final = frozenset(
    ("recycled", "column", "untrue", "denied", "habit", "drill", "game", "sport", "labour", "trade", "losses",
     "summary", "siren_test", "training", "video", "question", "history", "weather", "readiness", "court")
)  # fmt: skip
_OF: Final = frozenset(("num.of", "prep.of", "prep.from"))
_LOADED: Final = frozenset(("missile", "ballistic"))
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099


@dataclass(slots=True)
class _Case:
    """A number that a weapon stands beside, or is understood with (``is_elliptic``). ``total`` is the whole that it is
    a part of, ``act`` the word that says what became of them, ``measure`` what that is counted as."""

    number: Number
    weapon: Weapon
    is_elliptic: bool
    total: Number | None
    act: Mention | None = None
    measure: str | None = None
    is_former: bool = False
    is_joined: bool = False


def counts_of(doc: Doc, part: Part, so_far: list[Found]) -> list[Found]:
    """What the numbers of a sentence count, in order; ``so_far`` are the figures of the sentences before it."""
    weapons = _weapons(doc, part)
    free = [n for n in part.numbers if n.taken is None and not is_set_aside(doc, part, n)]
    if singles := singles_in(doc, part, weapons, free):
        free = sorted([*free, *singles], key=IN_ORDER)
    free, left_out = without_exception(doc, part, free)
    if not free:
        return []
    out: list[Found] = []
    starts = clause_starts(doc, part)
    skip: set[int] = set()
    rows = totals_in_rows(doc, part, free, weapons)
    is_after_unreal = False
    asides = asides_of(doc, part)
    for n, number in enumerate(free):
        if number.i in skip or is_marker(doc, part, number):
            continue
        after = free[n + 1] if n + 1 < len(free) else None
        case = _case(doc, part, number, rows.get(number.i) or total_of(doc, part, number, after), weapons, so_far, out)
        if case is None or _is_refused(doc, part, case) or _is_bare_article(doc, part, case, free, so_far, out, asides):
            continue
        if number.i > part.i and (before := doc.at[number.i - 1]) is not None and before.concept == "num.except":
            if case.total is not None:  # "all but three of the 40": 40 were launched, how many were downed is not told
                skip.add(case.total.i)
                out.append(_whole(part, case, done_ahead(part, number)))
            continue
        if (is_after_unreal and case.is_elliptic) or _is_of_another_thing(doc, part, case) or _is_year(doc, part, case):
            continue
        case.act = as_one_act(doc, part, act_for(doc, part, number, case.weapon, starts, free, asides))
        if case.total is not None and case.act is not None and case.act.concept in _FIRED and (
            case.act.i > case.total.i):  # fmt: skip
            case.act = done_behind(doc, part, case.act) or done_ahead(part, number) or case.act
        if (veto := is_unreal(doc, part, number, case.act)) is not None:
            is_after_unreal = True
            doc.note(number.i, number.j, f"a number, but {veto}")
            continue
        if _is_of_another_time(doc, part, case):
            continue
        if part.has(*_DONE) and not _is_hit(case) and is_none_of(part, number):
            out.append(Found(number, part, case.weapon, "launched", case.act, False, number.value))
            continue  # "none of the five missiles was shot down": five were launched
        if _is_undone(doc, part, case):
            continue
        _measure(doc, part, case, so_far, outside(asides, out, number))
        if part.has("num.respectively") and _is_of_each(doc, part, number, after):
            number.is_each = True
        if part.has("num.each"):
            stop = min(part.j, number.j + 8) if after is None else min(after.i, number.j + 8)
            number.is_each = number.is_each or any(number.j <= m.i < stop for m in part.of("num.each"))
        if _is_no_tally(doc, part, case, weapons):
            continue
        _add(doc, part, case, out, skip, left_out, so_far)
    place_all(doc, part, out)
    return out


def _weapons(doc: Doc, part: Part) -> list[Weapon]:
    weapons = weapons_of(doc, part)
    if "alert.siren" in part.groups:
        sirens = {m.i for m in part.of("alert.siren")}
        weapons = [w for w in weapons if w.i not in sirens]  # "5,000 runners despite missile alerts"
    return weapons


def _case(
    doc: Doc, part: Part, number: Number, total: Number | None, weapons: list[Weapon],
    so_far: list[Found], out: list[Found],
) -> _Case | None:  # fmt: skip
    """The number with its weapon, or with that of the whole it is a part of; None where it counts none."""
    weapon, is_elliptic = weapon_for(doc, part, number, weapons, so_far, out)
    if total is not None and (weapon is None or is_elliptic):
        behind = weapon
        weapon, is_elliptic = weapon_for(doc, part, total, weapons, so_far, out)
        weapon = weapon or (behind if stands_alone(doc, part, total) else None)
    return None if weapon is None else _Case(number, weapon, is_elliptic, total)


def _is_of_unknown_night(doc: Doc, part: Part, number: Number) -> bool:
    """ "Last year 12 were downed in one night"; not "90, fewer than last week, when 400 came in one night"."""
    return any(
        is_unknown(w)
        and (len(part.whens) == 1 or same_clause(doc, part, w.i, number.i))
        and not any(number.j <= m.i < w.i for m in part.of("num.compared"))
        for w in part.whens
    )


def _is_refused(doc: Doc, part: Part, case: _Case) -> bool:
    """What a sentence of this kind numbers, or this weapon, was not fired; a note says why."""
    number, weapon = case.number, case.weapon
    end = number.j
    why = ""
    if part.is_vetoed(_VETOES) and not _is_told_apart(doc, part, number):
        why = f"a number, but {min(part.vetoes & _VETOES)}"
    elif is_of_a_trait(doc, part) or (weapon.j < part.j and doc.tokens[weapon.j].text == "="):
        why = "a number, but of what it carries, costs or has done so far"
    elif _is_of_unknown_night(doc, part, number):
        why = "a number, but of some night long ago"
    elif is_bled(doc, part, number):
        why = "a tally of equipment lost"
    elif is_gift(doc, part, weapon):
        why = "a number, but for whom"
    elif (rate := rate_beside(doc, part, weapon, number)) is not None:
        why, end = "a number, but a rate", max(rate.j, number.j)
    elif any(0 <= m.i - weapon.j <= 1 for m in part.of("prep.aboard")) and part.has("weapon.carrier", "alert.takeoff"):
        why = "a number, but of what a plane carries"
    elif is_cause_of(doc, part, number, weapon):
        why = "a number, but of what the weapon caused"
    elif weapon.kind in _LOADED and is_of_loaded_planes(part, number):
        why = "a number, but of what planes stand loaded with"
    elif weapon.i >= number.j and is_borne(doc, part, weapon):
        why = "a number, but of what was struck carries"
    if why:
        doc.note(number.i, end, why)
    return bool(why)


def _is_bare_article(
    doc: Doc, part: Part, case: _Case, free: list[Number], so_far: list[Found], out: list[Found], asides: Asides
) -> bool:
    """ "A drone": an article counts one only beside other figures, or alone in a bracket: "(one downed)"."""
    number = case.number
    if case.is_elliptic and is_aside(asides, number):
        return False
    if not number.is_article or not (case.is_elliptic or not is_paired(doc, number, free)):
        return False
    if out and case.is_elliptic and (is_one_more_done(doc, part, number) or begins_row(doc, part, number, out)):
        return False
    return not ends_row(doc, part, number, case.weapon, out or so_far[-1:])


def _is_of_each(doc: Doc, part: Part, number: Number, after: Number | None) -> bool:
    """ "Three in A and B, respectively": three in each, where no other figure stands between."""
    stop = after.i if after is not None else part.j
    told = next((m for m in part.of("num.respectively") if number.j < m.i < stop), None)
    return told is not None and sum(1 for s in part.sites if number.j <= s.i < told.i) > 1


def _is_of_another_thing(doc: Doc, part: Part, case: _Case) -> bool:
    """Blows, models, debris, carriers, one of several: numbers that count no munition of their own."""
    number = case.number
    if part.has("strike.attack") and is_of_strikes(doc, part, number, case.weapon):
        return True
    if is_of_model(doc, part, number) or is_of_debris(doc, part, number) or is_on_watch(part):
        return True
    if not case.is_elliptic:
        is_behind = case.weapon.j <= number.i and number.is_word  # "with drones one of the stations"
        return is_behind and number.value == 1 and is_one_of(doc, part, number)
    if (
        is_hit_by(doc, part, number)
        or is_idle(doc, part, number)
        or (number.value == 1 and is_one_of(doc, part, number))
    ):
        return True
    return is_of_figure(doc, number) or is_of_carriers(doc, part, number)


def _is_year(doc: Doc, part: Part, case: _Case) -> bool:
    number = case.number
    if number.is_word or number.i + 1 != number.j or not _FIRST_YEAR <= number.value <= _LAST_YEAR:
        return False
    before = doc.at[number.i - 1] if number.i > part.i else None
    is_in = case.weapon.i > number.j and before is not None and before.concept in ("prep.at", "time.since")
    is_in = is_in or (case.weapon.j < number.i and doc.tokens[number.i - 1].kind == "w")  # "1,000 drones by 2028"
    if case.is_elliptic or is_in:
        doc.note(number.i, number.j, "a number, but a year")
        return True
    return False


def _is_of_another_time(doc: Doc, part: Part, case: _Case) -> bool:
    """A figure that the text corrects is kept, as such: what is told behind it takes its words."""
    number = case.number
    case.is_former = is_corrected(doc, part, number)
    if not case.is_former and not (is_compared(doc, part, number) and compared_time(part, number) is None):
        return False
    doc.note(number.i, number.j, "a number, but of an earlier text or time")
    return not case.is_former


def _is_hit(case: _Case) -> bool:
    return case.act is not None and case.act.concept in ("act.hit", "strike.hit")


def _is_undone(doc: Doc, part: Part, case: _Case) -> bool:
    number, act = case.number, case.act
    why = ""
    if _is_hit(case) and is_none_of(part, number):
        why = "a number, but none of them"
    else:
        is_own = act is not None and (act.i > number.i or not case.is_elliptic)
        if is_undone_ahead(doc, part, number) or (not is_own and is_undone_behind(doc, part, number)):
            why = "a number, but of what was not done"
    if why:
        doc.note(number.i, number.j, why)
    return bool(why)


def _measure(doc: Doc, part: Part, case: _Case, so_far: list[Found], out: list[Found]) -> None:
    """What the number is counted as: like the one it is joined to by "and", or by its own word."""
    number, act = case.number, case.act
    is_joined = (
        bool(out) and is_coordinated(doc, out[-1], number) and not _is_told_anew(out, case.weapon, case.is_elliptic)
    )
    case.is_joined = is_joined and not (act is not None and act.i == number.j)  # "40 were downed and three hit"
    if case.is_joined and act is not None and act.concept in DONE and act.j <= out[-1].number.i and (
        out[-1].measure == "launched"):  # fmt: skip
        case.is_joined = False  # "downed all but four of the 96 drones and six of the eight missiles"
    if case.is_joined:
        case.measure, case.act = out[-1].measure, out[-1].act
    else:
        case.measure, case.act = measure_of(doc, part, number, act, case.is_elliptic, so_far, out)
    if case.measure == "lost" and is_all_downed(part, number):
        case.measure = "shot_down"


def _is_no_tally(doc: Doc, part: Part, case: _Case, weapons: list[Weapon]) -> bool:
    """Whether the number, with the measure it has, tells nothing that is counted."""
    number, act, measure = case.number, case.act, case.measure
    if part.has("person.soldiers") and (measure == "lost" or (act is None and part.has("act.lost", "act.bled"))):
        doc.note(number.i, number.j, "a tally of equipment lost")
        return True
    if measure is None or (measure == "hit" and case.weapon.kind == "mixed"):
        return True
    is_loose = act is None or not same_clause(doc, part, act.i, number.i)
    if came_down(doc, part, case.number, case.weapon, act, measure, is_loose=is_loose):
        return True
    if (measure == "shot_down" or (measure == "present" and act is None)) and is_on_ground(doc, part, number, act):
        doc.note(number.i, number.j, "destroyed on the ground")
        return True
    if case.is_elliptic and is_one_of_them(doc, part, number, measure):
        return True
    # "each night 80 drones fly over", "of the wounded two remain in a grave state"
    return measure == "present" and (
        part.has("num.rate") or (case.is_elliptic and part.has("toll") and not weapons))  # fmt: skip


def _add(
    doc: Doc, part: Part, case: _Case, out: list[Found], skip: set[int], left_out: int, so_far: list[Found]
) -> None:
    """The figure, before it the whole it is a part of, or what its own words say besides: "all 40 were shot down"."""
    number, measure, act = case.number, str(case.measure), case.act
    if case.is_elliptic and number.is_all and any(o.measure == measure and o.value == number.value for o in out):
        if all(o.measure != "launched" for o in out):  # "two drones flew to A, both were shot down"
            out.append(Found(out[-1].number, part, out[-1].weapon, "launched", act, False, number.value))
        return
    of = doc.at[number.i - 1] if left_out >= 0 and number.i > part.i else None
    is_all_but = left_out > number.i or (left_out >= 0 and number.is_all) or (of is not None and of.concept in _OF)
    if is_all_but and measure in ("shot_down", "lost"):
        measure = "launched"  # how many of them were downed is not told
    one = Found(number, part, case.weapon, measure, act, case.is_elliptic, number.value)
    one.is_joined = case.is_joined
    one.is_former = case.is_former
    is_next_of_row = bool(out) and out[-1].is_subset and out[-1].measure == measure and (
        case.is_joined or is_next_part(doc, out[-1].number, number))  # fmt: skip
    one.is_subset = is_next_of_row or is_part_of_another(doc, part, number, measure)
    if case.total is not None:
        skip.add(case.total.i)
        whole = _whole(part, case, act)
        if _is_of_both_kinds(case, out):
            whole.weapon = Weapon(case.total.i, case.total.j, "mixed", None)
        whole.part_of_it = one
        out.append(whole)
    elif not is_all_but and measure == "launched" and _is_downed_too(doc, part, case, out):
        out.append(Found(number, part, case.weapon, "shot_down", act, False, number.value))
    elif number.is_all and measure in ("shot_down", "lost") and not number.is_each and not (
        any(o.value == number.value and o.measure == measure for o in so_far)  # "two missiles were downed. Both fell"
    ):  # fmt: skip
        out.append(Found(number, part, case.weapon, "launched", act, False, number.value))
    out.append(one)


def _whole(part: Part, case: _Case, act: Mention | None) -> Found:
    assert case.total is not None
    return Found(case.total, part, case.weapon, "launched", act, False, case.total.value)


def _is_of_both_kinds(case: _Case, out: list[Found]) -> bool:
    """ "368 drones and 38 missiles out of 452 projectiles": the whole of both, where its noun names neither."""
    if case.total is None or not case.is_joined or not out or case.weapon.i > case.total.i:
        return False
    if any(o.part_of_it is not None for o in out):
        return False  # "26 missiles of 30, both Kinzhals and 102 drones of 120": each kind has its own
    return out[-1].weapon.kind != case.weapon.kind and out[-1].value + case.number.value <= case.total.value


def _is_downed_too(doc: Doc, part: Part, case: _Case, out: list[Found]) -> bool:
    """Whether what was launched is told to be shot down, to the last one."""
    number = case.number
    if (number.is_all and part.has("act.shot_down", "act.merged")) or is_all_downed(part, number):
        return True
    if not is_downed_later(doc, part, number, case.weapon, case.act):
        return False
    whole = out[-1].number if case.is_joined else number  # "most of the 47 missiles launched were downed"
    return not is_whole_of_a_part(doc, part, number) and not is_whole_of_a_part(doc, part, whole)


def _is_told_apart(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a purchase or a video is only named beside what was done: in a night's tally, or in a clause of its own
    behind the figure's."""
    names = part.vetoes & _VETOES
    if names == {"trade"} and (is_of_a_night(part) or is_of_attack_with(doc, part, number)):
        return True
    if names == {"history"} and any(w.period in ("war", "year") for w in part.whens):
        return True  # a total of the war, told on its anniversary
    if not names <= {"trade", "video", "habit"}:
        return False
    others = part.of("veto.trade", "veto.video", "veto.habit")  # "640 in a week, an average of 91 a day"
    aside = [m for m in others if m.i > number.j]
    is_done = any(m.i < number.i and same_clause(doc, part, m.i, number.i) for m in part.of(*_DONE))
    return is_done and len(aside) == len(others) > 0 and not same_clause(doc, part, number.i, aside[0].i)


def _is_told_anew(out: list[Found], weapon: Weapon, is_elliptic: bool) -> bool:
    """ "524 drones and 22 missiles, 503 drones and four missiles were downed": the first kind again begins a clause."""
    if is_elliptic or len(out) < 2 or not out[-1].is_joined:
        return False
    return out[-1].weapon.kind != weapon.kind and out[-2].weapon.kind == weapon.kind
