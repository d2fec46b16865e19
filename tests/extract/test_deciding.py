"""The words that decided: those inside sentences that were read as reports, in order, none twice."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extract import Lexicon
from monitor.extract.explain import deciding
from monitor.model import Item

NOW = datetime(2024, 11, 10, 8, tzinfo=UTC)


def words(text: str, lexicon: Lexicon, title: str | None = None) -> list[str]:
    item = Item("tg:1/1", "s", text, NOW, published=NOW, title=title)
    whole = text if title is None else f"{title}\n{text}"
    found = deciding(item, None, lexicon)
    assert [step.span for step in found] == sorted(step.span for step in found)
    return [whole[slice(*step.span)] for step in found]


def test_numbers_weapons_acts_times_and_places_decide_and_prepositions_do_not(lexicon: Lexicon) -> None:
    found = words("У ніч на 10 листопада ворог атакував Україну 145 ударними БпЛА.", lexicon)
    for word in ("атакував", "Україну", "145", "БпЛА"):
        assert word in found


def test_what_no_report_comes_from_decides_nothing(lexicon: Lexicon) -> None:
    text = "Збито 62 дрони. Минулої доби знищено 1700 окупантів."
    assert "1700" not in words(text, lexicon)
    assert words("Сьогодні тихо.", lexicon) == []


def test_spans_count_the_title(lexicon: Lexicon) -> None:
    assert "62" in words("Без деталей.", lexicon, title="Збито 62 дрони")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_has_spans_that_do_not_overlap(lexicon: Lexicon, text: str) -> None:
    found = deciding(Item("k", "s", text, NOW), None, lexicon)
    for one, other in itertools.pairwise(found):
        assert one.span[1] <= other.span[0]
