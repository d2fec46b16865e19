"""A sentence whose times are looked for, and what was found of them so far."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extract.figures.calendar import Calendar, Day
from monitor.extract.figures.windows import Clock
from monitor.extract.text.doc import When
from monitor.extract.text.tokens import Token
from monitor.extract.words.mentions import Mention

__all__ = ["Sentence"]


@dataclass(slots=True)
class Sentence:
    """A sentence, as ``find_times`` takes it, and what was found in it: ``mentions`` of times, those of months and
    weekdays (``dated``) and the ``days`` they name. ``days`` and ``rest`` are what no time has been made of yet."""

    tokens: list[Token]
    at: list[Mention | None]
    i: int
    j: int
    cal: Calendar
    found: list[Mention]
    figures: list[int]
    used: set[int]
    mentions: list[Mention]
    rest: list[Mention]
    dated: list[Mention]
    days: list[Day]
    clocks: list[Clock]
    nights: list[Mention]
    window: When | None
