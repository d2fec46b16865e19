"""Rows as CSV, JSON lines and Parquet. What is nested stands as JSON in its cell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

from monitor.errors import InputError
from monitor.formats.about import About
from monitor.formats.cells import safe_cell

__all__ = ["cell", "csv_lines", "json_line", "jsonl_lines", "parquet"]

Row = Mapping[str, Any]


def json_line(value: Any) -> str:
    """One line of JSON. Lone surrogates, which have no UTF-8 form, stay escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))
    return text


def jsonl_lines(rows: Iterable[Row]) -> Iterator[str]:
    """One object a line."""
    return (json_line(row) + "\n" for row in rows)


def csv_lines(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """RFC 4180 with CR LF, a head line first also where there is no row. No cell can start a formula."""
    yield _csv(columns)
    yield from (_csv([cell(row.get(column)) for column in columns]) for row in rows)


def cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json_line(value)
    return safe_cell(text.replace("\x00", ""))


def parquet(rows: Sequence[Row], columns: Mapping[str, type], about: About) -> bytes:
    """One Parquet file; what was asked and the coverage stand in the schema's metadata under ``monitor``.

    ``columns`` gives each column's type: int, float, bool and datetime (a UTC timestamp) are kept, all else is text,
    what is nested as JSON. The types do not depend on the rows, so that files fit together. Raises ``InputError``
    where pyarrow is not installed.
    """
    try:
        arrow: Any = import_module("pyarrow")
        writer: Any = import_module("pyarrow.parquet")
    except ImportError:
        raise InputError(
            "Parquet needs pyarrow; install it with `pip install 'airalert-monitor[parquet]'`, or choose csv or jsonl"
        ) from None
    kinds = {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64(), datetime: arrow.timestamp("us", "UTC")}
    arrays, fields = [], []
    for column, kind in columns.items():
        values = [_typed(row.get(column), kind) for row in rows]
        arrays.append(arrow.array(values, kinds.get(kind, arrow.string())))
        fields.append(arrow.field(column, arrays[-1].type))
    schema = arrow.schema(fields, metadata={"monitor": json_line(about.record())})
    out = io.BytesIO()
    writer.write_table(arrow.Table.from_arrays(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _typed(value: Any, kind: type) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value) if value else None
    return value if kind in (bool, int, float) else _words(value)


def _words(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_line(value)


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
