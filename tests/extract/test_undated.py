"""A text without a time of publication: its dates are no figures of weapons, and its nights are nights."""

from __future__ import annotations

import pytest

from monitor.extract import Lexicon, read
from monitor.model import CountReport

NIGHTS = (
    "Russian forces launched 128 drones against Ukraine on the night of May 17 to 18.",
    "Russian forces launched 128 drones against Ukraine overnight on May 17-18.",
    "Russian forces launched 128 drones against Ukraine on the night of April 30 to May 1.",
    "Dans la nuit du 17 au 18 mai, la Russie a lancé 128 drones.",
    "In der Nacht vom 17. auf den 18. Mai griff Russland mit 128 Drohnen an.",
    "En la noche del 17 al 18 de mayo Rusia lanzó 128 drones.",
    "W nocy z 17 na 18 maja Rosja wystrzeliła 128 dronów.",
    "У ніч на 18 травня Росія запустила 128 дронів.",
    "В ночь на 18 мая Россия запустила 128 беспилотников.",
)


@pytest.mark.parametrize("text", NIGHTS)
def test_the_days_of_a_night_are_no_figures(lexicon: Lexicon, text: str) -> None:
    counts = [r for r in read(text, lexicon).reports if isinstance(r, CountReport)]
    assert [(r.value, r.period, r.date_or_period) for r in counts] == [(128, "night", None)]


def test_a_date_with_its_year_is_kept(lexicon: Lexicon) -> None:
    reading = read("On 17 May 2024 Russia launched 128 drones at Ukraine.", lexicon)
    assert [(r.value, r.date_or_period) for r in reading.reports if isinstance(r, CountReport)] == [(128, "2024-05-17")]


def test_a_span_of_days_is_no_night(lexicon: Lexicon) -> None:
    reading = read("Between May 12 and 18 Russian forces launched 1,280 drones.", lexicon)
    assert [(r.value, r.period) for r in reading.reports if isinstance(r, CountReport)] == [(1280, "week")]
