"""`monitor languages`: what its check refuses, with file and line, and the skeleton of a new language."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.catalogue import LANGUAGES, load_gazetteer, load_lexicon
from monitor.errors import InputError, LanguageDataError, MonitorError
from monitor.extract.text.notation import expand
from monitor.languagecases import cases_of, differences, folders_of, parse, read_case
from monitor.languagecheck import _check_cases, _check_phrases, _check_places, _check_words, new_language, state_of

CONCEPTS = frozenset(("weapon.drone", "weapon.missile"))


def folder(tmp_path: Path, **files: str) -> Path:
    where = tmp_path / "xx"
    (where / "cases").mkdir(parents=True)
    (where / "words.toml").write_text('[language]\nname = "Test"\n')
    for name, text in files.items():
        path = where / ("cases/some.toml" if name == "cases" else f"{name.replace('_', '-')}.toml")
        path.write_text(text, encoding="utf-8")
    return where


def test_a_form_under_two_concepts_is_refused_with_its_line(tmp_path: Path) -> None:
    words = '[words]\n"weapon.drone" = ["dron(|e)"]\n"weapon.missile" = ["drone"]\n'
    (problem,) = _check_words(folder(tmp_path, words=words), CONCEPTS)
    assert (problem.file.name, problem.line) == ("words.toml", 3)
    assert "weapon.drone" in problem.what
    assert "weapon.missile" in problem.what


def test_a_form_may_stand_under_two_concepts_where_that_is_said(tmp_path: Path) -> None:
    words = '[words]\n"weapon.drone" = ["dron"]\n"weapon.missile" = ["dron"]\n'
    assert not list(_check_words(folder(tmp_path, words=words, two_meanings='forms = ["dron"]\n'), CONCEPTS))


def test_an_unknown_concept_and_an_unbalanced_bracket_are_refused(tmp_path: Path) -> None:
    words = '[words]\n"weapon.dragon" = ["dragon"]\n"weapon.drone" = ["dron(|e"]\n'
    assert [one.line for one in _check_words(folder(tmp_path, words=words), CONCEPTS)] == [2, 3]


def test_a_concept_in_the_table_of_something_else_is_refused(tmp_path: Path) -> None:
    words = '[words]\n"weapon.drone" = ["dron"]\n[romanised]\nvowels = ""\n"weapon.missile" = ["raketa"]\n'
    (problem,) = _check_words(folder(tmp_path, words=words), CONCEPTS)
    assert problem.line == 5
    assert "[romanised]" in problem.what


def test_an_id_unknown_to_the_gazetteer_is_refused(tmp_path: Path) -> None:
    where = folder(tmp_path, places='[names]\n"UA-30" = ["Kiew"]\n"UA-99" = ["Nirgendwo"]\n')
    (problem,) = _check_places(where, {"UA-30": None})
    assert problem.line == 3
    assert "UA-99" in problem.what


def test_a_phrase_that_misses_a_yes_or_hits_a_no_is_refused(tmp_path: Path) -> None:
    phrases = (
        '[[phrase]]\nconcept = "weapon.drone"\nforms = ["drone"]\n'
        'yes = ["A drone is here", "Nothing is here"]\nno = ["A vase is here", "One more drone"]\n'
    )
    found = list(_check_phrases(folder(tmp_path, phrases=phrases), load_lexicon()))
    assert [(one.line, "yes line" in one.what) for one in found] == [(4, True), (5, False)]


CASE = '[[case]]\nname = "start"\ntext = "Air raid alert in Kyiv"\nreports = ["alert start air {place}"]\n'


def test_a_changed_case_is_refused(tmp_path: Path) -> None:
    (problem,) = _check_cases(folder(tmp_path, cases="\n" + CASE.format(place="UA-32")), load_lexicon())
    assert problem.line == 2
    assert "not read: alert start air UA-32" in problem.what


def test_a_known_failure_must_still_fail_and_must_name_a_case(tmp_path: Path) -> None:
    failures = '[failures]\n"start" = "once wrong"\n"gone" = "no such case"\n'
    where = folder(tmp_path, cases=CASE.format(place="UA-30"), known_failures=failures)
    assert [one.line for one in _check_cases(where, load_lexicon())] == [2, 3]


def test_a_known_failure_that_fails_is_allowed(tmp_path: Path) -> None:
    where = folder(tmp_path, cases=CASE.format(place="UA-32"), known_failures='[failures]\n"start" = "wrong"\n')
    assert not list(_check_cases(where, load_lexicon()))


@pytest.mark.parametrize(
    "reports",
    ['["alarm start air UA-30"]', '["alert start"]', '["strike Kyiv wounded=3"]', "[1]"],
)
def test_a_report_that_cannot_be_understood_names_file_and_line(tmp_path: Path, reports: str) -> None:
    where = folder(tmp_path, cases=f'[[case]]\nname = "x"\ntext = "y"\nreports = {reports}\n')
    with pytest.raises(LanguageDataError, match=r"some\.toml, line 1"):
        cases_of(where)


def test_only_what_is_written_is_compared(tmp_path: Path) -> None:
    text = "Ukraine shot down 62 of 145 drones overnight, the air force said."
    reports = '["count shot_down 62 drone", "count - 145 drone period=night"]'
    where = folder(tmp_path, cases=f'[[case]]\nname = "x"\ntext = "{text}"\nreports = {reports}\n')
    (case,) = cases_of(where)
    assert not differences(case, read_case(case, load_lexicon()))


def test_the_short_words_of_a_report() -> None:
    wanted = parse("alert start air [Kharkiv Raion, UA-30] ongoing except=Kharkiv, Izium level=red")
    assert wanted.places == ("Kharkiv Raion", "UA-30")
    assert wanted.fields == {
        "status": "start", "threat": "air", "ongoing": True, "except_places": "Kharkiv, Izium", "level": "red",
    }  # fmt: skip


def test_a_new_language_has_every_concept_and_no_word(tmp_path: Path) -> None:
    written = new_language("ro", tmp_path, "Romanian")
    assert {path.name for path in written} == {"words.toml", "places.toml", "first.toml", "known-failures.toml"}
    state = state_of(tmp_path / "ro")
    assert (state.code, state.name, state.forms, state.cases, state.known_failures) == ("ro", "Romanian", 0, 0, 0)
    assert not list(_check_words(tmp_path / "ro", CONCEPTS | concepts()))


@pytest.mark.parametrize("code", ["uk", "RO", "../x", "romanian", ""])
def test_a_code_that_is_taken_or_is_none_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(InputError):
        new_language(code, tmp_path)


def test_the_packaged_languages_keep_every_rule() -> None:
    known, lexicon, found = load_gazetteer().places, load_lexicon(), []
    for where in folders_of(LANGUAGES):
        found += [*_check_words(where, concepts()), *_check_places(where, known), *_check_phrases(where, lexicon)]
    assert not found, "\n".join(map(str, found))


def concepts() -> frozenset[str]:
    from monitor.languagecheck import _concepts

    return _concepts(None)


def test_an_ending_of_no_word_is_refused() -> None:
    with pytest.raises(MonitorError, match="no word"):
        expand("activity * of aviation")
