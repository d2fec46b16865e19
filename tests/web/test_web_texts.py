"""The words of the pages: complete in every language, dates without English in them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from conftest import PAGES
from starlette.testclient import TestClient

from monitor import errors
from monitor.fuse import coverage
from monitor.sinks import telling
from monitor.web.pages.words import PLURALS, languages, words

FORMS = {"western": {"one", "other"}, "french": {"one", "other"}, "slavic": {"one", "few", "many"}}
TEMPLATES = files("monitor.web.pages") / "templates"


def slots(text: Any) -> set[str]:
    texts = text.values() if isinstance(text, dict) else [text]
    return {name for one in texts for _, name, _, _ in Formatter().parse(str(one)) if name}


def keys(code: str) -> dict[str, Any]:
    table = words(code).table
    return {
        f"{head}.{name}": text
        for head, found in table.items()
        if isinstance(found, dict)
        for name, text in found.items()
    }


@pytest.mark.parametrize("code", languages())
def test_every_language_has_every_text_with_the_same_slots(code: str) -> None:
    english, here = keys("en"), keys(code)
    assert set(here) == set(english)
    for key, text in english.items():
        if isinstance(text, list):
            assert len(here[key]) == len(text) == 12
        else:
            assert slots(here[key]) == slots(text), key


@pytest.mark.parametrize("code", languages())
def test_every_plural_has_the_forms_of_its_rule(code: str) -> None:
    kind = words(code).table["plural"]
    for key, text in keys(code).items():
        if isinstance(text, dict):
            assert set(text) == FORMS[kind], key
    assert {PLURALS[kind](n) for n in range(130)} == FORMS[kind]


def test_every_text_that_a_template_names_exists() -> None:
    known = keys("en")
    for template in TEMPLATES.iterdir():
        for key in re.findall(r"\bt\('([a-z_]+\.[a-z_]+)'", template.read_text("utf-8")):
            assert key in known, (template.name, key)


def test_there_are_four_languages_and_an_unknown_one_is_english() -> None:
    assert set(languages()) == {"en", "uk", "fr", "ru"}
    assert words("xx").code == "en"
    assert words("../../etc/passwd").code == "en"


def test_a_night_is_named_by_both_its_days() -> None:
    assert words("en").night(date(2024, 11, 10)) == "9–10 Nov 2024"
    assert words("en").night(date(2024, 11, 1)) == "31 Oct – 1 Nov 2024"
    assert words("en").night(date(2025, 1, 1)) == "31 Dec 2024 – 1 Jan 2025"
    assert "Nov" not in words("uk").night(date(2024, 11, 10))
    assert words("fr").clock(datetime(2024, 8, 1, 3, tzinfo=UTC), "dyh") == "1 août 2024, 06:00"


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("path", PAGES)
def test_every_page_reads_in_every_language(client: TestClient, code: str, path: str) -> None:
    answer = client.get(
        path, params={"lang": code, **dict(pair.split("=", 1) for pair in path.partition("?")[2].split("&") if pair)}
    )
    assert answer.status_code == 200
    text = words(code)
    assert f'<html lang="{code}">' in answer.text
    assert text.t("strip.not_warning") in answer.text
    assert "{n}" not in re.sub(r'data-[a-z-]+="[^"]*"', "", answer.text)


@pytest.mark.parametrize("code", languages())
def test_every_change_and_every_reason_for_a_source_s_health_has_words(code: str) -> None:
    """What a reader sees is a word of the language, never a word of the machine."""
    kinds = (Path(telling.__file__).parent.parent / "formats" / "cap_words.toml").read_text("utf-8")
    told = {*telling._TITLES, *re.findall(r'^"((?:alert|threat|strike|count|report|coverage)\.[a-z]+)"', kinds, re.M)}
    told |= {"source.changed", "system.notice", "threat.lapsed"}
    table = words(code).table
    assert {kind.replace(".", "_") for kind in told} <= set(table["change"])
    reasons = {*coverage.GONE, *coverage.NO_WORD, "outage_notice", "frozen", "suspect", "catching_up", "silent"}
    reasons |= {one.reason for one in vars(errors).values() if hasattr(one, "reason")}
    assert reasons - set(table["reason"]) == set()


def test_whole_hours_and_days_are_told_without_their_zeros() -> None:
    assert words("en").seconds(3600) == "1 h"
    assert words("en").seconds(3660) == "1 h 1 min"
    assert words("fr").seconds(2 * 86400) == "2 j"
    assert words("en").seconds(86400 + 3600) == "1 d 1 h"
