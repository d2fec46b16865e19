"""The words of the pages: complete in every language, dates without English in them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest
from conftest import PAGES
from starlette.testclient import TestClient

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
