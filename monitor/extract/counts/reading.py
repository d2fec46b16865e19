"""Counts: how many munitions were launched, shot down, lost, left, seen. Nothing else that can be numbered."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.again import take_side_before
from monitor.extract.counts.apart import is_gift, is_merged, is_on_ground, is_set_aside, is_whole_of_a_part
from monitor.extract.counts.attackers import attacker_of, side_against, told_attacker
from monitor.extract.counts.bled import is_bled
from monitor.extract.counts.circumstances import place_all
from monitor.extract.counts.counted import is_of_a_night, stands_alone, weapon_for
from monitor.extract.counts.everyone import all_downed
from monitor.extract.counts.former import compared_time, is_compared, is_corrected, long_before
from monitor.extract.counts.found import Found
from monitor.extract.counts.idle import (
    is_idle,
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
from monitor.extract.counts.measures import (
    act_for,
    done_behind,
    measure_of,
)
from monitor.extract.counts.rows import ends_row, is_coordinated, is_paired
from monitor.extract.counts.singles import downed_behind, is_one_downed
from monitor.extract.counts.subsets import is_subset_of_another
from monitor.extract.counts.sums import take_measure_of_sum
from monitor.extract.counts.totals import total_of, totals_in_rows
from monitor.extract.counts.unreal import is_undone_ahead, is_undone_behind, is_unreal
from monitor.extract.counts.when import time_of
from monitor.extract.counts.whereabouts import places_for
from monitor.extract.counts.withholding import withheld_in
from monitor.extract.text.doc import IN_ORDER, LONG, Doc, Number, Part
from monitor.extract.twins import NEAR, each_once
from monitor.extract.vetoes import clause_starts, same_clause
from monitor.extract.words.mentions import Mention
from monitor.extract.words.weapons import REPORTED, Weapon, weapons_of
from monitor.model import CountReport, Evidence

__all__ = [
    "read_counts",
]

_QUOTES: Final = frozenset('\u00bb\u201d\u201c"')
_DONE: Final = ("act.launched", "act.shot_down", "act.merged")
_VETOES: Final = frozenset(
    (
        "recycled",
        "untrue",
        "denied",
        "habit",
        "drill",
        "game",
        "sport",
        "labour",
        "trade",
        "losses",
        "summary",
        "siren_test",
        "training",
        "video",
        "question",
        "history",
        "weather",
        "readiness",
        "court",
    )
)


def read_counts(doc: Doc) -> list[CountReport]:
    """All count reports of a text, in order, no figure twice."""
    found: list[Found] = []
    for part in doc.parts:
        if not part.numbers and not part.has("side", "act.shot_down", "num.all"):
            continue
        found += _counts_of(doc, part, found)
        if found and part.has("num.all"):
            found += all_downed(doc, part, found)
    take_measure_of_sum(found)
    reports: list[CountReport] = []
    before: Found | None = None
    for one in found:
        one.told_by = claimant_of(doc, one.part, one.number.i)
        one.attacker = attacker_of(doc, one, one.told_by[1], before)
        before = one
    _take_side_of_rows(found)
    take_side_before(doc, found)
    for n, one in enumerate(found):
        if one.is_former:
            continue
        reports += _report(doc, one, found[max(0, n - NEAR) : n + NEAR])
    for part in doc.parts:
        if "act.withheld" in part.groups:
            reports += withheld_in(doc, part)
    return each_once(reports)


def _take_side_of_rows(found: list[Found]) -> None:
    """ "90 drones downed, 28 of them over the region of A": the whole was downed on the side where its part was."""
    for n, one in enumerate(found):
        if one.places or one.measure not in ("shot_down", "lost", "suppressed"):
            continue
        rows = [o for o in found[n + 1 : n + NEAR] if o.is_subset and o.measure == one.measure and o.places]
        if rows and rows[0].part is one.part:
            one.attacker = rows[0].attacker


def _counts_of(doc: Doc, part: Part, so_far: list[Found]) -> list[Found]:
    free = [n for n in part.numbers if n.taken is None and not is_set_aside(doc, part, n)]
    weapons = weapons_of(doc, part)
    if "alert.siren" in part.groups:
        sirens = {m.i for m in part.of("alert.siren")}
        weapons = [w for w in weapons if w.i not in sirens]  # "5,000 runners despite missile alerts"
    if singles := _singles(doc, part, weapons, free):
        free = sorted([*free, *singles], key=IN_ORDER)
    free, is_all_but = without_exception(doc, part, free)
    if not free:
        return []
    out: list[Found] = []
    starts = clause_starts(doc, part)
    skip: set[int] = set()
    rows = totals_in_rows(doc, part, free, weapons)
    unreal = False
    for n, number in enumerate(free):
        if number.i in skip or _is_marker(doc, part, number):
            continue
        after = free[n + 1] if n + 1 < len(free) else None
        weapon, is_elliptic = weapon_for(doc, part, number, weapons, so_far, out)
        total = rows.get(number.i) or total_of(doc, part, number, after)
        if total is not None and (weapon is None or is_elliptic):
            behind = weapon
            weapon, is_elliptic = weapon_for(doc, part, total, weapons, so_far, out)
            weapon = weapon or (behind if stands_alone(doc, part, total) else None)
        if weapon is None:
            continue
        if part.is_vetoed(_VETOES) and not _is_told_apart(doc, part, number):
            doc.note(number.i, number.j, f"a number, but {min(part.vetoes & _VETOES)}")
            continue
        if part.has("veto.trait") or (weapon.j < part.j and doc.tokens[weapon.j].text == "="):
            doc.note(number.i, number.j, "a number, but of what it carries, costs or has done so far")
            continue
        if is_bled(doc, part, number):
            doc.note(number.i, number.j, "a tally of equipment lost")
            continue
        if is_gift(doc, part, weapon):
            doc.note(number.i, number.j, "a number, but for whom")
            continue
        if (rate := _rate_behind(doc, part, weapon, number)) is not None:
            doc.note(number.i, rate.j, "a number, but a rate")
            continue
        if number.is_article and (is_elliptic or not is_paired(doc, number, free)) and (
            not ends_row(doc, part, number, weapon, out)):  # fmt: skip
            continue
        before = doc.at[number.i - 1] if number.i > part.i else None
        if before is not None and before.concept == "num.except":
            if (
                total is not None
            ):  # "all but three of the 40": the 40 were launched, how many were shot down is not told
                skip.add(total.i)
                out.append(Found(total, part, weapon, "launched", None, False, total.value))
            continue
        if part.has("strike.attack") and is_of_strikes(doc, part, number, weapon):
            continue
        if is_of_model(doc, part, number) or (is_elliptic and is_idle(doc, part, number)) or (
            is_of_debris(doc, part, number)):  # fmt: skip
            continue
        if is_elliptic and (unreal or (number.value == 1 and is_one_of(doc, part, number))):
            continue
        if is_elliptic and (is_of_figure(doc, number) or is_of_carriers(doc, part, number)):
            continue
        is_year = not number.is_word and number.i + 1 == number.j and 1900 <= number.value <= 2099
        in_year = is_year and weapon.i > number.j and before is not None and before.concept in ("prep.at", "time.since")
        if is_year and (is_elliptic or in_year):
            doc.note(number.i, number.j, "a number, but a year")
            continue
        act = act_for(doc, part, number, weapon, starts, free)
        if total is not None and act is not None and act.concept == "act.launched" and act.i > total.i:
            act = done_behind(doc, part, act) or act
        if (veto := is_unreal(doc, part, number, act)) is not None:
            unreal = True
            doc.note(number.i, number.j, f"a number, but {veto}")
            continue
        is_former = is_corrected(doc, part, number)
        if is_former or (is_compared(doc, part, number) and compared_time(part, number) is None):
            doc.note(number.i, number.j, "a number, but of an earlier text or time")
            if not is_former:
                continue
        if act is not None and act.concept in ("act.hit", "strike.hit") and is_none_of(doc, part, number):
            doc.note(number.i, number.j, "a number, but none of them")
            continue
        is_own = act is not None and (act.i > number.i or not is_elliptic)
        if is_undone_ahead(doc, part, number) or (not is_own and is_undone_behind(doc, part, number)):
            doc.note(number.i, number.j, "a number, but of what was not done")
            continue
        is_joined = bool(out) and is_coordinated(doc, out[-1], number) and not _is_told_anew(out, weapon, is_elliptic)
        is_joined = is_joined and not (act is not None and act.i == number.j)  # "40 were downed and three hit"
        measure, act = _told(out[-1]) if is_joined else measure_of(doc, part, number, act, is_elliptic, so_far, out)
        if measure == "lost" and _is_all_downed(part, number):
            measure = "shot_down"
        if part.has("person.soldiers") and (measure == "lost" or (act is None and part.has("act.lost", "act.bled"))):
            doc.note(number.i, number.j, "a tally of equipment lost")
            continue
        if part.has("num.each"):
            stop = min(part.j, number.j + 8) if after is None else min(after.i, number.j + 8)
            number.is_each = number.is_each or any(number.j <= m.i < stop for m in part.of("num.each"))
        if measure is None or (measure == "hit" and weapon.kind == "mixed"):
            continue
        is_loose = act is None or not same_clause(doc, part, act.i, number.i)
        if is_loose and number.value == 1 and measure != "hit" and part.has("strike.fell"):
            continue  # "one fell into a river"
        if measure == "shot_down" and is_on_ground(doc, part, act):
            doc.note(number.i, number.j, "destroyed on the ground")
            continue
        if is_elliptic and is_one_of_them(doc, part, number, measure):
            continue
        if measure == "present" and (part.has("num.rate") or (is_elliptic and part.has("toll") and not weapons)):
            continue  # "each night 80 drones fly over", "of the wounded two remain in a grave state"
        if is_elliptic and number.is_all and any(o.measure == measure and o.value == number.value for o in out):
            if all(o.measure != "launched" for o in out):  # "two drones flew to A, both were shot down"
                out.append(Found(out[-1].number, part, out[-1].weapon, "launched", act, False, number.value))
            continue
        one = Found(number, part, weapon, measure, act, is_elliptic, number.value)
        one.is_joined = is_joined
        one.is_former = is_former
        one.is_subset = is_subset_of_another(doc, part, number)
        if total is not None:
            skip.add(total.i)
            whole = Found(total, part, weapon, "launched", act, False, total.value)
            whole.part_of_it = one
            out.append(whole)
        elif (
            not is_all_but
            and measure == "launched"
            and (
                (number.is_all and part.has("act.shot_down", "act.merged"))
                or _is_all_downed(part, number)
                or (
                    _is_downed_later(doc, part, number, weapon, act)
                    and not (is_joined and is_whole_of_a_part(doc, part, out[-1].number))
                )
            )
        ):
            out.append(Found(number, part, weapon, "shot_down", act, False, number.value))
        elif number.is_all and measure in ("shot_down", "lost") and not number.is_each:
            out.append(Found(number, part, weapon, "launched", act, False, number.value))
        out.append(one)
    place_all(doc, part, out)
    return out


def _is_told_apart(doc: Doc, part: Part, number: Number) -> bool:
    """Whether a purchase or a video is only named beside what was done: in a night's tally, or in a clause of its own
    behind the figure's."""
    names = part.vetoes & _VETOES
    if names == {"trade"} and is_of_a_night(part):
        return True
    if names == {"history"} and any(w.period in ("war", "year") for w in part.whens):
        return True  # a total of the war, told on its anniversary
    if not names <= {"trade", "video", "habit"}:
        return False
    others = part.of("veto.trade", "veto.video", "veto.habit")  # "640 in a week, an average of 91 a day"
    aside = [m for m in others if m.i > number.j]
    is_done = any(m.i < number.i and same_clause(doc, part, m.i, number.i) for m in part.of(*_DONE))
    return is_done and len(aside) == len(others) > 0 and not same_clause(doc, part, number.i, aside[0].i)


def _is_marker(doc: Doc, part: Part, number: Number) -> bool:
    """ "1) three to A": the number of an item of a list."""
    is_first = number.i == doc.lines[part.line][0] and number.j < part.j
    return is_first and not number.is_word and doc.tokens[number.j].text == ")"


def _singles(doc: Doc, part: Part, weapons: list[Weapon], numbers: list[Number]) -> list[Number]:
    """A weapon in the singular counts one where the sentence tells a tally: "the Ukrainian drone was destroyed",
    "attacked with an Iskander-M missile and 133 drones". Elsewhere a noun alone is no number."""
    forms = doc.lexicon.settings.get("singulars", ())
    if not forms or not part.has("act", "strike.attack"):
        return []
    out = []
    for n, weapon in enumerate(weapons):
        verb = downed_behind(doc, part, weapon)
        if verb is None and not any(doc.tokens[k].f in forms for k in range(max(part.i, weapon.i - 1), weapon.j)):
            continue
        if any(number.i < weapon.i and weapon.i - number.j <= 3 and not _is_of_a_target(doc, number, weapon)
               for number in numbers):  # fmt: skip
            continue
        before = doc.mentions_between(max(part.i, weapon.i - 3), weapon.i)
        if any((m.group in ("num", "bound", "veto") and m.concept != "num.of") or m.concept == "count.other"
               for m in before):  # fmt: skip
            continue
        is_downed = verb is not None or is_one_downed(doc, part, weapon, before)
        is_listed = bool(weapon.model) and any(w.kind != weapon.kind for w in weapons[n + 1 :]) and any(
            number.i > weapon.j and not number.is_article for number in numbers
        )  # fmt: skip
        if is_downed or (is_listed and part.has("strike.attack", "act.launched")):
            out.append(Number(weapon.i, weapon.i, 1))
    return out


def _is_told_anew(out: list[Found], weapon: Weapon, is_elliptic: bool) -> bool:
    """ "524 drones and 22 missiles, 503 drones and four missiles were downed": the first kind again begins a clause."""
    if is_elliptic or len(out) < 2 or not out[-1].is_joined:
        return False
    return out[-1].weapon.kind != weapon.kind and out[-2].weapon.kind == weapon.kind


def _rate_behind(doc: Doc, part: Part, weapon: Weapon, number: Number) -> Mention | None:
    """ "4,000 drones a month": what is usual, not what was done."""
    k = weapon.j
    while part.i < k < part.j and doc.tokens[k].text in _QUOTES:
        k += 1
    after = doc.at[k] if part.i < k < part.j else None
    is_rate = after is not None and (
        after.concept == "num.rate" or (after.concept == "time.daytime" and number.bound == "at_most"))  # fmt: skip
    return after if is_rate else None  # "up to 85 drones in the day"


def _is_of_a_target(doc: Doc, number: Number, weapon: Weapon) -> bool:
    """ "Over one of the plants a drone was shot down": the number is the plant's."""
    return any(m.group == "target" for m in doc.mentions_between(number.j, weapon.i))


def _told(found: Found) -> tuple[str | None, Mention | None]:
    return found.measure, found.act


def _is_all_downed(part: Part, number: Number) -> bool:
    """ "The 14 drones launched have all been shot down": the same number was shot down."""
    alls = [m for m in part.of("num.all") if m.i > number.j]
    return any(0 <= d.i - a.j <= 3 for a in alls for d in part.of("act.shot_down", "act.merged"))


def _is_downed_later(doc: Doc, part: Part, number: Number, weapon: Weapon, act: Mention | None) -> bool:
    """ "The 12 drones launched at A were shot down": a participle, and the verb that says what became of them."""
    if act is None or act.concept != "act.launched" or not number.j <= weapon.i < weapon.j <= act.i <= weapon.j + 1:
        return False
    for m in part.of("act.shot_down", "act.merged"):
        verb = doc.at[m.i - 1]
        if m.i > act.j and verb is not None and verb.group == "verb" and same_clause(doc, part, number.i, m.i):
            return not any(number.i < n.i < m.i for n in part.numbers)
    return False


def _report(doc: Doc, one: Found, found: list[Found]) -> list[CountReport]:
    number, part = one.number, one.part
    when = time_of(doc, one, found) or long_before(one, found)
    period = when.period if when is not None else None
    if (one.measure == "present" and (when is None or when.period in (None, "day"))) or (
        one.act is not None and one.act.concept == "act.launch_noun" and period is None
    ):
        period = "instant"
    limit = 1_000_000 if period in LONG else 15_000
    if not 0 <= one.value <= limit or (number.value_max or 0) > limit:
        doc.note(number.i, number.j, "out of range for its period")
        return []
    if one.value == 0:
        return []
    claimant = one.told_by[0]
    attacker = one.attacker or told_attacker(doc, one, found)
    one.attacker = attacker
    places = places_for(doc, one, found)
    attacker = attacker or side_against(doc, places)
    low, high = part.i, part.j
    start, end = doc.span(low, high)
    evidence = Evidence(
        doc.source.raw[start:end], (start, end), one.act.concept if one.act else f"weapon.{one.weapon.kind}",
        0.75 if one.is_elliptic else 0.9, when.moment if when else None,
    )  # fmt: skip
    kind = REPORTED.get(one.weapon.kind, one.weapon.kind)
    date = when.date if when is not None else (doc.local.date().isoformat() if doc.local else None)
    bound = number.bound if number.value_max is None else None
    vocabulary = "merged-2025" if one.act is not None and one.measure == "shot_down" and (
        one.act.concept == "act.merged" or is_merged(doc, part)) else None  # fmt: skip
    report = CountReport(
        kind, one.measure, one.value, evidence, one.weapon.model or None, number.value_max, bound,  # type: ignore[arg-type]
        "launched" if one.is_subset and one.measure == "launched" else one.measure if one.is_subset else None,
        places, attacker, period, date, claimant, vocabulary, bool(when and when.is_retro),  # type: ignore[arg-type]
    )  # fmt: skip
    if number.is_each and len(places) > 1:
        return [replace(report, places=(place,)) for place in places]
    return [report]
