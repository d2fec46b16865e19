"""An end without a name holds for the channel's own area only where its words mean just that area."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
CITY, REGION = "UA-30", "UA-63"


def _ended(text: str, area: str) -> list[str | None]:
    reports = read(text, load_lexicon(), published=AT, area=(area,)).reports
    ends = [r for r in reports if isinstance(r, AlertReport) and r.status == "end" and r.threat in ("air", None)]
    return [place.id for end in ends for place in end.places]


@pytest.mark.parametrize("area", [CITY, REGION])
def test_a_bare_end_is_the_areas(area: str) -> None:
    assert _ended("Відбій тривоги", area) == [area]


def test_in_the_city_ends_a_citys_siren_and_no_regions() -> None:
    assert _ended("Відбій тривоги в місті", CITY) == [CITY]
    assert _ended("Відбій тривоги в місті", REGION) == []
    assert _ended("Отбой тревоги в городе", REGION) == []


def test_in_the_region_ends_a_regions_siren_and_no_citys() -> None:
    assert _ended("Відбій тривоги в області", REGION) == [REGION]
    assert _ended("Відбій тривоги в області", CITY) == []


@pytest.mark.parametrize("area", [CITY, REGION])
@pytest.mark.parametrize(
    "text",
    [
        "Відбій тривоги на лівому березі",
        "Відбій тривоги у передмісті",
        "Відбій тривоги в громаді",
        "Відбій тривоги в районі",
        "Відбій тривоги в центрі",
        "Відбій тривоги в сусідній області",
        "Відбій тривоги, область чекає",
        "Відбій тривоги.\nОбласть — тривога!",
        "Відбій тривоги! Ждемо шахеди",
        "Відбій",
        "Загроза минула",
        "Чисто",
    ],
)
def test_an_end_of_less_than_the_area_or_of_no_siren_ends_nothing(text: str, area: str) -> None:
    assert _ended(text, area) == []


def test_a_place_that_is_on_is_named_as_the_exception_of_an_end_around_it() -> None:
    reports = read("Відбій тривоги в Полтавській області\nКременчук — тривога", load_lexicon(), published=AT).reports
    ends = [r for r in reports if isinstance(r, AlertReport) and r.status == "end"]
    assert [p.name for end in ends for p in end.except_places] == ["Kremenchuk"]
    assert all(p.name != "Kremenchuk" for end in ends for p in end.places)
