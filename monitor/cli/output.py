"""What commands print: JSON for programs, tables for people; errors on standard error. Nothing printed can forge a
line or move the cursor."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.model import Gazetteer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = [
    "console", "counted", "error", "json_line", "names", "note", "print_json", "progress", "short", "span", "table",
    "when", "write",
]  # fmt: skip


def error(words: str) -> None:
    """One sentence on standard error."""
    from monitor.logs import Redactor, escape

    print(f"monitor: {escape(Redactor().text(words))}", file=sys.stderr)


def note(words: str) -> None:
    """A remark on standard error, where it does not disturb a pipe."""
    from monitor.logs import escape

    print(escape(words), file=sys.stderr)


def json_line(value: Any) -> str:
    """One line of JSON. Lone surrogates, which have no UTF-8 form, stay escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "), default=_plain)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(", ", ": "), default=_plain)
    return text


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    write(json_line(value))


def write(line: str) -> None:
    """One line on standard output, UTF-8 whatever the locale."""
    sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


def console(*, stderr: bool = False) -> Console:
    """A rich console that does not guess at markup in what it is given; wide where no terminal sets a width."""
    from rich.console import Console

    out = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = 160
    return out


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table on standard output; ``empty`` is said where there is no row."""
    from rich.table import Table
    from rich.text import Text

    from monitor.logs import escape

    out = console()
    grid = Table(title=title, title_justify="left", box=None, pad_edge=False, show_edge=False)
    for nth, head in enumerate(heads):
        grid.add_column(head, overflow="fold", no_wrap=nth == 0)
    count = 0
    for row in rows:
        grid.add_row(*(Text(escape("" if cell is None else str(cell))) for cell in row))
        count += 1
    out.print(grid if count else Text(empty))


def progress(*, is_quiet: bool = False) -> Progress:
    """A progress bar on standard error; on a terminal only."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    out = console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=out,
        disable=is_quiet or not out.is_terminal,
        transient=True,
    )


def when(at: datetime | None) -> str:
    """``2024-11-10 03:10:00Z``, or nothing."""
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else ""


def counted(number: int, noun: str) -> str:
    """``1 report``, ``2 reports``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def span(seconds: float) -> str:
    """``40 s``, ``12 min``, ``5 h``, ``3 days``: as exact as one needs it."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60:.0f} min"
    return f"{seconds // 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds // 86_400:.0f} days"


def short(text: str, length: int = 80) -> str:
    """The text on one line, cut at ``length``."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def names(places: Iterable[str], gazetteer: Gazetteer) -> str:
    """Places by their English names."""
    return ", ".join(gazetteer.name(place) for place in places)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON form: {type(value).__name__}")
