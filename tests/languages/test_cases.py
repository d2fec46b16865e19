"""Every case of every language is read as it is written; a known failure must still fail."""

from __future__ import annotations

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
