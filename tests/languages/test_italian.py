"""The language that docs/howto/language.md adds without a line of Python: it reads its cases, beside the others."""

from __future__ import annotations

from pathlib import Path

from monitor.catalogue import LANGUAGES, _lexicon, compile_lexicon
from monitor.languagecases import cases_of, differences, read_case
from monitor.languagecheck import _check_words, _concepts

EXAMPLES = Path(__file__).parents[2] / "examples" / "languages"


def test_italian_is_read_from_its_folder_alone() -> None:
    lexicon = _lexicon(compile_lexicon((LANGUAGES, EXAMPLES)), "italian")
    cases = cases_of(EXAMPLES / "it")
    assert len(cases) >= 12
    for case in cases:
        assert not differences(case, read_case(case, lexicon)), case.id


def test_italian_keeps_the_rules_of_words() -> None:
    assert not list(_check_words(EXAMPLES / "it", _concepts(EXAMPLES)))
