"""Nights and days of which nobody knows when they were: one that somebody remembers, one of a time long ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from monitor.extract.text.doc import LONG, OF_A_DAY, Doc, Part, When, is_below_blank, some_time

__all__ = ["forget_nights_that_nobody_told", "leave_in_their_time"]

_DAY: Final = 10
"""Letters of a date of one day."""
_OVER: Final = 31
"""Days since the end of a month or a year that is long over."""
_EVENTS: Final = frozenset(("strike", "toll", "act", "weapon", "model"))
_OWN: Final = frozenset(
    ("weekday", "month", "time.today", "time.day", "time.yesterday", "time.last_night", "time.now", "time.past_day",
     "time.before_yesterday", "time.day_before", "time.since", "time.as_of", "time.last_week", "time.week",
     "time.same_period", "time.last", "num.total", "alert")
)  # fmt: skip
"""What says of a sentence that it has a time, or a period, of its own."""
_NIGHTS: Final = frozenset(("time.night", "time.night_of"))


def forget_nights_that_nobody_told(doc: Doc) -> None:
    """ "That night 20 drones flew over us", where no day or night is told before: nobody knows which it was."""
    for part in doc.parts:
        _forget_some_evening(doc, part)
    for part in doc.parts:
        that = part.of("time.that")
        if that and not any(w.i < that[0].i for w in part.whens):
            part.whens = [some_time(w.i, w.j) if w.period == "night" and w.i == that[0].i else w for w in part.whens]
        if part.whens:
            return


def _forget_some_evening(doc: Doc, part: Part) -> None:
    """ "One night we downed 18", "in one evening": some time that somebody remembers, where no day is named; "in one
    night 500 were launched" may be the last one."""
    if part.has("strike", "toll"):
        return  # "twelve attacks in one morning"
    if "num.1" not in part.groups or len(part.whens) != 1 or part.whens[0].period not in ("night", "day"):
        return
    when = part.whens[0]
    one = doc.at[when.i - 1] if when.i > part.i else None
    m = doc.at[when.i]
    if one is None or one.concept != "num.1" or m is None or m.group != "time":
        return
    is_first = m.j < part.j and m.j - m.i == 1 and all(doc.tokens[k].is_quote for k in range(part.i, one.i))
    if is_first:
        behind, token = doc.at[m.j], doc.tokens[m.j]
        is_led = behind is not None and behind.group in ("prep", "num")  # "one night of bombing", "one night in A"
        is_first = not is_led and (token.kind == "w" or token.text == ",")
    if m.concept in ("time.evening", "time.morning") or (is_first and m.concept in _NIGHTS):
        part.whens = [some_time(when.i, when.j)]


def leave_in_their_time(doc: Doc) -> None:
    """ "Last July A was struck. 728 drones were launched overnight": nobody knows the day of a sentence that goes on
    with a time long ago, in its paragraph, where the text has told of no day before it."""
    if doc.local is None:
        return
    told: Part | None = None
    for part in doc.parts:
        if is_below_blank(doc, part):
            told = None
        if _is_long_ago(doc, part):
            told = part
        elif told is not None and (part.has_any(_OWN) or _is_this_night(doc, part)):
            return
        elif told is not None and part.has_any(_EVENTS) and not _is_part_of_it(part):
            _leave(part, told)
        if any(_is_of_now(w) for w in part.whens):
            return


def _is_long_ago(doc: Doc, part: Part) -> bool:
    """Whether a sentence is of a year, a season or a month that is long over, and of no day."""
    if any(w.period in OF_A_DAY and w.date is not None for w in part.whens):
        return False
    return ("history" in part.vetoes and part.has("time", "veto.history")) or any(
        _is_over(doc, part, w) for w in part.whens if not w.is_rare)  # fmt: skip


def _is_over(doc: Doc, part: Part, when: When) -> bool:
    if when.date is None:
        return when.is_retro and (when.period in LONG or part.has("month", "time.last_year", "time.last_season"))
    end = when.date.rpartition("/")[2]
    if when.period not in LONG or len(end) != _DAY or doc.local is None:
        return False
    return date.fromisoformat(end) < doc.local.date() - timedelta(days=_OVER)


def _is_part_of_it(part: Part) -> bool:
    """ "Of these 5,000 were downed": of the figure told for that time."""
    return any(m.i - part.i <= 1 for m in part.of("num.subset"))


def _is_this_night(doc: Doc, part: Part) -> bool:
    """ "This night", not some night."""
    pointing = doc.lexicon.settings.get("this_one", ())
    return any(doc.tokens[k].f in pointing for m in part.of("time.night") for k in range(max(part.i, m.i - 1), m.j))


def _leave(part: Part, told: Part) -> None:
    """ "A missile hit it in June 2023; 13 died then": in that month, where it is pointed to."""
    long = next((w for w in told.whens if w.date is not None), None)
    if part.has("time.then") and not part.whens and long is not None:
        part.whens = [replace(long, i=part.i, j=part.i, is_retro=True)]
        return
    unknown = [some_time(w.i, w.j) if w.period in OF_A_DAY else w for w in part.whens]
    part.whens = unknown or [some_time(part.i, part.i)]


def _is_of_now(when: When) -> bool:
    return when.period in OF_A_DAY and not when.is_retro
