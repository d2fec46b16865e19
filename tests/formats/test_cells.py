"""Cells of tables that people open in a spreadsheet."""

from __future__ import annotations

import pytest

from monitor.formats.cells import safe_cell


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "|calc", "%x", "  =1+1", "\u00a0=1"]
)
def test_H15_a_text_that_starts_a_formula_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "145 drones", "Kyiv = Київ", "a-b", "62+"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text
