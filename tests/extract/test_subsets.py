"""A figure is a part of another of its own measure alone: those shot down of those launched are all that were."""

from __future__ import annotations

import pytest

from monitor.extract import Lexicon, read
from monitor.model import CountReport

WHOLE = {
    "uk": "Вночі ворог випустив 45 дронів, з них 38 збито.",
    "ru": "Ночью выпущено 45 дронов, из них 38 сбиты.",
    "en": "Russia launched 45 drones overnight, of which 38 were shot down.",
    "fr": "La Russie a lancé 45 drones cette nuit, dont 38 ont été abattus.",
    "de": "Russland startete in der Nacht 45 Drohnen, davon wurden 38 abgeschossen.",
}
PART = {
    "uk": "Вночі збито 45 дронів, з них 38 «шахедів».",
    "ru": "Ночью сбиты 45 дронов, из них 38 «Шахедов».",
    "en": "45 drones were shot down overnight, including 38 Shaheds.",
    "fr": "45 drones ont été abattus cette nuit, dont 38 Shahed.",
    "de": "In der Nacht wurden 45 Drohnen abgeschossen, davon 38 Shahed.",
}


def told(text: str, lexicon: Lexicon) -> dict[int, tuple[str, str | None]]:
    found = [one for one in read(text, lexicon).reports if isinstance(one, CountReport)]
    return {one.value: (one.measure, one.subset_of) for one in found}


@pytest.mark.parametrize("lang", WHOLE)
def test_shot_down_of_those_launched_is_a_total(lang: str, lexicon: Lexicon) -> None:
    assert told(WHOLE[lang], lexicon) == {45: ("launched", None), 38: ("shot_down", None)}


@pytest.mark.parametrize("lang", PART)
def test_a_model_among_those_shot_down_is_a_part(lang: str, lexicon: Lexicon) -> None:
    assert told(PART[lang], lexicon) == {45: ("shot_down", None), 38: ("shot_down", "shot_down")}
