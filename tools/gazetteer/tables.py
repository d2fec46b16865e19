"""Read and write the tab-separated tables of the gazetteer: UTF-8, one header row, no quoting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_tsv(path: Path) -> list[dict[str, str]]:
    """Rows of a table as dicts; missing trailing cells are empty strings."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = lines[0].split("\t")
    rows = []
    for line in lines[1:]:
        if line:
            cells = line.split("\t")
            rows.append(dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True)))
    return rows


def write_tsv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write `rows` in the order given and return how many there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write("\t".join(header) + "\n")
        for row in rows:
            out.write("\t".join(row) + "\n")
            count += 1
    return count


def split(cell: str) -> list[str]:
    """The alternatives of one cell (`a|b`), empty ones left out."""
    return [part for part in cell.split("|") if part]
