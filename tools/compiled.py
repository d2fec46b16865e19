"""Compiles the reader with mypyc: the same Python files as C extensions beside them.

What is compiled is chosen here. The files stay as they are, and an installation without the extensions runs them as
plain Python; what plain Python writes for itself at run time is written out for the compiler (``spelled_out``). GCC
compiles twice: the first build reads the languages' cases and notes which ways through the code are often taken
(decision 0101). The two read alike (``tests/extract/test_compiled.py``). ``make fast`` puts the extensions into this
folder, ``make plain`` takes them out again; ``hatch_build.py`` puts them into the wheel where MONITOR_COMPILE=1 is set;
tests and the bench take ``tree()``, a copy with them. Needs mypy, setuptools and a C compiler.
"""

from __future__ import annotations

import argparse
import ast
import fcntl
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from monitor.builds import NOTE, digest  # noqa: E402 - where it is run as a file, the folder above is not known yet

__all__ = ["build", "modules", "spelled_out", "tree"]

_GROUP = "airalert_monitor"
_INTERPRETED = frozenset(("evaluate.py", "explain.py"))
"""For people at a terminal alone: no reading passes through them."""
_OPTIMISED = "2"
_UNSEEN = ["-fvisibility=hidden", "-fno-semantic-interposition"] if sys.platform != "win32" else []
"""Nothing outside calls into the extensions but by their modules: one function calls another without a look-up."""
_COUNTED = ["-fprofile-generate", "-fprofile-update=single"]
_KNOWN = ["-fprofile-use", "-Wno-missing-profile", "-flto=auto"]
"""GCC's own: count how often each branch is taken, and compile for that, all files as one."""
_DRILL = """
import sys, tomllib
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from monitor.catalogue import load_lexicon
from monitor.extract import read
folder, lexicon = Path(sys.argv[1], "monitor", "languages"), load_lexicon()
cases = [tomllib.loads(path.read_text(encoding="utf-8"))["case"] for path in sorted(folder.glob("*/cases/*.toml"))]
texts = [case["text"] for file in cases for case in file]
for text in [*texts, *("\\n\\n".join(texts[n : n + 8]) for n in range(0, len(texts), 8))] * 3:
    assert not any(note.text.startswith("unread") for note in read(text, lexicon).notes)
"""
"""What the first build reads: every case of every language, alone and eight of them as an article."""
_NEEDED = """
import typing
if typing.TYPE_CHECKING:
    from mypy_extensions import mypyc_attr
"""
_IN_CYCLES = frozenset(("Lexicon",))
"""Classes whose objects can lead back to themselves; those of all others need no collector, only their last reference
gone."""


def modules(root: Path = ROOT) -> list[str]:
    """The files that are compiled, relative to ``root``."""
    files = [path for path in sorted((root / "monitor" / "extract").rglob("*.py")) if path.name not in _INTERPRETED]
    files.append(root / "monitor" / "model" / "reading.py")
    return [str(path.relative_to(root)) for path in files]


def build(root: Path = ROOT) -> Path:
    """A folder with the extensions at their places and the note that says of what they were made; kept under
    ``build/`` until a source, this file or the Python changes."""
    made_of = digest(root, [*modules(root), "tools/compiled.py"])
    shelf = root / "build" / "reader"
    shelf.mkdir(parents=True, exist_ok=True)
    kept = shelf / f"{made_of}-{sys.implementation.cache_tag}"
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            for old in shelf.glob("*-*"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=shelf, prefix="draft-") as scratch:
                done = subprocess.run([sys.executable, __file__, "into", scratch], capture_output=True, text=True)
                if done.returncode != 0:
                    raise RuntimeError(f"the reader was not compiled:\n{(done.stdout + done.stderr)[-4_000:]}")
                (Path(scratch) / "out").rename(kept)
    return kept


def tree(into: Path, root: Path = ROOT, *, is_compiled: bool = True) -> Path:
    """``into`` as a folder with the whole package, with the compiled reader or without it; its files are links."""
    return _tree(into, root, build(root) if is_compiled else None)


def _tree(into: Path, root: Path, extensions: Path | None) -> Path:
    for path in (root / "monitor").iterdir():
        if path.name in ("extract", "model"):
            for source in path.rglob("*.py"):
                link = into / source.relative_to(root)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(source)
        elif path.suffix != ".so":
            (into / "monitor").mkdir(parents=True, exist_ok=True)
            (into / "monitor" / path.name).symlink_to(path)
    if extensions is not None:
        shutil.copytree(extensions, into, dirs_exist_ok=True)
    return into


def remove(root: Path = ROOT) -> None:
    """Take extensions and note out of ``root``."""
    for pattern in (f"{_GROUP}__mypyc.*.so", "monitor/extract/**/*.so", "monitor/model/*.so", str(NOTE)):
        for path in root.glob(pattern):
            path.unlink()


def spelled_out(source: str) -> str:
    """The source with an ``__init__`` for each dataclass, whose own one stays interpreted, and with every class said to
    be in no cycle of references, so that the collector passes its objects by."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ClassDef) and not node.bases and node.name not in _IN_CYCLES:
            makers = [made for made in node.decorator_list if "dataclass" in ast.unparse(made)]
            if makers:
                lines.insert(node.end_lineno or 0, _init_of(node))
            first = min([node.lineno, *(made.lineno for made in node.decorator_list)])
            lines.insert(first - 1, "@mypyc_attr(acyclic=True)\n")
        elif isinstance(node, ast.ImportFrom) and node.module == "__future__":
            lines.insert(
                node.lineno, "import typing\nif typing.TYPE_CHECKING: from mypy_extensions import mypyc_attr\n"
            )
    return "".join(lines)


def _init_of(kind: ast.ClassDef) -> str:
    fields = [node for node in kind.body if isinstance(node, ast.AnnAssign)]
    given = [ast.unparse(one).replace("\n", " ") for one in fields]
    names = [ast.unparse(one.target) for one in fields]
    return f"\n    def __init__(self, {', '.join(given)}) -> None:\n" + "".join(
        f"        self.{name} = {name}  # type: ignore\n"
        for name in names  # a frozen one may not be set, but here
    )


def _sources(into: Path) -> None:
    """``into`` as a folder with the package as it is given to the compiler."""
    compiled = modules()
    for path in (ROOT / "monitor").rglob("*.py"):
        name = str(path.relative_to(ROOT))
        copy = into / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        source = path.read_text(encoding="utf-8")
        copy.write_text(spelled_out(source) if name in compiled else source, encoding="utf-8")


def _compile(scratch: Path) -> None:
    """Write C, compile it on every core; extensions and note end up in ``scratch/out``."""
    from mypy.version import __version__ as mypy
    from mypyc.build import mypycify

    sources = modules()
    made_of = digest(ROOT, sources)  # before they are read, so that a change meanwhile shows
    _sources(scratch / "src")
    os.chdir(scratch / "src")
    options = ["--config-file=", f"--cache-dir={scratch / 'mypy'}"]
    extensions = mypycify(
        [*options, *sources], opt_level=_OPTIMISED, debug_level="0", multi_file=True, target_dir=str(scratch / "c"),
        group_name=_GROUP,
    )  # fmt: skip
    known: list[str] = []
    if _is_gcc():
        _extensions(extensions, scratch, scratch / "first", _COUNTED)
        drill = _tree(scratch / "drill", ROOT, scratch / "first")
        subprocess.run([sys.executable, "-c", _DRILL, str(drill)], cwd=scratch, check=True)
        known = _KNOWN
    _extensions(extensions, scratch, scratch / "out", known)
    note = {"mypyc": mypy, "made_of": made_of, "files": sources}
    (scratch / "out" / NOTE).write_text(json.dumps(note), encoding="utf-8")


def _extensions(extensions: list[Any], scratch: Path, out: Path, flags: list[str]) -> None:
    """The extensions in ``out``. Objects stay in one place, where GCC looks for what was counted."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    class OnEveryCore(build_ext):
        def build_extension(self, ext: Any) -> None:
            compile_, given = self.compiler.compile, {"extra_postargs": ext.extra_compile_args, "depends": ext.depends}
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                jobs = [
                    pool.submit(compile_, [source], self.build_temp, include_dirs=ext.include_dirs, **given)
                    for source in ext.sources
                ]
                ext.extra_objects = [name for job in jobs for name in job.result()]
            ext.sources = []
            super().build_extension(ext)

    copies = [
        Extension(
            one.name, list(one.sources), include_dirs=one.include_dirs, depends=one.depends,
            extra_compile_args=[*one.extra_compile_args, *_UNSEEN, *flags], extra_link_args=flags,
        )
        for one in extensions
    ]  # fmt: skip
    command = OnEveryCore(Distribution({"name": _GROUP, "ext_modules": copies}))
    command.build_lib, command.build_temp = str(out), str(scratch / "o")
    command.force = True
    command.ensure_finalized()
    command.run()


def _is_gcc() -> bool:
    """Whether the compiler is GCC itself, not one that goes by its name."""
    compiler = (sysconfig.get_config_var("CC") or "cc").split()
    asked = subprocess.run([*compiler, "-dM", "-E", "-x", "c", os.devnull], capture_output=True, text=True, check=False)
    return "__GNUC__" in asked.stdout and "__clang__" not in asked.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("install", "remove", "into"))
    parser.add_argument("folder", nargs="?", type=Path)
    asked = parser.parse_args()
    if asked.what == "into":
        _compile(asked.folder.resolve())
        return
    remove()
    if asked.what == "install":
        shutil.copytree(build(), ROOT, dirs_exist_ok=True)
        print("the reader in this folder is compiled; after a change to it run this again")


if __name__ == "__main__":
    main()
