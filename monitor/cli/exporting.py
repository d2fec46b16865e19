"""Rows → CSV or JSONL, to a file or standard output. A file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.cli.output import json_line
from monitor.errors import InputError
from monitor.formats.cells import safe_cell
from monitor.web.plain import plain

__all__ = ["cell", "lines", "write"]


def write(rows: Iterable[Any], style: str, output: Path | None) -> None:
    """Write every row."""
    made = lines([plain(row) for row in rows], style)
    if output is None:
        for line in made:
            sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
        return
    part = output.with_name(output.name + ".part")
    try:
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(made)
            file.flush()
            os.fsync(file.fileno())
        part.replace(output)
    except OSError as problem:
        part.unlink(missing_ok=True)
        raise InputError(f"{output}: cannot be written: {problem.strerror}") from None


def lines(rows: list[dict[str, Any]], style: str) -> Iterator[str]:
    """The text, piece by piece; every line ends with a newline (CSV: CR LF)."""
    if style == "jsonl":
        yield from (json_line(row) + "\n" for row in rows)
        return
    heads = list(dict.fromkeys(key for row in rows for key in row))
    yield _csv(heads)
    yield from (_csv([cell(row.get(head)) for head in heads]) for row in rows)


def cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json_line(value)
    text = text.replace("\x00", "")
    return safe_cell(text)


def _csv(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
