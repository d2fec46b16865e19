"""Every phrase of every language folder meets its yes lines and misses its no lines."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from monitor.catalogue import LANGUAGES
from monitor.extract import Lexicon
from monitor.extract.layout import lay_out


def _phrases() -> list[Any]:
    return [
        pytest.param(phrase, id=f"{path.parent.name}-{phrase['concept']}-{n}")
        for path in sorted(LANGUAGES.glob("*/phrases.toml"))
        for n, phrase in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["phrase"])
    ]


@pytest.mark.parametrize("phrase", _phrases())
def test_a_phrase_meets_its_yes_lines_and_misses_its_no_lines(phrase: dict[str, Any], lexicon: Lexicon) -> None:
    for line in phrase["yes"]:
        assert phrase["concept"] in {m.concept for m in lay_out(line, lexicon).mentions}, line
    for line in phrase["no"]:
        assert phrase["concept"] not in {m.concept for m in lay_out(line, lexicon).mentions}, line
