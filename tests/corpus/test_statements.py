"""Short statements in eight languages: the least that must be read of each (``statements.txt``)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import AlertReport, CountReport, PlaceRef, Report, StrikeReport

PUBLISHED = datetime(2026, 11, 14, 5, 40, tzinfo=UTC)
LINES = [
    line.split(" | ")
    for line in (Path(__file__).parent / "statements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def is_in(name: str, places: tuple[PlaceRef, ...]) -> bool:
    return name == "*" or any(name in (place.id, place.name.replace(" ", "_")) for place in places)


def is_toll(stated: str, value: int | None) -> bool:
    return stated == "*" or value == (None if stated == "-" else int(stated))


def is_read(expected: list[str], report: Report) -> bool:
    match expected, report:
        case ["strike", place, weapon, killed, injured], StrikeReport():
            is_told = weapon in report.weapons and is_in(place, report.places)
            return is_told and is_toll(killed, report.killed) and is_toll(injured, report.injured)
        case ["count", value, measure, weapon, place], CountReport():
            stated = (str(report.value), report.measure, report.weapon)
            return stated == (value, measure, weapon) and is_in(place, report.places)
        case ["alert", status, threat, place], AlertReport():
            return (report.status, report.threat) == (status, threat) and is_in(place, report.places)
    return False


@pytest.mark.parametrize(("language", "text", "expected"), LINES, ids=[line[1][:60] for line in LINES])
def test_statement(language: str, text: str, expected: str) -> None:
    reports = read(text, load_lexicon(), published=PUBLISHED).reports
    if expected == "nothing":
        assert not reports
        return
    for one in expected.split(" ; "):
        words = one.split(" ")
        assert words[0] in ("strike", "count", "alert"), f"no such expectation: {one}"
        assert any(is_read(words, report) for report in reports), f"{language}: {one} is not among {reports}"
