"""When a sentence without a time was: times carried from one sentence to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from monitor.extract.figures.bygone import forget_nights_that_nobody_told, leave_in_their_time
from monitor.extract.figures.calendar import day_when
from monitor.extract.figures.nights import morning_before, night_when
from monitor.extract.places.units import ancestors
from monitor.extract.text.doc import (
    LONG,
    OF_A_DAY,
    Doc,
    Part,
    When,
    is_bulleted,
    is_days_ago,
    some_time,
    tells_its_own_matter,
    unread,
)

__all__ = ["carries", "carry_times"]

_CARRY: Final = 16
"""Sentences that a time holds for."""
_NEXT: Final = 2
"""Lines from an item to the next, a blank one between."""
_OF_NTH: Final = 5
"""Tokens of "the second drone attack on A in"."""
_DAY: Final = 10
"""Letters of a date of one day."""
_LONG_AGO: Final = 14
_HEADING: Final = 12
_LONGEST: Final = frozenset(("war", "year", "season", "month"))
_EVENTS: Final = frozenset(("strike", "toll", "weapon", "model", "act", "alert", "claimant", "target", "person"))
_NO_EVENT: Final = frozenset(
    ("veto.if", "veto.hypothetical", "veto.forecast", "veto.future", "veto.sport", "veto.game", "veto.trade",
     "veto.weather", "time.tomorrow")
)  # fmt: skip
_EARLIER: Final = frozenset(("time.yesterday", "time.last_week", "time.last_month"))
_HAPPENED: Final = _EVENTS - {"claimant"}


def carry_times(doc: Doc) -> None:
    """A sentence without a time takes the one before it; a headline takes the first one below it."""
    if any(part.whens or "time.then" in part.groups for part in doc.parts):
        forget_nights_that_nobody_told(doc)
        leave_in_their_time(doc)
        carrier = _Carrier(doc)
        for part in doc.parts:
            carrier.date(part)


class _Carrier:
    """The time told ``last``, so many sentences ago, the last one of a ``day``, and the ``first`` that the text tells.
    ``aside`` is a sentence about an earlier day, and ``before`` the time that was told ahead of it; ``long`` is the
    last month, year or the like; ``teller`` the sentence of the last one."""

    __slots__ = ("aside", "before", "day", "doc", "first", "item", "last", "long", "since", "teller")

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.last: When | None = None
        self.day: When | None = None
        self.long: When | None = None
        self.since = 99
        self.teller: Part | None = None
        self.first = next(
            (
                w
                for part in doc.parts
                for w in part.whens
                if carries(w)
                and not w.is_retro
                and not _is_of_something_else(doc, part, w)
                and not _is_ahead(doc, w)
                and not tells_its_own_matter(doc, part)
                and not (part.n and _is_of_no_event(part))
            ),
            None,
        )
        self.aside: Part | None = None
        self.before: When | None = None
        self.item = -1
        """The line of the last item of the list that began with the teller."""

    def date(self, part: Part) -> None:
        """Say when a sentence was, sentence by sentence."""
        doc = self.doc
        if part.whens and self.last is not None:
            is_of_a_day = self.last.period in OF_A_DAY  # not "the third this month. A day earlier ..."
            part.whens = _resolved(doc, part, self.last if is_of_a_day else self.day or self.last)
        told = [w for w in part.whens if not w.is_rare and not _is_ahead(doc, w)] if part.whens else part.whens
        own = [w for w in told if carries(w) and not _is_how_rare(doc, part, w)]
        if own and _is_of_something_else(doc, part, own[0]):
            part.when = own[0]
            if part.n + 1 < len(doc.parts) and doc.parts[part.n + 1].has("time.then"):
                self.last, self.since = own[0], 0
        elif own:
            self._take(part, own)
        else:
            self._carry(part, told)

    def _take(self, part: Part, own: list[When]) -> None:
        nights = [w for w in own if w.period == "night"]
        last = self.last
        if not nights and last is not None and _is_day_of_saying(part, own, last):
            self.since = 0
            part.when = last
            return
        part.when = (nights or own)[0]
        if last is not None and part.when.is_retro and _is_recalled_in_passing(self.doc, part):
            return
        is_aside = last is not None and part.has_any(_EARLIER) and _is_earlier(part.when, last)
        self.aside, self.before = (part, last) if is_aside else (None, None)
        self.last, self.teller, self.item = part.when, part, part.line
        self.since = 0
        if part.when.period in LONG:
            self.long = part.when
        if part.when.period in OF_A_DAY and not part.when.is_retro:
            self.day = part.when

    def _carry(self, part: Part, told: list[When]) -> None:
        doc = self.doc
        self.since += 1
        if part.has("time.next") and part.has("strike.attack", "act.launch_noun"):
            self.last = self.first = None  # "the next raid ...": another time, that is not told
        if part.has("time.later"):
            self.last = self.first = None  # "five days later ..."
        if self.aside is not None and self.last is not None and _has_figures(part) and not _has_figures(self.aside):
            self.last, self.aside = self.before, None  # "A day earlier A was struck. 405 of 430 drones were downed"
        is_item = 0 < part.line - self.item <= _NEXT and is_bulleted(doc, part)
        self.item = part.line if is_item else self.item
        last, first, n = self.last, self.first, part.n
        if not told and (last is None or last.period in LONG) and _is_of_then(part):
            part.when = some_time(part.i, part.i)
            return
        if last is not None and self.teller is not None and self.teller.line != part.line and (
            _is_of_no_event(self.teller)):  # fmt: skip
            last = self.last = None
        if told:
            part.when = told[0]
        elif self.long is not None and part.has("time.same_period"):
            part.when = self.long  # "311 alerts in a year. The longest was on 17 November. Over that time 640 ..."
        elif last is not None and self.since <= _CARRY and (
            last.period not in _LONGEST or is_item or (self.since == 1 and _is_of_the_period(doc, part))
            or (self.teller is not None and _is_row_below(self.teller, part))
        ):  # fmt: skip
            part.when = last
        elif n and last is None and _is_of_the_moment(doc.parts[n - 1], part):
            part.when = doc.parts[n - 1].when
        elif last is None and n <= 2 and first is not None and first.period in OF_A_DAY and _is_below(doc, n, first):
            is_other = _is_of_the_day_before(doc, part, first) or _is_elsewhere(doc, part, first)
            part.when = None if is_other else first


def _is_row_below(head: Part, part: Part) -> bool:
    """ "In December:", and in lines below it "drones - 4,117": a row of figures under a heading that counts nothing."""
    is_heading = head.line < part.line and head.j - head.i <= _HEADING and not (
        head.numbers and head.has("weapon", "model"))  # fmt: skip
    return is_heading and bool(part.numbers) and part.has("weapon", "model")


def _is_of_then(part: Part) -> bool:
    """ "The station struck in April is being rebuilt. Then 4 of 11 missiles hit it": of no day that is told."""
    return any(m.i - part.i <= 1 and m.j - m.i == 1 for m in part.of("time.then"))


def _is_of_the_period(doc: Doc, part: Part) -> bool:
    """ "Over the same period", the sum or a part of it: "1,140 were downed in October. Of these 612 were Molniyas"; or
    what is asked for: "How many were launched this winter? More than 700"."""
    if part.n and doc.tokens[doc.parts[part.n - 1].j - 1].text == "?":
        return True
    if part.has("time.same_period") or any(m.i - part.i <= 1 for m in part.of("num.subset")):
        return True
    before = doc.parts[part.n - 1]
    return part.has("num.total") and part.line == before.line and part.has("weapon", "model")


def _is_how_rare(doc: Doc, part: Part, when: When) -> bool:
    """ "For the second time in a week drones hit A", "the largest attack since the war began": how rare it was, and not
    when; not "in the first week of May"."""
    if when.period not in LONG or not part.has("num.first", "time.superlative") or not part.has("strike"):
        return False
    own = doc.at[when.i]
    least = 0 if own is not None and own.j - own.i > 1 else 1
    halves = {m.i for m in part.of("num.half")}
    return any(least <= when.i - m.j <= _OF_NTH and m.j not in halves for m in part.of("num.first", "time.superlative"))


def _resolved(doc: Doc, part: Part, last: When) -> list[When]:
    """The times that the sentence before tells: "the same night", "the night before", "a day earlier"."""
    whens = part.whens
    if last.period == "night" and part.has("time.then"):
        whens = [_same_night(doc, w, last) for w in whens]
    if part.has("time.then") and part.of("time.then")[0].i - part.i <= 1:
        whens = [_of_that_time(doc, w, last) for w in whens]
    if last.period == "night" and part.has("time.night_before"):
        whens = [_night_before(doc, w, last) for w in whens]
    if len(whens) == 1 and last.period in ("night", "day", "hours") and part.has("time.day_before"):
        whens = [_day_before(doc, w, last) for w in whens]
    return whens


def _day_before(doc: Doc, when: When, last: When) -> When:
    """ "In the night to the 7th A was struck; a day earlier B": one day back from the one told before."""
    is_before = any(m.concept == "time.day_before" for m in doc.mentions_between(when.i, when.j))
    if not is_before or last.date is None or when.date is None or last.is_retro:
        return when
    day = date.fromisoformat(last.date[-_DAY:]) - timedelta(days=1)
    return day_when(day, when.i, when.j, doc.zone)


def _is_earlier(when: When, last: When) -> bool:
    return when.date is not None and last.date is not None and when.date[:_DAY] < last.date[-_DAY:]


def _has_figures(part: Part) -> bool:
    return bool(part.numbers) and part.has("weapon", "model")


def _is_recalled_in_passing(doc: Doc, part: Part) -> bool:
    """ "It had already been struck on 14 January": the sentences behind go on with what was told before."""
    recalls = part.of("time.recall")
    return bool(recalls) and any(doc.tokens[k].kind == "w" for k in range(part.i, recalls[0].i))


def _same_night(doc: Doc, when: When, last: When) -> When:
    """ "The same night 103 were downed": the night told before, not the one that has just passed."""
    is_same = when.period == "night" and any(m.concept == "time.then" for m in doc.mentions_between(when.i, when.j))
    return replace(last, i=when.i, j=when.j) if is_same else when


def _of_that_time(doc: Doc, when: When, last: When) -> When:
    """ "On 7 September A was struck. Then 120 were downed in a night": that night or day, not the one that has just
    passed; of a longer time nobody knows which."""
    if when.period not in OF_A_DAY or when.date is None or doc.local is None or last.date is None:
        return when
    today = doc.local.date().isoformat()
    if when.date[-_DAY:] != today or last.date[-_DAY:] >= today:
        return when
    if last.period in LONG:
        return some_time(when.i, when.j)
    day = date.fromisoformat(last.date[-_DAY:])
    dated = night_when if when.period == "night" else day_when
    return replace(dated(day, when.i, when.j, doc.zone), is_retro=last.is_retro)


def _night_before(doc: Doc, when: When, last: When) -> When:
    """ "70 overnight. The night before it was 90": one night back from the one told before."""
    is_before = any(m.concept == "time.night_before" for m in doc.mentions_between(when.i, when.j))
    morning = morning_before(last) if is_before and when.date == last.date else None
    return night_when(morning, when.i, when.j, doc.zone) if morning is not None else when


def _is_of_no_event(part: Part) -> bool:
    """ "If Russia launched 1,000 drones in one night", "tomorrow from 8 to 11": a time at which nothing was, and which
    therefore dates no other line."""
    return part.has_any(_NO_EVENT) and not part.has("toll", "act.shot_down", "act.merged", "strike.damage")


def _is_below(doc: Doc, n: int, first: When) -> bool:
    """Whether a time is told in the sentence behind the ``n``-th, or soon below a headline: later ones are of more."""
    later = next((p.n for p in doc.parts[n + 1 :] if p.i <= first.i < p.j), n)
    is_headline = n == 0 and doc.parts[1].line != doc.parts[0].line
    return later - n <= (2 if is_headline else 1)


def _is_of_the_day_before(doc: Doc, part: Part, first: When) -> bool:
    """ "A drone hit A. The day before, shells fell on it": a sentence that opens with another day dates none before it;
    right below a headline it does."""
    later = next((p for p in doc.parts[part.n + 1 :] if p.i <= first.i < p.j), None)
    if later is None or (later.line != part.line and not part.line) or first.i - later.i > 1:
        return False
    return later.has("time.yesterday") or is_days_ago(doc, first) or _is_earlier_weekday(doc, later, first)


def _is_earlier_weekday(doc: Doc, part: Part, first: When) -> bool:
    """ "On Thursday, ...", written on Friday, behind a sentence that has an event of its own."""
    if doc.local is None or first.period != "day" or first.date is None or not doc.parts[part.n - 1].has("toll"):
        return False
    return part.has("weekday") and first.date < doc.local.date().isoformat()


def _is_elsewhere(doc: Doc, part: Part, first: When) -> bool:
    """ "A was hit. In B the debris of the attack of 27 December was cleared": a day told of another town alone."""
    told = next((p for p in doc.parts[part.n + 1 :] if p.i <= first.i < p.j), None)
    if told is None or part.is_title or first.period == "hours":
        return False
    here = part if part.sites or not part.n else doc.parts[part.n - 1]  # "17 were hurt", behind "four died in A"
    mine, theirs = ([s.ref.id for s in p.sites if s.ref.level != "country"] for p in (here, told))
    if not mine or not theirs or any(s.ref.level == "country" for s in told.sites):
        return False
    return not any(
        a == b or a in ancestors(doc.lexicon, b) or b in ancestors(doc.lexicon, a) for a in mine for b in theirs
    )


def _is_of_something_else(doc: Doc, part: Part, when: When) -> bool:
    """ "The town marked 23 February. A drone hit a lorry": a day long past, of nothing told here."""
    if when.period != "day" or when.date is None or doc.local is None or part.has("place", "mark", "prep"):
        return False
    if part.has_any(_EVENTS) or doc.tokens[part.j - 1].text == ":":
        return False
    is_old = when.date < (doc.local - timedelta(days=_LONG_AGO)).date().isoformat()
    return is_old and unread(doc, part) > 0


def _is_ahead(doc: Doc, when: When) -> bool:
    """A day that is yet to come ("a salute for the holiday on the 23rd"): nothing that is told was then."""
    if doc.local is None or when.date is None or when.period != "day" or len(when.date) != _DAY:
        return False
    return when.date > doc.local.date().isoformat()


def _is_of_the_moment(before: Part, part: Part) -> bool:
    """ "At about 16.00 Moscow time an attack was foiled. A drone was destroyed over A": at that moment too."""
    when = before.when
    return when is not None and when.period == "instant" and when.moment is not None and before.line == part.line


def _is_day_of_saying(part: Part, own: list[When], night: When) -> bool:
    """ "..., officials said on Friday": the day on which the night told of ended is when it was said."""
    if night.period != "night" or night.date is None or len(own) != 1 or own[0].period != "day":
        return False
    is_told = not part.has_any(_HAPPENED) and not part.numbers  # "That reported the air force on Friday."
    return own[0].date == night.date[-10:] and any(is_told or 0 <= own[0].i - m.j <= 2 for m in part.of("claim"))


def carries(when: When) -> bool:
    return when.period is not None and when.period != "instant" and not when.is_rare
