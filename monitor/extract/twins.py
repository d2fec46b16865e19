"""The same figure told twice is one report."""

from __future__ import annotations

from typing import Final

from monitor.model import CountReport

__all__ = [
    "NEAR",
    "each_once",
]

NEAR: Final = 12
_HELD: Final = "UA-43"
_LARGE: Final = 50
"""A figure that two windows in a row hardly share."""
_MANY: Final = 10
"""A figure of so many, told of a country and then of several of its regions, is one figure."""


def each_once(reports: list[CountReport]) -> list[CountReport]:
    """Each figure once; of a general and a narrower statement of the same figure, the narrower."""
    out: list[CountReport] = []
    seen: dict[tuple[str, int | None], list[int]] = {}
    for report in reports:
        same = seen.setdefault((report.measure, report.value), [])
        twin = next((n for n in same[-NEAR:] if _is_twin(report, out[n])), None)
        if twin is None:
            same.append(len(out))
            out.append(report)
        elif (
            (out[twin].weapon in ("missile", "mixed") and report.weapon not in ("missile", "mixed"))
            or (out[twin].period is None and report.period is not None)
            or (out[twin].period in ("day", "hours") and report.period == "night")
        ):
            out[twin] = report
    return out


def _is_list_line(report: CountReport) -> bool:
    """A line that begins with its number: two such lines with one figure are two claims."""
    return report.evidence.quote.lstrip("-\u2013\u2014\u2022 \t\u25aa\u25ab\ufe0f").startswith(str(report.value))


def _is_within(narrow: CountReport, wide: CountReport) -> bool:
    """Whether the one is told of several regions of the country that the other is told of, or of the Crimea."""
    if [p.id for p in narrow.places] == [_HELD] and [p.id for p in wide.places] == ["RU"]:
        return narrow.attacker == wide.attacker == "UA"
    if len(wide.places) != 1 or len(narrow.places) < 2 or wide.places[0].level != "country":
        return False
    if all((place.id or "").startswith(f"{wide.places[0].id}-") for place in narrow.places):
        return True
    is_of_one_side = narrow.attacker is not None and narrow.attacker == wide.attacker
    return is_of_one_side and all(place.level in ("oblast", "city") for place in narrow.places)


def _is_of_that_morning(a: CountReport, b: CountReport) -> bool:
    """ "69 downed overnight", "the ministry said on Sunday that it had downed 69": the day is that of the telling."""
    if (
        {a.period, b.period} != {"night", "day"}
        or a.value is None
        or a.value < _MANY
        or not (a.date_or_period and b.date_or_period)
    ):
        return False
    return a.date_or_period[-10:] == b.date_or_period[-10:]


def _is_of_those_hours(a: CountReport, b: CountReport) -> bool:
    """ "206 downed in twelve hours", and below it from when to when: so many, of the same night."""
    is_large = a.value is not None and a.value >= _LARGE
    return is_large and {a.period, b.period} == {"night", "hours"} and a.attacker == b.attacker


def _is_twin(a: CountReport, b: CountReport) -> bool:
    if (a.measure, a.value, a.value_max) != (b.measure, b.value, b.value_max):
        return False
    same_weapon = (
        a.weapon == b.weapon or {a.weapon, b.weapon} <= {"missile", "ballistic"} or "mixed" in (a.weapon, b.weapon)
    )
    same_places = {p.name for p in a.places} == {p.name for p in b.places}
    if not same_places and a.measure in ("shot_down", "launched") and a.value is not None and a.value >= _MANY:
        same_places = _is_within(a, b) or _is_within(b, a)
    same_model = (
        a.model == b.model
        or a.model is None
        or b.model is None
        or (a.model.startswith(b.model) or b.model.startswith(a.model))
    )  # "Shahed", "Shahed-136"
    if _is_list_line(a) and _is_list_line(b) and a.evidence.span != b.evidence.span:
        return False
    if a.evidence.span == b.evidence.span:
        return (
            same_weapon
            and same_places
            and same_model
            and a.model == b.model
            and a.weapon == b.weapon
            and bool(a.places)
        )
    periods = a.period == b.period or None in (a.period, b.period) or _is_of_that_morning(a, b)
    periods = periods or _is_of_those_hours(a, b)
    return same_weapon and same_places and same_model and periods and a.measure != "present"
