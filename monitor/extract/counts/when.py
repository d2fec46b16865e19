"""When the figures of a count were."""

from __future__ import annotations

from datetime import date
from typing import Final

from monitor.extract.counts.again import in_a_row_of_times
from monitor.extract.counts.around import is_of_another_war
from monitor.extract.counts.former import compared_time, is_compared
from monitor.extract.counts.found import Found
from monitor.extract.counts.said import is_when_said
from monitor.extract.figures.nights import night_when
from monitor.extract.text.doc import LONG, Doc, Number, Part, When, is_yet_to_come
from monitor.extract.vetoes import same_clause

__all__ = ["time_of"]

_AHEAD: Final = 6
_BEHIND: Final = 4
_DAY: Final = 10
"""Letters of a date of one day."""
_OF_MOST: Final = 4
"""Tokens of "in a single", behind "the most"."""
_IN_ONE: Final = 3
"""Tokens from a figure to its night: "six in one"."""
_PARTING: Final = ",;"


def time_of(doc: Doc, one: Found, found: list[Found]) -> When | None:
    """The time of the count's own clause, else of its sentence, else the one carried along the text."""
    own = [w for w in one.part.whens if not w.is_rare or _is_behind_rare(doc, one, w)]
    own = [w for w in own if not is_yet_to_come(doc, w)]
    if len(own) == 1 and _is_of_subset_behind(doc, one, own[0]):
        return None
    if own and is_compared(doc, one.part, one.number) and (other := compared_time(one.part, one.number)) is not None:
        return other
    if len(own) > 1 and (mine := in_a_row_of_times(doc, one, found)) is not None:
        return mine
    if len(own) > 1:
        own = [w for w in own if not is_when_said(doc, one.part, w)] or own
    if own and one.part.has("time.superlative", "num.most") and (record := _of_record(doc, one.part, own)) is not None:
        return record
    if own:
        own = [w for w in own if not _is_of_comparison(doc, one.part, w) and not _is_of_order(one.part, w)] or own
        if len(own) > 1:
            own = [w for w in own if not _is_of_the_next(doc, one, w)] or own
        near = own if len(own) == 1 else _nearest_first(own, one.number)
        long = _long_around(doc, one.part, own)
        if long is not None and any(_is_some_night(doc, w) for w in own):
            return long
        if near[0].period in LONG or near[0].period is None or all(w.period in LONG for w in own):
            return near[0]
        if near[0].is_retro and near[0].period != "night" and 0 <= one.number.i - near[0].j <= _BEHIND:
            return near[0]  # "the most since September 7, when 810 were used"
        if (by_day := _own_day(one, own, found)) is not None:
            return by_day
        windows = [w for w in own if w.is_window and w.period == "night"] or [w for w in own if w.period == "night"]
        if windows and not any(w.is_window and w.period != "night" for w in own):
            return windows[0]
        return near[0]
    when = one.part.when
    if when is not None and is_yet_to_come(doc, when):
        return None
    if when is not None and when.period in LONG and one.measure == "hit" and one.places:
        return None  # "... last week. Six drones hit A": a figure of one place is not of the time told before
    if when is not None and not doc.lines[one.part.line][0] <= when.i < one.part.j and is_of_another_war(doc, one.part):
        return None
    return when


def _is_of_subset_behind(doc: Doc, one: Found, when: When) -> bool:
    """ "He downed 40, six of them in one night", "300, 40 of them overnight": the night of the six."""
    if when.period != "night" or when.i < one.number.j:
        return False
    some = next((n for n in reversed(one.part.numbers) if n.j <= when.i and not n.is_article), None)
    if some is not None and some.j == when.i and doc.at[some.i] is not None and some.value == 1:
        some = next((n for n in reversed(one.part.numbers) if n.j <= some.i), None)  # "six in one night"
    if some is None or some.i <= one.number.i or some.value >= one.value:
        return False
    subset = next(
        (m for m in one.part.of("num.subset")
         if one.number.j <= m.i and m.j <= when.i and (m.i == some.j or 0 <= some.i - m.j <= _IN_ONE)),
        None,
    )  # fmt: skip
    if subset is None:
        return False
    start = max(some.j, subset.j)
    return when.i - start <= _IN_ONE and not any(m.group == "place" for m in doc.mentions_between(start, when.i))


def _own_day(one: Found, own: list[When], found: list[Found]) -> When | None:
    """ "426 drones overnight, then 556 during the day": the day right behind a figure, where the night is that of the
    figure before or behind."""
    night = next((w for w in own if w.period == "night"), None)
    if night is None or len(own) < 2:
        return None
    figures = [f.number for f in found if f.part is one.part]
    stop = min((n.i for n in figures if n.i > one.number.i), default=one.part.j)
    is_of_another = night.i >= stop or (night.j <= one.number.i and any(n.j <= night.i for n in figures))
    if not is_of_another:
        return None
    behind = next((w for w in own if one.number.j <= w.i < stop and w.period in ("day", "hours")), None)
    window = next((w for w in own if w.is_window and night.j <= w.i and w.j <= one.number.i), None)
    is_of_it = behind is None and window is not None and window.period == "hours"
    return window if is_of_it else behind  # "...; 541 of those were downed"


def _is_behind_rare(doc: Doc, one: Found, rare: When) -> bool:
    """ "The largest since 7 September (810 drones and 13 missiles): 500 hit A": 810 and 13, not 500, were of that
    day."""
    behind = [n for n in one.part.numbers if n.i >= rare.j]
    if not behind or one.number.i < rare.j:
        return False
    return one.number is behind[0] or same_clause(doc, one.part, behind[0].i, one.number.i)


def _of_record(doc: Doc, part: Part, own: list[When]) -> When | None:
    """ "5,660 in November. The most in a night were 653, on the 18th": that night, not the one that has just passed."""
    night = next((w for w in own if w.period == "night"), None)
    if night is None or any(doc.tokens[k].kind == "n" for k in range(night.i, night.j)):
        return None
    if night.date is not None and doc.local is not None and night.date[-_DAY:] != doc.local.date().isoformat():
        return None  # "the worst was the night to 21 November": it has a date of its own
    if not any(0 <= night.i - m.j <= _OF_MOST or m.i <= night.i < m.j for m in part.of("time.superlative", "num.most")):
        return None  # "430 overnight, the most since 5 October"
    day = next((w for w in own if w.period == "day" and w.date and len(w.date) == _DAY), None)
    if day is not None and day.date is not None:
        return night_when(date.fromisoformat(day.date), day.i, day.j, doc.zone, retro=day.is_retro)
    return _long_around(doc, part, own)


def _long_around(doc: Doc, part: Part, own: list[When]) -> When | None:
    """The month or the week that a sentence, or the one before it in its line, tells of."""
    long = next((w for w in own if w.period in LONG), None)
    before = doc.parts[part.n - 1] if long is None and part.n else None
    if before is not None and before.line == part.line:
        long = next((w for w in before.whens if w.period in LONG), None)
    return long


def _is_some_night(doc: Doc, when: When) -> bool:
    """ "810 in a single night", "171 a night": the bare word, that says of no night which it was."""
    m, before = doc.at[when.i], doc.at[when.i - 1] if when.i else None
    if before is not None and before.group == "weekday":
        return False  # "Tuesday night"
    return when.period == "night" and m is not None and m.concept == "time.night_of" and when.j - when.i <= m.j - m.i


def _is_of_the_next(doc: Doc, one: Found, when: When) -> bool:
    """ "In a week 1,600 drones and 70 missiles, and overnight another 45": a time behind a comma, right before the next
    figure."""
    later = [n.i for n in one.part.numbers if n.i > one.number.i and not n.is_article]
    if later and when.i >= later[0]:  # "1,600 in a week and 70 missiles, and 45 drones last night"
        return any(w.i < one.number.i and w.period in LONG for w in one.part.whens)
    if not later or not one.number.j <= when.i < later[0] or later[0] - when.j > _AHEAD:
        return False
    if any(doc.tokens[k].text in _PARTING for k in range(when.j, later[0])):
        return False
    joint = doc.mentions_between(one.number.j, when.i)
    return any(doc.tokens[k].text in _PARTING for k in range(one.number.j, when.i)) or any(
        m.concept == "conj.but" for m in joint
    )


def _is_of_order(part: Part, when: When) -> bool:
    """ "The first raid in a month": how rare it was, not how long it lasted."""
    halves = {m.i for m in part.of("num.half")}  # "in the first half of May"
    return when.period in LONG and any(0 <= when.i - m.j <= 3 and m.j not in halves for m in part.of("num.first"))


def _nearest_first(whens: list[When], number: Number) -> list[When]:
    """By the tokens between; of two as near the one behind, as in "80 overnight after firing 4,000 in April"."""
    return sorted(whens, key=lambda w: (max(w.i - number.j, number.i - w.j), w.i < number.i))


def _is_of_comparison(doc: Doc, part: Part, when: When) -> bool:
    """Whether a time belongs to a figure that something is compared with."""
    before = doc.at[when.i - 1] if when.i > part.i else None
    here = doc.at[when.i]
    if any(m is not None and m.concept == "num.compared" for m in (before, here)):
        return True  # "fewer than in March"
    return any(
        n.j <= when.i and is_compared(doc, part, n) and compared_time(part, n) is when
        for n in part.numbers
    )  # fmt: skip
