"""Where a key stands in a TOML file: tomllib reads values and forgets their lines."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")

Path = tuple[str | int, ...]


def index(text: str) -> dict[Path, int]:
    """Line number (from 1) of every table and key, by path; an array of tables counts from 0.

    ``[[source]]`` with ``id = "x"`` gives ``("source", 0): n`` and ``("source", 0, "id"): n + 1``.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote: str | None = None
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if quote is not None:
            quote = None if quote in line else quote
            continue
        if depth > 0:
            depth += _brackets(line)
            continue
        header = _HEADER.match(line)
        if header:
            table = _table(header.group(1) == "[[", _parts(header.group(2)), counts)
            lines.setdefault(table, number)
            continue
        key = _KEY.match(line)
        if key is None:
            continue
        parts = _parts(key.group(1))
        for end in range(1, len(parts) + 1):
            lines.setdefault((*table, *parts[:end]), number)
        value = line[key.end() :]
        quote = next((mark for mark in ('"""', "'''") if value.count(mark) == 1), None)
        depth = 0 if quote else _brackets(value)
    return lines


def nearest(lines: dict[Path, int], path: Path) -> int | None:
    """The line of the path, or of the longest part of it that has one."""
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _table(is_array: bool, parts: Path, counts: dict[Path, int]) -> Path:
    """The path of a header, with the numbers of the arrays that it stands in."""
    path: Path = ()
    for end, part in enumerate(parts, 1):
        path = (*path, part)
        if end == len(parts) and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


def _brackets(text: str) -> int:
    """How many brackets a line leaves open, strings and comments apart."""
    bare = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'", "", text).split("#", 1)[0]
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
