"""Templates kept compiled: read back only where they are what was kept, made anew otherwise."""

from __future__ import annotations

import marshal
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from monitor.web.pages import compiled


def said(text: str) -> str:
    made = Environment(loader=DictLoader({"page": text}), bytecode_cache=compiled.Compiled(), autoescape=True)
    return made.get_template("page").render(word="<b>")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled, "shelves", lambda: [tmp_path / "kept"])
    return tmp_path / "kept"


def test_a_template_is_compiled_once_and_anew_when_it_changes(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert said("one {{ word }}") == "one &lt;b&gt;"
    (kept,) = shelf.iterdir()
    before = kept.read_bytes()
    monkeypatch.setattr(Environment, "_compile", lambda *given: pytest.fail("compiled again"))
    assert said("one {{ word }}") == "one &lt;b&gt;"
    monkeypatch.undo()
    monkeypatch.setattr(compiled, "shelves", lambda: [shelf])
    assert said("two {{ word }}") == "two &lt;b&gt;"
    assert kept.read_bytes() != before


@pytest.mark.parametrize("spoilt", [b"", b"x", b"0" * 40])
def test_a_damaged_file_is_made_anew(shelf: Path, spoilt: bytes) -> None:
    said("one")
    (kept,) = shelf.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(spoilt or whole[:-7])
    assert said("one") == "one"
    assert kept.read_bytes() == whole


def test_code_that_somebody_else_put_there_is_not_run(shelf: Path) -> None:
    said("one")
    (kept,) = shelf.iterdir()
    kept.write_bytes(kept.read_bytes()[:16] + marshal.dumps(compile("raise SystemExit", "x", "exec")))
    assert said("one") == "one"


def test_where_nothing_can_be_kept_the_page_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(compiled, "shelves", lambda: [tmp_path / "file" / "kept"])
    assert said("one") == "one"
