"""Who is the claimant of a figure: who tells of it, not who is told of."""

from __future__ import annotations

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import read
from monitor.model import CountReport


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("Russian forces down 41 Ukrainian drones", "A paper"),
        ("Russian forces downed 41 Ukrainian drones, the Russian army said", "Russian army"),
        ("The Russian army says 41 Ukrainian drones were shot down", "Russian army"),
    ],
)
def test_an_army_claims_what_it_tells_of_and_not_what_it_does(text: str, claimant: str) -> None:
    (report,) = read(text, load_lexicon(), claimant="A paper").reports
    assert isinstance(report, CountReport)
    assert (report.value, report.claimed_by) == (41, claimant)
