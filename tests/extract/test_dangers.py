"""Facts about dangerous texts, one a line of `dangers/*.txt`: what no reading of them may say, and what one must.

A line is ``FACT :: TEXT``; ``\\n`` in the text is a new line. Facts (places: names or ISO codes, with commas):
``no-end`` no siren ends · ``no-stand-down`` nor does any named threat ·
``end-only P`` whatever siren ends lies in P · ``end P`` the siren of exactly P ends ·
``no-start`` no siren begins · ``no-alert`` nor is there a threat · ``no-place P`` no alert or strike has P ·
``no-strike`` · ``no-count [measure or value]`` · ``count W M V`` is read · ``only-counts W M V`` and no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.extract.places.units import ancestors
from monitor.model import AlertReport, CountReport, PlaceRef, Reading, StrikeReport

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
FOLDER = Path(__file__).parent / "dangers"


def _lines() -> list[tuple[str, str, str]]:
    out = []
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                fact, _, text = line.partition(" :: ")
                out.append((f"{path.stem}: {line[:70]}", fact, text.replace("\\n", "\n")))
    return out


def _names(place: PlaceRef) -> set[str]:
    return {name for name in (place.code, place.id, place.name) if name}


def _ends(reading: Reading) -> list[AlertReport]:
    alerts = [r for r in reading.reports if isinstance(r, AlertReport)]
    return [a for a in alerts if a.status == "end" and a.threat in ("air", None)]


def _end_only(reading: Reading, wanted: list[str]) -> bool:
    around = load_lexicon()
    return all(
        end.places and all({*_names(p), *ancestors(around, p.id)} & set(wanted) for p in end.places)
        for end in _ends(reading)
    )


def _end(reading: Reading, wanted: list[str]) -> bool:
    places = [p for end in _ends(reading) for p in end.places]
    return len(places) == len(wanted) and all(any(name in _names(p) for p in places) for name in wanted)


def _alerts(reading: Reading, *statuses: str) -> bool:
    return any(isinstance(r, AlertReport) and r.status in statuses for r in reading.reports)


def _has_place(reading: Reading, wanted: list[str]) -> bool:
    events = [r for r in reading.reports if not isinstance(r, CountReport)]
    return any(_names(p) & set(wanted) for r in events for p in r.places)


def _counts(reading: Reading) -> list[str]:
    return sorted(f"{r.weapon} {r.measure} {r.value}" for r in reading.reports if isinstance(r, CountReport))


def _no_count(reading: Reading, wanted: list[str]) -> bool:
    return not any(not wanted or set(count.split()) & set(wanted) for count in _counts(reading))


FACTS: dict[str, Callable[[Reading, list[str]], bool]] = {
    "no-end": lambda reading, _: not _ends(reading),
    "no-stand-down": lambda reading, _: not _alerts(reading, "end"),
    "end-only": _end_only,
    "end": _end,
    "no-start": lambda reading, _: not _alerts(reading, "start"),
    "no-alert": lambda reading, _: not _alerts(reading, "start", "threat"),
    "no-place": lambda reading, wanted: not _has_place(reading, wanted),
    "no-strike": lambda reading, _: not any(isinstance(r, StrikeReport) for r in reading.reports),
    "no-count": _no_count,
    "count": lambda reading, wanted: set(wanted) <= set(_counts(reading)),
    "only-counts": lambda reading, wanted: sorted(wanted) == _counts(reading),
}


@pytest.mark.parametrize(("fact", "text"), [line[1:] for line in _lines()], ids=[line[0] for line in _lines()])
def test_the_fact_holds(fact: str, text: str) -> None:
    name, _, rest = fact.partition(" ")
    reading = read(text, load_lexicon(), published=AT)
    assert FACTS[name](reading, [word.strip() for word in rest.split(",") if word.strip()]), (fact, reading.reports)
