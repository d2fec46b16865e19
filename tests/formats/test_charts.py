"""Charts: what is not known never looks like zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from monitor.formats.charts import AlertRow, Figure, Night, alerts_chart, counts_chart

SVG = "{http://www.w3.org/2000/svg}"


def classes(svg: str) -> list[str]:
    return [found for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect") if (found := rect.get("class"))]


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_night_without_coverage_is_hatched_and_has_no_bar() -> None:
    assert classes(counts_chart([Night("2024-11-09/2024-11-10", "none")], "x")) == ["none"]


def test_a_stated_zero_is_a_word_and_not_a_hatch() -> None:
    svg = counts_chart([Night("2024-11-09/2024-11-10", "full", launched=Figure(0))], "x")
    assert classes(svg) == ["launched"]
    assert "0" in words(svg)


def test_withheld_is_dotted_and_at_least_says_plus() -> None:
    nights = [
        Night("2024-11-09/2024-11-10", "full", launched=Figure(is_withheld=True)),
        Night("2024-11-10/2024-11-11", "full", launched=Figure(62, is_least=True)),
    ]
    svg = counts_chart(nights, "x")
    assert classes(svg) == ["withheld", "launched"]
    assert "62+" in words(svg)


def test_a_range_of_claims_has_a_whisker() -> None:
    one = counts_chart([Night("a/b", "full", launched=Figure(145, 140, 150))], "x")
    none = counts_chart([Night("a/b", "full", launched=Figure(145, 145, 145))], "x")
    assert one.count('class="whisker"') == 3
    assert none.count('class="whisker"') == 0


def test_the_outline_of_145_is_as_much_taller_than_62_as_the_numbers_say() -> None:
    night = Night("a/b", "full", launched=Figure(145), shot_down=Figure(62))
    rects = {
        r.get("class"): float(r.get("height") or 0)
        for r in ElementTree.fromstring(counts_chart([night], "x")).iter(f"{SVG}rect")
    }
    assert abs(rects["launched"] / rects["shot"] - 145 / 62) < 0.01


def test_an_alert_without_a_seen_end_is_pale_and_names_are_escaped() -> None:
    start = datetime(2024, 11, 9, 18, tzinfo=UTC)
    row = AlertRow("<b>", ((start, start + timedelta(hours=1), True), (start, start + timedelta(hours=2), False)))
    svg = alerts_chart([row], start, start + timedelta(hours=12), "x")
    assert classes(svg) == ["alert", "open"]
    assert "<b>" in words(svg)
