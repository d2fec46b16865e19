"""Counts: how many munitions were launched, shot down, lost, left, seen. Nothing else that can be numbered."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from monitor.extract.claims import claimant_of
from monitor.extract.counts.again import take_side_before
from monitor.extract.counts.apart import is_merged
from monitor.extract.counts.attackers import attacker_of, told_attacker
from monitor.extract.counts.everyone import may_be_all, with_all_downed
from monitor.extract.counts.flights import is_course
from monitor.extract.counts.former import long_before
from monitor.extract.counts.found import Found
from monitor.extract.counts.parts import parts_before
from monitor.extract.counts.ratios import legend_of, of_legend
from monitor.extract.counts.sides import side_against, side_that_says
from monitor.extract.counts.sums import take_measure_of_sum
from monitor.extract.counts.weighing import counts_of
from monitor.extract.counts.when import time_of
from monitor.extract.counts.whereabouts import places_for
from monitor.extract.counts.withholding import withheld_in
from monitor.extract.places.units import country_of, ref
from monitor.extract.text.doc import LONG, Doc
from monitor.extract.twins import NEAR, each_once
from monitor.extract.vetoes import is_before_court
from monitor.extract.words.weapons import REPORTED
from monitor.model import CountReport, Evidence, PlaceRef

__all__ = [
    "read_counts",
]

_MANY: Final = 50
"""More launches than are told of at once."""
_LANDS: Final = {"UA": "Ukraine", "RU": "Russia"}


def read_counts(doc: Doc) -> list[CountReport]:
    """All count reports of a text, in order, no figure twice."""
    found: list[Found] = []
    legend = legend_of(doc)
    for part in doc.parts:
        if legend is not None and len(part.numbers) > 1 and (row := of_legend(doc, part, legend)):
            found += row
            continue
        if not part.numbers and not part.has("side", "act.shot_down", "act.suppressed", "num.all"):
            continue
        new = counts_of(doc, part, found)
        if new and part.n and part.has("num.total"):
            new = parts_before(doc, new, found) + new
        found += new
        if not new and may_be_all(doc, part, found):
            found = with_all_downed(doc, part, found)
    take_measure_of_sum(found)
    reports: list[CountReport] = []
    before: Found | None = None
    for one in found:
        says = side_that_says(doc, one.part)
        one.told_by = (_LANDS[says], says, None) if says else claimant_of(doc, one.part, one.number.i)
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


def _is_first_of_its_measure(one: Found, found: list[Found]) -> bool:
    """ "45 were launched, 38 of them shot down": a part of those launched, but all that were shot down; drones are no
    part of missiles."""
    kind = one.weapon.kind
    larger = [
        o for o in found[: found.index(one)]
        if o.value >= one.value
        and ("mixed" in (o.weapon.kind, kind) or (o.weapon.kind == "drone") == (kind == "drone"))
    ]  # fmt: skip
    return bool(larger) and all(o.measure != one.measure for o in larger)


def _of_the_attacked(doc: Doc, one: Found, places: tuple[PlaceRef, ...]) -> tuple[PlaceRef, ...]:
    """ "Moscow says it downed 44, while Kyiv counts 49 launched by Russia": what a side shoots down of the other's, it
    shoots down at home."""
    side = one.told_by[1]
    is_downed = one.measure in ("shot_down", "lost", "suppressed")
    if not is_downed or side not in _LANDS or one.attacker not in _LANDS or side == one.attacker:
        return places
    return (ref(doc.lexicon, side),) if [p.id for p in places] == [one.attacker] else places


def _lie_in_other_lands(doc: Doc, places: tuple[PlaceRef, ...]) -> bool:
    """ "Qatar has downed 101 missiles since the war began": not the war that began in 2022."""
    lands = {land for p in places if (land := country_of(doc.lexicon, p.id)) is not None}
    return bool(lands) and lands.isdisjoint(_LANDS)


def _report(doc: Doc, one: Found, found: list[Found]) -> list[CountReport]:
    number, part = one.number, one.part
    when = time_of(doc, one, found) or long_before(one, found)
    if one.measure == "present" and when is not None and is_course(doc, part):
        when = None  # in the air now, whatever night the lines above tell of
    period = when.period if when is not None else None
    is_told_below = when is not None and when.period == "night" and when.i >= part.j  # "4 over A. A quiet night so far"
    if (one.measure == "present" and (when is None or when.period in (None, "day") or is_told_below)) or (
        one.act is not None and one.act.concept == "act.launch_noun" and period is None and one.value <= _MANY
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
    places = _of_the_attacked(doc, one, places_for(doc, one, found))
    if one.measure == "present" and places and not one.places:
        attacker = side_against(doc, places, is_passing=True) or attacker  # told by the heading alone
    attacker = attacker or side_against(doc, places, is_passing=one.measure == "present")
    low, high = part.i, part.j
    start, end = doc.span(low, high)
    evidence = Evidence(
        doc.source.raw[start:end], (start, end), one.act.concept if one.act else f"weapon.{one.weapon.kind}",
        0.75 if one.is_elliptic else 0.9, when.moment if when else None,
    )  # fmt: skip
    kind = REPORTED.get(one.weapon.kind, one.weapon.kind)
    today = doc.local.date().isoformat() if doc.local is not None and not is_before_court(doc, one.part) else None
    date = when.date if when is not None else today
    if period == "war" and _lie_in_other_lands(doc, places):
        date = None
    bound = number.bound if number.value_max is None else None
    vocabulary = "merged-2025" if one.act is not None and one.measure == "shot_down" and (
        one.act.concept == "act.merged" or is_merged(doc, part)) else None  # fmt: skip
    report = CountReport(
        kind, one.measure, one.value, evidence, one.weapon.model or None, number.value_max, bound,  # type: ignore[arg-type]
        one.measure if one.is_subset and not _is_first_of_its_measure(one, found) else None,
        places, attacker, period, date, claimant, vocabulary, bool(when and when.is_retro),  # type: ignore[arg-type]
    )  # fmt: skip
    if number.is_each and len(places) > 1:
        return [replace(report, places=(place,)) for place in places]
    return [report]
