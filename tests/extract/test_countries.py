"""Which country a unit of the gazetteer is, or lies in."""

from __future__ import annotations

import pytest

from monitor.extract.places.units import country_above, country_of, is_country
from monitor.extract.words.lexicon import Lexicon


@pytest.mark.parametrize(
    ("identity", "above", "of"),
    [
        ("UA-63", "UA", "UA"),
        ("UA-43", "UA", "UA"),
        ("RU-MOW", "RU", "RU"),
        ("UA", None, "UA"),
        ("nobody knows it", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_unit_lies_in_one_country(lexicon: Lexicon, identity: str | None, above: str | None, of: str | None) -> None:
    assert country_above(lexicon, identity) == above
    assert country_of(lexicon, identity) == of


def test_what_lies_in_no_country_is_a_sea_or_an_area_of_several(lexicon: Lexicon) -> None:
    without = {unit[2] for unit in lexicon.places if country_of(lexicon, unit[0]) is None}
    assert without == {"sea", "area"}


def test_only_countries_have_ids_of_two_letters(lexicon: Lexicon) -> None:
    assert {unit[2] for unit in lexicon.places if is_country(unit[0])} == {"country"}
    assert all(is_country(unit[0]) for unit in lexicon.places if unit[2] == "country")
