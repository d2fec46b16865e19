"""The compiled lexicon, once for all tests of the reader."""

from __future__ import annotations

import pytest

from monitor.catalogue import load_lexicon
from monitor.extract import Lexicon


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicon()
