"""An all-clear never grows: not where a name in it is one that nobody knows, not beside another text. One that names no
place is for none that another story names."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from monitor.catalogue import LANGUAGES
from monitor.extract import Lexicon, read
from monitor.extract.layout import lay_out
from monitor.languagecases import cases_of, folders_of
from monitor.model import AlertReport

PUBLISHED = datetime(2026, 3, 8, 7, tzinfo=UTC)
FOLDERS = {folder.name: folder for folder in folders_of(LANGUAGES)}
NAMES = {"he": "זוברילובקה", "uk": "Зубрилівка", "ru": "Зубриловка"}
"""No such place is in the gazetteer; in languages of Latin letters it is "Zubrilovka"."""
UNPLACED = {
    "uk": ("Відбій повітряної тривоги!", "У місті відбій тривоги.", "Відбій тривоги в області", "Там відбій тривоги"),
    "ru": ("Отбой воздушной тревоги!", "В городе отбой тревоги.", "Воздушная тревога отменена"),
    "en": ("The air raid alert has been lifted.", "The alert in the city was lifted at 5 a.m."),
    "fr": ("L'alerte aérienne est levée.", "Fin de l'alerte dans la ville."),
}
"""Ends whose place only the readers of a channel know."""
BESIDE = 400
"""Texts that are set beside an end, by language."""
BRIEF = 220
STORIES = 60


def texts_of(language: str) -> list[str]:
    return [case.text for case in cases_of(FOLDERS[language])]


def cleared(text: str, lexicon: Lexicon) -> list[frozenset[str]]:
    """The names of the places of each end of an air alert; none of one for everything."""
    return [
        frozenset(p.name for p in r.places)
        for r in read(text, lexicon, published=PUBLISHED).reports
        if isinstance(r, AlertReport) and r.status == "end" and r.threat in ("air", None)
    ]


def with_unknown_names(text: str, language: str, lexicon: Lexicon) -> Iterator[str]:
    """The text, each of its names in turn replaced."""
    doc = lay_out(text, lexicon, published=PUBLISHED)
    for m in doc.mentions:
        if m.rows:
            start, end = doc.span(m.i, m.j)
            yield text[:start] + NAMES.get(language, "Zubrilovka") + text[end:]


@pytest.mark.parametrize("language", FOLDERS)
def test_an_end_for_an_unknown_name_is_none_for_more(language: str, lexicon: Lexicon) -> None:
    checked = 0
    for text in texts_of(language):
        before = cleared(text, lexicon)
        for changed in with_unknown_names(text, language, lexicon) if before and all(before) else ():
            after = cleared(changed, lexicon)
            assert all(after), f"cleared everything: {changed}"
            assert frozenset().union(*after) <= frozenset().union(*before), changed
            checked += 1
    assert checked >= 5


@pytest.mark.parametrize("language", FOLDERS)
def test_an_end_beside_another_text_is_none_for_its_places(language: str, lexicon: Lexicon) -> None:
    texts = [text for text in texts_of(language) if len(text) <= BRIEF]
    ends = [text for text in texts if (found := cleared(text, lexicon)) and all(found)]
    chosen = random.Random(language)
    for _ in range(BESIDE):
        pair = [chosen.choice(ends), chosen.choice(texts)]
        chosen.shuffle(pair)
        own = [cleared(text, lexicon) for text in pair]
        both = cleared("\n\n".join(pair), lexicon)
        if all(all(found) for found in own):
            assert all(both), f"cleared everything: {pair}"
            assert frozenset().union(*both) <= frozenset().union(*own[0], *own[1]), pair


@pytest.mark.parametrize("language", UNPLACED)
def test_an_end_without_a_place_takes_none_from_another_story(language: str, lexicon: Lexicon) -> None:
    stories = []
    for text in texts_of(language):
        doc = lay_out(text, lexicon, published=PUBLISHED)
        is_of_alerts = any(part.has("alert") for part in doc.parts)
        is_told = any(len(part.sites) > 0 and part.j - part.i > len(part.sites) + 2 for part in doc.parts)
        if is_told and not is_of_alerts and len(text) <= BRIEF and not read(text, lexicon, published=PUBLISHED).reports:
            stories.append(text)
    chosen = random.Random(language)
    for end in UNPLACED[language]:
        for story in chosen.sample(stories, min(len(stories), STORIES)):
            for text in (f"{story}\n\n{end}", f"{end}\n\n{story}"):
                assert not any(cleared(text, lexicon)), text
