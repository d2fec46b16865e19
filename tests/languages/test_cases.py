"""Every case of every language is read as it is written; a known failure must still fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.catalogue import LANGUAGES, load_lexicon
from monitor.languagecases import Case, cases_of, differences, folders_of, known_failures, read_case

CASES = [case for folder in folders_of(LANGUAGES) for case in cases_of(folder)]
KNOWN = {f"{f.name}/{name}": reason for f in folders_of(LANGUAGES) for name, reason in known_failures(f).items()}


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case) -> None:
    found = differences(case, read_case(case, load_lexicon()))
    if case.id in KNOWN:
        assert found, f"{case.id} is read rightly now: delete its line in known-failures.toml"
    else:
        assert not found, "\n".join((f"{case.file.name}, line {case.line}: {case.text}", *found))


def test_a_known_failure_names_a_case() -> None:
    assert set(KNOWN) <= {case.id for case in CASES}


@pytest.mark.parametrize("folder", folders_of(LANGUAGES), ids=lambda folder: folder.name)
def test_a_third_of_the_cases_of_a_language_yields_nothing(folder: Path) -> None:
    cases = cases_of(folder)
    assert len(cases) >= (80 if folder.name in ("uk", "ru", "en", "fr") else 25)
    assert 3 * sum(not case.reports for case in cases) >= len(cases), "write cases of what is no report"
