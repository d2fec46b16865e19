"""The compiled reader reads as the plain one does, and one compiled of other sources is refused."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.builds import NOTE, check_reader, digest, reader_build
from monitor.errors import OperatorError

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def texts() -> Iterator[str]:
    """Every text of the corpus and of the languages' cases, some of them disguised, cut or joined."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "corpus").glob("*.jsonl")):
        found += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines() if line]
    for path in sorted((ROOT / "monitor" / "languages").glob("*/cases/*.toml")):
        found += [case["text"] for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]]
    assert len(found) > 1_000
    yield from found
    chance = random.Random(8)
    for text in chance.sample(found, 400):
        a, b = sorted(chance.choices(range(len(text) + 1), k=2))
        yield text[a:b]
        yield text[:a] + chance.choice(["\u200b", "\n", "  ", "\u00a0", "12", "(", "-", "\u0301", "\r\n"]) + text[a:]
        yield text + "\n" + chance.choice(found)
    yield from ("", "\n", " ", "\x00", "\ud800", "a" * 5_000, "7" * 5_000, "1. " * 2_000, "\n" * 2_000)
    yield "\n\n".join(found[:400])


def readings(folder: Path, asked: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("read_texts.py")],
        input=asked, capture_output=True, encoding="utf-8", errors="surrogatepass", check=True,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    return done.stdout.splitlines()


@pytest.mark.timeout(1800)
def test_the_compiled_reader_reads_alike(tmp_path: Path) -> None:
    compiler, headers = (sysconfig.get_config_var("CC") or "cc").split()[0], Path(sysconfig.get_path("include"))
    if not (shutil.which(compiler) and (headers / "Python.h").exists() and importlib.util.find_spec("mypyc")):
        pytest.skip("no C compiler, no headers of Python or no mypyc: the reader cannot be compiled on this machine")
    from tools.compiled import tree

    folder = tree(tmp_path / "compiled")
    plain = tree(tmp_path / "plain", is_compiled=False)
    asked = "".join(json.dumps(text) + "\n" for text in texts())
    (first, *compiled), (second, *expected) = readings(folder, asked), readings(plain, asked)
    assert json.loads(first).startswith("compiled")
    assert json.loads(second) == "plain Python"
    assert len(compiled) == len(expected) > 2_500
    assert [(a, b) for a, b in zip(compiled, expected, strict=True) if a != b][:3] == []
    assert not any("unread" in one for one in compiled)


def test_the_reader_has_nothing_that_mypyc_cannot_compile() -> None:
    """`x in (a, *b)`: a name for the tuple says the same. The whole compilation would tell too, but slowly."""
    from tools.compiled import modules

    for name in modules(ROOT):
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            for behind in node.comparators if isinstance(node, ast.Compare) else ():
                starred = isinstance(behind, ast.Tuple) and any(isinstance(one, ast.Starred) for one in behind.elts)
                assert not starred, f"{name}:{behind.lineno}: give the tuple a name"


def test_a_reader_compiled_of_other_sources_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "monitor" / "extract" / "alerts.py"
    source.parent.mkdir(parents=True)
    source.write_text("one = 1\n")
    files = ["monitor/extract/alerts.py"]
    assert reader_build(tmp_path) == "plain Python"
    check_reader(tmp_path)
    (tmp_path / NOTE).write_text(json.dumps({"mypyc": "2.4", "made_of": digest(tmp_path, files), "files": files}))
    assert reader_build(tmp_path) == "compiled by mypyc 2.4"
    check_reader(tmp_path)
    source.write_text("one = 2\n")
    with pytest.raises(OperatorError, match="make fast"):
        check_reader(tmp_path)
    source.unlink()
    with pytest.raises(OperatorError, match="make plain"):
        check_reader(tmp_path)
