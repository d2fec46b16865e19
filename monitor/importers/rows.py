"""One row of a foreign table → an item that is kept as it was published, and read again by the same rule.

The item's text is the row as JSON, its key ``row:<kind>/<source>/<hash of the row>``: the same row is never kept twice.
``reading`` lets whoever reads items (the daemon, a rebuild) read such rows too; everything else is read as words.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import cast

from monitor.errors import InputError
from monitor.identity import ROW
from monitor.model import Item, Note, Reading, SourceProfile
from monitor.ports import Reader

__all__ = ["READERS", "item_of_row", "moment", "need", "read_lines", "read_table", "reading", "row_of"]

READERS: dict[str, str] = {
    "alerts-in-ua": "monitor.importers.alerts_in_ua:read_row",
    "intervals": "monitor.importers.intervals:read_row",
    "missile-table": "monitor.importers.missile_table:read_row",
    "table": "monitor.importers.own_table:read_row",
}
"""Kind of row → ``package.module:function`` that gives the ``Reading`` of an item."""


def read_table(file: Path) -> Iterator[tuple[dict[str, str], int]]:
    """Rows of a CSV (also packed with gzip) with a head line, each with the bytes read so far.

    Raises ``InputError``.
    """
    try:
        with file.open("rb") as bare:
            packed = gzip.GzipFile(fileobj=bare) if file.suffix == ".gz" else bare
            lines = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
            for row in csv.DictReader(lines):
                if None in row or None in row.values():
                    raise InputError(f"{file}: a row does not have as many cells as the head line")
                yield {name: value.strip() for name, value in row.items()}, bare.tell()
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: cannot be read as a table: {error}") from error


def read_lines(file: Path) -> Iterator[tuple[int, dict[str, str], int]]:
    """Like ``read_table``, each row with the number of its line, and rows of another length kept, too: what is too
    much stands under ``column N``, what is missing is missing. Raises ``InputError``."""
    try:
        with file.open("rb") as bare:
            packed = gzip.GzipFile(fileobj=bare) if file.suffix == ".gz" else bare
            table = csv.reader(io.TextIOWrapper(packed, encoding="utf-8-sig", newline=""))
            heads = next(table, [])
            for cells in table:
                if cells:
                    names = [*heads, *(f"column {number + 1}" for number in range(len(heads), len(cells)))]
                    row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
                    yield table.line_num, row, bare.tell()
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: cannot be read as a table: {error}") from error


def need(file: Path, row: Mapping[str, str], columns: Sequence[str]) -> None:
    """Raises ``InputError`` where a column is missing."""
    missing = [name for name in columns if name not in row]
    if missing:
        raise InputError(f"{file}: the table has no column {', '.join(missing)}; it has {', '.join(row)}")


def item_of_row(kind: str, source: str, row: Mapping[str, str], published: datetime | None, received: datetime) -> Item:
    """The item of one row. ``published`` is the moment that the row speaks of."""
    text = json.dumps(row, ensure_ascii=False)
    made = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:24]
    return Item(
        key=f"{ROW}{kind}/{source}/{made}", source=source, text=text, received=received, published=published,
        is_late=True,
    )  # fmt: skip


def row_of(item: Item) -> dict[str, str]:
    """The row that an item holds. Raises ``ValueError``."""
    found = json.loads(item.text)
    if not isinstance(found, dict):
        raise ValueError("no row")
    return {str(name): str(value) for name, value in found.items()}


def reading(words: Reader) -> Reader:
    """A reader that reads rows of tables by the importer of their kind, and everything else with ``words``."""

    def read(item: Item, profile: SourceProfile | None) -> Reading:
        if not item.key.startswith(ROW):
            return words(item, profile)
        kind = item.key.removeprefix(ROW).partition("/")[0]
        if kind not in READERS:
            return Reading(None, notes=(Note("", f"no importer reads rows of kind {kind}"),))
        module, _, name = READERS[kind].partition(":")
        return cast(Callable[[Item], Reading], getattr(import_module(module), name))(item)

    return read


def moment(value: str) -> datetime:
    """A cell's time: ISO 8601, UTC where it names no zone. Raises ``ValueError``."""
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
