"""Days that a sentence names: dates with and without a year, weekdays, spans of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from monitor.extract.figures.numbers import word_value
from monitor.extract.text.doc import When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention
from monitor.model import Moment

_NO_ORDINALS: Final[Mapping[str, int]] = {}
_PHRASE: Final = 3
_MONTH: Final = 31
_TEN: Final = 10
_SOON: Final = 31
"""Days ahead of publication that a date without a year may name."""
__all__ = ["Calendar", "Day", "day_when", "days_ago", "find_days", "is_concept", "value_of"]


class Day:
    """A day named at tokens ``i`` to ``j``."""

    __slots__ = ("date", "i", "is_weekday", "j")

    def __init__(self, i: int, j: int, date: date, is_weekday: bool = False) -> None:
        self.i = i
        self.j = j
        self.date = date
        self.is_weekday = is_weekday


class Calendar:
    """Resolves what a writer says about days, standing at ``local`` (the time of publication, in ``zone``)."""

    def __init__(
        self,
        local: datetime | None,
        zone: tzinfo,
        day_words: Sequence[str] = (),
        ordinals: Mapping[str, int] = _NO_ORDINALS,
    ) -> None:
        self.day_words = day_words
        self.ordinals = ordinals
        self.local = local
        self.zone = zone
        self.today = local.date() if local is not None else None

    def day(self, day: int, month: int, year: int | None) -> date | None:
        """The day meant; without a year the one nearest to publication that is past or soon to come: what is reported
        has been."""
        if year is not None:
            return _date(year, month, day)
        if self.today is None:
            return None
        this = self.today.year
        near = [one for y in (this - 1, this, this + 1) if (one := _date(y, month, day)) is not None]
        away = [(one - self.today).days for one in near]
        told = [n for n, days in enumerate(away) if days <= _SOON]
        return near[min(told, key=lambda n: abs(away[n]))] if told else None

    def weekday(self, number: int) -> date | None:
        """The last such day up to the day of publication."""
        if self.today is None:
            return None
        return self.today - timedelta(days=(self.today.isoweekday() - number) % 7)


def _date(year: int, month: int, day: int) -> date | None:
    """None where the month has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_when(day: date, i: int, j: int, zone: tzinfo, period: str | None = "day", retro: bool = False) -> When:
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return When(i, j, period, day.isoformat(), Moment(start.astimezone(UTC), end.astimezone(UTC), "day"), retro)


def value_of(mention: Mention | None, group: str) -> int | None:
    if mention is None or mention.group != group:
        return None
    found = mention.data.get("value")
    return found if isinstance(found, int) else None


def _small(tokens: list[Token], at: list[Mention | None], k: int) -> int | None:
    """A day of the month at token ``k``."""
    if tokens[k].kind == "n" and len(tokens[k].text) <= 2:
        number = int(tokens[k].text)
        return number if 1 <= number <= 31 else None
    return None


def find_days(
    tokens: list[Token],
    at: list[Mention | None],
    i: int,
    j: int,
    cal: Calendar,
    used: set[int],
    dated: list[Mention],
    figures: list[int],
) -> list[Day]:
    """``dated`` are the months and weekdays of the sentence."""
    out: list[Day] = []
    named = [k for m in dated for k in range(m.i, min(m.j, j))]
    after = i
    for k in sorted({*figures, *named}) if named else figures:
        if k < after:
            continue
        month = value_of(at[k], "month")
        if month is not None:
            found = _around_month(tokens, at, i, j, k, month, cal, out)
            if found is not None:
                out += found
                used.update(range(found[0].i, found[-1].j))
                after = max(k + 1, found[-1].j)
                continue
            y = at[k].j  # type: ignore[union-attr]
            if y < j and is_concept(at, y, "prep.of"):
                y += 1
            if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
                used.add(y)
        elif (short := _of_night(tokens, at, k, j, cal)) is not None:
            out.append(short)
            used.update(range(k, k + 3))
            after = k + 3
        elif tokens[k].kind == "n" and k + 4 < j and tokens[k + 1].text in "./" and tokens[k + 1].glued:
            numeric = _numeric(tokens, k)
            if numeric is not None:
                out.append(numeric)
                used.update(range(k, k + 5))
                after = k + 5
                continue
        elif (night := _of_the_night(tokens, at, i, j, k, cal)) is not None:
            out.append(night)
            used.update(range(k, night.j))
            after = night.j
        elif (weekday := value_of(at[k], "weekday")) is not None and at[k].i == k:  # type: ignore[union-attr]
            resolved = cal.weekday(weekday)
            if resolved is not None and resolved == cal.today and k > i and is_concept(at, k - 1, "time.last"):
                resolved -= timedelta(days=7)
            if resolved is not None:
                end = _of_the_month(tokens, at, at[k].j, j, resolved)  # type: ignore[union-attr]
                out.append(Day(k, end, resolved, True))
                used.update(range(at[k].j, end))  # type: ignore[union-attr]
                after = end
    return [day for n, day in enumerate(out) if not _is_told_by_date(tokens, out, n)] if len(out) > 1 else out


def _is_told_by_date(tokens: list[Token], days: list[Day], n: int) -> bool:
    """ "On Wednesday, January 14": a weekday beside the date that it falls on, a comma or bracket at most between."""
    day = days[n]
    if not day.is_weekday:
        return False
    for other in days[max(0, n - 1) : n + 2]:
        first, last = (day, other) if day.i < other.i else (other, day)
        if other.is_weekday or other.date.weekday() != day.date.weekday() or other.date == day.date:
            continue
        if last.i - first.j <= 1 and all(tokens[k].text in ",(" for k in range(first.j, last.i)):
            return True
    return False


def _of_the_month(tokens: list[Token], at: list[Mention | None], k: int, j: int, day: date) -> int:
    """ "Tuesday 21" and no month: the figure behind a weekday is its day, where it fits and counts nothing."""
    if k >= j or _small(tokens, at, k) != day.day or tokens[k].glued:
        return k
    beside = at[k + 1] if k + 1 < j else None
    is_counted = beside is not None and beside.group not in ("prep", "time", "claim", "conj", "verb")
    return k if is_counted or (k + 1 < j and tokens[k + 1].text in ":.,%" and tokens[k + 1].glued and (
        k + 2 < j and tokens[k + 2].kind == "n")) else k + 1  # fmt: skip


def _of_the_night(tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, cal: Calendar) -> Day | None:
    """ "The night to the 14th": a day of the month alone, behind the word for night; the last such day."""
    if k + 1 >= j or k < i + 2 or tokens[k].kind != "n" or tokens[k + 1].kind != "w" or not tokens[k + 1].glued:
        return None
    to, number = at[k - 1], _small(tokens, at, k)
    night = at[to.i - 1] if to is not None and to.i > i and to.concept in ("prep.to", "prep.on", "time.into") else None
    if number is None or night is None or night.concept != "time.night" or cal.today is None:
        return None
    day = cal.today
    for _ in range(_MONTH):
        if day.day == number:
            return Day(k, k + 2, day)
        day -= timedelta(days=1)
    return None


_MORNING: Final = 7
_EVENING: Final = 18


def _of_night(tokens: list[Token], at: list[Mention | None], k: int, j: int, cal: Calendar) -> Day | None:
    """ "The night of 24.04": two figures of two digits right behind a word of time."""
    if k + 2 >= j or tokens[k + 1].text != "." or not tokens[k + 1].glued or not tokens[k + 2].glued or k == 0:
        return None
    if k + 3 < j and tokens[k + 3].text == "." and tokens[k + 3].glued and k + 4 < j and tokens[k + 4].kind == "n":
        return None  # "24.04.2026"
    before = at[k - 1]
    is_led = before is not None and before.concept in ("prep.to", "prep.on") and before.i > 0
    before = at[before.i - 1] if is_led and before is not None else before
    is_night = before is not None and before.concept in ("time.night", "time.night_of", "time.last_night")
    if not is_night or tokens[k].kind != "n" or tokens[k + 2].kind != "n":
        return None
    day, month = int(tokens[k].text[:2]), int(tokens[k + 2].text[:2])
    if [len(tokens[n].text) for n in (k, k + 2)] != [2, 2] or day > 31 or not 1 <= month <= 12:
        return None
    is_led = is_led or (before is not None and before.concept == "time.night_of")
    if not is_led and not _MORNING <= day < _EVENING and day < 24:
        return None  # an hour of the night
    found = cal.day(day, month, None)
    return Day(k, k + 3, found) if found is not None else None


def _numeric(tokens: list[Token], k: int) -> Day | None:
    """31.03.2026 or 31/03/2026."""
    a, s1, b, s2, c = tokens[k : k + 5]
    if s1.text != s2.text or b.kind != "n" or c.kind != "n" or not (b.glued and s2.glued and c.glued):
        return None
    if len(a.text) > 2 or len(b.text) > 2 or len(c.text) not in (2, 4):
        return None
    try:
        year = int(c.text) + (2000 if len(c.text) == 2 else 0)
        return Day(k, k + 5, date(year, int(b.text), int(a.text)))
    except ValueError:
        return None


def _around_month(
    tokens: list[Token], at: list[Mention | None], i: int, j: int, k: int, month: int, cal: Calendar, so_far: list[Day]
) -> list[Day] | None:
    """The day or days that a month's name goes with: "25 December", "9-10 November", "December 25, 2023"."""
    end = at[k].j  # type: ignore[union-attr]
    b = k - 1
    while b >= i and (tokens[b].text in ".," or is_concept(at, b, "prep.of") or is_concept(at, b, "prep.from")):
        b -= 1
    days: list[tuple[int, int]] = []
    suffixed = b > i and tokens[b].kind == "w" and tokens[b].glued and tokens[b - 1].kind == "n"
    if suffixed:
        b -= 1
    if b >= i and cal.ordinals and (spelled := _spelled(tokens, b, i, cal)) is not None:
        days.append(spelled)
    elif b >= i and (day := _small(tokens, at, b)) is not None and not (tokens[b].glued and tokens[b - 1].text in ":."):
        days.append((b, day))
        p = b - 1
        if p > i and _is_join(at, p - 1) and tokens[p].kind == "w" and len(tokens[p].f) <= 3:
            p -= 1  # "entre le 2 et le 14 mars"
        if p - 2 >= i and is_concept(at, p, "conj.but") and is_concept(at, p - 2, "prep.between"):
            p -= 1  # "between 2 and 14", where the "and" is a word for "while" too
        while p >= i and (
            tokens[p].text in "-\u2013\u2014/" or _is_join(at, p) or value_of(at[p], "weekday") is not None
            or (p > i and tokens[p].text == "." and tokens[p - 1].kind == "n")
        ):  # fmt: skip
            p -= 1
        if p < b and p > i and tokens[p].kind == "w" and tokens[p].glued and tokens[p - 1].kind == "n":
            p -= 1  # "du 1er au 31 mai"
        if p < b and p > i and tokens[p].text == "." and tokens[p - 1].kind == "n":
            p -= 1  # "vom 1. bis 31. Mai"
        if p < b and p >= i and (first := _small(tokens, at, p)) is not None and (p < b - 1 or tokens[b].hyphen):
            days.insert(0, (p, first))
        elif p == b - 1 and tokens[p].text == "," and not tokens[b].glued:
            days = [*_in_row(tokens, at, i, b, day), *days]
    elif end < j:
        a = end
        if tokens[a].text == "." and a + 1 < j:
            a += 1
        # "in April 5 220 drones"
        is_grouped = a + 1 < j and tokens[a + 1].kind == "n" and len(tokens[a + 1].text) == 3
        if (
            (day := _small(tokens, at, a)) is not None
            and not is_grouped
            and not (is_concept(at, k - 1, "prep.at") and _is_of_things(at, a + 1, j))
            and not (a + 2 < j and tokens[a + 1].text in ":." and tokens[a + 2].kind == "n")
        ):
            days.append((a, day))
            end = a + 1
            if end < j and tokens[end].glued and tokens[end].kind == "w":
                end += 1
            if end < j and tokens[end].hyphen and (second := _small(tokens, at, end)) is not None:
                days.append((end, second))
                end += 1
            elif (
                end + 1 < j
                and (_is_join(at, end) or is_concept(at, end, "prep.to"))
                and (second := _small(tokens, at, end + 1)) is not None
                and second > day
            ) or (
                end + 1 < j and tokens[end].text in "-\u2013" and (second := _small(tokens, at, end + 1)) is not None
            ):
                days.append((end + 1, second))
                end += 2
    if not days:
        return None
    year: int | None = None
    y = end
    while y < j and (tokens[y].text == "," or is_concept(at, y, "prep.of")):
        y += 1
    if y < j and tokens[y].kind == "n" and len(tokens[y].text) == 4 and tokens[y].text[:2] in ("19", "20"):
        year, end = int(tokens[y].text), y + 1
    out = []
    for n, (where, day) in enumerate(days):
        resolved = cal.day(day, month, year)
        if resolved is None:
            return None
        out.append(Day(min(where, k) if n == 0 else where, end, resolved))
    return out


def _is_of_things(at: list[Mention | None], k: int, j: int) -> bool:
    """ "In April 20 people were killed": what the figure behind the month counts."""
    m = at[k] if k < j else None
    return m is not None and m.group in ("person", "weapon", "model", "target", "toll")


def _in_row(tokens: list[Token], at: list[Mention | None], i: int, b: int, last: int) -> list[tuple[int, int]]:
    """ "7, 8, 9 April": the days before the last, each the day after the one before it."""
    row: list[tuple[int, int]] = []
    k = b - 2
    while k >= i and tokens[k + 1].text == "," and tokens[k + 1].glued and (day := _small(tokens, at, k)) == last - 1:
        row.insert(0, (k, day))
        last, k = day, k - 2
    return row


def _spelled(tokens: list[Token], b: int, i: int, cal: Calendar) -> tuple[int, int] | None:
    """ "The seventh of September", "the twenty first": the day in words right before the month, and where it begins."""
    day = cal.ordinals.get(tokens[b].f)
    if day is None:
        return None
    tens = word_value(tokens[b - 1]) if b > i and day < _TEN else None
    if tens in (2 * _TEN, 3 * _TEN):
        return (b - 1, tens + day) if tens + day <= _MONTH else None
    return b, day


def days_ago(tokens: list[Token], at: list[Mention | None], i: int, j: int, ago: Mention, cal: Calendar) -> Day | None:
    """ "Three days ago", "il y a 3 jours": the number and the word for day before the word for ago, or behind it, or
    the number within the phrase ("vor drei Tagen")."""
    if cal.today is None:
        return None
    if ago.j - ago.i == _PHRASE and tokens[ago.j - 1].f in cal.day_words and (
        (count := _figure_of(tokens[ago.i + 1])) is not None and 0 < count <= _MONTH):  # fmt: skip
        return Day(ago.i, ago.j, cal.today - timedelta(days=count))
    for k in (ago.i - 2, ago.j):
        if not (i <= k and k + 1 < j) or tokens[k + 1].f not in cal.day_words:
            continue
        m = at[k]
        word = m.concept.removeprefix("num.") if m is not None and m.group == "num" else tokens[k].text
        if word.isdecimal() and 0 < int(word) <= _MONTH:
            return Day(min(k, ago.i), max(k + 2, ago.j), cal.today - timedelta(days=int(word)))
    return None


def _figure_of(token: Token) -> int | None:
    """The figure or the number word."""
    return int(token.text) if token.text.isdecimal() else word_value(token)


def is_concept(at: list[Mention | None], k: int, concept: str) -> bool:
    mention = at[k]
    return mention is not None and mention.concept == concept


def _is_join(at: list[Mention | None], k: int) -> bool:
    mention = at[k]
    return mention is not None and mention.concept in (
        "conj.and", "prep.to", "prep.until", "prep.by", "time.into", "prep.at", "prep.on", "prep.of",
    )  # fmt: skip
