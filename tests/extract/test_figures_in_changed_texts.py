"""A figure exchanged for another is read just so; what flies now flies on below the figures of a night."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.catalogue import LANGUAGES
from monitor.extract import Lexicon, read
from monitor.languagecases import cases_of, folders_of
from monitor.model import CountReport, Report

PUBLISHED = datetime(2026, 3, 8, 7, tzinfo=UTC)
FOLDERS = {folder.name: folder for folder in folders_of(LANGUAGES)}
FIGURES = re.compile(r"(?<![\w.,:/-])\d+(?![\w:./-]|[.,]\d| ?%)")
FLIGHTS = {
    "uk": (
        "3 шахеди на Ізюм, ще 2 на Балаклію",
        "Харківщина: 4 БпЛА курсом на Чугуїв",
        "В напрямку Миргорода 3 шахеди, в напрямку Лохвиці 1, обережно!",
        "▪️4 БпЛА на Сумщині, курс на Ромни\n▪️2 БпЛА повз Ніжин на Київщину",
        "Група шахедів (6) з Миколаївщини курсом на Бобринець",
    ),
    "ru": (
        "3 герани на Сумы, ещё 2 на Ромны",
        "Два циркона на Одессу, в укрытие!",
        "2 мопеда курсом на/через Дубно",
        "6 ракет в Черниговской области курсом на Киев",
        "На Харьков 3 мопеда с севера, на Чугуев 2. Балаклея — чисто.",
    ),
}
"""Lines of channels that tell what flies now."""
FEW = 50
"""As many as are told of in flight one by one."""
BESIDE = 40
BRIEF = 260


def reports_of(text: str, lexicon: Lexicon) -> list[Report]:
    return list(read(text, lexicon, published=PUBLISHED).reports)


def texts_of(language: str) -> list[str]:
    return [case.text for case in cases_of(FOLDERS[language])]


def counted(reports: list[Report]) -> list[CountReport]:
    return [r for r in reports if isinstance(r, CountReport)]


def told(one: CountReport) -> tuple[object, ...]:
    """All that a count says, but for its evidence."""
    return tuple(getattr(one, name) for name in ("weapon", "measure", "value", "period", "attacker", "places"))


@pytest.mark.parametrize("language", FOLDERS)
def test_a_figure_exchanged_follows(language: str, lexicon: Lexicon) -> None:
    checked = 0
    for text in texts_of(language):
        found = FIGURES.findall(text)
        if len(found) != 1 or not 32 <= int(found[0]) <= 89 or sum(c.isdigit() for c in text) != len(found[0]):
            continue
        before = reports_of(text, lexicon)
        value = int(found[0])
        other = value + 10
        if value <= FEW < other or any(c.value != value for c in counted(before)):
            continue
        after = reports_of(FIGURES.sub(str(other), text), lexicon)
        follows = [told(replace(c, value=other) if c.value == value else c) for c in counted(before)]
        assert [told(c) for c in counted(after)] == follows, text
        checked += 1
    assert checked >= 2


@pytest.mark.parametrize("language", FLIGHTS)
def test_what_flies_now_flies_on_below_a_night(language: str, lexicon: Lexicon) -> None:
    texts = [text for text in texts_of(language) if len(text) <= BRIEF and ":\n" not in text]
    nights = [text for text in texts if any(c.period == "night" for c in counted(reports_of(text, lexicon)))]
    chosen = random.Random(language)
    for flight in FLIGHTS[language]:
        own = [told(c) for c in counted(reports_of(flight, lexicon))]
        assert own, flight
        for night in chosen.sample(nights, BESIDE):
            both = [told(c) for c in counted(reports_of(f"{night}\n\n{flight}", lexicon))]
            assert all(one in both for one in own), f"{night}\n\n{flight}"
